"""Challenges as everybody sees them: what would show them solved, what is said of them, and nothing of drafts."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pulso.web.innovation import writes
from pulso.web.innovation.models import Challenge
from pulso.web.pages.challenges import view
from pulso.web.readings.counted import counting
from tests.web.innovation.conftest import DUE
from tests.web.looks import shown

pytestmark = pytest.mark.django_db
UNSAID = "Nobody comes."
"""What the draft says."""


@pytest.fixture
def opened(challenge, boss) -> Challenge:
    return writes.move(challenge, "open", boss)


def test_a_draft_is_shown_to_nobody_and_its_number_is_a_letter(client, challenge, boss):
    for somebody in (None, boss):
        if somebody:
            client.force_login(somebody)
        listed = client.get("/en/vila/challenges")
        assert UNSAID not in listed.content.decode()
        assert "Empty square" not in listed.content.decode()
        assert client.get("/en/vila/challenges.json").json()["challenges"] == []
        for form in ("", ".json"):
            answer = client.get(f"/en/vila/challenges/{challenge.pk}{form}")
            assert answer.status_code == 404
            assert "Empty square" not in answer.content.decode()
    assert "Vila has no challenge" in client.get(f"/en/vila/challenges/{challenge.pk}").content.decode()
    assert client.get(f"/pt/vila/challenges/{challenge.pk}.json").json()["status"] == 404


def test_a_draft_that_was_closed_stays_unseen_and_what_was_open_once_stays_seen(client, challenge, boss):
    writes.move(challenge, "closed", boss, why="Not ours.")
    assert client.get(f"/en/vila/challenges/{challenge.pk}").status_code == 404
    assert "Empty square" not in "".join(map(str, shown(client, "challenges")))
    writes.move(challenge, "open", boss, why="Ours after all.")
    assert "Empty square" in shown(client, "challenges")[0]
    writes.move(challenge, "closed", boss, why="It went away.")
    assert "It went away." in shown(client, f"challenges/{challenge.pk}")[0]
    assert "Empty square" in shown(client, "challenges")[0]


def test_an_open_one_says_what_would_show_it_solved(client, opened):
    page, said = shown(client, f"challenges/{opened.pk}")
    assert said["line"]["goal"] == "The index, Vila: 5.0 index points up, by 31 December 2025"
    assert said["line"]["goal"] in page
    assert (said["line"]["state"], said["line"]["owner"], said["line"]["target"]) == ("open", "Câmara Municipal de Vila", 5.0)
    assert (
        shown(client, "challenges", "pt")[1]["challenges"][0]["goal"]
        == "O índice, Vila: subir 5,0 pontos do índice, até 31 de dezembro de 2025"
    )


def test_what_can_t_be_measured_says_why(client, boss, municipality):
    made = writes.draft_challenge(
        boss, "vila", title="Feeling at home", text="x", organisation=municipality, unmeasurable="No number feels."
    )
    writes.move(made, "open", boss)
    page, said = shown(client, f"challenges/{made.pk}")
    assert (said["line"]["goal"], said["line"]["target"], said["line"]["unmeasurable"]) == ("", None, "No number feels.")
    assert "No number feels." in page
    assert "Can&#39;t be measured: No number feels." in shown(client, "challenges")[0]


def test_the_open_ones_stand_first(client, boss, municipality):
    made = [writes.draft_challenge(boss, "vila", title=t, text="x", organisation=municipality, **DUE) for t in ("one", "two", "three")]
    for c in made:
        writes.move(c, "open", boss)
    writes.move(made[2], "closed", boss, why="It went away.")
    assert [c["title"] for c in shown(client, "challenges")[1]["challenges"]] == ["two", "one", "three"]
    assert "It went away." in shown(client, f"challenges/{made[2].pk}")[0]


def test_another_city_has_it_not(client, opened):
    assert client.get(f"/en/aldeia/challenges/{opened.pk}").status_code == 404
    assert client.get("/en/aldeia/challenges.json").json()["challenges"] == []


def test_what_is_hidden_keeps_its_place_and_says_why(client, opened, boss, person):
    ana = person("ana")
    said = [writes.comment(ana, opened, text) for text in ("First.", "Very rude words.", "Third.")]
    writes.move(said[1], "hidden", boss, why="Rude.")
    client.force_login(boss)  # who may read it elsewhere, doesn't here: the page is the same for everybody
    page, told = shown(client, f"challenges/{opened.pk}")
    assert [(r["text"], r["hidden"], r["why"]) for r in told["discussion"]] == [
        ("First.", False, ""),
        ("", True, "Rude."),
        ("Third.", False, ""),
    ]
    assert "Very rude words" not in page
    assert page.index("First.") < page.index("Hidden: Rude.") < page.index("Third.")


def test_whoever_speaks_is_named_and_never_by_their_address(client, opened, person):
    ana, nameless = person("ana"), person("rui")
    writes.comment(ana, opened, "One.")
    nameless.name = ""
    nameless.save()
    writes.comment(nameless, opened, "Two.")
    page, told = shown(client, f"challenges/{opened.pk}")
    assert [r["author"] for r in told["discussion"]] == ["Ana", ""]
    assert "@" not in page
    assert "Without a name" in page


def test_what_people_write_is_no_part_of_the_page(client, boss, municipality):
    evil = "<script>alert(1)</script>"
    made = writes.draft_challenge(boss, "vila", title=evil, text=evil, organisation=municipality, **DUE)
    writes.move(made, "open", boss)
    writes.comment(boss, made, evil)
    for address in (f"challenges/{made.pk}", "challenges"):
        page, _ = shown(client, address)
        assert evil not in page
        assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ({"page": "zone", "zone": "north", "as_of": "2025-03-11T09:00:00Z"}, "/en/vila/zone/north?as_of=2025-03-11T09%3A00%3A00Z"),
        ({"page": "zone", "zone": "north", "to": "2025-03-09"}, "/en/vila/zone/north?day=2025-03-09"),
        (
            {"page": "metric", "metric": "bikes", "zone": "north", "from": "2025-01-01", "to": "2025-03-01"},
            "/en/vila/metric/bikes?from=2025-01-01&to=2025-03-01&zone=north",
        ),
        ({"page": "past", "to": "2025-03-09", "zone": "north"}, "/en/vila/day/2025-03-09?zone=north"),
        ({"page": "map"}, "/en/vila/map"),
        ({"page": "zone"}, ""),
        ({"page": "//evil.example/"}, ""),
        ({"page": "zone", "zone": "../../x?y#z"}, "/en/vila/zone/..%2F..%2Fx%3Fy%23z"),
        ({}, ""),
    ],
    ids=str,
)
def test_the_way_back_leads_to_the_very_view(said, address):
    assert view(said, "/en/vila") == address


def test_its_pilots_stand_on_it_with_what_they_showed(client, opened, pilot, boss, ended, result):
    writes.change_pilot(boss, pilot, challenge=opened)
    assert "Nothing is published yet." in shown(client, f"challenges/{opened.pk}")[0]
    made = writes.evaluate(ended, result(ended))
    assert "8.5" not in "".join(map(str, shown(client, f"challenges/{opened.pk}")))
    writes.move(made, "published", boss)
    page, said = shown(client, f"challenges/{opened.pk}")
    assert "8.5% more than without the pilot (95% interval: +2.0% to +15.0%)" in page
    assert [p["number"] for p in said["pilots"]] == [pilot.pk]


def test_the_page_changes_when_somebody_writes_and_only_then(client, opened, boss):
    address = f"/en/vila/challenges/{opened.pk}"
    first = client.get(address)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    writes.comment(boss, opened, "New.")
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert "New." in again.content.decode()


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 2**64, 10**300], ids=lambda n: f"{len(str(n))} digits")
@pytest.mark.parametrize("what", ["challenges", "pilots", "practices"])
@pytest.mark.parametrize("form", ["", ".json"])
def test_a_number_that_can_t_be_is_a_letter(client, clock, what, number, form):
    assert client.get(f"/pt/vila/{what}/{number}{form}").status_code == 404


def test_many_cost_no_more_questions_than_few(client, boss, municipality):
    for i in range(12):
        made = writes.draft_challenge(boss, "vila", title=str(i), text="x", organisation=municipality, **DUE)
        writes.move(made, "open", boss)
        for j in range(3):
            writes.comment(boss, made, str(j))
    writes.move(made, "closed", boss, why="Over.")
    for address in ("challenges", f"challenges/{made.pk}"):
        client.get(f"/en/vila/{address}")
        with CaptureQueriesContext(connection) as asked, counting() as looks:
            assert client.get(f"/en/vila/{address}").status_code == 200
        assert looks[0] + len(asked) <= 10
