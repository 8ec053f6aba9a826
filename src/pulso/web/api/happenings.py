"""What happens in a city: a run of publishing, a day outside its normal range, a contract that breaks or is kept again.

Streams and webhooks tell of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple, get_args
from urllib.parse import quote

from django.db.models import Max

from pulso.web.contracts.models import Incident
from pulso.web.readings import Reading, walks
from pulso.web.readings.alerts import Alert, alerts

Kind = Literal["published", "alert", "alert.ended", "incident.began", "incident.ended"]
KINDS: tuple[Kind, ...] = get_args(Kind)
ALERTS: tuple[Kind, ...] = ("alert", "alert.ended")
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
    that was noticed meanwhile must not hide it. Alerts come before the publication that they are made of, and move no mark: whoever stops
    listening between the two hears them again, and misses none.
    """

    published: datetime = EPOCH
    incidents: datetime = EPOCH

    def past(self, happening: Happening) -> Mark:
        """The mark once this is told too."""
        if happening.event in ALERTS:
            return self
        if happening.event == "published":
            return self._replace(published=max(self.published, happening.at))
        return self._replace(incidents=max(self.incidents, happening.at))

    def before(self, happening: Happening) -> bool:
        """Whether this is still to be told."""
        return happening.at > (self.published if happening.event in ("published", *ALERTS) else self.incidents)


def since(reading: Reading, mark: Mark) -> list[Happening]:
    """What happened after a mark, the earliest first; of very much the latest. Two reads of the shelf, two of the database."""
    found = [_published(reading, n) for n in walks.news(reading, mark.published)[-MANY:]]
    if found:  # only a publication raises one
        found += [_alert(reading, a) for a in alerts(reading, mark.published)[-MANY:]]
    rows, after = Incident.objects.filter(city=reading.slug), mark.incidents
    found += [_incident(i, "incident.began", i.began) for i in rows.filter(began__gt=after).order_by("-began")[:MANY]]
    found += [_incident(i, "incident.ended", i.ended) for i in rows.filter(ended__gt=after).order_by("-ended")[:MANY] if i.ended]
    return sorted(found, key=lambda h: (h.at, h.event == "published", h.event))


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


def _alert(reading: Reading, alert: Alert) -> Happening:
    city, zone, day = reading.city.city, alert.zone, alert.day
    name = city.name if zone is None else next(z.name for z in reading.zones.all if z.id == zone)
    low, high = alert.normal_range or (None, None)
    page = f"/{city.language}/{reading.slug}/" + (f"day/{day}" if zone is None else f"zone/{quote(zone, safe='')}?day={day}")
    data = {
        "city": reading.slug,
        "zone": zone,
        "name": name,
        "day": day.isoformat(),
        "direction": alert.direction,
        "index": alert.index,
        "normal_low": low,
        "normal_high": high,
        "beyond": alert.beyond,
        "weight_seen": alert.weight_seen,
        "vintage": alert.vintage.isoformat(),
        "synthetic": city.synthetic,
        "page": page,
        "values": f"/api/v1/cities/{reading.slug}/values?from={day}&to={day}&zone={quote(zone or 'city', safe='')}",
    }
    return Happening("alert.ended" if alert.over else "alert", alert.vintage, data)


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
