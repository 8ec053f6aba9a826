"""A network in a GeoPackage comes back equal, and any GIS opens it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyogrio.raw
import pytest
from hypothesis import HealthCheck, given, settings

from pulso.fibre.columns import MODELS, PAIRS, TABLES, flat, nested
from pulso.fibre.files.geopackage import write_geopackage
from pulso.fibre.files.tables import read
from pulso.fibre.findings import FibreFileError
from pulso.fibre.shapes import Duct, Plan, Port, Site
from tests.fibre.plans import PORTO, plans, ring, spliced


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
