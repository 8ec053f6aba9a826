"""What the pages of the public Wi-Fi say."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.web.pages.frame import Frame
from pulso.web.pages.leaves import Leaf
from pulso.web.pages.wifi_presence import WifiPresence, WifiPresenceLine


@dataclass(frozen=True)
class WifiLine:
    """What a line says of a place or an access point."""

    id: str = Field(description="its id in the city's inventory, for links")
    name: str = Field(description="its name")
    health: str = Field(description="working, partly, failing or unknown; empty where it has no access point")
    state: str = Field(description="the same in the page's language")
    uptime: float | None = Field(
        description="share of the reported time, over thirty days until yesterday, in which it worked wholly or partly, 0 to 1; "
        "null where nothing was reported"
    )
    reported: float = Field(description="share of these thirty days that was reported, 0 to 1")


@dataclass(frozen=True)
class WifiPlaceLine(WifiLine):
    """A place with public Wi-Fi, in short."""

    kind: str = Field(description="square, garden, station …, in the page's language")
    zone: str = Field(description="the name of its zone; empty where it lies in none")
    lon: float | None = Field(description="longitude in degrees (WGS 84); null where unknown")
    lat: float | None = Field(description="latitude in degrees (WGS 84); null where unknown")
    points: int = Field(description="how many access points it has today")
    working: int = Field(description="how many of its access points work")
    failing: int = Field(description="how many of its access points fail, wholly or partly")
    unknown: int = Field(description="of how many of its access points nothing is known")
    since: datetime | None = Field(description="since when the longest of those that fail is reported so, UTC; null where none fails")
    heard: datetime | None = Field(description="the last report of any of its access points, UTC; null where there is none")


@dataclass(frozen=True)
class WifiZone:
    """How the access points of a zone are."""

    id: str = Field(description="the zone; empty for those that lie in none")
    name: str = Field(description="its name")
    points: int = Field(description="how many access points it has today")
    working: int = Field(description="how many of its access points work")
    partly: int = Field(description="how many of its access points work in part")
    failing: int = Field(description="how many of its access points fail")
    unknown: int = Field(description="of how many of its access points nothing is known")


@dataclass(frozen=True)
class Wifi:
    """The city's public Wi-Fi now."""

    frame: Frame = Field(description="what every page carries")
    level: str = Field(description="who may see what stands here: public, internal or restricted")
    at: datetime = Field(description="the moment of which it tells, UTC")
    sentence: str = Field(description="how the access points are, in a sentence or two")
    points: int = Field(description="how many access points there are today")
    working: int = Field(description="how many access points work")
    partly: int = Field(description="how many access points work in part")
    failing: int = Field(description="how many access points fail")
    unknown: int = Field(description="of how many access points nothing is known, because none has reported lately")
    minutes: float = Field(description="after so many minutes without a report nothing is known of an access point")
    zones: tuple[WifiZone, ...] = Field(description="the same by zone")
    chosen: str = Field(description="the id of the zone whose places are listed; empty for all")
    places: tuple[WifiPlaceLine, ...] = Field(description="a hundred places, the ill first")
    leaf: Leaf = Field(description="where in the list of places this page is")
    gaps: int = Field(description="how many places and public buildings are farther from a working access point than `far`")
    far: float = Field(description="metres from which on a place counts as a gap")
    presence: tuple[WifiPresenceLine, ...] = Field(
        description="how many sessions were published of the city and its zones, of the last day; empty where nobody is counted"
    )


@dataclass(frozen=True)
class WifiDay:
    """A day of an access point, or of all of a place together."""

    day: date = Field(description="the city's own day")
    uptime: float | None = Field(
        description="share of what was reported of the day in which it worked wholly or partly, 0 to 1; null where nothing was"
    )
    partly: float | None = Field(description="share of what was reported of the day in which it worked only in part, 0 to 1; null likewise")
    reported: float = Field(description="share of the day that was reported, 0 to 1; of today, of the whole day")


@dataclass(frozen=True)
class WifiSpell:
    """A time in which an access point did not wholly work."""

    point: str = Field(description="the access point, by its id")
    name: str = Field(description="what the access point is called")
    health: str = Field(description="partly or failing")
    state: str = Field(description="the same in the page's language")
    since: datetime = Field(description="its first report, UTC")
    until: datetime = Field(description="until when it is known, UTC: the next report, or the last")
    lasts: bool = Field(description="whether it is so still")


