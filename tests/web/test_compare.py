"""Days, zones and cities side by side."""

from __future__ import annotations

import shutil

import pytest

from pulso.flow.collect import collect
from pulso.flow.home import Home, River
from pulso.flow.publish import publish
from pulso.web.readings.counted import counting
from tests.flow.vila import Vila


@pytest.fixture(scope="module")
def aldeia(town: Vila, tmp_path_factory) -> Vila:
    """A second town: Vila under another name."""
    other = Vila(tmp_path_factory.mktemp("aldeia"))
    conf = other.folder / "city.toml"
    conf.write_text(conf.read_text().replace('slug = "vila"\nname = "Vila"', 'slug = "aldeia"\nname = "Aldeia"'))
    for source in other.sources:
        for path in (town.mirror / f"{source}.vila.example").iterdir():
            to = other.mirror / f"{source}.vila.example" / path.name
            to.parent.mkdir(exist_ok=True)
            to.write_bytes(path.read_bytes())
    return other


def compared(site, **asked):
    answer = site.get("/en/vila/compare.json", asked)
    assert answer.status_code == 200
    return answer.json()


def index(site, day, zone=""):
    return site.get(f"/en/vila/day/{day}.json", {"zone": zone} if zone else {}).json()["verdict"]["index"]


def test_two_zones_are_compared_day_by_day(site):
    said = compared(site, what="zones", a="north", b="south", **{"from": "2025-03-01", "to": "2025-03-10"})
    assert (said["left"]["called"], said["right"]["called"], said["compared"]) == ("North", "South", 10)
    last = said["days"][-1]
    assert (last["left"], last["right"]) == (index(site, "2025-03-10", "north"), index(site, "2025-03-10", "south"))
    assert last["difference"] == pytest.approx(last["left"] - last["right"])
    assert said["difference"] == pytest.approx(said["left"]["mean"] - said["right"]["mean"])


def test_only_days_that_both_have_are_compared_and_it_says_how_many(site):
    said = compared(site, what="zones", a="north", b="", **{"from": "2025-03-10", "to": "2025-03-20"})
    assert (said["compared"], len(said["days"])) == (5, 11)
    assert said["days"][-1]["difference"] is None
    page = site.get("/en/vila/compare", {"what": "zones", "a": "north", "b": "", "from": "2025-03-10", "to": "2025-03-20"}).content.decode()
    assert "Compared on 5 days of 11" in page


def test_two_stretches_of_days_keep_step(site):
    said = compared(site, what="days", a="2025-03-03", b="2025-02-03", length="7")
    assert [(d["left_day"], d["right_day"]) for d in said["days"]][::6] == [("2025-03-03", "2025-02-03"), ("2025-03-09", "2025-02-09")]
    assert said["days"][0]["left"] == index(site, "2025-03-03")
    assert said["days"][0]["right"] == index(site, "2025-02-03")


def test_where_nothing_can_be_compared_it_says_so(site):
    said = compared(site, a="2025-03-01", b="1990-01-01", length="5")
    assert (said["compared"], said["difference"], said["left"]["mean"]) == (0, None, None)
    assert "nothing can be compared" in site.get("/en/vila/compare?a=2025-03-01&b=1990-01-01&length=5").content.decode()


def test_without_a_question_the_last_weeks_meet_those_of_a_year_before(site):
    said = compared(site)
    assert (said["left"]["first"], said["left"]["last"]) == ("2025-02-15", "2025-03-14")
    assert (said["right"]["first"], said["right"]["last"]) == ("2024-02-17", "2024-03-15")


def test_two_cities_are_compared_and_the_news_of_either_are_seen(site, town, aldeia, settings, tmp_path):
    settings.HOME = home = shutil.copytree(town.home, tmp_path / "var")
    settings.CITIES = [str(town.folder), str(aldeia.folder)]
    asked = {"what": "cities", "b": "aldeia", "from": "2025-03-01", "to": "2025-03-10"}
    before = site.get("/en/vila/compare.json", asked)
    assert (before.json()["right"]["called"], before.json()["compared"]) == ("Aldeia", 0)
    river = River.open(aldeia.folder, Home(home, aldeia.mirror, town.clock))
    collect(river)
    publish(river)
    after = site.get("/en/vila/compare.json", asked, headers={"If-None-Match": before["ETag"]})
    assert (after.status_code, after.json()["compared"]) == (200, 10)
    assert {d["difference"] for d in after.json()["days"]} == {0.0}
    assert after.json()["frames"][0]["city"] == "aldeia"
    beyond = asked | {"from": "2025-04-01", "to": "2025-04-10"}
    said, page = site.get("/en/vila/compare.json", beyond).json(), site.get("/en/vila/compare", beyond).content.decode()
    assert (said["compared"], said["overlap"]) == (0, ["2024-03-14", "2025-03-14"])
    assert 'href="/en/vila/compare?what=cities&b=aldeia&from=2024-03-14&to=2025-03-14"' in page
    assert "<svg" not in page, "half a chart compares nothing"
    unasked = site.get("/en/vila/compare.json", {"what": "cities", "b": "aldeia"}).json()
    assert (unasked["left"]["last"], unasked["compared"], unasked["overlap"]) == ("2025-03-14", 28, None)


def test_the_table_says_which_days_its_ends_are_of(site):
    asked = {"what": "days", "a": "2025-03-10", "b": "2025-02-01", "length": "10"}  # of the first ten days five are published
    said, page = compared(site, **asked), site.get("/en/vila/compare", asked).content.decode()
    common = [d["right"] for d in said["days"] if d["difference"] is not None]
    every = [d["right"] for d in said["days"]]
    assert (said["compared"], said["right"]["known"]) == (5, 10)
    assert (said["right"]["lowest"], said["right"]["highest"]) == (min(common), max(common))
    assert (said["right"]["own_lowest"], said["right"]["own_highest"]) == (min(every), max(every))
    assert "on the 5 common days" in page
    assert "on all its own days" in page


@pytest.mark.parametrize(
    "asked",
    [
        "what=everything",
        "what=zones&a=north&b=north",
        "what=zones",
        "what=cities&b=atlantis",
        "what=cities",
        "length=0",
        "length=367",
        "length=1e3",
        "length=%C2%B2",
        "length=99999999999999999999",
        "a=9999-12-31",
        "a=x",
        "what=zones&a=north&from=2025-03-10&to=2025-03-01",
        "what=zones&a=north&from=2000-01-01&to=2025-03-01",
        "what=zones&a=north&from=0001-01-01",
    ],
)
def test_absurd_comparisons_get_a_letter(site, asked):
    answer = site.get(f"/en/vila/compare?{asked}")
    assert answer.status_code == 400


@pytest.mark.parametrize("asked", ["a=0001-01-01", "a=0001-01-01&b=9990-01-01", "what=zones&a=north&to=0001-01-02&from=0001-01-01"])
def test_days_out_of_all_history_are_only_empty(site, asked):
    assert compared(site, **dict(p.split("=") for p in asked.split("&")))["compared"] == 0


def test_a_comparison_takes_few_looks_at_the_river(site):
    for asked in ({}, {"what": "zones", "a": "north"}):
        site.get("/en/vila/compare", asked)
        with counting() as looks:
            site.get("/en/vila/compare", asked)
        assert looks[0] <= 10


def test_both_lines_are_drawn_and_stand_in_a_table(site):
    page = site.get("/pt/vila/compare?what=zones&a=north&b=south").content.decode()
    assert page.count('<path class="line other"') == 2
    assert page.count('<tr><th scope="row">') >= 28
    assert "style=" not in page
