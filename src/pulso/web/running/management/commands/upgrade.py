"""`pulso upgrade`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from pulso.web.running.prepare import upgrade


class Command(BaseCommand):
    """Bring a home up to this version."""

    help = "Bring the home up to this version of Pulso: database, formats, shelves. Doing it twice changes nothing."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Upgrade, and say what was done."""
        for line in upgrade():
            self.stdout.write(line)
