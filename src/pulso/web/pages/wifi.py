"""The public Wi-Fi: how it is now, a place, an access point, and where none is near. See pulso.web.wifi."""

from __future__ import annotations

from dataclasses import dataclass as plain
from urllib.parse import quote

import numpy as np

from pulso.errors import NothingKnown
from pulso.fibre.shapes import Disclosure
from pulso.show import maps
from pulso.show import wifi as words
from pulso.show.language import marked as _
from pulso.web.pages import wifi_lines as lines
from pulso.web.pages import wifi_presence as presence
from pulso.web.pages.asked import Asked, quoted
from pulso.web.pages.leaves import Leaf
from pulso.web.pages.twin import Page
from pulso.web.pages.wifi_lines import Seen, slice_of
from pulso.web.pages.wifi_shapes import (
    Wifi,
    WifiGap,
    WifiGaps,
    WifiPlace,
    WifiPoint,
    WifiZone,
)
from pulso.web.readings import Zones
from pulso.web.wifi import reads, uncovered
from pulso.wifi import health

NO_PLACE = _("{city} has no place {found} of the Wi-Fi that you may see.")
NO_POINT = _("{city} has no access point {found} today that you may see.")
PUBLIC_BUILDING = _("public building")
NO_WIFI = _("{city} has not entered its public Wi-Fi yet.")
WITHOUT_LIGHT = _("A cut of the fibre leaves it without light: whatever is reported of it, nothing is known of it.")
PUBLIC = Disclosure.PUBLIC


@plain(frozen=True)
class Drawn:
    """What the template draws beside the page."""

    base: str  # where its links lead, below the city's address
    map: maps.Map | None = None
    marks: tuple[words.Mark, ...] = ()


def wifi(asked: Asked, level: Disclosure = PUBLIC) -> Wifi:
    """All of it, and a hundred places, the ill first; of one zone where ?zone= names it."""
    view, zone = reads.view(asked.reading, level), asked.zone()
    if view is None:
        return _nothing(asked, level)
    seen, board = Seen(asked, level, view), view.board
    inside = asked.reading.zones.members(zone) | {zone} if zone else None
    rows = [row for row in view.places.tolist() if inside is None or board.places[row].zone in inside]
    shown, leaf = slice_of(rows, asked)
    failing, partly, unknown, working = (int(n) for n in np.bincount(view.healths, minlength=len(health.RANKS)))
    return Wifi(
        frame=asked.frame,
        level=level.value,
        at=view.now,
        sentence=words.standing(working, partly, failing, unknown, asked.speech),
        points=len(view.points),
        working=working,
        partly=partly,
        failing=failing,
        unknown=unknown,
        minutes=board.network.reach.total_seconds() / 60,
        zones=tuple(_zones(seen)),
        chosen=zone or "",
        places=lines.places(seen, shown),
        leaf=leaf,
        gaps=len(uncovered.gaps(asked.reading, view).far_first),
        far=board.network.far,
        presence=presence.of_city(asked),
    )


def _nothing(asked: Asked, level: Disclosure) -> Wifi:
    nothing = dict.fromkeys(("points", "working", "partly", "failing", "unknown", "gaps"), 0)
    sentence = asked.speech.say(NO_WIFI, city=asked.reading.city.city.name)
    return Wifi(
        frame=asked.frame,
        level=level.value,
        at=reads.minute(asked.reading),
        sentence=sentence,
        **nothing,
        minutes=0.0,
        zones=(),
        chosen="",
        places=(),
        leaf=Leaf(1, 1, 0),
        far=0.0,
        presence=presence.of_city(asked),
    )


def _zones(seen: Seen) -> list[WifiZone]:
    found = []
    for zone, counts in seen.view.by_zone().items():
        failing, partly, unknown, working = (int(n) for n in counts)
        name = seen.zone(zone) or seen.asked.speech.say("in no zone")
        found.append(WifiZone(zone, name, int(counts.sum()), working, partly, failing, unknown))
    return sorted(found, key=lambda z: (not z.id, z.name))


def place(asked: Asked, level: Disclosure = PUBLIC) -> WifiPlace:
    """One place. NothingKnown where there is none, or it may not be seen: the same words for both."""
    seen = _seen(asked, level)
    board, view = seen.view.board, seen.view
    row = next((int(r) for r in view.places if board.places[r].key == asked.parts["place"]), None)
    if row is None:
        raise _no_such(NO_PLACE, asked, "place")
    points, (total,) = view.points_of(row), reads.uptimes(view, [row])
    found, promised = seen.promise(total, board.places[row])
    shown, leaf = slice_of(points, asked)
    mine = [p for p, _ in points]
    return WifiPlace(
        frame=asked.frame,
        level=level.value,
        at=view.now,
        line=lines.places(seen, [row])[0],
        large=board.places[row].large,
        target=seen.target(board.places[row]),
        promise=found.value,
        promised=promised,
        points=tuple(lines.point(seen, p, h) for p, h in shown),
        leaf=leaf,
        days=lines.days(seen, mine),
        spells=lines.spells(seen, mine),
        presence=presence.of_place(asked, board.places[row].key),
    )


