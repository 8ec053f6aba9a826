"""Seasons on the series that everyone knows, and on made ones with gaps."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.tsa.seasonal import MSTL

from pulso.core.seasonal import adjusted, mstl, stl
from pulso.core.statespace import local_level

# Mean air temperature at Nottingham Castle in °F, by month from January 1920 (Anderson 1976; R's `nottem`).
NOTTINGHAM = np.array(
    [
        [40.6, 40.8, 44.4, 46.7, 54.1, 58.5, 57.7, 56.4, 54.3, 50.5, 42.9, 39.8],
        [44.2, 39.8, 45.1, 47.0, 54.1, 58.7, 66.3, 59.9, 57.0, 54.2, 39.7, 42.8],
        [37.5, 38.7, 39.5, 42.1, 55.7, 57.8, 56.8, 54.3, 54.3, 47.1, 41.8, 41.7],
        [41.8, 40.1, 42.9, 45.8, 49.2, 52.7, 64.2, 59.6, 54.4, 49.2, 36.3, 37.6],
        [39.3, 37.5, 38.3, 45.5, 53.2, 57.7, 60.8, 58.2, 56.4, 49.8, 44.4, 43.6],
        [40.0, 40.5, 40.8, 45.1, 53.8, 59.4, 63.5, 61.0, 53.0, 50.0, 38.1, 36.3],
        [39.2, 43.4, 43.4, 48.9, 50.6, 56.8, 62.5, 62.0, 57.5, 46.7, 41.6, 39.8],
        [39.4, 38.5, 45.3, 47.1, 51.7, 55.0, 60.4, 60.5, 54.7, 50.3, 42.3, 35.2],
        [40.8, 41.1, 42.8, 47.3, 50.9, 56.4, 62.2, 60.5, 55.4, 50.2, 43.0, 37.3],
        [34.8, 31.3, 41.0, 43.9, 53.1, 56.9, 62.5, 60.3, 59.8, 49.2, 42.9, 41.9],
        [41.6, 37.1, 41.2, 46.9, 51.2, 60.4, 60.1, 61.6, 57.0, 50.9, 43.0, 38.8],
        [37.1, 38.4, 38.4, 46.5, 53.5, 58.4, 60.6, 58.2, 53.8, 46.6, 45.5, 40.6],
        [42.4, 38.4, 40.3, 44.6, 50.9, 57.0, 62.1, 63.5, 56.3, 47.3, 43.6, 41.8],
        [36.2, 39.3, 44.5, 48.7, 54.2, 60.8, 65.5, 64.9, 60.1, 50.2, 42.1, 35.8],
        [39.4, 38.2, 40.4, 46.9, 53.4, 59.6, 66.5, 60.4, 59.2, 51.2, 42.8, 45.8],
        [40.0, 42.6, 43.5, 47.1, 50.0, 60.5, 64.6, 64.0, 56.8, 48.6, 44.2, 36.4],
        [37.3, 35.0, 44.0, 43.9, 52.7, 58.6, 60.0, 61.1, 58.1, 49.6, 41.6, 41.3],
        [40.8, 41.0, 38.4, 47.4, 54.1, 58.6, 61.4, 61.8, 56.3, 50.9, 41.4, 37.1],
        [42.1, 41.2, 47.3, 46.6, 52.4, 59.0, 59.6, 60.4, 57.0, 50.7, 47.8, 39.2],
        [39.4, 40.9, 42.4, 47.8, 52.4, 58.0, 60.7, 61.8, 58.2, 46.7, 46.6, 37.8],
    ]
).ravel()
DAYS = np.arange(1500)
YEAR = 20 * np.cos(2 * np.pi * DAYS / 365)
WEEK = 10 * np.sin(2 * np.pi * DAYS / 7)


@pytest.fixture(scope="module")
def daily() -> np.ndarray:
    return 100 + WEEK + YEAR + np.random.default_rng(0).normal(0, 1, DAYS.size)


def test_nottinghams_first_month_is_taken_apart_as_r_does_it() -> None:
    parts = stl(NOTTINGHAM, 12)
    np.testing.assert_allclose(parts.seasonal[0, 0], -9.3471980274764, rtol=1e-11)
    np.testing.assert_allclose(parts.trend[0], 49.6806726485632, rtol=1e-12)
    np.testing.assert_allclose(parts.remainder[0], 0.26652537891318, rtol=1e-10)
    np.testing.assert_allclose(parts.seasonal[:12], parts.seasonal[-12:], atol=1e-12)


@pytest.mark.parametrize("robust", [False, True])
def test_the_parts_add_up_to_what_was_seen(robust: bool) -> None:
    holed = NOTTINGHAM.copy()
    holed[[0, 30, 31, 32, 200]] = np.nan
    parts = stl(holed, 12, window=13, robust=robust)
    whole = parts.seasonal.sum(axis=1) + parts.trend + parts.remainder
    np.testing.assert_allclose(whole[np.isfinite(holed)], holed[np.isfinite(holed)], atol=1e-10)
    assert np.isnan(parts.remainder[np.isnan(holed)]).all()


def test_a_missing_summer_does_not_become_a_winter() -> None:
    holed = NOTTINGHAM.copy()
    holed[125:128] = np.nan
    whole, gapped = stl(NOTTINGHAM, 12), stl(holed, 12)
    assert np.abs(gapped.seasonal - whole.seasonal).max() < 0.5
    assert np.abs((gapped.seasonal[:, 0] + gapped.trend)[125:128] - NOTTINGHAM[125:128]).max() < 3.5


def test_nothing_is_claimed_before_the_first_and_after_the_last_observation() -> None:
    holed = NOTTINGHAM.copy()
    holed[:5] = np.nan
    holed[-3:] = np.nan
    parts = stl(holed, 12)
    assert np.isnan(parts.trend[:5]).all()
    assert np.isnan(parts.trend[-3:]).all()
    assert np.isfinite(parts.trend[5:-3]).all()
    assert parts.known == 1.0


def test_too_little_gives_no_seasons() -> None:
    thin = np.where(np.arange(240) % 3 == 0, NOTTINGHAM, np.nan)
    assert np.isnan(stl(thin, 12).trend).all()
    assert np.isnan(stl(NOTTINGHAM[:24], 12).trend).all()
    nothing = stl(np.full(50, np.nan), 12)
    assert nothing.known == 0
    assert np.isnan(nothing.remainder).all()


def test_week_and_year_are_told_apart(daily: np.ndarray) -> None:
    parts = mstl(daily, (7, 365))
    assert np.sqrt(np.mean((parts.seasonal[:, 0] - WEEK) ** 2)) < 0.5
    assert np.sqrt(np.mean((parts.seasonal[:, 1] - YEAR) ** 2)) < 0.5


def test_the_year_does_not_take_the_days_own_news(daily: np.ndarray) -> None:
    news = daily - 100 - WEEK - YEAR
    parts = mstl(daily, (7, 365))
    assert np.corrcoef(parts.remainder, news)[0, 1] > 0.9
    assert abs(parts.remainder.std() - 1) < 0.15


def test_week_and_month_are_as_statsmodels_has_them(daily: np.ndarray) -> None:
    ours, theirs = mstl(daily, (7, 30)), MSTL(daily, periods=(7, 30)).fit()
    assert np.abs(ours.seasonal - theirs.seasonal).max() < 0.05 * np.std(daily)
    assert np.sqrt(np.mean((ours.seasonal - theirs.seasonal) ** 2)) < 0.01 * np.std(daily)


def test_silent_days_leave_the_weekly_rhythm_as_it_is(daily: np.ndarray) -> None:
    holed = daily.copy()
    holed[np.random.default_rng(1).random(DAYS.size) < 0.1] = np.nan
    whole, gapped = mstl(daily, (7, 365)), mstl(holed, (7, 365))
    assert np.sqrt(np.mean((whole.seasonal[:, 0] - gapped.seasonal[:, 0]) ** 2)) < 0.3


def test_adjusting_takes_the_week_out_and_leaves_the_trend(daily: np.ndarray) -> None:
    drifting = daily - YEAR + 0.02 * DAYS
    out = adjusted(np.column_stack([drifting, np.full(DAYS.size, np.nan)]), (7,))
    by_weekday = [np.median((out[:, 0] - 0.02 * DAYS)[k::7]) for k in range(7)]
    assert np.ptp(by_weekday) < 0.3
    assert out[-100:, 0].mean() - out[:100, 0].mean() == pytest.approx(0.02 * 1400, abs=0.5)
    assert np.isnan(out[:, 1]).all()


def test_periods_and_windows_that_make_no_season_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 2 steps"):
        stl(NOTTINGHAM, 1)
    with pytest.raises(ValueError, match="odd window"):
        stl(NOTTINGHAM, 12, window=8)
    with pytest.raises(ValueError, match="increasing"):
        mstl(NOTTINGHAM, (365, 7))


def test_the_nile_has_the_two_variances_of_the_textbook() -> None:
    flow = sm.datasets.nile.load_pandas().data["volume"].to_numpy(dtype=float)
    found = local_level(flow)
    assert found.converged
    np.testing.assert_allclose([found.noise, found.drift], [15098.58, 1469.15], rtol=5e-5)
    scaled = local_level(flow * 1000 + 5e6)
    np.testing.assert_allclose([scaled.noise, scaled.drift], [found.noise * 1e6, found.drift * 1e6], rtol=1e-4)


def test_norways_roads_have_the_two_variances_of_the_textbook() -> None:
    """
    Commandeur & Koopman (2007), section 2.3: logarithms of the killed a year, 1970-2003; level of 1970 6.3048.

    Their figures to four digits: at .0032682 and .0047030 the dense likelihood, worked out apart, is the higher.
    """
    first = [560, 533, 490, 511, 509, 539, 471, 442, 434, 437, 362, 338, 401, 409, 407, 402, 452]
    last = [398, 378, 381, 332, 323, 325, 281, 283, 305, 255, 303, 352, 304, 341, 275, 312, 280]
    found = local_level(np.log([*first, *last]))
    np.testing.assert_allclose([found.noise, found.drift], [0.00326838, 0.0047026], rtol=1.5e-4)
    assert found.level[0] == pytest.approx(6.3048, abs=5e-5)


def test_the_level_passes_under_missing_years_with_growing_doubt() -> None:
    flow = sm.datasets.nile.load_pandas().data["volume"].to_numpy(dtype=float, copy=True)
    flow[40:60] = np.nan
    found = local_level(flow)
    assert np.isfinite(found.level).all()
    assert found.variance[50] > 2 * found.variance[20]


def test_a_level_that_never_moves_has_no_drift() -> None:
    still = local_level(50 + np.random.default_rng(4).normal(0, 2, 400) * np.tile([1, -1], 200))
    assert still.drift < 0.01 * still.noise


@pytest.mark.parametrize("values", [np.full(20, 3.0), np.array([1.0, np.nan, 2.0]), np.array([1.0, np.inf, 2.0, 3.0])])
def test_no_level_of_a_series_that_says_nothing(values: np.ndarray) -> None:
    with pytest.raises(ValueError, match="three known values"):
        local_level(values)
