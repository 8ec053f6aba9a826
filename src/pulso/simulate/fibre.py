"""A synthetic fibre network for the synthetic city: what is in the ground, in the cabinets and in the plans. Nothing of it exists."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

import numpy as np
from pyproj import Geod

from pulso.fibre.shapes import Cable, Disclosure, Duct, Kind, Laid, Organisation, Phase, Plan, Point, Site, Status
from pulso.simulate.chance import stream
from pulso.simulate.fibre_cables import Draft, Run, backbone, drops, future_drops, operators, rings, second_drops, street
from pulso.simulate.fibre_sites import (
    CITY,
    DIGGER,
    INTERNAL,
    METRO,
    OPERATOR,
    PUBLIC,
    RESTRICTED,
    WATER,
    Foot,
    cabinets,
    customers,
    hanging,
    hubs,
)
from pulso.simulate.fibre_strands import join
from pulso.simulate.fibre_streets import Array, lonlat, streets
from pulso.simulate.fibre_works import works
from pulso.simulate.plan import PLAN, ZONES

GEOD = Geod(ellps="WGS84")
LEAST = 312_000.0
"""Metres of ducts in use that the city has at least: where cables need fewer, empty ducts stand ready."""
DIAMETERS = {12: 13.8, 8: 12.1, 4: 9.8, 2: 8.2, 1: 6.4}
"""Outer diameter of a cable by its number of tubes, mm."""
ORGANISATIONS = {
    CITY: "Município (sintético)",
    WATER: "Águas da Cidade (inventada)",
    METRO: "Metro da Cidade (inventado)",
    OPERATOR: "Ribeira Fibra (operadora inventada)",
    DIGGER: "Obras do Norte (empreiteiro inventado)",
}
PHASES = {"fase-1": "Fase 1: construída", "fase-2": "Fase 2: em construção", "fase-3": "Fase 3: planeada"}
PHASE = {Status.OPERATIONAL: "fase-1", Status.UNDER_CONSTRUCTION: "fase-2", Status.PLANNED: "fase-3"}
POLES = ("campanha", "aldoar")
"""Zones in which some cables hang along poles."""


@lru_cache(maxsize=2)
def fibre(seed: int = PLAN) -> Plan:
    """
    Draw the fibre network of the synthetic city (its zones: `pulso.simulate.plan`).

    Three central offices and four points of presence on a backbone ring, rings of street cabinets, an operator's own rings, spurs and
    drops to 220 public buildings, to traffic lights, and to places with Wi-Fi, all in ducts along streets within the zones. Access points
    and the city's other powered sensors are the `sensors` of the sites that feed them, under the ids that the feeds have.

    Parameters
    ----------
    seed
        The same seed gives the same network, to the last strand.

    Returns
    -------
    Plan
        Marked synthetic. In a few places, which their ducts' names tell, two ways that look redundant share a duct: a "Viaduto do anel …",
        a "Passagem inferior …", an "Entrada única, …".
    """
    of = streets(seed)
    heads = hubs(of, seed)
    doors = {c for hub in heads for c in hub.entries}
    corners = cabinets(of, doors)
    served = customers(of, seed, doors | set(corners.tolist()))
    draft = Draft(of, {int(c): f"arm-{n:03d}" for n, c in enumerate(corners, start=1)})
    backbone(draft, heads)
    rings(draft, heads)
    operators(draft, heads, seed)
    drops(draft, served)
    second_drops(draft, served)
    future_drops(draft, served)
    status = _spare(draft, seed) | _statuses(draft)
    joined = join(draft, served, seed)
    sensors = {draft.cabinet[c]: found for c, found in hanging(of, corners).items()}
    sites = _sites(draft, (*heads, *served), status, sensors, seed)
    ducts = _ducts(draft, sites, status, seed)
    return Plan(
        id="demo-fibra",
        name="Rede de fibra do Porto (sintética)",
        sites=tuple(sites.values()),
        ducts=tuple(ducts.values()),
        cables=tuple(_cable(run, ducts, sites, seed) for run in draft.runs),
        strands=tuple(joined.strands),
        splices=tuple(joined.splices),
        ports=tuple(joined.ports),
        splitters=tuple(joined.splitters),
        works=works(draft, ducts, seed),
        organisations=tuple(Organisation(id=i, name=name) for i, name in ORGANISATIONS.items()),
        phases=tuple(Phase(id=i, name=name) for i, name in PHASES.items()),
        synthetic=True,
    )


def _statuses(draft: Draft) -> dict[str, Status]:
    """Of each duct with a cable: in use, being built or planned, whichever comes first."""
    rank = (Status.PLANNED, Status.UNDER_CONSTRUCTION, Status.OPERATIONAL)
    return {d: step for step in rank for run in draft.runs if run.status is step for d in run.ducts}


def _spare(draft: Draft, seed: int) -> dict[str, Status]:
    """Streets with an empty duct: ready, until the city has LEAST metres; and a few more out of use, being built or planned."""
    of, rng = draft.streets, stream(seed, "fibre", "spare")
    busy = _statuses(draft)
    reached = set(of.ends[[e for e in range(len(of.length)) if street(e) in busy]].ravel().tolist())
    free = [e for e in range(len(of.length)) if street(e) not in busy and set(of.ends[e].tolist()) & reached]
    free = [free[i] for i in rng.permutation(len(free))]
    laid = sum(float(of.length[e]) for e in draft.used)
    found: dict[str, Status] = {}
    for e in free:
        if laid < LEAST:
            found[street(e)] = Status.OPERATIONAL
            laid += float(of.length[e])
    rest = [street(e) for e in free if street(e) not in found]
    ends = (Status.INACTIVE,) * 8 + (Status.UNDER_CONSTRUCTION,) * 12 + (Status.PLANNED,) * 20
    return found | dict(zip(rest, ends, strict=False))


def _sites(
    draft: Draft, feet: tuple[Foot, ...], status: dict[str, Status], sensors: dict[str, tuple[str, ...]], seed: int
) -> dict[str, Site]:
    """Every site, by its id: beside the streets, and at the corners that a duct meets."""
    of = draft.streets
    found = {
        f.id: Site(
            id=f.id,
            name=f.name,
            kind=f.kind,
            at=_point(f.at),
            source=f.source,
            customer=not f.source,
            service=f.service,
            criticality=f.criticality,
            public_building=f.public,
            sensors=f.sensors,
            owner=f.owner,
            phase="fase-1",
            disclosure=f.disclosure,
        )
        for f in feet
    }
    large = {stop for ring in draft.rings for stop in ring.stops if ring.id[0] in "TO"}  # of the backbone, and the operator's
    hidden = {corner for corner, site in draft.leads.values() if found[site].disclosure is RESTRICTED}
    best: dict[int, Status] = {}
    rank = {s: n for n, s in enumerate((Status.INACTIVE, Status.PLANNED, Status.UNDER_CONSTRUCTION, Status.OPERATIONAL))}
    at_corners = [(c, status[street(e)]) for e, pair in enumerate(of.ends.tolist()) if street(e) in status for c in pair]
    at_corners += [(corner, Status.OPERATIONAL) for corner, _ in draft.leads.values()]
    for corner, step in at_corners:
        best[corner] = max(best.get(corner, step), step, key=rank.__getitem__)
    rng = stream(seed, "fibre", "poles")
    poles = {c for c in range(len(of.at)) if rng.random() < 0.25 and ZONES[of.zone[c]].id in POLES}
    for corner, step in sorted(best.items()):
        kind = Kind.POLE if corner in poles else Kind.MANHOLE
        kind = Kind.CABINET if corner in draft.cabinet else Kind.CLOSURE if corner in draft.closure else kind
        key = corner_id(draft, corner)
        found[key] = Site(
            id=key,
            name=f"{_NAMES[kind]} {key.split('-')[1]} ({ZONES[of.zone[corner]].short})",
            kind=kind,
            at=_point(of.at[corner]),
            sensors=sensors.get(key, ()),
            owner=CITY,
            status=step,
            phase=PHASE.get(step, "fase-1"),
            disclosure=INTERNAL if corner in hidden or key in large else PUBLIC,
        )
    return found


_NAMES = {Kind.CABINET: "Armário", Kind.CLOSURE: "Junta", Kind.MANHOLE: "Câmara", Kind.POLE: "Poste"}


def corner_id(draft: Draft, corner: int) -> str:
    """Id of the site at a corner."""
    return draft.cabinet.get(corner) or draft.closure.get(corner) or f"cv-{corner:04d}"


def _ducts(draft: Draft, sites: dict[str, Site], status: dict[str, Status], seed: int) -> dict[str, Duct]:
    """Every duct, by its id: along streets, and from them to what stands beside."""
    of, rng = draft.streets, stream(seed, "fibre", "ducts")
    nth: Counter[str] = Counter()
    large = {d for run in draft.runs if run.tubes >= 8 for d in run.ducts}
    found = {}
    for e, (a, b) in enumerate(of.ends.tolist()):
        key, luck = street(e), rng.random(4)
        nth[of.name[e]] += 1
        if key not in status:
            continue
        one, other = sites[corner_id(draft, a)], sites[corner_id(draft, b)]
        above = Kind.POLE in (one.kind, other.kind) and key not in large
        owner = METRO if of.main[e] and luck[0] < 0.3 else WATER if luck[0] < 0.08 else CITY
        open_to_all = owner == CITY and PUBLIC is one.disclosure and PUBLIC is other.disclosure
        found[key] = _duct(
            key,
            draft.named.get(key, f"{of.name[e]}, troço {nth[of.name[e]]}"),
            (one, other),
            of.bends[e],
            luck,
            owner=owner,
            status=status[key],
            disclosure=PUBLIC if open_to_all else INTERNAL,
            laid=Laid.ABOVE if above else Laid.BELOW,
            inner=None if above or luck[1] < 0.05 else 110.0 if key in large else 50.0,
        )
    for key, (corner, site) in draft.leads.items():
        foot = sites[site]
        ends = (sites[corner_id(draft, corner)], foot)
        found[key] = _duct(
            key,
            draft.named.get(key, f"Entrada de {foot.name}"),
            ends,
            np.zeros((0, 2)),
            rng.random(4),
            owner=CITY,
            status=Status.OPERATIONAL,
            disclosure=foot.disclosure if foot.disclosure is not PUBLIC else ends[0].disclosure,
            laid=Laid.BELOW,
            inner=110.0 if foot.source else 32.0,
        )
    return found


def _duct(
    key: str,
    name: str,
    ends: tuple[Site, Site],
    bends: Array,
    luck: Array,
    *,
    owner: str,
    status: Status,
    disclosure: Disclosure,
    laid: Laid,
    inner: float | None,
) -> Duct:
    """A duct along its route; three of five were measured on the ground, and are a little longer than the map says."""
    one, other = ends
    route = (one.at, *(_point(b) for b in bends), other.at)
    known = tuple(p for p in route if p is not None)
    length = GEOD.line_length([p[0] for p in known], [p[1] for p in known])
    return Duct(
        id=key,
        name=name,
        start=one.id,
        end=other.id,
        route=known,
        length=round(length * (1 + 0.012 * luck[3]), 1) if luck[2] < 0.6 else None,
        laid=laid,
        inner=inner,
        owner=owner,
        status=status,
        phase=PHASE.get(status, "fase-1"),
        disclosure=disclosure,
    )


def _cable(run: Run, ducts: dict[str, Duct], sites: dict[str, Site], seed: int) -> Cable:
    """A cable; of seven in ten the sheath is known: its ducts, and a loop of slack at either end."""
    rng = stream(seed, "fibre", run.id)
    ways = [ducts[d] for d in run.ducts]
    known = [d.length or GEOD.line_length([p[0] for p in d.route], [p[1] for p in d.route]) for d in ways]
    slack = min(2 * rng.uniform(8, 20), 0.2 * sum(known))
    secret = run.role == "backbone" or RESTRICTED in (sites[run.start].disclosure, sites[run.end].disclosure)
    known_to_all = run.role == "drop" and {PUBLIC} == {t.disclosure for t in (sites[run.start], sites[run.end], *ways)}
    return Cable(
        id=run.id,
        name=run.name,
        start=run.start,
        end=run.end,
        ducts=run.ducts,
        tubes=run.tubes,
        fibres=run.fibres,
        outer=DIAMETERS[run.tubes],
        length=round(sum(known) * 1.015 + slack, 1) if rng.random() < 0.7 else None,
        fibre="G.657.A1" if run.role == "drop" else "G.652.D",
        owner=run.owner,
        status=run.status,
        phase=PHASE[run.status],
        disclosure=RESTRICTED if secret else PUBLIC if known_to_all else INTERNAL,
    )


def _point(at: Array) -> Point:
    lon, lat = lonlat(at).tolist()
    return lon, lat
