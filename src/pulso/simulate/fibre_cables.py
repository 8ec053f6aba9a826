"""Which cables run where in the synthetic network: a backbone, rings of cabinets, the operator's own rings, spurs and drops."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from pulso.fibre.shapes import Status
from pulso.simulate.chance import stream
from pulso.simulate.fibre_sites import CITY, OPERATOR, Foot
from pulso.simulate.fibre_streets import Array, Ints, Streets, Way, back, forest, paths, way, way_by

DRUM = 1_300.0
"""So many metres of backbone cable come on a drum: a closure joins it to the next."""
RING = 9
"""About so many cabinets hang on a ring."""


class Run(NamedTuple):
    """A cable: from where to where, in which ducts."""

    id: str
    name: str
    start: str
    end: str
    ducts: tuple[str, ...]
    tubes: int
    role: str  # "backbone", "ring", "operator", "spur" or "drop"
    owner: str = CITY
    status: Status = Status.OPERATIONAL
    fibres: int = 12


class Ring(NamedTuple):
    """Cables one after the other, from one hub over cabinets or closures to another, or back."""

    id: str
    hubs: tuple[str, str]
    stops: tuple[str, ...]  # sites
    cables: tuple[str, ...]  # one more than stops
    tubes: int
    owner: str = CITY


class Feed(NamedTuple):
    """How a customer hangs on a ring."""

    customer: str
    stop: str
    drop: str
    spur: str = ""  # between the stop and the drop, if there is one
    closure: str = ""


@dataclass
class Draft:
    """The network while it is drawn."""

    streets: Streets
    cabinet: dict[int, str]  # sites at corners: cabinets,
    closure: dict[int, str] = field(default_factory=dict)  # and closures
    runs: list[Run] = field(default_factory=list)
    rings: list[Ring] = field(default_factory=list)
    feeds: list[Feed] = field(default_factory=list)
    leads: dict[str, tuple[int, str]] = field(default_factory=dict)  # ducts from a corner to a site beside the street
    named: dict[str, str] = field(default_factory=dict)  # ducts that "redundant" ways share, and what the place is called
    used: set[int] = field(default_factory=set)  # streets with operational cables

    @property
    def cost(self) -> Array:
        """(E,) What it costs to go through each street: main streets are liked."""
        return np.where(self.streets.main, 0.8, 1.0) * self.streets.length

    def lead(self, foot: Foot, entry: int) -> str:
        """The duct between a site beside the street and a corner."""
        corner = foot.entries[entry]
        duct = f"ent-{foot.id}" + (f"-{entry + 1}" if entry else "")
        self.leads[duct] = (corner, foot.id)
        return duct

    def close(self, corner: int) -> str:
        """A closure at a corner."""
        return self.closure.setdefault(corner, f"jun-{corner:04d}")

    def stop(self, corner: int) -> str:
        """The cabinet or closure at a corner."""
        return self.cabinet.get(corner) or self.close(corner)

    def lay(self, run: Run, along: Way) -> None:
        """Note a cable."""
        self.runs.append(run)
        if run.status is Status.OPERATIONAL:
            self.used.update(along.streets)


def ducts_of(along: Way) -> tuple[str, ...]:
    """Ids of the ducts in these streets."""
    return tuple(street(e) for e in along.streets)


def street(number: int) -> str:
    """Id of a street's duct."""
    return f"con-{number:04d}"


def backbone(draft: Draft, hubs: tuple[Foot, ...]) -> None:
    """Cables of 144 strands from hub to hub, joined on the way; where it can be, no street is used twice. One hub has a single entry."""
    factor = np.ones(len(draft.streets.length))
    draft.named |= {draft.lead(hub, 0): f"Entrada única, {hub.name}" for hub in hubs if len(hub.entries) == 1}
    for i, (one, other) in enumerate(zip(hubs, (*hubs[1:], hubs[0]), strict=True), start=1):
        along = way(draft.streets, draft.cost * factor, one.entries[-1], other.entries[0])
        factor[list(along.streets)] = 10
        cuts = _drums(draft, along)
        stops = tuple(draft.close(along.corners[c]) for c in cuts)
        cables = []
        for j, (part, (start, end)) in enumerate(zip(_parts(along, cuts), pairwise((one.id, *stops, other.id)), strict=True), start=1):
            first = (draft.lead(one, len(one.entries) - 1),) if j == 1 else ()
            last = (draft.lead(other, 0),) if j == len(cuts) + 1 else ()
            cables.append(f"tronco-{i}-{j}")
            draft.lay(Run(cables[-1], f"Tronco {i}, secção {j}", start, end, first + ducts_of(part) + last, 12, "backbone"), part)
        draft.rings.append(Ring(f"T{i}", (one.id, other.id), stops, tuple(cables), 12))


