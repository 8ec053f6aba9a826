"""What the API tells nobody, by no address and no filter: drafts, unpublished evaluations, hidden words, another city's things."""

from __future__ import annotations

import json
from datetime import date

import pytest

from pulso.web.innovation import writes
from pulso.web.people import keys
from tests.web.api.loop import KINDS, ROOT, WHOLES, everything, items
from tests.web.exhibits import NUMBER

pytestmark = pytest.mark.django_db


def test_a_testbed_says_when_it_is_taken_but_no_draft_is_given_away(client, frozen, pilot, boss, municipality, clock, testbed):
    draft = writes.draft_pilot(boss, "vila", municipality, title="Secret plan", text="x")
    writes.book(boss, testbed, pilot, date(2025, 3, 20), date(2025, 3, 26))
    writes.book(boss, testbed, draft, date(2025, 4, 1), date(2025, 4, 2))
    (row,) = items(client, "testbeds")
    assert (row["zone"], row["conditions"], row["taken"]) == ("north", "No noise.", ["2025-03-20/2025-03-26"])
    assert items(client, "testbeds?kind=fibre") == []
    clock.pass_(days=12)
    assert items(client, "testbeds")[0]["taken"] == []


def test_drafts_are_nothing_whoever_asks(client, challenge, pilot, protocol, boss):
    nothing = client.get(f"{ROOT}/pilots/99").json()["detail"]
    for somebody in (None, boss):
        if somebody:
            client.force_login(somebody)
        told = everything(client)
        for secret in ("Empty square", "No cars", "More people come"):
            assert secret not in told
        for address in (f"challenges/{challenge.pk}", f"pilots/{pilot.pk}"):
            assert client.get(f"{ROOT}/{address}").status_code == 404
        assert client.get(f"{ROOT}/pilots/{pilot.pk}").json()["detail"] == nothing.replace("99", str(pilot.pk))
    assert items(client, f"pilots?challenge={challenge.pk}") == []


def test_a_key_opens_nothing_that_is_not_shown(client, challenge, evaluation, ended, boss):
    key = {"X-API-Key": keys.create(boss, "x")[1]}
    assert client.get(f"{ROOT}/challenges/{challenge.pk}", headers=key).status_code == 404
    assert client.get(f"{ROOT}/pilots/{ended.pk}", headers=key).json()["evaluation"] is None
    assert client.get(f"{ROOT}/evaluations", headers=key).json()["items"] == []


def test_a_challenge_that_was_closed_as_a_draft_is_nothing(client, challenge, boss):
    writes.move(challenge, "closed", boss, why="Never mind.")
    assert items(client, "challenges") == items(client, "challenges?status=closed") == []
    assert client.get(f"{ROOT}/challenges/{challenge.pk}").status_code == 404


def test_what_a_stopped_draft_never_promised_is_not_told(client, protocol, pilot, boss):
    writes.move(pilot, "stopped", boss, why="No money.")
    told = client.get(f"{ROOT}/pilots/{pilot.pk}").json()
    assert (told["promise"], told["protocol"], told["line"]["why"]) == (None, None, "No money.")
    assert "More people come" not in everything(client)
    assert [
        len(items(client, f"pilots?{q}")) for q in ("status=stopped", "metric=bikes", "zone=north", "zone=city", "from=2025-01-01")
    ] == [
        1,
        0,
        0,
        0,
        0,
    ]


def test_an_unpublished_evaluation_is_nowhere_and_can_not_be_guessed_by_filters(client, evaluation, ended, boss):
    client.force_login(boss)
    told = everything(client)
    for leaked in ("8.5", "-1.25", "0.01", "cd" * 32, "more than without"):
        assert leaked not in told, leaked
    assert items(client, f"evaluations?pilot={ended.pk}") == []
    for verdict in ("more", "less", "none", "cannot tell", "not evaluable"):
        assert items(client, f"pilots?verdict={verdict}") == items(client, f"evaluations?verdict={verdict}") == []
    writes.move(evaluation, "published", boss)
    assert "8.5" in everything(client)


def test_a_hidden_comment_keeps_its_place_and_not_its_text(site, exhibits):
    told = site.get(f"{ROOT}/challenges/{NUMBER}").content.decode()
    assert "Rude words." not in told
    assert [c["hidden"] for c in json.loads(told)["discussion"]] == [False, True]


def test_the_outcome_is_not_told_before_its_time(client, frozen, pilot, clock):
    clock.pass_(days=6)
    writes.advance("vila")
    running = client.get(f"{ROOT}/pilots/{pilot.pk}").json()["running"]
    assert (running["shown"], running["treated"], running["compared"]) == (False, None, None)


def test_another_city_has_none_of_it(client, exhibits, boss, testbed):
    for kind in KINDS:
        assert items(client, kind, "aldeia") == []
        assert len(items(client, kind)) == 1
    for kind in WHOLES:
        theirs = client.get(f"/api/v1/cities/aldeia/{kind}/{NUMBER}")
        nothing = client.get(f"/api/v1/cities/aldeia/{kind}/99")
        assert theirs.status_code == nothing.status_code == 404
        assert theirs.json() | {"detail": ""} == nothing.json() | {"detail": ""}
        assert theirs.json()["detail"].replace(str(NUMBER), "99") == nothing.json()["detail"]
    assert items(client, f"evaluations?pilot={NUMBER}", "aldeia") == []
    assert items(client, f"pilots?challenge={NUMBER}", "aldeia") == []
