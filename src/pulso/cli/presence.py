"""The command on presence from the public Wi-Fi: what was published, and its corrections."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from pulso.cli.words import AsJson, CityName, HomeFolder, InLanguage, a_day, complain, opened, say, say_json, speech
from pulso.errors import NothingKnown

if TYPE_CHECKING:
    from pulso.flow.home import River


def join(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command(rich_help_panel="Run the river")(presence)


def presence(
    city: CityName,
    correct: Annotated[
        list[date] | None,
        typer.Option("--correct", parser=a_day, metavar="DAY", help="Publish this day again; may be repeated.", show_default=False),
    ] = None,
    source: Annotated[str | None, typer.Option("--source", help="Which source, where several tell presence.", show_default=False)] = None,
    home: HomeFolder = None,
    lang: InLanguage = None,
    as_json: AsJson = False,
) -> None:
    """Say which days of presence on the public Wi-Fi were published, or correct some.

    A day is published once, by the collection that follows its settling, and stays. Where the list of access points was wrong, or sessions
    came late, mend the list or collect; then --correct publishes the day again, from the sessions that are still kept. What was printed
    before is out and bounds what may be printed now: an hour may lose a number that it had, because the difference would tell of somebody.
    A day that can't be corrected is told on standard error, with the reason; the exit code is 6.
    """
    from pulso.flow.collect import reduce
    from pulso.flow.presence import publication as flow
    from pulso.show import presence as words

    river = opened(city, home)
    names = _meant(river, flow.sources(river.city), source, one=bool(correct))
    if not correct:
        standing = [flow.standing(river, name) for name in names]
        if as_json:
            say_json([asdict(s) for s in standing])
        else:
            for s in standing:
                say(words.stands(s.source, s.published, s.span, s.correctable, speech(lang)))
        return
    told = flow.correct(river, names[0], correct)
    reduce(river)
    if as_json:
        say_json(asdict(told))
    elif told.days:
        say(words.corrected(told.source, len(told.days), told.shown, told.withheld, told.unseen, speech(lang)))
    if told.letter:
        complain(told.letter)
        raise typer.Exit(NothingKnown.exit_code)


def _meant(river: River, names: list[str], said: str | None, *, one: bool) -> list[str]:
    """The sources that are meant: the one that was named, or all; to correct, only one."""
    if not names:
        raise NothingKnown(
            f'{river.city.city.name} has no source that tells presence: none of its city file has connector = "radius". '
            "docs/how-to/count-people-on-wifi.md says how one is made."
        )
    if said is not None and said not in names:
        raise typer.BadParameter(f"--source {said} tells no presence; one of {', '.join(names)} does")
    if said is None and one and len(names) > 1:
        raise typer.BadParameter(f"several sources tell presence; say which with --source: {', '.join(names)}")
    return names if said is None else [said]
