"""Places, access points, days and spells of the Wi-Fi as lines, in a page's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from pulso.errors import NothingKnown
from pulso.fibre.shapes import Disclosure
from pulso.show import wifi as words
from pulso.web.pages.asked import Asked
from pulso.web.pages.leaves import MOST, Leaf
from pulso.web.pages.wifi_shapes import WifiDay, WifiPlaceLine, WifiPointLine, WifiSpell
from pulso.web.wifi import reads
from pulso.wifi import health
from pulso.wifi.shapes import Health
from pulso.wifi.uptime import Promise, Seconds, promise

T = TypeVar("T")
SPELLS = 50
DAY = 86_400.0


@dataclass(frozen=True)
class Seen:
    """What is asked, and what may be seen."""

    asked: Asked
    level: Disclosure
    view: reads.View

    def zone(self, zone: str) -> str:
        """A zone's name; its id where the city has it no more, empty for none."""
        return next((z.name for z in self.asked.reading.zones.all if z.id == zone), zone)

    def target(self, place: reads.PlaceRow) -> float | None:
        """The uptime aimed at: its own, or the city's."""
        return self.view.board.network.target if place.target is None else place.target

    def promise(self, total: reads.Total, place: reads.PlaceRow) -> tuple[Promise, str]:
        """What became of the target, and that in a sentence."""
        target = self.target(place)
        found = promise(total.seconds, total.span, target)
        return found, self.asked.speech.say(words.PROMISES[found], target=words.share(target, self.asked.speech))


def slice_of(found: Sequence[T], asked: Asked) -> tuple[Sequence[T], Leaf]:
    """The hundred that are asked for by ?page=, and where they stand. NothingKnown beyond the last."""
    page, pages = asked.count("page") or 1, max(-(-len(found) // MOST), 1)
    if page > pages:
        raise NothingKnown(asked.speech.say("There is no page {page} of it: it has {pages}.", page=page, pages=pages))
    return found[MOST * (page - 1) : MOST * page], Leaf(page, pages, len(found))


def places(seen: Seen, rows: Sequence[int]) -> tuple[WifiPlaceLine, ...]:
    """Lines of some places, by their rows in the board."""
    return tuple(_place(seen, row, total) for row, total in zip(rows, reads.uptimes(seen.view, rows), strict=True))


def _place(seen: Seen, row: int, total: reads.Total) -> WifiPlaceLine:
    view, speech = seen.view, seen.asked.speech
    place = view.board.places[row]
    failing, partly, unknown, working = (int(n) for n in view.counts[row])
    points = failing + partly + unknown + working
    found = health.RANKS[view.of_places[row]]
    ill = (
        [when for p, h in view.points_of(row) if h in (Health.FAILING, Health.PARTLY) and (when := view.begun(p))]
        if failing + partly
        else []
    )
    heard = [when for p, _ in view.points_of(row) if (when := view.heard(p))]
    return WifiPlaceLine(
        id=place.key,
        name=place.name,
        kind=speech.say(words.KINDS[place.kind]),
        zone=seen.zone(place.zone),
        lon=place.lon,
        lat=place.lat,
        health=found.value if points else "",
        state=speech.say(words.HEALTHS[found.value] if points else words.NONE_THERE),
        points=points,
        working=working,
        failing=failing + partly,
        unknown=unknown,
        since=min(ill, default=None),
        heard=max(heard, default=None),
        uptime=total.seconds.uptime,
        reported=total.reported,
    )


def point(seen: Seen, row: reads.PointRow, found: Health) -> WifiPointLine:
    """An access point's line."""
    total, known = reads.uptime(seen.view, row), found is not Health.UNKNOWN
    return WifiPointLine(
        id=row.key,
        name=row.name or row.key,
        health=found.value,
        state=seen.asked.speech.say(words.HEALTHS[found.value]),
        since=seen.view.begun(row) if known else None,
        heard=seen.view.heard(row),
        uptime=total.seconds.uptime,
        reported=total.reported,
    )


def days(seen: Seen, points: Sequence[reads.PointRow]) -> tuple[WifiDay, ...]:
    """The span's days and today, of some access points together. One question."""
    today = seen.view.today
    first = today - timedelta(days=reads.SPAN)
    told = reads.days_of(seen.view, [p.pk for p in points], first, today)
    return tuple(_day(first + timedelta(days=i), told, points) for i in range(reads.SPAN + 1))


def _day(day: date, told: dict[date, Seconds], points: Sequence[reads.PointRow]) -> WifiDay:
    seconds = told.get(day, Seconds())
    span = sum(reads.lived(p, day, day + timedelta(days=1)) for p in points)
    return WifiDay(
        day=day,
        uptime=seconds.uptime,
        partly=seconds.partly / seconds.reported if seconds.reported else None,
        reported=min(seconds.reported / span, 1.0) if span else 0.0,
    )


def spells(seen: Seen, points: Sequence[reads.PointRow]) -> tuple[WifiSpell, ...]:
    """The latest times in which one of some access points did not wholly work. One question."""
    now = {p.pk: p for p in points}
    return tuple(_spell(s, now[s.point], seen) for s in reads.spells_of(seen.view, list(now), SPELLS))


def _spell(spell: reads.Ill, row: reads.PointRow, seen: Seen) -> WifiSpell:
    silent = row.pk in seen.view.blind or seen.view.now - spell.until > seen.view.board.network.reach
    return WifiSpell(
        point=row.key,
        name=row.name or row.key,
        health=spell.state,
        state=seen.asked.speech.say(words.HEALTHS[spell.state]),
        since=spell.since,
        until=spell.until,
        lasts=spell.begun is not None and spell.begun == row.state_since and not silent,
    )
