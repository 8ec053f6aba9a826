"""Is each id there once, and does everything that is named exist?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from pulso.fibre.findings import Finding, shown
from pulso.fibre.shapes import Cable, Duct, Organisation, Phase, Plan, Site, Splitter, Works


def duplicates(plan: Plan) -> Iterator[Finding]:
    """Ids that two things of a kind have."""
    kinds: dict[str, Iterable[Site | Duct | Cable | Splitter | Works | Organisation | Phase]] = {
        "site": plan.sites,
        "duct": plan.ducts,
        "cable": plan.cables,
        "splitter": plan.splitters,
        "works": plan.works,
        "organisation": plan.organisations,
        "phase": plan.phases,
    }
    for kind, things in kinds.items():
        for key, n in Counter(thing.id for thing in things).items():
            if n > 1:
                yield Finding("duplicate-id", "error", f"{kind} {key}", f"{n} of them have this id", "an id of its own for each")


def references(plan: Plan) -> Iterator[Finding]:
    """What is named and doesn't exist."""
    known = {
        "site": {s.id for s in plan.sites},
        "duct": {d.id for d in plan.ducts},
        "cable": {c.id for c in plan.cables},
        "organisation": {o.id for o in plan.organisations},
        "phase": {p.id for p in plan.phases},
    }
    for where, field, kind, key in _named(plan):
        if key and key not in known[kind]:
            yield Finding("unknown-reference", "error", where, f"{field} {shown(key)}", f"an id of one of the {kind}s")


def _named(plan: Plan) -> Iterator[tuple[str, str, str, str]]:
    """Each reference: who makes it, in which field, to which kind of thing, to which id."""
    for kind, things in (("site", plan.sites), ("duct", plan.ducts), ("cable", plan.cables)):
        for thing in things:
            yield f"{kind} {thing.id}", "owner", "organisation", thing.owner
            yield f"{kind} {thing.id}", "phase", "phase", thing.phase
    for way in plan.ducts:
        yield from ((f"duct {way.id}", field, "site", key) for field, key in (("start", way.start), ("end", way.end)))
    for cable in plan.cables:
        yield from ((f"cable {cable.id}", field, "site", key) for field, key in (("start", cable.start), ("end", cable.end)))
        yield from ((f"cable {cable.id}", "ducts", "duct", key) for key in cable.ducts)
    for i, some in enumerate(plan.strands):
        yield f"strands {i}", "cable", "cable", some.cable
        yield f"strands {i}", "whom", "organisation", some.whom
    for i, splice in enumerate(plan.splices):
        yield f"splice {i}", "site", "site", splice.site
        yield from ((f"splice {i}", field, "cable", end.cable) for field, end in (("one", splice.one), ("other", splice.other)))
    for i, port in enumerate(plan.ports):
        yield f"port {i}", "site", "site", port.site
        yield f"port {i}", "behind", "cable", port.behind.cable if port.behind else ""
    for splitter in plan.splitters:
        yield f"splitter {splitter.id}", "site", "site", splitter.site
        ends = [*([splitter.input] if splitter.input else []), *splitter.outputs]
        yield from ((f"splitter {splitter.id}", "input or outputs", "cable", end.cable) for end in ends)
    for works in plan.works:
        yield f"works {works.id}", "whom", "organisation", works.whom
        yield from ((f"works {works.id}", "ducts", "duct", key) for key in works.ducts)
        yield from ((f"works {works.id}", "sites", "site", key) for key in works.sites)
