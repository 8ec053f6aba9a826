"""
How fast the expected day is, beside statsforecast's MSTL with AutoETS, in one run and on the same series.

Run it in an environment that has statsforecast (dependency group `bench`), with nothing else on the machine:

    python -m tests.bench.bench_baseline

Both sides read the same daily series of three years. Ours is timed twice: for one day (one month's fit, which is what
a day costs) and for every day (all monthly refits after the first year, which is what a backfill costs). Theirs is one
fit and one forecast a series, which is what one day costs; numba's compilation is left out by a first, untimed run.
"""

from __future__ import annotations

import resource
import time

import numpy as np
import pandas as pd
from statsforecast import StatsForecast
from statsforecast.models import MSTL, AutoETS

from pulso.core.baseline import expect
from tests.core.streets import city, days

SERIES, T, THEIRS = 1000, 1096, 20
BAR_SECONDS, BAR_RATIO = 4.0, 60.0


def ours(values: np.ndarray, wanted: slice) -> float:
    """Seconds for all series."""
    start = time.perf_counter()
    expect(values, days(len(values)), wanted=wanted)
    return time.perf_counter() - start


def theirs(values: np.ndarray) -> float:
    """Seconds for all series, on one core."""
    n = values.shape[1]
    frame = pd.DataFrame(
        {
            "unique_id": np.repeat(np.arange(n), len(values)),
            "ds": np.tile(pd.date_range("2019-01-01", periods=len(values)), n),
            "y": np.log(values).T.ravel(),
        }
    )
    model = StatsForecast(models=[MSTL(season_length=[7, 365], trend_forecaster=AutoETS(model="ZZN"))], freq="D", n_jobs=1)
    start = time.perf_counter()
    model.forecast(df=frame, h=1)
    return time.perf_counter() - start


def main() -> None:
    """Print the figures beside their bars."""
    values = city(T, SERIES)
    gaps = np.where(np.random.default_rng(0).random(values.shape) < 0.03, np.nan, values)
    theirs(values[:, :2])
    one, every, gappy = ours(values, slice(T - 1, T)), ours(values, slice(None)), ours(gaps, slice(None))
    other = theirs(values[:, :THEIRS]) / THEIRS
    print(f"{SERIES} series of {T} days")
    print(f"one day                        {one:6.2f} s   {1000 * one / SERIES:8.3f} ms a series")
    print(f"every day, 24 monthly refits   {every:6.2f} s   (bar {BAR_SECONDS:.0f} s)")
    print(f"the same with 3 % gaps         {gappy:6.2f} s")
    print(f"MSTL + AutoETS, one day        {1000 * other:6.0f} ms a series")
    print(f"ratio a series, one day        {other / (one / SERIES):6.0f} x   (bar {BAR_RATIO:.0f} x)")
    print(f"ratio a series, our whole backfill against their one day {other / (every / SERIES):6.0f} x")
    print(f"peak memory                    {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MB")


if __name__ == "__main__":
    main()
