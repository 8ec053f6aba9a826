"""Counts of one hour, printed again and again, while access points change place: which numbers of one print are those of another.

Who stands where is public, before and after. An access point that is given to another place takes its sessions along: what one place
loses the other gains. So what is printed is about access points, not about places: those that stood together in every print are a cell.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from pulso.core.privacy.audit import Known
from pulso.core.privacy.tables import Record

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int_]


class Print(NamedTuple):
    """One print of an hour."""

    home: Ints  # (A,) of each access point the place that it was counted for; -1: none
    value: Floats  # (A,) what it counted
    figures: csr_array  # (M, A) with 1 for each access point that a figure sums, whether it was counted or not
    said: Ints  # which figures were printed
    low: Floats  # between what each of these then is known to lie
    high: Floats
    secret: Ints  # which figures must not be shown


class Traced(NamedTuple):
    """The cells of all prints, the last of which is to be judged, and what the others told of them."""

    values: Floats  # (N,)
    figures: csr_array  # (M, N) of the last print
    parts: Bools  # (N,) of a place in some print, but not all of it
    record: Record


def traced(prints: list[Print]) -> Traced:
    """
    Make cells of the prints of one hour.

    Parameters
    ----------
    prints
        In their order, about the same access points; what the last one says is still to be judged: its `said` isn't read.

    Returns
    -------
    Traced
        Access points that stood together in every print are one cell, as long as it is held to be known that their count stayed: that is
        if all that moved together between two prints, from one place to one place (the same, mostly), had the same count in both.
        Otherwise their count is another cell from then on. So it is known of each place, and of each part of one that moved, whether
        late news came of it; not, of which of its access points.
    """
    stood = np.stack([p.home for p in prints])
    first, group = np.unique(stood, axis=1, return_index=True, return_inverse=True)[1:]
    group = group.ravel()
    home = stood[:, first]
    sums = np.zeros(home.shape)
    for row, p in zip(sums, prints, strict=True):
        row[:] = np.bincount(group, weights=np.where(p.home >= 0, p.value, 0.0), minlength=first.size)
    cell, values, same = _cells(home, sums)
    parts = np.zeros(values.size, dtype=bool)
    for now, cells in zip(home, cell, strict=True):
        here = now >= 0
        shared = np.bincount(now[here], minlength=1) > 1
        parts[cells[here]] |= shared[now[here]]

    def over(k: int, rows: Ints | slice) -> csr_array:
        at = np.flatnonzero(home[k] >= 0)
        columns = csr_array((np.ones(at.size), (at, cell[k][at])), shape=(first.size, values.size))
        return csr_array(csr_array(prints[k].figures[:, first][rows]) @ columns)

    former = range(len(prints) - 1)
    none = csr_array((0, values.size))
    known = Known(none, np.zeros(0), np.zeros(0))
    for k in former:
        known = known.also(Known(over(k, prints[k].said), prints[k].low, prints[k].high))
    if same:
        rows = np.zeros((len(same), values.size))
        for row, (was, now) in zip(rows, same, strict=True):
            row[was], row[now] = 1.0, -1.0
        known = known.also(Known(csr_array(rows), np.zeros(len(same)), np.zeros(len(same))))
    secret = csr_array(vstack([none, *(over(k, prints[k].secret) for k in former)]))
    return Traced(values, over(len(prints) - 1, slice(None)), parts, Record(known, secret))


def _cells(home: Ints, sums: Floats) -> tuple[Ints, Floats, list[tuple[Ints, Ints]]]:
    """(K, G) Which cell each group's count is in each print; (N,) the cells' values; and cells that have the same sum as others."""
    cell = np.full(home.shape, -1, dtype=int)
    values: list[float] = []
    same = []
    last = np.full(home.shape[1], -1, dtype=int)  # in which print each was counted last
    for k, now in enumerate(home):
        together: dict[tuple[int, int, int], list[int]] = {}
        for g in np.flatnonzero(now >= 0).tolist():
            together.setdefault((int(last[g]), int(home[last[g], g]) if last[g] >= 0 else -1, int(now[g])), []).append(g)
        for (before, _, _), groups in together.items():
            at = np.array(groups)
            stays = np.zeros(at.size, dtype=bool)
            if before >= 0 and sums[before, at].sum() == sums[k, at].sum():
                stays = sums[before, at] == sums[k, at]
                cell[k, at[stays]] = cell[before, at[stays]]
                if not stays.all():
                    fresh = at[~stays]
                    same.append((cell[before, fresh], len(values) + np.arange(fresh.size)))
            cell[k, at[~stays]] = len(values) + np.arange(int((~stays).sum()))
            values += sums[k, at[~stays]].tolist()
            last[at] = k
    return cell, np.array(values), same
