"""A page that a browser has is not made, and not even looked for, as long as it is the same."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pulso.web.readings.counted import counting
from tests.flow.vila import LAST, SENSORS, Vila, a_day_later, usual

TODAY = "/en/vila/today"


@pytest.fixture
def growing(town: Vila, tmp_path, settings) -> Vila:
    """The town a day later, on a site of its own."""
    made = a_day_later(town, tmp_path)
    settings.HOME, settings.CITIES, settings.CLOCK = made.home, [str(made.folder)], made.clock
    return made


def test_a_page_that_is_the_same_takes_no_look_at_the_river(site):
    tag = site.get(TODAY)["ETag"]
    with counting() as looks:
        again = site.get(TODAY, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again["ETag"], looks[0]) == (304, b"", tag, 0)
    assert again["Cache-Control"] == site.get(TODAY)["Cache-Control"]
    assert "default-src 'none'" in again["Content-Security-Policy"]


def test_after_a_publication_the_page_is_sent_anew(growing, client):
    tag = client.get(TODAY)["ETag"]
    assert client.get(TODAY, headers={"If-None-Match": tag}).status_code == 304
    for source in growing.sources:
        growing.say(source, usual(source) | {(LAST + timedelta(days=1), s): 700.0 for s in SENSORS})
    growing.collect()
    growing.publish()
    anew = client.get(TODAY, headers={"If-None-Match": tag})
    assert anew.status_code == 200
    assert f"{LAST + timedelta(days=1)}" in anew.content.decode()


def test_another_address_with_the_same_tag_is_answered_in_full(site):
    tag = site.get(TODAY)["ETag"]
    assert site.get("/pt/vila/today", headers={"If-None-Match": tag}).status_code == 200
