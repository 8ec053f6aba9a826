"""`pulso worker`."""

from __future__ import annotations

import signal
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from pulso.errors import PulsoError
from pulso.web import readings
from pulso.web.running.prepare import finish_and_check
from pulso.web.running.worker import Worker


class Command(BaseCommand):
    """Collect and publish on schedule."""

    help = "Collect and publish every shown city on schedule (PULSO_SCHEDULE)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Once, or for good."""
        parser.add_argument("--once", action="store_true", help="every shown city once, now; ends with 1 if one failed")

    def handle(self, *_args: Any, once: bool, **_options: Any) -> None:
        """Work."""
        finish_and_check()
        if once and not readings.cities():
            raise PulsoError(
                "No city is shown yet, so there is nothing to do. Name them, or their folders: PULSO_CITIES=demo,cities/mycity"
            )
        worker = Worker()
        for end in (signal.SIGINT, signal.SIGTERM):
            signal.signal(end, worker.stop)
        fine = worker.work(once=once)
        if once and not fine:
            sys.exit(1)  # one that stays and is told to stop ends well, whatever failed in its life
