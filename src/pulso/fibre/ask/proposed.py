"""The two paths of a customer, which ducts they share, and where a second way could go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

import numpy as np

from pulso.core.fibre import paths as core
from pulso.core.fibre import route
from pulso.core.fibre.network import Floats
from pulso.core.fibre.paths import UNKNOWN, Apart
from pulso.core.fibre.tree import lit
from pulso.core.fibre.ways import shortest
from pulso.errors import PulsoError
from pulso.fibre.ask.drawn import Drawn
from pulso.fibre.ask.numbered import NONE, numbers, only
from pulso.fibre.metres import duct_metres, straight_metres
from pulso.fibre.shapes import WEIGHT, Duct, Status

APART: dict[str, Apart] = {"cable": "links", "duct": "ducts", "site": "sites"}


class Path(NamedTuple):
    """A way from a customer to a source."""

    cables: tuple[str, ...]  # in order
    sites: tuple[str, ...]  # one more: the customer first, the source last
    metres: float  # of the cables whose length is known
    unknown: int  # of how many it isn't


class Pair(NamedTuple):
    """Two paths of a customer that share no cable, no duct, or no cable and no site."""

    paths: int | None  # 0, 1 or 2; None: one, and whether there are two is unknown
    first: Path | None
    second: Path | None
    shortest: bool  # proved: no such pair is shorter in sum (of one path: it is the shortest); never where a cable's length is unknown


class Shared(NamedTuple):
    """A customer whose two shortest paths without a common cable lie in common ducts: they look redundant, and one digger cuts both."""

    site: str
    ducts: tuple[str, ...]  # that hold both
    first: Path
    second: Path
    avoidable: bool | None  # whether there are two paths without a common duct; None if that is unknown


class Span(NamedTuple):
    """A span that could be built, or a cable that could be drawn into a duct that exists."""

    id: str
    start: str  # sites
    end: str
    ducts: tuple[str, ...] = ()  # that exist, in which it would lie; a span without is dug anew
    metres: float | None = None  # None: at least straight from end to end
    cost: float | None = None  # of building it, in any one unit of money


class Prices(NamedTuple):
    """What building costs, a metre, in any one unit of money."""

    dig: float  # a duct anew, with a cable
    draw: float  # a cable into a duct that exists


class Wider(NamedTuple):
    """A network and spans that could be built, made ready for proposals."""

    drawn: Drawn
    spans: tuple[Span, ...]
    metres: Floats  # (K,) of each span, as given or reckoned straight
    costs: Floats  # (K,) of building it; NaN where it has no price
    by: Literal["length", "cost", "new"]  # what is to be least
    ways: route.Wider


class Proposal(NamedTuple):
    """A second way for a customer that shares no duct with the first."""

    cables: tuple[str, ...]  # that exist, in order
    spans: tuple[str, ...]  # to be built, in order
    sites: tuple[str, ...]  # from the customer to a source
    metres: float  # of cables and spans whose length is known, or reckoned straight
    unknown: int  # cables whose length isn't
    new: float  # m of it to be built
    straight: int  # spans whose length was reckoned straight from end to end: it is more
    cost: float | None  # of the new spans; None where one has no price
    first: tuple[str, ...]  # cables of the first way; none if the customer is dark
    reckoned: float  # m of the new that were reckoned straight
    dig: str  # site to which a span is dug anew from the customer; "" if none is


def pair(drawn: Drawn, site: str, apart: Literal["cable", "duct", "site"] = "duct") -> Pair:
    """
    Find two paths of a customer that share nothing of a kind, with the least sum of lengths.

    Parameters
    ----------
    drawn
        The network.
    site
        Id of a customer in use.
    apart
        What they may not share: cables, cables and ducts, or cables and sites (but the source). A cable whose ducts nobody knows is
        a risk of its own. Of a cable whose length nobody knows the straight line counts in the search, and nothing in the sum.

    Raises
    ------
    NothingKnown
        If the plan has no such site.
    PulsoError
        If it is no customer in use.
    """
    found = _pair(drawn, _customer(drawn, site), APART[apart])
    known = not np.isnan(drawn.metres[drawn.cable]).any()
    first, second = (None if way is None else _path(drawn, way.links, way.sites) for way in (found.first, found.second))
    return Pair(None if found.paths == UNKNOWN else found.paths, first, second, found.shortest and known)


def shared(drawn: Drawn) -> tuple[Shared, ...]:
    """
    Find the customers whose "redundant" paths share a duct.

    Returns
    -------
    For each customer with two paths without a common cable, the shortest two, if a duct holds both; the most critical customers
    first, then by name. Cables whose ducts nobody knows may share more.
    """
    found = []
    rows = drawn.register
    several = np.flatnonzero(rows.links == 2)
    for site, ducts in zip(rows.site[several].tolist(), rows.ducts[several].tolist(), strict=True):
        two = core.pair(drawn.ways, site, "links")
        if two.first is None or two.second is None:
            continue
        both = set(drawn.net.ducts.of_all(np.array(two.first.links)).tolist()).intersection(
            drawn.net.ducts.of_all(np.array(two.second.links)).tolist()
        )
        if both:
            names = tuple(drawn.ducts.rows[duct].id for duct in sorted(both))
            one, other = (_path(drawn, way.links, way.sites) for way in (two.first, two.second))
            found.append((site, Shared(drawn.sites.rows[site].id, names, one, other, None if ducts == UNKNOWN else ducts == 2)))
    order = {site: (-WEIGHT[row.criticality], row.name, row.id) for site, _ in found for row in [drawn.sites.rows[site]]}
    return tuple(row for _, row in sorted(found, key=lambda item: order[item[0]]))


def candidates(drawn: Drawn, prices: Prices | None = None) -> tuple[Span, ...]:
    """
    Spans that the plan itself holds ready: a new cable in each duct in use, and each duct that is proposed, planned or being built.

    Parameters
    ----------
    drawn
        The network.
    prices
        What digging and drawing in cost a metre; without, spans have no cost. That there is room in a duct is not looked at.

    Returns
    -------
    Those between two sites of the plan whose length is known, or can be reckoned straight.
    """
    found = []
    ready = {Status.PROPOSED, Status.PLANNED, Status.UNDER_CONSTRUCTION}
    for duct, metres in zip(drawn.ducts.rows, duct_metres(drawn.ducts.rows).tolist(), strict=True):
        there = duct.status is Status.OPERATIONAL
        known = _measured(drawn, duct, metres)
        if known and (there or duct.status in ready):
            length = None if np.isnan(metres) else metres
            price = None if prices is None else prices.draw if there else prices.dig
            cost = None if price is None or length is None else price * length
            found.append(Span(duct.id, duct.start, duct.end, (duct.id,), length, cost))
    return tuple(found)


def spurs(drawn: Drawn, site: str, prices: Prices | None = None, *, most: int = 8) -> tuple[Span, ...]:
    """
    Spans dug anew from a customer to the nearest sites that light reaches and may pass: where all its ducts leave by one, no less helps.

    Parameters
    ----------
    drawn
        The network.
    site
        Id of a customer in use.
    prices
        What digging costs a metre; without, spans have no cost.
    most
        To how many sites.

    Returns
    -------
    The nearest first, to be reckoned straight, so that length and cost are the least that they can be; none if nobody knows where the
    customer is.

    Raises
    ------
    NothingKnown
        If the plan has no such site.
    PulsoError
        If it is no customer in use.
    """
    number = _customer(drawn, site)
    passed = np.flatnonzero(lit(drawn.tree) & ~drawn.net.customer)
    there = [drawn.sites.rows[i] for i in passed.tolist()]
    metres = straight_metres([drawn.sites.rows[number].at] * len(there), [row.at for row in there])
    order = np.argsort(metres, kind="stable")[: min(most, int(np.isfinite(metres).sum()))]
    cost = None if prices is None else prices.dig
    return tuple(
        Span(f"{site} – {there[i].id}", site, there[i].id, cost=None if cost is None else cost * float(metres[i])) for i in order.tolist()
    )


def widen(drawn: Drawn, spans: Sequence[Span], *, by: Literal["length", "cost", "new"] = "length") -> Wider:
    """
    Make a network and spans that could be built ready for proposals, once for all customers.

    Parameters
    ----------
    drawn
        The network.
    spans
        What could be built, e.g. `candidates(drawn) + spurs(drawn, site)`. Light doesn't pass through customers there either.
    by
        What is to be least: all metres, the cost of what is built, or the metres of what is built; between equals, all metres, or of these
        the cost.

    Returns
    -------
    Wider

    Raises
    ------
    NothingKnown
        If a span names a site or duct that the plan doesn't have.
    PulsoError
        If a span begins where it ends or is nowhere on the map and has no length, or costs are to be least and one is missing.
    """
    ends = np.array([[only(drawn.sites, end, "site", drawn.plan) for end in (span.start, span.end)] for span in spans], np.int64)
    metres = _span_metres(drawn, spans)
    costs = np.array([np.nan if span.cost is None else span.cost for span in spans], np.float64)
    if by == "cost" and np.isnan(costs).any():
        raise PulsoError(
            f"The span {spans[int(np.flatnonzero(np.isnan(costs))[0])].id!r} has no cost; give every span one, or ask for the shortest way."
        )
    lies = [(i, int(duct)) for i, span in enumerate(spans) for duct in numbers(drawn.ducts, span.ducts, "duct", drawn.plan)]
    least = metres if by == "new" else np.nan_to_num(costs, nan=0.0)
    built = route.Spans(ends, metres, least, np.array(lies, np.int64).reshape(-1, 2))
    return Wider(drawn, tuple(spans), metres, costs, by, route.widen(drawn.ways, built, by="length" if by == "length" else "cost"))


def diverse(of: Wider, site: str, *, first: Iterable[str] | None = None, spurs: Sequence[Span] = ()) -> Proposal | None:
    """
    Propose a second way for a customer, over what exists and spans that could be built, that shares no duct with the first.

    Parameters
    ----------
    of
        The network, and what could be built.
    site
        Id of a customer in use.
    first
        Cables of the way that it has. Without, the shortest.
    spurs
        What could be dug from this customer beside, as `spurs` finds it.

    Returns
    -------
    Proposal or None
        None if nothing avoids the first way's ducts.

    Raises
    ------
    NothingKnown
        If a site or cable is named that the plan doesn't have.
    PulsoError
        If the site is no customer in use, a cable of the first way carries no light, or a spur has no length or lacks a cost that counts.
    """
    drawn, number = of.drawn, _customer(of.drawn, site)
    had = None if first is None else _first(drawn, first)
    beside = _span_metres(drawn, spurs)
    costs = np.array([np.nan if span.cost is None else span.cost for span in spurs], np.float64)
    if of.by == "cost" and np.isnan(costs).any():
        raise PulsoError(f"A dig from {site!r} has no cost; give every span one, or ask for the shortest way.")
    least = (beside if of.by == "new" else np.nan_to_num(costs, nan=0.0)).tolist()
    more = [route.Spur(drawn.sites.number[s.end], m, c) for s, m, c in zip(spurs, beside.tolist(), least, strict=True)]
    found = route.diverse_route(of.ways, number, first=had, spurs=more)
    return None if found is None else _proposal(of, found, spurs, np.r_[of.metres, beside], np.r_[of.costs, costs])


def second(of: Wider, site: str) -> Proposal | None:
    """
    Propose a second way over what is ready, and where none is, with a dig anew to whichever site asks least of it.

    Parameters
    ----------
    of
        The network, and what could be built: best made ready by the metres that are new.
    site
        Id of a customer in use.

    Returns
    -------
    Proposal or None
        None if nobody knows where the customer is, or no site has light that doesn't come through the first way's ducts.

    Raises
    ------
    As `diverse`.
    """
    return diverse(of, site) or diverse(of, site, spurs=spurs(of.drawn, site, most=len(of.drawn.sites.rows)))


def _proposal(of: Wider, found: route.Route, spurs: Sequence[Span], metres: Floats, costs: Floats) -> Proposal:
    """A way as it is told: spans and spurs have `metres` and `costs`, one after the other."""
    drawn, count = of.drawn, len(of.drawn.net.ends)
    old, new = found.links[found.links < count], found.links[found.links >= count] - count
    built = [of.spans[i] if i < len(of.spans) else spurs[i - len(of.spans)] for i in new.tolist()]
    straight = np.array([span.metres is None for span in built], bool)
    cables = _path(drawn, old.tolist(), found.sites.tolist())
    return Proposal(
        cables.cables,
        tuple(span.id for span in built),
        cables.sites,
        cables.metres + float(metres[new].sum()),
        cables.unknown,
        float(metres[new].sum()),
        int(straight.sum()),
        None if np.isnan(costs[new]).any() else float(costs[new].sum()),
        tuple(drawn.cables.rows[i].id for i in drawn.cable[found.first].tolist()),
        float(metres[new][straight].sum()),
        next((spurs[i - len(of.spans)].end for i in new.tolist() if i >= len(of.spans)), ""),
    )


def _measured(drawn: Drawn, duct: Duct, metres: float) -> bool:
    """Whether a duct lies between two sites of the plan, and how far it is can be said."""
    ends = [drawn.sites.number.get(end) for end in (duct.start, duct.end)]
    if duct.start == duct.end or None in ends:
        return False
    return not np.isnan(metres) or all(drawn.sites.rows[i].at is not None for i in ends if i is not None)


def _pair(drawn: Drawn, site: int, apart: Apart) -> core.Pair:
    """As `core.pair`; where the register proves that there are no two without a common duct, they are not searched for."""
    known = drawn.register
    if apart == "ducts" and known.ducts[np.searchsorted(known.site, site)] in (0, 1):
        only_one = shortest(drawn.ways, site)
        return core.Pair(int(only_one is not None), only_one, None, shortest=True)
    return core.pair(drawn.ways, site, apart)


def _customer(drawn: Drawn, site: str) -> int:
    number = only(drawn.sites, site, "site", drawn.plan)
    if not drawn.net.customer[number]:
        raise PulsoError(f"The site {site!r} is no customer in use; paths are asked of customers.")
    return number


def _path(drawn: Drawn, links: Sequence[int], sites: Sequence[int]) -> Path:
    cables = drawn.cable[np.array(links, np.int64)]
    metres = drawn.metres[cables]
    names = tuple(drawn.cables.rows[i].id for i in cables.tolist())
    return Path(names, tuple(drawn.sites.rows[i].id for i in sites), float(np.nansum(metres)), int(np.isnan(metres).sum()))


def _first(drawn: Drawn, cables: Iterable[str]) -> list[int]:
    asked = numbers(drawn.cables, cables, "cable", drawn.plan)
    idle = asked[drawn.link[asked] == NONE]
    if idle.size:
        raise PulsoError(f"The cable {drawn.cables.rows[idle[0]].id!r} carries no light, so that no way can lead through it.")
    return [int(link) for link in drawn.link[asked]]


def _span_metres(drawn: Drawn, spans: Sequence[Span]) -> Floats:
    """(K,) As given, else straight from end to end."""
    places = [[drawn.sites.rows[drawn.sites.number[end]].at for end in (span.start, span.end)] for span in spans]
    given = np.array([np.nan if span.metres is None else span.metres for span in spans], np.float64)
    found = np.where(np.isnan(given), straight_metres([a for a, _ in places], [b for _, b in places]), given)
    for span, metres in zip(spans, found.tolist(), strict=True):
        if span.start == span.end:
            raise PulsoError(f"The span {span.id!r} begins and ends at the site {span.start!r}.")
        if not 0 <= metres < np.inf:
            raise PulsoError(f"The span {span.id!r} has no length that can be reckoned with: give its metres, or its sites their places.")
    return found
