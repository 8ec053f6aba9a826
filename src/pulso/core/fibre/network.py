"""The network as arrays: sites, links between them, and the ducts in the ground that the links lie in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


class Groups(NamedTuple):
    """Members of each of G groups, one group after the other."""

    start: Ints  # (G + 1,) where each group begins in `member`
    member: Ints

    def of(self, group: int) -> Ints:
        """Members of one group, ascending."""
        return self.member[self.start[group] : self.start[group + 1]]

    def of_all(self, groups: Ints) -> Ints:
        """Members of several groups, in their order."""
        return self.member[spread(self.start[groups], self.start[groups + 1])]


class Network(NamedTuple):
    """A checked network. A link is a cable section between two sites; light comes from the sources and never passes through a customer."""

    customer: Bools  # (N,) sites that are served and never transit
    source: Bools  # (N,) sites that light comes from, e.g. central offices
    ends: Ints  # (E, 2) the two sites of each link
    ducts: Groups  # of each link: the ducts that it lies in
    links: Groups  # of each duct: the links that lie in it
    at: Groups  # of each site: the links that end there


def network(customer: ArrayLike, source: ArrayLike, ends: ArrayLike, lies: ArrayLike = (), *, ducts: int = 0) -> Network:
    """
    Check a network, once, before anything is asked of it.

    Parameters
    ----------
    customer, source : (N,)
        Whether each site is served, and whether light comes from it. A site is not both: give the customer in a central office a
        site of its own.
    ends : (E, 2)
        The sites that each link joins, by their number. Several links may join the same two.
    lies : (I, 2)
        Link and duct, a row for each duct that a link lies in; the same row twice counts once. A link whose ducts nobody knows has
        none: it fails alone.
    ducts
        How many ducts there are.

    Returns
    -------
    Network

    Raises
    ------
    ValueError
        If shapes differ, a number names no site, link or duct, a link joins a site to itself, or a source is a customer; the first
        one at fault is named.
    """
    served, lit = np.asarray(customer), np.asarray(source)
    if served.ndim != 1 or served.shape != lit.shape or served.dtype != np.bool_ or lit.dtype != np.bool_:
        raise ValueError(
            f"`customer` and `source` say true or false for each site; got {served.shape} {served.dtype}, {lit.shape} {lit.dtype}"
        )
    both = np.flatnonzero(served & lit)
    if both.size:
        raise ValueError(f"site {both[0]} is a source and a customer; give the customer a site of its own")
    joins = _pairs(ends, "ends")
    _named(joins[:, 0], served.size, "link", "site")
    _named(joins[:, 1], served.size, "link", "site")
    same = np.flatnonzero(joins[:, 0] == joins[:, 1])
    if same.size:
        raise ValueError(f"link {same[0]} joins site {joins[same[0], 0]} to itself")
    rows = _pairs(lies, "lies")
    _named(rows[:, 0], len(joins), "row", "link")
    _named(rows[:, 1], ducts, "row", "duct")
    rows = np.unique(rows, axis=0)
    link, each = np.arange(len(joins)), joins.ravel()
    return Network(
        served,
        lit,
        joins,
        grouped(rows[:, 0], rows[:, 1], len(joins)),
        grouped(rows[:, 1], rows[:, 0], ducts),
        grouped(each, np.repeat(link, 2), served.size),
    )


def failing(net: Network, *, links: ArrayLike = (), ducts: ArrayLike = (), sites: ArrayLike = ()) -> Ints:
    """
    Links that fail with these links, ducts and sites, ascending: those named, those in the ducts, those that end at the sites.

    Raises
    ------
    ValueError
        If a number names no link, duct or site.
    """
    named, dug, closed = (
        numbers(what, size, name)
        for what, size, name in (
            (links, len(net.ends), "link"),
            (ducts, net.links.start.size - 1, "duct"),
            (sites, net.customer.size, "site"),
        )
    )
    return np.unique(np.concatenate([named, net.links.of_all(dug), net.at.of_all(closed)]))


def numbers(what: ArrayLike, size: int, name: str) -> Ints:
    """Numbers of links, ducts or sites, (K,) or one; a ValueError if one names nothing."""
    found = np.atleast_1d(np.asarray(what))
    if found.ndim != 1 or (found.size and not np.issubdtype(found.dtype, np.integer)):
        raise ValueError(f"a {name} is named by its number; got {found.shape} {found.dtype}")
    _named(found, size, "question", name)
    return found.astype(np.int64)


def grouped(group: Ints, member: Ints, size: int) -> Groups:
    """Members (I,) by their group (I,), of `size` groups; in a group, in the order given."""
    order = np.argsort(group, kind="stable")
    return Groups(np.r_[0, np.cumsum(np.bincount(group, minlength=size))].astype(np.int64), member[order])


def spread(start: Ints, stop: Ints) -> Ints:
    """All whole numbers of each range [start, stop), one range after the other."""
    sizes = stop - start
    return np.asarray(np.arange(sizes.sum()) + np.repeat(start - np.r_[0, np.cumsum(sizes)[:-1]][: sizes.size], sizes))


def _pairs(of: ArrayLike, name: str) -> Ints:
    pairs = np.asarray(of)
    if pairs.size == 0:
        return np.zeros((0, 2), np.int64)
    if pairs.ndim != 2 or pairs.shape[1] != 2 or not np.issubdtype(pairs.dtype, np.integer):
        raise ValueError(f"`{name}` are pairs of whole numbers; got {pairs.shape} {pairs.dtype}")
    return pairs.astype(np.int64)


def _named(found: NDArray[np.integer], size: int, what: str, name: str) -> None:
    wrong = np.flatnonzero((found < 0) | (found >= size))
    if wrong.size:
        raise ValueError(f"{what} {wrong[0]} names {name} {found[wrong[0]]}; there are {size}")
