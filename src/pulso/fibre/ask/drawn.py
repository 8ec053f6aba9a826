"""A plan made ready for questions: what carries light becomes a network, what joins strands a plant, and what can't be used is told."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from pulso.core.fibre.ducts import hanging_on_a_duct
from pulso.core.fibre.network import Bools, Floats, Ints, Network, network
from pulso.core.fibre.paths import Counts, Register, counts, register
from pulso.core.fibre.ranking import Ranking, ranking
from pulso.core.fibre.tree import Tree, grow, lit
from pulso.core.fibre.ways import Ways, ways
from pulso.fibre.ask.claims import Claims, claims
from pulso.fibre.ask.joined import Joined, join
from pulso.fibre.ask.numbered import NONE, LeftOut, Things, Unused, number
from pulso.fibre.ask.supply import Supply, supply
from pulso.fibre.metres import straight_metres
from pulso.fibre.shapes import WEIGHT, Criticality, Plan, Status, Works


@dataclass(frozen=True, eq=False)
class Drawn(Things):
    """A plan made ready. The links of its network are the cables that carry light."""

    net: Network  # sites and ducts by their numbers
    cable: Ints  # (E,) cable of each link
    link: Ints  # (C,) link of each cable; -1 if it carries no light
    loose: Bools  # (E,) links whose ducts, or some of them, nobody knows: what cuts them too, no answer knows

    @cached_property
    def tree(self) -> Tree:
        """How light reaches every site today."""
        return grow(self.net)

    @cached_property
    def ranking(self) -> Ranking:
        """Weight, customers, those of life and of essential criticality that each link, duct and site darkens alone: (…, 4)."""
        return ranking(self.tree, self.weights)

    @cached_property
    def register(self) -> Register:
        """How many paths each customer has."""
        return register(self.tree, on_a_duct=self.on_a_duct)

    @cached_property
    def paths(self) -> Counts:
        """How many paths each customer has, but for those without a common duct."""
        return counts(self.tree)

    @cached_property
    def on_a_duct(self) -> Bools:
        """(N,) Customers that some single duct darkens."""
        return hanging_on_a_duct(self.tree)

    @cached_property
    def served(self) -> Bools:
        """(N,) Customers that have light today."""
        return self.net.customer & lit(self.tree)

    @cached_property
    def calendar(self) -> tuple[Works, ...]:
        """Works by first day, last day and id, each once."""
        return tuple(sorted(set(self.plan.works), key=lambda row: (row.first, row.last, row.id, row.model_dump_json())))

    @cached_property
    def weights(self) -> Ints:
        """(N, 4) Of each customer its weight, 1, and 1 if it is of life, of essential criticality; of other sites 0."""
        rows = {c: (WEIGHT[c], 1, int(c is Criticality.LIFE), int(c is Criticality.ESSENTIAL)) for c in Criticality}
        return np.array([rows[site.criticality] for site in self.sites.rows], np.int64).reshape(-1, 4) * self.net.customer[:, None]

    @cached_property
    def assumed(self) -> Floats:
        """(E,) Lengths to search by, m: where a cable's is unknown, straight from end to end; where that is too, the median cable's."""
        one, other = ([self.sites.rows[i].at for i in side] for side in self.net.ends.T.tolist())
        found = self.metres[self.cable]
        found = np.where(np.isnan(found), straight_metres(one, other), found)
        known = found[np.isfinite(found)]
        return np.where(np.isnan(found), np.median(known) if known.size else 1.0, found)

    @cached_property
    def ways(self) -> Ways:
        """The network made ready for searches by length."""
        return ways(self.net, self.assumed)

    @cached_property
    def claims(self) -> Claims:
        """What joins the strands, and what of it can't be used."""
        return claims(self)

    @cached_property
    def lit(self) -> Joined:
        """The strands as light passes them: it gets no further than into broken ones, and cables that aren't in use."""
        return join(self, self.claims)

    @cached_property
    def supply(self) -> Supply:
        """By which recorded strands light comes to each customer."""
        return supply(self)

    @cached_property
    def recorded(self) -> Joined:
        """The strands as they are joined, whatever state they are in."""
        return join(self, self.claims, whole=True)


def draw(plan: Plan) -> Drawn:
    """
    Make a plan ready for questions.

    Parameters
    ----------
    plan
        Its references need not hold.

    Returns
    -------
    Drawn
        The same whatever the order of the plan's rows. Only what is operational carries light: cables in use between two sites in use. A
        site that is neither customer nor source is transit. What can't be used is in `left_out`, and in `claims.left_out` what joins
        strands; a cable in a duct that the plan doesn't have is used, and `loose`.
    """
    things = number(plan)
    works = np.array([site.status is Status.OPERATIONAL for site in things.sites.rows], bool)
    left = [*things.left_out, *(LeftOut("site", things.sites.rows[i].id, Unused.NOT_IN_USE) for i in np.flatnonzero(~works).tolist())]
    cable = _carrying(things, works, left)
    link = np.full(len(things.cables.rows), NONE)
    link[cable] = np.arange(cable.size)
    held = [things.cables.rows[i].ducts for i in cable.tolist()]
    count = np.array([len(ducts) for ducts in held], np.int64)
    within = np.repeat(np.arange(cable.size), count)
    duct = np.array([things.ducts.number.get(name, NONE) for ducts in held for name in ducts], np.int64)
    net = network(
        np.array([site.customer for site in things.sites.rows], bool) & works,
        np.array([site.source for site in things.sites.rows], bool) & works,
        things.ends[cable],
        np.column_stack([within, duct])[duct != NONE],
        ducts=len(things.ducts.rows),
    )
    loose = (count == 0) | (np.bincount(within[duct == NONE], minlength=cable.size) > 0)
    of = {field.name: getattr(things, field.name) for field in fields(things)}
    return Drawn(**(of | {"left_out": tuple(sorted(set(left)))}), net=net, cable=cable, link=link, loose=loose)


def _carrying(things: Things, works: Bools, left: list[LeftOut]) -> Ints:
    """Numbers of cables that carry light; the others are told, each for the weightiest reason."""
    reasons = (Unused.TO_ITSELF, Unused.END_NOT_IN_USE, Unused.END_UNKNOWN, Unused.NOT_IN_USE)
    closed = ~np.r_[works, True][things.ends].all(axis=1)
    unknown = (things.ends == NONE).any(axis=1)
    fate = np.zeros(len(things.cables.rows), np.int64)
    for rank, wrong in enumerate((things.ends[:, 0] == things.ends[:, 1], closed, unknown, ~things.in_use), 1):
        fate[wrong] = rank
    left += [LeftOut("cable", things.cables.rows[i].id, reasons[fate[i] - 1]) for i in np.flatnonzero(fate).tolist()]
    return np.flatnonzero(fate == 0)
