"""Public buildings of the fibre network, as far as somebody may know of them: each ought to have Wi-Fi near it too."""

from __future__ import annotations

from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pulso.fibre.shapes import Disclosure
from pulso.web.fibre import reads as fibre
from pulso.web.readings import Reading


class Building(NamedTuple):
    """A public building, by its id in the fibre network."""

    key: str
    name: str
    zone: str


class Buildings(NamedTuple):
    """All that somebody may know of, and where they are: (N, 2) of degrees."""

    rows: tuple[Building, ...]
    lonlat: NDArray[np.float64]


_kept: dict[tuple[str, Disclosure], tuple[tuple[object, ...], Buildings]] = {}
_one_at_a_time = Lock()


def buildings(reading: Reading, level: Disclosure) -> Buildings:
    """Those whose place is known. One question; they are worked out once for each revision of the network."""
    network = fibre.network(reading.slug)
    if network is None:
        return Buildings((), np.empty((0, 2)))
    edition = (network.digest, reading.stamp)
    with _one_at_a_time:
        known = _kept.get((reading.slug, level))
    if known and known[0] == edition:
        return known[1]
    sites = [s for s in network.for_(level).sites if s.public_building and s.at]
    lonlat = np.array([s.at for s in sites], dtype=float).reshape(-1, 2)
    zones = reading.zones.locate(lonlat[:, 0], lonlat[:, 1])
    found = Buildings(tuple(Building(s.id, s.name or s.id, z or "") for s, z in zip(sites, zones, strict=True)), lonlat)
    with _one_at_a_time:
        _kept[reading.slug, level] = (edition, found)
    return found
