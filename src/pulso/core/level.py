"""How busy it has been lately: medians of the days before."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SPAN = 28  # days before
LEAST = 15  # of them observed, or there is no level


def medians_before(values: Floats, *, span: int = SPAN, least: int = LEAST) -> Floats:
    """
    Take the median of the days before each day.

    Parameters
    ----------
    values : (S, span + n)
        Consecutive days; NaN where unknown.
    span
        How many days to look back.
    least
        With fewer known days than this, there is no median.

    Returns
    -------
    (S, n)
        For the last n days, each from the `span` days before it, itself excluded. NaN where too little is known.

    Raises
    ------
    ValueError
        If there are fewer than `span` days, or not 1 <= least <= span.
    """
    if values.shape[1] < span or not 1 <= least <= span:
        raise ValueError(f"medians over {span} days ({least} known at least) need as many: got {values.shape[1]}")
    windows = np.lib.stride_tricks.sliding_window_view(values, span, axis=1)[:, :-1]
    known = np.isfinite(windows).sum(axis=-1)
    out = np.full(known.shape, np.nan)
    full = known == span
    middle = [(span - 1) // 2, span // 2]
    out[full] = np.partition(windows[full], middle, axis=-1)[:, middle].mean(axis=-1)
    some = (known >= least) & ~full
    ordered, n = np.sort(windows[some], axis=-1), known[some]
    row = np.arange(n.size)
    out[some] = (ordered[row, (n - 1) // 2] + ordered[row, n // 2]) / 2
    return out
