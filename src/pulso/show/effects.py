"""What events did, in words: on a terminal, and in sentences that a page can print and a newspaper quote."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol, TypeVar

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pulso.city import City, Span
from pulso.show import names
from pulso.show.language import NEVER, Speech, speak

Verdict = Literal["more", "less", "cannot tell"]
Refusal = Literal["", "not over", "not seen", "unsettled", "short past", "pilot"]


@dataclass(frozen=True)
class Effect:
    """What an event did to the index or to one metric: seen against what was expected at its start. Shares: .5 is half as much again."""

    metric: str | None  # null for the index itself
    change: float | None  # null where it can't be told; `refusal` says why
    low: float | None  # 95 % interval
    high: float | None
    p: float | None  # share of earlier windows of this length, without an event, that moved as far
    windows: int  # how many of these there were
    seen: int  # days of the event with a number
    verdict: Verdict
    refusal: Refusal = ""


@dataclass(frozen=True)
class EventEffects:
    """An event, and what it did: to the index first, then to each metric."""

    name: str
    name_pt: str
    kind: str
    zone: str | None  # null for the whole city
    first: date
    last: date
    weather: bool  # whether the day's weather is in it: of a storm it is, of a festival not, unless the weather isn't known
    effects: tuple[Effect, ...]

    @property
    def headline(self) -> Effect:
        """What it did to the index."""
        return self.effects[0]

    @property
    def metrics_seen(self) -> tuple[int, int]:
        """How many metrics were seen on half of its days or more, and how many there are: the index rests on those."""
        return sum(2 * m.seen >= self.days for m in self.effects[1:]), len(self.effects) - 1

    @property
    def days(self) -> int:
        """How many days it lasted."""
        return (self.last - self.first).days + 1


class Told(Protocol):
    """What is told of an effect, here or on a page."""

    @property
    def change(self) -> float | None: ...  # noqa: D102
    @property
    def low(self) -> float | None: ...  # noqa: D102
    @property
    def high(self) -> float | None: ...  # noqa: D102
    @property
    def verdict(self) -> str: ...  # noqa: D102
    @property
    def refusal(self) -> str: ...  # noqa: D102


T = TypeVar("T", bound=Told)


def percent(share: float, speech: Speech) -> str:
    """Write a change with its sign: +150%, −8%; below one per cent with a decimal, so that little is not nothing: +0.4%."""
    return speech.say("{number}%", number=speech.signed(100 * share, 1 if abs(share) < 0.01 else 0))


def span(effect: Told, speech: Speech) -> str:
    """Write its interval: −21% to +8%. A dash where there is none."""
    if effect.low is None or effect.high is None:
        return NEVER
    return speech.say("{low} to {high}", low=percent(effect.low, speech), high=percent(effect.high, speech))


def refused(effect: Told, speech: Speech) -> str:
    """Why nothing can be told; empty where something can."""
    return {
        "": "",
        "not over": speech.say("these days are not over, or not all of them are published"),
        "not seen": speech.say("too few of these days are known"),
        "unsettled": speech.say("too few of the 28 days before are known and free of other events"),
        "short past": speech.say("the past has too few spans as long, without an event, to compare with"),
        "pilot": speech.say("a pilot is on here, and its outcome is told after its end"),
    }[effect.refusal]


def verdict(effect: Told, speech: Speech) -> str:
    """Say in a few words what may be said of it."""
    if effect.change is None:
        return refused(effect, speech)
    said = {"more": speech.say("more than expected"), "less": speech.say("less than expected")}
    return said.get(effect.verdict, speech.say("may be chance"))


def what(effect: Effect, city: City, speech: Speech) -> str:
    """Name what it was done to: the index, or a metric."""
    return speech.say("The index") if effect.metric is None else names.metric(effect.metric, city, speech)


def sentence(effect: Effect, city: City, speech: Speech) -> str:
    """Say what was done to one thing, for a person."""
    named = what(effect, city, speech)
    if effect.change is None:
        return speech.say("{what}: no effect can be told, because {why}.", what=named, why=refused(effect, speech))
    away = speech.say("{number}%", number=speech.number(abs(100 * effect.change), 1 if abs(effect.change) < 0.01 else 0))
    said = {"what": named, "change": percent(effect.change, speech), "away": away, "span": span(effect, speech)}
    if effect.verdict == "more":
        return speech.say("{what}: {away} above what was expected when it began (95% interval: {span}).", **said)
    if effect.verdict == "less":
        return speech.say("{what}: {away} below what was expected when it began (95% interval: {span}).", **said)
    return speech.say("{what}: no effect that can be told from chance; {change} against what was expected (95% interval: {span}).", **said)


def called(event: EventEffects, city: City, speech: Speech) -> str:
    """Name an event: by its own name in the reader's language."""
    return _named(event.name, event.name_pt, city, speech) if event.name else speech.say("These days")


def _named(name: str, portuguese: str, city: City, speech: Speech) -> str:
    """An event that was entered on the site has its Portuguese name with it, not in the city file."""
    return speech.capital(portuguese if portuguese and speech.code == "pt" else names.driver(name, speech, city))


