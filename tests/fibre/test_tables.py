"""Networks out of tables, ours and other people's, and back into a GeoPackage."""

from __future__ import annotations

import json
import sqlite3
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio.raw
import pyproj
import pytest
import shapely
from hypothesis import HealthCheck, given, settings

from pulso.fibre.columns import MODELS, OURS, PAIRS, TABLES, ColumnMapError, columns, flat, nested, read_columns
from pulso.fibre.files.geopackage import write_geopackage
from pulso.fibre.files.tables import read
from pulso.fibre.findings import FibreFileError, Finding
from pulso.fibre.lengths import lengths
from pulso.fibre.shapes import Cable, Duct, Kind, Plan, Port, Site, Status
from tests.fibre.plans import PORTO, plans, ring, spliced

TM06 = pyproj.Transformer.from_crs(4326, 3763, always_xy=True)


def mapped(text: str) -> Any:
    import tomllib

    return columns(tomllib.loads(textwrap.dedent(text)), "map.toml")


def csv(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / f"{name}.csv"
    path.write_text(textwrap.dedent(text).lstrip(), encoding=encoding)
    return path


def geojson(folder: Path, name: str, *features: tuple[dict[str, Any], Any], **more: Any) -> Path:
    path = folder / f"{name}.geojson"
    some = [{"type": "Feature", "properties": p, "geometry": g} for p, g in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": some, **more}))
    return path


def of(findings: list[Finding], severity: str = "error") -> list[Finding]:
    return [f for f in findings if f.severity == severity]


# What Pulso wrote


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plans)
def test_a_network_in_a_geopackage_comes_back_equal(tmp_path: Path, plan: Plan) -> None:
    path = tmp_path / "network.gpkg"
    write_geopackage(plan, path)
    assert read(path) == (plan, [])


@pytest.mark.parametrize("plan", [ring(), spliced(), Plan(id="e", name="")], ids=["ring", "spliced", "empty"])
def test_known_networks_come_back_equal(tmp_path: Path, plan: Plan) -> None:
    write_geopackage(plan, tmp_path / "n.gpkg")
    assert read(tmp_path / "n.gpkg") == (plan, [])


def test_what_is_empty_is_not_the_same_as_what_is_unknown_and_both_come_back(tmp_path: Path) -> None:
    plan = Plan(
        id="p",
        name="«Norte»",
        sites=(Site(id="a", at=PORTO), Site(id=" b ", name="Praça\nnova", more={"x": [1, {"é": None}]})),
        ducts=(Duct(id="d", start="a", end=" b ", length=0.0), Duct(id="e", start="a", end="a", route=(PORTO, PORTO, (179.9, -89.5)))),
        ports=(Port(site="a", panel="", number=1, patched=("", 2)),),
        more={"said": "beside"},
    )
    write_geopackage(plan, tmp_path / "n.gpkg")
    assert read(tmp_path / "n.gpkg").plan == plan


def test_any_gis_sees_sites_and_ducts_in_degrees(tmp_path: Path) -> None:
    loop = Duct(id="d", start="a", end="a", route=(PORTO, (-8.6, 41.2)))
    write_geopackage(Plan(id="p", name="", sites=(Site(id="a", at=PORTO),), ducts=(loop,)), tmp_path / "n.gpkg")
    assert dict(pyogrio.list_layers(tmp_path / "n.gpkg").tolist()) == {"sites": "Point", "ducts": "LineString", "network": None}
    assert pyogrio.read_info(tmp_path / "n.gpkg", layer="ducts")["crs"] == "EPSG:4326"


def test_every_field_of_every_shape_has_a_column() -> None:
    for kind, model in MODELS.items():
        assert {PAIRS[c][0] if c in PAIRS else c for c in TABLES[kind]} == set(model.model_fields), kind
    assert set(MODELS) == set(Plan.model_fields) - {"id", "name", "synthetic", "more"}


@given(plans)
@settings(max_examples=10, deadline=None)
def test_a_flat_row_is_the_thing_again(plan: Plan) -> None:
    for kind, model in MODELS.items():
        for row in getattr(plan, kind):
            assert model.model_validate(nested(flat(kind, row))) == row


def test_a_failure_to_write_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "n.gpkg"
    write_geopackage(ring(), path)
    bad = Plan(id="p", name="", sites=(Site(id="a", name="nul\x00"),))
    with pytest.raises(FibreFileError, match="the character 0"):
        write_geopackage(bad, path)
    assert read(path).plan == ring()
    assert [p.name for p in tmp_path.iterdir()] == ["n.gpkg"]


@pytest.mark.parametrize(
    ("thing", "letter"),
    [
        ({"sites": (Site(id="a", more={"x": "\ud800"}),)}, "UTF-8"),
        ({"ducts": (Duct(id="d", start="a", end="b", route=(PORTO,)),)}, "id d: found a route of one point"),
        ({"ports": (Port(site="a", panel="P", number=2**70),)}, "64 bits"),
        ({"sites": (Site(id="a", more={"x": {1, 2}}),)}, "no JSON"),
    ],
    ids=["half a letter", "a route of one point", "a huge number", "a set"],
)
def test_what_a_geopackage_can_not_hold_is_told(tmp_path: Path, thing: dict[str, Any], letter: str) -> None:
    with pytest.raises(FibreFileError, match=letter):
        write_geopackage(Plan(id="p", name="", **thing), tmp_path / "n.gpkg")


def test_two_thousand_ducts_pass(tmp_path: Path) -> None:
    ducts = tuple(Duct(id=f"d{i}", start="a", end="b", route=(PORTO, (-8.6, 41.1 + i / 1e6))) for i in range(2_000))
    plan = Plan(id="p", name="", ducts=ducts)
    write_geopackage(plan, tmp_path / "n.gpkg")
    assert read(tmp_path / "n.gpkg").plan == plan


# Other people's tables

PORTO_MAP = """
    [network]
    id = "porto"
    name = "Rede do Porto"
    crs = "EPSG:3763"

    [sites]
    table = "caixas"
    id = "ID"
    name = "DESIGNACAO"
    at = { x = "X", y = "Y" }
    kind = { column = "TIPO", values = { CVP = "manhole", JSO = "closure" }, otherwise = "other" }
    source = { column = "CENTRAL", values = { "S" = true, "N" = false } }
    owner = { always = "cmp" }
    keep = ["OBS"]

    [ducts]
    table = "condutas"
    decimal = ","
    id = "ID"
    start = "DE"
    end = "PARA"
    route = { wkt = "GEOM" }
    length = { column = "COMP_KM", unit = "km" }
    inner = { column = "DIAM", unit = "cm" }
    status = { column = "ESTADO", values = { "em serviço" = "operational", projeto = "planned" } }

    [cables]
    table = "cabos"
    id = "ID"
    start = "DE"
    end = "PARA"
    ducts = { column = "CONDUTAS", separator = "|" }
    fibres = "FO"
    length = { column = "PES", unit = "ft" }

    [[works]]
    table = "obras"
    only = { TIPO = ["obra", "vala"] }
    id = "ID"
    name = "NOME"
    first = "INICIO"
    last = "FIM"
"""


@pytest.fixture
def porto(tmp_path: Path) -> Path:
    """A folder as a surveyor hands it over: metres, commas, two encodings."""
    (x, y), (u, v) = (TM06.transform(*p) for p in (PORTO, (PORTO[0] + 0.01, PORTO[1])))
    csv(
        tmp_path,
        "caixas",
        f"ID;DESIGNACAO;X;Y;TIPO;CENTRAL;OBS\n1;Estação central;{x};{y};CVP;S;chave no porteiro\n2;;{u};{v};XYZ;N;\n3;Sem lugar;;;JSO;;\n",
        "cp1252",
    )
    csv(
        tmp_path,
        "condutas",
        "ID\tDE\tPARA\tCOMP_KM\tDIAM\tESTADO\tGEOM\n"
        f"d1\t1\t2\t1.000,5\t4\tem serviço\tLINESTRING ({x} {y}, {u} {v})\nd2\t2\t3\t\t\tprojeto\t\n",
    )
    csv(tmp_path, "cabos", "ID,DE,PARA,CONDUTAS,FO,PES\nc1,1,3,d1|d2,48,1000\n")
    csv(tmp_path, "obras", "ID,NOME,TIPO,INICIO,FIM\nw1,Vala,obra,01/05/2026,2026-05-03\nw2,Festa,festa,x,y\n")
    (tmp_path / "map.toml").write_text(textwrap.dedent(PORTO_MAP), encoding="utf-8")
    return tmp_path


def test_a_surveyor_s_folder_becomes_a_network(porto: Path) -> None:
    plan, findings = read(porto, read_columns(porto / "map.toml"))
    assert (plan.id, plan.name) == ("porto", "Rede do Porto")
    one, two, three = plan.sites
    assert (one.name, one.kind, one.source, one.owner, one.more) == (
        "Estação central",
        Kind.MANHOLE,
        True,
        "cmp",
        {"OBS": "chave no porteiro"},
    )
    assert one.at == pytest.approx(PORTO, abs=1e-9)
    assert (two.kind, two.name, two.source, two.more) == (Kind.OTHER, "", False, {})
    assert (three.at, three.kind) == (None, Kind.CLOSURE)
    d1, d2 = plan.ducts
    assert (d1.length, d1.inner, d1.status) == (1_000_500.0, 40.0, Status.OPERATIONAL)
    assert (d2.length, d2.route, d2.status) == (None, (), Status.PLANNED)
    assert lengths(plan)[0].route == (pytest.approx(839.44, abs=0.01), 1, 2)
    (c1,) = plan.cables
    assert (c1.ducts, c1.fibres, c1.length) == (("d1", "d2"), 48, pytest.approx(304.8))
    assert [(w.id, str(w.first), str(w.last)) for w in plan.works] == [("w1", "2026-05-01", "2026-05-03")]
    assert [(f.code, f.severity) for f in findings] == [("encoding", "note")]


def test_layers_of_a_geopackage_in_portuguese_metres_become_degrees(tmp_path: Path) -> None:
    there = [TM06.transform(*p) for p in (PORTO, (-8.6, 41.16))]
    path = tmp_path / "sig.gpkg"
    for name, kind, shape in (
        ("caixas", "Point", shapely.Point(there[0])),
        ("troços", "MultiLineString", shapely.MultiLineString([there])),
    ):
        table = pa.table({"fid_": ["1"], "n": [3.0], "geom": [shapely.to_wkb(shape)]})
        pyogrio.raw.write_arrow(table, path, layer=name, driver="GPKG", geometry_name="geom", geometry_type=kind, crs="EPSG:3763")
    said = mapped("""
        [sites]
        table = "caixas"
        id = "fid_"
        [ducts]
        table = "troços"
        id = "fid_"
        start = { nearest = 5 }
        end = "n"
        """)
    plan, findings = read(path, said)
    assert findings == []
    assert plan.sites[0].at == pytest.approx(PORTO, abs=1e-9)
    assert (plan.ducts[0].start, plan.ducts[0].end) == ("1", "3")
    np.testing.assert_allclose(plan.ducts[0].route, [PORTO, (-8.6, 41.16)], atol=1e-9)


def test_geojson_in_an_older_reference_system_is_read_by_what_it_says(tmp_path: Path) -> None:
    x, y = TM06.transform(*PORTO)
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3763"}}
    path = geojson(
        tmp_path,
        "pontos",
        ({"id": 7, "nome": "A"}, {"type": "Point", "coordinates": [x, y, 90.0]}),
        ({"id": 8, "nome": None}, None),
        crs=crs,
    )
    plan, findings = read(path, mapped('[sites]\ntable = "pontos"\nid = "id"\nname = "nome"'))
    assert findings == []
    assert plan.sites[0].at == pytest.approx(PORTO, abs=1e-9)
    assert [s.id for s in plan.sites] == ["7", "8"]
    assert plan.sites[1].at is None


def test_ends_are_the_nearest_sites_and_a_route_that_ends_nowhere_is_told(tmp_path: Path) -> None:
    east = (PORTO[0] + 0.01, PORTO[1])
    geojson(tmp_path, "sites", *(({"id": n}, {"type": "Point", "coordinates": p}) for n, p in (("a", PORTO), ("b", east))))
    near = [[PORTO[0] + 1e-5, PORTO[1]], list(east)]
    geojson(
        tmp_path,
        "ducts",
        ({"id": "d"}, {"type": "LineString", "coordinates": near}),
        ({"id": "e"}, {"type": "LineString", "coordinates": [near[0], [-8.5, 41.2]]}),
    )
    said = mapped('[sites]\nid = "id"\n[ducts]\nid = "id"\nstart = { nearest = 2.0 }\nend = { nearest = 2.0 }')
    plan, findings = read(tmp_path, said)
    assert [(d.id, d.start, d.end) for d in plan.ducts] == [("d", "a", "b")]
    assert findings[0].code == "no-site"
    assert findings[0].where == "ducts.geojson, row 2 (id e), end"
    assert "the nearest site is b" in findings[0].found
    assert findings[0].accepted == "a site within 2 m of the route's end"


@pytest.mark.parametrize(
    ("row", "code", "where", "found"),
    [
        ("x,a,b,abc,", "value", "row 2 (id x), column km (length)", "'abc'"),
        (",a,b,1,", "missing", "row 2, id", "nothing"),
        ("x,a,b,-1,", "value", "row 2 (id x), column km (length)", "-1000.0"),
        ("x,a,b,1,broken", "value", "row 2 (id x), column state (status)", "'broken'"),
        ("x,a,b,inf,", "value", "row 2 (id x), column km (length)", "'inf'"),
        ("x,a,b", "short-row", "row 2", "3 cells: left out"),
    ],
)
def test_a_row_that_can_not_be_taken_is_told_with_its_place(tmp_path: Path, row: str, code: str, where: str, found: str) -> None:
    path = csv(tmp_path, "ducts", f"id,start,end,km,state\n{row}\ny,a,b,2,operational\n")
    said = mapped("""
        [ducts]
        id = "id"
        start = "start"
        end = "end"
        length = { column = "km", unit = "km" }
        status = "state"
        """)
    plan, findings = read(path, said)
    assert plan.ducts[-1] == Duct(id="y", start="a", end="b", length=2_000.0)
    (one,) = of(findings)
    assert (one.code, one.where, one.found) == (code, f"ducts.csv, {where}", found)


def test_a_doubtful_length_becomes_unknown_and_a_doubtful_status_leaves_the_row_out(tmp_path: Path) -> None:
    path = csv(tmp_path, "ducts", "id,start,end,m,tubes\nx,a,b,many,\n")
    assert read(path, mapped('[ducts]\nid = "id"\nstart = "start"\nend = "end"\nlength = "m"')).plan.ducts == (
        Duct(id="x", start="a", end="b"),
    )
    path = csv(tmp_path, "cables", "id,start,end,tubes,fibres\nx,a,b,two,4\n")
    plan, findings = read(path, mapped('[cables]\nid = "id"\nstart = "start"\nend = "end"\ntubes = "tubes"\nfibres = "fibres"'))
    assert plan.cables == ()
    assert of(findings)[0].accepted == "a whole number"


@pytest.mark.parametrize(
    "shape",
    [
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]},
        {"type": "MultiLineString", "coordinates": [[[0, 0], [1, 0]], [[2, 0], [3, 0]]]},
        {"type": "LineString", "coordinates": [[0, 0], [200, 0]]},
        {"type": "LineString", "coordinates": [[0, 0]]},
        {"type": "Circle"},
        [1, 2],
    ],
    ids=["an area", "a line with a gap", "out of the world", "one point", "no such shape", "no object"],
)
def test_a_route_that_is_none_is_told_and_unknown(tmp_path: Path, shape: Any) -> None:
    path = geojson(tmp_path, "ducts", ({"id": "x", "start": "a", "end": "b"}, shape))
    plan, findings = read(path, mapped('[ducts]\nid = "id"\nstart = "start"\nend = "end"'))
    assert plan.ducts == (Duct(id="x", start="a", end="b"),)
    assert [f.code for f in of(findings)] == ["geometry"]
    assert "row 1" in findings[0].where


