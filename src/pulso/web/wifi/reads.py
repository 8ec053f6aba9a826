"""What pages read of a city's Wi-Fi: kept in the process until something is written, and held against the clock when asked.

A board is one city's access points and places as they were last written, in arrays; it costs one small question to see that it is still
good. An access point that a cut of the fibre leaves without light is unknown, whatever is reported of it; to all but the city's engineers
its reports stopped when the cut began. Who may see what is decided here, object by object: a place of which somebody may see no access
point is not there for them, unless it has none at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, reduce
from threading import Lock
from typing import Any, NamedTuple, TypeVar

import numpy as np
from django.db.models import Subquery, Sum
from numpy.typing import NDArray

from pulso.fibre.shapes import Disclosure
from pulso.web.fibre import cuts
from pulso.web.fibre.models import Cut, Revision
from pulso.web.people import may
from pulso.web.people.may import Someone
from pulso.web.readings import Reading, status
from pulso.web.wifi import unlit
from pulso.web.wifi.models import AccessPoint, Day, Network, Place, Spell
from pulso.wifi import gaps, health
from pulso.wifi.shapes import Health
from pulso.wifi.uptime import Seconds

R = TypeVar("R")
SPAN = 30
"""Whole days, until yesterday, that an uptime is told of."""
LEVELS = (Disclosure.PUBLIC, Disclosure.INTERNAL, Disclosure.RESTRICTED)


class PlaceRow(NamedTuple):
    """A place as it was last written."""

    pk: int
    key: str
    name: str
    kind: str
    lon: float | None
    lat: float | None
    zone: str
    large: bool
    target: float | None


class PointRow(NamedTuple):
    """An access point as it was last written; the rest of it is in the board's arrays."""

    pk: int
    key: str
    name: str
    place_id: int
    lon: float | None
    lat: float | None
    zone: str
    site: str
    owner: str
    feed: str
    since: date | None
    until: date | None
    disclosure: str
    state: str
    state_since: datetime | None
    seen: datetime | None


class Nearest(NamedTuple):
    """Something without a working access point near it."""

    row: int
    metres: float | None  # to the nearest that works; None where none does
    any: float | None  # to the nearest at all


class Total(NamedTuple):
    """An uptime of some days: what was reported, and what might have been."""

    seconds: Seconds
    span: float

    @property
    def reported(self) -> float:
        """Share of the span that was reported, 0 to 1."""
        return min(self.seconds.reported / self.span, 1.0) if self.span else 0.0


@dataclass(frozen=True, eq=False)
class Board:
    """All of a city's Wi-Fi, as it was last written."""

    edition: tuple[object, ...]
    network: Network
    places: tuple[PlaceRow, ...]
    points: tuple[PointRow, ...]
    cuts: tuple[Cut, ...]  # of the fibre, that were not over when the SPAN began

    @cached_property
    def at(self) -> NDArray[np.intp]:
        """The row of each access point's place."""
        rows = {p.pk: i for i, p in enumerate(self.places)}
        return np.array([rows[p.place_id] for p in self.points], dtype=np.intp)

    @cached_property
    def levels(self) -> NDArray[np.int8]:
        """Who may know of each access point, as a place in LEVELS."""
        return np.array([LEVELS.index(Disclosure(p.disclosure)) for p in self.points], dtype=np.int8)

    @cached_property
    def states(self) -> NDArray[np.int8]:
        """What was last reported of each."""
        return np.array([health.rank(Health(p.state)) if p.state else health.UNKNOWN for p in self.points], dtype=np.int8)

    @cached_property
    def seen(self) -> NDArray[np.float64]:
        """When, in seconds since 1970; NaN where never."""
        return np.array([p.seen.timestamp() if p.seen else np.nan for p in self.points])

    @cached_property
    def life(self) -> NDArray[np.int64]:
        """First day and first day after, as ordinals: (N, 2)."""
        return np.array(
            [(p.since.toordinal() if p.since else 0, p.until.toordinal() if p.until else date.max.toordinal()) for p in self.points],
            dtype=np.int64,
        ).reshape(-1, 2)

    @cached_property
    def zones(self) -> tuple[list[str], NDArray[np.intp]]:
        """The zones that access points stand in, and the number of each one's."""
        names = sorted({p.zone for p in self.points})
        rows = {name: i for i, name in enumerate(names)}
        return names, np.array([rows[p.zone] for p in self.points], dtype=np.intp)

    @cached_property
    def lonlat(self) -> NDArray[np.float64]:
        """Where each access point is, or its place."""
        places = self.spots
        own = np.array([(p.lon, p.lat) if p.lon is not None else (np.nan, np.nan) for p in self.points], dtype=float).reshape(-1, 2)
        return np.where(np.isnan(own), places[self.at], own) if len(own) else own

    @cached_property
    def spots(self) -> NDArray[np.float64]:
        """Where each place is."""
        return np.array([(p.lon, p.lat) if p.lon is not None else (np.nan, np.nan) for p in self.places], dtype=float).reshape(-1, 2)


