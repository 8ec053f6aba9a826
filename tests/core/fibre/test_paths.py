"""Two paths, or one: the register, the pairs and the proposals are what trying every path gives."""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pulso.core.fibre.network import Network, failing, network
from pulso.core.fibre.paths import UNKNOWN, certain, pair, register, thinned
from pulso.core.fibre.route import Spans, diverse_route, widen
from pulso.core.fibre.tree import grow
from pulso.core.fibre.ways import Way, Ways, risks_of, shortest, ways
from tests.core.fibre import plans
from tests.core.fibre.plans import networks, ring

LENGTHS = st.lists(st.integers(0, 9), min_size=16, max_size=16)


def all_ways(net: Network, site: int) -> list[tuple[list[int], list[int]]]:
    """Every way from a customer to a source that visits nothing twice: its links, and its sites."""
    found, todo = [], [([], [site])]
    while todo:
        links, sites = todo.pop()
        if net.source[sites[-1]]:
            found.append((links, sites))
            continue
        for i in net.at.of(sites[-1]).tolist():
            there = int(net.ends[i].sum()) - sites[-1]
            if there not in sites and not net.customer[there]:
                todo.append(([*links, i], [*sites, there]))
    return found


def borne(net: Network, way, apart: str) -> set:
    links, sites = way
    if apart == "ducts":
        return {("duct", d) for i in links for d in net.ducts.of(i).tolist()} | {("link", i) for i in links}
    inner = {"links": [], "sites": sites[1:-1], "homes": sites[1:]}[apart]
    return {("link", i) for i in links} | {("site", s) for s in inner}


def tried(net: Network, site: int, apart: str, length=None) -> tuple[int, float]:
    """How many ways, 2 at most, share nothing; and the least sum of the lengths of two."""
    found = all_ways(net, site)
    lone = [(borne(net, way, apart), 0 if length is None else length[way[0]].sum()) for way in found]
    sums = [a[1] + b[1] for a, b in combinations(lone, 2) if not a[0] & b[0]]
    return (2, min(sums)) if sums else (min(len(found), 1), np.inf)


def test_the_known_network_is_registered():
    found = register(grow(ring([(plans.B_S3, 0), (plans.C_S3, 0)], 1)))
    assert found.site.tolist() == [plans.S1, plans.S2, plans.S3]
    assert found.links.tolist() == found.sites.tolist() == [1, 1, 2]
    assert found.ducts.tolist() == [1, 1, 1]
    assert found.homes.tolist() == [1, 1, 1]


@settings(deadline=None)
@given(networks(sites=7, links=12))
def test_the_register_counts_what_trying_every_path_counts(net):
    found = register(grow(net), looks=1000)
    for k, site in enumerate(found.site.tolist()):
        for apart in ("links", "ducts", "sites", "homes"):
            assert (apart, getattr(found, apart)[k]) == (apart, tried(net, site, apart)[0])


@settings(deadline=None)
@given(networks(sites=7, links=12, ducts=4, alone=True))
def test_where_ducts_hang_together_one_cut_decides_without_a_search(net):
    found, sure = register(grow(net), looks=0), certain(net)
    for k, site in enumerate(found.site.tolist()):
        if sure[site]:
            assert found.ducts[k] == tried(net, site, "ducts")[0]


def test_that_is_so_where_a_duct_follows_its_links_and_not_where_it_holds_two_apart():
    assert certain(ring([(plans.A_B, 0), (plans.B_C, 0), (plans.B_S3, 0)], 1))[plans.S3]
    assert not certain(ring([(plans.A_B, 0), (plans.C_CO, 0)], 1))[plans.S3]
    assert not certain(ring([(plans.A_B, 0), (plans.C_S3, 0)], 1))[plans.S3]
    assert not certain(ring([(plans.A_B, 0), (plans.A_B, 1)], 2)).any()


@settings(deadline=None)
@given(networks(sites=7, links=12, ducts=3))
def test_where_the_search_is_cut_short_the_count_is_right_or_unknown(net):
    found = register(grow(net), looks=0)
    for k, site in enumerate(found.site.tolist()):
        assert found.ducts[k] in (UNKNOWN, tried(net, site, "ducts")[0])


@settings(deadline=None)
@given(networks(sites=8, links=14), LENGTHS)
def test_two_paths_share_nothing_and_none_are_shorter(net, lengths):
    length = np.array(lengths[: len(net.ends)], float)
    of = ways(net, length)
    for site in np.flatnonzero(net.customer).tolist():
        for apart in ("links", "ducts", "sites"):
            found = pair(of, site, apart, looks=1000)
            count, least = tried(net, site, apart, length)
            assert found.paths == count
            assert found.shortest
            for way in (found.first, found.second)[:count]:
                walks(net, site, way, length)
            if count == 2:
                one, two = (borne(net, (way.links, way.sites), apart) for way in (found.first, found.second))
                assert not one & two
                assert found.first.length + found.second.length == least


