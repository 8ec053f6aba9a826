"""A diverse route for a site: the best second way that shares no duct with the first, over the network and spans that could be built."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from heapq import heappop, heappush
from math import inf
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from pulso.core.fibre.network import Ints, network, numbers
from pulso.core.fibre.ways import Ways, customer, known, risks_of, shortest, ways

Price = tuple[float, float]  # what is to be least, and the other: length and cost


class Spans(NamedTuple):
    """Spans that could be built."""

    ends: ArrayLike  # (K, 2) sites
    length: ArrayLike  # (K,) in the unit of the links'
    cost: ArrayLike  # (K,) of building, in any one unit of money
    lies: ArrayLike = ()  # (I, 2) span and existing duct, where one would lie in it; a span without is dug anew


class Spur(NamedTuple):
    """A span that could be dug anew from the customer."""

    site: int  # where it leads
    length: float
    cost: float


class Wider(NamedTuple):
    """A network and spans that could be built, made ready for proposals to any customer."""

    of: Ways  # the network as it is
    grown: Ways  # with the spans: span k is link E + k
    by: Literal["length", "cost"]  # what is to be least; between equals, the other
    price: list[Price]  # of each link, the span's own cost only
    ahead: list[Price]  # of each site that isn't a customer: the least price of a way to a source; infinite where there is none


class Route(NamedTuple):
    """A second way, from the customer to a source."""

    links: Ints  # (P,) in order; existing links by their number, span k as E + k, spur k after all of the K spans as E + K + k
    sites: Ints  # (P + 1,)
    length: float  # of all of it
    cost: float  # of its new spans
    first: Ints  # links of the first way, with which it shares no duct


def widen(of: Ways, spans: Spans, *, by: Literal["length", "cost"] = "length") -> Wider:
    """
    Make a network ready for proposals, once for all its customers.

    Parameters
    ----------
    of
        The network, with lengths.
    spans
        What could be built. Light doesn't pass through customers there either.
    by
        What is to be least; between equals, the other.

    Returns
    -------
    Wider

    Raises
    ------
    ValueError
        If a span is wrong as in `network.network`, or a length or cost is unknown or negative; spans are counted after the links.
    """
    net = of.net
    ends = np.asarray(spans.ends, dtype=np.int64).reshape(-1, 2)
    length, cost = known(spans.length, len(ends), "span", "length"), known(spans.cost, len(ends), "span", "cost")
    lies = np.asarray(spans.lies, dtype=np.int64).reshape(-1, 2) + np.array([len(net.ends), 0])
    old = np.column_stack([np.repeat(np.arange(len(net.ends)), np.diff(net.ducts.start)), net.ducts.member])
    joined = np.concatenate([net.ends, ends])
    more = network(net.customer, net.source, joined, np.concatenate([old, lies]), ducts=net.links.start.size - 1)
    grown = ways(more, np.r_[of.length, length])
    costs = np.r_[np.zeros(len(net.ends)), cost].tolist()
    price = list(zip(*((grown.length, costs) if by == "length" else (costs, grown.length)), strict=True))
    return Wider(of, grown, by, price, _ahead(grown, price))


def diverse_route(of: Wider, site: int, *, first: ArrayLike | None = None, spurs: Sequence[Spur] = ()) -> Route | None:
    """
    Propose a second way for a customer.

    Parameters
    ----------
    of
        The network, and what could be built.
    site
        The customer.
    first : (F,)
        Links of the way that it has. Without, the shortest; of a customer that is dark, none.
    spurs
        What could be dug from this customer beside: it is reckoned with here alone, so that the network need not be made ready anew.

    Returns
    -------
    Route or None
        None if nothing existing or proposed avoids the first way's ducts. A link without a known duct is a risk of its own.

    Raises
    ------
    ValueError
        If the site is no customer, or a number names no link.
    """
    net = of.of.net
    has = shortest(of.of, customer(net, site)) if first is None else None
    used = numbers(has.links if has else () if first is None else first, len(net.ends), "link")
    numbers([spur.site for spur in spurs], net.customer.size, "site")
    price = [*of.price, *((s.length, s.cost) if of.by == "length" else (s.cost, s.length) for s in spurs)]
    found = _cheapest(of, site, risks_of(of.of, used.tolist()), price, [(s.site, k) for k, s in enumerate(spurs, len(of.price))])
    if found is None:
        return None
    links, sites = found
    one, other = (sum(column) for column in zip(*(price[i] for i in links), strict=True))
    length, cost = (one, other) if of.by == "length" else (other, one)
    return Route(np.array(links, np.int64), np.array(sites, np.int64), length, cost, used)


def _cheapest(
    of: Wider, site: int, avoid: Collection[int], price: Sequence[Price], spurs: Sequence[tuple[int, int]]
) -> tuple[list[int], list[int]] | None:
    """
    Links and sites of the way with the least first price, and among such the least second.

    Notes
    -----
    A* (Hart, Nilsson & Raphael 1968) with pairs in the order of words: they add up in that order too, so that the least price when
    nothing is avoided never promises too little. Of those that promise alike, whoever is nearer goes first: on a grid of streets very
    many do.
    """
    avoid = frozenset(avoid)
    best, came = {site: (0.0, 0.0)}, dict[int, tuple[int, int]]()
    todo = [(0.0, 0.0, 0.0, site)]
    done = set()
    while todo:
        *_, here = heappop(todo)
        if here in done:
            continue
        done.add(here)
        if of.grown.net.source[here]:
            return _back(came, here, site)
        one, two = best[here]
        for there, link in [*of.grown.near[here], *spurs] if here == site else of.grown.near[here]:
            ahead, beside = of.ahead[there]
            if there in done or ahead == inf or not (link >= len(of.price) or avoid.isdisjoint(of.grown.risks[link])):
                continue
            far = one + price[link][0], two + price[link][1]
            if there not in best or far < best[there]:
                best[there], came[there] = far, (here, link)
                heappush(todo, (far[0] + ahead, far[1] + beside, ahead, there))
    return None


def _ahead(of: Ways, price: list[Price]) -> list[Price]:
    """Least price of a way to a source, from each site that light may pass (Dijkstra 1959)."""
    found, passes = [(inf, inf)] * of.net.customer.size, (~of.net.customer).tolist()
    todo = [(0.0, 0.0, s) for s in np.flatnonzero(of.net.source).tolist()]
    for *_, source in todo:
        found[source] = (0.0, 0.0)
    while todo:
        one, two, here = heappop(todo)
        if (one, two) > found[here]:
            continue
        for there, link in of.near[here]:
            far = one + price[link][0], two + price[link][1]
            if passes[there] and far < found[there]:
                found[there] = far
                heappush(todo, (*far, there))
    return found


def _back(came: dict[int, tuple[int, int]], source: int, site: int) -> tuple[list[int], list[int]]:
    sites, links = [source], list[int]()
    while sites[-1] != site:
        before, link = came[sites[-1]]
        sites.append(before)
        links.append(link)
    return links[::-1], sites[::-1]
