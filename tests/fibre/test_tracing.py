"""Where a strand leads, as a splicer would walk it."""

from __future__ import annotations

from time import process_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulso.core.fibre.strand import Losses, loss
from pulso.errors import NothingKnown
from pulso.fibre.ask.drawn import draw
from pulso.fibre.ask.tracing import USUAL, Budget, Joining, Stop, margin, trace
from pulso.fibre.shapes import End, Port, Splitter, Status, Strands, Use
from tests.fibre import brute
from tests.fibre.plans import plans, spliced
from tests.fibre.towns import chain, town


def changed(**rows):
    return draw(spliced().model_copy(update=rows))


def test_strand_30_is_the_white_fibre_of_the_green_tube_and_loses_four_and_a_half_decibels():
    found = trace(draw(spliced()), "c0", 30)
    assert [(hop.cable, hop.strand, hop.enters, hop.leaves) for hop in found.hops] == [
        ("c0", 30, "office", "first"),
        ("c1", 30, "first", "second"),
        ("c2", 30, "second", "third"),
        ("c3", 30, "third", "fourth"),
        ("c4", 30, "fourth", "school"),
    ]
    last = found.hops[-1]
    assert last.place == (3, ("green", 0), 6, ("white", 0))
    assert (last.km, last.splices, last.connectors, last.unknown) == (pytest.approx(12.4), 4, 2, 0)
    assert last.loss == pytest.approx(4.50)
    assert (found.socket, last.socket, last.why) == (("office", "A", 6), ("school", "B", 1), Stop.PORT)
    assert [hop.how for hop in found.hops] == [Joining.START, *[Joining.SPLICE] * 4]
    assert [hop.use for hop in found.hops] == [Use.SPARE, Use.USED, *[Use.SPARE] * 3]
    assert margin(last, Budget(sent=1.0, needed=-24.0)) == pytest.approx(17.5)


@pytest.mark.parametrize("cable", ["c0", "c1", "c2", "c3", "c4"])
def test_whichever_of_its_strands_one_asks_the_way_is_told_whole_from_where_light_comes(cable):
    found = trace(draw(spliced()), cable, 30)
    assert [hop.cable for hop in found.hops] == ["c0", "c1", "c2", "c3", "c4"]
    assert [hop.cable for hop in found.hops if hop.asked] == [cable]
    assert (found.hops[0].enters, found.hops[-1].leaves, found.hops[-1].loss) == ("office", "school", pytest.approx(4.50))
    assert (found.socket, found.since) == (("office", "A", 6), Stop.PORT)
    assert found.end == ("end" if cable == "c2" else "start"), "by which end light enters it: c2 was laid the other way round"


@pytest.mark.parametrize("cable", ["c0", "c1", "c2", "c3", "c4"])
def test_who_says_an_end_is_told_the_same_way_from_the_side_of_that_end(cable):
    one, other = (trace(draw(spliced()), cable, 30, end) for end in ("start", "end"))
    assert [hop.cable for hop in one.hops] == [hop.cable for hop in other.hops[::-1]]
    assert one.hops[-1].loss == pytest.approx(4.50) == other.hops[-1].loss
    assert {one.hops[0].enters, other.hops[0].enters} == {"office", "school"}
    assert (one.end, other.end) == ("start", "end")


def test_it_is_the_same_way_back():
    there, back = trace(draw(spliced()), "c0", 30), trace(draw(spliced()), "c4", 30, "end")
    assert [hop.cable for hop in back.hops] == [hop.cable for hop in there.hops[::-1]]
    assert back.hops[-1].loss == pytest.approx(4.50)
    assert back.hops[-1].leaves == "office"


def test_a_broken_strand_stops_light_and_nobody_says_where():
    drawn = changed(strands=(Strands(cable="c2", first=30, last=30, use=Use.BROKEN),))
    for end, way in (("c0", "start"), ("c4", "end")):
        last = trace(drawn, end, 30, way).hops[-1]
        assert (last.cable, last.why, last.km, last.loss, last.use) == ("c2", Stop.BROKEN, None, None, Use.BROKEN)
    whole = trace(drawn, "c0", 30, whole=True)
    assert (len(whole.hops), whole.hops[-1].loss) == (5, pytest.approx(4.50))
    assert [hop.cable for hop in trace(drawn, "c2", 30, "end").hops] == ["c0", "c1", "c2"], "it enters c2 at its end, from the office"
    assert [hop.cable for hop in trace(drawn, "c2", 30, "start").hops] == ["c4", "c3", "c2"], "and from the school at its beginning"
    assert [hop.cable for hop in trace(drawn, "c3", 30).hops] == ["c4", "c3", "c2"], "behind the break the way begins at the school"
    after = trace(drawn, "c3", 30, "start")
    assert ([hop.cable for hop in after.hops], after.since) == (["c3", "c4"], Stop.BROKEN)
    assert trace(drawn, "c0", 29).hops[-1].cable == "c4"


