"""Two lines on one chart: where their marks stand. A day without a number is a gap in its line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from math import ceil, floor

from pulso.show.charts import Tick
from pulso.show.language import Speech

FREE, EDGE = 40.0, 12.0
SIZES = (("wide", 1040.0, 300.0, 12), ("narrow", 360.0, 240.0, 4))
STEPS = (10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)


@dataclass(frozen=True)
class Pair:
    """Two lines, in the units of a drawing of this width and height."""

    name: str
    width: float
    height: float
    left: float
    right: float
    bottom: float
    first: tuple[str, ...]  # pieces of the first line, broken where a day has no number
    second: tuple[str, ...]
    rows: tuple[Tick, ...]
    columns: tuple[Tick, ...]


def draw_pair(days: Sequence[tuple[date, float | None, float | None]], speech: Speech) -> tuple[Pair, ...]:
    """Lay out days with two numbers each, for a desk and for a telephone."""
    return tuple(_pair(days, speech, *size) for size in SIZES)


def _pair(
    days: Sequence[tuple[date, float | None, float | None]], speech: Speech, name: str, width: float, height: float, dates: int
) -> Pair:
    values = [v for _, a, b in days for v in (a, b) if v is not None] + [80.0, 120.0]
    reach = max(values) - min(values)
    step = next((s for s in STEPS if reach / s <= 5), reach)
    low, high = floor(min(values) / step) * step, ceil(max(values) / step) * step
    top, bottom = 12.0, height - 26

    def x(i: int) -> float:
        return FREE + (width - FREE - EDGE) * (i + 0.5) / len(days)

    def y(value: float) -> float:
        return bottom - (value - low) / (high - low) * (bottom - top)

    every = max(1, ceil(len(days) / dates))
    form = "d MMM" if len(days) <= 200 else "MMM y"  # from where on a day of the month says nothing
    return Pair(
        name=name,
        width=width,
        height=height,
        left=FREE,
        right=width - EDGE,
        bottom=bottom,
        first=tuple(_pieces([a for _, a, _ in days], x, y)),
        second=tuple(_pieces([b for _, _, b in days], x, y)),
        rows=tuple(Tick(y(low + i * step), speech.number(low + i * step)) for i in range(round((high - low) / step) + 1)),
        columns=tuple(Tick(x(i), speech.day(days[i][0], form)) for i in range(0, len(days), every)),
    )


def _pieces(values: Sequence[float | None], x: Callable[[int], float], y: Callable[[float], float]) -> Iterator[str]:
    """The line in pieces without a gap; a day alone is a short stroke."""
    for has, run in groupby(enumerate(values), key=lambda item: item[1] is not None):
        if has:
            points = [(x(i), y(v)) for i, v in run if v is not None]
            if len(points) == 1:
                points = [(points[0][0] - 2, points[0][1]), (points[0][0] + 2, points[0][1])]
            yield "M" + " L".join(f"{a:.1f},{b:.1f}" for a, b in points)
