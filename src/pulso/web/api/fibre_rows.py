"""Who asks the API of the fibre network, what they may know of it, and its parts as rows: a line of a page, flat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import numpy as np
from django.http import HttpRequest, QueryDict

from pulso.fibre.ask import digs
from pulso.fibre.shapes import Disclosure, Works
from pulso.web.api import fibre_shapes as shapes
from pulso.web.api.asked import Asked
from pulso.web.api.problems import speech
from pulso.web.api.rows import Stamp
from pulso.web.api.whom import person
from pulso.web.fibre import reads
from pulso.web.innovation import shown
from pulso.web.pages.fibre_asked import Guest
from pulso.web.pages.fibre_known import known
from pulso.web.pages.fibre_refs import dig
from pulso.web.pages.fibre_shapes import CableLine, DuctLine, SiteLine
from pulso.web.pages.fibre_works import depending
from pulso.web.readings import Reading, status


def guest(asked: Asked[Any], said: str = "", **parts: str) -> Guest:
    """The question that a page would be asked, by whoever asks, in their language: it tells the same."""
    level = asked.level or Disclosure.PUBLIC
    return Guest(asked.reading, speech(), QueryDict(said), parts, network=known(asked.reading.slug, level), level=level)


def as_far(request: HttpRequest, asked: Asked[Any]) -> Asked[Any]:
    """The same question, of whoever asks it: they are told as far as they may know."""
    return replace(asked, level=reads.level(person(request), asked.reading.slug))


def stamp(reading: Reading) -> Stamp:
    """Another after each write and for another network: writes may end in another order than they began.

    Always of now: when the last write was, which may be of what whoever asks may not know, is nobody's business.
    """
    network = reads.network(reading.slug)
    return Stamp(f"{shown.edition(reading)} {network.digest if network else ''}", status.now(reading))


def at(who: Guest, *parts: str) -> str:
    """The address of a page of the network on this site."""
    return "/".join([f"/{who.speech.code}/{who.reading.slug}/fibre", *(quote(part) for part in parts)])


def zones_of(who: Guest) -> dict[str, str]:
    """The zone that each site lies in, by the site's id; those in none are left out. Worked out once for each edition of the zones."""

    def located() -> dict[str, str]:
        there = [s for s in who.known.sites.values() if s.at]
        lonlat = np.array([s.at for s in there], dtype=float).reshape(-1, 2)
        zones = who.reading.zones.locate(lonlat[:, 0], lonlat[:, 1])
        return {s.id: z for s, z in zip(there, zones, strict=True) if z}

    return who.known.once(f"zones of sites {who.reading.stamp}", located)


def site_row(line: SiteLine, who: Guest) -> shapes.FibreSite:
    """A line of a page as a row."""
    zone = zones_of(who).get(line.told.id)
    return shapes.FibreSite(**_flat(line), zone=zone, page=at(who, "site", line.told.id))


def duct_row(line: DuctLine, who: Guest) -> shapes.FibreDuct:
    """Alike."""
    return shapes.FibreDuct(**_flat(line), page=at(who, "duct", line.told.id))


def cable_row(line: CableLine, who: Guest) -> shapes.FibreCable:
    """Alike."""
    return shapes.FibreCable(**_flat(line), page=at(who, "cable", line.told.id))


def work_rows(works: Sequence[Works], who: Guest) -> list[shapes.FibreWorks]:
    """Works as rows; what depends on them only for engineers."""
    found = depending(who, works)
    return [_work(w, found.get(w.id), who) for w in works]


def _work(works: Works, found: digs.Dig | None, who: Guest) -> shapes.FibreWorks:
    line = dig(works, who)
    return shapes.FibreWorks(
        **{name: getattr(line, name) for name in ("id", "name", "first", "last", "permit", "whom")},
        ducts=tuple(r.id for r in line.ducts),
        sites=tuple(r.id for r in line.sites),
        darkened=len(found.cut.dark) if found else None,
        waiting=len(found.cut.waiting) if found else None,
        thinned=len(found.cut.thin.cables) if found else None,
        thinned_by_duct=len(found.cut.thin.ducts) if found else None,
        failing=len(found.cut.failing) if found else None,
        blind=len(found.cut.sensors) if found else None,
        unrecorded=found.cut.unrecorded if found else None,
        loose=found.cut.loose if found else None,
        clashes=tuple(t.other for t in found.together) if found else (),
        page=f"{at(who, 'works')}?from={works.first}&to={works.last}",
    )


def _flat(line: SiteLine | DuctLine | CableLine) -> dict[str, Any]:
    return vars(line.told) | {name: value for name, value in vars(line).items() if name != "told"}
