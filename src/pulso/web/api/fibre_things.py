"""The fibre network in numbers, and one site, duct or cable of it: what its page tells, for whoever asks as far as they may know it."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from pulso.web.api import fibre_shapes as shapes
from pulso.web.api.asked import Asked, InWords
from pulso.web.api.fibre import in_numbers, stamp_with_points, three
from pulso.web.api.fibre_rows import as_far, at, cable_row, duct_row, guest, site_row, stamp, work_rows
from pulso.web.api.whole import Whole
from pulso.web.pages import fibre_cable, fibre_site
from pulso.web.pages.fibre_refs import Change


class SiteQuery(InWords):
    """Whether a second way is to be looked for."""

    second: bool = Field(False, description="true: a second way that could be built is looked for; for engineers")


def network(asked: Asked[InWords]) -> shapes.FibreNetwork:
    """The fibre network in numbers: its three lengths, what there is in it, and for engineers what its strands are used for."""
    who = guest(asked)
    found = in_numbers(who)
    return shapes.FibreNetwork(
        level=who.level.value,
        **{name: getattr(found, name) for name in ("name", "synthetic", "revision", "sites", "cables", "ducts", "unsaid")},
        at=who.known.at,
        **three(found.lengths),
        uses=found.strands,
        page=at(who),
    )


def site(asked: Asked[SiteQuery], name: str) -> shapes.WholeFibreSite:
    """One site of the network: what ends there, and for engineers how it stands, what hangs on it, and what was changed."""
    who = guest(asked, "second=1" if asked.query.second else "", site=name)
    found = fibre_site.site(who)
    same = ("phase", "public_building", "service", "criticality", "sensors", "ways_out", "standing", "proposal", "hangs")
    return shapes.WholeFibreSite(
        **vars(site_row(found.line, who)),
        **{field: getattr(found, field) for field in same},
        cables_there=tuple(cable_row(line, who) for line in found.cables),
        ducts_there=tuple(duct_row(line, who) for line in found.ducts),
        works=tuple(work_rows(who.known.works_at.get(name, ()), who)),
        changes=rows_of(found.changes),
    )


def duct(asked: Asked[InWords], name: str) -> shapes.WholeFibreDuct:
    """One duct of the network: which cables lie in it, and for engineers what hangs on it, and what was changed."""
    who = guest(asked, duct=name)
    found = fibre_site.duct(who)
    return shapes.WholeFibreDuct(
        **vars(duct_row(found.line, who)),
        **{field: getattr(found, field) for field in ("phase", "inner", "fill", "hangs")},
        cables_there=tuple(cable_row(line, who) for line in found.cables),
        works=tuple(work_rows(who.known.works_in.get(name, ()), who)),
        changes=rows_of(found.changes),
    )


def cable(asked: Asked[InWords], name: str) -> shapes.WholeFibreCable:
    """One cable of the network: which ducts it lies in, and for engineers what its strands are used for."""
    who = guest(asked, cable=name)
    found = fibre_cable.cable(who)
    return shapes.WholeFibreCable(
        **vars(cable_row(found.line, who)),
        **{field: getattr(found, field) for field in ("phase", "fibre", "uses", "unsaid")},
        ducts_there=tuple(duct_row(line, who) for line in found.ducts),
    )


def rows_of(changes: Iterable[Change]) -> tuple[shapes.FibreChange, ...]:
    """Changes of a page as rows: one a field, or one without where the whole thing came or went."""
    made = []
    for c in changes:
        said = (c.revision, c.at, c.who, c.why, c.sort, c.key, c.did)
        made += [shapes.FibreChange(*said, f.field, f.before, f.after) for f in c.fields] or [shapes.FibreChange(*said, "", "", "")]
    return tuple(made)


THINGS = (
    Whole("fibre", shapes.FibreNetwork, InWords, network, as_far, stamp),
    Whole("fibre-sites", shapes.WholeFibreSite, SiteQuery, site, as_far, stamp_with_points, named=True),
    Whole("fibre-ducts", shapes.WholeFibreDuct, InWords, duct, as_far, stamp_with_points, named=True),
    Whole("fibre-cables", shapes.WholeFibreCable, InWords, cable, as_far, stamp, named=True),
)