@dataclass(frozen=True, eq=False)
class View:
    """A board as somebody may see it, at a moment."""

    board: Board
    level: Disclosure
    now: datetime
    today: date
    points: NDArray[np.intp]  # rows of the board that live today and may be seen
    healths: NDArray[np.int8]  # of these
    places: NDArray[np.intp]  # rows of the board that may be seen, the ill first
    of_places: NDArray[np.int8]  # of all places of the board
    counts: NDArray[np.intp]  # of all places: how many of the points that may be seen are how
    blind: Mapping[int, datetime]  # since when a cut leaves points without light, by number; for all but engineers, of those that report on
    dark: Mapping[int, Sequence[unlit.Dark]]  # when cuts left points without light, in the SPAN, by number: of these times nothing is known
    late: Mapping[int, Mapping[date, Seconds]]  # what was reported of them in these times all the same, by day: it is left out
    _reckoned: dict[object, Any] = field(default_factory=dict)  # kept as long as the view is

    def once(self, what: object, reckon: Callable[[], R]) -> R:
        """What is reckoned of the view, and kept: `what` names it. Two who ask at once may both reckon it; nobody waits for another."""
        if what not in self._reckoned:
            self._reckoned[what] = reckon()
        found: R = self._reckoned[what]
        return found

    def heard(self, point: PointRow) -> datetime | None:
        """The last report of an access point, as far as may be known."""
        lost = self.lost(point.pk)
        return point.seen if lost is None or point.seen is None else min(point.seen, lost)

    def begun(self, point: PointRow) -> datetime | None:
        """Since when an access point is reported to be as it is: from the end of a cut on, where it was without light meanwhile."""
        ends = [d.end for d in self.dark.get(point.pk, ()) if point.seen and d.end <= point.seen]
        return max(point.state_since, *ends) if ends and point.state_since else point.state_since

    def lost(self, point: int) -> datetime | None:
        """When the reports of an access point ended because a cut began, for those who may not know; None for engineers."""
        return None if self.level is Disclosure.RESTRICTED else self.blind.get(point)

    def short(self, spots: NDArray[np.float64]) -> list[Nearest]:
        """Of some spots, (N, 2) of degrees, those farther than `far` from all that works, by their rows; nowhere (NaN) is no gap."""
        works, there = np.isin(self.healths, (health.WORKING, health.PARTLY)), self.board.lonlat[self.points]
        metres, _ = gaps.nearest(spots, there[works])
        any_, _ = gaps.nearest(spots, there)
        rows = np.flatnonzero(np.isfinite(spots).all(axis=1) & ~(metres <= self.board.network.far))
        return [Nearest(int(i), _number(metres[i]), _number(any_[i])) for i in rows]

    def points_of(self, place: int) -> list[tuple[PointRow, Health]]:
        """A place's access points, the ill first."""
        order, begins = self._in_order
        mine = order[begins[place] : begins[place + 1]]
        return [(self.board.points[self.points[i]], health.RANKS[self.healths[i]]) for i in mine]

    @cached_property
    def _in_order(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Its points by place and health, and where each place begins."""
        places = self.board.at[self.points]
        order = np.lexsort((self.healths, places))
        return order, np.searchsorted(places[order], np.arange(len(self.board.places) + 1))

    def by_zone(self) -> dict[str, NDArray[np.intp]]:
        """How many access points of each zone are how, in the order of RANKS; of no zone under ""."""
        found: dict[str, NDArray[np.intp]] = {}
        names, zones = self.board.zones
        counts = np.bincount(zones[self.points] * len(health.RANKS) + self.healths, minlength=len(names) * len(health.RANKS))
        for name, row in zip(names, counts.reshape(-1, len(health.RANKS)), strict=True):
            if row.any():
                found[name] = row
        return found


_boards: dict[str, Board] = {}
_views: dict[tuple[str, Disclosure], View] = {}
_pasts: dict[tuple[str, int, date], dict[int, Seconds]] = {}
_one_at_a_time = Lock()


def edition(reading: Reading) -> str:
    """Another text whenever the Wi-Fi, a cut, or the fibre, whose buildings gaps tell of, was written, and each minute. One question.

    Each minute, since what is silent grows unknown, and a cut begins and ends.
    """
    newest = Revision.objects.filter(city=reading.slug).order_by("-number").values("digest")[:1]
    found = Network.objects.filter(city=reading.slug).annotate(**cuts.WRITTEN)
    return f"{found.values_list('edition', 'past', Subquery(newest), *cuts.WRITTEN).first()} {minute(reading):%Y%m%d%H%M}"


def minute(reading: Reading) -> datetime:
    """The moment to which pages tell, in UTC: the whole minute."""
    return status.now(reading).astimezone(UTC).replace(second=0, microsecond=0)


def board(reading: Reading) -> Board | None:
    """A city's Wi-Fi; None where it has none. One question where it is known already, four where it was written."""
    city = reading.slug
    network = Network.objects.filter(city=city).annotate(**cuts.WRITTEN).first()
    if network is None:
        return None
    key = (network.pk, network.edition, *(getattr(network, name) for name in cuts.WRITTEN))
    found = _boards.get(city)
    if found is None or found.edition != key:
        places = tuple(PlaceRow(*r) for r in Place.objects.filter(city=city).order_by("name", "pk").values_list(*PlaceRow._fields))
        known = {p.pk for p in places}  # one that was entered just now waits for the next look
        rows = AccessPoint.objects.filter(city=city).order_by("pk").values_list(*PointRow._fields)
        lately = status.now(reading) - timedelta(days=SPAN + 2)
        going = tuple(cuts.not_over(city, lately))
        found = Board(key, network, places, tuple(p for p in map(PointRow._make, rows) if p.place_id in known), going)
        _boards[city] = found
    return found


def view(reading: Reading, level: Disclosure = Disclosure.PUBLIC) -> View | None:
    """What somebody of a level sees now; None where the city has no Wi-Fi."""
    known = board(reading)
    if known is None:
        return None
    now, today = minute(reading), status.today(reading)
    kept = _views.get((reading.slug, level))
    if kept is not None and (kept.board, kept.now, kept.today) == (known, now, today):
        return kept
    alive = (known.life[:, 0] <= today.toordinal()) & (today.toordinal() < known.life[:, 1])
    points = np.flatnonzero(alive & (known.levels <= LEVELS.index(level)))
    healths = health.now_of(known.states[points], now.timestamp() - known.seen[points], known.network.reach.total_seconds())
    dark = unlit.spans(reading.slug, known.cuts, (known.points[row] for row in points), now)
    blind = unlit.since(dark)
    if level is not Disclosure.RESTRICTED:
        still = {pk for pk, lost in blind.items() if now - lost <= known.network.reach}  # until then it is as it was
        blind, dark = {pk: lost for pk, lost in blind.items() if pk not in still}, unlit.over(dark, still)
    late = unlit.reported(dark, reading.city.clock)
    healths[np.isin([known.points[row].pk for row in points], list(blind))] = health.UNKNOWN  # whatever was reported of it
    of_places, counts = health.of_places(healths, known.at[points], len(known.places))
    empty = np.bincount(known.at, minlength=len(known.places)) == 0 if len(known.places) else np.zeros(0, dtype=bool)
    seen = np.flatnonzero(counts.any(axis=1) | empty) if len(known.places) else np.zeros(0, dtype=np.intp)
    rank = np.where(empty, len(health.RANKS), of_places)  # places without access points come last
    places = seen[np.argsort(rank[seen], kind="stable")]
    found = View(known, level, now, today, points, healths, places, of_places, counts, blind, dark, late)
    _views[reading.slug, level] = found
    return found


def level_of(person: Someone, city: str) -> Disclosure:
    """What somebody may see. One or two questions."""
    if may.may_see_wifi_restricted(person, city):
        return Disclosure.RESTRICTED
    return Disclosure.INTERNAL if may.may_see_wifi_inside(person, city) else Disclosure.PUBLIC


def uptimes(seen: View, rows: Sequence[int]) -> list[Total]:
    """Uptimes of places over the SPAN of whole days until yesterday, of access points that may be seen. One question a day and process."""
    made, first = [], seen.today - timedelta(days=SPAN)
    past = _past(seen)
    for row in rows:
        points = [point for point, _ in seen.points_of(row)]
        seconds = reduce(Seconds.plus, (_told(seen, past, p.pk) for p in points), Seconds())
        made.append(Total(seconds, sum(lived(p, first, seen.today) for p in points)))
    return made


def uptime(seen: View, point: PointRow) -> Total:
    """The same of one access point."""
    return Total(_told(seen, _past(seen), point.pk), lived(point, seen.today - timedelta(days=SPAN), seen.today))


def _told(seen: View, past: Mapping[int, Seconds], point: int) -> Seconds:
    """What was reported of an access point in the SPAN, as far as may be known."""
    first = seen.today - timedelta(days=SPAN)
    return unlit.less(past.get(point, Seconds()), (s for day, s in seen.late.get(point, {}).items() if first <= day < seen.today))


def lived(point: PointRow, first: date, after: date) -> float:
    """Seconds of the days from `first` until before `after` on which there was the access point; a day counts 86,400."""
    days = (min(point.until or after, after) - max(point.since or first, first)).days
    return max(days, 0) * 86_400.0


def _past(seen: View) -> dict[int, Seconds]:
    """Seconds of each access point in the SPAN until yesterday."""
    network = seen.board.network
    key = (network.city, network.past, seen.today)
    with _one_at_a_time:
        if key not in _pasts:
            for old in [k for k in _pasts if k[0] == network.city]:
                del _pasts[old]
            first = seen.today - timedelta(days=SPAN)
            rows = Day.objects.filter(point__city=network.city, day__gte=first, day__lt=seen.today)
            sums = rows.values_list("point").annotate(*(Sum(name) for name in Seconds._fields))
            _pasts[key] = {point: Seconds(*said) for point, *said in sums}
        return _pasts[key]


def days_of(seen: View, points: Sequence[int], first: date, last: date) -> dict[date, Seconds]:
    """Seconds by day of some access points together, both days included; days of which nothing was reported are absent. One question."""
    rows = Day.objects.filter(point__in=points, day__gte=first, day__lte=last).values_list("day")
    found = {day: Seconds(*said) for day, *said in rows.annotate(*(Sum(name) for name in Seconds._fields)).order_by("day")}
    late = [seen.late[p] for p in points if p in seen.late]
    return {day: unlit.less(seconds, (days[day] for days in late if day in days)) for day, seconds in found.items()}


class Ill(NamedTuple):
    """A time in which an access point was reported not to work wholly, and there was light."""

    point: int
    state: str
    since: datetime
    until: datetime
    begun: datetime | None  # since when the reports say so, where this is the end of what they say


def spells_of(seen: View, points: Sequence[int], most: int) -> list[Ill]:
    """The latest times in which one of these access points didn't wholly work, as far as there was light. One question."""
    rows, blind = Spell.objects.filter(point__in=points).exclude(state=Health.WORKING.value), defaultdict[unlit.Dark, list[int]](list)
    for point in points:
        for dark in seen.dark.get(point, ()):
            blind[dark].append(point)
    for dark, those in blind.items():
        rows = rows.exclude(point__in=those, since__gte=dark.start, until__lte=dark.end)
    found = []
    for point, state, since, until in rows.order_by("-since", "pk").values_list("point", "state", "since", "until")[:most]:
        for first, last in reversed(unlit.parts(since, until, seen.dark.get(point, ()))):
            found.append(Ill(point, state, first, last, since if last == until else None))
    return sorted(found, key=lambda ill: ill.since, reverse=True)[:most]


def names(city: str) -> dict[str, str]:
    """What feeds may call each access point, and its id: its own id, and what the inventory says that a feed calls it."""
    found = {}
    for key, feed in AccessPoint.objects.filter(city=city).values_list("key", "feed"):
        found[key] = key
        if feed:
            found[feed] = key
    return found


def forget() -> None:
    """Forget all that is kept in the process: for tests, whose databases begin anew with the same numbers."""
    with _one_at_a_time:
        _boards.clear()
        _views.clear()
        _pasts.clear()


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
