"""How often one may ask: a bucket of tokens for each person, whichever of their keys they say, or for each address where no key is said.

The buckets lie in the memory of one process: a site of four processes allows up to four times as much, and a restart fills them.
Exact counting would cost a write a request; what this keeps out is a loop without a pause.
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from django.conf import settings
from django.http import HttpRequest

from pulso.web.people import keys
from pulso.web.people.models import Key

MOST = 20_000
"""So many askers are remembered; whoever asked least lately is forgotten, with a full bucket."""


@dataclass(frozen=True)
class Asker:
    """Who asks, and how often they may."""

    name: str  # of the bucket
    a_minute: int  # 0: as often as they like
    person: int | None = None  # whose key they said
    key: int | None = None  # and which
    said: Key | None = None  # the same, with its person
    wrong: bool = False  # they said a key that opens nothing


@dataclass(frozen=True)
class Left:
    """What is left of a bucket."""

    limit: int
    remaining: int
    reset: int  # seconds until it is full again
    wait: int  # seconds until there is one token; 0: there was one


class Buckets:
    """Tokens that flow back evenly: a bucket holds a minute's worth. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._kept: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, name: str, a_minute: int) -> Left:
        """Take a token, if there is one."""
        now, pace = self.clock(), a_minute / 60
        with self._lock:
            tokens, then = self._kept.pop(name, (float(a_minute), now))
            tokens = min(float(a_minute), tokens + (now - then) * pace)
            there = tokens >= 1
            tokens -= there
            self._kept[name] = (tokens, now)
            if len(self._kept) > MOST:
                self._kept.popitem(last=False)
        wait = 0 if there else max(1, int((1 - tokens) / pace + 0.999))
        return Left(a_minute, int(tokens), int((a_minute - tokens) / pace + 0.999), wait)


BUCKETS = Buckets()


def asker(request: HttpRequest) -> Asker:
    """Who asks: by key (Authorization: Bearer …, or X-API-Key), else by address.

    Whoever says a key that opens nothing asks by address too, so that nobody tries keys without end.
    """
    text = said_key(request)
    found = None if text is None else keys.known(text)
    if found is None:
        return Asker(f"from {network(request)}", settings.API_A_MINUTE, wrong=text is not None)
    return Asker(f"person {found.person_id}", keys.quota(found.person), found.person_id, found.pk, found)


def said_key(request: HttpRequest) -> str | None:
    """The key that a request brings; None where it brings none."""
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    return request.headers.get("X-API-Key")


def address(request: HttpRequest) -> str:
    """Where a request comes from: as the outermost of our own proxies saw it, where PULSO_PROXIES says how many there are."""
    seen = [a.strip() for a in request.headers.get("X-Forwarded-For", "").split(",") if a.strip()]
    trusted: int = settings.PROXIES
    if trusted and len(seen) >= trusted:
        return seen[-trusted]
    return str(request.META.get("REMOTE_ADDR") or "")


def network(request: HttpRequest) -> str:
    """Where a request comes from: an address; of IPv6 the network of 64 bits, which is one household's."""
    said = address(request)
    try:
        found = ipaddress.ip_address(said)
    except ValueError:
        return "nowhere"
    return said if found.version == 4 else str(ipaddress.ip_network(f"{said.partition('%')[0]}/64", strict=False))
