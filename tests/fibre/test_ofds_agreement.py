"""Of every example of the Open Fibre Data Standard, and of hundreds of spoilt ones, we say what its own validator says."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import pytest

from pulso.fibre import ofds
from pulso.fibre.findings import errors
from pulso.fibre.ofds.standard import VERSIONS, Version
from tests.fibre.ofds_agreement import HARMLESS, agree, example, they_convert, they_say, ways_to_spoil, we_say

EXAMPLES = (
    "api-response",
    "multiple-networks",
    "network-embedded",
    "network-package",
    "network-package-additional-checks",
    "network-package-invalid",
    "network-separate-endpoints",
    "network-separate-files",
    "nodes-endpoint",
    "spans-endpoint",
)
MAPS = (("api-response",), ("multiple-networks",), ("nodes",), ("spans",), ("nodes", "spans"))
TABLES = (
    "contracts",
    "contracts_documents",
    "contracts_relatedPhases",
    "links",
    "networks",
    "nodes",
    "nodes_internationalConnections",
    "nodes_networkProviders",
    "organisations",
    "phases",
    "phases_funders",
    "spans",
    "spans_networkProviders",
)
"""The example in tables; the template has the same, without rows."""
LOST = tuple(f"/networks/0/spans/0/{field}" for field in ("start", "end", "supplier"))
"""What a span says in full of its ends and its supplier, the converter leaves out of the network's lists."""


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "data" / "ofds"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_gets_the_errors_that_its_own_validator_finds_and_no_others(folder: Path, name: str, version: Version) -> None:
    package = json.loads((folder / "json" / f"{name}.json").read_bytes())
    assert we_say(package, version) == they_say(package, version)


def test_every_example_has_been_looked_at(folder: Path) -> None:
    looked = {f"json/{name}.json" for name in EXAMPLES}
    looked |= {f"geojson/{name}.geojson" for names in MAPS for name in names}
    looked |= {f"csv/{where}{name}.csv" for where in ("", "template/") for name in TABLES}
    assert {p.relative_to(folder).as_posix() for form in ofds.FORMS for p in (folder / form).rglob("*") if p.is_file()} == looked


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_file_that_is_read_has_errors_exactly_where_the_validator_of_its_version_has(folder: Path, name: str) -> None:
    path = folder / "json" / f"{name}.json"
    read = ofds.read(path)
    theirs = {code for _, code in they_say(json.loads(path.read_bytes()), read.version)} - HARMLESS
    assert bool(errors(read.findings)) == bool(theirs)
    if read.plans and name != "network-embedded" and "endpoint.json" not in path.name:  # those are no packages: each says so in its way
        assert theirs - {"not-as-formed"} <= {f.code for f in errors(read.findings)}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("names", MAPS, ids="+".join)
def test_every_map_gets_the_errors_that_the_validator_finds_in_what_its_converter_makes_of_it(
    folder: Path, names: tuple[str, ...], version: Version
) -> None:
    package = they_convert(folder, names)
    assert sum(len(network[of]) for network in package["networks"] for of in ("nodes", "spans") if of in network)
    assert we_say(package, version) == they_say(package, version)


@pytest.mark.parametrize("names", MAPS, ids="+".join)
def test_a_map_that_is_read_has_the_errors_of_the_converted_but_for_ends_and_suppliers_that_the_converter_loses(
    folder: Path, names: tuple[str, ...]
) -> None:
    read = ofds.read(*(folder / "geojson" / f"{name}.geojson" for name in names))
    theirs = Counter(code for where, code in they_say(they_convert(folder, names), read.version) if not where.startswith(LOST))
    assert Counter(f.code for f in read.findings if f.severity == "error" or f.code in HARMLESS) == theirs


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("names", MAPS, ids="+".join)
def test_a_map_becomes_a_package_in_which_the_validator_finds_no_error(folder: Path, names: tuple[str, ...], version: Version) -> None:
    read = ofds.read(*(folder / "geojson" / f"{name}.geojson" for name in names))
    package = json.loads(ofds.files(read.plans, "json", version, more=read.more).files["network-package.json"])
    alone = {node["id"] for network in package["networks"] if not network.get("spans") for node in network["nodes"]}
    said = they_say(package, version)
    assert {code for _, code in said} == ({"unused-node"} if alone else set())


@pytest.mark.parametrize("version", VERSIONS)
def test_tables_become_a_package_in_which_the_validator_finds_nothing(folder: Path, version: Version) -> None:
    read = ofds.read(folder / "csv")
    package = json.loads(ofds.files(read.plans, "json", version).files["network-package.json"])
    assert errors(read.findings) == []
    assert they_say(package, version) == set()


def test_tables_become_exactly_the_package_that_the_standard_gives_beside_them(folder: Path) -> None:
    read = ofds.read(folder / "csv")
    written = json.loads(ofds.files(read.plans, "json", read.version, more=read.more).files["network-package.json"])
    assert written == json.loads((folder / "json" / "network-package.json").read_bytes())


@pytest.mark.parametrize("version", VERSIONS)
def test_a_template_without_rows_is_told_as_empty_as_the_validator_tells_it(folder: Path, version: Version) -> None:
    read = ofds.read(folder / "csv" / "template")
    assert read.plans == ()
    assert they_say({"networks": []}, version) == we_say({"networks": []}, version) == {("/networks", "empty")}
    first, *rest = errors(read.findings)
    assert (first.code, first.found, first.where.split(", ")[0]) == ("empty", "tables without rows", "contracts.csv")
    assert [(f.where, f.code) for f in rest] == [("/networks", "empty")]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_package_spoilt_in_any_one_place_gets_the_errors_that_the_validator_finds(folder: Path, version: Version) -> None:
    whole = example(folder, version)
    for path, value in random.Random(7).sample(list(ways_to_spoil(whole)), 300):
        agree(whole, path, value, version)
