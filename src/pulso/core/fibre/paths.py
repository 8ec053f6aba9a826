"""Two paths, or one? The register of redundancy, and the two paths themselves."""

from __future__ import annotations

from heapq import heappop, heappush
from math import inf
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from pulso.core.fibre.ducts import hanging_on_a_duct
from pulso.core.fibre.network import Bools, Ints, Network, failing, grouped
from pulso.core.fibre.ranking import dominators
from pulso.core.fibre.tree import Tree, common, grow
from pulso.core.fibre.ways import Way, Ways, customer, risks_of, shortest, ways

UNKNOWN = -1
LOOKS = 20  # searches for a pair without a common duct, before it is called unknown
Apart = Literal["links", "ducts", "sites"]


class Register(NamedTuple):
    """How many paths to a source each customer has that share nothing of a kind: 0 (dark), 1, or 2 (two or more)."""

    site: Ints  # (C,) the customers, ascending
    links: Ints  # (C,) without a common link
    ducts: Ints  # (C,) without a common duct, nor a common link; -1: one at least, whether two is unknown
    sites: Ints  # (C,) without a common link or site; both may end at the same source
    homes: Ints  # (C,) without a common link or site, to two sources


class Counts(NamedTuple):
    """How many paths (N,) customers have that share nothing of a kind: 0, 1, or 2 (two or more); 0 for all but customers."""

    links: Ints  # without a common link
    sites: Ints  # without a common link or site
    homes: Ints  # without a common link or site, to two sources


class Thinned(NamedTuple):
    """Customers (N,) that had two paths without a common link, without a common link or site, to two sources; and now have one."""

    links: Bools
    sites: Bools
    homes: Bools


class Pair(NamedTuple):
    """Two paths of a customer that share nothing of the kind that was asked for."""

    paths: int  # 0, 1 or 2 paths; -1: one, and whether there are two is unknown
    first: Way | None
    second: Way | None
    shortest: bool  # whether no such pair is shorter in sum; of one path, whether it is the shortest


def register(tree: Tree, *, looks: int = LOOKS, on_a_duct: Bools | None = None) -> Register:
    """
    Count the paths of every customer.

    Parameters
    ----------
    tree
        The network as it is today.
    looks
        Searches a customer before the count without a common duct is called unknown, where it has to be searched.
    on_a_duct : (N,)
        Whom some single duct darkens (`ducts.hanging_on_a_duct`), where that is at hand.

    Returns
    -------
    Register

    Notes
    -----
    Links, sites and homes are exact (Menger 1927: two, unless one thing cuts all). For ducts one cut darkens is one path, exactly; but none
    that does isn't yet two. It is two for certain where no link lies in two ducts and the links of each duct hang together: a way can then
    follow the duct from where it meets it first to where it leaves it last, so the duct acts as a site does (Coudert et al. 2016, DMTCS
    18(3)). Elsewhere the question is NP-hard (Hu 2003, IEEE Trans. Commun. 51(3)), and two ways are searched for (`pair`).
    """
    net = tree.net
    by_links, by_sites, by_homes = counts(tree)
    by_ducts = np.where(hanging_on_a_duct(tree) if on_a_duct is None else on_a_duct, np.minimum(by_links, 1), by_links)
    doubtful = np.flatnonzero((by_ducts == 2) & ~certain(net))
    if doubtful.size:
        of = ways(net)
        for site in doubtful.tolist():
            by_ducts[site] = _two(of, site, looks)
    who = np.flatnonzero(net.customer)
    return Register(who, by_links[who], by_ducts[who], by_sites[who], by_homes[who])


def thinned(tree: Tree, *, links: ArrayLike = (), ducts: ArrayLike = (), sites: ArrayLike = ()) -> Thinned:
    """
    Say which customers keep their light but are left with one path when all of these fail together.

    Parameters
    ----------
    tree
        The network as it is today.
    links, ducts, sites : (K,)
        What fails, as for `dark.dark`.

    Returns
    -------
    Thinned
        Exact. Whether two are left without a common duct is the register's question: `register(grow(net, failing(net, …)))`.

    Raises
    ------
    ValueError
        If a number names no link, duct or site.
    """
    left = grow(tree.net, failing(tree.net, links=links, ducts=ducts, sites=sites))
    return narrowed(counts(tree), counts(left))


