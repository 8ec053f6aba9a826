"""Who goes dark, what should never be cut, and who has two paths: answers about a plan, in its own ids."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

import numpy as np

from pulso.core.fibre import dark as core
from pulso.core.fibre.ducts import hanging_on_a_duct
from pulso.core.fibre.network import Bools, Floats, Ints
from pulso.core.fibre.paths import UNKNOWN, counts, narrowed
from pulso.core.fibre.ranking import articulations, bridges
from pulso.core.fibre.tree import grow
from pulso.fibre.ask.drawn import Drawn
from pulso.fibre.ask.numbered import NONE, numbers
from pulso.fibre.ask.supply import waiting
from pulso.fibre.capacity import count_of, summed
from pulso.fibre.shapes import WEIGHT, Site, Use

What = Literal["duct", "cable", "site"]


class Thin(NamedTuple):
    """Customers that keep a way to light, had two that share nothing of a kind, and are left with one; the most critical first."""

    cables: tuple[str, ...]  # no cable
    sites: tuple[str, ...]  # no cable and no site
    offices: tuple[str, ...]  # no cable and no site, to two sources
    ducts: tuple[str, ...]  # that no single duct could darken, and now one can


class Dark(NamedTuple):
    """Who loses their light when some things fail together; the most critical first, then by name."""

    dark: tuple[str, ...]  # customers that have light today and no way to it then: somebody must mend
    waiting: tuple[str, ...]  # that keep a way through cables, and lose all strands that are recorded: dark until somebody switches over
    unrecorded: int  # that keep a way and of whom nobody recorded by which strands they have light: waiting or not, nobody can tell


class Cut(NamedTuple):
    """What happens when some things fail together."""

    ducts: tuple[str, ...]  # that fail, as asked
    cables: tuple[str, ...]
    sites: tuple[str, ...]
    failing: tuple[str, ...]  # cables that carry light today and don't then, by id
    strands: dict[Use, int]  # of these cables, by what they are used for
    unsaid: int  # of the spare ones, how many are so only because nobody says otherwise
    dark: tuple[str, ...]  # as `Dark`
    waiting: tuple[str, ...]
    unrecorded: int
    passed: tuple[str, ...]  # other sites that lose their light, by id
    thin: Thin
    sensors: tuple[str, ...]  # blind then: of customers that are dark or wait, of other sites that lose their light, of closed sites
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


class _Lost(NamedTuple):
    """What fails, and what loses its light with it."""

    ducts: Ints  # as asked
    cables: Ints
    sites: Ints
    gone: Ints  # links
    lost: Bools  # (N,) sites that have light today and no way to it then
    waits: Bools  # (N,) customers that keep a way, and none that is recorded


def dark(drawn: Drawn, *, ducts: Iterable[str] = (), cables: Iterable[str] = (), sites: Iterable[str] = ()) -> tuple[str, ...]:
    """
    Say which customers have no way to light left, and no more: the quick part of `cut`.

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


def blackout(drawn: Drawn, *, ducts: Iterable[str] = (), cables: Iterable[str] = (), sites: Iterable[str] = ()) -> Dark:
    """
    Say who loses their light, for good or until somebody switches it over: what `cut` says of that.

    Raises
    ------
    NothingKnown
        If the plan has no such duct, cable or site.
    """
    return _dark(drawn, _lost(drawn, ducts, cables, sites))


def cut(drawn: Drawn, *, ducts: Iterable[str] = (), cables: Iterable[str] = (), sites: Iterable[str] = ()) -> Cut:
    """
    Say what happens when ducts, cables and sites fail together.

    Parameters
    ----------
    drawn
        The network.
    ducts, cables, sites
        What fails, by id: with a duct all cables in it, with a site all that end there. What carries no light today darkens nobody.

    Returns
    -------
    Cut

    Raises
    ------
    NothingKnown
        If the plan has no such duct, cable or site.
    """
    found = _lost(drawn, ducts, cables, sites)
    told, lost = _dark(drawn, found), found.lost
    failed = [drawn.cables.rows[i] for i in drawn.cable[found.gone].tolist()]
    strands = summed(count_of(cable, drawn.uses.get(cable.id, ())) for cable in failed)
    blind = lost | found.waits
    blind[found.sites] = True
    return Cut(
        tuple(drawn.ducts.rows[i].id for i in found.ducts.tolist()),
        tuple(drawn.cables.rows[i].id for i in found.cables.tolist()),
        tuple(drawn.sites.rows[i].id for i in found.sites.tolist()),
        tuple(sorted(cable.id for cable in failed)),
        {use: getattr(strands, use) for use in Use},
        strands.unsaid,
        *told,
        tuple(drawn.sites.rows[i].id for i in np.flatnonzero(lost & ~drawn.net.customer).tolist()),
        _thin(drawn, found),
        tuple(sorted({sensor for i in np.flatnonzero(blind).tolist() for sensor in drawn.sites.rows[i].sensors})),
        int(drawn.weights[lost, 0].sum()),
        int(drawn.served.sum()),
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


def _lost(drawn: Drawn, ducts: Iterable[str], cables: Iterable[str], sites: Iterable[str]) -> _Lost:
    dug, named, closed = _asked(drawn, ducts, cables, sites)
    gone, lost = core.lost(drawn.tree, ducts=dug, links=_links(drawn, named), sites=closed)
    waits = waiting(drawn.supply, gone, lost) & drawn.served & ~lost if gone.size else np.zeros_like(lost)
    return _Lost(dug, named, closed, gone, lost, waits)


def _dark(drawn: Drawn, found: _Lost) -> Dark:
    unrecorded = drawn.served & ~found.lost & (drawn.supply.ways == 0)
    customers = found.lost & drawn.net.customer
    return Dark(_by_criticality(drawn, customers), _by_criticality(drawn, found.waits), int(unrecorded.sum()))


def _thin(drawn: Drawn, found: _Lost) -> Thin:
    if not found.gone.size:
        return Thin((), (), (), ())
    left = grow(drawn.net, found.gone)
    kinds: list[Bools] = [*narrowed(drawn.paths, counts(left)), hanging_on_a_duct(left) & ~drawn.on_a_duct & ~found.lost]
    return Thin(*(_by_criticality(drawn, kind) for kind in kinds))


def _whole(weights: Floats) -> list[tuple[int, int, int, int]]:
    return [(weight, customers, life, essential) for weight, customers, life, essential in np.rint(weights).astype(np.int64).tolist()]
