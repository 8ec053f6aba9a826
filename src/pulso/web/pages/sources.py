"""Sources: whose data, under which contract, whether it is kept, and what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pulso.shapes import REASONS
from pulso.show import names
from pulso.show.language import Speech
from pulso.show.language import marked as _
from pulso.web.contracts import reads, words
from pulso.web.contracts.models import Incident
from pulso.web.pages.asked import Asked
from pulso.web.pages.refusals import no_source
from pulso.web.pages.source_shapes import (
    Agreed,
    ByHand,
    Flagged,
    Gap,
    IncidentLine,
    Measured,
    Rejected,
    Silenced,
    Source,
    SourceLine,
    Sources,
)
from pulso.web.pages.twin import Page
from pulso.web.readings import City, Reading
from pulso.web.readings import contracts as documents
from pulso.web.readings import status as known
from pulso.web.readings.status import Account, Seen, SourceStatus

EVERY: dict[str, Callable[[Speech, int], str]] = {
    "s": lambda speech, n: speech.many("every second", "every {n} seconds", n),
    "min": lambda speech, n: speech.many("every minute", "every {n} minutes", n),
    "h": lambda speech, n: speech.many("every hour", "every {n} hours", n),
    "d": lambda speech, n: speech.many("every day", "every {n} days", n),
}
WITHIN: dict[str, Callable[[Speech, int], str]] = {
    "d": lambda speech, n: speech.many("within a day", "within {n} days", n),
    "w": lambda speech, n: speech.many("within a week", "within {n} weeks", n),
    "m": lambda speech, n: speech.many("within a month", "within {n} months", n),
    "y": lambda speech, n: speech.many("within a year", "within {n} years", n),
}
STATES: dict[str, Callable[[Speech, int], str]] = {
    "fresh": lambda speech, n: speech.many("{n} is up to date", "{n} are up to date", n),
    "late": lambda speech, n: speech.many("{n} is late", "{n} are late", n),
    "nothing": lambda speech, n: speech.many("{n} never came", "{n} never came", n),
    "ended": lambda speech, n: speech.many("{n} has ended", "{n} have ended", n),
}
ALL: dict[str, str] = {
    "fresh": _("all are up to date"),
    "late": _("all are late"),
    "nothing": _("none ever came"),
    "ended": _("all have ended"),
}
BEGINNING = date(1971, 1, 1)
"""The first day of an exclusion that was always so."""


def sources(asked: Asked) -> Sources:
    """Every source of the city."""
    said = known.account(asked.reading)
    lines = tuple(_line(asked, name, said) for name in asked.reading.city.sources)
    return Sources(
        frame=asked.frame,
        measured=said.made if said else None,
        sentence=_summary(lines, asked.speech) if said else _not_yet(asked),
        incidents=tuple(incident_lines(reads.incidents(asked.reading.slug), asked)),
        sources=lines,
    )


def source(asked: Asked) -> Source:
    """One source of the city. NothingKnown where it has none of that name."""
    name, speech, city = asked.parts["source"], asked.speech, asked.reading.city
    if name not in city.sources:
        raise no_source(asked, name)
    said = known.account(asked.reading)
    status = _status(said, name)
    return Source(
        frame=asked.frame,
        measured=said.made if said else None,
        line=_line(asked, name, said),
        letter=next((one.text for one in said.letters if one.source == name), "") if said else "",
        incidents=tuple(incident_lines(reads.incidents(asked.reading.slug, name), asked)),
        metrics=tuple(_measured(seen, city, speech) for seen in (status.metrics if status else ()) if seen.days),
        rejected=tuple(_rejected(status, speech)),
        flagged=tuple(_flagged(status, speech)),
        by_hand=tuple(
            ByHand(e.sensor, None if e.first <= BEGINNING else e.first, e.last, e.why) for e in (status.by_hand if status else ())
        ),
        silenced=tuple(_silenced(asked.reading, name)),
    )


def _silenced(reading: Reading, source: str) -> Iterator[Silenced]:
    zones = {z.id: z.name for z in reading.zones.all}
    for event in reversed(reading.silencing()):
        if source in event.silences:
            yield Silenced(event.first, event.last, event.name, zones.get(event.zone or "", event.zone))


def incident_lines(incidents: Sequence[Incident], asked: Asked) -> Iterator[IncidentLine]:
    """Incidents in words; of a source that the city file has no more, none."""
    city, speech = asked.reading.city, asked.speech
    for one in incidents:
        said = words.sentence(one, city, speech)
        yield IncidentLine(one.source, one.kind, words.title(one, city, speech), said, one.began, one.ended)


def _status(said: Account | None, name: str) -> SourceStatus | None:
    return next((s for s in said.sources if s.source == name), None) if said else None


def _line(asked: Asked, name: str, said: Account | None) -> SourceLine:
    reading, speech = asked.reading, asked.speech
    conf, status = reading.city.sources[name], _status(said, name)
    found = known.standing(reading, name, status)
    state = found.kind if status else "unknown"
    lately = [m.lately for m in status.metrics if m.lately is not None] if status else []
    base = f"/{speech.code}/{reading.slug}/contracts/{name}"
    return SourceLine(
        source=name,
        name=names.source(name, reading.city, speech),
        owner=conf.owner or conf.attribution,
        licence=conf.licence,
        attribution=conf.attribution,
        state=state,
        sentence=_state(state, found.since, status, speech),
        feeds=tuple(names.metric(m, reading.city, speech) for m in known.metrics_of(reading, name)),
        first=status.first if status else None,
        last=status.last if status else None,
        observations=status.observations if status else None,
        missing=max((len(m.missing_days) for m in status.metrics), default=0) if status else None,
        turned_away=sum(t.n for t in status.turned_away) if status else None,
        agreed=Agreed(
            interval=_span(conf.expected, EVERY, speech),
            freshness=_span(conf.freshness, WITHIN, speech),
            completeness=conf.completeness,
            lately=min(lately, default=None),
            version=documents.STANDARD,
            yaml=f"{base}.yaml",
            json=f"{base}.json",
        ),
    )


def _state(state: str, since: date | None, status: SourceStatus | None, speech: Speech) -> str:
    last = speech.day(status.last, "long") if status and status.last else ""
    if state == "fresh":
        return speech.say("Up to date: it tells of {day}.", day=last)
    if state == "late" and since:
        return speech.say("Late: nothing has come since {day}.", day=speech.day(since, "long"))
    if state == "ended" and since:
        return speech.say("Ended: its last day was {day}.", day=speech.day(since, "long"))
    if state == "nothing":
        return speech.say("Nothing has come from it yet.")
    return speech.say("Not measured yet.")


def _summary(lines: Sequence[SourceLine], speech: Speech) -> str:
    count = Counter(one.state for one in lines)
    parts = [said(speech, count[state]) for state, said in STATES.items() if count[state]]
    if len(parts) == 1 and len(lines) > 1:
        parts = [speech.say(ALL[lines[0].state])]
    return speech.many("{n} source: {states}.", "{n} sources: {states}.", len(lines), states=speech.together(parts))


def _not_yet(asked: Asked) -> str:
    return asked.speech.say("Not measured yet: the site's worker measures the sources when it next runs.")


def _span(text: str, said: dict[str, Callable[[Speech, int], str]], speech: Speech) -> str:
    number = text.rstrip("abcdefghijklmnopqrstuvwxyz")
    return said[text.removeprefix(number)](speech, int(number))


def _measured(seen: Seen, city: City, speech: Speech) -> Measured:
    name = names.metric(seen.metric, city, speech) if seen.metric in city.metrics else speech.capital(names.driver(seen.metric, speech))
    gaps = tuple(_gaps(seen.missing_days))
    return Measured(
        seen.metric, name, seen.sensors, seen.first, seen.last, seen.days, gaps, len(seen.missing_days), seen.completeness, seen.lately
    )


def _gaps(days: Sequence[date]) -> Iterator[Gap]:
    """Missing days, those in a row together."""
    first = None
    for i, day in enumerate(days):
        first = first or day
        if i + 1 == len(days) or days[i + 1] != day + timedelta(days=1):
            yield Gap(first, day, (day - first).days + 1)
            first = None


def _rejected(status: SourceStatus | None, speech: Speech) -> Iterator[Rejected]:
    for t in sorted(status.turned_away if status else (), key=lambda t: (t.kind != "bad", -t.n)):
        yield Rejected(t.metric, t.kind, t.reason, speech.say(REASONS[t.reason]), t.n, t.example, t.until)


def _flagged(status: SourceStatus | None, speech: Speech) -> Iterator[Flagged]:
    for kind, n in sorted((status.flagged if status else {}).items(), key=lambda one: -one[1]):
        yield Flagged(kind, names.flag(kind, speech), n)


@dataclass(frozen=True)
class Strip:
    """A source's days on one line, in hundredths of the whole width."""

    known: tuple[float, float] | None  # x, width
    gaps: tuple[tuple[float, float], ...]


