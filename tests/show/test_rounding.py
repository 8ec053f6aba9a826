from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulso.show.rounding import crossed, nearest, shares

points = st.floats(min_value=-500, max_value=500, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [(7.25, 1, 7.3), (7.35, 1, 7.4), (-7.25, 1, -7.3), (0.05, 1, 0.1), (7.2499, 1, 7.2), (2.5, 0, 3.0), (-0.04, 1, 0.0), (1e-12, 1, 0.0)],
)
def test_a_half_goes_up_as_people_round_it(value, digits, shown):
    assert nearest(value, digits) == shown


@given(points, st.sampled_from([0, 1, 2]))
def test_rounding_moves_a_number_by_half_a_unit_at_most(value, digits):
    assert abs(nearest(value, digits) - value) <= 0.5 * 10**-digits + 1e-9


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_only_a_known_number_is_rounded(value):
    with pytest.raises(ValueError, match="known number"):
        nearest(value)


@given(st.lists(points, min_size=1, max_size=12), st.sampled_from([0, 1]))
def test_what_is_shown_adds_up_and_no_part_moves_by_more_than_one_unit(parts, digits):
    shown = shares(parts, digits)
    unit = 10**-digits
    assert math.isclose(sum(shown), round(sum(p * 10**digits for p in parts)) / 10**digits, abs_tol=1e-9)
    assert all(abs(s - p) <= unit + 1e-9 for s, p in zip(shown, parts, strict=True))


def test_the_worked_day_is_shown_as_five_nine_and_two():
    assert shares([-5.1342, -9.1482, 1.8670, -0.5846]) == [-5, -9, 2, -1]


def test_points_that_nobody_knows_are_refused():
    with pytest.raises(ValueError, match="known"):
        shares([1.0, math.nan])


cells = st.dictionaries(st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz")), points, min_size=1)


@given(cells)
def test_each_column_of_the_table_adds_up_to_what_the_reasons_show(table):
    columns = sorted({c for _, c in table})
    shown = crossed(table, columns)
    totals = shares([sum(v for (_, c), v in table.items() if c == column) for column in columns], 1)
    for column, total in zip(columns, totals, strict=True):
        assert math.isclose(sum(v for (_, c), v in shown.items() if c == column), total, abs_tol=1e-6)
    assert shown.keys() == table.keys()
    assert all(abs(shown[k] - table[k]) < 0.31 for k in table)
