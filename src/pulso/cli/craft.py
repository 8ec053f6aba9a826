"""Commands for whoever describes a city: check, draft, simulate."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from pulso.cli.words import (
    AsJson,
    CityName,
    First,
    HomeFolder,
    InLanguage,
    Last,
    MirrorFolder,
    in_order,
    opened,
    progress,
    say,
    say_json,
    speech,
)


def join(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    panel = "Describe a city"
    for command in (check, draft, simulate, schema):
        app.command(rich_help_panel=panel)(command)


def check(city: CityName, mirror: MirrorFolder = None, lang: InLanguage = None, home: HomeFolder = None, as_json: AsJson = False) -> None:
    """Check a city file, its tables and its contracts; say every finding.

    Exit code 2: the city file has mistakes. Exit code 1: a source breaks its contract (late, incomplete).
    """
    from pulso.flow import status
    from pulso.show import river as words

    river = opened(city, home, mirror)
    language = speech(lang)
    found = status.check(river, language.code)
    if as_json:
        say_json([asdict(f) for f in found])
    else:
        for f in found:
            say(f"{'✓' if f.fine else '✗'} {words.checked(f.what, language)}: {f.finding}")
    if not all(f.fine for f in found):
        raise typer.Exit(1)


def draft(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A sample file of the source: CSV or XLSX.")],
) -> None:
    """Propose the section of a city file that reads a sample file, with a word on each guess."""
    from pulso.sources.draft import draft as propose

    typer.echo(propose(file))


def schema() -> None:
    """Print the JSON Schema of a city file, for an editor that completes and checks while one types."""
    from pulso.sources.schema import city_schema

    say_json(city_schema())


def simulate(
    city: Annotated[str, typer.Argument(metavar="CITY", help="A synthetic city.")] = "demo",
    first: First = None,
    last: Last = None,
    seed: Annotated[
        int | None, typer.Option("--seed", help="The same seed gives the same city, byte for byte.", show_default=False)
    ] = None,
    scale: Annotated[
        float | None, typer.Option("--scale", min=0.1, help="How many sensors, against the usual number.", show_default=False)
    ] = None,
    lang: InLanguage = None,
    home: HomeFolder = None,
) -> None:
    """Simulate a synthetic city's feeds, and the truth behind them.

    Files in the shapes of a real city's streams, below PULSO_HOME; `pulso collect` then reads them as it reads any city's.
    """
    from pulso.flow.home import Home
    from pulso.flow.simulated import simulate as run
    from pulso.show import river as words

    in_order(first, last)
    with progress() as bars:
        folder = run(city, Home.of(home, None), first, last, seed=seed, scale=scale, progress=bars)
    say(words.simulated(folder, speech(lang)))
