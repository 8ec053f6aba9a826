"""One factor: the reference of R, the cases to refuse, and the published indicator on made days."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pulso.core.factor import one_factor, regression_scores
from pulso.core.idu import idu

# R's `ability.cov` (Bartholomew 1987): general, picture, blocks, maze, reading, vocabulary; n = 112.
LOWER = [
    *(24.641,),
    *(5.991, 6.700),
    *(33.520, 18.137, 149.831),
    *(6.023, 1.782, 19.424, 12.711),
    *(20.755, 4.936, 31.430, 4.757, 52.604),
    *(29.701, 7.204, 50.753, 9.075, 66.762, 135.292),
]
ABILITY = np.zeros((6, 6))
ABILITY[np.tril_indices(6)] = LOWER
ABILITY = ABILITY + np.tril(ABILITY, -1).T
R_LOADINGS = np.array([0.682202542605, 0.383954420424, 0.501811496839, 0.299786033110, 0.876518463261, 0.848680852221])
HEYWOOD = np.array([[1.0, 0.8, 0.8], [0.8, 1.0, 0.5], [0.8, 0.5, 1.0]])  # λ₁² would be .8 · .8 / .5 = 1.28

METHODS = ("ml", "axis")


def implied(loadings: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.outer(loadings, loadings) + np.diag(1 - loadings**2)


def test_ability_has_the_loadings_and_the_misfit_that_r_gives() -> None:
    found = one_factor(ABILITY, n=112)
    assert found.accepted
    np.testing.assert_allclose(found.loadings, R_LOADINGS, atol=1e-6)
    np.testing.assert_allclose(found.chi2, 75.1795913591, rtol=1e-8)
    assert found.degrees == 9
    assert found.p == pytest.approx(1.456e-12, rel=1e-3)


def test_our_optimum_is_no_worse_than_rs() -> None:
    corr = ABILITY / np.sqrt(np.outer(np.diag(ABILITY), np.diag(ABILITY)))

    def chi2(loadings: NDArray[np.float64]) -> float:
        model = implied(loadings)
        misfit = np.linalg.slogdet(model)[1] - np.linalg.slogdet(corr)[1] + np.trace(np.linalg.solve(model, corr)) - 6
        return float((112 - 1 - 17 / 6 - 2 / 3) * misfit)

    found = one_factor(ABILITY, n=112)
    assert chi2(found.loadings) <= chi2(R_LOADINGS)
    assert chi2(found.loadings) == pytest.approx(found.chi2, rel=1e-12)


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=25, deadline=None)
@given(loadings=st.lists(st.floats(0.25, 0.95), min_size=4, max_size=7), flips=st.lists(st.booleans(), min_size=7, max_size=7))
def test_a_true_factor_is_found_back_up_to_its_sign(method: str, loadings: list[float], flips: list[bool]) -> None:
    truth = np.array([-v if f else v for v, f in zip(loadings, flips, strict=False)])
    found = one_factor(implied(truth), n=500, method=method)  # type: ignore[arg-type]
    assert found.accepted
    assert found.loadings.sum() >= 0
    np.testing.assert_allclose(np.outer(found.loadings, found.loadings), np.outer(truth, truth), atol=1e-5)
    assert found.chi2 == pytest.approx(0, abs=1e-6)


def test_units_of_the_series_do_not_matter() -> None:
    scale = np.array([1000.0, 0.01, 3.0, 1.0, 60.0, 7.0])
    there, here = one_factor(ABILITY * np.outer(scale, scale), n=112), one_factor(ABILITY, n=112)
    np.testing.assert_allclose(there.loadings, here.loadings, atol=1e-9)


def test_principal_axis_explains_its_own_communalities() -> None:
    found = one_factor(ABILITY, method="axis")
    corr = ABILITY / np.sqrt(np.outer(np.diag(ABILITY), np.diag(ABILITY)))
    reduced = corr - np.diag(found.uniquenesses)
    value, vector = np.linalg.eigh(reduced)
    np.testing.assert_allclose(np.abs(found.loadings), np.abs(vector[:, -1]) * np.sqrt(value[-1]), atol=1e-10)
    np.testing.assert_allclose(found.loadings**2 + found.uniquenesses, 1, atol=1e-10)
    assert np.isnan(found.chi2)  # without n there is no test


@pytest.mark.parametrize("method", METHODS)
def test_a_heywood_case_is_reported_and_gives_no_scores(method: str) -> None:
    found = one_factor(HEYWOOD, n=100, method=method)  # type: ignore[arg-type]
    assert found.heywood.tolist() == [True, False, False]
    assert not found.accepted
    assert np.isnan(found.chi2)
    with pytest.raises(ValueError, match="refused"):
        regression_scores(np.zeros((4, 3)), found)


def test_two_series_that_say_the_same_give_no_factor() -> None:
    twins = np.array([[1.0, 1.0, 0.5], [1.0, 1.0, 0.5], [0.5, 0.5, 1.0]])
    found = one_factor(twins)
    assert not found.accepted
    assert np.isnan(found.loadings).all()


@pytest.mark.parametrize("matrix", [np.eye(2), np.ones((3, 4)), np.full((3, 3), np.nan), np.array([[1, 0.5, 0], [0, 1, 0], [0, 0, 1.0]])])
def test_what_is_no_covariance_of_three_series_is_refused(matrix: NDArray[np.float64]) -> None:
    with pytest.raises(ValueError, match=r"square matrix|symmetric"):
        one_factor(matrix)


def test_scores_of_complete_rows_are_thomsons() -> None:
    found = one_factor(ABILITY, n=112)
    corr = ABILITY / np.sqrt(np.outer(np.diag(ABILITY), np.diag(ABILITY)))
    rows = np.random.default_rng(2).normal(size=(20, 6))
    ours = regression_scores(rows, found)
    np.testing.assert_allclose(ours.value, rows @ np.linalg.solve(corr, found.loadings), atol=1e-9)
    np.testing.assert_allclose(ours.seen, 1)


def test_a_day_with_gaps_is_scored_by_what_it_has_and_doubted_more() -> None:
    found = one_factor(ABILITY, n=112)
    rows = np.ones((3, 6))
    rows[1, 4] = np.nan
    rows[2, [4, 5, 0]] = np.nan
    scores = regression_scores(rows, found, least=0.5)
    keep = np.arange(6) != 4
    model = implied(found.loadings)[np.ix_(keep, keep)]
    assert scores.value[1] == pytest.approx(found.loadings[keep] @ np.linalg.solve(model, np.ones(5)), rel=1e-6)
    assert scores.variance[0] < scores.variance[1] < scores.variance[2]
    assert np.isnan(scores.value[2])  # the three strongest gone: too little to say
    assert 0 < scores.seen[2] < 0.5


def city_days(days: int = 900, seed: int = 3) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Five streams of a city with one pulse behind them; the fifth (NO2 after a bypass) turned against it."""
    rng = np.random.default_rng(seed)
    pulse = rng.normal(size=days)
    week = np.array([1.0, 1.1, 1.1, 1.0, 0.9, -2.0, -3.1])[np.arange(days) % 7]
    year = np.cos(2 * np.pi * np.arange(days) / 365)
    loadings = np.array([0.9, 0.8, 0.7, 0.5, -0.6])
    noise = rng.normal(size=(days, 5)) * np.sqrt(1 - loadings**2)
    streams = pulse[:, None] * loadings + noise + week[:, None] * [2, 3, 1, 0, 2] + year[:, None] * [1, -2, 3, 1, 0]
    return streams * [1000, 300, 50, 7, 12] + [20_000, 9_000, 700, 60, 40], pulse


