"""Where the marks of a long line stand."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest

from pulso.city import Span
from pulso.show.language import speak
from pulso.web.pages.longline import BY_DAY, long_line
from pulso.web.readings import Point

NEW_YEAR = date(2024, 1, 1)
ENGLISH = speak("en")


def point(i: int, index: float | None, normal: tuple[float, float] | None = (90.0, 110.0)) -> Point:
    return Point(None, NEW_YEAR + timedelta(days=i), "published", index, None if index is None else (index - 5, index + 5), normal)


def line(points: list[Point], n: int, events: tuple[Span, ...] = ()):
    return long_line(points, NEW_YEAR, NEW_YEAR + timedelta(days=n - 1), events, ENGLISH)


def coordinates(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"([\d.]+),([\d.]+)", path)]


def test_a_gap_breaks_the_line_and_is_hatched():
    wide = line([point(i, 100.0) for i in (0, 1, 2, 5, 6, 9)], 10).drawings[0]
    assert len(wide.paths) == 2
    assert len(wide.alone) == 1
    assert [round(w / (wide.right - wide.left) * 10) for _, w in wide.holes] == [2, 2]


def test_a_day_without_a_point_and_one_without_a_number_are_the_same_hole():
    assert line([point(0, 100.0), point(2, 100.0)], 3) == line([point(0, 100.0), point(1, None), point(2, 100.0)], 3)


def test_more_days_than_can_be_read_are_drawn_by_the_week():
    days = [point(i, 100.0 + i % 7) for i in range(BY_DAY + 1)]
    assert not line(days[:-1], BY_DAY).weekly
    weekly = line(days, BY_DAY + 1)
    assert weekly.weekly
    (path,) = weekly.drawings[0].paths
    heights = {y for _, y in coordinates(path)[:-1]}
    assert len(heights) == 1, "each whole week, Monday to Sunday, has the same mean"


def test_a_month_of_the_table_says_how_many_of_its_days_are_known():
    table = line([point(i, 100.0 + i) for i in range(10)], 150).table
    assert [d.known for d in table] == [10, 0, 0, 0, 0]
    assert (table[0].index, table[0].low, table[0].high) == (104.5, 100.0, 109.0)
    assert table[1].index is None


def test_nothing_is_drawn_outside_the_drawing():
    values = [0.0, 5.0, 264.0, 100.0]
    for drawn in line([point(i, v, (20.0, 300.0)) for i, v in enumerate(values)], 4).drawings:
        for path in (*drawn.paths, *drawn.bands, *drawn.spans):
            for x, y in coordinates(path):
                assert drawn.left <= x <= drawn.right
                assert drawn.top <= y <= drawn.bottom


@pytest.mark.parametrize("n", [1, 2, 30, 62, 63, 365, 401, 1096, 2928])
def test_every_span_has_dates_below_it_that_do_not_crowd(n):
    for drawn in line([point(i, 100.0) for i in range(n)], n).drawings:
        ticks = [t.at for t in drawn.columns]
        assert ticks
        assert all(b - a > 20 for a, b in pairwise(ticks))


def test_events_that_would_touch_stand_above_each_other():
    events = tuple(Span.model_validate({"from": NEW_YEAR, "to": NEW_YEAR, "kind": "works", "name": str(i)}) for i in range(3))
    assert [m.lane for m in line([point(i, 100.0) for i in range(300)], 300, events).drawings[0].marks] == [0, 1, 2]


@pytest.mark.parametrize("highest", [120.0, 160.0, 900.0])
def test_the_expected_day_has_its_line_whatever_the_scale_and_no_day_lies_on_the_frame(highest):
    for wide in line([point(0, 80.0, None), point(1, highest, None), point(2, 100.0, None)], 3).drawings:
        (path,) = wide.paths
        heights = [y for _, y in coordinates(path)]
        assert wide.hundred == pytest.approx(heights[2], abs=0.1)
        assert wide.top < min(heights)
        assert max(heights) < wide.bottom
