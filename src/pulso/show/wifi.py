"""What the public Wi-Fi is called in both languages, and where its marks stand on a drawing. Plain values in, words and coordinates out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import cos, radians
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from pulso.show.language import Speech
from pulso.show.language import marked as _
from pulso.show.maps import EDGE, TALLEST, WIDTH
from pulso.zones import Zones

HEALTHS: Mapping[str, str] = {
    "working": _("working"),
    "partly": _("partly working"),
    "failing": _("failing"),
    "unknown": _("nothing known"),
}
"""How an access point or a place is."""
NONE_THERE = _("no access point")
KINDS: Mapping[str, str] = {
    "square": _("square"),
    "garden": _("garden"),
    "street": _("street"),
    "station": _("station"),
    "building": _("building"),
    "school": _("school"),
    "library": _("library"),
    "market": _("market"),
    "beach": _("beach"),
    "other": _("other place"),
}
PROMISES: Mapping[str, str] = {
    "kept": _("The target of {target} is kept."),
    "missed": _("The target of {target} is missed."),
    "cannot tell": _("Whether the target of {target} is kept can't be told: less than half of the time was reported."),
    "none": "",
}
LEVELS: Mapping[str, str] = {
    "public": _("This is what everybody sees."),
    "internal": _("This is what those with a role in the city see."),
    "restricted": _("This is all there is, as the city's engineers see it."),
}
DIAMOND, SMALL, DOT = "m0,-5.5l5.5,5.5l-5.5,5.5l-5.5,-5.5z", "m0,-2.4l2.4,2.4l-2.4,2.4l-2.4,-2.4z", "h0"
SHAPES: Mapping[str, tuple[str, str]] = {
    "working": (DOT, ""),
    "unknown": (DOT, DOT),
    "partly": (DIAMOND, SMALL),
    "failing": (DIAMOND, ""),
    "gap": (DIAMOND, ""),
}
"""How each health is drawn, whole and what is hollow in it: from the spot on, as SVG paths. A dot is as large as its stroke is wide."""
STEPS = (4.0, 6.0, 8.0, 12.0, 16.0)
"""Of the drawing's units: marks that are nearer to each other are drawn as one, as the worst of them is."""
MOST = 500
"""Marks, before they are drawn farther apart: more hide the city that they stand in."""


class Mark(NamedTuple):
    """Places of one health on a drawing: an SVG path, that of what is hollow in it, and how many marks it has."""

    health: str
    path: str
    inner: str
    marks: int


def standing(working: int, partly: int, failing: int, unknown: int, speech: Speech) -> str:
    """How all access points are, in a sentence or two."""
    known = working + partly + failing
    if not known + unknown:
        return speech.say("No access point is entered yet.")
    said = []
    if known:
        works = speech.number(working)
        of = speech.many("{works} of {n} access point works.", "{works} of {n} access points work.", known, works=works)
        said.append(of if known > 1 or working else speech.say("The one access point that reports fails."))
    if unknown:
        said.append(speech.many("Nothing is known of {n}.", "Nothing is known of {n}.", unknown))
    return " ".join(said)


def share(value: float | None, speech: Speech) -> str:
    """An uptime: per cent with one decimal, cut and not rounded, so that 99.96 % is not all; a dash where nothing is known."""
    if value is None:
        return speech.number(None)
    return f"{speech.number(int(value * 1000 + 1e-9) / 10, 1)}{' ' if speech.code == 'pt' else ''}%"


def place(zones: Zones, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where points stand on the drawing of a city's zones (`pulso.show.maps.draw`): (N, 2) of degrees to (N, 2) of its units."""
    west, south, east, north = shapely.total_bounds([z.shape for z in zones.leaves]).tolist()
    narrow = cos(radians((south + north) / 2))
    scale = min((WIDTH - 2 * EDGE) / ((east - west) * narrow), (TALLEST - 2 * EDGE) / (north - south))
    moved: NDArray[np.float64] = (lonlat - (west, north)) * (scale * narrow, -scale) + EDGE
    return moved


def marks(xy: NDArray[np.float64], ranks: NDArray[np.int8], names: Sequence[str]) -> list[Mark]:
    """Draw places as marks, at most one in each square of the finest of STEPS by which there are few enough: the worst of it.

    Parameters
    ----------
    xy : (N, 2)
        In the drawing's units; NaN where a place is nowhere: it isn't drawn.
    ranks : (N,)
        The health of each, as its place in `names`, the worst first.
    names
        Of the healths.
    """
    seen = np.isfinite(xy).all(axis=1)
    order = np.argsort(ranks[seen], kind="stable")
    there, which = xy[seen][order], ranks[seen][order]
    for step in STEPS:
        cells = np.round(there / step)
        _, first = np.unique(cells[:, 0] + 1j * cells[:, 1], return_index=True)  # one number a square: a tenth of the time of rows
        if len(first) <= MOST:
            break
    spots, of = (cells[first] * step).tolist(), which[first].tolist()
    found = []
    for rank, name in reversed(list(enumerate(names))):  # the ill are drawn last, over the others
        here = [spot for spot, r in zip(spots, of, strict=True) if r == rank]
        if here:
            outer, inner = SHAPES[name]
            found.append(Mark(name, _drawn(here, outer), _drawn(here, inner), len(here)))
    return found


def _drawn(spots: list[list[float]], sign: str) -> str:
    """The same sign at each of some spots."""
    return "".join(f"M{x:g},{y:g}{sign}" for x, y in spots) if sign else ""
