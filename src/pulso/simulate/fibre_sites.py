"""Who is served by the synthetic fibre network, and from where: buildings, traffic lights, places with Wi-Fi; offices, cabinets."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pulso.fibre.shapes import Criticality, Disclosure, Kind
from pulso.simulate.chance import stream
from pulso.simulate.fibre_streets import Array, Ints, Streets, metres
from pulso.simulate.plan import INSTRUMENTS, ZONES, sensors
from pulso.simulate.wifi_places import Spot, spots

CITY, WATER, METRO, OPERATOR, DIGGER = "municipio", "aguas", "metro", "operadora", "obras"
"""Who owns, uses and digs: ids of organisations, all invented."""
PUBLIC, INTERNAL, RESTRICTED = Disclosure.PUBLIC, Disclosure.INTERNAL, Disclosure.RESTRICTED
LIFE, ESSENTIAL, NORMAL = Criticality.LIFE, Criticality.ESSENTIAL, Criticality.NORMAL


class Served(NamedTuple):
    """A sort of customer: what it is called, how many, what is served, and who may know."""

    key: str
    name: str
    many: int
    service: str
    criticality: Criticality
    disclosure: Disclosure
    feet: int = 1  # cables that serve it


BUILDINGS: tuple[Served, ...] = (
    Served("hospital", "Hospital", 4, "rede clínica, 10 Gbit/s", LIFE, RESTRICTED, 2),
    Served("quartel", "Quartel de Bombeiros", 5, "socorro e rádio, 1 Gbit/s", LIFE, RESTRICTED, 2),
    Served("esquadra", "Esquadra", 8, "segurança, 1 Gbit/s", LIFE, RESTRICTED, 2),
    Served("secundaria", "Escola Secundária", 14, "rede escolar, 10 Gbit/s", ESSENTIAL, PUBLIC),
    Served("basica", "Escola Básica", 68, "rede escolar, 1 Gbit/s", ESSENTIAL, PUBLIC),
    Served("infantario", "Jardim de Infância", 27, "rede escolar, 1 Gbit/s", ESSENTIAL, PUBLIC),
    Served("saude", "Centro de Saúde", 18, "rede clínica, 1 Gbit/s", ESSENTIAL, INTERNAL),
    Served("social", "Centro Social", 10, "serviços sociais, 1 Gbit/s", ESSENTIAL, INTERNAL),
    Served("habitacao", "Gabinete de Habitação Social", 20, "balcão municipal, 1 Gbit/s", ESSENTIAL, INTERNAL),
    Served("junta", "Junta de Freguesia", 7, "balcão municipal, 1 Gbit/s", NORMAL, PUBLIC),
    Served("museu", "Museu", 8, "rede cultural, 1 Gbit/s", NORMAL, PUBLIC),
    Served("piscina", "Piscina Municipal", 12, "rede desportiva, 1 Gbit/s", NORMAL, PUBLIC),
)
"""Public buildings; with 14 libraries, two markets and three halls, which have Wi-Fi, 220."""
LIGHTS = Served("semaforo", "Semáforos", 180, "controlo de semáforos, 100 Mbit/s", ESSENTIAL, INTERNAL)
FIRMS = Served("empresa", "Cliente da operadora", 24, "circuito alugado", NORMAL, RESTRICTED)
FROM_CABINETS = 3
"""Every so many bus stops one has no fibre of its own: its access point hangs on the nearest cabinet."""
CABINETS = 200


class Foot(NamedTuple):
    """A site beside the street: where it is, and at which corners its cables come in."""

    id: str
    name: str
    kind: Kind
    at: Array  # (2,) m
    entries: tuple[int, ...]  # corners, one for each way into it
    owner: str = CITY
    disclosure: Disclosure = INTERNAL
    source: bool = False
    service: str = ""
    criticality: Criticality = NORMAL
    public: bool = False
    sensors: tuple[str, ...] = ()
    feet: int = 1  # cables that serve it
    shared: bool = False  # served over a splitter


def hubs(of: Streets, seed: int) -> tuple[Foot, ...]:
    """Three central offices and four points of presence, one in each zone, in the order of the backbone. One has a single way in."""
    order = ("aldoar", "lordelo", "centro", "bonfim", "campanha", "paranhos", "ramalde")
    offices = {"centro": 1, "campanha": 2, "ramalde": 3}
    found, pops = [], 0
    for name in order:
        zone = [z.id for z in ZONES].index(name)
        here = np.flatnonzero(of.zone == zone)
        middle = of.at[here].mean(axis=0) + stream(seed, "fibre", "hub", name).normal(0, 150, 2)
        near = here[np.argsort(((of.at[here] - middle) ** 2).sum(axis=1))]
        pops += name not in offices
        one, other = int(near[0]), int(near[1])
        office = offices.get(name)
        found.append(
            Foot(
                f"central-{office}" if office else f"pop-{pops}",
                f"Central {office}" if office else f"Ponto de presença {pops} ({ZONES[zone].short})",
                Kind.OFFICE if office else Kind.POP,
                (of.at[one] + of.at[other]) / 2 + np.array([9.0, 21.0]),
                (one,) if name == "paranhos" else (one, other),
                disclosure=RESTRICTED,
                source=True,
            )
        )
    return tuple(found)


def cabinets(of: Streets, taken: set[int]) -> Ints:
    """(C,) Corners with a street cabinet, spread over every zone: each stands as far from the others as it can."""
    chosen: list[int] = []
    free = np.array([c not in taken for c in range(len(of.at))])
    for zone in range(len(ZONES)):
        here = np.flatnonzero((of.zone == zone) & free)
        far = ((of.at[here] - of.at[here].mean(axis=0)) ** 2).sum(axis=1)
        for _ in range(round(CABINETS * (of.zone == zone).mean())):
            next_one = int(here[far.argmax()])
            chosen.append(next_one)
            far = np.minimum(far, ((of.at[here] - of.at[next_one]) ** 2).sum(axis=1))
    return np.array(chosen)


def customers(of: Streets, seed: int, taken: set[int]) -> list[Foot]:
    """Everybody who is served: public buildings, traffic lights, places with Wi-Fi, and the operator's customers last."""
    rng = stream(seed, "fibre", "customers")
    many = np.array([z.residents for z in ZONES])[of.zone] / np.bincount(of.zone)[of.zone]
    many[list(taken)] = 0
    sorts = (*BUILDINGS, LIGHTS, FIRMS)
    corners = rng.choice(len(of.at), size=sum(s.many for s in sorts), replace=False, p=many / many.sum())
    found, first = [], 0
    for sort in sorts:
        for i, corner in enumerate(corners[first : first + sort.many], start=1):
            found.append(_served(of, rng, sort, i, int(corner)))
        first += sort.many
    firms = found[-FIRMS.many :]
    stops = [s for s in spots() if s.id.startswith("paragem")]
    own = [s for s in spots() if s not in stops[::FROM_CABINETS]]
    return found[: -FIRMS.many] + [_with_wifi(of, spot) for spot in own] + firms


