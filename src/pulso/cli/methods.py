"""Commands that look at the method itself: revisions, weights, idu."""

from __future__ import annotations

import csv
import sys
from dataclasses import asdict
from datetime import date
from typing import Annotated

import typer

from pulso.cli.words import (
    AsJson,
    CityName,
    First,
    HomeFolder,
    InLanguage,
    Last,
    ZoneName,
    a_day,
    in_order,
    language,
    opened,
    say,
    say_json,
)


def join(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    panel = "Question the method"
    for command in (revisions, weights, idu):
        app.command(rich_help_panel=panel)(command)


def revisions(city: CityName, zone: ZoneName = None, lang: InLanguage = None, home: HomeFolder = None, as_json: AsJson = False) -> None:
    """Show how far published indices moved afterwards, by the stage they were published in.

    From each publication to the next of the same zone and day, and to the last; in points of the index, for the city and for its zones
    together. A publication that was never revised counts as one that did not move.
    """
    from pulso.flow import revisions as flow
    from pulso.show import methods

    river = opened(city, home)
    told = flow.revisions(river, zone)
    if as_json:
        say_json([asdict(r) for r in told])
    else:
        say(methods.show_revisions(told, language(lang)))


def weights(
    city: CityName,
    day: Annotated[
        date | None,
        typer.Option("--day", parser=a_day, metavar="DAY", help="Which day. (default: the last with a number)", show_default=False),
    ] = None,
    lang: InLanguage = None,
    home: HomeFolder = None,
    as_json: AsJson = False,
) -> None:
    """Show how the domains weigh, by our method and by others, and which choice of method matters most.

    In force, by the last year (the difference is drift), by importance alone, equal, by principal component, by one factor (or why it is
    refused), for equal influence. Then how much of what other methods would change is owed to each choice. A few seconds.
    """
    from pulso.flow import weights as flow
    from pulso.show import methods

    river = opened(city, home)
    told = flow.weights(river, day)
    if as_json:
        say_json(asdict(told))
    else:
        say(methods.show_weights(told, river.city, language(lang)))


def idu(
    city: CityName,
    first: First = None,
    last: Last = None,
    anchor: Annotated[
        str | None,
        typer.Option("--anchor", metavar="METRIC", help="The metric that fixes the sign. (default: traffic)", show_default=False),
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="The scores as CSV, one row a day.")] = False,
    lang: InLanguage = None,
    home: HomeFolder = None,
    as_json: AsJson = False,
) -> None:
    """Run the published method (Indicador de Dinâmica Urbana): one factor behind the city's daily series.

    Each metric's daily series loses its week and its year, is standardised, and one factor is looked for behind all of them. With
    loadings and tests; refused where a series would be explained wholly. To compare, never instead of the index. Without days, all.
    """
    from pulso.flow import idu as flow
    from pulso.show import methods

    in_order(first, last)
    river = opened(city, home)
    told = flow.idu_mode(river, first, last, anchor)
    if as_json:
        say_json(asdict(told))
    elif as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(["day", "score", "sd", "seen"])
        writer.writerows((s.day, s.score, s.sd, s.seen) for s in told.scores)
    else:
        say(methods.show_idu(told, river.city, language(lang)))
