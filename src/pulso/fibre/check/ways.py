"""Do cables follow their ducts from one site to the other, and does everything lead somewhere?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pulso.fibre.check.ground import met
from pulso.fibre.findings import Finding
from pulso.fibre.shapes import Cable, Duct, Plan


def ways(plan: Plan) -> Iterator[Finding]:
    """Ducts and cables that lead back to where they begin, cables whose ducts don't join, things too thick, sites that nothing reaches."""
    ducts = {d.id: d for d in plan.ducts}
    both: tuple[Duct | Cable, ...] = (*plan.ducts, *plan.cables)
    for thing in both:
        if thing.start == thing.end:
            kind = "duct" if isinstance(thing, Duct) else "cable"
            yield Finding("circle", "warning", f"{kind} {thing.id}", f"it begins and ends at site {thing.start}", "two sites")
    for cable in plan.cables:
        inside = [ducts[d] for d in cable.ducts if d in ducts]
        if inside and len(inside) == len(cable.ducts):
            yield from _follows(cable, inside)
            yield from _fits(cable, inside)
    reached = {key for thing in both for key in (thing.start, thing.end)}
    for site in plan.sites:
        if site.id not in reached:
            yield Finding("unused-site", "warning", f"site {site.id}", "no duct and no cable leads here", "a site is where cables end")


def _follows(cable: Cable, inside: list[Duct]) -> Iterator[Finding]:
    where = f"cable {cable.id}"
    for key, n in Counter(d.id for d in inside).items():
        if n > 1:
            yield Finding("circle", "warning", where, f"it lies in duct {key} {n} times", "once in each duct")
    stopped = _walk(cable.start, inside)
    if stopped == cable.end:
        return
    if _walk(cable.start, inside[::-1]) == cable.end:
        yield Finding("ducts-reversed", "warning", where, "its ducts are listed from its end to its start", "from start to end")
        return
    if isinstance(stopped, Duct):
        yield Finding(
            "ducts-apart",
            "error",
            where,
            f"duct {stopped.id} doesn't begin where the one before ends",
            f"ducts that join from {cable.start} to {cable.end}",
        )
    else:
        yield Finding(
            "ducts-apart", "error", where, f"its ducts lead to site {stopped}", f"ducts that join from {cable.start} to {cable.end}"
        )


def _walk(start: str, inside: list[Duct]) -> str | Duct:
    """Where a way through ducts leads; the first duct that doesn't join, if one doesn't."""
    here = start
    for duct in inside:
        there = met(duct, here)
        if there is None:
            return duct
        here = there
    return here


def _fits(cable: Cable, inside: list[Duct]) -> Iterator[Finding]:
    for duct in inside:
        if cable.outer is not None and duct.inner is not None and cable.outer > duct.inner:
            found = f"{cable.outer:g} mm thick, in duct {duct.id} of {duct.inner:g} mm"
            yield Finding("too-thick", "warning", f"cable {cable.id}", found, "a cable thinner than its duct")
