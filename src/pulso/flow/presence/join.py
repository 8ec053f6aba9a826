"""Sessions of several answers, each once: one that was open in one answer ends in the next, and a client's returns are one session."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pulso.flow.presence.crowd import SAME, Once, Rows, once
from pulso.flow.presence.threads import mapped
from pulso.sources.radius import Kept

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int_]

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
    rows = Rows(*(np.concatenate(column) for column in zip(*(r.only(b) for r, b in zip(each, both, strict=True)), strict=True)))
    order = np.argsort(_key(rows.at, rows.start), kind="stable")
    alone = mapped(lambda pair: _ended(pair[0], interim, but=pair[1]), list(zip(each, both, strict=True)))
    return [*alone, _ended(_continued(once(rows.only(order), answer[order], order)), interim)]


def _rows_of(answer: Kept, points: dict[str, int]) -> Rows:
    """The sessions of one answer at our access points, in order of access point and start."""
    at = _numbered(answer.point, points)
    rows = Rows(at, answer.start, answer.stop, answer.back, answer.open)
    if (at < 0).any():
        rows = rows.only(at >= 0)
    key = _key(rows.at, rows.start)
    return rows if (np.diff(key) >= 0).all() else rows.only(np.argsort(key, kind="stable"))


def _ended(rows: Rows, interim: float, but: Bools | None = None) -> Sessions:
    """Rows as sessions: those without a stop end so long after they were last heard of."""
    if but is not None and but.any():
        these = np.flatnonzero(~but)
        rows = Rows(rows.at[these], rows.start[these], rows.stop[these], rows.back[:0], rows.open[these])
    return Sessions(rows.start, rows.stop + interim * rows.open if rows.open.any() else rows.stop, rows.at)


def _known_to_several(each: Sequence[Rows], points: int) -> list[Bools]:
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

    def asked(one: tuple[Rows, Ints, list[tuple[Ints, Ints | slice]]]) -> Bools:
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


def _while_others_do(each: Sequence[Rows], first: float, last: float, width: float) -> list[Ints]:
    """Which rows of each answer begin, or return, while another answer has a start or a return anywhere: in spans so wide, or beside."""
    spans = int((last - first) / width) + 2

    def at(moments: Floats) -> Ints:
        found = moments - first
        found /= width
        return np.asarray(np.clip(found, 0, spans - 1, out=found).astype(np.int32))

    def looked(rows: Rows) -> tuple[Ints, Ints, Ints]:
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


def _spans(rows: Rows, first: float, length: float, spans: int) -> list[tuple[Ints, Ints | slice]]:
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


def _continued(crowd: Once) -> Rows:
    """
    Join what one answer knows of a client's returns to what another one knows of the later ones.

    Where an answer lacks one of those that began when the last of its own did, that one goes on from its own.
    """
    rows, answer = crowd.rows, crowd.answer
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
            at = int(crowd.group[later]), own
            if (
                into[later] == later
                and int(answer[later]) not in taken
                and rows.start[later] > rows.start[mine]
                and crowd.lacks(later, own) > spent[at]
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


def _merged(rows: Rows, into: Ints) -> Rows:
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
