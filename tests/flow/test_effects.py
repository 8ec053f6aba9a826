"""What events did to a made-up town, whose days are set by hand."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulso.city import Span
from pulso.errors import CityFileError, NothingKnown
from pulso.flow import effects
from pulso.flow.effects import Published, of_event
from pulso.show.effects import EventEffects
from tests.flow.vila import Values, Vila, a_day_later, usual, vila

MARKET = (date(2025, 1, 21), date(2025, 1, 23))
DANCE = (date(2025, 3, 4), date(2025, 3, 5))
GAP = (date(2025, 2, 25), date(2025, 2, 27))
EVENTS = """from,to,kind,name,zone,link,name_pt
2024-03-05,2024-03-06,fair,Spring fair,,,Feira da primavera
2025-01-21,2025-01-23,concert,Bicycle week,,,Semana da bicicleta
2025-02-10,2025-02-11,strike,Bus strike,,,
2025-02-25,2025-02-27,fair,Spring fair,,,Feira da primavera
2025-03-04,2025-03-05,festival,Northern dance,north,,
2025-03-13,2025-03-20,works,Bridge works,,,
"""


def times(values: Values, days: tuple[date, date], factor: float, sensors: Iterable[str] = ("n1", "n2", "s1", "s2")) -> Values:
    """The same, with some days of some sensors multiplied."""
    touched = set(sensors)
    return {(d, s): round(n * factor) if days[0] <= d <= days[1] and s in touched else n for (d, s), n in values.items()}


def without(values: Values, days: tuple[date, date]) -> Values:
    """The same, with nothing at all of these days."""
    return {k: n for k, n in values.items() if not days[0] <= k[0] <= days[1]}


@pytest.fixture(scope="module")
def lively(tmp_path_factory: pytest.TempPathFactory) -> Vila:
    """Twice as many bicycles in one week, no buses in a strike, twice as many cars at a dance in the north, and a fair that nobody saw."""
    town = vila(tmp_path_factory.mktemp("lively"))
    (town.folder / "events.csv").write_text(EVENTS)
    town.say("bikes", without(times(usual("bikes"), MARKET, 2.0), GAP))
    town.say("cars", without(times(usual("cars"), DANCE, 2.0, ("n1", "n2")), (GAP[0], GAP[0] + timedelta(days=1))))
    strike = (date(2025, 2, 10), date(2025, 2, 11))
    town.say("buses", without(times(usual("buses"), strike, 0.25), (GAP[0] + timedelta(days=1), GAP[1])))
    town.collect()
    town.publish()
    return town


def told(town: Vila, event: str | None = None, metric: str | None = None, zone: str | None = None, **asked: Any) -> EventEffects:
    """The last thing that is told of what was asked."""
    return effects.asked(town.river(), event, asked.get("first"), asked.get("last"), metric, zone, asked.get("as_of"))[-1]


def test_an_event_that_doubles_a_metric_is_found_at_about_a_hundred_per_cent(lively: Vila) -> None:
    found = told(lively, "Bicycle week", "bikes").headline
    assert found.change is not None
    assert found.low is not None
    assert found.high is not None
    assert found.change == pytest.approx(1.0, abs=0.15)
    assert found.low < 1.0 < found.high
    assert found.low > 0, "a doubling is no chance"
    assert found.verdict == "more"
    assert (found.seen, found.refusal) == (3, "")
    assert found.p is not None
    assert found.p <= 0.05
    assert found.windows >= 200


def test_what_it_did_not_touch_may_be_chance(lively: Vila) -> None:
    named = {e.metric: e.verdict for e in told(lively, "Bicycle week").effects}
    assert list(named) == [None, "bikes", "cars", "buses"], "the index first, then as the city file has them"
    assert (named["cars"], named["buses"]) == ("cannot tell", "cannot tell")


def test_a_strike_is_less_where_it_struck(lively: Vila) -> None:
    found = told(lively, "Bus strike", "buses").headline
    assert found.verdict == "less"
    assert found.change == pytest.approx(-0.75, abs=0.1)


def test_most_quiet_days_can_not_be_told_from_chance(lively: Vila) -> None:
    quiet = [date(2024, 12, 1) + timedelta(days=3 * i) for i in range(15)]
    verdicts = [told(lively, first=d, last=d + timedelta(days=1)).headline.verdict for d in quiet]
    assert verdicts.count("cannot tell") >= 12


def test_an_event_in_a_zone_is_measured_in_that_zone(lively: Vila) -> None:
    found = told(lively, "Northern dance", "cars")
    assert found.zone == "north"
    assert found.headline.change == pytest.approx(1.0, abs=0.2)
    south = told(lively, "Northern dance", "cars", "South")
    assert south.zone == "south"
    assert south.headline.verdict == "cannot tell"
    (city,) = effects.of_events(lively.river(), [_days(*DANCE)], names=["cars"])
    assert city.headline.change is not None
    assert 0 < city.headline.change < 0.9, "half of the city's sensors"


def test_an_event_that_is_not_over_says_so(lively: Vila) -> None:
    found = told(lively, "Bridge works")
    assert {(e.verdict, e.refusal, e.change) for e in found.effects} == {("cannot tell", "not over", None)}


def test_what_was_not_seen_is_no_effect_of_nothing(lively: Vila) -> None:
    found = {e.metric: e for e in told(lively, "Spring fair").effects}
    assert (found["bikes"].refusal, found["bikes"].seen, found["bikes"].change) == ("not seen", 0, None)
    assert (found["cars"].refusal, found["cars"].seen) == ("not seen", 1), "one day of three"


def test_a_short_past_gives_no_number(lively: Vila) -> None:
    first, later = effects.asked(lively.river(), "Spring fair", None, None)
    assert first.first == date(2024, 3, 5)
    assert {e.refusal for e in first.effects} <= {"short past", "unsettled", "not seen"}
    assert all(e.change is None for e in first.effects)
    assert later.first == GAP[0]


@pytest.mark.parametrize("name", ["bicycle week", "BICYCLE WEEK", "Semana da Bicicleta", "semana da bicicleta"])
def test_an_event_goes_by_its_names_in_either_language_and_any_capitals(lively: Vila, name: str) -> None:
    assert [e.name for e in effects.named(lively.river(), name)] == ["Bicycle week"]


def test_an_event_goes_by_the_name_that_pages_give_it(lively: Vila) -> None:
    assert [e.name for e in effects.named(lively.river(), "greve dos autocarros")] == ["Bus strike"]


def test_an_unknown_name_is_answered_with_the_nearest(lively: Vila) -> None:
    with pytest.raises(NothingKnown, match=r"no event is called 'bicicle week'\. Nearest: Bicycle week"):
        told(lively, "bicicle week")


def test_where_no_event_is_known_the_letter_says_what_comes_first(tmp_path: Path) -> None:
    with pytest.raises(NothingKnown, match="pulso collect vila"):
        effects.named(vila(tmp_path).river(), "anything")


def test_an_unknown_zone_or_metric_is_refused(lively: Vila) -> None:
    with pytest.raises(CityFileError, match="North"):
        told(lively, "Bus strike", zone="Nort")
    with pytest.raises((CityFileError, NothingKnown), match="bikes"):
        told(lively, "Bus strike", "bike")


def test_days_of_which_nothing_is_published_are_refused(lively: Vila) -> None:
    with pytest.raises(NothingKnown, match="nothing is published of these days"):
        told(lively, first=date(2031, 1, 1), last=date(2031, 1, 2))


def test_a_span_leaves_the_occurrences_that_touch_it(lively: Vila) -> None:
    found = effects.asked(lively.river(), "Spring fair", date(2025, 2, 27), date(2025, 12, 31))
    assert [e.first for e in found] == [GAP[0]]


def test_what_was_known_at_a_moment_is_given_back(lively: Vila, tmp_path: Path) -> None:
    town = _copy(lively, tmp_path)
    then = town.clock()
    before = told(town, "Bicycle week")
    town.clock.pass_(days=1)
    town.say("bikes", without(times(usual("bikes"), MARKET, 4.0), GAP))
    town.collect()
    town.publish()
    assert told(town, "Bicycle week", "bikes").headline.change == pytest.approx(3.0, abs=0.4)
    assert told(town, "Bicycle week", as_of=then) == before


def test_an_event_entered_later_was_not_known_then(lively: Vila, tmp_path: Path) -> None:
    town = _copy(lively, tmp_path)
    then = town.clock()
    town.clock.pass_(days=1)
    (town.folder / "events.csv").write_text(EVENTS + "2025-01-08,2025-01-08,match,Cup match,,,\n")
    town.collect()
    assert told(town, "Cup match").first == date(2025, 1, 8)
    with pytest.raises(NothingKnown, match="no event is called 'Cup match'"):
        told(town, "Cup match", as_of=then)


def test_a_verdict_from_before_the_weather_was_taken_out_counts_with_its_index(lively: Vila, monkeypatch: pytest.MonkeyPatch) -> None:
    river = lively.river()
    now = effects.published(river)
    assert now is not None
    rows = river.lake.published([None], None, None, ["day", "verdict"])
    old = [{k: v for k, v in json.loads(text).items() if k != "without_weather"} for text in rows["verdict"].to_pylist()]
    for said in old:
        for m in said["metrics"]:
            del m["without_weather"]
    column = rows.schema.get_field_index("verdict")
    earlier = rows.set_column(column, "verdict", [[json.dumps(said) for said in old]])
    monkeypatch.setattr(type(river.lake), "published", lambda *_, **__: earlier)
    then = effects.published(river)
    assert then is not None
    np.testing.assert_array_equal(then.calm, then.logs)
    np.testing.assert_array_equal(then.logs, now.logs)
    assert np.isfinite(then.calm).sum() > 1000


def test_the_largest_is_ranked_first_then_what_may_be_chance_and_what_can_not_be_told_last(lively: Vila) -> None:
    quiet = [_days(date(2025, 1, 7) + timedelta(days=i), date(2025, 1, 7) + timedelta(days=i)) for i in range(0, 9, 2)]
    river = lively.river()
    found = [e.headline for e in effects.ranked(effects.of_events(river, [*quiet, *river.lake.events()]))]
    sorts = ["untold" if e.change is None else "chance" if e.verdict == "cannot tell" else "sure" for e in found]
    assert sorts == sorted(sorts, key=("sure", "chance", "untold").index)
    assert set(sorts) == {"sure", "chance", "untold"}
    for sort in ("sure", "chance"):
        far = [abs(np.log1p(e.change)) for e, s in zip(found, sorts, strict=True) if s == sort and e.change is not None]
        assert far == sorted(far, reverse=True)
    named = effects.ranked(effects.of_events(river))
    assert {e.name for e in named[:2]} == {"Bicycle week", "Bus strike"}


# -- on series made by hand ---------------------------------------------------------------------------------------------------------

START = date(2023, 1, 2)
NIGHT = Span.model_validate({"from": "2024-11-04", "to": "2024-11-04", "kind": "feast", "name": "Night"})
OTHERS = tuple(
    Span.model_validate({"from": START + timedelta(days=d), "to": START + timedelta(days=d + 2), "kind": kind, "name": kind, "zone": zone})
    for d, kind, zone in ((200, "fair", None), (300, "match", "north"), (420, "protest", "south"), (500, "fair", None))
)


def _days(first: date, last: date) -> Span:
    return Span.model_validate({"from": first, "to": last, "kind": "", "name": ""})


def _copy(town: Vila, folder: Path) -> Vila:
    copied = a_day_later(town, folder)
    (folder / "events.csv").write_text(EVENTS)
    return copied


def made(seed: int = 0, *, touched: Iterable[Span] = (), size: float = 1.0) -> Published:
    """Two years of one series that is 100 but for chance, and `size` (in logarithms) more on the days of some events."""
    T = (date(2024, 12, 31) - START).days + 1
    logs = np.random.default_rng(seed).normal(0.0, 0.05, (1, T))
    for e in touched:
        logs[0, (e.first - START).days : (e.last - START).days + 1] += size
    return Published(START, (None,), logs, logs, np.arange(T, dtype=np.int64) % 7)


def test_days_of_other_events_are_kept_out_of_what_is_compared_with() -> None:
    loud = made(touched=OTHERS)
    with_them, without_them = of_event(NIGHT, loud, [NIGHT, *OTHERS]), of_event(NIGHT, loud, [NIGHT])
    quiet = of_event(NIGHT, made(), [NIGHT, *OTHERS])
    assert asdict(with_them.headline) == pytest.approx(
        asdict(quiet.headline), abs=2e-3
    )  # what is left: they moved the level that was published
    assert with_them.headline.windows < without_them.headline.windows
    assert _width(without_them) > _width(with_them)


def test_events_of_another_zone_are_not_kept_out_of_a_zone() -> None:
    north = NIGHT.model_copy(update={"zone": "north"})
    own = of_event(north, made(), [north, *OTHERS]).headline.windows
    whole = of_event(NIGHT, made(), [NIGHT, *OTHERS]).headline.windows
    assert own > whole
    assert of_event(north, made(), [north, *(e for e in OTHERS if e.zone != "south")]).headline.windows == own


def test_what_is_on_every_week_is_an_everyday_matter() -> None:
    market = [
        Span.model_validate({"from": START + timedelta(days=d), "to": START + timedelta(days=d), "kind": "market", "name": "Market"})
        for d in range(0, 728, 7)
    ]
    assert of_event(NIGHT, made(), [NIGHT, *market]).headline == of_event(NIGHT, made(), [NIGHT]).headline


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(5)))
def test_the_order_of_events_changes_nothing(order: list[int]) -> None:
    known = [NIGHT, *OTHERS]
    series = made(touched=known)
    wanted = {(e.kind, e.first): of_event(e, series, known) for e in known}
    shuffled = [known[i] for i in order]
    assert {(e.kind, e.first): of_event(e, series, shuffled) for e in shuffled} == wanted
    assert effects.ranked([of_event(e, series, shuffled) for e in shuffled]) == effects.ranked(wanted.values())


def test_of_a_storm_the_weather_is_told_and_of_a_festival_it_is_taken_out() -> None:
    plain = made()
    wet = replace(plain, logs=made(touched=[NIGHT], size=-0.7).logs)
    storm = of_event(NIGHT.model_copy(update={"kind": "storm"}), wet, [])
    feast = of_event(NIGHT, wet, [])
    assert (storm.weather, feast.weather) == (True, False)
    assert storm.headline.verdict == "less"
    assert feast.headline.verdict == "cannot tell"


def test_where_no_weather_is_known_none_is_said_to_be_taken_out(lively: Vila) -> None:
    assert told(lively, "Bicycle week").weather


def test_days_without_a_name_are_measured_as_an_event_of_these_days_is(lively: Vila) -> None:
    again = effects.of_events(lively.river(), [_days(*MARKET)])[0]
    named = told(lively, "Bicycle week")
    assert [e.change for e in again.effects] == [e.change for e in named.effects]


def _width(found: EventEffects) -> float:
    assert found.headline.low is not None
    assert found.headline.high is not None
    return float(np.log1p(found.headline.high) - np.log1p(found.headline.low))
