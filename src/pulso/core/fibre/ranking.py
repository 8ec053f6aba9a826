"""What hangs on what: every link, duct and site by the customers that its failure alone would darken, without trying each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from pulso.core.fibre.dark import cut_off, darkened
from pulso.core.fibre.ducts import carrying
from pulso.core.fibre.network import Bools, Floats, Ints
from pulso.core.fibre.tree import NONE, Tree, common, followed, lit


class Ranking(NamedTuple):
    """Weight of the customers that lose their light when one thing fails; (…, K) where K weights a customer were given."""

    links: Floats  # (E,)
    ducts: Floats  # (D,)
    sites: Floats  # (N,) a customer's own weight is its site's


def ranking(tree: Tree, weights: ArrayLike) -> Ranking:
    """
    Weigh the failure of every single link, duct and site.

    Parameters
    ----------
    tree
        The network as it is today.
    weights : (N,) or (N, K)
        What a customer's light is worth, e.g. its criticality; in K columns, several at once. Not looked at for other sites.

    Returns
    -------
    Ranking
        0 where nobody would go dark. Customers that are dark today count for nothing.

    Raises
    ------
    ValueError
        If there is not a row a site, or a customer's weight is unknown.

    Notes
    -----
    Links by the bridges, sites by the dominators of the depth-first tree (Tarjan 1972): a customer weighs where its accesses' ways up
    first meet, and all above carry it. Ducts of one link are that link; of the others, those that can't cut (`tree.grow`) need no
    search, and the rest are taken apart one by one. Exact throughout, as trying each.
    """
    worth = np.asarray(weights, dtype=np.float64)
    n = tree.net.customer.size
    if worth.ndim not in (1, 2) or len(worth) != n:
        raise ValueError(f"weights are a row a site; got {worth.shape} for {n} sites")
    each = worth[:, None] if worth.ndim == 1 else worth
    unknown = np.flatnonzero(~np.isfinite(each).all(axis=1) & tree.net.customer)
    if unknown.size:
        raise ValueError(f"the weight of customer {unknown[0]} is unknown ({unknown.size} in all)")
    columns = np.where((tree.net.customer & lit(tree))[:, None], each, 0.0)
    links = _links(tree, columns)
    found = (links, _ducts(tree, columns, links), _sites(tree, columns))
    return Ranking(*(part.reshape(len(part), *worth.shape[1:]) for part in found))


def bridges(tree: Tree) -> Bools:
    """(E,) Links whose failure cuts some site that has light off from it."""
    found = np.zeros(len(tree.net.ends), bool)
    hanging = tree.below[: found.size]
    found[hanging >= 0] = (tree.low == np.arange(tree.low.size))[hanging[hanging >= 0]]
    found[tree.access] = tree.accesses[tree.access_site] == 1
    return found


def dominators(tree: Tree) -> Ints:
    """(V,) For each place the next one above that all light to it passes; 0 for the root."""
    itself = np.arange(tree.up.size)
    return np.asarray(tree.up[followed(np.where(tree.low >= tree.up, itself, tree.up))])


def articulations(tree: Tree) -> Bools:
    """(N,) Sites whose failure cuts some other site that has light off from it."""
    found = np.zeros(tree.net.customer.size + 1, bool)
    above = np.r_[dominators(tree)[1:], common(dominators(tree), tree.access_site, tree.access_place, found.size - 1)]
    found[tree.site[above[above > 0]]] = True
    return found[:-1]


def _sums(tree: Tree, up: Ints, columns: Floats) -> Floats:
    """(V, K) Weight of the customers all of whose ways up pass each place."""
    met = common(up, tree.access_site, tree.access_place, len(columns))
    total = np.zeros((up.size, columns.shape[1]))
    np.add.at(total, met[met != NONE], columns[met != NONE])
    for v in range(up.size - 1, 0, -1):  # by adding alone, so that nothing is left of nothing
        total[up[v]] += total[v]
    return total


def _links(tree: Tree, columns: Floats) -> Floats:
    found = np.zeros((len(tree.net.ends), columns.shape[1]))
    hanging = tree.below[: len(found)]
    cuts = np.flatnonzero((hanging >= 0) & (tree.low[hanging] == hanging))
    found[cuts] = _sums(tree, tree.up, columns)[hanging[cuts]]
    only = tree.accesses[tree.access_site] == 1
    found[tree.access[only]] = columns[tree.access_site[only]]
    return found


def _sites(tree: Tree, columns: Floats) -> Floats:
    found = columns.copy()
    found[tree.site[1:]] = _sums(tree, dominators(tree), columns)[1:]
    return found


def _ducts(tree: Tree, columns: Floats, links: Floats) -> Floats:
    found = np.zeros((tree.net.links.start.size - 1, columns.shape[1]))
    for duct, alone, several in _to_look_at(tree):
        if several is None:
            found[duct] = links[alone]
        else:
            found[duct] = columns[darkened(tree, several, cut_off(tree, several))].sum(axis=0)
    return found


def _to_look_at(tree: Tree) -> list[tuple[int, int, Ints | None]]:
    """Ducts with links that carry light today: the duct, and its link if it is one, or all of them."""
    of = carrying(tree)
    stops = np.r_[0, np.cumsum(of.many)]
    ducts = np.flatnonzero(of.many)
    bounds = zip(ducts.tolist(), stops[ducts].tolist(), stops[ducts + 1].tolist(), strict=True)
    return [(d, int(of.link[i]), None if j - i == 1 else of.link[i:j]) for d, i, j in bounds]
