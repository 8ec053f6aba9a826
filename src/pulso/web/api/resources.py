"""What the API tells of a city: rows of many kinds, each made by one function."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from pulso.show import names
from pulso.show.language import speak
from pulso.web.api import shapes
from pulso.web.api.asked import Asked, EventsQuery, FlagsQuery, Paged, QualityQuery, ValuesQuery
from pulso.web.api.cursor import Key
from pulso.web.api.effects import EFFECTS
from pulso.web.api.fibre import FOR_ALL
from pulso.web.api.fibre_engineers import FOR_ENGINEERS
from pulso.web.api.innovation import LOOP
from pulso.web.api.problems import Refused, say
from pulso.web.api.rows import Resource, Rows, Stamp, part
from pulso.web.api.wifi import PLACES
from pulso.web.api.wifi_presence import PRESENCE
from pulso.web.contracts import reads as contracts
from pulso.web.contracts.models import Incident
from pulso.web.pages.shapes import where_to_read
from pulso.web.readings import Brief, City, Reading, Span, Zones, status, walks
from pulso.web.readings.periods import Grain, Period, begin, length, periods

DAY = timedelta(days=1)
EVERY = "all"


def city_row(city: City, zones: Zones) -> dict[str, Any]:
    """What a city's file says of it."""
    place = city.city
    return {
        "city": city.slug,
        "name": place.name,
        "timezone": place.timezone,
        "country": place.country,
        "language": place.language,
        "synthetic": place.synthetic,
        "zones": len(zones.all),
        "metrics": len(city.metrics),
        "sources": len(city.sources),
    }


def zones(asked: Asked[Paged]) -> Rows:
    """The zones of a city. As GeoJSON: their outlines."""
    found, centres = asked.reading.zones, walks.centres(asked.reading)
    leaves = {z.id for z in found.leaves}
    rows = [shapes.Zone(z.id, z.name, z.parent, z.id in leaves, *centres[z.id]) for z in found.all]
    return part(rows, lambda r: (r.zone,), asked)


def metrics(asked: Asked[Paged]) -> Rows:
    """The metrics of a city: what its index is made of."""
    rows = [
        shapes.Metric(m.name, m.name_en, m.name_pt, m.domain, m.source, m.unit, m.importance, m.footprint)
        for m in walks.measures(asked.reading)
    ]
    return part(rows, lambda r: (r.metric,), asked)


