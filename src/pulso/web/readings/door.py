"""Which cities are shown, and one city opened for reading."""

from __future__ import annotations

import difflib
import logging
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, cached_property
from itertools import accumulate
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from django.conf import settings

from pulso.city import City, Span, cities_folder, load
from pulso.errors import CityFileError, PulsoError
from pulso.flow.home import Home, River
from pulso.shapes import Verdict
from pulso.web.readings.counted import looked
from pulso.web.readings.shelf import Brief, Point, Shelf
from pulso.zones import Zones

log = logging.getLogger("pulso.readings")


class UnknownCity(PulsoError):  # noqa: N818  # it names a state of the world
    """Asked about a city that this site doesn't show: its slug, and those of up to five that it does. The message is in English."""

    def __init__(self, slug: str, near: tuple[str, ...]) -> None:
        self.slug, self.near = slug, near
        super().__init__(f"There is no city {slug!r} here. There is: {', '.join(near) or 'none yet'}.")


@dataclass(frozen=True)
class Events:
    """A city's events in order of their first day, so that those of some weeks are found without looking at those of all years."""

    spans: tuple[Span, ...]
    firsts: tuple[date, ...]
    reach: tuple[date, ...]  # the latest last day of all events up to here: it never falls
    kinds: frozenset[str]
    silencing: tuple[Span, ...]  # those that say which sources fall silent

    @classmethod
    def of(cls, spans: tuple[Span, ...]) -> Events:
        """Put them in order."""
        reach = tuple(accumulate((s.last for s in spans), max))
        silencing = tuple(s for s in spans if s.silences)
        return cls(spans, tuple(s.first for s in spans), reach, frozenset(s.kind for s in spans), silencing)

    def touching(self, first: date, last: date) -> list[Span]:
        """Those that touch these days, both included."""
        some = self.spans[bisect_left(self.reach, first) : bisect_right(self.firsts, last)]
        whole = not some or first <= self.firsts[0]  # all of them: no need to look at each
        return list(some) if whole else [s for s in some if s.last >= first]


class Reading:
    """One city, to be read: it notices by itself what is collected, published or entered elsewhere.

    Its answers are those of the last publication; `as_of` gives back what was published at a moment.
    """

    def __init__(self, river: River, stamp: tuple[int, ...]) -> None:
        self.river = river
        self.stamp = stamp
        self._shelf = Shelf(self.folder / "shelf.sqlite3")
        self._events: tuple[str, Events] | None = None

    @property
    def slug(self) -> str:
        """The city's name in addresses."""
        return self.river.city.slug

    @property
    def city(self) -> City:
        """What its file says."""
        return self.river.city

    @property
    def folder(self) -> Path:
        """Where the city's own files lie in the home."""
        return self.river.home.folder(self.river.city)

    @property
    def zones(self) -> Zones:
        """Its zones."""
        return self.river.zones

    @property
    def edition(self) -> str:
        """Another text whenever something that is shown has changed."""
        return f"{self.river.city.digest} {self.river.lake.edition}"

    @cached_property
    def zone_ids(self) -> tuple[str | None, ...]:
        """The city (None) and all its zones."""
        return (None, *(z.id for z in self.zones.all))

    def days(self, as_of: datetime | None = None) -> tuple[date, date] | None:
        """The first and last day that was published; None where nothing was."""
        return self._up_to_date().days(as_of)

    def last_vintage(self) -> datetime | None:
        """When something was last published; None where nothing was."""
        return self._up_to_date().last_vintage()

    def verdicts(self, day: date, as_of: datetime | None = None) -> dict[str | None, Verdict]:
        """A day's verdicts by zone; the city's is that of None. Empty where nothing was published."""
        return self._up_to_date().verdicts(day, None, as_of)

    def texts(self, day: date, as_of: datetime | None = None) -> dict[str | None, str]:
        """The same, as published, byte for byte."""
        return self._up_to_date().texts(day, as_of)

    def briefs(
        self, zones: Sequence[str | None] = (None,), first: date | None = None, last: date | None = None, as_of: datetime | None = None
    ) -> list[Brief]:
        """What lines are drawn of: these zones' days, both included, in order of zone and day."""
        return self._up_to_date().briefs(zones, first, last, as_of)

    def whole(self, zones: Sequence[str | None], first: date, last: date, as_of: datetime | None = None) -> list[Verdict]:
        """These zones' verdicts of some days, both included, with all their reasons: one read, for spans of a few months."""
        return self._up_to_date().whole(zones, first, last, as_of)

    def some(self, pairs: Iterable[tuple[str | None, date]]) -> list[Verdict]:
        """What is published of each of these zones and days, with all its reasons, in order of zone and day."""
        return self._up_to_date().some(pairs)

    def points(
        self, zones: Sequence[str | None], first: date, last: date, metric: str | None = None, as_of: datetime | None = None
    ) -> list[Point]:
        """The index of these zones and days, both included, or one metric's: one read, for lines of many years."""
        return self._up_to_date().points(zones, first, last, metric, as_of)

    def vintages(self, day: date, zone: str | None = None) -> list[Brief]:
        """Every publication of a day, the earliest first."""
        return self._up_to_date().vintages(day, zone)

    def events(self, first: date | None = None, last: date | None = None, as_of: datetime | None = None) -> list[Span]:
        """The events that touch these days, in order of their first day."""
        known = Events.of(self.river.lake.events(as_of)) if as_of else self._known_events()
        return known.touching(first or date.min, last or date.max)

    def kinds(self) -> frozenset[str]:
        """Every kind of event that this city has had."""
        return self._known_events().kinds

    def silencing(self) -> tuple[Span, ...]:
        """The events that say which sources fall silent, in order of their first day."""
        return self._known_events().silencing

    def ask(self, question: str, **values: Any) -> list[Any]:
        """Put a question in SQL to its shelf: one read."""
        return self._up_to_date().ask(question, **values)

    def _known_events(self) -> Events:
        edition = f"{self.river.lake.event_table.head()} {self.river.lake.entry_table.head()}"
        if self._events is None or self._events[0] != edition:
            looked()
            self._events = (edition, Events.of(self.river.lake.events()))
        return self._events[1]

    def _up_to_date(self) -> Shelf:
        self._shelf.bring_up_to_date(self.river.lake)
        return self._shelf


