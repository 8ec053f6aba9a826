from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest

from pulso.core.compose import Domain, Refusal, Status
from pulso.core.flags import Flag
from pulso.core.judge import Scores, judge
from tests.core.toy import DOMAINS, ZONES, city, days

T = 760
STRIKES = (420, 740)
DAY = slice(745, 746)


@cache
def town():
    return city(1, T, sensors=8, events=STRIKES)


@cache
def whole():
    panels, when, drivers = town()
    return judge(panels, when, drivers, zones=ZONES, domains=DOMAINS)


def remembered(judgement) -> Scores:
    return judgement.scores


def again(panels=None, wanted=DAY, **more):
    known, when, drivers = town()
    given = {"zones": ZONES, "domains": DOMAINS, "earlier": remembered(whole())} | more
    return judge(panels or known, when, drivers, wanted=wanted, **given)


def changed(panel, wanted=DAY, **cells):
    """The panel with other cells on the wanted day."""
    arrays = {}
    for name, value in cells.items():
        arrays[name] = getattr(panel, name).copy()
        arrays[name][wanted] = value(arrays[name][wanted]) if callable(value) else value
    return replace(panel, **arrays)


def silent(panel, wanted=DAY):
    return changed(panel, wanted, values=np.nan, seen=0.0)


def assert_same(one, two, rows, *, but=(), rtol=1e-9):
    for f in fields(one):
        a, b = getattr(one, f.name), getattr(two, f.name)
        if f.name in ("drivers", "driver_kinds", "scores", "weights", "weights_now", *but):
            continue
        for x, y in zip(a, b, strict=True) if f.name == "flags" else ((a, b),):
            np.testing.assert_allclose(x[rows], y, rtol=rtol, atol=1e-9, err_msg=f.name)


def test_a_day_judged_alone_is_judged_as_in_the_backfill():
    assert_same(whole(), again(), DAY)


def test_a_week_across_two_months_day_by_day_is_the_backfill():
    panels, when, drivers = town()
    known = whole().scores
    earlier = Scores(*(np.full_like(x, np.nan) for x in vars(known).values()))
    for mine, theirs in zip(vars(earlier).values(), vars(known).values(), strict=True):
        mine[:725] = theirs[:725]
    for t in range(725, 732):
        cut = [replace(p, **{k: getattr(p, k)[: t + 1] for k in ("values", "seen", "still", "alive", "excluded")}) for p in panels]
        until = replace(when, **{k: getattr(when, k)[: t + 1] for k in ("ordinal", "holiday", "school")})
        pushed = replace(drivers, values=drivers.values[: t + 1], events=drivers.events[: t + 1])
        there = Scores(*(x[: t + 1] for x in vars(earlier).values()))
        alone = judge(cut, until, pushed, zones=ZONES, domains=DOMAINS, wanted=slice(t, t + 1), earlier=there)
        assert_same(whole(), alone, slice(t, t + 1))
        for mine, now in zip(vars(earlier).values(), vars(alone.scores).values(), strict=True):
            mine[t] = now[0]


def test_the_points_add_up_to_the_index_in_every_zone():
    found = whole()
    there = np.isfinite(found.index)
    assert there[400:, :3].all()
    assert not there[:, 3].any()
    gap = found.points.sum(axis=(2, 3)) - (found.index - 100)
    assert np.abs(gap[there]).max() < 1e-9
    np.testing.assert_allclose(found.reasons.sum(axis=-1)[there], found.index[there] - 100, atol=1e-9)


def test_the_table_of_domains_and_drivers_says_what_the_domains_say():
    found = whole()
    t = np.flatnonzero(found.weight_seen[:, 0] > 0.999)[-1]
    by_domain = found.points[t, 0].sum(axis=-1)
    share = found.domain_weight[t, 0] * np.log(found.domain_index[t, 0] / 100)
    np.testing.assert_allclose(by_domain / by_domain.sum(), share / share.sum(), rtol=1e-9)


