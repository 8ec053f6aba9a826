"""What is done to protocols: written, given the least effect that they can tell, frozen, amended. Nothing else, and in this order."""

from __future__ import annotations

from copy import copy
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pulso.show.language import marked as _
from pulso.web.innovation import clock, declaring, states
from pulso.web.innovation.digest import decimal, number
from pulso.web.innovation.letters import Refused, Unfit, Word, Words
from pulso.web.innovation.models import Amendment, Pilot, Protocol
from pulso.web.innovation.models.protocols import WRITTEN, as_written
from pulso.web.innovation.moves import allow, move, recorded, subject, told
from pulso.web.innovation.writes import checks
from pulso.web.people import may
from pulso.web.people.models import Person
from pulso.web.people.trail import note

CALLED = {
    "hypothesis": _("hypothesis"),
    "metric": _("primary outcome"),
    "direction": _("expected direction"),
    "before_first": _("first day before"),
    "before_last": _("last day before"),
    "window_first": _("first day of the window"),
    "window_last": _("last day of the window"),
    "matters": _("smallest effect that matters"),
    "unit": _("unit"),
    "method": _("method"),
    "stop_rule": _("stop rule"),
    "mde": _("least effect that can be told"),
}
"""What a frozen protocol must have, and what it is called."""
POWER = ("metric", "direction", "zones", "comparison_zones", "comparison_cities", "unit", "method", "excluded")
DAYS = ("before_first", "before_last", "window_first", "window_last")
ASKED = ("hypothesis", "metric", "direction", "before_first", "before_last", "window_first", "matters", "unit", "method")
"""What is asked, and how it is told. Everybody sees the city's numbers day by day, so that it is settled once the window has begun."""
IS_FROZEN = _("The protocol is frozen since {day}: no letter of it changes. An amendment stands beside it.")
NOT_YET_FROZEN = _("The protocol is not frozen: change it itself.")
MISSING = _("The protocol can't be frozen without: {what}.")
TOO_LATE = _("The window begins on {first}; in the city it is {today}. A protocol is frozen before its window's first day.")
BACKWARDS = _("The days are not in order: before, from its first to its last, and then the window.")
PEEK_WHY = _("Say why the outcome may be looked at before the window has ended.")
NOTHING_TO_COMPARE = _("That method compares with zones or cities that are left alone: name some.")
WHOLE = _("The whole city is treated: no zone of it is left alone.")
BOTH = _("Zone {zone} can't be treated and left alone.")
NOTHING_AMENDED = _("An amendment says what is done otherwise, and why.")
SAME = _("That is what is in force.")
NO_PEEKING = _("Whether anyone looks before the window has ended is settled when the protocol is frozen.")
IN_THE_PAST = _("An amended window has no first or last day in the past: {day}; in the city it is {today}.")
OVER = _("The pilot is {now}: it is too late to amend its protocol.")
BEGUN = _(
    "The window has begun: what is asked and how it is told stays. What is done otherwise is amended: where, until when, beside what."
)
SEEN = _("What the pilot did can be known by now: its protocol is not amended any more.")
CHANGED = _("The protocol has changed since you saw it. Look at it again: nothing was frozen.")
MEANWHILE = _("The protocol was changed while this was computed: compute it again.")


@recorded
def write_protocol(by: Person, pilot: Pilot, **fields: Any) -> Protocol:
    """Write or change a pilot's protocol, until it is frozen. What the least effect was computed from changes: it must be computed again.

    Refused, and kept in the trail, once it is frozen, and for a field that people don't write (the least effect, the moment it was
    frozen). Unfit for what is not there, and days out of order.
    """
    protocol = _held(pilot)
    before = told(protocol) if protocol.pk else None
    allow(may.may_edit_pilot(by, pilot.city, pilot.houses), by, protocol, "write protocol")
    if protocol.frozen_at:
        raise Refused(by, protocol, "edit a frozen protocol", IS_FROZEN, day=protocol.frozen_on)
    checks.only(by, protocol, fields, WRITTEN)
    _set(protocol, fields)
    if before and any(before[name] != getattr(protocol, name) for name in (*POWER, *DAYS)):
        protocol.mde, protocol.mde_how, protocol.mde_series = None, "", ""
    checks.keep(by, "write protocol", protocol, before)
    return protocol


