"""`pulso fibre`: what a person types about a file of a network, what they read, and the exit code."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyogrio
import pyproj
import pytest
import shapely

import pulso.cli.fibre as commands
from pulso.cli import main
from pulso.fibre.columns import TABLES, UNITS, Source
from pulso.fibre.files.geopackage import write_geopackage
from pulso.fibre.files.tables import read
from pulso.fibre.renaming import renamed
from pulso.fibre.shapes import Cable, Criticality, Disclosure, Duct, Kind, Laid, Plan, Site, Status, Strands, Use
from tests.cli.conftest import Said
from tests.conftest import REPO
from tests.docs.test_docs import COMMANDS
from tests.fibre.plans import PORTO, ring, spliced

Typed = Callable[..., Said]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The known ring, two of its cables in one trench."""
    path = tmp_path_factory.mktemp("ring") / "ring.gpkg"
    write_geopackage(ring(trench=("A-B", "B-C")), path)
    return path


@pytest.fixture
def fibre(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, written: Path) -> Typed:
    """Type a command in a folder that holds the known ring."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(written, "ring.gpkg")

    def typed(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["pulso", "fibre", *words])
        with pytest.raises(SystemExit) as ending:
            main()
        told = capsys.readouterr()
        return Said(int(ending.value.code or 0), told.out, told.err)

    return typed


def test_every_command_of_the_room_teaches_itself(fibre: Typed) -> None:
    group = COMMANDS.commands["fibre"]  # type: ignore[attr-defined]
    assert (
        set(group.commands)
        == {"check", "lengths", "convert", "merge", "cut", "nearest", "capacity", "coverage", "load"}
        == set(commands.EXAMPLES)
    )
    told = fibre("cut", "--help")
    assert (told.code, "Usage: pulso fibre cut" in told.out) == (0, True)
    for name, command in group.commands.items():
        assert f"pulso fibre {name}" in (command.epilog or "")
        assert all(p.help and "[" not in p.help for p in command.params if p.name != "help")


def test_a_file_of_the_standard_is_checked_and_its_units_doubted(fibre: Typed, shared: Path) -> None:
    file = str(shared / "data" / "ofds" / "json" / "network-package.json")
    told = fibre("check", file)
    assert told.code == 0
    assert "276000 km stated, where the route is 243.679 km long on the ellipsoid" in told.out
    assert told.out.count("begins 157 m from") == 1, "what is said by its place in the file is not said again by its id"
    assert "Found: 0 errors, 3 warnings and 1 note." in told.out
    rows = json.loads(fibre("check", file, "--json").out)
    assert {r["severity"] for r in rows} == {"warning", "note"}
    assert set(rows[0]) == {"code", "severity", "where", "found", "accepted"}


def test_an_error_in_a_network_is_an_exit_code(fibre: Typed) -> None:
    lost = ring().model_copy(update={"sites": ring().sites[1:]})
    write_geopackage(lost, Path("lost.gpkg"))
    told = fibre("check", "lost.gpkg", "--lang", "pt")
    assert told.code == 1
    assert "✗ " in told.out
    assert "Encontrado: " in told.out


def test_lengths_are_three_columns_for_people_and_numbers_for_machines(fibre: Typed, shared: Path) -> None:
    file = str(shared / "data" / "ofds" / "json" / "network-package.json")
    assert "in operation  243.7 km     1 / 1  276.0 km     1 / 1  6,624.0 km" in fibre("lengths", file).out
    assert "243,7 km" in fibre("lengths", file, "--lang", "pt").out
    (row,) = json.loads(fibre("lengths", file, "--by", "all", "--json").out)
    assert row["group"] == ""
    assert row["route"] == {"metres": pytest.approx(243_679.4, abs=0.1), "known": 1, "of": 1}


def test_lengths_by_owner_name_the_owner_and_say_where_none_is_said(fibre: Typed) -> None:
    told = fibre("lengths", "ring.gpkg", "--by", "owner").out
    assert "not said" in told
    assert "0 / 8" in told, "no route of the ring is known"
    assert "9 / 9" in told
    assert "0.0 km" not in told, "what nobody knows is no length"
    rows = json.loads(fibre("lengths", "ring.gpkg", "--by", "owner", "--json").out)
    assert {row["route"]["metres"] for row in rows} == {None}


def test_lengths_by_zone_are_cut_at_the_zones_of_a_city(fibre: Typed, shared: Path) -> None:
    file = str(shared / "data" / "ofds" / "json" / "network-package.json")
    rows = json.loads(fibre("lengths", file, "--by", "zone", "--city", "demo", "--json").out)
    assert {r["group"]: round(r["route"]["metres"]) for r in rows if r["route"]["metres"]} == {"": 243_679}, "Ghana is not in Porto"
    assert len(rows) > 2
    assert fibre("lengths", file, "--by", "zone").code == 2


def test_a_network_goes_through_every_form_and_back(fibre: Typed) -> None:
    for form, out in (("json", "n.json"), ("csv", "n.zip")):
        assert fibre("convert", "ring.gpkg", out).code == 0
        assert fibre("convert", out, f"{form}.gpkg").code == 0
        assert {s.id for s in read(Path(f"{form}.gpkg")).plan.sites} == {s.id for s in ring().sites}
    assert sorted(zipfile.ZipFile("n.zip").namelist())[0].endswith(".csv")
    assert fibre("convert", "ring.gpkg", "maps", "--form", "geojson", "--version", "0.3").code == 0
    assert sorted(p.name for p in Path("maps").iterdir()) == ["nodes.geojson", "spans.geojson"]


def test_what_a_form_has_no_room_for_is_told(fibre: Typed) -> None:
    write_geopackage(spliced(), Path("s.gpkg"))
    told = fibre("convert", "s.gpkg", "s.json")
    assert "4 × splices: the standard has no field for it" in told.out.replace("; ", ": ")
    assert "Written: s.json" in told.out


def test_the_public_s_copy_has_nothing_that_is_not_public(fibre: Typed) -> None:
    seen = [s.model_copy(update={"disclosure": Disclosure.PUBLIC}) if s.id != "S1" else s for s in ring().sites]
    write_geopackage(ring().model_copy(update={"sites": tuple(seen)}), Path("p.gpkg"))
    assert fibre("convert", "p.gpkg", "open.json", "--public").code == 0
    text = Path("open.json").read_text()
    assert '"S2"' in text
    assert "S1" not in text
    assert "sensor" not in text
    assert fibre("convert", "p.gpkg", "open.gpkg", "--public").code == 0
    columns = {name: set(pyogrio.read_info(name, layer="sites")["fields"]) for name in ("p.gpkg", "open.gpkg")}
    assert columns["p.gpkg"] - columns["open.gpkg"] == {"service", "criticality", "sensors"}, "not to be known is not to be normal"
    assert len(read(Path("open.gpkg")).plan.sites) == len(ring().sites) - 1


def test_other_people_s_tables_are_read_by_a_column_map(fibre: Typed) -> None:
    Path("caixas.csv").write_text("ID;X;Y;TIPO\nk1;-8.62;41.15;manhole\nk2;-8.61;91;manhole\n")
    Path("map.toml").write_text('[sites]\ntable = "caixas"\nid = "ID"\nkind = "TIPO"\nat = { lon = "X", lat = "Y" }\n')
    told = fibre("convert", "caixas.csv", "k.gpkg", "--columns", "map.toml")
    assert told.code == 1, "a place was lost"
    assert "caixas.csv, row 3 (id k2), at: a Point of 1 parts and 1 points" in told.out
    assert [(s.id, s.at) for s in read(Path("k.gpkg")).plan.sites] == [("k1", PORTO), ("k2", None)]
    Path("map.toml").write_text('[sites]\ntable = "kisten"\nid = "ID"\n')
    told = fibre("check", "caixas.csv", "--columns", "map.toml")
    assert (told.code, "sites.table: found 'kisten'; tables of caixas.csv are caixas" in told.err) == (2, True)


def test_two_records_become_one_and_what_they_disagree_about_is_told(fibre: Typed) -> None:
    write_geopackage(renamed(ring(), {"sites": {"CO": "X"}}), Path("other.gpkg"))
    told = fibre("merge", "ring.gpkg", "other.gpkg", "both.gpkg")
    assert told.code == 0
    assert "! cables, A-B, ducts: ('trench',) ≠ ('A-B',)" in told.out
    assert "? sites: CO = X (0.0 m)" in told.out
    assert "6 conflicts" in told.out, "where the sites are not taken as one, what ends there differs"
    assert len(read(Path("both.gpkg")).plan.sites) == 9
    rows = json.loads(fibre("merge", "ring.gpkg", "other.gpkg", "both.gpkg", "--take", "--force", "--prefer", "B", "--json").out)
    assert {(m["kind"], m["one"], m["other"]) for m in rows["taken"]} == {("sites", "CO", "X"), ("ducts", "trench", "B-C")}
    assert [(c["id"], c["field"], c["kept"]) for c in rows["conflicts"]] == [("A-B", "ducts", ["A-B"])]
    assert len(read(Path("both.gpkg")).plan.sites) == 8


def test_ids_that_count_from_one_are_kept_apart_by_a_prefix(fibre: Typed) -> None:
    assert fibre("merge", "ring.gpkg", "ring.gpkg", "two.gpkg", "--prefix", "B/").code == 0
    assert {s.id for s in read(Path("two.gpkg")).plan.sites} > {"CO", "B/CO"}


def test_a_cut_says_who_goes_dark(fibre: Typed) -> None:
    told = fibre("cut", "ring.gpkg", "--duct", "trench")
    assert told.code == 0
    assert "1 customer goes dark and has no other way, of 3 that have light.\n  S2  Site S2" in told.out
    assert "24 strands (spare 24)" in told.out
    rows = json.loads(fibre("cut", "ring.gpkg", "--cable", "B-D", "--cable", "A-B", "--json").out)
    assert rows["dark"] == ["S2"]
    assert "sem serviço" in fibre("cut", "ring.gpkg", "--site", "B", "--lang", "pt").out


def town() -> Plan:
    """Two cabinets 1.7 km apart, a school by one of them, a library far from both, a cable that ends nobody knows where."""
    east = (PORTO[0] + 0.02, PORTO[1])
    by, far = (PORTO[0] + 0.0005, PORTO[1]), (PORTO[0], PORTO[1] + 0.02)
    sites = [Site(id="A", name="Bolhão", at=PORTO, kind=Kind.CABINET), Site(id="B", at=east, kind=Kind.CABINET)]
    sites += [Site(id="L", name="Biblioteca", at=far, public_building=True), Site(id="S", name="Escola", at=by, public_building=True)]
    sites += [Site(id="N", public_building=True), Site(id="O")]
    cables = [Cable(id="AS", name="Cabo 1", start="A", end="S", fibres=12), Cable(id="AB", start="A", end="B", fibres=48)]
    cables += [Cable(id="NO", start="N", end="O", fibres=96)]
    taken = Strands(cable="AB", first=1, last=40, use=Use.USED)
    return Plan(id="town", name="", sites=tuple(sites), cables=tuple(cables), strands=(taken,))


def test_a_name_out_of_somebodys_file_commands_no_terminal(fibre: Typed) -> None:
    sites = [s.model_copy(update={"name": "Escola \x1b]0;mine\x07\x1b[2J\x9b2J"}) if s.id == "S" else s for s in town().sites]
    write_geopackage(town().model_copy(update={"sites": tuple(sites)}), Path("town.gpkg"))
    for told in (
        fibre("cut", "town.gpkg", "--cable", "AS").out,
        fibre("nearest", "town.gpkg", "--at", f"{PORTO[0]},{PORTO[1]}").out,
        fibre("coverage", "town.gpkg", "--metres", "100").out,
        fibre("coverage", "\x1b[2J.gpkg").err,
    ):
        assert told
        assert not set(told) & set("\x1b\x07\x9b"), told


@pytest.mark.parametrize(
    "words",
    [("lengths",), ("cut", "--duct", "trench"), ("nearest", "--at", "-8.6,41.1"), ("capacity",), ("coverage", "--metres", "9")],
    ids=str,
)
def test_answers_about_an_invented_network_say_that_it_is_one(fibre: Typed, words: tuple[str, ...]) -> None:
    write_geopackage(ring(trench=("A-B", "B-C")).model_copy(update={"synthetic": True}), Path("invented.gpkg"))
    for lang, said in (("en", "This network is invented."), ("pt", "Esta rede é inventada.")):
        assert said in fibre(words[0], "invented.gpkg", *words[1:], "--lang", lang).out
        assert said not in fibre(words[0], "ring.gpkg", *words[1:], "--lang", lang).out


def test_the_nearest_spare_strand_is_told_with_what_nobody_knows(fibre: Typed) -> None:
    write_geopackage(town(), Path("town.gpkg"))
    at = f"{PORTO[0] + 0.021},{PORTO[1]}"
    told = fibre("nearest", "town.gpkg", "--at", at)
    assert told.code == 0
    assert [" ".join(line.split()) for line in told.out.splitlines()[1:3]] == ["AB B 84 m 8 8", "AS Cabo 1 S Escola 1.72 km 12 12"]
    assert "2 cables have as many strands to spare.\n1 more ends nobody knows where." in told.out
    found = json.loads(fibre("nearest", "town.gpkg", "--at", at, "--least", "9", "--json").out)
    assert [(n["cable"], n["site"], n["spare"]) for n in found["found"]] == [("AS", "S", 12)]
    assert (found["placed"], found["unplaced"]) == (1, 1)
    assert "1,72 km" in fibre("nearest", "town.gpkg", "--at", at, "--lang", "pt").out
    nothing = fibre("nearest", "town.gpkg", "--at", at, "--least", "97").out
    assert nothing.startswith("0 cables have as many strands to spare."), "no table without rows"


def test_the_fullest_cables_and_ducts_come_first_and_what_nobody_says_beside(fibre: Typed) -> None:
    said = town()
    strands = (Strands(cable="AB", first=1, last=3, use=Use.USED), Strands(cable="AB", first=4, last=4, use=Use.BROKEN))
    ducts = (Duct(id="full", start="A", end="B", inner=20.0), *said.ducts)
    cables = tuple(c.model_copy(update={"ducts": ("full",), "outer": 10.0}) if c.id == "AB" else c for c in said.cables)
    write_geopackage(said.model_copy(update={"strands": strands, "ducts": ducts, "cables": cables}), Path("full.gpkg"))
    told = fibre("capacity", "full.gpkg")
    assert told.code == 0
    lines = [" ".join(line.split()) for line in told.out.splitlines()]
    assert lines[0] == "cable share taken used leased reserved broken spare nobody says strands"
    assert lines[1].startswith("AB at least 8% 3 0 0 1 44 44 48")
    assert " – " in lines[2], "nothing is said of any strand of it: that is not empty"
    (first, *rest) = json.loads(fibre("capacity", "full.gpkg", "--json").out)["found"]
    assert (first["id"], first["share"], first["unsaid"]) == ("AB", pytest.approx(4 / 48), 44)
    assert {row["share"] for row in rest} == {None}
    assert len(json.loads(fibre("capacity", "full.gpkg", "--most", "1", "--json").out)["found"]) == 1
    found = json.loads(fibre("capacity", "full.gpkg", "--of", "ducts", "--json").out)
    assert (found["found"][0]["id"], found["found"][0]["share"]) == ("full", pytest.approx(0.25))
    assert found["unknown"] == len(said.ducts)
    assert "25 %" in fibre("capacity", "full.gpkg", "--of", "ducts", "--lang", "pt").out.replace("\xa0", " ").replace("25%", "25 %")


def test_coverage_of_public_buildings_is_told_by_zone(fibre: Typed) -> None:
    write_geopackage(town(), Path("town.gpkg"))
    lon, lat = PORTO
    drawn = {"sul": shapely.box(lon - 1, lat - 1, lon + 1, lat + 0.01), "norte": shapely.box(lon - 1, lat + 0.01, lon + 1, lat + 1)}
    features = [{"type": "Feature", "properties": {"id": i, "name": i.title()}, "geometry": g.__geo_interface__} for i, g in drawn.items()]
    Path("zones.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    told = fibre("coverage", "town.gpkg", "--metres", "100", "--zones", "zones.geojson")
    assert told.code == 0
    assert [line.split()[-5:] for line in told.out.splitlines()[1:5]] == [
        ["Sul", "1", "1", "1", "1"], ["Norte", "1", "1", "0", "0"], ["where", "1", "0", "0", "1"], ["it", "3", "2", "1", "2"],
    ]  # fmt: skip
    (row,) = json.loads(fibre("coverage", "town.gpkg", "--metres", "2500", "--json").out)
    assert row == {"zone": None, "buildings": 3, "placed": 2, "near": 2, "connected": 2}
    assert "edifícios públicos" in fibre("coverage", "town.gpkg", "--metres", "30", "--lang", "pt").out
    Path("zones.geojson").write_text('{"type": "FeatureCollection", "features": [{"properties": {"nome": "Sul"}, "geometry": null}]}')
    told = fibre("coverage", "town.gpkg", "--metres", "30", "--zones", "zones.geojson")
    assert (told.code, "zones.geojson: 2 mistakes" in told.err, "feature 0 has the properties nome" in told.err) == (2, True, True)


@pytest.mark.parametrize(
    ("words", "code", "letter"),
    [
        (["check", "absent.gpkg"], 2, "absent.gpkg: there is no such file or folder"),
        (["cut", "ring.gpkg", "--duct", "nowhere"], 6, "nowhere"),
        (["cut", "ring.gpkg"], 2, "say what is cut"),
        (["convert", "ring.gpkg", "ring.gpkg"], 1, "ring.gpkg is there already"),
        (["convert", "ring.gpkg", "n.geojson"], 2, "GeoJSON is two files"),
        (["convert", "ring.gpkg", "n.shp"], 2, "found the ending .shp"),
        (["convert", "ring.gpkg", "n.json", "--form", "gpkg"], 2, "found the ending .json"),
        (["lengths", "ring.gpkg", "--network", "other"], 1, "found the networks ring; say which one, not 'other'"),
        (["lengths", "ring.gpkg", "--by", "colour"], 2, "colour"),
        (["nearest", "ring.gpkg", "--at", "41.15"], 2, "write it in degrees as LON,LAT"),
        (["nearest", "ring.gpkg", "--at", "41.15,-181"], 2, "longitude comes first"),
        (["nearest", "ring.gpkg", "--at", "nan,41"], 2, "longitude comes first"),
        (["coverage", "ring.gpkg", "--metres", "20001"], 2, "20000"),
        (["coverage", "ring.gpkg", "--metres", "nan"], 2, "20000"),
        (["coverage", "ring.gpkg", "--metres", "9", "--zones", "absent.geojson"], 2, "absent.geojson"),
    ],
)
def test_what_can_not_be_done_is_told_in_a_letter(fibre: Typed, words: list[str], code: int, letter: str) -> None:
    told = fibre(*words)
    assert (told.code, letter in " ".join((told.out + told.err).split())) == (code, True), told


def test_a_file_with_several_networks_asks_which(fibre: Typed, shared: Path) -> None:
    file = str(shared / "data" / "ofds" / "json" / "multiple-networks.json")
    assert "say which one" in fibre("lengths", file).err
    assert fibre("check", file).code in (0, 1)
    assert "GeoPackage holds one" in fibre("convert", file, "n.gpkg").err


def test_loading_becomes_a_process_of_the_web(fibre: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[object, ...]] = []
    monkeypatch.setattr(commands, "become", lambda *words: given.append(words))
    assert (
        fibre("load", "demo", "ring.gpkg", "--why", "survey of May", "--merge", "--by", "ana@vila.example", "--home", "elsewhere").code == 0
    )
    where = str(Path("ring.gpkg").absolute())
    assert given == [(Path("elsewhere"), "fibre_load", "demo", where, "--why", "survey of May", "--merge", "--by", "ana@vila.example")]


def test_a_large_file_s_findings_are_cut_for_people_and_whole_for_machines(fibre: Typed) -> None:
    many = tuple(Site(id="twice") for _ in range(300))
    write_geopackage(Plan(id="p", name="", sites=many), Path("many.gpkg"))
    told, rows = fibre("check", "many.gpkg"), json.loads(fibre("check", "many.gpkg", "--json").out)
    shown = [line for line in told.out.splitlines() if line[:1] in "✗!·"]
    assert len(shown) == min(200, len(rows))


GUIDE = (REPO / "docs" / "how-to" / "keep-the-fibre-network.md").read_text(encoding="utf-8")


def test_the_commands_of_the_engineer_s_guide_run_as_they_stand(fibre: Typed) -> None:
    """From a surveyor's two tables and the guide's own column map to everything that it shows."""
    Path("survey.toml").write_text(re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)[0], encoding="utf-8")
    to = pyproj.Transformer.from_crs(4326, 3763, always_xy=True).transform
    (x, y), (u, v) = to(*PORTO), to(PORTO[0] + 0.01, PORTO[1])
    Path("survey").mkdir()
    Path("survey/caixas.csv").write_text(f"ID;DESIGNACAO;X;Y;TIPO\n1;Central;{x};{y};CVP\n2;;{u};{v};?\n", encoding="utf-8")
    Path("survey/condutas.csv").write_text(f"ID;COMP_KM;ESTADO;GEOM\nd1;0.9;em serviço;LINESTRING ({x} {y}, {u} {v})\n", encoding="utf-8")
    shutil.copy("ring.gpkg", "metro.gpkg")
    lines = [line for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL) for line in block.splitlines()]
    assert len(lines) >= 9
    for line in lines:
        pulso, name, *words = shlex.split(line)
        told = fibre(*words)
        assert (pulso, name, told.code) == ("pulso", "fibre", 0), (line, told)
    (d1,) = read(Path("porto.gpkg")).plan.ducts
    assert (d1.start, d1.end, d1.length) == ("1", "2", 900.0)


def test_the_page_of_tables_names_every_column_word_and_unit() -> None:
    page = (REPO / "docs" / "reference" / "fibre-tables.md").read_text(encoding="utf-8")
    for kind, columns in TABLES.items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{kind}` |"))
        assert re.findall(r"`(\w+)`", row)[1:] == list(columns)
    for words in (Status, Disclosure, Kind, Criticality, Laid, Use):
        assert all(f"`{word}`" in page for word in words)
    assert all(f"`{key}`" in page for key in Source.model_fields if key != "fields")
    assert f"lengths in {', '.join(UNITS['length'])}; diameters in {', '.join(UNITS['inner'])}" in page
