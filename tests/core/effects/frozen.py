"""An expectation truly frozen at a window's start, made from the engine's own parts: what `steady` stands in for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pulso.core import design
from pulso.core import drivers as moving
from pulso.core.baseline import _months, _shape
from pulso.core.drivers import Columns
from pulso.core.fits import Fit, Fits
from pulso.core.index import log_index, metric_index
from pulso.core.level import SPAN, medians_before
from pulso.core.model import offsets
from tests.core import real

Floats = NDArray[np.float64]


def frozen_effects(observed: Floats, data: real.Series, starts: list[int], h: int) -> Floats:
    """(n,) Mean of ln(observed / expected) of the city over windows of h days, fit and level as on each first day."""
    values = data.values
    days = data.days
    drivers = data.drivers or moving.none(len(days))
    laid_out, fits = design.calendar(days), Fits()
    found = np.full(len(starts), np.nan)
    for month in _months(values, days, slice(None)):
        mine = [i for i, s in enumerate(starts) if month.first <= s < month.stop]
        if mine:
            at = (month.fit_from, month.fit_to)
            columns = moving.columns(drivers, days.ordinal, days.public, *at)
            offset = offsets(values, *at)
            y = np.log(values + offset).T
            shape = _shape(fits, y, laid_out, columns, drivers, *at, month.in_sample)
            for i in mine:
                found[i] = _one(observed, y, offset, laid_out.X, columns, shape, starts[i], h)
    return found


def _one(values: Floats, y: Floats, offset: Floats, calendar: Floats, columns: Columns, shape: Fit, s: int, h: int) -> float:
    driver, group = columns.X, columns.group
    if s < SPAN or s + h > len(values):
        return np.nan
    span, window = slice(s - SPAN, s + 1), slice(s, s + h)
    pushes = [shape.driver[:, group == k] @ driver[span][:, group == k].T for k in np.unique(group)]
    pushed = sum(pushes, np.zeros((len(y), SPAN + 1)))
    level = medians_before(y[:, span] - shape.calendar @ calendar[span].T - pushed)
    pushed_lately = sum((np.nan_to_num(medians_before(p)) for p in pushes), np.zeros(level.shape))
    usual = level + pushed_lately + shape.calendar @ calendar[window].T
    expected = np.exp(usual.T) - offset
    ratio = metric_index(values[window], expected, np.ones((1, values.shape[1]), dtype=bool)).ratio[:, 0]
    ln = log_index(ratio)
    return float(np.nanmean(ln)) if np.isfinite(ln).sum() * 2 > h else np.nan
