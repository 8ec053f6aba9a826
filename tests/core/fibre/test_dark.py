"""Who goes dark: as the known network says, and as walking every link says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulso.core.fibre.dark import cut_off, dark, independent
from pulso.core.fibre.network import failing, network
from pulso.core.fibre.ranking import bridges
from pulso.core.fibre.tree import NONE, common, grow, lit
from tests.core.fibre import plans
from tests.core.fibre.plans import networks, reach, ring

NUMBERS = st.lists(st.integers(0, 100), max_size=4)


def names(mask: np.ndarray) -> list[int]:
    return np.flatnonzero(mask).tolist()


def test_the_bridges_are_the_spur_and_the_single_foot():
    assert names(bridges(grow(ring()))) == [plans.A_S1, plans.B_D, plans.D_S2]


def test_a_cut_of_the_spur_darkens_what_hangs_on_it():
    assert names(dark(grow(ring()), links=[plans.B_D])) == [plans.S2]


def test_a_cut_of_the_ring_darkens_nobody():
    assert not dark(grow(ring()), links=[plans.A_B]).any()


def test_two_links_of_the_ring_in_one_duct_darken_the_spur_but_not_whoever_has_another_foot():
    tree = grow(ring([(plans.A_B, 0), (plans.B_C, 0)], 1))
    assert names(dark(tree, ducts=[0])) == [plans.S2]


def test_one_duct_for_both_ways_out_of_the_central_office_darkens_all():
    tree = grow(ring([(plans.CO_A, 0), (plans.C_CO, 0)], 1))
    assert names(dark(tree, ducts=[0])) == [plans.S1, plans.S2, plans.S3]


def test_light_never_passes_through_a_customer():
    assert names(dark(grow(ring()), links=[plans.A_B, plans.C_CO])) == [plans.S2, plans.S3]
    assert names(dark(grow(ring()), links=[plans.A_B, plans.B_C])) == [plans.S2]


def test_the_central_office_takes_all_with_it_and_a_customer_itself():
    assert names(dark(grow(ring()), sites=[plans.CO])) == [plans.S1, plans.S2, plans.S3]
    assert names(dark(grow(ring()), sites=[plans.S3])) == [plans.S3]


@pytest.mark.parametrize("turn", range(5))
def test_where_one_of_two_offices_fails_whoever_hangs_on_the_other_stays_lit(turn):
    """The hall hangs on both, a yard with a school on the first, another school on the second; links in any order."""
    first, second, hall, yard, here, there = range(6)
    links = np.roll([(first, hall), (hall, second), (second, there), (yard, here), (first, yard)], turn, axis=0)
    tree = grow(network([False] * 4 + [True] * 2, [True] * 2 + [False] * 4, links))
    assert names(dark(tree, sites=[first])) == [here]
    assert names(dark(tree, sites=[second])) == [there]
    assert names(dark(tree, sites=[first, second])) == [here, there]


@settings(deadline=None)
@given(networks(), NUMBERS)
def test_what_hangs_by_a_set_of_links_is_told_in_ranges_none_of_which_overlap(net, links):
    tree = grow(net)
    edges = np.unique(np.array(links, int) % len(net.ends)) if len(net.ends) else np.zeros(0, int)
    start, stop = cut_off(tree, edges)
    order = np.argsort(start)
    assert (start < stop).all()
    assert (stop[order][:-1] <= start[order][1:]).all()


def test_labels_are_independent_unless_some_add_up_to_nothing():
    assert independent([0b001, 0b010, 0b111], {})
    assert not independent([0b001, 0b010, 0b011], {})
    assert not independent([0b110], {2: 0b010, 3: 0b100})
    assert not independent([0], {})


def test_who_is_dark_today_does_not_go_dark():
    tree = grow(ring(), without=np.array([plans.B_D]))
    assert names(~lit(tree)) == [plans.D, plans.S2]
    assert not dark(tree, sites=[plans.B]).any()


@settings(deadline=None)
@given(networks(), NUMBERS, NUMBERS, NUMBERS)
def test_any_set_of_failures_darkens_whom_a_walk_no_longer_reaches(net, links, ducts, sites):
    of = [
        np.unique(np.array(x, int) % size) if size else [] for x, size in ((links, len(net.ends)), (ducts, 6), (sites, net.customer.size))
    ]
    gone = failing(net, links=of[0], ducts=of[1])
    expected = reach(net) & ~reach(net, gone, of[2])
    np.testing.assert_array_equal(dark(grow(net), links=of[0], ducts=of[1], sites=of[2]), expected)


@settings(deadline=None)
@given(networks(), st.sets(st.integers(0, 15)))
def test_light_reaches_whom_a_walk_reaches(net, without):
    gone = np.array(sorted(i for i in without if i < len(net.ends)), int)
    np.testing.assert_array_equal(lit(grow(net, gone)) & net.customer, reach(net, gone))


@given(st.lists(st.integers(0, 1000), max_size=30), st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1000)), max_size=12))
def test_ways_up_meet_where_walking_up_says(ups, members):
    up = np.array([0, *(x % (v + 1) for v, x in enumerate(ups))])
    group, node = np.array([g for g, _ in members], int), np.array([x % up.size for _, x in members], int)
    found = common(up, group, node, 4)
    for g in range(4):
        ways = []
        for v in node[group == g].tolist():
            way = [v]
            while way[-1]:
                way.append(int(up[way[-1]]))
            ways.append(way)
        assert found[g] == (max(set.intersection(*map(set, ways))) if ways else NONE)


@pytest.mark.parametrize("seed", range(3))
def test_a_large_network_agrees_with_the_walk(seed):
    net = plans.city(1500, 150, seed)
    tree = grow(net)
    rng = np.random.default_rng(seed)
    for size in (1, 3, 30, 300):
        ducts = rng.choice(750, size, replace=False)
        np.testing.assert_array_equal(dark(tree, ducts=ducts), reach(net) & ~reach(net, failing(net, ducts=ducts)))
    for site in np.r_[np.flatnonzero(net.source), rng.integers(0, net.customer.size, 20)]:
        np.testing.assert_array_equal(dark(tree, sites=[site]), reach(net) & ~reach(net, (), [site]))
