"""What events did: each measured on what is published, against what was expected when it began."""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pulso.city import City, Span
from pulso.core.effects.steady import Steady, steady
from pulso.core.effects.window import Refusal, WindowEffect, window_effect
from pulso.errors import NothingKnown
from pulso.flow.home import River
from pulso.flow.panels import PILOT, calendar
from pulso.flow.reading import known_metric, zone_id
from pulso.show import effects as words
from pulso.show.effects import Effect, EventEffects
from pulso.show.language import speak
from pulso.show.names import driver

EVERYDAY = 0.1
"""A kind of event that is on more of the days than this is an everyday matter: an earlier window with one is as good as any other."""
OF_WEATHER = frozenset({"storm", "snow", "heat", "heat_wave", "cold", "cold_wave", "ice", "flood", "wind", "fog"})
"""Kinds of event that are weather: what they did is not looked for beside the day's weather, but with it."""
WHY: dict[Refusal, words.Refusal] = {
    Refusal.UNSEEN: "not seen",
    Refusal.NO_LEVEL: "unsettled",
    Refusal.FEW_WINDOWS: "short past",
    Refusal.FEW_COVARIATES: "short past",
}


@dataclass(frozen=True)
class Published:
    """What is published of one zone as series: the index first, then each metric."""

    first: date
    names: tuple[str | None, ...]
    logs: NDArray[np.float64]  # (S, T): ln(index / 100); NaN where there is no number
    calm: NDArray[np.float64]  # (S, T): the same without the day's weather
    kind: NDArray[np.int64]  # (T,): what kind of day each is

    @cached_property
    def _steady(self) -> Steady:
        return steady(self.logs)

    @cached_property
    def _calm(self) -> Steady:
        return steady(self.calm)

    def steady(self, i: int, *, weather: bool) -> Steady:
        """One of them against a level that doesn't follow, with the day's weather or without."""
        both = self._steady if weather else self._calm
        return Steady(*(part[i] for part in both))

    @property
    def last(self) -> date:
        """The last day."""
        return self.first + timedelta(days=self.logs.shape[1] - 1)

    def at(self, day: date) -> int:
        """The column of a day."""
        return (day - self.first).days

    def with_weather(self, start: int, stop: int) -> bool:
        """Whether the weather is in these days whichever one asks: where none is known, none was taken out."""
        return np.array_equal(self.logs[:, start:stop], self.calm[:, start:stop], equal_nan=True)


def published(river: River, zone: str | None = None, as_of: datetime | None = None) -> Published | None:
    """Read all that is published of a zone, or was at a moment; None where nothing is."""
    rows = river.lake.published([zone], None, as_of, ["day", "verdict"])
    if not rows.num_rows:
        return None
    days = rows["day"].to_pylist()
    names = (None, *river.city.metrics)
    first, place = min(days), {name: i for i, name in enumerate(names)}
    logs, calm = (np.full((len(names), (max(days) - first).days + 1), np.nan) for _ in range(2))
    for day, text in zip(days, rows["verdict"].to_pylist(), strict=True):
        said = json.loads(text)
        for name, one in ((None, said), *((m["metric"], m) for m in said["metrics"])):
            number, without = one["index"], one.get("without_weather")
            if number and name in place:  # 0 has no logarithm; a metric that the city file no longer has is not told of
                logs[place[name], (day - first).days] = np.log(number / 100.0)
                calm[place[name], (day - first).days] = np.log((without or number) / 100.0)
    return Published(first, names, logs, calm, calendar(river.city, first, max(days)).kind)


def of_events(
    river: River, events: Iterable[Span] | None = None, as_of: datetime | None = None, names: Sequence[str | None] | None = None
) -> list[EventEffects]:
    """What each of these events did (None: all that are known), where it was: in its zone, or in the whole city.

    In the order given. Events of which no day is published are left out, and pilots: their evaluation tells of them.
    """
    known = river.lake.events(as_of)
    read: dict[str | None, Published | None] = {}
    found = []
    for event in known if events is None else events:
        if event.kind == PILOT:
            continue
        if event.zone not in read:
            read[event.zone] = published(river, event.zone, as_of)
        series = read[event.zone]
        if series is not None and event.first <= series.last and event.last >= series.first:
            found.append(told_now(river, event, series, known, names))
    return found


def told_now(
    river: River, event: Span, series: Published, known: Sequence[Span], names: Sequence[str | None] | None = None
) -> EventEffects:
    """What may be told of one event by now: what it did, unless a pilot is on there that isn't over."""
    if not behind_a_pilot(event, known, river.zones.around(event.zone), series.last):
        return of_event(event, series, known, names)
    told = tuple(_untold(name, "pilot") for name in series.names if names is None or name in names)
    return EventEffects(event.name, event.name_pt, event.kind, event.zone, event.first, event.last, False, told)


def behind_a_pilot(event: Span, known: Iterable[Span], around: Collection[str | None], last: date) -> bool:
    """Whether a pilot is on in an event's place on some of its days that isn't over on the last published day.

    Its effect would then show the pilot's outcome before its window has ended, whatever it is called. `around` are the places that hold
    the event's whole.
    """
    pilots = (p for p in known if p.kind == PILOT and p.last > last and p.zone in around)
    return any(p.first <= event.last and p.last >= event.first for p in pilots)


