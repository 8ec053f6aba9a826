"""The desk's list of cuts goes on: what can still be ended comes first however old it is, and each cut is on one page of the list."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pulso.web.fibre import cuts
from pulso.web.fibre.models import Cut
from tests.web.fibre.test_cuts import many

pytestmark = pytest.mark.django_db
LONG_AGO, MUCH_LATER = datetime(2019, 5, 1, tzinfo=UTC), datetime(2049, 5, 1, tzinfo=UTC)


@pytest.fixture
def desk(loaded, client: Client, rui) -> Client:
    """Rui, at his desk in Vila."""
    client.force_login(rui)
    return client


@pytest.fixture
def forgotten(desk) -> Cut:
    """A cut that nobody has ended, older than all others."""
    made = Cut.objects.create(city="vila", ducts=["a-fire"], cables=[], sites=[], since=LONG_AGO, why="forgotten", at=LONG_AGO)
    many(0, 250)
    return made


def page(desk, n, lang="en"):
    answer = desk.get(f"/{lang}/vila/fibre/cuts?page={n}")
    assert answer.status_code == 200
    return answer.content.decode()


def numbers(desk, n):
    return [c["number"] for c in desk.get(f"/en/vila/fibre/cuts.json?page={n}").json()["cuts"]]


def test_a_cut_that_goes_on_comes_first_however_old_it_is_and_can_be_ended_there(desk, forgotten):
    assert numbers(desk, 1)[0] == forgotten.pk
    assert f'action="/en/vila/fibre/cuts/{forgotten.pk}/end"' in page(desk, 1)
    answer = desk.post(f"/en/vila/fibre/cuts/{forgotten.pk}/end", {"until": "2019-05-03", "why": "Mended long ago."})
    assert answer["Location"] == f"/en/vila/fibre/cuts?page=3#cut-{forgotten.pk}", "it is led to where the cut now stands"
    assert "Ended. Its sensors count again from then on." in page(desk, 3)
    assert numbers(desk, 3)[-1] == forgotten.pk


def test_each_cut_is_on_one_page_of_the_list_in_order(desk, forgotten):
    found = [numbers(desk, n) for n in (1, 2, 3)]
    assert [len(f) for f in found] == [100, 100, 51]
    rest = list(Cut.objects.exclude(pk=forgotten.pk).order_by("-since", "-pk").values_list("pk", flat=True))
    assert [n for leaf in found for n in leaf] == [forgotten.pk, *rest]


def test_many_cuts_that_go_on_are_followed_by_the_others_on_the_page_where_they_end(desk):
    many(0, 30)
    going = [
        Cut(city="vila", ducts=["a-b"], cables=[], sites=[], since=LONG_AGO + timedelta(days=i), why="storm", at=LONG_AGO)
        for i in range(130)
    ]
    Cut.objects.bulk_create(going)
    assert [len(numbers(desk, n)) for n in (1, 2)] == [100, 60]
    on = [c["on"] for c in desk.get("/en/vila/fibre/cuts.json?page=2").json()["cuts"]]
    assert on == [True] * 30 + [False] * 30


def test_what_was_ended_ahead_of_its_day_or_is_past_its_stated_end_is_no_longer_first(desk, rui):
    said = {"city": "vila", "ducts": ["a-b"], "cables": [], "sites": [], "at": LONG_AGO}
    going = Cut.objects.create(since=LONG_AGO, until=MUCH_LATER, why="to come", **said)
    ended = Cut.objects.create(since=LONG_AGO + timedelta(1), why="ended", **said)
    past = Cut.objects.create(since=LONG_AGO + timedelta(2), until=LONG_AGO + timedelta(3), why="past", **said)
    cuts.end(rui, ended, until=MUCH_LATER, why="so it was agreed")
    assert numbers(desk, 1) == [going.pk, past.pk, ended.pk]


@pytest.mark.parametrize(
    ("lang", "first", "turn"),
    [("en", "First those that go on, however old", "Page 2 of 3"), ("pt", "Primeiro os que continuam", "Página 2 de 3")],
)
def test_the_list_leads_on_and_says_in_what_order_it_is(desk, forgotten, lang, first, turn):
    shown = page(desk, 2, lang)
    assert first in shown
    assert turn in shown
    links = re.findall(r'href="(\?[^"]*page=\d)"', desk.get(f"/{lang}/vila/fibre/cuts?duct=a-b&site=a&page=2").content.decode())
    assert links == ["?duct=a-b&amp;site=a&amp;page=1", "?duct=a-b&amp;site=a&amp;page=3"], "what was chosen stays chosen"


def test_a_short_list_has_no_pages_and_says_nothing_of_them(desk):
    many(0, 3)
    assert "however old" not in page(desk, 1)
    assert "Other pages of the list" not in page(desk, 1)


def test_a_page_that_is_not_there_is_a_letter(desk):
    for wrong in ("2", "0", "-1", "x", "9999999999"):
        for form in ("cuts", "cuts.json"):
            assert desk.get(f"/pt/vila/fibre/{form}?page={wrong}").status_code == 404


def test_a_cut_is_led_to_where_it_stands_when_it_was_declared(desk, forgotten):
    declared = desk.post("/en/vila/fibre/cuts?duct=a-b", {"since": "2019-01-01", "until": "2019-01-02", "why": "entered late"})
    made = Cut.objects.get(why="entered late")
    assert declared["Location"] == f"/en/vila/fibre/cuts?page=3#cut-{made.pk}"
    desk.post("/en/vila/fibre/cuts?duct=a-b", {"since": "2019-01-01", "why": "goes on"})
    assert numbers(desk, 1)[1] == Cut.objects.get(why="goes on").pk


def test_the_list_takes_few_questions_wherever_one_is_in_it(desk, forgotten):
    page(desk, 1)
    for n in (1, 2, 3):
        with CaptureQueriesContext(connection) as asked:
            page(desk, n)
        assert len(asked) <= 10
