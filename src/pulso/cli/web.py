"""Commands that run the site. Each becomes a process of the web, which this room doesn't know."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from pulso.cli.words import HomeFolder
from pulso.errors import PulsoError

NEEDED = ("django", "ninja", "allauth", "granian", "whitenoise", "prometheus_client")


def join(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    panel = "Run the site"
    for command in (serve, worker, walk, admin, backup, restore, upgrade):
        app.command(rich_help_panel=panel)(command)


def serve(
    host: Annotated[
        str, typer.Option("--host", envvar="PULSO_HOST", help="The address to listen on; 0.0.0.0 for every one.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", envvar="PULSO_PORT", min=1, max=65535, help="The port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option("--workers", envvar="PULSO_WORKERS", min=1, max=64, help="How many processes answer.")] = 2,
    home: HomeFolder = None,
) -> None:
    """Serve the site: every city that has something published, or those of PULSO_CITIES.

    First the database is migrated, the static files are gathered and every city's shelf is brought up to date. Ctrl-C ends it.
    """
    become(home, "serve", "--host", host, "--port", str(port), "--workers", str(workers))


def worker(
    once: Annotated[bool, typer.Option("--once", help="Every city once, now, then end: 1 if one failed. For cron.")] = False,
    home: HomeFolder = None,
) -> None:
    """Collect and publish every shown city on schedule, and try again what failed.

    PULSO_SCHEDULE says when: hours of each city's own clock ("06:30", the default; "06:30, 18:00"), or "every 15m", "every 2h". After a
    failure: 5 minutes, 15, then each hour. One worker a home; what a killed one left, the next takes up.
    """
    become(home, "worker", *(["--once"] if once else []))


def walk(
    city: Annotated[str, typer.Argument(metavar="CITY", help="A synthetic city whose file says what it tries.")] = "demo",
    home: HomeFolder = None,
) -> None:
    """Let a synthetic city walk the loop: a challenge, pilots, what they did, and other cities that do it again.

    Each step is taken at its own day, by a clock that goes on: the city is simulated, collected and published until then, a protocol is
    frozen before its window begins, and evaluated after it ends. The other cities are those that its file calls sisters. Only in a home
    where nothing was collected of any of them: what is published can't be told again by an earlier clock. Takes two minutes.
    """
    become(home, "walk", city)


def admin(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="Their address of e-mail, which they sign in with.")],
    home: HomeFolder = None,
) -> None:
    """Make somebody an administrator of the site: the first person, who gives all others their roles.

    Asks for a password twice, or reads one line of the standard input. Whoever has an account keeps it, with its password. Says which home
    and database it works on, and makes the database where there is none yet; a home without a site must be named with --home.
    """
    base = Path(os.environ.get("PULSO_HOME") or "var")
    if home is None and not (base / "home.json").exists():  # what the web leaves in a home that it has made ready
        raise PulsoError(
            f"There is no site in {base.absolute()} yet: pulso serve makes one. Where that is not the home, say which is: "
            f"pulso admin {email} --home FOLDER"
        )
    become(home, "administrator", email)


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to: a .tar, or a .tar.gz.")],
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    home: HomeFolder = None,
) -> None:
    """Keep the home in one file: lakes, raw answers, city files and database, as they are at one moment.

    Shelves and fitted months are left out: they are made again. The file holds secrets; only its owner may read it.
    """
    become(home, "backup", str(file.absolute()), *(["--force"] if force else []))


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="What pulso backup wrote.")],
    force: Annotated[bool, typer.Option("--force", help="Replace what the home holds.")] = False,
    home: HomeFolder = None,
) -> None:
    """Bring back the home that a backup holds, then upgrade it.

    Every file is checked against its digest before anything is touched. The site and its worker must be stopped.
    """
    become(home, "restore", str(file.absolute()), *(["--force"] if force else []))


def upgrade(home: HomeFolder = None) -> None:
    """Bring the home up to this version of Pulso: database, formats, shelves. Doing it twice changes nothing."""
    become(home, "upgrade")


def become(home: Path | None, *words: str) -> None:
    """Go on as a process of the web: it gets the signals, and its end is ours."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise PulsoError(f"The site needs what is not installed ({', '.join(missing)}). Install it: pip install 'pulso[web]'")
    if home is not None:
        os.environ["PULSO_HOME"] = str(home)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "pulso.web", *words])  # noqa: S606  # our own command, without a shell
