"""`pulso backup`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from pulso.web.running.backup import backup


class Command(BaseCommand):
    """Keep the home in one file."""

    help = "Keep the home in one file: lakes, raw answers, city files and database."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--force", action="store_true")

    def handle(self, *_args: Any, file: Path, force: bool, **_options: Any) -> None:
        """Keep it, and say what is in it."""
        made = backup(file, force=force)
        size = sum(f["size"] for f in made["files"].values())
        cities = ", ".join(made["lakes"]) or "no city yet"
        self.stdout.write(
            f"{file}: {cities}; {len(made['files']):,} files, {size / 1e6:,.1f} MB. It holds secrets: keep it where only you read."
        )
