"""What everybody may know of a network: the public things, without what would give the others away."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pulso.fibre.hidden import Hidden, hidden
from pulso.fibre.shapes import Cable, Disclosure, Duct, Plan, Site, Thing, Works, changed

UNTOLD = ("service", "criticality", "sensors")
"""Of a site, what is never everybody's: in a public plan it is as if nobody had said it, and files leave its columns out."""


def public(plan: Plan) -> Plan:
    """
    Take from a network what isn't everybody's.

    - Only things whose disclosure is public stay; of an id that is said twice, both must be.
    - No strands, splices, ports or splitters; no works that are not public.
    - Of a site neither service nor criticality nor sensors (`UNTOLD`).
    - A duct or cable that ends at a site that doesn't stay is left out whole: a line that stops short of a place points to it.
    - A cable of which a duct doesn't stay names none (`veiled`): from the others one could tell where the hidden ones lie, and would
      measure its sheath too short. Its length is what was recorded of the cable itself, or unknown.
    - A point of a route that lies within about a metre of a hidden site is taken out of the route, unless a public site lies right there.
    - Organisations and phases stay that something that stays names. Where an owner's or a phase's id names a hidden thing, it is left away.
    - A name or another text that names a hidden thing (the words of its id or name, whatever the case, the accents, and what stands between
      them) is emptied; a thing whose own id does so is left out. So are parts of `more` that hold such words, or a coordinate of a hidden
      place. Ids without a letter say nothing, and are looked for only where they stand alone in `more`, or are said of the same kind of
      thing.

    What is left of it all is a plan like any other, and can be written in every form.
    """
    secret = hidden(plan)
    sites = tuple(_site(s, secret) for s in plan.sites if _stays("sites", s, secret))
    here = {s.id for s in sites}
    ducts = tuple(_duct(d, secret) for d in plan.ducts if _stays("ducts", d, secret) and {d.start, d.end} <= here)
    dug = {d.id for d in ducts}
    cables = tuple(_cable(c, dug, secret) for c in plan.cables if _stays("cables", c, secret) and {c.start, c.end} <= here)
    works = tuple(_works(w, here, dug, secret) for w in plan.works if _stays("works", w, secret))
    things: list[Thing] = [*sites, *ducts, *cables]
    owners = {t.owner for t in things} | {w.whom for w in works}
    phases = {t.phase for t in things}
    return Plan(
        id="network" if secret.told(plan.id) else plan.id,
        name=secret.without(plan.name),
        sites=sites,
        ducts=ducts,
        cables=cables,
        works=works,
        organisations=tuple(_named(plan.organisations, owners, secret)),
        phases=tuple(_named(plan.phases, phases, secret)),
        synthetic=plan.synthetic,
        more=secret.kept(plan.more),
    )


def veiled(plan: Plan, told: Plan) -> frozenset[str]:
    """Ids of the cables of which the way, or a part of it, is known but not told: a duct of theirs is in the plan alone."""
    here, untold = {c.id for c in told.cables}, {d.id for d in plan.ducts} - {d.id for d in told.ducts}
    return frozenset(c.id for c in plan.cables if c.id in here and not untold.isdisjoint(c.ducts))


def _stays(kind: str, row: Any, secret: Hidden) -> bool:
    return row.disclosure is Disclosure.PUBLIC and (kind, row.id) not in secret.ids and not secret.told(row.id)


def _common(thing: Thing, secret: Hidden) -> dict[str, Any]:
    return {
        "name": secret.without(thing.name),
        "owner": secret.without(thing.owner),
        "phase": secret.without(thing.phase),
        "more": secret.kept(thing.more),
    }


def _site(site: Site, secret: Hidden) -> Site:
    return changed(site, {**_common(site, secret), **{field: Site.model_fields[field].default for field in UNTOLD}})


def _duct(duct: Duct, secret: Hidden) -> Duct:
    route = tuple(p for p in duct.route if not secret.lies(p))
    return changed(duct, {**_common(duct, secret), "route": route if len(route) > 1 else ()})


def _cable(cable: Cable, dug: set[str], secret: Hidden) -> Cable:
    ducts = cable.ducts if dug.issuperset(cable.ducts) else ()
    return changed(cable, {**_common(cable, secret), "ducts": ducts, "fibre": secret.without(cable.fibre)})


def _works(works: Works, sites: set[str], ducts: set[str], secret: Hidden) -> Works:
    named = {f: secret.without(getattr(works, f)) for f in ("name", "permit", "whom")}
    touched = {"ducts": tuple(d for d in works.ducts if d in ducts), "sites": tuple(s for s in works.sites if s in sites)}
    return changed(works, {**named, **touched})


def _named(rows: Iterable[Any], ids: set[str], secret: Hidden) -> list[Any]:
    """Organisations or phases that are named by what stays."""
    return [
        changed(r, {"name": secret.without(r.name), "more": secret.kept(r.more)}) for r in rows if r.id in ids and not secret.told(r.id)
    ]
