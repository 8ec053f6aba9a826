"""An access point that a cut of the fibre leaves without light is unknown, and no stranger learns of the cut."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pulso.fibre.shapes import Disclosure
from pulso.web.fibre import cuts, writes
from pulso.web.readings import entries, reading
from pulso.web.wifi import hanging, reads, unlit
from pulso.web.wifi import writes as wifi
from pulso.web.wifi.models import AccessPoint, Day, Network, Spell
from pulso.wifi.shapes import Health, Report
from pulso.wifi.uptime import Seconds
from tests.flow.vila import a_day_later
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


@pytest.fixture
def apart(shown, town, tmp_path, settings):
    """A river of its own, for what it is told stays in it."""
    copy = a_day_later(town, tmp_path / "vila")
    settings.HOME, settings.CITIES = copy.home, [str(copy.folder)]


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
    assert spell["until"] == "2025-03-16T07:00:00Z"
    cuts.end(rui, cut, until=cut.since, why="it was another street")
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


@pytest.mark.parametrize(("role", "page"), [("", "wifi"), ("viewer", "desk/wifi"), ("engineer", "desk/wifi")])
def test_why_it_is_unknown_is_told_to_engineers_alone(shown, rui, person, role, page):
    words = "A cut of the fibre leaves it without light" if role == "engineer" else ""
    assert shown.get("/en/vila/wifi/points/ap-1.json").json()["why"] == ""
    cuts.declare(rui, "vila", ducts=["a-school"], since=NINE - timedelta(hours=2), why="a digger in Rua Nova")
    if role:
        shown.force_login(person("ana", role))
    said = shown.get(f"/en/vila/{page}/points/ap-1.json")
    assert said.json()["why"].partition(":")[0] == words
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


def entry() -> list[tuple[tuple[str, ...], str | None]]:
    """What the river was told of: sensors, and the zone."""
    cuts.tell("vila")
    return [(e.span.sensors, e.span.zone) for e in entries.entered(reading("vila")) if e.span.kind == "fibre_cut"]


def test_an_access_point_that_only_the_register_ties_to_a_site_is_blind_on_every_surface(shown, apart, rui):
    shown.force_login(rui)
    what_if = shown.get("/en/vila/fibre/what-if.json?duct=a-school").json()["hangs"]
    assert (what_if["sensors"], what_if["blind"]) == (["AP one", "ap-2"], 2)
    assert shown.get("/en/vila/fibre/site/school.json").json()["hangs"]["sensors"] == ["AP one", "ap-2"]
    cut = cuts.declare(rui, "vila", ducts=["a-school"], since=NINE - timedelta(hours=2), why="a digger in Rua Nova")
    assert entry() == [(("AP one", "ap-2"), "north")]
    assert [d.sensors for d in cuts.declared("vila")] == [("AP one", "ap-2")]
    cuts.end(rui, cut, until=cut.since, why="it was another street")
    assert entry() == []


def test_an_access_point_that_hangs_on_a_closet_without_light_is_blind_and_one_that_is_gone_is_not(shown, apart, rui):
    AccessPoint.objects.filter(key__in=("ap-1", "ap-2", "ap-3")).update(site="a", feed="")
    AccessPoint.objects.filter(key="ap-3").update(until=NINE.date())
    cuts.declare(rui, "vila", ducts=["office-a", "a-b", "a-fire"], since=NINE - timedelta(hours=2), why="so")
    assert entry() == [(("AP one", "ap-1", "ap-2"), None)]


def test_an_access_point_that_is_tied_to_a_dark_site_while_the_cut_lasts_is_told_and_stays_told_when_it_ends(shown, apart, rui):
    cut = cuts.declare(rui, "vila", ducts=["a-school"], since=NINE - timedelta(hours=2), why="a digger")
    AccessPoint.objects.filter(key="ap-3").update(site="school")
    assert entry() == [(("AP one", "ap-2", "ap-3"), None)]
    cuts.end(rui, cut, until=NINE, why="light again")
    assert entry() == [(("AP one", "ap-2", "ap-3"), None)]


def test_the_river_is_told_of_an_access_point_by_the_name_that_a_source_of_it_uses(shown, apart, rui, monkeypatch):
    AccessPoint.objects.filter(key="ap-2").update(feed="AA:BB:CC:00:00:02")
    cuts.declare(rui, "vila", ducts=["a-school"], since=NINE - timedelta(hours=2), why="a digger")
    assert entry()[0][0] == ("AP one", "ap-2")
    monkeypatch.setattr(hanging.counting, "heard", lambda _reading, names: {"ap-1", "AA:BB:CC:00:00:02"} & set(names))
    assert entry()[0][0] == ("AA:BB:CC:00:00:02", "ap-1")


ALL = ("wifi", "wifi.json", "wifi/gaps", "wifi/gaps.json", "wifi.csv", "wifi.geojson")
ALL += tuple(f"wifi/{thing}{form}" for thing in ("places/one", "points/one-1") for form in ("", ".json"))
CALLS = ("wifi", "wifi-places", "wifi-places.csv", "wifi-places.geojson", "wifi-places/one", "wifi-gaps")
CALLS += (
    "wifi-points",
    "wifi-points.csv",
    "wifi-points.geojson",
    "wifi-points/one-1",
    "wifi-points?health=unknown",
    "wifi-places?health=unknown",
)


def reports(last_hours: float, point="one-1") -> list[Report]:
    """Reports every five minutes from 30 hours before nine until so many before: it failed for an hour yesterday, and fails since seven."""
    hours = [30 - i / 12 for i in range(int((30 - last_hours) * 12) + 1)]
    return [Report(point, NINE - timedelta(hours=h), Health.FAILING if 15 <= h < 16 or h < 2 else Health.WORKING) for h in hours]


@pytest.mark.parametrize("begun", [13, 2.5, 0.5])
@pytest.mark.parametrize("role", ["", "viewer"])
def test_to_all_but_engineers_a_point_in_a_cut_is_in_every_field_one_whose_reports_stopped(site, loaded, person, settings, role, begun):
    """Whatever it reports all the same: on pages, as JSON, CSV and GeoJSON, and by the API; by day, by spell and by last report."""

    def told() -> dict[str, bytes]:
        reads.forget()
        desk = "desk/" if role else ""
        pages = [f"/en/vila/{desk}{page}" for page in ALL if not desk or page.count(".csv") + page.count(".geo") == 0]
        return {page: site.get(page).content for page in [*pages, *(f"/api/v1/cities/vila/{call}" for call in CALLS)]}

    settings.API_A_MINUTE = 10_000
    fibre = person("rui", "engineer")
    writes.load(fibre, "vila", net(), "as built")
    AccessPoint.objects.filter(key__in=("one-1", "two-1")).update(site="school")
    if role:
        site.force_login(person("ana", role))
    wifi.report(loaded, [*reports(0), *reports(0, "one-2"), *reports(20, "two-1")])
    before = told()
    cut = cuts.declare(fibre, "vila", ducts=["a-school"], since=NINE - timedelta(hours=begun), why="a digger in Rua Nova")
    blinded = told()
    assert b'"unknown"' in blinded[f"/en/vila/{'desk/' if role else ''}wifi/points/one-1.json"]
    assert blinded != before
    cuts.end(fibre, cut, until=cut.since, why="it was another street")
    assert told() == before
    Spell.objects.all().delete()
    Day.objects.all().delete()
    AccessPoint.objects.update(state="", state_since=None, seen=None)
    wifi.report(loaded, [*reports(begun), *reports(0, "one-2"), *reports(20, "two-1")])
    stopped = told()
    assert [page for page in stopped if stopped[page] != blinded[page]] == []


def test_within_the_reach_of_its_last_report_only_engineers_are_told_of_the_cut(shown, rui):
    """Any other access point is known for so long too."""
    cuts.declare(rui, "vila", ducts=["a-school"], since=NINE - timedelta(minutes=10), why="a digger")
    assert healths(shown)["ap-1"] == "working"
    shown.force_login(rui)
    assert healths(shown, "desk/wifi/places/praca")["ap-1"] == "unknown"


@pytest.mark.parametrize("level", [Disclosure.PUBLIC, Disclosure.RESTRICTED])
@pytest.mark.parametrize("ended", [False, True])
def test_what_was_reported_within_a_cut_is_unknown_to_uptime_days_and_spells(shown, rui, level, ended):
    """Yesterday from midnight on ap-2 fails for twelve hours; a cut that was declared late lay over six of them, from three to nine."""
    vila, midnight = reading("vila"), datetime.combine(NINE.date() - timedelta(days=1), time(), UTC)
    Spell.objects.all().delete()
    Day.objects.all().delete()
    AccessPoint.objects.filter(key="ap-2").update(state="", state_since=None, seen=None, since=midnight.date())
    told = [Report("ap-2", midnight + timedelta(minutes=5 * i), Health.FAILING if i < 144 else Health.WORKING) for i in range(289)]
    wifi.report(vila, told)

    def said() -> tuple[float, Seconds, list[tuple[datetime, datetime]]]:
        reads.forget()
        view = reads.view(vila, level)
        (point,) = [p for p in view.board.points if p.key == "ap-2"]
        days, ill = reads.days_of(view, [point.pk], midnight.date(), midnight.date()), reads.spells_of(view, [point.pk], 50)
        return reads.uptime(view, point).seconds.uptime, days[midnight.date()], [(s.since, s.until) for s in ill]

    half = 12 * 3_600.0
    assert said() == (0.5, Seconds(half, 0.0, half), [(midnight, midnight + timedelta(hours=12))])
    start, stop = midnight + timedelta(hours=3), midnight + timedelta(hours=9)
    cut = cuts.declare(rui, "vila", ducts=["a-school"], since=start, until=None if ended else stop, why="a digger")
    if ended:
        cuts.end(rui, cut, until=stop, why="light again")
    uptime, day, ill = said()
    assert (uptime, day) == (pytest.approx(12 / 18), Seconds(half, 0.0, 6 * 3_600.0)), "what nobody saw is neither working nor failing"
    assert ill == [(stop, midnight + timedelta(hours=12)), (midnight, start)]


@pytest.mark.parametrize(
    ("dark", "left"),
    [
        ([], [(0, 9)]),
        ([(3, 5)], [(0, 3), (5, 9)]),
        ([(-2, 3)], [(3, 9)]),
        ([(6, 12)], [(0, 6)]),
        ([(0, 9)], []),
        ([(-2, -1), (1, 2), (4, 5), (10, 11)], [(0, 1), (2, 4), (5, 9)]),
    ],
)
def test_what_is_left_of_a_time_is_what_had_light(dark, left):
    day = NINE - timedelta(days=1)
    spans = [unlit.Dark(day + timedelta(hours=a), day + timedelta(hours=b)) for a, b in dark]
    found = unlit.parts(day, day + timedelta(hours=9), spans)
    assert [((a - day).total_seconds() / 3_600, (b - day).total_seconds() / 3_600) for a, b in found] == left