def test_light_comes_no_further_than_to_a_cable_that_is_planned():
    cables = tuple(c.model_copy(update={"status": Status.PLANNED}) if c.id == "c3" else c for c in spliced().cables)
    drawn = changed(cables=cables)
    assert [(hop.cable, hop.why) for hop in trace(drawn, "c0", 30).hops][-2:] == [("c2", None), ("c3", Stop.NOT_IN_USE)]
    assert trace(drawn, "c0", 30, whole=True).hops[-1].why == Stop.PORT


def test_past_a_cable_of_unknown_length_nobody_knows_the_loss():
    cables = tuple(c.model_copy(update={"length": None}) if c.id == "c2" else c for c in spliced().cables)
    found = trace(changed(cables=cables), "c0", 30).hops
    assert [hop.loss is None for hop in found] == [False, False, True, True, True]
    assert [hop.unknown for hop in found] == [0, 0, 1, 1, 1]
    assert margin(found[-1], Budget(sent=1.0, needed=-24.0)) is None


def test_a_strand_that_nothing_joins_dangles_at_both_ends():
    for end, far in (("start", "first"), ("end", "office")):
        (hop,) = trace(draw(spliced()), "c0", 1, end).hops
        assert (hop.why, hop.leaves, hop.km, hop.loss) == (Stop.DANGLING, far, 4.0, pytest.approx(1.0))


def test_a_patch_cord_is_a_hop_and_a_connector_more():
    plan = spliced()
    ports = (
        plan.ports[0].model_copy(update={"patched": ("A", 7)}),
        plan.ports[1],
        Port(site="office", panel="A", number=7, behind=End(cable="c0", first=1)),
    )
    found = trace(changed(ports=ports), "c4", 30, "end")
    assert [(hop.cable, hop.how) for hop in found.hops[-2:]] == [("", Joining.PATCH), ("c0", Joining.PATCH)]
    assert [hop.connectors for hop in found.hops] == [1, 1, 1, 1, 2, 3, 3]
    cord = found.hops[-2]
    assert (cord.strand, cord.place, cord.use, cord.enters, cord.leaves, cord.socket) == (
        0,
        None,
        None,
        "office",
        "office",
        ("office", "A", 7),
    )


def test_a_splitter_sends_light_to_every_leg_and_from_a_leg_to_its_input():
    legs = (End(cable="c1", first=1), End(cable="c1", first=2))
    drawn = changed(splitters=(Splitter(id="x", site="first", input=End(cable="c0", first=1), outputs=legs, ways=4, loss=7.0),))
    found = trace(drawn, "c0", 1)
    assert [(hop.cable, hop.strand, hop.before, hop.how, hop.splitter) for hop in found.hops] == [
        ("c0", 1, None, Joining.START, ""),
        ("c1", 1, 0, Joining.SPLITTER, "x"),
        ("c1", 2, 0, Joining.SPLITTER, "x"),
    ]
    assert found.hops[1].loss == pytest.approx(8 * 0.25 + 7.0)
    assert [hop.strand for hop in trace(drawn, "c1", 2, "end").hops] == [2, 1]
    for cable, strand in (("c0", 1), ("c1", 1), ("c1", 2)):
        same = trace(drawn, cable, strand)
        assert [hop._replace(asked=False) for hop in same.hops] == [hop._replace(asked=False) for hop in found.hops]
        assert [(hop.cable, hop.strand) for hop in same.hops if hop.asked] == [(cable, strand)]
    turned = trace(drawn, "c0", 1, "end")
    assert ([hop.cable for hop in turned.hops], turned.since) == (["c0"], None), "from which of its legs light would come, nobody knows"


def test_what_a_part_costs_is_for_the_engineer_to_say():
    dear = Losses(km=0.4, splice=0.3, connector=0.75)
    assert trace(draw(spliced()), "c0", 30, losses=dear).hops[-1].loss == pytest.approx(loss(12.4, 4, 2, dear))
    assert trace(draw(spliced()), "c0", 30).losses == USUAL


@pytest.mark.parametrize(("cable", "strand", "told"), [("c9", 1, "no cable"), ("c0", 49, "strands 1 to 48"), ("c0", 0, "strands 1 to 48")])
def test_a_strand_that_is_not_there_is_refused_by_name(cable, strand, told):
    with pytest.raises(NothingKnown, match=told):
        trace(draw(spliced()), cable, strand)


