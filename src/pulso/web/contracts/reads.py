"""What is known of incidents."""

from __future__ import annotations

from django.db.models import Count, Max

from pulso.web.contracts.models import Incident

MANY = 200
"""So many incidents a page or feed shows at most, the latest first."""


def incidents(city: str, source: str | None = None) -> list[Incident]:
    """A city's incidents, or one source's: those that last first, then the latest; at most MANY."""
    rows = Incident.objects.filter(city=city) if source is None else Incident.objects.filter(city=city, source=source)
    found = list(rows.order_by("-began", "source", "kind", "subject")[:MANY])
    return sorted(found, key=lambda one: one.ended is not None)


def edition(city: str) -> str:
    """Another text whenever an incident of the city begins or ends."""
    said = Incident.objects.filter(city=city).aggregate(
        n=Count("pk"), closed=Count("ended"), last_began=Max("began"), last_ended=Max("ended")
    )
    return " ".join(str(v) for v in said.values())
