"""Today: the last day that is published, with its number, normal range, sentence, reasons, and what is missing."""

from __future__ import annotations

from pulso.web.pages.day import Day, a_day, draw, kept
from pulso.web.pages.twin import Asked, Elsewhere, Page


def today(asked: Asked) -> Day:
    """The last day that is published. Elsewhere where another day is asked for, or what was known at a moment."""
    as_of = asked.moment()
    if as_of or asked.query.get("day"):
        raise Elsewhere(f"day/{asked.day() or asked.last_day(as_of)}", kept(asked.query))
    return a_day(asked, asked.last_day(), None)


TODAY = Page("today", "today", Day, today, draw, reads=("day", "as_of", "zone"))