@recorded
def set_least_effect(by: Person | None, protocol: Protocol, *, value: float, how: str, series: str) -> Protocol:
    """Keep the least effect that was computed of a protocol, in its unit: a function's number, how, and the digest of its series.

    Refused once it is frozen. Unfit where what it was computed from has changed meanwhile. ValueError for a number that is none, without
    how or series.
    """
    seen, protocol = protocol, _held(protocol.pilot)
    before = told(protocol)
    allow(by is None or may.may_edit_pilot(by, protocol.city, protocol.houses), by, protocol, "compute least effect")
    if protocol.frozen_at:
        raise Refused(by, protocol, "edit a frozen protocol", IS_FROZEN, day=protocol.frozen_on)
    if any(getattr(seen, name) != before[name] for name in (*POWER, *DAYS)):
        raise Unfit(MEANWHILE)
    if value <= 0 or not how or not series:
        raise ValueError(
            f"the least effect is a computed number above 0, with how and of which series; found {value!r}, {how!r}, {series!r}"
        )
    protocol.mde, protocol.mde_how, protocol.mde_series = decimal(value), how, series
    checks.keep(by, "compute least effect", protocol, before)
    return protocol


@recorded
def freeze(by: Person, pilot: Pilot, *, seen: str | None = None) -> Protocol:
    """Freeze a pilot's protocol now, on the city's own clock: before its window's first day, whole, with its least effect.

    From then on the pilot is an event of the city, as `declaring` says; what is amended later changes it, and stopping ends it.

    Its digest is `Protocol.promise`, hashed as `digest` says. `seen` is that digest as it was shown to whoever freezes. Refused for
    whoever may not, where it is frozen, and once the window has begun: nobody dates it back. Unfit where something is missing, or it
    is not what was seen.
    """
    protocol = _held(pilot)
    before, day = told(protocol), clock.today(pilot.city)
    allow(may.may_freeze(by, pilot.city), by, protocol, "freeze protocol")
    if protocol.frozen_at:
        raise Refused(by, protocol, "edit a frozen protocol", IS_FROZEN, day=protocol.frozen_on)
    if seen is not None and seen != protocol.recomputed():
        raise Unfit(CHANGED)
    if missing := [CALLED[name] for name in CALLED if getattr(protocol, name) in (None, "")]:
        raise Unfit(MISSING, what=Words(missing))
    assert protocol.window_first is not None  # noqa: S101  # it is not missing
    if day >= protocol.window_first:
        raise Refused(by, protocol, "freeze after the beginning", TOO_LATE, first=protocol.window_first, today=day)
    protocol.frozen_at, protocol.frozen_on, protocol.frozen_by = clock.now(pilot.city), day, by
    protocol.digest = protocol.recomputed()
    checks.keep(by, "freeze protocol", protocol, before)
    move(pilot, Pilot.Status.FROZEN, by)
    return protocol


