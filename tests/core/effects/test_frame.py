"""What a comparison refuses, in words."""

from __future__ import annotations

import numpy as np
import pytest

from pulso.core.effects.frame import case
from tests.core.effects.cases import walk, who

KNOWN = walk(5, 8)


def test_an_unknown_value_is_refused_with_its_unit() -> None:
    gappy = KNOWN.copy()
    gappy[3, 2] = np.nan
    with pytest.raises(ValueError, match="unit 3 is not"):
        case(gappy, who(5, 0), 4)


@pytest.mark.parametrize(
    ("treated", "start", "word"),
    [
        (who(4, 0), 4, "one `treated` a unit"),
        (np.array([1, 0, 0, 0, 0]), 4, "true or false"),
        (who(5), 4, "a treated unit"),
        (who(5, 0, 1, 2, 3, 4), 4, "untreated"),
        (who(5, 0), 0, "before and from `start`"),
        (who(5, 0), 8, "before and from `start`"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(treated: np.ndarray, start: int, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        case(KNOWN, treated, start)


def test_the_effect_is_the_mean_gap_of_the_treated_periods() -> None:
    outcomes = np.array([[1.0, 2.0, 9.0, 11.0], [0.0, 2.0, 4.0, 4.0], [2.0, 2.0, 2.0, 6.0]])
    found = case(outcomes, who(3, 0), 2).estimate(np.array([0.5, 0.5]))
    np.testing.assert_allclose(found.gaps, [0, 0, 6, 6])
    assert (found.effect, found.fit) == (6.0, 0.0)
    np.testing.assert_array_equal(found.units, [0, 0.5, 0.5])
    levelled = case(outcomes + np.array([[3.0], [0.0], [0.0]]), who(3, 0), 2).estimate(np.array([0.5, 0.5]), np.array([0.25, 0.75]))
    np.testing.assert_allclose(levelled.gaps, found.gaps)
