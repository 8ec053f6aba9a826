"""Lines of many days, up to years: by the day while it can be read so, then by the week, always with what the days were."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from math import ceil, floor

from pulso.show import charts
from pulso.show.language import Speech
from pulso.web.readings import Point, Span

BY_DAY = 400
"""More days than these are drawn by the week: a point is the mean of the week's known days."""

FREE, RIGHT, FOOT = 34.0, 12.0, 26.0  # left of the plot, for the numbers; right of it; below, for the dates
LEAST = (80.0, 120.0)
AIR = 1.0  # points between the furthest day and the frame


@dataclass(frozen=True)
class Dot:
    """What one place along the line has: means, where it stands for several days."""

    first: date
    last: date
    known: int  # days with a number
    index: float | None
    low: float | None  # of the interval, or the least day
    high: float | None
    normal_low: float | None
    normal_high: float | None


@dataclass(frozen=True)
class Mark:
    """An event above the line."""

    left: float
    width: float
    lane: int
    letter: str


@dataclass(frozen=True)
class Drawing:
    """A line laid out in a drawing of this width and height."""

    name: str
    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    paths: tuple[str, ...]
    spans: tuple[str, ...]  # intervals, or least and most of a week
    bands: tuple[str, ...]  # normal ranges
    alone: tuple[tuple[float, float], ...]  # days between gaps
    holes: tuple[tuple[float, float], ...]  # x and width
    hundred: float  # where the expected day stands
    rows: tuple[charts.Tick, ...]
    columns: tuple[charts.Tick, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class LongLine:
    """A line as it is drawn, wide and narrow, and the table behind it."""

    drawings: tuple[Drawing, ...]
    weekly: bool  # whether a point is a week
    ranged: bool  # whether there is a normal range to draw
    table: tuple[Dot, ...]  # by the day, or by the month where that would be too long
    monthly: bool


def long_line(points: Sequence[Point], first: date, last: date, events: Iterable[Span], speech: Speech) -> LongLine:
    """Lay out what is known of these days, both included; a day without a point, or whose point has no number, is a hole."""
    n = (last - first).days + 1
    by_day = {p.day: p for p in points}
    days = [(day, by_day.get(day)) for day in map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))]
    weekly, monthly = n > BY_DAY, n > 100
    dots = [_day(d, p) for d, p in days] if not weekly else _together(days, lambda d: (d.toordinal() - 1) // 7)
    lettered = charts.shown(events, first, last)
    sizes = (("wide", 960.0, 300.0), ("narrow", 360.0, 250.0))
    return LongLine(
        drawings=tuple(_drawing(name, w, h, dots, lettered, speech) for name, w, h in sizes),
        weekly=weekly,
        ranged=any(d.normal_low is not None for d in dots),
        table=tuple(_together(days, lambda d: d.year * 12 + d.month) if monthly else (_day(d, p) for d, p in days)),
        monthly=monthly,
    )


def _day(day: date, p: Point | None) -> Dot:
    if p is None or p.index is None:
        return Dot(day, day, 0, None, None, None, None, None)
    return Dot(day, day, 1, p.index, *(p.interval or (None, None)), *(p.normal_range or (None, None)))


def _together(days: Sequence[tuple[date, Point | None]], of: Callable[[date], int]) -> list[Dot]:
    """Weeks or months: the mean of the known days, the least and the most of them."""
    found = []
    for _, group in groupby(days, key=lambda pair: of(pair[0])):
        run = list(group)
        numbers = [p.index for _, p in run if p is not None and p.index is not None]
        normal = [p.normal_range for _, p in run if p is not None and p.index is not None and p.normal_range]
        found.append(
            Dot(
                run[0][0],
                run[-1][0],
                len(numbers),
                _mean(numbers),
                min(numbers, default=None),
                max(numbers, default=None),
                _mean([low for low, _ in normal]),
                _mean([high for _, high in normal]),
            )
        )
    return found


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _drawing(name: str, width: float, height: float, dots: Sequence[Dot], lettered: Sequence[tuple[str, Span]], speech: Speech) -> Drawing:
    first, last = dots[0].first, dots[-1].last
    gap = (width - FREE - RIGHT) / ((last - first).days + 1)
    marks = _marks(lettered, first, last, gap)
    top = 16.0 + 16 * (1 + max((m.lane for m in marks), default=-1))
    bottom = top + height - 16 - FOOT
    low, high, step = _scale(dots)

    def x(day: date) -> float:
        return FREE + gap * (day - first).days

    def middle(d: Dot) -> float:
        return (x(d.first) + x(d.last) + gap) / 2

    def y(value: float) -> float:
        return bottom - (min(max(value, low), high) - low) / (high - low) * (bottom - top)

    runs = _runs(dots, lambda d: d.index is not None)
    lines = [[(middle(d), y(d.index)) for d in run if d.index is not None] for run in runs]
    return Drawing(
        name=name,
        width=width,
        height=bottom + FOOT,
        left=FREE,
        right=width - RIGHT,
        top=top,
        bottom=bottom,
        paths=tuple(_path(line) for line in lines if len(line) > 1),
        spans=tuple(
            _band([(middle(d), y(d.low), y(d.high)) for d in run if d.low is not None and d.high is not None])
            for run in _runs(dots, lambda d: d.low is not None and d.high is not None)
        ),
        bands=tuple(
            _band([(middle(d), y(d.normal_low), y(d.normal_high)) for d in run if d.normal_low is not None and d.normal_high is not None])
            for run in _runs(dots, lambda d: d.normal_low is not None and d.normal_high is not None)
        ),
        alone=tuple(line[0] for line in lines if len(line) == 1),
        holes=tuple((x(run[0].first), x(run[-1].last) + gap - x(run[0].first)) for run in _runs(dots, lambda d: d.index is None)),
        hundred=y(100.0),
        rows=tuple(charts.Tick(y(low + i * step), speech.number(low + i * step)) for i in range(round((high - low) / step) + 1)),
        columns=tuple(_columns(first, last, x, 5 if name == "narrow" else 12, speech)),
        marks=tuple(marks),
    )


def _scale(dots: Sequence[Dot]) -> tuple[float, float, float]:
    """Round ends about all lines and normal ranges, and the step between marks; no day lies on the frame. Intervals beyond are cut."""
    known = [v for d in dots for v in (d.index, d.normal_low, d.normal_high) if v is not None]
    values = [*LEAST, *(v + side * AIR for v in known for side in (-1, 1))]
    reach = max(values) - min(values)
    step = next((s for s in (10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0) if reach / s <= 6), reach)
    return floor(min(values) / step) * step, ceil(max(values) / step) * step, step


def _runs(dots: Sequence[Dot], wanted: Callable[[Dot], bool]) -> list[list[Dot]]:
    return [list(run) for has, run in groupby(dots, key=wanted) if has]


def _columns(first: date, last: date, x: Callable[[date], float], most: int, speech: Speech) -> list[charts.Tick]:
    """Dates below the line: days of a short span, first days of months, then of years."""
    n = (last - first).days + 1
    if n <= 62:  # two months
        days = [first + timedelta(days=i) for i in range(0, n, max(1, ceil(n / most)))]
        return [charts.Tick(x(d), speech.day(d, "d MMM")) for d in days]
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    firsts = [d for m in months if first <= (d := date(m // 12, m % 12 + 1, 1)) <= last]
    every = next((m for m in (1, 2, 3, 6, 12, 24) if len(firsts) / m <= most), 24)
    kept = [d for d in firsts if (d.year * 12 + d.month - 1) % every == 0]
    return [charts.Tick(x(d), speech.day(d, "y" if d.month == 1 else "MMM")) for d in kept]


def _marks(lettered: Sequence[tuple[str, Span]], first: date, last: date, gap: float) -> list[Mark]:
    """Put each event into the first lane in which its letter doesn't touch an earlier one."""
    ends: list[float] = []
    marks = []
    for letter, event in lettered:
        left = FREE + gap * (max(event.first, first) - first).days
        width = max(gap * ((min(event.last, last) - max(event.first, first)).days + 1), 2.0)
        lane = next((i for i, end in enumerate(ends) if end + 2 <= left), len(ends))
        ends[lane : lane + 1] = [max(left + width, left + 14)]
        marks.append(Mark(left, width, lane, letter))
    return marks


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _band(points: Sequence[tuple[float, float, float]]) -> str:
    """Outline what lies between two lines; a single place is two units wide."""
    places = points if len(points) > 1 else [(points[0][0] - 1, *points[0][1:]), (points[0][0] + 1, *points[0][1:])]
    return _path([*((x, high) for x, _, high in places), *((x, low) for x, low, _ in reversed(places))]) + "Z"
