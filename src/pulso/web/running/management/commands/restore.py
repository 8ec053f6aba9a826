"""`pulso restore`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from pulso.errors import PulsoError
from pulso.web.running.restore import restore


class Command(BaseCommand):
    """Bring a home back."""

    help = "Bring back the home that a backup holds, then upgrade it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """From where."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--force", action="store_true")

    def handle(self, *_args: Any, file: Path, force: bool, **_options: Any) -> None:
        """Bring it back, and say what it held."""
        made = restore(file, force=force)
        self.stdout.write(f"Restored {len(made['files']):,} files of {made.get('made', 'an unknown day')} into {settings.HOME}.")
        if any(name.startswith("cities/") for name in made["files"]):
            where = Path(settings.HOME) / "cities"
            self.stdout.write(
                f"The city files of that day lie in {where}; where yours are lost or differ, name those: PULSO_CITIES={where}/…"
            )
        # in a process of its own: the key and the database are other ones now
        if subprocess.run([sys.executable, "-m", "pulso.web", "upgrade"], check=False).returncode:  # our own command
            raise PulsoError("It is restored, but not upgraded: the reason stands above. Then: pulso upgrade")
