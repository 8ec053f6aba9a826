"""Sessions of several answers, each once: one that was open in one answer ends in the next, and a client's returns are one session."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pulso.flow.presence.threads import mapped
from pulso.sources.radius import Kept

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int_]

SAME = 2.0  # seconds by which two answers may differ about when one session began
SPAN = 8.0  # seconds: what two answers may both know is looked for in spans no shorter, and as many as
WHILE = 64.0  # seconds: when two answers know of anything at all is looked for in spans no shorter
MARKS = 1 << 23  # these, at all access points together
LONGEST = 40 * 86_400.0  # seconds: what began longer ago than sessions are kept lies in the first span
SEVERAL = np.iinfo(np.uint16).max


class Sessions(NamedTuple):
    """Sessions at the city's access points, each once, in order of access point and start."""

    start: Floats  # (S,) seconds since the epoch
    stop: Floats  # (S,)
    point: Ints  # (S,) the access point's number


def joined(answers: Sequence[Kept], points: dict[str, int], interim: float) -> list[Sessions]:
    """
    Put the sessions of several answers together, each once.

    A session that was open in one answer ends in the next. No name tells that they are one: they are told by their access point and,
    within two seconds, their start; of so many that began then, as many are taken as one answer alone has, or as ended at different
    moments, the ended and longest first, and what several answers tell alike, once.
    Sessions that a client's returns made one are one with those of another answer that begins with the last of these, or ends with it.

    Parameters
    ----------
    answers
        One an address, in any order; they are told apart as earlier and later by the last moment of which each knows.
    points
        The city's access points; sessions of others are left out.
    interim
        Seconds. What has no stop in any answer ended so long after it was last heard of.

    Returns
    -------
    list of Sessions
        Those of which each answer alone knows, answer by answer, and last those of which several may: all of them together are each
        session once.
    """
    each = sorted(mapped(lambda a: _rows_of(a, points), answers), key=lambda rows: rows.stop.max(initial=-np.inf))
    if len(each) < 2:
        return [_ended(rows, interim) for rows in each]
    both = _known_to_several(each, len(points))
    answer = np.repeat(np.arange(len(each)), [int(b.sum()) for b in both])
    rows = _Rows(*(np.concatenate(column) for column in zip(*(r.only(b) for r, b in zip(each, both, strict=True)), strict=True)))
    order = np.argsort(_key(rows.at, rows.start), kind="stable")
    alone = mapped(lambda pair: _ended(pair[0], interim, but=pair[1]), list(zip(each, both, strict=True)))
    return [*alone, _ended(_continued(_once(rows.only(order), answer[order], order)), interim)]


class _Rows(NamedTuple):
    """Sessions of several answers, one below the other."""

    at: Ints  # the access point's number
    start: Floats
    stop: Floats
    back: Floats
    open: Bools

    def only(self, which: Ints | Bools) -> _Rows:
        """Some of them, in this order."""
        return _Rows(self.at[which], self.start[which], self.stop[which], self.back[which], self.open[which])


def _rows_of(answer: Kept, points: dict[str, int]) -> _Rows:
    """The sessions of one answer at our access points, in order of access point and start."""
    at = _numbered(answer.point, points)
    rows = _Rows(at, answer.start, answer.stop, answer.back, answer.open)
    if (at < 0).any():
        rows = rows.only(at >= 0)
    key = _key(rows.at, rows.start)
    return rows if (np.diff(key) >= 0).all() else rows.only(np.argsort(key, kind="stable"))


def _ended(rows: _Rows, interim: float, but: Bools | None = None) -> Sessions:
    """Rows as sessions: those without a stop end so long after they were last heard of."""
    if but is not None and but.any():
        these = np.flatnonzero(~but)
        rows = _Rows(rows.at[these], rows.start[these], rows.stop[these], rows.back[:0], rows.open[these])
    return Sessions(rows.start, rows.stop + interim * rows.open if rows.open.any() else rows.stop, rows.at)


