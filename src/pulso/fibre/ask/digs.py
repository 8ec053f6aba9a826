"""The works calendar: what each dig touches, what depends on it, and which two should not be done on the same days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from heapq import heappop, heappush
from typing import NamedTuple

from pulso.core.fibre.together import Fall, fall, may_add_up
from pulso.fibre.ask.answers import Cut, cut, dark
from pulso.fibre.ask.drawn import Drawn
from pulso.fibre.ask.numbered import numbers
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
    return depends(drawn, [row for row in drawn.calendar if row.first <= last and row.last >= first])


def depends(drawn: Drawn, some: Iterable[Works]) -> tuple[Dig, ...]:
    """As `works`, of some digs of the plan: together with all others of it, if they share a day."""
    wanted, rows = set(some), drawn.calendar
    asked = [number for number, row in enumerate(rows) if row in wanted]

    @cache
    def fallen(number: int) -> Fall:
        ducts, sites = _touched(drawn, rows[number])
        return fall(
            drawn.tree, ducts=numbers(drawn.ducts, ducts, "duct", drawn.plan), sites=numbers(drawn.sites, sites, "site", drawn.plan)
        )

    @cache
    def alone(number: int) -> frozenset[str]:
        return frozenset(_dark(drawn, rows[number]))

    together: dict[int, list[tuple[int, Together]]] = {number: [] for number in asked}
    for one, other in _pairs(rows, asked):
        if may_add_up(fallen(one), fallen(other)):
            more = tuple(site for site in _dark(drawn, rows[one], rows[other]) if site not in alone(one) | alone(other))
            for this, that in ((one, other), (other, one)):
                if more and this in together:
                    together[this].append((that, _shared(rows[that], rows[this], more)))
    return tuple(_dig(drawn, rows[i], tuple(row for _, row in sorted(together[i]))) for i in asked)


def _pairs(rows: Sequence[Works], asked: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pairs of digs that share a day, of which one at least is asked for: day by day, with those that are still going on."""
    wanted = set(asked)
    first, last = min((rows[i].first for i in asked), default=date.max), max((rows[i].last for i in asked), default=date.min)
    mine, others = list[tuple[date, int]](), list[tuple[date, int]]()
    for number, row in enumerate(rows):
        if row.last < first or row.first > last or not (row.ducts or row.sites):
            continue
        for going in (mine, others):
            while going and going[0][0] < row.first:
                heappop(going)
        yield from ((other, number) for _, other in (*mine, *(others if number in wanted else ())))
        heappush(mine if number in wanted else others, (row.last, number))


def _shared(that: Works, this: Works, more: tuple[str, ...]) -> Together:
    return Together(that.id, max(this.first, that.first), min(this.last, that.last), more)


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
