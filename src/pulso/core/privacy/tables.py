"""Which sums of small counts may be published, so that no subtraction gives away what was withheld."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array, eye_array, hstack, vstack

from pulso.core.privacy.audit import Goals, Known, fits, nothing, proofs

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

LEAST = 10  # k: fewer sessions are never shown
POINTS = 2  # so many access points, or a large venue
BASE = 5


class Record(NamedTuple):
    """What was published about cells, and what of them must not be proven: the former is public, the latter is not."""

    known: Known
    secret: csr_array  # (S, N) cells and sums of cells

    def later(self, changed: ArrayLike, *, new: int = 0) -> Record:
        """
        Take the record on to when some cells have another value, and others have come.

        Parameters
        ----------
        changed : (N,)
            Which cells were corrected. Their former values become cells of their own, at the end, of which all is known, and kept
            secret, that was.
        new
            How many cells have come since, after the N and before the former values.

        Returns
        -------
        Record
            Of N + new + (the number changed) cells.

        Raises
        ------
        ValueError
            If it isn't said of each cell whether it changed.
        """
        moved, size = np.asarray(changed), self.secret.shape[1]
        if moved.shape != (size,) or moved.dtype != np.bool_:
            raise ValueError(f"`changed` says of each of {size} cells whether it was corrected; got {moved.dtype} {moved.shape}")

        def widened(rows: csr_array) -> csr_array:
            stay = csr_array(rows * (~moved)[None, :].astype(np.float64))
            stay.eliminate_zeros()
            return csr_array(hstack([stay, csr_array((rows.shape[0], new)), rows[:, np.flatnonzero(moved)]]))

        return Record(self.known._replace(rows=widened(self.known.rows)), widened(self.secret))


class Published(NamedTuple):
    """What may be said, and what has been said with it."""

    figures: Floats  # (M,) rounded; NaN where withheld, and where nothing was seen
    seen: Floats  # (M,) share of the figure's cells that were seen
    record: Record  # to be handed to the next publication about these cells
    lost: Bools
    """(N + M + S,) Cells, figures, earlier secrets: what was given away, on one side at least, before this publication.

    It can be where rules grew stricter, or where a correction made a sum small of which some cells weren't corrected.
    """


def sensitive(sessions: ArrayLike, points: ArrayLike, large: ArrayLike = False, *, k: int = LEAST, least_points: int = POINTS) -> Bools:
    """
    Say which numbers must not be shown.

    Parameters
    ----------
    sessions, points
        Of each cell or sum, how many distinct sessions at how many access points made it (`presence.presence`, asked for with the sum's
        own edges and places).
    large
        Whether it is a venue so large that one access point may stand for it.
    k, least_points
        With fewer, it must not be shown.

    Returns
    -------
    Bools
        Of the shape that all have together. Nobody at all is fewer than k too.

    Raises
    ------
    ValueError
        If k or `least_points` is less than 1, or a count is negative or unknown.
    """
    counts, at = np.asarray(sessions, dtype=np.float64), np.asarray(points, dtype=np.float64)
    if k < 1 or least_points < 1:
        raise ValueError(f"k and the least number of access points are 1 or more; got {k} and {least_points}")
    if not ((counts >= 0).all() and (at >= 0).all()):
        raise ValueError("sessions and access points are counts: 0 or more, and known")
    return np.asarray((counts < k) | ((at < least_points) & ~np.asarray(large, dtype=bool)))


def rounded(values: ArrayLike, base: int = BASE) -> Floats:
    """Round to the nearest multiple of `base`, a half upwards; NaN stays NaN."""
    return np.asarray(base * np.floor(np.asarray(values, dtype=np.float64) / base + 0.5))


def told(figures: Floats, base: int, *, whole: bool, k: int) -> tuple[Floats, Floats]:
    """(M,), (M,) Between which values, both included, a figure was that is published as this, and which k sessions or more have made."""
    if not whole:
        return np.maximum(figures - base / 2, 0.0), figures + base / 2
    return np.maximum(figures - base // 2, k), figures + (base - 1) // 2


def protect(
    values: ArrayLike,
    figures: ArrayLike | csr_array,
    cells: ArrayLike,
    sums: ArrayLike,
    *,
    k: int = LEAST,
    base: int = BASE,
    whole: bool = True,
    record: Record | None = None,
) -> Published:
    """
    Withhold and round, so that nobody who knows all that was published can bound a sensitive number.

    A sensitive value x, cell or sum, is protected if two tables agree with everything published: in one it is 0 (or k less than it
    is, where it is k or more), in the other it is k (or k more than it is, where it is k or more).

    Parameters
    ----------
    values : (N,)
        Of each cell, never negative: of a place in an hour, say. NaN where nothing was seen; it is in no sum.
    figures : (M, N)
        What should be published: a row a figure, with 1 for each cell that it sums, else 0. A cell that should be published itself has
        a row of its own. Every total and slice that is published about these cells must be here, or in `known`.
    cells : (N,)
        Which cells must not be shown (`sensitive`), whether they are to be published or not.
    sums : (M,)
        Which figures must not be shown.
    k
        What was asked of sessions. Of `whole` values, less than k is sensitive whatever is said.
    base
        To its multiples each figure is rounded, by itself. 1 leaves whole values as they are.
    whole
        Whether the values are counts of sessions; otherwise they are fractions, as session-hours are.
    record
        What was published before about the same cells (`Published.record`, `Record.later`); what else anyone knows may be added to it.

    Returns
    -------
    Published
        The same for the same input, always. What is withheld doesn't say why.

    Raises
    ------
    ValueError
        If shapes differ, a value is negative or not whole where it should be, a figure isn't a sum of cells, k or base is less than 1,
        or what the record says is not so.

    Notes
    -----
    Withheld beside the sensitive is, of each proof that an attacker could make, the cheapest figure: the smallest. In the end what
    wasn't needed is given back, the greatest first. Protection levels and complements: Cox (1980), JASA 75(370), and (1981), Journal of
    Statistical Planning and Inference 5(2); the attacker's programme and his proofs: Fischetti & Salazar-González (2001), Management
    Science 47(7); Hundepool et al. (2012), Statistical Disclosure Control, chapter 4.
    """
    asked = _asked(values, figures, cells, sums, k, base, whole)
    cells_asked = asked.table.size
    before = Record(nothing(cells_asked), csr_array((0, cells_asked))) if record is None else record
    if before.secret.shape[1] != cells_asked:
        raise ValueError(f"what was published is about {before.secret.shape[1]} cells, not {cells_asked}")
    if not fits(before.known, asked.table, whole=whole):
        raise ValueError("what was published of these cells isn't so: has a value been corrected since? Then say which (Record.later)")
    entries = csr_array(vstack([eye_array(cells_asked), asked.rows, before.secret]))
    at = _distinct(entries, np.concatenate([asked.hidden, asked.unsaid, np.ones(before.secret.shape[0], dtype=bool)]))
    goals = _goals(entries[at], asked.table, k)
    given_away = np.zeros(goals.least.size, dtype=bool)
    given_away[[proof.goal for proof in proofs(before.known, goals, [asked.table], whole=whole)]] = True
    lost = np.zeros(entries.shape[0], dtype=bool)
    lost[np.tile(at, 2)[given_away]] = True
    shown = _choose(asked, before.known, goals.only(~given_away))
    figures_shown = np.where(shown, rounded(asked.totals, base), np.nan)
    return Published(figures_shown, asked.seen, Record(before.known.also(asked.said(shown)), entries[at]), lost)


class _Asked(NamedTuple):
    """What should be published, checked."""

    table: Floats  # (N,) 0 where nothing was seen
    rows: csr_array  # (M, N) figures, of what was seen
    totals: Floats  # (M,)
    seen: Floats  # (M,)
    hidden: Bools  # (N,) cells to be protected
    unsaid: Bools  # (M,) sums of two cells or more to be protected
    able: Bools  # (M,) figures that may be shown, if none is proven by them
    k: int
    base: int
    whole: bool

    def said(self, shown: Bools) -> Known:
        """What figures say that are shown: rounded, and known not to be sensitive."""
        low, high = told(rounded(self.totals[shown], self.base), self.base, whole=self.whole, k=self.k)
        return Known(self.rows[np.flatnonzero(shown)], low, high)


def _choose(asked: _Asked, before: Known, goals: Goals) -> Bools:
    """(M,) Which figures to show: withhold the cheapest of each proof until there is none, then give back what wasn't needed."""
    shown, tables = asked.able.copy(), [asked.table]
    size = np.diff(asked.rows.indptr)
    price = np.empty(size.size, dtype=int)
    price[np.lexsort((size, asked.totals))] = np.arange(size.size)  # a rank: no two are as cheap
    proven = True
    while proven:
        proven, known, at = False, before.also(asked.said(shown)), np.flatnonzero(shown)
        for proof in proofs(known, goals, tables, whole=asked.whole):
            proven = True
            used = np.zeros(shown.size, dtype=bool)
            if proof.by is not None:
                used[at[proof.by[before.low.size :]]] = True
            if (used & ~shown).any():
                continue  # broken by what another one cost
            open_to_choice = _first(used & shown, shown & _touching(asked.rows, goals.rows[[proof.goal]]), shown)
            shown[min(open_to_choice, key=lambda i: price[i])] = False
    for figure in sorted(np.flatnonzero(asked.able & ~shown), key=lambda i: -price[i]):
        shown[figure] = True
        known = before.also(asked.said(shown))
        still = [table for table in tables if fits(known, table, whole=asked.whole)]
        if next(proofs(known, goals, still, whole=asked.whole), None) is None:
            tables = still
        else:
            shown[figure] = False
    return shown


