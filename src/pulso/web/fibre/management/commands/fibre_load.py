"""`pulso fibre load`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandParser

from pulso.cli.words import progress
from pulso.errors import PulsoError
from pulso.fibre.check import check
from pulso.fibre.columns import read_columns
from pulso.fibre.files import opened
from pulso.fibre.findings import errors, worst_first
from pulso.fibre.shapes import Plan, Point
from pulso.web.fibre import reads, writes
from pulso.web.people.models import Person
from pulso.web.readings import reading
from pulso.web.readings.walks import centres
from pulso.web.running.prepare import finish_and_check

MOST = 20
"""So many findings are said one by one."""


class Command(BaseCommand):
    """Load a city's fibre network from a file."""

    help = "Load a city's fibre network from a file: what differs becomes a revision, with its reason."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Which city, from where, why."""
        parser.add_argument("city")
        parser.add_argument("file", type=Path)
        parser.add_argument("--why", required=True)
        parser.add_argument("--merge", action="store_true", help="Leave what the file lacks as it is.")
        parser.add_argument("--disclose", action="store_true", help="Let more people know of things than now may, where the file says so.")
        parser.add_argument("--columns", type=Path, help="A column map, for tables that are not Pulso's own.")
        parser.add_argument("--network", help="Which network, of a file that holds several.")
        parser.add_argument("--by", help="The address of who loads it; without it, the machine does.")

    def handle(self, *_args: Any, city: str, file: Path, why: str, merge: bool, disclose: bool, **said: Any) -> None:
        """Load, and say what came of it."""
        finish_and_check()
        by = None if said["by"] is None else _person(said["by"])
        with progress() as bars:
            task = bars.add_task(f"reading {file.name}", total=None)
            columns = None if said["columns"] is None else read_columns(said["columns"])
            found = opened(file, columns, lambda kind: bars.update(task, description=f"reading {kind}"))
            plan = _one(found.plans, said["network"], file)
            bars.update(task, description="keeping it")
            done = writes.load(by, city, plan, why, merge=merge, disclose=disclose)
            bars.update(task, description="looking at it")
            kept = reads.network(city)
        findings = worst_first([*found.findings, *(check(kept.plan, around=_middle(city)) if kept else ())])
        for finding in findings[:MOST]:
            self.stderr.write(f"{finding.severity}: {finding}")
        if len(findings) > MOST:
            self.stderr.write(f"… and {len(findings) - MOST:,} more: pulso fibre check {file}")
        what = f"{done.added:,} things added, {done.changed:,} changed, {done.removed:,} removed"
        self.stdout.write(f"{city}: revision {done.number}, {what}; {len(errors(findings)):,} errors.")


def _middle(city: str) -> Point:
    """About where the city is, so that a network of another place, or with longitude and latitude changed, is told."""
    lon, lat = np.mean(list(centres(reading(city)).values()), axis=0).tolist()
    return lon, lat


def _person(address: str) -> Person:
    found = Person.objects.filter(email=address.strip().lower(), is_active=True).first()
    if found is None:
        raise PulsoError(f"--by: found {address!r}; nobody with an account here has this address")
    return found


def _one(plans: tuple[Plan, ...], wanted: str | None, file: Path) -> Plan:
    """The network that is meant."""
    some = [p for p in plans if wanted in (None, p.id)]
    if len(some) != 1:
        known = ", ".join(p.id for p in plans[:10])
        raise PulsoError(
            f"{file}: found {len(plans)} networks, {known}; say which with --network" + (f", not {wanted!r}" if wanted else "")
        )
    return some[0]
