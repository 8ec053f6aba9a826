"""What a correction may print: each hour judged together with all that was printed of it, by access point, and nothing lost."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

from pulso.core.privacy.moves import Print, traced
from pulso.core.privacy.nested import Tree, Withheld
from pulso.core.privacy.tables import protect, told
from pulso.flow.presence.count import Counts, Layout
from pulso.flow.presence.store import Figure, Hour, Lists, Printed
from pulso.sources.radius import Options

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Again(NamedTuple):
    """A day printed again."""

    held: Withheld
    hours: list[Hour]
    stayed: int  # hours that keep their print, as another one would have given something away


def lists(where: Layout) -> Lists:
    """Who stands where, as every print of a day is kept with."""
    zone = tuple(where.zones[z] if z >= 0 else None for z in where.tree.zone.tolist())
    return Lists(tuple(where.points), tuple(where.place_of.tolist()), where.places, zone, where.zones)


def ids(where: Layout) -> list[tuple[str, str]]:
    """The rows of an hour's tables, in their order."""
    return [*(("place", p) for p in where.places), *(("zone", z) for z in where.zones), ("city", "")]


def printed(of: Lists, each: Floats, figures: Floats, secret: Bools, options: Options) -> Printed:
    """What must be known of an hour's print to correct it: of what is shown between which values it is known to be, and what is secret."""
    said = np.flatnonzero(np.isfinite(figures))
    low, high = told(figures[said], options.base, whole=options.measure == "sessions", k=options.k)
    return Printed(of, each, said, low, high, np.flatnonzero(secret))


def corrected(before: list[Hour], out: list[Figure], where: Layout, counts: Counts, options: Options) -> Again:
    """
    Judge each hour of which anything changed anew, together with all that was said of it; the others stay as they were printed.

    An hour also stays as it was printed if something was given away otherwise (`tables.Published.lost`): where rules grew stricter, or a
    sum became small of which others, that weren't corrected, tell.
    """
    by_hour: dict[datetime, dict[tuple[str, str], Figure]] = {}
    for f in out:
        by_hour.setdefault(f.start, {})[f.table, f.id] = f
    now, named = lists(where), ids(where)
    figures, hours, stayed = [], [], 0
    for h, (hour, said) in enumerate(zip(before, by_hour.values(), strict=True)):
        fresh = Printed(now, counts.each[:, h], np.zeros(0, dtype=int), np.zeros(0), np.zeros(0), np.zeros(0, dtype=int))
        found = None
        if not _same(hour[-1], fresh):
            found = _judged((*hour, fresh), where, counts, h, options)
            stayed += found is None
        if found is None:
            old = [said.get(at) for at in named]
            found = np.array([np.nan if f is None or f.value is None else f.value for f in old]), hour
        figures.append(found[0])
        hours.append(found[1])
    seen = np.asarray((where.tree.figures @ np.isfinite(counts.values).T).T / np.maximum(where.tree.figures.sum(axis=1), 1))
    return Again(Withheld(np.array(figures), seen, np.hstack([counts.cells, counts.sums])), hours, stayed)


def _same(was: Printed, now: Printed) -> bool:
    """Whether the same access points were counted for the same places, as many in each, in the same zones."""
    if was.lists is not now.lists and was.lists[2:] != now.lists[2:]:
        return False
    homes = [{p: h for p, h, v in zip(x.lists.points, x.lists.home, x.each.tolist(), strict=True) if not np.isnan(v)} for x in (was, now)]
    sums = [np.bincount(x.lists.home, weights=np.nan_to_num(x.each), minlength=len(x.lists.places)) for x in (was, now)]
    return homes[0] == homes[1] and sums[0].tolist() == sums[1].tolist()


def _judged(prints: Hour, where: Layout, counts: Counts, h: int, options: Options) -> tuple[Floats, Hour] | None:
    """One hour's figures, and what its next correction will need; None where it should stay as it was printed."""
    whole = options.measure == "sessions"
    found = traced(_together(prints))
    unheard = np.flatnonzero(np.isnan(counts.values[h]))  # a cell each, of which nothing was seen
    values = np.concatenate([found.values, np.full(unheard.size, np.nan)])
    rows = csr_array(hstack([found.figures, where.tree.figures[:, unheard]]))
    few = np.concatenate([counts.cells[h], counts.sums[h]])
    small = np.concatenate([found.parts & (found.values < options.k), np.zeros(unheard.size, dtype=bool)])
    record = found.record.later(np.zeros(found.values.size, dtype=bool), new=unheard.size)
    out = protect(values, rows, small, few, k=options.k, base=options.base, whole=whole, record=record)
    if out.lost.any():
        return None
    totals = np.asarray(where.tree.figures @ np.nan_to_num(counts.values[h]))
    seen = np.asarray(where.tree.figures @ np.isfinite(counts.values[h]).astype(float)) > 0
    secret = seen & (few | (totals < options.k) if whole else few)
    now = prints[-1]
    return out.figures, (*prints[:-1], printed(now.lists, now.each, out.figures, secret, options))


def _together(prints: Hour) -> list[Print]:
    """Prints about the same access points: those of any of their lists."""
    points = {name: i for i, name in enumerate(dict.fromkeys(p for x in prints for p in x.lists.points))}
    places = {name: i for i, name in enumerate(dict.fromkeys(p for x in prints for p in x.lists.places))}
    found = []
    for x in prints:
        at = np.array([points[p] for p in x.lists.points])
        home, value = np.full(len(points), -1), np.zeros(len(points))
        stood, counted = np.array([places[x.lists.places[i]] for i in x.lists.home]), ~np.isnan(x.each)
        home[at[counted]], value[at[counted]] = stood[counted], x.each[counted]
        found.append(Print(home, value, _figures(x.lists, at, len(points)), x.said, x.low, x.high, x.secret))
    return found


def _figures(of: Lists, at: NDArray[np.int_], points: int) -> csr_array:
    """(M, A) Which access points each place, each zone and the city sum."""
    zone = np.array([-1 if z is None else of.zones.index(z) for z in of.zone])
    inside = csr_array((np.ones(at.size), (np.array(of.home), at)), shape=(len(of.places), points))
    return csr_array(Tree(zone, len(of.zones)).figures @ inside)
