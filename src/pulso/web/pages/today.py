"""Today: the last day that is published, with its number, normal range, sentence, reasons, and what is missing."""

from __future__ import annotations

from pulso.web.pages.day import Day, a_day, draw
from pulso.web.pages.twin import Asked, Page


def today(asked: Asked) -> Day:
    """The last day that is published."""
    return a_day(asked, asked.last_day(), None)


TODAY = Page("today", "today", Day, today, draw)
