from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from show_days import TUESDAY, events, refused, verdict, weeks

from pulso.city import Span
from pulso.show.charts import NARROW, WIDE, gauge, lines, shown, spark
from pulso.show.language import speak

EN = speak("en")


def test_the_line_breaks_where_a_day_is_absent_or_refused():
    drawn = lines(weeks(), [], EN, WIDE)
    assert len(drawn.paths) == 3
    assert len(drawn.holes) == 2
    assert sum(p.count("L") + 1 for p in drawn.paths) == 40


def test_a_day_alone_between_gaps_is_a_dot():
    days = [verdict(day=TUESDAY - timedelta(days=i)) for i in (6, 3, 0)]
    drawn = lines(days, [], EN, WIDE)
    assert drawn.paths == ()
    assert [p.kind for p in drawn.points] == ["alone", "alone", "today"]
    assert len(drawn.holes) == 4


def test_the_band_is_not_drawn_across_days_without_a_normal_range():
    days = [verdict(day=TUESDAY - timedelta(days=i), normal_range=None if i == 2 else (90.0, 110.0)) for i in (4, 3, 2, 1, 0)]
    drawn = lines(days, [], EN, WIDE)
    assert len(drawn.bands) == 2
    assert len(drawn.paths) == 1


def test_a_partial_day_is_marked_and_a_refused_last_day_is_a_hole():
    drawn = lines(weeks(refused()), [], EN, WIDE)
    assert [p.kind for p in drawn.points] == ["partial"]
    assert len(drawn.holes) == 3


@pytest.mark.parametrize("frame", [WIDE, NARROW], ids=["desk", "phone"])
def test_nothing_is_drawn_outside_the_frame(frame):
    drawn = lines(weeks(), events(), EN, frame)
    heights = [y for _, a, b in drawn.whiskers for y in (a, b)] + [p.y for p in drawn.points]
    assert all(drawn.top <= y <= drawn.bottom for y in heights)
    assert all(drawn.left <= x <= drawn.right for x, _, _ in drawn.whiskers)
    assert all(drawn.left <= m.left < m.right <= drawn.right + 1e-9 for m in drawn.marks)


def test_higher_numbers_stand_higher():
    drawn = lines(weeks(), [], EN, WIDE)
    heights = {t.label: t.at for t in drawn.rows}
    assert heights["120"] < heights["100"] < heights["80"]
    assert gauge(verdict(index=87.0), EN).value < gauge(verdict(index=87.0), EN).hundred


def test_events_that_overlap_stand_in_lanes_of_their_own():
    long = Span.model_validate({"from": TUESDAY - timedelta(days=9), "to": TUESDAY, "kind": "works", "name": "Obras"})
    drawn = lines(weeks(), [*events(), long], EN, WIDE)
    assert max(m.lane for m in drawn.marks) >= 1
    for lane in {m.lane for m in drawn.marks}:
        spans = [(m.left, m.right) for m in drawn.marks if m.lane == lane]
        assert all(b[0] >= a[1] for a, b in pairwise(spans))


def test_twelve_events_at_once_leave_the_line_its_room():
    crowd = [
        Span.model_validate({"from": TUESDAY - timedelta(days=i), "to": TUESDAY, "kind": "works", "name": f"Obra {i}"}) for i in range(12)
    ]
    alone, crowded = lines(weeks(), [], EN, WIDE), lines(weeks(), crowd, EN, WIDE)
    assert crowded.bottom - crowded.top == alone.bottom - alone.top


def test_only_events_of_these_weeks_are_lettered():
    past = Span.model_validate({"from": "2020-01-01", "to": "2020-01-02", "kind": "storm", "name": "Gloria"})
    assert [letter for letter, _ in shown([past, *events()], weeks()[0].day, TUESDAY)] == ["A", "B", "C"]


def test_a_refused_day_has_no_gauge():
    assert gauge(refused(), EN) is None


def test_a_small_line_breaks_at_gaps_and_ends_only_where_there_is_a_number():
    pieces, hundred, end = spark([100.0, 101.0, None, 90.0, None])
    assert len(pieces) == 2
    assert 0 < hundred < 32
    assert end is None
    assert spark([None, 95.0])[2] is not None
    assert spark([None, None])[0] == ()
