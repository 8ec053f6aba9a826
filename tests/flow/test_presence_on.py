"""Which access points were on: an hour within which one died is not one in which it was on, and what rests on it is missing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulso.flow.presence.join import Sessions
from pulso.flow.presence.on import on_by_feed, on_by_reports
from pulso.flow.presence.store import Store
from pulso.shapes import UTC_TIME
from pulso.sources.radius import Options, seconds
from tests.flow.test_presence import DAY, Vila, a_monday, crowd
from tests.sources.radius_rooms import Beat, at

HOUR, FIVE = 3_600.0, 300.0
EDGES = HOUR * np.arange(25)
QUIET = seconds(Options(url="https://x/{day}", points="p").quiet)


def sessions(*spans: tuple[float, float], at: int = 0) -> Sessions:
    """At one access point, from which hour to which."""
    start, stop = (HOUR * np.array(x, dtype=float) for x in zip(*spans, strict=True))
    return Sessions(start, stop, np.full(start.size, at))


def hours(on: np.ndarray) -> list[int]:
    return on[0].nonzero()[0].tolist()


def test_an_access_point_that_is_silent_for_hours_was_off_also_in_the_hours_within_which_it_went_and_came():
    assert hours(on_by_reports([sessions((9.1, 9.5), (18.1, 18.5))], 1, EDGES, QUIET)) == []
    assert hours(on_by_reports([sessions((8.1, 11.5), (18.1, 20.0))], 1, EDGES, QUIET)) == [9, 10, 19]


def test_between_two_sessions_that_lie_near_each_other_it_was_on():
    assert hours(on_by_reports([sessions((6.5, 7.5), (9.0, 9.1), (11.0, 12.5))], 1, EDGES, QUIET)) == [7, 8, 9, 10, 11]
    assert hours(on_by_reports([sessions((6.0, 7.0), (10.0, 11.0))], 1, EDGES, QUIET)) == [6, 10]


def test_one_long_session_says_that_it_was_on_whatever_short_ones_began_and_ended_meanwhile():
    assert hours(on_by_reports([sessions((6.5, 11.5), (7.0, 7.1))], 1, EDGES, QUIET)) == [7, 8, 9, 10]
    assert on_by_reports([sessions((-1.0, 30.0))], 1, EDGES, QUIET).all()


def test_of_one_access_point_nothing_is_known_by_another():
    both = Sessions(*(np.concatenate(x) for x in zip(sessions((0, 24), at=2), sessions((3, 5), at=0), strict=True)))
    on = on_by_reports([both], 4, EDGES, QUIET)
    assert [row.nonzero()[0].tolist() for row in on] == [[3, 4], [], list(range(24)), []]
    assert on_by_reports([Sessions(np.zeros(0), np.zeros(0), np.zeros(0, dtype=int))], 2, EDGES, QUIET).sum() == 0


def minute_by_minute(found: Sessions, points: int, quiet: float) -> np.ndarray:
    """The same, asked of each minute by all reports before and after it."""
    on = np.zeros((points, 24), dtype=bool)
    for a in range(points):
        start, stop = found.start[found.point == a], found.stop[found.point == a]
        heard = np.unique(np.concatenate([start, stop]))
        near = [(b, c) for b, c in pairwise(heard.tolist()) if c - b <= quiet]
        minutes = 60.0 * np.arange(24 * 60) + 30
        there = np.zeros(minutes.size, dtype=bool)
        for b, c in [*zip(start.tolist(), stop.tolist(), strict=True), *near]:
            there |= (minutes > b) & (minutes < c)
        on[a] = there.reshape(24, 60).all(axis=1)
    return on


spans = st.lists(st.tuples(st.integers(0, 2), st.integers(-120, 1500), st.integers(0, 400)), max_size=12)


@settings(deadline=None, max_examples=200)
@given(spans, st.sampled_from([0, 60, 120, 1440]))
def test_it_is_what_all_reports_before_and_after_each_minute_say(drawn, quiet):
    start, stop = (60.0 * np.array(x, dtype=float) for x in ([s for _, s, _ in drawn], [s + n for _, s, n in drawn]))
    found = Sessions(start, stop, np.array([a for a, _, _ in drawn], dtype=int))
    on = on_by_reports([found], 3, EDGES, 60.0 * quiet)
    assert (on == minute_by_minute(found, 3, 60.0 * quiet)).all()


# -- a feed of health ----------------------------------------------------------------------------------------------------------------


def reports(*told: tuple[str, float, float], lasts: float = FIVE) -> pa.Table:
    """Of an access point, so many seconds after midnight: what it was."""
    moments = [[datetime.fromtimestamp(t + more, UTC) for _, t, _ in told] for more in (0, lasts)]
    begins, ends = (pa.array(m, UTC_TIME) for m in moments)
    return pa.table(
        {
            "sensor": pa.array([n for n, _, _ in told], pa.string()),
            "start": begins,
            "end": ends,
            "value": pa.array([v for *_, v in told], pa.float64()),
        }
    )


def every_five(first: float, last: float, name: str = "ap-1", value: float = 1.0) -> list[tuple[str, float, float]]:
    return [(name, t, value) for t in np.arange(first, last, FIVE).tolist()]


@pytest.mark.parametrize(
    ("told", "on"),
    [
        (every_five(0, 24 * HOUR), list(range(24))),
        (every_five(0, 3 * HOUR + 1200), [0, 1, 2]),  # dies at twenty past three, without a word
        ([*every_five(0, 3 * HOUR + 1200), *every_five(3 * HOUR + 1200, 5 * HOUR, value=0)], [0, 1, 2]),  # and says so
        ([*every_five(0, 3 * HOUR + 1200), *every_five(3 * HOUR + 2400, 5 * HOUR)], [0, 1, 2, 4]),  # and is back at twenty to four
        ([r for r in every_five(0, 3 * HOUR) if r[1] != HOUR + 600], [0, 2]),  # one report is missing
        ([(n, t + (t % 900) / 9, v) for n, t, v in every_five(0, 3 * HOUR + 1)], [0, 1, 2]),  # none is on the minute
        ([("ap-1", 600.0, 1.0)], []),  # one of five minutes is no hour
        ([], []),
    ],
)
def test_an_access_point_was_on_in_hours_that_good_reports_cover(told, on):
    assert hours(on_by_feed(reports(*told), ("ap-1",), EDGES, HOUR)) == on


def test_a_feed_that_doesn_t_say_how_long_a_report_holds_has_the_interval_that_was_declared():
    told = reports(*every_five(0, 3 * HOUR), lasts=0)
    assert hours(on_by_feed(told, ("ap-1",), EDGES, FIVE)) == [0, 1, 2]
    assert hours(on_by_feed(told, ("ap-1",), EDGES, 60.0)) == []


def test_who_isn_t_ours_and_what_is_no_value_say_nothing():
    told = reports(*every_five(0, HOUR, "else"), ("ap-1", 0.0, None), *every_five(HOUR, 2 * HOUR, "ap-2"))
    assert on_by_feed(told, ("ap-1", "ap-2"), EDGES, HOUR).nonzero()[1].tolist() == [1]


def dead(ap: int, since: str) -> list[Beat]:
    """The town's Monday as its server heard it: of one access point nothing any more, neither of that hour's second half nor later."""
    return [b for b in a_monday() if b.ap != ap or b.at < at(since)]


def test_the_hour_within_which_an_access_point_dies_is_missing_and_not_quieter(tmp_path: Path):
    """Without a feed: thirty-one in the library at noon, until its second falls silent at twelve past."""
    vila = Vila(tmp_path)
    vila.says(DAY, [b for b in dead(2, f"{DAY}T12:12:00") if b.session != f"2-{DAY}T00:05:00-0"])
    told = vila.published()
    figures = vila.figures()
    assert figures["place", "library", 12] is None
    assert figures["place", "station", 12] == 40
    assert told.unseen > 0


def test_nor_is_it_where_a_feed_of_health_tells_of_the_death(tmp_path: Path):
    health = """health = "pulse"
