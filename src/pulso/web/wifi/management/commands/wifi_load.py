"""`python -m pulso.web wifi_load`: places and access points from tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from pulso.web.readings import reading
from pulso.web.wifi import writes
from pulso.web.wifi.models import Place
from pulso.web.wifi.opening import opened
from pulso.wifi.columns import Columns, read_columns
from pulso.wifi.inventory import read_inventory


class Command(BaseCommand):
    """Load an inventory."""

    help = "Load places and access points of the public Wi-Fi from CSV files; what is there already is changed where it is other."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which city, which files."""
        parser.add_argument("city")
        parser.add_argument("--places", type=Path, help="a CSV file of places")
        parser.add_argument("--points", type=Path, help="a CSV file of access points")
        parser.add_argument("--columns", type=Path, help="a TOML file that says how the columns are called")

    def handle(self, *_args: Any, city: str, places: Path | None, points: Path | None, columns: Path | None, **_options: Any) -> None:
        """Read the files, and write what is new."""
        found = reading(city)
        called = read_columns(*opened(columns)) if columns else Columns()
        known = frozenset(Place.objects.filter(city=city).values_list("key", flat=True))
        inventory = read_inventory(opened(places) if places else None, opened(points) if points else None, called, known)
        done = writes.load(None, found, inventory)
        self.stdout.write(f"{len(inventory.places):,} places read, {done.places:,} new or changed")
        self.stdout.write(f"{len(inventory.points):,} access points read, {done.points:,} new or changed")