def _first(*choices: Bools) -> NDArray[np.int_]:
    """Where the first of these holds that holds anywhere."""
    return next(np.flatnonzero(choice) for choice in choices if choice.any())


def _touching(rows: csr_array, row: csr_array) -> Bools:
    """(M,) Which figures share a cell with this one."""
    return np.asarray(rows @ abs(row).toarray()[0] > 0)


def _distinct(rows: csr_array, wanted: Bools) -> NDArray[np.int_]:
    """Which rows are wanted, each sum once."""
    first: dict[bytes, int] = {}
    for i in np.flatnonzero(wanted):
        first.setdefault(np.sort(rows.indices[rows.indptr[i] : rows.indptr[i + 1]]).tobytes(), int(i))
    return np.array(list(first.values()), dtype=int)


def _goals(rows: csr_array, table: Floats, k: int) -> Goals:
    """What must stay possible of sensitive numbers: of each that it is more, and, as many goals on, that it is less."""
    x = np.asarray(rows @ table)
    least = np.concatenate([np.where(x < k, k, x + k), -np.maximum(x - k, 0.0)])
    return Goals(csr_array(vstack([rows, -rows])), least)


def _asked(values: ArrayLike, figures: ArrayLike | csr_array, cells: ArrayLike, sums: ArrayLike, k: int, base: int, whole: bool) -> _Asked:
    """Check what should be published."""
    x, rows = np.asarray(values, dtype=np.float64), _rows(figures)
    hidden, unsaid = np.asarray(cells), np.asarray(sums)
    if x.ndim != 1 or rows.shape[1] != x.size:
        raise ValueError(f"figures are sums of {x.size} cells; got the shapes {x.shape} and {rows.shape}")
    if hidden.shape != x.shape or unsaid.shape != rows.shape[:1] or hidden.dtype != np.bool_ or unsaid.dtype != np.bool_:
        raise ValueError(
            f"of {x.size} cells and {rows.shape[0]} figures it is said which are sensitive; got {hidden.shape}, {unsaid.shape}"
        )
    if (rows.data != 1).any() or (np.diff(rows.indptr) == 0).any():
        raise ValueError("a figure sums one cell or more, each once")
    if k < 1 or base < 1:
        raise ValueError(f"k and the base are 1 or more; got {k} and {base}")
    heard = np.isfinite(x)
    table = np.where(heard, x, 0.0)
    if np.isinf(x).any() or (table < 0).any() or (whole and (table % 1 != 0).any()):
        raise ValueError("values are never negative nor infinite, and whole if they are counts")
    audible = csr_array(rows * heard[None, :].astype(np.float64))
    audible.eliminate_zeros()
    size, totals = np.diff(audible.indptr), np.asarray(audible @ table)
    if whole:
        hidden, unsaid = hidden | (x < k), unsaid | (totals < k)
    alone = np.flatnonzero(size == 1)
    cell = audible.indices[audible.indptr[alone]]
    hidden, unsaid = hidden & heard, unsaid & (size > 0)
    hidden = hidden | (np.bincount(cell[unsaid[alone]], minlength=x.size) > 0)
    unsaid[alone] = hidden[cell]
    return _Asked(table, audible, totals, size / np.diff(rows.indptr), hidden, unsaid & (size > 1), ~unsaid & (size > 0), k, base, whole)


def _rows(figures: ArrayLike | csr_array) -> csr_array:
    """(M, N) Figures, each cell of each named once."""
    if isinstance(figures, csr_array):
        rows = figures.astype(np.float64, copy=True)
    else:
        dense = np.asarray(figures, dtype=np.float64)
        if dense.ndim != 2:
            raise ValueError(f"figures have a row each, over the cells; got the shape {dense.shape}")
        rows = csr_array(dense)
    rows.sum_duplicates()
    rows.eliminate_zeros()
    return rows
