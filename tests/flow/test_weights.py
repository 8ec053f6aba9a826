"""How the domains of a town weigh, by our method and by others."""

from __future__ import annotations

from datetime import date

import pytest

from pulso.errors import NothingKnown
from pulso.flow import reading
from pulso.flow.weights import weights
from tests.flow.vila import FIRST, LAST, Vila, usual, vila


def test_the_weights_in_force_are_those_that_were_published(told: Vila) -> None:
    for day in (date(2024, 11, 5), LAST):
        verdict, found = reading.verdict(told.river(), day), weights(told.river(), day)
        published = {d.domain: d.weight for d in verdict.domains}
        assert {d.domain: pytest.approx(d.in_force) for d in found.domains} == published
        assert found.index == verdict.index


def test_each_way_shares_out_the_whole_weight(told: Vila) -> None:
    found = weights(told.river())
    assert found.day == LAST
    assert [d.domain for d in found.domains] == ["street", "transit"]
    assert [d.equal for d in found.domains] == [0.5, 0.5]
    for way in ("in_force", "by_last_year", "importance", "equal", "component", "influence"):
        assert sum(getattr(d, way) for d in found.domains) == pytest.approx(1.0)


def test_two_domains_have_no_factor_and_the_reason_is_told(told: Vila) -> None:
    found = weights(told.river())
    assert found.factor == "too few"
    assert {d.factor for d in found.domains} == {None}
    assert found.influence == "reached"


def test_the_choices_together_hold_the_published_index_and_each_has_its_share(told: Vila) -> None:
    found = weights(told.river())
    assert found.band is not None
    assert found.band[0] < found.index < found.band[1]
    assert {c.choice for c in found.choices} == {"weights", "treatment", "aggregation", "left out"}
    assert all(c.year is not None and -0.05 < c.year < 1.1 for c in found.choices)
    assert sum(c.year or 0.0 for c in found.choices) > 0.9, "total indices leave nothing unaccounted for"


def test_what_is_learned_of_the_spring_does_not_change_the_weights_of_november(told: Vila, town: Vila) -> None:
    town.say("bikes", usual("bikes") | {(date(2025, 3, 10), "n1"): 90.0})
    town.collect()
    town.publish()
    november, spring = date(2024, 11, 5), date(2025, 3, 12)
    assert weights(town.river(), november) == weights(told.river(), november)
    assert weights(town.river(), spring).choices != weights(told.river(), spring).choices


def test_a_day_without_a_number_has_no_weights_and_says_why(told: Vila, tmp_path) -> None:
    with pytest.raises(NothingKnown, match="too short a past"):
        weights(told.river(), FIRST)
    with pytest.raises(NothingKnown, match="nothing was published of 2031-01-01"):
        weights(told.river(), date(2031, 1, 1))
    with pytest.raises(NothingKnown, match="pulso publish vila"):
        weights(vila(tmp_path).river())
