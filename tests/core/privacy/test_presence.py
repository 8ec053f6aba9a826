"""Sessions become presence by overlap, whatever the clocks do, and an access point that is off is not an empty street."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulso.core.privacy.presence import presence

PORTO = ZoneInfo("Europe/Lisbon")


def hours_of(day: str) -> np.ndarray:
    """Edges of the hours of a local day, as instants."""
    first = datetime.fromisoformat(day).replace(tzinfo=PORTO)
    last = (first + timedelta(days=1)).replace(tzinfo=PORTO)
    return np.arange(first.timestamp(), last.timestamp() + 1, 3600)


def moment(text: str, fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=PORTO, fold=fold).timestamp()


def one_by_one(start, stop, point, place, edges):
    """The same, session by session and hour by hour."""
    size = (max(place) + 1, len(edges) - 1)
    hours, sessions, points = np.zeros(size), np.zeros(size, dtype=int), [[set() for _ in range(size[1])] for _ in range(size[0])]
    for a, b, p in zip(start, stop, point, strict=True):
        for h in range(size[1]):
            overlap = min(b, edges[h + 1]) - max(a, edges[h])
            if overlap > 0:
                hours[place[p], h] += overlap / 3600
                sessions[place[p], h] += 1
                points[place[p]][h].add(p)
    return hours, sessions, np.array([[len(x) for x in row] for row in points])


def test_a_session_from_ten_to_eleven_to_ten_past_twelve_is_ten_sixty_and_ten_minutes():
    edges = hours_of("2026-05-04")
    found = presence([moment("2026-05-04T10:50")], [moment("2026-05-04T12:10")], [0], [0], edges)
    np.testing.assert_allclose(60 * found.hours[0, 9:14], [0, 10, 60, 10, 0])
    assert found.sessions[0, 9:14].tolist() == [0, 1, 1, 1, 0]


def test_a_session_over_three_hours_is_one_session_of_its_day():
    edges = hours_of("2026-05-04")
    found = presence([moment("2026-05-04T10:50")], [moment("2026-05-04T12:10")], [0], [0], edges[[0, -1]])
    assert found.sessions.tolist() == [[1]]
    np.testing.assert_allclose(found.hours, [[80 / 60]])


@pytest.mark.parametrize(("day", "count"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)])
def test_on_the_day_the_clocks_change_every_hour_is_an_hour(day, count):
    edges = hours_of(day)
    found = presence(edges[:1], edges[-1:], [0], [0], edges)
    np.testing.assert_allclose(found.hours, np.ones((1, count)))


def test_the_hour_that_comes_twice_is_two_hours():
    edges = hours_of("2026-10-25")  # at two in summer time it becomes one in winter time
    found = presence([moment("2026-10-25T01:30")], [moment("2026-10-25T01:30", fold=1)], [0], [0], edges)
    np.testing.assert_allclose(found.hours[0, :4], [0, 0.5, 0.5, 0])


def test_an_access_point_that_is_off_is_missing_and_not_an_empty_place():
    edges = np.array([0.0, 3600, 7200])
    on = np.array([[True, False], [True, False], [True, True]])
    found = presence([0, 3000], [5400, 3600], [0, 1], [0, 0, 1], edges, on=on)
    np.testing.assert_allclose(found.hours, [[1 + 600 / 3600, np.nan], [0, 0]])
    np.testing.assert_allclose(found.seen, [[1, 0], [1, 1]])
    assert found.unheard == 1  # the session that a dead point is said to have kept
    assert found.points.tolist() == [[2, 0], [0, 0]]


def test_a_place_that_has_no_access_point_is_missing():
    found = presence([0], [10], [1], [0, 2], [0, 3600])
    assert np.isnan(found.hours[:, 0]).tolist() == [False, True, False]
    assert np.isnan(found.seen[:, 0]).tolist() == [False, True, False]


def test_the_stop_is_excluded():
    found = presence([0, 3600], [3600, 3600], [0, 0], [0], [0, 3600, 7200])
    assert found.sessions.tolist() == [[1, 0]]
    np.testing.assert_allclose(found.hours, [[1, 0]])


def test_no_session_at_all_is_a_quiet_hour_where_a_point_was_on():
    found = presence([], [], np.array([], dtype=int), [0, 0], [0, 3600])
    assert found.hours.tolist() == [[0.0]]


sessions = st.lists(st.tuples(st.integers(-9_000, 30_000), st.integers(0, 20_000), st.integers(0, 3)), max_size=25)


@given(sessions, st.lists(st.integers(1, 9_000), min_size=1, max_size=6))
def test_it_is_what_counting_one_by_one_gives(drawn, widths):
    start = np.array([s for s, _, _ in drawn])
    stop = np.array([s + length for s, length, _ in drawn])
    point = np.array([p for _, _, p in drawn], dtype=int)
    edges, place = np.concatenate([[0], np.cumsum(widths)]), np.array([0, 0, 1, 2])
    found = presence(start, stop, point, place, edges)
    hours, count, points = one_by_one(start, stop, point, place, edges)
    np.testing.assert_allclose(found.hours, hours, atol=1e-9)
    np.testing.assert_array_equal(found.sessions, count)
    np.testing.assert_array_equal(found.points, points)


@given(
    st.lists(st.tuples(st.integers(-40, 90), st.integers(0, 70), st.integers(0, 3)), max_size=25), st.sampled_from([0.1, 1.0, 7.0, 3600.0])
)
def test_of_even_hours_too_and_on_their_very_edges(drawn, width):
    """Moments on edges and between them, in tenths of a span; widths that no computer writes exactly among them."""
    edges = 1.7e9 * (width > 1) + width * np.arange(7)
    start = np.array([edges[0] + width * s / 10 for s, _, _ in drawn])
    stop = start + np.array([width * length / 10 for _, length, _ in drawn])
    point, place = np.array([p for _, _, p in drawn], dtype=int), np.array([0, 0, 1, 2])
    found = presence(start, stop, point, place, edges)
    hours, count, points = one_by_one(start, stop, point, place, edges)
    np.testing.assert_allclose(found.hours, hours, atol=1e-9)
    np.testing.assert_array_equal(found.sessions, count)
    np.testing.assert_array_equal(found.points, points)


def test_nothing_is_lost_of_many_sessions_at_the_seconds_of_our_days():
    rng = np.random.default_rng(0)
    edges = 1.8e9 + 3600.0 * np.arange(25)
    start = rng.integers(edges[0], edges[-1], 200_000).astype(float)
    stop = np.minimum(start + rng.exponential(1800, start.size), edges[-1])
    found = presence(start, stop, rng.integers(0, 600, start.size), np.arange(600) // 4, edges)
    assert found.hours.sum() * 3600 == pytest.approx((stop - start).sum(), rel=1e-9)


@pytest.mark.parametrize(
    ("start", "stop", "point", "edges", "says"),
    [
        ([5], [4], [0], [0, 1], "before it starts"),
        ([0], [np.nan], [0], [0, 1], "no stop"),
        ([0], [1], [7], [0, 1], "counted from 0"),
        ([0], [1], [0], [1, 1], "later"),
        ([0, 1], [1], [0], [0, 1], "shapes"),
    ],
)
def test_what_cannot_be_a_session_is_refused(start, stop, point, edges, says):
    with pytest.raises(ValueError, match=says):
        presence(start, stop, point, [0], edges)
