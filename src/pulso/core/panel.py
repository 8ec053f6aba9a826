"""What each sensor saw, hour by hour, and what that says of its whole day: matching by sensor and hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pulso.core.days import Days

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

LEAST_SEEN = 0.5  # of a day's expected intervals; a day seen less than this is missing
WHOLE_DAY = 0.9  # of a day's expected intervals; profiles learn from days seen at least this much
OPEN_HOUR = 0.05  # an hour belongs to the metric's day if at least this share of its sensor-days see it
SHARED_DAYS = 10.0  # a sensor's own profile weighs as much as the shared one once it rests on this many days
YEAR = 12  # months that a profile looks back


@dataclass(frozen=True)
class Panel:
    """One metric of a city, as its sensors saw it: T local days, S sensors, H = 24 local hours, or 1 for daily totals."""

    name: str
    domain: str
    form: Literal["flow", "occupancy", "level"]
    grain: Literal["hour", "day"]
    ratio: bool  # false for metrics on which ratios mean nothing, such as decibels
    importance: float
    values: Floats  # (T, S, H): sum over the seen intervals for flows, mean for the others; NaN where nothing was seen
    seen: Floats  # (T, S, H): share of the hour's expected intervals that were seen; a complete doubled hour of autumn has 2
    still: Ints  # (T, S): the day's longest run of equal non-zero values, in intervals of at least a quarter of an hour
    zone: Ints  # (S,): leaf zone, -1 where the place is unknown
    alive: Bools  # (T, S): within the declared life of source and sensor
    excluded: Bools  # (T, S): flagged by hand
    frozen: int | None = None  # from so much `still` on, the feed stands still; None: 8 for flows, 24 for the others
    source: str = ""  # where the metric comes from; metrics of one source fall silent together
    announced: Ints | None = None  # (T, S): sensors that announced actions touch alike on a day share a number, 0 where none does

    def __post_init__(self) -> None:
        days, sensors, hours = self.values.shape
        for name in ("still", "alive", "excluded"):
            if getattr(self, name).shape != (days, sensors):
                raise ValueError(f"{self.name}: {name} must be {(days, sensors)}, found {getattr(self, name).shape}")
        if self.announced is not None and self.announced.shape != (days, sensors):
            raise ValueError(f"{self.name}: announced must be {(days, sensors)}, found {self.announced.shape}")
        if self.seen.shape != self.values.shape or self.zone.shape != (sensors,):
            raise ValueError(f"{self.name}: seen {self.seen.shape} and zone {self.zone.shape} do not fit values {self.values.shape}")
        if hours != (24 if self.grain == "hour" else 1):
            raise ValueError(f"{self.name}: {hours} hours a day do not fit the grain {self.grain!r}")


@dataclass(frozen=True)
class Matched:
    """What the sensors' hours say of their days."""

    value: Floats  # (T, S): the whole day, estimated from the seen hours, in the metric's unit; NaN where missing
    share: Floats  # (T, S): observed / value, so that expected · share covers the same hours; 0 where missing
    seen: Floats  # (T, S): intervals seen, of those expected
    partial: Bools  # (T, S): something was seen, but less than half

    @property
    def observed(self) -> Floats:
        """What was seen, (T, S), over the same hours as expected · share; NaN where missing."""
        return self.value * self.share


def profile_kinds(days: Days) -> Ints:
    """Say which hourly profile each day follows, (T,): 0 weekday, 1 Saturday, 2 Sunday or public holiday."""
    return np.where(days.public | (days.weekday == 6), 2, np.where(days.weekday == 5, 1, 0))


def match(panel: Panel, days: Days, usable: Bools) -> Matched:
    """
    Estimate each sensor's whole day from the hours it was seen.

    Parameters
    ----------
    panel
        T days, S sensors.
    days
        The same T days.
    usable : (T, S)
        False where the day may not be used (a frozen feed, a sensor excluded by hand).

    Returns
    -------
    Matched
        A day with less than half of its expected intervals is missing. Flows keep the unit of a 24-hour day; the others are
        means over the hours that the metric's days have.

    Notes
    -----
    A day is judged by a profile of the twelve months before its own month; the first twelve months that have data share one
    profile, learnt from themselves. A sensor's profile leans on the metric's shared one while it is young.
    """
    rate = _rates(panel, usable)
    seen = np.where(np.isfinite(rate), panel.seen, 0.0)
    value, share = np.full(usable.shape, np.nan), np.zeros(usable.shape)
    quantity = np.zeros(usable.shape)
    kinds = profile_kinds(days)
    months = _months(days)
    for rows, (profile, hours) in zip(months, _profiles(panel, rate, months, kinds), strict=True):
        r, s = np.nan_to_num(rate[rows]), seen[rows] * hours
        quantity[rows] = s.sum(axis=-1) / max(hours.sum(), 1.0)
        shape = profile[kinds[rows]]
        if panel.ratio:
            share[rows] = (shape * s).sum(axis=-1)
            value[rows] = _over((r * s).sum(axis=-1), share[rows])
        else:
            share[rows] = 1.0
            value[rows] = _over(((r - shape) * s).sum(axis=-1), s.sum(axis=-1))
    known = (quantity >= LEAST_SEEN - 1e-9) & np.isfinite(value)
    return Matched(np.where(known, value, np.nan), np.where(known, share, 0.0), quantity, (quantity > 0) & ~known)


