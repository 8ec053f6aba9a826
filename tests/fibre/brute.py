"""The slow way of asking, over dicts and by ids: what answers are held to."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import combinations

import networkx as nx

from pulso.fibre.shapes import Cable, End, Kind, Plan, Port, Splice, Splitter, Status, Use


def carrying(plan: Plan) -> list[Cable]:
    """Cables that carry light: in use, between two sites in use."""
    used = {site.id for site in plan.sites if site.status == Status.OPERATIONAL}
    return [c for c in plan.cables if c.status == Status.OPERATIONAL and c.start != c.end and c.start in used and c.end in used]


def gone(plan: Plan, ducts: Collection[str] = (), cables: Collection[str] = (), sites: Collection[str] = ()) -> set[str]:
    """Cables that fail."""
    return {c.id for c in carrying(plan) if c.id in cables or c.start in sites or c.end in sites or any(duct in ducts for duct in c.ducts)}


def lit(plan: Plan, ducts: Collection[str] = (), cables: Collection[str] = (), sites: Collection[str] = ()) -> set[str]:
    """Sites that have light, customers and others, when these fail: a walk from the sources that never passes through a customer."""
    beside: dict[str, list[str]] = {}
    failed = gone(plan, ducts, cables, sites)
    for cable in carrying(plan):
        if cable.id not in failed:
            beside.setdefault(cable.start, []).append(cable.end)
            beside.setdefault(cable.end, []).append(cable.start)
    customers = {site.id for site in plan.sites if site.customer}
    seen = {site.id for site in plan.sites if site.source and site.status == Status.OPERATIONAL and site.id not in sites}
    todo = list(seen)
    while todo:
        here = todo.pop()
        if here not in customers:
            todo += [there for there in beside.get(here, ()) if there not in seen]
            seen.update(beside.get(here, ()))
    return seen


def flows(plan: Plan, customer: str, failed: Collection[str] = ()) -> tuple[int, int, int]:
    """Paths without a common cable; cable and site; and to two sources: as greatest flows (networkx), at most 2."""
    others = {site.id for site in plan.sites if site.customer and site.id != customer}
    sources = [site.id for site in plan.sites if site.source and site.status == Status.OPERATIONAL]
    found = []
    for through, home in ((9, 9), (1, 9), (1, 1)):
        graph = nx.DiGraph()
        for site in plan.sites:
            graph.add_edge((site.id, "in"), (site.id, "out"), capacity=9 if site.id == customer else home if site.source else through)
        for cable in carrying(plan):
            if cable.id not in failed and cable.start not in others and cable.end not in others:
                for a, b in ((cable.start, cable.end), (cable.end, cable.start)):
                    far = graph.get_edge_data((a, "out"), (b, "in"), {"capacity": 0})["capacity"]
                    graph.add_edge((a, "out"), (b, "in"), capacity=far + 1)
        graph.add_node("light")
        for source in sources:
            graph.add_edge((source, "out"), "light", capacity=9)
        graph.add_node((customer, "out"))
        found.append(min(2, nx.maximum_flow_value(graph, (customer, "out"), "light")))
    return found[0], found[1], found[2]


def ways(plan: Plan, customer: str) -> list[tuple[Cable, ...]]:
    """Every way of a customer to its first source that passes no site twice."""
    kind = {site.id: site for site in plan.sites}
    cables = carrying(plan)

    def onward(here: str, been: tuple[str, ...], by: tuple[Cable, ...]) -> Iterator[tuple[Cable, ...]]:
        for cable in cables:
            if here in (cable.start, cable.end):
                there = cable.end if here == cable.start else cable.start
                if kind[there].source:
                    yield (*by, cable)
                elif there not in been and not kind[there].customer:
                    yield from onward(there, (*been, there), (*by, cable))

    return list(onward(customer, (customer,), ()))


def risks(way: tuple[Cable, ...], kind: str) -> set[str]:
    """What a way shares with others, of a kind: cables, or ducts as well."""
    found = {cable.id for cable in way}
    return found | {f"duct {duct}" for cable in way for duct in cable.ducts} if kind == "duct" else found


def pairs(plan: Plan, customer: str, kind: str) -> list[tuple[tuple[Cable, ...], tuple[Cable, ...]]]:
    """Every two ways that share nothing of a kind."""
    return [(a, b) for a, b in combinations(ways(plan, customer), 2) if risks(a, kind).isdisjoint(risks(b, kind))]


At = tuple[str, str, int]
"""An end of a strand, by site, cable and number; or a port, by site, panel and number."""
Step = tuple[str, int, int, int, float, str]
"""Cable, strand, splices and connectors to its far end, dB in splitters, and why light goes no further; "" where it goes on."""


Records = tuple[dict[At, Splice | Port | Splitter], dict[At, tuple[str, int]], dict[At, Port], set[tuple[str, int]]]
"""What is at each end of each strand, what is spliced to it, what each port is patched to, and which strands are broken."""


def records(plan: Plan) -> Records:
    """Read the records, once."""
    at: dict[At, Splice | Port | Splitter] = {}
    other: dict[At, tuple[str, int]] = {}
    for row in plan.splices:
        for k in range(row.count):
            a, b = (row.one.cable, row.one.first + k), (row.other.cable, row.other.first + k)
            at[(row.site, *a)] = at[(row.site, *b)] = row
            other[(row.site, *a)], other[(row.site, *b)] = b, a
    at |= {(p.site, p.behind.cable, p.behind.first): p for p in plan.ports if p.behind}
    at |= {(s.site, e.cable, e.first): s for s in plan.splitters for e in (s.input, *s.outputs) if e}
    ports = {(p.site, p.panel, p.number): p for p in plan.ports}
    patched = {(p.site, p.panel, p.number): ports[(p.site, *p.patched)] for p in plan.ports if p.patched}
    patched |= {(q.site, q.panel, q.number): ports[place] for place, q in list(patched.items())}
    return at, other, patched, broken(plan)


def broken(plan: Plan) -> set[tuple[str, int]]:
    """Strands of which a row says that they are broken."""
    return {(row.cable, n) for row in plan.strands if row.use == Use.BROKEN for n in range(row.first, row.last + 1)}


def legs(splitter: Splitter, cable: str, strand: int) -> list[End]:
    """Where light goes on from an end at a splitter: from its input to all outputs, else to the input."""
    at_input = splitter.input is not None and (splitter.input.cable, splitter.input.first) == (cable, strand)
    return list(splitter.outputs) if at_input else [splitter.input] if splitter.input else []


def follow(plan: Plan, told: Records, cable: str, strand: int, start: str, *, whole: bool = False) -> list[Step]:
    """Follow a strand from one site, record by record. Patch cords are "" and 0."""
    cables = {c.id: c for c in plan.cables}
    at, other, patched, dark = told
    steps: list[Step] = []
    seen: set[tuple[str, int, str]] = set()

    def stop(row: int, why: str) -> None:
        steps[row] = (*steps[row][:5], why)

    def enter(name: str, n: int, site: str, before: int, splices: int, connectors: int, split: float) -> None:
        c = cables[name]
        far = c.end if site == c.start else c.start
        blocked = not whole and (c.status != Status.OPERATIONAL or (name, n) in dark)
        mark = (name, n, site if blocked else "")  # light may enter by either end what it can't pass
        if mark in seen:
            stop(before, "loop")
            return
        seen.add(mark)
        joint = None if blocked else at.get((far, name, n))
        connectors += isinstance(joint, Port)
        row = len(steps)
        steps.append((name, n, splices, connectors, split, ""))
        if blocked:
            stop(row, "notInUse" if c.status != Status.OPERATIONAL else "broken")
        elif joint is None:
            stop(row, "dangling")
        elif isinstance(joint, Splice):
            enter(*other[far, name, n], far, row, splices + 1, connectors, split)
        elif isinstance(joint, Splitter):
            onward = legs(joint, name, n)
            for leg in onward:
                enter(leg.cable, leg.first, far, row, splices, connectors, split + joint.loss)
            if not onward:
                stop(row, "leg")
        elif (far, joint.panel, joint.number) in patched:
            front = patched[far, joint.panel, joint.number]
            steps.append(("", 0, splices, connectors + 1, split, ""))
            if front.behind is None:
                stop(row + 1, "port")
            else:
                enter(front.behind.cable, front.behind.first, far, row + 1, splices, connectors + 1, split)
        else:
            stop(row, "port")

    enter(cable, strand, start, -1, 0, int(isinstance(at.get((start, cable, strand)), Port)), 0.0)
    return steps


def upstream(plan: Plan, told: Records, cable: str, strand: int, site: str, *, whole: bool = False) -> list[tuple[str, int]]:
    """The strand that light enters at a site, and those before it, as far as it can have come one way only; none for a ring."""
    cables = {c.id: c for c in plan.cables}
    at, other, patched, dark = told
    way, here, name, n = [(cable, strand)], site, cable, strand
    while joint := at.get((here, name, n)):
        if isinstance(joint, Splice):
            name, n = other[here, name, n]
        elif isinstance(joint, Splitter):
            if not joint.input or (joint.input.cable, joint.input.first) == (name, n):
                break
            name, n = joint.input.cable, joint.input.first
        else:
            front = patched.get((here, joint.panel, joint.number))
            if front is None:
                break
            way.append(("", 0))
            if front.behind is None:
                break
            name, n = front.behind.cable, front.behind.first
        if (name, n) in way:
            return []
        if not whole and (cables[name].status != Status.OPERATIONAL or (name, n) in dark):
            break
        way.append((name, n))
        here = cables[name].end if here == cables[name].start else cables[name].start
    return way


def supplies(plan: Plan, told: Records, customer: str) -> list[tuple[str, frozenset[str]]]:
    """By which cables light comes to a customer's ports as the records say, and from where: followed one by one, from the ports on."""
    cables, sites = {c.id: c for c in plan.cables}, {s.id: s for s in plan.sites}
    at, other, patched, dark = told
    carry = {c.id for c in carrying(plan)}
    found: list[tuple[str, frozenset[str]]] = []

    def ends(site: str) -> bool:
        s = sites[site]
        return (s.source or s.kind in (Kind.OFFICE, Kind.POP)) and not s.customer and s.status == Status.OPERATIONAL

    def enter(name: str, n: int, site: str, way: tuple[str, ...]) -> None:
        c = cables[name]
        if (name, n) in seen or c.status != Status.OPERATIONAL or (name, n) in dark:
            return
        seen.add((name, n))
        way, far = (*way, name), c.end if site == c.start else c.start
        joint = at.get((far, name, n))
        onward = legs(joint, name, n) if isinstance(joint, Splitter) else []
        if ends(far) and (joint is None or isinstance(joint, Port) or (isinstance(joint, Splitter) and not onward)):
            found.append((far, frozenset(way)))
        elif isinstance(joint, Splice):
            enter(*other[far, name, n], far, way)
        elif isinstance(joint, Port):
            front = patched.get((far, joint.panel, joint.number))
            if front and front.behind:
                enter(front.behind.cable, front.behind.first, far, way)
        for leg in onward:
            enter(leg.cable, leg.first, far, way)

    for port in plan.ports:
        if port.site == customer and port.behind:
            seen = set[tuple[str, int]]()
            enter(port.behind.cable, port.behind.first, customer, ())
    return [(site, way) for site, way in found if way <= carry]


def waiting(plan: Plan, ducts: Collection[str] = (), cables: Collection[str] = (), sites: Collection[str] = ()) -> tuple[set[str], int]:
    """Customers that keep a way and lose all that are recorded, and of how many that keep one nothing is recorded."""
    before, after = lit(plan), lit(plan, ducts, cables, sites)
    failed, told, found, unrecorded = gone(plan, ducts, cables, sites), records(plan), set[str](), 0
    for site in plan.sites:
        if site.customer and site.id in before & after:
            ways = supplies(plan, told, site.id)
            unrecorded += not ways
            if ways and all(way & failed or end in before - after for end, way in ways):
                found.add(site.id)
    return found, unrecorded
