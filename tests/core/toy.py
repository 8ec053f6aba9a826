"""Small made-up cities for the tests of the core."""

from __future__ import annotations

import numpy as np

from pulso.core.days import Days
from pulso.core.panel import Panel

MONDAY = 735_967  # 2016-01-04


def days(T: int, first: int = MONDAY) -> Days:
    return Days(np.arange(first, first + T), np.full(T, -1), (), np.zeros(T, dtype=bool))


SHAPE = np.array([1, 1, 1, 1, 2, 4, 8, 16, 14, 8, 6, 6, 8, 8, 8, 10, 14, 16, 12, 8, 6, 4, 2, 1], dtype=float)


def panel(daily: np.ndarray, *, form="flow", hours=None, **more) -> Panel:
    """A metric whose sensors spread their day, (T, S), over the hours by SHAPE, and of which `hours`, (T, S, 24), were seen."""
    T, S = daily.shape
    seen = np.ones((T, S, 24)) if hours is None else hours.astype(float)
    shape = SHAPE / SHAPE.sum() if form == "flow" else SHAPE / SHAPE.mean()
    values = daily[:, :, None] * shape * (seen if form == "flow" else 1.0)
    known = {"domain": "d", "ratio": True, "importance": 1.0, "still": np.zeros((T, S), dtype=int), "zone": np.zeros(S, dtype=int)}
    known |= {"alive": np.ones((T, S), dtype=bool), "excluded": np.zeros((T, S), dtype=bool), "name": "m", "grain": "hour"} | more
    return Panel(form=form, values=np.where(seen > 0, values, np.nan), seen=seen, **known)
