"""What kind of day it is: weekday, holiday, bridge, the turn of the year. Days are integers; the core has no clock."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

UNIX_EPOCH = 719_163  # the proleptic Gregorian ordinal of 1970-01-01
YEAR = 365.2425  # mean length of a year, in days

WEEKDAY, WEEKEND, SPECIAL = 0, 1, 2
KINDS = ("weekday", "weekend", "special")

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Days:
    """
    Consecutive local days of a city, and what the calendar says of them.

    Give a few days more than have values, at both ends: whether a day is an eve or a bridge depends on its
    neighbours, and what lies outside counts as an ordinary day.

    Attributes
    ----------
    ordinal : (T,) int
        Proleptic Gregorian ordinals (1 is Monday, 1 January of year 1), each one more than the one before.
    holiday : (T,) int
        -1, or which of `holiday_names` it is. Public holidays only; local feasts are events.
    holiday_names
        In the order in which `holiday` counts.
    school : (T,) bool
        School holidays.
    """

    ordinal: Ints
    holiday: Ints
    holiday_names: tuple[str, ...]
    school: Bools

    def __post_init__(self) -> None:
        if self.ordinal.ndim != 1 or not self.ordinal.shape == self.holiday.shape == self.school.shape:
            raise ValueError(f"one value a day: {self.ordinal.shape}, {self.holiday.shape}, {self.school.shape}")
        if np.any(np.diff(self.ordinal) != 1):
            raise ValueError("days must be consecutive: a gap in the data is a NaN, never a day left out")
        if self.holiday.size and not -1 <= self.holiday.min() <= self.holiday.max() < len(self.holiday_names):
            raise ValueError(f"a holiday is -1 or one of the {len(self.holiday_names)} names")

    def __len__(self) -> int:
        """How many days."""
        return int(self.ordinal.size)

    @cached_property
    def weekday(self) -> Ints:
        """(T,) 0 Monday to 6 Sunday."""
        return (self.ordinal - 1) % 7

    @cached_property
    def month(self) -> Ints:
        """(T,) Months since January 1970."""
        return self._as("M")

    @cached_property
    def year(self) -> Ints:
        """(T,) Calendar years."""
        return self._as("Y") + 1970

    @cached_property
    def date_in_year(self) -> Ints:
        """(T,) Month and day as one number: 1224 is 24 December."""
        in_month = self.ordinal - UNIX_EPOCH - self._as("M", back="D") + 1
        return (self.month % 12 + 1) * 100 + in_month

    @cached_property
    def public(self) -> Bools:
        """(T,) Public holidays."""
        return self.holiday >= 0

    @cached_property
    def weekend(self) -> Bools:
        """(T,) Saturdays and Sundays, holidays or not."""
        return self.weekday >= 5

    @cached_property
    def bridge(self) -> Bools:
        """(T,) Working days with no work before and after, one of the two a public holiday."""
        rest = self.public | self.weekend
        rest_before, rest_after = _shift(rest, 1), _shift(rest, -1)
        beside_holiday = _shift(self.public, 1) | _shift(self.public, -1)
        return ~rest & rest_before & rest_after & beside_holiday

    @cached_property
    def eve(self) -> Bools:
        """(T,) Working days before a public holiday, bridges aside."""
        return _shift(self.public, -1) & ~self.public & ~self.weekend & ~self.bridge

    @cached_property
    def rest_eve(self) -> Bools:
        """(T,) Saturdays and Sundays before a public holiday, themselves none: their evening is not a Sunday's."""
        return _shift(self.public, -1) & ~self.public & self.weekend

    @cached_property
    def day_after(self) -> Bools:
        """(T,) Working days after a public holiday, bridges and eves aside."""
        return _shift(self.public, 1) & ~self.public & ~self.weekend & ~self.bridge & ~self.eve

    @cached_property
    def kind(self) -> Ints:
        """(T,) WEEKDAY, WEEKEND or SPECIAL: a public holiday, its eve, the day after, 23 December to 2 January."""
        special = self.public | self.eve | self.day_after | self.between(1223, 1231) | self.between(101, 102)
        return np.where(special, SPECIAL, np.where(self.weekend, WEEKEND, WEEKDAY)).astype(np.int64)

    def between(self, first: int, last: int) -> Bools:
        """(T,) Days of the year from `first` to `last`, both included, as in `date_in_year`."""
        return (self.date_in_year >= first) & (self.date_in_year <= last)

    def _as(self, unit: str, back: str = "") -> Ints:
        """Count in whole months or years since 1970; with `back`, in days at their start."""
        counted = (self.ordinal - UNIX_EPOCH).astype("datetime64[D]").astype(f"datetime64[{unit}]")
        if back:
            counted = counted.astype(f"datetime64[{back}]")
        return counted.astype(np.int64)


def _shift(days: Bools, by: int) -> Bools:
    """Move marks `by` days later; what comes in from outside is unmarked."""
    moved = np.zeros_like(days)
    if by > 0:
        moved[by:] = days[:-by]
    else:
        moved[:by] = days[-by:]
    return moved
