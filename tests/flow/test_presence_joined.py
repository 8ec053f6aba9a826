"""Sessions of several answers, each once: however often a client came back, and however the answers overlap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulso.flow.presence import join
from pulso.flow.presence.join import joined
from pulso.sources.radius import Kept, read, strip
from tests.flow.test_presence import NUMBER, kept, together, whole
from tests.sources.radius_rooms import AP, Whole, at, radacct

MIDNIGHT = at("2026-05-05T00:00:00")
NAME = AP.format(1).lower()


def clock(minutes: float) -> str:
    return f"{datetime.fromtimestamp(MIDNIGHT + 60 * minutes, UTC):%F %T}"


def export(*spans: tuple[float, float | None], heard: float = 120, client: str = "de:ad:be:ef:00:01", more: Iterable[Whole] = ()) -> Kept:
    """Of one client what an export of radacct holds, in minutes after midnight: None is open, and heard of until then."""
    rows = [Whole(clock(a), "" if b is None else clock(b), clock(max(a, heard)) if b is None else "", client=client) for a, b in spans]
    return read(strip(radacct([*rows, *more])), "UTC")


def of(*answers: Kept) -> list[tuple[float, float]]:
    """From which minute after midnight to which."""
    found = joined(answers, {NAME: 0}, 600.0)
    return [((a - MIDNIGHT) / 60, (b - MIDNIGHT) / 60) for _, a, b in whole(found)]


def test_one_client_in_daily_exports_of_the_sessions_that_overlap_a_day_is_one():
    """From 22:50 on in the first, from 23:40 on in the second, in which the last goes on."""
    first = export((-70, -50), (-20, 10))
    second = export((-20, 10), (30, 40), (45, None), heard=55)
    assert of(first, second) == of(second, first) == [(-70, 65)]


def test_nor_is_it_more_where_the_first_knows_no_end_of_what_the_second_ends():
    assert of(export((-70, -50), (-20, None), heard=-5), export((-20, 10), (30, 40))) == [(-70, 40)]
    assert of(export((-70, None), (-20, None), heard=-5), export((-20, 10))) == [(-70, 10)]
    assert of(export((-70, -50), (-20, 10)), export((-20, 10))) == [(-70, 10)]


def test_what_lies_in_three_answers_is_one():
    assert of(export((-70, -50), (-20, 10)), export((-20, 10), (30, 40)), export((30, 40), (60, 70))) == [(-70, 70)]
    assert of(export((-70, -50), (-20, 10), (30, 40)), export((-20, 10), (30, 40)), export((30, 40))) == [(-70, 40)]


def test_somebody_else_who_began_when_a_client_came_back_stays_another():
    """Both answers have him, and one knows the other's earlier visit."""
    other = [Whole(clock(-20), clock(5), client="de:ad:be:ef:00:02")]
    both = of(export((-70, -50), (-20, 10), more=other), export((-20, 10), (30, 40), more=other))
    assert sorted(both) == [(-70, 40), (-20, 5)]
    apart = of(export((-70, -50), (-20, 10), more=other), export(*[(-20, 5)], client="de:ad:be:ef:00:02"))
    assert sorted(apart) == [(-70, 10), (-20, 5)]


def test_of_a_crowd_that_began_together_those_who_stayed_for_days_are_no_more_for_being_told_each_day():
    """As an access point comes back: thirty at once, of whom five are in four daily exports and were once each of the longest."""
    crowd = [Whole(clock(-120), clock(4000 + i if i < 5 else -110), client=f"de:ad:be:ef:01:{i:02}") for i in range(30)]
    stay = [read(strip(radacct(crowd[:5])), "UTC") for _ in range(3)]
    found = of(read(strip(radacct(crowd)), "UTC"), *stay)
    assert sorted(found) == [(-120, -110)] * 25 + [(-120, 4000 + i) for i in range(5)]


