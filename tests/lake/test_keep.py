"""What the lake keeps, turns away, corrects and forgets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pulso.errors import CityFileError, LakeBusy, LakeError, SourceChanged
from pulso.lake import Lake, run, view
from pulso.lake.lake import LOCKS, alone
from pulso.shapes import REJECT, Answer, batch
from tests.lake.town import Clock, answer, lake, quarter_hours, town

JUNE = date(2021, 6, 1)
NOON = datetime(2021, 6, 1, 12, tzinfo=UTC)


def rows(of: Lake, **asked: Any) -> list[dict[str, Any]]:
    """The latest known observations, in order."""
    found: list[dict[str, Any]] = of.backend.to_pyarrow(of.observations(**asked)).to_pylist()
    return sorted(found, key=lambda r: (r["source"], r["metric"], r["sensor"], r["start"]))


def values(of: Lake, **asked: Any) -> list[float]:
    return [r["value"] for r in rows(of, **asked)]


def keep(of: Lake, *answers: Answer, source: str = "bikes") -> run.Kept:
    return of.keep(of.city.sources[source], answers)


def reasons(of: Lake) -> dict[str, int]:
    return {str(r["reason"]): int(str(r["n"])) for r in of.quarantine_counts()}


def test_an_observation_gets_its_zone_and_its_local_day_and_hour(tmp_path: Path) -> None:
    town_lake = lake(tmp_path)
    late = datetime(2021, 6, 1, 22, 30, tzinfo=UTC)
    keep(town_lake, answer("u", [("A", "bike_count", late, 3.0), ("B", "bike_count", late, 4.0)]))
    assert [(r["zone"], r["day"], r["hour"]) for r in rows(town_lake)] == [("west", date(2021, 6, 2), 0), ("east", date(2021, 6, 2), 0)]


def test_the_clock_s_short_and_long_days_keep_their_hours(tmp_path: Path) -> None:
    town_lake = lake(tmp_path)
    spring, autumn = datetime(2021, 3, 28, 0, tzinfo=UTC), datetime(2021, 10, 30, 23, tzinfo=UTC)
    hours = [("A", "bike_count", t + timedelta(hours=i), 1.0) for t in (spring, autumn) for i in range(4)]
    keep(town_lake, answer("u", hours, minutes=60))
    assert [r["hour"] for r in rows(town_lake)] == [1, 3, 4, 5, 1, 2, 2, 3]
    assert [r["hour"] for r in rows(town_lake, days=(date(2021, 10, 31), date(2021, 10, 31)))] == [1, 2, 2, 3]


def test_an_answer_s_own_place_goes_before_the_source_s_zone(tmp_path: Path) -> None:
    town_lake = lake(tmp_path)
    keep(town_lake, answer("here", [("s", "rides", NOON, 1.0)], place=(7.6, 51.5)), source="trips")
    keep(
        town_lake, answer("away", [("t", "rides", NOON, 1.0)], place=(1.0, 1.0)), answer("no", [("u", "rides", NOON, 1.0)]), source="trips"
    )
    assert [r["zone"] for r in rows(town_lake)] == ["east", None, "west"]


def test_units_become_canonical(tmp_path: Path) -> None:
    town_lake = lake(tmp_path)
    keep(town_lake, answer("u", [("x", "temperature", NOON, 300.0)], unit="K"), source="sky")
    assert values(town_lake) == pytest.approx([26.85])


@pytest.mark.parametrize(("unit", "word"), [("furlong", "unknown unit 'furlong'"), ("mm", "needs '°C'")])
def test_a_unit_that_cannot_be_is_told_to_a_person_and_nothing_is_kept(tmp_path: Path, unit: str, word: str) -> None:
    town_lake = lake(tmp_path)
    with pytest.raises(SourceChanged, match=word):
        keep(town_lake, answer("u", [("x", "temperature", NOON, 300.0)], unit=unit), source="sky")
    assert rows(town_lake) == []


def test_what_cannot_be_true_is_turned_away_with_its_reason(tmp_path: Path) -> None:
    town_lake = lake(tmp_path)
    impossible = [
        ("A", "bike_count", NOON, float("nan")),
        ("A", "bike_count", NOON + timedelta(minutes=15), float("inf")),
        ("A", "bike_count", NOON + timedelta(minutes=30), -1.0),
        ("A", "bike_count", NOON + timedelta(minutes=45), 1e6),
        ("Z", "bike_count", NOON, 1.0),
        ("A", "bike_count", datetime(1900, 1, 1, tzinfo=UTC), 1.0),
        ("A", "bike_count", datetime(2018, 12, 31, 12, tzinfo=UTC), 1.0),
        ("A", "bike_count", datetime(2026, 9, 1, 0, 15, tzinfo=UTC), 1.0),
        ("B", "bike_count", NOON, 7.0),
        ("B", "bike_count", NOON, 7.0),
        ("B", "bike_count", NOON, 8.0),
    ]
    kept = keep(town_lake, answer("u", impossible))
    assert values(town_lake) == [7.0]
    assert reasons(town_lake) == {
        "not finite": 2, "out of bounds": 2, "unknown sensor": 1, "too old": 2, "future": 1, "duplicate": 1, "conflict": 1
    }  # fmt: skip
    assert kept.rows == kept.new + kept.rejected == len(impossible)


def test_what_the_connector_rejects_stands_beside_what_the_door_turns_away(tmp_path: Path) -> None:
    town_lake = lake(tmp_path)
    told = batch(REJECT, sensor=["A"], metric=["bike_count"], kind=["missing"], reason=["closed"], text=["ges"], line=[7], n=[5])
    keep(town_lake, answer("u", [("A", "bike_count", NOON, -1.0)], rejects=told))
    counts = town_lake.quarantine_counts(["sensor", "kind", "reason"])
    assert [(c["sensor"], c["kind"], c["reason"], c["n"]) for c in counts] == [
        ("A", "bad", "out of bounds", 1),
        ("A", "missing", "closed", 5),
    ]


def test_a_second_run_of_the_same_answers_changes_nothing(tmp_path: Path) -> None:
    town_lake = lake(tmp_path)
    same = answer("u", quarter_hours("A", JUNE, range(96)))
    keep(town_lake, same)
    before = [t.files() for t in (town_lake.observation, town_lake.quarantine, town_lake.inputs)]
    assert keep(town_lake, same).skipped == 1
    assert [t.files() for t in (town_lake.observation, town_lake.quarantine, town_lake.inputs)] == before


def test_a_re_collection_appends_only_what_differs(tmp_path: Path) -> None:
    town_lake = lake(tmp_path)
    keep(town_lake, answer("u", quarter_hours("A", JUNE, [1, 2, 3, 4])))
    kept = keep(town_lake, answer("u", quarter_hours("A", JUNE, [1, 9, 3, 4, 5])))
    assert (kept.same, kept.changed, kept.new, kept.gone) == (3, 1, 1, 0)
    assert sum(f.rows for f in town_lake.observation.files()) == 6
    assert values(town_lake) == [1, 9, 3, 4, 5]


def test_what_vanished_upstream_is_gone_now_and_was_there_then(tmp_path: Path) -> None:
    clock = Clock(datetime(2026, 9, 1, tzinfo=UTC))
    town_lake = lake(tmp_path, clock)
    keep(town_lake, answer("u", quarter_hours("A", JUNE, [1, 2, 3])))
    then = clock.now
    clock.pass_(days=1)
    kept = keep(town_lake, answer("u", quarter_hours("A", JUNE, [1])))
    assert (kept.gone, kept.same) == (2, 1)
    assert values(town_lake) == [1]
    assert values(town_lake, as_of=then) == [1, 2, 3]
    assert values(town_lake, as_of=then - timedelta(days=1)) == []


def test_what_came_back_after_it_had_vanished_is_there_again(tmp_path: Path) -> None:
    town_lake = lake(tmp_path)
    for some in ([1, 2, 3], [1], [1, 2, 4]):
        keep(town_lake, answer("u", quarter_hours("A", JUNE, some)))
    assert values(town_lake) == [1, 2, 4]


def test_an_origin_that_now_says_nothing_takes_back_all_it_said(tmp_path: Path) -> None:
    town_lake = lake(tmp_path)
    keep(town_lake, answer("u", quarter_hours("A", JUNE, [1, 2])), answer("v", quarter_hours("B", JUNE, [5])))
    assert keep(town_lake, answer("u", [])).gone == 2
    assert values(town_lake) == [5]


def test_a_moment_belongs_to_the_origin_that_told_it_first(tmp_path: Path) -> None:
    town_lake = lake(tmp_path)
    keep(town_lake, answer("first", quarter_hours("A", JUNE, [1, 2])))
    keep(town_lake, answer("second", quarter_hours("A", JUNE, [1, 7, 3])))
    assert values(town_lake) == [1, 2, 3]
    assert reasons(town_lake) == {"duplicate": 1, "conflict": 1}


def test_a_moment_that_moved_to_another_file_in_one_run_is_not_lost(tmp_path: Path) -> None:
    town_lake = lake(tmp_path)
    keep(town_lake, answer("old", quarter_hours("A", JUNE, [1, 2])))
    keep(town_lake, answer("old", quarter_hours("A", JUNE, [1])), answer("new", quarter_hours("A", JUNE, [2], first=QUARTER_PAST)))
    assert values(town_lake) == [1, 2]


QUARTER_PAST = datetime(2021, 6, 1, 0, 15, tzinfo=UTC)


def test_duplicates_are_found_across_the_files_of_one_large_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "ROWS_AT_ONCE", 4)
    town_lake = lake(tmp_path)
    days = [answer(f"day {i}", quarter_hours("A", JUNE + timedelta(days=i), [1, 2, 3, 4, 5])) for i in range(4)]
    twice = answer("day 1 again", quarter_hours("A", JUNE + timedelta(days=1), [1, 2, 3, 4, 6]))
    kept = keep(town_lake, *days, twice)
    assert (kept.new, kept.rejected) == (20, 5)
    assert reasons(town_lake) == {"duplicate": 4, "conflict": 1}
    assert len(values(town_lake)) == 20


def test_a_run_is_one_commit_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "ROWS_AT_ONCE", 10)
    town_lake = lake(tmp_path)
    with town_lake.collecting() as collection:
        for i in range(5):
            collection.keep(town_lake.city.sources["bikes"], [answer(f"{i}", quarter_hours("A", JUNE + timedelta(days=i), range(20)))])
        collection.keep(town_lake.city.sources["sky"], [answer("w", [("x", "temperature", NOON, 1.0)], unit="°C")])
    assert len(values(town_lake)) == 101
    assert [len(list((t.path / "_delta_log").glob("*.json"))) for t in (town_lake.observation, town_lake.inputs)] == [2, 2]
    assert {r["known_at"] for r in rows(town_lake)} == {collection.known_at}


def test_what_is_learned_later_is_known_later_even_if_the_clock_stands_still_or_goes_back(tmp_path: Path) -> None:
    clock = Clock(datetime(2026, 9, 1, tzinfo=UTC))
    town_lake = lake(tmp_path, clock)
    keep(town_lake, answer("u", quarter_hours("A", JUNE, [1])))
    first = town_lake.moment()
    clock.pass_(days=-1)
    keep(town_lake, answer("u", quarter_hours("A", JUNE, [2])))
    assert town_lake.moment() > first > clock.now
    assert values(town_lake) == [2]


def test_a_source_that_breaks_off_leaves_what_came_before_and_its_error(tmp_path: Path) -> None:
    town_lake = lake(tmp_path)

    def broken() -> Iterator[Answer]:
        yield answer("u", quarter_hours("A", JUNE, [1, 2]))
        raise SourceChanged("the header is gone")

    with town_lake.collecting() as collection:
        with pytest.raises(SourceChanged, match="header"):
            collection.keep(town_lake.city.sources["bikes"], broken())
        collection.keep(town_lake.city.sources["sky"], [answer("w", [("x", "temperature", NOON, 1.0)], unit="°C")])
    assert values(town_lake) == [1, 2, 1]


def test_the_lake_knows_what_it_has_read(tmp_path: Path) -> None:
    town_lake = lake(tmp_path)
    one, other = answer("u", quarter_hours("A", JUNE, [1])), answer("v", [])
    keep(town_lake, one, other)
    assert town_lake.digests("bikes") == {"u": one.digest, "v": other.digest}
    assert town_lake.digests("sky") == {}


def test_corrections_are_not_matched_against_days_without_any(tmp_path: Path) -> None:
    town_lake = lake(tmp_path)
    keep(town_lake, answer("may", quarter_hours("A", date(2021, 5, 1), [1, 2])))
    keep(town_lake, answer("june", quarter_hours("A", JUNE, [1, 2])))
    keep(town_lake, answer("june", quarter_hours("A", JUNE, [1, 3])))
    plain, corrected = (
        town_lake.backend.compile(town_lake.observations(days=(d, d))).upper().count("JOIN") for d in (date(2021, 5, 1), JUNE)
    )
    assert (plain, corrected) == (0, 1)
    assert values(town_lake) == [1, 2, 1, 3]


def test_two_processes_do_not_write_at_once(tmp_path: Path) -> None:
    town_lake = lake(tmp_path)
    with town_lake.collecting(), pytest.raises(LakeError, match=r"process \d+ is writing to .*Wait"):
        lake(tmp_path).sync_events([])
    lake(tmp_path).sync_events([])


def test_people_do_not_wait_for_a_collection_and_tidying_waits_for_both(tmp_path: Path) -> None:
    town_lake = lake(tmp_path)
    with town_lake.collecting():
        lake(tmp_path).flag("A", JUNE, None, "why", "who")
    for name in LOCKS:
        with alone(town_lake.root, name), pytest.raises(LakeBusy):
            lake(tmp_path).tidy()
    assert [f["sensor"] for f in town_lake.flags()] == ["A"]


def test_a_sensor_in_a_zone_that_does_not_exist_is_a_mistake_in_the_city_s_files(tmp_path: Path) -> None:
    town_lake = lake(tmp_path)
    town(tmp_path / "city")
    (tmp_path / "city" / "bikes.csv").write_text("sensor,zone\nA,atlantis\n")
    from pulso import city as cities

    broken = Lake(tmp_path / "lake", cities.load(tmp_path / "city"), town_lake.zones, {})
    with pytest.raises(CityFileError, match=r"bikes.csv, sensor A, zone: found 'atlantis'"):
        keep(broken, answer("u", quarter_hours("A", JUNE, [1])))


def test_strings_lie_as_dictionaries_sorted_and_the_log_prunes(tmp_path: Path) -> None:
    town_lake = lake(tmp_path)
    keep(town_lake, answer("u", quarter_hours("B", JUNE, range(9)) + quarter_hours("A", JUNE, range(9))))
    keep(town_lake, answer("v", quarter_hours("B", date(2021, 7, 1), range(9))))
    (file,) = town_lake.observation.files(day=(JUNE, JUNE))
    assert len(town_lake.observation.files()) == 2
    assert (file.rows, file.least["sensor"], file.most["sensor"], file.most["revision"]) == (18, "A", "B", 0)
    group = pa.parquet.ParquetFile(file.path).metadata.row_group(0)
    assert {group.column(i).path_in_schema: group.column(i).encodings for i in range(group.num_columns)}["sensor"][-1] == "RLE_DICTIONARY"


def test_the_engines_draw_no_progress_bar_where_somebody_asked_for_json(tmp_path: Path) -> None:
    for db in (lake(tmp_path).backend.con, view.database(tmp_path)):
        assert db.execute("select current_setting('enable_progress_bar')").fetchone() == (False,)
