"""Who goes dark, what should never be cut, and who has two paths: answers about a plan, in its own ids."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

import numpy as np

from pulso.core.fibre import dark as core
from pulso.core.fibre.network import Bools, Floats, Ints, failing
from pulso.core.fibre.paths import UNKNOWN, Thinned, counts, narrowed
from pulso.core.fibre.ranking import articulations, bridges, hanging_on_a_duct
from pulso.core.fibre.tree import grow, lit
from pulso.fibre.ask.drawn import Drawn
from pulso.fibre.ask.numbered import NONE, numbers
from pulso.fibre.capacity import count_of, summed
from pulso.fibre.shapes import WEIGHT, Cable, Site, Use

What = Literal["duct", "cable", "site"]


class Thin(NamedTuple):
    """Customers that keep their light, had two paths that share nothing of a kind, and are left with one; the most critical first."""

    cables: tuple[str, ...]  # no cable
    sites: tuple[str, ...]  # no cable and no site
    offices: tuple[str, ...]  # no cable and no site, to two sources
    ducts: tuple[str, ...] | None  # that no single duct could darken, and now one can; None if it wasn't asked for


class Cut(NamedTuple):
    """What happens when some things fail together."""

    ducts: tuple[str, ...]  # that fail, as asked
    cables: tuple[str, ...]
    sites: tuple[str, ...]
    failing: tuple[str, ...]  # cables that carry light today and don't then, by id
    strands: dict[Use, int]  # of these cables, by what they are used for
    dark: tuple[str, ...]  # customers that have light today and lose it, the most critical first, then by name
    passed: tuple[str, ...]  # other sites that lose it, by id
    thin: Thin
    sensors: tuple[str, ...]  # blind then: of customers and other sites that lose their light, and of closed sites
    weight: int  # of the customers that go dark (`shapes.WEIGHT`)
    customers: int  # how many have light today
    loose: int  # cables in use whose ducts, or some of them, nobody knows: where there are any, the answer may be too good
    of: int  # cables in use


class Critical(NamedTuple):
    """What fails if one thing alone does."""

    what: What
    id: str
    weight: int  # of the customers that go dark; of a customer's own site, its own
    customers: int
    life: int  # of these, of life criticality
    essential: int
    cuts: (
        bool | None
    )  # whether a cable is a bridge, a site an articulation: it cuts some other site off, a customer or not; None for a duct


class Paths(NamedTuple):
    """How many paths to a source a customer has that share nothing of a kind: 0 (dark), 1, or 2 (two or more)."""

    site: str
    cables: int  # no cable
    ducts: int | None  # no cable and no duct; None: one at least, whether two is unknown
    sites: int  # no cable and no site but the source
    offices: int  # no cable and no site, to two sources


def dark(drawn: Drawn, *, ducts: Iterable[str] = (), cables: Iterable[str] = (), sites: Iterable[str] = ()) -> tuple[str, ...]:
    """
    Say which customers go dark, and no more: the quick part of `cut`.

    Returns
    -------
    Ids of customers that have light today and lose it, the most critical first, then by name.

    Raises
    ------
    NothingKnown
        If the plan has no such duct, cable or site.
    """
    dug, named, closed = _asked(drawn, ducts, cables, sites)
    return _by_criticality(drawn, core.dark(drawn.tree, ducts=dug, links=_links(drawn, named), sites=closed))


def cut(drawn: Drawn, *, ducts: Iterable[str] = (), cables: Iterable[str] = (), sites: Iterable[str] = (), by_duct: bool = False) -> Cut:
    """
    Say what happens when ducts, cables and sites fail together.

    Parameters
    ----------
    drawn
        The network.
    ducts, cables, sites
        What fails, by id: with a duct all cables in it, with a site all that end there. What carries no light today darkens nobody.
    by_duct
        Whether to look for customers that some single duct more would darken (`Thin.ducts`): a second or two in a large city.

    Returns
    -------
    Cut

    Raises
    ------
    NothingKnown
        If the plan has no such duct, cable or site.
    """
    dug, named, closed = _asked(drawn, ducts, cables, sites)
    links = _links(drawn, named)
    gone = failing(drawn.net, links=links, ducts=dug, sites=closed)
    left, before = grow(drawn.net, gone) if gone.size else drawn.tree, lit(drawn.tree)
    shut = np.isin(np.arange(before.size), closed)
    lost = before & (shut | ~lit(left))
    ducted = hanging_on_a_duct(left) & ~hanging_on_a_duct(drawn.tree) & ~lost if by_duct else None
    thin = _thin(drawn, narrowed(drawn.paths, counts(left)), ducted)
    failed = [drawn.cables.rows[i] for i in drawn.cable[gone].tolist()]
    return Cut(
        tuple(drawn.ducts.rows[i].id for i in dug.tolist()),
        tuple(drawn.cables.rows[i].id for i in named.tolist()),
        tuple(drawn.sites.rows[i].id for i in closed.tolist()),
        tuple(sorted(cable.id for cable in failed)),
        strands_by_use(drawn, failed),
        _by_criticality(drawn, lost & drawn.net.customer),
        tuple(drawn.sites.rows[i].id for i in np.flatnonzero(lost & ~drawn.net.customer).tolist()),
        thin,
        tuple(sorted({sensor for i in np.flatnonzero(lost | shut).tolist() for sensor in drawn.sites.rows[i].sensors})),
        int(drawn.weights[lost, 0].sum()),
        int((before & drawn.net.customer).sum()),
        int(drawn.loose.sum()),
        drawn.loose.size,
    )


def critical(drawn: Drawn) -> tuple[Critical, ...]:
    """
    Rank every duct, cable and site by what its failure alone darkens.

    Returns
    -------
    The heaviest first, then by how many customers, kind and id. What darkens nobody is there too; of cables, those that carry light, and of
    sites those that are in use.
    """
    bridge, joint = bridges(drawn.tree), articulations(drawn.tree)
    found = [
        Critical("cable", drawn.cables.rows[i].id, *told, cut)
        for i, told, cut in zip(drawn.cable.tolist(), _whole(drawn.ranking.links), bridge.tolist(), strict=True)
    ]
    found += [Critical("duct", row.id, *told, None) for row, told in zip(drawn.ducts.rows, _whole(drawn.ranking.ducts), strict=True)]
    idle = {left.id for left in drawn.left_out if left.kind == "site"}
    found += [
        Critical("site", row.id, *told, cut)
        for row, told, cut in zip(drawn.sites.rows, _whole(drawn.ranking.sites), joint.tolist(), strict=True)
        if row.id not in idle
    ]
    return tuple(sorted(found, key=lambda row: (-row.weight, -row.customers, row.what, row.id)))


def register(drawn: Drawn) -> tuple[Paths, ...]:
    """
    Count the paths of every customer in use.

    Returns
    -------
    The most critical first, then by name. A cable whose ducts nobody knows is a risk of its own: the counts may then be too good
    (`Drawn.loose`).
    """
    found = drawn.register
    order = {site: place for place, site in enumerate(_order(drawn, found.site))}
    rows = sorted(zip(*(part.tolist() for part in found), strict=True), key=lambda row: order[row[0]])
    return tuple(
        Paths(drawn.sites.rows[site].id, links, None if ducts == UNKNOWN else ducts, sites, homes)
        for site, links, ducts, sites, homes in rows
    )


def strands_by_use(drawn: Drawn, cables: Iterable[Cable]) -> dict[Use, int]:
    """How many strands some cables have of each use, as `capacity` counts them."""
    found = summed(count_of(cable, drawn.uses.get(cable.id, ())) for cable in cables)
    return {use: getattr(found, use) for use in Use}


def _asked(drawn: Drawn, ducts: Iterable[str], cables: Iterable[str], sites: Iterable[str]) -> tuple[Ints, Ints, Ints]:
    return (
        numbers(drawn.ducts, ducts, "duct", drawn.plan),
        numbers(drawn.cables, cables, "cable", drawn.plan),
        numbers(drawn.sites, sites, "site", drawn.plan),
    )


def _links(drawn: Drawn, cables: Ints) -> Ints:
    links = drawn.link[cables]
    return np.asarray(links[links != NONE])


def _order(drawn: Drawn, sites: Ints) -> list[int]:
    """Sites, the most critical first, then by name and id."""

    def rank(number: int) -> tuple[int, str, str]:
        site: Site = drawn.sites.rows[number]
        return -WEIGHT[site.criticality], site.name, site.id

    return sorted(sites.tolist(), key=rank)


def _by_criticality(drawn: Drawn, which: Bools) -> tuple[str, ...]:
    return tuple(drawn.sites.rows[i].id for i in _order(drawn, np.flatnonzero(which)))


def _thin(drawn: Drawn, left: Thinned, ducted: Bools | None) -> Thin:
    cables, sites, offices = (_by_criticality(drawn, kind) for kind in left)
    return Thin(cables, sites, offices, None if ducted is None else _by_criticality(drawn, ducted))


def _whole(weights: Floats) -> list[tuple[int, int, int, int]]:
    return [(weight, customers, life, essential) for weight, customers, life, essential in np.rint(weights).astype(np.int64).tolist()]
