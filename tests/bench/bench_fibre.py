"""The fibre network beside networkx: who goes dark, what should never be cut, a strand's way: `python -m tests.bench.bench_fibre`.

Two networks of 50,000 spans. In the first 5,000 customers hang on a mesh with trees on it, and cables share ducts; the second has 5,000
sites in all, and each span is a duct with a cable of its own. Both sides are asked by the names of things and answer with names, and the
answers must agree.

Every customer has a strand by each of its cables, spliced through to an office, so that who is dark until somebody switches over is part
of the answer; networkx is asked for the reachability alone.

Networkx gets its graph once, as it walks it fastest: undirected, a leaf for each cable of each customer, so that no walk passes through
one. What fails is taken out, everything that the office reaches is walked, and it is put back. Trying each failure is what that takes on
average, for a sample of ducts, of cables and of sites, times how many there are.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import networkx as nx
import numpy as np

from pulso.core.fibre.network import Network, network
from pulso.fibre.ask.answers import blackout, critical, cut, register
from pulso.fibre.ask.drawn import Drawn, draw
from pulso.fibre.ask.tracing import trace
from pulso.fibre.shapes import Plan
from tests.bench.figures import Figure, middle, note, tell
from tests.core.fibre.plans import city
from tests.fibre.towns import chain, town, wired

SPANS, SITES = 50_000, 5_000
SAMPLE = 40  # of each kind
KINDS = ("duct", "cable", "site")
ROOT = "light"


class Walk:
    """Networkx's graph of a plan, and what is taken out of it when something fails."""

    def __init__(self, plan: Plan) -> None:
        self.customers = {site.id for site in plan.sites if site.customer}
        self.graph: nx.Graph = nx.Graph()
        self.graph.add_nodes_from([ROOT, *(site.id for site in plan.sites if not site.customer)])
        self.graph.add_edges_from((ROOT, site.id) for site in plan.sites if site.source)
        self.ends: dict[str, tuple[object, object]] = {}
        self.fails: dict[tuple[str, str], list[str]] = {}
        self.beside: dict[frozenset[object], int] = {}
        for cable in plan.cables:
            ends = [(end, cable.id) if end in self.customers else end for end in (cable.start, cable.end)]
            self.ends[cable.id] = (ends[0], ends[1])
            self.beside[frozenset(ends)] = self.beside.get(frozenset(ends), 0) + 1
            for thing in [("cable", cable.id), ("site", cable.start), ("site", cable.end), *(("duct", duct) for duct in cable.ducts)]:
                self.fails.setdefault(thing, []).append(cable.id)
        self.graph.add_edges_from(self.ends.values())
        self.lit = nx.node_connected_component(self.graph, ROOT)
        self.feet: dict[str, list[object]] = {}
        for ends in self.ends.values():
            for end in ends:
                if isinstance(end, tuple) and end in self.lit:
                    self.feet.setdefault(end[0], []).append(end)

    def dark(self, what: str, name: str) -> set[str]:
        """Customers that lose their light."""
        out = self._taken_out(what, name)
        self.graph.remove_edges_from(out)
        lit = nx.node_connected_component(self.graph, ROOT)
        self.graph.add_edges_from(out)
        lost = {end[0] for end in self.lit - lit if isinstance(end, tuple)}
        return {customer for customer in lost if not any(foot in lit for foot in self.feet[customer])}

    def _taken_out(self, what: str, name: str) -> list[tuple[object, object]]:
        """Edges all of whose cables fail."""
        gone: dict[frozenset[object], int] = {}
        for cable in self.fails.get((what, name), []):
            gone[frozenset(self.ends[cable])] = gone.get(frozenset(self.ends[cable]), 0) + 1
        out = [tuple(pair) for pair, count in gone.items() if count == self.beside[pair]]
        return [(a, b) for a, b in out] + ([(ROOT, name)] if self.graph.has_edge(ROOT, name) else [])


def mesh(spans: int, sites: int, seed: int) -> Network:
    """A network of so many sites in all, half of them customers; each span joins two that are near, in a duct of its own."""
    rng = np.random.default_rng(seed)
    passed = sites // 2
    up = np.column_stack([np.arange(1, sites), [rng.integers(max(0, min(v, passed) - 40), min(v, passed)) for v in range(1, sites)]])
    near = rng.integers(0, passed, spans - len(up))
    more = np.column_stack([near, (near + rng.integers(1, 40, near.size)) % passed])
    number = np.arange(spans)
    return network(
        np.arange(sites) >= passed, np.arange(sites) == 0, np.concatenate([up, more]), np.column_stack([number, number]), ducts=spans
    )


def figures(turns: int) -> list[Figure]:
    """Measure."""
    both = (("5,000 customers", city(SPANS, SITES, 1)), ("5,000 sites", mesh(SPANS, SITES, 2)))
    found = [figure for name, net in both for figure in asked(f"{SPANS:,} spans, {name}", wired(town(net)), turns)]
    return [*found, *traced(turns)]