def _known_to_several(each: Sequence[_Rows], points: int) -> list[Bools]:
    """
    Of each answer's rows, those of which another answer may know too; never too few.

    Two answers know of one session if its start, or a return, is within two seconds in both. Of the rows that have one while another
    answer has any at all, spans of time at each access point are marked with the answer that has one there; rows in spans with marks of
    several are asked for, with those that began together with them in their own answer.
    """
    some = np.concatenate([rows.start[:: max(rows.start.size // 99, 1)] for rows in each])
    about = float(np.median(some)) if some.size else 0.0
    first = max(min((rows.start.min() for rows in each if rows.start.size), default=0.0), about - LONGEST)
    last = min(max((rows.back.max() for rows in each if rows.start.size), default=0.0), about + LONGEST)
    length = max(SPAN, (last - first + SPAN) * points / MARKS)
    spans = int((last - first) / length) + 2
    marks = np.zeros(points * spans, dtype=np.uint16)
    meet = _while_others_do(each, first, last, max(WHILE, length + SAME))
    where = mapped(lambda pair: _spans(pair[0].only(pair[1]), first, length, spans), list(zip(each, meet, strict=True)))
    for i, slots in enumerate(where, start=1):
        for slot, _ in slots:
            was = marks[slot]
            marks[slot] = np.where((was == 0) | (was == i), i, SEVERAL)

    def asked(one: tuple[_Rows, Ints, list[tuple[Ints, Ints | slice]]]) -> Bools:
        rows, these, slots = one
        found, several = np.zeros(rows.at.size, dtype=bool), np.zeros(these.size, dtype=bool)
        for slot, of in slots:
            several[of] |= marks[slot] == SEVERAL
        found[these] = several
        if several.any():
            begun = np.cumsum((np.diff(rows.at, prepend=-1) != 0) | (np.diff(rows.start, prepend=0.0) > SAME))
            together = np.zeros(begun[-1] + 1, dtype=bool)
            together[begun[found]] = True
            found = together[begun]
        return found

    return mapped(asked, list(zip(each, meet, where, strict=True)))


def _while_others_do(each: Sequence[_Rows], first: float, last: float, width: float) -> list[Ints]:
    """Which rows of each answer begin, or return, while another answer has a start or a return anywhere: in spans so wide, or beside."""
    spans = int((last - first) / width) + 2

    def at(moments: Floats) -> Ints:
        found = moments - first
        found /= width
        return np.asarray(np.clip(found, 0, spans - 1, out=found).astype(np.int32))

    def looked(rows: _Rows) -> tuple[Ints, Ints, Ints]:
        again = np.flatnonzero(rows.back > rows.start)
        return at(rows.start), again, at(rows.back[again])

    def touched(begun: Ints, _again: Ints, returned: Ints) -> Bools:
        mine = np.zeros(spans + 2, dtype=bool)
        mine[begun + 1] = mine[returned + 1] = True
        return np.asarray(mine[1:-1] | mine[:-2] | mine[2:])

    def those(begun: Ints, again: Ints, returned: Ints) -> Ints:
        found = several[begun]
        found[again] |= several[returned]
        return np.flatnonzero(found)

    when = mapped(looked, each)
    several = np.sum(mapped(lambda one: touched(*one), when), axis=0) > 1
    return mapped(lambda one: those(*one), when)


def _spans(rows: _Rows, first: float, length: float, spans: int) -> list[tuple[Ints, Ints | slice]]:
    """The spans in which starts and returns lie, give or take a second, so that those two seconds apart share one; and of which rows."""
    again = np.flatnonzero(rows.back > rows.start)
    found: list[tuple[Ints, Ints | slice]] = []
    for at, when, of in ((rows.at, rows.start, slice(None)), (rows.at[again], rows.back[again], again)):
        for shift in (-SAME / 2, SAME / 2):
            span = np.clip((when + (shift - first)) / length, 0, spans - 1).astype(np.int64)
            found.append((at * spans + span, of))
    return found


def _numbered(names: pa.DictionaryArray, points: dict[str, int]) -> Ints:
    """(S,) The access points' numbers; -1 for none of ours."""
    number = np.array([points.get(name, -1) for name in names.dictionary.to_pylist()], dtype=np.int32)
    which = names.indices.to_numpy(zero_copy_only=False)
    return np.asarray(number[which] if number.size else np.zeros(0, dtype=np.int32))


def _key(at: Ints, when: Floats) -> Ints:
    """Access point and moment in one number, to an eighth of a second."""
    return np.asarray((at.astype(np.int64) << 36) + np.floor(when * 8).astype(np.int64))


class _Once(NamedTuple):
    """Sessions that are each there once, and from where they are known."""

    rows: _Rows
    answer: Ints
    group: Ints  # those that began together
    most: Ints  # of each group so many as one answer alone has
    had: dict[tuple[int, int], int]  # by group and answer, how many that answer has: of groups of which more answers than one have some

    def lacks(self, later: int, answer: int) -> int:
        """How many of those that began with this one an answer doesn't have."""
        group = int(self.group[later])
        alone = self.most[group] if self.answer[later] == answer else 0
        return int(self.most[group] - self.had.get((group, answer), alone))


def _once(rows: _Rows, answer: Ints, order: Ints) -> _Once:
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
    unended = rows.open[those] & (rows.back[those] == rows.start[those])  # one that went on since is the longer for it
    again = rows.back[those] > rows.start[those]
    alike = some, again, np.where(again, rows.back[those], rows.stop[those]), unended  # in the next answer the same again: not two
    longest, ended = (np.argsort(np.lexsort((order[those], -rows.stop[those], by))) for by in (own, rows.open[those]))
    copy = _before(ended, *alike, _before(longest, *alike, own))
    np.maximum.at(most, *np.unique(some[(copy == 0) & ~again & ~rows.open[those]], return_counts=True))
    waits = np.zeros(most.size, dtype=bool)
    waits[some[unended]] = True
    asked = np.flatnonzero((most[some] > 1) & waits[some] & ~again)
    copy[asked] = _told_later(some[asked], own[asked], rows.stop[those][asked], unended[asked])
    best = np.lexsort((order[those], -rows.stop[those], unended, copy, some))
    rank = np.arange(best.size) - np.searchsorted(some[best], some[best], side="left")
    keep = np.ones(rows.at.size, dtype=bool)
    keep[those[best[rank >= most[some[best]]]]] = False
    had = dict(zip(map(tuple, pairs.tolist()), many.tolist(), strict=True))
    return _Once(rows.only(keep), answer[keep], group[keep], most, had)


def _before(order: Ints, *columns: Floats | Bools | Ints) -> Ints:
    """(N,) Of each row how many there are before it, in this order, that are the same in all of these columns."""
    by = np.lexsort((order, *columns))
    other, place = np.zeros(by.size, dtype=bool), np.arange(by.size)
    for column in columns:
        other[1:] |= column[by][1:] != column[by][:-1]
    found = np.empty_like(place)
    found[by] = place - np.maximum.accumulate(np.where(other, place, 0))
    return found


def _told_later(group: Ints, answer: Ints, stop: Floats, unended: Bools) -> Bools:
    """
    (N,) Which rows are but an earlier word of a session of which another answer knows as much or more: its end, or a later moment.

    Of a crowd that began together those who stay are in answer after answer, each time heard of later; they would be taken for several
    of it, in place of those who left unheard. So answer by answer each row is one with at most one session known until then.
    """
    told = np.zeros(group.size, dtype=bool)
    rows = np.lexsort((-stop, unended, answer, group)).tolist()
    for _, together in groupby(rows, group.__getitem__):
        ends: list[_Moment] = []
        heard: list[_Moment] = []
        for _, theirs in groupby(together, answer.__getitem__):
            told[list(_earlier_words([(float(stop[i]), i) for i in theirs], unended, ends, heard))] = True
    return told


_Moment = tuple[float, int]  # and which row it stands in


def _earlier_words(theirs: list[_Moment], unended: Bools, ends: list[_Moment], heard: list[_Moment]) -> Iterator[int]:
    """Which rows, of one answer's or known before, are told of better by another; ends and moments last heard of go on with the rest."""
    ended, waiting = ends.copy(), heard.copy()  # of this answer's rows none is one with another of its own
    for at, row in theirs:
        end, last = bisect_left(ended, (at, -1)), bisect_right(waiting, (at, unended.size)) - 1
        if end < len(ended) and (unended[row] or ended[end][0] == at):
            ended.pop(end)
            yield row
        elif last >= 0:
            earlier = waiting.pop(last)
            del heard[bisect_left(heard, earlier)]
            insort(heard if unended[row] else ends, (at, row))
            yield earlier[1]
        elif unended[row] and waiting:
            waiting.pop(0)
            yield row
        else:
            insort(heard if unended[row] else ends, (at, row))


def _continued(once: _Once) -> _Rows:
    """
    Join what one answer knows of a client's returns to what another one knows of the later ones.

    Where an answer lacks one of those that began when the last of its own did, that one goes on from its own.
    """
    rows, answer = once.rows, once.answer
    into = np.arange(rows.at.size)
    returned = np.flatnonzero(rows.back > rows.start + SAME)
    ends = returned[np.argsort(_key(rows.at[returned], rows.back[returned]), kind="stable")]
    asked = _key(rows.at[ends], rows.back[ends])
    begun = _beside(_key(rows.at, rows.start), answer, asked, answer[ends])
    ended = _beside(asked, answer[ends], asked, answer[ends])
    spent: Counter[tuple[int, int]] = Counter()
    for i in np.flatnonzero(begun.others | ended.others).tolist():
        mine = int(ends[i])
        own, taken = int(answer[mine]), {int(answer[mine])}
        beside = [*range(begun.low[i], begun.high[i]), *ends[ended.low[i] : ended.high[i]].tolist()]
        for later in sorted(beside, key=lambda j: (-rows.stop[j], j)):
            at = int(once.group[later]), own
            if (
                into[later] == later
                and int(answer[later]) not in taken
                and rows.start[later] > rows.start[mine]
                and once.lacks(later, own) > spent[at]
            ):
                into[later] = mine
                taken.add(int(answer[later]))
                spent[at] += 1
    return _merged(rows, into)


class _Beside(NamedTuple):
    """Where the rows are that lie within two seconds of each moment, and whether another answer has one of them."""

    low: Ints
    high: Ints
    others: Bools


def _beside(keys: Ints, answer: Ints, asked: Ints, own: Ints) -> _Beside:
    slack = int(SAME * 8)
    low, high = np.searchsorted(keys, asked - slack), np.searchsorted(keys, asked + slack, side="right")
    some = high > low
    changes = np.concatenate([[0], np.cumsum(answer[1:] != answer[:-1])])
    first, last = np.minimum(low, max(keys.size - 1, 0)), np.maximum(high - 1, 0)
    return _Beside(low, high, some & ((changes[last] > changes[first]) | (answer[first] != own)) if keys.size else some)


def _merged(rows: _Rows, into: Ints) -> _Rows:
    """Rows as one with those that they go on from: from the first one's start to the last one's stop."""
    gone = into != np.arange(into.size)
    if not gone.any():
        return rows
    while (into[into] != into).any():
        into = into[into]
    stop, unended = rows.stop.copy(), rows.open.copy()
    for j in np.flatnonzero(gone).tolist():
        i = into[j]
        if rows.stop[j] >= stop[i]:
            unended[i] = rows.open[j] and (rows.stop[j] > stop[i] or unended[i])
            stop[i] = rows.stop[j]
    return rows._replace(stop=stop, open=unended).only(~gone)
