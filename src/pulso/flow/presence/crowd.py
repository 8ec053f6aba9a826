"""Sessions that began together at one access point, of several answers: which of them are one, when no name tells."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int_]

SAME = 2.0  # seconds by which two answers may differ about when one session began


class Rows(NamedTuple):
    """Sessions of several answers, one below the other."""

    at: Ints  # the access point's number
    start: Floats
    stop: Floats
    back: Floats
    open: Bools

    def only(self, which: Ints | Bools) -> Rows:
        """Some of them, in this order."""
        return Rows(self.at[which], self.start[which], self.stop[which], self.back[which], self.open[which])


class Once(NamedTuple):
    """Sessions that are each there once, and from where they are known."""

    rows: Rows
    answer: Ints
    group: Ints  # those that began together
    most: Ints  # of each group so many as one answer alone has
    had: dict[tuple[int, int], int]  # by group and answer, how many that answer has: of groups of which more answers than one have some

    def lacks(self, later: int, answer: int) -> int:
        """How many of those that began with this one an answer doesn't have."""
        group = int(self.group[later])
        alone = self.most[group] if self.answer[later] == answer else 0
        return int(self.most[group] - self.had.get((group, answer), alone))


def once(rows: Rows, answer: Ints, order: Ints) -> Once:
    """So many of those that began together as one answer alone has, or as ended apart. Where one answer alone has any, all."""
    beside = (rows.at[1:] == rows.at[:-1]) & (np.diff(rows.start) <= SAME)
    group = np.concatenate([[0], np.cumsum(~beside)])[: rows.at.size]
    most = np.bincount(group)
    shared = np.zeros(most.size, dtype=bool)
    shared[group[1:][beside & (answer[1:] != answer[:-1])]] = True
    those = np.flatnonzero(shared[group])
    some, own = group[those], answer[those].astype(np.int64)
    pairs, many = np.unique(np.column_stack([some, own]), axis=0, return_counts=True)
    most[shared] = 0
    np.maximum.at(most, pairs[:, 0], many)
    copy = _copies(rows.only(those), own, order[those], some, most)
    unended = rows.open[those] & (rows.back[those] == rows.start[those])  # one that went on since is the longer for it
    best = np.lexsort((order[those], -rows.stop[those], unended, copy, some))
    rank = np.arange(best.size) - np.searchsorted(some[best], some[best], side="left")
    keep = np.ones(rows.at.size, dtype=bool)
    keep[those[best[rank >= most[some[best]]]]] = False
    had = dict(zip(map(tuple, pairs.tolist()), many.tolist(), strict=True))
    return Once(rows.only(keep), answer[keep], group[keep], most, had)


def _copies(rows: Rows, answer: Ints, order: Ints, group: Ints, most: Ints) -> Ints:
    """
    (N,) Of rows that began together, how often what one says is said before, or better. As many as ended apart are taken, too (`most`).

    What several answers tell alike, in each of them as many times, is once; where sessions go on it is found out word by word.
    """
    again = rows.back > rows.start
    unended = rows.open & ~again
    alike = group, again, np.where(again, rows.back, rows.stop), unended  # in the next answer the same again: not two
    longest, ended = (np.argsort(np.lexsort((order, -rows.stop, by))) for by in (answer, rows.open))
    copy = _before(ended, *alike, _before(longest, *alike, answer))
    np.maximum.at(most, *np.unique(group[(copy == 0) & ~again & ~rows.open], return_counts=True))
    goes_on = np.zeros(most.size, dtype=bool)
    goes_on[group[rows.open | again]] = True
    asked = np.flatnonzero(goes_on[group] & (most[group] > 1))
    copy[asked] = _told_later(rows.only(asked), answer[asked], group[asked])
    return copy


def _before(order: Ints, *columns: Floats | Bools | Ints) -> Ints:
    """(N,) Of each row how many there are before it, in this order, that are the same in all of these columns."""
    by = np.lexsort((order, *columns))
    other, place = np.zeros(by.size, dtype=bool), np.arange(by.size)
    for column in columns:
        other[1:] |= column[by][1:] != column[by][:-1]
    found = np.empty_like(place)
    found[by] = place - np.maximum.accumulate(np.where(other, place, 0))
    return found


def _told_later(rows: Rows, answer: Ints, group: Ints) -> Bools:
    """
    (N,) Which rows are but an earlier word of a session of which another answer knows as much or more: an end, a return, a later moment.

    Of a crowd that began together those who stay are in answer after answer, each time until later; they would be taken for several of
    it, in place of those who left. So answer by answer each row is one with at most one session known until then.
    """
    told = np.zeros(group.size, dtype=bool)
    back = np.where(rows.back > rows.start, rows.back, -np.inf)
    order = np.lexsort((-rows.stop, rows.open, answer, group)).tolist()
    for _, together in groupby(order, group.__getitem__):
        known = _Known([], [])
        for _, theirs in groupby(together, answer.__getitem__):
            words = (_Word(float(rows.stop[i]), i, float(back[i]), bool(rows.open[i])) for i in theirs)
            told[list(known.better(words))] = True
    return told


class _Word(NamedTuple):
    """What an answer says of a session; words are in order of the moment until which they tell."""

    until: float
    row: int
    back: float  # the last of the client's returns; -inf where there is none
    is_open: bool


class _Known(NamedTuple):
    """Sessions of a crowd, by the best word of each: those that ended, and those last heard of."""

    ended: list[_Word]
    heard: list[_Word]

    def better(self, theirs: Iterable[_Word]) -> Iterator[int]:
        """Take in what an answer says, the ended and longest first. The rows, its own or known before, of which there is a better word."""
        free = _Known(self.ended.copy(), self.heard.copy())  # of its own words none is one with another
        for word in theirs:
            after = bisect_left(free.ended, word.until, key=_UNTIL)
            if after < len(free.ended) and (word.is_open or free.ended[after].until == word.until):
                free.ended.pop(after)
                yield word.row
            elif earlier := max(_last(free.heard, word.until) + _last(free.ended, word.back), default=None):
                for known in (free, self):
                    some = known.of(earlier)
                    del some[bisect_left(some, earlier)]
                insort(self.of(word), word)
                yield earlier.row
            elif word.is_open and free.heard:
                free.heard.pop(0)
                yield word.row
            else:
                insort(self.of(word), word)

    def of(self, word: _Word) -> list[_Word]:
        """Where one like it is."""
        return self.heard if word.is_open else self.ended


_UNTIL = attrgetter("until")


def _last(words: list[_Word], until: float) -> list[_Word]:
    """The last of them that tells no longer than until then; none, where there is none."""
    after = bisect_right(words, until, key=_UNTIL)
    return words[max(after - 1, 0) : after]
