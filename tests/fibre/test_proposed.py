"""Two paths, what they share, and where a second could go."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulso.errors import NothingKnown, PulsoError
from pulso.fibre.ask.drawn import draw
from pulso.fibre.ask.proposed import Prices, Span, candidates, diverse, pair, second, shared, spurs, widen
from pulso.fibre.metres import straight_metres
from pulso.fibre.shapes import Cable, Duct, Plan, Site, Status
from tests.fibre import brute
from tests.fibre.plans import PORTO, plans, ring


def test_the_school_on_two_feet_has_two_paths_round_the_ring():
    found = pair(draw(ring()), "S3")
    assert (found.paths, found.shortest) == (2, True)
    assert {found.first.cables, found.second.cables} == {("B-S3", "A-B", "CO-A"), ("C-S3", "C-CO")}
    assert (found.first.sites, found.first.metres, found.second.metres) == (("S3", "C", "CO"), 200.0, 300.0)


def test_where_a_length_is_unknown_no_pair_is_called_shortest():
    plan = ring()
    cables = tuple(c.model_copy(update={"ducts": ()}) if c.id == "C-CO" else c for c in plan.cables)
    found = pair(draw(plan.model_copy(update={"cables": cables})), "S3")
    assert (found.paths, found.shortest) == (2, False)
    (other,) = (path for path in (found.first, found.second) if "C-CO" in path.cables)
    assert (other.metres, other.unknown) == (100.0, 1)


def test_two_paths_that_share_a_duct_are_told_with_the_duct():
    drawn = draw(ring(avenue=("A-B", "C-CO")))
    (found,) = shared(drawn)
    assert (found.site, found.ducts, found.avoidable) == ("S3", ("avenue",), False)
    assert pair(drawn, "S3").paths == 1
    assert pair(drawn, "S3", "cable").paths == 2
    assert shared(draw(ring())) == ()


def test_a_spur_gets_a_second_way_over_the_span_that_is_shortest_or_cheapest():
    drawn = draw(ring())
    spans = [
        Span("short", "C", "S1", metres=150.0, cost=90_000.0),
        Span("cheap", "B", "S1", metres=400.0, cost=20_000.0),
        Span("same duct", "C", "S1", ("CO-A",), 1.0, 1.0),
    ]
    found = diverse(widen(drawn, spans), "S1")
    assert found == (("C-CO",), ("short",), ("S1", "C", "CO"), 250.0, 0, 150.0, 0, 90_000.0, ("A-S1", "CO-A"), 0.0, "")
    other = diverse(widen(drawn, spans, by="cost"), "S1")
    assert (other.cables, other.spans, other.metres, other.cost) == (("B-C", "C-CO"), ("cheap",), 600.0, 20_000.0)


def test_a_span_without_length_is_reckoned_straight_and_without_price_has_no_cost():
    found = diverse(widen(draw(ring()), [Span("x", "S2", "C")]), "S2")
    at = {site.id: site.at for site in ring().sites}
    assert (found.straight, found.cost, found.cables) == (1, None, ("C-CO",))
    assert found.new == pytest.approx(float(straight_metres([at["S2"]], [at["C"]])[0]))


def test_where_nothing_avoids_the_first_way_nothing_is_proposed():
    assert diverse(widen(draw(ring()), []), "S1") is None


def test_who_is_dark_is_offered_a_first_way():
    plan = ring()
    cables = tuple(c for c in plan.cables if c.id != "A-S1")
    drawn = draw(plan.model_copy(update={"cables": cables}))
    found = diverse(widen(drawn, [Span("x", "S1", "A", metres=30.0)]), "S1")
    assert (found.spans, found.cables, found.first) == (("x",), ("CO-A",), ())


def test_the_plan_itself_holds_spans_ready():
    plan = ring()
    planned = Duct(id="new", start="C", end="S1", length=70.0, status=Status.PLANNED)
    gone = Duct(id="old", start="C", end="S1", length=7.0, status=Status.DECOMMISSIONED)
    drawn = draw(plan.model_copy(update={"ducts": (*plan.ducts, planned, gone)}))
    spans = candidates(drawn, Prices(dig=80.0, draw=5.0))
    assert ("new", "C", "S1", ("new",), 70.0, 5_600.0) in spans
    assert ("A-B", "A", "B", ("A-B",), 100.0, 500.0) in spans
    assert "old" not in {span.id for span in spans}
    assert {span.cost for span in candidates(drawn)} == {None}
    assert diverse(widen(drawn, spans, by="cost"), "S1").spans == ("new",)


def test_a_customer_whose_ducts_all_leave_by_one_is_offered_digs_to_its_neighbours():
    drawn = draw(ring())
    found = spurs(drawn, "S1", Prices(dig=100.0, draw=1.0), most=3)
    assert [span.end for span in found] == ["D", "C", "B"]  # the sites stand in a line, S1 after D, and S2 is no way
    at = {site.id: site.at for site in ring().sites}
    straight = straight_metres([at["S1"]] * 3, [at["D"], at["C"], at["B"]])
    assert [span.cost for span in found] == pytest.approx((100 * straight).tolist())
    way = diverse(widen(drawn, found), "S1")
    assert (way.spans, way.straight, way.cables) == (("S1 – D",), 1, ("B-D", "B-C", "C-CO"))  # 838 m of digging are less than 1,676
    assert spurs(draw(ring().model_copy(update={"sites": tuple(s.model_copy(update={"at": None}) for s in ring().sites)})), "S1") == ()


def test_a_school_at_the_end_of_one_street_is_offered_the_least_dig_that_reaches_another_way_to_the_office():
    """
    By hand. The school hangs on the cabinet by the only duct that leaves it, and the cabinet on the office by another. West of the
    school, 335 m off, is a pillar that hangs on the same cabinet: of no help. East, 503 m, a manhole on a cable of its own to the office.
    """
    east = 0.002
    places = {"office": 0.0, "cabinet": 4 * east, "pillar": 3 * east, "school": 5 * east, "manhole": 8 * east}
    sites = tuple(
        Site(id=n, name=n, source=n == "office", customer=n == "school", at=(PORTO[0] + lon, PORTO[1])) for n, lon in places.items()
    )
    ends = {"a": ("office", "cabinet"), "b": ("cabinet", "school"), "c": ("cabinet", "pillar"), "d": ("office", "manhole")}
    ducts = tuple(Duct(id=n, start=one, end=other, length=1_000.0) for n, (one, other) in ends.items())
    cables = tuple(Cable(id=n, start=one, end=other, ducts=(n,), fibres=12) for n, (one, other) in ends.items())
    drawn = draw(Plan(id="street", name="A street", sites=sites, ducts=ducts, cables=cables))
    ready = widen(drawn, candidates(drawn), by="new")
    assert diverse(ready, "school") is None
    found = second(ready, "school")
    assert (found.first, found.cables, found.spans, found.dig) == (("b", "a"), ("d",), ("school – manhole",), "manhole")
    assert (found.straight, found.unknown, found.cost) == (1, 0, None)
    assert found.new == found.reckoned == pytest.approx(3 * 167.8, abs=1), "3 × .002° of longitude at 41.15° N"
    assert found.metres == pytest.approx(1_000 + found.new)


def test_of_two_digs_the_shorter_is_proposed_though_its_way_is_longer():
    drawn = draw(ring())
    ready = widen(drawn, (), by="new")
    (near, *_) = spurs(drawn, "S1", most=1)
    assert (second(ready, "S1").dig, near.end) == ("D", "D")
    assert second(ready, "S3") is not None
    assert second(ready, "S3").new == 0.0, "the school on two feet needs no dig"


def lights(plan, drawn, customer, there):
    """Whether light reaches a site that one could dig to, when the ducts of the customer's shortest way are all cut."""
    if there.at is None or there.customer or there.id not in brute.lit(plan):
        return False
    way = pair(drawn, customer).first
    cables = way.cables if way else ()
    ducts = {duct for cable in plan.cables if cable.id in cables for duct in cable.ducts}
    return there.id in brute.lit(plan, ducts=ducts, cables=cables)


