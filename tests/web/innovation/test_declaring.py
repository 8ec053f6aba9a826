"""A frozen pilot is an event that the river knows of: with its protocol in force, and without anybody's hand."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client

from pulso.errors import LakeBusy
from pulso.lake.lake import still
from pulso.web.agenda import writes as by_hand
from pulso.web.innovation import declaring, writes
from pulso.web.innovation.models import Pilot
from pulso.web.people.models import Step
from pulso.web.readings import Span, entries, reading
from pulso.web.running.worker import Outcome, Worker

pytestmark = pytest.mark.django_db
MOVED = {"text": "A week later.", "reason": "A storm."}


@pytest.fixture(autouse=True)
def committed(request, monkeypatch) -> None:
    """What waits for the end of a transaction happens at once, where a test's never ends."""
    if not request.node.get_closest_marker("django_db").kwargs.get("transaction"):
        monkeypatch.setattr("django.db.transaction.on_commit", lambda do, **_: do())


def declared() -> list[tuple[str | None, date, date]]:
    """The pilots among the events of Vila, as the river sees them, by zone: the lake keeps them by the names of their entries."""
    found = [(e.zone, e.first, e.last) for e in reading("vila").river.lake.events() if e.kind == "pilot"]
    return sorted(found, key=lambda e: (e[0] or "", e[1]))


def test_freezing_declares_the_window_in_each_treated_zone_in_the_city_s_name(boss, pilot, protocol):
    made = writes.write_protocol(boss, pilot, zones=["north", "south"], comparison_zones=[], method="window")
    writes.set_least_effect(None, made, value=7.25, how="windows", series="ab" * 32)
    assert declared() == [], "a draft is nobody's business"
    writes.freeze(boss, pilot)
    assert declared() == [(z, date(2025, 3, 20), date(2025, 3, 26)) for z in ("north", "south")]
    found = entries.entered(reading("vila"))
    assert {(e.who, e.span.name, e.span.link, e.span.silences, e.sign) for e in found} == {
        ("Vila", "No cars", f"pilots/{pilot.pk}", (), "")
    }
    assert len({e.id for e in found}) == 2
    assert [s.action for s in Step.objects.all()].count("enter event") == 0, "nobody entered it"


def test_a_pilot_of_the_whole_city_is_one_event_without_a_zone(boss, pilot, protocol):
    made = writes.write_protocol(boss, pilot, zones=[], comparison_zones=[], method="window")
    writes.set_least_effect(None, made, value=7.25, how="windows", series="ab" * 32)
    writes.freeze(boss, pilot)
    assert declared() == [(None, date(2025, 3, 20), date(2025, 3, 26))]


def test_what_is_amended_is_declared_from_then_on_and_what_was_known_before_stays_known(boss, pilot, frozen, clock):
    then = clock()
    clock.pass_(minutes=5)
    writes.amend(boss, frozen, "window_last", date(2025, 4, 2), **MOVED)
    writes.amend(boss, frozen, "method", "window", **MOVED)
    writes.amend(boss, frozen, "comparison_zones", [], **MOVED)
    assert declared() == [("north", date(2025, 3, 20), date(2025, 4, 2))]
    earlier = reading("vila").river.lake.events(then + timedelta(minutes=1))
    assert [e.last for e in earlier if e.kind == "pilot"] == [date(2025, 3, 26)]
    writes.amend(boss, frozen, "zones", ["south"], **MOVED)
    assert declared() == [("south", date(2025, 3, 20), date(2025, 4, 2))]


def test_a_pilot_goes_by_its_title_of_today(boss, pilot, frozen):
    writes.change_pilot(boss, pilot, title="No cars at all")
    assert [e.span.name for e in entries.entered(reading("vila"))] == ["No cars at all"]


def test_a_pilot_that_is_stopped_before_its_window_never_was(boss, pilot, frozen):
    writes.move(pilot, "stopped", boss, why="No money.")
    assert declared() == []


@pytest.mark.parametrize("advanced", [True, False])
def test_a_pilot_that_is_stopped_within_its_window_ends_on_that_day_of_the_city(boss, pilot, frozen, clock, advanced):
    clock.pass_(days=5, hours=14, minutes=30)  # half past eleven in the evening of the 21st, in winter, in Lisbon too
    if advanced:
        writes.advance("vila")
    writes.move(pilot, "stopped", boss, why="Two accidents.")
    assert declared() == [("north", date(2025, 3, 20), date(2025, 3, 21))]


def test_the_day_of_a_stop_is_the_city_s_own(boss, pilot, frozen, clock):
    """In summer half past eleven in the evening, UTC, is the next day in Lisbon."""
    writes.amend(boss, frozen, "window_last", date(2025, 4, 20), **MOVED)
    clock.pass_(days=(date(2025, 4, 5) - clock().date()).days, hours=14, minutes=30)
    assert clock() == datetime(2025, 4, 5, 23, 30, tzinfo=UTC)
    writes.move(pilot, "stopped", boss, why="Two accidents.")
    assert declared() == [("north", date(2025, 3, 20), date(2025, 4, 6))]


def test_a_pilot_whose_window_is_over_was_on_for_all_of_it(boss, pilot, frozen, ended):
    assert declared() == [("north", date(2025, 3, 20), date(2025, 3, 26))]


