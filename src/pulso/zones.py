"""The city's zones: polygons with a name and perhaps a parent, and the question in which of them a point lies."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from pulso.city import City, ZonesFile
from pulso.errors import CityFileError, Mistake


@dataclass(frozen=True)
class Zone:
    """One polygon of the city. `parent` is another zone's id, or null for a child of the city itself."""

    id: str
    name: str
    parent: str | None
    shape: shapely.Geometry  # lon, lat in degrees, WGS 84


@dataclass(frozen=True)
class Zones:
    """All zones of a city; the leaves are those that are nobody's parent."""

    all: tuple[Zone, ...]

    @property
    def leaves(self) -> tuple[Zone, ...]:
        """The zones that observations are put into."""
        parents = {z.parent for z in self.all}
        return tuple(z for z in self.all if z.id not in parents)

    def members(self, zone: str) -> set[str]:
        """The leaf zones within a zone, itself included if it is one."""
        found = {zone}
        while more := {z.id for z in self.all if z.parent in found} - found:
            found |= more
        return found & {z.id for z in self.leaves}

    def around(self, zone: str | None) -> set[str | None]:
        """The places that hold a zone whole: the city (None), the zones that it lies in, itself."""
        parents: dict[str | None, str | None] = {z.id: z.parent for z in self.all}
        found: set[str | None] = {None}
        while zone not in found:
            found.add(zone)
            zone = parents.get(zone)
        return found

    def locate(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.object_]:
        """Say in which leaf zone each point lies.

        Parameters
        ----------
        lon, lat : (N,)
            Degrees, WGS 84; NaN where unknown.

        Returns
        -------
        (N,) of str or None
            None where the point is unknown or in no zone. A point on a shared border belongs to the zone that stands first.
        """
        found = np.full(lon.size, None, dtype=object)
        known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
        leaves = self.leaves
        if known.size and leaves:
            points = np.atleast_1d(np.asarray(shapely.points(lon[known], lat[known])))
            at, which = shapely.STRtree(points).query([z.shape for z in leaves], predicate="intersects")
            for leaf, point in sorted(zip(at.tolist(), which.tolist(), strict=True), reverse=True):
                found[known[point]] = leaves[leaf].id
        return found


def read(body: bytes, city: City) -> Zones:
    """Read a GeoJSON feature collection with the property names of the city file. CityFileError names what is wrong."""
    return polygons(body, f"{city.folder / 'city.toml'} → {city.zones.file}", city.zones)


def polygons(body: bytes, where: str, conf: ZonesFile) -> Zones:
    """Read a GeoJSON feature collection whose properties are called as said. CityFileError names what is wrong, and `where`."""
    try:
        features: list[dict[str, Any]] = json.loads(body.decode("utf-8-sig"))["features"]
    except (ValueError, KeyError, TypeError) as why:
        raise CityFileError(where, [Mistake("zones.file", f"{why!r}", "must be a GeoJSON feature collection in UTF-8")]) from None
    mistakes, zones = [], []
    for i, feature in enumerate(features):
        properties = feature.get("properties") or {}
        for key, name in (("zones.id", conf.id), ("zones.name", conf.name)):
            if properties.get(name) in (None, ""):
                mistakes.append(Mistake(key, name, f"feature {i} has the properties {', '.join(map(str, properties)) or 'none'}"))
        if mistakes:
            break
        try:
            shape = shapely.make_valid(shapely.geometry.shape(feature["geometry"]))
        except (KeyError, TypeError, ValueError, shapely.errors.ShapelyError) as why:
            mistakes.append(Mistake(f"zones.file, feature {i}", f"{why!r}", "a polygon or multipolygon in WGS 84"))
            continue
        parent = properties.get(conf.parent) if conf.parent else None
        zones.append(Zone(str(properties[conf.id]), str(properties[conf.name]), None if parent is None else str(parent), shape))
    ids = [z.id for z in zones]
    mistakes += [Mistake("zones.id", i, "each zone's id only once") for i in sorted({i for i in ids if ids.count(i) > 1})]
    if not zones and not mistakes:
        mistakes.append(Mistake("zones.file", "no features", "at least one zone"))
    if mistakes:
        raise CityFileError(where, mistakes)
    return Zones(tuple(zones))
