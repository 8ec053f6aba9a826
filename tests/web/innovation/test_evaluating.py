"""From what is published to numbers: what a pilot could see, and what it did, through the same doors as people's."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from pulso.show.language import speak
from pulso.show.pilots import how
from pulso.web.innovation import evaluating, writes
from pulso.web.innovation.letters import Unfit
from pulso.web.innovation.models import Pilot
from tests.flow.vila import FIRST, LAST, SENSORS, WEEK, Vila
from tests.web.innovation.conftest import PROMISE

WINDOW = date(2025, 3, 18), date(2025, 3, 24)
PLAN = PROMISE | {
    "before_first": date(2025, 2, 1),
    "before_last": date(2025, 3, 13),
    "window_first": WINDOW[0],
    "window_last": WINDOW[1],
    "excluded": [{"id": "e1", "name": "Bus strike", "first": "2025-02-10", "last": "2025-02-11"}],
}


def told(source: str, last: date, effect: float) -> dict[tuple[date, str], float]:
    """The town's usual numbers until a day, with an effect on bikes in the north on the window's days."""
    chance = np.random.default_rng(sum(map(ord, source)))
    span = [FIRST + timedelta(days=i) for i in range((last - FIRST).days + 1)]
    found = {(d, s): 900 * WEEK[d.weekday()] * np.exp(chance.normal(0, 0.08)) for d in span for s in SENSORS}
    done = {k: v * effect for k, v in found.items() if source == "bikes" and k[1].startswith("n") and WINDOW[0] <= k[0] <= WINDOW[1]}
    return {k: float(round(v)) for k, v in (found | done).items()}


@pytest.fixture
def vila(tmp_path, settings) -> Vila:
    """Vila as it was published the week before the window."""
    made = Vila(tmp_path / "vila")
    settings.HOME, settings.CITIES, settings.CLOCK = made.home, [str(made.folder)], made.clock
    _say(made, LAST, 1.0)
    return made


def _say(town: Vila, last: date, effect: float) -> None:
    for source in town.sources:
        town.say(source, told(source, last, effect))
    town.collect()
    town.publish()
    town.clock.pass_(minutes=1)  # what is published has a moment of its own, a little later than the clock that stands


@pytest.fixture
def boss(person, vila):
    return person("boss", "administrator")


@pytest.fixture
def pilot(boss, municipality) -> Pilot:
    made = writes.draft_pilot(boss, "vila", municipality, title="No cars", text="The square without cars for a week.")
    writes.write_protocol(boss, made, **PLAN)
    return made


def run(vila: Vila, boss, pilot: Pilot, effect: float = 1.3) -> Pilot:
    """Freeze it, let its window pass with this effect, and publish that."""
    evaluating.least_effect(pilot, boss)
    writes.freeze(boss, pilot)
    assert writes.declare("vila") == 1, "as on a site, where the freezing is committed"
    vila.clock.pass_(days=11)
    _say(vila, date(2025, 3, 26), effect)
    writes.advance("vila")
    pilot.refresh_from_db()
    return pilot


def test_a_pilot_is_frozen_with_what_it_could_see_and_evaluated_by_what_was_published(vila, boss, pilot):
    done = run(vila, boss, pilot)
    protocol = done.protocol
    assert 5 < protocol.mde < 30
    assert "did, 80% power at 5%" in protocol.mde_how
    assert "janelas anteriores de 7 dias" in how(protocol.mde_how, ZoneInfo("Europe/Lisbon"), speak("pt"))
    found = evaluating.evaluate(done)
    assert found.low < 30 < found.high
    assert found.verdict == "more"
    assert found.p < 0.02
    assert len(found.placebos) >= 200
    kept = writes.evaluate(done, found, by=boss)
    assert kept.verdict == "more"
    assert kept.protocol_digest == protocol.digest
    assert evaluating.evaluate(done) == found  # the same again, digest and all


def test_what_was_published_later_changes_no_evaluation_as_of_then(vila, boss, pilot):
    done = run(vila, boss, pilot)
    then = vila.clock()
    found = evaluating.evaluate(done, then)
    vila.clock.pass_(days=1)
    _say(vila, date(2025, 3, 26), 2.0)
    assert evaluating.evaluate(done, then) == found
    again = evaluating.evaluate(done)
    assert again.estimate > found.estimate + 30
    assert again.data_digest != found.data_digest


def test_a_pilot_without_effect_is_told_so_or_cannot_tell(vila, boss, pilot):
    found = evaluating.evaluate(run(vila, boss, pilot, 1.0))
    assert found.verdict in ("none", "cannot tell")
    assert found.low < 0 < found.high


@pytest.mark.parametrize("method", ["window", "structural"])
def test_other_methods_find_it_too(vila, boss, pilot, method):
    writes.write_protocol(boss, pilot, method=method, comparison_zones=[] if method == "window" else ["south"])
    found = evaluating.evaluate(run(vila, boss, pilot))
    assert found.low < 30 < found.high
    assert found.method == method


def test_nothing_of_the_window_is_known_when_it_is_said_what_could_be_seen(vila, boss, pilot):
    before = evaluating.least_effect(pilot, boss).mde
    _say(vila, LAST, 1.0)
    writes.write_protocol(boss, pilot, window_first=date(2025, 3, 8), window_last=date(2025, 3, 14), before_last=date(2025, 3, 7))
    known = evaluating.least_effect(pilot, boss)
    for source in vila.sources:
        values = told(source, LAST, 1.0)
        vila.say(source, {k: v * (3 if k[0] >= date(2025, 3, 8) and k[1].startswith("n") else 1) for k, v in values.items()})
    vila.collect()
    vila.publish()
    vila.clock.pass_(minutes=1)
    assert evaluating.least_effect(pilot, boss).mde == known.mde
    assert float(before) == pytest.approx(float(known.mde), rel=0.3)


def test_a_window_of_which_nothing_is_published_can_not_be_evaluated(vila, boss, pilot):
    evaluating.least_effect(pilot, boss)
    writes.freeze(boss, pilot)
    vila.clock.pass_(days=11)
    found = evaluating.evaluate(pilot)
    assert found.not_evaluable == "Fewer than half of the window's days are known."
    assert found.estimate is None


def test_a_comparison_that_fell_silent_is_left_out_and_named(vila, boss, pilot):
    evaluating.least_effect(pilot, boss)
    writes.freeze(boss, pilot)
    vila.clock.pass_(days=11)
    for source in vila.sources:
        silent = {k: v for k, v in told(source, date(2025, 3, 26), 1.3).items() if k[1].startswith("n") or k[0] < WINDOW[0]}
        vila.say(source, silent)
    vila.collect()
    vila.publish()
    vila.clock.pass_(minutes=1)
    found = evaluating.evaluate(pilot)
    assert found.not_evaluable == "Too few of the zones or cities to compare with are known on three quarters of the days."
    assert found.pretrend["left_out"] == "south"
    assert found.estimate is None


def test_what_lacks_is_said(vila, boss, pilot):
    writes.write_protocol(boss, pilot, method="sdid")
    with pytest.raises(Unfit, match="2 zones or cities"):
        evaluating.least_effect(pilot, boss)
    writes.write_protocol(boss, pilot, method="")
    with pytest.raises(Unfit, match="Say first"):
        evaluating.least_effect(pilot, boss)
    writes.write_protocol(boss, pilot, method="did", before_first=date(2023, 1, 1))
    with pytest.raises(Unfit, match="Nothing is published"):
        evaluating.least_effect(pilot, boss)
