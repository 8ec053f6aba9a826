"""Who hangs on a single duct: by all ducts at once, and one by one only those whose links may cut a ring together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pulso.core.fibre.dark import cut_off, darkened, independent
from pulso.core.fibre.network import Bools, Ints, spread
from pulso.core.fibre.tree import Tree, common, followed

WIDE = 16
"""Ducts with more labels than this are looked at one by one: few have so many."""


class Carrying(NamedTuple):
    """Which links that carry light lie in which duct: I rows, by duct."""

    duct: Ints  # (I,)
    link: Ints  # (I,)
    many: Ints  # (D,) how many lie in each duct


def carrying(tree: Tree) -> Carrying:
    """Ducts with links that carry light today, and those links."""
    start, member = tree.net.links
    carries = np.zeros(len(tree.net.ends), bool)
    carries[tree.access] = True
    carries[tree.other[tree.other < carries.size]] = True
    carries |= tree.below[: carries.size] >= 0
    kept = carries[member]
    duct = np.repeat(np.arange(start.size - 1), np.diff(start))[kept]
    return Carrying(duct, member[kept], np.bincount(duct, minlength=start.size - 1))


def hanging_on_a_duct(tree: Tree) -> Bools:
    """
    Say which customers have light and would lose it with some single duct.

    Returns
    -------
    (N,)

    Notes
    -----
    Some link of the duct darkens the customer alone; or each of its accesses is in the duct, or under a bridge in it; or links of the
    duct cut a ring together, and then their labels add up to nothing (`tree.grow`): those ducts alone are taken apart.
    """
    of, size = carrying(tree), tree.net.customer.size
    met = common(tree.up, tree.access_site, tree.access_place, size, ordered=True)
    found = np.zeros(size, bool)
    inside = np.zeros(tree.up.size, bool)  # places that hang by a bridge in a duct, and all below
    below = tree.below[of.link]
    bridge = (below >= 0) & (tree.low[below] == below)
    inside[below[bridge]] = True
    near = followed(np.where(inside, np.arange(inside.size), tree.up))
    served = np.flatnonzero(tree.accesses > 0)
    found[served] = near[met[served]] > 0
    only = tree.access_of[of.link]
    who = tree.access_site[only[only >= 0]]
    found[who[tree.accesses[who] == 1]] = True
    found |= _by_several(tree, of, met, found)
    label = tree.label[of.link]
    may = may_cut(of, ((below >= 0) & ~bridge) | (label != 0), label)
    starts = np.r_[0, np.cumsum(of.many)]
    for duct in np.flatnonzero(may).tolist():
        links = of.link[starts[duct] : starts[duct + 1]]
        found[darkened(tree, links, cut_off(tree, links))] = True
    return found


def may_cut(of: Carrying, counts: Bools, label: NDArray[np.uint64]) -> Bools:
    """(D,) Ducts of whose labels that count some add up to nothing (exclusive or): of no other do several links cut anything together."""
    duct, label = of.duct[counts], label[counts]
    count = np.bincount(duct, minlength=of.many.size)
    start = np.r_[0, np.cumsum(count)]
    found = np.zeros(count.size, bool)
    for wide in np.flatnonzero(count > WIDE).tolist():
        found[wide] = not independent(label[start[wide] : start[wide + 1]].tolist(), {})
    some = np.flatnonzero((count > 0) & (count <= WIDE))
    some = some[np.argsort(-count[some], kind="stable")]
    most = int(count[some].max(initial=0))
    each, column = np.zeros((some.size, most), np.uint64), np.arange(most)
    each[column < count[some, None]] = label[(start[some, None] + column)[column < count[some, None]]]
    for j in range(most):  # elimination, of all ducts at once: those with more labels stand first
        rows = int((count[some] > j).sum())
        pivot = each[:rows, j, None]
        found[some[:rows]] |= pivot[:, 0] == 0
        each[:rows, j + 1 :] = np.minimum(each[:rows, j + 1 :], each[:rows, j + 1 :] ^ pivot)
    return found


class _Bridges(NamedTuple):
    """Bridges that lie in a duct together with other links: K rows, by the place that hangs by each."""

    place: Ints  # (K,)
    duct: Ints  # (K,)
    near: Ints  # (V,) for each place the nearest such place at it or above; 0: none
    above: Ints  # (V,) how many are above each place, or at it


def _by_several(tree: Tree, of: Carrying, met: Ints, found: Bools) -> Bools:
    """
    (N,) Customers not found yet each of whose accesses is in one duct, or hangs under a bridge in it.

    Of each customer the access with the fewest bridges above says which ducts may do it; the others are held against these.
    """
    several = of.many[of.duct] > 1  # what one link does is known
    duct, link = of.duct[several], of.link[several]
    access = np.flatnonzero((tree.accesses[tree.access_site] > 1) & ~found[tree.access_site])
    result, bridges = np.zeros_like(found), _bridges(tree, duct, link)
    if not access.size:
        return result
    held = bridges.above[tree.access_place[access]] - bridges.above[met[tree.access_site[access]]]
    access = access[np.lexsort([held, tree.access_site[access]])]
    first = np.r_[True, np.diff(tree.access_site[access]) > 0]
    order = np.argsort(tree.access_of[link], kind="stable")
    lies = np.array([tree.access_of[link][order], duct[order]])  # accesses, and the ducts that they lie in
    one, its = _ducts_of(tree, access[first], bridges, lies, met)
    rows = np.cumsum(tree.accesses[tree.access_site[access[first]]])
    begin = dict(zip(access[first].tolist(), (rows - tree.accesses[tree.access_site[access[first]]]).tolist(), strict=True))
    start = np.array([begin[a] for a in one.tolist()], np.int64)
    others = tree.accesses[tree.access_site[one]] - 1
    pair = np.repeat(np.arange(one.size), others)
    other = access[spread(start + 1, start + 1 + others)]
    by_duct = np.argsort(bridges.duct, kind="stable")
    places, ducts = bridges.place[by_duct], bridges.duct[by_duct]
    low, high = np.searchsorted(ducts, its[pair]), np.searchsorted(ducts, its[pair], side="right")
    each = np.repeat(np.arange(pair.size), high - low)
    at = places[spread(low, high)]
    where = tree.access_place[other[each]]
    hit = np.zeros(pair.size, bool)
    hit[each[(at <= where) & (where < tree.past[at])]] = True
    keys = np.unique(lies[0] * of.many.size + lies[1])
    hit |= np.isin(other * of.many.size + its[pair], keys)
    whole = np.bincount(pair[hit], minlength=one.size) == others
    result[tree.access_site[one[whole]]] = True
    return result


def _bridges(tree: Tree, duct: Ints, link: Ints) -> _Bridges:
    place = tree.below[link]
    bridge = (place >= 0) & (tree.low[place] == place)
    order = np.argsort(place[bridge], kind="stable")
    hanging, its = place[bridge][order], duct[bridge][order]
    here = np.zeros(tree.up.size, bool)
    here[hanging] = True
    near = followed(np.where(here, np.arange(here.size), tree.up))
    above, up = here.astype(np.int64), tree.up
    while up.any():  # each round adds twice as many steps up
        above += above[up]
        up = up[up]
    return _Bridges(hanging, its, near, above)


def _ducts_of(tree: Tree, access: Ints, bridges: _Bridges, lies: NDArray[np.int64], met: Ints) -> tuple[Ints, Ints]:
    """Pairs of an access and a duct that takes it: it lies in it, or a bridge above it does, below where its customer's ways meet."""
    first, stop = np.searchsorted(lies[0], access), np.searchsorted(lies[0], access, side="right")
    found, its = [np.repeat(access, stop - first)], [lies[1][spread(first, stop)]]
    here, top = bridges.near[tree.access_place[access]], met[tree.access_site[access]]
    while True:  # up all ways at once, from bridge to bridge
        on = here > top
        access, here, top = access[on], here[on], top[on]
        if not access.size:
            break
        first, stop = np.searchsorted(bridges.place, here), np.searchsorted(bridges.place, here, side="right")
        found.append(np.repeat(access, stop - first))
        its.append(bridges.duct[spread(first, stop)])
        here = bridges.near[tree.up[here]]
    return np.concatenate(found), np.concatenate(its)
