"""Can strands be joined as is said? Each end of a strand once, at a site where its cable ends, and customers are nobody's way."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import log10
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pulso.fibre.findings import Finding
from pulso.fibre.shapes import Cable, End, Plan


class Use(NamedTuple):
    """Ends of strands of a cable at a site that something takes."""

    where: str
    site: str
    end: End
    n: int  # so many, from `end.first` on


def uses(plan: Plan) -> Iterator[Use]:
    """Everything that takes ends of strands: splices, ports, splitters."""
    for i, splice in enumerate(plan.splices):
        yield from (Use(f"splice {i}", splice.site, end, splice.count) for end in (splice.one, splice.other))
    for i, port in enumerate(plan.ports):
        if port.behind:
            yield Use(f"port {i}", port.site, port.behind, 1)
    for splitter in plan.splitters:
        ends = [*([splitter.input] if splitter.input else []), *splitter.outputs]
        yield from (Use(f"splitter {splitter.id}", splitter.site, end, 1) for end in ends)


def strands(plan: Plan) -> Iterator[Finding]:
    """Strands that a cable hasn't, or of which two things are said."""
    cables = {c.id: c for c in plan.cables}
    said: dict[str, list[tuple[int, int, int]]] = {}
    for i, some in enumerate(plan.strands):
        if some.last < some.first:
            yield Finding("strands-order", "error", f"strands {i}", f"{some.first} to {some.last}", "the first, then the last")
        elif some.cable in cables:
            yield from _beyond(f"strands {i}", cables[some.cable], some.last)
            said.setdefault(some.cable, []).append((some.first, some.last, i))
    for key, spans in said.items():
        spans.sort()
        for (_, last, one), (first, _, other) in pairwise(spans):
            if first <= last:
                found = f"strand {first} of cable {key} is also in strands {one}"
                yield Finding("strands-twice", "error", f"strands {other}", found, "one use for each strand")
    for use in uses(plan):
        if use.end.cable in cables:
            cable = cables[use.end.cable]
            yield from _beyond(use.where, cable, use.end.first + use.n - 1)
            if use.site not in (cable.start, cable.end):
                found = f"cable {cable.id} at site {use.site}"
                yield Finding("not-its-end", "error", use.where, found, f"it ends at {cable.start} and {cable.end}")


def _beyond(where: str, cable: Cable, last: int) -> Iterator[Finding]:
    if last > cable.strands:
        yield Finding("beyond-cable", "error", where, f"strand {last} of cable {cable.id}", f"it has {cable.strands}")


def taken(plan: Plan) -> Iterator[Finding]:
    """Ends of strands that two things take, and strands joined into a ring, in which no light begins or ends."""
    cables = {c.id: c for c in plan.cables}
    first: dict[tuple[str, str], dict[int, str]] = {}
    for use in uses(plan):
        if use.end.cable not in cables or use.site not in (cables[use.end.cable].start, cables[use.end.cable].end):
            continue
        there = first.setdefault((use.end.cable, use.site), {})
        room = 2 if cables[use.end.cable].start == cables[use.end.cable].end else 1
        for strand in range(use.end.first, min(use.end.first + use.n - 1, cables[use.end.cable].strands) + 1):
            before = there.setdefault(strand, use.where)
            if before != use.where and room == 1:
                found = f"strand {strand} of cable {use.end.cable} at site {use.site} is taken by {before}"
                yield Finding("strand-taken", "error", use.where, found, "one splice, port or splitter for each end of a strand")
                break
    yield from _rings(plan, cables)


