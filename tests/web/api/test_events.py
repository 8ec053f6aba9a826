"""Many events, page by page."""

from __future__ import annotations

import pytest

from pulso.web.readings.door import Events, Reading
from tests.bench.towns import happenings

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("asked", ["", "&kind=works", "&from=2026-01-01", "&to=2026-10-10"])
@pytest.mark.parametrize("limit", [1, 7, 50])
def test_a_walk_through_many_events_meets_each_once_in_order(site, monkeypatch, asked, limit):
    spans = sorted([*happenings(90), *happenings(60)], key=lambda s: (s.first, s.name))  # some twice, and two a day
    spans += [s.model_copy(update={"name": f"{s.name} too"}) for s in spans[-30:]]
    spans.sort(key=lambda s: (s.first, s.name))
    monkeypatch.setattr(Reading, "_known_events", lambda _self: Events.of(tuple(spans)))
    whole = site.get(f"/api/v1/cities/vila/events?limit=1000{asked}").json()
    assert len({str(r) for r in whole["items"]}) == len(whole["items"]) > 10
    met, cursor = [], ""
    while True:
        page = site.get(f"/api/v1/cities/vila/events?limit={limit}{asked}{cursor}").json()
        met += page["items"]
        if not page["next"]:
            break
        cursor = f"&cursor={page['next']}"
    assert met == whole["items"]
