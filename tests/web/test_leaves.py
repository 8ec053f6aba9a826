"""Lists that grow as a city grows old: a hundred a page, each of them on one of the pages, and the whole register as CSV."""

from __future__ import annotations

import html

import pytest

from pulso.web.innovation.models import Challenge, Comment, Pilot, Practice
from tests.web.exhibits import BEGUN

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("exhibits")]
NOW = {"created_at": BEGUN, "since": BEGUN}


@pytest.fixture
def many() -> None:
    """Of each two hundred and five more than the one that is shown."""
    seven = Challenge.objects.get(pk=7)
    more = range(1_000, 1_205)
    same = {"city": "vila", "text": "Nobody comes.", "organisation": seven.organisation, "unmeasurable": "No sensor.", "status": "open"}
    Challenge.objects.bulk_create(Challenge(pk=k, title=f"Challenge {k}", **same, **NOW) for k in more)
    Comment.objects.bulk_create(Comment(challenge=seven, text=f"Remark {k}.", at=BEGUN) for k in more)
    stopped = {"city": "vila", "challenge": seven, "text": "A week.", "status": "stopped", "why": "No money."}
    Pilot.objects.bulk_create(Pilot(pk=k, title=f"Pilot {k}", **stopped, **NOW) for k in more)
    Practice.objects.bulk_create(Practice(pk=k, pilot_id=k, title=f"Practice {k}", text="So.", status="offered", **NOW) for k in more)


LISTS = {"challenges": "challenges", "pilots": "pilots", "practices": "own", "challenges/7": "discussion"}


@pytest.mark.parametrize(("place", "name"), LISTS.items())
def test_every_row_is_on_one_page_of_the_list(site, many, place, name):
    pages = [site.get(f"/en/vila/{place}.json?page={n}").json() for n in (1, 2, 3)]
    rows = [row.get("text", row.get("title")) for page in pages for row in page[name]]
    total = pages[0]["leaf"]["total"]
    assert [len(page[name]) for page in pages] == [100, 100, total - 200]
    assert total >= 206
    assert len(rows) == total
    assert len([row for row in rows if row]) - len(set(filter(None, rows))) == 0, "none twice"


def test_the_newest_remarks_come_first_and_in_order(site, many):
    told = [site.get(f"/en/vila/challenges/7.json?page={n}").json()["discussion"] for n in (1, 3)]
    assert (told[0][0]["text"], told[0][-1]["text"]) == ("Remark 1105.", "Remark 1204.")
    assert told[1][0]["text"] == "It is the parked cars."
    assert "Rude words." not in str(told), "what is hidden is on no page"


@pytest.mark.parametrize(("lang", "on", "back"), [("pt", "Página seguinte", "Página anterior"), ("en", "Next page", "Previous page")])
def test_a_page_leads_to_the_next_and_says_how_many_there_are(site, many, lang, on, back):
    said = html.unescape(site.get(f"/{lang}/vila/pilots?page=2").content.decode())
    assert f'href="?page=3">{on}' in said
    assert f"{back}</a>" in said
    assert ("Página 2 de 3, 206 ao todo" if lang == "pt" else "Page 2 of 3, 206 in all") in said
    few = site.get(f"/{lang}/vila/practices/7").content.decode()
    assert on not in few


def test_the_register_as_csv_has_all_and_a_challenge_says_how_many_were_tried(site, many):
    assert len(site.get("/en/vila/pilots.csv").content.splitlines()) == 1 + 206
    told = site.get("/en/vila/challenges/7.json").json()
    assert (len(told["pilots"]), told["tried"]) == (100, 206)
    assert "The latest 100 of 206" in site.get("/en/vila/challenges/7").content.decode()


@pytest.mark.parametrize(
    ("page", "status"), [("0", 400), ("-1", 400), ("x", 400), ("1.5", 400), ("²", 400), ("9" * 30, 400), ("2", 404), ("1", 200)]
)
def test_a_page_that_there_is_not_is_a_letter(site, page, status):
    assert site.get("/en/vila/pilots", {"page": page}).status_code == status


def test_a_challenge_that_was_closed_as_a_draft_is_on_no_page(site, many):
    Challenge.objects.filter(pk=1_100).update(status="closed")
    rows = [row["number"] for n in (1, 2, 3) for row in site.get(f"/en/vila/challenges.json?page={n}").json()["challenges"]]
    assert 1_100 not in rows
    assert len(rows) == 205