def point(asked: Asked, level: Disclosure = PUBLIC) -> WifiPoint:
    """One access point. NothingKnown as above."""
    seen = _seen(asked, level)
    board, view = seen.view.board, seen.view
    at = next((i for i, row in enumerate(view.points) if board.points[row].key == asked.parts["point"]), None)
    if at is None:
        raise _no_such(NO_POINT, asked, "point")
    row = int(view.points[at])
    found, home = board.points[row], board.places[board.at[row]]
    lon, lat = board.lonlat[row].tolist()
    kept, promised = seen.promise(reads.uptime(view, found), home)
    return WifiPoint(
        frame=asked.frame,
        level=level.value,
        at=view.now,
        line=lines.point(seen, found, health.RANKS[view.healths[at]]),
        why=asked.speech.say(WITHOUT_LIGHT) if level is Disclosure.RESTRICTED and found.pk in view.blind else "",
        place=home.key,
        place_name=home.name,
        zone=seen.zone(found.zone),
        lon=None if np.isnan(lon) else lon,
        lat=None if np.isnan(lat) else lat,
        owner=found.owner,
        site=found.site if level is Disclosure.RESTRICTED else "",
        first=found.since,
        target=seen.target(home),
        promise=kept.value,
        promised=promised,
        days=lines.days(seen, [found]),
        spells=lines.spells(seen, [found]),
    )


def gaps(asked: Asked, level: Disclosure = PUBLIC) -> WifiGaps:
    """Places and public buildings that no working access point is near, the farthest first."""
    view = reads.view(asked.reading, level)
    if view is None:
        return WifiGaps(asked.frame, level.value, reads.minute(asked.reading), 0.0, 0, (), Leaf(1, 1, 0))
    found, seen = uncovered.gaps(asked.reading, view), Seen(asked, level, view)
    some, leaf = slice_of(found.far_first, asked)
    far = view.board.network.far
    return WifiGaps(asked.frame, level.value, view.now, far, found.of, tuple(gap(seen, one) for one in some), leaf)


def gap(seen: Seen, found: uncovered.Gap) -> WifiGap:
    """Where no working access point is near, as a line."""
    base = {"place": f"{base_of(seen.level)}/places", "building": "fibre/site"}[found.sort]
    return WifiGap(
        id=found.key,
        page=f"{base}/{quote(found.key, safe='')}",
        name=found.name,
        kind=seen.asked.speech.say(words.KINDS[found.kind] if found.sort == "place" else PUBLIC_BUILDING),
        zone=seen.zone(found.zone),
        lon=found.lon,
        lat=found.lat,
        metres=found.metres,
        nearest=found.any,
        ill=found.any is not None and found.any <= seen.view.board.network.far,
    )


def draw(_page: Wifi | WifiGaps, asked: Asked, level: Disclosure = PUBLIC) -> Drawn:
    """The zones, and on them a mark for each place as it is."""
    view, zones = reads.view(asked.reading, level), asked.reading.zones
    base = base_of(level)
    if view is None or not zones.leaves:
        return Drawn(base)
    counted = view.counts[view.places].any(axis=1)
    rows = view.places[counted]
    healths = [h.value for h in health.RANKS]
    marks = view.once(
        ("marks", asked.reading.stamp), lambda: words.marks(words.place(zones, view.board.spots[rows]), view.of_places[rows], healths)
    )
    return Drawn(base, maps.draw(zones, {}, asked.speech), tuple(marks))


def draw_gaps(_page: WifiGaps, asked: Asked, level: Disclosure = PUBLIC) -> Drawn:
    """The zones, and on them a mark for each place that is a gap."""
    view, zones = reads.view(asked.reading, level), asked.reading.zones
    base = base_of(level)
    if view is None or not zones.leaves:
        return Drawn(base)
    found = uncovered.gaps(asked.reading, view)
    marks, _kept = view.once(("gap marks", asked.reading.stamp, id(found)), lambda: (_gap_marks(zones, found), found))
    return Drawn(base, maps.draw(zones, {}, asked.speech), tuple(marks))


def _gap_marks(zones: Zones, found: uncovered.Gaps) -> list[words.Mark]:
    return words.marks(words.place(zones, found.spots), np.zeros(len(found.spots), dtype=np.int8), ["gap"])


def base_of(level: Disclosure) -> str:
    """Below a city's address, where the pages lie: those for everybody, and those for whoever is signed in."""
    return "wifi" if level is PUBLIC else "desk/wifi"


def only_base(_page: object, _asked: Asked, level: Disclosure = PUBLIC) -> Drawn:
    """Nothing is drawn."""
    return Drawn(base_of(level))


def _seen(asked: Asked, level: Disclosure) -> Seen:
    view = reads.view(asked.reading, level)
    if view is None:
        raise NothingKnown(asked.speech.say(NO_WIFI, city=asked.reading.city.city.name))
    return Seen(asked, level, view)


def _no_such(why: str, asked: Asked, part: str) -> NothingKnown:
    return NothingKnown(asked.speech.say(why, city=asked.reading.city.city.name, found=quoted(asked.parts[part])))


WIFI = Page("wifi", "wifi", Wifi, wifi, draw, reads=("page", "zone"), known=presence.edition, at_once=True)
WIFI_GAPS = Page("wifi-gaps", "wifi/gaps", WifiGaps, gaps, draw_gaps, reads=("page",), known=reads.edition, at_once=True)
WIFI_PLACE = Page("wifi-place", "wifi/places/<place>", WifiPlace, place, only_base, reads=("page",), known=presence.edition, at_once=True)
WIFI_POINT = Page("wifi-point", "wifi/points/<point>", WifiPoint, point, only_base, known=reads.edition, at_once=True)
WIFI_PAGES = (WIFI, WIFI_GAPS, WIFI_PLACE, WIFI_POINT)
