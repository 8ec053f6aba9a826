"""Where the marks of a chart stand: from verdicts to coordinates. The templates draw them; a day without a number is a hole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from math import ceil, floor
from typing import Protocol

from pulso.city import Span
from pulso.show.language import Speech


class OfDomain(Protocol):
    """What small lines are drawn of: a domain on a day."""

    @property
    def domain(self) -> str:
        """Which domain."""

    @property
    def index(self) -> float | None:
        """100 is the expected day; null where there is no number."""


class Drawn(Protocol):
    """What lines are drawn of: a verdict, or what is kept of one for quick reading."""

    @property
    def day(self) -> date:
        """The city's own day."""

    @property
    def status(self) -> str:
        """Published, partial or refused."""

    @property
    def index(self) -> float | None:
        """100 is the expected day; null where there is no number."""

    @property
    def interval(self) -> tuple[float, float] | None:
        """90 %, of today's value."""

    @property
    def normal_range(self) -> tuple[float, float] | None:
        """5-95 % of ordinary days of that kind."""

    @property
    def domains(self) -> Sequence[OfDomain]:
        """What each domain said."""


LETTERS = "ABCDEFGHIJKL"


@dataclass(frozen=True)
class Tick:
    """A mark on an axis and what is written at it."""

    at: float
    label: str


@dataclass(frozen=True)
class Mark:
    """An event above the line: from where to where, in which lane, under which letter."""

    left: float
    right: float
    lane: int
    letter: str


@dataclass(frozen=True)
class Point:
    """A day's own dot: alone between gaps, partial, or the day of the page."""

    x: float
    y: float
    kind: str  # "alone", "partial", "today"


