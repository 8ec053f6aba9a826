"""The synthetic city's fibre network: large, whole, within its zones, and with the weaknesses that it says it has."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np
import pytest
import shapely
from pyproj import Geod

from pulso.city import load
from pulso.core.fibre.dark import dark
from pulso.core.fibre.network import network
from pulso.core.fibre.tree import Tree, grow, lit
from pulso.fibre.ask.answers import register
from pulso.fibre.ask.drawn import draw
from pulso.fibre.check import check
from pulso.fibre.public import public
from pulso.fibre.shapes import Criticality, Disclosure, End, Kind, Plan, Status, Use
from pulso.simulate.fibre import fibre
from pulso.simulate.fibre_sites import CITY, METRO, OPERATOR, WATER
from pulso.simulate.plan import INSTRUMENTS, geojson, sensors
from pulso.simulate.wifi_places import inventory, spots

GEOD = Geod(ellps="WGS84")
Place = tuple[str, int, bool]  # cable, strand, whether at its end rather than its start


@pytest.fixture(scope="module")
def porto() -> Plan:
    return fibre(1)


@pytest.fixture(scope="module", params=[1, 5])
def any_city(request: pytest.FixtureRequest) -> Plan:
    return fibre(request.param)


def metres(route: tuple[tuple[float, float], ...]) -> float:
    return float(GEOD.line_length([p[0] for p in route], [p[1] for p in route]))


def drawn(plan: Plan) -> Tree:
    """How light reaches every site over the cables in use."""
    site = {s.id: i for i, s in enumerate(plan.sites)}
    duct = {d.id: i for i, d in enumerate(plan.ducts)}
    used = [c for c in plan.cables if c.status is Status.OPERATIONAL]
    lies = [(i, duct[d]) for i, c in enumerate(used) for d in c.ducts]
    ends = [(site[c.start], site[c.end]) for c in used]
    return grow(network([s.customer for s in plan.sites], [s.source for s in plan.sites], ends, lies, ducts=len(duct)))


def darkened(plan: Plan, tree: Tree, *ducts: str) -> set[str]:
    """Customers without light when these ducts are cut."""
    number = {d.id: i for i, d in enumerate(plan.ducts)}
    gone = dark(tree, ducts=[number[d] for d in ducts])
    return {plan.sites[i].id for i in np.flatnonzero(gone)}


# How large it is


def test_the_city_has_as_much_fibre_as_it_says(porto):
    route = sum(metres(d.route) for d in porto.ducts if d.status is Status.OPERATIONAL)
    length = {d.id: metres(d.route) for d in porto.ducts}
    strands = sum(c.strands * sum(length[d] for d in c.ducts) for c in porto.cables if c.status is Status.OPERATIONAL)
    assert 300_000 <= route < 360_000
    assert len([d for d in porto.ducts if d.status is Status.OPERATIONAL]) >= 2_000
    assert 4_000_000 < strands < 40_000_000
    assert porto.synthetic
    assert "sintétic" in porto.name


def test_two_hundred_and_twenty_public_buildings_are_served(any_city):
    public = [s for s in any_city.sites if s.public_building]
    assert len(public) == 220
    assert all(s.customer and s.service and s.kind is Kind.BUILDING for s in public)
    assert {s.criticality for s in public} == set(Criticality)
    assert {"Hospital 1", "Escola Básica 12", "Quartel de Bombeiros 3", "Gabinete de Habitação Social 20"} <= {s.name for s in public}
    assert len({s.at for s in public}) == 220


def test_light_comes_from_three_offices_and_four_points_of_presence(porto):
    assert Counter(s.kind for s in porto.sites if s.source) == {Kind.OFFICE: 3, Kind.POP: 4}


def test_every_access_point_hangs_on_one_site(porto):
    fed = Counter(sensor for s in porto.sites for sensor in s.sensors)
    access = [p for s in spots() for p, _, _ in s.points]
    powered = [s.id for kind in INSTRUMENTS if kind.powered and kind.name != "metro" for s in sensors(kind)]
    assert len(access) == 600
    assert fed == Counter(access + powered)
    assert {s.kind for s in porto.sites if any(x.startswith("ap-") for x in s.sensors)} >= {Kind.CABINET, Kind.BUILDING, Kind.OTHER}
    assert all(point.site for point in inventory(porto).points)


def test_the_same_seed_is_the_same_network_to_the_last_strand():
    assert fibre.__wrapped__(1) == fibre(1)
    assert fibre(2) != fibre(1)


def test_the_demo_city_says_that_it_has_a_network_and_its_sisters_that_they_have_none():
    said = load("demo").simulation.fibre
    assert said is not None
    assert said.seed == 1
    assert load("demo_2").simulation.fibre is None


def test_the_network_is_drawn_in_three_seconds():
    begun = time.process_time()
    fibre.__wrapped__(4)
    assert time.process_time() - begun < 3


# That it holds together


def test_all_of_it_lies_within_the_zones(any_city):
    ground = shapely.union_all([shapely.Polygon(f["geometry"]["coordinates"][0]) for f in geojson()["features"]])
    at = np.array([s.at for s in any_city.sites])
    assert shapely.contains_xy(ground, at[:, 0], at[:, 1]).all()
    assert shapely.contains(ground, [shapely.LineString(d.route) for d in any_city.ducts]).all()


def test_every_reference_holds_and_no_id_is_there_twice(any_city):
    named = {
        "site": [s.id for s in any_city.sites],
        "duct": [d.id for d in any_city.ducts],
        "cable": [c.id for c in any_city.cables],
        "owner": [o.id for o in any_city.organisations],
        "phase": [p.id for p in any_city.phases],
    }
    assert all(len(set(ids)) == len(ids) for ids in named.values())
    known = {kind: set(ids) for kind, ids in named.items()}
    things = (*any_city.sites, *any_city.ducts, *any_city.cables)
    assert {t.owner for t in things} <= known["owner"]
    assert {t.phase for t in things} <= known["phase"]
    assert {end for t in (*any_city.ducts, *any_city.cables) for end in (t.start, t.end)} <= known["site"]
    assert {d for c in (*any_city.cables, *any_city.works) for d in c.ducts} <= known["duct"]
    assert {s.site for s in (*any_city.splices, *any_city.ports, *any_city.splitters)} <= known["site"]
    assert {s.cable for s in any_city.strands} <= known["cable"]
    assert {w.whom for w in any_city.works} | {s.whom for s in any_city.strands if s.whom} <= known["owner"]


def test_ducts_meet_their_sites_and_are_about_as_long_as_the_map_says(any_city):
    at = {s.id: s.at for s in any_city.sites}
    for duct in any_city.ducts:
        assert (duct.route[0], duct.route[-1]) == (at[duct.start], at[duct.end])
        drawn_length = metres(duct.route)
        assert 3 < drawn_length < 600
        assert duct.length is None or drawn_length - 0.06 <= duct.length <= 1.02 * drawn_length


def test_a_cable_s_ducts_lead_from_its_start_to_its_end(any_city):
    duct = {d.id: d for d in any_city.ducts}
    lengths = {d: duct[d].length or metres(duct[d].route) for d in duct}
    for cable in any_city.cables:
        here = cable.start
        for d in cable.ducts:
            assert here in (duct[d].start, duct[d].end), cable.id
            here = duct[d].end if here == duct[d].start else duct[d].start
        assert here == cable.end
        assert len(set(cable.ducts)) == len(cable.ducts)
        assert cable.length is None or cable.length > sum(lengths[d] for d in cable.ducts)
        assert cable.status is not Status.OPERATIONAL or all(duct[d].status is Status.OPERATIONAL for d in cable.ducts)
    assert np.mean([len(c.ducts) > 1 for c in any_city.cables]) > 0.6


def test_ducts_are_wide_enough_for_their_cables(any_city):
    area: defaultdict[str, float] = defaultdict(float)
    for cable in any_city.cables:
        for d in cable.ducts:
            area[d] += cable.outer**2
    fill = np.array([area[d.id] / d.inner**2 for d in any_city.ducts if d.inner])
    assert fill.max() < 0.8
    assert (fill > 0).mean() > 0.6


def test_who_looks_for_mistakes_finds_none(any_city):
    assert check(any_city) == []
    assert [f for f in check(public(any_city)) if f.severity == "error"] == []


# Light


def test_everybody_has_light_and_the_backbone_survives_any_one_dig(any_city):
    tree = drawn(any_city)
    has = lit(tree)
    assert has[[s.customer for s in any_city.sites]].all()
    backbone = {d for c in any_city.cables if c.id.startswith("tronco") for d in c.ducts}
    hubs = {s.id for s in any_city.sites if s.source}
    assert not any(darkened(any_city, tree, d) & hubs for d in sorted(backbone)[:40])


def claims(plan: Plan) -> Iterator[Place]:
    """Every end of a strand that a splice, a port or a splitter is said to hold, at the cable's end that is there."""
    cable = {c.id: c for c in plan.cables}

    def at(site: str, end: End, count: int = 1) -> Iterator[Place]:
        here = cable[end.cable]
        assert site in (here.start, here.end), f"{end.cable} does not end at {site}"
        assert end.first + count - 1 <= here.strands, f"{end.cable} has no strand {end.first + count - 1}"
        return ((end.cable, end.first + i, site == here.end) for i in range(count))

    for s in plan.splices:
        yield from at(s.site, s.one, s.count)
        yield from at(s.site, s.other, s.count)
    for p in plan.ports:
        yield from at(p.site, p.behind) if p.behind else ()
    for k in plan.splitters:
        assert len(k.outputs) <= k.ways
        for end in (k.input, *k.outputs):
            yield from at(k.site, end) if end else ()