def show_effect(event: EventEffects, city: City, zones: Mapping[str, str], language: str) -> RenderableType:
    """Show what one event did: the sentence on the index, a row a metric, and what it rests on. `zones` are names by id."""
    speech = speak(language)
    place = zones.get(event.zone or "", city.city.name)
    when = speech.days(event.first, event.last, year=True)
    head = speech.say("{event}, {when}, {place}", event=called(event, city, speech), when=when, place=place)
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for title in (speech.say("change"), speech.say("95% interval"), speech.say("days seen")):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("")
    for e in event.effects:
        told = e.change is not None
        note = refused(e, speech) if not told else "" if e.verdict != "cannot tell" else speech.say("may be chance")
        seen = speech.say("{n} of {all}", n=e.seen, all=event.days)
        change = NEVER if e.change is None else percent(e.change, speech)
        table.add_row(Text(what(e, city, speech)), change, span(e, speech), seen, Text(note, style="dim"))
    parts: list[RenderableType] = [Text(head, style="bold")]
    parts += [Text(sentence(e, city, speech)) for e in event.effects[:1]]
    return Group(*parts, Text(), table, Text(), *(Text(note, style="dim") for note in notes(event, speech)))


def notes(event: EventEffects, speech: Speech) -> list[str]:
    """What the numbers mean, and what they rest on."""
    windows = [e.windows for e in event.effects if e.change is not None]
    without = speech.say("Against what was expected from the four weeks before, without the day's weather.")
    said = [speech.say("Against what was expected from the four weeks before; the day's weather is in it.") if event.weather else without]
    if windows:
        n = speech.number(min(windows))
        said.append(speech.say("The interval is what earlier spans as long, without an event, did by chance: {n} of them at least.", n=n))
    if event.zone is not None:
        said.append(speech.say("A zone's index leans on the city's: it moves less than what was counted in the zone."))
    return said


def quote(event: EventEffects, city: City, zones: Mapping[str, str], speech: Speech) -> str:
    """What an event did to the index, in words that stand alone: what it was, when, where, and on how many metrics it rests."""
    when, place = speech.days(event.first, event.last, year=True), zones.get(event.zone or "", city.city.name)
    told, name = sentence(event.headline, city, speech), called(event, city, speech)
    said = speech.say("{event}, {when}, {place}: {sentence}", event=name, when=when, place=place, sentence=told)
    n, whole = event.metrics_seen
    if n == whole or event.headline.change is None:
        return said
    return said + " " + speech.many("It rests on {n} of {all} metrics.", "It rests on {n} of {all} metrics.", n, all=whole)


def show_ranked(found: Sequence[EventEffects], city: City, zones: Mapping[str, str], language: str) -> RenderableType:
    """Show events in the order given, a row each: what they did to the index, and to the metric that they moved most surely."""
    speech = speak(language)
    if not found:
        return Text(speech.say("No event is known of days that are published."))
    table = Table(box=None, pad_edge=False)
    table.add_column(speech.say("when"), no_wrap=True)
    table.add_column(speech.say("event"))
    table.add_column(speech.say("where"))
    for title in (speech.say("index"), speech.say("95% interval")):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column(speech.say("metrics seen"), justify="right", no_wrap=True)
    table.add_column(speech.say("changed most"))
    for event in found:
        e = event.headline
        style = "" if e.verdict != "cannot tell" else "dim"
        change = NEVER if e.change is None else percent(e.change, speech)
        last = "; ".join(filter(None, (refused(e, speech), _most(event, city, speech))))
        n, whole = event.metrics_seen
        seen = speech.say("{n} of {all}", n=n, all=whole)
        row = (called(event, city, speech), zones.get(event.zone or "", ""), change, span(e, speech), seen, last)
        table.add_row(speech.days(event.first, event.last, year=True), *map(Text, row), style=style)
    note = speech.say(
        "Against what was expected, without the day's weather where that is known and isn't what happened. In grey: may be chance."
    )
    return Group(table, Text(), Text(note, style="dim"))


def _most(event: EventEffects, city: City, speech: Speech) -> str:
    """The two metrics that were moved most, of those where it isn't chance."""
    sure = [e for e in event.effects[1:] if e.verdict != "cannot tell"]
    return ", ".join(f"{what(e, city, speech)} {percent(e.change or 0.0, speech)}" for e in foremost(sure, 2))


def foremost(told: Sequence[T], most: int) -> list[T]:
    """The largest of these, up or down; so many at most."""
    return sorted(told, key=lambda e: -abs(math.log1p(max(e.change or 0.0, -0.999))))[:most]


def show_events(events: Sequence[Span], city: City, zones: Mapping[str, str], language: str) -> RenderableType:
    """Show events in the order given, a row each."""
    speech = speak(language)
    if not events:
        return Text(speech.say("No event is known."))
    table = Table(box=None, pad_edge=False)
    for title in (speech.say("when"), speech.say("event"), speech.say("kind"), speech.say("where")):
        table.add_column(title, no_wrap=True)
    for e in events:
        named, kind = _named(e.name, e.name_pt, city, speech), names.driver(e.kind, speech)
        table.add_row(speech.days(e.first, e.last, year=True), Text(named), Text(kind), Text(zones.get(e.zone or "", "")))
    return table
