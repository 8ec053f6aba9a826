"""The works calendar: what each dig touches, what depends on it, and which two should not be done on the same days."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from typing import NamedTuple

from pulso.fibre.ask.answers import Cut, cut, dark
from pulso.fibre.ask.drawn import Drawn
from pulso.fibre.shapes import Works


class Together(NamedTuple):
    """Another dig on some of the same days, and who goes dark if both go wrong and not if either does alone."""

    other: str  # id of the other dig
    first: date
    last: date
    dark: tuple[str, ...]  # the most critical first


class Dig(NamedTuple):
    """A dig, and what happens if it cuts all that it touches."""

    works: Works
    cut: Cut
    together: tuple[Together, ...]
    unknown: tuple[str, ...]  # ducts and sites that it names and the plan doesn't have


def works(drawn: Drawn, first: date, last: date) -> tuple[Dig, ...]:
    """
    Say what depends on each dig from one day to another, both included.

    Parameters
    ----------
    drawn
        The network as it is today.
    first, last
        Digs that have a day in this span are told; also together with digs beyond it, if they share a day.

    Returns
    -------
    By first day, last day and id. Only pairs are looked at, not three digs at once.

    Raises
    ------
    ValueError
        If the last day lies before the first.
    """
    if last < first:
        raise ValueError(f"the last day lies before the first: {last} and {first}")
    rows = sorted(set(drawn.plan.works), key=lambda row: (row.first, row.last, row.id, row.model_dump_json()))
    asked = [number for number, row in enumerate(rows) if row.first <= last and row.last >= first]
    alone = {number: set(_dark(drawn, row)) for number, row in enumerate(rows) if row.ducts or row.sites}
    together: dict[int, list[Together]] = {number: [] for number in range(len(rows))}
    for one, other in combinations(alone, 2):
        begins, ends = max(rows[one].first, rows[other].first), min(rows[one].last, rows[other].last)
        if begins <= ends and (one in asked or other in asked):
            more = tuple(site for site in _dark(drawn, rows[one], rows[other]) if site not in alone[one] | alone[other])
            if more:
                together[one].append(Together(rows[other].id, begins, ends, more))
                together[other].append(Together(rows[one].id, begins, ends, more))
    return tuple(_dig(drawn, rows[i], tuple(together[i])) for i in asked)


def _dig(drawn: Drawn, row: Works, together: tuple[Together, ...]) -> Dig:
    missing = [name for name in row.ducts if name not in drawn.ducts.number] + [
        name for name in row.sites if name not in drawn.sites.number
    ]
    ducts, sites = _touched(drawn, row)
    return Dig(row, cut(drawn, ducts=ducts, sites=sites), together, tuple(missing))


def _dark(drawn: Drawn, *rows: Works) -> tuple[str, ...]:
    """Who goes dark if these digs go wrong together."""
    ducts, sites = _touched(drawn, *rows)
    return dark(drawn, ducts=ducts, sites=sites)


def _touched(drawn: Drawn, *rows: Works) -> tuple[list[str], list[str]]:
    """Ducts and sites that digs name and the plan has."""
    ducts = [name for row in rows for name in row.ducts if name in drawn.ducts.number]
    return ducts, [name for row in rows for name in row.sites if name in drawn.sites.number]
