"""What happens in a city: a run of publishing, a day outside its normal range, a contract that breaks or is kept again, a pilot that
promises, and what it showed.

Streams and webhooks tell of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple, get_args
from urllib.parse import quote

from django.db.models import Max

from pulso.web.contracts.models import Incident
from pulso.web.innovation import shown
from pulso.web.innovation.models import Evaluation, Protocol
from pulso.web.readings import Reading, walks
from pulso.web.readings.alerts import Alert, alerts

Kind = Literal["published", "alert", "alert.ended", "incident.began", "incident.ended", "pilot.frozen", "evaluation.published"]
KINDS: tuple[Kind, ...] = get_args(Kind)
ALERTS: tuple[Kind, ...] = ("alert", "alert.ended")
OF_PILOTS: tuple[Kind, ...] = ("pilot.frozen", "evaluation.published")
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
    """What was told last: of publications, of incidents, of pilots. A run of publishing is known some minutes after its vintage, and an
    incident that was noticed meanwhile must not hide it. Alerts come before the publication that they are made of, and move no mark:
    whoever stops listening between the two hears them again, and misses none.
    """

    published: datetime = EPOCH
    incidents: datetime = EPOCH
    pilots: datetime = EPOCH

    def past(self, happening: Happening) -> Mark:
        """The mark once this is told too."""
        if happening.event in ALERTS:
            return self
        name = _marked(happening.event)
        return self._replace(**{name: max(getattr(self, name), happening.at)})

    def before(self, happening: Happening) -> bool:
        """Whether this is still to be told."""
        told: datetime = getattr(self, _marked(happening.event))
        return happening.at > told


def _marked(event: Kind) -> str:
    """Which of the marks tells of it."""
    if event in OF_PILOTS:
        return "pilots"
    return "published" if event in ("published", *ALERTS) else "incidents"


def since(reading: Reading, mark: Mark) -> list[Happening]:
    """What happened after a mark, the earliest first; of very much the latest. Two reads of the shelf, five of the database at most."""
    found = [_published(reading, n) for n in walks.news(reading, mark.published)[-MANY:]]
    if found:  # only a publication raises one
        found += [_alert(reading, a) for a in alerts(reading, mark.published)[-MANY:]]
    rows, after = Incident.objects.filter(city=reading.slug), mark.incidents
    found += [_incident(i, "incident.began", i.began) for i in rows.filter(began__gt=after).order_by("-began")[:MANY]]
    found += [_incident(i, "incident.ended", i.ended) for i in rows.filter(ended__gt=after).order_by("-ended")[:MANY] if i.ended]
    found += [_frozen(reading, p) for p in shown.frozen(reading.slug).filter(frozen_at__gt=mark.pilots).order_by("-frozen_at")[:MANY]]
    told = shown.published(reading.slug).filter(published_at__gt=mark.pilots).order_by("-published_at")
    found += [_evaluated(reading, e) for e in told[:MANY]]
    return sorted(found, key=lambda h: (h.at, h.event == "published", h.event))


def latest(reading: Reading) -> Mark:
    """The mark of whoever begins to listen, and hears what comes."""
    said = Incident.objects.filter(city=reading.slug).aggregate(last_began=Max("began"), last_ended=Max("ended"))
    promised = shown.frozen(reading.slug).aggregate(at=Max("frozen_at"))["at"]
    showed = shown.published(reading.slug).aggregate(at=Max("published_at"))["at"]
    incidents, pilots = (max(filter(None, moments), default=EPOCH) for moments in (said.values(), (promised, showed)))
    return Mark(reading.last_vintage() or EPOCH, incidents, pilots)


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


def _frozen(reading: Reading, protocol: Protocol) -> Happening:
    assert protocol.frozen_at is not None  # noqa: S101  # only these are asked for
    days = {"first": str(protocol.window_first), "last": str(protocol.window_last)}
    said = {"metric": protocol.metric, "zones": protocol.zones, **days, "digest": protocol.digest}
    return Happening("pilot.frozen", protocol.frozen_at, _pilot(reading, protocol) | said)


def _evaluated(reading: Reading, found: Evaluation) -> Happening:
    assert found.published_at is not None  # noqa: S101  # only these are asked for
    same = ("interim", "estimate", "low", "high", "unit", "p", "not_evaluable")
    said = {name: getattr(found, name) for name in same}
    promised = found.pilot.protocol.in_force(("metric", "zones"))
    said |= {"evaluation": found.pk, "metric": promised["metric"], "zones": promised["zones"], "verdict": found.verdict or "not evaluable"}
    return Happening("evaluation.published", found.published_at, _pilot(reading, found.pilot.protocol) | said)


def _pilot(reading: Reading, protocol: Protocol) -> dict[str, Any]:
    city, pilot = reading.city.city, protocol.pilot
    return {
        "city": reading.slug,
        "pilot": pilot.pk,
        "title": pilot.title,
        "synthetic": city.synthetic,
        "page": f"/{city.language}/{reading.slug}/pilots/{pilot.pk}",
        "whole": f"/api/v1/cities/{reading.slug}/pilots/{pilot.pk}",
    }