def narrowed(before: Counts, now: Counts) -> Thinned:
    """As `thinned`, of counts that are at hand."""
    return Thinned(*((then == 2) & (left == 1) for then, left in zip(before, now, strict=True)))


def pair(of: Ways, site: int, apart: Apart = "ducts", *, looks: int = LOOKS) -> Pair:
    """
    Find two paths of a customer that share no link, no duct, or no link and no site, with the least sum of lengths.

    Parameters
    ----------
    of
        The network, with lengths.
    site
        The customer.
    apart
        What they may not share. Paths without a common site may end at the same source. A link without a known duct is a risk of its own.
    looks
        Searches before the pair without a common duct is given up, or given without a proof that it is the shortest.

    Returns
    -------
    Pair

    Raises
    ------
    ValueError
        If the site is no customer.

    Notes
    -----
    Links and sites: Suurballe (1974, Networks 4) as Bhandari (1999) tells it: the second way may take back what it doesn't want of the
    first. Ducts: best first over who may use a duct that both want; exact when it ends.
    """
    first = shortest(of, customer(of.net, site))
    if first is None:
        return Pair(0, None, None, shortest=True)
    if apart == "ducts":
        return _without_common_ducts(of, site, first, looks)
    arcs = _taken_back(of, site, first, apart == "sites")
    if arcs is None:
        return Pair(1, first, None, shortest=True)
    one, two = sorted((_followed(of, site, arcs), _followed(of, site, arcs)))
    return Pair(2, one, two, shortest=True)


def counts(tree: Tree) -> Counts:
    """Count the paths of every customer, but for those without a common duct."""
    size = tree.net.customer.size
    met = common(tree.up, tree.access_site, tree.access_place, size, ordered=True)
    by_links = np.where(tree.accesses > 0, np.where((tree.accesses == 1) | _below_a_bridge(tree)[met], 1, 2), 0)
    up = dominators(tree)
    met = common(up, tree.access_site, tree.access_place, size)
    by_sites = np.where(_through(tree, up)[met], np.minimum(by_links, 1), by_links)
    return Counts(by_links, by_sites, np.where(met > 0, np.minimum(by_sites, 1), by_sites))


def _below_a_bridge(tree: Tree) -> Bools:
    """(V,) Places to which all light passes one link."""
    hanging = tree.below[: len(tree.net.ends)]
    hanging = hanging[hanging >= 0]
    cut = hanging[tree.low[hanging] == hanging]
    change = np.bincount(cut, minlength=tree.up.size + 1) - np.bincount(tree.past[cut], minlength=tree.up.size + 1)
    return np.asarray(np.cumsum(change)[:-1] > 0)


def _through(tree: Tree, up: Ints) -> Bools:
    """(V,) Places such that all light to their customers passes one site, there or above, that is no source."""
    found: Bools = ~np.r_[tree.net.source, True][tree.site]
    found[0] = False
    while up.any():  # each round looks twice as far up
        found |= found[up]
        up = up[up]
    return found


def certain(net: Network) -> Bools:
    """(N,) Customers that have two paths without a common duct as soon as no single duct or link darkens them (`register`)."""
    several = (np.diff(net.ducts.start) > 1).any()
    found = np.full(net.customer.size, not several)
    if several:
        return found
    duct = np.repeat(np.arange(net.links.start.size - 1), np.diff(net.links.start))
    link = net.links.member
    foot = net.customer[net.ends[link]]
    trunk = ~foot.any(axis=1)
    held = grouped(duct[trunk], link[trunk], net.links.start.size - 1)
    on = [_hangs_together(net.ends[held.of(d)]) for d in range(net.links.start.size - 1)]
    if any(sites is None for sites in on):
        return np.zeros_like(found)
    for d, i in zip(duct[~trunk].tolist(), link[~trunk].tolist(), strict=True):
        sites = on[d]
        if sites and not sites.intersection(net.ends[i].tolist()):
            found[net.ends[i]] = False
    return found


def _hangs_together(ends: Ints) -> set[int] | None:
    """The sites of links that hang together; None if they don't."""
    rest = [set(pair) for pair in ends.tolist()]
    together = rest.pop() if rest else set()
    while rest:
        apart = [pair for pair in rest if together.isdisjoint(pair)]
        if len(apart) == len(rest):
            return None
        together = together.union(*(pair for pair in rest if not together.isdisjoint(pair)))
        rest = apart
    return together


