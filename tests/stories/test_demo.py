"""The demo city, held to its truth: simulated, collected and published by the commands that a person gives."""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pulso.flow import reading
from pulso.flow.collect import collect
from pulso.flow.home import Home, River
from pulso.flow.publish import publish
from pulso.flow.simulated import simulate
from pulso.shapes import Verdict

pytestmark = pytest.mark.xdist_group("demo")

FIRST, YEAR_OVER, LAST = date(2023, 1, 1), date(2024, 1, 2), date(2025, 12, 31)
DARK = "campanha"


@dataclass
class Demo:
    """The demo city as it was published, and as it was."""

    river: River
    city: dict[date, Verdict]
    true: dict[date, dict[str, float]]  # ln of each metric's true index / 100, in the form that is published
    faulty: set[date]  # a sensor was dead, frozen or halved

    def on(self, day: str, zone: str | None = None) -> Verdict:
        return reading.verdict(self.river, date.fromisoformat(day), zone)

    def truth(self, day: date) -> float:
        """The true headline: true metric indices with the published weights."""
        weighed = [(m.weight, self.true[day][m.metric]) for m in self.city[day].metrics if m.weight > 0]
        return 100 * math.exp(sum(w * x for w, x in weighed) / sum(w for w, _ in weighed))

    def holds(self, days: Iterator[date] | set[date]) -> list[bool]:
        """Whether the interval holds the truth, on those of the days that have one."""
        asked = [(day, self.city[day].interval) for day in days]
        return [limits[0] <= self.truth(day) <= limits[1] for day, limits in asked if limits is not None]

    def happened(self, kind: str) -> list[date]:
        """Days after the first year on which it was on."""
        return [day for e in self.river.lake.events() if e.kind == kind for day in span(e.first, e.last) if day >= YEAR_OVER]


def span(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=i) for i in range((last - first).days + 1))


def new_year() -> datetime:
    """When these stories are told: the morning after the simulation's last day."""
    return datetime(2026, 1, 1, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demo city of `make demo`, told anew, or, while one works on its stories, from the folder that PULSO_STORIES names."""
    kept = os.environ.get("PULSO_STORIES")
    home = Home(Path(kept) if kept else tmp_path_factory.mktemp("demo"), None, new_year)
    if not (home.root / "demo" / "simulated").is_dir():
        simulate("demo", home, None, None, seed=None, scale=1.0)
    river = River.open("demo", home)
    collect(river)
    publish(river)
    folder = home.root / "demo" / "simulated" / "truth"
    verdicts = {v.day: v for v in reading.series(river)}
    return Demo(river, verdicts, _truth(folder / "index.csv"), _faulty(folder / "faults.csv"))


def _truth(file: Path) -> dict[date, dict[str, float]]:
    found: dict[date, dict[str, float]] = {}
    with file.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if not row["zone"]:
                form = "middle" if row["metric"] == "parking_occupied" else "index"
                found.setdefault(date.fromisoformat(row["day"]), {})[row["metric"]] = math.log(float(row[form]) / 100)
    return found


def _faulty(file: Path) -> set[date]:
    with file.open(encoding="utf-8", newline="") as rows:
        faults = [(date.fromisoformat(row["from"]), date.fromisoformat(row["to"])) for row in csv.DictReader(rows)]
    return {day for first, last in faults for day in span(max(first, YEAR_OVER), last)}


def test_everything_is_marked_synthetic_and_no_day_is_left_out(demo: Demo):
    assert list(demo.city) == list(span(FIRST, LAST))
    assert all(v.synthetic for v in demo.city.values())
    assert {v.in_sample for day, v in demo.city.items() if day >= YEAR_OVER} == {False}


@pytest.mark.parametrize(("kind", "sign"), [("festival", 1), ("strike", -1), ("storm", -1)])
def test_what_happened_is_found_with_the_right_sign_and_linked_by_name(demo: Demo, kind, sign):
    names = {e.name for e in demo.river.lake.events() if e.kind == kind}
    days = demo.happened(kind)
    assert len(days) >= 6
    for day in days:
        verdict = demo.city[day]
        assert verdict.index is not None
        assert sign * (verdict.index - 100) > 0, day
        points = [r.points for r in verdict.reasons if r.name in names]
        assert names & set(verdict.unmeasured) or (points and sign * points[0] > 0), day


@pytest.mark.parametrize("kind", ["festival", "storm"])
def test_the_festival_and_the_storm_lie_outside_the_normal_range(demo: Demo, kind):
    outside = []
    for day in demo.happened(kind):
        verdict = demo.city[day]
        assert verdict.index is not None
        assert verdict.normal_range is not None
        outside.append(not verdict.normal_range[0] <= verdict.index <= verdict.normal_range[1])
    assert sum(outside) >= len(outside) - 1


def test_a_strike_empties_the_buses_and_not_the_metro(demo: Demo):
    for day in demo.happened("strike"):
        index = {m.metric: m.index for m in demo.city[day].metrics}
        assert index["bus_validations"] is not None
        assert index["metro_validations"] is not None
        assert index["bus_validations"] < 60
        assert index["metro_validations"] > 95


def test_the_holiday_after_the_night_of_sao_joao_is_told_as_the_holiday_it_is(demo: Demo):
    days = {date(2024, 6, 24), date(2025, 6, 24)}
    assert demo.holds(days) == [True, True]


def test_a_holiday_on_a_sunday_is_not_reckoned_twice(demo: Demo):
    sundays = {date(2024, 12, 1), date(2024, 12, 8), date(2025, 6, 8)} & set(demo.city)
    assert all(demo.holds(sundays))


def test_in_the_power_cut_the_truth_stays_inside_the_interval(demo: Demo):
    inside = demo.holds(set(demo.happened("power_cut")))
    assert len(inside) == 4
    assert all(inside)


@pytest.mark.parametrize("day", ["2024-09-17", "2025-09-17"])
def test_the_dark_zone_is_not_called_quiet(demo: Demo, day):
    verdict = demo.on(day, DARK)
    dark = {m.metric: m.sensors_seen for m in verdict.metrics if m.metric in {"car_count", "metro_validations", "parking_occupied"}}
    assert set(dark.values()) == {0}
    assert verdict.index is None or (verdict.normal_range is not None and verdict.index > verdict.normal_range[0])


def test_on_days_with_broken_sensors_nine_intervals_of_ten_hold_the_truth(demo: Demo):
    inside = demo.holds(demo.faulty)
    assert len(inside) > 300
    assert sum(inside) / len(inside) >= 0.88


def test_days_of_the_reference_year_stand_at_about_a_hundred_against_it(demo: Demo):
    levels = sorted(v.level_index for day, v in demo.city.items() if day.year == 2025 and v.level_index is not None)
    assert len(levels) > 350
    assert 85 < levels[len(levels) // 2] < 115


def test_every_index_is_explained_to_the_last_point(demo: Demo):
    for verdict in demo.city.values():
        if verdict.index is not None:
            assert sum(r.points for r in verdict.reasons) == pytest.approx(verdict.index - 100, abs=1e-9)


@pytest.mark.parametrize("day", [date(2024, 3, 5), date(2025, 6, 24), LAST], ids=str)
def test_a_day_published_by_itself_says_what_the_whole_history_said_of_it(demo: Demo, day):
    alone = publish(demo.river, day, day)
    assert (alone.days, alone.new, alone.unchanged) == (1, 0, 1 + len(demo.river.zones.all))