def of_event(event: Span, series: Published, known: Sequence[Span], names: Sequence[str | None] | None = None) -> EventEffects:
    """What one event did to the series of its place, or to those of these names; other events are kept out of what it is compared with."""
    start, stop = max(series.at(event.first), 0), series.at(event.last) + 1
    apart, weather = _apart(series, known, event), event.kind in OF_WEATHER or series.with_weather(start, stop)
    told = []
    for i, name in enumerate(series.names):
        if names is not None and name not in names:
            continue
        if event.last > series.last:
            told.append(_untold(name, "not over"))
            continue
        one = series.steady(i, weather=weather)
        told.append(_effect(name, window_effect(one, start, stop, kind=series.kind, excluded=apart), stop - start))
    return EventEffects(event.name, event.name_pt, event.kind, event.zone, event.first, event.last, weather, tuple(told))


def _untold(name: str | None, why: words.Refusal) -> Effect:
    return Effect(name, None, None, None, None, 0, 0, "cannot tell", why)


def _effect(name: str | None, found: WindowEffect, days: int) -> Effect:
    seen, windows = round(found.seen * days), len(found.placebos.effects)
    if found.refusal is not None:
        return Effect(name, None, None, None, None, windows, seen, "cannot tell", WHY[found.refusal])
    change, low, high = (x / 100.0 for x in found.percent)
    verdict: words.Verdict = "more" if low > 0 else "less" if high < 0 else "cannot tell"
    return Effect(name, change, low, high, found.p, windows, seen, verdict)


def _apart(series: Published, known: Sequence[Span], event: Span) -> NDArray[np.bool_]:
    """(T,) Days on which other events were on that touch the same place, everyday ones and pilots aside.

    A pilot lasts: its days are what is usual meanwhile, and without them nothing could be told of whatever else happens in it.
    """
    T = series.logs.shape[1]
    on: dict[str, NDArray[np.bool_]] = {}
    for other in known:
        if other == event or other.kind == PILOT or (event.zone is not None and other.zone not in (None, event.zone)):
            continue
        days = on.setdefault(other.kind, np.zeros(T, dtype=bool))
        days[max(series.at(other.first), 0) : max(series.at(other.last) + 1, 0)] = True
    rare = [days for days in on.values() if days.mean() <= EVERYDAY]
    return np.any(rare, axis=0) if rare else np.zeros(T, dtype=bool)


def asked(
    river: River,
    event: str | None,
    first: date | None,
    last: date | None,
    metric: str | None = None,
    zone: str | None = None,
    as_of: datetime | None = None,
) -> list[EventEffects]:
    """What a person asks of: an event by its name, on all its days or those that touch a span; or the days of the span themselves.

    CityFileError where there is no such zone or metric, NothingKnown where there is no such event or nothing was published of it, and for
    a pilot, with the place of its evaluation.
    """
    at = zone_id(river, zone)
    if metric is not None:
        known_metric(river, metric)
    if event is None:
        spans = [Span.model_validate({"from": first, "to": last, "kind": "", "name": "", "zone": at})]
    else:
        spans = [e for e in named(river, event, as_of) if (last is None or e.first <= last) and (first is None or e.last >= first)]
        if spans and all(e.kind == PILOT for e in spans):
            raise NothingKnown(_evaluated(spans[-1], river.city))
        spans = [e.model_copy(update={"zone": at}) for e in spans] if zone else spans
    found = of_events(river, spans, as_of, None if metric is None else [metric])
    if not found:
        raise NothingKnown(f"{river.city.city.name}: nothing is published of these days.")
    return found


def _evaluated(pilot: Span, city: City) -> str:
    """Where to read what a pilot did."""
    page = f"/{city.city.language}/{city.slug}/{pilot.link}" if pilot.link.startswith("pilots/") else pilot.link
    where = f", on the site at {page}" if page else ""
    return f"{city.city.name}: {pilot.name!r} is a pilot. Its evaluation alone tells what it did{where}, after its last day, {pilot.last}."


def named(river: River, name: str, as_of: datetime | None = None) -> list[Span]:
    """The events that go by a name, in either language, whatever its capitals. NothingKnown with the nearest names where none does."""
    known = river.lake.events(as_of)
    by_name: dict[str, str] = {}
    found = []
    for event in known:
        own = {said.casefold(): said for said in reversed(_called(event, river.city))}
        by_name = own | by_name
        if name.casefold() in own:
            found.append(event)
    if not found:
        near = difflib.get_close_matches(name.casefold(), by_name, n=3, cutoff=0.4) or list(by_name)[:5]
        there = f"Nearest: {', '.join(by_name[n] for n in near)}." if near else f"None is known. First: pulso collect {river.city.slug}"
        raise NothingKnown(f"{river.city.city.name}: no event is called {name!r}. {there}")
    return found


def _called(event: Span, city: City) -> list[str]:
    """What an event is called: by whoever wrote it down, and on pages in either language."""
    return [said for said in (event.name, event.name_pt, *(driver(event.name, speak(code), city) for code in ("en", "pt"))) if said]


def ranked(found: Iterable[EventEffects]) -> list[EventEffects]:
    """The largest effect on the index first, up or down; then what may be chance; those of which nothing can be told last."""

    def place(e: EventEffects) -> tuple[bool, bool, float, date]:
        told = e.headline
        return told.change is None, told.verdict == "cannot tell", -abs(float(np.log1p(told.change or 0.0))), e.first

    return sorted(found, key=place)
