"""What was published, and how far it moved afterwards."""

from __future__ import annotations

from datetime import date

import pytest

from pulso.errors import CityFileError
from pulso.flow import reading
from pulso.flow.revisions import revisions
from pulso.show.methods import Revision
from tests.flow.vila import LAST, Vila, usual, vila

MONDAY = date(2025, 3, 10)


def step(told: list[Revision], where: str, stage: str, to: str) -> Revision:
    return next(r for r in told if (r.where, r.stage, r.to) == (where, stage, to))


def test_where_nothing_was_learned_nothing_was_revised(told: Vila) -> None:
    found = revisions(told.river())
    assert {r.to for r in found} == {"last"}
    assert {r.where for r in found} == {"city", "zones"}
    assert sum(r.pairs for r in found if r.where == "city") == sum(v.index is not None for v in reading.series(told.river()))
    assert all((r.changed, r.mean, r.gained, r.lost) == (0, 0.0, 0, 0) for r in found if r.pairs)


def test_a_late_correction_moves_its_day_from_its_stage_to_the_next(town: Vila) -> None:
    before = reading.verdict(town.river(), MONDAY)
    values = usual("bikes")
    values[MONDAY, "n1"] = 90.0
    town.say("bikes", values)
    town.collect()
    town.clock.pass_(days=3)
    town.publish()
    after = reading.verdict(town.river(), MONDAY)
    assert before.index is not None
    assert after.index is not None
    assert (before.stage, after.stage) == ("provisional", "revised")
    found = revisions(town.river())
    moved = step(found, "city", "provisional", "revised")
    assert moved.largest == pytest.approx(after.index - before.index, abs=1e-12)
    assert moved.largest < -5
    assert moved.changed >= 1
    assert moved.mean is not None
    assert moved.mean_absolute is not None
    assert abs(moved.mean) <= moved.mean_absolute
    last = step(found, "city", "provisional", "last")
    assert last.pairs >= moved.pairs
    assert last.largest == pytest.approx(moved.largest)


def test_a_correction_in_the_north_revises_the_south_less_than_half_as_much(town: Vila) -> None:
    values = usual("bikes")
    values[LAST, "n1"] = 90.0
    town.say("bikes", values)
    town.collect()
    town.publish()
    sizes = {z: max(abs(r.largest or 0.0) for r in revisions(town.river(), z)) for z in ("north", "South")}
    assert sizes["north"] > 5
    assert 0 < sizes["South"] < sizes["north"] / 2, "a zone of two sensors leans on the city, and so on the north"
    assert {r.where for r in revisions(town.river(), "South")} == {"south"}


def test_a_number_that_is_withdrawn_is_counted_apart(town: Vila) -> None:
    for source in town.sources:
        values = usual(source)
        for sensor in ("n1", "n2", "s1", "s2"):
            del values[MONDAY, sensor]
        town.say(source, values)
    town.collect()
    town.publish()
    assert reading.verdict(town.river(), MONDAY).index is None
    found = revisions(town.river())
    assert sum(r.lost for r in found if r.where == "city" and r.to == "last") == 1
    assert sum(r.gained for r in found if r.where == "city") == 0


def test_before_anything_is_published_there_is_nothing_to_revise(tmp_path) -> None:
    assert revisions(vila(tmp_path).river()) == []


def test_an_unknown_zone_is_answered_with_the_nearest_names(told: Vila) -> None:
    with pytest.raises(CityFileError, match="North"):
        revisions(told.river(), "Nort")
