"""What the API tells of the public Wi-Fi: each row flat, so that it is the same in every form. What a page tells too is the page's own."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.web.pages.wifi_presence import WifiPresence, WifiPresenceHour
from pulso.web.pages.wifi_shapes import WifiDay, WifiGap, WifiPlaceLine, WifiPointLine, WifiSpell, WifiZone


@dataclass(frozen=True)
class WifiNow:
    """The city's public Wi-Fi now, of what whoever asks may know."""

    level: str = Field(description="up to which level whoever asks may know: public, internal or restricted")
    at: datetime = Field(description="the moment of which it tells, UTC")
    sentence: str = Field(description="how the access points are, in a sentence or two")
    points: int = Field(description="how many access points there are today")
    working: int = Field(description="how many access points work")
    partly: int = Field(description="how many access points work in part")
    failing: int = Field(description="how many access points fail")
    unknown: int = Field(description="of how many access points nothing is known, because none has reported lately")
    minutes: float = Field(description="after so many minutes without a report nothing is known of an access point")
    zones: tuple[WifiZone, ...] = Field(description="the same by zone")
    gaps: int = Field(description="how many places and public buildings are farther from a working access point than `far`")
    far: float = Field(description="metres from which on a place counts as a gap")
    page: str = Field(description="its page on this site")


@dataclass(frozen=True)
class WifiSpot(WifiPlaceLine):
    """A place with public Wi-Fi, as a row; as GeoJSON where it is."""

    page: str = Field(description="its page on this site")


@dataclass(frozen=True)
class WifiAccessPoint(WifiPointLine):
    """An access point, as a row; as GeoJSON where it is."""

    place: str = Field(description="the place where it stands, by its id")
    place_name: str = Field(description="what the place is called")
    zone: str = Field(description="the name of its zone; empty where it lies in none")
    lon: float | None = Field(description="longitude in degrees (WGS 84), its own or its place's; null where unknown")
    lat: float | None = Field(description="latitude in degrees (WGS 84), its own or its place's; null where unknown")
    page: str = Field(description="its page on this site")


@dataclass(frozen=True)
class WifiShort(WifiGap):
    """A place, or a public building of the fibre network, that no working access point is near, as a row; as GeoJSON where it is."""

    page: str = Field(description="its page on this site")


@dataclass(frozen=True)
class WholeWifiSpot(WifiSpot):
    """A place with public Wi-Fi, as its page tells it; its access points have an address of their own."""

    large: bool = Field(description="whether it is a large venue, of which one access point may be counted by itself")
    target: float | None = Field(description="the uptime that the city aims at, 0 to 1; null where it aims at none")
    promise: str = Field(description="kept, missed, cannot tell or none")
    promised: str = Field(description="the same in a sentence; empty where the city aims at none")
    days: tuple[WifiDay, ...] = Field(description="thirty days until yesterday, and today")
    spells: tuple[WifiSpell, ...] = Field(description="the latest fifty times in which one of its access points did not wholly work")
    presence: WifiPresence | None = Field(description="how many sessions were published of it, by the hour; null where none were")


@dataclass(frozen=True)
class WholeWifiAccessPoint(WifiAccessPoint):
    """An access point, as its page tells it."""

    why: str = Field(
        description="why nothing is known of it whatever is reported, in a sentence, as far as whoever asks may know; empty otherwise"
    )
    owner: str = Field(description="whose it is; empty where nobody says")
    site: str = Field(description="the fibre site that it hangs on, by its id; empty where unknown, and for all but the city's engineers")
    first: date | None = Field(description="since which day the city has it; null where nobody says")
    target: float | None = Field(description="the uptime that the city aims at, 0 to 1; null where it aims at none")
    promise: str = Field(description="kept, missed, cannot tell or none")
    promised: str = Field(description="the same in a sentence; empty where the city aims at none")
    days: tuple[WifiDay, ...] = Field(description="thirty days until yesterday, and today")
    spells: tuple[WifiSpell, ...] = Field(description="the latest fifty times in which it did not wholly work")


@dataclass(frozen=True)
class WifiPresenceRow(WifiPresenceHour):
    """A published hour of a place, a zone or the city, as a row: the number of sessions, or why there is none."""

    source: str = Field(description="the source of the sessions, by its name in the city file")
    day: date = Field(description="the city's own day")
    of: str = Field(description="place, zone or city")
    id: str = Field(description="the place, as the source calls it, or the zone; empty for the city")
    name: str = Field(description="its name")
    seen: float | None = Field(description="share of its places of which enough access points were on, 0 to 1; null where it is not told")
