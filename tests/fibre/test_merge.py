"""Two records of a network made one: nothing is lost, nothing guessed, and what disagrees is told."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulso.fibre.alike import Match
from pulso.fibre.columns import TABLES
from pulso.fibre.merge import Conflict, Filled, Merged, merge
from pulso.fibre.renaming import IDENTIFIED, REFERENCES, prefixed, renamed
from pulso.fibre.shapes import Cable, Disclosure, Duct, End, Kind, Organisation, Plan, Port, Site, Splice, Status, Strands, Use
from tests.fibre.plans import PORTO, plans, ring, some_plan, spliced

NEAR = (PORTO[0] + 2e-5, PORTO[1])  # 1.7 m east
FAR = (PORTO[0] + 1e-2, PORTO[1])
EMPTY = Plan(id="nothing", name="")


def plan(*things: Any, name: str = "", **more: Any) -> Plan:
    kinds: dict[str, type] = {"sites": Site, "ducts": Duct, "cables": Cable, "strands": Strands, "splices": Splice, "ports": Port}
    kinds |= {"organisations": Organisation}
    rows = {k: tuple(t for t in things if isinstance(t, kind)) for k, kind in kinds.items()}
    return Plan.model_validate({"id": "p", "name": name, **rows, **more})


def site(key: str, at: Any = None, **more: Any) -> Site:
    return Site.model_validate({"id": key, "at": at, **more})


def changed(network: Plan, rnd: Random) -> Plan:
    """Another record of a network: things missing, unknown, otherwise said, renamed, in another order."""
    made: dict[str, Any] = {}
    for kind in TABLES:
        rows = [r for r in getattr(network, kind) if rnd.random() < 0.8]
        for i, row in enumerate(rows):
            if rnd.random() < 0.3 and hasattr(row, "name"):
                rows[i] = row.model_copy(update={"name": rnd.choice(["", "Another name"])})
            if rnd.random() < 0.3 and hasattr(row, "status"):
                rows[i] = rows[i].model_copy(update={"status": rnd.choice(list(Status)), "disclosure": rnd.choice(list(Disclosure))})
            if rnd.random() < 0.3 and isinstance(row, Strands):
                rows[i] = row.model_copy(update={"use": rnd.choice(list(Use))})
        rnd.shuffle(rows)
        made[kind] = tuple(rows)
    other = network.model_copy(update=made)
    some = {kind: {r.id: f"{r.id}'" for r in made[kind] if rnd.random() < 0.3} for kind in IDENTIFIED}
    return renamed(other, some)


def two_records(rnd: Random) -> tuple[Plan, Plan]:
    network = some_plan(rnd)
    return network, changed(network, rnd)


records = st.randoms(use_true_random=False).map(two_records)
"""A network, and another record of it."""


@settings(max_examples=12, deadline=None)
@given(plans)
def test_a_network_and_itself_are_itself(network: Plan) -> None:
    found = merge(network, network, take="all")
    assert found == Merged(network, [], [], [], [])


@settings(max_examples=15, deadline=None)
@given(plans)
def test_a_network_and_nothing_are_the_network(network: Plan) -> None:
    assert merge(network, EMPTY) == Merged(network, [], [], [], [])
    assert merge(EMPTY, network, prefer="other").plan == network
    assert merge(EMPTY, network).plan.model_copy(update={"id": network.id}) == network


@settings(max_examples=15, deadline=None)
@given(records, st.booleans())
def test_which_comes_first_matters_only_for_who_is_preferred(two: tuple[Plan, Plan], taken: bool) -> None:
    a, b = two
    take: Any = "all" if taken else ()
    here, there = merge(a, b, take=take), merge(b, a, prefer="other", take=take)
    assert here.plan == there.plan
    assert [(c.kind, c.id, c.field, c.other, c.one, c.kept) for c in there.conflicts] == here.conflicts
    assert {(m.kind, m.other, m.one, m.metres, m.turned) for m in there.proposed + there.taken} == set(here.proposed + here.taken)
    assert here.filled == there.filled


@settings(max_examples=15, deadline=None)
@given(records, st.sampled_from(["one", "other"]), st.booleans())
def test_nothing_is_lost(two: tuple[Plan, Plan], prefer: Any, taken: bool) -> None:
    """Every field of every thing of both records is in the result, or told in a conflict, under the id it has there."""
    a, b = two
    found = merge(a, b, prefer=prefer, take="all" if taken else ())
    ids: dict[str, dict[str, str]] = {}
    turned: dict[str, set[str]] = {}
    for m in found.taken:
        kept, gone = (m.one, m.other) if prefer == "one" else (m.other, m.one)
        ids.setdefault(m.kind, {})[gone] = kept
        if m.turned:
            turned.setdefault(m.kind, set()).add(kept)
    both = (a, renamed(b, ids, turned)) if prefer == "one" else (renamed(a, ids, turned), b)
    told = {(c.kind, c.field, repr(v)) for c in found.conflicts for v in (c.one, c.other)}
    for record in both:
        for kind in TABLES:
            rows = getattr(found.plan, kind)
            for row in getattr(record, kind):
                if row in rows or (kind, "", repr(row)) in told:
                    continue
                if kind == "splices":
                    assert any(r.site == row.site and {r.one, r.other} == {row.one, row.other} for r in rows)
                    continue
                keys = ("id",) if hasattr(row, "id") else ("cable", "first", "last") if kind == "strands" else ("site", "panel", "number")
                now = next(r for r in rows if all(getattr(r, k) == getattr(row, k) for k in keys))
                for field in type(row).model_fields:
                    said, is_now = getattr(row, field), getattr(now, field)
                    if field == "more":
                        assert all(is_now.get(k) == v or (kind, f"more.{k}", repr(v)) in told for k, v in said.items())
                    else:
                        assert said == is_now or said in ("", None, (), {}) or (kind, field, repr(said)) in told


@settings(max_examples=12, deadline=None)
@given(records)
def test_merging_what_was_merged_changes_nothing(two: tuple[Plan, Plan]) -> None:
    whole = merge(*two).plan
    assert merge(whole, two[0]).plan == whole


def test_what_one_knows_and_the_other_does_not_is_filled_and_told() -> None:
    found = merge(plan(site("a", name="Praça")), plan(site("a", PORTO, more={"k": 1})))
    assert found.plan.sites == (site("a", PORTO, name="Praça", more={"k": 1}),)
    assert found.filled == [Filled("sites", "a", "more.k", 1), Filled("sites", "a", "at", PORTO)]
    assert found.conflicts == []


def test_what_they_disagree_about_is_told_and_the_preferred_stands() -> None:
    a, b = plan(site("a", PORTO, more={"k": 1})), plan(site("a", FAR, more={"k": 2}))
    assert merge(a, b).conflicts == [Conflict("sites", "a", "more.k", 1, 2, 1), Conflict("sites", "a", "at", PORTO, FAR, PORTO)]
    assert merge(a, b, prefer="other").plan.sites[0].at == FAR


def test_of_two_levels_of_disclosure_the_stricter_stands_whoever_is_preferred() -> None:
    a, b = plan(site("a", disclosure=Disclosure.PUBLIC)), plan(site("a", disclosure=Disclosure.RESTRICTED))
    for found in (merge(a, b), merge(a, b, prefer="other"), merge(b, a)):
        assert found.plan.sites[0].disclosure is Disclosure.RESTRICTED
        assert found.conflicts[0].field == "disclosure"


def test_a_site_that_is_drawn_twice_is_proposed_and_taken_only_on_request() -> None:
    a = plan(site("a", PORTO, kind=Kind.MANHOLE, name="Praça"), site("z", FAR, kind=Kind.MANHOLE))
    b = plan(site("b", NEAR, kind=Kind.MANHOLE, name="PRAÇA"), Duct(id="d", start="b", end="b"))
    found = merge(a, b)
    assert found.proposed == [Match("sites", "a", "b", pytest.approx(1.68, abs=0.01))]
    assert [s.id for s in found.plan.sites] == ["a", "z", "b"]
    taken = merge(a, b, take=[("sites", "a", "b")])
    assert [s.id for s in taken.plan.sites] == ["a", "z"]
    assert (taken.plan.ducts[0].start, taken.plan.ducts[0].end) == ("a", "a")
    assert taken.taken == found.proposed
    assert [c.field for c in taken.conflicts] == ["name", "at"]


@pytest.mark.parametrize(
    "other",
    [
        site("b", FAR, kind=Kind.MANHOLE),
        site("b", NEAR, kind=Kind.POLE),
        site("b", NEAR, kind=Kind.MANHOLE, name="Rua"),
        site("b", kind=Kind.MANHOLE),
    ],
    ids=["too far", "another kind", "another name", "nobody knows where"],
)
def test_another_site_is_not_proposed(other: Site) -> None:
    assert merge(plan(site("a", PORTO, kind=Kind.MANHOLE, name="Praça")), plan(other)).proposed == []


def test_of_two_that_come_into_question_the_nearer_is_proposed() -> None:
    a = plan(site("a", PORTO), site("c", (PORTO[0] - 1e-5, PORTO[1])))
    assert [m[:3] for m in merge(a, plan(site("b", NEAR))).proposed] == [("sites", "a", "b")]


def test_a_duct_and_its_cable_drawn_from_the_other_end_are_the_same() -> None:
    ends = (site("a", PORTO, name="A"), site("b", FAR, name="B"))
    a = plan(*ends, Duct(id="d", start="a", end="b", route=(PORTO, FAR)), Cable(id="c", start="a", end="b", ducts=("d",), fibres=12))
    theirs = (site("1", PORTO, name="A"), site("2", FAR, name="B"))
    b = plan(
        *theirs, Duct(id="3", start="2", end="1", route=(FAR, PORTO), inner=40), Cable(id="4", start="2", end="1", ducts=("3",), fibres=12)
    )
    found = merge(a, b, take="all")
    assert [(m.kind, m.one, m.other, m.turned) for m in found.taken] == [
        ("sites", "a", "1", False), ("sites", "b", "2", False), ("ducts", "d", "3", True), ("cables", "c", "4", True),
    ]  # fmt: skip
    assert found.conflicts == []
    assert found.plan == plan(*ends, a.ducts[0].model_copy(update={"inner": 40.0}), a.cables[0])


def test_two_ducts_between_the_same_sites_on_other_streets_are_two() -> None:
    ends = (site("a", PORTO), site("b", FAR))
    north = (PORTO[0] + 5e-3, PORTO[1] + 1e-3)
    a, b = (plan(*ends, Duct(id=n, start="a", end="b", route=r)) for n, r in (("d", (PORTO, FAR)), ("e", (PORTO, north, FAR))))
    assert merge(a, b).proposed == []
    assert [m[:3] for m in merge(a, b, within=200).proposed] == [("ducts", "d", "e")]


def test_cables_of_other_sizes_or_in_other_ducts_are_two() -> None:
    a = plan(Cable(id="c", start="a", end="b", fibres=12, ducts=("d",)))
    for other in (Cable(id="x", start="a", end="b", fibres=24), Cable(id="x", start="a", end="b", fibres=12, ducts=("e",))):
        assert merge(a, plan(other)).proposed == []


def test_the_same_organisation_under_two_ids_is_proposed() -> None:
    a, b = plan(Organisation(id="cmp", name="Câmara")), plan(Organisation(id="1", name="CÂMARA"), site("s", owner="1"))
    assert merge(a, b, take="all").plan.sites[0].owner == "cmp"


def test_a_splice_turned_round_is_the_same_and_one_that_takes_a_joined_strand_is_told() -> None:
    x, y, z = (End(cable=c, first=1) for c in "xyz")
    mine = Splice(site="s", one=x, other=y, count=12)
    assert merge(plan(mine), plan(Splice(site="s", one=y, other=x, count=12))) == Merged(plan(mine), [], [], [], [])
    within = Splice(site="s", one=End(cable="y", first=3), other=End(cable="x", first=3), count=2)
    assert merge(plan(mine), plan(within)) == Merged(plan(mine), [], [], [], [])
    theirs = Splice(site="s", one=End(cable="x", first=12), other=z)
    found = merge(plan(mine), plan(theirs))
    assert found.plan.splices == (mine,)
    assert found.conflicts == [Conflict("splices", "s: x 1 to y 1", "", mine, theirs, mine)]
    assert merge(plan(mine), plan(theirs.model_copy(update={"site": "elsewhere"}))).conflicts == []


def test_a_port_is_its_place_in_the_panel() -> None:
    a, b = (plan(Port(site="s", panel="A", number=1, behind=End(cable="c", first=n))) for n in (1, 2))
    (one,) = merge(a, b).conflicts
    assert (one.id, one.field) == ("s: A 1", "behind")
    assert merge(a, b).plan == a


def test_strands_said_in_other_ranges_are_both_kept_and_told() -> None:
    a, b = plan(Strands(cable="c", first=1, last=12, use=Use.USED)), plan(Strands(cable="c", first=5, last=5, use=Use.BROKEN))
    found = merge(a, b)
    assert len(found.plan.strands) == 2
    assert [(c.kind, c.id) for c in found.conflicts] == [("strands", "c 1-12")]
    assert merge(a, plan(Strands(cable="c", first=5, last=5, use=Use.USED))).conflicts == []


def test_ids_that_count_from_one_in_both_records_are_kept_apart_by_a_prefix() -> None:
    other = prefixed(spliced(), "B-")
    assert other.splices[0].one == End(cable="B-c0", first=25)
    assert {s.id for s in other.sites} == {f"B-{s.id}" for s in spliced().sites}
    both = merge(spliced(), other).plan
    assert len(both.cables) == 2 * len(spliced().cables)


def test_every_reference_of_the_shapes_is_renamed() -> None:
    network = some_plan(Random(5), sites=8, ducts=10, cables=12, works=3)
    text = prefixed(network, "§").model_dump_json()
    for kind in ("sites", "ducts", "cables"):
        for row in getattr(network, kind):
            assert f'"{row.id}"' not in text
    assert set(REFERENCES) <= set(TABLES)


def test_synthetic_stays_synthetic() -> None:
    assert merge(plan(), plan(synthetic=True)).plan.synthetic


def test_what_is_not_proposed_can_not_be_taken() -> None:
    with pytest.raises(ValueError, match=r"not proposed: \[\('sites', 'x', 'y'\)\]"):
        merge(ring(), ring(), take=[("sites", "x", "y")])
    with pytest.raises(ValueError, match="at least 0 m"):
        merge(ring(), ring(), within=float("nan"))


def test_a_cable_to_a_site_that_its_record_lacks_is_not_taken_for_one_to_another_s_site() -> None:
    a = plan(site("s1", PORTO), site("s2", FAR), Cable(id="c", start="s1", end="s2", fibres=12))
    b = plan(site("x", PORTO), site("s2", FAR), Cable(id="k", start="s1", end="s2", fibres=12))
    assert [m.kind for m in merge(a, b).proposed] == [m.kind for m in merge(b, a).proposed] == ["sites"]