@pytest.mark.parametrize("backwards", [False, True])
def test_nor_are_they_more_where_nobody_heard_of_a_stop(backwards):
    """Twenty-five fell silent at once, and five are heard of until each day's end."""
    exports = []
    for day in range(4):
        rows = [Whole(clock(-120), "", clock(1440 * day), client=f"de:ad:be:ef:02:{i:02}") for i in range(5)]
        rows += [Whole(clock(-120), "", clock(-110), client=f"de:ad:be:ef:01:{i:02}") for i in range(25) if day == 0]
        exports.append(read(strip(radacct(rows)), "UTC"))
    found = of(*(exports[::-1] if backwards else exports))
    assert sorted(found) == [(-120, -100)] * 25 + [(-120, 4330)] * 5


@pytest.mark.parametrize("backwards", [False, True])
def test_nor_where_each_day_knows_of_another_return(backwards):
    """Twenty-five left at once; five, whose first stop nobody heard, came back in time each day and are in every file from the first on."""
    some, exports = [f"de:ad:be:ef:02:{i:02}" for i in range(5)], []
    for day in range(4):
        rows = [Whole(clock(-120), "", clock(-110), client=c) for c in some]
        for d in range(day + 1):
            until = clock(1440 * d - 5) if d < day else ""
            rows += [Whole(clock(1440 * (d - 1) - 5 if d else -60), until, clock(1440 * d - 5), client=c) for c in some]
        rows += [Whole(clock(-120), clock(-110), client=f"de:ad:be:ef:01:{i:02}") for i in range(25) if day == 0]
        exports.append(read(strip(radacct(rows)), "UTC"))
    found = of(*(exports[::-1] if backwards else exports))
    assert sorted(found) == [(-120, -110)] * 25 + [(-120, 4325)] * 5


stayed = st.lists(st.tuples(st.integers(0, 4 * 1440), st.booleans()), min_size=1, max_size=20)


@settings(deadline=None, max_examples=150)
@given(stayed, st.permutations(range(5)), st.sampled_from(["those of the day", "all that did not end"]))
def test_a_crowd_that_began_together_is_told_to_the_minute(drawn, order, how):
    """Of each a stop, or none and a silence from then on; in daily exports, as each day ended."""
    exports = []
    for day in range(5):
        rows = []
        for i, (until, lost) in enumerate(drawn):
            now = 1440 * (day + 1)
            if until >= 1440 * day or (lost and how == "all that did not end"):
                stop, heard = (clock(until), "") if until < now and not lost else ("", clock(min(until, now)))
                rows.append(Whole(clock(-1), stop, heard, client=f"de:ad:be:ef:01:{i:02}"))
        exports.append(read(strip(radacct(rows)), "UTC"))
    assert sorted(of(*(exports[i] for i in order))) == sorted((-1, until + 10 * lost) for until, lost in drawn)


def test_nor_are_they_more_where_they_came_back_and_one_answer_alone_knows_their_end():
    crowd = [Whole(clock(-120), clock(-110), client=f"de:ad:be:ef:01:{i:02}") for i in range(25)]
    some = [f"de:ad:be:ef:02:{i:02}" for i in range(5)]
    lost = [Whole(clock(-120), "", clock(-115), client=c) for c in some]
    first = [*crowd, *lost, *(Whole(clock(-60), "", clock(-2), client=c) for c in some)]
    second = [*lost, *(Whole(clock(-60), clock(300), client=c) for c in some)]
    assert sorted(of(*(read(strip(radacct(rows)), "UTC") for rows in (first, second)))) == [(-120, -110)] * 25 + [(-120, 300)] * 5


def test_nobody_is_lost_at_midnight_where_a_crowd_comes_all_the_time_and_each_export_has_who_left_on_its_day():
    """A new one each second, for half an hour each: every one of them began within two seconds of others that the other file has."""
    stay = [Whole(clock(-40 + i / 60), clock(-10 + i / 60), client=f"de:ad:be:ef:{i // 256:02x}:{i % 256:02x}") for i in range(1_200)]
    days = ([r for r in stay if (r.stop < clock(0)) == first] for first in (True, False))
    assert len(of(*(read(strip(radacct(rows)), "UTC") for rows in days))) == 1_200


