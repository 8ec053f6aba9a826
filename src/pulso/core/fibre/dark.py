"""Who goes dark when ducts, links or sites fail, and who is left with one path."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pulso.core.fibre.network import Bools, Ints, failing, numbers, spread
from pulso.core.fibre.tree import Tree

WORD = 64  # bits of a label: more labels than that always depend on each other
FEW = 64  # pieces that are joined by hand: a graph takes longer to make


def dark(tree: Tree, *, links: ArrayLike = (), ducts: ArrayLike = (), sites: ArrayLike = ()) -> Bools:
    """
    Say which customers lose their light when all of these fail together.

    Parameters
    ----------
    tree
        The network as it is today (`tree.grow`).
    links, ducts, sites : (K,)
        What fails, by number. With a duct all links in it, with a site all that end there.

    Returns
    -------
    (N,)
        True for customers that have light today and would not; a customer that fails itself is one. Who is dark today is not.

    Raises
    ------
    ValueError
        If a number names no link, duct or site.
    """
    gone, edges = edges_of(tree, links, ducts, sites)
    found = np.zeros(tree.net.customer.size, bool)
    found[darkened(tree, gone, cut_off(tree, edges))] = True
    return found


def lost(tree: Tree, *, links: ArrayLike = (), ducts: ArrayLike = (), sites: ArrayLike = ()) -> tuple[Ints, Bools]:
    """The links that fail, ascending, and (N,) all sites that lose their light with them, customers or not; else as `dark`."""
    gone, edges = edges_of(tree, links, ducts, sites)
    places = cut_off(tree, edges)
    found = np.zeros(tree.net.customer.size, bool)
    found[tree.site[spread(*places)]] = True
    found[darkened(tree, gone, places)] = True
    return gone, found


def edges_of(tree: Tree, links: ArrayLike, ducts: ArrayLike, sites: ArrayLike) -> tuple[Ints, Ints]:
    """The links that fail, ascending, and with them the edges from the root to sources that do. ValueError as of `dark`."""
    gone = failing(tree.net, links=links, ducts=ducts, sites=sites)
    closed = numbers(sites, tree.net.customer.size, "site")
    leads = len(tree.net.ends) + np.searchsorted(np.flatnonzero(tree.net.source), closed[tree.net.source[closed]])
    return gone, np.r_[gone, leads]


def cut_off(tree: Tree, edges: Ints) -> tuple[Ints, Ints]:
    """Ranges of places that lose the root when these edges fail: where they begin, and where they end; none overlap."""
    below, label = tree.below[edges], tree.label[edges]
    held = below >= 0
    bridge = held & (tree.low[below] == below)
    if _may_cut(label[(held & ~bridge) | (label != 0)]):
        return _pieces(tree, np.sort(below[held]), edges)
    return _outermost(below[bridge], tree.past)


def darkened(tree: Tree, links: Ints, places: tuple[Ints, Ints]) -> Ints:
    """Customers, ascending, that have only such accesses as are among these links, or hang on these ranges of places."""
    who = tree.access_site[accesses_lost(tree, links, places)]
    if who.size > 1:
        who, count = np.unique(who, return_counts=True)
        return np.asarray(who[count == tree.accesses[who]])
    return np.asarray(who[tree.accesses[who] == 1])


def accesses_lost(tree: Tree, links: Ints, places: tuple[Ints, Ints]) -> Ints:
    """Accesses, ascending, that are among these links, or hang on these ranges of places."""
    start, stop = (np.searchsorted(tree.access_place, part) for part in places)
    cut = tree.access_of[links]
    lost = np.concatenate([cut[cut >= 0], spread(start, stop)])
    return np.unique(lost) if lost.size > 1 else lost


def _may_cut(label: NDArray[np.uint64]) -> bool:
    """Whether some of these labels add up to 0 (exclusive or); if none do, their edges certainly cut nothing."""
    return label.size > WORD or not independent(label.tolist(), {})


def independent(words: Iterable[int], basis: dict[int, int]) -> bool:
    """Whether no word adds up (exclusive or) from others and a basis, by elimination. The basis, by highest bit, takes them up."""
    for word in words:
        while word:
            high = word.bit_length()
            if high not in basis:
                basis[high] = word
                break
            word ^= basis[high]
        else:
            return False
    return True


def _outermost(hanging: Ints, past: Ints) -> tuple[Ints, Ints]:
    """Of what hangs by these, the ranges that lie in no other."""
    if hanging.size > 1:
        hanging = np.sort(hanging)
        before = np.r_[0, np.maximum.accumulate(past[hanging])[:-1]]
        hanging = hanging[hanging >= before]
    return hanging, past[hanging]


def _pieces(tree: Tree, hanging: Ints, edges: Ints) -> tuple[Ints, Ints]:
    """Take the tree apart at these edges, join the pieces by the other edges that hold, and see which still have the root."""
    breaks, owner = _breaks(hanging.tolist(), tree.past[hanging].tolist(), tree.up.size)
    piece = np.repeat(owner, np.diff(breaks))
    holds = np.ones(tree.below.size, bool)
    holds[edges] = False
    a, b = piece[tree.other_ends].T
    joins = (a != b) & holds[tree.other]
    count = hanging.size + 1
    part = _parts(a[joins], b[joins], count)
    off = (part[owner] != part[0]) & (breaks[:-1] < breaks[1:])  # between two pieces that end together nothing lies
    return breaks[:-1][off], breaks[1:][off]


def _parts(one: Ints, other: Ints, count: int) -> Ints:
    """(count,) Which pieces are joined: those of one part have the same number."""
    if count > FEW:
        graph = coo_array((np.ones(one.size, np.int8), (one, other)), shape=(count, count)).tocsr()
        return np.asarray(connected_components(graph, directed=False)[1])
    part = list(range(count))
    for pair in np.unique(one * count + other).tolist():
        a, b = part[pair // count], part[pair % count]
        if a != b:
            part = [a if p == b else p for p in part]
    return np.array(part, np.int64)


def _breaks(start: list[int], stop: list[int], size: int) -> tuple[Ints, Ints]:
    """Where the piece changes along the places, ending with `size`, and which piece each stretch is of: 0 the root's, k the k-th's."""
    breaks, owner, open_ = [0], [0], [(size, 0)]
    for k, (first, last) in enumerate(zip(start, stop, strict=True), 1):
        while open_[-1][0] <= first:
            breaks.append(open_.pop()[0])
            owner.append(open_[-1][1])
        breaks.append(first)
        owner.append(k)
        open_.append((last, k))
    while len(open_) > 1:
        breaks.append(open_.pop()[0])
        owner.append(open_[-1][1])
    return np.array([*breaks, size], np.int64), np.array(owner, np.int64)
