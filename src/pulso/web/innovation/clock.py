"""The one clock of pilots: the city's own. No write takes a moment from whoever writes."""

from __future__ import annotations

from datetime import date, datetime

from pulso.web.readings import reading, status


def now(city: str) -> datetime:
    """The moment, in UTC. UnknownCity where the site doesn't show the city."""
    return status.now(reading(city))


def today(city: str) -> date:
    """The city's own day. UnknownCity as above."""
    return status.today(reading(city))
