"""What depends on each dig, and which two should not be done on the same days."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings

from pulso.fibre.ask import digs
from pulso.fibre.ask.answers import cut, dark
from pulso.fibre.ask.digs import depends, works
from pulso.fibre.ask.drawn import draw
from pulso.fibre.shapes import Works
from tests.core.fibre.plans import city
from tests.fibre import brute
from tests.fibre.plans import plans, ring
from tests.fibre.towns import town

MAY = date(2026, 5, 1), date(2026, 5, 31)


def dig(name, first, last, **touches):
    return Works(id=name, name=name.title(), first=date(2026, 5, first), last=date(2026, 5, last), **touches)


def asked(*rows, first=MAY[0], last=MAY[1]):
    return works(draw(ring().model_copy(update={"works": rows})), first, last)


def test_two_digs_on_the_same_days_darken_whom_neither_does_alone():
    one, other = asked(dig("north", 4, 8, ducts=("CO-A",)), dig("south", 8, 12, ducts=("C-CO",)))
    assert (one.cut.dark, other.cut.dark) == ((), ())
    assert one.together == (("south", date(2026, 5, 8), date(2026, 5, 8), ("S1", "S2", "S3")),)
    assert other.together == (("north", date(2026, 5, 8), date(2026, 5, 8), ("S1", "S2", "S3")),)


def test_one_after_the_other_they_darken_nobody():
    assert all(not row.together for row in asked(dig("north", 4, 7, ducts=("CO-A",)), dig("south", 8, 12, ducts=("C-CO",))))


def test_a_dig_that_darkens_by_itself_is_not_blamed_on_another():
    one, _ = asked(dig("spur", 4, 8, ducts=("B-D",)), dig("west", 4, 8, ducts=("C-S3",)))
    assert (one.cut.dark, one.together) == (("S2",), ())


def test_a_dig_of_which_half_is_unknown_says_so():
    (row,) = asked(dig("moon", 4, 8, ducts=("B-D", "crater"), sites=("far side",)))
    assert (row.unknown, row.cut.ducts) == (("crater", "far side"), ("B-D",))


def test_digs_of_other_months_are_not_told_but_count_where_days_are_shared():
    rows = dig("north", 4, 8, ducts=("CO-A",)), dig("south", 8, 12, ducts=("C-CO",))
    (row,) = asked(*rows, first=date(2026, 5, 1), last=date(2026, 5, 5))
    assert (row.works.id, row.together[0].other) == ("north", "south")


def test_days_in_the_wrong_order_are_refused():
    with pytest.raises(ValueError, match="before the first"):
        asked(first=MAY[1], last=MAY[0])


@settings(max_examples=40, deadline=None)
@given(plans)
def test_pairs_are_those_that_trying_all_finds(plan):
    drawn = draw(plan)
    found = works(drawn, *MAY)
    assert [row.works.id for row in found] == [w.id for w in sorted(plan.works, key=lambda w: (w.first, w.last, w.id))]
    told = {(row.works.id, t.other): t.dark for row in found for t in row.together}
    before = brute.lit(plan)
    customers = {site.id for site in plan.sites if site.customer}
    lost = {w.id: before - brute.lit(plan, ducts=w.ducts, sites=w.sites) for w in plan.works}
    for a, b in combinations(plan.works, 2):
        both = before - brute.lit(plan, ducts=a.ducts + b.ducts, sites=a.sites + b.sites)
        more = (both - lost[a.id] - lost[b.id]) & customers if a.first <= b.last and b.first <= a.last else set()
        assert set(told.get((a.id, b.id), ())) == set(told.get((b.id, a.id), ())) == more
    for row in found:
        assert row.cut == cut(drawn, ducts=row.works.ducts, sites=row.works.sites)
        assert row.cut.dark == dark(drawn, ducts=row.works.ducts, sites=row.works.sites)


@pytest.mark.parametrize("seed", range(25))
def test_going_through_the_days_finds_the_pairs_that_looking_at_every_pair_finds(seed):
    rnd = Random(seed)
    drawn = draw(busy(rnd, spans=120, customers=20, digs=40, days=30))
    lost = {w: set(touching(drawn, w)) for w in drawn.calendar}
    told = {w.id: [] for w in drawn.calendar}
    for a, b in combinations(drawn.calendar, 2):
        begins, ends = max(a.first, b.first), min(a.last, b.last)
        if begins <= ends and (more := tuple(c for c in touching(drawn, a, b) if c not in lost[a] | lost[b])):
            told[a.id].append((b.id, begins, ends, more))
            told[b.id].append((a.id, begins, ends, more))
    assert {d.works.id: list(d.together) for d in works(drawn, date.min, date.max)} == told
    some = rnd.sample(drawn.calendar, 5)
    assert {d.works.id: list(d.together) for d in depends(drawn, some)} == {w.id: told[w.id] for w in some}


def test_some_pairs_of_the_random_networks_do_add_up():
    found = [d.together for seed in range(5) for d in works(draw(busy(Random(seed), 120, 20, 40, 30)), date.min, date.max)]
    assert sum(map(bool, found)) > 20


def test_of_ten_thousand_digs_a_hundred_are_told_by_trying_few_pairs(monkeypatch):
    plan = busy(Random(1), spans=2_000, customers=300, digs=10_000, days=3_650)
    drawn, tried = draw(plan), []
    monkeypatch.setattr(digs, "dark", lambda *said, **cuts: tried.append(cuts) or dark(*said, **cuts))
    found = depends(drawn, drawn.calendar[5_000:5_100])
    shared = sum(a.first <= b.last and b.first <= a.last for a, b in combinations(drawn.calendar[4_900:5_200], 2))
    assert (len(found), shared > 2_000) == (100, True)
    assert len(tried) < shared / 4


def busy(rnd: Random, spans: int, customers: int, digs: int, days: int):
    """A random network, and digs of one to four ducts, some of a site too, of one to ten days."""
    plan = town(city(spans, customers, rnd.randrange(1_000)))

    def made(number: int) -> Works:
        first = MAY[0] + timedelta(days=rnd.randrange(days))
        near = rnd.randrange(len(plan.ducts) - 3)
        ducts = tuple(d.id for d in plan.ducts[near : near + rnd.randint(1, 4)])
        sites = (rnd.choice(plan.sites).id,) if rnd.random() < 0.2 else ()
        return Works(id=f"w{number}", name="Vala", first=first, last=first + timedelta(days=rnd.randrange(10)), ducts=ducts, sites=sites)

    return plan.model_copy(update={"works": tuple(made(i) for i in range(digs))})


def touching(drawn, *rows: Works) -> tuple[str, ...]:
    return dark(drawn, ducts={d for w in rows for d in w.ducts}, sites={s for w in rows for s in w.sites})
