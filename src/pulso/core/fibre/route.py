"""A diverse route for a site: the best second way that shares no duct with the first, over the network and spans that could be built."""

from __future__ import annotations

from collections.abc import Collection
from heapq import heappop, heappush
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from pulso.core.fibre.network import Floats, Ints, network, numbers
from pulso.core.fibre.ways import Ways, customer, known, risks_of, shortest, ways


class Spans(NamedTuple):
    """Spans that could be built."""

    ends: ArrayLike  # (K, 2) sites
    length: ArrayLike  # (K,) in the unit of the links'
    cost: ArrayLike  # (K,) of building, in any one unit of money
    lies: ArrayLike = ()  # (I, 2) span and existing duct, where one would lie in it; a span without is dug anew


class Route(NamedTuple):
    """A second way, from the customer to a source."""

    links: Ints  # (P,) in order; existing links by their number, span k as E + k
    sites: Ints  # (P + 1,)
    length: float  # of all of it
    cost: float  # of its new spans
    first: Ints  # links of the first way, with which it shares no duct


def diverse_route(
    of: Ways, site: int, spans: Spans, *, first: ArrayLike | None = None, by: Literal["length", "cost"] = "length"
) -> Route | None:
    """
    Propose a second way for a customer.

    Parameters
    ----------
    of
        The network, with lengths.
    site
        The customer.
    spans
        What could be built. Light doesn't pass through customers there either.
    first : (F,)
        Links of the way that it has. Without, the shortest; of a customer that is dark, none.
    by
        What is to be least; between equals, the other.

    Returns
    -------
    Route or None
        None if nothing existing or proposed avoids the first way's ducts. A link without a known duct is a risk of its own.

    Raises
    ------
    ValueError
        If the site is no customer, a number names nothing, a span is wrong as in `network.network`, or a length or cost is unknown
        or negative; spans are counted after the links.
    """
    net = of.net
    has = shortest(of, customer(net, site)) if first is None else None
    used = numbers(has.links if has else () if first is None else first, len(net.ends), "link")
    ends = np.asarray(spans.ends, dtype=np.int64).reshape(-1, 2)
    length, cost = known(spans.length, len(ends), "span", "length"), known(spans.cost, len(ends), "span", "cost")
    lies = np.asarray(spans.lies, dtype=np.int64).reshape(-1, 2) + np.array([len(net.ends), 0])
    old = np.column_stack([np.repeat(np.arange(len(net.ends)), np.diff(net.ducts.start)), net.ducts.member])
    joined = np.concatenate([net.ends, ends])
    wider = network(net.customer, net.source, joined, np.concatenate([old, lies]), ducts=net.links.start.size - 1)
    grown = ways(wider, np.r_[of.length, length])
    prices = np.column_stack([grown.length, np.r_[np.zeros(len(net.ends)), cost]])
    found = _cheapest(grown, site, risks_of(grown, used.tolist()), prices if by == "length" else prices[:, ::-1])
    if found is None:
        return None
    links, sites = found
    total = prices[links].sum(axis=0)
    return Route(links, sites, float(total[0]), float(total[1]), used)


def _cheapest(of: Ways, site: int, avoid: Collection[int], prices: Floats) -> tuple[Ints, Ints] | None:
    """Links and sites of the way with the least first price, and among such the least second (Dijkstra 1959)."""
    avoid, price = frozenset(avoid), prices.tolist()
    came: dict[int, tuple[int, int]] = {}
    todo = [(0.0, 0.0, site, site, -1)]
    while todo:
        one, two, here, before, by = heappop(todo)
        if here in came:
            continue
        came[here] = before, by
        if of.net.source[here]:
            return _back(came, here, site)
        for there, link in of.near[here]:
            if there not in came and avoid.isdisjoint(of.risks[link]):
                heappush(todo, (one + price[link][0], two + price[link][1], there, here, link))
    return None


def _back(came: dict[int, tuple[int, int]], source: int, site: int) -> tuple[Ints, Ints]:
    sites, links = [source], list[int]()
    while sites[-1] != site:
        before, link = came[sites[-1]]
        sites.append(before)
        links.append(link)
    return np.array(links[::-1], np.int64), np.array(sites[::-1], np.int64)
