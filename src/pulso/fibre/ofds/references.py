"""Do the parts of a network refer to each other as they should? Ids, names, ends, geometry types: what a schema can't say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from pulso.fibre.findings import Finding, shown
from pulso.fibre.ofds.standard import NODES_ELSEWHERE, SPANS_ELSEWHERE

ORGANISATIONS = "organisations"
OWNED = ("physicalInfrastructureProvider", "transmissionMediumOwner", "networkProviders", "supportingInfrastructure/owner")

LISTED = frozenset({"networkProviders", "relatedPhases", "funders"})
"""Fields that refer to several."""


class Refers(NamedTuple):
    """Which field of which kind of thing names a thing of another list."""

    thing: str
    fields: tuple[str, ...]
    to: str


REFERENCES = (
    Refers("nodes", ("phase",), "phases"),
    Refers("nodes", OWNED, ORGANISATIONS),
    Refers("spans", ("phase",), "phases"),
    Refers("spans", (*OWNED, "supplier"), ORGANISATIONS),
    Refers("contracts", ("relatedPhases",), "phases"),
    Refers("phases", ("funders",), ORGANISATIONS),
    Refers("wayleaves", ("grantor",), ORGANISATIONS),
)


def references(network: Any, at: str) -> Iterator[Finding]:
    """
    Check a network within itself.

    Parameters
    ----------
    network
        As a JSON file has it; what isn't of the right type is passed over, for `validate` tells it.
    at
        JSON pointer of the network.

    Yields
    ------
    Finding
        Where nodes or spans are linked and not in the file, spans are not held against nodes: a note says so.
    """
    if not isinstance(network, dict):
        return
    rels = {link.get("rel") for link in records(network, "links").values() if isinstance(link.get("rel"), str)}
    elsewhere = [name for name, words in (("nodes", NODES_ELSEWHERE), ("spans", SPANS_ELSEWHERE)) if rels & words]
    for name in elsewhere:
        accepted = f"nothing is fetched: give the {name} as a file beside this one"
        yield Finding("elsewhere", "note", at, f"a link says that {name} are elsewhere", accepted)
    yield from _duplicates(network, at)
    yield from _geometries(network, at)
    for refers in REFERENCES:
        yield from _refer(network, refers, at)
    yield from _wayleaves(network, at)
    yield from _countries(network, at)
    if not elsewhere:
        yield from _ends(network, at)
    if "crs" not in network and any("location" in n for n in records(network, "nodes").values()):
        yield Finding(
            "no-crs", "warning", at, "coordinates without a crs", "the standard wants crs where there are coordinates; taken as WGS 84"
        )


def records(network: dict[str, Any], name: str) -> dict[int, dict[str, Any]]:
    """The records of a list of the network, by their number in it; what is none is left out."""
    items = network.get(name)
    return {i: item for i, item in enumerate(items) if isinstance(item, dict)} if isinstance(items, list) else {}


def _duplicates(network: dict[str, Any], at: str) -> Iterator[Finding]:
    for name in ("nodes", "spans", "phases", ORGANISATIONS, "contracts", "wayleaves"):
        items = records(network, name)
        counts = Counter(item["id"] for item in items.values() if isinstance(item.get("id"), str) and item["id"])
        for i, item in items.items():
            if isinstance(item.get("id"), str) and counts[item["id"]] > 1:
                found = f"{counts[item['id']]} {name} have this id"
                yield Finding("duplicate-id", "error", f"{at}/{name}/{i}/id", found, "an id of its own for each")


def _geometries(network: dict[str, Any], at: str) -> Iterator[Finding]:
    for name, field, kind in (("nodes", "location", "Point"), ("spans", "route", "LineString")):
        for i, item in records(network, name).items():
            shape = item.get(field)
            if not isinstance(shape, dict) or not shape:
                continue
            where = f"{at}/{name}/{i}/{field}"
            if shape.get("type") != kind:
                yield Finding("wrong-geometry", "error", f"{where}/type", shown(shape.get("type")), f"{kind} is accepted")
            elif (bad := bad_positions(shape.get("coordinates"), kind)) is not None:
                yield Finding("bad-coordinates", "error", f"{where}/coordinates", bad, "[longitude, latitude] in degrees, WGS 84")
            if shape.get("type") != kind and not _positions(shape.get("coordinates"), kind):
                found = shown(shape.get("coordinates"))
                yield Finding("bad-coordinates", "error", f"{where}/coordinates", found, f"coordinates of a {kind}")


def bad_positions(coordinates: Any, kind: str) -> str | None:
    """What is wrong with a Point's or LineString's coordinates, in words; None if nothing is. A height as third number is fine."""
    if not _positions(coordinates, kind):
        return shown(coordinates)
    for position in [coordinates] if kind == "Point" else coordinates:
        lon, lat = position[0], position[1]
        if -180 <= lon <= 180 and -90 <= lat <= 90:
            continue
        if -180 <= lat <= 180 and -90 <= lon <= 90:
            return f"{shown(position)}: latitude before longitude?"
        return f"{shown(position)}: {'metres of a projected system?' if abs(lon) > 1000 else 'out of range'}"
    return None


def _positions(coordinates: Any, kind: str) -> bool:
    if kind == "LineString":
        return isinstance(coordinates, list) and all(_positions(c, "Point") for c in coordinates)
    good = isinstance(coordinates, list) and len(coordinates) in (2, 3)
    return good and all(isinstance(c, int | float) and not isinstance(c, bool) for c in coordinates)


def _refer(network: dict[str, Any], refers: Refers, at: str) -> Iterator[Finding]:
    names = {item["id"]: item.get("name") for item in records(network, refers.to).values() if isinstance(item.get("id"), str)}
    for i, item in records(network, refers.thing).items():
        for field in refers.fields:
            for path, reference in _named(item, field):
                yield from _reference(reference, names, refers.to, f"{at}/{refers.thing}/{i}/{path}")


def _named(item: dict[str, Any], field: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The references of a field: itself, or each of its list, or one within a record."""
    outer, _, inner = field.partition("/")
    value = item.get(outer)
    if inner and isinstance(value, dict):
        value = value.get(inner)
    elif inner:
        return
    if isinstance(value, dict) and field not in LISTED:
        yield field, value
    elif isinstance(value, list) and field in LISTED:
        yield from ((f"{field}/{j}", v) for j, v in enumerate(value) if isinstance(v, dict))


