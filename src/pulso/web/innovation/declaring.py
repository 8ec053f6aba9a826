"""What pilots are to the river: events of the city's lake, one a treated zone, on the days of the window that is in force.

The database says what pilots promise, the lake what was on: two stores that no transaction spans. So nothing is handed over; the lake is
brought to what the database says, right after a write and again with every run of the worker, and doing it twice changes nothing.
"""

from __future__ import annotations

import logging
import uuid
from functools import partial

from django.db import transaction

from pulso.errors import PulsoError
from pulso.web.innovation.models import Pilot, Protocol
from pulso.web.readings import Span, entries, reading

log = logging.getLogger("pulso.innovation")
OURS = uuid.UUID("5d0c1c39-7a54-5e1b-9f7e-2f1f4d6a8b90")
"""Whence the entries of pilots are named: the same pilot and zone have the same entry for good."""


def declare(city: str) -> int:
    """Bring the pilots among the events of a city's lake to what its protocols in force say; how many entries that took.

    Entered in the city's own name. A pilot that was stopped ends on that day of the city; before its window it never was.

    UnknownCity; LakeBusy where the lake is held still: what was entered by then stands, and the next time does the rest.
    """
    return entries.reconcile(reading(city), entries.PILOT, lambda: (named for pilot in _promised(city) for named in _spans(pilot)))


def soon(city: str) -> None:
    """Declare a city's pilots once what is being written stands. Where the lake is busy then, the worker does it with its next run."""
    transaction.on_commit(partial(_now, city), robust=True)


def _now(city: str) -> None:
    try:
        declare(city)
    except PulsoError as why:
        log.warning("the pilots of %s are declared later: %s", city, why)


def _promised(city: str) -> list[Pilot]:
    """The pilots of a city whose protocol was frozen."""
    found = Pilot.objects.filter(city=city, protocol__frozen_at__isnull=False)
    return list(found.select_related("protocol").prefetch_related("protocol__amendments"))


def _spans(pilot: Pilot) -> list[tuple[str, Span]]:
    """Its events by the names of their entries; none of a pilot that was stopped before its window."""
    protocol: Protocol = pilot.protocol
    said = protocol.in_force()
    last = said["window_last"]
    if pilot.status == Pilot.Status.STOPPED:
        last = min(last, pilot.since.astimezone(reading(pilot.city).city.clock).date())
    if last < said["window_first"]:
        return []
    told = {"from": said["window_first"], "to": last, "kind": entries.PILOT, "name": pilot.title, "link": f"pilots/{pilot.pk}"}
    zones = dict.fromkeys(said["zones"]) or {None: None}
    return [(uuid.uuid5(OURS, f"{pilot.city} {pilot.pk} {z or ''}").hex, Span.model_validate(told | {"zone": z})) for z in zones]
