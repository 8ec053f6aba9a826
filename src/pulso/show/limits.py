"""What a number rests on, and what it does without: the only domain of several, domains without weight, weather nobody told of, outages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pulso.city import City, Span
from pulso.shapes import DomainVerdict, Verdict
from pulso.show import names
from pulso.show.language import Speech
from pulso.show.language import marked as _

ENDED = _("Without weight, for what fed them has ended: {domains}.")
UNBORN = _("Without weight, for what feeds them had not begun: {domains}.")
SILENT = _("Without weight, for nothing that counts came for more than three months, or too little to count: {domains}.")
NOT_HERE = _(
    "Without weight here, for none of their sensors stands here, or nothing that counts came for more than three months, "
    "or too little to count: {domains}."
)


def counting(verdict: Verdict) -> list[DomainVerdict]:
    """The domains that could be in the number; footprints stand beside it."""
    return [d for d in verdict.domains if not d.footprint]


def speaking(verdict: Verdict) -> list[str]:
    """The domains that are in the number, by their names in the city file: those with weight that said something."""
    return [d.domain for d in counting(verdict) if d.index is not None and d.weight > 0]


def alone(verdict: Verdict) -> str | None:
    """The one domain that a number rests on where the city has several; None where there is no number, or it rests on more."""
    said = speaking(verdict)
    return said[0] if verdict.index is not None and len(said) == 1 and len(counting(verdict)) > 1 else None


def one_only(verdict: Verdict, city: City, speech: Speech) -> str:
    """Mark a number that rests on one domain of several: "one domain only: Cycling". Empty where it rests on more."""
    domain = alone(verdict)
    return speech.say("one domain only: {domain}", domain=names.domain(domain, city, speech)) if domain else ""


def weightless(verdict: Verdict, city: City, speech: Speech) -> list[str]:
    """Say which domains have no weight that day, and why; nothing where none has any, for then the refusal says it.

    A domain weighs nothing where no source of it is within its declared life, where of none of its sensors anything was expected in the
    last 90 days, or where it is older than a year and has fewer than 60 days in the last one (docs/methods/index.md, Weights).
    """
    dead = [d.domain for d in counting(verdict) if d.weight <= 0]
    if len(dead) == len(counting(verdict)):
        return []
    why: dict[str, list[str]] = {}
    for domain in dead:
        reason, called = _why(domain, verdict, city, speech)
        why.setdefault(reason, []).append(called)
    return [speech.say(reason, domains=", ".join(called)) for reason, called in why.items()]


def _why(domain: str, verdict: Verdict, city: City, speech: Speech) -> tuple[str, str]:
    """Why a domain has no weight, and what it is called there: with the day on which it ended, where it did."""
    called, day = names.domain(domain, city, speech), verdict.day
    sources = [city.sources[m.source] for m in city.metrics.values() if m.domain == domain]
    ends = [s.last for s in sources if s.last is not None and s.last < day]
    if sources and len(ends) == len(sources):
        return ENDED, speech.say("{domain} (until {day})", domain=called, day=speech.day(max(ends), "d MMM y"))
    if sources and all(s.first is not None and s.first > day for s in sources):
        return UNBORN, called
    return (SILENT if verdict.zone is None else NOT_HERE), called


def weather_unknown(verdict: Verdict, speech: Speech) -> str:
    """Say that nobody told the day's weather; to be asked for a day of which none is known."""
    if verdict.index is None:
        return speech.say("The weather of this day is not known.")
    return speech.say("The weather of this day is not known: whatever it did is in what is unexplained.")


def happened(verdict: Verdict, events: Iterable[Span], silencing: Sequence[str], city: City, speech: Speech) -> list[str]:
    """Name what was on that day and stands in no reason: outages, which say nothing about the city, and what was entered since.

    `events` are those of the place on that day, as they are known now; `silencing` are the kinds that drive nothing.
    """
    on = [e for e in events if e.first <= verdict.day <= e.last]
    told = {name for r in verdict.reasons for name in (r.name, *r.name.split(", "))} | set(verdict.unmeasured)
    said = [_outage(e, city, speech) for e in on if e.kind in silencing or e.silences or e.sensors]
    others = [e.name for e in on if e.kind not in silencing and not (e.silences or e.sensors) and e.name not in told]
    if others and verdict.index is not None:
        named = ", ".join(names.driver(name, speech, city) for name in dict.fromkeys(others))
        said.append(speech.say("That day too, without points in this number: {events}.", events=named))
    return said


def _outage(event: Span, city: City, speech: Speech) -> str:
    """An outage with its days, and the sources or the number of single sensors that it silences."""
    name, sort = speech.capital(names.driver(event.name, speech, city)), names.sort(event.name, [event], speech, city)
    about = ", ".join(filter(None, (sort, speech.days(event.first, event.last))))
    if event.sensors:
        return speech.many(
            "{event} ({about}): whatever one sensor reports is missing because of it, not quiet.",
            "{event} ({about}): whatever {n} sensors report is missing because of it, not quiet.",
            len(event.sensors),
            event=name,
            about=about,
        )
    if not event.silences:
        return speech.say("{event} ({about}): what reports nothing because of it is missing, not quiet.", event=name, about=about)
    sources = ", ".join(names.source(s, city, speech) for s in event.silences)
    return speech.say(
        "{event} ({about}): whatever these sources report where it was is missing, not quiet: {sources}.",
        event=name,
        about=about,
        sources=sources,
    )
