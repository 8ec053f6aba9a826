"""What libcoveofds (Open Data Services, AGPL, for tests only) says of a package, and what Pulso says, brought to the same words."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from libcoveofds.geojson import GeoJSONAssumeFeatureType, GeoJSONToJSONConverter
from libcoveofds.jsonschemavalidate import JSONSchemaValidator
from libcoveofds.python_validate import PythonValidate
from libcoveofds.schema import OFDSSchema

from pulso.fibre import ofds
from pulso.fibre.findings import Finding
from pulso.fibre.ofds.references import references
from pulso.fibre.ofds.standard import Version
from pulso.fibre.ofds.validate import validate

ADDITIONAL = {
    "span_start_node_not_found": "unknown-reference",
    "span_end_node_not_found": "unknown-reference",
    "node_location_type_incorrect": "wrong-geometry",
    "span_route_type_incorrect": "wrong-geometry",
    "node_location_coordinates_incorrect": "bad-coordinates",
    "span_route_coordinates_incorrect": "bad-coordinates",
    "node_international_connections_country_not_set": "no-country",
    "node_not_used_in_any_spans": "unused-node",
    "has_links_with_external_node_data": "elsewhere",
    "has_links_with_external_span_data": "elsewhere",
}
"""Their additional checks, and our codes. Those of references and duplicates are told by the ends of their names."""

OURS_ALONE = ("transmissionMediumOwner", "supportingInfrastructure", "wayleaves")
SPOILT = (
    None,
    "",
    "x",
    0,
    1.5,
    True,
    [],
    {},
    ["x", "x"],
    {"id": "nobody"},
    "2024-02-30",
    "http://a b",
    [[0, 0], "x"],
    {"type": "Point", "coordinates": [1]},
)

HARMLESS = {"elsewhere", "unused-node"}
"""What they report and we don't call an error: nothing in the standard forbids it."""

SCHEMA_WORDS = {
    "type": {"wrong-type"},
    "required": {"missing"},
    "enum": {"unknown-word"},
    "const": {"unknown-word"},
    "pattern": {"unknown-word"},
    "minItems": {"empty"},
    "minLength": {"empty"},
    "minProperties": {"empty"},
    "uniqueItems": {"twice"},
    "additionalProperties": {"unknown-field"},
    "format": {"not-a-date", "not-a-uuid", "not-an-address"},
}
"""Keywords of JSON Schema, and our codes."""


def their_schema(version: Version) -> OFDSSchema:
    """Their schema of a version; they ship two, and read the later one unless told otherwise."""
    schema = OFDSSchema()
    schema.schema_version = version
    schema.package_schema_url = str(Path(schema.package_schema_url).with_name(f"schema-{version.replace('.', '-')}-0.json"))
    loaded = _loaded(schema.package_schema_url)
    schema.get_package_schema = lambda: loaded  # type: ignore[method-assign]
    return schema


@cache
def _loaded(path: str) -> Any:
    return json.loads(Path(path).read_bytes())


def they_convert(folder: Path, names: tuple[str, ...]) -> Any:
    """Maps of the standard's examples, made a package by their converter."""
    converter = GeoJSONToJSONConverter()
    for name in names:
        kind = GeoJSONAssumeFeatureType.SPAN if name == "spans" else GeoJSONAssumeFeatureType.NODE
        converter.process_data(json.loads((folder / "geojson" / f"{name}.geojson").read_bytes()), kind)
    return converter.get_json()


def they_say(package: Any, version: Version) -> set[tuple[str, str]]:
    """Where and what, as our code: by their schema check and, where that doesn't stumble, by their additional checks."""
    schema = their_schema(version)
    said = set()
    for error in JSONSchemaValidator(schema).validate(package):
        found = error.json()
        (code, *others) = SCHEMA_WORDS[found["validator"]]
        where = "".join(f"/{part}" for part in found["path"])
        said.add((where, "not-as-formed" if others else code))
    return said | they_add(package, version)


