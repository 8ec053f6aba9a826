"""Who is dark until somebody switches light over: by the strands that are recorded, not by what could be joined."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulso.fibre.ask import supply
from pulso.fibre.ask.answers import cut
from pulso.fibre.ask.drawn import draw
from pulso.fibre.shapes import Cable, Duct, End, Plan, Port, Site, Splice, Splitter, Status, Strands, Use
from pulso.simulate.fibre import fibre
from tests.fibre import brute
from tests.fibre.plans import some_plan


def town(spliced: str = "north", **said: object) -> Plan:
    """A school at a closure that two cables lead to, in two ducts; the school's strand is spliced to one of them."""
    cables = [Cable(id=name, start="office", end="closure", ducts=(name,), fibres=12) for name in ("north", "south")]
    rows = {
        "sites": (Site(id="office", source=True), Site(id="closure"), Site(id="school", customer=True, sensors=("s1",))),
        "ducts": tuple(Duct(id=name, start="office", end="closure") for name in ("north", "south")),
        "cables": (*cables, Cable(id="drop", start="closure", end="school", fibres=2)),
        "splices": (Splice(site="closure", one=End(cable="drop", first=1), other=End(cable=spliced, first=5)),),
        "ports": (Port(site="school", panel="P", number=1, behind=End(cable="drop", first=1)),),
    }
    return Plan(id="town", name="Town", **(rows | said))


def test_a_school_whose_strand_lies_in_the_duct_is_dark_until_somebody_switches_it_over():
    found = cut(draw(town()), ducts=["north"])
    assert (found.dark, found.waiting, found.unrecorded, found.sensors) == ((), ("school",), 0, ("s1",))
    assert (found.thin.cables, found.thin.ducts) == ((), ("school",)), "the drop was its only cable before"


def test_a_school_whose_strand_lies_elsewhere_keeps_its_light():
    found = cut(draw(town()), ducts=["south"])
    assert (found.dark, found.waiting, found.sensors) == ((), (), ())


def test_a_school_with_a_strand_each_way_keeps_its_light():
    both = (*town().splices, Splice(site="closure", one=End(cable="drop", first=2), other=End(cable="south", first=5)))
    ports = (*town().ports, Port(site="school", panel="P", number=2, behind=End(cable="drop", first=2)))
    drawn = draw(town(splices=both, ports=ports))
    assert [cut(drawn, ducts=[name]).waiting for name in ("north", "south")] == [(), ()]
    assert cut(drawn, ducts=["north", "south"]).dark == ("school",)


def test_of_a_school_without_a_port_nobody_can_tell():
    found = cut(draw(town(ports=())), ducts=["north"])
    assert (found.dark, found.waiting, found.unrecorded) == ((), (), 1)


@pytest.mark.parametrize(
    "said",
    [
        {"strands": (Strands(cable="north", first=5, last=5, use=Use.BROKEN),)},
        {"splices": ()},
        {"splices": (Splice(site="closure", one=End(cable="drop", first=1), other=End(cable="gone", first=5)),)},
    ],
    ids=["broken on the way", "spliced to nothing", "spliced to a cable that the plan does not have"],
)
def test_a_strand_that_brings_no_light_is_no_recorded_way(said):
    told = cut(draw(town(**said)), ducts=["north"])
    assert (told.waiting, told.unrecorded) == ((), 1)


def test_a_splitter_and_a_ring_of_strands_are_followed_as_a_trace_does():
    splitter = Splitter(id="x", site="closure", input=End(cable="north", first=5), outputs=(End(cable="drop", first=1),), ways=8, loss=10.0)
    assert cut(draw(town(splices=(), splitters=(splitter,))), ducts=["north"]).waiting == ("school",)
    back = Splitter(
        id="x",
        site="closure",
        input=End(cable="drop", first=1),
        outputs=(End(cable="north", first=1), End(cable="south", first=1)),
        ways=8,
        loss=10.0,
    )
    drawn = draw(town(splices=(), splitters=(back,)))
    assert [cut(drawn, ducts=[name]).waiting for name in ("north", "south")] == [(), ()], "it has a branch each way"
    assert drawn.supply.ways.max() == 2


def test_a_way_ends_in_the_first_office_where_it_is_plugged_in():
    far = (*town().sites, Site(id="far", source=True))
    cable = Cable(id="beyond", start="office", end="far", ducts=("deep",), fibres=12)
    ports = [Port(site="office", panel="O", number=n, behind=End(cable=c, first=5)) for n, c in ((1, "north"), (2, "beyond"))]
    said = {"sites": far, "cables": (*town().cables, cable), "ducts": (*town().ducts, Duct(id="deep", start="office", end="far"))}
    patched = (ports[0].model_copy(update={"patched": ("O", 2)}), ports[1])
    assert cut(draw(town(**said, ports=(*town().ports, *patched))), ducts=["deep"]).waiting == ()
    through = (*town().splices, Splice(site="office", one=End(cable="north", first=5), other=End(cable="beyond", first=5)))
    assert cut(draw(town(**said, splices=through)), ducts=["deep"]).waiting == ("school",), "spliced through, it is fed beyond"


def test_a_cable_that_is_not_in_use_feeds_nobody():
    cables = tuple(c.model_copy(update={"status": Status.INACTIVE}) if c.id == "north" else c for c in town().cables)
    told = cut(draw(town(cables=cables)), ducts=["south"])
    assert (told.dark, told.waiting, told.unrecorded) == (("school",), (), 0)


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from([1, 2, 64]))
def test_who_waits_is_who_following_every_record_finds(rnd: Random, steps: int):
    plan = some_plan(rnd, sites=7, ducts=8, cables=14)
    drawn, was = draw(plan), supply.STEPS
    try:
        supply.STEPS = steps  # ways that are longer are traced one by one: it may change nothing
        for duct in plan.ducts:
            found = cut(drawn, ducts=[duct.id])
            waiting, unrecorded = brute.waiting(plan, ducts=[duct.id])
            assert (set(found.waiting), found.unrecorded) == (waiting, unrecorded)
    finally:
        supply.STEPS = was


def test_a_cut_of_the_demo_s_busiest_way_in_darkens_whom_the_records_say():
    porto = fibre(1)
    drawn = draw(porto)
    found = cut(drawn, ducts=["ent-central-1"])
    waiting, unrecorded = brute.waiting(porto, ducts=["ent-central-1"])
    assert (found.dark, set(found.waiting), found.unrecorded) == ((), waiting, unrecorded)
    assert (len(found.waiting), len(found.sensors), unrecorded) == (42, 105, 0)