def _drums(draft: Draft, along: Way) -> list[int]:
    """Where on a way a cable is joined to the next: positions of corners without another site."""
    cuts, left = [], DRUM
    for i, e in enumerate(along.streets[:-1], start=1):
        left -= draft.streets.length[e]
        corner = along.corners[i]
        if left < 0 and corner not in draft.cabinet and corner not in draft.closure:
            cuts.append(i)
            left = DRUM
    return cuts


def _parts(along: Way, cuts: list[int]) -> list[Way]:
    edges = [0, *cuts, len(along.streets)]
    return [Way(along.corners[a : b + 1], along.streets[a:b]) for a, b in pairwise(edges)]


def rings(draft: Draft, hubs: tuple[Foot, ...]) -> None:
    """Rings of 96 strands over the cabinets of each zone, by their direction from its hub; one of each zone ends at the next hub."""
    of, count = draft.streets, 0
    busy = np.ones(len(of.length))
    corners = np.array(list(draft.cabinet))
    for h, hub in enumerate(hubs):
        here = corners[of.zone[corners] == of.zone[hub.entries[0]]]
        turn = np.arctan2(*(of.at[here] - hub.at).T)
        for s, sector in enumerate(np.array_split(here[np.argsort(turn)], round(len(here) / RING))):
            count += 1
            end = hubs[(h + 1) % len(hubs)] if s == 0 else hub
            stops = _tour(of.at, hub.entries[0], end.entries[-1], sector)
            _ring(draft, f"A{count:02d}", (hub, end), stops, draft.cost * busy, tubes=8, forced=count in (4, 15))
            busy[list(draft.used)] = 1.8


def operators(draft: Draft, hubs: tuple[Foot, ...], seed: int) -> None:
    """The operator's own rings of 48 strands, from the offices, through streets where nobody else is yet."""
    of = draft.streets
    for r, hub in enumerate(h for h in hubs for _ in range(2) if h.id.startswith("central")):
        cost = draft.cost.copy()
        cost[list(draft.used)] *= 4
        rng = stream(seed, "fibre", "operator", r)
        near = np.flatnonzero(np.hypot(*(of.at - hub.at).T) < 3_200)
        near = near[[c not in draft.cabinet and c not in draft.closure and c not in hub.entries for c in near.tolist()]]
        stops = _tour(of.at, hub.entries[0], hub.entries[-1], rng.choice(near, 6, replace=False))
        _ring(draft, f"O{r + 1}", (hub, hub), stops, cost, tubes=4, owner=OPERATOR)


def _ring(
    draft: Draft,
    key: str,
    hubs: tuple[Foot, Foot],
    stops: list[int],
    cost: Array,
    *,
    tubes: int,
    owner: str = CITY,
    forced: bool = False,
) -> None:
    """Draw a ring. One that is forced goes out and comes back through one street: what looks like two ways is none."""
    out, home = hubs[0], hubs[1]
    corners = [out.entries[0], *stops, home.entries[-1]]
    sites = [out.id, *(draft.stop(c) for c in stops), home.id]
    factor = np.ones(cost.size)
    cables: list[str] = []
    legs: list[Way] = []
    last = len(corners) - 2
    for i, (a, b) in enumerate(pairwise(corners)):
        along = way(draft.streets, cost * factor, a, b)
        if forced and i == last:
            along = _through(draft, cost, legs[0], a, b) or along
            draft.named |= {street(e): f"Viaduto do anel {key}" for e in set(along.streets) & set(legs[0].streets)}
        legs.append(along)
        factor[list(along.streets)] = 12
        ducts = ducts_of(along)
        ducts = (draft.lead(out, 0), *ducts) if i == 0 else ducts
        ducts = (*ducts, draft.lead(home, len(home.entries) - 1)) if i == last else ducts
        cables.append(f"anel-{key.lower()}-{i + 1}")
        role = "ring" if owner == CITY else "operator"
        draft.lay(Run(cables[-1], f"Anel {key}, secção {i + 1}", sites[i], sites[i + 1], ducts, tubes, role, owner), along)
    draft.rings.append(Ring(key, (out.id, home.id), tuple(sites[1:-1]), tuple(cables), tubes, owner))