def asked(name: str, plan: Plan, turns: int) -> list[Figure]:
    """Who goes dark, and the full ranking."""
    drawn, ready = draw(plan), [timed(lambda: draw(plan).tree) for _ in range(turns)]
    joined = timed(lambda: drawn.lit)
    supplied = timed(lambda: drawn.supply)
    walk, rng = Walk(plan), np.random.default_rng(3)
    names = {"duct": [d.id for d in plan.ducts], "cable": [c.id for c in plan.cables], "site": [s.id for s in plan.sites]}
    sample = [(what, name) for what in KINDS for name in rng.choice(names[what], SAMPLE, replace=False).tolist()]
    ranked = {(row.what, row.id): row.customers for row in critical(drawn)}
    for what, one in sample:
        found = walk.dark(what, one)
        assert found == set(blackout(drawn, **{f"{what}s": [one]}).dark)
        assert len(found) == ranked[what, one]
    mine, theirs, whole, every, ratios, gains = [], [], [], [], [], []
    worst = dict.fromkeys((one for what, one in sample if what == "duct"), 0.0)
    for _ in range(turns):
        ours = {thing: timed(lambda thing=thing: blackout(drawn, **{f"{thing[0]}s": [thing[1]]})) for thing in sample}
        worst = {one: before + ours["duct", one] / turns for one, before in worst.items()}
        other = {thing: timed(lambda thing=thing: walk.dark(*thing)) for thing in sample}
        mine.append(middle(of(ours, "duct")))
        theirs.append(middle(of(other, "duct")))
        ratios.append(theirs[-1] / mine[-1])
        whole.append(middle([timed(lambda thing=thing: cut(drawn, **{f"{thing[0]}s": [thing[1]]})) for thing in sample[:SAMPLE]]))
        fresh = replace(drawn)
        every.append(timed(lambda fresh=fresh: critical(fresh)))
        gains.append(sum(float(np.mean(of(other, what))) * len(names[what]) for what in KINDS) / every[-1])
        note(f"{name}: {mine[-1]}, {theirs[-1]}, {whole[-1]}, {every[-1]}, {gains[-1]}")
    slowest = max(worst, key=worst.__getitem__)
    things = sum(map(len, names.values()))
    counted = timed(lambda: register(replace(drawn)))
    beside = "networkx: taken out, walked, put back"
    tried = f"the same for each: the mean of {SAMPLE} ducts, {SAMPLE} cables, {SAMPLE} sites, times how many there are"
    return [
        Figure(f"{name}: a plan made ready", short(middle(ready)), bar="about 2 s"),
        Figure(
            f"{name}: who goes dark with a duct, for good or until switched over, by name: the middle of {SAMPLE}",
            short(middle(mine)),
            beside,
            short(middle(theirs)),
            middle(ratios),
            "≥ 20 × faster; about < 50 ms",
            middle(ratios) >= 20,
        ),
        Figure(f"{name}: the same, the slowest of these ducts ({slowest}), its mean", short(worst[slowest]), bar="about < 50 ms"),
        Figure(f"{name}: who is left with one path as well, by cable, site, office and duct", short(middle(whole)), bar="about 50 ms"),
        Figure(f"{name}: {len(plan.splices):,} splices numbered, once", short(joined)),
        Figure(f"{name}: {drawn.supply.customer.size:,} recorded ways of customers found, once", short(supplied)),
        *followed(name, drawn, turns),
        Figure(
            f"{name}: all {things:,} ducts, cables and sites ranked",
            short(middle(every)),
            tried,
            short(middle(gains) * middle(every)),
            middle(gains),
            "≥ 200 × faster",
            middle(gains) >= 200,
        ),
        Figure(f"{name}: the register of paths", short(counted)),
    ]


def followed(name: str, drawn: Drawn, turns: int) -> list[Figure]:
    """Strands of the network itself, from a customer's port to the office."""
    ports = [p for p in drawn.plan.ports if drawn.sites.rows[drawn.sites.number[p.site]].customer and p.behind]
    rng = np.random.default_rng(4)
    took: dict[tuple[str, int], list[float]] = {}
    for p in (ports[i] for i in rng.choice(len(ports), min(len(ports), 200), replace=False)):
        cable, strand = p.behind.cable, p.behind.first
        took[cable, strand] = [timed(lambda c=cable, s=strand: trace(drawn, c, s)) for _ in range(turns)]
    slowest = max(took, key=lambda of: middle(took[of]))
    hops = [len(trace(drawn, *of).hops) for of in took]
    every, worst = middle([t for of in took.values() for t in of]), middle(took[slowest])
    return [
        Figure(
            f"{name}: a strand followed, of {min(hops)} to {max(hops)} cables: the middle of {len(took)}",
            short(every),
            bar="< 10 ms",
            met=every < 0.010,
        ),
        Figure(f"{name}: the slowest of these ({slowest[0]}, strand {slowest[1]})", short(worst), bar="< 10 ms", met=worst < 0.010),
    ]


def traced(turns: int) -> list[Figure]:
    """A strand of forty cables, in a plant of 384,000 strands."""
    plan = town(chain(8_000), spliced=39)
    drawn = draw(plan)
    ready = timed(lambda: drawn.lit)
    took = [timed(lambda i=i: trace(drawn, f"c{i:06}", 7)) for _ in range(turns) for i in range(0, 8_000, 40)]
    assert len(trace(drawn, "c000000", 7).hops) == 40
    name = f"{8_000 * 48:,} strands"
    met = middle(took) < 0.010
    return [
        Figure(f"{name}: spliced strands numbered, once", short(ready)),
        Figure(f"{name}: one followed through forty cables", short(middle(took)), bar="< 10 ms", met=met),
    ]


def of(took: dict[tuple[str, str], float], what: str) -> list[float]:
    """Seconds of one kind."""
    return [seconds for (kind, _), seconds in took.items() if kind == what]


def timed(work: Callable[[], object]) -> float:
    """Seconds of one run."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def short(seconds: float) -> str:
    """As a person reads it."""
    return f"{1000 * seconds:.2f} ms" if seconds < 1 else f"{seconds:.2f} s" if seconds < 100 else f"{seconds:,.0f} s"


if __name__ == "__main__":
    tell(figures, turns=5)
