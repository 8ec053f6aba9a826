"""Those who listen to this process's streams: one thread looks for all of them, and wakes them when something happened in their city.

A stream holds a thread of the server while it is open, asleep nearly always; so a listener costs a stack and, every few seconds, a few
bytes. Looking costs two questions a city, however many listen to it.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Condition, Thread

from django.db import Error, connection

from pulso.errors import PulsoError
from pulso.web import readings
from pulso.web.api.happenings import latest

LOOK = 2.0
"""Seconds between two looks at a city."""
log = logging.getLogger("pulso.web.api")


@dataclass
class Town:
    """A city that somebody listens to."""

    seen: Hashable  # what was found at the last look
    turn: int = 0  # goes up whenever something else was found
    listeners: int = 0


class Enough(PulsoError):  # noqa: N818  # it names a state of the world
    """Somebody listens already as often as one may."""


class Listeners:
    """The places of this process, and who sits on them. `look` gives another value of a city whenever something happened there."""

    def __init__(self, look: Callable[[str], Hashable], pause: float = LOOK) -> None:
        self.ended = False
        self._look, self._pause = look, pause
        self._towns: dict[str, Town] = {}
        self._askers: Counter[str] = Counter()
        self._news = Condition()
        self._watchman: Thread | None = None

    def enter(self, slug: str, room: int, who: str = "", own: int | None = None) -> bool:
        """Take a place, of so many; False where there is none left, or the process is about to end.

        Enough where `who` sits on their `own` number of places already.
        """
        seen = self._look(slug)  # before the listener's own first look: nothing falls between the two
        with self._news:
            if self.ended or sum(t.listeners for t in self._towns.values()) >= room:
                return False
            if own is not None and self._askers[who] >= own:
                raise Enough(who)
            self._askers[who] += 1
            self._towns.setdefault(slug, Town(seen)).listeners += 1
            if self._watchman is None:
                self._watchman = Thread(target=self._keep_looking, name="watchman", daemon=True)
                self._watchman.start()
        return True

    def leave(self, slug: str, who: str = "") -> None:
        """Give a place back."""
        with self._news:
            self._askers[who] -= 1
            if not self._askers[who]:
                del self._askers[who]
            town = self._towns[slug]
            town.listeners -= 1
            if not town.listeners:
                del self._towns[slug]

    def wait(self, slug: str, turn: int, seconds: float) -> int:
        """Sleep until something happens after this turn, or so many seconds; the turn that it is then."""
        with self._news:
            self._news.wait_for(lambda: self.ended or self._towns[slug].turn != turn, seconds)
            return self._towns[slug].turn

    def end(self) -> None:
        """Wake all, and let nobody in any more: the process ends."""
        with self._news:
            self.ended = True
            self._news.notify_all()

    def _keep_looking(self) -> None:
        """Look at each city that somebody listens to, until nobody does."""
        while True:
            time.sleep(self._pause)
            with self._news:
                slugs = [] if self.ended else list(self._towns)
                if not slugs:
                    self._watchman = None
                    return
            for slug in slugs:
                self._look_at(slug)
            connection.close()  # this thread's own

    def _look_at(self, slug: str) -> None:
        try:
            seen = self._look(slug)
        except (PulsoError, Error, OSError) as why:  # a database that is being brought back: the next look may find it
            log.warning("the streams of %s: could not look: %s", slug, why)
            return
        with self._news:
            town = self._towns.get(slug)
            if town and town.seen != seen:
                town.seen, town.turn = seen, town.turn + 1
                self._news.notify_all()


LISTENERS = Listeners(lambda slug: latest(readings.reading(slug)))


def end_with_the_process() -> None:
    """End all streams at SIGTERM and SIGINT, whoever handles those: an open stream would keep a server from ending. In the main thread."""
    heard, told = os.pipe()
    os.set_blocking(told, False)
    signal.set_wakeup_fd(told, warn_on_full_buffer=False)

    def hear() -> None:
        while os.read(heard, 1)[0] not in (signal.SIGTERM, signal.SIGINT):
            pass
        LISTENERS.end()

    Thread(target=hear, name="the end", daemon=True).start()