@settings(max_examples=40, deadline=None)
@given(plans)
def test_no_proposed_way_lies_in_a_duct_of_the_first_and_none_is_missed(plan):
    drawn = draw(plan)
    ready = widen(drawn, candidates(drawn), by="new")
    known = {site.id: site for site in plan.sites}
    held = {cable.id: set(cable.ducts) or {f"cable {cable.id}"} for cable in plan.cables}
    for row in drawn.register.site.tolist():
        site = drawn.sites.rows[row].id
        found = second(ready, site)
        if found is None:
            assert known[site].at is None or not any(lights(plan, drawn, site, s) for s in plan.sites)
            continue
        assert (found.sites[0], known[found.sites[-1]].source) == (site, True)
        assert not any(drawn.net.customer[drawn.sites.number[n]] for n in found.sites[1:])
        first, other = (set().union(*(held[c] for c in cables)) for cables in (found.first, found.cables))
        assert first.isdisjoint(other | set(found.spans))
        assert bool(found.dig) == any(" – " in span for span in found.spans)


@pytest.mark.parametrize(
    ("ask", "kind", "told"),
    [
        (lambda d: pair(d, "A"), PulsoError, "'A' is no customer"),
        (lambda d: pair(d, "Z"), NothingKnown, "no site"),
        (lambda d: widen(d, [Span("x", "C", "Z")]), NothingKnown, "no site with the id 'Z'"),
        (lambda d: widen(d, [Span("x", "C", "C")]), PulsoError, "begins and ends at the site 'C'"),
        (lambda d: widen(d, [Span("x", "C", "S1", ("no",))]), NothingKnown, "no duct with the id 'no'"),
        (lambda d: widen(d, [Span("x", "C", "S1")], by="cost"), PulsoError, "'x' has no cost"),
        (lambda d: widen(d, [Span("x", "C", "S1", metres=-1.0)]), PulsoError, "'x' has no length"),
        (lambda d: diverse(widen(d, []), "S1", first=["Z"]), NothingKnown, "no cable"),
    ],
)
def test_what_can_not_be_proposed_is_refused_by_name(ask, kind, told):
    with pytest.raises(kind, match=told):
        ask(draw(ring()))


