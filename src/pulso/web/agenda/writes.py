"""What people do to the agenda: each write leaves its row in the trail and reaches the river, or neither."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from pulso.web.people.models import Person
from pulso.web.people.reads import office
from pulso.web.people.writes import note
from pulso.web.readings import Reading, Span, entries
from pulso.web.readings.entries import BY_THE_SITE, Entered


def enter(person: Person, reading: Reading, span: Span, sign: str) -> str:
    """Enter an event or an outage; its entry's name. LakeBusy, with nothing written, where the lake is held still.

    ValueError for a pilot or a cut of the fibre, here and below: its protocol, or the network, says when and where it is, and nobody else.
    """
    _by_hand(span)
    entry = entries.fresh()
    with transaction.atomic():
        note(person, "enter event", f"event:{entry}", None, _said(span, sign), city=reading.slug)
        entries.enter(reading, entry, span, sign=sign, by=office(person, reading.slug))
    return entry


def change(person: Person, reading: Reading, before: Entered, span: Span, sign: str) -> None:
    """Say an entry differently. LakeBusy as above."""
    _by_hand(before.span)
    _by_hand(span)
    with transaction.atomic():
        said = _said(before.span, before.sign), _said(span, sign)
        note(person, "change event", f"event:{before.id}", *said, city=reading.slug)
        entries.enter(reading, before.id, span, sign=sign, by=office(person, reading.slug))


def withdraw(person: Person, reading: Reading, before: Entered) -> None:
    """Take an entry back. LakeBusy as above."""
    _by_hand(before.span)
    with transaction.atomic():
        note(person, "withdraw event", f"event:{before.id}", _said(before.span, before.sign), None, city=reading.slug)
        entries.withdraw(reading, before.id, by=office(person, reading.slug))


def exclude(person: Person, reading: Reading, sensor: str, first: date | None, last: date | None, why: str) -> None:
    """Leave a sensor out. CityFileError where no source has it; LakeBusy as above."""
    with transaction.atomic():
        said = {"first": first, "last": last, "why": why}
        note(person, "exclude sensor", f"sensor:{sensor}"[:120], None, said, city=reading.slug)
        entries.flag(reading, sensor, first, last, why=why, by=office(person, reading.slug))


def take_in(person: Person, reading: Reading, sensor: str, first: date | None, last: date | None, why: str) -> None:
    """Take a sensor in again. CityFileError where it is not left out on these very days; LakeBusy as above."""
    with transaction.atomic():
        said = {"first": first, "last": last}
        note(person, "lift exclusion", f"sensor:{sensor}"[:120], said, None, city=reading.slug)
        entries.lift(reading, sensor, first, last, why=why, by=office(person, reading.slug))


def _by_hand(span: Span) -> None:
    if span.kind in BY_THE_SITE:
        raise ValueError(f"a {span.kind} is not entered, changed or withdrawn by hand; found {span.name!r}")


def _said(span: Span, sign: str) -> dict[str, Any]:
    return span.model_dump() | {"sign": sign}