@pytest.mark.parametrize("begins", ["start", "stop"])
def test_exports_by_the_day_of_a_start_or_a_stop_count_nobody_three_times(begins):
    visits = [(-70, -50), (-20, 10), (30, 40), (45, 80)]
    days = [[v for v in visits if (v[begins == "stop"] < 0) == first] for first in (True, False)]
    found = of(*(export(*day) for day in days))
    assert max(sum(a < 60 * h + 60 and b > 60 * h for a, b in found) for h in range(-2, 2)) <= 2


visit = st.tuples(st.integers(0, 70), st.integers(0, 90), st.booleans())


@settings(deadline=None, max_examples=150)
@given(st.lists(visit, min_size=1, max_size=14), st.sampled_from(["overlap", "start", "stop", "two days"]))
def test_one_client_is_at_most_two_sessions_in_any_hour(drawn, how):
    """Visits that follow each other over three days, some without a stop, in daily exports."""
    visits, now = [], -24 * 60.0 + 23
    for gap, length, lost in drawn:
        visits.append((now + gap, now + gap + length, lost))
        now += gap + length + 1
        now += 300 if gap > 60 else 0

    def there(a: float, b: float, day: int) -> bool:
        first, last = 1440 * day, 1440 * (day + 1)
        if how == "overlap":
            return a < last and b >= first
        if how == "two days":
            return a < last and b >= first - 1440
        return first <= (a if how == "start" else b) < last

    exports = []
    for day in range(-1, 2):
        rows = [Whole(clock(a), "" if lost else clock(b), clock(b)) for a, b, lost in visits if there(a, b, day)]
        exports.append(read(strip(radacct(rows)), "UTC"))
    found, hours = of(*exports), range(-30, 60)
    assert max(sum(a < 60 * h + 60 and b > 60 * h for a, b in found) for h in hours) <= 2


# -- without returns it is what it was -----------------------------------------------------------------------------------------------


def plainly(answers: list[Kept], points: dict[str, int], interim: float) -> list[tuple[int, float]]:
    """Point and stop of each, group by group: those of one access point that each began within two seconds of the one before.

    What two answers tell alike, or one tells of later, comes last; what ended at different moments is not one.
    """
    ours = [np.isin(a.point.to_pylist(), list(points)) for a in answers]
    latest = [a.stop[our].max(initial=-np.inf) if our.size else -np.inf for a, our in zip(answers, ours, strict=True)]
    rows = [
        (points[name], a.start[i], a.stop[i], bool(a.open[i]), n, i)
        for n, a in enumerate(answers[k] for k in np.argsort(latest, kind="stable"))
        for i, name in enumerate(a.point.to_pylist())
        if name in points
    ]
    rows.sort(key=lambda r: (r[0], r[1]))
    groups: list[list[tuple]] = []
    for r in rows:
        if groups and groups[-1][-1][0] == r[0] and r[1] - groups[-1][-1][1] <= 2:
            groups[-1].append(r)
        else:
            groups.append([r])
    out = []
    for g in groups:
        most = max(sum(r[4] == n for r in g) for n in {r[4] for r in g}) if len(answers) > 1 else len(g)
        mine: Counter[tuple] = Counter()
        before: Counter[tuple] = Counter()
        ranked = []
        for r in sorted(g, key=lambda r: r[4:]):
            nth = mine[r[2:5]]
            ranked.append((before[*r[2:4], nth], r[3], -r[2], *r[4:], r))
            mine[r[2:5]] += 1
            before[*r[2:4], nth] += 1
        apart = sum(copy == 0 and not is_open for copy, is_open, *_ in ranked) if len({r[4] for r in g}) > 1 else 0
        most = max(most, apart)
        if most > 1 and len({r[4] for r in g}) > 1:
            late = told_later(g)
            ranked = [(late[r], *rest, r) for _, *rest, r in ranked]
        out += [r for *_, r in sorted(ranked)[:most]]
    return sorted((p, float(b + interim * o)) for p, _, b, o, *_ in out)


