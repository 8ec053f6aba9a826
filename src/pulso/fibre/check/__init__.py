"""What is wrong or doubtful in a network, whatever file it came from: references, lengths, strands, light.

`check` looks at everything; `measures` only at where things lie and how long they are. docs/reference/fibre-files.md lists the codes.
"""

from __future__ import annotations

from pulso.fibre.check import changed
from pulso.fibre.check.ground import ends, held, lengths
from pulso.fibre.check.ids import duplicates, references
from pulso.fibre.check.light import customers, ports, sources, splitters, strands, taken
from pulso.fibre.check.ways import ways
from pulso.fibre.findings import Finding, worst_first
from pulso.fibre.shapes import Plan, Point


def check(plan: Plan, around: Point | None = None) -> list[Finding]:
    """
    Look at a whole network.

    Parameters
    ----------
    plan
        Its references need not hold.
    around
        About where it should be, such as the middle of its city: a network that lies elsewhere is told.

    Returns
    -------
    list of Finding
        Worst first. `where` is the kind of thing and its id ("duct 7"), or its number in its list where it has no id ("splice 3"), counted
        from 0; or "sites", "ducts", "cables" for what is so of them all. What refers to nothing is told once, and passed over by the other
        checks.
    """
    found = [*duplicates(plan), *references(plan)]
    found += [*ways(plan), *strands(plan), *taken(plan), *ports(plan), *splitters(plan), *customers(plan), *sources(plan)]
    return worst_first([*found, *measures(plan, around)])


def measures(plan: Plan, around: Point | None = None) -> list[Finding]:
    """Look at positions, at where routes end, and at stated lengths against routes. Parameters and findings as of `check`."""
    found, right = changed.some(plan)
    parts = held(right)
    whole = changed.whole(right, parts, around)
    if whole is not None:
        found = [whole, *found]
        if whole.code == "swapped":  # whatever else is wrong is looked for with both changed back
            right = changed.back(right)
            parts = held(right)
    return worst_first([*found, *ends(right), *lengths(right, parts)])
