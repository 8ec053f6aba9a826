"""`python -m pulso.web wifi_report`: how access points are, from files or from OpenWISP's address. To be called by a timer."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandParser

from pulso.web.readings import reading, status
from pulso.web.wifi import reads, writes
from pulso.web.wifi.asking import pages
from pulso.web.wifi.opening import opened
from pulso.wifi.columns import Columns, read_columns
from pulso.wifi.openwisp import read_openwisp
from pulso.wifi.reports import STRANGE, read_table
from pulso.wifi.shapes import Read
from pulso.wifi.snmp import RADIOS, read_snmp


class Command(BaseCommand):
    """Read reports."""

    help = "Read how access points are: from CSV, from what snmptable or snmpbulkwalk wrote, or from OpenWISP, a file or an address."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which city, from where, in which form."""
        parser.add_argument("city")
        parser.add_argument("sources", nargs="+", help="files; with --form openwisp also addresses; with snmp named by their access point")
        parser.add_argument("--form", choices=("csv", "openwisp", "snmp"), default="csv")
        parser.add_argument("--columns", type=Path, help="a TOML file that says how the columns are called (csv)")
        parser.add_argument("--at", type=_moment, help="when it was looked, with a time zone (openwisp, snmp); now where it isn't said")
        parser.add_argument("--radios", type=_pattern, default=RADIOS, help="what the names of radios have in them (snmp)")

    def handle(self, *_args: Any, city: str, sources: list[str], **options: Any) -> None:
        """Read one after the other, and keep what is new."""
        found = reading(city)
        options["at"] = options["at"] or status.now(found)
        options["columns"] = read_columns(*opened(options["columns"])) if options["columns"] else Columns()
        known, kept, passed = reads.names(city), 0, Counter[str]()
        for source in sources:
            for read in _read(source, known, options):
                done = writes.report(found, read.reports)
                kept += done.kept
                passed += read.passed + done.passed
        self.stdout.write(f"{kept:,} reports kept")
        for why, n in sorted(passed.items()):
            self.stdout.write(f"{n:,} passed over: {why}")


def _read(source: str, known: dict[str, str], options: dict[str, Any]) -> Iterator[Read]:
    form, at = options["form"], options["at"]
    if form == "openwisp" and source.startswith(("https://", "http://")):
        for body in pages(source):
            where = urlsplit(source)  # in letters without user, password and key
            yield read_openwisp(body, f"{where.scheme}://{where.hostname}{where.path}", known, at)
        return
    body, name = opened(Path(source))
    if form == "openwisp":
        yield read_openwisp(body, name, known, at)
    elif form == "csv":
        yield read_table(body, name, known, options["columns"])
    elif (point := known.get(Path(source).stem)) is None:
        yield Read([], Counter({STRANGE: 1}))
    else:
        yield read_snmp(body, name, point, at, options["radios"])


def _moment(said: str) -> datetime:
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        raise ArgumentTypeError(f"{said!r} is no moment; 2026-05-03T10:05:00+01:00 is one") from None
    if found.tzinfo is None:
        raise ArgumentTypeError(f"{said!r} has no time zone; 2026-05-03T10:05:00+01:00 has one")
    return found


def _pattern(said: str) -> re.Pattern[str]:
    try:
        return re.compile(said, re.IGNORECASE)
    except re.error as why:
        raise ArgumentTypeError(f"{said!r} is no pattern: {why}") from None