[sources.pulse]
connector = "table"
url = "https://health.vila.example/{day:%Y%m%d}.csv"
from = 2026-05-03
expected = "5min"
time = { column = "time", zone = "UTC" }
values = { column = "up", metric = "up", sensor_column = "ap" }
"""
    vila = Vila(tmp_path, health)
    vila.says(DAY, [*a_monday(), *(b for ap in range(1, 6) for b in crowd(30, ap, f"{DAY}T15:00:00", 20))])
    folder = tmp_path / "mirror" / "health.vila.example"
    folder.mkdir()
    begun = datetime(2026, 5, 3, 22, tzinfo=UTC)
    died = datetime(2026, 5, 4, 12, 20, tzinfo=UTC)
    moments = [begun + timedelta(minutes=5 * i) for i in range(26 * 12)]
    rows = [
        f"{t:%Y-%m-%dT%H:%M:%SZ},ap-{ap},1" for t in moments for ap in range(1, 6) if ap != 2 or not died <= t < died + timedelta(hours=1)
    ]
    for day in (date(2026, 5, 3), date(2026, 5, 4)):
        (folder / f"{day:%Y%m%d}.csv").write_text("\n".join(["time,ap,up", *(r for r in rows if r.startswith(str(day)))]) + "\n")
    vila.published()
    figures = vila.figures()
    assert (figures["place", "library", 12], figures["place", "library", 13]) == (None, None)
    assert (figures["place", "library", 15], figures["place", "station", 12]) == (60, 40)
    seen = {f.start.hour: f.seen for f in Store(tmp_path / "var" / "vila" / "presence" / "wifi").figures(DAY) if f.table == "place"}
    assert set(seen) == set(range(24))