@pytest.mark.parametrize("method", METHODS)
def test_the_pulse_behind_five_streams_is_found(method: str) -> None:
    streams, pulse = city_days()
    found = idu(streams, anchor=0, method=method)  # type: ignore[arg-type]
    assert found.accepted
    assert found.periods == (7, 365)
    assert np.corrcoef(found.score, pulse)[0, 1] > 0.85
    np.testing.assert_allclose(found.loadings, [0.9, 0.8, 0.7, 0.5, -0.6], atol=0.12)
    assert found.days == 900
    assert found.adequacy.value > 0.7
    assert found.sphericity.p < 1e-100
    assert found.alpha.value > 0.75


def test_the_named_series_fixes_the_sign() -> None:
    streams, _ = city_days()
    by_traffic, by_air = idu(streams, anchor=0), idu(streams, anchor=4)
    assert np.isfinite(by_air.score).all()
    np.testing.assert_allclose(by_air.score, -by_traffic.score, atol=1e-9)
    assert by_traffic.loadings[0] > 0
    assert by_air.loadings[4] > 0


def test_silent_sensors_cost_certainty_and_not_the_pulse() -> None:
    streams, pulse = city_days()
    holed = streams.copy()
    holed[np.random.default_rng(5).random(holed.shape) < 0.15] = np.nan
    holed[400:410] = np.nan
    whole, gapped = idu(streams, anchor=0), idu(holed, anchor=0)
    assert gapped.accepted
    assert np.isnan(gapped.score[400:410]).all()
    scored = np.isfinite(gapped.score)
    assert 0.75 < scored.mean() < 0.9  # without traffic, more than half of the information is gone
    assert np.corrcoef(gapped.score[scored], pulse[scored])[0, 1] > 0.8
    np.testing.assert_allclose(gapped.loadings, whole.loadings, atol=0.1)
    assert gapped.days < whole.days
    assert gapped.variance[scored].mean() > whole.variance.mean()


