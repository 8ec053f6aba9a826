"""A table answers by its newest commit, and gives only what was asked for."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pyarrow as pa
from deltalake import DeltaTable

from pulso import metrics
from pulso.lake.delta import Table
from tests.lake import town

ROWS = pa.schema([("day", pa.date32()), ("said", pa.string())])


def rows(*days: date | None) -> pa.Table:
    return pa.table({"day": list(days), "said": [str(d) for d in days]}, schema=ROWS)


def test_what_another_process_commits_is_seen_at_once(tmp_path: Path) -> None:
    reader, writer = Table(tmp_path / "t", ROWS), Table(tmp_path / "t", ROWS)
    assert reader.files() == []
    for n in (1, 2, 3):
        writer.append(rows(date(2024, 1, n)))
        assert len(reader.files()) == n
    writer.commit([], removes=writer.files())
    assert reader.files() == []


def test_a_table_that_is_put_back_from_a_backup_is_read_as_it_is_now(tmp_path: Path) -> None:
    reader, writer = Table(tmp_path / "t", ROWS), Table(tmp_path / "t", ROWS)
    writer.append(rows(date(2024, 1, 1)))
    shutil.copytree(tmp_path / "t", tmp_path / "backup")
    for n in (2, 3):
        writer.append(rows(date(2024, 1, n)))
    assert len(reader.files()) == 3
    shutil.rmtree(tmp_path / "t")
    assert reader.head() is None
    shutil.move(tmp_path / "backup", tmp_path / "t")
    assert reader.read()["day"].to_pylist() == [date(2024, 1, 1)]


def test_a_file_that_was_written_and_never_committed_is_not_seen(tmp_path: Path) -> None:
    table = Table(tmp_path / "t", ROWS)
    table.append(rows(date(2024, 1, 1)))
    table.write(rows(date(2024, 1, 2)))
    assert table.read()["day"].to_pylist() == [date(2024, 1, 1)]


def test_asking_for_some_days_gives_those_and_the_rows_without_a_day(tmp_path: Path) -> None:
    table = Table(tmp_path / "t", ROWS, rows_a_group=2)
    table.append(rows(*(date(2024, 1, n) for n in range(1, 10)), None))
    asked = table.read(["said"], day=(date(2024, 1, 4), date(2024, 1, 5)))
    assert asked["said"].to_pylist() == ["2024-01-04", "2024-01-05", "None"]
    assert table.read(day=(None, date(2024, 1, 1)))["day"].to_pylist() == [date(2024, 1, 1), None]
    assert table.read(day=(None, None)).num_rows == 10


def test_the_log_knows_the_days_of_each_metric_even_where_two_share_a_file(tmp_path: Path) -> None:
    lake = town.lake(tmp_path)
    early, late = date(2024, 3, 1), date(2024, 3, 9)
    lake.keep(lake.city.sources["bikes"], [town.answer("one", town.quarter_hours("A", early, [1.0] * 4))])
    parked = [*town.quarter_hours("P", late, [40.0] * 96, "parking_free"), *town.quarter_hours("P", late, [100.0] * 96, "parking_capacity")]
    lake.keep(lake.city.sources["parking"], [town.answer("two", parked)])
    lake.reduce(metrics.recipes(lake.city))
    assert lake.hours_span("bike_count") == (early, early)
    for metric in ("parking_occupied", "parking_arrivals"):
        told = lake.sensor_hours(metric)["day"].to_pylist()
        assert lake.hours_span(metric) == (min(told), max(told))
    assert lake.hours_span("rides") is None


def test_a_table_may_be_given_a_column_and_its_older_files_leave_it_open(tmp_path: Path) -> None:
    older, younger = Table(tmp_path / "t", ROWS), Table(tmp_path / "t", ROWS.append(pa.field("by", pa.string())))
    older.append(rows(date(2024, 1, 1), date(2024, 1, 2)))
    assert younger.read()["by"].to_pylist() == [None, None]
    younger.append(rows(date(2024, 1, 3)).append_column("by", pa.array(["Ana"])))
    assert younger.read(day=(date(2024, 1, 2), None)).to_pylist() == [
        {"day": date(2024, 1, 2), "said": "2024-01-02", "by": None},
        {"day": date(2024, 1, 3), "said": "2024-01-03", "by": "Ana"},
    ]
    assert [f.name for f in DeltaTable(str(tmp_path / "t")).schema().fields] == ["day", "said", "by"]
    younger.append(rows(date(2024, 1, 4)).append_column("by", pa.array(["Rui"])))
    assert younger.read(["by"])["by"].to_pylist() == [None, None, "Ana", "Rui"]
