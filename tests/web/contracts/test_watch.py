"""A source breaks its contract, and an incident begins; it keeps it again, and the incident ends."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPException

import pytest
from django.core import mail

from pulso.flow import account
from pulso.flow.collect import Collected
from pulso.web.contracts.models import Incident
from pulso.web.contracts.watch import watch
from tests.flow.vila import SOURCE, Vila, a_day_later, lines, usual, vila

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def collected(tmp_path_factory) -> Vila:
    """The town with what its sources say, and no more."""
    made = vila(tmp_path_factory.mktemp("watched"))
    made.collect()
    return made


@pytest.fixture
def town(collected, tmp_path, settings) -> Vila:
    """A copy of it on the site, on the day on which all was collected."""
    made = a_day_later(collected, tmp_path / "copy")
    made.clock.pass_(days=-1)
    settings.HOME, settings.CITIES, settings.CLOCK, settings.ALERTS = made.home, [str(made.folder)], made.clock, ["office@vila.example"]
    account.keep(made.river())
    return made


def said(town: Vila) -> list[tuple[str, str, str, bool]]:
    return [(i.source, i.kind, i.subject, i.ended is None) for i in Incident.objects.order_by("pk")]


def heard(source: str, letter: str | None, unanswered: int = 0) -> Collected:
    return Collected(source, 1, 0, 0, unanswered, 0, 0, 0, 0, letter)


def test_a_town_whose_sources_keep_their_contracts_has_no_incident(town):
    assert watch("vila").opened == ()
    assert said(town) == []
    assert mail.outbox == []


def test_a_source_that_falls_silent_is_late_though_nothing_runs(town):
    town.clock.pass_(days=10)  # nothing is collected: the account is as it was
    done = watch("vila")
    assert [(i.source, i.kind, str(i.since)) for i in done.opened] == [(s, "late", "2025-03-14") for s in ("bikes", "cars", "buses")]
    assert {i.began for i in done.opened} == {town.clock()}


def test_to_look_twice_changes_nothing_and_mails_nothing_twice(town):
    town.clock.pass_(days=10)
    watch("vila")
    before = said(town)
    again = watch("vila")
    assert (again.opened, again.closed, again.lasting) == ((), (), 3)
    assert said(town) == before
    assert len(mail.outbox) == 1
    assert mail.outbox[0].to == ["office@vila.example"]
    assert "3 source contracts are broken" in mail.outbox[0].subject
    assert "Bikes: late. Nothing has come since 14 March 2025." in mail.outbox[0].body


def test_an_incident_ends_when_its_source_speaks_again(town):
    town.clock.pass_(days=10)
    watch("vila")
    more = {(day + timedelta(days=10), s): n for (day, s), n in usual("bikes").items() if day.month == 3 and day.year == 2025}
    town.file("bikes", "2025-03").write_text("\n".join(lines(usual("bikes") | more, "2025-03")) + "\n")
    account.keep(town.river(), town.collect().values())
    done = watch("vila")
    assert [(i.source, i.kind) for i in done.closed] == [("bikes", "late")]
    assert Incident.objects.get(source="bikes").ended == town.clock()
    assert done.lasting == 2
    assert "kept again" in mail.outbox[-1].subject
    assert "Bikes: late. This is over." in mail.outbox[-1].body


def test_the_same_breach_later_is_another_incident(town):
    river = town.river()
    for letter in ("the header is another", None, "the header is another"):
        account.keep(river, [heard("cars", letter)])
        watch("vila")
    assert said(town) == [("cars", "unreadable", "", False), ("cars", "unreadable", "", True)]


def test_a_source_that_does_not_answer_is_told_from_one_that_can_not_be_read(town):
    account.keep(town.river(), [heard("cars", "cars: 3 addresses brought nothing", unanswered=3), heard("buses", "no column n")])
    watch("vila")
    assert {(i.source, i.kind, i.seen, i.detail) for i in Incident.objects.all()} == {
        ("cars", "unanswered", 3.0, "cars: 3 addresses brought nothing"),
        ("buses", "unreadable", None, "no column n"),
    }
    assert "no column n" in mail.outbox[0].body


def test_a_new_column_and_a_new_sensor_are_drift_while_they_are_new(town):
    rows = lines(usual("cars"), "2025-03")
    town.file("cars", "2025-03").write_text("\n".join([f"{rows[0]},speed", *(f"{r},30" for r in rows[1:]), "2025-03-14,x9,7,30"]) + "\n")
    account.keep(town.river(), town.collect().values())
    watch("vila")
    assert {(i.source, i.kind, i.subject, i.detail) for i in Incident.objects.all()} == {
        ("cars", "drift", "undeclared", "speed"),
        ("cars", "drift", "unknown sensor", "x9"),
    }
    town.file("cars", "2025-03").write_text("\n".join(rows) + "\n")
    town.clock.pass_(hours=1)
    account.keep(town.river(), town.collect().values())
    assert len(watch("vila").closed) == 2


def test_where_too_little_comes_lately_the_contract_of_completeness_is_broken(tmp_path, settings):
    hourly = (
        SOURCE.format(name="bikes")
        .replace('expected = "1d"', 'expected = "6h"')
        .replace('column = "day" }', 'column = "day", step = "6h" }')
    )
    town = vila(tmp_path, sources=("bikes",), metrics=("bikes",), text={"bikes": hourly})
    town.collect()
    settings.HOME, settings.CITIES, settings.CLOCK = town.home, [str(town.folder)], town.clock
    account.keep(town.river())
    (found,) = watch("vila").opened
    assert (found.source, found.kind, found.subject, found.declared) == ("bikes", "incomplete", "bikes", 0.9)
    assert found.seen == pytest.approx(0.25)


def test_where_nothing_was_measured_yet_nothing_begins_and_nothing_ends(town):
    town.clock.pass_(days=10)
    watch("vila")
    account.where(town.river()).unlink()
    done = watch("vila")
    assert (done.opened, done.closed, done.lasting) == ((), (), 3)


def test_what_could_not_be_mailed_is_mailed_after_the_next_collection(town, monkeypatch):
    def broken(*_: object) -> None:
        raise SMTPException("the post office is closed")

    town.clock.pass_(days=10)
    with monkeypatch.context() as closed:
        closed.setattr("pulso.web.contracts.watch.send_mail", broken)
        assert len(watch("vila").opened) == 3
    assert mail.outbox == []
    watch("vila")
    assert len(mail.outbox) == 1
    watch("vila")
    assert len(mail.outbox) == 1


def test_a_source_whose_life_is_over_owes_nothing(tmp_path, settings):
    past = SOURCE.format(name="bikes").replace("from = 2024-01-01", "from = 2024-01-01\nto = 2025-03-10")
    town = vila(tmp_path, sources=("bikes",), metrics=("bikes",), text={"bikes": past})
    town.collect()
    town.clock.pass_(days=400)
    settings.HOME, settings.CITIES, settings.CLOCK = town.home, [str(town.folder)], town.clock
    account.keep(town.river())
    assert watch("vila").opened == ()