def test_without_its_weather_a_wet_day_is_nearer_to_the_expected_and_a_dry_one_as_it_was():
    found, (_, _, drivers) = whole(), town()
    wet = drivers.values[:, 0] > 8
    stands = (found.status[:, 0] == Status.PUBLISHED) & ~found.in_sample
    bikes = found.metric_index[:, 0, 0], found.metric_without_weather[:, 0, 0]
    assert np.median(np.log(bikes[0] / bikes[1])[wet & stands]) < -0.05
    assert abs(np.nanmedian(np.log(bikes[1] / 100)[wet & stands])) < 0.05
    taps = np.log(found.metric_index[..., 1] / found.metric_without_weather[..., 1])
    assert np.nanmax(np.abs(taps[:, 0])) < 0.02  # rain does nothing to them
    owed = np.log(found.index / found.without_weather)[stands, 0]
    rain = found.reasons[stands, 0, found.driver_kinds.index("weather")]
    assert (np.sign(owed.round(9)) == np.sign(rain.round(9))).all()
    assert np.isnan(found.without_weather[found.status == Status.REFUSED]).all()


def test_a_strike_is_first_named_and_then_measured():
    found = whole()
    first, second = STRIKES
    strike = found.drivers.index("strike")
    assert found.unmeasured[first, 0, strike]
    assert found.reasons[first, 0, strike] == 0.0
    assert found.reasons[first, 0, -1] < -10
    assert not found.unmeasured[second, 0, strike]
    assert found.reasons[second, 0, strike] < -3
    transit = [d.name for d in DOMAINS].index("transit")
    table = found.points[second, 0, :, strike]
    assert table[transit] == min(table)


def test_a_dark_district_leaves_the_city_as_it_was_and_less_sure():
    week = slice(745, 757)
    panels = [changed(p, week, seen=lambda x, z=p.zone: np.where((z == 0)[:, None], 0.0, x)) for p in town()[0]]
    dark = again(panels, week)
    assert np.isnan(dark.index[:, 1]).all()
    assert (dark.refusal[:, 1] == Refusal.NOTHING_SEEN).all()
    assert np.median(np.abs(np.log(dark.index[:, 0] / whole().index[week, 0]))) < 0.05
    assert np.median(np.log(dark.high / dark.low)[:, 0]) > np.median(np.log(whole().high / whole().low)[week, 0])
    assert (dark.sensors_seen[:, 0] < dark.sensors_alive[:, 0]).all()


def test_a_city_that_lost_a_domain_is_partial_and_less_sure():
    bikes, taps, cars = town()[0]
    found = again([silent(bikes), taps, cars])
    assert found.status[0, 0] == Status.PARTIAL
    assert found.weight_seen[0, 0] < 0.65
    assert np.isnan(found.domain_index[0, 0, 0])
    ratio = np.log(found.high / found.low)[0, 0] / np.log(whole().high / whole().low)[745, 0]
    assert ratio > 1.0


def test_a_city_that_lost_two_of_three_domains_is_refused():
    bikes, taps, cars = town()[0]
    found = again([silent(bikes), silent(taps), cars])
    assert found.status[0, 0] == Status.REFUSED
    assert found.refusal[0, 0] == Refusal.TOO_LITTLE
    assert np.isnan([found.index[0, 0], found.low[0, 0], found.method_low[0, 0], found.points[0, 0].sum()]).all()
    assert np.isfinite(found.domain_index[0, 0, 2])
    nothing = again([silent(p) for p in town()[0]])
    assert nothing.refusal[0, 0] == Refusal.NOTHING_SEEN


def test_a_city_too_young_is_refused_and_says_so():
    panels, when, drivers = city(2, 200, sensors=5)
    found = judge(panels, when, drivers, zones=ZONES, domains=DOMAINS)
    assert (found.refusal[:, 0] == Refusal.NO_EXPECTATION).all()
    gone = [replace(p, alive=np.zeros_like(p.alive)) for p in panels]
    assert (judge(gone, when, drivers, zones=ZONES, domains=DOMAINS).refusal == Refusal.NO_SENSORS).all()


def test_a_retired_source_has_no_weight():
    bikes, taps, cars = town()[0]
    found = again([changed(bikes, alive=False), taps, cars])
    assert found.status[0, 0] == Status.PUBLISHED
    assert found.metric_weight[0, 0, 0] == 0.0
    np.testing.assert_allclose(found.metric_weight[0, 0].sum(), 1.0)


