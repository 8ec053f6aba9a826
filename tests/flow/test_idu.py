"""IDU mode on a town whose pulse is known."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from pulso.errors import CityFileError, NothingKnown
from pulso.flow.idu import daily, idu_mode
from pulso.flow.panels import lay_out
from tests.flow.vila import FIRST, LAST, SENSORS, SOURCES, WEEK, Values, Vila, days, vila

FESTIVAL = date(2024, 6, 14)
PULL = {"bikes": 0.10, "cars": 0.12, "buses": 0.08}


def pulse() -> np.ndarray:
    found = np.random.default_rng(11).normal(0, 1, len(days()))
    found[(FESTIVAL - FIRST).days] = 6.0
    return found


def beating(source: str, scale: float = 1.0) -> Values:
    """A source that follows the town's pulse, and a little of its own."""
    own = np.random.default_rng(sum(map(ord, source)))
    heights = 900 * scale * np.exp(PULL[source] * pulse() + own.normal(0, 0.06, len(days())))
    return {(d, s): float(round(heights[i] * WEEK[d.weekday()] * (1 + k))) for i, d in enumerate(days()) for k, s in enumerate(SENSORS)}


def town_with_a_pulse(folder: Path, late: str = "") -> Vila:
    """All sources beat alike; of the sensor `late` nothing is known before 2025."""
    town = vila(folder)
    for source in SOURCES:
        town.say(source, {k: n for k, n in beating(source).items() if k[1] != late or k[0] >= date(2025, 1, 1)})
    town.collect()
    return town


@pytest.fixture(scope="module")
def beat(tmp_path_factory: pytest.TempPathFactory) -> Vila:
    return town_with_a_pulse(tmp_path_factory.mktemp("beat"))


def test_the_factor_is_the_town_s_pulse_and_its_highest_day_the_festival(beat: Vila) -> None:
    told = idu_mode(beat.river())
    assert told.accepted
    assert told.refusal is None
    assert (told.first, told.last, len(told.scores)) == (FIRST, LAST, len(days()))
    score = np.array([s.score for s in told.scores], dtype=float)
    assert np.corrcoef(score, pulse())[0, 1] > 0.85
    assert max(told.scores, key=lambda s: s.score or 0.0).day == FESTIVAL
    assert all(s.used and (s.loading or 0) > 0.5 for s in told.series)
    assert told.periods == (7,), "fourteen months can't tell a year from a trend"


def test_a_sensor_that_joins_is_not_the_town_growing(tmp_path: Path, beat: Vila) -> None:
    whole, joined = (
        np.array([s.score for s in idu_mode(t.river()).scores], dtype=float) for t in (beat, town_with_a_pulse(tmp_path, "s2"))
    )
    assert np.corrcoef(whole, joined)[0, 1] > 0.999
    assert abs(joined[-60:].mean() - whole[-60:].mean()) < 0.05


def test_with_every_sensor_there_a_series_is_the_plain_daily_total(beat: Vila) -> None:
    desk = lay_out(beat.river(), FIRST, LAST)
    assert desk is not None
    values = daily(desk, FIRST, LAST)
    said = beating("cars")
    np.testing.assert_allclose(values[:, 1], [sum(said[d, s] for s in SENSORS) for d in days()], rtol=1e-8)


def test_the_anchor_fixes_the_sign_and_is_the_first_street_metric_unless_said(beat: Vila) -> None:
    assert idu_mode(beat.river()).anchor == "bikes"
    told = idu_mode(beat.river(), anchor="buses")
    assert told.anchor == "buses"
    assert next(s.loading for s in told.series if s.metric == "buses") > 0


def test_days_are_those_that_were_asked_for(beat: Vila) -> None:
    told = idu_mode(beat.river(), date(2024, 3, 1), date(2024, 8, 31))
    assert [told.scores[0].day, told.scores[-1].day] == [date(2024, 3, 1), date(2024, 8, 31)]


def test_a_metric_that_is_another_one_s_shadow_is_refused_and_has_no_scores(tmp_path: Path) -> None:
    town = vila(tmp_path)
    for source in ("bikes", "cars"):
        town.say(source, beating("cars", scale=3.0 if source == "cars" else 1.0))
    town.say("buses", beating("buses"))
    town.collect()
    told = idu_mode(town.river())
    assert not told.accepted
    assert told.refusal in ("heywood", "no solution")
    assert {s.score for s in told.scores} == {None}
    assert told.kmo is not None, "diagnostics stay"


def test_too_few_series_are_a_letter_that_says_what_is_known(tmp_path: Path) -> None:
    town = vila(tmp_path)
    town.say("cars", {k: n for k, n in beating("cars").items() if k[0] > LAST - timedelta(days=40)})
    for month in ("2024-03", "2024-04", "2024-05", "2024-06", "2024-07", "2024-08", "2024-09", "2024-10", "2024-11"):
        town.file("cars", month).unlink()
    for month in ("2024-01", "2024-02", "2024-12", "2025-01"):
        town.file("cars", month).unlink(missing_ok=True)
    town.collect()
    with pytest.raises(NothingKnown, match=r"three daily series .* Known: bikes 100%, cars \d%, buses 100%"):
        idu_mode(town.river())


def test_what_is_unknown_is_answered_in_letters(beat: Vila, tmp_path: Path) -> None:
    with pytest.raises(CityFileError, match="--anchor: found 'trams'; one of bikes, cars, buses"):
        idu_mode(beat.river(), anchor="trams")
    with pytest.raises(NothingKnown, match="no days from 2030-01-01"):
        idu_mode(beat.river(), date(2030, 1, 1))
    with pytest.raises(NothingKnown, match="pulso collect vila"):
        idu_mode(vila(tmp_path).river())
