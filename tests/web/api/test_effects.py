"""What events did, as the API tells it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pulso.flow import remembered
from pulso.show.effects import Effect, EventEffects
from pulso.web.readings import reading
from pulso.web.readings.effects import effects, largest
from tests.bench.towns import happenings

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/cities/vila/effects"


def keep(events: list[EventEffects]) -> None:
    with remembered._opened(remembered.where(reading("vila").river)) as db:
        db.execute("delete from told")
        rows = [
            (str(i), "", e.first.toordinal(), e.last.toordinal(), e.kind, remembered.size(e), remembered.FORM.dump_json(e).decode())
            for i, e in enumerate(events)
        ]
        db.executemany("insert into told values (?, ?, ?, ?, ?, ?, ?)", rows)


def made(n: int) -> list[EventEffects]:
    """So many, three a day, each of the index and two metrics; every third can't be told."""
    found = []
    for i, s in enumerate([*happenings(n), *happenings(n), *happenings(n)]):
        told = Effect(None, 0.01 * i, 0.01 * i - 0.2, 0.01 * i + 0.2, 0.5, 300, 1, "more" if i > 20 else "cannot tell")
        unknown = Effect(None, None, None, None, None, 3, 0, "cannot tell", "short past")
        parts = (unknown if i % 3 == 0 else told, Effect("bikes", 0.5, 0.2, 0.9, 0.01, 300, 1, "more"), unknown)
        found.append(EventEffects(f"{s.name} {i}", "", s.kind, s.zone, s.first, s.last + timedelta(days=i % 2), False, parts))
    return found


@pytest.fixture
def many(tmp_path, town, settings):
    from tests.flow.vila import a_day_later

    later = a_day_later(town, tmp_path)
    settings.HOME, settings.CITIES, settings.CLOCK = later.home, [str(later.folder)], later.clock
    keep(made(40))


@pytest.mark.parametrize("asked", ["", "&kind=works", "&from=2026-10-10", "&to=2026-10-10"])
@pytest.mark.parametrize("limit", [7, 50])
def test_a_walk_meets_each_row_once_in_order(many, client, asked, limit):
    whole = client.get(f"{ROOT}?limit=1000{asked}").json()
    assert whole["next"] is None
    keys = [(r["first"], r["last"], r["kind"], r["name"]) for r in whole["items"]]
    assert keys == sorted(keys)
    assert len(whole["items"]) == 3 * len(set(keys)) > 10
    met, cursor = [], ""
    while True:
        page = client.get(f"{ROOT}?limit={limit}{asked}{cursor}").json()
        met += page["items"]
        if not page["next"]:
            break
        cursor = f"&cursor={page['next']}"
    assert met == whole["items"]


def test_the_index_comes_first_and_what_can_not_be_told_says_why(many, client):
    rows = client.get(f"{ROOT}?limit=1000").json()["items"]
    assert [r["metric"] for r in rows[:3]] == [None, "bikes", None]
    assert {r["refusal"] for r in rows if r["change"] is None} == {"short past"}
    assert {r["refusal"] for r in rows if r["change"] is not None} == {""}


def test_what_was_never_measured_is_an_empty_page(site):
    assert site.get(f"{ROOT}?to=2000-01-01").json()["items"] == []


def test_days_turned_round_are_refused(site):
    answer = site.get(f"{ROOT}?from=2025-03-02&to=2025-03-01")
    assert answer.status_code == 400
    assert "not before" in answer.json()["detail"]


def test_the_largest_come_first_then_what_may_be_chance_then_the_rest(many):
    found, total = largest(reading("vila"), None, 1_000)
    assert total == len(found) == 120
    sizes = [remembered.size(e) for e in found]
    sure = [s for s in sizes if s is not None and s > 0]
    chance = [s for s in sizes if s is not None and s <= 0]
    assert sizes == [*sorted(sure, reverse=True), *sorted(chance), *[None] * (120 - len(sure) - len(chance))]
    assert largest(reading("vila"), "works", 5)[0] == [e for e in found if e.kind == "works"][:5]
    first = found[0]
    assert first in effects(reading("vila"), first.first, first.last)._found.values()


def test_a_damaged_file_is_nothing_known_and_made_anew(many, client, caplog):
    river = reading("vila").river
    path = remembered.where(river)
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    path.write_bytes(b"no database at all, but long enough to be taken for one" * 100)
    assert client.get(ROOT).json()["items"] == []
    assert "is damaged" in caplog.text
    assert client.get("/en/vila/effects").status_code == 200
    assert remembered.keep(river) == 1  # the town's strike
    assert client.get(f"{ROOT}?limit=1").json()["items"][0]["kind"] == "strike"
    assert remembered.keep(river) == 0


def test_two_runs_at_once_do_not_wait_for_each_other_s_measuring(many, monkeypatch):
    river, measured = reading("vila").river, remembered._told

    def slowly(*asked):
        with remembered._opened(remembered.where(river)):  # somebody else writes while this run measures
            pass
        return measured(*asked)

    monkeypatch.setattr(remembered, "_told", slowly)
    assert remembered.keep(river) == 1
