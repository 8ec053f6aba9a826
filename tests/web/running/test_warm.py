"""What a server does before its first question."""

from __future__ import annotations

import gc

import pytest

from pulso.web.running.warm import warm

pytestmark = pytest.mark.django_db


def test_what_every_answer_needs_is_read_once_and_never_looked_through_for_rubbish(site):
    try:
        warm()
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()


def test_a_city_that_cannot_be_opened_is_named_and_the_site_begins(own_town, caplog):
    (own_town.folder / "zones.geojson").unlink()
    try:
        warm()
    finally:
        gc.unfreeze()
    assert "vila can't be opened" in caplog.text
