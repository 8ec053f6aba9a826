"""What a Pulso site tells of the public Wi-Fi, as dataclasses. Null where nothing is known, never 0."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class WifiDay:
    """A day of an access point, or of all of a place together."""

    day: date  # the city's own day
    uptime: float | None  # share of what was reported of the day in which it worked wholly or partly, 0 to 1; null where nothing was
    partly: float | None  # share of what was reported of the day in which it worked only in part, 0 to 1; null likewise
    reported: float  # share of the day that was reported, 0 to 1; of today, of the whole day


@dataclass(frozen=True)
class WifiGap:
    """A place, or a public building of the fibre network, that no working access point is near."""

    id: str  # its id in the city's inventory
    page: str  # its own page, below the city's address
    name: str  # its name
    kind: str  # square, garden, station …, in the page's language
    zone: str  # the name of its zone; empty where it lies in none
    lon: float  # longitude in degrees (WGS 84)
    lat: float  # latitude in degrees (WGS 84)
    metres: float | None  # to the nearest access point that works, along the ground as the crow flies; null where none works
    nearest: float | None  # metres to the nearest access point at all, however it is; null where there is none
    ill: bool  # whether an access point is near enough, and only doesn't work, or nothing is known of it


@dataclass(frozen=True)
class WifiLine:
    """What a line says of a place or an access point."""

    id: str  # its id in the city's inventory, for links
    name: str  # its name
    health: str  # working, partly, failing or unknown; empty where it has no access point
    state: str  # the same in the page's language
    # share of the reported time, over thirty days until yesterday, in which it worked wholly or partly, 0 to 1; null where nothing was
    # reported
    uptime: float | None
    reported: float  # share of these thirty days that was reported, 0 to 1


@dataclass(frozen=True)
class WifiPlaceLine(WifiLine):
    """A place with public Wi-Fi, in short."""

    kind: str  # square, garden, station …, in the page's language
    zone: str  # the name of its zone; empty where it lies in none
    lon: float | None  # longitude in degrees (WGS 84); null where unknown
    lat: float | None  # latitude in degrees (WGS 84); null where unknown
    points: int  # how many access points it has today
    working: int  # how many of its access points work
    failing: int  # how many of its access points fail, wholly or partly
    unknown: int  # of how many of its access points nothing is known
    since: datetime | None  # since when the longest of those that fail is reported so, UTC; null where none fails
    heard: datetime | None  # the last report of any of its access points, UTC; null where there is none


@dataclass(frozen=True)
class WifiPointLine(WifiLine):
    """An access point, in short."""

    since: datetime | None  # since when it is reported so, UTC; null where nothing is known
    heard: datetime | None  # its last report, UTC; null where there is none


@dataclass(frozen=True)
class WifiSpell:
    """A time in which an access point did not wholly work."""

    point: str  # the access point, by its id
    name: str  # what the access point is called
    health: str  # partly or failing
    state: str  # the same in the page's language
    since: datetime  # its first report, UTC
    until: datetime  # until when it is known, UTC: the next report, or the last
    lasts: bool  # whether it is so still


@dataclass(frozen=True)
class WifiPresenceHour:
    """An hour of a place, a zone or the city: how many sessions were published, or why there is no number."""

    start: datetime  # when the hour begins, UTC
    end: datetime  # when the hour ends, UTC
    sessions: float | None  # the published number of sessions, rounded; null where there is none, which is never 0
    # why there is no number: withheld (too few, there or beside it), missing (too few access points were on), withheld or missing (which
    # of the two is not told); empty where there is one
    why: str


@dataclass(frozen=True)
class WifiPresenceRow(WifiPresenceHour):
    """A published hour of a place, a zone or the city, as a row: the number of sessions, or why there is none."""

    source: str  # the source of the sessions, by its name in the city file
    day: date  # the city's own day
    of: str  # place, zone or city
    id: str  # the place, as the source calls it, or the zone; empty for the city
    name: str  # its name
    seen: float | None  # share of its places of which enough access points were on, 0 to 1; null where it is not told


@dataclass(frozen=True)
class WifiPresenceDay:
    """A day of published hours."""

    day: date  # the city's own day
    published: bool  # whether anything was published of it on this day
    told: int  # how many of its hours have a number
    hours: tuple[WifiPresenceHour, ...]  # its hours, in order; empty where nothing was published


@dataclass(frozen=True)
class WifiPresence:
    """How many sessions there were at a place in the last seven days that can be known, by the hour."""

    source: str  # the source of the sessions, by its name in the city file
    day: date  # the last day that was published
    at_once: bool  # whether a number is the mean of sessions at once, instead of how many there were in the hour
    step: int | None  # numbers are rounded to multiples of it; null where the city file names the source no more
    sentence: str  # how many hours of the last day have a number, and how many have none, why
    days: tuple[WifiPresenceDay, ...]  # the seven days until the last one that was published


@dataclass(frozen=True)
class WifiZone:
    """How the access points of a zone are."""

    id: str  # the zone; empty for those that lie in none
    name: str  # its name
    points: int  # how many access points it has today
    working: int  # how many of its access points work
    partly: int  # how many of its access points work in part
    failing: int  # how many of its access points fail
    unknown: int  # of how many of its access points nothing is known


@dataclass(frozen=True)
class WifiNow:
    """The city's public Wi-Fi now, of what whoever asks may know."""

    level: str  # up to which level whoever asks may know: public, internal or restricted
    at: datetime  # the moment of which it tells, UTC
    sentence: str  # how the access points are, in a sentence or two
    points: int  # how many access points there are today
    working: int  # how many access points work
    partly: int  # how many access points work in part
    failing: int  # how many access points fail
    unknown: int  # of how many access points nothing is known, because none has reported lately
    minutes: float  # after so many minutes without a report nothing is known of an access point
    zones: tuple[WifiZone, ...]  # the same by zone
    gaps: int  # how many places and public buildings are farther from a working access point than `far`
    far: float  # metres from which on a place counts as a gap
    page: str  # its page on this site