def test_no_end_of_a_strand_is_in_two_places(any_city):
    twice = {place: n for place, n in Counter(claims(any_city)).items() if n > 1}
    assert not twice
    sockets = Counter((p.site, p.panel, p.number) for p in any_city.ports)
    assert max(sockets.values()) == 1
    assert all((p.site, *p.patched) in sockets for p in any_city.ports if p.patched)


def onward(plan: Plan) -> dict[Place, Place | str]:
    """From each joined end of a strand: the end that it is joined to, or the site whose port it is behind."""
    cable = {c.id: c for c in plan.cables}

    def end(site: str, at: End, i: int = 0) -> Place:
        return at.cable, at.first + i, site == cable[at.cable].end

    found: dict[Place, Place | str] = {end(p.site, p.behind): p.site for p in plan.ports if p.behind}
    for s in plan.splices:
        for i in range(s.count):
            one, other = end(s.site, s.one, i), end(s.site, s.other, i)
            found |= {one: other, other: one}
    for k in plan.splitters:
        found |= {end(k.site, leg): end(k.site, k.input) for leg in k.outputs if k.input}
    return found


def test_every_customer_s_strands_lead_to_an_office_over_strands_that_are_in_use(any_city):
    joined = onward(any_city)
    source = {s.id for s in any_city.sites if s.source}
    used = {(r.cable, n): r.use for r in any_city.strands for n in range(r.first, r.last + 1)}
    homes: defaultdict[str, list[str]] = defaultdict(list)
    customers = {s.id for s in any_city.sites if s.customer}
    cable = {c.id: c for c in any_city.cables}
    for port in any_city.ports:
        if port.site not in customers or port.behind is None:
            continue
        here: Place = (port.behind.cable, port.behind.first, port.site == cable[port.behind.cable].end)
        for _ in range(40):
            assert used[here[:2]] in (Use.USED, Use.LEASED), here
            then = joined[(here[0], here[1], not here[2])]
            if isinstance(then, str):
                assert then in source
                homes[port.site].append(then)
                break
            here = then
        else:
            pytest.fail(f"{port.site} never arrives")
    assert set(homes) == customers
    grave = [s.id for s in any_city.sites if s.criticality is Criticality.LIFE]
    assert all(len(homes[g]) == 4 for g in grave)


