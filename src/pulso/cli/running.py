"""Commands that move the river: collect, publish, rebuild, flag."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from pulso.cli.words import (
    AsJson,
    CityName,
    EngineAddress,
    First,
    HomeFolder,
    Last,
    MirrorFolder,
    in_order,
    opened,
    progress,
    say,
    say_json,
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
    as_json: AsJson = False,
) -> None:
    """Ask the city's sources, and keep what they say.

    Without days: everything since each source's beginning the first time, then the last 45 days, which may still be corrected. Asking
    twice changes nothing. A source that does not answer is told at the end, on standard error, and never stops the others: the exit code
    is 3 only if none did answer, or if any did not and --strict is given.
    """
    from pulso.flow import account
    from pulso.flow.collect import collect as run

    in_order(first, last)
    river = opened(city, home, mirror, engine)
    with progress() as bars:
        told = run(river, first, last, only=source, progress=bars)
    (account.keep if measure else account.heard)(river, told)
    if as_json:
        say_json([asdict(t) for t in told])
    else:
        table = Table(box=None, pad_edge=False)
        for title in ("source", "addresses", "new", "absent", "unanswered", "observations", "turned away", "gone", "days"):
            table.add_column(title, justify="left" if title == "source" else "right")
        for t in told:
            cells = (t.asked, t.new, t.absent, t.unanswered, t.kept, t.turned_away, t.gone, t.days)
            table.add_row(t.source, *(f"{n:,}" for n in cells))
        say(table)
    failed = [t for t in told if t.letter]
    for t in failed:
        typer.echo(t.letter, err=True)
    if failed and (strict or len(failed) == len(told)):
        raise typer.Exit(3)


def publish(
    city: CityName, first: First = None, last: Last = None, home: HomeFolder = None, measure: Measure = False, as_json: AsJson = False
) -> None:
    """Judge each day, and publish the verdicts that are new.

    Without days: from the first day on that was never published, or about which anything was learned since: an observation, a flag, an
    event; all of them where the city's files changed. What was published stays; a verdict that did not change is not published twice.
    """
    from pulso.flow import account
    from pulso.flow.publish import publish as run

    in_order(first, last)
    river = opened(city, home)
    with progress() as bars:
        done = run(river, first, last, progress=bars)
    if measure:
        account.keep(river)
    if as_json:
        say_json(asdict(done))
    elif done.first is None:
        say(f"{river.city.city.name}: nothing is new; what was published stands.")
    else:
        say(
            f"{river.city.city.name}: {done.first} to {done.last}, {done.days:,} days in {done.zones} zones judged; "
            f"{done.new:,} verdicts are new, {done.unchanged:,} stand as they were published."
        )
        said = ", ".join(f"{n:,} {status}" for status, n in done.statuses.items())
        say(f"The city's days: {said}.")


def flag(
    city: CityName,
    sensor: Annotated[str, typer.Argument(help="The sensor's id, as its source has it.")],
    why: Annotated[str, typer.Option("--why", help="The reason; it is published with every day that lacks the sensor.")],
    first: First = None,
    last: Last = None,
    by: Annotated[str, typer.Option("--by", help="Who says so.")] = "",
    lift: Annotated[bool, typer.Option("--lift", help="Take back the exclusion from these very days; both stay on record.")] = False,
    home: HomeFolder = None,
) -> None:
    """Exclude a sensor by hand, visibly: the days stay, without it.

    From the day given (or ever) to the day given (or for good). The next publication goes without it, and says so.
    """
    from pulso.flow import flags

    in_order(first, last)
    river = opened(city, home)
    run = flags.lift if lift else flags.flag
    run(river, sensor, first, last, why=why, by=by)
    span = f"{first or 'the beginning'} to {last or 'further notice'}"
    if lift:
        say(f"{sensor} counts again from {span}: {why}. Publish again to see the city with it.")
    else:
        say(f"{sensor} is excluded from {span}: {why}. Publish again to see the city without it.")


def rebuild(city: CityName, home: HomeFolder = None, as_json: AsJson = False) -> None:
    """Make the tables again from the raw answers, after coordinates, zones or a source's description changed.

    Nothing is asked; publications stay.
    """
    from pulso.flow import account
    from pulso.flow.collect import rebuild as run

    river = opened(city, home)
    with progress() as bars:
        told = run(river, progress=bars)
    account.heard(river, told)
    if as_json:
        say_json([asdict(t) for t in told])
    else:
        for t in told:
            say(f"{t.source}: {t.kept:,} observations from {t.new:,} raw answers.")