def entangled(seed: int) -> tuple[Network, np.ndarray]:
    """An office, a customer and a few junctions, with more links than ducts, so that most ways share some: and the links' lengths."""
    rng = np.random.default_rng(seed)
    ends = np.array([rng.choice(6, 2, replace=False) for _ in range(12)])
    ends = np.vstack([ends[(ends != 0).any(axis=1)], [(0, 2), (0, 3), (1, 4), (1, 5)]])
    lies = np.array([(link, duct) for link in range(len(ends)) for duct in rng.choice(7, rng.integers(1, 4), replace=False)])
    net = network(np.arange(6) == 0, np.arange(6) == 1, ends, lies, ducts=7)
    return net, rng.integers(1, 20, len(ends)).astype(float)


@pytest.mark.parametrize("seeds", [range(60), range(60, 120)], ids=["some", "more"])
def test_where_ducts_entangle_nearly_all_ways_the_two_proposed_are_still_the_shortest(seeds):
    found = []
    for seed in seeds:
        net, length = entangled(seed)
        count, least = tried(net, 0, "ducts", length)
        two = pair(ways(net, length), 0, "ducts", looks=10_000)
        assert two.paths == count
        if count == 2:
            assert two.first.length + two.second.length == least
        found.append(count)
    assert {1, 2} <= set(found)  # both kinds were met


def walks(net: Network, site: int, way: Way, length) -> None:
    """It leads from the site to a source, link by link, through no customer."""
    assert way.sites[0] == site
    assert net.source[way.sites[-1]]
    assert not net.customer[list(way.sites[1:])].any()
    assert [set(net.ends[i].tolist()) for i in way.links] == [set(two) for two in zip(way.sites, way.sites[1:], strict=False)]
    assert way.length == length[list(way.links)].sum()


def test_a_cut_of_the_ring_leaves_those_with_two_feet_with_one_path():
    found = thinned(grow(ring()), links=[plans.CO_A])
    assert [np.flatnonzero(part).tolist() for part in found] == [[plans.S3], [plans.S3], []]
    assert not thinned(grow(ring()), links=[plans.B_C]).links.any()


@settings(deadline=None)
@given(networks(sites=7, links=12), st.lists(st.integers(0, 5), max_size=2), st.lists(st.integers(0, 6), max_size=1))
def test_who_is_left_with_one_path_had_two_and_has_one(net, ducts, sites):
    sites = [s % net.customer.size for s in sites]
    gone = failing(net, ducts=ducts, sites=sites)
    left = without(net, gone)
    found = thinned(grow(net), ducts=ducts, sites=sites)
    for site in np.flatnonzero(net.customer).tolist():
        for apart in ("links", "sites", "homes"):
            expected = tried(net, site, apart)[0] == 2 and tried(left, site, apart)[0] == 1
            assert getattr(found, apart)[site] == expected


def without(net: Network, gone: np.ndarray) -> Network:
    return network(net.customer, net.source, np.delete(net.ends, gone, axis=0))


def trap() -> Network:
    """The shortest way takes a link of each of the only two ways that share nothing."""
    office, a, b, c, d, school = range(6)
    ends = [(office, a), (a, b), (b, school), (office, c), (c, b), (a, d), (d, school)]
    return network(np.arange(6) == school, np.arange(6) == office, ends)


def test_the_second_way_takes_back_what_it_does_not_want_of_the_first():
    found = pair(ways(trap(), [1, 1, 1, 5, 5, 5, 5]), 5, "sites")
    assert sorted([found.first.links, found.second.links]) == [(2, 4, 3), (6, 5, 0)]


def test_two_links_through_one_manhole_are_two_paths_but_not_without_a_common_site():
    ends = [(0, 1), (0, 1), (1, 3), (1, 3), (0, 2), (2, 3)]
    of = ways(network(np.arange(4) == 3, np.arange(4) == 0, ends), [1, 2, 1, 2, 9, 9])
    assert sum(way.length for way in pair(of, 3, "links")[1:3]) == 6
    assert sorted(way.sites for way in pair(of, 3, "sites")[1:3]) == [(3, 1, 0), (3, 2, 0)]


def test_the_shortest_way_may_belong_to_neither_path():
    three = network(np.array([False, True]), np.array([True, False]), [(0, 1)] * 3, [(0, 0), (0, 1), (1, 0), (2, 1)], ducts=2)
    found = pair(ways(three, [1, 3, 4]), 1)
    assert (found.first.links, found.second.links, found.shortest) == ((1,), (2,), True)


def no_pair() -> Network:
    """Three ways, each two of which share a duct; no duct is in all three."""
    ends = [(0, 1), (1, 4), (0, 2), (2, 4), (0, 3), (3, 4)]
    return network(np.arange(5) == 4, np.arange(5) == 0, ends, [(0, 0), (2, 0), (3, 1), (4, 1), (5, 2), (1, 2)], ducts=3)


def test_no_duct_darkens_it_and_yet_no_two_paths_are_without_a_common_one():
    found = register(grow(no_pair()))
    assert (found.links.tolist(), found.ducts.tolist()) == ([2], [1])


def test_a_search_that_is_not_ended_says_unknown():
    assert pair(ways(no_pair()), 4, looks=1).paths == UNKNOWN
    assert register(grow(no_pair()), looks=1).ducts.tolist() == [UNKNOWN]


