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
LEAST_KNOWN = 0.75  # of the treated's days, before and within a window: a control that is known on less is left out
MOST_PLACEBOS = 365  # comparisons of the past that are made, spread evenly: each fits weights of its own


class Design(NamedTuple):
    """What a protocol says, in days of the series."""

    method: Method
    before: tuple[int, int]  # the days that the treated and the others are compared on before: first, and the one after the last
    window: tuple[int, int]  # the same of the days on which something is done
    excluded: Bools  # (T,) days that are left out, of the window too: of other events

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
    left_out: Bools  # (N,) controls that were known on too few days to compare with


def evaluate(series: Series, design: Design, *, rng: np.random.Generator) -> Evaluated:
    """
    Evaluate a pilot by its design.

    Parameters
    ----------
    series
        On the same T days. A control that is not known on three quarters of the treated's days, before or within a window, is
        left out of that window's comparison; then each day is that is unknown to the treated or to a control that remains.
    design
        "window": the treated against the 28 days before. "did", "synthetic", "sdid": against the controls, whose weights are
        found on the days before. "structural": against a drawn counterfactual with the controls as regressors.
    rng
        The chance that "structural" draws from; the others use none.

    Returns
    -------
    Evaluated
        Interval and p come from the same method on earlier windows of the same length that nothing else touches, with no days or
        controls that this one lacks: fewer vary more. (Of "structural": from its own draws, and there are no placebos.) With
        `refusal` where too little is known.

    Notes
    -----
    Units are compared less their own mean before, also in "synthetic" (Ferman & Pinto 2021, Quantitative Economics 12(4)).

    Raises
    ------
    ValueError
        If the days lie outside the series or in disorder, or there are too few controls: one for "did", two for "synthetic" and "sdid".
    """
    _check(series, design)
    series = _calm(series, design)
    start, stop = design.window
    kept = _kept(series, design, start)
    out = ~kept
    if design.method == "window":
        found = window_effect(series.treated, start, stop, kind=series.kind, excluded=design.excluded)
        drift, drift_p = _drift(series, design, start, _starts(design))
        return Evaluated(found.log, found.low, found.high, found.p, found.placebos.effects, found.seen, drift, drift_p, found.refusal, out)
    known = np.isfinite(series.treated.log[start:stop]) & np.isfinite(series.controls[kept, start:stop]).all(axis=0)
    seen = float(known.mean())
    if kept.sum() < _least(series, design):
        return _nothing(seen, Refusal.FEW_CONTROLS, out)
    if seen < LEAST_SEEN:
        return _nothing(seen, Refusal.UNSEEN, out)
    series = _among(series, kept)
    if design.method == "structural":
        return _drawn(series, design, seen, out, rng)
    log = _effect(series, design, start)
    if not np.isfinite(log):
        return _nothing(seen, Refusal.NO_LEVEL, out)
    placebos = comparisons(series, design, known)
    drift, drift_p = _drift(series, design, start, _starts(design))
    if placebos.size < LEAST_WINDOWS:
        return Evaluated(log, np.nan, np.nan, np.nan, placebos, seen, drift, drift_p, Refusal.FEW_WINDOWS, out)
    low, high = rank_interval(log, placebos)
    return Evaluated(log, low, high, rank_p(log, placebos), placebos, seen, drift, drift_p, None, out)


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


def comparisons(series: Series, design: Design, seen: Bools | None = None) -> Floats:
    """
    Give what a comparison finds on earlier windows of its length (P,), the oldest first: each with weights found before it.

    Parameters as of `evaluate`; `seen` (length,) says which of its days are taken of a window (None: all).
    """
    series = _calm(series, design)
    found = np.array([_effect(series, design, s, seen) for s in _starts(design)])
    return np.asarray(found[np.isfinite(found)])


def _calm(series: Series, design: Design) -> Series:
    """The same where days that are left out are unknown of the treated, so that they are compared with nobody's."""
    treated, out = series.treated, design.excluded
    return series._replace(treated=Steady(np.where(out, np.nan, treated.log), np.where(out, -1, treated.segment), treated.settled & ~out))


def _among(series: Series, kept: Bools) -> Series:
    """The same with these controls only."""
    return series._replace(controls=series.controls[kept], segments=None if series.segments is None else series.segments[kept])


def _starts(design: Design) -> list[int]:
    """First days of earlier windows that nothing else touches, in the two years before, spread evenly where they are many."""
    start, h = design.window[0], design.length
    reach = start - design.before[0]
    end = min(start, design.before[1]) - h
    touched = np.concatenate([[0], np.cumsum(design.excluded)])
    every = [s for s in range(max(reach, start - PAST), end + 1) if touched[s + h] == touched[s]]
    chosen = np.linspace(0, len(every) - 1, min(len(every), MOST_PLACEBOS)).round().astype(int)
    return [every[i] for i in chosen]


def _rows(series: Series, design: Design, start: int, seen: Bools | None) -> tuple[Floats, int]:
    """The days before and of a window on which all are known, controls first, and how many are before; no days where too few are."""
    before, days = _days(design, start, seen)
    y = _levelled(series, days)
    y = y[[*_known(y, days < start), True]]
    whole: Bools = np.asarray(np.isfinite(y).all(axis=0))
    enough = len(y) > _least(series, design)
    enough &= whole[:before].sum() >= LEAST_SEEN * before and whole[before:].sum() >= LEAST_SEEN * whole[before:].size
    return (y[:, whole], int(whole[:before].sum())) if enough else (y[:, :0], 0)