@dataclass(frozen=True)
class WifiPointLine(WifiLine):
    """An access point, in short."""

    since: datetime | None = Field(description="since when it is reported so, UTC; null where nothing is known")
    heard: datetime | None = Field(description="its last report, UTC; null where there is none")


@dataclass(frozen=True)
class WifiHistory:
    """What the page of a place or an access point says of its days."""

    frame: Frame = Field(description="what every page carries")
    level: str = Field(description="who may see what stands here: public, internal or restricted")
    at: datetime = Field(description="the moment of which it tells, UTC")
    target: float | None = Field(description="the uptime that the city aims at, 0 to 1; null where it aims at none")
    promise: str = Field(description="kept, missed, cannot tell or none")
    promised: str = Field(description="the same in a sentence; empty where the city aims at none")
    days: tuple[WifiDay, ...] = Field(description="thirty days until yesterday, and today")


@dataclass(frozen=True)
class WifiPlace(WifiHistory):
    """A place with public Wi-Fi: its access points, and its uptime by day."""

    line: WifiPlaceLine = Field(description="what it is, in short")
    large: bool = Field(description="whether it is a large venue, of which one access point may be counted by itself")
    points: tuple[WifiPointLine, ...] = Field(description="a hundred of its access points, the ill first")
    leaf: Leaf = Field(description="where in the list of access points this page is")
    spells: tuple[WifiSpell, ...] = Field(description="the latest fifty times in which one of its access points did not wholly work")
    presence: WifiPresence | None = Field(description="how many sessions were published of it, by the hour; null where none were")


@dataclass(frozen=True)
class WifiPoint(WifiHistory):
    """An access point: how it is, and its uptime by day."""

    line: WifiPointLine = Field(description="how it is, in short")
    why: str = Field(
        description="why nothing is known of it whatever is reported, in a sentence, as far as whoever asks may know; empty otherwise"
    )
    place: str = Field(description="the place where it stands, by its id")
    place_name: str = Field(description="what the place is called")
    zone: str = Field(description="the name of its zone; empty where it lies in none")
    lon: float | None = Field(description="longitude in degrees (WGS 84); null where unknown")
    lat: float | None = Field(description="latitude in degrees (WGS 84); null where unknown")
    owner: str = Field(description="whose it is; empty where nobody says")
    site: str = Field(description="the fibre site that it hangs on, by its id; empty where unknown, and for all but the city's engineers")
    first: date | None = Field(description="since which day the city has it; null where nobody says")
    spells: tuple[WifiSpell, ...] = Field(description="the latest fifty times in which it did not wholly work")


@dataclass(frozen=True)
class WifiGap:
    """A place, or a public building of the fibre network, that no working access point is near."""

    id: str = Field(description="its id in the city's inventory")
    page: str = Field(description="its own page, below the city's address")
    name: str = Field(description="its name")
    kind: str = Field(description="square, garden, station …, in the page's language")
    zone: str = Field(description="the name of its zone; empty where it lies in none")
    lon: float = Field(description="longitude in degrees (WGS 84)")
    lat: float = Field(description="latitude in degrees (WGS 84)")
    metres: float | None = Field(
        description="to the nearest access point that works, along the ground as the crow flies; null where none works"
    )
    nearest: float | None = Field(description="metres to the nearest access point at all, however it is; null where there is none")
    ill: bool = Field(description="whether an access point is near enough, and only doesn't work, or nothing is known of it")


@dataclass(frozen=True)
class WifiGaps:
    """Places and public buildings that no working access point is near."""

    frame: Frame = Field(description="what every page carries")
    level: str = Field(description="who may see what stands here: public, internal or restricted")
    at: datetime = Field(description="the moment of which it tells, UTC")
    far: float = Field(description="metres from which on a place counts as a gap")
    asked: int = Field(description="of how many places and public buildings it is known where they are")
    gaps: tuple[WifiGap, ...] = Field(description="a hundred of them, the farthest first")
    leaf: Leaf = Field(description="where in the list this page is")
