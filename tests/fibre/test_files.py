"""Any file of a network, opened and saved as a newcomer would: what can't be, and what an id may hold, is told and does no harm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pulso.fibre.check import check
from pulso.fibre.files import opened, save
from pulso.fibre.findings import FibreFileError, visible
from pulso.fibre.shapes import Duct, Plan, Site
from tests.fibre.plans import PORTO, ring

EVIL = "\x1b[31mred\n\u202eEscola\x00"


@pytest.mark.parametrize(
    "body", [b"", b"id,name\n1,A\n", b"SQLite format 3\x00" + bytes(200)], ids=["empty", "a table", "another database"]
)
def test_a_file_that_is_called_a_geopackage_and_is_none_is_told_so(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "n.gpkg").write_bytes(body)
    with pytest.raises(FibreFileError, match="found no GeoPackage; one begins as a database of SQLite does"):
        opened(tmp_path / "n.gpkg")


def test_tables_that_hold_no_network_are_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("hello world\n")
    with pytest.raises(FibreFileError, match="found no network") as letter:
        opened(tmp_path / "list.txt")
    assert len(str(letter.value).splitlines()) == 1
    assert "version of the standard" not in str(letter.value)


@pytest.mark.parametrize("name", ["n.gpkg", "n.json", "n.zip", "n"])
def test_a_folder_that_is_not_there_is_named_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(FibreFileError, match=r"found no folder .*missing to write into"):
        save([ring()], tmp_path / "missing" / name)
    assert list(tmp_path.iterdir()) == []


def test_an_id_that_steers_a_terminal_is_written_out_in_every_finding(tmp_path: Path) -> None:
    plan = Plan(
        id="p", name="", sites=(Site(id=EVIL, at=(0.0, 0.0)),), ducts=(Duct(id=f"d{EVIL}", start=EVIL, end="b", route=(PORTO, PORTO)),)
    )
    node, span = {"id": EVIL, "name": EVIL}, {"id": f"d{EVIL}", "start": EVIL, "end": "b", EVIL: 1}
    (tmp_path / "n.json").write_text(json.dumps({"networks": [{"id": EVIL, "nodes": [node, node], "spans": [span]}]}))
    for found in (check(plan), opened(tmp_path / "n.json").findings):
        assert len(found) >= 4
        for finding in found:
            assert not {c for c in str(finding) if c in EVIL and not c.isprintable()}
    assert "nowhere" in {f.code for f in check(plan) if f.where == r"site \x1b[31mred\n\u202eEscola\x00"}


def test_letters_and_spaces_of_every_language_stay_as_they_are() -> None:
    said = "Praça da República\N{NO-BREAK SPACE}n.º 5 · 日本 «Ω»"
    assert visible(said) == said


def test_a_route_s_finding_keeps_its_place_in_the_file_whatever_its_id_is(tmp_path: Path) -> None:
    route = {"type": "LineString", "coordinates": [[-8.6, 41.1], [-8.6, 41.2]]}
    places = [{"id": i, "location": {"type": "Point", "coordinates": [-8.6, lat]}} for i, lat in (("a", 41.1), ("b", 41.3))]
    spans = [{"id": "x\ny", "start": "a", "end": "b", "route": route}]
    (tmp_path / "n.json").write_text(json.dumps({"networks": [{"id": "1", "nodes": places, "spans": spans}]}))
    (found,) = [f for f in opened(tmp_path / "n.json").findings if f.code == "ends-apart"]
    assert found.where.startswith("/networks/0/spans/0")
