"""Commands that say what happenings did: effect, events."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from pulso.cli.words import AsJson, AsOf, CityName, First, HomeFolder, InLanguage, Last, ZoneName, in_order, language, opened, say, say_json

if TYPE_CHECKING:
    from pulso.flow.home import River


def join(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    panel = "Ask what things did"
    for command in (effect, events):
        app.command(rich_help_panel=panel)(command)


def effect(
    city: CityName,
    event: Annotated[
        str | None, typer.Option("--event", metavar="NAME", help="An event, by its name; all its occurrences.", show_default=False)
    ] = None,
    first: First = None,
    last: Last = None,
    metric: Annotated[
        str | None, typer.Option("--metric", help="One metric alone. (default: the index, and each)", show_default=False)
    ] = None,
    zone: ZoneName = None,
    as_of: AsOf = None,
    lang: InLanguage = None,
    home: HomeFolder = None,
    as_json: AsJson = False,
) -> None:
    """Say what an event did, or any days: to the index and to each metric, with honest intervals.

    Each is set against what was expected when it began, without the day's weather where that is known and isn't the event itself. The
    interval is what earlier spans as long, in which nothing was on, did by chance. An event is looked at where it was, or in --zone. With
    --from and --to, those occurrences that touch these days; without --event, the days themselves. Of a pilot its evaluation tells, and
    while it runs nothing else tells of its days where it is.
    """
    from pulso.flow import effects as flow
    from pulso.show import effects as words

    in_order(first, last)
    if event is None and (first is None or last is None):
        raise typer.BadParameter("say which --event, or which days: --from and --to")
    river = opened(city, home)
    told = flow.asked(river, event, first, last, metric, zone, as_of)
    if as_json:
        say_json([asdict(t) for t in told])
        return
    for i, one in enumerate(told):
        if i:
            say("")
        say(words.show_effect(one, river.city, _zones(river), language(lang)))


def events(
    city: CityName,
    first: First = None,
    last: Last = None,
    rank: Annotated[
        bool, typer.Option("--rank", help="By what they did to the index, the largest first; what may be chance after it.")
    ] = False,
    as_of: AsOf = None,
    lang: InLanguage = None,
    home: HomeFolder = None,
    as_json: AsJson = False,
) -> None:
    """List what was on, or rank it by what it did.

    Of the city file, of the people who enter events on the site, and of its pilots. Ranking takes some seconds: it measures each event as
    `pulso effect` does, where it was; pilots are not among them, for their evaluation tells what they did.
    """
    from pulso.flow import effects as flow
    from pulso.show import effects as words

    in_order(first, last)
    river = opened(city, home)
    some = [e for e in river.lake.events(as_of) if (last is None or e.first <= last) and (first is None or e.last >= first)]
    if not rank:
        if as_json:
            say_json([e.model_dump(by_alias=True) for e in some])
        else:
            say(words.show_events(some, river.city, _zones(river), language(lang)))
        return
    told = flow.ranked(flow.of_events(river, some, as_of))
    if as_json:
        say_json([asdict(t) for t in told])
    else:
        say(words.show_ranked(told, river.city, _zones(river), language(lang)))


def _zones(river: River) -> dict[str, str]:
    return {z.id: z.name for z in river.zones.all}
