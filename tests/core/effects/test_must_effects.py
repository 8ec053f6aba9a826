"""The bars of effects: nineteen intervals of twenty hold nothing where nothing was, on real series and years that taught nothing."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from pulso.core.days import KINDS
from pulso.core.effects import window
from pulso.core.effects.power import minimum_effect
from tests.core.effects import calibrate as cal

pytestmark = [pytest.mark.mirror, pytest.mark.proof]

FEW = 29  # every so many days a window, for methods that take long; prime, so that all weekdays come
OTHERS = {
    "weather as covariates": (cal.without_weather, 3),
    "s.d. / √h": (cal.root_of_days, 3),
    "block bootstrap": (cal.block_bootstrap, 3),
    "local-level filter": (cal.filtered, FEW),
    "structural time series": (cal.structural, FEW),
    "structural time series, loose": (cal.structural_loose, FEW),
}


def report(name: str, h: int, told: dict[str, list[cal.Called]]) -> float:
    """Print one row, and give the share of all windows."""
    every = [c for one in told.values() for c in one]
    by = ", ".join(f"{place} {cal.coverage(one):.3f} ({len(one)}, ±{cal.width(one):.2f})" for place, one in told.items() if one)
    print(f"{name}, {h} days: {cal.coverage(every):.3f} of {len(every)}; {by}")
    return cal.coverage(every)


@pytest.mark.parametrize("h", cal.LENGTHS)
def test_nineteen_intervals_of_twenty_hold_nothing(shared, h):
    told = cal.tried(cal.default, shared, cal.HELD_OUT, h, 3)
    assert 0.92 <= report("held out", h, told) <= 0.98
    assert all(len(one) >= 50 for one in told.values())
    assert min(cal.coverage(one) for one in told.values()) >= 0.85


def test_single_days_of_every_kind_hold_nothing_about_as_often(shared):
    inside = defaultdict(list)
    for name, told in cal.tried(cal.default, shared, cal.HELD_OUT, 1, 1).items():
        kind = cal.sample(name, shared).data.days.kind
        for c in told:
            inside[KINDS[kind[c.start]]].append(c.low <= 0 <= c.high)
    print("single days: " + ", ".join(f"{kind} {np.mean(x):.3f} ({len(x)})" for kind, x in inside.items()))
    assert 0.92 <= np.mean(inside["weekday"]) <= 0.98
    assert 0.92 <= np.mean(inside["weekend"]) <= 0.98


@pytest.mark.parametrize("h", cal.LENGTHS)
def test_so_they_did_in_the_years_that_it_was_chosen_on(shared, h):
    assert 0.92 <= report("tuned", h, cal.tried(cal.default, shared, cal.TUNED, h, 3)) <= 0.98


@pytest.mark.parametrize("h", cal.LENGTHS)
def test_what_else_was_tried_in_those_years(shared, h, monkeypatch):
    def row(name: str, way: cal.Way) -> float:
        told = [c for one in cal.tried(way, shared, cal.TUNED, h, 3).values() for c in one]
        print(f"tuned, {name}, {h} days: {cal.coverage(told):.3f}, score {cal.score(told):.3f}, ±{cal.width(told):.2f}")
        return cal.score(told)

    ours = row("default", cal.default)
    assert ours <= 1.01 * row("signed", cal.signed)
    assert ours <= row("of any kind", cal.of_any_kind) + 1e-9
    for past in (365, 1826):
        monkeypatch.setattr(window, "PAST", past)
        row(f"{past} days back", cal.default)


@pytest.mark.parametrize("h", cal.LENGTHS)
def test_an_effect_of_the_announced_minimum_is_called_four_times_of_five(shared, h):
    called = defaultdict(list)
    for name, told in cal.tried(cal.default, shared, cal.HELD_OUT, h, 3).items():
        for c in told:
            up, down = minimum_effect(c.placebos)
            called[name] += [c.low + up > 0, c.high + down < 0]
    pooled = np.concatenate(list(called.values()))
    print(f"power, {h} days: {pooled.mean():.3f}; " + ", ".join(f"{name} {np.mean(x):.3f}" for name, x in called.items()))
    assert 0.72 <= pooled.mean() <= 0.88


@pytest.mark.parametrize("h", cal.LENGTHS)
def test_without_the_days_weather_less_is_enough_and_holds_as_often(shared, h):
    known = {name: cal.HELD_OUT[name] for name in ("Zürich cars", "Zürich bikes", "Washington bike-share")}
    plain, calm = (cal.tried(way, shared, known, h, 3) for way in (cal.default, cal.calm_index))
    assert 0.92 <= report("the index without the day's weather", h, calm) <= 0.98
    for name in ("Zürich bikes", "Washington bike-share"):  # the engine keeps no weather for cars
        assert cal.width(calm[name]) < 0.85 * cal.width(plain[name])


def test_what_a_pilot_must_do_to_be_seen(shared):
    for name in cal.NAMES:
        for h in cal.LENGTHS:
            up, down = minimum_effect(cal.announced(name, shared, h)).percent
            print(f"minimum, {name}, {h} days: {up:+.0f} %, {down:+.0f} %")
            if (name, h) == ("Münster bikes", 28):
                assert up <= 35  # design: about ±25 %
                assert down >= -30


@pytest.mark.parametrize("h", cal.LENGTHS)
@pytest.mark.parametrize("other", OTHERS)
def test_what_the_others_hold(shared, other, h):
    way, step = OTHERS[other]
    share = report(other, h, cal.tried(way, shared, cal.HELD_OUT, h, step))
    if other == "s.d. / √h" and h > 1:
        assert share < 0.85  # why it is never used


@pytest.mark.parametrize("name", cal.NAMES)
def test_the_level_put_back_is_nearly_an_expectation_frozen(shared, name):
    for h in (7, 28):
        r, apart, n = cal.against_frozen(name, shared, h)
        print(f"frozen, {name}, {h} days: r {r:.4f}, median apart {apart:.4f}, {n} windows")
        assert r >= 0.95
        assert apart <= 0.05
