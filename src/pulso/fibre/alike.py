"""The same thing under two ids, perhaps: sites near each other, ducts between the same sites, cables in the same ducts. Only proposed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import shapely

from pulso.fibre.capacity import degrees_around, metres_per_degree
from pulso.fibre.metres import WGS84
from pulso.fibre.shapes import Cable, Duct, Plan, Site, Thing


class Match(NamedTuple):
    """Two ids that may be one thing."""

    kind: str
    one: str  # id in the first record
    other: str  # id in the second
    metres: float | None  # how far apart the two are drawn; None where that can't be said
    turned: bool = False  # the second runs from the first's end to its start


def matches(one: Plan, other: Plan, within: float) -> list[Match]:
    """
    Propose which things of two records are the same under two ids.

    Organisations and phases of the same name; sites of the same kind, at most so many metres apart, of the same name or one without; then
    ducts between the same sites whose routes lie so near (or one is unknown), and cables of the same size between the same sites in the
    same ducts (or one's are unknown). Each thing is in one proposal at most, the nearest first; what has the same id in both is none.

    Raises
    ------
    ValueError
        For a distance below 0.
    """
    if not within >= 0:
        raise ValueError(f"within must be at least 0 m; got {within}")
    found = [m for kind in ("organisations", "phases") for m in _by_name(kind, getattr(one, kind), getattr(other, kind))]
    sites = _sites(*_left(one.sites, other.sites), within)
    places = _Called(sites)
    ducts = _between("ducts", *_left(one.ducts, other.ducts), places, lambda a, b, _turned: _apart(a, b, within))
    dug = _Called(ducts)
    cables = _between("cables", *_left(one.cables, other.cables), places, lambda a, b, turned: _same_cable(a, b, dug, turned))
    return [*found, *sites, *ducts, *cables]


def _left(mine: Sequence[Any], theirs: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """What stands in one record only, by its id."""
    a, b = ({t.id for t in things} for things in (mine, theirs))
    return [t for t in mine if t.id not in b], [t for t in theirs if t.id not in a]


def _by_name(kind: str, mine: Sequence[Any], theirs: Sequence[Any]) -> list[Match]:
    a, b = _left(mine, theirs)
    return _one_to_one(Match(kind, x.id, y.id, None) for x in a for y in b if x.name and x.name.casefold() == y.name.casefold())


def _one_to_one(found: Iterable[Match]) -> list[Match]:
    """Of proposals that share a thing the nearest; ties by both ids, whichever record is first."""
    met: set[tuple[int, str]] = set()
    kept = []
    for m in sorted(found, key=lambda m: (m.metres is None, m.metres or 0.0, sorted((m.one, m.other)), m.one)):
        if (0, m.one) not in met and (1, m.other) not in met:
            met |= {(0, m.one), (1, m.other)}
            kept.append(m)
    return kept


def _same_name(a: Thing, b: Thing) -> bool:
    return not a.name or not b.name or a.name.casefold() == b.name.casefold()


def _sites(mine: list[Site], theirs: list[Site], within: float) -> list[Match]:
    a, b = ([s for s in some if s.at is not None] for some in (mine, theirs))
    if not a or not b:
        return []
    here, there = (np.array([s.at for s in some], dtype=float) for some in (a, b))
    i, j = shapely.STRtree(np.asarray(shapely.points(there), dtype=object)).query(degrees_around(here, within))
    metres = np.asarray(WGS84.inv(*here[i].T, *there[j].T)[2])
    near = zip(i[metres <= within].tolist(), j[metres <= within].tolist(), metres[metres <= within].tolist(), strict=True)
    return _one_to_one(Match("sites", a[i].id, b[j].id, m) for i, j, m in near if a[i].kind == b[j].kind and _same_name(a[i], b[j]))


Label = str | Match


class _Called:
    """What an id of either record means: the pair that it is in, else itself. So it is the same question whichever record comes first."""

    def __init__(self, pairs: Iterable[Match]) -> None:
        pairs = list(pairs)
        self.mine: dict[str, Label] = {m.one: m for m in pairs}
        self.theirs: dict[str, Label] = {m.other: m for m in pairs}

    def one(self, name: str) -> Label:
        return self.mine.get(name, name)

    def other(self, name: str) -> Label:
        return self.theirs.get(name, name)


Fit = Callable[[Any, Any, bool], float | bool | None]


def _between(kind: str, mine: list[Any], theirs: list[Any], places: _Called, fit: Fit) -> list[Match]:
    """Things between the same two sites that fit; `fit` gives metres, None for unknown, or False."""
    there: dict[frozenset[Label], list[Any]] = {}
    for t in theirs:
        there.setdefault(frozenset({places.other(t.start), places.other(t.end)}), []).append(t)
    found = []
    for m in mine:
        for t in there.get(frozenset({places.one(m.start), places.one(m.end)}), ()):
            turned = places.other(t.start) != places.one(m.start)
            apart = fit(m, t, turned) if _same_name(m, t) else False
            if apart is not False:
                found.append(Match(kind, m.id, t.id, apart, turned))
    return _one_to_one(found)


def _apart(a: Duct, b: Duct, within: float) -> float | bool | None:
    """How far apart two routes are at most (Hausdorff), m; None where one is unknown, False where that is too far."""
    if len(a.route) < 2 or len(b.route) < 2:
        return None
    middle = np.array(a.route, dtype=float).mean(axis=0)
    east, north = metres_per_degree(middle[1:])
    scale = np.array([east[0], north[0]])
    one, other = (shapely.LineString((np.array(r) - middle) * scale) for r in (a.route, b.route))
    apart = float(shapely.hausdorff_distance(one, other))
    return apart if apart <= within else False


def _same_cable(a: Cable, b: Cable, dug: _Called, turned: bool) -> float | bool | None:
    here = [dug.one(d) for d in a.ducts]
    there = [dug.other(d) for d in (reversed(b.ducts) if turned else b.ducts)]
    alike = (a.tubes, a.fibres) == (b.tubes, b.fibres) and (not here or not there or here == there)
    return None if alike else False
