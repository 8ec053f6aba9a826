"""Networks to try things on: the known one, random ones, a large one, and the slow way of asking."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from pulso.core.fibre.network import Network, network

CO, A, B, C, D, S1, S2, S3 = range(8)
ENDS = np.array([(CO, A), (A, B), (B, C), (C, CO), (A, S1), (B, D), (D, S2), (B, S3), (C, S3)])
CO_A, A_B, B_C, C_CO, A_S1, B_D, D_S2, B_S3, C_S3 = range(9)


def ring(lies=(), ducts=0) -> Network:
    """The known network: a ring of four with a spur; three customers, one of them on two feet."""
    return network(np.arange(8) >= S1, np.arange(8) == CO, ENDS, lies, ducts=ducts)


def reach(net: Network, links=(), sites=()) -> np.ndarray:
    """Customers that have light without these links and sites, walked link by link."""
    gone, shut = {int(x) for x in links}, {int(x) for x in sites}
    seen = {int(s) for s in np.flatnonzero(net.source)} - shut
    todo = list(seen)
    while todo:
        here = todo.pop()
        if net.customer[here]:
            continue
        for i in net.at.of(here):
            there = int(net.ends[i].sum() - here)
            if int(i) not in gone and there not in seen and there not in shut:
                seen.add(there)
                todo.append(there)
    return np.isin(np.arange(net.customer.size), list(seen)) & net.customer


@st.composite
def networks(draw, sites=9, links=16, ducts=6, alone=False) -> Network:
    """Small networks with parallel links, islands, customers among themselves and ducts of any shape; `alone`: one a link at most."""
    kinds = np.array(draw(st.lists(st.sampled_from("scttt"), min_size=2, max_size=sites)))
    pair = st.tuples(st.integers(0, kinds.size - 1), st.integers(0, kinds.size - 1)).filter(lambda p: p[0] != p[1])
    ends = draw(st.lists(pair, max_size=links))
    held = st.tuples(st.integers(0, max(len(ends) - 1, 0)), st.integers(0, ducts - 1))
    lies = draw(st.lists(held, max_size=2 * links, unique_by=(lambda row: row[0]) if alone else None)) if ends else []
    return network(kinds == "c", kinds == "s", np.array(ends, int), np.array(lies, int), ducts=ducts)


def city(spans: int, customers: int, seed: int, *, tied: float = 0.3) -> Network:
    """A large network: a mesh of junctions, trees on it, customers on one or two feet, ducts that hold one to six links."""
    rng = np.random.default_rng(seed)
    junctions = int(spans * 0.7)
    up = np.array([rng.integers(max(0, v - 60), v) for v in range(1, junctions)])
    backbone = np.column_stack([up, np.arange(1, junctions)])
    customer = np.repeat(np.arange(customers), np.where(rng.random(customers) < tied, 2, 1)) + junctions
    feet = np.column_stack([rng.integers(0, junctions, customer.size), customer])
    more = spans - len(backbone) - len(feet)
    near = rng.integers(0, junctions // 4, more)
    mesh = np.column_stack([near, (near + rng.integers(1, 60, more)) % junctions])
    ends = np.concatenate([backbone, mesh, feet])
    n = junctions + customers
    link = np.r_[np.arange(spans), rng.integers(0, spans, spans)]
    beside = np.clip(link[spans:] + rng.integers(-20, 20, spans), 0, spans - 1)  # cables that share a duct lie near each other
    lies = np.column_stack([link, np.r_[np.arange(spans), beside] // 2])
    source = np.isin(np.arange(n), [0, junctions // 3, junctions // 2])
    return network(np.arange(n) >= junctions, source, ends, lies, ducts=spans // 2 + 1)
