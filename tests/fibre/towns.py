"""Networks of arrays as plans: large ones to measure on."""

from __future__ import annotations

import numpy as np

from pulso.core.fibre.network import Network, network
from pulso.fibre.shapes import Cable, Duct, End, Plan, Site, Splice


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


def chain(length: int) -> Network:
    """A line of cables, each in a duct of its own: an office at one end and a customer at the other."""
    number = np.arange(length + 1)
    cables = np.arange(length)
    return network(
        number == length, number == 0, np.column_stack([number[:-1], number[1:]]), np.column_stack([cables, cables]), ducts=length
    )
