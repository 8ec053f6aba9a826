"""What is written of the Wi-Fi: its inventory, by people, who leave a row in the trail; reports, by feeds, which leave spells and days."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple

import numpy as np
from django.db import transaction
from django.db.models import F, Model

from pulso.fibre.shapes import Disclosure
from pulso.web.people.models import Person
from pulso.web.people.writes import note
from pulso.web.readings import Reading, status
from pulso.web.wifi.models import AccessPoint, Day, Network, Place, Spell
from pulso.wifi.files import WifiFileError, shown
from pulso.wifi.shapes import AccessPoint as OnAir
from pulso.wifi.shapes import Health, Inventory, Report
from pulso.wifi.shapes import Place as InPlace
from pulso.wifi.uptime import Seconds, by_day, go_on
from pulso.wifi.uptime import Spell as Told

BATCH = 500
"""Rows in a statement: SQLite has room for so many."""
AHEAD = timedelta(minutes=5)
"""So far a feed's clock may be ahead of ours; beyond it a report is of the future, and not kept."""
FUTURE = "a moment that has not come yet"
LATE = "known already, or later than what is known"
GONE = "an access point that the city has no more"


class Loaded(NamedTuple):
    """What an inventory changed."""

    places: int  # new or other than before
    points: int


class Kept(NamedTuple):
    """What became of reports."""

    kept: int
    passed: Counter[str]  # by reason


@transaction.atomic
def load(by: Person | None, reading: Reading, inventory: Inventory) -> Loaded:
    """Enter places and access points, new ones and what is other than before; those that the inventory doesn't name stay as they are.

    What names no zone gets the one that it lies in, an access point that is nowhere its place's, a place that of its first public one,
    which alone everybody may know. `by` is None for a command.
    WifiFileError for a zone that the city has not, or a place that nobody knows.
    """
    network = _locked(reading.slug)
    _check(inventory, reading)
    stood = Place.objects.filter(city=reading.slug, lon__isnull=False).values_list("key", "lon", "lat")
    first = {key: (lon, lat) for key, lon, lat in stood}
    first |= {p.place: p.at for p in reversed(inventory.points) if p.at and p.disclosure is Disclosure.PUBLIC}
    places = [_row(p.model_copy(update={"at": p.at or first.get(p.id)})) for p in inventory.places]
    changed = _rows(Place, reading.slug, _zoned(places, reading, {}))
    home = {key: (pk, zone) for key, pk, zone in Place.objects.filter(city=reading.slug).values_list("key", "pk", "zone")}
    lost = [f"{p.id}, place: found {shown(p.place)}; the id of a place" for p in inventory.points if p.place not in home]
    if lost:
        raise WifiFileError("points", lost)
    zones = {p.id: home[p.place][1] for p in inventory.points}
    points = [_row(p) | {"place_id": home[p.place][0]} for p in inventory.points]
    stand = _rows(AccessPoint, reading.slug, _zoned(points, reading, zones))
    if changed or stand:
        _written(network)
        note(by, "load wifi", f"wifi:{reading.slug}", None, {"places": changed, "points": stand}, city=reading.slug)
    return Loaded(changed, stand)


def set_up(by: Person | None, reading: Reading, **said: float | None) -> Network:
    """Say how reports come and what is aimed at: interval (s), missed, far (m), target (0 to 1). ValidationError for what can't be so."""
    with transaction.atomic():
        network = _locked(reading.slug)
        before = {name: getattr(network, name) for name in said}
        for name, value in said.items():
            setattr(network, name, value)
        network.full_clean()
        network.save()
        _written(network, past=True)
        note(by, "set up wifi", f"wifi:{reading.slug}", before, dict(said), city=reading.slug)
    return network


@transaction.atomic
def report(reading: Reading, reports: Iterable[Report]) -> Kept:
    """Put reports behind what is known of each access point: spells and days grow. The same reports again change nothing.

    A report that is older than the last one of its access point is passed over, so history is given in order; one of the future, of an
    access point that is unknown, or that the city had not at the time, is too. All are counted.
    """
    network, now = _locked(reading.slug), status.now(reading)
    passed: Counter[str] = Counter()
    points = {p.key: p for p in AccessPoint.objects.filter(city=reading.slug)}
    told: defaultdict[str, list[tuple[datetime, Health]]] = defaultdict(list)
    clock = reading.city.clock
    for one in reports:
        point = points.get(one.point)
        day = one.at.astimezone(clock).date()
        if one.at > now + AHEAD:
            passed[FUTURE] += 1
        elif point is None or (point.since and day < point.since) or (point.until and day >= point.until):
            passed[GONE] += 1
        else:
            told[one.point].append((one.at, one.state))
    spells: list[Spell] = []
    changed: list[AccessPoint] = []
    longer: dict[tuple[int, date], Seconds] = {}
    kept = 0
    for key, heard in told.items():
        point = points[key]
        before = Told(Health(point.state), point.state_since, point.seen) if point.state and point.state_since and point.seen else None
        news = {at for at, _ in heard if before is None or at > before.until}
        kept += len(news)
        passed[LATE] += len(heard) - len(news)
        found = go_on(before, heard, network.reach)
        if not found or found == [before]:
            continue
        last = found[-1]
        point.state, point.state_since, point.seen = last.state.value, last.since, last.until
        changed.append(point)
        spells += [Spell(point=point, state=s.state.value, since=s.since, until=s.until) for s in found]
        for day, seconds in _grown(before, found, reading).items():
            longer[point.pk, day] = seconds
    if changed:
        _stand(changed)
        Spell.objects.bulk_create(spells, BATCH, update_conflicts=True, unique_fields=["point", "since"], update_fields=["until"])
        _lengthen(longer)
        _written(network, past=any(day < status.today(reading) for _, day in longer))
    return Kept(kept, +passed)