def values(asked: Asked[ValuesQuery]) -> Rows:
    """What is published, by day and zone, in order of day, zone and metric.

    Days and zones of which nothing was published have no row; `quality` names them. All pages of a walk are told as of one moment:
    what is published meanwhile changes none of them. Weeks and months are made of the days' published index.
    """
    query, reading = asked.query, asked.reading
    if query.grain == "hour":
        raise Refused(400, say("grain: found 'hour'; an index of the hour is not published. Ask for grain=day, week or month."))
    names = _names(reading, query.metric)
    as_of = asked.as_of or reading.last_vintage()
    span = _span(asked)
    if as_of is None or span is None:
        return Rows([], None, as_of)
    if query.grain != "day":
        return _periods(asked, names, span, query.grain, as_of)
    day, zone, name = _stand(asked.after)
    within = () if day is None else tuple(n for n in names if (n or "") > name)
    # a day may be told in part: the walk then begins again at that day and zone
    before = None if day is None else ((day, zone) if not within else _just_before(day, zone, asked.zones()))
    days = walks.walk(reading, asked.zones(), *span, as_of, before, -(-query.limit // len(names)) + 2, head_only=names == (None,))
    rows = []
    for brief in days:
        told = within if day is not None and within and (brief.day, brief.zone or "") == (day, zone) else names
        rows += [value(brief, n, reading.city) for n in told]
        if len(rows) > query.limit:
            break
    page = rows[: query.limit]
    return Rows(page, (page[-1].day.isoformat(), page[-1].zone or "", page[-1].metric or "") if len(rows) > len(page) else None, as_of)


def _periods(asked: Asked[ValuesQuery], names: tuple[str | None, ...], span: tuple[date, date], grain: Grain, as_of: datetime) -> Rows:
    """A page of weeks or months: so many are read as fill it, and more where that was not enough."""
    published = asked.reading.days(as_of)
    if published is None or span[1] < published[0] or span[0] > published[1]:
        return Rows([], None, as_of)
    limit, zones = asked.query.limit, asked.zones()
    start, end = begin(max(span[0], published[0]), grain), begin(min(span[1], published[1]), grain)
    if asked.after is not None:
        start = date.fromisoformat(asked.after[0])
    n = -(-limit // (len(zones) * len(names))) + 2
    while True:
        last = start
        for _ in range(n):
            last = min(end, last + timedelta(days=length(last, grain)))
        found = periods(asked.reading, zones, names, grain, start, last, as_of)
        rows = [r for r in found if asked.after is None or _stands(r) > asked.after]
        if len(rows) > limit or last == end:
            break
        n *= 4
    page = [_of_period(r, grain) for r in rows[:limit]]
    return Rows(page, _stands(rows[limit - 1]) if len(rows) > limit else None, as_of)


def _stands(row: Period) -> Key:
    return (row.first.isoformat(), row.zone or "", row.name or "")


def _of_period(p: Period, grain: Grain) -> shapes.Value:
    """A week or month as a row: what only days have is null."""
    return shapes.Value(
        zone=p.zone,
        day=p.first,
        metric=p.name,
        index=p.index,
        interval_low=None,
        interval_high=None,
        normal_low=None,
        normal_high=None,
        level_index=None,
        weight_seen=p.weight_seen,
        status=p.status,
        stage=p.stage,
        vintage=p.vintage,
        grain=grain,
        days_seen=p.days_seen,
        days_expected=p.days_expected,
    )


def value(brief: Brief, name: str | None, city: City) -> shapes.Value:
    """One number of a day: the headline, or a metric's, or a domain's."""
    if name is None:
        index = brief.index
    elif name in city.metrics:
        index = brief.metrics.get(name)
    else:
        index = next((d.index for d in brief.domains if d.domain == name), None)
    low, high = (brief.interval if name is None else None) or (None, None)
    below, above = (brief.normal_range if name is None else None) or (None, None)
    return shapes.Value(
        zone=brief.zone,
        day=brief.day,
        metric=name,
        index=index,
        interval_low=low,
        interval_high=high,
        normal_low=below,
        normal_high=above,
        level_index=brief.level_index if name is None else None,
        weight_seen=brief.weight_seen,
        status=brief.status,
        stage=brief.stage,
        vintage=brief.vintage,
        days_seen=int(index is not None),
    )


def quality(asked: Asked[QualityQuery]) -> Rows:
    """How well each day of each zone is known: how much was seen, how often it was revised, and the gaps, named."""
    reading = asked.reading
    as_of = asked.as_of or reading.last_vintage()
    span = _span(asked) if as_of else None
    published = reading.days(as_of) if as_of else None
    if as_of is None or span is None or published is None:
        return Rows([], None, as_of)
    first, last = max(span[0], published[0]), min(span[1], published[1])
    day, zone, _ = _stand(asked.after)
    cells = list(_cells(asked.zones(), max(first, day or first), last, asked.query.limit + 1 + len(reading.zone_ids)))
    cells = [c for c in cells if day is None or c > (day, zone)][: asked.query.limit + 1]
    if not cells:
        return Rows([], None, as_of)
    page = how_well(reading, cells[: asked.query.limit], asked.zones(), as_of)
    return Rows(page, (page[-1].day.isoformat(), page[-1].zone or "", "") if len(cells) > len(page) else None, as_of)


def how_well(reading: Reading, cells: Sequence[tuple[date, str]], zones: Sequence[str | None], as_of: datetime) -> list[shapes.Quality]:
    """How well each of these days and zones ("": the city) is known; they are in order, and among these zones."""
    ends = cells[0][0], cells[-1][0]
    told = {(b.day, b.zone or ""): b for b in walks.walk(reading, zones, *ends, as_of, None, len(cells) + 2 * len(reading.zone_ids))}
    times = walks.times(reading, zones, *ends, as_of)
    return [_quality(c, told.get(c), *times.get(c, (0, None))) for c in cells]


def _quality(cell: tuple[date, str], brief: Brief | None, publications: int, first: Any) -> shapes.Quality:
    known = list(brief.metrics.values()) if brief else None
    return shapes.Quality(
        zone=cell[1] or None,
        day=cell[0],
        status=brief.status if brief else "absent",
        weight_seen=brief.weight_seen if brief else None,
        metrics_seen=None if known is None else sum(i is not None for i in known),
        metrics_known=None if known is None else len(known),
        publications=publications,
        first_vintage=first,
        vintage=brief.vintage if brief else None,
    )


def events(asked: Asked[EventsQuery]) -> Rows:
    """What was on: the events that touch these days, in order of their first day."""
    query = asked.query
    _order(query)
    found = asked.reading.events(query.first, query.last, asked.as_of)
    rows = list(_few(found, asked.reading.city, query.kind, asked.after, query.limit))
    return part(rows, happening_key, asked)


def _few(found: Sequence[Span], city: City, kind: str | None, after: Key | None, limit: int) -> Iterator[shapes.Event]:
    """Each event once, from the day where the walk stands until a day on which the page is full: a city may have had ten thousand."""
    start = bisect_left(found, date.fromisoformat(after[0]), key=lambda e: e.first) if after else 0
    told: set[Key] = set()
    day, full = None, 0
    for event in islice(found, start, None):
        if kind not in (None, event.kind):
            continue
        if full > limit and event.first != day:
            return  # the events of one day are put in order together
        row = happening(event, city)
        if (key := happening_key(row)) not in told:
            told.add(key)
            day, full = event.first, full + (after is None or key > after)
            yield row


def happening_key(row: shapes.Event) -> Key:
    """Where an event stands in their order."""
    return (row.first.isoformat(), row.last.isoformat(), row.kind, row.name, row.zone or "", row.link, row.silences)


def happening(event: Span, city: City) -> shapes.Event:
    """An event as a row."""
    in_portuguese = names.driver(event.name, speak("pt"), city)
    link = where_to_read(event, city.slug, city.city.language) or event.link
    return shapes.Event(event.first, event.last, event.kind, event.name, in_portuguese, event.zone, link, "; ".join(event.silences))


def sources(asked: Asked[Paged]) -> Rows:
    """Where the data comes from: owners, licences, what each source promises and whether it keeps it."""
    reading = asked.reading
    account = status.account(reading)
    measured = {s.source: s for s in account.sources} if account else {}
    rows = [_source(reading, name, measured.get(name)) for name in reading.city.sources]
    return part(rows, lambda r: (r.source,), asked)


def _source(reading: Reading, name: str, found: status.SourceStatus | None) -> shapes.Source:
    s = reading.city.sources[name]
    state = status.standing(reading, name, found).kind if found else None
    seen = (state, found.first, found.last, found.observations) if found else (None, None, None, None)
    promised = (s.expected, s.freshness, s.completeness, s.first, s.last, s.personal)
    return shapes.Source(name, s.name_en, s.name_pt, s.connector, s.owner, s.attribution, s.licence, *promised, *seen)


def flags(asked: Asked[FlagsQuery]) -> Rows:
    """The sensors that people exclude, and why."""
    rows = [
        shapes.Flag(f["sensor"], f["first"], f["last"], f["why"], f["who"], f["known_at"]) for f in walks.flags(asked.reading, asked.as_of)
    ]
    return part(rows, lambda r: (r.sensor, r.first.isoformat(), str(r.last or "")), asked)


def incidents(asked: Asked[Paged]) -> Rows:
    """Breaches of the sources' contracts, in the order in which they were noticed: from when until when."""
    rows = Incident.objects.filter(city=asked.reading.slug).order_by("pk")
    if asked.after is not None:
        rows = rows.filter(pk__gt=int(asked.after[0]))
    found = list(rows[: asked.query.limit + 1])
    page = found[: asked.query.limit]
    told = [shapes.Incident(i.source, i.kind, i.subject, i.began, i.ended, i.since, i.seen, i.declared) for i in page]
    return Rows(told, (str(page[-1].pk),) if len(found) > len(page) else None)


def outlines(asked: Asked[Any], rows: Any) -> list[tuple[str, dict[str, Any], dict[str, Any] | None]]:
    """Zones on a map."""
    drawn = walks.outlines(asked.reading)
    return [(r.zone, {"zone": r.zone, "name": r.name, "parent": r.parent, "leaf": r.leaf}, drawn[r.zone]) for r in rows]


def mapped(asked: Asked[ValuesQuery], rows: Any) -> list[tuple[str, dict[str, Any], dict[str, Any] | None]]:
    """One day's values on a map. Refused for more days: each row would bring its outline."""
    if len({r.day for r in rows}) > 1:
        raise Refused(400, say("from, to: a map shows one day; found several. Ask with from and to the same, or take another form."))
    drawn = walks.outlines(asked.reading)
    kept = shapes.Value.__dataclass_fields__
    return [
        (f"{r.zone or asked.reading.slug}/{r.day}/{r.metric or 'index'}", {n: getattr(r, n) for n in kept}, drawn.get(r.zone)) for r in rows
    ]


def _names(reading: Reading, said: str | None) -> tuple[str | None, ...]:
    """The metrics or domains that are asked about, in order; None is the headline. Refused where there is none of that name."""
    city = reading.city
    if said is None:
        return (None,)
    if said == EVERY:
        return tuple(sorted(city.metrics)) or (None,)
    if said not in city.metrics and said not in city.domains:
        known = ", ".join([*city.metrics, *city.domains])
        why = say("{city} has no metric or domain {found}. It has: {known}.", city=city.city.name, found=repr(said[:40]), known=known)
        raise Refused(404, f"metric: {why}")
    return (said,)


def _span(asked: Asked[Any]) -> tuple[date, date] | None:
    """The days that are asked about, both included; None where there can't be any. Refused where they end before they begin."""
    _order(asked.query)
    return asked.query.first or date.min, asked.query.last or date.max


def _order(query: Any) -> None:
    if query.first and query.last and query.last < query.first:
        raise Refused(400, say("to: found {last}; a day not before {first}.", last=query.last, first=query.first))


def _stand(after: tuple[str, ...] | None) -> tuple[date | None, str, str]:
    return (None, "", "") if after is None else (date.fromisoformat(after[0]), after[1], after[2])


def _just_before(day: date, zone: str, zones: tuple[str | None, ...]) -> tuple[date, str] | None:
    """Where a walk stood before it told this day and zone."""
    earlier = [z or "" for z in zones if (z or "") < zone]
    if earlier:
        return day, max(earlier)
    return None if day == date.min else (day - DAY, "\U0010ffff")


def _cells(zones: tuple[str | None, ...], first: date, last: date, most: int) -> Iterator[tuple[date, str]]:
    """Every day and zone, published or not, in order; so many at most."""
    day = first
    while day <= last and most > 0:
        for zone in zones:
            yield day, zone or ""
            most -= 1
        if day == date.max:
            return
        day += DAY


RESOURCES = (
    Resource("zones", shapes.Zone, Paged, zones, outlines),
    Resource("metrics", shapes.Metric, Paged, metrics),
    Resource("values", shapes.Value, ValuesQuery, values, mapped),
    Resource("quality", shapes.Quality, QualityQuery, quality),
    Resource("events", shapes.Event, EventsQuery, events),
    EFFECTS,
    Resource("sources", shapes.Source, Paged, sources, stamp=lambda reading: Stamp(status.stamp(reading), status.changed(reading))),
    Resource("incidents", shapes.Incident, Paged, incidents, stamp=lambda reading: Stamp(*contracts.state(reading.slug))),
    Resource("flags", shapes.Flag, FlagsQuery, flags),
    *LOOP,
    *FOR_ALL,
    *FOR_ENGINEERS,
    *PLACES,
    PRESENCE,
)