def test_what_strands_are_used_for_never_overlaps(any_city):
    size = {c.id: c.strands for c in any_city.cables}
    seen = Counter((r.cable, n) for r in any_city.strands for n in range(r.first, r.last + 1))
    assert max(seen.values()) == 1
    assert all(r.last <= size[r.cable] for r in any_city.strands)
    assert {r.use for r in any_city.strands} == {Use.USED, Use.LEASED, Use.RESERVED, Use.BROKEN}
    assert all(r.whom == OPERATOR for r in any_city.strands if r.use is Use.LEASED)
    assert any(s.count >= 12 for s in any_city.splices)
    assert any_city.splitters


# Its weaknesses


def test_ways_that_look_redundant_share_a_duct_at_the_named_places(porto):
    tree = drawn(porto)
    named = {d.id: d.name for d in porto.ducts if d.name.startswith(("Viaduto", "Passagem inferior", "Entrada única"))}
    kinds = Counter(n.split()[0] for n in named.values())
    assert all(kinds[k] >= 2 for k in ("Viaduto", "Passagem", "Entrada"))
    inside = defaultdict(set)
    for cable in porto.cables:
        for d in cable.ducts:
            inside[d].add(cable.id)
    for duct, name in named.items():
        if name.startswith("Viaduto"):
            ring = name.split()[-1].lower()
            mine = {c for c in inside[duct] if c.startswith(f"anel-{ring}-")}
            assert len(mine) == 2, "the ring goes out and comes back through it"
            stops = {s for c in porto.cables if c.id.startswith(f"anel-{ring}-") for s in (c.start, c.end) if s.startswith("arm")}
            fed = {c.end for c in porto.cables if c.start in stops and c.id.startswith("lig") and not c.id.endswith("-2")}
            assert len(darkened(porto, tree, duct) & fed) >= 5
        elif "presença" in name:
            assert len(darkened(porto, tree, duct)) > 40, "everybody whose rings begin and end there"
        else:
            drops = [c for c in inside[duct] if c.endswith("-2") and c.removesuffix("-2") in inside[duct]]
            customer = {c.removeprefix("lig-").removesuffix("-2") for c in drops}
            assert customer, f"{name} holds no two cables of one customer"
            assert customer <= darkened(porto, tree, duct)


