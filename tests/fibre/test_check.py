"""What is wrong or doubtful in a network is found, with the thing's id; a good network gets no finding at all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from pulso.fibre.check import check, measures
from pulso.fibre.check.ground import mercator_metres
from pulso.fibre.findings import Finding, errors, worst_first
from pulso.fibre.metres import route_metres
from pulso.fibre.shapes import Cable, Duct, End, Kind, Organisation, Phase, Plan, Point, Port, Site, Splice, Splitter, Strands, Use, Works

A, M, S = (-8.609, 41.152), (-8.607, 41.150), (-8.600, 41.151)
PORTO = 41.15
"""Latitude of Porto, degrees."""


def good() -> Plan:
    """An office, a manhole, a school; two cables spliced in the manhole, a splitter, a panel."""
    return Plan(
        id="p",
        name="Porto",
        organisations=(Organisation(id="cmp", name="Câmara"),),
        phases=(Phase(id="1", name="One"),),
        sites=(
            Site(id="A", kind=Kind.OFFICE, at=A, source=True, owner="cmp", phase="1"),
            Site(id="M", at=M),
            Site(id="S", at=S, customer=True),
        ),
        ducts=(Duct(id="AM", start="A", end="M", route=(A, M), length=280.0, inner=40.0), Duct(id="SM", start="S", end="M", route=(S, M))),
        cables=(
            Cable(id="a", start="A", end="M", ducts=("AM",), tubes=2, fibres=12, outer=12.0, length=300.0),
            Cable(id="b", start="M", end="S", ducts=("SM",), fibres=12),
            Cable(id="c", start="A", end="S", ducts=("AM", "SM"), fibres=12),
        ),
        strands=(Strands(cable="a", first=1, last=4, use=Use.USED), Strands(cable="a", first=5, last=24, use=Use.RESERVED, whom="cmp")),
        splices=(Splice(site="M", one=End(cable="a", first=1), other=End(cable="b", first=1), count=4),),
        ports=(
            Port(site="A", panel="1", number=1, behind=End(cable="a", first=1), patched=("1", 2)),
            Port(site="A", panel="1", number=2, behind=End(cable="c", first=1)),
        ),
        splitters=(Splitter(id="x", site="M", input=End(cable="a", first=24), outputs=(End(cable="b", first=12),), ways=8, loss=10.5),),
        works=(Works(id="w", name="Dig", first="2026-01-01", last="2026-01-02", ducts=("AM",), whom="cmp"),),  # type: ignore[arg-type]
    )


def test_a_good_network_gets_no_finding() -> None:
    assert check(good()) == []


def a(kind: str, **change: Any) -> Plan:
    """The good network with its first thing of a kind changed."""
    plan = good()
    first, *rest = getattr(plan, kind)
    return plan.model_copy(update={kind: (first.model_copy(update=change), *rest)})


def more(kind: str, *things: Any) -> Plan:
    """The good network with further things of a kind."""
    plan = good()
    return plan.model_copy(update={kind: (*getattr(plan, kind), *things)})


END = End(cable="a", first=1)
CASES: tuple[tuple[str, str, str, Plan], ...] = (
    ("duplicate-id", "error", "site M", more("sites", Site(id="M", at=M))),
    ("duplicate-id", "error", "works w", more("works", good().works[0])),
    ("unknown-reference", "error", "duct AM", a("ducts", start="nowhere")),
    ("unknown-reference", "error", "site A", a("sites", owner="nobody")),
    ("unknown-reference", "error", "site A", a("sites", phase="never")),
    ("unknown-reference", "error", "cable a", a("cables", ducts=("AM", "gone"))),
    ("unknown-reference", "error", "strands 0", a("strands", cable="gone")),
    ("unknown-reference", "error", "strands 0", a("strands", whom="nobody")),
    ("unknown-reference", "error", "splice 0", a("splices", one=End(cable="gone", first=1))),
    ("unknown-reference", "error", "port 0", a("ports", patched=("9", 9))),
    ("unknown-reference", "error", "splitter x", a("splitters", site="nowhere")),
    ("unknown-reference", "error", "works w", a("works", sites=("nowhere",))),
    ("circle", "warning", "duct AM", a("ducts", end="A")),
    ("circle", "warning", "cable a", a("cables", ducts=("AM", "AM", "AM"))),
    ("ducts-apart", "error", "cable a", a("cables", ducts=("SM",))),
    ("ducts-apart", "error", "cable a", a("cables", ducts=("AM", "SM"))),
    ("ducts-reversed", "warning", "cable d", more("cables", Cable(id="d", start="A", end="S", ducts=("SM", "AM"), fibres=1))),
    ("too-thick", "warning", "cable a", a("cables", outer=41.0)),
    ("unused-site", "warning", "site N", more("sites", Site(id="N", at=M))),
    ("strands-order", "error", "strands 0", a("strands", first=4, last=1)),
    ("strands-twice", "error", "strands 1", a("strands", last=5)),
    ("beyond-cable", "error", "strands 1", a("cables", tubes=1)),
    ("beyond-cable", "error", "splice 0", a("splices", count=13)),
    ("not-its-end", "error", "splice 0", a("splices", site="A")),
    ("not-its-end", "error", "port 0", a("ports", site="S")),
    ("strand-taken", "error", "splice 1", more("splices", Splice(site="M", one=END, other=End(cable="c", first=1)))),
    ("strand-taken", "error", "port 2", more("ports", Port(site="A", panel="2", number=1, behind=END))),
    ("strand-taken", "error", "splitter x", a("splitters", input=END)),
    ("port-taken", "error", "port 2", more("ports", Port(site="A", panel="1", number=1))),
    ("port-taken", "error", "port 2", more("ports", Port(site="A", panel="1", number=3, patched=("1", 1)))),
    ("patched-to-itself", "error", "port 0", a("ports", patched=("1", 1))),
    ("too-many-outputs", "error", "splitter x", a("splitters", ways=2, outputs=tuple(End(cable="b", first=n) for n in (10, 11, 12)))),
    ("too-little-loss", "warning", "splitter x", a("splitters", loss=8.9)),
    ("no-source", "note", "sites", a("sites", source=False)),
    ("nowhere", "warning", "site N", more("sites", Site(id="N", at=(0.0, 0.0)))),
    ("swapped", "warning", "site N", more("sites", Site(id="N", at=(41.15, -8.61)))),
    ("ends-apart", "warning", "duct AM", a("ducts", route=(A, (-8.607, 41.151)))),
    ("route-reversed", "warning", "duct AM", a("ducts", route=(M, A))),
    ("length-unit", "warning", "duct AM", a("ducts", length=0.28)),
    ("length-unit", "warning", "cable a", a("cables", length=913.0)),
    ("length-unit", "warning", "cable a", a("cables", length=280_000.0)),
    ("length-short", "warning", "cable a", a("cables", length=150.0)),
    ("length-long", "warning", "cable a", a("cables", length=600.0)),
)


@pytest.mark.parametrize(("code", "severity", "where", "plan"), CASES, ids=[f"{code} of {where}" for code, _, where, _ in CASES])
def test_what_is_wrong_is_found_with_its_weight_and_its_place(code: str, severity: str, where: str, plan: Plan) -> None:
    assert (code, severity, where) in {(f.code, f.severity, f.where) for f in check(plan)}


@pytest.mark.parametrize("case", CASES, ids=[f"{code} of {where}" for code, _, where, _ in CASES])
def test_every_finding_says_what_was_found_and_what_is_accepted(case: tuple[str, str, str, Plan]) -> None:
    for f in check(case[3]):
        assert f.found
        assert f.accepted


def test_two_cables_joined_in_a_school_are_told_for_a_customer_is_never_transit() -> None:
    joined = more("splices", Splice(site="S", one=End(cable="b", first=2), other=End(cable="c", first=2)))
    assert ("customer-transit", "splice 1") in {(f.code, f.where) for f in check(joined)}
    panel = (Port(site="S", panel="1", number=1, behind=End(cable="b", first=3), patched=("1", 2)),)
    other = (Port(site="S", panel="1", number=2, behind=End(cable="c", first=3)),)
    assert ("customer-transit", "port 2") in {(f.code, f.where) for f in check(more("ports", *panel, *other))}


def test_a_patch_that_both_ports_say_is_one_patch() -> None:
    plan = good()
    both = (plan.ports[0], plan.ports[1].model_copy(update={"patched": ("1", 1)}))
    assert check(plan.model_copy(update={"ports": both})) == []


def test_strands_joined_in_a_ring_are_told_once_a_splice() -> None:
    twin = Cable(id="d", start="A", end="M", ducts=("AM",), tubes=2, fibres=12)
    ring = [Splice(site=s, one=End(cable="a", first=5), other=End(cable="d", first=5), count=3) for s in ("A", "M")]
    plan = more("cables", twin)
    found = check(plan.model_copy(update={"splices": (*plan.splices, *ring), "ports": ()}))
    assert [(f.code, f.found) for f in found] == [("ring", "2 strands are joined in a ring")]


@given(
    st.floats(-0.02, 0.02).filter(lambda x: abs(x) > 0.002),
    st.floats(-0.02, 0.02).filter(lambda x: abs(x) > 0.002),
)
def test_a_length_measured_flat_on_the_web_map_is_told_and_is_a_third_too_long_at_porto(east: float, north: float) -> None:
    far: Point = (A[0] + east, PORTO + north)
    near: Point = (A[0], PORTO)
    (flat,), (ground,) = mercator_metres([(near, far)]), route_metres([(near, far)])
    x, y = Transformer.from_crs(4326, 3857, always_xy=True).transform(*np.array([near, far]).T)
    assert flat == pytest.approx(np.hypot(np.diff(x), np.diff(y))[0], rel=1e-9)
    assert flat / ground == pytest.approx(1.3280, abs=0.005)  # 1 / cos 41.15°, a little more to the north than to the east
    plan = Plan(
        id="p",
        name="",
        sites=(Site(id="n", at=near), Site(id="f", at=far)),
        ducts=(Duct(id="d", start="n", end="f", route=(near, far), length=flat),),
    )
    assert {f.code for f in measures(plan)} == {"length-web-mercator"}


def test_short_ways_may_be_longer_than_they_are_drawn() -> None:
    assert check(a("cables", length=284.0)) == []


def test_a_length_of_a_duct_that_nobody_has_drawn_is_not_doubted() -> None:
    assert measures(a("ducts", route=(), length=9e9)) == []


def test_errors_come_first_and_only_errors_are_errors() -> None:
    some = [Finding("a", "note", "", "", ""), Finding("b", "error", "", "", ""), Finding("c", "warning", "", "", "")]
    assert [f.code for f in worst_first(some)] == ["b", "c", "a"]
    assert [f.code for f in errors(some)] == ["b"]


def test_an_empty_network_gets_no_finding() -> None:
    assert check(Plan(id="p", name="")) == []
