"""Every shipped city's metrics are in the catalogue, and what they need may pass the lake's door."""

from __future__ import annotations

import pytest

from pulso import city as cities
from pulso import metrics

CITIES = sorted(p.parent.name for p in cities.cities_folder().glob("*/city.toml"))


@pytest.mark.parametrize("slug", CITIES)
def test_every_metric_of_a_shipped_city_can_be_computed(slug: str) -> None:
    city = cities.load(slug)
    recipes = metrics.recipes(city)
    assert {r.metric for r in recipes} >= set(city.metrics)
    assert len({(r.metric, r.source) for r in recipes}) == len(recipes)
    needed = {(r.source, v) for r in recipes for v in metrics.variables(city, r.metric)}
    assert needed == set(metrics.quantities(city))