T = TypeVar("T")

_opened: dict[str, Reading] = {}
_called: dict[Path, str] = {}
_unread: dict[Path, str] = {}
_looks: dict[object, tuple[float, Any]] = {}
_one_at_a_time = Lock()


def cities() -> list[str]:
    """The slugs of the cities that are shown, in the settings' order, or in that of their names."""
    return list(_places())


def unread() -> list[str]:
    """What is wrong with the city files that should be shown and can't be read as they are now; a letter each."""
    return [_unread[where] for where in _said() if where in _unread]


def reading(slug: str) -> Reading:
    """Open a city, or give it back as it was opened, while its files are the same.

    UnknownCity where this site doesn't show it, with those that it does; CityFileError where its file has mistakes.
    """
    places = _lately((settings.HOME, *settings.CITIES), _places)
    if slug not in places:
        near = difflib.get_close_matches(slug, places, n=1) or list(places)[:5]
        raise UnknownCity(slug, tuple(near))
    return _open(slug, places[slug])


def shown() -> list[Reading]:
    """Every city that is shown, opened, in the order of `cities`."""
    return [_open(slug, where) for slug, where in _places().items()]


def _open(slug: str, where: Path) -> Reading:
    """Open a city; one whose files were broken meanwhile stays as it was opened, which is better than no city."""
    stamp = _lately(where, lambda: _stamp(where))
    found = _opened.get(slug)
    if found is None or found.stamp != stamp:
        with _one_at_a_time:
            try:
                found = Reading(River.open(where, _home()), stamp)
            except CityFileError as why:
                if found is None:
                    raise
                log.error("%s is shown by its former files: %s", slug, why)
                found.stamp = stamp  # said once a change
            _opened[slug] = found
    return found


def _lately(at: object, look: Callable[[], T]) -> T:
    """What a look at files told up to LOOK_AGAIN seconds ago, or a new look: not each of a hundred questions a second needs one."""
    found = _looks.get(at)
    now = time.monotonic()
    if found is None or now - found[0] >= settings.LOOK_AGAIN:
        found = _looks[at] = (now, look())
    told: T = found[1]
    return told


def _home() -> Home:
    clock: Callable[[], datetime] = getattr(settings, "CLOCK", None) or (lambda: datetime.now(UTC))
    return Home(Path(settings.HOME), None, clock)


def _places() -> dict[str, Path]:
    """Where the city files of the shown cities lie, by slug."""
    called = ((_slug(p, _stamp(p)), p) for p in _said())
    return {slug: p for slug, p in called if slug is not None}


def _said() -> list[Path]:
    """Where the city files lie that are to be shown."""
    said = [Path(c) if "/" in c else cities_folder() / c for c in settings.CITIES]
    if not said:
        home = Path(settings.HOME)
        said = sorted(
            d for d in cities_folder().iterdir() if (d / "city.toml").is_file() and (home / d.name / "lake" / "published").is_dir()
        )
    return said


@cache
def _slug(where: Path, _stamp: tuple[int, ...]) -> str | None:
    """What a city calls itself, or did while its file could be read; None for one that never could: the others are shown."""
    try:
        _called[where] = load(where).slug
        _unread.pop(where, None)
    except CityFileError as why:
        log.error("%s can't be read: %s", where, why)
        _unread[where] = str(why)
    return _called.get(where)


def _stamp(where: Path) -> tuple[int, ...]:
    """When the files of a city were last written."""
    folder = where.parent if where.is_file() else where
    return tuple(sorted(f.stat().st_mtime_ns for f in folder.iterdir() if f.is_file()))
