"""Why a day of the town isn't 100."""

from __future__ import annotations

import re

import pytest

from pulso.web.readings.counted import counting

STRIKE = "2025-02-10"


def why(site, **asked):
    return site.get("/en/vila/why.json", {"day": STRIKE} | asked).json()


@pytest.mark.parametrize("asked", [{}, {"zone": "north"}, {"day": "2025-03-10"}])
def test_drivers_and_domains_both_add_up_to_the_difference_from_100(site, asked):
    said = why(site, **asked)
    assert said["drivers"]
    assert round(sum(d["points"] for d in said["drivers"]), 1) == said["total"]
    assert round(sum(r["points"] for r in said["domains"]), 1) == said["total"]
    assert said["total"] == pytest.approx(said["index"] - 100, abs=0.051)
    for d in said["drivers"]:
        assert round(sum(c["points"] for c in d["cells"]), 1) == d["points"]
        assert d["points"] == pytest.approx(d["exact"], abs=0.11)


def test_the_page_adds_up_before_the_readers_eyes(site):
    said, page = why(site), site.get("/en/vila/why", {"day": STRIKE}).content.decode()
    shown = re.search(r"From 100 to ([\d.]+)", page)
    assert float(shown[1]) == pytest.approx(100 + said["total"])
    for d in said["drivers"]:
        assert d["meaning"] in page.replace("&#39;", "'")


def test_what_was_never_measured_before_is_named_and_gets_no_points(site):
    said = why(site)
    assert said["unmeasured"] == ["bus strike"]
    assert "strike" not in {d["kind"] for d in said["drivers"]}
    assert "bus strike" in site.get("/en/vila/why", {"day": STRIKE}).content.decode()


def test_where_there_is_no_number_there_is_nothing_to_explain(site):
    page = site.get("/en/vila/why?day=2024-01-05")
    assert page.status_code == 200
    assert "nothing to explain" in page.content.decode()
    assert site.get("/en/vila/why.json?day=2024-01-05").json()["drivers"] == []


def test_without_a_day_it_is_the_last_one(site):
    assert site.get("/pt/vila/why.json").json()["day"] == "2025-03-14"


def test_reasons_take_few_looks_at_the_river(site):
    site.get("/en/vila/why")
    with counting() as looks:
        site.get("/en/vila/why")
    assert looks[0] <= 10


@pytest.mark.parametrize(("asked", "status"), [("day=x", 400), ("day=1999-01-01", 404), ("zone=x", 404), ("as_of=x", 400)])
def test_absurd_questions_get_letters(site, asked, status):
    assert site.get(f"/en/vila/why?{asked}").status_code == status
