"""Other ways to weigh the domains, and which choice moves the headline."""

from __future__ import annotations

import numpy as np
import pytest

from pulso.core.compose import Domain, Scheme, scheme
from pulso.core.days import Days
from pulso.core.ways import choices, ways

T = 800


def days() -> Days:
    first = 737791  # 1 January 2021
    return Days(np.arange(first, first + T), np.full(T, -1), (), np.zeros(T, dtype=bool))


def city(domains: int, *, lively: float = 1.0, seed: int = 5) -> np.ndarray:
    """Domains with a common pulse; the first is so many times as lively."""
    chance = np.random.default_rng(seed)
    pulse = chance.normal(0, 0.1, (T, 1))
    out = pulse + chance.normal(0, 0.1, (T, domains))
    out[:, 0] *= lively
    return out


def plan(domains: int, *importance: float) -> Scheme:
    names = [f"d{i}" for i in range(domains)]
    worth = importance or (1.0,) * domains
    return scheme(names, [1.0] * domains, [Domain(n, w) for n, w in zip(names, worth, strict=True)])


def test_every_way_shares_out_the_whole_weight():
    found = ways(plan(4), city(4), days(), T - 20, 2021, np.ones(4, dtype=bool))
    assert found.component is not None
    assert found.factor is not None
    assert found.influence is not None
    others = (found.component.weights, found.factor.weights, found.influence.weights)
    for w in (found.in_force, found.now, found.importance, found.equal, *others):
        assert w.sum() == pytest.approx(1.0)
        assert (w >= 0).all()


def test_a_domain_that_became_lively_drifts_away_from_the_weight_in_force():
    moved = city(4)
    moved[400:, 0] *= 4
    found = ways(plan(4), moved, days(), T - 20, 2021, np.ones(4, dtype=bool))
    assert found.now[0] < found.in_force[0] / 2
    same = ways(plan(4), city(4), days(), T - 20, None, np.ones(4, dtype=bool))
    np.testing.assert_array_equal(same.now, same.in_force)


def test_the_future_says_nothing_about_the_weights():
    shaken = city(4)
    shaken[700:] = np.random.default_rng(9).normal(0, 3, (100, 4))
    one, other = (ways(plan(4), c, days(), 700, None, np.ones(4, dtype=bool)) for c in (city(4), shaken))
    np.testing.assert_array_equal(one.in_force, other.in_force)
    assert one.component is not None
    assert other.component is not None
    np.testing.assert_array_equal(one.component.weights, other.component.weights)


def test_a_domain_that_is_another_one_s_shadow_makes_a_heywood_case_and_no_weights():
    chance = np.random.default_rng(2)
    pulse = chance.normal(0, 0.1, T)
    shadowed = np.stack([pulse, pulse + chance.normal(0, 1e-3, T), *(0.3 * pulse + chance.normal(0, 0.1, T) for _ in range(2))], axis=1)
    found = ways(plan(4), shadowed, days(), T - 20, None, np.ones(4, dtype=bool))
    assert found.one_factor is not None
    assert found.factor is not None
    assert not found.one_factor.accepted
    assert found.one_factor.heywood.any()
    assert np.isnan(found.factor.weights).all()


def test_two_domains_are_too_few_for_a_factor_and_one_for_anything():
    two = ways(plan(2), city(2), days(), T - 20, None, np.ones(2, dtype=bool))
    assert two.one_factor is None
    assert two.component is not None
    one = ways(plan(2), city(2), days(), T - 20, None, np.array([True, False]))
    assert one.component is None
    assert one.influence is None
    np.testing.assert_array_equal(one.in_force, [1.0, 0.0])


def test_a_domain_that_is_hardly_known_weighs_nothing_in_what_rests_on_the_year():
    thin = city(4)
    thin[: T - 60, 3] = np.nan
    found = ways(plan(4), thin, days(), T - 20, None, np.ones(4, dtype=bool))
    np.testing.assert_array_equal(found.known, [True, True, True, False])
    assert found.component is not None
    assert found.component.weights.size == 3


def test_the_band_holds_the_published_index_and_says_what_moves_it():
    scores = np.log(np.tile([[0.6, 1.0, 1.1]], (100, 1)) * np.exp(np.random.default_rng(1).normal(0, 0.05, (100, 3))))
    weight = np.array([0.5, 0.3, 0.2])
    band = choices(scores, weight)
    assert band is not None
    published = 100 * np.exp(scores @ weight)
    assert ((band.low < published) & (published < band.high)).all()
    matters = dict(zip(band.groups, band.overall, strict=True))
    assert max(matters, key=lambda name: matters[name]) == "left out", "without the quiet metric the day is another"


def test_a_lone_metric_leaves_nothing_to_choose():
    assert choices(np.zeros((10, 3)), np.array([1.0, 0.0, 0.0])) is None
