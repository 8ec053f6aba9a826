"""An access point that a cut of the fibre leaves without light is unknown, and no stranger learns of the cut."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pulso.fibre.shapes import Disclosure
from pulso.web.fibre import cuts, writes
from pulso.web.wifi import reads
from pulso.web.wifi.models import AccessPoint, Network
from tests.web.fibre.conftest import net, person
from tests.web.wifi.hotspots import NINE

__all__ = ["person"]

pytestmark = pytest.mark.django_db
PAGES = ("wifi", "wifi.json", "wifi/gaps", "wifi/places/praca", "wifi/points/ap-1", "wifi.csv", "wifi.geojson")


@pytest.fixture
def rui(shown, person):
    """An engineer of the town, whose network has the school: two access points of the square hang on it, each known in its own way."""
    made = person("rui", "engineer")
    plan, hidden = net(), {"sensors": ("AP one",), "disclosure": Disclosure.RESTRICTED}
    sites = [s.model_copy(update=hidden) if s.id == "school" else s for s in plan.sites]
    writes.load(made, "vila", plan.model_copy(update={"sites": tuple(sites)}), "as built")
    AccessPoint.objects.filter(key="ap-1").update(feed="AP one", site="")
    AccessPoint.objects.filter(key="ap-2").update(site="school")
    Network.objects.update(edition=2)
    return made


def healths(site, page="wifi/places/praca") -> dict[str, str]:
    """How each access point of a place is said to be, and the place."""
    said = site.get(f"/en/vila/{page}.json").json()
    return {p["id"]: p["health"] for p in said["points"]} | {"": said["line"]["health"]}


def test_a_cut_makes_its_access_points_unknown_at_once_and_its_end_gives_them_back(shown, rui):
    before = {page: shown.get(f"/en/vila/{page}").content for page in PAGES}
    assert healths(shown) == {"ap-1": "working", "ap-2": "failing", "": "partly"}
    cut = cuts.declare(rui, "vila", ducts=["a-school"], since=NINE - timedelta(hours=2), why="a digger in Rua Nova")
    assert healths(shown) == {"ap-1": "unknown", "ap-2": "unknown", "": "unknown"}
    whole = shown.get("/en/vila/wifi.json").json()
    assert (whole["working"], whole["failing"], whole["unknown"]) == (0, 0, 3)
    row = next(p for p in whole["places"] if p["id"] == "praca")
    assert (row["health"], row["failing"], row["unknown"], row["since"]) == ("unknown", 0, 2, None)
    (spell,) = shown.get("/en/vila/wifi/points/ap-2.json").json()["spells"]
    assert not spell["lasts"], "what it was before the cut is no more than that"
    cuts.end(rui, cut, until=NINE, why="light again")
    assert {page: shown.get(f"/en/vila/{page}").content for page in PAGES} == before


def test_a_site_that_is_closed_blinds_what_hangs_on_it_and_a_cut_to_come_or_gone_by_nothing(shown, rui):
    AccessPoint.objects.filter(key="ap-1").update(site="b")
    Network.objects.update(edition=3)
    cuts.declare(rui, "vila", sites=["school"], since=NINE + timedelta(hours=1), why="works")
    cuts.declare(rui, "vila", sites=["school"], since=NINE - timedelta(days=2), until=NINE - timedelta(days=1), why="works")
    assert healths(shown)["ap-1"] == "working"
    cuts.declare(rui, "vila", sites=["b"], since=NINE - timedelta(hours=1), why="works")
    assert healths(shown) == {"ap-1": "unknown", "ap-2": "failing", "": "failing"}


def test_two_cuts_that_only_together_leave_a_site_dark_blind_it_while_both_last(shown, rui):
    AccessPoint.objects.filter(key="ap-1").update(site="fire")
    Network.objects.update(edition=3)
    cuts.declare(rui, "vila", ducts=["a-fire"], since=NINE - timedelta(hours=3), why="one")
    assert healths(shown)["ap-1"] == "working"
    cuts.declare(rui, "vila", cables=["b-fire"], since=NINE - timedelta(hours=2), why="two")
    assert healths(shown)["ap-1"] == "unknown"


@pytest.mark.parametrize(
    ("role", "page", "words"),
    [
        ("", "wifi", "No report of it is expected now"),
        ("viewer", "desk/wifi", "No report of it is expected now"),
        ("engineer", "desk/wifi", "A cut of the fibre leaves it without light"),
    ],
)
def test_why_it_is_unknown_is_told_as_far_as_each_may_know(shown, rui, person, role, page, words):
    assert shown.get("/en/vila/wifi/points/ap-1.json").json()["why"] == ""
    cuts.declare(rui, "vila", ducts=["a-school"], since=NINE - timedelta(hours=2), why="a digger in Rua Nova")
    if role:
        shown.force_login(person("ana", role))
    said = shown.get(f"/en/vila/{page}/points/ap-1.json")
    assert said.json()["why"].startswith(words)
    assert words in shown.get(f"/en/vila/{page}/points/ap-1").content.decode()
    assert shown.get(f"/en/vila/{page}/points/ap-1.json").json()["line"]["health"] == "unknown"
    if role != "engineer":
        every = [shown.get(f"/en/vila/{page}{below}").content.decode() for below in ("", ".json", "/points/ap-1", "/places/praca")]
        secret = ("ibre cut", "cut of the fibre", "digger", "school", "School")
        assert [word for word in secret for text in every if word in text] == []


def test_many_cuts_cost_a_page_no_more_questions_than_one(shown, rui):
    def questions(page: str) -> int:
        reads.forget()
        with CaptureQueriesContext(connection) as asked:
            assert shown.get(f"/en/vila/{page}").status_code == 200
        return len(asked)

    cuts.declare(rui, "vila", ducts=["a-school"], since=NINE - timedelta(hours=2), why="one")
    one = {page: questions(page) for page in PAGES}
    for i in range(8):
        cuts.declare(rui, "vila", ducts=["a-fire"], since=NINE - timedelta(minutes=i), why="more")
    assert {page: questions(page) for page in PAGES} == one
    assert max(one.values()) <= 10
