"""A pilot whose effect is known, evaluated by each method."""

from __future__ import annotations

import numpy as np
import pytest

from pulso.core.effects.evaluation import Design, Series, evaluate, least_effect
from pulso.core.effects.steady import Steady
from pulso.core.effects.window import Refusal

T, START, DAYS = 1000, 940, 28
KIND = np.where(np.arange(T) % 7 >= 5, 1, 0)
NOTHING = np.zeros(T, dtype=bool)
WITH_CONTROLS = ("did", "synthetic", "sdid", "structural")


def city(seed: int, effect: float = 0.0, *, zones: int = 6, shared: float = 0.08, own: float = 0.04) -> Series:
    """Zones that move together, each with a little of its own; something is done to the first from START on for DAYS."""
    rng = np.random.default_rng(seed)
    common = np.zeros(T)
    shocks = shared * rng.standard_t(5, T)
    for t in range(1, T):
        common[t] = 0.4 * common[t - 1] + shocks[t]
    z = (
        common * rng.uniform(0.7, 1.3, (zones, 1))
        + own * rng.standard_normal((zones, T))
        + 0.001 * rng.standard_normal((zones, T)).cumsum(axis=1)
    )
    z[0, START : START + DAYS] += effect
    known = Steady(z[0], np.zeros(T, dtype=np.int64), np.ones(T, dtype=bool))
    return Series(known, z[1:], KIND)


def design(method: str, excluded=NOTHING) -> Design:
    return Design(method, (START - 120, START), (START, START + DAYS), excluded)


def found(series: Series, method: str, **more):
    return evaluate(series, design(method, **more), rng=np.random.default_rng(1))


@pytest.mark.parametrize("method", WITH_CONTROLS)
def test_a_comparison_finds_what_was_done_more_closely_than_the_window_alone(method):
    many = [(found(city(s, 0.2), method), found(city(s, 0.2), "window")) for s in range(2)]
    for one, alone in many:
        assert one.refusal is None
        assert one.low < 0.2 < one.high
        assert one.high - one.low < alone.high - alone.low
        assert one.seen == 1.0
    assert np.mean([one.log for one, _ in many]) == pytest.approx(0.2, abs=0.03)


@pytest.mark.parametrize("method", ["window", "did", "sdid"])
def test_where_nothing_was_done_p_is_that_of_chance(method):
    told = [found(city(s), method) for s in range(5)]
    assert all(0 < e.p <= 1 for e in told)
    assert sum(e.low <= 0 <= e.high for e in told) >= 4
    for e in told:
        assert e.p == (1 + (np.abs(e.placebos) >= abs(e.log)).sum()) / (1 + e.placebos.size)


def test_treated_that_moved_away_before_are_told():
    series = city(4)
    series.treated.log[START - 60 : START] += 0.3
    told = found(series, "did")
    assert told.drift == pytest.approx(0.3, abs=0.05)
    assert told.drift_p < 0.02
    assert found(city(4), "did").drift_p > 0.05


def test_equal_weights_are_a_difference_of_differences():
    series = city(5, 0.1)
    gap = series.treated.log - series.controls.mean(axis=0)
    by_hand = gap[START : START + DAYS].mean() - gap[START - 120 : START].mean()
    assert found(series, "did").log == pytest.approx(by_hand, abs=1e-12)


def test_no_placebo_has_a_day_that_is_left_out_or_one_of_the_pilot():
    out = np.zeros(T, dtype=bool)
    out[700:704] = True
    series = city(6)
    series.treated.log[700:704] += 50.0
    spoilt = city(6)
    spoilt.treated.log[START : START + DAYS] += 50.0
    told, late = found(series, "did", excluded=out), found(spoilt, "did")
    assert np.abs(told.placebos).max() < 1.0
    np.testing.assert_allclose(late.placebos, found(city(6), "did").placebos)
    assert np.abs(found(series, "did").placebos).max() > 1.0  # else it would say nothing


def test_days_that_a_control_lacks_are_left_out():
    series = city(7, 0.2)
    series.controls[2, START + 3 : START + 6] = np.nan
    told = found(series, "sdid")
    assert told.seen == pytest.approx(25 / 28)
    assert told.low < 0.2 < told.high
    series.controls[2, START : START + 20] = np.nan
    assert found(series, "sdid").refusal is Refusal.UNSEEN


@pytest.mark.parametrize("method", WITH_CONTROLS)
def test_a_last_day_that_nobody_saw_costs_that_day_only(method):
    series, end = city(7, 0.2), START + DAYS - 1
    series.treated.log[end], series.treated.segment[end] = np.nan, -1
    told = found(series, method)
    assert told.refusal is None
    assert told.seen == pytest.approx(27 / 28)
    assert told.low < 0.2 < told.high


@pytest.mark.parametrize("method", WITH_CONTROLS)
def test_days_before_a_level_broke_are_not_compared_with_those_after_it(method):
    """A level that breaks begins anew elsewhere: here 5 higher, as if a control had grown a hundredfold."""
    series, broke = city(8, 0.2), START - 70
    segments = np.zeros(series.controls.shape, dtype=np.int64)
    whole = found(series._replace(segments=segments), method)
    series.controls[3, broke:] += 5.0
    segments[3, broke:] = 1
    told = found(series._replace(segments=segments), method)
    assert told.low < 0.2 < told.high
    assert told.log == pytest.approx(whole.log, abs=0.05)
    assert told.drift == pytest.approx(found(city(8)._replace(segments=segments), "did").drift, nan_ok=True)
    segments[3, START - 40 :] = 2
    assert found(series._replace(segments=segments), method).refusal is Refusal.NO_LEVEL


def test_a_short_past_has_an_estimate_without_an_interval():
    cut = 700
    series = city(8, 0.2)
    short = Series(Steady(*(part[cut:] for part in series.treated)), series.controls[:, cut:], KIND[cut:])
    told = evaluate(
        short,
        Design("did", (START - 120 - cut, START - cut), (START - cut, START + DAYS - cut), NOTHING[cut:]),
        rng=np.random.default_rng(1),
    )
    assert told.refusal is Refusal.FEW_WINDOWS
    assert told.log == pytest.approx(0.2, abs=0.1)
    assert np.isnan([told.low, told.high, told.p]).all()


@pytest.mark.parametrize("method", ["window", "did"])
def test_an_effect_of_the_announced_least_is_seen_four_times_in_five(method):
    series = city(9)
    hidden = Series(series.treated._replace(log=np.where(np.arange(T) >= START, np.nan, series.treated.log)), series.controls, KIND)
    least = least_effect(hidden, design(method))
    placebos = found(city(9), method).placebos
    reach = np.sort(np.abs(placebos))[int(np.ceil(0.95 * (placebos.size + 1))) - 1]
    assert least.up > 0 > least.down
    assert np.mean(placebos + least.up * 1.0001 > reach) >= 0.8
    assert np.mean(placebos + least.up * 0.95 > reach) < 0.85


def test_what_makes_no_sense_is_refused():
    series = city(1)
    with pytest.raises(ValueError, match="before lie before"):
        evaluate(series, Design("did", (900, 950), (940, 960), NOTHING), rng=np.random.default_rng(1))
    alone = Series(series.treated, series.controls[:1], KIND)
    with pytest.raises(ValueError, match="sdid needs 2 controls"):
        evaluate(alone, design("sdid"), rng=np.random.default_rng(1))
    assert found(alone, "did").refusal is None
    with pytest.raises(ValueError, match="same days"):
        evaluate(Series(series.treated, series.controls[:, :-1], KIND), design("did"), rng=np.random.default_rng(1))
