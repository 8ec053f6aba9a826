"""Whether two failures may darken together whom neither does alone, without trying them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from pulso.core.fibre.dark import WORD, accesses_lost, cut_off, edges_of, independent
from pulso.core.fibre.tree import Tree


class Fall(NamedTuple):
    """What one failure leaves for another to finish."""

    label: dict[int, int]  # by edge that fails and is no bridge, its label (`tree.Tree.label`)
    basis: dict[int, int] | None  # of these labels, by highest bit; None if they depend on each other, or are too many to tell
    hurt: frozenset[int]  # customers that lose some of the links by which they hang, and not all


def fall(tree: Tree, *, links: ArrayLike = (), ducts: ArrayLike = (), sites: ArrayLike = ()) -> Fall:
    """
    Look at a failure, to be held against others (`may_add_up`).

    Parameters
    ----------
    tree
        The network as it is today.
    links, ducts, sites : (K,)
        What fails together, as for `dark.dark`.

    Returns
    -------
    Fall

    Raises
    ------
    ValueError
        If a number names no link, duct or site.
    """
    gone, edges = edges_of(tree, links, ducts, sites)
    label = {edge: word for edge, word in zip(edges.tolist(), tree.label[edges].tolist(), strict=True) if word}
    basis = dict[int, int]()
    apart = len(label) <= WORD and independent(label.values(), basis)
    who, lost = np.unique(tree.access_site[accesses_lost(tree, gone, cut_off(tree, edges))], return_counts=True)
    return Fall(label, basis if apart else None, frozenset(who[lost < tree.accesses[who]].tolist()))


def may_add_up(one: Fall, other: Fall) -> bool:
    """
    Whether two failures may darken a customer whom neither darkens alone; if not, they certainly don't.

    Notes
    -----
    A least cut that takes of both has no bridges in it, and its labels add up to 0 (`tree.grow`): where none of the labels of both do,
    no site loses its light that doesn't by one of them alone. A customer then goes dark only if each takes some of its links.
    """
    if not one.hurt.isdisjoint(other.hurt):
        return True
    if not one.label or not other.label:
        return False
    if one.basis is None or other.basis is None:
        return True
    return not independent((word for edge, word in one.label.items() if edge not in other.label), dict(other.basis))
