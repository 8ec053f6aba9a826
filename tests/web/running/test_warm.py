"""What a server does before its first question."""

from __future__ import annotations

import pytest

from pulso.web import readings
from pulso.web.readings import door
from pulso.web.readings.door import Reading
from pulso.web.running.warm import warm

pytestmark = pytest.mark.django_db


def test_a_city_is_read_before_anybody_asks_for_it(site, monkeypatch):
    warm()

    def again(_: Reading) -> None:
        raise AssertionError("the first visitor waits for the lake")

    monkeypatch.setattr("pulso.lake.Lake.events", again)
    monkeypatch.setattr("pulso.lake.Lake.publications", again)
    assert "strike" in readings.reading("vila").kinds()


def test_a_city_that_cannot_be_opened_is_named_and_the_site_begins(own_town, caplog, monkeypatch):
    monkeypatch.setattr(door, "_opened", {})  # a server that begins has opened none
    (own_town.folder / "zones.geojson").unlink()
    warm()
    assert "vila can't be opened" in caplog.text
