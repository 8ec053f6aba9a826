"""What events did, in words: on a terminal, and in sentences that a page can print and a newspaper quote."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pulso.city import City, Span
from pulso.show import names
from pulso.show.language import NEVER, Speech, speak

Verdict = Literal["more", "less", "cannot tell"]
Refusal = Literal["", "not over", "not seen", "unsettled", "short past"]


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
    effects: tuple[Effect, ...]

    @property
    def headline(self) -> Effect:
        """What it did to the index."""
        return self.effects[0]

    @property
    def days(self) -> int:
        """How many days it lasted."""
        return (self.last - self.first).days + 1


def percent(share: float, speech: Speech) -> str:
    """Write a change with its sign: +150%, −8%."""
    return speech.say("{number}%", number=speech.signed(100 * share))


def span(effect: Effect, speech: Speech) -> str:
    """Write its interval: −21% to +8%. A dash where there is none."""
    if effect.low is None or effect.high is None:
        return NEVER
    return speech.say("{low} to {high}", low=percent(effect.low, speech), high=percent(effect.high, speech))


def refused(effect: Effect, speech: Speech) -> str:
    """Why nothing can be told; empty where something can."""
    return {
        "": "",
        "not over": speech.say("it is not over, or not all of it is published"),
        "not seen": speech.say("too little was seen of it"),
        "unsettled": speech.say("too little is known of the four weeks before it"),
        "short past": speech.say("the past is too short to compare with"),
    }[effect.refusal]


def what(effect: Effect, city: City, speech: Speech) -> str:
    """Name what it was done to: the index, or a metric."""
    return speech.say("The index") if effect.metric is None else names.metric(effect.metric, city, speech)


def sentence(effect: Effect, city: City, speech: Speech) -> str:
    """Say what was done to one thing, for a person."""
    named = what(effect, city, speech)
    if effect.change is None:
        return speech.say("{what}: can't be told, {why}.", what=named, why=refused(effect, speech))
    said = {"what": named, "change": percent(effect.change, speech), "span": span(effect, speech)}
    if effect.verdict == "cannot tell":
        return speech.say("{what}: {change} (95% interval {span}), no more than days without an event do by chance.", **said)
    return speech.say("{what}: {change} (95% interval {span}) of what was expected when it began.", **said)


def called(event: EventEffects, city: City, speech: Speech) -> str:
    """Name an event: by its own name in the reader's language."""
    return speech.capital(names.driver(event.name, speech, city)) if event.name else speech.say("These days")


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
    said = [speech.say("Against what was expected from the four weeks before, without the day's weather.")]
    if windows:
        n = speech.number(min(windows))
        said.append(speech.say("The interval is what earlier spans of as many days without an event did: {n} of them at least.", n=n))
    return said


def show_ranked(found: Sequence[EventEffects], city: City, zones: Mapping[str, str], language: str) -> RenderableType:
    """Show events in the order given, a row each: what they did to the index, and to the metric that they moved most surely."""
    speech = speak(language)
    if not found:
        return Text(speech.say("No event is known of days that are published."))
    table = Table(box=None, pad_edge=False)
    for title in (speech.say("when"), speech.say("event"), speech.say("where")):
        table.add_column(title, no_wrap=True)
    for title in (speech.say("index"), speech.say("95% interval")):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column(speech.say("most beside"))
    for event in found:
        e = event.headline
        style = "" if e.verdict != "cannot tell" else "dim"
        numbers = (NEVER, Text(refused(e, speech))) if e.change is None else (percent(e.change, speech), span(e, speech))
        place = zones.get(event.zone or "", "")
        named = Text(called(event, city, speech))
        table.add_row(
            speech.days(event.first, event.last, year=True), named, Text(place), *numbers, Text(_most(event, city, speech)), style=style
        )
    note = speech.say("Shares of what was expected, without the day's weather. In grey: no more than chance does.")
    return Group(table, Text(), Text(note, style="dim"))


def _most(event: EventEffects, city: City, speech: Speech) -> str:
    """The two metrics that were moved most, of those where it isn't chance."""
    sure = [e for e in event.effects[1:] if e.change is not None and e.verdict != "cannot tell"]
    sure.sort(key=lambda e: -abs(math.log1p(max(e.change or 0.0, -0.999))))
    return ", ".join(f"{what(e, city, speech)} {percent(e.change or 0.0, speech)}" for e in sure[:2])


def show_events(events: Sequence[Span], city: City, zones: Mapping[str, str], language: str) -> RenderableType:
    """Show events in the order given, a row each."""
    speech = speak(language)
    if not events:
        return Text(speech.say("No event is known."))
    table = Table(box=None, pad_edge=False)
    for title in (speech.say("when"), speech.say("event"), speech.say("kind"), speech.say("where")):
        table.add_column(title, no_wrap=True)
    for e in events:
        named, kind = speech.capital(names.driver(e.name, speech, city)), names.driver(e.kind, speech)
        table.add_row(speech.days(e.first, e.last, year=True), Text(named), Text(kind), Text(zones.get(e.zone or "", "")))
    return table
