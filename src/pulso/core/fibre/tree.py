"""How light reaches every site: a depth-first tree from the sources, what leaves it, and labels that tell which links could cut it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import depth_first_order

from pulso.core.fibre.network import Bools, Ints, Network

NONE = -1
LABELS = 20260  # seed of the labels; any other gives the same answers


class Tree(NamedTuple):
    """
    A depth-first tree over the V - 1 sites that light reaches and may pass, under one root that feeds all sources.

    A place is a site's number in the order of the search: the root is 0, and what hangs below a place is the range from it to its
    `past`. Every edge that is not the tree's joins a place with one above it. The edge from the root to the k-th source is edge
    E + k; it fails with its source only.
    """

    net: Network
    site: Ints  # (V,) site of each place; N for the root
    place: Ints  # (N + 1,) place of each site; -1 where no light comes, and for customers
    up: Ints  # (V,) the place above; 0 for the root
    past: Ints  # (V,) first place after those below
    low: Ints  # (V,) highest place that what hangs here reaches without the edge above
    below: Ints  # (E + S,) the place that hangs by this edge; -1 for edges outside the tree
    other: Ints  # (Q,) edges outside the tree,
    other_ends: Ints  # (Q, 2) and the places that they join, the upper first
    label: NDArray[np.uint64]  # (E + S,) the labels of any cut's edges give 0 when they are added (exclusive or); 0 alone: a bridge
    access: Ints  # (A,) links by which customers hang, by place
    access_place: Ints  # (A,) where, ascending
    access_site: Ints  # (A,) the customer
    accesses: Ints  # (N,) how many such links each customer has; none: it is dark
    access_of: Ints  # (E,) which access a link is; -1 if none


def grow(net: Network, without: Ints | None = None) -> Tree:
    """
    Follow the light from the sources.

    Parameters
    ----------
    net
        The network.
    without : (K,)
        Links that are taken as gone.

    Returns
    -------
    Tree

    Notes
    -----
    `low` is Tarjan's (1972, SIAM J. Comput. 1(2)) low point. Labels: Pritchard & Thurimella (2011), ACM Trans. Algorithms 7(4): an edge
    outside the tree has a random word; an edge of the tree adds up those of the edges that go round it. Every cut adds up to 0, so
    links of which no subset does certainly cut nothing; the others are looked at.
    """
    n, e = net.customer.size, len(net.ends)
    sources = np.flatnonzero(net.source)
    there = np.ones(e, bool)
    if without is not None:
        there[without] = False
    transit = there & ~net.customer[net.ends].any(axis=1)
    edge = np.r_[np.flatnonzero(transit), e + np.arange(sources.size)]
    ends = np.concatenate([net.ends[transit], np.column_stack([np.full(sources.size, n), sources])])
    site, above = _search(ends, n)
    place = np.full(n + 1, NONE)
    place[site] = np.arange(site.size)
    up = np.r_[0, place[above[site[1:]]]]
    reached = place[ends[:, 0]] >= 0
    edge, joined = edge[reached], np.sort(place[ends[reached]], axis=1)
    first = _first_of_tree(joined, up)
    below = np.full(e + sources.size, NONE)
    below[edge[first]] = joined[first, 1]
    other, other_ends = edge[~first], joined[~first]
    low, past = _low(up, other_ends)
    label = _labels(e + sources.size, below, past, other, other_ends)
    return Tree(net, site, place, up, past, low, below, other, other_ends, label, *_accesses(net, there, place))


def lit(tree: Tree) -> Bools:
    """(N,) Sites that light reaches: transit sites in the tree, and customers that hang on one."""
    return (tree.place[:-1] >= 0) | (tree.accesses > 0)


def common(up: Ints, group: Ints, place: Ints, size: int, *, ordered: bool = False) -> Ints:
    """
    The lowest node that every member's way up passes, for each group.

    Parameters
    ----------
    up : (V,)
        The node above each; nodes are numbered so that it has a smaller number; 0 for the root.
    group, place : (A,), (A,)
        Members: which group, and at which node.
    size
        How many groups.
    ordered
        Whether what hangs below a node follows it without a gap, as in a `Tree`.

    Returns
    -------
    (size,)
        Node of each group; -1 for groups without members.

    Notes
    -----
    In preorder, it is the least `up` of the nodes after the first member as far as the last (Bender & Farach-Colton 2000, LATIN).
    """
    order = np.arange(up.size) if ordered else _preorder(up)
    node = np.argsort(order)
    row = order[up][node]  # the place above, both in preorder
    first, last = np.full(size, up.size), np.full(size, NONE)
    np.minimum.at(first, group, order[place])
    np.maximum.at(last, group, order[place])
    found = np.where(last >= 0, first, NONE)
    apart = np.flatnonzero(last > first)
    least, width = row, 1
    spans = last[apart] - first[apart]
    while apart.size and width <= spans.max():
        now = (spans >= width) & (spans < 2 * width)
        at = apart[now]
        found[at] = np.minimum(least[first[at] + 1], least[last[at] + 1 - width])
        least, width = np.minimum(least[:-width], least[width:]) if least.size > width else least, 2 * width
    return np.where(found >= 0, node[found], NONE)


def followed(step: Ints) -> Ints:
    """(V,) Where going on and on leads from each node, of steps that come to rest: in the end a node steps to itself."""
    while True:
        far = step[step]
        if np.array_equal(far, step):
            return far
        step = far


def _search(ends: Ints, root: int) -> tuple[Ints, Ints]:
    """Sites in depth-first order from the root, and the site above each (N + 1,)."""
    shape = (root + 1, root + 1)
    both = np.concatenate([ends, ends[:, ::-1]])
    graph = csr_array((np.ones(len(both), np.int8), (both[:, 0], both[:, 1])), shape=shape)
    graph.sum_duplicates()
    graph.data[:] = 1
    order, above = depth_first_order(graph, root, directed=True)
    return order.astype(np.int64), above.astype(np.int64)


def _first_of_tree(joined: Ints, up: Ints) -> Bools:
    """Which edges are the tree's: of several between the same places, the first."""
    along = np.flatnonzero(up[joined[:, 1]] == joined[:, 0])
    _, first = np.unique(joined[along, 1], return_index=True)
    chosen = np.zeros(len(joined), bool)
    chosen[along[first]] = True
    return chosen


