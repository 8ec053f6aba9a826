"""What whoever has a role in the city may know of its network: where it runs, not what is in it, and nothing of what is restricted."""

from __future__ import annotations

from typing import TypeVar

from pulso.fibre.hidden import Hidden, hidden
from pulso.fibre.public import public
from pulso.fibre.shapes import Disclosure, Plan, Site, Thing, Works

T = TypeVar("T", Thing, Works)
BESIDE = ("sites", "ducts", "cables", "organisations", "phases")
"""What has room for what a file said beside."""


def inside(plan: Plan) -> Plan:
    """Leave out what is restricted, by object, and everything that would name it.

    It is what would be public if all that is internal were (`pulso.fibre.public`): no strands, splices, ports and splitters; lines that end
    at a hidden site go with it; no text names a hidden thing. Sites keep their service, criticality and sensors. What a file said beside
    (`more`) is for engineers: in it anything may be said of strands.
    """
    raised = plan.model_copy(update={of: tuple(_raised(t) for t in getattr(plan, of)) for of in ("sites", "ducts", "cables", "works")})
    secret, found = hidden(raised), bare(public(raised))
    sites = {s.id: s for s in plan.sites}
    levels = {of: {t.id: t.disclosure for t in getattr(plan, of)} for of in ("ducts", "cables", "works")}
    return found.model_copy(
        update={
            "sites": tuple(_whole(s, sites[s.id], secret) for s in found.sites),
            "ducts": tuple(d.model_copy(update={"disclosure": levels["ducts"][d.id]}) for d in found.ducts),
            "cables": tuple(c.model_copy(update={"disclosure": levels["cables"][c.id]}) for c in found.cables),
            "works": tuple(w.model_copy(update={"disclosure": levels["works"][w.id]}) for w in found.works),
        }
    )


def bare(plan: Plan) -> Plan:
    """A plan without what a file said beside: of strands, of contracts, of whom to call at night. Nobody reads it before it is shown."""
    parts = {of: tuple(t.model_copy(update={"more": {}}) for t in getattr(plan, of)) for of in BESIDE}
    return plan.model_copy(update=parts | {"more": {}})


def _raised(thing: T) -> T:
    """As everybody's, where it is not restricted."""
    level = Disclosure.RESTRICTED if thing.disclosure == Disclosure.RESTRICTED else Disclosure.PUBLIC
    return thing.model_copy(update={"disclosure": level})


def _whole(found: Site, site: Site, secret: Hidden) -> Site:
    sensors = tuple(s for s in site.sensors if not secret.told(s))
    kept = {"disclosure": site.disclosure, "criticality": site.criticality, "sensors": sensors}
    return found.model_copy(update=kept | {"service": secret.without(site.service)})