def test_whoever_lives_may_hang_on_has_two_ways_but_for_the_named_places(porto):
    tree = drawn(porto)
    named = {d.id for d in porto.ducts if d.name.startswith(("Viaduto", "Passagem inferior", "Entrada única"))}
    grave = {s.id for s in porto.sites if s.criticality is Criticality.LIFE}
    alone = defaultdict(set)
    for d in porto.ducts:
        if d.id not in named:
            for site in darkened(porto, tree, d.id) & grave:
                alone[site].add(d.id)
    assert not alone


def test_two_digs_on_the_same_days_darken_whom_neither_does_alone(porto):
    tree = drawn(porto)
    one, other = (w for w in porto.works if w.name.startswith("Reparação"))
    assert max(one.first, other.first) <= min(one.last, other.last)
    both = darkened(porto, tree, *one.ducts, *other.ducts)
    assert both > darkened(porto, tree, *one.ducts) | darkened(porto, tree, *other.ducts)


def test_everything_that_joins_strands_can_be_used_and_only_what_is_not_built_yet_carries_no_light(any_city):
    drawn_city = draw(any_city)
    assert not drawn_city.claims.left_out
    unbuilt = {t.id for t in (*any_city.ducts, *any_city.cables, *any_city.sites) if t.status is not Status.OPERATIONAL}
    assert {left.id for left in drawn_city.left_out} <= unbuilt


def test_the_register_tells_the_named_places_from_those_with_two_ways(porto):
    rows = {r.site: r for r in register(draw(porto))}
    inside = defaultdict(set)
    for cable in porto.cables:
        for d in cable.ducts:
            inside[d].add(cable.id)
    named = {d.id for d in porto.ducts if d.name.startswith(("Passagem inferior", "Entrada única"))}
    shared = {c[4:-2] for d in named for c in inside[d] if c.startswith("lig-") and c.endswith("-2") and c[:-2] in inside[d]}
    grave = {s.id for s in porto.sites if s.criticality is Criticality.LIFE}
    assert len(shared & grave) == 5
    assert {g for g in grave if rows[g].ducts == 1} == shared & grave
    assert all(rows[g].cables == 2 for g in grave)


# What is said of it


def test_things_are_public_internal_and_restricted(porto):
    for things in (porto.sites, porto.ducts, porto.cables):
        assert {t.disclosure for t in things} == set(Disclosure)
    assert {w.disclosure for w in porto.works} == {Disclosure.PUBLIC, Disclosure.INTERNAL}
    level = {t.id: t.disclosure for t in porto.sites}
    assert all(level[s.id] is Disclosure.RESTRICTED for s in porto.sites if s.source or s.criticality is Criticality.LIFE)


def test_what_is_public_touches_nothing_that_is_not(porto):
    level = {t.id: t.disclosure for t in (*porto.sites, *porto.ducts)}
    for thing in (*porto.ducts, *porto.cables):
        if thing.disclosure is Disclosure.PUBLIC:
            assert level[thing.start] is level[thing.end] is Disclosure.PUBLIC
            assert all(level[d] is Disclosure.PUBLIC for d in getattr(thing, "ducts", ()))


def test_some_of_it_is_built_some_is_being_built_and_some_is_a_plan(porto):
    for status in (Status.OPERATIONAL, Status.UNDER_CONSTRUCTION, Status.PLANNED):
        assert any(t.status is status for t in porto.cables)
    phase = {Status.OPERATIONAL: "fase-1", Status.UNDER_CONSTRUCTION: "fase-2", Status.PLANNED: "fase-3", Status.INACTIVE: "fase-1"}
    assert all(t.phase == phase[t.status] for t in (*porto.sites, *porto.ducts, *porto.cables))
    assert any(t.status is Status.INACTIVE for t in porto.ducts)
    assert {d.owner for d in porto.ducts} == {CITY, METRO, WATER}
    assert {c.owner for c in porto.cables} == {CITY, OPERATOR}
