"""Jobs as they are asked for, begun, and ended: every change of state is here."""

from __future__ import annotations

from datetime import datetime, timedelta

from pulso.web.readings import upkeep
from pulso.web.running.models import Job
from pulso.web.running.schedule import Schedule, wait

KEPT = timedelta(days=90)
"""How long a job that is done stays in the table."""


def ask(city: str, kind: str, due: datetime | None = None) -> Job:
    """Ask for a job, now or at a moment; one that waits already is brought forward. Asking for one that runs changes nothing."""
    moment = due or upkeep.now()
    job, new = Job.objects.exclude(state=Job.State.DONE).get_or_create(
        city=city, kind=kind, defaults={"due": moment, "state": Job.State.WAITING}
    )
    if not new and job.state == Job.State.WAITING and job.due > moment:
        job.due = moment
        job.save(update_fields=["due"])
    return job


def plan(city: str, schedule: Schedule) -> None:
    """See to it that a city's next collection is waited for: now, where there never was one or one was missed."""
    if Job.objects.filter(city=city, kind=Job.Kind.COLLECT).exclude(state=Job.State.DONE).exists():
        return
    last = Job.objects.filter(city=city, kind=Job.Kind.COLLECT).order_by("-begun").first()
    ask(city, Job.Kind.COLLECT, schedule.after(last.begun, upkeep.clock(city)) if last and last.begun else upkeep.now())


def take_over() -> int:
    """Let jobs that a killed worker left wait again; how many there were. Only for the one worker of a home."""
    left = Job.objects.filter(state=Job.State.RUNNING)
    return left.update(state=Job.State.WAITING, message="The worker that ran it was ended; it is begun again.")


def next_due(moment: datetime, cities: list[str]) -> Job | None:
    """The job of these cities that has been due longest."""
    waiting = Job.objects.filter(state=Job.State.WAITING, due__lte=moment, city__in=cities)
    return waiting.order_by("due", "id").first()


def begin(job: Job) -> None:
    """Note that it runs."""
    job.state, job.begun, job.tries = Job.State.RUNNING, upkeep.now(), job.tries + 1
    job.save()


def done(job: Job, message: str) -> None:
    """Note that it is done; after a collection comes a publication."""
    job.state, job.ended, job.message = Job.State.DONE, upkeep.now(), message[:1000]
    job.save()
    if job.kind == Job.Kind.COLLECT:
        ask(job.city, Job.Kind.PUBLISH)


def failed(job: Job, message: str) -> None:
    """Let it wait, the longer the more often it failed.

    After the first failed collection the city is published all the same: people may have entered events, and they need not wait.
    """
    job.state, job.ended, job.message = Job.State.WAITING, upkeep.now(), message[:1000]
    job.due = upkeep.now() + wait(job.tries)
    job.save()
    if job.kind == Job.Kind.COLLECT and job.tries == 1:
        ask(job.city, Job.Kind.PUBLISH)


def stopped(job: Job) -> None:
    """Put it back as it was: the worker was told to stop, which is no failure."""
    job.state, job.tries, job.message = Job.State.WAITING, job.tries - 1, "Stopped with the worker; the next one goes on."
    job.save()


def forget_old() -> None:
    """Remove what was done long ago."""
    Job.objects.filter(state=Job.State.DONE, ended__lt=upkeep.now() - KEPT).delete()