def test_a_dead_stream_is_left_out_and_named() -> None:
    streams, _ = city_days()
    with_dead = np.column_stack([np.full(len(streams), np.nan), streams, np.full(len(streams), 1_234_567.1)])
    found, plain = idu(with_dead, anchor=1), idu(streams, anchor=0)
    assert np.isfinite(plain.score).all()
    assert found.used.tolist() == [False, True, True, True, True, True, False]
    assert np.isnan(found.loadings[[0, 6]]).all()
    np.testing.assert_allclose(found.score, plain.score, atol=1e-9)
    with pytest.raises(ValueError, match="anchor"):
        idu(with_dead, anchor=0, periods=(7,))


def test_a_year_of_days_keeps_its_yearly_season_and_says_so() -> None:
    streams, _ = city_days(days=400)
    assert idu(streams, anchor=0).periods == (7,)


def test_a_city_that_gives_a_heywood_case_gets_diagnostics_and_no_score() -> None:
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(600, 3))
    exact = (rows - rows.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(rows, rowvar=False)).T) @ np.linalg.cholesky(HEYWOOD).T
    found = idu(exact, anchor=0, periods=())
    assert not found.accepted
    assert found.heywood.tolist() == [True, False, False]
    assert np.isnan(found.score).all()
    assert np.isfinite(found.adequacy.value)


def test_two_streams_are_not_enough() -> None:
    with pytest.raises(ValueError, match="three series"):
        idu(city_days()[0][:, :2], anchor=0)


ZURICH = (
    *("aufkommen_miv_Stadt_Zürich", "aufkommen_veloverkehr_Stadt_Zürich", "aufkommen_fussverkehr_Stadt_Zürich"),
    *("oev_freq_hardbruecke_Stadt_Zürich", "oev_freq_hb_Zürich_Hauptbahnhof", "tages_distanz_mittelwert_CH-Urban", "anz_stat_einkauf_CH"),
)
FIRST, LAST = date(2020, 1, 1), date(2021, 7, 4)


@pytest.fixture(scope="module")
def zurich(mirror: Path) -> NDArray[np.float64]:
    folder = mirror / "raw.githubusercontent.com/statistikZH/covid19monitoring/master/variables"
    logs = np.full(((LAST - FIRST).days + 1, len(ZURICH)), np.nan)
    for j, name in enumerate(ZURICH):
        with (folder / f"{name}.csv").open(encoding="latin-1", newline="") as file:
            for row in csv.DictReader(file):
                day = date.fromisoformat(row["date"])
                if FIRST <= day <= LAST and row["value"] not in ("", "NA") and float(row["value"]) > 0:
                    logs[(day - FIRST).days, j] = np.log(float(row["value"]))
    return logs


@pytest.mark.mirror
@pytest.mark.parametrize("method", METHODS)
def test_zurichs_quietest_days_are_lockdown_easter_christmas_and_new_year(zurich: NDArray[np.float64], method: str) -> None:
    found = idu(zurich, anchor=0, method=method)  # type: ignore[arg-type]
    assert found.accepted
    assert (found.loadings > 0.4).all()
    assert found.adequacy.value > 0.7
    assert found.alpha.value > 0.85
    quietest = {FIRST + timedelta(int(i)) for i in np.argsort(found.score)[:5]}
    holidays = {date(2020, 4, 10), date(2020, 4, 13), date(2020, 12, 25), date(2021, 1, 1)}
    lockdown = {date(2020, 3, 16) + timedelta(i) for i in range(42)}
    assert quietest <= holidays | lockdown
    assert len(quietest & holidays) >= 3
    ordinary = slice((date(2020, 6, 15) - FIRST).days, (date(2020, 9, 15) - FIRST).days)
    locked = slice((date(2020, 3, 17) - FIRST).days, (date(2020, 4, 26) - FIRST).days)
    assert np.nanmedian(found.score[locked]) < np.nanmedian(found.score[ordinary]) - 1.5
