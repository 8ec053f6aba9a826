"""When a city is collected."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ImproperlyConfigured

from pulso.web.running.schedule import PATIENCE, read, wait

LISBON = ZoneInfo("Europe/Lisbon")


@pytest.mark.parametrize(
    ("said", "moment", "due"),
    [
        ("06:30", datetime(2025, 1, 10, 6, tzinfo=UTC), datetime(2025, 1, 10, 6, 30, tzinfo=UTC)),
        ("06:30", datetime(2025, 1, 10, 6, 30, tzinfo=UTC), datetime(2025, 1, 11, 6, 30, tzinfo=UTC)),
        ("06:30", datetime(2025, 7, 10, 0, tzinfo=UTC), datetime(2025, 7, 10, 5, 30, tzinfo=UTC)),  # summer time
        ("18:00, 06:30", datetime(2025, 1, 10, 7, tzinfo=UTC), datetime(2025, 1, 10, 18, tzinfo=UTC)),
        ("every 15m", datetime(2025, 1, 10, 7, tzinfo=UTC), datetime(2025, 1, 10, 7, 15, tzinfo=UTC)),
        ("every 2h", datetime(2025, 1, 10, 7, tzinfo=UTC), datetime(2025, 1, 10, 9, tzinfo=UTC)),
    ],
)
def test_a_city_is_due_by_its_own_clock(said, moment, due):
    assert read(said).after(moment, LISBON) == due


def test_each_day_has_one_morning_also_when_the_clock_changes():
    at, plan = datetime(2025, 3, 28, 12, tzinfo=UTC), read("01:30")  # on 30 March there is no 01:30 in Lisbon
    found = []
    for _ in range(4):
        at = plan.after(at, LISBON)
        found.append(at.astimezone(LISBON).date().isoformat())
    assert found == ["2025-03-29", "2025-03-30", "2025-03-31", "2025-04-01"]


@pytest.mark.parametrize("said", ["", "6.30", "25:00", "every", "every 0m", "every day", "06:30;07:30"])
def test_a_schedule_that_is_none_is_a_letter(said):
    with pytest.raises(ImproperlyConfigured, match="PULSO_SCHEDULE: found"):
        read(said)


def test_patience_grows_and_then_stays():
    waits = [wait(n) for n in range(1, 6)]
    assert waits == [*PATIENCE, PATIENCE[-1], PATIENCE[-1]]
    assert waits[-1] == timedelta(hours=1)