def _rates(panel: Panel, usable: Bools) -> Floats:
    """Bring every seen hour to what a complete single hour would have shown; NaN where unseen or unusable."""
    fine = (panel.seen > 0) & np.isfinite(panel.values) & usable[:, :, None]
    if panel.form != "flow":
        return np.where(fine, panel.values, np.nan)
    return np.where(fine, panel.values, np.nan) / np.where(fine, panel.seen, 1.0)


def _months(days: Days) -> list[slice]:
    """The days of each month, in order; months lie side by side."""
    begins = np.flatnonzero(np.diff(days.month, prepend=days.month[0] - 1))
    return [slice(int(a), int(b)) for a, b in pairwise((*begins, len(days)))]


def _profiles(panel: Panel, rate: Floats, months: Sequence[slice], kinds: Ints) -> list[tuple[Floats, Floats]]:
    """For each month: the profiles (3, S, H) in force, and which hours (H,) the metric's day has, as 0 and 1."""
    hours = rate.shape[-1]
    any_seen, hour_seen = np.zeros(len(months)), np.zeros((len(months), hours))
    for m, rows in enumerate(months):
        there = np.isfinite(rate[rows])
        any_seen[m], hour_seen[m] = there.any(axis=-1).sum(), there.sum(axis=(0, 1))
    first = int(np.argmax(any_seen > 0))
    sums, counts = _monthly(panel, rate, months, kinds)
    found = []
    for m in range(len(months)):
        window = slice(first, first + YEAR) if m < first + YEAR else slice(m - YEAR, m)
        if not any_seen[window].any():
            window = slice(first, max(m, first + 1))
        total = any_seen[window].sum()
        active = (hour_seen[window].sum(axis=0) >= OPEN_HOUR * total) if total else np.ones(hours, dtype=bool)
        found.append((_shapes(panel, sums[window].sum(axis=0), counts[window].sum(axis=0), active), active.astype(float)))
    return found


def _monthly(panel: Panel, rate: Floats, months: Sequence[slice], kinds: Ints) -> tuple[Floats, Floats]:
    """Sum the shapes of whole days, (months, 3, S, H), and count them, (months, 3, S, H), by month and kind of day."""
    sensors, hours = rate.shape[1:]
    sums, counts = np.zeros((len(months), 3, sensors, hours)), np.zeros((len(months), 3, sensors, hours))
    is_kind = (kinds == np.arange(3)[:, None]).astype(float)
    for m, rows in enumerate(months):
        known = np.isfinite(rate[rows])
        r = np.where(known, rate[rows], 0.0)
        n = known.sum(axis=-1, keepdims=True)
        whole = n >= WHOLE_DAY * np.median(n[..., 0].max(axis=1, initial=1))
        total = r.sum(axis=-1, keepdims=True)
        known &= whole & (total > 0) if panel.ratio else whole
        shape = r / np.where(total > 0, total, 1.0) if panel.ratio else r - total / np.maximum(n, 1)
        sums[m] = np.tensordot(is_kind[:, rows], np.where(known, shape, 0.0), axes=1)
        counts[m] = np.tensordot(is_kind[:, rows], known.astype(float), axes=1)
    return sums, counts


def _shapes(panel: Panel, sums: Floats, counts: Floats, active: Bools) -> Floats:
    """Make the profiles (3, S, H) of one month: the sensors' own means, leaning on the metric's shared one while few."""
    own = _over(sums, counts)
    n = counts.max(axis=-1, keepdims=True)
    weight = np.where(np.isfinite(own), counts, 0.0)
    shared = _over((weight * np.nan_to_num(own)).sum(axis=1), weight.sum(axis=1))  # (3, H)
    plain = np.where(active, 1.0 / active.sum(), 0.0) if panel.ratio else np.zeros(active.size)
    all_kinds = _over((weight * np.nan_to_num(own)).sum(axis=(0, 1)), weight.sum(axis=(0, 1)))
    shared = np.where(np.isfinite(shared), shared, np.where(np.isfinite(all_kinds), all_kinds, plain))
    mixed: Floats = (n * np.where(np.isfinite(own), own, shared[:, None]) + SHARED_DAYS * shared[:, None]) / (n + SHARED_DAYS)
    mixed = mixed * active
    if not panel.ratio:
        return mixed
    total = mixed.sum(axis=-1, keepdims=True)
    mixed = np.where(total > 0, mixed / np.where(total > 0, total, 1.0), plain)
    return mixed if panel.form == "flow" else mixed * active.sum()


def _over(top: Floats, bottom: Floats) -> Floats:
    """Divide; NaN where the divisor is 0."""
    return np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1.0), np.nan)
