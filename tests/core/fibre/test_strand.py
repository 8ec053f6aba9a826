"""Colours, loss and traces, as a splicer would tell them."""

from __future__ import annotations

from time import perf_counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulso.core.fibre.strand import COLOURS, Joint, Losses, Why, behind, colour, loss, margin, plant, position, trace

USUAL = Losses(km=0.25, splice=0.10, connector=0.50)


def test_strand_30_of_four_tubes_of_twelve_is_the_white_fibre_of_the_green_tube():
    assert position(30, 4, 12) == (3, ("green", 0), 6, ("white", 0))


def test_beyond_twelve_the_colours_come_again_with_a_stripe_each_round():
    assert [colour(n) for n in (1, 12, 13, 20, 24, 25)] == [("blue", 0), ("aqua", 0), ("blue", 1), ("black", 1), ("aqua", 1), ("blue", 2)]
    assert position(13, 1, 24).fibre_colour == ("blue", 1)


@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_a_strand_is_found_by_its_tube_and_fibre(tubes, fibres, data):
    strand = data.draw(st.integers(1, tubes * fibres))
    found = position(strand, tubes, fibres)
    assert (found.tube - 1) * fibres + found.fibre == strand
    assert found.fibre_colour.stripes * 12 + COLOURS.index(found.fibre_colour.name) + 1 == found.fibre


@pytest.mark.parametrize("strand", [0, 49, -1])
def test_a_cable_has_no_strand_beyond_its_last(strand):
    with pytest.raises(ValueError, match="strands 1 to 48"):
        position(strand, 4, 12)


def test_the_known_way_loses_four_and_a_half_decibels():
    assert loss(12.4, 4, 2, USUAL) == pytest.approx(4.50)
    assert loss(12.4, 4, 2, USUAL, splitters=[3.5, 7.0]) == pytest.approx(15.0)
    assert margin(4.5, sent=1.0, needed=-24.0, reserve=3.0) == pytest.approx(17.5)


def test_a_length_that_nobody_knows_has_no_loss():
    with pytest.raises(ValueError, match="part 0 is nan"):
        loss(np.nan, 4, 2, USUAL)


def spliced():
    """A patch port, three strands with two splices between, the middle one turned about, and a port."""
    joints = [(0, -1), (1, 3), (2, 4), (5, -1)]
    return plant([4.0, 8.0, 0.4], joints, [Joint.PORT, Joint.SPLICE, Joint.SPLICE, Joint.PORT])


def test_a_strand_is_followed_from_port_to_port():
    found = trace(spliced(), 0)
    assert found.strand.tolist() == [0, 1, 2]
    assert found.entered.tolist() == [0, 3, 4]
    assert found.before.tolist() == [-1, 0, 1]
    assert (found.km[-1], found.splices[-1], found.connectors[-1]) == (pytest.approx(12.4), 2, 2)
    assert (found.stop.tolist(), found.why.tolist()) == ([2], [Why.PORT])
    assert found.loss(USUAL)[-1] == pytest.approx(loss(12.4, 2, 2, USUAL))


def test_it_is_the_same_way_from_the_other_end():
    there, back = trace(spliced(), 0), trace(spliced(), 5)
    assert back.strand.tolist() == there.strand[::-1].tolist()
    assert back.loss(USUAL)[-1] == pytest.approx(there.loss(USUAL)[-1])


def test_a_patch_cord_between_two_ports_costs_a_connector_at_each():
    found = trace(plant([1.0, 0.0, 1.0], [(0, -1), (1, 2), (3, 4), (5, -1)], [Joint.PORT] * 4), 0)
    assert found.connectors.tolist() == [2, 3, 4]


def splitter():
    """A feeder into a splitter with three legs: one to a port, one that dangles, one to a second splitter without legs."""
    return plant(
        [5.0, 1.0, 2.0, 3.0],
        [(0, -1), (3, -1)],
        [Joint.PORT, Joint.PORT],
        inputs=[1, 7],
        outputs=[(0, 2), (0, 4), (0, 6)],
        losses=[7.2, 3.5],
    )


def test_a_splitter_branches_and_each_branch_ends_for_its_own_reason():
    found = trace(splitter(), 0)
    assert found.strand.tolist() == [0, 1, 2, 3]
    assert found.before.tolist() == [-1, 0, 0, 0]
    assert dict(zip(found.stop.tolist(), found.why.tolist(), strict=True)) == {1: Why.PORT, 2: Why.DANGLING, 3: Why.LEG}
    assert found.loss(USUAL).tolist() == pytest.approx([1.75, 1.75 + 7.2 + 0.25 + 0.5, 1.75 + 7.2 + 0.5, 1.75 + 7.2 + 0.75])