def test_the_order_of_sources_and_zones_does_not_matter():
    other = again(town()[0][::-1], earlier=replace(whole().scores, metric=whole().scores.metric[..., ::-1]))
    for name in ("index", "low", "high", "reasons", "method_low", "weight_seen"):
        np.testing.assert_allclose(getattr(other, name), getattr(whole(), name)[DAY], rtol=1e-9, atol=1e-9)
    order = [0, 3, 2, 1]
    turned = again(zones=ZONES[order], earlier=Scores(*(x[:, order] for x in vars(whole().scores).values())))
    np.testing.assert_allclose(turned.index, whole().index[DAY][:, order], rtol=1e-9)
    np.testing.assert_allclose(turned.low, whole().low[DAY][:, order], rtol=1e-9)


def test_a_source_in_other_units_gives_the_same_index():
    bikes, taps, cars = town()[0]
    found = again([replace(bikes, values=bikes.values * 1000.0), taps, cars])
    assert_same(whole(), found, DAY, rtol=1e-8)


def test_a_footprint_stands_beside_the_headline():
    domains = [replace(d, footprint=d.name == "parking") for d in DOMAINS]
    found = again(domains=domains)
    assert np.isfinite(found.domain_index[0, 0, 2])
    assert found.domain_weight[0, 0, 2] == 0.0
    assert found.points[0, 0, 2].any() == np.False_


def test_a_frozen_and_a_hand_flagged_sensor_do_not_count():
    bikes, taps, cars = town()[0]
    still = np.zeros(8, dtype=int)
    still[2] = 9
    by_hand = np.arange(8) == 3
    found = again([changed(bikes, still=still, excluded=by_hand), taps, cars])
    flags = found.flags[0][0]
    assert flags[2] & Flag.FROZEN
    assert flags[3] & Flag.BY_HAND
    assert found.sensors_seen[0, 0, 0] == whole().sensors_seen[745, 0, 0] - 2


def test_a_halved_counter_is_taken_out_and_the_index_stays():
    bikes, taps, cars = town()[0]
    values = bikes.values.copy()
    values[735:, 0] /= 2.0
    found = again([replace(bikes, values=values), taps, cars])
    assert found.flags[0][0, 0] & Flag.JUMP
    assert abs(np.log(found.metric_index[0, 0, 0] / whole().metric_index[745, 0, 0])) < 0.1


def test_a_slow_decline_stays_visible_in_the_level_index():
    T = 1000
    when = days(T)
    panels, _, drivers = city(3, T, sensors=5, noise=0.02)
    fading = np.where(when.year > 2016, -0.3 * (np.arange(T) - 361) / 365, 0.0)
    slow = [replace(p, values=p.values * np.exp(fading)[:, None, None]) for p in panels]
    found = judge(slow, when, drivers, zones=ZONES, domains=DOMAINS, reference_year=2017, wanted=slice(950, 1000))
    same = judge(panels, when, drivers, zones=ZONES, domains=DOMAINS, reference_year=2017, wanted=slice(950, 1000))
    lost = np.log(found.level_index / same.level_index)[:, 0]
    assert -0.45 < np.median(lost) < -0.25
    assert abs(np.median(np.log(found.index / same.index)[:, 0])) < 0.03


def test_the_band_of_methods_holds_what_is_published():
    found = whole()
    there = np.isfinite(found.index)
    assert (found.method_low[there] <= found.index[there] + 1e-9).all()
    assert (found.method_high[there] >= found.index[there] - 1e-9).all()


def test_what_does_not_fit_is_refused():
    panels, when, drivers = town()
    with pytest.raises(ValueError, match="not declared"):
        judge(panels, when, drivers, zones=ZONES, domains=[Domain("other")])
    with pytest.raises(ValueError, match="the city"):
        judge(panels, when, drivers, zones=ZONES[1:], domains=DOMAINS)
    with pytest.raises(ValueError, match="without metrics"):
        judge([], when, zones=ZONES, domains=DOMAINS)
