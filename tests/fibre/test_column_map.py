"""A column map with mistakes is told all of them, each by its key."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from pulso.fibre.columns import OURS, ColumnMapError, read_columns
from pulso.fibre.files.tables import read
from pulso.fibre.shapes import Cable
from tests.fibre.tables import PORTO_MAP, csv, mapped, surveyed


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


def test_all_mistakes_of_a_map_are_told_at_once(tmp_path: Path) -> None:
    porto = surveyed(tmp_path)
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


def test_a_map_that_is_not_there_is_told(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.toml", tmp_path):
        with pytest.raises(ColumnMapError, match="a column map is a file that can be read"):
            read_columns(path)


def test_a_network_s_name_that_is_none_is_a_mistake_of_the_map(tmp_path: Path) -> None:
    path = csv(tmp_path, "sites", "id\na\n")
    with pytest.raises(ColumnMapError, match=r"network\.name"):
        read(path, mapped('[network]\nname = 5\n[sites]\nid = "id"'))


def test_our_own_map_reads_a_column_each() -> None:
    assert all(one.column == name for _key, _kind, source in OURS.sources for name, one in source.fields.items())
    assert Cable.model_fields.keys() > {"tubes", "fibres"}
