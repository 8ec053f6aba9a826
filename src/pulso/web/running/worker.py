"""The worker: collects and publishes every shown city when it is time, in processes of their own so that memory returns."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from types import FrameType
from typing import NamedTuple

from django.apps import apps
from django.conf import settings
from django.db import OperationalError, close_old_connections, connection

from pulso.errors import PulsoError
from pulso.web import readings
from pulso.web.readings import upkeep
from pulso.web.running import jobs, locks, schedule
from pulso.web.running.models import Job

log = logging.getLogger("pulso.worker")
LOOK = 20.0
"""Seconds between two looks at what is due."""
LONGEST = 6 * 3600
"""Seconds after which a job is ended: it hangs."""
PULSO = (sys.executable, "-c", "from pulso.cli import main; main()")


class Outcome(NamedTuple):
    """What came of a process."""

    code: int
    message: str


Run = Callable[[Job], Outcome]


class Worker:
    """Lives until it is told to stop; what it did not finish, the next one takes up."""

    def __init__(self, run: Run | None = None) -> None:
        self.stopping = Event()
        self.child: subprocess.Popen[str] | None = None
        self.tidied: date | None = None
        self.run = run or self._as_process

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """End soon: the process that runs is told to stop, which loses nothing."""
        self.stopping.set()
        if self.child is not None and self.child.poll() is None:
            self.child.send_signal(signal.SIGINT)

    def work(self, *, once: bool = False) -> bool:
        """Work until stopped, or every shown city once, now; whether everything that was tried succeeded.

        Where the database can't be used, it is asked again until it can; once, that is a PulsoError.
        """
        plan = None if once else schedule.read(settings.SCHEDULE)
        with locks.the_worker(Path(settings.HOME)):
            fine, begun, out_of_order = True, False, False
            while not self.stopping.is_set():
                try:
                    if not begun:
                        self._begin(once=once)
                        begun, out_of_order = True, False
                    done = self._next(plan)
                except OperationalError as why:  # its disk is full, its server is begun again: a worker outlives that
                    if once:
                        raise PulsoError(
                            f"The database can't be used: {str(why).strip()}. What was collected or published stands."
                        ) from None
                    if not out_of_order:
                        log.error("the database can't be used", extra={"said": {"why": str(why).strip()}})
                    begun, out_of_order = False, True
                    connection.close()
                    self.stopping.wait(LOOK)
                    continue
                if done is not None:
                    fine = done and fine
                elif once:
                    break
                else:
                    close_old_connections()
                    self.stopping.wait(LOOK)
            return fine

    def _begin(self, *, once: bool) -> None:
        """Take up what another worker, or this one before the database failed, did not end."""
        left = jobs.take_over()
        if left:
            log.info("taken over", extra={"said": {"jobs": left}})
        for city in readings.cities() if once else ():
            jobs.ask(city, Job.Kind.COLLECT)

    def _next(self, plan: schedule.Schedule | None) -> bool | None:
        """Do what has been due longest, and say whether it succeeded; None where nothing is due."""
        cities = readings.cities()
        if plan is not None:
            for city in cities:
                jobs.plan(city, plan)
        job = jobs.next_due(upkeep.now(), cities)
        if job is not None:
            return self._do(job)
        _afterwards("pulso.web.api.hooks", "deliver")
        if plan is not None:
            jobs.forget_old()
            self._let_go()
        return None

    def _let_go(self) -> None:
        """Once a day, of what is kept of people no longer than the page on privacy says."""
        today = upkeep.now().date()
        if self.tidied != today:
            self.tidied = today
            _afterwards("pulso.web.people.retention", "retain")

    def _do(self, job: Job) -> bool:
        jobs.begin(job)
        began = time.monotonic()
        code, message = self.run(job)
        stopped = self.stopping.is_set() and code != 0
        if stopped:
            jobs.stopped(job)
        elif code:
            jobs.failed(job, message)
        else:
            jobs.done(job, message)
            if job.kind == Job.Kind.COLLECT:
                _afterwards("pulso.web.contracts.watch", "watch", job.city)
                _afterwards("pulso.web.innovation.writes", "declare", job.city)  # before the publication that comes next
                _afterwards("pulso.web.fibre.cuts", "tell", job.city)
            else:
                upkeep.days(job.city)  # the shelf, now, and not with somebody's first look
                _afterwards("pulso.web.api.files", "prepare", job.city)
                _afterwards("pulso.web.innovation.writes", "advance", job.city)
                _afterwards("pulso.web.innovation.writes", "declare", job.city)
                _afterwards("pulso.web.api.hooks", "deliver")
        seconds = round(time.monotonic() - began, 1)
        said = {"city": job.city, "kind": job.kind, "state": job.state, "tries": job.tries, "seconds": seconds, "message": job.message}
        log.log(logging.WARNING if code and not stopped else logging.INFO, "job", extra={"said": said})
        return code == 0 or stopped

    def _as_process(self, job: Job) -> Outcome:
        """Run `pulso collect` or `pulso publish`."""
        where = str(upkeep.folders()[job.city])
        wanted = ["--measure", *(["--json"] if job.kind == Job.Kind.COLLECT else [])]
        environment = {k: v for k, v in os.environ.items() if k != "COLUMNS"} | {"PULSO_HOME": str(settings.HOME)}
        command = [*PULSO, job.kind, where, *wanted]
        # a session of its own: a stroke of Ctrl-C reaches the worker alone, which hands it on once
        self.child = subprocess.Popen(  # noqa: S603  # our own command, and a place from the settings
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        try:
            out, err = self.child.communicate(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.communicate()
            return Outcome(1, f"It was ended after {LONGEST // 3600} hours without an end.")
        code = self.child.returncode
        return Outcome(code, _letter(err, code) if code else _told(job, out, err))


def _told(job: Job, out: str, err: str) -> str:
    """What a process that went well says, in a line."""
    if job.kind == Job.Kind.PUBLISH:
        return " ".join(out.split())
    told = json.loads(out)
    silent = [t["source"] for t in told if t["letter"]]
    words = f"{sum(t['new'] for t in told):,} new answers, {sum(t['kept'] for t in told):,} observations kept."
    return f"{words} No answer from {', '.join(silent)}: {' '.join(err.split())}" if silent else words


def _letter(err: str, code: int) -> str:
    """What a process that failed says: its letter, or the last line of its accident."""
    lines = [line.strip(" │╭╮╰╯─") for line in err.splitlines()]
    lines = [line for line in lines if line]
    if code < 0:
        return f"It was ended from outside by signal {-code}: by a person, or by the system, most likely because memory ran out."
    if not lines:
        return f"It ended with code {code} and without a word."
    return lines[-1] if "Traceback (most recent call last):" in lines else " ".join(lines)


def _afterwards(module: str, function: str, *words: str) -> None:
    """Call another app, where this site has it; its mishaps are logged, and never stop the worker."""
    app = module.rpartition(".")[0]
    if not apps.is_installed(app) or find_spec(module) is None:
        return
    try:
        getattr(import_module(module), function, lambda *_: None)(*words)
    except Exception:  # whatever goes wrong with a mail or a hook, cities go on being published
        log.exception("%s.%s failed", module, function)
