"""Any network goes into every form of the standard, and into tables of other people, and comes back as far as these have words for it."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from pulso.fibre import ofds
from pulso.fibre.columns import MODELS, TABLES, columns, flat
from pulso.fibre.files.tables import read
from pulso.fibre.findings import errors
from pulso.fibre.metres import WGS84
from pulso.fibre.ofds.standard import VERSIONS, Version
from pulso.fibre.shapes import Plan, Status
from tests.fibre.plans import plans

QUIET = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def strands(plan: Plan) -> Counter[str]:
    """How many strands lie in each duct; in each cable, where nobody knows its ducts."""
    found: Counter[str] = Counter()
    ducts = {d.id for d in plan.ducts}
    for cable in plan.cables:
        for duct in set(cable.ducts) & ducts or {cable.id}:
            found[duct] += cable.strands
    return found


def strand_metres(plan: Plan) -> dict[str, float]:
    """Metres of all strands in each duct, where it is known of all cables in it: a sheath is shared among ducts by their lengths."""
    metres = {
        d.id: d.length if d.length is not None else WGS84.line_length(*zip(*d.route, strict=True)) if d.route else None for d in plan.ducts
    }
    found: dict[str, float] = {}
    for duct in plan.ducts:
        parts: list[float | None] = []
        for cable in (c for c in plan.cables if duct.id in c.ducts):
            whole = [metres.get(d) for d in cable.ducts]
            if cable.length is None or len(cable.ducts) == 1:
                part = duct.length if cable.length is None else cable.length
            else:
                part = None if None in whole else cable.length * (metres[duct.id] or 0.0) / sum(m or 0.0 for m in whole)
            parts.append(None if part is None else part * cable.strands)
        if parts and None not in parts:
            found[duct.id] = sum(p or 0.0 for p in parts)
    return found


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("form", ofds.FORMS)
@QUIET
@given(plans)
def test_a_network_in_any_form_of_the_standard_comes_back(form: ofds.Form, version: Version, plan: Plan) -> None:
    again = ofds.parse(ofds.files([plan], form, version).files)
    assert (again.form, again.version) == (form, version)
    (now,) = again.plans
    assert {s.id: (s.name, s.at, s.kind, s.status, s.phase) for s in now.sites} == {
        s.id: (s.name, s.at, s.kind, s.status, s.phase) for s in plan.sites
    }
    theirs, ours = {d.id: d for d in now.ducts}, {d.id: d for d in plan.ducts}
    assert ours.keys() <= theirs.keys()
    for key, duct in ours.items():
        route = duct.route if len(duct.route) > 1 else ()
        assert (theirs[key].start, theirs[key].end, theirs[key].route) == (duct.start, duct.end, route)
        assert (theirs[key].name, theirs[key].status, theirs[key].phase, theirs[key].laid) == (
            duct.name,
            duct.status,
            duct.phase,
            duct.laid,
        )
    assert strands(now) == strands(plan)
    lit = {c.id: c.length * c.strands for c in now.cables if c.length is not None}
    assert {k: m for k, m in lit.items() if k in ours} == pytest.approx(strand_metres(plan), rel=1e-3, abs=1)


@pytest.mark.parametrize("form", ofds.FORMS)
@QUIET
@given(plans)
def test_what_was_read_is_written_the_same_again(form: ofds.Form, plan: Plan) -> None:
    once = ofds.files([plan], form)
    read_again = ofds.parse(once.files)
    assert ofds.files(read_again.plans, form, more=read_again.more).files == once.files


def foreign(kind: str, name: str, value: Any) -> str:
    """A cell as another program writes it: decimal commas, days first, words of its own, items between bars."""
    form = TABLES[kind][name]
    if value is None:
        return ""
    if form == "number":
        return f"{value / 1000 if name == 'length' else value:,.6f}".translate(str.maketrans(",.", ".,"))
    if form == "yes":
        return "sim" if value else "não"
    if form == "day":
        return f"{value:%d/%m/%Y}"
    if form == "point":
        return f"POINT ({value[0]!r} {value[1]!r})"
    if form == "line":
        return f"LINESTRING ({', '.join(f'{x!r} {y!r}' for x, y in value)})"
    if form == "list":
        return "|".join(value)
    if form == "ends":
        return "|".join(f"{end.cable}:{end.first}" for end in value)
    return f"estado {value}" if name == "status" else str(value)


def to_the_millimetre(row: Any) -> Any:
    """A thing whose length went through kilometres: 1.009 × 1000 is a little less than 1009."""
    length = getattr(row, "length", None)
    return row if length is None else row.model_copy(update={"length": round(length, 3)})


def their_column(name: str) -> dict[str, Any]:
    """How the column map says what `foreign` wrote."""
    own: dict[str, dict[str, Any]] = {
        "at": {"wkt": "THEIR_AT"},
        "route": {"wkt": "THEIR_ROUTE"},
        "length": {"column": "THEIR_LENGTH", "unit": "km"},
        "status": {"column": "THEIR_STATUS", "values": {f"estado {s}": s.value for s in Status}},
        **{n: {"column": f"THEIR_{n.upper()}", "separator": "|"} for n in ("ducts", "sites", "sensors", "outputs")},
    }
    return own.get(name, {"column": f"THEIR_{name.upper()}"})


@QUIET
@given(plans)
def test_tables_of_other_words_units_and_signs_come_back_by_their_column_map(tmp_path: Path, plan: Plan) -> None:
    said: dict[str, Any] = {"network": {"id": plan.id, "name": plan.name, "synthetic": plan.synthetic}}
    for old in tmp_path.glob("*.csv"):
        old.unlink()
    for kind in MODELS:
        rows = [flat(kind, row) for row in getattr(plan, kind)]
        names = [n for n in TABLES[kind] if n != "more"]
        if rows:
            said[kind] = {"table": f"their {kind}", "decimal": ",", **{n: their_column(n) for n in names}}
            with (tmp_path / f"their {kind}.csv").open("w", newline="", encoding="utf-8") as file:
                table = csv.writer(file, delimiter=";")
                table.writerow(f"THEIR_{n.upper()}" for n in names)
                table.writerows([foreign(kind, n, row[n]) for n in names] for row in rows)
    again, findings = read(tmp_path, columns(said))
    assert errors(findings) == []
    for kind in MODELS:
        kept = tuple(row.model_copy(update={"more": {}}) if hasattr(row, "more") else row for row in getattr(plan, kind))
        assert tuple(map(to_the_millimetre, getattr(again, kind))) == kept, kind
    assert (again.id, again.name, again.synthetic) == (plan.id, plan.name, plan.synthetic)
