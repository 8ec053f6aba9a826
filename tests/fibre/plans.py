"""Plans to try things on: a known network, a known way of light, and random networks whose references hold."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st

from pulso.fibre.shapes import (
    Cable,
    Criticality,
    Disclosure,
    Duct,
    End,
    Kind,
    Laid,
    Organisation,
    Phase,
    Plan,
    Port,
    Site,
    Splice,
    Splitter,
    Status,
    Strands,
    Use,
    Works,
)

RING = ("CO-A", "A-B", "B-C", "C-CO", "A-S1", "B-D", "D-S2", "B-S3", "C-S3")
PORTO = (-8.62, 41.15)


def ring(**ducts: tuple[str, ...]) -> Plan:
    """
    The known network: a ring of four with a spur, three customers, one of them on two feet.

    Each cable lies in a duct of its own name; `ducts` says otherwise: with `ring(trench=("A-B", "B-C"))` these two lie in "trench".
    """
    held = {cable: duct for duct, cables in ducts.items() for cable in cables}
    names = ("CO", "A", "B", "C", "D", "S1", "S2", "S3")
    sites = [
        Site(
            id=n,
            name=f"Site {n}",
            source=n == "CO",
            customer=n.startswith("S"),
            at=(PORTO[0] + 0.01 * i, PORTO[1]),
            sensors=(f"sensor-{n}",),
        )
        for i, n in enumerate(names)
    ]
    ends = {name: name.split("-") for name in RING}
    dug = {held.get(name, name): pair for name, pair in ends.items()}
    return Plan(
        id="ring",
        name="A ring with a spur",
        sites=tuple(sites),
        ducts=tuple(Duct(id=name, start=a, end=b, length=100.0) for name, (a, b) in dug.items()),
        cables=tuple(Cable(id=name, start=a, end=b, ducts=(held.get(name, name),), fibres=12) for name, (a, b) in ends.items()),
    )


def spliced() -> Plan:
    """Office to school: strand 30 of 4 × 12, a port at either end, 12.4 km in five cables, of which one was laid the other way round."""
    names = ("office", "first", "second", "third", "fourth", "school")
    sites = [Site(id=n, name=n.title(), kind=Kind.CLOSURE, source=n == "office", customer=n == "school") for n in names]
    lengths = (4_000.0, 4_000.0, 2_000.0, 2_000.0, 400.0)
    cables = [
        Cable(id=f"c{i}", start=names[i], end=names[i + 1], tubes=4, fibres=12, length=lengths[i])
        if i != 2
        else Cable(id="c2", start=names[3], end=names[2], tubes=4, fibres=12, length=lengths[2])  # laid the other way round
        for i in range(5)
    ]
    joins = [Splice(site=names[i], one=End(cable=f"c{i - 1}", first=25), other=End(cable=f"c{i}", first=25), count=12) for i in range(1, 5)]
    ends = [
        Port(site="office", panel="A", number=6, behind=End(cable="c0", first=30)),
        Port(site="school", panel="B", number=1, behind=End(cable="c4", first=30)),
    ]
    use = Strands(cable="c1", first=30, last=30, use=Use.USED, what="school network")
    return Plan(
        id="way", name="Office to school", sites=tuple(sites), cables=tuple(cables), splices=tuple(joins), ports=tuple(ends), strands=(use,)
    )


def some_plan(rnd: Random, *, sites: int = 8, ducts: int = 10, cables: int = 12, works: int = 3) -> Plan:
    """
    A random network of at most so many things of each kind. All references hold, cables' ducts join from end to end, and no end of a
    strand is in two places.

    There are islands, parallel and unconnected cables, cables whose ducts nobody knows, customers among themselves, things out of use.
    """
    places = _sites(rnd, rnd.randint(2, sites))
    dug = _ducts(rnd, places, rnd.randint(0, ducts))
    laid = _cables(rnd, places, dug, rnd.randint(0, cables))
    splices, ports, splitters = _joints(rnd, places, laid)
    return Plan(
        id="random",
        name="A random network",
        sites=tuple(places),
        ducts=tuple(dug),
        cables=tuple(laid),
        strands=tuple(_strands(rnd, laid)),
        splices=tuple(splices),
        ports=tuple(ports),
        splitters=tuple(splitters),
        works=tuple(_works(rnd, places, dug, rnd.randint(0, works))),
        organisations=(Organisation(id="o1", name="Câmara"), Organisation(id="o2", name="An operator, Lda.")),
        phases=(Phase(id="p1", name="First"), Phase(id="p2", name="Second")),
        synthetic=True,
    )


plans = st.randoms(use_true_random=False).map(some_plan)
"""Random plans that hypothesis makes smaller when a test fails."""


def _common(rnd: Random) -> dict[str, Any]:
    """What a thing has beside what it is; three in four are in use."""
    return {
        "name": rnd.choice(["", "Rua do Almada", "Praça nº 3 «norte»", "名"]),
        "owner": rnd.choice(["", "o1", "o2"]),
        "phase": rnd.choice(["", "p1", "p2"]),
        "disclosure": rnd.choice(list(Disclosure)),
        "status": rnd.choice(list(Status)) if rnd.random() < 0.25 else Status.OPERATIONAL,
        "more": rnd.choice([{}, {}, {"note": "as built", "n": 1}]),
    }


def _at(rnd: Random) -> tuple[float, float]:
    return round(PORTO[0] + rnd.randint(-500, 500) / 1e4, 6), round(PORTO[1] + rnd.randint(-300, 300) / 1e4, 6)


def _sites(rnd: Random, count: int) -> list[Site]:
    found = []
    for i in range(count):
        what = rnd.choice("scctttt")
        found.append(
            Site(
                id=f"s{i}",
                kind={"s": Kind.OFFICE, "c": Kind.BUILDING, "t": rnd.choice([Kind.MANHOLE, Kind.CABINET, Kind.CLOSURE])}[what],
                at=_at(rnd) if rnd.random() < 0.9 else None,
                source=what == "s",
                customer=what == "c",
                service="school network" if what == "c" else "",
                criticality=rnd.choice(list(Criticality)) if what == "c" else Criticality.NORMAL,
                public_building=what == "c" and rnd.random() < 0.5,
                sensors=tuple(f"sensor-{i}-{k}" for k in range(rnd.randint(0, 2))),
                **_common(rnd),
            )
        )
    return found


def _ducts(rnd: Random, sites: list[Site], count: int) -> list[Duct]:
    found = []
    for i in range(count):
        start, end = rnd.sample(sites, 2)
        route = (start.at, _at(rnd), end.at) if start.at and end.at and rnd.random() < 0.8 else ()
        found.append(
            Duct(
                id=f"d{i}",
                start=start.id,
                end=end.id,
                route=route,
                length=float(rnd.randint(10, 2_000)) if rnd.random() < 0.3 else None,
                laid=rnd.choice([None, *Laid]),
                inner=rnd.choice([None, 40.0, 110.0]),
                **_common(rnd),
            )
        )
    return found


def _cables(rnd: Random, sites: list[Site], ducts: list[Duct], count: int) -> list[Cable]:
    found = []
    for i in range(count):
        start = rnd.choice(sites).id
        end, way = start, list[str]()
        for _ in range(rnd.randint(1, 3)):
            onward = [d for d in ducts if end in (d.start, d.end)]
            if onward and (duct := rnd.choice(onward)):
                end = duct.end if end == duct.start else duct.start
                way.append(duct.id)
        if end == start:
            end, way = rnd.choice([s.id for s in sites if s.id != start]), []
        found.append(
            Cable(
                id=f"c{i}",
                start=start,
                end=end,
                ducts=tuple(way),
                tubes=rnd.randint(1, 2),
                fibres=rnd.choice([1, 2, 4]),
                outer=rnd.choice([None, 12.5]),
                length=float(rnd.randint(10, 5_000)) if rnd.random() < 0.6 else None,
                fibre=rnd.choice(["", "G.652"]),
                **_common(rnd),
            )
        )
    return found


def _strands(rnd: Random, cables: list[Cable]) -> list[Strands]:
    found = []
    for cable in cables:
        first = 1
        while first <= cable.strands:
            last = rnd.randint(first, cable.strands)
            if rnd.random() < 0.6:
                found.append(Strands(cable=cable.id, first=first, last=last, use=rnd.choice(list(Use)), whom=rnd.choice(["", "o2"])))
            first = last + 1
    return found


def _joints(rnd: Random, sites: list[Site], cables: list[Cable]) -> tuple[list[Splice], list[Port], list[Splitter]]:
    """Every end of a strand is taken at most once: spliced, behind a port, at a splitter, or left."""
    splices, ports, splitters = list[Splice](), list[Port](), list[Splitter]()
    for site in sites:
        free = [End(cable=c.id, first=n) for c in cables if site.id in (c.start, c.end) for n in range(1, c.strands + 1)]
        rnd.shuffle(free)
        while free:
            how = rnd.choice(["splice", "splice", "splice", "port", "splitter", "left"])
            one = free.pop()
            if how == "splice" and free:
                splices.append(_ribbon(rnd, site.id, one, free))
            elif how == "port":
                ports.append(Port(site=site.id, panel="P", number=len(ports) + 1, behind=one))
            elif how == "splitter":
                legs = tuple(free.pop() for _ in range(min(len(free), rnd.randint(0, 2))))
                splitters.append(Splitter(id=f"x{len(splitters)}", site=site.id, input=one, outputs=legs, ways=4, loss=7.0))
        here = [k for k, port in enumerate(ports) if port.site == site.id]
        for a, b in zip(here[::2], here[1::2], strict=False):
            if rnd.random() < 0.5:
                ports[a] = ports[a].model_copy(update={"patched": ("P", ports[b].number)})
    return splices, ports, splitters


def _ribbon(rnd: Random, site: str, one: End, free: list[End]) -> Splice:
    """A splice of as many neighbours as are free on both sides, at most three."""
    other = free.pop()
    count = 1
    while count < 3:
        more = [End(cable=e.cable, first=e.first + count) for e in (one, other)]
        if more[0] == more[1] or any(e not in free for e in more) or rnd.random() < 0.3:
            break
        for end in more:
            free.remove(end)
        count += 1
    return Splice(site=site, one=one, other=other, count=count)


def _works(rnd: Random, sites: list[Site], ducts: list[Duct], count: int) -> list[Works]:
    found = []
    for i in range(count):
        first = date(2026, 5, 1) + timedelta(days=rnd.randint(0, 20))
        found.append(
            Works(
                id=f"w{i}",
                name=f"Dig {i}",
                first=first,
                last=first + timedelta(days=rnd.randint(0, 9)),
                ducts=tuple(d.id for d in rnd.sample(ducts, min(len(ducts), rnd.randint(0, 2)))),
                sites=tuple(s.id for s in rnd.sample(sites, rnd.randint(0, 1))),
                permit=rnd.choice(["", "NUP/2026/12"]),
                whom=rnd.choice(["", "o2"]),
                disclosure=rnd.choice(list(Disclosure)),
            )
        )
    return found
