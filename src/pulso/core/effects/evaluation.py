"""A pilot's effect, by the method that its protocol names, set among what the same method finds where nothing was done."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pulso.core.effects.gibbs import LOOSE
from pulso.core.effects.power import Minimum, minimum_effect
from pulso.core.effects.sdid import Way
from pulso.core.effects.sdid import estimate as compare
from pulso.core.effects.space import rank_interval, rank_p
from pulso.core.effects.steady import Steady
from pulso.core.effects.structural import impact
from pulso.core.effects.window import LEAST_SEEN, LEAST_WINDOWS, PAST, Refusal, placebo_windows, window_effect

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Method = Literal["window", "sdid", "synthetic", "did", "structural"]
WAYS: dict[str, Way] = {"sdid": "sdid", "synthetic": "sc", "did": "did"}
LEAST_CONTROLS: dict[str, int] = {"window": 0, "structural": 0, "did": 1, "synthetic": 2, "sdid": 2}
MOST_PLACEBOS = 365  # comparisons of the past that are made, spread evenly: each fits weights of its own


class Design(NamedTuple):
    """What a protocol says, in days of the series."""

    method: Method
    before: tuple[int, int]  # the days that the treated and the others are compared on before: first, and the one after the last
    window: tuple[int, int]  # the same of the days on which something is done
    excluded: Bools  # (T,) days that are left out: of other events

    @property
    def length(self) -> int:
        """Days of the window."""
        return self.window[1] - self.window[0]


class Series(NamedTuple):
    """What was published: logarithms of an index against a level that doesn't follow."""

    treated: Steady  # (T,) the mean of the treated zones
    controls: Floats  # (N, T) of zones or cities that were left alone; none for "window"
    kind: NDArray[np.int64]  # (T,) what kind of day each is
    segments: NDArray[np.int64] | None = None  # (N, T) of the controls, as `Steady.segment`; None: their levels never broke


class Evaluated(NamedTuple):
    """What a pilot did, in logarithms; NaN where it can't be told."""

    log: float
    low: float
    high: float
    p: float  # share of placebos, this among them, that are as far out
    placebos: Floats  # (P,) the same method on earlier days
    seen: float  # share of the window's days that is known
    drift: float  # second half of the days before, less the first half: treated against their comparison
    drift_p: float  # its rank among the placebos' own; NaN without
    refusal: Refusal | None


def evaluate(series: Series, design: Design, *, rng: np.random.Generator) -> Evaluated:
    """
    Evaluate a pilot by its design.

    Parameters
    ----------
    series
        On the same T days. A day unknown to the treated, or to a control, is left out of comparisons.
    design
        "window": the treated against the 28 days before. "did", "synthetic", "sdid": against the controls, whose weights are
        found on the days before. "structural": against a drawn counterfactual with the controls as regressors.
    rng
        The chance that "structural" draws from; the others use none.

    Returns
    -------
    Evaluated
        Interval and p come from the same method on all earlier windows of the same length that nothing else touches (of
        "structural": from its own draws, and there are no placebos). With `refusal` where too little is known.

    Notes
    -----
    Units are compared less their own mean before, also in "synthetic" (Ferman & Pinto 2021, Quantitative Economics 12(4)).

    Raises
    ------
    ValueError
        If the days lie outside the series or in disorder, or there are too few controls: one for "did", two for "synthetic" and "sdid".
    """
    _check(series, design)
    start, stop = design.window
    if design.method == "window":
        found = window_effect(series.treated, start, stop, kind=series.kind, excluded=design.excluded)
        drift, drift_p = _drift(series, design, start, _starts(design))
        return Evaluated(found.log, found.low, found.high, found.p, found.placebos.effects, found.seen, drift, drift_p, found.refusal)
    known = np.isfinite(series.treated.log[start:stop]) & np.isfinite(series.controls[:, start:stop]).all(axis=0)
    seen = float(known.mean())
    if seen < LEAST_SEEN:
        return _nothing(seen, Refusal.UNSEEN)
    if design.method == "structural":
        return _drawn(series, design, seen, rng)
    log = _effect(series, design, start)
    if not np.isfinite(log):
        return _nothing(seen, Refusal.NO_LEVEL)
    placebos = comparisons(series, design)
    drift, drift_p = _drift(series, design, start, _starts(design))
    if placebos.size < LEAST_WINDOWS:
        return Evaluated(log, np.nan, np.nan, np.nan, placebos, seen, drift, drift_p, Refusal.FEW_WINDOWS)
    low, high = rank_interval(log, placebos)
    return Evaluated(log, low, high, rank_p(log, placebos), placebos, seen, drift, drift_p, None)


def least_effect(series: Series, design: Design) -> Minimum | None:
    """
    Say how large an effect must be for this design to see it four times in five, from what was published before its window.

    Parameters as of `evaluate`; the window may lie beyond what is known, as unknown days. None where the past is too short. Of
    "structural" too the placebos are those of the window method on the same days: its own draws say nothing of real series.
    """
    _check(series, design)
    start, stop = design.window
    if design.method in WAYS:
        placebos = comparisons(series, design)
    else:
        placebos = placebo_windows(series.treated, start, stop, kind=series.kind, excluded=design.excluded).effects
    return minimum_effect(placebos) if placebos.size >= LEAST_WINDOWS else None


def comparisons(series: Series, design: Design) -> Floats:
    """Give what a comparison finds on earlier windows of its length (P,), the oldest first: each with weights found before it."""
    found = np.array([_effect(series, design, s) for s in _starts(design)])
    return np.asarray(found[np.isfinite(found)])


