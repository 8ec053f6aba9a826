"""Where no working access point is near: those places of the Wi-Fi and public buildings of the fibre network that somebody may know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pulso.web.readings import Reading
from pulso.web.wifi.buildings import Buildings, buildings
from pulso.web.wifi.reads import View


class Gap(NamedTuple):
    """A place or a public building without a working access point near it."""

    key: str
    sort: Literal["place", "building"]
    name: str
    kind: str  # a place's; empty for a building
    zone: str
    lon: float
    lat: float
    metres: float | None  # to the nearest that works; None where none does
    any: float | None  # to the nearest at all


class Gaps(NamedTuple):
    """All of them, as one view of the Wi-Fi has them."""

    far_first: tuple[Gap, ...]
    by_id: tuple[Gap, ...]
    spots: NDArray[np.float64]  # (N, 2) of degrees, the farthest first
    of: int  # so many places and buildings were looked at: those of which it is known where they are


def gaps(reading: Reading, view: View) -> Gaps:
    """The gaps of a view. One question; they are worked out once for each view and revision of the fibre network."""
    houses = buildings(reading, view.level)
    return view.once(("gaps", id(houses)), lambda: (_gaps(view, houses), houses))[0]  # with the houses, so that no others have their number


def _gaps(view: View, houses: Buildings) -> Gaps:
    found = [*_places(view), *_buildings(view, houses)]
    found.sort(key=lambda gap: (-np.inf if gap.metres is None else -gap.metres, gap.name))
    spots = np.array([(gap.lon, gap.lat) for gap in found], dtype=float).reshape(-1, 2)
    known = int(np.isfinite(view.board.spots[view.places]).all(axis=1).sum()) + len(houses.rows)
    return Gaps(tuple(found), tuple(sorted(found, key=lambda gap: gap[:2])), spots, known)


def _places(view: View) -> Iterator[Gap]:
    spots = view.board.spots[view.places]
    for near in view.short(spots):
        place, (lon, lat) = view.board.places[view.places[near.row]], spots[near.row].tolist()
        yield Gap(place.key, "place", place.name, place.kind, place.zone, lon, lat, near.metres, near.any)


def _buildings(view: View, houses: Buildings) -> Iterator[Gap]:
    for near in view.short(houses.lonlat):
        house, (lon, lat) = houses.rows[near.row], houses.lonlat[near.row].tolist()
        yield Gap(house.key, "building", house.name, "", house.zone, lon, lat, near.metres, near.any)
