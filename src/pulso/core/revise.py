"""How far what was published moved afterwards: from one publication to the next, and to the last."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pulso.core.panel import Floats, Ints

SAME = 1e-9  # points; two numbers nearer than this are the same publication of a number


class Moved(NamedTuple):
    """Later minus earlier, over the pairs of publications that have a number both times."""

    pairs: int
    changed: int  # of these, with another number
    mean: float  # in the unit of the numbers; NaN without a pair
    absolute: float  # mean without the sign
    largest: float  # by size, with its sign
    gained: int  # pairs beside these: no number first, one later
    lost: int  # a number first, none later


def moved(before: Floats, after: Floats) -> Moved:
    """
    Compare publications with later ones of the same days.

    Parameters
    ----------
    before, after : (N,)
        In pairs, any one unit; NaN where there was no number.
    """
    there, later = np.isfinite(before), np.isfinite(after)
    change = (after - before)[there & later]
    nothing = change.size == 0
    return Moved(
        pairs=change.size,
        changed=int((np.abs(change) > SAME).sum()),
        mean=float("nan") if nothing else float(change.mean()),
        absolute=float("nan") if nothing else float(np.abs(change).mean()),
        largest=float("nan") if nothing else float(change[np.argmax(np.abs(change))]),
        gained=int((~there & later).sum()),
        lost=int((there & ~later).sum()),
    )


def to_next(series: Ints, stage: Ints, value: Floats) -> dict[tuple[int, int], Moved]:
    """
    Say how far publications moved to the next of the same series, by the stages of both.

    Parameters
    ----------
    series : (N,)
        Which publications are of the same zone and day; these stand together, earliest first.
    stage : (N,)
        Any whole numbers.
    value : (N,)
        NaN where there was no number.

    Returns
    -------
    dict
        By (stage, next stage), in order; a pair of stages that never followed each other has no entry.
    """
    first = np.flatnonzero(series[:-1] == series[1:])
    steps = np.stack([stage[first], stage[first + 1]], axis=1)
    found = {}
    for a, b in sorted({(int(a), int(b)) for a, b in steps}):
        here = first[(steps[:, 0] == a) & (steps[:, 1] == b)]
        found[a, b] = moved(value[here], value[here + 1])
    return found


def to_last(series: Ints, stage: Ints, value: Floats) -> dict[int, Moved]:
    """
    Say how far publications of each stage stand from the last of the same series; the last itself stands at 0.

    Parameters and order as in `to_next`. So an unrevised publication counts as one that did not move.
    """
    ends = np.append(np.flatnonzero(series[:-1] != series[1:]), series.size - 1)
    last = value[np.repeat(ends, np.diff(np.append(-1, ends)))] if series.size else value
    return {int(s): moved(value[stage == s], last[stage == s]) for s in np.unique(stage)}