def _served(of: Streets, rng: np.random.Generator, sort: Served, i: int, corner: int) -> Foot:
    turn, away = rng.uniform(0, 2 * np.pi), rng.uniform(6, 12) if sort is LIGHTS else rng.uniform(18, 42)
    at = of.at[corner] + away * np.array([np.cos(turn), np.sin(turn)])
    second = _second_entry(of, corner, at)
    return Foot(
        f"{sort.key}-{i:03d}",
        f"{sort.name} {i}",
        Kind.CABINET if sort is LIGHTS else Kind.BUILDING,
        at,
        (corner, second) if sort.feet > 1 else (corner,),
        owner=OPERATOR if sort is FIRMS else CITY,
        disclosure=sort.disclosure,
        service=sort.service,
        criticality=sort.criticality,
        public=sort in BUILDINGS,
        feet=sort.feet,
        shared=sort is LIGHTS,
    )


def _second_entry(of: Streets, corner: int, at: Array) -> int:
    """The corner next nearest to a building."""
    far = ((of.at - at) ** 2).sum(axis=1)
    far[corner] = np.inf
    return int(far.argmin())


def _with_wifi(of: Streets, spot: Spot) -> Foot:
    at = metres(np.array([spot.lon, spot.lat]))
    library, building = spot.id.startswith("biblioteca"), spot.id.startswith(("biblioteca", "mercado", "pavilhao"))
    return Foot(
        spot.id,
        spot.name,
        Kind.BUILDING if building else Kind.OTHER,
        at,
        (int(of.corner(at[None])[0]),),
        owner=METRO if spot.id.startswith("estacao") else CITY,
        disclosure=PUBLIC,
        service="rede cultural e Wi-Fi público, 1 Gbit/s" if library else "Wi-Fi público, 1 Gbit/s",
        public=building,
        sensors=tuple(p for p, _, _ in spot.points),
        shared=not building,
    )


def hanging(of: Streets, cabinet: Ints) -> dict[int, tuple[str, ...]]:
    """What hangs on cabinets, by corner: access points of bus stops without fibre, and the city's powered sensors but the metro's."""
    stops = [s for s in spots() if s.id.startswith("paragem")][::FROM_CABINETS]
    named = [(s.points[0][0], s.lon, s.lat) for s in stops]
    named += [(s.id, s.lon, s.lat) for kind in INSTRUMENTS if kind.powered and kind.name != "metro" for s in sensors(kind)]
    at = metres(np.array([(lon, lat) for _, lon, lat in named]))
    nearest: NDArray[np.int64] = ((of.at[cabinet][None] - at[:, None]) ** 2).sum(axis=-1).argmin(axis=1)
    found: dict[int, tuple[str, ...]] = {}
    for (sensor, _, _), n in zip(named, nearest, strict=True):
        found[int(cabinet[n])] = (*found.get(int(cabinet[n]), ()), sensor)
    return found
