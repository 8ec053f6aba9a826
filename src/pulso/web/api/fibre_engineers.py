"""What the API tells of the fibre network to engineers alone: strands, traces, who goes dark, what is redundant, every change."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from itertools import islice
from typing import Annotated, Any, Literal

from django.db.models import Q
from django.http import HttpRequest
from pydantic import BeforeValidator, Field, WithJsonSchema

from pulso.fibre.ask import answers, tracing
from pulso.fibre.ask.proposed import shared
from pulso.web.api import fibre_shapes as shapes
from pulso.web.api.asked import Asked, InWords, Paged
from pulso.web.api.fibre import stamp_with_points
from pulso.web.api.fibre_capacity import FullQuery
from pulso.web.api.fibre_capacity import cables as cables_by_use
from pulso.web.api.fibre_capacity import ducts as ducts_by_fill
from pulso.web.api.fibre_rows import at, guest, stamp
from pulso.web.api.fibre_things import rows_of
from pulso.web.api.problems import Refused, Wrong, say
from pulso.web.api.rows import Resource, Rows, Stamp
from pulso.web.api.whole import Whole
from pulso.web.api.whom import engineer, told
from pulso.web.fibre import cuts as declared
from pulso.web.fibre import reads
from pulso.web.fibre.models import Cut, Revision
from pulso.web.pages.fibre_asked import Guest
from pulso.web.pages.fibre_cable import Goes, Strand, strands
from pulso.web.pages.fibre_hangs import cut, hangs, paths, touched
from pulso.web.pages.fibre_known import name
from pulso.web.pages.fibre_near import some_of
from pulso.web.pages.fibre_refs import changed, history, officers, ref
from pulso.web.pages.fibre_risk import ranked
from pulso.web.pages.fibre_trace import HopLine, hop_line
from pulso.web.people.may import may_see_fibre_restricted
from pulso.web.readings import Reading, status

ID = 200
CHOSEN = 200
"""Things that may be cut together; more make no address that can be sent."""
Sort = Literal["duct", "cable", "site"]


def _chosen(said: object) -> object:
    sort, _colon, key = said.partition(":") if isinstance(said, str) else ("", "", "")
    if sort not in ("duct", "cable", "site") or not 0 < len(key) <= ID:
        raise ValueError(say("found {found}; what is cut is written as duct:ID, cable:ID or site:ID", found=repr(str(said)[:40])))
    return said


Chosen = Annotated[str, BeforeValidator(_chosen), WithJsonSchema({"type": "string", "pattern": "^(duct|cable|site):.{1,200}$"})]
CUT = "what is cut, as duct:ID, cable:ID or site:ID; said as often as there are things"


class StrandsQuery(Paged, InWords):
    """Of which cable."""

    cable: str = Field(min_length=1, max_length=ID, description="the cable, by its id")


class TraceQuery(Paged, InWords):
    """Which strand."""

    cable: str = Field(min_length=1, max_length=ID, description="the cable, by its id")
    strand: int = Field(ge=1, le=10_000_000, description="the strand, from 1")
    end: Literal["start", "end"] | None = Field(
        None, description="by which end of the cable light enters; where not given, the way is told from where light comes"
    )
    sent: float | None = Field(None, ge=-60, le=60, description="dBm that the transmitter sends; with `needed`, margins are told")
    needed: float | None = Field(None, ge=-60, le=60, description="dBm that the receiver needs")


class SpareQuery(Paged, InWords):
    """Near which place."""

    lon: float = Field(ge=-180, le=180, description="degrees, WGS 84")
    lat: float = Field(ge=-90, le=90, description="degrees, WGS 84")
    least: int = Field(1, ge=1, le=10_000_000, description="how many strands a cable must have to spare")


class WhatIfQuery(InWords):
    """What is cut."""

    cut: list[Chosen] = Field(min_length=1, max_length=CHOSEN, description=CUT)


class DarkQuery(Paged, InWords):
    """What is cut."""

    cut: list[Chosen] = Field(min_length=1, max_length=CHOSEN, description=CUT)


class RedundancyQuery(Paged, InWords):
    """Which customers."""

    by: Literal["cables", "ducts", "sites", "offices"] = Field(
        "ducts", description="what the paths share nothing of, where `paths` is said"
    )
    paths: Literal["0", "1", "2", "unknown"] | None = Field(
        None, description="customers with so many such paths; 2: two or more; all, where not given"
    )


class CriticalQuery(Paged, InWords):
    """What fails."""

    what: Sort | None = Field(None, description="duct, cable or site; all, where not given")


class ChangesQuery(Paged, InWords):
    """Which changes: those of a revision, or those of one thing."""

    revision: int | None = Field(None, ge=1, lt=2**31, description="those of the revision of this number")
    sort: Sort | None = Field(None, description="with `id`: those of one thing, the latest hundred")
    id: str | None = Field(None, min_length=1, max_length=ID, description="that thing's id")


@told
def strands_of(asked: Asked[StrandsQuery]) -> Rows:
    """The strands of a cable, by number: their colours, what each is used for, and where it goes at both ends. For engineers."""
    query, who = asked.query, guest(asked)
    cable = who.known.cables.get(query.cable)
    if cable is None:
        raise who.missing("cable", query.cable)
    first = 1 if asked.after is None else int(asked.after[0]) + 1
    last = min(first + query.limit - 1, cable.strands)
    rows = [_strand(cable.id, s) for s in strands(cable, range(first, last + 1), who)]
    return Rows(rows, (str(last),) if last < cable.strands else None)


@told
def spare(asked: Asked[SpareQuery]) -> Rows:
    """Cables in operation with strands to spare, by how near they end to a place, straight: the way to dig is longer. For engineers."""
    query, who = asked.query, guest(asked)
    start = 0 if asked.after is None else int(asked.after[0])
    end = start + query.limit
    rows, of = some_of(who, (query.lon, query.lat), query.least, start, query.limit)
    return Rows(rows, (str(end),) if end < of else None)


@told
def trace(asked: Asked[TraceQuery]) -> Rows:
    """Where a strand leads: hop by hop from where light comes in, with what it loses on the way, and why it goes no further. For engineers.

    Of whichever strand of a way one asks, all of it is told; through a splitter, all of its branches.
    A km of fibre is reckoned with 0.25 dB, a splice with 0.1, a connector pair with 0.5; a margin keeps 3 dB for repairs and ageing.
    """
    query, who = asked.query, guest(asked)
    cable = who.known.cables.get(query.cable)
    if cable is None:
        raise who.missing("cable", query.cable)
    if query.strand > cable.strands:
        why = say("strand: found {found}; this cable has strands 1 to {most}.", found=query.strand, most=cable.strands)
        raise Refused(404, why, (Wrong("strand", why),))
    every = tracing.trace(who.known.drawn, cable.id, query.strand, query.end).hops
    budget = tracing.Budget(query.sent, query.needed) if query.sent is not None and query.needed is not None else None
    start = 0 if asked.after is None else int(asked.after[0])
    some = every[start : start + query.limit]
    end = start + len(some)
    rows = [_hop(n, hop_line(h, budget, who)) for n, h in enumerate(some, start + 1)]
    return Rows(rows, (str(end),) if end < len(every) else None)


def what_if(asked: Asked[WhatIfQuery]) -> shapes.FibreWhatIf:
    """What would go dark if some things were cut together: how many, the first hundred by name, and which cables fail. For engineers."""
    who = guest(asked)
    by_sort = _by_sort(asked.query.cut, who)
    chosen = tuple(ref(sort, key, who.known) for sort, keys in by_sort.items() for key in keys)
    return shapes.FibreWhatIf(chosen, hangs(who, *by_sort.values()))


@told
def dark(asked: Asked[DarkQuery]) -> Rows:
    """Everybody who would go dark, wait or be left with one path if some things were cut together, the gravest first. For engineers."""
    who = guest(asked)
    ducts, cables, sites = _by_sort(asked.query.cut, who).values()
    found = cut(who.known, ducts, cables, sites)
    every = [(i, becomes) for becomes, those in touched(found).items() for i in those]
    start = 0 if asked.after is None else int(asked.after[0])
    end = start + asked.query.limit
    rows = []
    for key, becomes in every[start:end]:
        site = who.known.sites[key]
        said = (site.id, name(site), site.service, site.criticality.value)
        rows.append(shapes.FibreDark(*said, becomes, at(who, "site", site.id)))
    return Rows(rows, (str(end),) if end < len(every) else None)


@told
def redundancy(asked: Asked[RedundancyQuery]) -> Rows:
    """The register of redundancy, by id: how many paths each customer has that share no cable, duct, site or office. For engineers."""
    query, who = asked.query, guest(asked)
    every, drawn = paths(who.known), who.known.drawn
    ids = who.known.once("ids of the register", lambda: sorted(every))
    common = who.known.once("shared by customer", lambda: {s.site: s for s in who.known.once("shared", lambda: shared(drawn))})
    wanted = {None: (), "unknown": (None,)}.get(query.paths, (int(query.paths),) if query.paths in ("0", "1", "2") else ())
    start = 0 if asked.after is None else bisect_right(ids, asked.after[0])
    rows: list[shapes.FibreRedundancy] = []
    for n in range(start, len(ids)):
        found = every[ids[n]]
        if wanted and getattr(found, query.by) not in wanted:
            continue
        if len(rows) == query.limit:
            return Rows(rows, (rows[-1].id,))
        site, both = who.known.sites[found.site], common.get(found.site)
        rows.append(
            shapes.FibreRedundancy(
                id=site.id,
                name=name(site),
                service=site.service,
                criticality=site.criticality.value,
                **{what: getattr(found, what) for what in ("cables", "ducts", "sites", "offices")},
                shared=both.ducts if both else (),
                avoidable=both.avoidable if both else None,
                page=at(who, "site", site.id),
            )
        )
    return Rows(rows)


@told
def critical(asked: Asked[CriticalQuery]) -> Rows:
    """What should never be cut: ducts, cables and sites of which the failure alone darkens somebody, the worst first. For engineers."""
    query, who = asked.query, guest(asked)
    every = who.known.once("ranking by weight", lambda: sorted((c for those in ranked(who).values() for c in those), key=_worst_first))
    start = 0 if asked.after is None else bisect_right(every, asked.after, key=_worst_first)
    rows: list[shapes.FibreFailure] = []
    last = None
    for n in range(start, len(every)):
        c = every[n]
        if query.what not in (None, c.what):
            continue
        if len(rows) == query.limit:
            return Rows(rows, last)
        called, page = ref(c.what, c.id, who.known).name, at(who, c.what, c.id)
        rows.append(shapes.FibreFailure(c.what, c.id, called, c.weight, c.customers, c.life, c.essential, c.cuts, page))
        last = _worst_first(c)
    return Rows(rows)


@told
def revisions(asked: Asked[Any]) -> Rows:
    """Every change of the network as a whole, the latest first: when, by whom, why, and how much. For engineers."""
    who, limit = guest(asked), asked.query.limit
    told_last = who.known.revision + 1 if asked.after is None else int(asked.after[0])
    found = reads.revisions(who.reading.slug, who.known.revision - told_last + 1, limit)  # their numbers run from 1 without a hole
    names = officers(found, who)
    rows = [
        shapes.FibreRevision(r.number, r.at, names[r.who], r.why, r.added, r.changed, r.removed, at(who, "history", str(r.number)))
        for r in found
    ]
    return Rows(rows, (str(rows[-1].number),) if rows and rows[-1].number > 1 else None)


@told
def changes(asked: Asked[ChangesQuery]) -> Rows:
    """What was changed, field by field: by a revision, by kind and id; or of one thing, the latest first. For engineers."""
    query, who = asked.query, guest(asked)
    if query.revision is not None and (query.sort or query.id):
        why = say("stands alone, without sort and id")
        raise Refused(422, f"revision: {why}.", (Wrong("revision", why),))
    if query.revision is not None:
        return _of_revision(query.revision, asked, who)
    if query.sort is None or query.id is None:
        why = say("is needed, or sort and id of one thing")
        raise Refused(422, f"revision: {why}.", (Wrong("revision", why),))
    rows = rows_of(history(query.sort, query.id, who))
    start = 0 if asked.after is None else int(asked.after[0])
    end = start + query.limit
    return Rows(rows[start:end], (str(end),) if end < len(rows) else None)


@told
def cuts(asked: Asked[Any]) -> Rows:
    """The cuts that were declared, the latest first: what is cut, since when, why, and who is dark by it alone. For engineers."""
    slug, limit = asked.reading.slug, asked.query.limit
    first = 0
    if asked.after is not None:
        since, number = asked.after
        first = Cut.objects.filter(Q(since__gt=since) | Q(since=since, pk__gte=int(number)), city=slug).count()
    found, net = declared.declared(slug, first, limit + 1), reads.network(slug)
    loose = int(net.drawn.loose.sum()) if found and net else 0
    rows = [
        shapes.FibreCut(
            number=d.cut.pk,
            ducts=tuple(d.cut.ducts),
            cables=tuple(d.cut.cables),
            sites=tuple(d.cut.sites),
            **{field: getattr(d.cut, field) for field in ("since", "until", "why", "ended_why")},
            on=d.on,
            over=d.cut.ended_at is not None,
            dark=d.sites,
            blind=d.sensors,
            loose=loose,
        )
        for d in found[:limit]
    ]
    return Rows(rows, (rows[-1].since.isoformat(), str(rows[-1].number)) if len(found) > limit else None)


def _engineer(what: str) -> Callable[[HttpRequest, Asked[Any]], Asked[Any]]:
    def only(request: HttpRequest, asked: Asked[Any]) -> Asked[Any]:
        return engineer(request, asked, may=may_see_fibre_restricted, about=Revision(city=asked.reading.slug), what=what)

    return only


def _of_revision(number: int, asked: Asked[ChangesQuery], who: Guest) -> Rows:
    """What one revision did; no more of it is put into words than stands on the page: a first revision is a whole network."""
    back = who.known.revision - number
    found = reads.revisions(who.reading.slug, back, 1) if back >= 0 else []
    if not found:
        raise who.missing("revision", str(number))
    names, after = officers(found, who), (0, -1) if asked.after is None else (int(asked.after[0]), int(asked.after[1]))
    every = who.known.once(f"changes {number}", lambda: reads.changes(who.reading.slug, number, brief=True))
    fields = (
        (n, k, row)
        for n in range(after[0], len(every))
        for k, row in enumerate(rows_of([changed(every[n], found[0], names, who.speech)]))
        if (n, k) > after
    )
    some = list(islice(fields, asked.query.limit + 1))
    page = some[: asked.query.limit]
    return Rows([row for _, _, row in page], (str(page[-1][0]), str(page[-1][1])) if len(some) > len(page) else None)


def _by_sort(cut: list[str], who: Guest) -> dict[str, tuple[str, ...]]:
    """Ids of ducts, cables and sites that are cut, each once. NothingKnown where the network has no such thing."""
    found: dict[str, tuple[str, ...]] = {"duct": (), "cable": (), "site": ()}
    for said in dict.fromkeys(cut):
        sort, _colon, key = said.partition(":")
        if not ref(sort, key, who.known).there:
            raise who.missing(sort, key)
        found[sort] += (key,)
    return found


def _strand(cable: str, s: Strand) -> shapes.FibreStrand:
    same = ("strand", "tube", "tube_colour", "tube_stripes", "fibre", "colour", "stripes", "use", "said", "whom", "what")
    return shapes.FibreStrand(cable=cable, **{field: getattr(s, field) for field in same}, **_goes("start", s.start), **_goes("end", s.end))


def _goes(end: str, where: Goes) -> dict[str, Any]:
    return {f"{end}_{field}": value for field, value in vars(where).items()}


def _hop(number: int, h: HopLine) -> shapes.FibreHop:
    same = ("how", "splitter", "strand", "tube", "fibre", "use", "port", "km", "loss", "margin", "why", "sound", "asked")
    return shapes.FibreHop(
        hop=number,
        **{field: getattr(h, field) for field in same},
        cable=h.cable.id if h.cable else "",
        cable_called=h.cable.name if h.cable else "",
        enters=h.enters.id,
        enters_called=h.enters.name,
        leaves=h.leaves.id,
        leaves_called=h.leaves.name,
    )


def _worst_first(c: answers.Critical) -> tuple[str, str, str, str]:
    """The key that puts the heaviest first: texts, as a cursor has them."""
    return f"{10**12 - c.weight:013}", f"{10**12 - c.customers:013}", c.what, c.id


def _with_the_clock(reading: Reading) -> Stamp:
    """Another each minute too: whether a cut is in force depends on when it is asked."""
    now = status.now(reading).replace(second=0, microsecond=0)
    found = stamp(reading)
    return Stamp(f"{found.text} {now:%Y%m%d%H%M}", max(found.at or now, now))


def _resource(
    called: str, row: type[Any], query: type[Paged], make: Callable[[Asked[Any]], Rows], stamp: Callable[[Reading], Stamp] = stamp
) -> Resource:
    return Resource(called, row, query, make, stamp=stamp, series=False, whom=_engineer(called), closed=True)


class AllQuery(Paged, InWords):
    """All of them."""


FOR_ENGINEERS = (
    _resource("fibre-strands", shapes.FibreStrand, StrandsQuery, strands_of),
    _resource("fibre-spare", shapes.FibreSpare, SpareQuery, spare),
    _resource("fibre-capacity", shapes.FibreCableUse, FullQuery, cables_by_use),
    _resource("fibre-fill", shapes.FibreDuctFill, FullQuery, ducts_by_fill),
    _resource("fibre-trace", shapes.FibreHop, TraceQuery, trace),
    _resource("fibre-dark", shapes.FibreDark, DarkQuery, dark),
    _resource("fibre-redundancy", shapes.FibreRedundancy, RedundancyQuery, redundancy),
    _resource("fibre-critical", shapes.FibreFailure, CriticalQuery, critical),
    _resource("fibre-revisions", shapes.FibreRevision, AllQuery, revisions),
    _resource("fibre-changes", shapes.FibreChange, ChangesQuery, changes),
    _resource("fibre-cuts", shapes.FibreCut, AllQuery, cuts, _with_the_clock),
)
WHAT_IF = Whole("fibre-what-if", shapes.FibreWhatIf, WhatIfQuery, what_if, _engineer("fibre-what-if"), stamp_with_points, closed=True)
