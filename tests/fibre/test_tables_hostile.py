"""Files of tables that are none, are damaged or point elsewhere end in a letter."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pyarrow as pa
import pyogrio.raw
import pytest

from pulso.fibre.files.geopackage import write_geopackage
from pulso.fibre.files.tables import read
from pulso.fibre.findings import FibreFileError
from pulso.fibre.shapes import Plan, Site
from tests.fibre.plans import PORTO, ring
from tests.fibre.tables import mapped


@pytest.mark.parametrize(
    ("name", "body", "letter"),
    [
        ("n.gpkg", b"not a database", "found no GeoPackage"),
        ("n.gpkg", b"SQLite format 3\x00" + bytes(200), "found no GeoPackage"),
        ("n.gpkg", b"SQLite format 3\x00" + bytes(52) + b"GPKG" + bytes(200), "damaged or cut short (file is not a database)"),
        ("n.geojson", b"{", "no feature collection"),
        ("n.geojson", b'{"features": [NaN]}', "no feature collection"),
        ("n.geojson", b'{"features": [1]}', "no feature collection"),
        ("n.geojson", b'{"features": [{"properties": [1]}]}', "properties are no object"),
        ("n.geojson", b"[" * 100_000, "no feature collection"),
        ("n.geojson", b"\xff", "no feature collection"),
        ("n.csv", b"", "no heading"),
        ("n.csv", b"id,id\n1,2\n", "two columns 'id'"),
        ("n.csv", b'id\n"' + b"x" * 10_000_001, "at most 10,000,000 characters"),
        ("n.csv", b'id\na\n"b\nc\nd\n', "the row that begins at line 3, and none closes it"),
        ("n.shp", b"", "ends in .shp"),
        ("absent.gpkg", None, "no such file"),
    ],
)
def test_a_file_that_can_not_be_read_is_told_in_a_letter(tmp_path: Path, name: str, body: bytes | None, letter: str) -> None:
    if body is not None:
        (tmp_path / name).write_bytes(body)
    with pytest.raises(FibreFileError, match=re.escape(letter)):
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
