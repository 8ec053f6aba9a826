"""Today: the last day that is published, with its number, normal range, sentence, reasons, and what is missing."""

from __future__ import annotations

from dataclasses import replace

from pulso.web.pages import besides
from pulso.web.pages.asked import Asked, Elsewhere
from pulso.web.pages.day import Day, Number, a_day, draw, kept
from pulso.web.pages.twin import Page
from pulso.web.readings import status


def today(asked: Asked) -> Day:
    """The last day that is published. Elsewhere where another day is asked for, or what was known at a moment."""
    as_of = asked.moment()
    if as_of or asked.query.get("day"):
        raise Elsewhere(f"day/{asked.day() or asked.last_day(as_of)}", kept(asked.query))
    said = a_day(asked, asked.last_day(), None)
    last = besides.last_number(asked, said.verdict)
    return replace(said, age=besides.age(asked, said.verdict.day), last_number=Number(*last) if last else None)


TODAY = Page("today", "today", Day, today, draw, reads=("day", "as_of", "zone"), known=status.stamp)
