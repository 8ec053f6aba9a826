from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod

from pulso.wifi.gaps import nearest

GEOD = Geod(ellps="WGS84")


def test_the_nearest_access_point_is_found_and_its_distance_is_the_ellipsoid_s_to_half_a_per_cent():
    rng = np.random.default_rng(1)
    places, points = (np.column_stack([rng.uniform(-8.69, -8.55, n), rng.uniform(41.13, 41.19, n)]) for n in (60, 40))
    metres, which = nearest(places, points)
    for place, far, at in zip(places, metres, which, strict=True):
        truly = [GEOD.inv(*place, *point)[2] for point in points]
        assert far == pytest.approx(min(truly), rel=0.005)
        assert truly[at] == pytest.approx(min(truly), rel=0.005)


def test_a_place_that_is_nowhere_and_a_city_without_wi_fi_have_no_distance():
    somewhere, nowhere = [-8.6, 41.15], [np.nan, np.nan]
    metres, which = nearest(np.array([somewhere, nowhere]), np.array([nowhere, somewhere]))
    assert metres[0] == pytest.approx(0, abs=1e-6)
    assert np.isnan(metres[1])
    assert which.tolist() == [1, -1]
    metres, which = nearest(np.array([somewhere]), np.empty((0, 2)))
    assert np.isnan(metres[0])
    assert which.tolist() == [-1]