def _starts(design: Design) -> list[int]:
    """First days of earlier windows that nothing else touches, in the two years before, spread evenly where they are many."""
    start, h = design.window[0], design.length
    reach = start - design.before[0]
    end = min(start, design.before[1]) - h
    touched = np.concatenate([[0], np.cumsum(design.excluded)])
    every = [s for s in range(max(reach, start - PAST), end + 1) if touched[s + h] == touched[s]]
    chosen = np.linspace(0, len(every) - 1, min(len(every), MOST_PLACEBOS)).round().astype(int)
    return [every[i] for i in chosen]


def _rows(series: Series, design: Design, start: int) -> tuple[Floats, int]:
    """The days before and of a window on which all are known, controls first, and how many are before."""
    first, last = start - (design.window[0] - design.before[0]), start - (design.window[0] - design.before[1])
    days = np.concatenate([np.arange(first, last), np.arange(start, start + design.length)])
    days = days[~design.excluded[days] | (days >= start)]
    y = _levelled(series, days)
    whole: Bools = np.asarray(np.isfinite(y).all(axis=0))
    enough = whole[days < start].sum() >= LEAST_SEEN * (last - first) and whole[days >= start].sum() >= LEAST_SEEN * design.length
    return (y[:, whole], int((whole & (days < start)).sum())) if enough else (y[:, :0], 0)


def _levelled(series: Series, days: NDArray[np.int64]) -> Floats:
    """Controls and the treated (N + 1, D), the treated last; NaN also where a level broke after the day: it can't be compared."""
    y = np.vstack([series.controls[:, days], series.treated.log[None, days]])
    others = np.where(np.isfinite(series.controls), 0, -1) if series.segments is None else series.segments
    segment = np.vstack([others[:, days], series.treated.segment[None, days]])
    return np.where(segment == segment.max(axis=1, keepdims=True), y, np.nan)


def _effect(series: Series, design: Design, start: int) -> float:
    """What a comparison finds on a window; NaN where too little is known."""
    y, before = _rows(series, design, start)
    if before < 2:
        return np.nan
    if design.method == "did":
        gap = y[-1] - y[:-1].mean(axis=0)
        return float(gap[before:].mean() - gap[:before].mean())
    y = y - y[:, :before].mean(axis=1, keepdims=True)  # levels are known up to a constant: what is mixed is how units move
    treated = np.arange(len(y)) == len(y) - 1
    return compare(y, treated, before, way=WAYS[design.method]).effect


def _drift(series: Series, design: Design, start: int, others: list[int]) -> tuple[float, float]:
    """How far the treated had moved against the mean of the controls before, and how that ranks among earlier times."""

    def moved(s: int) -> float:
        first, last = s - (design.window[0] - design.before[0]), s - (design.window[0] - design.before[1])
        y = _levelled(series, np.arange(first, last))
        gap = y[-1] - (y[:-1].mean(axis=0) if len(y) > 1 else 0.0)
        half = (last - first) // 2
        halves = gap[:half], gap[half:]
        if min(np.isfinite(x).sum() for x in halves) < LEAST_SEEN * half:
            return np.nan
        return float(np.nanmean(halves[1]) - np.nanmean(halves[0]))

    drift = moved(start)
    past = np.array([moved(s) for s in others])
    past = past[np.isfinite(past)]
    return drift, rank_p(drift, past) if np.isfinite(drift) and past.size else np.nan


def _drawn(series: Series, design: Design, seen: float, rng: np.random.Generator) -> Evaluated:
    """What the structural time series finds: its posterior, on the days before and of the window."""
    first, start, stop = design.before[0], *design.window
    days = np.arange(first, stop)
    every = _levelled(series, days)
    x = every[:-1]
    known: Bools = np.asarray(np.isfinite(every).all(axis=0) & (~design.excluded[first:stop] | (days >= start)))
    if known[: start - first].mean() < LEAST_SEEN or known[start - first :].mean() < LEAST_SEEN:
        return _nothing(seen, Refusal.NO_LEVEL)
    y = np.where(known, every[-1], np.nan)
    filled = np.where(np.isfinite(x), x, np.nanmean(x, axis=1, keepdims=True)) if len(x) else x  # there y is unknown
    found = impact(y, filled.T if len(x) else None, start - first, stop - first, rng=rng, prior=LOOSE)
    drift, drift_p = _drift(series, design, start, _starts(design))
    mean = found.mean
    p = min(1.0, 2.0 * found.p)
    return Evaluated(float(mean.value), float(mean.low), float(mean.high), p, np.array([]), seen, drift, drift_p, None)


def _nothing(seen: float, why: Refusal) -> Evaluated:
    return Evaluated(np.nan, np.nan, np.nan, np.nan, np.array([]), seen, np.nan, np.nan, why)


def _check(series: Series, design: Design) -> None:
    T = len(series.treated.log)
    (first, last), (start, stop) = design.before, design.window
    if not 0 <= first < last <= start < stop <= T:
        raise ValueError(f"the days before lie before the window, within {T} days: got {design.before} and {design.window}")
    if len(series.controls) < LEAST_CONTROLS[design.method]:
        raise ValueError(f"{design.method} needs {LEAST_CONTROLS[design.method]} controls at least; got {len(series.controls)}")
    if series.controls.ndim != 2 or series.controls.shape[1] != T or len(series.kind) != T or len(design.excluded) != T:
        raise ValueError("treated, controls, kinds of day and excluded days tell of the same days")
