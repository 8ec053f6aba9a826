"""Comparisons: California with 200 placebos and the Basque country to its best known fit, as published; and pilots of made-up cities.

`python -m tests.bench.bench_synthetic`. R's synthdid can't be run here; beside ours stands its algorithm written out for one placebo at a
time, as tests/core/effects/test_sdid.py has it, on a few placebos. For its pace the issue names 20 s for R.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from pulso.core.effects import sdid, space
from pulso.core.effects.evaluation import evaluate
from pulso.core.effects.frame import Estimate
from pulso.core.effects.synthetic import synthetic_control
from tests.bench.figures import Figure, middle, note, seconds, tell
from tests.conftest import SHARED
from tests.core.effects.cases import basque, california, who
from tests.core.effects.test_evaluation import DAYS, START, city, design
from tests.core.effects.test_sdid import slowly

COUNT, THEIRS = 200, 4
BEFORE = 120  # days before the pilots' windows, as `design` has them
BEST = 0.0042862


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of one run, and what it gave."""
    begun = time.perf_counter()
    done = work()
    return time.perf_counter() - begun, done


def figures(turns: int) -> list[Figure]:
    """Measure."""
    pilots = [figure for zones in (7, 40) for figure in of_pilots(zones, turns)]
    if not (SHARED / "data").is_dir():
        note(f"The real data is not at {SHARED}")
        return pilots
    law = california(SHARED)
    question = (law.outcomes, law.treated, law.start)
    pair = law.treated | (np.array(law.units) == "Nevada")
    one, drawn, different, theirs, everywhere = [], [], [], [], []
    for _ in range(turns):
        one.append(timed(lambda: sdid.estimate(*question))[0])
        drawn.append(one[-1] + timed(lambda: sdid.placebos(*question, count=COUNT))[0])
        different.append(timed(lambda: sdid.placebos(law.outcomes, pair, law.start, count=COUNT))[0])
        theirs.append(timed(lambda: written_out(law.outcomes, law.treated, law.start))[0] / THEIRS)
        everywhere.append(timed(lambda: space.in_space(alone, *question))[0])
    ratio = middle([t * COUNT / d for t, d in zip(theirs, different, strict=True)])
    each = "the published algorithm, one by one in numpy"
    return [
        Figure("California, synthetic difference-in-differences", seconds(middle(one))),
        Figure(f"The same with {COUNT} random placebos, 38 of them different", seconds(middle(drawn)), bar="about 3 s"),
        Figure(
            f"{COUNT} placebos of two states each, nearly all different",
            seconds(middle(different)),
            each,
            f"{1000 * middle(theirs):.0f} ms a placebo",
            ratio,
            "about 3 s",
        ),
        Figure("Synthetic control on outcomes of California and each of 38 others", seconds(middle(everywhere))),
        *of_basque(turns),
        *pilots,
    ]


def alone(outcomes: np.ndarray, treated: np.ndarray, start: int) -> Estimate:
    """Synthetic control without predictors."""
    return synthetic_control(outcomes, treated, start).estimate


def written_out(outcomes: np.ndarray, treated: np.ndarray, start: int) -> None:
    """A few placebos, by the algorithm as it is published."""
    controls = outcomes[~treated]
    noise = np.std(np.diff(controls[:, :start], axis=1), ddof=1)
    n = len(controls) - 1
    for i in range(THEIRS):
        rows = [*(j for j in range(n + 1) if j != i), i]
        slowly(controls[rows], 1, start, noise, np.full(n, 1 / n), np.full(start, 1 / start))


def of_basque(turns: int) -> list[Figure]:
    """The search for the importance of 13 predictors; each turn draws anew, and all must arrive."""
    case = basque(SHARED)
    years = case.years[: case.start]
    fit = (years >= 1960) & (years <= 1969)
    runs = [
        timed(lambda seed=seed: synthetic_control(case.outcomes, case.treated, case.start, case.predictors, fit=fit, seed=seed).loss)
        for seed in range(max(turns, 5))
    ]
    worst = max(loss for _, loss in runs)
    return [
        Figure("Basque country, importance of 13 predictors searched for", seconds(middle([r[0] for r in runs])), bar="about 1 s"),
        Figure(f"Its mean squared gap, the worst of {len(runs)} draws", f"{worst:.9f}", bar=f"≤ {BEST}", met=worst <= BEST),
    ]


def of_pilots(zones: int, turns: int) -> list[Figure]:
    """A pilot in one of so many zones, evaluated among its placebos; beside it, placebos by the published search, one by one."""
    series, found = city(1, zones=zones), []
    outcomes, treated = np.vstack([series.treated.log, series.controls]), who(zones, 0)
    for method, way in (("synthetic", "sc"), ("sdid", "sdid")):
        ours, theirs = [], []
        for _ in range(turns):
            seconds_of_one, told = timed(lambda method=method: evaluate(series, design(method), rng=np.random.default_rng(1)))
            ours.append(seconds_of_one)
            for start in range(START - 365, START - DAYS, 365 // THEIRS):
                y = outcomes[:, start - BEFORE : start + DAYS]
                y = y - y[:, :BEFORE].mean(axis=1, keepdims=True)
                theirs.append(timed(lambda y=y, way=way: sdid.estimate(y, treated, BEFORE, way=way))[0])
        count = told.placebos.size
        found.append(
            Figure(
                f"A pilot by {method}, {zones} zones, {BEFORE} days before, {DAYS} in the window, {count} placebos",
                seconds(middle(ours)),
                "the published search, one by one",
                f"{1000 * middle(theirs):.0f} ms a placebo",
                middle(theirs) * count / middle(ours),
                "about 1 s",
            )
        )
    return found


if __name__ == "__main__":
    tell(figures, turns=3)
