"""A pilot whose effect is known, evaluated by each method."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import nnls

from pulso.core.effects.evaluation import Design, Series, comparisons, evaluate, least_effect
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


def weights(gaps, pull):
    """Least |gaps x|² / m + pull² |x|² over weights with sum 1, by non-negative least squares of all rows, from nothing."""
    m, n = gaps.shape
    rows = np.vstack([gaps / np.sqrt(m), pull * np.eye(n)])
    size = np.sqrt((rows**2).sum() / n)
    found, _ = nnls(np.vstack([rows / size, np.ones(n)]), np.arange(len(rows) + 1) == len(rows))
    return found / found.sum()


def rows_by_hand(series: Series, asked: Design, start: int, seen=range(DAYS)) -> tuple[np.ndarray, int]:
    """The days before and of a window on which all are known, day by day and row by row, and how many are before: 0, where too few."""
    to = start - asked.window[0]
    rows = [(z, s) for z, s in zip(series.controls, series.segments, strict=True)] + [(series.treated.log, series.treated.segment)]
    days = [t for t in range(asked.before[0] + to, asked.before[1] + to) if not asked.excluded[t]] + [start + d for d in seen]
    last = [max(s[t] for t in days) for _, s in rows]
    known = [{t for t in days if np.isfinite(z[t]) and s[t] == k} for (z, s), k in zip(rows, last, strict=True)]
    halves = [{t for t in known[-1] if t < start}, {t for t in known[-1] if t >= start}]
    kept = [i for i, mine in enumerate(known) if all(len(mine & half) >= 0.75 * len(half) for half in halves)]
    days = [t for t in days if all(t in known[i] for i in kept)]
    y = np.array([[rows[i][0][t] for t in days] for i in kept])
    n = sum(t < start for t in days)
    few = n < (asked.before[1] - asked.before[0]) / 2 or len(days) - n < len(seen) / 2
    return y, 0 if few or len(kept) - 1 < (1 if asked.method == "did" else 2) else n


def by_hand(series: Series, asked: Design, start: int, seen=range(DAYS)) -> float:
    """What a comparison finds on these days of an earlier window; NaN where too little is known."""
    y, n = rows_by_hand(series, asked, start, seen)
    if n == 0:
        return np.nan
    y = y - y[:, :n].mean(axis=1, keepdims=True)
    others, treated = y[:-1], y[-1]
    noise = np.std(np.diff(others[:, :n], axis=1), ddof=1)
    if asked.method == "did":
        omega, lam = np.full(len(others), 1 / len(others)), np.full(n, 1 / n)
    else:
        pull = {"synthetic": 1e-6, "sdid": (y.shape[1] - n) ** 0.25}[asked.method] * noise
        omega, lam = weights((others[:, :n] - treated[:n]).T, pull), np.zeros(n)
    if asked.method == "sdid":
        across, after = others[:, :n] - others[:, :n].mean(axis=0), others[:, n:].mean(axis=1)
        lam = weights(across - (after - after.mean())[:, None], 1e-6 * noise)
    gap = treated - omega @ others
    return gap[n:].mean() - lam @ gap[:n]


@pytest.mark.parametrize("zones", [3, 7, 40])
@pytest.mark.parametrize("method", ["did", "synthetic", "sdid"])
def test_every_placebo_is_the_one_that_is_reckoned_alone_and_slowly(method, zones):
    series = city(3, zones=zones)
    rng = np.random.default_rng(3)
    series.controls[rng.random(series.controls.shape) < 0.05 / zones] = np.nan
    broken = np.zeros(series.controls.shape, dtype=np.int64)
    broken[1, 400:] = 1
    segments = np.where(np.isfinite(series.controls), broken, -1)
    out = np.isin(np.arange(T), [600, 601, 602])
    told, asked = series._replace(segments=segments), design(method, out)
    starts = [s for s in range(START - 730, START - DAYS + 1) if not out[s : s + DAYS].any()]
    starts = [starts[i] for i in np.linspace(0, len(starts) - 1, 365).round().astype(int)]
    found = comparisons(told, asked)
    alone = np.array([by_hand(told, asked, s) for s in starts[::12]])
    every = np.full(len(starts), np.nan)
    known = np.array([rows_by_hand(told, asked, s)[1] > 0 for s in starts])
    every[known] = found
    assert method == "did" or zones > 3 or 0 < (~known).sum() < 150
    np.testing.assert_allclose(every[::12], alone, atol=1e-8)


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


@pytest.mark.parametrize("method", ["window", *WITH_CONTROLS])
def test_another_events_days_are_left_out_of_the_pilots_own(method):
    out = np.zeros(T, dtype=bool)
    out[START + 10 : START + 14] = True
    spoilt, calm = city(6, 0.2), city(6, 0.2)
    spoilt.treated.log[START + 10 : START + 14] += 3.0
    told = found(spoilt, method, excluded=out)
    assert told.seen == pytest.approx(24 / 28)
    assert told.log == pytest.approx(found(calm, method, excluded=out).log, abs=1e-12)
    assert told.low < 0.2 < told.high
    assert found(spoilt, method).log > told.log + 0.2  # else it would say nothing


@pytest.mark.parametrize("method", WITH_CONTROLS)
def test_days_between_those_before_and_the_window_are_not_looked_at(method):
    asked = Design(method, (START - 120, START - 10), (START, START + DAYS), NOTHING)
    spoilt = city(6, 0.2)
    spoilt.treated.log[START - 10 : START] += 3.0
    told, calm = (evaluate(series, asked, rng=np.random.default_rng(1)) for series in (spoilt, city(6, 0.2)))
    assert (told.log, told.low, told.high, told.drift) == (calm.log, calm.low, calm.high, calm.drift)


def test_another_events_days_make_no_drift():
    out = np.zeros(T, dtype=bool)
    out[START - 20 : START - 15] = True
    spoilt = city(6)
    spoilt.treated.log[START - 20 : START - 15] += 3.0
    assert found(spoilt, "did", excluded=out).drift == found(city(6), "did", excluded=out).drift
    assert found(spoilt, "did").drift > 0.2


@pytest.mark.parametrize("method", ["did", "synthetic", "sdid"])
def test_placebos_have_no_days_that_the_pilots_own_window_lacks(method):
    lost = np.random.default_rng(1).permutation(DAYS)[: DAYS // 2]
    series = city(9)
    series.treated.log[START + lost] = np.nan
    told, asked = found(series, method), design(method)
    kept, whole = np.setdiff1d(np.arange(DAYS), lost), series._replace(segments=np.zeros(series.controls.shape, dtype=np.int64))
    alone = [by_hand(whole, asked, s, kept) for s in (START - 730, START - DAYS)]
    np.testing.assert_allclose(told.placebos[[0, -1]], alone, atol=1e-8)


@pytest.mark.parametrize("method", ["did", "synthetic", "sdid"])
def test_placebos_have_no_controls_that_the_pilots_own_window_lacks(method):
    series = city(9)
    without = series._replace(controls=np.delete(series.controls, 2, axis=0))
    series.controls[2, START:] = np.nan
    np.testing.assert_array_equal(found(series, method).placebos, found(without, method).placebos)


@pytest.mark.parametrize("flat", [[0], [0, 1, 2, 3, 4]], ids=["one", "all"])
@pytest.mark.parametrize("method", WITH_CONTROLS)
def test_a_control_that_never_moves_is_no_mishap(method, flat):
    series = city(7, 0.2)
    series.controls[flat] = 0.0
    told = found(series, method)
    assert told.refusal is None
    assert told.low < 0.2 < told.high


def test_a_treated_zone_that_never_moved_has_no_expectation():
    series = city(7)
    series.treated.log[:START] = 0.0
    assert found(series, "structural").refusal is Refusal.NO_LEVEL


def test_days_that_a_control_lacks_are_left_out():
    series = city(7, 0.2)
    series.controls[2, START + 3 : START + 6] = np.nan
    told = found(series, "sdid")
    assert told.seen == pytest.approx(25 / 28)
    assert told.low < 0.2 < told.high
    series.controls[:, START : START + 20] = np.nan
    assert found(series, "sdid").refusal is Refusal.FEW_CONTROLS
    series.treated.log[START : START + 20] = np.nan
    assert found(series, "sdid").refusal is Refusal.UNSEEN


@pytest.mark.parametrize("method", WITH_CONTROLS)
@pytest.mark.parametrize("dead", [slice(START - 80, START - 20), slice(START + 5, T)], ids=["before", "within"])
def test_a_control_that_is_dead_for_weeks_is_left_out_and_the_others_tell(method, dead):
    series = city(7, 0.2)
    without = found(series._replace(controls=np.delete(series.controls, 2, axis=0)), method)
    series.controls[2, dead] = np.nan
    told = found(series, method)
    assert told.left_out.tolist() == [False, False, True, False, False]
    assert told.seen == 1.0
    assert told.low < 0.2 < told.high
    assert (told.log, told.drift) == (without.log, without.drift)


@pytest.mark.parametrize("method", ["did", "synthetic", "sdid"])
def test_which_controls_a_past_window_is_compared_with_follows_from_that_window(method):
    """One was dead long ago only: the pilot is compared with it, the windows of that time are not, and none of them is lost."""
    whole = city(7, 0.2)
    series = whole._replace(controls=whole.controls.copy())
    series.controls[2, 400:500] = np.nan
    told = found(series, method)
    assert not told.left_out.any()
    assert told.log == found(whole, method).log
    assert told.placebos.size == found(whole, method).placebos.size


@pytest.mark.parametrize("method", WITH_CONTROLS)
def test_what_controls_say_does_not_decide_which_are_left_out(method):
    series = city(7)
    series.controls[1, START + 2 : START + 8] = np.nan  # 22 days of 28 are known
    series.controls[2, START + 2 : START + 10] = np.nan  # 20
    loud = series._replace(controls=series.controls * [[1.0], [50.0], [-50.0], [1.0], [1.0]])
    assert found(series, method).left_out.tolist() == found(loud, method).left_out.tolist() == [False, False, True, False, False]


@pytest.mark.parametrize("method", WITH_CONTROLS)
def test_a_comparison_whose_controls_are_dead_is_refused(method):
    series = city(7, 0.2)
    series.controls[:, START : START + 20] = np.nan
    told = found(series, method)
    assert told.refusal is Refusal.FEW_CONTROLS
    assert told.left_out.all()
    assert np.isnan([told.log, told.low, told.high]).all()
    series.controls[:1] = city(7, 0.2).controls[:1]
    assert found(series, method).refusal is (None if method in ("did", "structural") else Refusal.FEW_CONTROLS)


def test_days_that_nobody_knows_are_no_fault_of_the_controls():
    series = city(7, 0.2)
    silent = slice(START - 60, START - 10)
    series.treated.log[silent] = np.nan
    series.controls[:, silent] = np.nan
    told = found(series, "did")
    assert told.refusal is None
    assert not told.left_out.any()


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
    told = found(series._replace(segments=segments), method)
    assert told.left_out.tolist() == [False, False, False, True, False]
    assert told.log == found(city(8, 0.2)._replace(controls=np.delete(series.controls, 3, axis=0)), method).log


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