def test_a_pair_that_is_not_proven_the_shortest_says_so():
    found = pair(ways(ring()), plans.S3, looks=0)
    assert found.paths == 2
    assert not found.shortest


def test_a_school_gets_the_second_way_that_is_shortest_or_cheapest():
    net = ring([(plans.B_D, 0), (plans.A_B, 1)], 2)
    spans = Spans([(plans.S2, plans.A), (plans.S2, plans.C), (plans.S2, plans.CO)], [3.0, 9.0, 8.0], [50, 20, 90], [(0, 0)])
    of = ways(net, [2.0, 1.0, *[2.0] * 7])
    short, cheap = (diverse_route(widen(of, spans, by=by), plans.S2) for by in ("length", "cost"))
    assert short.first.tolist() == cheap.first.tolist() == [plans.D_S2, plans.B_D, plans.A_B, plans.CO_A]
    assert (short.links.tolist(), short.length, short.cost) == ([11], 8.0, 90.0)
    assert (cheap.links.tolist(), cheap.length, cheap.cost) == ([10, plans.C_CO], 11.0, 20.0)


@settings(deadline=None)
@given(networks(sites=7, links=10), networks(sites=7, links=4), LENGTHS, LENGTHS)
def test_no_second_way_is_better_than_the_proposed(net, new, lengths, costs):
    n = net.customer.size
    ends = new.ends[(new.ends < n).all(axis=1)]
    length, far = np.array(lengths[: len(net.ends)], float), np.array(lengths[::-1][: len(ends)], float)
    cost = np.array(costs[: len(ends)], float)
    assume(net.customer.any())
    lies = [(i, d) for i in range(len(net.ends)) for d in net.ducts.of(i).tolist()]
    site = int(np.flatnonzero(net.customer)[0])
    of = ways(net, length)
    wider = network(net.customer, net.source, np.concatenate([net.ends, ends]), np.array(lies, int), ducts=6)
    first = shortest(of, site)
    taken = borne(net, (first.links, ()), "ducts") if first else set()
    free = [links for links, sites in all_ways(wider, site) if not borne(wider, (links, sites), "ducts") & taken]
    price = [(np.r_[length, far][links].sum(), np.r_[np.zeros(length.size), cost][links].sum()) for links in free]
    for by, turn in (("length", 1), ("cost", -1)):
        found = diverse_route(widen(of, Spans(ends, far, cost), by=by), site)
        assert (found and (found.length, found.cost)[::turn]) == (min((p[::turn] for p in price), default=None))


@pytest.mark.parametrize("by", ["length", "cost"])
def test_in_a_city_the_second_way_costs_what_a_plain_search_of_all_of_it_finds(by):
    net, rng = plans.city(2_000, 300, 7, tied=0.1), np.random.default_rng(7)
    ends = rng.integers(0, net.customer.size, (300, 2))
    ends = ends[ends[:, 0] != ends[:, 1]]
    length, far, cost = (rng.integers(1, 9, n).astype(float) for n in (len(net.ends), len(ends), len(ends)))
    of = ways(net, length)
    ready = widen(of, Spans(ends, far, cost), by=by)
    prices = list(zip(np.r_[length, far].tolist(), np.r_[np.zeros(length.size), cost].tolist(), strict=True))
    prices = prices if by == "length" else [price[::-1] for price in prices]
    proposed = 0
    for site in np.flatnonzero(net.customer).tolist():
        first = shortest(of, site)
        found = diverse_route(ready, site)
        told = found and ((found.length, found.cost) if by == "length" else (found.cost, found.length))
        assert told == cheapest(ready.grown, site, risks_of(of, first.links) if first else set(), prices)
        proposed += found is not None
    assert proposed > 50


def cheapest(of: Ways, site: int, avoid: set[int], prices: list[tuple[float, float]]) -> tuple[float, float] | None:
    """The least price of a way to a source that bears none of the risks, site by site as they get dearer (Dijkstra 1959)."""
    todo, done = [(0.0, 0.0, site)], set()
    while todo:
        one, two, here = heappop(todo)
        if of.net.source[here]:
            return one, two
        if here not in done:
            done.add(here)
            for there, link in of.near[here]:
                if avoid.isdisjoint(of.risks[link]):
                    heappush(todo, (one + prices[link][0], two + prices[link][1], there))
    return None


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda: pair(ways(ring()), plans.CO), "site 0 is no customer"),
        (lambda: ways(ring(), [1.0] * 8), "a length for each link"),
        (lambda: ways(ring(), [1.0] * 8 + [np.nan]), "length of link 8 is nan"),
        (lambda: widen(ways(ring()), Spans([(0, 4)], [1], [-1])), "cost of span 0 is -1"),
        (lambda: widen(ways(ring()), Spans([(0, 44)], [1], [1])), "link 9 names site 44"),
        (lambda: diverse_route(widen(ways(ring()), Spans([], [], [])), plans.S1, first=[9]), "names link 9"),
    ],
)
def test_what_can_not_be_asked_is_refused(wrong, told):
    with pytest.raises(ValueError, match=told):
        wrong()
