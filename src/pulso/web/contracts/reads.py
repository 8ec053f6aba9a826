"""What is known of incidents."""

from __future__ import annotations

from datetime import datetime

from pulso.web.contracts.models import Incident

MANY, FED = 20, 50
"""So many incidents a page shows at most, and a feed; the API tells all."""


def incidents(city: str, source: str | None = None, most: int = MANY) -> list[Incident]:
    """A city's incidents, or one source's: those that last first, then the latest; so many at most."""
    rows = Incident.objects.filter(city=city) if source is None else Incident.objects.filter(city=city, source=source)
    lasting = sorted(rows.filter(ended__isnull=True).order_by(), key=lambda i: (i.source, i.kind, i.subject))  # few, found by their index
    lasting = sorted(lasting, key=lambda i: i.began, reverse=True)[:most]
    rows = rows.order_by("-began", "source", "kind", "subject")
    latest = rows[: most + len(lasting)]  # asked for those that are over, a database would sort all of them
    return (lasting + [one for one in latest if one.ended is not None])[:most]


def edition(city: str) -> str:
    """Another text whenever an incident of the city begins or ends."""
    return state(city)[0]


def state(city: str) -> tuple[str, datetime | None]:
    """The same, and when that was last; None where there never was one."""
    rows = Incident.objects.filter(city=city)
    last = rows.order_by("-pk").values_list("pk", "began").first()
    over = rows.filter(ended__isnull=False).order_by("-ended").values_list("ended", flat=True).first()
    moments = [m for m in (last and last[1], over) if m]
    return f"{last} {over}", max(moments, default=None)
