"""What events did, as rows: of each event the index first, then every metric."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from pulso.web.api import shapes
from pulso.web.api.asked import Asked, Paged, Span
from pulso.web.api.cursor import Key
from pulso.web.api.problems import Refused, say
from pulso.web.api.rows import Resource, Rows, Stamp
from pulso.web.readings import effects as measured
from pulso.web.readings import status
from pulso.web.readings.effects import EventEffects


class EffectsQuery(Paged, Span):
    """What events did: those that touch these days."""

    kind: str | None = Field(None, max_length=200, description="of one kind only")


def effects(asked: Asked[EffectsQuery]) -> Rows:
    """What events did to the index and to each metric, in order of their first day: as the last run measured it, on what was published.

    A walk goes on after the event and metric that was told last; an event that is measured meanwhile and began earlier is not told.
    """
    query, after = asked.query, asked.after
    if query.first and query.last and query.last < query.first:
        raise Refused(400, say("to: found {last}; a day not before {first}.", last=query.last, first=query.first))
    since = date.fromisoformat(after[0]) if after else None
    span = query.first or date.min, query.last or date.max
    most = query.limit + 1  # an event has a row at least
    while True:
        found = measured.begun(asked.reading, *span, query.kind, since, most)
        all_there = len(found) < most
        whole = [e for e in found if all_there or e.first < found[-1].first]  # of the last day some may lack
        rows = sorted(((_key(e, n), row) for e in whole for n, row in enumerate(_rows(e))), key=lambda pair: pair[0])
        rows = [pair for pair in rows if after is None or pair[0] > after]
        if all_there or len(rows) > query.limit:
            break
        most *= 4
    page = rows[: query.limit]
    return Rows([row for _, row in page], page[-1][0] if len(rows) > len(page) else None)


def _key(event: EventEffects, n: int) -> Key:
    return (event.first.isoformat(), event.last.isoformat(), event.kind, event.name, event.zone or "", f"{n:04}")


def _rows(event: EventEffects) -> list[shapes.Effect]:
    return [
        shapes.Effect(
            first=event.first,
            last=event.last,
            kind=event.kind,
            name=event.name,
            zone=event.zone,
            metric=e.metric,
            change=e.change,
            low=e.low,
            high=e.high,
            p=e.p,
            windows=e.windows,
            seen=e.seen,
            verdict=e.verdict,
            refusal=e.refusal,
            weather=event.weather,
        )
        for e in event.effects
    ]


EFFECTS = Resource(
    "effects", shapes.Effect, EffectsQuery, effects, stamp=lambda reading: Stamp(status.stamp(reading), status.changed(reading))
)
