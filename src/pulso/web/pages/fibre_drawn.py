"""The network as it is drawn: features for the map, and small sketches of a few ways that need no script."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import cos, radians
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from pulso.fibre.shapes import Duct
from pulso.show import fibre as words
from pulso.show.language import Speech
from pulso.web.pages.fibre_known import Known, name

NEAR = 0.00002
"""Degrees, about two metres: what of a route is smaller is smoothed away on the map."""
WIDE, HIGH, EDGE = 640.0, 400.0, 18.0
"""Of a sketch, in its own units; and how far from its edge nothing is drawn."""
LETTER = 13.0
"""How wide a letter of a name is, in the same units, where a phone shows the sketch small."""

Line = Sequence[tuple[float, float]]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Words:
    """The words of the network in a page's language, for its template."""

    speech: Speech

    def km(self, metres: float | None) -> str:
        """Kilometres, of a metre's length or unknown."""
        return words.km(metres, self.speech)

    def metres(self, length: float | None) -> str:
        """A length as a person measures it."""
        return words.metres(length, self.speech)

    def db(self, loss: float | None) -> str:
        """What light loses."""
        return words.db(loss, self.speech)

    def sort(self, sort: str) -> str:
        """What may be cut: site, duct, cable."""
        return words.word(words.SORTS, sort, self.speech)

    def level(self, level: str) -> str:
        """Who may know of a thing."""
        return words.word(words.LEVELS, level, self.speech)

    def critical(self, criticality: str) -> str:
        """What it means that a site is dark."""
        return words.word(words.CRITICALITY, criticality, self.speech)

    def paths(self, count: int | None) -> str:
        """How many independent paths there are."""
        return words.paths(count, self.speech)


@dataclass(frozen=True)
class Stroke:
    """A line of a sketch."""

    sort: str
    d: str


@dataclass(frozen=True)
class Dot:
    """A place in a sketch, with its name where there is room for one."""

    sort: str
    x: float
    y: float
    called: str
    left: bool  # whether the name stands on its left


@dataclass(frozen=True)
class Sketch:
    """Lines and places on a sheet of their own, north above."""

    wide: float
    high: float
    strokes: tuple[Stroke, ...]
    dots: tuple[Dot, ...]


@dataclass
class Sheet:
    """What is put on a sketch, before it is known how large it gets."""

    lines: list[tuple[str, Line]] = field(default_factory=list)
    places: list[tuple[str, tuple[float, float], str]] = field(default_factory=list)

    def sketch(self) -> Sketch | None:
        """Fit it on the sheet; None where there is nothing to draw."""
        every = [at for _, line in self.lines for at in line] + [at for _, at, _ in self.places]
        if not every:
            return None
        put, high = _fitted(np.array(every, dtype=np.float64))
        strokes = tuple(Stroke(sort, _path(put(line))) for sort, line in self.lines if len(line) > 1)
        dots = []
        for sort, at, called in self.places:
            ((x, y),) = put([at])
            dots.append(
                Dot(sort, round(float(x), 1), round(float(y), 1), called, bool(x > WIDE / 2 and x + LETTER * len(called) > WIDE - EDGE))
            )
        return Sketch(WIDE, high, strokes, tuple(dots))


def _fitted(every: Floats) -> tuple[Callable[[Line], Floats], float]:
    """How a place is put on the sheet, and how high the sheet is: as flat as the ways are, but not flatter than a third."""
    low, top = every.min(axis=0), every.max(axis=0)
    across = np.array([cos(radians(float(low[1] + top[1]) / 2)), 1.0])  # a degree of longitude is shorter than one of latitude
    size = np.maximum((top - low) * across, 1e-6)
    scale = min((WIDE - 2 * EDGE) / size[0], (HIGH - 2 * EDGE) / size[1])
    high = max(float(size[1] * scale) + 2 * EDGE, HIGH / 3)
    corner = np.array([(WIDE - float(size[0] * scale)) / 2, (high - float(size[1] * scale)) / 2])

    def put(line: Line) -> Floats:
        found = (np.array(line, dtype=np.float64) - low) * across * scale + corner
        found[:, 1] = high - found[:, 1]
        return np.asarray(found)

    return put, round(high, 1)


def _path(points: Floats) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def line_of(duct: Duct, known: Known) -> Line:
    """Where a duct runs: its route, or where nobody knows it straight from end to end; empty where an end's place is unknown too."""
    if len(duct.route) > 1:
        return duct.route
    ends = [known.sites[end].at for end in (duct.start, duct.end) if end in known.sites]
    there = [at for at in ends if at is not None]
    return there if len(there) == 2 else ()


def lines_of(cable: str, known: Known) -> Iterable[Line]:
    """Where a cable runs: its ducts, or straight from end to end where nobody knows them."""
    found = known.cables.get(cable)
    if found is None:
        return
    ducts = [known.ducts[d] for d in found.ducts if d in known.ducts]
    if ducts:
        yield from (line_of(d, known) for d in ducts)
        return
    there = [known.sites[end].at for end in (found.start, found.end) if end in known.sites]
    straight = [at for at in there if at is not None]
    if len(straight) == 2:
        yield straight


def collection(known: Known) -> dict[str, Any]:
    """Ducts and sites as a GeoJSON feature collection; five decimals, which is a metre. What has no known place is left out."""
    return {"type": "FeatureCollection", "features": [*_ducts(known), *_sites(known)]}


def _sites(known: Known) -> Iterable[dict[str, Any]]:
    for site in known.sites.values():
        if site.at is None:
            continue
        said = {"sort": "site", "id": site.id, "name": name(site), "kind": site.kind.value, "status": site.status.value}
        said["part"] = "source" if site.source else "customer" if site.customer else "between"
        at = [round(degrees, 5) for degrees in site.at]
        yield {"type": "Feature", "properties": said, "geometry": {"type": "Point", "coordinates": at}}


def _ducts(known: Known) -> Iterable[dict[str, Any]]:
    lines = [(duct, line) for duct in known.ducts.values() if len(line := line_of(duct, known)) > 1]
    if not lines:
        return
    of = np.repeat(np.arange(len(lines)), [len(line) for _, line in lines])
    made = shapely.linestrings(np.array([at for _, line in lines for at in line]), indices=of)
    simple, whose = shapely.get_coordinates(shapely.simplify(made, NEAR), return_index=True)
    split = np.split(np.round(simple, 5), np.flatnonzero(np.diff(whose)) + 1)
    for (duct, _), points in zip(lines, split, strict=True):
        said = {"sort": "duct", "id": duct.id, "name": name(duct), "status": duct.status.value, "known": len(duct.route) > 1}
        yield {"type": "Feature", "properties": said, "geometry": {"type": "LineString", "coordinates": points.tolist()}}