def test_lines_that_join_as_they_are_drawn_are_one_route(tmp_path: Path) -> None:
    shape = {"type": "MultiLineString", "coordinates": [[[0, 0], [1, 0]], [[1, 0], [3, 0]]]}
    path = geojson(tmp_path, "ducts", ({"id": "x", "start": "a", "end": "b"}, shape))
    assert read(path, mapped('[ducts]\nid = "id"\nstart = "start"\nend = "end"')).plan.ducts[0].route == ((0, 0), (1, 0), (3, 0))


def test_splices_splitters_and_ports_can_come_from_a_spreadsheet(tmp_path: Path) -> None:
    csv(tmp_path, "splices", "box,a,fa,b,fb,n\nS,c1,1,c2,13,12\n")
    csv(tmp_path, "ports", "site,rack,port,cable,fibre\nS,R1,4,c1,2\nS,R1,5,,\n")
    csv(tmp_path, "splitters", "id,site,in,fibre,out,ways,db\nx,S,c1,1,c2:3;c3:4,8,10.5\n")
    plan, findings = read(
        tmp_path,
        mapped("""
            [splices]
            site = "box"
            one_cable = "a"
            one_first = "fa"
            other_cable = "b"
            other_first = "fb"
            count = "n"
            [ports]
            site = "site"
            panel = "rack"
            number = "port"
            behind_cable = "cable"
            behind_first = "fibre"
            [splitters]
            id = "id"
            site = "site"
            input_cable = "in"
            input_first = "fibre"
            outputs = "out"
            ways = "ways"
            loss = "db"
            """),
    )
    assert findings == []
    assert plan.splices[0].model_dump() == {
        "site": "S",
        "one": {"cable": "c1", "first": 1},
        "other": {"cable": "c2", "first": 13},
        "count": 12,
    }
    assert [p.behind and p.behind.first for p in plan.ports] == [2, None]
    assert [(o.cable, o.first) for o in plan.splitters[0].outputs] == [("c2", 3), ("c3", 4)]