def _through(draft: Draft, cost: Array, first: Way, start: int, end: int) -> Way | None:
    """A way that shares the middle street of the first, if there is one."""
    middle = first.streets[len(first.streets) // 2] if first.streets else None
    return way_by(draft.streets, cost, start, end, middle) if middle is not None else None


def _tour(at: Array, start: int, end: int, corners: Ints) -> list[int]:
    """An order of corners that is short from start to end: nearest first, then turned round where that is shorter (2-opt; Croes 1958)."""
    left, tour = corners.tolist(), [start]
    while left:
        tour.append(min(left, key=lambda c: float(np.hypot(*(at[c] - at[tour[-1]])))))
        left.remove(tour[-1])
    tour.append(end)
    far = np.hypot(*(at[tour][:, None] - at[tour][None]).transpose(2, 0, 1))
    order, better = list(range(len(tour))), True
    while better:
        better = False
        for i in range(1, len(order) - 2):
            for j in range(i + 1, len(order) - 1):
                a, b, c, d = order[i - 1], order[i], order[j], order[j + 1]
                if far[a, c] + far[b, d] < far[a, b] + far[c, d] - 1e-9:
                    order[i : j + 1] = order[i : j + 1][::-1]
                    better = True
    return [tour[i] for i in order[1:-1]]


def drops(draft: Draft, served: list[Foot]) -> None:
    """A drop of 12 strands to each customer from the nearest stop; where several go the same way, they share a spur of 24 to a closure."""
    of = draft.streets
    for owner, stops in ((CITY, list(draft.cabinet)), (OPERATOR, _operators_closures(draft))):
        cost = draft.cost
        cost[list(draft.used)] *= 0.7
        _, before, start = forest(of, cost, np.array(stops))
        mine = [f for f in served if (f.owner == OPERATOR) == (owner == OPERATOR)]
        at: dict[int, list[Foot]] = {}
        for foot in mine:
            at.setdefault(int(start[foot.entries[0]]), []).append(foot)
        for stop, feet in at.items():
            ways = {foot.id: back(of, before, foot.entries[0]) for foot in feet}
            _from_stop(draft, stop, feet, ways, owner)


def _operators_closures(draft: Draft) -> list[int]:
    corner = {name: c for c, name in draft.closure.items()}
    return [corner[s] for ring in draft.rings if ring.owner == OPERATOR for s in ring.stops]


def _from_stop(draft: Draft, stop: int, feet: list[Foot], ways: dict[str, Way], owner: str) -> None:
    """The drops from one cabinet or closure, some of them by a spur."""
    head = draft.stop(stop)
    split = _split(draft, [f for f in feet if f.feet == 1], ways) if stop in draft.cabinet else None
    spur = ""
    if split is not None:
        whole = next(w for w in ways.values() if split in w.corners)
        cut = whole.corners.index(split)
        part = Way(whole.corners[: cut + 1], whole.streets[:cut])
        spur = f"ramal-{split:04d}"
        draft.lay(Run(spur, f"Ramal {split}", head, draft.close(split), ducts_of(part), 2, "spur"), part)
    for foot in feet:
        along = ways[foot.id]
        by_spur = split is not None and foot.feet == 1 and split in along.corners
        if by_spur and split is not None:
            cut = along.corners.index(split)
            along = Way(along.corners[cut:], along.streets[cut:])
        drop = f"lig-{foot.id}"
        begin = draft.close(split) if by_spur and split is not None else head
        draft.lay(Run(drop, f"Ligação de {foot.name}", begin, foot.id, (*ducts_of(along), draft.lead(foot, 0)), 1, "drop", owner), along)
        draft.feeds.append(Feed(foot.id, head, drop, spur, begin) if by_spur else Feed(foot.id, head, drop))


def _split(draft: Draft, feet: list[Foot], ways: dict[str, Way]) -> int | None:
    """Where a spur ends: the corner that three customers or more, twelve at most, lie behind, and that saves most cable."""
    behind: dict[int, list[float]] = {}
    for foot in feet:
        w = ways[foot.id]
        gone = np.cumsum([draft.streets.length[e] for e in w.streets])
        for corner, far in zip(w.corners[1:], gone, strict=True):
            behind.setdefault(corner, []).append(float(far))
    free = {c: far for c, far in behind.items() if 3 <= len(far) <= 12 and c not in draft.cabinet and c not in draft.closure}
    return max(free, key=lambda c: ((len(free[c]) - 1) * free[c][0], -c)) if free else None


def second_drops(draft: Draft, served: list[Foot]) -> None:
    """A second drop to whoever has two feet, from another ring. Three come in through one duct all the same; two pass one street."""
    of = draft.streets
    ring_of = {stop: ring.id for ring in draft.rings for stop in ring.stops}
    first = {feed.customer: feed for feed in draft.feeds}
    streets_of = {run.id: run.ducts for run in draft.runs}
    number = {street(e): e for e in range(len(of.length))}
    for i, foot in enumerate(f for f in served if f.feet > 1):
        taken = [number[d] for d in streets_of[first[foot.id].drop] if d in number]
        cost = draft.cost
        cost[taken] *= 15
        entry = 0 if i % 6 == 0 else 1
        far, before = paths(of, cost, foot.entries[entry])
        others = [c for c, name in draft.cabinet.items() if ring_of[name] != ring_of[first[foot.id].stop]]
        stop = min(others, key=lambda c: float(far[c]))
        along = _reversed(back(of, before, stop))
        if i in (2, 8) and taken:
            along = way_by(of, draft.cost, stop, foot.entries[entry], taken[len(taken) // 2]) or along
        lead = draft.lead(foot, entry)
        ducts = (*ducts_of(along), lead)
        what = f"Passagem inferior {i}" if entry else f"Entrada única, {foot.name}"
        draft.named |= dict.fromkeys(set(ducts) & set(streets_of[first[foot.id].drop]), what)
        drop = f"lig-{foot.id}-2"
        draft.lay(Run(drop, f"Segunda ligação de {foot.name}", draft.stop(stop), foot.id, ducts, 1, "drop"), along)
        draft.feeds.append(Feed(foot.id, draft.stop(stop), drop))


def future_drops(draft: Draft, served: list[Foot]) -> None:
    """Second drops that are being built, or planned, for schools and health centres: where they can, through streets without a duct."""
    of = draft.streets
    number = {street(e): e for e in range(len(of.length))}
    wanted = [f for f in served if f.id.startswith(("secundaria", "saude"))]
    taken = {feed.customer: feed for feed in draft.feeds}
    ducts = {run.id: run.ducts for run in draft.runs}
    for i, foot in enumerate(wanted):
        cost = draft.cost
        cost[list(draft.used)] *= 3
        cost[[number[d] for d in ducts[taken[foot.id].drop] if d in number]] *= 15
        far, before = paths(of, cost, foot.entries[0])
        stop = min((c for c, name in draft.cabinet.items() if name != taken[foot.id].stop), key=lambda c: float(far[c]))
        along = _reversed(back(of, before, stop))
        status = Status.UNDER_CONSTRUCTION if i % 3 == 0 else Status.PLANNED
        drop, way_in = f"lig-{foot.id}-2", (*ducts_of(along), draft.lead(foot, 0))
        run = Run(drop, f"Segunda ligação de {foot.name}", draft.stop(stop), foot.id, way_in, 1, "drop", CITY, status)
        draft.lay(run, along)


def _reversed(along: Way) -> Way:
    return Way(along.corners[::-1], along.streets[::-1])
