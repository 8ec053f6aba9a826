"""Who goes dark, what should never be cut, and who has two paths, in a city's own names."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulso.fibre.ask.answers import blackout, critical, cut, dark, register
from pulso.fibre.ask.drawn import draw
from pulso.fibre.shapes import WEIGHT, Criticality, Status, Strands, Use
from tests.fibre import brute
from tests.fibre.plans import plans, ring

ids = st.randoms(use_true_random=False)


def some(rnd, rows, most=3):
    return [row.id for row in rnd.sample(rows, min(len(rows), rnd.randint(0, most)))]


def by_criticality(plan, names):
    site = {row.id: row for row in plan.sites}
    return tuple(sorted(names, key=lambda i: (-WEIGHT[site[i].criticality], site[i].name, i)))


def test_the_bridges_of_the_known_network_are_its_two_spurs():
    drawn = draw(ring())
    assert {row.id for row in critical(drawn) if row.what == "cable" and row.cuts} == {"A-S1", "B-D", "D-S2"}
    assert {row.id for row in critical(drawn) if row.what == "site" and row.cuts} == {"CO", "A", "B", "D"}


@pytest.mark.parametrize(
    ("trenches", "fails", "goes_dark"),
    [
        ({}, "B-D", ("S2",)),
        ({}, "A-B", ()),
        ({"trench": ("A-B", "B-C")}, "trench", ("S2",)),
        ({"trench": ("CO-A", "C-CO")}, "trench", ("S1", "S2", "S3")),
    ],
    ids=["the spur", "the ring", "two sides of the ring in one duct", "both ways to the office in one duct"],
)
def test_a_digger_in_the_known_network_darkens_who_hangs_there(trenches, fails, goes_dark):
    drawn = draw(ring(**trenches))
    assert dark(drawn, ducts=[fails]) == cut(drawn, ducts=[fails]).dark == goes_dark


def test_who_loses_the_other_side_of_the_ring_is_left_with_one_path():
    found = cut(draw(ring()), cables=["A-B"])
    assert (found.dark, found.thin.cables, found.thin.sites, found.thin.offices) == ((), ("S3",), ("S3",), ())


def test_a_closed_junction_blinds_its_own_sensors_and_those_that_hang_on_it():
    found = cut(draw(ring()), sites=["D"])
    assert (found.dark, found.passed, found.sensors) == (("S2",), ("D",), ("sensor-D", "sensor-S2"))
    assert (found.failing, found.strands[Use.SPARE], found.weight, found.customers) == (("B-D", "D-S2"), 24, 1, 3)


def test_a_hospital_stands_before_a_hundred_offices():
    plan = ring()
    sites = [s.model_copy(update={"criticality": Criticality.LIFE}) if s.id == "S2" else s for s in plan.sites]
    drawn = draw(plan.model_copy(update={"sites": tuple(sites)}))
    assert cut(drawn, ducts=["CO-A", "C-CO"]).dark == ("S2", "S1", "S3")
    first = next(row for row in critical(drawn) if row.what == "duct")
    assert (first.id, first.weight, first.customers, first.life, first.essential) == ("B-D", 100, 1, 1, 0)


def test_the_register_counts_ducts_apart_from_cables():
    found = {row.site: row for row in register(draw(ring(trench=("B-S3", "C-S3"))))}
    assert found["S3"] == ("S3", 2, 1, 2, 1)
    assert found["S1"] == ("S1", 1, 1, 1, 1)


@settings(max_examples=50, deadline=None)
@given(plans, ids)
def test_a_cut_darkens_whom_a_walk_over_the_records_does_not_reach(plan, rnd):
    drawn = draw(plan)
    fails = {"ducts": some(rnd, plan.ducts), "cables": some(rnd, plan.cables), "sites": some(rnd, plan.sites, 2)}
    found = cut(drawn, **fails)
    site = {row.id: row for row in plan.sites}
    before, after = brute.lit(plan), brute.lit(plan, **fails)
    customers = {row.id for row in plan.sites if row.customer}
    assert found.dark == dark(drawn, **fails) == by_criticality(plan, (before - after) & customers)
    assert found.passed == tuple(sorted(before - after - customers))
    assert found.customers == len(before & customers)
    assert found.failing == tuple(sorted(brute.gone(plan, **fails)))
    assert found.weight == sum(WEIGHT[site[name].criticality] for name in found.dark)
    waiting, unrecorded = brute.waiting(plan, **fails)
    assert (found.waiting, found.unrecorded) == (by_criticality(plan, waiting), unrecorded)
    assert blackout(drawn, **fails) == (found.dark, found.waiting, found.unrecorded)
    blind = (before - after) | waiting | set(fails["sites"])
    assert found.sensors == tuple(sorted({s for name in blind for s in site[name].sensors}))
    used = {(row.cable, n): row.use for row in plan.strands for n in range(row.first, row.last + 1)}
    cables = [cable for cable in plan.cables if cable.id in found.failing]
    assert +Counter(found.strands) == Counter(used.get((c.id, n), Use.SPARE) for c in cables for n in range(1, c.strands + 1))
    was, now = ({i: brute.flows(plan, i, failed) for i in customers & before} for failed in ((), found.failing))
    for kind, told in enumerate(found.thin[:3]):
        left = {i for i in was if i not in found.dark and was[i][kind] == 2 and now[i][kind] == 1}
        assert told == by_criticality(plan, left)


@settings(max_examples=40, deadline=None)
@given(plans)
def test_every_rank_is_what_the_failure_alone_darkens(plan):
    drawn = draw(plan)
    rows = critical(drawn)
    assert list(rows) == sorted(rows, key=lambda row: (-row.weight, -row.customers, row.what, row.id))
    before = brute.lit(plan)
    site = {row.id: row for row in plan.sites}
    for row in rows:
        lost = before - brute.lit(plan, **{f"{row.what}s": [row.id]})
        who = [site[name].criticality for name in lost if site[name].customer]
        told = (sum(WEIGHT[c] for c in who), len(who), who.count(Criticality.LIFE), who.count(Criticality.ESSENTIAL))
        assert (row.weight, row.customers, row.life, row.essential) == told
        assert row.cuts is None or row.cuts == bool(lost - ({row.id} if row.what == "site" else set()))
    used = [row for row in plan.sites if row.status == Status.OPERATIONAL]
    assert len(rows) == len(brute.carrying(plan)) + len(plan.ducts) + len(used)


@settings(max_examples=50, deadline=None)
@given(plans)
def test_the_register_counts_as_the_greatest_flows_and_as_trying_every_two_ways(plan):
    rows = register(draw(plan))
    assert [row.site for row in rows] == list(by_criticality(plan, [s.id for s in plan.sites if s.customer and s.status == "operational"]))
    for row in rows:
        assert (row.cables, row.sites, row.offices) == brute.flows(plan, row.site)
        if row.ducts is not None:
            assert row.ducts == (2 if brute.pairs(plan, row.site, "duct") else min(row.cables, 1))


@settings(max_examples=30, deadline=None)
@given(plans, ids)
def test_who_hangs_on_one_duct_after_a_cut_is_who_trying_every_duct_finds(plan, rnd):
    fails = {"ducts": some(rnd, plan.ducts), "sites": some(rnd, plan.sites, 1)}
    found = cut(draw(plan), **fails)
    before, after = brute.lit(plan), brute.lit(plan, **fails)

    def hanging(now, ducts):
        return {name for duct in plan.ducts for name in now - brute.lit(plan, ducts=[*ducts, duct.id], sites=fails.get("sites", ()))}

    def hanging_today():
        return {name for duct in plan.ducts for name in before - brute.lit(plan, ducts=[duct.id])}

    left = (hanging(after, fails["ducts"]) - hanging_today()) & {s.id for s in plan.sites if s.customer}
    assert found.thin.ducts == by_criticality(plan, left)


def test_a_strand_of_which_two_rows_speak_counts_once_and_what_is_broken_first():
    plan = ring()
    rows = (Strands(cable="B-D", first=1, last=6, use=Use.USED), Strands(cable="B-D", first=5, last=20, use=Use.BROKEN))
    found = cut(draw(plan.model_copy(update={"strands": rows})), cables=["B-D"]).strands
    assert found == {Use.USED: 4, Use.BROKEN: 8, Use.SPARE: 0, Use.LEASED: 0, Use.RESERVED: 0}
