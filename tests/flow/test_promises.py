"""What the river promises of every run: nothing twice, nothing lost, nothing said unsaid."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from pulso.errors import CityFileError, LakeError
from pulso.flow import reading
from pulso.flow.collect import rebuild
from pulso.flow.flags import flag, lift
from pulso.lake import delta
from tests.flow.vila import LAST, SOURCES, Vila, a_day_later, indices, live, state, usual, verdicts, vila

MONDAY = date(2025, 3, 10)


def corrected(town: Vila) -> None:
    """A value of Monday is corrected, another of Tuesday is gone, and Saturday is new."""
    values = usual("bikes")
    values[MONDAY, "n1"] = 400.0
    del values[MONDAY + timedelta(days=1), "n2"]
    values |= {(LAST + timedelta(days=1), s): 700.0 for s in ("n1", "n2", "s1", "s2")}
    town.say("bikes", values)


def test_a_second_run_changes_nothing(town: Vila) -> None:
    before = live(town)
    collected, publication = town.collect(), town.publish()
    assert [c.new for c in collected.values()] == [0, 0, 0]
    assert (publication.new, publication.days) == (0, 0)
    assert live(town) == before


def test_judging_every_day_again_publishes_nothing_again(town: Vila) -> None:
    before = live(town)
    publication = town.publish(date(2024, 1, 1), LAST)
    assert (publication.days, publication.new, publication.unchanged) == (439, 0, 439 * 3)
    assert live(town) == before


def test_of_a_changed_file_only_the_differences_are_kept(town: Vila) -> None:
    rows = sum(f.rows for f in town.river().lake.observation.files())
    corrected(town)
    collected = town.collect()["bikes"]
    assert (collected.new, collected.kept, collected.gone) == (1, 1 + 4, 1)
    assert sum(f.rows for f in town.river().lake.observation.files()) == rows + 6


def test_a_vanished_row_changes_the_index_and_what_was_published_is_still_given_back(town: Vila) -> None:
    then = town.clock()
    before = verdicts(town)
    values = usual("bikes")
    for sensor in ("n1", "n2"):
        del values[MONDAY, sensor]
    town.say("bikes", values)
    town.clock.pass_(hours=1)
    assert town.collect()["bikes"].gone == 2
    assert town.publish().new > 0
    after = verdicts(town)
    assert after["north", MONDAY] != before["north", MONDAY]
    assert indices(town)["north", MONDAY] != reading.Verdict.model_validate_json(before["north", MONDAY]).index
    assert verdicts(town, then) == before
    assert reading.as_published(town.river(), MONDAY, "north", then) == before["north", MONDAY]


def test_a_day_that_a_source_takes_back_whole_is_judged_again(town: Vila) -> None:
    town.say("bikes", {k: n for k, n in usual("bikes").items() if k[0] != LAST})
    assert town.collect()["bikes"].gone == 4
    assert town.publish().new > 0
    assert reading.verdict(town.river(), LAST).missing == ["bikes"]


def test_a_row_that_comes_back_is_known_again(town: Vila) -> None:
    before = indices(town)
    town.say("bikes", {k: n for k, n in usual("bikes").items() if k[0] != MONDAY})
    town.collect()
    town.publish()
    assert indices(town) != before
    town.say("bikes", usual("bikes"))
    assert town.collect()["bikes"].kept == 4
    town.publish()
    assert indices(town) == before


def test_publishing_one_day_does_not_forget_what_was_learned_of_the_others(town: Vila) -> None:
    corrected(town)
    town.collect()
    assert town.publish(LAST, LAST).days == 1
    town.publish()
    assert reading.verdict(town.river(), MONDAY).vintage > town.clock()
    assert reading.verdict(town.river(), LAST + timedelta(days=1)).sources_seen == 1


def test_a_metric_that_is_made_in_another_way_is_judged_again(town: Vila) -> None:
    conf = (town.folder / "city.toml").read_text()
    (town.folder / "city.toml").write_text(
        conf.replace('domain = "transit"\nlike = "daily_total"', 'domain = "transit"\nlike = "daily_mean"')
    )
    assert town.collect()["buses"].kept == 0
    assert town.publish().days == 439


class Killed(BaseException):
    """The process ended here."""


def dying(at: int, step: Callable[..., Any], count: list[int]) -> Callable[..., Any]:
    """The step, but the process ends before its at-th time."""

    def stepped(*given: Any, **named: Any) -> Any:
        count[0] += 1
        if count[0] == at:
            raise Killed
        return step(*given, **named)

    return stepped


def a_day(town: Vila) -> None:
    corrected(town)
    town.collect()
    town.publish()


def killed(town: Vila, at: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Let a day's run die before its at-th step on the disk; say whether it came so far."""
    count = [0]
    with monkeypatch.context() as patch:
        for step in ("write", "commit"):
            patch.setattr(delta.Table, step, dying(at, getattr(delta.Table, step), count))
        try:
            a_day(town)
        except Killed:
            return True
    return False


@pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.proof), 3])
def test_a_run_killed_at_any_step_is_completed_by_the_next_with_the_same_result(
    told: Vila, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, every: int
) -> None:
    a_day(undisturbed := a_day_later(told, tmp_path / "undisturbed"))
    wanted = state(undisturbed)
    at = 1
    while killed(town := a_day_later(told, tmp_path / f"{at}"), at, monkeypatch):
        assert verdicts(town), f"unreadable after it was killed before step {at}"
        town.clock.pass_(hours=1)
        if at % 2:
            town.publish()  # somebody publishes what the killed collection left behind
            town.clock.pass_(hours=1)
        a_day(town)
        assert state(town) == wanted, f"killed before step {at}"
        at += every
    assert at > 8


@pytest.fixture(scope="module")
def turned(tmp_path_factory: pytest.TempPathFactory) -> Vila:
    """The same town, its city file written from the last line to the first, and its bicycles counted by the thousand."""
    town = vila(tmp_path_factory.mktemp("turned"), sources=SOURCES[::-1], zones=("south", "north"), metrics=SOURCES[::-1])
    town.say("bikes", {k: n / 1000 for k, n in usual("bikes").items()})
    town.collect()
    town.publish()
    return town


def test_neither_the_order_of_a_city_file_nor_the_unit_of_a_source_changes_an_index(told: Vila, turned: Vila) -> None:
    here, there = indices(told), indices(turned)
    assert here.keys() == there.keys()
    assert max(abs(here[k] - there[k]) for k in here) <= 1e-9
    reasons = (math.fsum(r.points for r in reading.verdict(turned.river(), d).reasons) - (there[None, d] - 100) for d in (MONDAY, LAST))
    assert all(abs(rest) <= 1e-9 for rest in reasons)


def test_a_flagged_sensor_is_left_out_and_the_page_says_so(town: Vila) -> None:
    then, before = town.clock(), verdicts(town)
    town.clock.pass_(hours=1)
    flag(town.river(), "n1", MONDAY, MONDAY, why="works on the bridge", by="")
    town.publish()
    now = reading.verdict(town.river(), MONDAY, "north")
    assert [m.flags for m in now.metrics] == [["by hand: n1"]] * 3
    assert [m.sensors_seen for m in now.metrics] == [1, 1, 1]
    assert all(m.flags == [] for m in reading.verdict(town.river(), MONDAY, "south").metrics)
    assert verdicts(town, then) == before


def test_a_rebuild_gives_the_same_observations_and_keeps_what_was_published(town: Vila) -> None:
    corrected(town)
    town.collect()
    town.publish()
    before, published = state(town), verdicts(town)
    town.clock.pass_(hours=1)
    rebuild(town.river())
    assert verdicts(town) == published
    assert town.publish().new == 0
    assert state(town) == before


def test_a_rebuild_without_all_raw_answers_touches_nothing(town: Vila) -> None:
    for pack in (town.home / "vila" / "raw" / "cars").glob("*.pack"):
        pack.unlink()
    before = live(town)
    with pytest.raises(LakeError, match=r"15 of the 15 answers that the lake has read of cars are no longer kept.*nothing was touched"):
        rebuild(town.river())
    assert live(town) == before


def test_an_exclusion_that_is_lifted_stays_on_record(town: Vila) -> None:
    before = verdicts(town)
    town.clock.pass_(hours=1)
    flag(town.river(), "n1", MONDAY, MONDAY, why="works on the bridge", by="")
    town.publish()
    then, without = town.clock(), verdicts(town)
    assert without != before
    town.clock.pass_(hours=1)
    lift(town.river(), "n1", MONDAY, MONDAY, why="it was another bridge", by="")
    town.publish()
    assert reading.verdict(town.river(), MONDAY).index == reading.Verdict.model_validate_json(before[None, MONDAY]).index
    assert [f["why"] for f in town.river().lake.flags(then)] == ["works on the bridge"]
    assert town.river().lake.flags() == []
    assert reading.as_published(town.river(), MONDAY, None, then + timedelta(minutes=1)) == without[None, MONDAY]


def test_an_exclusion_that_is_not_in_force_can_not_be_lifted(town: Vila) -> None:
    flag(town.river(), "n1", MONDAY, None, why="works on the bridge", by="")
    with pytest.raises(CityFileError, match="one that is in force: 2025-03-10 to further notice"):
        lift(town.river(), "n1", MONDAY, MONDAY, why="over", by="")
