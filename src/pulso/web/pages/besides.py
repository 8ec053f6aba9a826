"""What a page of a day says besides what was published of it: outages, weather that nobody told, how old the newest day is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from pulso.shapes import Verdict
from pulso.show import limits, words
from pulso.web.pages.asked import Asked
from pulso.web.readings import Span, entries, status

FRESH = 3
"""Days that the newest day may be old before its page says so."""

LOOKED_BACK = timedelta(days=730)
"""How far back the last number is looked for."""


def noted(asked: Asked, verdict: Verdict, events: Iterable[Span], as_of: datetime | None) -> tuple[str, ...]:
    """All that limits a day: what was on first, then what its verdict says, then the weather where nobody told it."""
    city, speech = asked.reading.city, asked.speech
    said = limits.happened(verdict, events, entries.SILENCING, city, speech) + words.notes(verdict, city, speech.code)
    unknown = weather(asked, verdict, as_of)
    return tuple([*said, unknown] if unknown else said)


def weather(asked: Asked, verdict: Verdict, as_of: datetime | None) -> str:
    """That the day's weather is not known; empty where it is, where the city has none, or where it is asked what was known once."""
    if as_of or any(r.kind == "weather" for r in verdict.reasons) or status.weather_known(asked.reading, verdict.day) is not False:
        return ""
    return limits.weather_unknown(verdict, asked.speech)


def age(asked: Asked, day: date) -> str:
    """How old the newest day is; empty where it is fresh."""
    days = (status.today(asked.reading) - day).days
    return asked.speech.many("The newest day is {n} day old.", "The newest day is {n} days old.", days) if days > FRESH else ""


def last_number(asked: Asked, verdict: Verdict) -> tuple[date, float] | None:
    """The last day before a day without a number that has one, and its number; None where there is one, or none for two years."""
    if verdict.index is not None:
        return None
    points = asked.points((verdict.zone,), verdict.day - LOOKED_BACK, verdict.day)
    return next(((p.day, p.index) for p in reversed(points) if p.index is not None), None)
