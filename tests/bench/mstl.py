"""The reference of the expected day: statsforecast's MSTL with AutoETS, one fit and one forecast a series, on one core.

    .venv/bench/bin/python tests/bench/mstl.py SERIES.npy TURNS

Runs in the benches' own environment, without Pulso. Reads daily series (T, N), prints the seconds of each turn as JSON. numba's compilation
is left out by a first, untimed turn.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
import pandas as pd
from statsforecast import StatsForecast
from statsforecast.models import MSTL, AutoETS


def seconds(values: np.ndarray) -> float:
    """Seconds for all series."""
    n = values.shape[1]
    frame = pd.DataFrame(
        {
            "unique_id": np.repeat(np.arange(n), len(values)),
            "ds": np.tile(pd.date_range("2019-01-01", periods=len(values)), n),
            "y": np.log(values).T.ravel(),
        }
    )
    model = StatsForecast(models=[MSTL(season_length=[7, 365], trend_forecaster=AutoETS(model="ZZN"))], freq="D", n_jobs=1)
    begun = time.perf_counter()
    model.forecast(df=frame, h=1)
    return time.perf_counter() - begun


def main() -> None:
    """Wait for a line, run a turn, say its seconds; so that the other side's turns come between."""
    values = np.load(sys.argv[1])
    seconds(values[:, :2])
    print("ready", flush=True)
    for _ in sys.stdin:
        print(json.dumps(seconds(values)), flush=True)


if __name__ == "__main__":
    main()