@recorded
def amend(by: Person, protocol: Protocol, field: str, after: Any, *, text: str, reason: str) -> Amendment:
    """Set a deviation beside a frozen protocol: which field, what from now on, in words, and why. What was in force is set by itself.

    Before the window begins anything may be amended; while it runs, what is done otherwise than planned, but not what is asked
    (`ASKED`); once it has ended, or somebody has looked, nothing. Refused, and kept in the trail, where it comes too late or would let
    anybody look before the end: by peeking, or by a window of days that are over. Unfit for a protocol that is not frozen, a pilot that
    is over, and without words or reason. As in the registers of trials, a question that is changed once its answer can be seen is
    another question: CONSORT 2010, item 6b.
    """
    protocol = _held(protocol.pilot)
    allow(may.may_amend(by, protocol.city), by, protocol, "amend protocol")
    checks.only(by, protocol, [field], WRITTEN)
    if not protocol.frozen_at:
        raise Unfit(NOT_YET_FROZEN)
    if protocol.pilot.status in (Pilot.Status.CLOSED, Pilot.Status.STOPPED):
        raise Unfit(OVER, now=Word(states.CALLED[protocol.pilot.status]))
    if not text.strip() or not reason.strip():
        raise Unfit(NOTHING_AMENDED)
    before = protocol.in_force()
    after = as_written(field, after)
    _in_time(by, protocol, field, after)
    _set(copy(protocol), {**before, field: after})  # as a whole it must still make sense; nothing of it is written
    if _json(after) == _json(before[field]):
        raise Unfit(SAME)
    made = Amendment(
        protocol=protocol, field=field, before=_json(before[field]), after=_json(after), text=text.strip(), reason=reason.strip()
    )
    made.author, made.at = by, clock.now(protocol.city)
    made.save()
    note(by, "amend protocol", subject(made), None, told(made), city=protocol.city)
    declaring.soon(protocol.city)
    return made


def settled(protocol: Protocol) -> dict[str, str]:
    """The fields of a frozen protocol that aren't amended any more, by the window in force, each with why: a letter's message."""
    said, day = protocol.in_force(), clock.today(protocol.city)
    if day > said["window_last"]:
        return dict.fromkeys(WRITTEN, SEEN)
    if protocol.pilot.evaluations.exists():
        return dict.fromkeys((name for name in WRITTEN if name != "may_peek"), SEEN)
    return dict.fromkeys(ASKED, BEGUN) if day >= said["window_first"] else {}


def _in_time(by: Person, protocol: Protocol, field: str, after: Any) -> None:
    """Refused for an amendment of what can be seen already, or that would show it early. By what is in force."""
    day = clock.today(protocol.city)
    if field == "may_peek" and after:
        raise Refused(by, protocol, "amend it to peek", NO_PEEKING)
    late = settled(protocol).get(field)
    if late == SEEN:
        raise Refused(by, protocol, "amend what was seen", SEEN)
    if field in ("window_first", "window_last") and after and after < day:
        raise Refused(by, protocol, "date a window back", IN_THE_PAST, day=after, today=day)
    if late == BEGUN:
        raise Refused(by, protocol, "change what is asked", BEGUN)


def _held(pilot: Pilot) -> Protocol:
    """The pilot's protocol as it stands, held against others; a new one where there is none."""
    Pilot.objects.select_for_update().get(pk=pilot.pk)
    pilot.refresh_from_db()
    return Protocol.objects.filter(pilot=pilot).select_related("pilot").first() or Protocol(pilot=pilot)


def _set(protocol: Protocol, fields: dict[str, Any]) -> None:
    """Set what was written, each as its kind, and look at it as a whole."""
    for name, value in fields.items():
        setattr(protocol, name, as_written(name, value))
    city = protocol.pilot.city
    checks.metric(city, protocol.metric)
    checks.zones(city, [*protocol.zones, *protocol.comparison_zones])
    checks.others(city, protocol.comparison_cities)
    checks.events(protocol.excluded)
    if protocol.comparison_zones and not protocol.zones:
        raise Unfit(WHOLE)
    for zone in set(protocol.zones) & set(protocol.comparison_zones):
        raise Unfit(BOTH, zone=zone)
    days = [d for d in (getattr(protocol, name) for name in DAYS) if d]
    if days != sorted(days) or (protocol.before_last and protocol.before_last == protocol.window_first):
        raise Unfit(BACKWARDS)
    if protocol.may_peek and not protocol.peek_why.strip():
        raise Unfit(PEEK_WHY)
    if protocol.method in ("sdid", "synthetic", "did") and not (protocol.comparison_zones or protocol.comparison_cities):
        raise Unfit(NOTHING_TO_COMPARE)


def _json(value: Any) -> Any:
    """As an amendment keeps it."""
    return value.isoformat() if isinstance(value, date | datetime) else number(value) if isinstance(value, Decimal) else value
