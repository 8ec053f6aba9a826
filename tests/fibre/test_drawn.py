"""A plan is made ready whatever its rows say, and in whatever order they stand."""

from __future__ import annotations

from datetime import date
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulso.errors import NothingKnown
from pulso.fibre.ask.answers import critical, cut, register
from pulso.fibre.ask.digs import works
from pulso.fibre.ask.drawn import Drawn, draw
from pulso.fibre.ask.numbered import Unused, numbers
from pulso.fibre.ask.proposed import candidates, pair, shared
from pulso.fibre.ask.tracing import trace
from pulso.fibre.shapes import Cable, Duct, End, Plan, Port, Site, Splice, Splitter, Status
from tests.core.fibre.plans import city
from tests.fibre.plans import plans, ring, some_plan, spliced
from tests.fibre.towns import town

ROWS = ("sites", "ducts", "cables", "strands", "splices", "ports", "splitters", "works")


def everything(drawn: Drawn) -> list[object]:
    """All that can be asked of a network."""
    found: list[object] = [drawn.left_out, drawn.claims.left_out, critical(drawn), register(drawn), shared(drawn), candidates(drawn)]
    found += [cut(drawn, ducts=[duct.id]) for duct in drawn.ducts.rows]
    found += [cut(drawn, cables=[cable.id]) for cable in drawn.cables.rows]
    found += [cut(drawn, sites=[site.id]) for site in drawn.sites.rows]
    found += [pair(drawn, row.site, kind).paths for row in register(drawn) for kind in ("cable", "duct", "site")]
    found += [works(drawn, date(2026, 5, 1), date(2026, 5, 31))]
    found += [
        trace(drawn, cable.id, n, end, whole=whole)
        for cable in drawn.cables.rows
        for n in range(1, cable.strands + 1)
        for end in ("start", "end")
        for whole in (False, True)
    ]
    return found


@settings(max_examples=10, deadline=None)
@given(plans, st.randoms(use_true_random=False))
def test_the_order_of_rows_says_nothing(plan, rnd):
    other = plan.model_copy(update={kind: tuple(rnd.sample(getattr(plan, kind), len(getattr(plan, kind)))) for kind in ROWS})
    assert everything(draw(other)) == everything(draw(plan))


@settings(max_examples=20, deadline=None)
@given(plans, st.randoms(use_true_random=False))
def test_references_to_nothing_are_told_and_never_stumbled_over(plan, rnd):
    assert everything(draw(spoilt(plan, rnd)))


def spoilt(plan: Plan, rnd: Random) -> Plan:
    """One in four references leads nowhere, and one row in four is there twice, or nearly."""

    def name(given: str) -> str:
        return "nowhere" if rnd.random() < 0.25 else given

    def end(given: End | None) -> End | None:
        return given and End(cable=name(given.cable), first=given.first + rnd.choice([0, 0, 0, 3]))

    new = {
        "ducts": [d.model_copy(update={"start": name(d.start), "end": name(d.end)}) for d in plan.ducts],
        "cables": [
            c.model_copy(update={"start": name(c.start), "end": rnd.choice([name(c.end), c.start]), "ducts": tuple(map(name, c.ducts))})
            for c in plan.cables
        ],
        "strands": [s.model_copy(update={"cable": name(s.cable), "last": s.last + 1}) for s in plan.strands],
        "splices": [s.model_copy(update={"site": name(s.site), "one": end(s.one), "other": end(s.other)}) for s in plan.splices],
        "ports": [
            p.model_copy(update={"site": name(p.site), "behind": end(p.behind), "patched": rnd.choice([p.patched, ("P", 1), ("P", 99)])})
            for p in plan.ports
        ],
        "splitters": [
            s.model_copy(update={"site": name(s.site), "input": end(s.input), "outputs": tuple(map(end, s.outputs))})
            for s in plan.splitters
        ],
        "works": [w.model_copy(update={"ducts": tuple(map(name, w.ducts)), "sites": tuple(map(name, w.sites))}) for w in plan.works],
    }
    again = {kind: rows + [row for row in rows if rnd.random() < 0.25] for kind, rows in new.items()}
    sites = [*plan.sites, *(s.model_copy(update={"name": "again"}) for s in plan.sites if rnd.random() < 0.25)]
    return plan.model_copy(update={kind: tuple(rows) for kind, rows in (again | {"sites": sites}).items()})


def test_a_city_without_fibre_is_a_plan_too():
    assert everything(draw(Plan(id="none", name="None"))) == [(), (), (), (), (), (), ()]


def test_a_cable_that_is_not_built_carries_no_light_and_is_told():
    plan = ring()
    cables = tuple(c.model_copy(update={"status": Status.PLANNED}) if c.id == "B-D" else c for c in plan.cables)
    found = draw(plan.model_copy(update={"cables": cables}))
    assert ("cable", "B-D", Unused.NOT_IN_USE) in found.left_out
    assert {row.site: row.cables for row in register(found)} == {"S1": 1, "S2": 0, "S3": 2}


