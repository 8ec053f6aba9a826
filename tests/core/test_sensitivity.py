"""Which choice matters: on a function whose answer is known, and on functions where it is plain."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pulso.core.sensitivity import design, indices, sobol

UNIT = [[0.0, 1.0]]


def ishigami(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_ishigamis_shares_are_found() -> None:
    found = sobol(ishigami, [[-np.pi, np.pi]] * 3, n=2**15, seed=7)
    np.testing.assert_allclose(found.first, [0.3139, 0.4424, 0.0], atol=0.004)
    np.testing.assert_allclose(found.total, [0.5576, 0.4424, 0.2437], atol=0.002)
    np.testing.assert_allclose(found.variance, 7**2 / 8 + 0.1 * np.pi**4 / 5 + 0.01 * np.pi**8 / 18 + 0.5, rtol=0.002)


def test_the_stated_error_covers_the_error_made() -> None:
    found = sobol(ishigami, [[-np.pi, np.pi]] * 3, n=2**10, seed=3)
    assert (found.total_error > 0).all()
    assert (np.abs(found.total - [0.5576, 0.4424, 0.2437]) <= 4 * found.total_error).all()
    assert (np.abs(found.first - [0.3139, 0.4424, 0.0]) <= 4 * found.first_error).all()


def test_in_a_plain_sum_first_and_total_agree_with_the_squared_weights() -> None:
    found = sobol(lambda x: x @ np.array([1.0, 2.0, 0.0]), UNIT * 3, n=2**12, seed=1)
    np.testing.assert_allclose(found.total, [0.2, 0.8, 0.0], atol=0.002)
    np.testing.assert_allclose(found.first, [0.2, 0.8, 0.0], atol=0.01)


def test_many_outputs_are_shared_out_as_if_each_stood_alone() -> None:
    points = design(UNIT * 2, n=64, seed=5)
    both = np.column_stack([points[:, 0] + points[:, 1] ** 2, points[:, 0] * points[:, 1]])
    together = indices(both, n=64)
    for k in (0, 1):
        alone = indices(both[:, k], n=64)
        np.testing.assert_allclose(together.total[:, k], alone.total, rtol=1e-12)
        np.testing.assert_allclose(together.first_error[:, k], alone.first_error, rtol=1e-12)


def test_a_group_is_moved_as_one() -> None:
    points = design(UNIT * 3, n=2**12, seed=2, groups=["weights", "weights", "aggregation"])
    assert points.shape == (2**12 * 4, 3)
    found = indices(points.sum(axis=1), n=2**12)
    np.testing.assert_allclose(found.total, [2 / 3, 1 / 3], atol=0.003)


def test_what_never_varies_has_nothing_to_share_out_and_what_is_unknown_stays_unknown() -> None:
    points = design(UNIT * 2, n=16, seed=2)
    constant = indices(np.full(len(points), 3.7), n=16)
    assert np.isnan(constant.total).all()
    assert constant.variance == pytest.approx(0, abs=1e-20)
    holed = points.sum(axis=1)
    holed[11] = np.nan
    assert np.isnan(indices(holed, n=16).total).all()


def test_the_same_seed_gives_the_same_points() -> None:
    np.testing.assert_array_equal(design(UNIT * 2, n=8, seed=4), design(UNIT * 2, n=8, seed=4))
    assert not np.array_equal(design(UNIT * 2, n=8, seed=4), design(UNIT * 2, n=8, seed=5))


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: design(UNIT, n=1000, seed=1), "powers of two"),
        (lambda: design([[1.0, 0.0]], n=8, seed=1), "least and a greatest"),
        (lambda: design(UNIT * 2, n=8, seed=1, groups=["a"]), "group names"),
        (lambda: indices(np.zeros(17), n=8), "answers"),
    ],
)
def test_a_design_that_cannot_be_is_refused(call: object, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        call()  # type: ignore[operator]