def _low(up: Ints, other_ends: Ints) -> tuple[Ints, Ints]:
    """Low points, and where what hangs below ends."""
    count = np.arange(up.size)
    order = 1 + np.argsort(up[1:], kind="stable")
    beside = np.full(up.size, NONE)  # the next place that hangs from the same
    same = up[order[:-1]] == up[order[1:]]
    beside[order[:-1][same]] = order[1:][same]
    last = followed(np.where(beside == NONE, up, count))
    past = np.where(beside[last] == NONE, up.size, beside[last])
    least = count.copy()
    np.minimum.at(least, other_ends[:, 1], other_ends[:, 0])
    low, width, spans = least.copy(), 1, past - count
    while width <= spans.max():  # the least of each range, by two overlapping halves
        now = np.flatnonzero((spans >= width) & (spans < 2 * width))
        low[now] = np.minimum(least[now], least[past[now] - width])
        least, width = np.minimum(least[:-width], least[width:]) if least.size > width else least, 2 * width
    return low, past


def _labels(edges: int, below: Ints, past: Ints, other: Ints, other_ends: Ints) -> NDArray[np.uint64]:
    word = np.random.default_rng(LABELS).integers(1, 2**64, other.size, dtype=np.uint64)
    label = np.zeros(edges, np.uint64)
    label[other] = word
    at = np.zeros(past.size + 1, np.uint64)
    for side in (0, 1):
        np.bitwise_xor.at(at, other_ends[:, side] + 1, word)
    upto = np.bitwise_xor.accumulate(at)
    inside = np.flatnonzero(below >= 0)
    label[inside] = upto[past[below[inside]]] ^ upto[below[inside]]
    return label


def _accesses(net: Network, there: Bools, place: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Links by which customers hang on sites that light reaches."""
    e, n = len(net.ends), net.customer.size
    side = net.customer[net.ends]
    link = np.flatnonzero(there & (side[:, 0] != side[:, 1]))
    one = side[link, 0]
    who, where = np.where(one, net.ends[link, 0], net.ends[link, 1]), place[np.where(one, net.ends[link, 1], net.ends[link, 0])]
    order = np.argsort(where, kind="stable")
    order = order[where[order] >= 0]
    link, where, who = link[order], where[order], who[order]
    which = np.full(e, NONE)
    which[link] = np.arange(link.size)
    return link, where, who, np.bincount(who, minlength=n), which


def _preorder(up: Ints) -> Ints:
    """(V,) A number for each node so that what hangs below it follows it without a gap."""
    above, size = up.tolist(), [1] * up.size
    for v in range(up.size - 1, 0, -1):
        size[above[v]] += size[v]
    order = 1 + np.argsort(up[1:], kind="stable")  # one family after the other
    held = np.array(size, np.int64)[order]
    before = np.cumsum(held) - held
    first = np.r_[True, up[order[1:]] != up[order[:-1]]][: order.size]
    found = np.zeros(up.size, np.int64)
    found[order] = 1 + before - np.maximum.accumulate(np.where(first, before, 0))
    while up.any():  # each round adds twice as many steps up
        found += found[up]
        up = up[up]
    return found
