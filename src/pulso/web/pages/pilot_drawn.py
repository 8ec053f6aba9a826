"""What the pages of pilots and practices draw: intervals on one scale, and how placebos are spread. Units of a drawing 200 wide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

MOST_BINS = 20


@dataclass(frozen=True)
class Bar:
    """An interval around its estimate."""

    left: float
    width: float
    middle: float
    sort: str  # more, less, rest
    near: tuple[float, float] | None  # x and width of the effects that are too small to matter


@dataclass(frozen=True)
class Scale:
    """From as far below nothing as above it, in a unit."""

    reach: float

    def x(self, value: float) -> float:
        """Where a value lies; cut at the ends."""
        return round(100 + 98 * max(-1.0, min(1.0, value / self.reach)), 1)

    def bar(self, estimate: float | None, low: float | None, high: float | None, verdict: str, matters: float | None = None) -> Bar | None:
        """An interval; None where there is none."""
        if estimate is None or low is None or high is None:
            return None
        left, right = self.x(low), self.x(high)
        near = None if matters is None else (self.x(-matters), round(self.x(matters) - self.x(-matters), 1))
        sort = verdict if verdict in ("more", "less") else "rest"
        return Bar(left, round(max(right - left, 1.0), 1), self.x(estimate), sort, near)


def scale(values: Iterable[float | None]) -> Scale:
    """Wide enough for all of these, and a tenth more; from −1 to 1 where there are none but zeros."""
    return Scale(1.1 * max((abs(v) for v in values if v is not None), default=0.0) or 1.0)


@dataclass(frozen=True)
class Bin:
    """So many placebos from one effect up to another; the last bin holds its upper end too."""

    low: float
    high: float
    count: int
    x: float
    width: float
    y: float
    height: float


@dataclass(frozen=True)
class Spread:
    """A histogram of placebos, 60 high, with the estimate in it."""

    bins: tuple[Bin, ...]
    low: float
    high: float
    estimate: float | None  # where it stands


def spread(placebos: Sequence[float], estimate: float | None) -> Spread | None:
    """Lay out a histogram over the placebos and the estimate; None without placebos. The values are finite."""
    if not placebos:
        return None
    ends = [*placebos] + ([estimate] if estimate is not None else [])
    low, high = min(ends), max(ends)
    if low == high:
        low, high = low - 0.5, high + 0.5
    n = min(MOST_BINS, max(5, ceil(len(placebos) ** 0.5)))
    step = (high - low) / n
    counts = [0] * n
    for value in placebos:
        counts[min(n - 1, int((value - low) / step))] += 1
    tall, wide = max(counts), 200 / n
    tops = [round(56 * c / tall, 2) for c in counts]
    bins = tuple(
        Bin(low + i * step, low + (i + 1) * step, c, round(i * wide, 2), round(wide * 0.92, 2), round(60 - top, 2), top)
        for i, (c, top) in enumerate(zip(counts, tops, strict=True))
    )
    return Spread(bins, low, high, None if estimate is None else round(200 * (estimate - low) / (high - low), 1))
