"""Files of the Open Fibre Data Standard come back as they were, become the other version, and carry a network of our own."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pulso.fibre import ofds
from pulso.fibre.findings import errors
from pulso.fibre.ofds.keep import same
from pulso.fibre.ofds.networks import sheaths
from pulso.fibre.ofds.standard import CRS, SCHEMAS, VERSIONS, Version
from pulso.fibre.shapes import Cable, Criticality, Disclosure, Duct, Kind, Laid, Organisation, Phase, Plan, Site, Status, Strands, Use
from tests.fibre.ofds_agreement import HARMLESS, they_say

VALID = ("api-response", "multiple-networks", "network-package", "network-separate-endpoints", "network-separate-files")
PACKAGE = "network-package.json"


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "data" / "ofds"


@pytest.fixture
def porto() -> Plan:
    """Two offices and a school: a duct with two cables, a cable through two ducts, one that lies nobody knows where."""
    return Plan(
        id="porto",
        name="Porto",
        synthetic=True,
        organisations=(Organisation(id="cmp", name="Câmara"), Organisation(id="op", name="Operator")),
        phases=(Phase(id="p1", name="Ring"),),
        sites=(
            Site(id="A", name="Trindade", kind=Kind.OFFICE, at=(-8.609, 41.152), owner="cmp", source=True),
            Site(id="M", kind=Kind.MANHOLE, at=(-8.607, 41.150), sensors=("s1",)),
            Site(id="S", name="Escola", kind=Kind.BUILDING, at=(-8.600, 41.150), customer=True, service="school"),
        ),
        ducts=(
            Duct(
                id="AM",
                start="A",
                end="M",
                route=((-8.609, 41.152), (-8.607, 41.150)),
                owner="cmp",
                phase="p1",
                laid=Laid.BELOW,
                length=300.0,
            ),
            Duct(id="MS", start="M", end="S", route=((-8.607, 41.150), (-8.600, 41.150)), owner="cmp", status=Status.PLANNED, length=600.0),
        ),
        cables=(
            Cable(id="long", start="A", end="S", ducts=("AM", "MS"), tubes=4, fibres=12, length=990.0, owner="op", fibre="G.652.D"),
            Cable(id="short", start="A", end="M", ducts=("AM",), tubes=2, fibres=12, length=330.0, owner="op", fibre="G.652.D"),
            Cable(id="lost", start="A", end="S", tubes=1, fibres=8, owner="cmp"),
        ),
        strands=(Strands(cable="long", first=1, last=2, use=Use.USED),),
    )


def package(plans: Any, version: Version, **more: Any) -> Any:
    return json.loads(ofds.files(plans, "json", version, **more).files[PACKAGE])


@pytest.mark.parametrize("name", VALID)
def test_every_package_comes_back_as_it_was(folder: Path, name: str) -> None:
    path = folder / "json" / f"{name}.json"
    read = ofds.read(path)
    assert same(package(read.plans, read.version, more=read.more), json.loads(path.read_bytes()))


def test_a_package_with_words_that_no_record_can_hold_comes_back_as_it_was(folder: Path) -> None:
    path = folder / "json" / "network-package-additional-checks.json"
    read = ofds.read(path)
    again = package(read.plans, read.version, more=read.more)
    assert again["networks"][0].pop("crs") == CRS
    assert same(again, json.loads(path.read_bytes()))


def test_two_maps_come_back_as_they_were(folder: Path) -> None:
    paths = [folder / "geojson" / f"{name}.geojson" for name in ("nodes", "spans")]
    read = ofds.read(*paths)
    written = ofds.files(read.plans, "geojson", read.version).files
    assert {name: json.loads(body) for name, body in written.items()} == {p.name: json.loads(p.read_bytes()) for p in paths}


@pytest.mark.parametrize("name", ["api-response", "multiple-networks"])
def test_a_map_without_links_comes_back_with_the_link_that_is_needed_and_nothing_else_new(folder: Path, name: str) -> None:
    path = folder / "geojson" / f"{name}.geojson"
    read = ofds.read(path)
    written = ofds.files(read.plans, "geojson", read.version, more=read.more).files
    (again,) = (json.loads(body) for body in written.values())
    for feature in again["features"]:
        assert feature.pop("geometry") is None
        assert feature["properties"]["network"].pop("links") == [{"rel": "describedby", "href": SCHEMAS["0.4"]}]
    assert again == json.loads(path.read_bytes())


def test_tables_come_back_as_they_were(folder: Path) -> None:
    read = ofds.read(folder / "csv")
    written = ofds.files(read.plans, "csv", read.version).files
    assert {name: _cells(body) for name, body in written.items()} == {
        p.name: _cells(p.read_bytes()) for p in (folder / "csv").glob("*.csv")
    }


@pytest.mark.parametrize("form", ofds.FORMS)
def test_all_three_forms_of_the_example_say_the_same(folder: Path, form: ofds.Form) -> None:
    whole = ofds.read(folder / "json" / PACKAGE)
    written = ofds.files(whole.plans, form, "0.3")
    assert errors(written.findings) == []
    read = ofds.parse(written.files)
    assert (read.form, read.version) == (form, "0.3")
    assert _by_id(package(read.plans, "0.3")) == _by_id(package(whole.plans, "0.3"))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("form", ofds.FORMS)
def test_a_network_of_our_own_is_written_without_errors_and_read_again(porto: Plan, form: ofds.Form, version: Version) -> None:
    written = ofds.files([porto], form, version, publisher="Porto Digital", published=date(2026, 1, 2))
    assert errors(written.findings) == []
    read = ofds.parse(written.files)
    assert (read.form, read.version, len(read.plans)) == (form, version, 1)
    again = read.plans[0]
    assert again.synthetic
    assert {s.id: (s.kind, s.at, s.name, s.owner) for s in again.sites} == {s.id: (s.kind, s.at, s.name, s.owner) for s in porto.sites}
    assert {d.id: (d.start, d.end, d.route, d.status, d.phase, d.laid) for d in again.ducts if d.route} == {
        d.id: (d.start, d.end, d.route, d.status, d.phase, d.laid) for d in porto.ducts
    }
    assert {c.id: c.strands for c in again.cables} == {"AM": 72, "MS": 48, "lost": 8}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_validator_finds_nothing_in_a_network_of_our_own(porto: Plan, version: Version) -> None:
    said = they_say(package([porto], version, publisher="Porto Digital", published=date(2026, 1, 2)), version)
    assert {(where, code) for where, code in said if code not in HARMLESS} == set()


def test_a_span_has_all_strands_of_its_duct_and_a_length_in_km_that_gives_their_length(porto: Plan) -> None:
    spans = {s["id"]: s for s in package([porto], "0.4")["networks"][0]["spans"]}
    assert (spans["AM"]["fibreCount"], spans["MS"]["fibreCount"]) == (72, 48)
    assert spans["AM"]["fibreLength"] == pytest.approx(0.33)  # a third of the long cable's 990 m, and the short one's 330 m
    assert spans["MS"]["fibreLength"] == pytest.approx(0.66)
    assert sum(s["fibreCount"] * s["fibreLength"] for s in spans.values() if "route" in s) == pytest.approx(48 * 0.99 + 24 * 0.33)
    assert spans["AM"]["fibreType"] == "G.652"
    assert spans["AM"]["fibreTypeDetails"] == {"fibreSubtype": "G.652.D"}
    assert spans["AM"]["transmissionMediumOwner"] == {"id": "op", "name": "Operator"}
    assert spans["AM"]["supportingInfrastructure"]["owner"] == {"id": "cmp", "name": "Câmara"}
    assert "fibreLength" not in spans["lost"]
    assert "route" not in spans["lost"]


def test_a_length_that_nobody_knows_is_not_made_up(porto: Plan) -> None:
    unknown = porto.model_copy(update={"ducts": tuple(d.model_copy(update={"length": None, "route": ()}) for d in porto.ducts)})
    assert sheaths(unknown) == {"AM": None, "MS": None}


def test_what_the_standard_has_no_field_for_is_told_and_not_written(porto: Plan) -> None:
    written = ofds.files([porto], "json", "0.4")
    told = {f.found for f in written.findings if f.code == "not-carried"}
    cables = {
        "2 × cables' own ids, names and ends, where several share a duct or one lies in several",
        "1 × cables' own status, where a duct's that they lie in is another",
    }
    assert told == {"1 × strands' uses", "1 × sites' source", "1 × sites' customer", "1 × sites' service", "1 × sites' sensors", *cables}
    assert b"s1" not in written.files[PACKAGE]
    assert b"school" not in written.files[PACKAGE]


def test_diameters_criticality_and_lengths_that_a_span_can_not_say_are_told(porto: Plan) -> None:
    ducts = tuple(d.model_copy(update={"inner": 40.0}) for d in porto.ducts)
    cables = tuple(c.model_copy(update={"outer": 12.0, "length": None if c.id == "long" else c.length}) for c in porto.cables)
    ducts = (ducts[0].model_copy(update={"length": None}), ducts[1])
    sites = (*porto.sites[:2], porto.sites[2].model_copy(update={"criticality": Criticality.ESSENTIAL}))
    written = ofds.files([porto.model_copy(update={"sites": sites, "ducts": ducts, "cables": cables})], "json", "0.4")
    told = {f.found for f in written.findings}
    lengths = "1 × stated lengths of ducts that are empty, or hold a cable of which none is stated"
    assert {"2 × ducts' inner diameters", "3 × cables' outer diameters", "1 × sites' criticality", lengths} <= told


def test_a_synthetic_network_says_so_in_its_name(porto: Plan) -> None:
    assert package([porto], "0.3")["networks"][0]["name"] == "Porto (synthetic)"


def test_a_network_gets_the_same_uuid_each_time_and_keeps_its_own_name_for_itself(porto: Plan) -> None:
    one, other = package([porto], "0.4")["networks"][0], package([porto], "0.4")["networks"][0]
    assert one["id"] == other["id"] != "porto"
    assert one["identifier"] == "porto"


def test_the_example_becomes_the_later_version_and_the_earlier_again(folder: Path) -> None:
    path = folder / "json" / PACKAGE
    later = ofds.files(ofds.read(path).plans, "json", "0.4")
    assert [f for f in later.findings if f.code == "not-carried"] == []
    span = json.loads(later.files[PACKAGE])["networks"][0]["spans"][0]
    owner = {"id": "GH-RGD-CS111111111", "name": "FibreCo"}
    assert span["transmissionMediumOwner"] == owner
    assert span["supportingInfrastructure"] == {"owner": owner, "description": "Buried in ducts"}
    assert "deploymentDetails" not in span
    read = ofds.parse(later.files)
    assert read.version == "0.4"
    assert same(package(read.plans, "0.3"), json.loads(path.read_bytes()))


def test_what_the_earlier_version_has_no_field_for_is_told_once_a_field(folder: Path) -> None:
    later = package(ofds.read(folder / "json" / PACKAGE).plans, "0.4")
    network = later["networks"][0]
    network |= {"identifier": "ghana", "wayleaves": [{"id": "w"}]}
    network["spans"][0] |= {"codeployment": "road", "cableType": "buried", "wayleaves": ["w"]}
    network["spans"][0]["supportingInfrastructure"] |= {"type": "duct", "spareCapacity": True, "owner": {"id": "1"}}
    read = ofds.parse({"n.json": json.dumps(later).encode()})
    written = ofds.files(read.plans, "json", "0.3")
    told = {f.where.removeprefix("/networks/0/") for f in written.findings if f.code == "not-carried"}
    support = {f"spans/*/supportingInfrastructure/{field}" for field in ("type", "spareCapacity", "owner")}
    assert told == {"identifier", "wayleaves", "spans/*/codeployment", "spans/*/cableType", "spans/*/wayleaves", *support}
    assert {code for _, code in they_say(json.loads(written.files[PACKAGE]), "0.3")} == set()
    assert same(package(read.plans, "0.4"), later)


def test_a_reference_that_says_too_much_for_the_later_version_is_cut_and_told(folder: Path) -> None:
    whole = json.loads((folder / "json" / PACKAGE).read_bytes())
    whole["networks"][0]["nodes"][0]["phase"]["colour"] = "red"
    read = ofds.parse({"n.json": json.dumps(whole).encode()})
    written = ofds.files(read.plans, "json", "0.4")
    assert [f.where for f in written.findings if f.code == "not-carried"] == ["/networks/0/nodes/*/phase/colour"]
    assert errors(written.findings) == []
    assert same(package(read.plans, "0.3"), whole)


def test_what_an_engineer_changes_after_reading_wins_over_what_the_file_said(folder: Path) -> None:
    plan = ofds.read(folder / "json" / PACKAGE).plans[0]
    duct = plan.ducts[0].model_copy(update={"status": Status.DECOMMISSIONED})
    cable = plan.cables[0].model_copy(update={"length": 250_000.0, "tubes": 8, "fibres": 12})
    span = package([plan.model_copy(update={"ducts": (duct,), "cables": (cable,)})], "0.3")["networks"][0]["spans"][0]
    assert (span["status"], span["fibreLength"], span["fibreCount"]) == ("decommissioned", 250.0, 96)
    assert (span["darkFibre"], span["countries"]) == (True, ["GH"])


def test_nothing_is_public_just_because_it_was_read_from_a_published_file(folder: Path) -> None:
    plan = ofds.read(folder / "json" / PACKAGE).plans[0]
    assert {thing.disclosure for thing in (*plan.sites, *plan.ducts, *plan.cables)} == {Disclosure.INTERNAL}


def test_fibres_lie_in_tubes_of_twelve_where_that_divides_and_in_one_where_not(folder: Path) -> None:
    whole = json.loads((folder / "json" / PACKAGE).read_bytes())
    for count, tubes, fibres in ((24, 2, 12), (25, 1, 25), (8, 1, 8)):
        whole["networks"][0]["spans"][0]["fibreCount"] = count
        (cable,) = ofds.parse({"n.json": json.dumps(whole).encode()}).plans[0].cables
        assert (cable.tubes, cable.fibres) == (tubes, fibres)


@pytest.mark.parametrize("count", [None, 0, -1, 10**9, "24", 1.5])
def test_a_span_whose_fibres_nobody_can_count_has_no_cable(folder: Path, count: object) -> None:
    whole = json.loads((folder / "json" / PACKAGE).read_bytes())
    whole["networks"][0]["spans"][0]["fibreCount"] = count
    plan = ofds.parse({"n.json": json.dumps(whole).encode()}).plans[0]
    assert (len(plan.ducts), len(plan.cables)) == (1, 0)
    assert same(package([plan], "0.3"), whole)


def test_nodes_and_spans_in_files_of_their_own_join_their_network(folder: Path) -> None:
    whole = json.loads((folder / "json" / PACKAGE).read_bytes())
    network = whole["networks"][0]
    alone = json.loads((folder / "json" / "network-separate-files.json").read_bytes())
    lines = b"\n".join(json.dumps(n).encode() for n in network["nodes"])
    network["phases"][0].pop("funders")
    alone["networks"][0] |= {"phases": network["phases"], "organisations": network["organisations"]}
    read = ofds.parse(
        {"network.json": json.dumps(alone).encode(), "nodes.jsonl": lines, "spans.json": json.dumps({"spans": network["spans"]}).encode()}
    )
    (plan,) = read.plans
    assert (len(plan.sites), len(plan.ducts)) == (2, 1)
    assert errors(read.findings) == []
    assert "elsewhere" not in {f.code for f in read.findings}


def test_a_zip_of_tables_is_read_as_the_folder_is(folder: Path, tmp_path: Path) -> None:
    read = ofds.read(folder / "csv")
    ofds.write(tmp_path / "network.zip", ofds.files(read.plans, "csv", read.version))
    assert ofds.read(tmp_path / "network.zip").plans == read.plans


def test_files_are_written_where_they_are_wanted(folder: Path, tmp_path: Path) -> None:
    plans = ofds.read(folder / "csv").plans
    ofds.write(tmp_path / "one.json", ofds.files(plans, "json"))
    ofds.write(tmp_path / "maps", ofds.files(plans, "geojson"))
    assert ofds.read(tmp_path / "one.json").version == "0.4"
    assert {p.name for p in (tmp_path / "maps").iterdir()} == {"nodes.geojson", "spans.geojson"}


def test_the_same_network_makes_the_same_bytes(porto: Plan) -> None:
    one, other = (ofds.zipped(ofds.files([porto], "csv").files) for _ in range(2))
    assert one == other


def _cells(body: bytes) -> list[dict[str, str]]:
    """Rows by heading, without cells in which nothing stands."""
    return [{k: v for k, v in row.items() if v} for row in csv.DictReader(io.StringIO(body.decode()))]


def _by_id(package: Any) -> Any:
    """A package whose organisations stand in one order: on a map they stand where they are first named."""
    for network in package["networks"]:
        network["organisations"].sort(key=lambda o: str(o["id"]))
    return package


@pytest.mark.parametrize(
    ("names", "where"),
    [
        (("json/network-package.json",), "/networks/0/spans/0/fibreLength (id 1)"),
        (("csv",), "spans.csv line 2 /fibreLength (id 1)"),
        (("geojson/nodes.geojson", "geojson/spans.geojson"), "spans.geojson feature 0 /fibreLength (id 1)"),
    ],
    ids=["json", "tables", "maps"],
)
def test_the_length_of_the_example_is_in_metres_where_kilometres_are_wanted(folder: Path, names: tuple[str, ...], where: str) -> None:
    read = ofds.read(*(folder / name for name in names))
    (found,) = [f for f in read.findings if f.code == "length-unit"]
    assert (found.severity, found.where) == ("warning", where)
    assert found.found == "276000 km stated, where the route is 243.679 km long on the ellipsoid"
    assert read.plans[0].cables[0].length == 276_000.0


@pytest.mark.parametrize(("stated", "metres"), [(276, 276_000.0), (276_000, 276_000.0), (27, 27_000.0)])
def test_a_length_is_kilometres_unless_the_route_says_metres(folder: Path, stated: float, metres: float) -> None:
    whole = json.loads((folder / "json" / PACKAGE).read_bytes())
    whole["networks"][0]["spans"][0]["fibreLength"] = stated
    assert ofds.parse({"n.json": json.dumps(whole).encode()}).plans[0].cables[0].length == metres


def test_a_span_without_a_route_is_measured_as_the_others_of_its_file_are(folder: Path) -> None:
    whole = json.loads((folder / "json" / PACKAGE).read_bytes())
    span = whole["networks"][0]["spans"][0]
    whole["networks"][0]["spans"].append({k: v for k, v in span.items() if k not in ("route", "id")} | {"id": "2", "fibreLength": 500})
    read = ofds.parse({"n.json": json.dumps(whole).encode()})
    assert [c.length for c in read.plans[0].cables] == [276_000.0, 500.0]
    units = {f.where: f for f in read.findings if f.code == "length-unit"}
    assert units["/networks/0/spans/1/fibreLength (id 2)"].accepted == "kilometres; taken as metres"
    assert "its sites are 200799 m apart" in units["/networks/0/spans/1 (id 2)"].found  # so 500 were kilometres after all: both are said
    assert same(package(read.plans, "0.3"), whole)


def test_what_could_not_be_drawn_is_in_no_plan_so_that_no_public_file_gives_it_away(folder: Path) -> None:
    whole = json.loads((folder / "json" / PACKAGE).read_bytes())
    whole["networks"][0]["spans"].append({"id": "bunker", "start": "1"})
    read = ofds.parse({"n.json": json.dumps(whole).encode()})
    for form in ofds.FORMS:
        assert not any(b"bunker" in body for body in ofds.files(read.plans, form).files.values())
    assert same(package(read.plans, "0.3", more=read.more), whole)


def test_a_part_of_what_is_kept_may_be_taken_out_and_the_rest_is_still_written(folder: Path) -> None:
    plan = ofds.read(folder / "json" / PACKAGE).plans[0]
    broken = {"ofds": {"version": "0.3", "more": None, "said": {"fibreLength": [276_000]}, "within": {"route": 1}, "silent": []}}
    duct = plan.ducts[0].model_copy(update={"more": broken})
    span = package([plan.model_copy(update={"ducts": (duct,), "more": {"ofds": 1}})], "0.3")["networks"][0]["spans"][0]
    assert (span["id"], span["fibreLength"]) == ("1", 276.0)
