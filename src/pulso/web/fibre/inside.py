"""What whoever has a role in the city may know of its network: where it runs, not what is in it, and nothing of what is restricted."""

from __future__ import annotations

from typing import TypeVar

from pulso.fibre.public import public
from pulso.fibre.shapes import Disclosure, Plan, Thing, Works, changed

T = TypeVar("T", Thing, Works)
LEVELLED = ("sites", "ducts", "cables", "works")
"""What says of itself who may know of it."""
BESIDE = ("sites", "ducts", "cables", "organisations", "phases")
"""What has room for what a file said beside."""


def inside(plan: Plan) -> Plan:
    """Leave out what is restricted, by object, and everything that would name it.

    It is what would be public if all that is internal were (`pulso.fibre.public`): no strands, splices, ports and splitters; of sites
    neither service nor criticality nor sensors; lines that end at a hidden site go with it; a cable with a restricted duct names none of
    its ducts, so that nobody measures it by the others; no text names a hidden thing. What a file said beside (`more`) is for engineers: in
    it anything may be said of strands.

    It is the one rule: pages, their JSON, files, the map and the search all read this plan, and leave away nothing more by themselves.
    """
    raised = plan.model_copy(update={of: tuple(_raised(t) for t in getattr(plan, of)) for of in LEVELLED})
    found = bare(public(raised))
    levels = {of: {t.id: t.disclosure for t in getattr(plan, of)} for of in LEVELLED}
    kept = {of: tuple(changed(t, {"disclosure": levels[of][t.id]}) for t in getattr(found, of)) for of in LEVELLED}
    return found.model_copy(update=kept)


def bare(plan: Plan) -> Plan:
    """A plan without what a file said beside: of strands, of contracts, of whom to call at night. Nobody reads it before it is shown."""
    parts = {of: tuple(changed(t, {"more": {}}) for t in getattr(plan, of)) for of in BESIDE}
    return plan.model_copy(update=parts | {"more": {}})


def _raised(thing: T) -> T:
    """As everybody's, where it is not restricted."""
    level = Disclosure.RESTRICTED if thing.disclosure == Disclosure.RESTRICTED else Disclosure.PUBLIC
    return changed(thing, {"disclosure": level})
