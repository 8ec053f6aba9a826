"""What more than one page refuses: each sentence is written once, and said in the page's language."""

from __future__ import annotations

from datetime import date, datetime

from pulso.errors import NothingKnown
from pulso.show.language import Speech
from pulso.web.pages.asked import Asked, BadQuestion, NotPublished, quoted


def nothing_of(asked: Asked, place: str, day: date, as_of: datetime | None) -> NothingKnown:
    """Nothing is published of a place and day; with the days that are, or were by `as_of`, and the nearest of them."""
    speech, span = asked.speech, asked.reading.days(as_of)
    if span is None:
        return NothingKnown(asked.nothing(place, as_of))
    said = {"place": place, "day": written(day, speech), "first": written(span[0], speech), "last": written(span[1], speech)}
    if as_of is not None:
        why = speech.say("{place}: nothing was published of {day} by then. What was published then runs from {first} to {last}.", **said)
    else:
        why = speech.say("{place}: nothing is published of {day}. What is published runs from {first} to {last}.", **said)
    return NotPublished(why, asked.frame, _nearest(asked, day, span, as_of), to_come=day > span[1])


def _nearest(asked: Asked, day: date, span: tuple[date, date], as_of: datetime | None) -> tuple[date, ...]:
    """The days next to one of which nothing is published of the place: before it and after it, where there are."""
    found = [p.day for p in asked.points((asked.zone(),), *span, as_of=as_of)]
    ends = (max((d for d in found if d < day), default=None), min((d for d in found if d > day), default=None))
    return tuple(d for d in ends if d is not None)


def no_source(asked: Asked, name: str) -> NothingKnown:
    """The city has no source of this name; with those that it has."""
    place, known = asked.reading.city, ", ".join(asked.reading.city.sources)
    said = asked.speech.say("{city} has no source {found}. It has: {known}.", city=place.city.name, found=quoted(name), known=known)
    return NothingKnown(said)


def turned_round(asked: Asked, first: date, last: date) -> BadQuestion:
    """The days of a span come in the wrong order."""
    said = asked.speech.say(
        "from, to: found {first} and {last}; the first day comes before the last.",
        first=written(first, asked.speech),
        last=written(last, asked.speech),
    )
    return BadQuestion(said)


def written(day: date, speech: Speech) -> str:
    """A day as a person reads it, with its year."""
    return speech.day(day, "long")
