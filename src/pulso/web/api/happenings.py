"""What happens in a city: a run of publishing, a contract that breaks or is kept again. Streams and webhooks tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from django.db.models import Max

from pulso.web.contracts.models import Incident
from pulso.web.readings import Reading, walks

Kind = Literal["published", "incident.began", "incident.ended"]
KINDS: tuple[Kind, ...] = ("published", "incident.began", "incident.ended")
EPOCH = datetime.fromtimestamp(0, UTC)
MANY = 100
"""So many are told at a time, the latest of them."""


@dataclass(frozen=True)
class Happening:
    """One thing that happened."""

    event: Kind
    at: datetime
    data: dict[str, Any]


class Mark(NamedTuple):
    """What was told last: of publications and of incidents. A run of publishing is known some minutes after its vintage, and an incident
    that was noticed meanwhile must not hide it.
    """

    published: datetime = EPOCH
    incidents: datetime = EPOCH

    def past(self, happening: Happening) -> Mark:
        """The mark once this is told too."""
        if happening.event == "published":
            return self._replace(published=max(self.published, happening.at))
        return self._replace(incidents=max(self.incidents, happening.at))

    def before(self, happening: Happening) -> bool:
        """Whether this is still to be told."""
        return happening.at > (self.published if happening.event == "published" else self.incidents)


def since(reading: Reading, mark: Mark) -> list[Happening]:
    """What happened after a mark, the earliest first; of very much the latest. One read of the shelf, two of the database."""
    found = [_published(reading, n) for n in walks.news(reading, mark.published)[-MANY:]]
    rows, after = Incident.objects.filter(city=reading.slug), mark.incidents
    found += [_incident(i, "incident.began", i.began) for i in rows.filter(began__gt=after).order_by("-began")[:MANY]]
    found += [_incident(i, "incident.ended", i.ended) for i in rows.filter(ended__gt=after).order_by("-ended")[:MANY] if i.ended]
    return sorted(found, key=lambda h: (h.at, h.event))


def latest(reading: Reading) -> Mark:
    """The mark of whoever begins to listen, and hears what comes."""
    said = Incident.objects.filter(city=reading.slug).aggregate(last_began=Max("began"), last_ended=Max("ended"))
    return Mark(reading.last_vintage() or EPOCH, max(filter(None, said.values()), default=EPOCH))


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
