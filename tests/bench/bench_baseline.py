"""The expected day, beside statsforecast's MSTL with AutoETS on the same series: `python -m tests.bench.bench_baseline`.

Ours is timed for one day (one month's fit, which is what a day costs) and for every day (all monthly refits after the first year, which is
what a backfill costs). Theirs is one fit and one forecast a series, which is what one day costs, in the benches' own environment, turn by
turn with ours.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from pulso.core.baseline import expect
from tests.bench.figures import Figure, middle, note, seconds, tell
from tests.conftest import REPO
from tests.core.streets import city, days

SERIES, T, THEIRS = 1000, 1096, 10
BAR = 60.0
PYTHON = REPO / ".venv" / "bench" / "bin" / "python"


def ours(values: np.ndarray, wanted: slice) -> float:
    """Seconds for all series."""
    begun = time.perf_counter()
    expect(values, days(len(values)), wanted=wanted)
    return time.perf_counter() - begun


@contextmanager
def reference(values: np.ndarray) -> Iterator[Callable[[], float]]:
    """A process that runs the reference once whenever it is asked, and answers with its seconds for all of these series."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "series.npy"
        np.save(file, values)
        command = [str(PYTHON), "-W", "ignore", str(REPO / "tests" / "bench" / "mstl.py"), str(file)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            answers, asked = process.stdout, process.stdin
            if answers.readline().strip() != "ready":
                raise RuntimeError("statsforecast did not start; its own words are above")

            def turn() -> float:
                asked.write("again\n")
                asked.flush()
                return float(answers.readline())

            yield turn
            asked.close()


def figures(turns: int) -> list[Figure]:
    """Measure."""
    values = city(T, SERIES)
    gaps = np.where(np.random.default_rng(0).random(values.shape) < 0.03, np.nan, values)
    last = slice(T - 1, T)
    with reference(values[:, :THEIRS]) as theirs:
        ours(values, last)  # untimed, as theirs was
        both = [(ours(values, last), theirs() / THEIRS, ours(values, slice(None)), ours(gaps, slice(None))) for _ in range(turns)]
    note(f"{both}")
    one, other, every, gappy = (middle(column) for column in zip(*both, strict=True))
    ratio, whole = (middle([t[1] * SERIES / t[i] for t in both]) for i in (0, 2))
    each = f"MSTL + AutoETS, one day, {THEIRS} series"
    name = f"Expected day of {SERIES:,} three-year series"
    a_series = f"{1000 * other:.0f} ms a series"
    return [
        Figure(name, seconds(one), each, a_series, ratio, f"≥ {BAR:.0f} × faster a series", ratio >= BAR),
        Figure("The same of every day: 24 monthly refits", seconds(every), each, a_series, whole, "about 4 s"),
        Figure("The same with 3 % gaps", seconds(gappy), bar="about 4 s"),
    ]


if __name__ == "__main__":
    tell(figures, turns=5)