def told_later(group: list[tuple]) -> Counter[tuple]:
    """Of which rows another answer knows more; each row is one with one session at most, and the sessions of one answer are apart."""
    known: list[tuple] = []
    found: Counter[tuple] = Counter()
    for n in sorted({r[4] for r in group}):
        free = list(known)
        for r in sorted((r for r in group if r[4] == n), key=lambda r: (r[3], -r[2])):
            at, is_open = r[2:4]
            ended = [k for k in free if not k[3] and (k[2] >= at if is_open else k[2] == at)]
            before, after = ([k for k in free if k[3] and (k[2] <= at) == earlier] for earlier in (True, False))
            if ended or (is_open and after and not before):
                free.remove(min(ended or after, key=lambda k: k[2]))
                found[r] += 1
                continue
            if before:
                less = max(before, key=lambda k: k[2])
                free.remove(less)
                known.remove(less)
                found[less] += 1
            known.append(r)
    return found


rows = st.lists(st.tuples(st.sampled_from("abx"), st.integers(0, 30), st.integers(0, 50), st.booleans()), max_size=12)


@settings(deadline=None, max_examples=300)
@given(st.lists(rows, max_size=4))
def test_sessions_without_returns_are_put_together_as_they_were_one_by_one(drawn):
    answers = [kept(*((p, float(a), float(a + n), o) for p, a, n, o in sorted(rows))) for rows in drawn]
    assert sorted((point, stop) for point, _, stop in together(*answers)) == plainly(answers, NUMBER, 600.0)
    for part in joined(answers, NUMBER, 600.0):
        assert (np.diff(part.point) >= 0).all()
        assert ((np.diff(part.start) >= 0) | (np.diff(part.point) > 0)).all()


came_back = st.tuples(st.sampled_from("abx"), st.integers(0, 60), st.integers(0, 30), st.integers(0, 30), st.booleans())


many_answers = st.lists(st.lists(came_back, max_size=12), min_size=2, max_size=4)


@settings(deadline=None, max_examples=500)
@given(
    st.lists(st.lists(came_back, max_size=12), min_size=2, max_size=4),
    st.sampled_from([0.0, 1.7e9, -3e8]),
    st.sampled_from([join.MARKS, 4, 1]),
)
def test_looking_only_at_what_several_may_know_finds_what_looking_at_all_finds(drawn, since, marks):
    answers = []
    for rows in drawn:
        point, start, first, then, is_open = zip(*sorted(rows), strict=True) if rows else ((), (), (), (), ())
        begun, back = since + np.array(start, dtype=float), since + np.add(start, first, dtype=float)
        names = pa.array(point, pa.string()).dictionary_encode()
        nothing = np.full(len(rows), np.nan)
        answers.append(Kept(names, begun, back + np.array(then), back, nothing, nothing, np.array(is_open, dtype=bool)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(join, "MARKS", marks)
        found = together(*answers)
        patch.setattr(join, "_known_to_several", lambda each, _: [np.ones(rows.at.size, dtype=bool) for rows in each])
        assert found == together(*answers)


def test_most_of_a_month_is_known_to_one_answer_alone():
    rng = np.random.default_rng(3)
    answers = []
    for day in range(4):
        start = np.sort(86_400.0 * day + rng.uniform(0, 86_400, 5_000))
        answers.append(kept(*(("a", float(t), float(t) + 60, False) for t in start)))
    *alone, several = joined(answers, NUMBER, 600.0)
    assert sum(part.start.size for part in alone) + several.start.size == 20_000
    assert several.start.size < 20
