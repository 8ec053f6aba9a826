"""A network as single things: what kinds there are, what each thing is kept under, and a plan taken apart and put together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from pydantic import Field

from pulso.fibre.shapes import (
    Cable,
    Disclosure,
    Duct,
    Organisation,
    Phase,
    Plan,
    Port,
    Site,
    Splice,
    Splitter,
    Strands,
    Works,
)
from pulso.shapes import Row
from pulso.show.language import marked as _
from pulso.web.innovation.letters import Unfit


class Head(Row):
    """What a network says of itself."""

    id: str
    name: str
    synthetic: bool = False
    more: dict[str, Any] = Field(default_factory=dict)


KINDS: dict[str, tuple[type[Row], str]] = {
    "plan": (Head, ""),
    "organisation": (Organisation, "organisations"),
    "phase": (Phase, "phases"),
    "site": (Site, "sites"),
    "duct": (Duct, "ducts"),
    "cable": (Cable, "cables"),
    "strands": (Strands, "strands"),
    "splice": (Splice, "splices"),
    "port": (Port, "ports"),
    "splitter": (Splitter, "splitters"),
    "works": (Works, "works"),
}
"""By kind, the record, and where a plan has such things."""
OF: dict[type[Row], str] = {record: kind for kind, (record, _where) in KINDS.items()}
LONGEST = 400
"""Characters of a key; a longer one is kept under its digest."""

Thing = tuple[str, str]
"""Kind and key."""

TWICE = _("Each thing is there once. More than once there are: {things}.")
NO_KEY = _("A name in a database holds no NUL character; found in the {kind} {key}.")


def key_of(row: Row) -> str:
    """What a thing is kept under: its id, or, where it has none, what it is of, as a list in JSON. Of the plan itself, nothing."""
    match row:
        case Head():
            return ""
        case Strands():
            said: list[Any] = [row.cable, row.first, row.last]
        case Splice():
            said = [row.site, row.one.cable, row.one.first, row.other.cable, row.other.first]
        case Port():
            said = [row.site, row.panel, row.number]
        case _:
            return str(row.id)  # type: ignore[attr-defined]  # all others have one
    text = json.dumps(said, ensure_ascii=False)
    return text if len(text) <= LONGEST else hashlib.sha256(text.encode()).hexdigest()


def level_of(row: Row) -> Disclosure:
    """Who may know of it: as it says, or engineers alone, but for what every network has."""
    said: Disclosure | None = getattr(row, "disclosure", None)
    if said is not None:
        return said
    return Disclosure.INTERNAL if isinstance(row, Head | Organisation | Phase) else Disclosure.RESTRICTED


def keepable(thing: Thing) -> None:
    """Unfit where a name can't be kept in a database."""
    if "\0" in thing[1]:
        raise Unfit(NO_KEY, kind=thing[0], key=repr(thing[1]))


def apart(plan: Plan) -> dict[Thing, Row]:
    """Take a plan apart. Unfit where two of its things are one, or a name can't be kept in a database."""
    found: dict[Thing, Row] = {("plan", ""): Head(id=plan.id, name=plan.name, synthetic=plan.synthetic, more=plan.more)}
    twice: dict[Thing, None] = {}
    for kind, (_record, where) in KINDS.items():
        for row in getattr(plan, where) if where else ():
            thing = kind, key_of(row)
            if thing in found:
                twice[thing] = None
            keepable(thing)
            found[thing] = row
    if twice:
        named = ", ".join(f"{kind} {key}" for kind, key in list(twice)[:5])
        raise Unfit(TWICE, things=named + (f" … ({len(twice)})" if len(twice) > 5 else ""))
    return found


def together(rows: Iterable[tuple[str, Row]], otherwise: str) -> Plan:
    """Put a plan together of its things, each with its kind, in their order; a plan that says nothing of itself has the id `otherwise`."""
    parts: dict[str, list[Row]] = {where: [] for _record, where in KINDS.values() if where}
    head = Head(id=otherwise, name="")
    for kind, row in rows:
        if isinstance(row, Head):
            head = row
        else:
            parts[KINDS[kind][1]].append(row)
    return Plan.model_validate(head.model_dump() | {where: tuple(found) for where, found in parts.items()})


def written(row: Row) -> str:
    """A record as it is kept."""
    return row.model_dump_json()


def record(kind: str, body: str) -> Row:
    """A record as it was kept."""
    return KINDS[kind][0].model_validate_json(body)
