"""Networks of arrays as plans: large ones to measure on."""

from __future__ import annotations

import numpy as np

from pulso.core.fibre.network import Network, network
from pulso.fibre.shapes import Cable, Duct, End, Plan, Port, Site, Splice


def town(net: Network, *, spliced: int = 0) -> Plan:
    """
    Sites, ducts and cables of 4 × 12 in the network's places: "s000012", "d000004", "c000007".

    `spliced`: so many cables after each other are spliced through, strand by strand, wherever two that follow each other in number meet.
    """
    customer, source = net.customer.tolist(), net.source.tolist()
    ends = [[f"s{a:06}", f"s{b:06}"] for a, b in net.ends.tolist()]
    first = np.r_[net.links.member, 0][np.minimum(net.links.start[:-1], net.links.member.size - 1)].tolist()
    cables = tuple(
        Cable(id=f"c{i:06}", start=a, end=b, ducts=tuple(f"d{d:06}" for d in net.ducts.of(i).tolist()), tubes=4, fibres=12, length=100.0)
        for i, (a, b) in enumerate(ends)
    )
    joins = [(i, set(ends[i]) & set(ends[i + 1])) for i in range(len(ends) - 1) if i % 40 < spliced]
    return Plan(
        id="town",
        name="A large town",
        sites=tuple(Site(id=f"s{i:06}", name=f"Site {i}", customer=customer[i], source=source[i]) for i in range(len(customer))),
        ducts=tuple(Duct(id=f"d{d:06}", start=ends[i][0], end=ends[i][1], length=100.0) for d, i in enumerate(first)),
        cables=cables,
        splices=tuple(
            Splice(site=min(met), one=End(cable=f"c{i:06}", first=1), other=End(cable=f"c{i + 1:06}", first=1), count=48)
            for i, met in joins
            if len(met) == 1
        ),
        synthetic=True,
    )


def _led(plan: Plan, near: dict[str, list[tuple[str, str]]]) -> tuple[dict[str, tuple[str, str]], list[str]]:
    """By which cable light comes to each site, and from where, and the sites in the order in which it gets there."""
    led: dict[str, tuple[str, str]] = {s.id: ("", "") for s in plan.sites if s.source}
    todo = list(led)
    for here in todo:
        for cable, there in near.get(here, ()):
            if there not in led:
                led[there] = (cable, here)
                todo.append(there)
    return led, todo


def wired(plan: Plan) -> Plan:
    """Give every customer a strand by each of its cables, spliced through to an office by fewest cables, with a port at both ends."""
    customers = {s.id for s in plan.sites if s.customer}
    near: dict[str, list[tuple[str, str]]] = {}
    for c in plan.cables:
        if not customers.intersection((c.start, c.end)):
            near.setdefault(c.start, []).append((c.id, c.end))
            near.setdefault(c.end, []).append((c.id, c.start))
    led, todo = _led(plan, near)
    taken: dict[str, int] = {}
    splices, ports = list[Splice](), list[Port]()
    arriving: dict[str, list[tuple[str, int]]] = {}  # at each site: cables from below, and how many of their strands are used

    def plugged(site: str, cable: str, strand: int) -> None:
        ports.append(Port(site=site, panel="P", number=len(ports) + 1, behind=End(cable=cable, first=strand)))

    for c in plan.cables:
        who, here = (c.start, c.end) if c.start in customers else (c.end, c.start)
        if who in customers and here in led:
            plugged(who, c.id, 1)
            arriving.setdefault(here, []).append((c.id, 1))
    for here in reversed(todo):  # what hangs below comes first
        cable, above = led[here]
        for below, count in arriving.get(here, ()):
            if cable:
                first = taken.get(cable, 0)
                splices.append(Splice(site=here, one=End(cable=below, first=1), other=End(cable=cable, first=first + 1), count=count))
                taken[cable] = first + count
            else:
                for strand in range(1, count + 1):
                    plugged(here, below, strand)
        if cable and cable in taken:
            arriving.setdefault(above, []).append((cable, taken[cable]))
    cables = tuple(c.model_copy(update={"fibres": max(c.fibres, -(-taken.get(c.id, 0) // c.tubes))}) for c in plan.cables)
    return plan.model_copy(update={"cables": cables, "splices": tuple(splices), "ports": tuple(ports)})


def chain(length: int) -> Network:
    """A line of cables, each in a duct of its own: an office at one end and a customer at the other."""
    number = np.arange(length + 1)
    cables = np.arange(length)
    return network(
        number == length, number == 0, np.column_stack([number[:-1], number[1:]]), np.column_stack([cables, cables]), ducts=length
    )