def test_declaring_twice_changes_nothing(boss, frozen):
    head = reading("vila").river.lake.entry_table.head()
    assert writes.declare("vila") == 0
    assert reading("vila").river.lake.entry_table.head() == head
    assert writes.declare("aldeia") == 0


def test_a_busy_lake_loses_nothing_the_worker_declares_it_before_the_next_publication(boss, pilot, protocol, monkeypatch, caplog):
    monkeypatch.setattr(entries, "PATIENCE", 0.0)
    with still(reading("vila").river.lake.root):
        writes.freeze(boss, pilot)
    pilot.refresh_from_db()
    assert pilot.status == Pilot.Status.FROZEN
    assert declared() == []
    assert "declared later" in caplog.text
    known = []

    def run(job) -> Outcome:
        known.append((job.city, job.kind, declared()))
        return Outcome(0, "")

    Worker(run).work(once=True)
    assert [(city, kind, len(there)) for city, kind, there in known if city == "vila"] == [("vila", "collect", 0), ("vila", "publish", 1)]


def test_what_is_half_done_is_completed(boss, pilot, protocol, monkeypatch):
    made = writes.write_protocol(boss, pilot, zones=["north", "south"], comparison_zones=[], method="window")
    writes.set_least_effect(None, made, value=7.25, how="windows", series="ab" * 32)
    enter, calls = entries.enter, []

    def once(*args, **rest):
        calls.append(args)
        if len(calls) == 2:
            raise LakeBusy("a backup began")
        enter(*args, **rest)

    monkeypatch.setattr(entries, "enter", once)
    writes.freeze(boss, pilot)
    assert len(declared()) == 1
    monkeypatch.setattr(entries, "enter", enter)
    assert writes.declare("vila") == 1
    assert len(declared()) == 2


def test_what_is_no_pilot_s_is_withdrawn_and_what_people_entered_stays(boss, frozen):
    lake = reading("vila").river.lake
    told = {"from": date(2025, 3, 1), "to": date(2025, 3, 9), "name": "Forged", "link": "pilots/99"}
    lake.enter("ee" * 16, Span.model_validate(told | {"kind": "pilot"}), who="somebody")
    lake.enter("ff" * 16, Span.model_validate(told | {"kind": "fair", "name": "Fair"}), who="somebody")
    assert declaring.declare("vila") == 1
    assert {e.span.name for e in lake.entered()} == {"No cars", "Fair"}


def test_nobody_enters_changes_or_withdraws_a_pilot_by_hand(client: Client, boss, pilot, frozen):
    client.force_login(boss)
    (entry,) = entries.entered(reading("vila"))
    said = {"first": "2025-03-10", "last": "2025-03-11", "kind": "pilot", "name": "Mine", "zone": "north", "link": "", "sign": ""}
    assert client.post("/en/vila/agenda/enter", said).status_code == 400
    assert 'value="pilot"' not in client.get("/en/vila/agenda/enter").content.decode()
    at = f"/en/vila/agenda/entry/{entry.id}"
    for posted in (said, said | {"kind": "fair"}, {"withdraw": "1"}):
        answer = client.post(at, posted)
        assert answer.status_code == 403
        assert "its protocol says when and where it is" in answer.content.decode()
    assert client.get(at).status_code == 403
    assert entries.entered(reading("vila")) == [entry]
    for write in (
        lambda: by_hand.enter(boss, reading("vila"), entry.span, ""),
        lambda: by_hand.change(boss, reading("vila"), entry, entry.span.model_copy(update={"kind": "fair"}), ""),
        lambda: by_hand.withdraw(boss, reading("vila"), entry),
    ):
        with pytest.raises(ValueError, match="by hand"):
            write()


@pytest.mark.parametrize(("lang", "words"), [("en", "by its protocol"), ("pt", "pelo seu protocolo")])
def test_the_desk_says_where_a_pilot_among_its_entries_comes_from(client: Client, boss, pilot, frozen, lang, words):
    client.force_login(boss)
    page = client.get(f"/{lang}/vila/agenda/enter").content.decode()
    assert f'<a href="/{lang}/vila/pilots/{pilot.pk}">{words}' in page
    assert "/agenda/entry/" not in page
    (said,) = client.get(f"/{lang}/vila/agenda/enter.json").json()["entries"]
    assert (said["pilot"], said["link"], said["by"]) == (f"/{lang}/vila/pilots/{pilot.pk}",) * 2 + ("Vila",)


@pytest.mark.django_db(transaction=True)
def test_what_was_not_written_is_not_declared(client: Client, boss, pilot, protocol):
    with transaction.atomic():
        writes.freeze(boss, pilot)
        transaction.set_rollback(True)
    assert declared() == []
    client.force_login(boss)
    asked = client.get(f"/en/vila/desk/pilots/{pilot.pk}/freeze").content.decode()
    (seen,) = re.findall(r'name="seen" value="(\w+)"', asked)
    assert client.post(f"/en/vila/desk/pilots/{pilot.pk}/freeze", {"seen": seen}).status_code == 302
    assert declared() == [("north", date(2025, 3, 20), date(2025, 3, 26))]
    pilot.refresh_from_db()
    writes.move(pilot, "stopped", boss, why="No money.")
    assert declared() == []