def test_two_tables_may_be_of_one_kind(tmp_path: Path) -> None:
    csv(tmp_path, "caixas", "id\na\n")
    csv(tmp_path, "postes", "id\nb\n")
    said = mapped('[[sites]]\ntable = "caixas"\nid = "id"\n[[sites]]\ntable = "postes"\nid = "id"\nkind = { always = "pole" }')
    assert [(s.id, s.kind) for s in read(tmp_path, said).plan.sites] == [("a", Kind.OTHER), ("b", Kind.POLE)]


def test_a_table_that_nothing_is_read_from_is_named(tmp_path: Path) -> None:
    csv(tmp_path, "caixas", "id\na\n")
    csv(tmp_path, "fotografias", "id\nb\n")
    (note,) = read(tmp_path, mapped('[sites]\ntable = "caixas"\nid = "id"')).findings
    assert (note.code, note.severity) == ("table-unread", "note")
    assert "fotografias" in note.found


# Maps with mistakes


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("", "at least one of"),
        ('[site]\nid = "x"', "site: found 'a section'"),
        ('[sites]\ncolour = "x"', "sites.colour: found 'x'; columns of sites are id, name"),
        ('[ducts]\nid = "i"\nlength = { column = "c", unit = "furlong" }', "ducts.length: found 'furlong'; units of length are m, km"),
        ('[ducts]\nid = { column = "c", unit = "km" }', "id has no unit"),
        ("[ducts]\nid = 5", "ducts.id: found 5"),
        ('[ducts]\nid = { columns = "c" }', "ducts.id.columns: found 'c'"),
        ('[ducts]\nid = { unit = "m" }', "say one of: column, always"),
        ('[ducts]\nid = { wkt = "g" }', "id is no place"),
        ('[ducts]\nroute = "geom"', "a place is the table's geometry"),
        ('[ducts]\nroute = { lon = "a", lat = "b" }', "a route is the table's geometry, or wkt"),
        ("[cables]\nstart = { nearest = 4 }", "only a duct's start and end"),
        ('[sites]\nid = "x"\ncrs = "EPSG:0"', "sites.crs: found 'EPSG:0'; a reference system"),
        ('[sites]\nid = "x"\ndecimal = ";"', "sites.decimal"),
        ('[network]\ncolour = 1\n[sites]\nid = "x"', "network"),
        ("sites = 5", r"sites: found 5; a section: \[sites\]"),
    ],
)
def test_a_mistake_in_a_column_map_is_told_with_its_key(text: str, letter: str) -> None:
    with pytest.raises(ColumnMapError, match=letter):
        mapped(text)


