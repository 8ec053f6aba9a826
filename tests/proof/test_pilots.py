"""Whether pilots are evaluated rightly: what was done to one zone of synthetic cities, by each method that a protocol may name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import NamedTuple, get_args

import numpy as np
import pytest
from scipy.stats import binom

from pulso.core.effects.evaluation import Design, Method, Series, evaluate
from pulso.core.effects.power import minimum_effect
from pulso.core.effects.steady import Steady, steady
from pulso.core.effects.window import Refusal
from pulso.core.flags import Flag
from pulso.simulate import Reading, Simulated, city
from tests.core.synthetic import Known, judged

SEEDS = range(20)
FIRST, LAST = date(2022, 1, 1), date(2024, 12, 31)
BEFORE, LENGTH = 120, 28
BEGIN = (date(2024, 10, 18) - FIRST).days  # after a strike; a storm comes when it is over
TREATED = {"nothing": 0.0, "less": -0.20, "more": 0.30}
METRICS = ("bus_validations", "car_count", "scooter_trips")
METHODS: tuple[Method, ...] = get_args(Method)
QUICK = ("window", "did")  # of all zones where nothing was done
HOLD = ("window", "structural")  # what a protocol may be offered first; the others are reported


class Told(NamedTuple):
    """What is told of one pilot, in logarithms, and what was true."""

    method: Method
    metric: str
    done: str
    truth: float
    log: float
    low: float  # NaN without an interval
    high: float
    faulty: float  # share of the window's sensor-days that were taken for a jump of a sensor
    refusal: Refusal | None
    up: float  # the announced least effect, and whether a pilot that did just that would have been called
    down: float
    called_up: bool
    called_down: bool

    @property
    def inside(self) -> bool:
        """Whether the interval holds the truth."""
        return self.low <= self.truth <= self.high

    @property
    def called(self) -> bool:
        """Whether it is told that something changed."""
        return self.low > 0 or self.high < 0


def treat(made: Simulated, zone: int, start: int, change: float, seed: int) -> Simulated:
    """What the counting sensors of a zone would say of LENGTH days if each count came less often, or others came on top; nobody moves."""
    rng = np.random.default_rng((7, seed))

    def moved(reading: Reading) -> Reading:
        values, days = reading.values.copy(), slice(start, start + LENGTH)
        here = values[days][:, reading.zone == zone]
        counts = np.rint(np.nan_to_num(here)).astype(int)
        drawn = rng.binomial(counts, 1.0 + change) if change < 0 else counts + rng.poisson(change * counts)
        block = values[days]
        block[:, reading.zone == zone] = np.where(np.isfinite(here), drawn, np.nan)
        return reading._replace(values=values)

    readings = {name: moved(r) if r.form == "flow" else r for name, r in made.readings.items()}
    return Simulated(made.seed, made.days, made.zones, made.weather, made.told, readings, made.truth)


@cache
def pilots(seed: int) -> tuple[Told, ...]:
    """Let a city live once, treat a zone of it in each way, judge it as it would be published, and evaluate."""
    whole = city(seed, FIRST, LAST, scale=0.5)
    made = replace(whole, readings={name: whole.readings[name] for name in METRICS})
    start, zones = BEGIN + seed % 4, len(made.zones)
    told: list[Told] = []
    for i, (done, change) in enumerate(TREATED.items()):
        zone = (seed + 3 * i) % zones
        # declared whatever it does: what a city announces is not yet done
        known = judged(treat(made, zone, start, change, seed) if change else made, pilot=(zone, start, start + LENGTH))
        for metric in METRICS:
            for z in [zone] if change else range(zones):
                told += _evaluated(known, z, metric, done, start, METHODS if z == zone else QUICK)
    return tuple(told)


def _evaluated(known: Known, zone: int, metric: str, done: str, start: int, methods: Sequence[Method]) -> Iterator[Told]:
    found = steady(_published(known, metric))
    others = np.arange(1, len(found.log)) != zone + 1
    treated = Steady(found.log[zone + 1], found.segment[zone + 1], found.settled[zone + 1])
    series = Series(treated, found.log[1:][others], known.days.kind, found.segment[1:][others])
    excluded = np.zeros(len(known.days), dtype=bool)
    for h in known.city.days.happenings:
        excluded |= h.on(known.city.days.ordinal)
    flags = known.judgement.flags[METRICS.index(metric)][start : start + LENGTH, known.city.readings[metric].zone == zone]
    faulty, truth = float(((flags & int(Flag.JUMP)) > 0).mean()), float(np.log1p(TREATED[done]))
    for method in methods:
        design = Design(method, (start - BEFORE, start), (start, start + LENGTH), excluded)
        e = evaluate(series, design, rng=np.random.default_rng(1))
        least, called = (np.nan, np.nan), (False, False)
        if e.placebos.size and e.refusal is None:
            least = minimum_effect(e.placebos)
            called = e.low - truth + least[0] > 0, e.high - truth + least[1] < 0
        yield Told(method, metric, done, truth, e.log, e.low, e.high, faulty, e.refusal, *least, *called)


def _published(known: Known, metric: str) -> np.ndarray:
    """(Z + 1, T) ln of the index of each zone's own sensors without the day's weather, as the shelf has it."""
    j, m = known.judgement, METRICS.index(metric)
    calm = j.metric_without_weather[:, :, m]
    number = np.where(np.isfinite(calm), calm, j.metric_index[:, :, m])
    return np.log(np.where(number > 0, number, np.nan) / 100.0).T


def told(method: str, *done: str) -> list[Told]:
    """All that a method tells of what was done, or not, where it gives an interval."""
    every = [t for seed in SEEDS for t in pilots(seed) if t.method == method and t.done in done]
    return [t for t in every if np.isfinite(t.low)]


def at_least(n: int, share: float) -> float:
    """What a true share gives at least in 99 of 100 samples of n."""
    return float(binom.ppf(0.01, n, share) / n)


def report(name: str, some: list[Told]) -> None:
    """Print one row of the page on effects."""
    if not some:
        print(f"{name}: none")
        return
    off = np.array([(t.log - t.truth) * (np.sign(t.truth) or 1.0) for t in some])
    held, wide = np.mean([t.inside for t in some]), np.mean([(t.high - t.low) / 2 for t in some])
    print(
        f"{name}: held {held:.3f} of {len(some)}, bias {off.mean():+.3f} ± {off.std() / np.sqrt(len(some)):.3f} (minus: too little), "
        f"half width {wide:.3f}, told to have changed {np.mean([t.called for t in some]):.3f}"
    )


@pytest.mark.proof
class TestPilots:
    @pytest.mark.parametrize("method", METHODS)
    def test_what_each_method_tells(self, method):
        for done in TREATED:
            every = [t for seed in SEEDS for t in pilots(seed) if (t.method, t.done) == (method, done)]
            some = told(method, done)
            report(f"{method}, {done}", some)
            report("  no sensor taken for broken", [t for t in some if t.faulty == 0])
            report("  some sensor taken for broken", [t for t in some if t.faulty > 0])
            for metric in METRICS:
                report(f"  {metric}", [t for t in some if t.metric == metric])
            print(f"  refused: {dict(Counter(str(t.refusal) for t in every if t.refusal is not None))} of {len(every)}")

    @pytest.mark.parametrize("method", HOLD)
    def test_nineteen_intervals_of_twenty_hold_what_was_done(self, method):
        some = told(method, "less", "more")
        assert len(some) >= 100
        assert np.mean([t.inside for t in some]) >= at_least(len(some), 0.95)

    def test_what_a_declared_pilot_does_is_not_taken_for_a_fault_of_its_sensors(self):
        """Of what was broken before it begins, a little is still left out."""
        faulty = [t.faulty for seed in SEEDS for t in pilots(seed) if t.method == "window" and t.done != "nothing"]
        print(
            f"windows with a sensor taken for broken: {np.mean([f > 0 for f in faulty]):.3f} of {len(faulty)}, days {np.mean(faulty):.4f}"
        )
        assert np.mean([f > 0 for f in faulty]) <= 0.03

    @pytest.mark.parametrize("method", HOLD)
    def test_where_nothing_was_done_something_is_told_one_time_in_twenty_at_most(self, method):
        some = told(method, "nothing")
        assert np.mean([not t.called for t in some]) >= at_least(len(some), 0.95)

    @pytest.mark.parametrize("method", HOLD)
    def test_a_change_by_a_fifth_or_more_is_seen_with_its_sign(self, method):
        some = told(method, "less", "more")
        assert not any(t.called and (t.low > 0) != (t.truth > 0) for t in some)
        assert np.mean([t.called for t in some]) >= 0.8

    @pytest.mark.parametrize("method", [m for m in METHODS if m != "structural"])
    def test_an_effect_of_the_announced_least_is_called_four_times_in_five(self, method):
        some = told(method, "nothing")
        up, down = np.mean([t.called_up for t in some]), np.mean([t.called_down for t in some])
        sizes = np.expm1([np.mean([t.up for t in some]), np.mean([t.down for t in some])])
        print(f"{method}: least {sizes[0]:+.2f}, {sizes[1]:+.2f}; called {up:.3f}, {down:.3f} of {len(some)}")
        assert 0.7 <= (up + down) / 2 <= 0.92
