"""`python -m pulso.web wifi_set`: how reports come, what is a gap, what uptime is aimed at."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from pulso.web.readings import reading
from pulso.web.wifi import writes


class Command(BaseCommand):
    """Set a city's Wi-Fi up."""

    help = "Say how often access points report, how many reports may be missed, how far a gap is, and what uptime the city aims at."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which city, and what of it."""
        parser.add_argument("city")
        parser.add_argument("--interval", type=int, help="seconds between two reports")
        parser.add_argument("--missed", type=int, help="intervals without a report after which nothing is known")
        parser.add_argument("--far", type=float, help="metres from the nearest working access point from which on a place is a gap")
        parser.add_argument("--target", type=float, help="uptime aimed at, 0 to 1, where a place has no other")

    def handle(self, *_args: Any, city: str, **options: Any) -> None:
        """Set what is said, and tell all of it."""
        said = {name: options[name] for name in ("interval", "missed", "far", "target") if options[name] is not None}
        try:
            made = writes.set_up(None, reading(city), **said)
        except ValidationError as why:
            raise CommandError("; ".join(why.messages)) from None
        self.stdout.write(f"interval {made.interval} s, missed {made.missed}, far {made.far:g} m, target {made.target or 'none'}")