@settings(max_examples=40, deadline=None)
@given(plans, st.sampled_from(["cable", "duct"]))
def test_no_two_ways_that_trying_all_finds_are_shorter(plan, kind):
    drawn = draw(plan)
    length = dict(zip((drawn.cables.rows[i].id for i in drawn.cable.tolist()), drawn.assumed.tolist(), strict=True))
    for row in drawn.register.site.tolist():
        site = drawn.sites.rows[row].id
        found = pair(drawn, site, kind)
        tried = brute.pairs(plan, site, kind)
        if found.paths == 2:
            assert set(found.first.cables).isdisjoint(found.second.cables)
            assert any({found.first.cables, found.second.cables} == {tuple(c.id for c in way) for way in two} for two in tried)
        if found.shortest and tried:
            least = min(sum(length[c.id] for way in two for c in way) for two in tried)
            assert found.paths == 2
            assert found.first.metres + found.second.metres == pytest.approx(least)
        if found.paths == 1:
            assert not tried
            assert brute.ways(plan, site)
        if found.paths == 0:
            assert not brute.ways(plan, site)


@settings(max_examples=40, deadline=None)
@given(plans)
def test_paths_that_share_a_duct_do_and_they_alone_are_told(plan):
    drawn = draw(plan)
    ducts = {cable.id: set(cable.ducts) for cable in plan.cables}
    rows = shared(drawn)
    for row in rows:
        one, other = (set().union(*(ducts[name] for name in path.cables)) for path in (row.first, row.second))
        assert set(row.ducts) == one & other != set()
        if row.avoidable is not None:
            assert row.avoidable == bool(brute.pairs(plan, row.site, "duct"))
    for number, links in zip(drawn.register.site.tolist(), drawn.register.links.tolist(), strict=True):
        site = drawn.sites.rows[number].id
        if links == 2 and site not in {row.site for row in rows}:
            assert brute.pairs(plan, site, "duct")


def test_the_known_network_lies_at_porto():
    assert ring().sites[0].at == PORTO