def _two(of: Ways, site: int, looks: int) -> int:
    """Whether a customer that has a path has two without a common duct: 2, 1, or -1 if that is unknown."""
    first = shortest(of, site)
    if first and shortest(of, site, risks_of(of, first.links)):
        return 2
    return _without_common_ducts(of, site, first, looks).paths if first else 0


def _without_common_ducts(of: Ways, site: int, first: Way, looks: int) -> Pair:
    """Best first: let both ways be shortest; of a risk that both bear, free one of the ways, and try either."""
    free: frozenset[int] = frozenset()
    todo = [(2 * first.length, 0, first, first, free, free)]
    tried = 0
    while todo and tried < looks:
        _, _, one, two, not_one, not_two = heappop(todo)
        both = risks_of(of, one.links) & risks_of(of, two.links)
        if not both:
            one, two = sorted((one, two))
            return Pair(2, one, two, shortest=True)
        risk = max(both, key=lambda r: (_held(of, r), -r))
        tried += 1
        other = shortest(of, site, not_two | {risk})
        if other:
            heappush(todo, (one.length + other.length, 2 * tried, one, other, not_one, not_two | {risk}))
        if not_one or not_two:  # at first both are alike, and either may be the one that is freed
            other = shortest(of, site, not_one | {risk})
            if other:
                heappush(todo, (other.length + two.length, 2 * tried + 1, other, two, not_one | {risk}, not_two))
    if not todo:
        return Pair(1, first, None, shortest=True)
    second = shortest(of, site, risks_of(of, first.links))
    return Pair(2, first, second, shortest=False) if second else Pair(UNKNOWN, first, None, shortest=True)


def _held(of: Ways, risk: int) -> int:
    """How many links bear a risk."""
    start = of.net.links.start
    return int(start[risk + 1] - start[risk]) if risk < start.size - 1 else 1


def _taken_back(of: Ways, site: int, first: Way, sites: bool) -> dict[int, list[tuple[int, int]]] | None:
    """Arcs of the two ways together, by the site that they leave: of the first, less what the second goes backward, and of the second."""
    back = {there: (here, link) for here, link, there in zip(first.sites, first.links, first.sites[1:], strict=False)}
    inner, used = set(first.sites[1:-1]), set(first.links)
    start = (site, False)
    best, came = {start: 0.0}, dict[tuple[int, bool], tuple[tuple[int, bool], int]]()
    todo = [(0.0, site, False)]
    done = set()
    while todo:
        _, here, bound = heappop(todo)
        state = (here, bound)
        if state in done:
            continue
        done.add(state)
        if of.net.source[here]:
            return _together(first, state, came)
        steps = (
            [] if bound else [(there, link, of.length[link], sites and there in inner) for there, link in of.near[here] if link not in used]
        )
        if here in inner and back[here][0] != site:
            steps.append((*back[here], -of.length[back[here][1]], False))
        for there, link, length, held in steps:
            far = best[state] + length
            if (there, held) not in done and far < best.get((there, held), inf) and of.ahead[there] < inf:
                best[there, held], came[there, held] = far, (state, link)
                heappush(todo, (far + of.ahead[there], there, held))
    return None


def _together(
    first: Way, end: tuple[int, bool], came: dict[tuple[int, bool], tuple[tuple[int, bool], int]]
) -> dict[int, list[tuple[int, int]]]:
    arcs = {link: (here, there) for here, link, there in zip(first.sites, first.links, first.sites[1:], strict=False)}
    while end in came:
        before, link = came[end]
        if link in arcs:
            del arcs[link]
        else:
            arcs[link] = (before[0], end[0])
        end = before
    leaving: dict[int, list[tuple[int, int]]] = {}
    for link, (here, there) in arcs.items():
        leaving.setdefault(here, []).append((there, link))
    return leaving


def _followed(of: Ways, site: int, arcs: dict[int, list[tuple[int, int]]]) -> Way:
    """One way along arcs to a source; they are used up."""
    sites, links = [site], list[int]()
    while not of.net.source[sites[-1]]:
        there, link = arcs[sites[-1]].pop()
        sites.append(there)
        links.append(link)
    return Way(sum(of.length[i] for i in links), tuple(links), tuple(sites))