def _stand(changed: list[AccessPoint]) -> None:
    """Write the last spell of access points that are there: by their ids: for thousands that is much faster than by their numbers."""
    fields = ("state", "state_since", "seen")
    rows = [AccessPoint(city=p.city, key=p.key, place_id=p.place_id, **{f: getattr(p, f) for f in fields}) for p in changed]
    AccessPoint.objects.bulk_create(rows, BATCH, update_conflicts=True, unique_fields=["city", "key"], update_fields=list(fields))


def _grown(before: Told | None, after: list[Told], reading: Reading) -> dict[date, Seconds]:
    """By how much each day of an access point grew."""
    clock = reading.city.clock
    new, old = by_day(after, clock), by_day([before], clock) if before else {}
    nothing = Seconds()
    grown = {day: Seconds(*(a - b for a, b in zip(s, old.get(day, nothing), strict=True))) for day, s in new.items()}
    return {day: s for day, s in grown.items() if s.reported > 0}


def _lengthen(longer: Mapping[tuple[int, date], Seconds]) -> None:
    """Add to days what they grew by."""
    days = {day for _, day in longer}
    if not days:
        return
    points = {point for point, _ in longer}
    found = Day.objects.filter(day__gte=min(days), day__lte=max(days))
    few = found.filter(point__in=points) if len(points) <= BATCH else found
    there = {(d.point_id, d.day): d for d in few if (d.point_id, d.day) in longer}
    rows = []
    for (point, day), seconds in longer.items():
        row = there.get((point, day)) or Day(point_id=point, day=day)
        for name, value in seconds._asdict().items():
            setattr(row, name, getattr(row, name) + value)
        rows.append(row)
    fields = list(Seconds._fields)
    for row in rows:
        row.pk = None  # the pair says which row it is
    Day.objects.bulk_create(rows, BATCH, update_conflicts=True, unique_fields=["point", "day"], update_fields=fields)


def _locked(city: str) -> Network:
    """The city's Wi-Fi, which nobody else writes until this is done."""
    Network.objects.get_or_create(city=city)
    return Network.objects.select_for_update().get(city=city)


def _written(network: Network, *, past: bool = False) -> None:
    more = {"edition": F("edition") + 1} | ({"past": F("past") + 1} if past else {})
    Network.objects.filter(pk=network.pk).update(**more)


def _check(inventory: Inventory, reading: Reading) -> None:
    """WifiFileError for zones that the city has not."""
    known = {z.id for z in reading.zones.all} | {""}
    things: list[InPlace | OnAir] = [*inventory.places, *inventory.points]
    strange = [f"{t.id}, zone: found {shown(t.zone)}; one of {', '.join(sorted(known - {''})[:20])}" for t in things if t.zone not in known]
    if strange:
        raise WifiFileError("inventory", strange)


def _row(thing: InPlace | OnAir) -> dict[str, Any]:
    """A place or an access point, as a row of its table."""
    said = {k: v.value if isinstance(v, Enum) else v for k, v in thing if k not in ("at", "place", "id")}
    lon, lat = thing.at or (None, None)
    return {"key": thing.id, "lon": lon, "lat": lat, **said}


def _zoned(rows: list[dict[str, Any]], reading: Reading, otherwise: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rows, each with the zone that it lies in where it names none; else with what `otherwise` says of its key."""
    lonlat = np.array([(r["lon"], r["lat"]) for r in rows], dtype=float).reshape(-1, 2)
    found = reading.zones.locate(lonlat[:, 0], lonlat[:, 1])
    return [r | {"zone": r["zone"] or zone or otherwise.get(r["key"], "")} for r, zone in zip(rows, found, strict=True)]


def _rows(model: type[Model], city: str, rows: list[dict[str, Any]]) -> int:
    """Write those of the rows that are new or other than before; say how many."""
    if not rows:
        return 0
    manager = model._default_manager
    fields = [f for f in rows[0] if f != "key"]
    there = {r["key"]: r for r in manager.filter(city=city).values("key", *fields)}
    made = [model(city=city, **row) for row in rows if there.get(row["key"]) != row]
    if made:
        manager.bulk_create(made, BATCH, update_conflicts=True, unique_fields=["city", "key"], update_fields=fields)
    return len(made)
