"""What hangs on what: the same as trying each failure."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulso.core.fibre import dark, ducts
from pulso.core.fibre.dark import independent
from pulso.core.fibre.ducts import hanging_on_a_duct
from pulso.core.fibre.network import failing, network
from pulso.core.fibre.ranking import articulations, bridges, ranking
from pulso.core.fibre.tree import grow
from tests.core.fibre import plans
from tests.core.fibre.plans import networks, reach, ring


def tried(net, weights) -> tuple[list[float], list[float], list[float]]:
    """Weight that each single failure darkens, by trying it."""
    today = reach(net)

    def lost(links=(), sites=()) -> float:
        return weights[today & ~reach(net, links, sites)].sum()

    ducts = range(net.links.start.size - 1)
    return (
        [lost([i]) for i in range(len(net.ends))],
        [lost(failing(net, ducts=[d])) for d in ducts],
        [lost((), [s]) for s in range(net.customer.size)],
    )


def same(found, expected) -> None:
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_the_known_network_is_ranked():
    found = ranking(grow(ring([(plans.A_B, 0), (plans.B_C, 0), (plans.B_D, 1)], 2)), np.array([9, 9, 9, 9, 9, 1, 10, 100]))
    assert found.links.tolist() == [0, 0, 0, 0, 1, 10, 10, 0, 0]
    assert found.ducts.tolist() == [10, 10]
    assert found.sites.tolist() == [111, 1, 10, 0, 10, 1, 10, 100]


@settings(deadline=None)
@given(networks(), st.data())
def test_the_ranking_is_what_trying_each_failure_gives(net, data):
    weights = np.array(data.draw(st.lists(st.integers(0, 9), min_size=net.customer.size, max_size=net.customer.size)), float)
    same(ranking(grow(net), weights), tried(net, weights))


@pytest.mark.parametrize("seed", range(2))
def test_so_it_is_on_a_larger_one(seed):
    net = plans.city(400, 60, seed)
    weights = np.random.default_rng(seed).integers(1, 9, net.customer.size).astype(float)
    same(ranking(grow(net), weights), tried(net, weights))


@settings(deadline=None)
@given(networks())
def test_a_label_that_is_nothing_by_chance_only_costs_time(net):
    tree = grow(net)
    weights = np.ones(net.customer.size)
    same(ranking(tree._replace(label=np.zeros_like(tree.label)), weights), tried(net, weights))


@settings(deadline=None)
@given(networks())
def test_several_weightings_at_once_are_each_alone(net):
    two = np.column_stack([np.ones(net.customer.size), np.arange(net.customer.size)])
    together = ranking(grow(net), two)
    for k in (0, 1):
        same((part[:, k] for part in together), ranking(grow(net), two[:, k]))


@settings(deadline=None)
@given(networks())
def test_bridges_and_articulations_cut_somebody_off(net):
    tree = grow(net)
    seen = reached(net)
    cut_link = [reached(net, links=[i]) != seen for i in range(len(net.ends))]
    cut_site = [reached(net, sites=[s]) != seen - {s} for s in range(net.customer.size)]
    assert bridges(tree).tolist() == cut_link
    assert articulations(tree).tolist() == cut_site


@settings(deadline=None, max_examples=150)
@given(networks(sites=12, links=22, ducts=9), st.sampled_from([0, 64]), st.sampled_from([0, 16]), st.booleans())
def test_who_hangs_on_a_duct_is_whom_some_duct_darkens(net, few, wide, chance):
    """However many pieces are joined by hand, or labels looked at together, and whether they say anything."""
    today = reach(net)
    expected = np.zeros_like(today)
    for d in range(net.links.start.size - 1):
        expected |= today & ~reach(net, failing(net, ducts=[d]))
    tree = grow(net)
    if chance:
        tree = tree._replace(label=np.zeros_like(tree.label))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dark, "FEW", few)
        patch.setattr(ducts, "WIDE", wide)
        np.testing.assert_array_equal(hanging_on_a_duct(tree), expected)


def test_labels_of_many_ducts_at_once_depend_on_each_other_as_one_by_one():
    rng = np.random.default_rng(5)
    count = rng.integers(0, 24, 400)
    label = rng.integers(1, 2**10, count.sum(), dtype=np.uint64)
    duct = np.repeat(np.arange(count.size), count)
    counts = rng.random(label.size) < 0.5
    found = ducts.may_cut(ducts.Carrying(duct, np.zeros_like(duct), count), counts, label)
    assert found.tolist() == [not independent(label[counts & (duct == d)].tolist(), {}) for d in range(count.size)]
    assert 0 < found.sum() < found.size


def reached(net, links=(), sites=()) -> set[int]:
    """All sites that light reaches, transit too."""
    gone, shut = set(links), set(sites)
    seen = set(np.flatnonzero(net.source).tolist()) - shut
    todo = list(seen)
    while todo:
        here = todo.pop()
        if not net.customer[here]:
            new = {int(net.ends[i].sum() - here) for i in net.at.of(here) if int(i) not in gone} - seen - shut
            seen |= new
            todo += new
    return seen


def test_an_unknown_weight_is_refused_by_its_customer():
    with pytest.raises(ValueError, match="customer 6 is unknown"):
        ranking(grow(ring()), [0, 0, 0, 0, 0, 1, np.nan, 1])
    with pytest.raises(ValueError, match="a row a site"):
        ranking(grow(ring()), [1, 2])


def test_where_there_is_no_site_nothing_is_darkened():
    nothing = np.zeros(0, dtype=bool)
    found = ranking(grow(network(nothing, nothing, (), ducts=2)), np.zeros((0, 4)))
    assert [part.tolist() for part in found] == [[], [[0.0] * 4] * 2, []]