def strips(page: Sources, asked: Asked) -> dict[str, object]:
    """Which days each source tells of, on the same line of days for all."""
    said = known.account(asked.reading)  # the file was read for the page: this is a look at its time
    ends = [(s.first, s.last) for s in page.sources if s.first and s.last]
    if said is None or not ends:
        return {"strips": {}, "first": None, "last": None}
    first, last = min(a for a, _b in ends), max(b for _a, b in ends)
    whole = (last - first).days + 1

    def part(a: date, b: date) -> tuple[float, float]:
        return 1000 * (a - first).days / whole, 1000 * ((b - a).days + 1) / whole

    found = {}
    for s in said.sources:
        if s.first and s.last:
            widest = max(s.metrics, key=lambda m: m.days, default=None)  # days that even the best-known metric lacks
            gaps = tuple(part(g.first, g.last) for g in _gaps(widest.missing_days)) if widest else ()
            found[s.source] = Strip(part(s.first, s.last), gaps)
    return {"strips": found, "first": first, "last": last}


def _edition(reading: Reading) -> str:
    return f"{known.stamp(reading)} {reads.edition(reading.slug)}"


SOURCES = Page("sources", "sources", Sources, sources, strips, known=_edition)
SOURCE = Page("source", "sources/<slug:source>", Source, source, known=_edition)
