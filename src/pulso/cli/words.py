"""What the commands share: their arguments, and how they print."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.segment import Segments

if TYPE_CHECKING:
    from pulso.flow.home import River
    from pulso.show.language import Speech

Language = Literal["pt", "en"]

COMMANDS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Characters that a terminal obeys and does not show; not the ends of lines and columns."""
UNCUT = 10_000
"""Columns of an output that nobody looks at: no table is as wide."""


def a_day(text: str) -> date:
    """Read a day that a person wrote."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day; write it as 2025-06-14") from None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a moment; write it as 2025-06-15T07:00:00Z") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _language(text: str) -> str:
    if text not in ("pt", "en"):
        raise typer.BadParameter(f"{text!r} is not a language that Pulso speaks; say pt or en")
    return text


CityName = Annotated[str, typer.Argument(metavar="CITY", help="A shipped city (demo, muenster, …), a folder, or a city.toml.")]
HomeFolder = Annotated[
    Path | None, typer.Option("--home", help="Where all data lives. (default: PULSO_HOME, else var)", show_default=False)
]
MirrorFolder = Annotated[
    Path | None,
    typer.Option("--mirror", help="Serve public addresses from this folder. (default: PULSO_MIRROR)", show_default=False),
]
EngineAddress = Annotated[
    str | None,
    typer.Option("--engine", envvar="PULSO_ENGINE", help="A Spark Connect server, sc://host:port, for cities past one machine."),
]
First = Annotated[date | None, typer.Option("--from", parser=a_day, metavar="DAY", help="First day, included.", show_default=False)]
Last = Annotated[date | None, typer.Option("--to", parser=a_day, metavar="DAY", help="Last day, included.", show_default=False)]
TheDay = Annotated[date, typer.Option("--day", parser=a_day, metavar="DAY", help="Which day, as 2025-06-14.")]
ZoneName = Annotated[str | None, typer.Option("--zone", help="A zone, by its id or name. (default: the whole city)", show_default=False)]
AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", parser=_moment, metavar="MOMENT", help="As it was published at that moment.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="For machines.")]
InLanguage = Annotated[
    str | None,
    typer.Option(
        "--lang",
        parser=_language,
        metavar="pt|en",
        envvar="PULSO_LANG",
        help="The language of what is printed. (default: PULSO_LANG, else the shell's, else en)",
        show_default=False,
        show_envvar=False,
    ),
]
PageLanguage = Annotated[
    str | None,
    typer.Option("--lang", parser=_language, metavar="pt|en", help="The page's language. (default: the city's)", show_default=False),
]


def in_order(first: date | None, last: date | None) -> None:
    """Refuse days that end before they begin."""
    if first is not None and last is not None and last < first:
        raise typer.BadParameter(f"--to {last} lies before --from {first}; both days are included, the earlier first")


def opened(city: str, home: Path | None, mirror: Path | None = None, engine: str | None = None) -> River:
    """Open a city as the command's options say."""
    from pulso.flow.home import Home, River

    return River.open(city, Home.of(home, mirror, engine))


def language(said: str | None) -> str:
    """The language that a command prints in: the one asked for, else the shell's where it is Portuguese, else English.

    A page is written for those who will read it, in the city's language; what a command prints is for whoever typed it. Letters of what
    went wrong, and --help, are English.
    """
    shell = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return said or ("pt" if re.match(r"pt(?![a-z])", shell) else "en")


def speech(said: str | None) -> Speech:
    """The same, ready to speak."""
    from pulso.show.language import speak

    return speak(language(said))


def say(text: Any) -> None:
    """Print for a person: as wide as their terminal, and uncut where a file or another program takes it."""
    console = Console(highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = UNCUT
    if isinstance(text, str):
        console.print(visible(text), markup=False, soft_wrap=True)
    else:
        console.print(Segments(part._replace(text=visible(part.text)) if not part.control else part for part in console.render(text)))


def visible(text: str) -> str:
    """The same text without what would command a terminal: names come out of other people's files."""
    return COMMANDS.sub("\N{REPLACEMENT CHARACTER}", text)


def complain(text: str) -> None:
    """Print a letter to a person where errors go."""
    Console(stderr=True, soft_wrap=True).print(visible(text), markup=False, highlight=False)


def say_json(value: Any) -> None:
    """Print for a machine: one JSON document, numbers as they are."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


@contextmanager
def progress() -> Iterator[Progress]:
    """Bars on standard error; none where nobody looks, so that logs stay clean."""
    console = Console(stderr=True)
    bars = Progress(
        TextColumn("{task.description:<24}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bars:
        yield bars
