"""What `pulso serve` does before it serves, in a process of its own so that memory returns."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from pulso.web.running.prepare import upgrade


class Command(BaseCommand):
    """Upgrade, and gather the static files."""

    help = "Make the site ready to be served: upgrade, and gather the static files."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Prepare, and say what was done."""
        for line in upgrade():
            self.stdout.write(line)
        call_command("collectstatic", interactive=False, verbosity=0)
