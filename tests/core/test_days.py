"""What kind of day it is."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulso.core.days import SPECIAL, WEEKDAY, WEEKEND, Days


def span(first: date, last: date, *public: date) -> Days:
    ordinal = np.arange(first.toordinal(), last.toordinal() + 1)
    return Days(ordinal, np.where(np.isin(ordinal, [d.toordinal() for d in public]), 0, -1), ("feast",), np.zeros(ordinal.size, bool))


def marked(days: Days, marks: np.ndarray) -> list[date]:
    return [date.fromordinal(int(o)) for o in days.ordinal[marks]]


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_weekday_month_year_and_date_are_the_calendars(day):
    days = span(day, day + timedelta(days=2))
    for i in range(3):
        d = day + timedelta(days=i)
        assert days.weekday[i] == d.weekday()
        assert days.year[i] == d.year
        assert days.month[i] == (d.year - 1970) * 12 + d.month - 1
        assert days.date_in_year[i] == d.month * 100 + d.day


def test_the_friday_after_a_thursday_holiday_is_a_bridge_and_not_a_day_after():
    corpus_christi = date(2023, 6, 8)
    days = span(date(2023, 6, 1), date(2023, 6, 20), corpus_christi)
    assert marked(days, days.bridge) == [date(2023, 6, 9)]
    assert marked(days, days.eve) == [date(2023, 6, 7)]
    assert marked(days, days.day_after) == []


def test_the_monday_before_a_tuesday_holiday_is_a_bridge_and_not_an_eve():
    days = span(date(2024, 4, 20), date(2024, 5, 5), date(2024, 4, 30))
    assert marked(days, days.bridge) == [date(2024, 4, 29)]
    assert marked(days, days.eve) == []
    assert marked(days, days.day_after) == [date(2024, 5, 1)]


def test_a_wednesday_holiday_has_an_eve_and_a_day_after_but_no_bridge():
    days = span(date(2024, 4, 20), date(2024, 5, 10), date(2024, 5, 1))
    assert marked(days, days.bridge) == []
    assert marked(days, days.eve) == [date(2024, 4, 30)]
    assert marked(days, days.day_after) == [date(2024, 5, 2)]


def test_the_sunday_before_a_monday_holiday_is_an_eve_of_its_own_sort():
    days = span(date(2024, 6, 1), date(2024, 6, 30), date(2024, 6, 10))
    assert marked(days, days.rest_eve) == [date(2024, 6, 9)]
    assert marked(days, days.eve) == []


def test_the_saturday_after_a_friday_holiday_stays_a_weekend():
    days = span(date(2024, 3, 25), date(2024, 4, 8), date(2024, 3, 29))
    assert days.kind[5] == WEEKEND


def test_a_holiday_and_the_days_between_the_years_are_special_and_a_plain_tuesday_is_not():
    days = span(date(2023, 12, 1), date(2024, 1, 10), date(2023, 12, 25), date(2024, 1, 1))
    kind = {date.fromordinal(int(o)): k for o, k in zip(days.ordinal, days.kind, strict=True)}
    assert kind[date(2023, 12, 5)] == WEEKDAY
    assert kind[date(2023, 12, 9)] == WEEKEND
    assert all(kind[date(2023, 12, 23) + timedelta(days=i)] == SPECIAL for i in range(11))
    assert kind[date(2024, 1, 3)] == WEEKDAY


def test_a_calendar_with_a_day_left_out_is_refused():
    with pytest.raises(ValueError, match="consecutive"):
        Days(np.array([1, 2, 4]), np.full(3, -1), (), np.zeros(3, bool))


def test_a_holiday_without_a_name_is_refused():
    with pytest.raises(ValueError, match="one of the 1 names"):
        Days(np.array([1, 2]), np.array([-1, 1]), ("feast",), np.zeros(2, bool))
