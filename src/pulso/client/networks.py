"""A city's fibre network and its public Wi-Fi, asked: for everybody as far as they may know them, by the key that was said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Literal
from urllib.parse import quote

from pulso.client.asking import Asking
from pulso.client.fibre import (
    FibreBuilding,
    FibreCable,
    FibreCableUse,
    FibreChange,
    FibreCut,
    FibreDark,
    FibreDuct,
    FibreDuctFill,
    FibreFailure,
    FibreHop,
    FibreLengths,
    FibreNetwork,
    FibreRedundancy,
    FibreRevision,
    FibreSite,
    FibreSpare,
    FibreStrand,
    FibreWhatIf,
    FibreWorks,
    WholeFibreCable,
    WholeFibreDuct,
    WholeFibreSite,
)
from pulso.client.wifi import WholeWifiAccessPoint, WholeWifiSpot, WifiAccessPoint, WifiNow, WifiPresenceRow, WifiShort, WifiSpot

Language = Literal["en", "pt"]
Paths = Literal[0, 1, 2, "unknown"]


class Networks(Asking):
    """What a site tells of the fibre and the Wi-Fi. What is for engineers is Refused without a key of one that opens it."""

    def fibre(self, city: str, *, lang: Language | None = None) -> FibreNetwork:
        """The fibre network in numbers."""
        return self._one(f"/cities/{city}/fibre", FibreNetwork, {"lang": lang})

    def fibre_lengths(
        self, city: str, *, by: Literal["all", "status", "owner", "zone"] | None = None, lang: Language | None = None
    ) -> Iterator[FibreLengths]:
        """Its three lengths: whole, by status, by owner, by zone."""
        return self._rows(f"/cities/{city}/fibre-lengths", FibreLengths, {"by": by, "lang": lang})

    def fibre_sites(
        self, city: str, *, status: str | None = None, q: str | None = None, zone: str | None = None, lang: Language | None = None
    ) -> Iterator[FibreSite]:
        """Its sites, by id. q: a part of the name or the id."""
        return self._rows(f"/cities/{city}/fibre-sites", FibreSite, {"status": status, "q": q, "zone": zone, "lang": lang})

    def fibre_site(self, city: str, site: str, *, second: bool = False, lang: Language | None = None) -> WholeFibreSite:
        """One of them; for engineers with how it stands and what hangs on it, and with `second` a second way that could be built."""
        asked = {"second": second or None, "lang": lang}
        return self._one(f"/cities/{city}/fibre-sites/{quote(site)}", WholeFibreSite, asked)

    def fibre_ducts(
        self, city: str, *, status: str | None = None, q: str | None = None, lang: Language | None = None
    ) -> Iterator[FibreDuct]:
        """Its ducts, by id; their routes: `save(city, "fibre-ducts", "geojson")`."""
        return self._rows(f"/cities/{city}/fibre-ducts", FibreDuct, {"status": status, "q": q, "lang": lang})

    def fibre_duct(self, city: str, duct: str, *, lang: Language | None = None) -> WholeFibreDuct:
        """One of them."""
        return self._one(f"/cities/{city}/fibre-ducts/{quote(duct)}", WholeFibreDuct, {"lang": lang})

    def fibre_cables(
        self, city: str, *, status: str | None = None, q: str | None = None, lang: Language | None = None
    ) -> Iterator[FibreCable]:
        """Its cables, by id."""
        return self._rows(f"/cities/{city}/fibre-cables", FibreCable, {"status": status, "q": q, "lang": lang})

    def fibre_cable(self, city: str, cable: str, *, lang: Language | None = None) -> WholeFibreCable:
        """One of them."""
        return self._one(f"/cities/{city}/fibre-cables/{quote(cable)}", WholeFibreCable, {"lang": lang})

    def fibre_buildings(
        self,
        city: str,
        *,
        metres: int | None = None,
        zone: str | None = None,
        connected: bool | None = None,
        lang: Language | None = None,
    ) -> Iterator[FibreBuilding]:
        """Public buildings, by name: how far it is from them, and which it is connected to."""
        asked = {"metres": metres, "zone": zone, "connected": connected, "lang": lang}
        return self._rows(f"/cities/{city}/fibre-buildings", FibreBuilding, asked)

    def fibre_works(
        self, city: str, *, first: date | str | None = None, last: date | str | None = None, lang: Language | None = None
    ) -> Iterator[FibreWorks]:
        """Works on it on one of these days at least; for engineers with what depends on them."""
        return self._rows(f"/cities/{city}/fibre-works", FibreWorks, {"from": first, "to": last, "lang": lang})

    def fibre_strands(self, city: str, cable: str, *, lang: Language | None = None) -> Iterator[FibreStrand]:
        """The strands of a cable. For engineers."""
        return self._rows(f"/cities/{city}/fibre-strands", FibreStrand, {"cable": cable, "lang": lang})

    def fibre_spare(
        self, city: str, lon: float, lat: float, *, least: int | None = None, lang: Language | None = None
    ) -> Iterator[FibreSpare]:
        """Cables with strands to spare, the nearest to a place first. For engineers."""
        return self._rows(f"/cities/{city}/fibre-spare", FibreSpare, {"lon": lon, "lat": lat, "least": least, "lang": lang})

    def fibre_capacity(self, city: str, *, lang: Language | None = None) -> Iterator[FibreCableUse]:
        """How full cables are, the fullest first. For engineers."""
        return self._rows(f"/cities/{city}/fibre-capacity", FibreCableUse, {"lang": lang})

    def fibre_fill(self, city: str, *, lang: Language | None = None) -> Iterator[FibreDuctFill]:
        """How full ducts are, the fullest first. For engineers."""
        return self._rows(f"/cities/{city}/fibre-fill", FibreDuctFill, {"lang": lang})

    def fibre_trace(
        self,
        city: str,
        cable: str,
        strand: int,
        *,
        end: Literal["start", "end"] | None = None,
        sent: float | None = None,
        needed: float | None = None,
        lang: Language | None = None,
    ) -> Iterator[FibreHop]:
        """Where a strand leads, hop by hop from where light comes in; with both powers in dBm, what is left at each. For engineers."""
        asked: dict[str, Any] = {"cable": cable, "strand": strand, "end": end, "sent": sent, "needed": needed, "lang": lang}
        return self._rows(f"/cities/{city}/fibre-trace", FibreHop, asked)

    def fibre_what_if(
        self, city: str, *, ducts: Sequence[str] = (), cables: Sequence[str] = (), sites: Sequence[str] = (), lang: Language | None = None
    ) -> FibreWhatIf:
        """What would go dark if these were cut together, in numbers. For engineers."""
        asked = {"cut": _cut(ducts, cables, sites), "lang": lang}
        return self._one(f"/cities/{city}/fibre-what-if", FibreWhatIf, asked)

    def fibre_dark(
        self, city: str, *, ducts: Sequence[str] = (), cables: Sequence[str] = (), sites: Sequence[str] = (), lang: Language | None = None
    ) -> Iterator[FibreDark]:
        """Everybody who would go dark then, or be left with one path. For engineers."""
        return self._rows(f"/cities/{city}/fibre-dark", FibreDark, {"cut": _cut(ducts, cables, sites), "lang": lang})

    def fibre_redundancy(
        self,
        city: str,
        *,
        by: Literal["cables", "ducts", "sites", "offices"] = "ducts",
        paths: Paths | None = None,
        lang: Language | None = None,
    ) -> Iterator[FibreRedundancy]:
        """How many paths each customer has that share nothing; with `paths`, of those that have so many. For engineers."""
        return self._rows(f"/cities/{city}/fibre-redundancy", FibreRedundancy, {"by": by, "paths": paths, "lang": lang})

    def fibre_critical(
        self, city: str, *, what: Literal["duct", "cable", "site"] | None = None, lang: Language | None = None
    ) -> Iterator[FibreFailure]:
        """What should never be cut, the worst first. For engineers."""
        return self._rows(f"/cities/{city}/fibre-critical", FibreFailure, {"what": what, "lang": lang})

    def fibre_revisions(self, city: str, *, lang: Language | None = None) -> Iterator[FibreRevision]:
        """Every change of the network as a whole, the latest first. For engineers."""
        return self._rows(f"/cities/{city}/fibre-revisions", FibreRevision, {"lang": lang})

    def fibre_changes(
        self,
        city: str,
        *,
        revision: int | None = None,
        sort: Literal["duct", "cable", "site"] | None = None,
        id: str | None = None,  # noqa: A002  # it is what the API calls it
        lang: Language | None = None,
    ) -> Iterator[FibreChange]:
        """What a revision changed, field by field; or what was changed of one thing, by its sort and id. For engineers."""
        return self._rows(f"/cities/{city}/fibre-changes", FibreChange, {"revision": revision, "sort": sort, "id": id, "lang": lang})

    def fibre_cuts(self, city: str, *, lang: Language | None = None) -> Iterator[FibreCut]:
        """The cuts that were declared, the latest first. For engineers."""
        return self._rows(f"/cities/{city}/fibre-cuts", FibreCut, {"lang": lang})

    def wifi(self, city: str, *, lang: Language | None = None) -> WifiNow:
        """The public Wi-Fi now, in numbers."""
        return self._one(f"/cities/{city}/wifi", WifiNow, {"lang": lang})

    def wifi_places(
        self, city: str, *, zone: str | None = None, health: str | None = None, lang: Language | None = None
    ) -> Iterator[WifiSpot]:
        """Its places, by id. health: working, partly, failing or unknown."""
        return self._rows(f"/cities/{city}/wifi-places", WifiSpot, {"zone": zone, "health": health, "lang": lang})

    def wifi_place(self, city: str, place: str, *, lang: Language | None = None) -> WholeWifiSpot:
        """One of them, with its uptime by day."""
        return self._one(f"/cities/{city}/wifi-places/{quote(place)}", WholeWifiSpot, {"lang": lang})

    def wifi_points(
        self,
        city: str,
        *,
        place: str | None = None,
        zone: str | None = None,
        health: str | None = None,
        lang: Language | None = None,
    ) -> Iterator[WifiAccessPoint]:
        """Its access points, by id."""
        asked = {"place": place, "zone": zone, "health": health, "lang": lang}
        return self._rows(f"/cities/{city}/wifi-points", WifiAccessPoint, asked)

    def wifi_point(self, city: str, point: str, *, lang: Language | None = None) -> WholeWifiAccessPoint:
        """One of them, with its uptime by day."""
        return self._one(f"/cities/{city}/wifi-points/{quote(point)}", WholeWifiAccessPoint, {"lang": lang})

    def wifi_gaps(self, city: str, *, lang: Language | None = None) -> Iterator[WifiShort]:
        """Places and public buildings that no working access point is near."""
        return self._rows(f"/cities/{city}/wifi-gaps", WifiShort, {"lang": lang})

    def wifi_presence(
        self,
        city: str,
        *,
        first: date | str | None = None,
        last: date | str | None = None,
        of: Literal["place", "zone", "city"] | None = None,
        id: str | None = None,  # noqa: A002  # it is what the API calls it
    ) -> Iterator[WifiPresenceRow]:
        """How many sessions there were, by hour of places, zones and the city, as published; an hour without a number says why."""
        return self._rows(f"/cities/{city}/wifi-presence", WifiPresenceRow, {"from": first, "to": last, "of": of, "id": id})


def _cut(ducts: Sequence[str], cables: Sequence[str], sites: Sequence[str]) -> list[str]:
    """What is cut, as the API reads it."""
    return [f"{sort}:{key}" for sort, keys in (("duct", ducts), ("cable", cables), ("site", sites)) for key in keys]
