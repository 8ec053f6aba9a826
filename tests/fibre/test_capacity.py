"""How full the network is, what is free nearest, and which public buildings it reaches."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from pulso.fibre.capacity import WORST_FIRST, Count, Fill, by_fill, by_use, capacity, fill
from pulso.fibre.reach import Building, Reach, buildings, coverage
from pulso.fibre.shapes import Cable, Duct, Kind, Plan, Site, Status, Strands, Use
from pulso.fibre.spare import Near, nearest, offers
from tests.fibre.plans import PORTO, plans, ring

GEOD = Geod(ellps="WGS84")


def away(east: float, north: float = 0.0) -> tuple[float, float]:
    """A place so many metres from the middle of Porto."""
    lon, lat, _ = GEOD.fwd(*PORTO, np.degrees(np.arctan2(east, north)), np.hypot(east, north))
    return lon, lat


def site(name: str, at: tuple[float, float] | None = PORTO, **more: object) -> Site:
    return Site.model_validate({"id": name, "at": at, **more})


def cable(name: str, start: str = "a", end: str = "b", fibres: int = 12, **more: object) -> Cable:
    return Cable.model_validate({"id": name, "start": start, "end": end, "fibres": fibres, **more})


def duct(name: str, **more: object) -> Duct:
    return Duct.model_validate({"id": name, "start": "a", "end": "b", **more})


def use(name: str, first: int, last: int, what: Use) -> Strands:
    return Strands(cable=name, first=first, last=last, use=what)


def plan(*things: Site | Duct | Cable | Strands) -> Plan:
    kinds = {"sites": Site, "ducts": Duct, "cables": Cable, "strands": Strands}
    return Plan.model_validate({"id": "p", "name": "", **{k: [t for t in things if isinstance(t, kind)] for k, kind in kinds.items()}})


def test_a_strand_of_which_nothing_is_said_is_spare_and_counted_as_unsaid() -> None:
    network = plan(cable("c"), use("c", 1, 4, Use.USED), use("c", 5, 5, Use.BROKEN), use("c", 6, 7, Use.SPARE))
    assert capacity(network).whole == Count(12, used=4, broken=1, spare=7, unsaid=5)


def test_the_fullest_comes_first_and_what_nobody_can_say_last() -> None:
    cables = [cable(n, ducts=(f"in-{n}",), outer=outer) for n, outer in (("unsaid", 5.0), ("some", 5.0), ("all", 10.0), ("more", 5.0))]
    ducts = [
        duct("in-unsaid", inner=10.0),
        duct("in-some"),
        duct("in-all", inner=10.0),
        duct("in-more", inner=10.0),
        duct("no-one", inner=1),
    ]
    network = plan(*cables, cable("planned", status=Status.PLANNED), *ducts, use("some", 1, 3, Use.LEASED), use("all", 1, 12, Use.USED))
    network = network.model_copy(update={"strands": (*network.strands, use("more", 1, 6, Use.RESERVED), use("more", 7, 12, Use.SPARE))})
    found = capacity(network)
    assert [(t.cable.id, t.share, t.strands.unsaid) for t in by_use(network.cables, found)] == [
        ("all", 1.0, 0),
        ("more", 0.5, 0),
        ("some", 0.25, 9),
        ("unsaid", None, 12),
    ]
    assert [(f.duct.id, f.share, f.fill.cables, f.strands.spare) for f in by_fill(network.ducts, found)] == [
        ("in-all", 1.0, 1, 0),
        ("in-more", 0.25, 1, 6),
        ("in-unsaid", 0.25, 1, 12),
        ("no-one", 0.0, 0, 0),
        ("in-some", None, 1, 9),
    ]


def test_of_two_records_about_a_strand_the_one_that_leaves_less_counts() -> None:
    network = plan(cable("c"), use("c", 1, 12, Use.SPARE), use("c", 1, 6, Use.USED), use("c", 3, 8, Use.BROKEN))
    assert capacity(network).whole == Count(12, used=2, broken=6, spare=4)


def test_records_about_strands_that_are_not_there_count_nothing() -> None:
    network = plan(cable("c", fibres=4), use("c", 3, 9, Use.LEASED), use("c", 20, 30, Use.USED), use("other", 1, 4, Use.USED))
    assert capacity(network).whole == Count(4, leased=2, spare=2, unsaid=2)


def test_a_cable_counts_at_both_its_sites_and_in_each_of_its_ducts_once() -> None:
    things = (site("a"), site("b"), site("z"), duct("d"), duct("e"), cable("c", ducts=["d", "d"]), cable("loop", "a", "a"))
    found = capacity(plan(*things))
    assert {k: c.total for k, c in found.sites.items()} == {"a": 24, "b": 12, "z": 0}
    assert {k: c.total for k, c in found.ducts.items()} == {"d": 12, "e": 0}
    assert found.whole.total == 24


def test_a_planned_cable_has_no_strand_to_give_and_a_dark_one_has() -> None:
    network = plan(cable("c", status=Status.PLANNED), cable("i", status=Status.INACTIVE))
    assert set(capacity(network).cables) == {"i"}
    assert capacity(network, set(Status)).whole.total == 24


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 14), st.integers(0, 14), st.sampled_from(list(Use))), max_size=8))
def test_counting_by_ranges_is_counting_strand_by_strand(rows: list[tuple[int, int, Use]]) -> None:
    said: dict[int, set[Use]] = {n: set() for n in range(1, 13)}
    for first, more, what in rows:
        for n in range(first, first + more + 1):
            said.setdefault(n, set()).add(what)
    each = [min(said[n], key=WORST_FIRST.index) if said[n] else None for n in range(1, 13)]
    found = capacity(plan(cable("c"), *(use("c", first, first + more, what) for first, more, what in rows))).whole
    assert found == Count(12, *(each.count(u) for u in (Use.USED, Use.LEASED, Use.RESERVED, Use.BROKEN)), each.count(Use.SPARE) +
    each.count(None), each.count(None))  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(plans)
def test_uses_add_up_to_the_strands_of_every_cable_duct_and_site(network: Plan) -> None:
    found = capacity(network)
    strands = {c.id: c.strands for c in network.cables}
    for count in (found.whole, *found.cables.values(), *found.ducts.values(), *found.sites.values()):
        assert count.total == count.used + count.leased + count.reserved + count.broken + count.spare
        assert 0 <= count.unsaid <= count.spare
    assert {k: c.total for k, c in found.cables.items()} == {k: strands[k] for k in found.cables}
    assert found.whole.total == sum(c.total for c in found.cables.values())


def test_a_duct_is_as_full_as_its_cables_are_thick() -> None:
    things = (duct("d", inner=40), cable("c", ducts=["d"], outer=20), cable("e", ducts=["d"], outer=10))
    assert fill(plan(*things))["d"] == Fill(pytest.approx((pi * 100 + pi * 25) / (pi * 400)), 2, 2)


def test_a_duct_with_a_cable_of_unknown_diameter_is_not_said_to_be_emptier() -> None:
    things = (duct("d", inner=40), duct("e"), duct("f", inner=40), cable("c", ducts=["d", "e"], outer=20), cable("x", ducts=["d"]))
    assert fill(plan(*things)) == {"d": Fill(None, 2, 1), "e": Fill(None, 1, 1), "f": Fill(0.0, 0, 0)}


def test_a_cable_that_was_given_up_still_lies_in_its_duct_and_a_planned_one_not_yet() -> None:
    kinds = [cable(s, ducts=["d"], outer=10, status=s) for s in Status]
    assert fill(plan(duct("d", inner=100), *kinds))["d"].cables == 4


def test_the_nearest_cable_with_enough_to_spare_is_found_by_its_nearer_end() -> None:
    sites = (site("a", away(300)), site("b", away(100)), site("c", away(-50)))
    cables = (cable("ab", "a", "b"), cable("bc", "b", "c"), cable("full", "c", "c"))
    network = plan(*sites, *cables, use("full", 1, 12, Use.USED), use("bc", 1, 9, Use.RESERVED))
    found = nearest(offers(network), PORTO, least=4)
    assert found.found == [Near("ab", "b", pytest.approx(100.0, abs=1e-6), 12, 12)]
    assert [n.cable for n in nearest(offers(network), PORTO).found] == ["bc", "ab"]
    assert [n.cable for n in nearest(offers(network), PORTO, most=1).found] == ["bc"]


def test_a_cable_that_ends_nobody_knows_where_is_counted_not_found() -> None:
    network = plan(site("a", None), cable("ab"), cable("ac", status=Status.PLANNED))
    assert nearest(offers(network), PORTO) == ([], 0, 1)
    assert nearest(offers(plan()), PORTO) == ([], 0, 0)
    with pytest.raises(ValueError, match="at least one"):
        nearest(offers(network), PORTO, least=0)


@settings(max_examples=40, deadline=None)
@given(plans, st.integers(1, 30), st.tuples(st.floats(-8.7, -8.5), st.floats(41.1, 41.2)))
def test_the_nearest_cables_are_those_of_asking_every_cable(network: Plan, least: int, at: tuple[float, float]) -> None:
    counts = capacity(network, {Status.OPERATIONAL}).cables
    places = {s.id: s.at for s in reversed(network.sites)}
    enough = [c for c in {c.id: c for c in reversed(network.cables)}.values() if c.id in counts and counts[c.id].spare >= least]
    ends = {c.id: [(GEOD.inv(*at, *there)[2], e) for e in {c.start, c.end} if (there := places.get(e))] for c in enough}
    told = nearest(offers(network), at, least=least, most=None)
    assert [(n.cable, n.site) for n in told.found] == [
        (key, site) for (_, site), key in sorted((min(e), key) for key, e in ends.items() if e)
    ]
    assert (told.placed, told.unplaced) == (sum(map(bool, ends.values())), sum(not e for e in ends.values()))
    assert [(n.spare, n.unsaid) for n in told.found] == [(counts[n.cable].spare, counts[n.cable].unsaid) for n in told.found]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=2, max_size=30),
    st.tuples(st.floats(-180, 180), st.floats(-90, 90)),
    st.integers(1, 8),
)
def test_a_few_of_the_nearest_are_the_first_of_all_wherever_on_earth(
    at: list[tuple[float, float]], here: tuple[float, float], most: int
) -> None:
    sites = [site(f"{i}", there) for i, there in enumerate(at)]
    network = offers(plan(*sites, *(cable(f"c{i}", f"{i}", f"{i * 7 % len(at)}") for i in range(len(at)))))
    some, every = (nearest(network, here, most=n) for n in (most, None))
    assert some == (every.found[:most], every.placed, every.unplaced)


def test_a_school_is_near_a_route_or_a_cabinet_but_not_near_itself() -> None:
    things = (
        site("a", away(0, 500), kind=Kind.CABINET),
        site("b", away(2_000, 500), kind=Kind.CABINET),
        site("by the cabinet", away(-90, 500), public_building=True),
        site("by the route", away(1_000, 590), public_building=True),
        site("far", away(1_000, 3_000), public_building=True),
        site("next to far", away(1_010, 3_000), kind=Kind.BUILDING, customer=True),
        site("nobody knows", None, public_building=True),
        duct("d", route=[away(0, 500), away(2_000, 500)]),
        cable("c", "a", "by the route"),
        cable("not yet", "a", "far", status=Status.PLANNED),
        cable("dark side", "a", "nobody knows"),
    )
    assert coverage(plan(*things), 100) == [Reach(None, 4, 3, 2, 2)]
    assert coverage(plan(*things), 80) == [Reach(None, 4, 3, 0, 2)]


def test_each_building_s_distance_is_told_as_far_as_a_plane_holds() -> None:
    schools = [site(f"s{i}", away(x), public_building=True) for i, x in enumerate((30, 300, 3_000, 19_000, 21_000))]
    network = plan(site("a", PORTO, kind=Kind.POP), *schools, site("lost", None, public_building=True), cable("c", "a", "s4"))
    found = buildings(network)
    assert [b.metres for b in found] == [*(pytest.approx(m, rel=1e-3) for m in (30, 300, 3_000, 19_000)), None, None]
    assert [b.connected for b in found] == [False, False, False, False, True, False]
    assert buildings(plan(*schools)) == [Building(s.id, s.at, None, False) for s in schools], "where there is no network, none is near"


def test_coverage_is_told_by_zone_and_what_lies_in_none_apart() -> None:
    lon, lat = PORTO
    zones = {"west": shapely.box(lon - 1, lat - 1, lon, lat + 1), "east": shapely.box(lon, lat - 1, lon + 0.02, lat + 1)}
    schools = [site(f"s{i}", away(x), public_building=True) for i, x in enumerate((-500, 0, 500, 5_000))]
    found = coverage(plan(*schools, site("a", away(-400), kind=Kind.POP)), 200, zones)
    assert found == [Reach("west", 2, 2, 1, 0), Reach("east", 1, 1, 0, 0), Reach(None, 1, 1, 0, 0)]
    assert coverage(plan(), 200, zones) == [Reach("west", 0, 0, 0, 0), Reach("east", 0, 0, 0, 0)]
    assert coverage(plan(), 200) == [Reach(None, 0, 0, 0, 0)]


@pytest.mark.parametrize("metres", [-1, 20_001, float("nan")])
def test_a_distance_that_a_plane_can_not_hold_is_refused(metres: float) -> None:
    with pytest.raises(ValueError, match="20,000"):
        coverage(plan(), metres)


@settings(max_examples=15, deadline=None)
@given(plans, st.integers(0, 4_000))
def test_coverage_is_what_a_plane_of_portugal_says(network: Plan, metres: int) -> None:
    to = Transformer.from_crs(4326, 3763, always_xy=True).transform

    def flat(points: object) -> list[tuple[float, float]]:
        return [to(*p) for p in points]  # type: ignore[attr-defined]

    lit = [s.at for s in network.sites if s.at and s.status == "operational" and not (s.customer or s.kind == "building")]
    lines = [shapely.LineString(flat(d.route)) for d in network.ducts if len(d.route) > 1 and d.status == "operational"]
    things = [*(shapely.Point(p) for p in flat(lit)), *lines]
    far = [min((t.distance(shapely.Point(to(*s.at))) for t in things), default=np.inf) for s in network.sites if s.public_building and s.at]
    if any(abs(f - metres) < 5 for f in far):
        return  # too near to the line for a plane to say
    assert coverage(network, metres)[0].near == sum(f <= metres for f in far)


def test_the_known_network_has_all_strands_to_spare() -> None:
    assert capacity(ring()).whole == Count(108, spare=108, unsaid=108)
