"""What happens in a city: a run of publishing, a contract that breaks or is kept again. Streams and webhooks tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import Max

from pulso.web.contracts.models import Incident
from pulso.web.readings import Reading, walks

Kind = Literal["published", "incident.began", "incident.ended"]
KINDS: tuple[Kind, ...] = ("published", "incident.began", "incident.ended")
MANY = 100
"""So many are told at a time, the latest of them."""


@dataclass(frozen=True)
class Happening:
    """One thing that happened."""

    event: Kind
    at: datetime
    data: dict[str, Any]


def since(reading: Reading, after: datetime) -> list[Happening]:
    """What happened after a moment, the earliest first; of very much the latest. One read of the shelf, two of the database."""
    found = [_published(reading, n) for n in walks.news(reading, after)[-MANY:]]
    rows = Incident.objects.filter(city=reading.slug)
    found += [_incident(i, "incident.began", i.began) for i in rows.filter(began__gt=after).order_by("-began")[:MANY]]
    found += [_incident(i, "incident.ended", i.ended) for i in rows.filter(ended__gt=after).order_by("-ended")[:MANY] if i.ended]
    return sorted(found, key=lambda h: (h.at, h.event))


def latest(reading: Reading) -> datetime | None:
    """When something happened last; None where nothing did."""
    said = Incident.objects.filter(city=reading.slug).aggregate(began=Max("began"), ended=Max("ended"))
    return max((m for m in (reading.last_vintage(), *said.values()) if m is not None), default=None)


def _published(reading: Reading, news: walks.News) -> Happening:
    data = {
        "city": reading.slug,
        "vintage": news.vintage.isoformat(),
        "verdicts": news.verdicts,
        "first": news.first.isoformat(),
        "last": news.last.isoformat(),
        "values": f"/api/v1/cities/{reading.slug}/values?from={news.first}&to={news.last}",
    }
    return Happening("published", news.vintage, data)


def _incident(incident: Incident, event: Kind, at: datetime) -> Happening:
    data = {
        "city": incident.city,
        "source": incident.source,
        "kind": incident.kind,
        "subject": incident.subject,
        "began": incident.began.isoformat(),
        "ended": incident.ended.isoformat() if incident.ended else None,
    }
    return Happening(event, at, data)
