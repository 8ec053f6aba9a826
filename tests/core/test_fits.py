"""What is remembered of months changes nothing but the time that judging takes."""

import numpy as np
import pytest

from pulso.core import fits as remembering
from pulso.core.baseline import expect
from pulso.core.fits import Fits
from tests.core.streets import city, days, weather

T = 800


@pytest.fixture
def fitted(monkeypatch):
    """How many fits were made."""
    made = []
    learn = remembering.learn
    monkeypatch.setattr(remembering, "learn", lambda *given: made.append(1) or learn(*given))
    return made


def told(values, fits, last=T):
    return expect(values, days(T), weather(T), wanted=slice(last - 60, last), fits=fits)


def test_a_month_that_was_fitted_is_not_fitted_again_and_says_the_same(fitted):
    values, first = city(T, 3), Fits()
    before = told(values, first)
    assert len(fitted) == len(first.used) >= 2
    after = told(values, Fits(first.used))
    assert len(fitted) == len(first.used)
    for name in ("cal", "full", "effect", "learnt", "offset"):
        assert np.array_equal(getattr(before, name), getattr(after, name), equal_nan=True), name


def test_one_value_learnt_later_makes_its_months_anew(fitted):
    values, first = city(T, 3), Fits()
    told(values, first)
    made = len(fitted)
    values[100, 1] *= 1.01
    again = told(values, Fits(first.used))
    assert len(fitted) == 2 * made
    assert np.array_equal(again.cal, told(values, Fits()).cal, equal_nan=True)


def test_a_new_version_of_the_code_takes_nothing_over(fitted):
    values, first = city(T, 3), Fits(made_by="one")
    told(values, first)
    made = len(fitted)
    told(values, Fits(first.used, made_by="another"))
    assert len(fitted) == 2 * made


def test_what_a_run_did_not_ask_for_is_forgotten():
    values, first = city(T, 3), Fits()
    told(values, first, last=500)
    second = Fits(first.used)
    told(values, second, last=T)
    assert not first.used.keys() & second.used.keys()
