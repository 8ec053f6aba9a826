"""In which zone a point lies is decided once, by polygons."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pulso import zones
from pulso.city import load
from pulso.errors import CityFileError
from tests.test_city import city_of


def square(name: str, west: float, parent: str | None = None) -> dict:
    ring = [[west, 0.0], [west + 1, 0.0], [west + 1, 1.0], [west, 1.0], [west, 0.0]]
    return {
        "type": "Feature",
        "properties": {"id": name, "name": name.title(), "parent": parent},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def read(folder: Path, features: list, parent: bool = False) -> zones.Zones:
    city = city_of(folder)
    if parent:
        city = city.model_copy(update={"zones": city.zones.model_copy(update={"parent": "parent"})})
    return zones.read(json.dumps({"type": "FeatureCollection", "features": features}).encode(), city)


def test_a_point_lies_in_its_zone_and_an_unknown_one_in_none(tmp_path):
    found = read(tmp_path, [square("west", 0), square("east", 1)])
    where = found.locate(np.array([0.5, 1.5, 9.0, np.nan]), np.array([0.5, 0.5, 0.5, 0.5]))
    assert where.tolist() == ["west", "east", None, None]


def test_a_point_on_a_shared_border_belongs_to_the_zone_that_stands_first(tmp_path):
    there = np.array([1.0]), np.array([0.5])
    assert read(tmp_path, [square("west", 0), square("east", 1)]).locate(*there).tolist() == ["west"]
    assert read(tmp_path, [square("east", 1), square("west", 0)]).locate(*there).tolist() == ["east"]


def test_observations_go_to_leaves_and_parents_are_made_of_them(tmp_path):
    whole = square("whole", 0)
    whole["geometry"]["coordinates"] = [[[0, 0], [2, 0], [2, 1], [0, 1], [0, 0]]]
    found = read(tmp_path, [whole, square("west", 0, "whole"), square("east", 1, "whole")], parent=True)
    assert found.locate(np.array([0.5]), np.array([0.5])).tolist() == ["west"]
    assert found.members("whole") == {"west", "east"}
    assert found.members("west") == {"west"}


@pytest.mark.parametrize(
    ("features", "says"),
    [
        ([], "at least one zone"),
        ([square("a", 0), square("a", 1)], "only once"),
        ([{**square("a", 0), "properties": {"nome": "A"}}], "nome"),
        ([{**square("a", 0), "geometry": {"type": "Polygon", "coordinates": [[[0, 0]]]}}], "polygon"),
    ],
)
def test_wrong_zones_are_told(tmp_path, features, says):
    with pytest.raises(CityFileError, match=says):
        read(tmp_path, features)


def test_an_error_page_is_not_taken_for_zones(tmp_path):
    with pytest.raises(CityFileError, match="GeoJSON"):
        zones.read(b"<!doctype html><title>404</title>", city_of(tmp_path))


@pytest.mark.mirror
def test_muensters_districts_hold_its_town_hall(mirror):
    body = next(mirror.glob("**/Ebene_1_Stadtbezirke.geojson")).read_bytes()
    found = zones.read(body, load("muenster"))
    assert len(found.all) == 9 or len(found.leaves) >= 6
    assert found.locate(np.array([7.6281]), np.array([51.9617]))[0] is not None