def _days(design: Design, start: int, seen: Bools | None = None) -> tuple[int, NDArray[np.int64]]:
    """How many days are before a window, and which days are before it and of it."""
    first, last = start - (design.window[0] - design.before[0]), start - (design.window[0] - design.before[1])
    window = np.arange(design.length) if seen is None else np.flatnonzero(seen)
    return last - first, np.concatenate([np.arange(first, last), start + window])


def _kept(series: Series, design: Design, start: int) -> Bools:
    """(N,) Which controls a window is compared with."""
    _, days = _days(design, start)
    return _known(_levelled(series, days), days < start)


def _known(y: Floats, before: Bools) -> Bools:
    """(N,) Controls that are known on enough of the treated's days, before a window and within it, whatever they say there."""
    known = np.isfinite(y)
    parts = known[:, before], known[:, ~before]
    return np.asarray(np.all([(part[:-1] & part[-1]).sum(axis=1) >= LEAST_KNOWN * part[-1].sum() for part in parts], axis=0))


def _least(series: Series, design: Design) -> int:
    """How many controls must remain: what the method needs, and one where any were promised."""
    return max(LEAST_CONTROLS[design.method], min(len(series.controls), 1))


def _levelled(series: Series, days: NDArray[np.int64]) -> Floats:
    """Controls and the treated (N + 1, D), the treated last; NaN also where a level broke after the day: it can't be compared."""
    y = np.vstack([series.controls[:, days], series.treated.log[None, days]])
    others = np.where(np.isfinite(series.controls), 0, -1) if series.segments is None else series.segments
    segment = np.vstack([others[:, days], series.treated.segment[None, days]])
    return np.where(segment == segment.max(axis=1, keepdims=True), y, np.nan)


def _effect(series: Series, design: Design, start: int, seen: Bools | None = None) -> float:
    """What a comparison finds on a window; NaN where too little is known."""
    y, before = _rows(series, design, start, seen)
    if before < 2:
        return np.nan
    if design.method == "did":
        gap = y[-1] - y[:-1].mean(axis=0)
        return float(gap[before:].mean() - gap[:before].mean())
    y = y - y[:, :before].mean(axis=1, keepdims=True)  # levels are known up to a constant: what is mixed is how units move
    treated = np.arange(len(y)) == len(y) - 1
    return compare(y, treated, before, way=WAYS[design.method], exact=True).effect


def _drift(series: Series, design: Design, start: int, others: list[int]) -> tuple[float, float]:
    """How far the treated had moved against the mean of the controls before, and how that ranks among earlier times."""

    def moved(s: int) -> float:
        first, last = s - (design.window[0] - design.before[0]), s - (design.window[0] - design.before[1])
        y = _levelled(series, np.arange(first, last))[[*_kept(series, design, s), True]]
        if len(y) <= _least(series, design):
            return np.nan
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


def _drawn(series: Series, design: Design, seen: float, left_out: Bools, rng: np.random.Generator) -> Evaluated:
    """What the structural time series finds: its posterior, on the days before and of the window."""
    (first, last), (start, stop) = design.before, design.window
    every, before = _levelled(series, np.arange(first, stop)), start - first
    known: Bools = np.asarray(np.isfinite(every).all(axis=0))
    known[last - first : before] = False  # days between may already be touched
    enough = known[: last - first].mean() >= LEAST_SEEN and known[before:].mean() >= LEAST_SEEN
    if not enough or np.ptp(every[-1, :before][known[:before]]) == 0:
        return _nothing(seen, Refusal.NO_LEVEL, left_out)
    y, x = np.where(known, every[-1], np.nan), every[:-1]
    x = x[np.ptp(x[:, :before][:, known[:before]], axis=1) > 0]  # what never moved explains nothing
    filled = np.where(np.isfinite(x), x, np.nanmean(x, axis=1, keepdims=True)) if len(x) else x  # there y is unknown
    found = impact(y, filled.T if len(x) else None, before, stop - first, rng=rng, prior=LOOSE)
    drift, drift_p = _drift(series, design, start, _starts(design))
    mean = found.mean
    p = min(1.0, 2.0 * found.p)
    return Evaluated(float(mean.value), float(mean.low), float(mean.high), p, np.array([]), seen, drift, drift_p, None, left_out)


def _nothing(seen: float, why: Refusal, left_out: Bools) -> Evaluated:
    return Evaluated(np.nan, np.nan, np.nan, np.nan, np.array([]), seen, np.nan, np.nan, why, left_out)


def _check(series: Series, design: Design) -> None:
    T = len(series.treated.log)
    (first, last), (start, stop) = design.before, design.window
    if not 0 <= first < last <= start < stop <= T:
        raise ValueError(f"the days before lie before the window, within {T} days: got {design.before} and {design.window}")
    if len(series.controls) < LEAST_CONTROLS[design.method]:
        raise ValueError(f"{design.method} needs {LEAST_CONTROLS[design.method]} controls at least; got {len(series.controls)}")
    if series.controls.ndim != 2 or series.controls.shape[1] != T or len(series.kind) != T or len(design.excluded) != T:
        raise ValueError("treated, controls, kinds of day and excluded days tell of the same days")
