"""Networks out of other people's tables, by a column map."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio.raw
import pytest
import shapely

from pulso.fibre.columns import read_columns
from pulso.fibre.files.tables import read
from pulso.fibre.lengths import lengths
from pulso.fibre.shapes import Duct, Kind, Status
from tests.fibre.plans import PORTO
from tests.fibre.tables import TM06, csv, geojson, mapped, of, surveyed


@pytest.fixture
def porto(tmp_path: Path) -> Path:
    return surveyed(tmp_path)


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
