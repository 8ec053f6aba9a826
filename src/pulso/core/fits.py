"""Months' fits, remembered: a month whose data did not change is not fitted again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pulso.core.design import Calendar
from pulso.core.drivers import Columns
from pulso.core.model import Bools, Floats, learn, mature


class Fit(NamedTuple):
    """What one month's fit of S series has learnt."""

    calendar: Floats  # (S, p)
    driver: Floats  # (S, q)


class Fits:
    """
    What was learnt, by a digest of all that it was learnt from. Nothing but time depends on what is known here.

    Parameters
    ----------
    known
        As `used` was after an earlier run.
    made_by
        Tells one version of the code from another: fits of one are not those of another.
    """

    def __init__(self, known: Mapping[str, Fit] | None = None, made_by: str = "") -> None:
        self._known = known or {}
        self._made_by = made_by
        self.used: dict[str, Fit] = {}
        """Those that this run asked for."""

    def learn(self, y: Floats, calendar: Calendar, columns: Columns, where: Bools, start: int, stop: int, weather: int) -> Fit:
        """Recall a fit, or make it: `model.learn`."""
        window = slice(start, stop)
        of_days = (calendar.X[window], columns.X[window], columns.running[window], columns.eventful[window])
        of_columns = (calendar.ridge, calendar.since, calendar.named, columns.group, columns.hinders, columns.unused)
        key = _digest(self._made_by, weather, (y[:, window], mature(y, start, stop), where, *of_days, *of_columns))
        if key not in self.used:
            self.used[key] = self._known.get(key) or Fit(*learn(y, calendar, columns, where, start, stop, weather))
        return self.used[key]


def _digest(made_by: str, weather: int, arrays: Iterable[NDArray[np.generic]]) -> str:
    digest = hashlib.blake2b(f"{made_by} {weather}".encode(), digest_size=16)
    for array in arrays:
        digest.update(f"{array.shape} {array.dtype}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()
