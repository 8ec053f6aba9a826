"""Of every example of the Open Fibre Data Standard, and of hundreds of spoilt ones, we say what its own validator says."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from pulso.fibre import ofds
from pulso.fibre.findings import errors
from pulso.fibre.ofds.standard import VERSIONS, Version
from tests.fibre.ofds_agreement import HARMLESS, agree, example, they_say, ways_to_spoil, we_say

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


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "data" / "ofds"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_gets_the_errors_that_its_own_validator_finds_and_no_others(folder: Path, name: str, version: Version) -> None:
    package = json.loads((folder / "json" / f"{name}.json").read_bytes())
    assert we_say(package, version) == they_say(package, version)


def test_every_example_has_been_looked_at(folder: Path) -> None:
    assert {p.stem for p in (folder / "json").iterdir()} == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_file_that_is_read_has_errors_exactly_where_the_validator_of_its_version_has(folder: Path, name: str) -> None:
    path = folder / "json" / f"{name}.json"
    read = ofds.read(path)
    theirs = {code for _, code in they_say(json.loads(path.read_bytes()), read.version)} - HARMLESS
    assert bool(errors(read.findings)) == bool(theirs)
    if read.plans and name != "network-embedded" and "endpoint.json" not in path.name:  # those are no packages: each says so in its way
        assert theirs - {"not-as-formed"} <= {f.code for f in errors(read.findings)}


@pytest.mark.parametrize(
    "names",
    [("nodes.geojson", "spans.geojson"), ("spans.geojson",)],
    ids=["nodes and spans", "spans alone"],
)
def test_a_map_becomes_a_package_in_which_the_validator_finds_nothing(folder: Path, names: tuple[str, ...]) -> None:
    read = ofds.read(*(folder / "geojson" / n for n in names))
    package = json.loads(ofds.files(read.plans, "json", read.version).files["network-package.json"])
    assert errors(read.findings) == []
    assert they_say(package, read.version) == set()


@pytest.mark.parametrize("version", VERSIONS)
def test_tables_become_a_package_in_which_the_validator_finds_nothing(folder: Path, version: Version) -> None:
    read = ofds.read(folder / "csv")
    package = json.loads(ofds.files(read.plans, "json", version).files["network-package.json"])
    assert errors(read.findings) == []
    assert they_say(package, version) == set()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_package_spoilt_in_any_one_place_gets_the_errors_that_the_validator_finds(folder: Path, version: Version) -> None:
    whole = example(folder, version)
    for path, value in random.Random(7).sample(list(ways_to_spoil(whole)), 300):
        agree(whole, path, value, version)