@dataclass(frozen=True)
class Lines:
    """The line of many days, in the units of a drawing of this width and height."""

    name: str
    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    paths: tuple[str, ...]  # the index, broken where a day has none
    bands: tuple[str, ...]  # the normal range, in steps of a day
    whiskers: tuple[tuple[float, float, float], ...]  # x, y of both ends of each day's interval
    holes: tuple[tuple[float, float], ...]  # x and width of the days without a number
    points: tuple[Point, ...]
    rows: tuple[Tick, ...]
    columns: tuple[Tick, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Frame:
    """A drawing's size, before the lanes of the events are added to its height."""

    name: str
    width: float
    height: float
    weeks: int  # a date is written every so many weeks


WIDE, NARROW = Frame("wide", 720, 285, 1), Frame("narrow", 360, 235, 2)
FREE = 34.0  # left of the plot, for the numbers


def shown(events: Iterable[Span], first: date, last: date) -> list[tuple[str, Span]]:
    """Give letters to the events that touch these days, earliest first; of many, the latest."""
    touching = sorted((e for e in events if e.first <= last and e.last >= first), key=lambda e: (e.first, e.last, e.name))
    return list(zip(LETTERS, touching[-len(LETTERS) :], strict=False))


def lines(weeks: Sequence[Drawn], events: Iterable[Span], speech: Speech, frame: Frame) -> Lines:
    """Lay out the days of `weeks`, the last of which is the day of the page. Their order is that of time, without doubles."""
    first, last = weeks[0].day, weeks[-1].day
    n = (last - first).days + 1
    known = {v.day: v for v in weeks if v.index is not None}
    ranged = {day: v for day, v in known.items() if v.normal_range}
    days = [first + timedelta(days=i) for i in range(n)]
    marks = _lanes(shown(events, first, last), first, n, frame)
    lanes = 1 + max((m.lane for m in marks), default=-1)
    top, bottom = 16.0 + 16 * lanes, frame.height + 16 * lanes - 26
    low, high, step = _scale(known.values())
    gap = (frame.width - FREE - 12) / n

    def x(day: date) -> float:
        return FREE + gap * ((day - first).days + 0.5)

    def y(value: float) -> float:
        return bottom - (value - low) / (high - low) * (bottom - top)

    runs = _runs(days, known)
    return Lines(
        name=frame.name,
        width=frame.width,
        height=bottom + 26,
        left=FREE,
        right=frame.width - 12,
        top=top,
        bottom=bottom,
        paths=tuple(_path([(x(v.day), y(v.index)) for v in run if v.index is not None]) for run in runs if len(run) > 1),
        bands=tuple(_steps([(x(v.day), *map(y, v.normal_range or ())) for v in run], gap / 2) for run in _runs(days, ranged)),
        whiskers=tuple((x(v.day), y(v.interval[0]), y(v.interval[1])) for v in known.values() if v.interval),
        holes=tuple((x(day) - gap / 2, gap) for day in days if day not in known),
        points=tuple(Point(x(v.day), y(v.index or 0.0), kind) for run in runs for v in run if (kind := _kind(v, run, last))),
        rows=tuple(Tick(y(v), speech.number(v)) for v in _multiples(low, high, step)),
        columns=tuple(_dates(days, x, frame, speech)),
        marks=tuple(marks),
    )


def spark(
    values: Sequence[float | None], width: float = 120, height: float = 32
) -> tuple[tuple[str, ...], float, tuple[float, float] | None]:
    """Lay out a small line: its unbroken pieces, where 100 runs, and its last point if the last day has one."""
    known = [v for v in values if v is not None]
    low, high = min([*known, 85.0]), max([*known, 115.0])

    def place(i: int, value: float) -> tuple[float, float]:
        return 3 + (width - 6) * i / max(len(values) - 1, 1), height - 3 - (value - low) / (high - low) * (height - 6)

    pieces, piece = [], list[tuple[float, float]]()
    for i, value in enumerate([*values, None]):
        if value is not None:
            piece.append(place(i, value))
        elif piece:
            pieces.append(_path(piece if len(piece) > 1 else [piece[0], (piece[0][0] + 0.1, piece[0][1])]))
            piece = []
    end = values[-1] if values else None
    return tuple(pieces), place(0, 100.0)[1], place(len(values) - 1, end) if end is not None else None


@dataclass(frozen=True)
class Gauge:
    """One value on a scale with its normal range and its interval, in units of a drawing 320 wide."""

    value: float
    hundred: float
    normal: tuple[float, float] | None
    interval: tuple[float, float] | None
    ends: tuple[Tick, Tick]


def gauge(verdict: Drawn, speech: Speech) -> Gauge | None:
    """Place a value on a scale that reaches at least from 60 to 140; none for a refused day."""
    if verdict.index is None:
        return None
    low, high, _ = _scale([verdict], (60.0, 140.0))

    def x(value: float) -> float:
        return 4 + (value - low) / (high - low) * 312

    def both(ends: tuple[float, float] | None) -> tuple[float, float] | None:
        return (x(ends[0]), x(ends[1])) if ends else None

    ends = Tick(x(low), speech.number(low)), Tick(x(high), speech.number(high))
    return Gauge(x(verdict.index), x(100.0), both(verdict.normal_range), both(verdict.interval), ends)


def _scale(verdicts: Iterable[Drawn], least: tuple[float, float] = (80.0, 120.0)) -> tuple[float, float, float]:
    """The ends of the scale and the step of its marks: round numbers about everything that is drawn."""
    values = list(least)
    for v in verdicts:
        values += [v.index] if v.index is not None else []
        values += [*(v.interval or ()), *(v.normal_range or ())]
    reach = max(values) - min(values)
    step = next(s for s in (10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, reach) if reach / s <= 5)
    return floor(min(values) / step) * step, ceil(max(values) / step) * step, step


def _multiples(low: float, high: float, step: float) -> list[float]:
    return [low + i * step for i in range(round((high - low) / step) + 1)]


def _runs(days: Sequence[date], known: dict[date, Drawn]) -> list[list[Drawn]]:
    """Days with a number, in pieces without a gap."""
    return [[known[d] for d in run] for has, run in groupby(days, key=lambda d: d in known) if has]


def _kind(verdict: Drawn, run: Sequence[Drawn], last: date) -> str:
    if verdict.day == last:
        return "today"
    if verdict.status == "partial":
        return "partial"
    return "alone" if len(run) == 1 else ""


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _steps(days: Sequence[tuple[float, ...]], half: float) -> str:
    """Outline a band that keeps its width through each day, of which x, the lower and the upper end are given."""
    upper = [point for x, _, high in days for point in ((x - half, high), (x + half, high))]
    lower = [point for x, low, _ in days for point in ((x - half, low), (x + half, low))]
    return _path([*upper, *reversed(lower)]) + "Z"


def _dates(days: Sequence[date], x: Callable[[date], float], frame: Frame, speech: Speech) -> list[Tick]:
    mondays = [d for d in days if d.weekday() == 0][:: frame.weeks]
    ticks, month = [], None
    for day in mondays:
        ticks.append(Tick(x(day), speech.day(day, "d" if day.month == month else "d MMM")))
        month = day.month
    return ticks


def _lanes(lettered: Sequence[tuple[str, Span]], first: date, n: int, frame: Frame) -> list[Mark]:
    """Put each event into the first lane in which it doesn't touch an earlier one."""
    gap = (frame.width - FREE - 12) / n
    ends: list[float] = []
    marks = []
    for letter, event in lettered:
        left = FREE + gap * max((event.first - first).days, 0)
        right = FREE + gap * min((event.last - first).days + 1, n)
        lane = next((i for i, end in enumerate(ends) if end + 2 <= left), len(ends))
        ends[lane : lane + 1] = [max(right, left + 14)]
        marks.append(Mark(left, right, lane, letter))
    return marks
