"""The way of light to one site: shortest, and shortest without what is to be avoided."""

from __future__ import annotations

from collections.abc import Collection
from heapq import heappop, heappush
from math import inf
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from pulso.core.fibre.network import Floats, Network


class Ways(NamedTuple):
    """A network made ready for searches from single customers."""

    net: Network
    length: list[float]  # of each link
    near: list[list[tuple[int, int]]]  # of each site: the transit sites and sources beside it, and the link to each
    ahead: list[float]  # of each site that isn't a customer: length of the shortest way to a source; infinite where there is none
    risks: list[tuple[int, ...]]  # of each link: its ducts; D + its own number where it has none


class Way(NamedTuple):
    """A way from a site to a source."""

    length: float
    links: tuple[int, ...]
    sites: tuple[int, ...]  # one more than links: the site first, the source last


def ways(net: Network, lengths: ArrayLike | None = None) -> Ways:
    """
    Make a network ready.

    Parameters
    ----------
    net
        The network.
    lengths : (E,)
        Of each link, in any one unit, not negative. Without, every link counts 1.

    Returns
    -------
    Ways

    Raises
    ------
    ValueError
        If there is not a length a link, or one is unknown or negative; the first such link is named.
    """
    length = np.ones(len(net.ends)) if lengths is None else known(lengths, len(net.ends), "link", "length").astype(np.float64)
    near: list[list[tuple[int, int]]] = [[] for _ in net.customer]
    passes = (~net.customer).tolist()
    for link, (a, b) in enumerate(net.ends.tolist()):
        if passes[b]:
            near[a].append((b, link))
        if passes[a]:
            near[b].append((a, link))
    start, duct, count = net.ducts.start.tolist(), net.ducts.member.tolist(), net.links.start.size - 1
    risks = [tuple(duct[start[i] : start[i + 1]]) or (count + i,) for i in range(length.size)]
    each = length.tolist()
    return Ways(net, each, near, _ahead(net, near, each), risks)


def known(values: ArrayLike, size: int, what: str, name: str) -> Floats:
    """Values (size,), each known and not negative; a ValueError names the first that isn't."""
    found = np.asarray(values, dtype=np.float64)
    if found.shape != (size,):
        raise ValueError(f"there is a {name} for each {what}; got {found.shape} for {size}")
    wrong = np.flatnonzero(~(np.isfinite(found) & (found >= 0)))
    if wrong.size:
        raise ValueError(f"the {name} of {what} {wrong[0]} is {found[wrong[0]]}; it must be known and not negative")
    return found


def customer(net: Network, site: int) -> int:
    """The number of a customer; a ValueError if it is none."""
    if not 0 <= site < net.customer.size or not net.customer[site]:
        raise ValueError(f"site {site} is no customer")
    return int(site)


def shortest(of: Ways, site: int, avoid: Collection[int] = frozenset()) -> Way | None:
    """
    Find the shortest way from a customer to any source that bears none of the risks to avoid; None if there is none.

    Notes
    -----
    A* (Hart, Nilsson & Raphael 1968): what is ahead when nothing is avoided never promises too little.
    """
    avoid = frozenset(avoid)
    best, came = {site: 0.0}, dict[int, tuple[int, int]]()
    todo = [(0.0, site)]
    done = set()
    while todo:
        _, here = heappop(todo)
        if here in done:
            continue
        done.add(here)
        if of.ahead[here] == 0.0 and of.net.source[here]:
            return _told(of, site, here, came)
        for there, link in of.near[here]:
            far = best[here] + of.length[link]
            if there not in done and far < best.get(there, inf) and of.ahead[there] < inf and avoid.isdisjoint(of.risks[link]):
                best[there], came[there] = far, (here, link)
                heappush(todo, (far + of.ahead[there], there))
    return None


def risks_of(of: Ways, links: Collection[int]) -> set[int]:
    """All risks that some links bear."""
    return {risk for link in links for risk in of.risks[link]}


def _told(of: Ways, site: int, source: int, came: dict[int, tuple[int, int]]) -> Way:
    sites, links = [source], list[int]()
    while sites[-1] != site:
        before, link = came[sites[-1]]
        sites.append(before)
        links.append(link)
    return Way(sum(of.length[i] for i in reversed(links)), tuple(reversed(links)), tuple(reversed(sites)))


def _ahead(net: Network, near: list[list[tuple[int, int]]], length: list[float]) -> list[float]:
    """Length of the shortest way to a source, from each site that light may pass (Dijkstra 1959)."""
    found, passes = [inf] * net.customer.size, (~net.customer).tolist()
    todo = [(0.0, int(s)) for s in np.flatnonzero(net.source)]
    for _, source in todo:
        found[source] = 0.0
    while todo:
        far, here = heappop(todo)
        if far > found[here]:
            continue
        for there, link in near[here]:
            if passes[there] and far + length[link] < found[there]:
                found[there] = far + length[link]
                heappush(todo, (found[there], there))
    return found
