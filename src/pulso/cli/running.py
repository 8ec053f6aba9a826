"""Commands that move the river: collect, publish, rebuild, flag."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from pulso.cli.words import (
    AsJson,
    CityName,
    EngineAddress,
    First,
    HomeFolder,
    InLanguage,
    Last,
    MirrorFolder,
    complain,
    in_order,
    opened,
    progress,
    say,
    say_json,
    speech,
)


def join(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    panel = "Run the river"
    app.command(rich_help_panel=panel)(collect)
    app.command(rich_help_panel=panel)(publish)
    app.command(rich_help_panel=panel)(flag)
    app.command(rich_help_panel=panel)(rebuild)


Measure = Annotated[
    bool, typer.Option("--measure", help="Then measure what the site shows of the sources, as its worker does; takes seconds.")
]


def collect(
    city: CityName,
    first: First = None,
    last: Last = None,
    source: Annotated[list[str] | None, typer.Option("--source", help="Only this source; may be repeated.", show_default=False)] = None,
    mirror: MirrorFolder = None,
    home: HomeFolder = None,
    engine: EngineAddress = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 3 if any source failed, not only if all did.")] = False,
    measure: Measure = False,
    lang: InLanguage = None,
    as_json: AsJson = False,
) -> None:
    """Ask the city's sources, and keep what they say.

    Without days: everything since each source's beginning the first time, then the last 45 days, which may still be corrected. Asking
    twice changes nothing. A source that does not answer is told at the end, on standard error, and never stops the others: the exit code
    is 3 only if none did answer, or if any did not and --strict is given.
    """
    from pulso.flow import account
    from pulso.flow.collect import collect as run
    from pulso.show import river as words

    in_order(first, last)
    river = opened(city, home, mirror, engine)
    with progress() as bars:
        told = run(river, first, last, only=source, progress=bars)
    (account.keep if measure else account.heard)(river, told)
    if as_json:
        say_json([asdict(t) for t in told])
    else:
        rows = ((t.source, (t.asked, t.new, t.absent, t.unanswered, t.kept, t.turned_away, t.gone, t.days)) for t in told)
        say(words.collected(rows, speech(lang)))
    letters = [t.letter for t in told if t.letter]
    for letter in letters:
        complain(letter)
    if letters and (strict or len(letters) == len(told)):
        raise typer.Exit(3)


def publish(
    city: CityName,
    first: First = None,
    last: Last = None,
    home: HomeFolder = None,
    measure: Measure = False,
    lang: InLanguage = None,
    as_json: AsJson = False,
) -> None:
    """Judge each day, and publish the verdicts that are new.

    Without days: from the first day on that was never published, or about which anything was learned since: an observation, a flag, an
    event; all of them where the city's files changed. What was published stays; a verdict that did not change is not published twice.
    """
    from pulso.flow import account
    from pulso.flow.publish import publish as run
    from pulso.show import river as words

    in_order(first, last)
    river = opened(city, home)
    with progress() as bars:
        done = run(river, first, last, progress=bars)
    if measure:
        account.keep(river)
    if as_json:
        say_json(asdict(done))
    elif done.first is None or done.last is None:
        say(words.stands(river.city.city.name, speech(lang)))
    else:
        counts = {"days": done.days, "zones": done.zones, "new": done.new, "unchanged": done.unchanged}
        say(words.published(river.city.city.name, (done.first, done.last), counts, done.statuses, speech(lang)))


def flag(
    city: CityName,
    sensor: Annotated[str, typer.Argument(help="The sensor's id, as its source has it.")],
    why: Annotated[str, typer.Option("--why", help="The reason; it is published with every day that lacks the sensor.")],
    first: First = None,
    last: Last = None,
    by: Annotated[str, typer.Option("--by", help="Who says so.")] = "",
    lift: Annotated[bool, typer.Option("--lift", help="Take back the exclusion from these very days; both stay on record.")] = False,
    lang: InLanguage = None,
    home: HomeFolder = None,
) -> None:
    """Exclude a sensor by hand, visibly: the days stay, without it.

    From the day given (or ever) to the day given (or for good). The next publication goes without it, and says so.
    """
    from pulso.flow import flags
    from pulso.show import river as words

    in_order(first, last)
    river = opened(city, home)
    run = flags.lift if lift else flags.flag
    run(river, sensor, first, last, why=why, by=by)
    say(words.excluded(sensor, first, last, why, lift=lift, speech=speech(lang)))


def rebuild(city: CityName, lang: InLanguage = None, home: HomeFolder = None, as_json: AsJson = False) -> None:
    """Make the tables again from the raw answers, after coordinates, zones or a source's description changed.

    Nothing is asked; publications stay.
    """
    from pulso.flow import account
    from pulso.flow.collect import rebuild as run
    from pulso.show import river as words

    river = opened(city, home)
    with progress() as bars:
        told = run(river, progress=bars)
    account.heard(river, told)
    if as_json:
        say_json([asdict(t) for t in told])
    else:
        for t in told:
            say(words.rebuilt(t.source, t.kept, t.new, speech(lang)))
