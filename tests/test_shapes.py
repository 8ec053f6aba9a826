"""The shapes refuse what they are not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pyarrow as pa
import pytest

from pulso import units
from pulso.shapes import OBSERVATION, Window, batch, together


def test_columns_that_are_not_given_are_null():
    made = batch(OBSERVATION, sensor=["a", "b"], metric=["no2", "no2"], value=[1.0, 2.0])
    assert made.num_rows == 2
    assert made["lon"].null_count == 2


def test_an_unknown_column_is_a_programmers_mistake():
    with pytest.raises(ValueError, match="colour"):
        batch(OBSERVATION, colour=["red"])


def test_a_column_of_chunks_is_taken_whole():
    made = batch(OBSERVATION, sensor=pa.chunked_array([["a"], ["b"]]))
    assert made["sensor"].to_pylist() == ["a", "b"]


def test_no_batches_make_an_empty_table():
    assert together([], OBSERVATION).num_rows == 0


def test_a_window_holds_both_its_days():
    assert Window(date(2024, 2, 28), date(2024, 3, 1)).days() == [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)]


def test_a_window_does_not_run_backwards():
    with pytest.raises(ValueError, match="must not end before"):
        Window(date(2024, 3, 1), date(2024, 2, 28))


@pytest.mark.parametrize("now", [datetime(2024, 1, 1), datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=1)))])  # noqa: DTZ001
def test_the_time_of_asking_is_in_utc_or_refused(now):
    with pytest.raises(ValueError, match="UTC"):
        Window(date(2024, 1, 1), date(2024, 1, 1), now)
    assert Window(date(2024, 1, 1), date(2024, 1, 1), datetime(2024, 1, 1, tzinfo=UTC)).days()


def test_thousands_and_kilometres_become_canonical():
    assert units.canonical("1000").factor * 1.9 == pytest.approx(1900)
    assert units.canonical("K").offset + 273.15 == pytest.approx(0)
    f = units.canonical("°F")
    assert 212 * f.factor + f.offset == pytest.approx(100)


def test_an_unknown_unit_names_the_known():
    with pytest.raises(ValueError, match=r"furlong.*hPa"):
        units.canonical("furlong")