def test_all_mistakes_of_a_map_are_told_at_once(porto: Path) -> None:
    said = PORTO_MAP.replace('"ESTADO"', '"STATUS"').replace('table = "cabos"', 'table = "cables"')
    (porto / "map.toml").write_text(textwrap.dedent(said))
    with pytest.raises(ColumnMapError) as why:
        read(porto, read_columns(porto / "map.toml"))
    letter = str(why.value)
    assert "map.toml: 2 mistakes" in letter
    assert "ducts.status: found 'STATUS'; columns of condutas.csv are ID, DE, PARA" in letter
    assert "cables.table: found 'cables'; tables of" in letter
    assert "cabos" in letter


def test_a_map_that_is_no_toml_is_told(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ColumnMapError, match="TOML in UTF-8"):
        read_columns(tmp_path / "m.toml")


def test_a_network_s_name_that_is_none_is_a_mistake_of_the_map(tmp_path: Path) -> None:
    path = csv(tmp_path, "sites", "id\na\n")
    with pytest.raises(ColumnMapError, match=r"network\.name"):
        read(path, mapped('[network]\nname = 5\n[sites]\nid = "id"'))


# Files that are none


@pytest.mark.parametrize(
    ("name", "body", "letter"),
    [
        ("n.gpkg", b"not a database", "found no GeoPackage"),
        ("n.gpkg", b"SQLite format 3\x00" + bytes(200), "found no GeoPackage"),
        ("n.gpkg", b"SQLite format 3\x00" + bytes(52) + b"GPKG" + bytes(200), "can't be opened"),
        ("n.geojson", b"{", "no feature collection"),
        ("n.geojson", b'{"features": [NaN]}', "no feature collection"),
        ("n.geojson", b'{"features": [1]}', "no feature collection"),
        ("n.geojson", b'{"features": [{"properties": [1]}]}', "properties are no object"),
        ("n.geojson", b"[" * 100_000, "no feature collection"),
        ("n.geojson", b"\xff", "no feature collection"),
        ("n.csv", b"", "no heading"),
        ("n.csv", b"id,id\n1,2\n", "two columns 'id'"),
        ("n.csv", b'id\n"' + b"x" * 10_000_001, "at most 10,000,000 characters"),
        ("n.shp", b"", "ends in .shp"),
        ("absent.gpkg", None, "no such file"),
    ],
)
def test_a_file_that_can_not_be_read_is_told_in_a_letter(tmp_path: Path, name: str, body: bytes | None, letter: str) -> None:
    if body is not None:
        (tmp_path / name).write_bytes(body)
    with pytest.raises(FibreFileError, match=letter):
        read(tmp_path / name, mapped('[sites]\ntable = "n"\nid = "id"'))