def test_from_a_leg_light_goes_back_to_the_feeder_alone():
    found = trace(splitter(), 3)
    assert found.strand.tolist() == [1, 0]
    assert found.why.tolist() == [Why.PORT]


def test_upstream_of_a_leg_is_the_feeder_and_upstream_of_the_feeder_s_splitter_any_leg():
    leg = behind(splitter(), 2)
    assert (leg.entered.tolist(), leg.splitters, leg.why, leg.ring.tolist()) == ([2, 0], 1, Why.PORT, [])
    assert (behind(splitter(), 1).entered.tolist(), behind(splitter(), 1).why) == ([1], Why.SPLIT)
    bare = plant([1.0], inputs=[-1], outputs=[(0, 0)], losses=[7.0])
    assert behind(bare, 0).why == Why.LEG


def test_upstream_of_a_chain_is_its_beginning_and_of_a_ring_the_ring():
    assert [behind(spliced(), end).entered.tolist() for end in (4, 1, 0)] == [[4, 3, 0], [1, 2, 5], [0]]
    assert behind(plant([1.0]), 0).why == Why.DANGLING
    ring = behind(plant([1.0, 1.0], [(1, 2), (3, 0)], [Joint.SPLICE] * 2), 2)
    assert (ring.entered.tolist(), ring.why, ring.ring.tolist()) == ([2, 0], Why.LOOP, [2, 0])


def test_a_ring_of_splices_is_told_as_a_loop():
    found = trace(plant([1.0, 1.0], [(1, 2), (3, 0)], [Joint.SPLICE] * 2), 0)
    assert found.strand.tolist() == [0, 1]
    assert (found.stop.tolist(), found.why.tolist()) == ([1], [Why.LOOP])


@given(st.permutations(range(12)), st.integers(0, 6))
def test_whatever_is_joined_a_trace_ends_and_passes_no_strand_twice(ends, joined):
    of = plant(np.ones(6), np.reshape(ends, (6, 2))[:joined], [Joint.SPLICE] * joined)
    for end in range(12):
        found = trace(of, end)
        assert len(set(found.strand.tolist())) == found.strand.size == found.km[-1]
        assert found.stop.size == 1
        if found.why[0] == Why.DANGLING:
            back = trace(of, int(found.entered[-1]) ^ 1)
            assert back.strand[: found.strand.size].tolist() == found.strand[::-1].tolist()


def test_a_trace_through_a_large_plant_takes_no_longer_than_its_way():
    count = 400_000
    first = np.arange(0, count, 40)
    inner = np.setdiff1d(np.arange(1, count), first)
    of = plant(np.full(count, 0.1), np.column_stack([2 * inner - 1, 2 * inner]), np.zeros(inner.size, int))
    took = []
    for start in first[:50].tolist():
        began = perf_counter()
        found = trace(of, 2 * start)
        took.append(perf_counter() - began)
        assert found.strand.tolist() == list(range(start, start + 40))
    assert np.median(took) < 0.010


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda: plant([1.0], [(0, -1)], [Joint.SPLICE]), "splice 0 has a free side"),
        (lambda: plant([1.0], [(0, -1), (0, 1)], [1, 1]), "end 0 of strand 0 is joined twice"),
        (lambda: plant([1.0], [(0, 2)], [1]), "names strand end 2; there are 2"),
        (lambda: plant([1.0], [(0, 1)], [2]), "a splice"),
        (lambda: plant([1.0, np.nan]), "length of strand 1 is nan"),
        (lambda: plant([1.0], inputs=[0], outputs=[(0, 0)], losses=[3.5]), "end 0 of strand 0 is joined twice"),
        (lambda: plant([1.0], inputs=[0], outputs=[(1, 1)], losses=[3.5]), "names splitter 1; there are 1"),
        (lambda: plant([1.0], inputs=[0], losses=[]), "a loss for each splitter"),
        (lambda: trace(plant([1.0]), 2), "names strand end 2"),
        (lambda: behind(plant([1.0]), 2), "names strand end 2"),
        (lambda: colour(0), "counted from 1"),
    ],
)
def test_what_can_not_be_joined_is_refused(wrong, told):
    with pytest.raises(ValueError, match=told):
        wrong()
