"""`pulso walk`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from pulso.cli.words import progress
from pulso.web.innovation.walk import walk
from pulso.web.running.prepare import finish_and_check


class Command(BaseCommand):
    """Let a synthetic city walk the loop."""

    help = "Let a synthetic city walk the loop, from a challenge to practices that its sisters adopt."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Which city."""
        parser.add_argument("city")

    def handle(self, *_args: Any, city: str, **_options: Any) -> None:
        """Walk, and say each step."""
        finish_and_check()
        with progress() as bars:
            for line in walk(city, bars):
                self.stdout.write(line)
                self.stdout.flush()
