"""The published method and other weights, on a real city."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from pulso.flow.idu import idu_mode
from pulso.flow.weights import weights
from tests.told import Told

pytestmark = pytest.mark.mirror


def test_one_factor_behind_zurich_s_streams_knows_the_lockdown(zurich: Told):
    told = idu_mode(zurich.river, date(2020, 1, 1), date(2021, 6, 30))
    assert told.accepted
    assert told.anchor == "car_count"
    assert sum(s.used for s in told.series) >= 10
    assert {s.metric: s.loading for s in told.series}["car_count"] > 0.8
    before, during = (
        np.array([s.score for s in told.scores if a <= s.day <= b and s.score is not None])
        for a, b in ((date(2020, 1, 13), date(2020, 2, 28)), (date(2020, 3, 23), date(2020, 4, 26)))
    )
    assert before.mean() - during.mean() > 1.5, "in standard deviations of the factor"
    lowest = sorted((s.score, s.day) for s in told.scores if s.score is not None)[:10]
    assert date(2020, 4, 10) in {day for _, day in lowest}, "Good Friday of the lockdown"
    assert told.kmo is not None
    assert told.kmo > 0.7
    assert told.alpha is not None
    assert told.alpha > 0.8


def test_six_domains_of_zurich_weigh_by_every_method_and_the_calm_ones_more_than_they_matter(zurich: Told):
    told = weights(zurich.river, date(2021, 3, 10))
    assert len(told.domains) == 6
    assert told.factor == "accepted"
    by_name = {d.domain: d for d in told.domains}
    assert by_name["road_traffic"].in_force > by_name["road_traffic"].importance
    assert by_name["cycling"].in_force < by_name["cycling"].importance, "bicycles are lively: rain empties the paths"
    assert told.band is not None
    assert told.band[0] < told.index < told.band[1]
    assert max(told.choices, key=lambda c: c.year or 0.0).choice == "left out", "what is measured matters more than how it is weighed"
