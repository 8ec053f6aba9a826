"""The city's zones as a drawing: real polygons, in their right proportions, with their number."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, radians

import numpy as np
import shapely
from numpy.typing import NDArray

from pulso.shapes import Verdict
from pulso.show import words
from pulso.show.language import Speech
from pulso.zones import Zones

STEPS = (70, 85, 95, 105, 118, 143)
"""Where one shade ends and the next begins; above 100 the inverse of below. The same on every page, so that maps can be compared."""

WIDTH, TALLEST, EDGE = 420.0, 380.0, 3.0
DETAIL = 0.6  # of the drawing's units: what is smaller is smoothed away
OVAL = 2.0  # a label is about so many times as wide as tall


@dataclass(frozen=True)
class Patch:
    """One zone: its outline, its shade from −3 (quieter) to 3 (busier), its words."""

    id: str
    path: str
    shade: int | None  # null: no number, hatched
    name: str
    value: str
    why: str  # why there is no number; empty where there is one
    interval: str
    x: float  # where the number stands best
    y: float
    fits_value: bool  # whether the number can be written into the zone there,
    tight: bool  # only small,
    fits_name: bool  # and with the name under it; or the name alone, where there is no number


@dataclass(frozen=True)
class Map:
    """All patches of a drawing of this size."""

    width: float
    height: float
    patches: tuple[Patch, ...]


def shade(index: float) -> int:
    """Say which of the seven shades a value has: by the whole number that is shown."""
    return sum(round(index) > s if s >= 100 else round(index) >= s for s in STEPS) - 3


def draw(zones: Zones, by_zone: Mapping[str, Verdict], speech: Speech) -> Map:
    """Draw the leaf zones. One that has no verdict, or a refused one, keeps its outline and says why.

    Longitudes are shortened by the cosine of the middle latitude; borders are simplified together, so that neighbours still touch.
    """
    ground = _ground(zones)
    patches = tuple(_patch(plot, by_zone.get(plot.id), speech) for plot in ground.plots)
    return Map(ground.width, ground.height, patches)


@dataclass(frozen=True)
class _Plot:
    """What of a zone's drawing is the same on every day."""

    id: str
    name: str
    path: str
    x: float
    y: float
    fits_value: bool
    tight: bool
    fits_name: bool
    fits_name_alone: bool


@dataclass(frozen=True)
class _Ground:
    """What of a city's drawing is the same on every day."""

    width: float
    height: float
    plots: tuple[_Plot, ...]


_laid: dict[int, tuple[weakref.ref[Zones], _Ground]] = {}
"""By the identity of the zones, for as long as they are there: simplifying a city's borders takes longer than all the rest of its page."""


def _ground(zones: Zones) -> _Ground:
    """Lay out the zones' outlines, once."""
    found = _laid.get(id(zones))
    if found is None or found[0]() is not zones:
        key = id(zones)
        found = weakref.ref(zones, lambda _gone: _laid.pop(key, None)), _lay(zones)
        _laid[key] = found
    return found[1]


def _lay(zones: Zones) -> _Ground:
    leaves = zones.leaves
    west, south, east, north = shapely.total_bounds([z.shape for z in leaves]).tolist()
    narrow = cos(radians((south + north) / 2))
    wide, tall = (east - west) * narrow, north - south
    scale = min((WIDTH - 2 * EDGE) / wide, (TALLEST - 2 * EDGE) / tall)

    def place(points: NDArray[np.float64]) -> NDArray[np.float64]:
        moved: NDArray[np.float64] = (points - (west, north)) * (scale * narrow, -scale) + EDGE
        return moved

    simple = shapely.coverage_simplify([area(shapely.transform(z.shape, place)) for z in leaves], DETAIL)
    plots = tuple(_plot(z.id, z.name, s) for z, s in zip(leaves, map(area, simple), strict=True))
    return _Ground(wide * scale + 2 * EDGE, tall * scale + 2 * EDGE, plots)


def _plot(zone: str, name: str, shape: shapely.MultiPolygon) -> _Plot:
    x, y = label(shape, tolerance=1.0)

    def fits(width: float, height: float) -> bool:
        return bool(shape.contains(shapely.box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)))

    wide = 5.6 * len(name)
    return _Plot(zone, name, outline(shape), round(x, 1), round(y, 1), fits(15, 9), not fits(24, 13), fits(wide, 28), fits(wide, 14))


def _patch(plot: _Plot, verdict: Verdict | None, speech: Speech) -> Patch:
    index = verdict.index if verdict else None
    return Patch(
        id=plot.id,
        path=plot.path,
        shade=None if index is None else shade(index),
        name=plot.name,
        value=speech.number(index),
        why="" if index is not None else _why(verdict, speech),
        interval=speech.span(verdict.interval if verdict else None),
        x=plot.x,
        y=plot.y,
        fits_value=plot.fits_value,
        tight=plot.tight,
        fits_name=plot.fits_name_alone if index is None else plot.fits_name,
    )


def _why(verdict: Verdict | None, speech: Speech) -> str:
    return words.refusal(verdict, speech.code) if verdict else speech.say("no sensors")


def label(shape: shapely.MultiPolygon, *, wide: float = OVAL, tolerance: float) -> tuple[float, float]:
    """Find where a label stands best: the middle of the largest lying oval within, so many times as wide as tall."""
    upright = shapely.transform(shape, lambda points: points / (wide, 1.0))
    circle = shapely.maximum_inscribed_circle(upright, tolerance=tolerance)
    x, y = shapely.get_coordinates(shapely.get_point(circle, 0))[0].tolist()
    return x * wide, y


def area(shape: shapely.Geometry) -> shapely.MultiPolygon:
    """Keep what of a shape is area: the lines and points that a repair leaves behind are not."""
    return shapely.MultiPolygon([p for p in shapely.get_parts(shape) if isinstance(p, shapely.Polygon) and not p.is_empty])


def outline(shape: shapely.MultiPolygon) -> str:
    """Write polygons as an SVG path, holes included."""
    rings = [ring for part in shape.geoms for ring in (part.exterior, *part.interiors)]
    return "".join("M" + " ".join(f"{x:.1f},{y:.1f}" for x, y in shapely.get_coordinates(ring)[:-1]) + "Z" for ring in rings)
