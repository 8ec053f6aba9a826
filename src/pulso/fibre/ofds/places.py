"""A node and a Site: the same place, in the standard's words and in ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pulso.fibre.ofds.keep import OFDS, difference, restored
from pulso.fibre.ofds.references import bad_positions
from pulso.fibre.ofds.standard import Version
from pulso.fibre.shapes import Kind, Organisation, Phase, Plan, Point, Site, Status

NODE_TYPES: dict[Kind, str] = {Kind.OFFICE: "exchange", Kind.POP: "pop", Kind.CABINET: "cabinet", Kind.CLOSURE: "aggregationPoint"}
"""What the standard calls a site of ours, in its open list of node types."""

SUPPORTS: dict[Kind, str] = {Kind.MANHOLE: "cableWell", Kind.POLE: "pole", Kind.BUILDING: "building"}
"""What holds a site of ours: in 0.4 its supporting infrastructure; in 0.3 a node type of our own, which an open list allows."""

KINDS: dict[str, Kind] = {word: kind for kind, word in (NODE_TYPES | SUPPORTS).items()}
LONGEST_ID, LONGEST_NAME = 200, 300


class Names(NamedTuple):
    """Names of organisations and phases by id: a reference carries the name too."""

    organisations: Mapping[str, str]
    phases: Mapping[str, str]

    @classmethod
    def of(cls, plan: Plan) -> Names:
        """As a plan has them."""
        return cls({o.id: o.name for o in plan.organisations}, {p.id: p.name for p in plan.phases})


def site(node: dict[str, Any], version: Version, names: Names) -> Site:
    """
    Read a node.

    Parameters
    ----------
    node
        As a JSON file has it. Its id must be `usable`; whatever else is wrong stays unread, and is kept.
    version
        Of the standard.
    names
        Of what it may refer to.

    Returns
    -------
    Site
        Not a source and not a customer: the standard doesn't say. A status that it doesn't name is taken as operational.
    """
    read = Site(
        id=node["id"],
        name=text(node.get("name"), LONGEST_NAME),
        owner=_owner(node, version),
        status=status(node),
        phase=referred(node.get("phase")),
        kind=_kind(node),
        at=_at(node.get("location")),
    )
    return read.model_copy(update={"more": kept(version, node, _made(read, version, names))})


def node(site: Site, version: Version, names: Names) -> dict[str, Any]:
    """Write a site in the version that it was read in, else in `version`. What the standard has no field for is left out."""
    return written(site.more, _made(site, said_in(site.more, version), names))


def _made(site: Site, version: Version, names: Names) -> dict[str, Any]:
    """A site as a node, without what is kept."""
    owner = reference(site.owner, names.organisations)
    later = version != "0.3"
    holder = SUPPORTS.get(site.kind)
    word = NODE_TYPES.get(site.kind) or (None if later else holder)
    support = {"type": holder, "owner": owner} if later else {}
    return filled(
        {
            "id": site.id,
            "name": site.name,
            "phase": reference(site.phase, names.phases),
            "status": site.status.value,
            "location": None if site.at is None else {"type": "Point", "coordinates": list(site.at)},
            "type": [word] if word else None,
            "supportingInfrastructure": filled(support),
            "transmissionMediumOwner" if later else "physicalInfrastructureProvider": owner,
        }
    )


def _kind(node: dict[str, Any]) -> Kind:
    words = node.get("type")
    held = node.get("supportingInfrastructure")
    every = [*(words if isinstance(words, list) else ()), held.get("type") if isinstance(held, dict) else None]
    return next((KINDS[w] for w in every if isinstance(w, str) and w in KINDS), Kind.OTHER)


def _at(location: Any) -> Point | None:
    if not isinstance(location, dict) or location.get("type") != "Point":
        return None
    coordinates: Any = location.get("coordinates")
    return None if bad_positions(coordinates, "Point") else (float(coordinates[0]), float(coordinates[1]))


def _owner(item: dict[str, Any], version: Version) -> str:
    if version == "0.3":
        return referred(item.get("physicalInfrastructureProvider"))
    return referred(item.get("transmissionMediumOwner")) or holder_of(item)


def holder_of(item: dict[str, Any]) -> str:
    """Id of the owner of what supports a node or span (0.4); "" if nobody is said."""
    held = item.get("supportingInfrastructure")
    return referred(held.get("owner")) if isinstance(held, dict) else ""


def organisation(item: dict[str, Any], version: Version) -> Organisation:
    """Read an organisation whose id is `usable`."""
    read = Organisation(id=item["id"], name=text(item.get("name"), LONGEST_NAME))
    return read.model_copy(update={"more": kept(version, item, filled({"id": read.id, "name": read.name}))})


def phase(item: dict[str, Any], version: Version) -> Phase:
    """Read a phase whose id is `usable`."""
    read = Phase(id=item["id"], name=text(item.get("name"), LONGEST_NAME))
    return read.model_copy(update={"more": kept(version, item, filled({"id": read.id, "name": read.name}))})


def named(thing: Organisation | Phase) -> dict[str, Any]:
    """Write an organisation or a phase."""
    return written(thing.more, filled({"id": thing.id, "name": thing.name}))


def kept(version: Version, said: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    """What goes into `more`: the version, and how what was said differs from what would be written."""
    return {OFDS: {"version": version, **difference(said, made)}}


def written(more: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    """What would be written, with what is kept."""
    patch = more.get(OFDS)
    return restored(made, patch) if isinstance(patch, dict) else made


def said_in(more: dict[str, Any], otherwise: Version) -> Version:
    """The version in which a thing was read; `otherwise` if it never was."""
    patch = more.get(OFDS)
    found = patch.get("version") if isinstance(patch, dict) else None
    return found if found in ("0.3", "0.4") else otherwise


def status(item: dict[str, Any]) -> Status:
    """Its status; operational where none, or none that is known, is said."""
    word = item.get("status")
    return Status(word) if isinstance(word, str) and word in set(Status) else Status.OPERATIONAL


def referred(reference: Any) -> str:
    """Id that a reference names; "" if it names none."""
    key = reference.get("id") if isinstance(reference, dict) else None
    return key if isinstance(key, str) and len(key) <= LONGEST_ID else ""


def reference(key: str, names: Mapping[str, str]) -> dict[str, Any] | None:
    """A reference to a thing, with its name; None to nothing."""
    return filled({"id": key, "name": names.get(key)}) if key else None


def text(value: Any, most: int) -> str:
    """A text as a record can hold it, "" for what is none."""
    return value[:most] if isinstance(value, str) else ""


def usable(item: Any) -> bool:
    """Whether a record has an id that ours can have."""
    key = item.get("id") if isinstance(item, dict) else None
    return isinstance(key, str) and 1 <= len(key) <= LONGEST_ID


def filled(fields: dict[str, Any]) -> dict[str, Any]:
    """Only the fields of which something is known."""
    return {key: value for key, value in fields.items() if value not in (None, "", {}, [])}