def they_add(package: Any, version: Version) -> set[tuple[str, str]]:
    """Their additional checks alone."""
    found = PythonValidate(their_schema(version)).validate(package)
    return {(one["path"], _code(one["type"])) for one in found}


def _code(kind: str) -> str:
    if kind.startswith("duplicate_"):
        return "duplicate-id"
    if kind.endswith("_reference_id_not_found"):
        return "unknown-reference"
    if kind.endswith(("_name_does_not_match", "_name_set_but_not_in_original")):
        return "name-differs"
    return ADDITIONAL[kind]


def we_say(package: Any, version: Version) -> set[tuple[str, str]]:
    """The same of ours: errors, and what they report beside."""
    formed = SCHEMA_WORDS["format"]
    return {(f.where, "not-as-formed" if f.code in formed else f.code) for f in _ours(package, version) if _counts(f)}


def _counts(finding: Finding) -> bool:
    return finding.severity == "error" or finding.code in HARMLESS


def _ours(package: Any, version: Version) -> Iterator[Finding]:
    yield from validate(package, version)
    networks = package.get("networks") if isinstance(package, dict) else None
    for i, network in enumerate(networks if isinstance(networks, list) else ()):
        yield from references(network, f"/networks/{i}")


def agree(whole: Any, path: tuple[Any, ...], value: Any, version: Version) -> None:
    """Spoil a package, and hold what we say of it to what they say."""
    package = spoilt(whole, path, value)
    try:
        theirs = they_say(package, version)
    except (AttributeError, TypeError):  # they stumble over some things of a wrong type
        return
    assert _once(we_say(package, version)) == _once(theirs), f"{path} {value!r}"


def _once(said: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """
    What both mean, told once.

    What is of the wrong type is also no known word, no id of anything, no coordinate. And their additional checks don't yet look at the
    references that version 0.4 brought; ours do.
    """
    wrong = {where for where, code in said if code == "wrong-type"}
    holds_wrong = {where.rsplit("/", n)[0] for where in wrong for n in (1, 2)}
    kept = {(where, code) for where, code in said if code == "wrong-type" or where not in wrong}
    kept -= {(where, code) for where, code in kept if code == "bad-coordinates" and where in holds_wrong}
    kept -= {(where, code) for where, code in kept if code == "unused-node" and f"{where}/id" in wrong}
    return {
        (where, code) for where, code in kept if not (code in ("unknown-reference", "name-differs") and any(f in where for f in OURS_ALONE))
    }


def example(folder: Path, version: Version) -> Any:
    """The standard's example in a version; in 0.4 with what that brought."""
    read = ofds.read(folder / "json" / "network-package.json")
    package = json.loads(ofds.files(read.plans, "json", version).files["network-package.json"])
    if version == "0.4":
        network = package["networks"][0]
        network["identifier"] = "ghana"
        cost = {"recurring": True, "perMetre": {"amount": 1.5, "currency": "GHS"}}
        lease = {"id": "w1", "grantor": {"id": "1"}, "yearSigned": 2020, "term": {"indefinite": False, "years": 10}, "cost": cost}
        network["wayleaves"] = [lease]
        network["spans"][0] |= {"codeployment": "road", "cableType": "buried", "wayleaves": ["w1"]}
        network["spans"][0]["supportingInfrastructure"] |= {"type": "duct", "spareCapacity": True}
    return package


def ways_to_spoil(package: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Each place of a package with each thing that could stand there instead, or nothing."""
    for path in _paths(package, ()):
        for value in ("gone", *SPOILT):
            if not (value is True and "coordinates" in path):  # theirs takes true for a number there
                yield path, value


def spoilt(package: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The package with one thing gone, or something else in its place."""
    copied = copy.deepcopy(package)
    holder = copied
    for part in path[:-1]:
        holder = holder[part]
    if value == "gone":
        del holder[path[-1]]
    else:
        holder[path[-1]] = copy.deepcopy(value)
    return copied


def _paths(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*path, key)
        yield from _paths(inner, (*path, key))
