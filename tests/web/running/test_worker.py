"""The worker: who is due is collected and published, what fails is tried again, what was left is taken up."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError, transaction

from pulso.errors import PulsoError
from pulso.web.running import jobs, locks
from pulso.web.running import worker as workers
from pulso.web.running.models import Job
from pulso.web.running.schedule import read
from pulso.web.running.worker import Outcome, Worker

pytestmark = pytest.mark.django_db
MORNING = read("06:30")


def lines() -> list[tuple[str, str, int]]:
    return [(j.kind, j.state, j.tries) for j in Job.objects.order_by("id")]


def test_a_city_is_collected_and_then_published(own_town):
    ran = []
    assert Worker(lambda job: Outcome(0, f"{ran.append(job.kind)}")).work(once=True)
    assert ran == ["collect", "publish"]
    assert lines() == [("collect", "done", 1), ("publish", "done", 1)]


def test_the_real_commands_do_it(own_town):
    assert Worker().work(once=True)
    collected, published = Job.objects.order_by("id")
    assert collected.message.endswith("observations kept.")
    assert "nothing is new" in published.message
    assert published.ended >= published.begun


def test_a_city_that_no_source_answers_says_so_waits_and_is_published_all_the_same(own_town, monkeypatch):
    monkeypatch.setenv("PULSO_MIRROR", str(own_town.folder / "nowhere"))
    assert not Worker().work(once=True)
    collected = Job.objects.get(kind="collect")
    assert (collected.state, collected.tries) == ("waiting", 1)
    assert collected.due == own_town.clock() + timedelta(minutes=5)
    assert collected.message
    assert "Traceback" not in collected.message
    assert Job.objects.get(kind="publish").state == "done"


def test_what_fails_again_waits_longer_and_is_published_once(own_town):
    ran = []

    def run(job: Job) -> Outcome:
        ran.append(job.kind)
        return Outcome(3, "nobody answers") if job.kind == "collect" else Outcome(0, "")

    for minutes in (5, 15, 60, 60):
        assert not Worker(run).work(once=True)
        job = Job.objects.get(kind="collect")
        assert job.due == own_town.clock() + timedelta(minutes=minutes)
        own_town.clock.pass_(hours=2)
    assert ran.count("publish") == 1


def test_the_next_morning_is_waited_for_and_a_missed_one_is_made_up(own_town):
    jobs.plan("vila", MORNING)
    first = Job.objects.get()
    assert first.due == own_town.clock()
    jobs.begin(first)
    jobs.done(first, "")
    jobs.plan("vila", MORNING)
    second = Job.objects.get(kind="collect", state="waiting")
    assert second.due.strftime("%H:%M") == "06:30"
    assert first.begun < second.due <= first.begun + timedelta(days=1)
    own_town.clock.pass_(days=5)
    assert jobs.next_due(own_town.clock(), ["vila"]).kind == "publish"
    Job.objects.filter(kind="publish").delete()
    assert jobs.next_due(own_town.clock(), ["vila"]) == second


def test_what_a_killed_worker_left_is_taken_up(own_town):
    job = jobs.ask("vila", "collect")
    jobs.begin(job)
    ran = []
    assert Worker(lambda job: Outcome(0, f"{ran.append(job.pk)}")).work(once=True)
    assert ran[0] == job.pk
    job.refresh_from_db()
    assert (job.state, job.tries) == ("done", 2)


def test_there_is_one_worker_a_home(own_town):
    with locks.the_worker(own_town.home), pytest.raises(locks.Occupied, match="already runs"):
        Worker(lambda _: Outcome(0, "")).work(once=True)
    assert not Job.objects.exists()


def test_a_worker_that_is_stopped_puts_its_job_back(own_town):
    def run(job: Job) -> Outcome:
        worker.stop()
        return Outcome(130, "Stopped.")

    worker = Worker(run)
    worker.work(once=True)
    assert lines() == [("collect", "waiting", 0)]


def test_a_city_has_one_open_job_of_a_kind(own_town):
    job = jobs.ask("vila", "publish", own_town.clock() + timedelta(hours=1))
    assert jobs.ask("vila", "publish").pk == job.pk
    assert Job.objects.get().due == own_town.clock()
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.create(city="vila", kind="publish", due=own_town.clock())


def test_old_jobs_are_forgotten(own_town):
    job = jobs.ask("vila", "publish")
    jobs.begin(job)
    jobs.done(job, "")
    own_town.clock.pass_(days=91)
    jobs.forget_old()
    assert not Job.objects.exists()


def test_what_is_kept_of_people_no_longer_goes_once_a_day(own_town, monkeypatch):
    gone = []
    monkeypatch.setattr("pulso.web.people.retention.retain", lambda: gone.append(own_town.clock()))
    worker, plan = Worker(lambda _: Outcome(0, "")), read("06:30")
    for days in (1, 2):
        for _ in range(3):
            while worker._next(plan) is not None:
                pass
        assert len(gone) == days
        own_town.clock.pass_(days=1)


def test_pilots_whose_day_has_come_move_on_once_the_city_is_published(own_town, monkeypatch):
    moved = []
    monkeypatch.setattr("pulso.web.innovation.writes.advance", moved.append)
    assert Worker(lambda job: Outcome(job.kind == "publish" and not moved, "")).work(once=True) is False
    assert moved == []  # what was not published moves nothing
    assert Worker(lambda _: Outcome(0, "")).work(once=True)
    assert moved == ["vila"]


def test_a_mishap_afterwards_does_not_stop_the_worker(own_town, monkeypatch):
    watch = pytest.importorskip("pulso.web.contracts.watch")

    def breaks(_slug: str) -> None:
        raise RuntimeError("no mail today")

    monkeypatch.setattr(watch, "watch", breaks)
    assert Worker(lambda _: Outcome(0, "")).work(once=True)
    assert [state for _, state, _ in lines()] == ["done", "done"]


def test_a_worker_outlives_its_database_and_begins_again_what_ran(own_town, monkeypatch, caplog):
    """The disk is full when the end of a job is to be noted, and has room when it is tried a third time."""
    noted, failures, ran = jobs.done, [OperationalError("database or disk is full")] * 2, []

    def done(job: Job, message: str) -> None:
        if failures:
            raise failures.pop()
        noted(job, message)

    def run(job: Job) -> Outcome:
        ran.append(job.kind)
        if job.kind == "publish":
            worker.stop()
        return Outcome(0, "")

    monkeypatch.setattr(jobs, "done", done)
    monkeypatch.setattr(workers, "LOOK", 0.01)
    monkeypatch.setattr(workers.connection, "close", lambda: None)  # the test's own transaction is in it
    worker = Worker(run)
    assert worker.work()
    assert ran == ["collect", "collect", "collect", "publish"]
    assert lines() == [("collect", "done", 3), ("publish", "done", 1), ("collect", "waiting", 0)]
    assert [r.getMessage() for r in caplog.records].count("the database can't be used") == 2  # in order between: it is news again


def test_a_worker_for_cron_says_that_its_database_failed(own_town, monkeypatch):
    def begin(_: Job) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(jobs, "begin", begin)
    with pytest.raises(PulsoError, match="can't be used: the connection is closed"):
        Worker(lambda _: Outcome(0, "")).work(once=True)


def test_a_job_that_the_system_killed_says_so(own_town, monkeypatch):
    monkeypatch.setattr(workers, "PULSO", (sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"))
    assert not Worker().work(once=True)
    assert "by signal 9" in Job.objects.get(kind="collect").message


def test_a_worker_that_was_told_to_stop_ends_well(own_town):
    """Whatever failed in its life: a service that is stopped has not failed."""
    command = [sys.executable, "-m", "pulso.web", "worker"]
    said = {"PULSO_HOME": str(own_town.home), "PULSO_CITIES": str(own_town.folder), "PULSO_MIRROR": str(own_town.folder)}
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PULSO_", "DJANGO_"))} | said
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        for line in process.stderr:  # nothing lies in that mirror
            if '"kind": "publish"' in line:
                break
        process.terminate()
        assert process.wait(60) == 0