def test_a_file_that_points_to_another_is_not_followed(tmp_path: Path) -> None:
    write_geopackage(ring(), tmp_path / "secret.gpkg")
    layer = f'<OGRVRTLayer name="sites"><SrcDataSource>{tmp_path / "secret.gpkg"}</SrcDataSource></OGRVRTLayer>'
    (tmp_path / "n.gpkg").write_text(f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>")
    with pytest.raises(FibreFileError, match="no GeoPackage"):
        read(tmp_path / "n.gpkg")


def test_a_geopackage_of_something_else_is_told_which_tables_are_wanted(tmp_path: Path) -> None:
    table = pa.table({"name": ["x"]})
    pyogrio.raw.write_arrow(table, tmp_path / "n.gpkg", layer="trees", driver="GPKG")
    with pytest.raises(FibreFileError, match=r"found the tables trees; .* give a column map"):
        read(tmp_path / "n.gpkg")


def test_a_damaged_geometry_is_told_and_the_place_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "n.gpkg"
    write_geopackage(Plan(id="p", name="", sites=(Site(id="a", at=PORTO), Site(id="b", at=PORTO))), path)
    with sqlite3.connect(path) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f'DROP TRIGGER "{name}"')
        db.execute("UPDATE sites SET geom = x'4750000100' WHERE id = 'a'")
    db.close()
    plan = read(path).plan
    assert [s.at for s in plan.sites] == [None, PORTO]


def test_our_own_map_reads_a_column_each() -> None:
    assert all(one.column == name for _key, _kind, source in OURS.sources for name, one in source.fields.items())
    assert Cable.model_fields.keys() > {"tubes", "fibres"}