def test_a_site_out_of_use_takes_its_cables_with_it():
    plan = ring()
    sites = tuple(s.model_copy(update={"status": Status.INACTIVE}) if s.id == "D" else s for s in plan.sites)
    found = draw(plan.model_copy(update={"sites": sites}))
    assert {(row.kind, row.id, row.why) for row in found.left_out} == {
        ("site", "D", Unused.NOT_IN_USE),
        ("cable", "B-D", Unused.END_NOT_IN_USE),
        ("cable", "D-S2", Unused.END_NOT_IN_USE),
    }


def test_a_cable_in_a_duct_that_nobody_knows_fails_with_the_others_and_is_counted():
    cable = Cable(id="c", start="a", end="b", ducts=("known", "lost"), fibres=12)
    plan = Plan(
        id="p",
        name="",
        sites=(Site(id="a", source=True), Site(id="b", customer=True)),
        ducts=(Duct(id="known", start="a", end="b"),),
        cables=(cable, cable.model_copy(update={"id": "d", "ducts": ()})),
    )
    found = cut(draw(plan), ducts=["known"])
    assert (found.failing, found.dark, found.loose, found.of) == (("c",), (), 2, 2)


def test_two_records_that_claim_one_end_are_both_left_and_the_end_is_unclear():
    plan = spliced()
    wrong = Splice(site="first", one=End(cable="c0", first=30), other=End(cable="c1", first=1))
    found = draw(plan.model_copy(update={"splices": (*plan.splices, wrong)}))
    assert {row.why for row in found.claims.left_out} == {Unused.TWICE}
    assert [(hop.cable, hop.why) for hop in trace(found, "c0", 30).hops] == [("c0", "unclear")]
    assert trace(found, "c0", 29).hops[-1].cable == "c4"


def test_the_same_splice_told_from_both_sides_is_one():
    plan = spliced()
    turned = tuple(Splice(site=s.site, one=s.other, other=s.one, count=s.count) for s in plan.splices)
    found = draw(plan.model_copy(update={"splices": plan.splices + turned}))
    assert found.claims.left_out == ()
    assert trace(found, "c0", 30) == trace(draw(plan), "c0", 30)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"splices": (Splice(site="moon", one=End(cable="c0", first=1), other=End(cable="c1", first=1)),)}, Unused.NO_SITE),
        ({"splices": (Splice(site="first", one=End(cable="c0", first=1), other=End(cable="c9", first=1)),)}, Unused.NO_CABLE),
        ({"splices": (Splice(site="first", one=End(cable="c0", first=1), other=End(cable="c4", first=1)),)}, Unused.NOT_HERE),
        ({"splices": (Splice(site="first", one=End(cable="c0", first=47), other=End(cable="c1", first=1), count=3),)}, Unused.NO_STRAND),
        ({"ports": (Port(site="office", panel="A", number=1, patched=("A", 2)),)}, Unused.NO_PORT),
        ({"splitters": (Splitter(id="x", site="office", input=End(cable="c0", first=49), ways=2, loss=3.5),)}, Unused.NO_STRAND),
    ],
)
def test_what_joins_nothing_is_told_with_its_reason(row, why):
    found = draw(spliced().model_copy(update=row))
    assert [left.why for left in found.claims.left_out] == [why]


def test_of_a_cable_that_comes_back_to_its_site_nobody_knows_which_end_is_meant():
    plan = spliced()
    loop = Cable(id="loop", start="first", end="first", fibres=12)
    splice = Splice(site="first", one=End(cable="c0", first=1), other=End(cable="loop", first=1))
    found = draw(plan.model_copy(update={"cables": (*plan.cables, loop), "splices": (splice,)}))
    assert [left.why for left in found.claims.left_out] == [Unused.NOT_HERE]
    assert ("cable", "loop", Unused.TO_ITSELF) in found.left_out
    assert [hop.why for hop in trace(found, "c0", 1).hops] == ["unclear"]


def test_a_count_beyond_all_sense_is_refused_by_its_cable():
    wrong = Splice(site="first", one=End(cable="c0", first=1), other=End(cable="c1", first=1), count=10**15)
    found = draw(spliced().model_copy(update={"splices": (wrong,)}))
    assert [left.why for left in found.claims.left_out] == [Unused.NO_STRAND]


def test_who_asks_for_what_is_not_there_is_told_what_is():
    drawn = draw(ring())
    with pytest.raises(NothingKnown, match=r"no duct with the id 'a-b', 'x'; it has 9, e\.g\. 'A-B'"):
        cut(drawn, ducts=["x", "a-b"])
    with pytest.raises(NothingKnown, match="no site"):
        cut(drawn, sites="Baker Street")
    assert numbers(drawn.ducts, "A-B", "duct", drawn.plan).tolist() == [0]


def test_ten_thousand_ducts_are_ready_in_a_moment():
    plan = town(city(20_000, 1_000, 1))
    assert (len(plan.ducts), len(plan.cables)) == (10_001, 20_000)
    began = process_time()
    drawn = draw(plan)
    assert drawn.tree.site.size > 12_000
    assert process_time() - began < 3  # a quarter of a second on a quiet machine
    assert drawn.net.customer.sum() == 1_000


def test_a_random_plan_holds_every_kind_of_thing():
    found = [some_plan(Random(seed)) for seed in range(50)]
    assert all(any(getattr(plan, kind) for plan in found) for kind in ROWS)
    assert sum(draw(plan).claims.left_out == () for plan in found) == 50
