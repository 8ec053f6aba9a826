"""Structural time series, beside statsmodels' simulation smoother: `python -m tests.bench.bench_structural`.

Both draw the same for the same 1,000 points, 1,000 times, with variances that differ from draw to draw, as they do in a Gibbs sampler: the
level alone, and the level with the coefficients of three controls (which statsmodels has as states that never move). Statsmodels is given
the variances. So is ours in the last two figures of levels; in the others it draws them too, and which controls are in. Imports and the
first draws of each side are not timed.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from statsmodels.tsa.statespace.structural import UnobservedComponents

from pulso.core.effects.gibbs import Draws, draw_levels, sample
from pulso.core.effects.structural import impact
from tests.bench.figures import Figure, middle, note, tell

T, START, DRAWS, WARM = 1000, 900, 1000, 100
FEW, MANY = 3, 20
BAR = 20.0


def series(controls: int) -> tuple[np.ndarray, np.ndarray]:
    """A level that wanders, one control that matters, others that don't; standardised."""
    rng = np.random.default_rng(controls)
    x = rng.standard_normal((T, controls))
    y = np.cumsum(0.02 * rng.standard_normal(T)) + 0.5 * rng.standard_normal(T) + 0.8 * x[:, 0]
    return (y - y.mean()) / y.std(), x


def timed(work: Callable[[], object]) -> float:
    """Seconds of one run."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def reference(y: np.ndarray, x: np.ndarray | None) -> Callable[[Draws], None]:
    """Statsmodels, ready to draw levels (and coefficients) for each pair of variances."""
    model = UnobservedComponents(y, level="llevel", exog=x, mle_regression=False)
    smoother = model.simulation_smoother()
    chance = np.random.default_rng(0)

    def draw(given: Draws) -> None:
        for noise, drift in zip(given.noise, given.drift, strict=True):
            model.update([noise, drift])
            smoother.simulate(rng=chance)
            assert smoother.simulated_state.shape == (1 if x is None else 1 + x.shape[1], T)

    return draw


def figures(turns: int) -> list[Figure]:
    """Measure."""
    rng = np.random.default_rng(1)
    (y, x), (z, many) = series(FEW), series(MANY)
    given = sample(y, x, draws=DRAWS, burn=WARM, rng=rng)
    rest = y - x @ given.beta.mean(axis=0)
    alone, together = reference(rest, None), reference(y, x)
    for warm in (alone, together):
        warm(Draws(*(v[:WARM] for v in given)))
    sample(z, many, draws=WARM, burn=0, rng=rng)
    both = [
        (
            timed(lambda: sample(y, x, draws=DRAWS, burn=0, rng=rng)),
            timed(lambda: together(given)),
            timed(lambda: sample(rest, draws=DRAWS, burn=0, rng=rng)),
            timed(lambda: draw_levels(rest, given.noise, given.drift, draws=DRAWS, rng=rng)),
            timed(lambda: alone(given)),
            timed(lambda: sample(z, many, draws=DRAWS, burn=0, rng=rng)),
            timed(lambda: impact(y, x, START, rng=rng)),
        )
        for _ in range(turns)
    ]
    note(f"{both}")
    whole, theirs, bare, levels, other, wide, event = (middle(column) for column in zip(*both, strict=True))
    ratios = [middle([turn[b] / turn[a] for turn in both]) for a, b in ((0, 1), (2, 4), (3, 4))]
    beside, bar = "statsmodels' simulation smoother, given the variances", f"≥ {BAR:.0f} × faster"
    name = f"{DRAWS:,} draws on {T:,} points"
    all_of_it = f"All of `impact`: {T - START} steps after {START}, {FEW} controls, 200 + {DRAWS:,} draws"
    few = f"{name}: level, {FEW} controls, variances"
    met = [ratio >= BAR for ratio in ratios]
    return [
        Figure(few, _short(whole), beside, _short(theirs), ratios[0], f"{bar}; about 0.15 s", met[0]),
        Figure(f"{name}: level, given the variances", _short(levels), beside, _short(other), ratios[2], bar, met[2]),
        Figure(f"{name}: level, variances", _short(bare), beside, _short(other), ratios[1]),
        Figure(f"{name}: level, {MANY} controls by spike and slab, variances", _short(wide)),
        Figure(all_of_it, _short(event)),
    ]


def _short(value: float) -> str:
    """Seconds to the thousandth: these are fractions of one."""
    return f"{value:.3f} s"


if __name__ == "__main__":
    tell(figures, turns=9)
