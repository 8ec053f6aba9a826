"""What can be proven from published sums: an attacker who knows every figure, and solves for what was withheld."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import block_array, csr_array, eye_array, hstack, vstack

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

CLOSE = 1e-6  # of fractions: as good as met
NODES = 2_000  # branches until a table is held not to exist: more is withheld then, never less
FEW = 4  # goals are asked for one by one; and all are, once a table that should serve many meets one in so many, or less


class Known(NamedTuple):
    """What anyone knows of cells that are never negative: low <= rows · cells <= high."""

    rows: csr_array  # (Q, N)
    low: Floats  # (Q,) or -inf
    high: Floats  # (Q,) or inf

    def also(self, more: Known) -> Known:
        """Both together, about the same cells."""
        rows = csr_array(vstack([self.rows, more.rows]))
        return Known(rows, np.concatenate([self.low, more.low]), np.concatenate([self.high, more.high]))


class Goals(NamedTuple):
    """What must stay possible: for each goal, a table that fits all that is known, and of which rows · cells >= least."""

    rows: csr_array  # (G, N)
    least: Floats  # (G,)

    def met(self, tables: list[Floats], *, whole: bool) -> Bools:
        """(G,) Which goals one of the tables meets."""
        if not tables:
            return np.zeros(self.least.size, dtype=bool)
        reached = np.asarray(self.rows @ np.stack(tables, axis=1)).max(axis=1)
        return np.asarray(reached >= self.least - (0.0 if whole else CLOSE))

    def only(self, chosen: Bools) -> Goals:
        """Some of them."""
        return Goals(self.rows[np.flatnonzero(chosen)], self.least[chosen])


class Proof(NamedTuple):
    """A goal that what is known rules out."""

    goal: int
    by: Bools | None  # (Q,) which rows of what is known prove it together; None where only trying whole numbers shows it


def nothing(cells: int) -> Known:
    """Nothing is known of so many cells but that none is negative."""
    return Known(csr_array((0, cells)), np.zeros(0), np.zeros(0))


def fits(known: Known, table: Floats, *, whole: bool) -> bool:
    """Whether a table agrees with all that is known; of whole numbers exactly."""
    slack = 0.0 if whole else CLOSE
    sums = known.rows @ table
    return bool((table >= -slack).all() and (sums >= known.low - slack).all() and (sums <= known.high + slack).all())


def proofs(known: Known, goals: Goals, tables: list[Floats], *, whole: bool) -> Iterator[Proof]:
    """
    Find the goals that what is known rules out, each with a proof.

    Parameters
    ----------
    known
        It must leave some table possible.
    goals
        What should be possible.
    tables
        Tables (N,) that are known to be possible; each that is found is added. They are what shows that a goal is met.
    whole
        Whether the attacker knows that cells are whole numbers.

    Yields
    ------
    Proof
        For each goal that no table meets.

    Notes
    -----
    Goals are first met many at a time; one that is left is asked for alone, as a linear programme, whose dual solution is the proof
    (Fischetti & Salazar-González 2001). Where its best table isn't in whole numbers, whole numbers are asked for.
    """
    left = ~goals.met(tables, whole=whole)
    for side in (goals.least > 0, goals.least <= 0):  # more than there is; and less
        while (count := int((left & side).sum())) > FEW:
            found = _together(known, goals.only(left & side), whole=whole)
            if found is None:
                break
            tables.append(found)
            left = ~goals.met(tables, whole=whole)
            if count - int((left & side).sum()) <= count // FEW:
                break
    for goal in np.flatnonzero(left):
        row = goals.rows[[int(goal)]]
        if goals.only(np.arange(left.size) == goal).met(tables, whole=whole).all():
            continue
        found, by = _alone(known, row, float(goals.least[goal]), whole=whole)
        if found is None:
            yield Proof(int(goal), by)
        else:
            tables.append(found)


def reach(known: Known, row: ArrayLike, *, whole: bool) -> tuple[float, float]:
    """
    Bound a sum of cells as narrowly as all that is known allows.

    Parameters
    ----------
    known
        It must leave some table possible.
    row : (N,)
        Which cells are summed.
    whole
        Whether the attacker knows that cells are whole numbers.

    Returns
    -------
    (float, float)
        The least and the greatest possible; the latter may be infinite.

    Raises
    ------
    ValueError
        If nothing fits what is known.
    """
    asked = np.asarray(row, dtype=np.float64)
    ends = []
    for sign in (1.0, -1.0):
        limits = LinearConstraint(known.rows, known.low, known.high) if known.low.size else ()
        found = milp(sign * asked, integrality=np.full(asked.size, int(whole)), constraints=limits, options={"mip_rel_gap": 0.0})
        if found.status in (3, 4) and found.x is None:  # HiGHS says 4 where it can't tell unbounded from impossible
            ends.append(-np.inf)
            continue
        if found.x is None:
            raise ValueError(f"no table fits what is known: {found.message}")
        ends.append(float(found.fun))
    return ends[0], -ends[1]


def _together(known: Known, goals: Goals, *, whole: bool) -> Floats | None:
    """(N,) A table that comes near to as many goals as it can; None if none was found."""
    count, cells = goals.rows.shape
    free = np.full(count, np.inf)
    limits = [LinearConstraint(csr_array(hstack([-goals.rows, eye_array(count)])), -free, np.zeros(count))]
    if known.low.size:
        padded = csr_array(hstack([known.rows, csr_array((known.low.size, count))]))
        limits.append(LinearConstraint(padded, known.low, known.high))
    bounds = Bounds(np.concatenate([np.zeros(cells), -free]), np.concatenate([np.full(cells, np.inf), goals.least]))
    found = milp(
        np.concatenate([np.zeros(cells), -np.ones(count)]), bounds=bounds, constraints=limits
    )  # fractions, mostly of whole numbers
    return _checked(known, found.x, cells, whole=whole)


def _alone(known: Known, row: csr_array, least: float, *, whole: bool) -> tuple[Floats | None, Bools | None]:
    """Find a table that meets one goal; or None, and what proves that there is none."""
    above, below = np.isfinite(known.high), np.isfinite(known.low)
    signed = csr_array(block_array([[known.rows[np.flatnonzero(above)]], [-known.rows[np.flatnonzero(below)]]]))
    ends = np.concatenate([known.high[above], -known.low[below]])
    cells = row.shape[1]
    enough = least + max(abs(least), 1.0)  # no need to go on for ever
    upto: Any = vstack([signed, row])  # sparse is taken, though its stubs don't say so
    found = linprog(-row.toarray()[0], A_ub=upto, b_ub=np.append(ends, enough), bounds=(0, None), method="highs-ds")
    if found.x is None:
        raise ValueError(f"no table fits what is known: {found.message}")
    if (row @ found.x)[0] < least - CLOSE:
        dual = np.abs(found.ineqlin.marginals[:-1]) > CLOSE
        by = np.zeros(known.low.size, dtype=bool)
        by[np.flatnonzero(above)[dual[: above.sum()]]] = True
        by[np.flatnonzero(below)[dual[above.sum() :]]] = True
        return None, by
    table = _checked(known, found.x, cells, whole=whole)
    if table is not None and Goals(row, np.array([least])).met([table], whole=whole).all():
        return table, None
    limits = [LinearConstraint(row, least, np.inf)]
    if known.low.size:
        limits.append(LinearConstraint(known.rows, known.low, known.high))
    tried = milp(np.zeros(cells), integrality=np.full(cells, int(whole)), constraints=limits, options={"node_limit": NODES})
    return _checked(known, tried.x, cells, whole=whole), None


def _checked(known: Known, solved: Floats | None, cells: int, *, whole: bool) -> Floats | None:
    """(N,) The table of a solution, in whole numbers if it must be; None if it doesn't fit."""
    if solved is None:
        return None
    table = np.asarray(np.rint(solved[:cells]) if whole else np.maximum(solved[:cells], 0.0))
    return table if fits(known, table, whole=whole) else None