def _reference(reference: dict[str, Any], names: dict[str, Any], to: str, where: str) -> Iterator[Finding]:
    key, name = reference.get("id"), reference.get("name")
    if not isinstance(key, str) or not key:
        return
    if key not in names:
        yield Finding("unknown-reference", "error", f"{where}/id", shown(key), f"an id of one of the {to}")
    elif name and not names[key]:
        yield Finding("name-differs", "error", f"{where}/name", f"{shown(name)}, where {key} has no name", f"the name as in {to}")
    elif name and name != names[key]:
        yield Finding(
            "name-differs", "error", f"{where}/name", f"{shown(name)}, where {key} is {shown(names[key])}", f"the name as in {to}"
        )


def _wayleaves(network: dict[str, Any], at: str) -> Iterator[Finding]:
    known = {item.get("id") for item in records(network, "wayleaves").values() if isinstance(item.get("id"), str)}
    for i, span in records(network, "spans").items():
        listed = span.get("wayleaves")
        for j, key in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(key, str) and key and key not in known:
                where = f"{at}/spans/{i}/wayleaves/{j}"
                yield Finding("unknown-reference", "warning", where, shown(key), "an id of one of the wayleaves")


def _countries(network: dict[str, Any], at: str) -> Iterator[Finding]:
    for i, node in records(network, "nodes").items():
        for j, place in records(node, "internationalConnections").items():
            if not place.get("country"):
                where = f"{at}/nodes/{i}/internationalConnections/{j}"
                yield Finding("no-country", "error", where, "no country", "an international connection leads to a country")


def _ends(network: dict[str, Any], at: str) -> Iterator[Finding]:
    nodes = records(network, "nodes")
    known = {n["id"] for n in nodes.values() if isinstance(n.get("id"), str)}
    used = set()
    for i, span in records(network, "spans").items():
        for field in ("start", "end"):
            end = span.get(field)
            if isinstance(end, str) and end:
                used.add(end)
                if end not in known:
                    yield Finding("unknown-reference", "error", f"{at}/spans/{i}/{field}", shown(end), "an id of one of the nodes")
    for i, node in nodes.items():
        if isinstance(node.get("id"), str) and node["id"] and node["id"] not in used:
            yield Finding("unused-node", "warning", f"{at}/nodes/{i}", "no span begins or ends here", "a node joins spans")
