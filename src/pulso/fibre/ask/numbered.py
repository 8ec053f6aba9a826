"""A plan's things by number: what was said of each cable as arrays, and what can't be used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from pulso.core.fibre.network import Bools, Floats, Ints
from pulso.errors import NothingKnown
from pulso.fibre.metres import cable_metres, duct_metres
from pulso.fibre.shapes import Cable, Duct, Plan, Site, Status, Strands, Thing

NONE = -1
T = TypeVar("T", bound=Thing)


class Unused(StrEnum):
    """Why something that the plan says can't be used."""

    NOT_IN_USE = "notInUse"  # it isn't operational: no light passes it
    END_UNKNOWN = "endUnknown"  # it ends at a site that the plan doesn't have
    END_NOT_IN_USE = "endNotInUse"  # it ends at a site that isn't operational
    TO_ITSELF = "toItself"  # both its ends are at the same site
    TWICE = "twice"  # the same id is said of two different things: one is taken; or two records claim the same end: neither is
    NO_SITE = "noSite"  # it is at a site that the plan doesn't have
    NO_CABLE = "noCable"  # it joins a cable that the plan doesn't have
    NOT_HERE = "notHere"  # it joins a cable that doesn't end at its site, or ends there with both its ends
    NO_STRAND = "noStrand"  # it joins strands that the cable doesn't have
    NO_PORT = "noPort"  # it is patched to a port that the plan doesn't have


class LeftOut(NamedTuple):
    """Something that the plan says and that no answer uses."""

    kind: str  # "site", "duct", "cable", "splice", "port", "patch", "splitter"
    id: str  # its id; of a splice its site and first strands, of a port its site, panel and number
    why: Unused


class Numbered(NamedTuple, Generic[T]):
    """Things in the order of their ids, and the number of each."""

    rows: tuple[T, ...]
    number: dict[str, int]


@dataclass(frozen=True, eq=False)
class Things:
    """
    A plan's sites, ducts and cables in the order of their ids: the same whatever the order of its rows.

    What takes long is computed when it is first asked for, and kept.
    """

    plan: Plan
    sites: Numbered[Site]
    ducts: Numbered[Duct]
    cables: Numbered[Cable]
    ends: Ints  # (C, 2) the two sites of each cable; -1 where the plan doesn't have it
    strands: Ints  # (C,) of each cable
    metres: Floats  # (C,) of its sheath, as stated or the sum of its ducts; NaN where unknown
    in_use: Bools  # (C,) whether it is operational
    left_out: tuple[LeftOut, ...]  # what of the sites, ducts and cables can't be used

    @cached_property
    def uses(self) -> dict[str, tuple[Strands, ...]]:
        """What is said of the strands of each cable, by its id."""
        found: dict[str, list[Strands]] = {}
        for row in self.plan.strands:
            found.setdefault(row.cable, []).append(row)
        return {cable: tuple(rows) for cable, rows in found.items()}


def number(plan: Plan) -> Things:
    """Number what a plan consists of. Of different things with the same id, the one whose text comes first is taken."""
    left: list[LeftOut] = []
    sites, ducts, cables = _by_id("site", plan.sites, left), _by_id("duct", plan.ducts, left), _by_id("cable", plan.cables, left)
    ends = [(sites.number.get(cable.start, NONE), sites.number.get(cable.end, NONE)) for cable in cables.rows]
    return Things(
        plan,
        sites,
        ducts,
        cables,
        np.array(ends, np.int64).reshape(-1, 2),
        np.array([cable.strands for cable in cables.rows], np.int64),
        cable_metres(cables.rows, ducts.number, duct_metres(ducts.rows)),
        np.array([cable.status is Status.OPERATIONAL for cable in cables.rows], bool),
        tuple(left),
    )


def numbers(of: Numbered[T], ids: Iterable[str], kind: str, plan: Plan) -> Ints:
    """
    Find the numbers of things by their ids, ascending and each once.

    Raises
    ------
    NothingKnown
        If the plan has no such thing; up to five of its ids that are missing are named.
    """
    asked = (ids,) if isinstance(ids, str) else tuple(ids)
    missing = sorted({name for name in asked if name not in of.number})
    if missing:
        named = ", ".join(repr(name[:200]) for name in missing[:5]) + (", …" if missing[5:] else "")
        has = f"it has {len(of.rows):,}, e.g. {of.rows[0].id!r}" if of.rows else "it has none"
        raise NothingKnown(f"The network {plan.name or plan.id!r} has no {kind} with the id {named}; {has}.")
    return np.unique(np.array([of.number[name] for name in asked], np.int64))


def only(of: Numbered[T], name: str, kind: str, plan: Plan) -> int:
    """The number of one thing by its id; as `numbers`."""
    return int(numbers(of, (name,), kind, plan)[0])


def _by_id(kind: str, rows: Iterable[T], left: list[LeftOut]) -> Numbered[T]:
    """Of different things with the same id, the one whose text comes first: whatever the order of rows, the same."""
    found: dict[str, T] = {}
    for row in rows:
        had = found.setdefault(row.id, row)
        if had is not row and had != row:
            found[row.id] = min(had, row, key=lambda thing: thing.model_dump_json())
            left.append(LeftOut(kind, row.id, Unused.TWICE))
    kept = tuple(found[name] for name in sorted(found))
    return Numbered(kept, {row.id: i for i, row in enumerate(kept)})
