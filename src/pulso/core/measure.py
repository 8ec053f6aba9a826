"""One metric, judged: matched, expected, cleared of suspects, and set against its expectation in every zone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pulso.core.baseline import Expectation, expect
from pulso.core.days import Days
from pulso.core.drivers import Drivers
from pulso.core.explain import driver_effects, log_effects
from pulso.core.fits import Fits
from pulso.core.flags import EXCLUDES, Flag, frozen, log_ratios, suspects
from pulso.core.index import MetricIndex, lean, log_index, metric_index, shrink
from pulso.core.panel import Bools, Floats, Ints, Matched, Panel, match
from pulso.core.uncertainty import sampling_variance

LINGERS = 90  # days for which a sensor that fell silent is missed; after that it is gone
HISTORY = 210  # days before the first wanted one that flags and absences must be known on


@dataclass(frozen=True)
class Measured:
    """What one metric says of R days, Z zones and S sensors; logarithms are of index / 100, NaN where nothing counts."""

    flags: Ints  # (R, S): `Flag` bits
    index: MetricIndex  # (R, Z): of the zone's own sensors
    log_metric: Floats  # (R, Z): in the published form, leaning on the parent zone
    other_form: Floats  # (R, Z): in the other form
    log_level: Floats  # (R, Z): against the reference year
    deltas: Floats  # (R, Z, K): ln owed to each driver
    learnt: Bools  # (R, Z, K): a counting sensor has a coefficient for it
    beyond: Bools  # (R, K)
    variance: Floats  # (R, Z): of ln, from which sensors were seen
    declared: Ints  # (R, Z): sensors within their declared life
    alive: Ints  # (R, Z): of these, those with an expectation in the last 90 days
    in_sample: Bools  # (R,)


def measure(
    panel: Panel,
    days: Days,
    drivers: Drivers,
    inside: Bools,
    parent: Ints,
    rows: slice,
    reference_year: int | None = None,
    fits: Fits | None = None,
) -> Measured:
    """
    Judge one metric on some of its days.

    Parameters
    ----------
    panel, days, drivers
        All T days that are known; `drivers.where` tells of the panel's sensors.
    inside, parent
        From `index.members` and `index.parents`.
    rows
        The R days to judge; flags need 210 days of them before the first that matters.
    reference_year
        For the level index; None for none.
    fits
        As for `expect`.
    """
    still = frozen(panel)
    matched = match(panel, days, panel.alive & ~panel.excluded & ~still)
    e = expect(matched.value, days, drivers, wanted=rows, ratio=panel.ratio, reference_year=reference_year, fits=fits)
    flags = _flags(panel, matched, e, still, days, rows)
    counts = (flags & int(EXCLUDES)) == 0
    return _judged(panel, matched, e, flags, np.where(counts, matched.observed[rows], np.nan), inside, parent, rows)


def _flags(panel: Panel, matched: Matched, e: Expectation, still: Bools, days: Days, rows: slice) -> Ints:
    """All that speaks against each sensor and day, (R, S)."""
    value, offset = matched.value[rows], e.offset[rows]
    announced = None if panel.announced is None else panel.announced[rows]
    found = suspects(log_ratios(value, e.full[rows], offset), days.ordinal[rows], announced)
    new = np.isfinite(value) & ~np.isfinite(e.cal[rows])
    marks = {
        Flag.BY_HAND: panel.excluded[rows],
        Flag.FROZEN: still[rows] & panel.alive[rows],
        Flag.JUMP: found.jump,
        Flag.SPIKE: found.spike,
        Flag.NEW: new,
        Flag.PARTIAL: matched.partial[rows],
    }
    total = np.zeros(value.shape, dtype=np.int64)
    for flag, mark in marks.items():
        total |= np.where(mark, int(flag), 0)
    return total


def _judged(
    panel: Panel, matched: Matched, e: Expectation, flags: Ints, observed: Floats, inside: Bools, parent: Ints, rows: slice
) -> Measured:
    """Set what counts against what was expected of it."""
    median = panel.form == "occupancy"
    share = matched.share[rows]
    cal, full, offset = e.cal[rows], e.full[rows], e.offset[rows]
    index = metric_index(observed, cal * share, inside, median=median)
    own = lean(index.sensors)
    level = metric_index(observed, e.ref[rows] * share, inside, median=median)
    counting = np.isfinite(observed) & np.isfinite(cal) & (cal > 0)
    effect = log_effects(e.effect[rows], cal, full, ratio=panel.ratio)
    base = np.where(counting, cal + offset, np.nan)
    scale = share / base if median else share  # each car park alike, or each by its size
    deltas = driver_effects(base * scale, np.where(counting, full + offset, np.nan) * scale, effect, inside)
    alive = _alive(panel.alive, e.cal)[rows]
    crowd = inside.astype(float).T
    living = (alive.astype(float) @ crowd).astype(np.int64)
    return Measured(
        flags=flags,
        index=index,
        log_metric=shrink(log_index(index.ratio), own, parent),
        other_form=shrink(log_index(index.sums if median else index.middle), own, parent),
        log_level=shrink(log_index(level.ratio), lean(level.sensors), parent),
        deltas=shrink(deltas, own, parent),
        learnt=np.einsum("rsk,zs->rzk", (e.learnt[rows] & counting[..., None]).astype(np.float32), inside.astype(np.float32)) > 0,
        beyond=e.beyond[rows],
        variance=shrink(sampling_variance(index.sampling, index.sensors, living), own, parent),
        declared=(panel.alive[rows].astype(float) @ crowd).astype(np.int64),
        alive=living,
        in_sample=e.in_sample[rows],
    )


def _alive(declared: Bools, expected: Floats) -> Bools:
    """Sensors of which something was expected in the last 90 days, within their declared life, (T, S)."""
    ever = np.cumsum(np.isfinite(expected), axis=0)
    before = np.concatenate([np.zeros((min(LINGERS, len(ever)), ever.shape[1]), dtype=ever.dtype), ever[:-LINGERS]])
    lately: Bools = ever > before
    return declared & lately
