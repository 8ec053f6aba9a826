"""What depends on each dig, and which two should not be done on the same days."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest
from hypothesis import given, settings

from pulso.fibre.ask.answers import cut, dark
from pulso.fibre.ask.digs import works
from pulso.fibre.ask.drawn import draw
from pulso.fibre.shapes import Works
from tests.fibre import brute
from tests.fibre.plans import plans, ring

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
