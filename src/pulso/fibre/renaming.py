"""Other ids for the things of a network, wherever they are named."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pulso.fibre.columns import TABLES
from pulso.fibre.shapes import Duct, End, Plan

REFERENCES: dict[str, dict[str, str]] = {
    "sites": {"owner": "organisations", "phase": "phases"},
    "ducts": {"owner": "organisations", "phase": "phases", "start": "sites", "end": "sites"},
    "cables": {"owner": "organisations", "phase": "phases", "start": "sites", "end": "sites", "ducts": "ducts"},
    "strands": {"cable": "cables", "whom": "organisations"},
    "splices": {"site": "sites", "one": "cables", "other": "cables"},
    "ports": {"site": "sites", "behind": "cables"},
    "splitters": {"site": "sites", "input": "cables", "outputs": "cables"},
    "works": {"ducts": "ducts", "sites": "sites", "whom": "organisations"},
}
"""Which field of which table names things of which other."""

IDENTIFIED = ("organisations", "phases", "sites", "ducts", "cables", "splitters", "works")

Ids = Mapping[str, Mapping[str, str]]


def renamed(plan: Plan, ids: Ids, turned: Mapping[str, Collection[str]] | None = None) -> Plan:
    """
    Give things other ids, in their own row and wherever others name them.

    Parameters
    ----------
    plan
        The network.
    ids
        By table, the old id of each thing and its new one; others keep theirs.
    turned
        By table, the new ids of ducts and cables that are to run the other way: start and end change places, and the route with them.
    """
    made: dict[str, tuple[Any, ...]] = {}
    for kind in TABLES:
        refers = {f: ids[k] for f, k in REFERENCES.get(kind, {}).items() if ids.get(k)}
        own = ids.get(kind, {}) if kind in IDENTIFIED else {}
        ends = (turned or {}).get(kind, ())
        rows = getattr(plan, kind)
        made[kind] = tuple(_turned(_row(r, own, refers), ends) for r in rows) if refers or own or ends else rows
    return plan.model_copy(update=made)


def prefixed(plan: Plan, prefix: str) -> Plan:
    """Put the same letters before every id, so that ids of two records that count from 1 don't meet."""
    return renamed(plan, {kind: {r.id: f"{prefix}{r.id}" for r in getattr(plan, kind)} for kind in IDENTIFIED})


def _row(row: Any, own: Mapping[str, str], refers: Mapping[str, Mapping[str, str]]) -> Any:
    fresh: dict[str, Any] = {"id": own[row.id]} if own and row.id in own else {}
    for field, ids in refers.items():
        said = getattr(row, field)
        now = _of(said, ids)
        if now != said:
            fresh[field] = now
    return row.model_copy(update=fresh) if fresh else row


def _of(said: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(said, tuple):
        return tuple(_of(s, ids) for s in said)
    if isinstance(said, End):
        return said.model_copy(update={"cable": ids.get(said.cable, said.cable)})
    return ids.get(said, said)


def _turned(row: Any, turned: Collection[str]) -> Any:
    if not turned or row.id not in turned:
        return row
    way = {"route": row.route[::-1]} if isinstance(row, Duct) else {"ducts": row.ducts[::-1]}
    return row.model_copy(update={"start": row.end, "end": row.start, **way})
