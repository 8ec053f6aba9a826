"""Longitude and latitude changed, or another unit throughout: found where something else says so, told once, never of a good network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulso.fibre import ofds
from pulso.fibre.check import check, measures
from pulso.fibre.check.changed import back
from pulso.fibre.check.ground import mercator_metres
from pulso.fibre.findings import Finding
from pulso.fibre.metres import route_metres
from pulso.fibre.shapes import Cable, Duct, Plan, Point, Site
from pulso.simulate.fibre import fibre

CITIES: dict[str, Point] = {
    "Porto": (-8.62, 41.15),
    "Ponta Delgada": (-25.67, 37.74),
    "Helsinki": (24.94, 60.17),
    "São Paulo": (-46.63, -23.55),
    "Novosibirsk": (82.92, 55.03),
}
DEGREE = 0.002
"""How far junctions lie from each other."""


def grid(
    middle: Point, *, slack: tuple[float, float] = (1.0, 1.1), seed: int = 1, wide: int = 6, high: int = 6, cables: bool = True
) -> Plan:
    """Streets of a city, a duct in each, as long as its route; in each a cable with slack."""
    rnd = Random(seed)
    at = {
        (x, y): (middle[0] + DEGREE * (x + rnd.uniform(-0.2, 0.2)), middle[1] + DEGREE * (y + rnd.uniform(-0.2, 0.2)))
        for x in range(wide)
        for y in range(high)
    }
    pairs = [(a, b) for a in at for b in ((a[0] + 1, a[1]), (a[0], a[1] + 1)) if b in at]
    metres = route_metres([(at[a], at[b]) for a, b in pairs]).tolist()
    ducts = tuple(
        Duct(
            id=f"d{i}",
            start=f"s{a[0]}-{a[1]}",
            end=f"s{b[0]}-{b[1]}",
            route=(at[a], at[b]),
            length=round(metres[i] * rnd.uniform(1.0, 1.01), 1),
        )
        for i, (a, b) in enumerate(pairs)
    )
    held = tuple(
        Cable(id=f"c{i}", start=d.start, end=d.end, ducts=(d.id,), fibres=12, length=round(metres[i] * rnd.uniform(*slack), 1))
        for i, d in enumerate(ducts)
    )
    sites = tuple(Site(id=f"s{x}-{y}", at=p, source=(x, y) == (0, 0)) for (x, y), p in at.items())
    return Plan(id="grid", name="", sites=sites, ducts=ducts, cables=held if cables else ())


def codes(found: list[Finding]) -> set[tuple[str, str]]:
    return {(f.code, f.where) for f in found}


def scaled(plan: Plan, by: Callable[[float], float | None], *, cables: bool = True) -> Plan:
    """The same network with other stated lengths."""
    ducts = tuple(d.model_copy(update={"length": by(d.length)}) for d in plan.ducts if d.length is not None)
    some = tuple(c.model_copy(update={"length": by(c.length) if cables else c.length}) for c in plan.cables if c.length is not None)
    return plan.model_copy(update={"ducts": ducts, "cables": some})


@pytest.mark.parametrize("city", CITIES)
def test_a_good_network_gets_no_finding_wherever_it_lies(city: str) -> None:
    assert check(grid(CITIES[city])) == []
    assert check(grid(CITIES[city]), around=CITIES[city]) == []


@pytest.mark.parametrize("city", CITIES)
def test_a_network_that_is_changed_throughout_is_told_once_by_its_lengths(city: str) -> None:
    assert codes(check(back(grid(CITIES[city])))) == {("swapped", "sites")}


def test_cables_with_much_slack_still_tell_and_stated_lengths_of_ducts_alone_do_too() -> None:
    assert codes(check(back(grid(CITIES["Porto"], slack=(1.0, 1.4))))) == {("swapped", "sites")}
    assert codes(check(back(grid(CITIES["Porto"], cables=False)))) == {("swapped", "sites")}


@pytest.mark.parametrize("city", CITIES)
def test_a_network_without_stated_lengths_is_told_where_somebody_says_where_it_should_be(city: str) -> None:
    silent = scaled(grid(CITIES[city]), lambda _metres: None)
    assert check(silent) == check(silent, around=CITIES[city]) == []
    turned = back(silent)
    assert measures(turned) == []  # nothing in the file says so
    assert codes(measures(turned, around=CITIES[city])) == {("swapped", "sites")}


def test_a_network_of_another_city_is_far_away_and_not_changed() -> None:
    (found,) = measures(grid(CITIES["Porto"]), around=CITIES["Helsinki"])
    assert (found.code, found.where) == ("far-away", "sites")
    assert found.found == "the middle of the network is 3,118 km from where it should be"


def test_a_network_of_routes_alone_is_placed_by_its_routes() -> None:
    turned = back(grid(CITIES["Porto"])).model_copy(update={"sites": ()})
    assert codes(measures(turned, around=CITIES["Porto"])) == {("swapped", "sites")}
    assert measures(Plan(id="p", name=""), around=CITIES["Porto"]) == []


def test_sites_that_are_changed_where_their_routes_are_not_are_told_once_and_nothing_else_is() -> None:
    plan = grid(CITIES["Porto"])
    turned = plan.model_copy(update={"sites": back(plan).sites})
    assert codes(check(turned)) == codes(check(turned, around=CITIES["Porto"])) == {("swapped", "sites")}
    for n in (3, 12):  # of 36
        few = plan.model_copy(update={"sites": (*back(plan).sites[:n], *plan.sites[n:])})
        assert codes(check(few)) == {("swapped", f"site {s.id}") for s in plan.sites[:n]}
    small = grid(CITIES["Porto"], wide=2, high=2)
    assert codes(check(small.model_copy(update={"sites": back(small).sites}))) == {("swapped", f"site {s.id}") for s in small.sites}


def test_a_changed_site_is_known_by_where_routes_end_and_not_by_where_they_pass() -> None:
    plan = grid(CITIES["Porto"], wide=3, high=3)
    bent = tuple(d.model_copy(update={"route": (d.route[0], (-8.62, 41.149), d.route[1]), "length": None}) for d in plan.ducts)
    turned = plan.model_copy(update={"ducts": bent, "cables": (), "sites": back(plan).sites})
    assert codes(check(turned)) == {("swapped", f"site {s.id}") for s in plan.sites}


def test_what_else_is_wrong_in_a_changed_network_is_told_as_if_it_were_not() -> None:
    plan = grid(CITIES["Porto"])
    wrong = plan.ducts[4].model_copy(update={"length": 3 * (plan.ducts[4].length or 0)})
    turned = back(plan.model_copy(update={"ducts": (*plan.ducts[:4], wrong, *plan.ducts[5:])}))
    assert codes(check(turned)) == {("swapped", "sites"), ("length-long", "duct d4")}


MISTAKES: dict[str, Callable[[Plan], Plan]] = {
    "feet": lambda p: scaled(p, lambda m: m / 0.3048),
    "kilometres": lambda p: scaled(p, lambda m: m / 1000),
    "as degrees of 111 km": lambda p: _flat(p),
    "flat on the web map": lambda p: _mercator(p),
    "a tenth too short": lambda p: scaled(p, lambda m: 0.9 * m),
    "half of them too short": lambda p: scaled(p, lambda m: m * (0.8 if int(m * 10) % 2 else 1.0)),
}


def _each(plan: Plan, metres: list[float]) -> Plan:
    ducts = tuple(d.model_copy(update={"length": m}) for d, m in zip(plan.ducts, metres, strict=True))
    return plan.model_copy(update={"ducts": ducts, "cables": ()})


def _flat(plan: Plan) -> Plan:
    return _each(plan, [111_195 * ((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5 for a, b in (d.route for d in plan.ducts)])


def _mercator(plan: Plan) -> Plan:
    return _each(plan, mercator_metres([d.route for d in plan.ducts]).tolist())


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("city", CITIES)
@pytest.mark.parametrize(("wide", "high"), [(6, 6), (30, 1), (1, 30)], ids=["a grid", "a street to the east", "a street to the north"])
def test_no_other_mistake_of_lengths_is_taken_for_changed_places(city: str, mistake: str, wide: int, high: int) -> None:
    plan = MISTAKES[mistake](grid(CITIES[city], wide=wide, high=high))
    assert "swapped" not in {f.code for f in check(plan)}


@settings(max_examples=60, deadline=None)
@given(st.floats(-179, 178), st.floats(-70, 70), st.integers(0, 9), st.floats(0.5, 1.6), st.floats(0, 0.8))
def test_a_network_anywhere_with_lengths_of_any_quality_is_not_said_to_be_changed(
    lon: float, lat: float, seed: int, bias: float, noise: float
) -> None:
    rnd = Random(seed)
    plan = scaled(grid((lon, lat), seed=seed), lambda metres: metres * bias * rnd.uniform(1 - noise, 1 + noise))
    assert "swapped" not in {f.code for f in measures(plan)}


def test_the_synthetic_porto_gets_no_finding_and_one_when_it_is_changed() -> None:
    porto = fibre()
    assert check(porto) == check(porto, around=CITIES["Porto"]) == []
    assert codes(check(back(porto))) == {("swapped", "sites")}


def test_every_example_of_the_standard_lies_where_it_lies(shared: Path) -> None:
    folder = shared / "data" / "ofds"
    some = [*(folder / "json").glob("*.json"), *(folder / "geojson").glob("*.geojson"), folder / "csv"]
    found = Counter(f.code for path in some for plan in ofds.read(path).plans for f in check(plan))
    assert len(some) == 15
    assert not {"swapped", "far-away", "length-short", "length-long"} & set(found)


@pytest.mark.parametrize(("unit", "of_metre"), [("kilometres", 0.001), ("feet", 1 / 0.3048), ("millimetres", 1000.0)])
def test_another_unit_throughout_is_told_once_of_ducts_and_once_of_cables(unit: str, of_metre: float) -> None:
    plan = scaled(grid(CITIES["Porto"], slack=(1.02, 1.3)), lambda metres: metres * of_metre)
    found = check(plan)
    assert codes(found) == {("length-unit", "ducts"), ("length-unit", "cables")}
    assert all(f.found.endswith(f": {unit}?") and f.accepted == "metres (60 of 60 are not)" for f in found)


@pytest.mark.parametrize(("city", "factor"), [("Porto", "1.328"), ("Helsinki", "2.00"), ("São Paulo", "1.09")])
def test_lengths_off_the_web_map_throughout_are_told_once_and_a_few_that_are_so_by_chance_not_at_all(city: str, factor: str) -> None:
    flat = _mercator(grid(CITIES[city]))
    (found,) = check(flat)
    assert (found.code, found.where) == ("length-web-mercator", "ducts")
    assert f"(60 of 60 are not, and {factor}" in found.accepted
    good = grid(CITIES[city], cables=False)
    few = good.model_copy(update={"ducts": (*flat.ducts[:9], *good.ducts[9:])})
    assert "length-web-mercator" not in {f.code for f in check(few)}
    more = good.model_copy(update={"ducts": (*flat.ducts[:20], *good.ducts[20:])})
    assert {f.where for f in check(more) if f.code == "length-web-mercator"} == {f"duct d{i}" for i in range(20)}


def test_a_length_in_metres_among_lengths_in_kilometres_is_not_told_and_one_in_feet_is() -> None:
    plan = scaled(grid(CITIES["Porto"], cables=False), lambda metres: metres / 1000)
    right, feet = (plan.ducts[i].model_copy(update={"length": (plan.ducts[i].length or 0) * by}) for i, by in ((0, 1000), (1, 3280.84)))
    found = check(plan.model_copy(update={"ducts": (right, feet, *plan.ducts[2:])}))
    assert codes(found) == {("length-unit", "ducts"), ("length-unit", "duct d1")}
    assert next(f for f in found if f.where == "ducts").accepted == "metres (58 of 60 are not)"


def test_what_is_so_of_all_stays_the_same_finding_while_one_length_is_mended() -> None:
    feet = scaled(grid(CITIES["Porto"], cables=False), lambda metres: metres / 0.3048)
    mended = feet.ducts[0].model_copy(update={"length": 0.3048 * (feet.ducts[0].length or 0)})
    before, after = (check(feet.model_copy(update={"ducts": (first, *feet.ducts[1:])})) for first in (feet.ducts[0], mended))
    assert [(f.code, f.where, f.found) for f in before] == [(f.code, f.where, f.found) for f in after]
    assert (before[0].accepted, after[0].accepted) == ("metres (60 of 60 are not)", "metres (59 of 60 are not)")


def test_a_route_that_goes_nowhere_is_held_against_nothing() -> None:
    plan = grid(CITIES["Porto"], cables=False)
    still = tuple(d.model_copy(update={"route": (d.route[0], d.route[0])}) for d in plan.ducts[:3])
    found = check(plan.model_copy(update={"ducts": (*still, *plan.ducts[3:])}))
    assert {f.code for f in found} == {"ends-apart"}


def test_of_a_few_lengths_each_is_told() -> None:
    plan = scaled(grid(CITIES["Porto"], wide=3, high=2, cables=False), lambda metres: metres / 1000)
    assert codes(check(plan)) == {("length-unit", f"duct {d.id}") for d in plan.ducts}


def undrawn(plan: Plan) -> Plan:
    """The same network as somebody knows it who has sites and stated lengths, but no routes."""
    return plan.model_copy(update={"ducts": tuple(d.model_copy(update={"route": ()}) for d in plan.ducts)})


def test_what_nobody_has_drawn_is_held_against_the_straight_way_between_its_sites() -> None:
    plan = undrawn(grid(CITIES["Porto"]))
    assert check(plan) == []
    assert check(scaled(plan, lambda metres: 9 * metres)) == []  # it may lead around
    short = scaled(plan, lambda metres: 0.5 * metres)
    assert codes(check(short)) == {
        ("length-short", f"{k} {t.id}") for k, some in (("duct", plan.ducts), ("cable", plan.cables)) for t in some
    }
    alone = plan.model_copy(update={"cables": tuple(c.model_copy(update={"ducts": (), "length": 0.3}) for c in plan.cables[:1])})
    assert codes(check(alone)) == {("length-unit", "cable c0")}
    nowhere = alone.model_copy(update={"sites": tuple(s.model_copy(update={"at": None}) for s in plan.sites)})
    assert measures(nowhere) == []
