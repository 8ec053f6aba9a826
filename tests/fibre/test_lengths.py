"""How long the network is: three numbers, on the ellipsoid, each with how much was known."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import get_args

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from pulso.fibre.lengths import BY, OUTSIDE, By, Lengths, lengths, segments, shares
from pulso.fibre.shapes import Cable, Duct, Plan, Status
from tests.fibre.plans import PORTO, plans

EAST = (PORTO[0] + 0.01, PORTO[1])
FAR = (PORTO[0] + 0.03, PORTO[1])


def duct(name: str = "d", *route: tuple[float, float], **more: object) -> Duct:
    return Duct.model_validate({"id": name, "start": "a", "end": "b", "route": route, **more})


def cable(name: str = "c", **more: object) -> Cable:
    return Cable.model_validate({"id": name, "start": "a", "end": "b", "fibres": 12, **more})


def plan(*things: Duct | Cable) -> Plan:
    ducts, cables = ([t for t in things if isinstance(t, kind)] for kind in (Duct, Cable))
    return Plan.model_validate({"id": "p", "name": "", "ducts": ducts, "cables": cables})


def whole(network: Plan) -> Lengths:
    (found,) = lengths(network)
    return found


def zones(*edges: float) -> dict[str, shapely.Geometry]:
    """Stripes of the city from one longitude to the next."""
    return {f"z{i}": shapely.box(a, 41.0, b, 41.3) for i, (a, b) in enumerate(pairwise(edges))}


def test_the_example_of_the_standard_is_243_679_km_long(shared: Path) -> None:
    network = json.loads((shared / "data" / "ofds" / "json" / "network-package.json").read_text())["networks"][0]
    spans = [duct(s["id"], *s["route"]["coordinates"]) for s in network["spans"]]
    assert whole(plan(*spans)).route.metres == pytest.approx(243_679, abs=0.5)


def test_a_flat_length_at_porto_would_be_a_third_too_long() -> None:
    ends = [(-8.62, 41.15), (-8.61, 41.16)]
    there = np.array(pyproj.Transformer.from_crs(4326, 3857, always_xy=True).transform(*zip(*ends, strict=True)))
    flat = np.hypot(*np.diff(there, axis=1)[:, 0])
    assert flat / whole(plan(duct("d", *ends))).route.metres == pytest.approx(1.3280, abs=0.0016)
    assert 1 / np.cos(np.radians(41.15)) == pytest.approx(1.3280, abs=5e-5)


def test_a_route_is_as_long_as_its_map_and_a_sheath_as_the_ground_says() -> None:
    network = plan(duct("d", PORTO, EAST, length=900.0), cable(ducts=["d"], tubes=2, fibres=6))
    found = whole(network)
    assert found.route.metres == pytest.approx(839.44, abs=0.01)  # N cos φ Δλ, N = 6,387,404 m
    assert found.sheath.metres == 900.0
    assert found.strand.metres == 900.0 * 12


def test_a_stated_sheath_wins_over_its_ducts() -> None:
    assert whole(plan(duct("d", PORTO, EAST), cable(ducts=["d"], length=1_000.0))).sheath.metres == 1_000.0


def test_two_cables_in_a_duct_are_two_sheaths_on_one_route() -> None:
    found = whole(plan(duct("d", PORTO, EAST), cable("c1", ducts=["d"]), cable("c2", ducts=["d", "d"])))
    assert found.sheath.metres == pytest.approx(3 * found.route.metres)


@pytest.mark.parametrize(
    "unknown",
    [
        plan(duct("d", length=100.0)),
        plan(duct("d", PORTO)),
        plan(cable()),
        plan(cable(ducts=["nowhere"])),
        plan(duct("d", PORTO, EAST), duct("e"), cable(ducts=["d", "e"])),
    ],
    ids=["no route", "a route of one point", "no ducts", "a duct that is not there", "one duct of two unknown"],
)
def test_what_is_unknown_is_counted_and_is_not_nothing(unknown: Plan) -> None:
    found = whole(unknown)
    assert found.route.of + found.sheath.of > found.route.known + found.sheath.known
    assert found.sheath.metres == 0.0
    assert found.sheath.known == 0
    assert found.strand[1:] == found.sheath[1:]


def test_an_empty_network_has_no_length_and_nothing_unknown() -> None:
    empty = (0.0, 0, 0)
    assert lengths(plan()) == [Lengths("", empty, empty, empty)]
    assert lengths(plan(), "status") == []
    assert lengths(plan(), "zone", zones(-8.7, -8.6)) == [Lengths("z0", empty, empty, empty)]


def test_lengths_by_owner_name_the_unknown_owner_last() -> None:
    network = plan(duct("d", PORTO, EAST, owner="metro"), duct("e", PORTO, EAST), cable(ducts=["d"], owner="city"))
    assert [(g.group, g.route.of, g.sheath.of) for g in lengths(network, "owner")] == [("city", 0, 1), ("metro", 1, 0), (None, 1, 0)]


def test_lengths_by_status_tell_what_exists_from_what_is_planned() -> None:
    network = plan(duct("d", PORTO, EAST), duct("e", PORTO, FAR, status=Status.PLANNED))
    found = {g.group: g.route.metres for g in lengths(network, "status")}
    assert found["planned"] == pytest.approx(3 * found["operational"], rel=1e-6)


def test_a_route_is_cut_at_the_border_of_two_zones() -> None:
    network = plan(duct("d", PORTO, FAR, length=5_000.0), cable(ducts=["d"], fibres=2))
    west, east, _ = (*lengths(network, "zone", zones(-8.7, -8.61, -8.5)), None)
    assert west is not None
    assert east is not None
    assert east.route.metres == pytest.approx(2 * west.route.metres, rel=1e-6)
    assert (west.sheath.metres, east.sheath.metres) == pytest.approx((5_000 / 3, 10_000 / 3), rel=1e-6)
    assert east.strand.metres == pytest.approx(20_000 / 3, rel=1e-6)
    assert (west.route.of, east.route.of) == (1, 1)


def test_a_route_along_a_border_belongs_to_the_zone_that_stands_first() -> None:
    border = plan(duct("d", (-8.61, 41.1), (-8.61, 41.2)))
    found = {g.group: g.route.metres for g in lengths(border, "zone", zones(-8.7, -8.61, -8.5))}
    assert found["z1"] == 0.0
    assert found["z0"] == pytest.approx(whole(border).route.metres)


def test_what_lies_outside_and_what_lies_nobody_knows_where_are_two_things() -> None:
    network = plan(duct("d", PORTO, FAR), duct("e"), cable(length=70.0))
    found = {g.group: g for g in lengths(network, "zone", zones(-8.7, -8.61))}
    assert list(found) == ["z0", OUTSIDE, None]
    assert found[OUTSIDE].route.metres > found["z0"].route.metres > 0
    assert found[None].route == (0.0, 0, 1)
    assert found[None].sheath == (70.0, 1, 1)


@settings(max_examples=20, deadline=None)
@given(plans, st.lists(st.integers(-60, 60), min_size=2, max_size=6, unique=True).map(sorted), st.booleans())
def test_zones_add_up_to_the_whole_even_where_they_overlap(network: Plan, edges: list[int], wide: bool) -> None:
    stripes = zones(*(PORTO[0] + e / 1e3 for e in edges))
    if wide:
        stripes |= {"whole": shapely.box(-8.8, 41.0, -8.6, 41.2)}
    together, parts = whole(network), lengths(network, "zone", stripes)
    for one in ("route", "sheath", "strand"):
        assert sum(getattr(p, one).metres for p in parts) == pytest.approx(getattr(together, one).metres)


@settings(max_examples=20, deadline=None)
@given(plans, st.sampled_from([b for b in BY if b != "zone"]))
def test_groups_add_up_and_every_thing_is_counted_once(network: Plan, by: By) -> None:
    together, parts = whole(network), lengths(network, by)
    for one in ("route", "sheath", "strand"):
        assert sum(getattr(p, one).metres for p in parts) == pytest.approx(getattr(together, one).metres)
        assert sum(getattr(p, one).of for p in parts) == getattr(together, one).of
        assert sum(getattr(p, one).known for p in parts) == getattr(together, one).known


@settings(max_examples=12, deadline=None)
@given(plans)
def test_the_whole_route_is_as_long_as_the_geodesic_library_says_line_by_line(network: Plan) -> None:
    lines = [d.route for d in network.ducts if len(d.route) > 1]
    slow = sum(pyproj.Geod(ellps="WGS84").line_length(*zip(*line, strict=True)) for line in lines)
    assert whole(network).route == (pytest.approx(slow), len(lines), len(network.ducts))
    assert segments(network.ducts).metres.sum() == pytest.approx(slow)


def test_shares_of_a_segment_add_up() -> None:
    parts = segments([duct("d", PORTO, EAST, FAR), duct("e"), duct("f", FAR, FAR)])
    assert parts.duct.tolist() == [0, 0, 2]
    np.testing.assert_allclose(shares(parts, list(zones(-8.615, -8.6, -8.55).values())).sum(axis=1), 1.0)


def test_a_wrong_question_is_refused() -> None:
    assert set(get_args(By)) == set(BY)
    with pytest.raises(ValueError, match="lengths by 'colour'"):
        lengths(plan(), "colour")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="zones"):
        lengths(plan(), "zone")
    with pytest.raises(ValueError, match="zones"):
        lengths(plan(), "status", zones(-8.7, -8.6))