@dataclass(frozen=True)
class WifiSpot(WifiPlaceLine):
    """A place with public Wi-Fi, as a row; as GeoJSON where it is."""

    page: str  # its page on this site


@dataclass(frozen=True)
class WifiAccessPoint(WifiPointLine):
    """An access point, as a row; as GeoJSON where it is."""

    place: str  # the place where it stands, by its id
    place_name: str  # what the place is called
    zone: str  # the name of its zone; empty where it lies in none
    lon: float | None  # longitude in degrees (WGS 84), its own or its place's; null where unknown
    lat: float | None  # latitude in degrees (WGS 84), its own or its place's; null where unknown
    page: str  # its page on this site


@dataclass(frozen=True)
class WifiShort(WifiGap):
    """A place, or a public building of the fibre network, that no working access point is near, as a row; as GeoJSON where it is."""

    page: str  # its page on this site


@dataclass(frozen=True)
class WholeWifiSpot(WifiSpot):
    """A place with public Wi-Fi, as its page tells it; its access points have an address of their own."""

    large: bool  # whether it is a large venue, of which one access point may be counted by itself
    target: float | None  # the uptime that the city aims at, 0 to 1; null where it aims at none
    promise: str  # kept, missed, cannot tell or none
    promised: str  # the same in a sentence; empty where the city aims at none
    days: tuple[WifiDay, ...]  # thirty days until yesterday, and today
    spells: tuple[WifiSpell, ...]  # the latest fifty times in which one of its access points did not wholly work
    presence: WifiPresence | None  # how many sessions were published of it, by the hour; null where none were


@dataclass(frozen=True)
class WholeWifiAccessPoint(WifiAccessPoint):
    """An access point, as its page tells it."""

    why: str  # why nothing is known of it whatever is reported, in a sentence, as far as whoever asks may know; empty otherwise
    owner: str  # whose it is; empty where nobody says
    site: str  # the fibre site that it hangs on, by its id; empty where unknown, and for all but the city's engineers
    first: date | None  # since which day the city has it; null where nobody says
    target: float | None  # the uptime that the city aims at, 0 to 1; null where it aims at none
    promise: str  # kept, missed, cannot tell or none
    promised: str  # the same in a sentence; empty where the city aims at none
    days: tuple[WifiDay, ...]  # thirty days until yesterday, and today
    spells: tuple[WifiSpell, ...]  # the latest fifty times in which it did not wholly work
