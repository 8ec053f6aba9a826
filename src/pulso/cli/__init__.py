"""The command line: ask the river, and print. Nothing is computed here."""

from __future__ import annotations

import os
import sys

import typer

import pulso.cli.craft as craft
import pulso.cli.effects as effects
import pulso.cli.fibre as fibre
import pulso.cli.methods as methods
import pulso.cli.presence as presence
import pulso.cli.reading as reading
import pulso.cli.running as running
import pulso.cli.web as web
from pulso.cli.examples import EXAMPLES
from pulso.cli.words import complain
from pulso.errors import LakeError, PulsoError

INTERRUPTED = 130

app = typer.Typer(
    name="pulso",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,  # a trace may be kept as a log, and what was being read may be somebody's
    context_settings={"help_option_names": ["-h", "--help"]},
    help="How busy is the city, against the day that was to be expected, and why?\n\n"
    "A city is a folder with a city.toml. [bold]collect[/] asks its sources and keeps what they say; [bold]publish[/] judges each day "
    "and keeps the verdict for ever; the other commands show what was published.\n\n"
    "Try the synthetic city:  pulso simulate demo && pulso collect demo && pulso publish demo && pulso show demo --day 2025-06-14",
    epilog="All data lives under PULSO_HOME (default: var). PULSO_MIRROR serves public addresses from a folder. Commands print in English, "
    "or in Portuguese where --lang, PULSO_LANG or the shell (LANG) says so; a bulletin is in its city's language.",
)
for room in (running, presence, reading, effects, methods, craft, fibre, web):
    room.join(app)
for command in app.registered_commands:
    command.epilog = f"Example:  {EXAMPLES[command.callback.__name__]}" if command.callback else None


def main() -> None:
    """Run a command; what the world did wrong is told as a letter, with the exit code of its kind."""
    try:
        app(prog_name="pulso")
    except PulsoError as why:
        complain(str(why))
        sys.exit(why.exit_code)
    except OSError as why:  # a folder that a person named, or a disk
        where = f"{why.filename}: " if why.filename else ""
        complain(f"{where}{why.strerror or why}. What was kept before is safe.")
        sys.exit(LakeError.exit_code)
    except SystemExit as ending:
        if ending.code == INTERRUPTED:
            complain("Stopped. Nothing is lost: the next run goes on from here.")
            os._exit(INTERRUPTED)  # helpers may still wait half a minute for a host that does not answer
        raise
