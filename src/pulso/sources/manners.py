"""How we behave towards a host: few connections, a pause between requests, and no knocking where nobody is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class _Host:
    slots: threading.Semaphore
    next_at: float = 0.0  # on the monotonic clock
    unreached: int = 0  # attempts in a row that found nobody
    failed: int = 0  # addresses in a row that brought nothing, however often asked
    given_up: str | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class Hosts:
    """What one run remembers of each host that it asks. Sources share it: what one finds unreachable, the next does not wait for.

    A host is given up for the rest of the run after `most_unreached` attempts in a row without a connection, or after `most_failed`
    addresses in a row without an answer. A 404 is an answer.
    """

    def __init__(
        self,
        *,
        connections: int = 2,
        delay: float = 0.1,
        most_unreached: int = 6,
        most_failed: int = 8,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.delay = delay
        self.most_unreached = most_unreached
        self.most_failed = most_failed
        self._clock = clock
        self._sleep = sleep
        self._connections = connections
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """Wait for a free connection and for the pause since the last request, in seconds; hold the connection within the block."""
        h = self._of(host)
        with h.slots:
            with h.lock:
                now = self._clock()
                start = max(now, h.next_at)
                h.next_at = start + self.delay
            if start > now:
                self._sleep(start - now)
            yield

    def hold(self, host: str, seconds: float) -> None:
        """Ask this host nothing for so many seconds: it said so (Retry-After)."""
        h = self._of(host)
        with h.lock:
            h.next_at = max(h.next_at, self._clock() + seconds)

    def answered(self, host: str) -> None:
        """Note that somebody is there and well."""
        h = self._of(host)
        with h.lock:
            h.unreached = h.failed = 0

    def unreached(self, host: str, why: str) -> None:
        """Note an attempt that found nobody."""
        h = self._of(host)
        with h.lock:
            h.unreached += 1
            if h.unreached >= self.most_unreached:
                h.given_up = h.given_up or why

    def failed(self, host: str, why: str) -> None:
        """Note an address that brought nothing, after all its attempts."""
        h = self._of(host)
        with h.lock:
            h.failed += 1
            if h.failed >= self.most_failed:
                h.given_up = h.given_up or why

    def give_up(self, host: str, why: str) -> None:
        """Ask this host nothing more in this run."""
        self._of(host).given_up = why

    def given_up(self, host: str) -> str | None:
        """Why this host is not asked any more; None while it is."""
        return self._of(host).given_up

    def ailing(self, host: str) -> bool:
        """Say whether its last address brought nothing: then fewer attempts are made."""
        return self._of(host).failed > 0

    def _of(self, host: str) -> _Host:
        with self._lock:
            if host not in self._hosts:
                self._hosts[host] = _Host(threading.Semaphore(self._connections))
            return self._hosts[host]