def _rings(plan: Plan, cables: dict[str, Cable]) -> Iterator[Finding]:
    offset, total = {}, 0
    for cable in cables.values():
        offset[cable.id] = total
        total += cable.strands
    pairs, rows = [], []
    for i, splice in enumerate(plan.splices):
        one, other = cables.get(splice.one.cable), cables.get(splice.other.cable)
        if one and other and splice.site in (one.start, one.end) and splice.site in (other.start, other.end):
            n = min(splice.count, one.strands - splice.one.first + 1, other.strands - splice.other.first + 1)
            step = np.arange(max(n, 0))
            pairs.append(np.stack([offset[one.id] + splice.one.first - 1 + step, offset[other.id] + splice.other.first - 1 + step]))
            rows.append(np.full(step.size, i))
    if not pairs:
        return
    joined, splice_of = np.concatenate(pairs, axis=1), np.concatenate(rows)
    n, piece = connected_components(coo_array((np.ones(joined.shape[1], bool), joined), shape=(total, total)), directed=False)
    links, members = np.bincount(piece[joined[0]], minlength=n), np.bincount(piece, minlength=n)
    closed = np.flatnonzero(links >= members)
    seen = set()
    for k in closed:
        i = int(splice_of[piece[joined[0]] == k][0])
        if i not in seen:
            seen.add(i)
            found = f"{members[k]} strands are joined in a ring"
            yield Finding("ring", "warning", f"splice {i}", found, "strands with two ends")


def ports(plan: Plan) -> Iterator[Finding]:
    """Ports that stand twice, and patches that don't fit."""
    known: dict[tuple[str, str, int], int] = {}
    for i, port in enumerate(plan.ports):
        before = known.setdefault((port.site, port.panel, port.number), i)
        if before != i:
            found = f"port {port.number} of panel {port.panel} at site {port.site} is port {before} already"
            yield Finding("port-taken", "error", f"port {i}", found, "each port once")
    fronts: dict[tuple[str, str, int], int] = {}
    for i, port in enumerate(plan.ports):
        if port.patched is None:
            continue
        own, other = (port.site, port.panel, port.number), (port.site, *port.patched)
        if own == other:
            yield Finding("patched-to-itself", "error", f"port {i}", "it is patched to itself", "two ports")
            continue
        if other not in known:
            found = f"it is patched to port {other[2]} of panel {other[1]}, which site {port.site} hasn't"
            yield Finding("unknown-reference", "error", f"port {i}", found, "a port of the same site")
        elif plan.ports[known[other]].patched == (port.panel, port.number):
            continue  # both say the same
        for front in (own, other):
            before = fronts.setdefault(front, i)
            if before != i:
                found = f"port {front[2]} of panel {front[1]} at site {port.site} is patched by port {before} already"
                yield Finding("port-taken", "error", f"port {i}", found, "one patch for each port")


def splitters(plan: Plan) -> Iterator[Finding]:
    """Splitters with more outputs than ways, or that lose less light than physics lets them."""
    for splitter in plan.splitters:
        if len(splitter.outputs) > splitter.ways:
            found = f"{len(splitter.outputs)} outputs"
            yield Finding("too-many-outputs", "error", f"splitter {splitter.id}", found, f"at most its {splitter.ways} ways")
        least = 10 * log10(splitter.ways)
        if splitter.loss < least - 0.05:
            found = f"a loss of {splitter.loss:g} dB"
            yield Finding(
                "too-little-loss", "warning", f"splitter {splitter.id}", found, f"1:{splitter.ways} loses at least {least:.2f} dB"
            )


def customers(plan: Plan) -> Iterator[Finding]:
    """Customers through which light would go on: a customer is served, and is never transit."""
    served = {s.id for s in plan.sites if s.customer}
    for i, splice in enumerate(plan.splices):
        if splice.site in served and splice.one.cable != splice.other.cable:
            found = f"cables {splice.one.cable} and {splice.other.cable} are joined at the customer's site {splice.site}"
            yield Finding(
                "customer-transit", "warning", f"splice {i}", found, "a site of its own for the closure; light doesn't pass a customer"
            )
    behind = {(p.site, p.panel, p.number): p.behind.cable for p in plan.ports if p.behind}
    for i, port in enumerate(plan.ports):
        other = behind.get((port.site, *port.patched)) if port.patched else None
        if port.site in served and other and port.behind and other != port.behind.cable:
            found = f"cables {port.behind.cable} and {other} are patched at the customer's site {port.site}"
            yield Finding(
                "customer-transit", "warning", f"port {i}", found, "a site of its own for the panel; light doesn't pass a customer"
            )


def sources(plan: Plan) -> Iterator[Finding]:
    """A network without light."""
    if plan.sites and not any(s.source for s in plan.sites):
        accepted = "say which sites are sources; until then nobody can say who goes dark"
        yield Finding("no-source", "note", "sites", f"none of {len(plan.sites)} sites is a source of light", accepted)