@settings(max_examples=20, deadline=None)
@given(plans)
def test_every_strand_leads_where_following_the_records_one_by_one_leads(plan):
    drawn = draw(plan)
    assert drawn.claims.left_out == ()
    told = brute.records(plan)
    for cable in plan.cables:
        for strand in range(1, cable.strands + 1):
            for end, site in (("start", cable.start), ("end", cable.end)):
                for whole in (False, True):
                    all_of_it = trace(drawn, cable.id, strand, end, whole=whole)
                    found = all_of_it.hops
                    cord = int(not found[0].cable)
                    first = found[cord]
                    steps = [(h.cable, h.strand, h.splices, h.connectors - cord, h.split, h.why or "") for h in found[cord:]]
                    assert steps == brute.follow(plan, told, first.cable, first.strand, first.enters, whole=whole)
                    way = brute.upstream(plan, told, cable.id, strand, site, whole=whole)
                    if way and Stop.LOOP not in (all_of_it.since, *(h.why for h in found)):
                        assert way in [[(h.cable, h.strand) for h in led_by(found, n)] for n, h in enumerate(found) if h.asked]
                    assert {(h.cable, h.strand) for h in found if h.asked} == {(cable.id, strand)}
                    sums(plan, drawn, found)


@settings(max_examples=20, deadline=None)
@given(plans, st.booleans())
def test_a_way_without_splitters_is_the_same_from_each_of_its_strands_and_each_of_their_ends(plan, whole):
    drawn = draw(plan.model_copy(update={"splitters": ()}))
    closed, done = (Stop.BROKEN, Stop.NOT_IN_USE), set()
    for cable in plan.cables:
        for strand in range(1, cable.strands + 1):
            if (cable.id, strand) in done:
                continue
            found = trace(drawn, cable.id, strand, whole=whole)
            if any(h.asked and h.why in closed for h in found.hops):
                continue  # two ways end in it, one from either side
            told = [h._replace(asked=False) for h in found.hops]
            passed = [h for h in found.hops if h.why not in closed]
            done |= {(h.cable, h.strand) for h in passed}
            for hop in filter(lambda h: h.cable, passed):
                same = trace(drawn, hop.cable, hop.strand, whole=whole)
                assert ([h._replace(asked=False) for h in same.hops], same.socket, same.since) == (told, found.socket, found.since)
                for end in ("start", "end"):
                    other = [h for h in trace(drawn, hop.cable, hop.strand, end, whole=whole).hops if h.why not in closed]
                    names = [(h.cable, h.strand) for h in other]
                    if other[-1].why == Stop.LOOP:
                        assert set(names) == {(h.cable, h.strand) for h in passed}
                        continue
                    there = [(h.cable, h.strand) for h in passed]
                    assert names in (there, there[::-1])
                    lost = [(h.splices, h.connectors, h.unknown) for h in (other[-1], passed[-1])]
                    assert lost[0] == lost[1]
                    assert other[-1].loss == (None if passed[-1].loss is None else pytest.approx(passed[-1].loss))


def led_by(hops, row):
    """A hop, and those that led there, back to the first."""
    way = []
    while row is not None:
        way.append(hops[row])
        row = hops[row].before
    return way


def sums(plan, drawn, hops):
    """Kilometres and decibels, added up anew from the first hop on."""
    for n, hop in enumerate(hops):
        way = led_by(hops, n)
        metres = [drawn.metres[drawn.cables.number[h.cable]] for h in way if h.cable]
        assert hop.unknown == np.isnan(metres).sum()
        if hop.why in (Stop.BROKEN, Stop.NOT_IN_USE) or hop.unknown:
            assert hop.km is hop.loss is None
        else:
            assert hop.km == pytest.approx(sum(metres) / 1000)
            assert hop.loss == pytest.approx(hop.km * 0.25 + hop.splices * 0.1 + hop.connectors * 0.5 + hop.split)


def test_a_trace_through_a_large_town_takes_no_longer_than_its_way():
    drawn = draw(town(chain(8_000), spliced=39))
    assert trace(drawn, "c000000", 7).hops[-1].cable == "c000039"  # the strands are numbered now
    took = []
    for cable in range(0, 2_000, 41):  # at the beginning of a way, and amid others
        began = process_time()
        found = trace(drawn, f"c{cable:06}", 7)
        took.append(process_time() - began)
        assert (len(found.hops), found.hops[-1].splices, found.hops[-1].why) == (40, 39, Stop.DANGLING)
    assert np.median(took) < 0.010
