from __future__ import annotations

import re

import pytest
import shapely
from show_days import by_zone, city, zones

from pulso.show.language import speak
from pulso.show.maps import area, draw, outline, shade
from pulso.zones import Zone, Zones, read

EN = speak("en")


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        (30, -3),
        (69.4, -3),
        (70, -2),
        (85, -1),
        (94.4, -1),
        (94.6, 0),
        (100, 0),
        (105.4, 0),
        (106, 1),
        (118, 1),
        (119, 2),
        (143, 2),
        (144, 3),
        (900, 3),
    ],
)
def test_the_shade_follows_the_shown_number_and_is_alike_on_both_sides(index, expected):
    assert shade(index) == expected


def test_a_square_kilometre_is_drawn_as_a_square():
    drawn = draw(zones(), by_zone(), EN)
    north = next(p for p in drawn.patches if p.name == "Norte")
    xs, ys = zip(*[map(float, pair.split(",")) for pair in re.findall(r"[\d.]+,[\d.]+", north.path)], strict=True)
    assert (max(xs) - min(xs)) / (max(ys) - min(ys)) == pytest.approx(0.753, abs=0.01)  # .02° of each; cos 41.16°


def test_the_north_is_up_and_the_west_is_left():
    at = {p.name: p for p in draw(zones(), by_zone(), EN).patches}
    assert at["Norte"].y < at["Sul"].y
    assert at["Oeste"].x < at["Este"].x


def test_what_a_repair_left_over_is_not_an_area():
    mixed = shapely.GeometryCollection([shapely.box(0, 0, 1, 1), shapely.LineString([(0, 0), (5, 5)])])
    assert outline(area(mixed)).count("M") == 1


def test_a_zone_with_an_island_and_a_lake_keeps_both():
    lake = shapely.Polygon(shapely.box(0, 0, 1, 1).exterior.coords, [shapely.box(0.3, 0.3, 0.6, 0.6).exterior.coords])
    drawn = draw(Zones((Zone("a", "A", None, shapely.MultiPolygon([lake, shapely.box(2, 0, 3, 1)])),)), {}, EN)
    assert drawn.patches[0].path.count("M") == 3


def test_only_leaf_zones_are_drawn():
    parent = Zone("all", "All", None, shapely.box(-8.7, 41.1, -8.5, 41.2))
    nested = Zones((parent, *(Zone(z.id, z.name, "all", z.shape) for z in zones().all)))
    assert [p.name for p in draw(nested, {}, EN).patches] == ["Norte", "Sul", "Este", "Oeste"]


@pytest.mark.mirror
@pytest.mark.parametrize(("level", "n"), [("Ebene_1_Stadtbezirke", 9), ("Ebene_3_Stadtzellen", 174)])
def test_muenster_s_real_zones_are_drawn_whole_and_light(mirror, level, n):
    file = next(mirror.rglob(f"{level}.geojson"))
    place = city()
    place = place.model_copy(update={"zones": place.zones.model_copy(update={"id": "Nr", "name": "Name"})})
    found = read(file.read_bytes(), place)
    drawn = draw(found, {}, EN)
    assert len(drawn.patches) == n
    assert all(p.path for p in drawn.patches)
    assert sum(len(p.path) for p in drawn.patches) < 60_000
    assert (drawn.width, drawn.height) <= (420.1, 380.1)


def test_a_name_stands_where_it_has_room_and_a_number_where_a_name_has_none():
    wide, narrow = shapely.box(0, 0, 0.06, 0.02), shapely.box(0.06, 0, 0.068, 0.02)
    zones = Zones((Zone("w", "Wide", None, shapely.MultiPolygon([wide])), Zone("n", "A narrow zone", None, shapely.MultiPolygon([narrow]))))
    at = {p.id: p for p in draw(zones, {}, EN).patches}
    assert at["w"].fits_name
    assert at["w"].x == pytest.approx(3 + 414 * 0.03 / 0.068, abs=8)  # its middle, though a circle would lie anywhere along it
    assert (at["n"].fits_value, at["n"].fits_name) == (True, False)


def test_a_name_without_a_number_needs_less_room():
    low = shapely.box(0, 0, 0.06, 0.0035)
    zones = Zones((Zone("l", "Low", None, shapely.MultiPolygon([low])),))
    some = next(v for v in by_zone().values() if v.index is not None)
    known, unknown = (draw(zones, found, EN).patches[0] for found in ({"l": some}, {}))
    assert (known.fits_name, unknown.fits_name) == (False, True)
