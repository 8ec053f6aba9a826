"""One address, asked with patience: time-outs, a size limit, redirects, retries. What comes back is bytes, a gap, or a reason."""

from __future__ import annotations

import logging
import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import NamedTuple, Self

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type

from pulso.errors import SourceUnavailable
from pulso.sources.addresses import brief, filed, filled, scrubbed
from pulso.sources.manners import Hosts
from pulso.sources.mirror import Mirror, NotMirrored, address

for _name in ("httpx", "httpcore"):  # they log whole addresses, secrets included
    logging.getLogger(_name).setLevel(logging.WARNING)

AGENT = "Pulso (urban dynamics indicator; reads open data for cities)"
ABSENT = frozenset({204, 404, 410})
REASON = 300  # bytes of a refusal that a letter quotes
AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
KIND = re.compile(
    r"it answered \d{3}|nothing came for [\d.]+ s|no connection(?: within [\d.]+ s)?|it is larger than is allowed|it was not done"
    r"|the answer broke off|it sen[dt]s? us on|the mirror .+"
)
"""How our own words for a failure begin: what is kept of them where those of the server may be somebody's."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long, how much and how often we ask. Times in seconds, size in bytes after decompression."""

    connect: float = 5.0
    read: float = 30.0
    total: float = 300.0
    size: int = 512 * 2**20
    tries: int = 4
    tries_ailing: int = 2  # of a host whose last address brought nothing
    redirects: int = 5
    longest_wait: float = 60.0  # that a host may ask for; where it asks for more, the next collection comes back
    ahead: int = 4  # addresses asked before the first is read


class Reply(NamedTuple):
    """What one address gave. `body` is null where nothing is there; `unchanged` where the server says that we have it already."""

    body: bytes | None
    unchanged: bool = False
    etag: str = ""
    modified: str = ""
    content_type: str = ""


class _Again(Exception):  # noqa: N818  # the word is for tenacity
    """An attempt that failed in a way that may pass."""


class Asker:
    """Asks the network, or the mirror where there is one and then never the network. Safe to use from several threads.

    One a run; close it at the end, so that no retry outlives the run.
    """

    def __init__(
        self,
        mirror: Mirror | None = None,
        *,
        hosts: Hosts | None = None,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        self.mirror = mirror
        self.limits = limits or Limits()
        self._leaving = threading.Event()
        self._sleep = sleep or self._rest
        self._clock = clock
        self.hosts = hosts or Hosts(delay=0.0 if mirror else 0.1, clock=clock, sleep=self._sleep)
        self._client: httpx.Client | None = None
        self._lock = threading.Lock()

    def ask(self, url: str, condition: dict[str, str] | None = None, *, quote: bool = True) -> Reply:
        """Ask one address, as the city file writes it.

        SourceUnavailable: it did not answer, after retries; the letter hides secrets and, without `quote`, every word of the server.
        """
        try:
            request, host = self._request(url, condition or {})
        except (httpx.InvalidURL, ValueError) as why:
            raise SourceUnavailable(f"{brief(url)} is not an address that can be asked: {scrubbed(str(why), url)}") from None
        if why_not := self.hosts.given_up(host):
            raise SourceUnavailable(f"{brief(url)} was not asked, because {host} does not answer: {why_not}")
        tries = self.limits.tries_ailing if self.hosts.ailing(host) else self.limits.tries
        retrying = Retrying(
            retry=retry_if_exception_type(_Again),
            stop=lambda state: state.attempt_number >= tries or self._leaving.is_set() or self.hosts.given_up(host) is not None,
            wait=_pause,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            reply = retrying(self._attempt, request, host)
        except (_Again, SourceUnavailable) as why:
            text = scrubbed(str(why), url) if quote else _kind(str(why))
            self.hosts.failed(host, text)
            raise SourceUnavailable(f"{brief(url)} did not answer: {text}") from None
        self.hosts.answered(host)
        return reply

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections; attempts under way are not repeated."""
        self._leaving.set()
        with self._lock:
            if self._client:
                self._client.close()
                self._client = None

    def _rest(self, seconds: float) -> None:
        self._leaving.wait(seconds)

    def _request(self, url: str, condition: dict[str, str]) -> tuple[httpx.Request, str]:
        if url.startswith("mirror:") and self.mirror is None:
            raise SourceUnavailable(
                f"{brief(url)} has no public address: it is read from a folder, given by --mirror DIR or PULSO_MIRROR, and none is given. "
                "See docs/how-to/use-a-mirror.md."
            )
        target = httpx.URL(address(filed(url)) if self.mirror else filled(url))
        if target.scheme not in ("http", "https", "mirror") or not target.host:
            raise ValueError("only https:// and http:// are asked (and mirror: where there is a mirror)")
        host = f"mirror:{target.path.split('/')[1]}" if target.scheme == "mirror" else target.netloc.decode()
        return self._connection().build_request("GET", target, headers=condition), host

    def _attempt(self, request: httpx.Request, host: str) -> Reply:
        try:
            with self.hosts.turn(host):
                return self._follow(request, host)
        except NotMirrored as why:
            self.hosts.give_up(host, str(why))
            raise SourceUnavailable(str(why)) from None
        except (httpx.ConnectError, httpx.ConnectTimeout) as why:
            text = f"no connection within {self.limits.connect:g} s" if isinstance(why, httpx.ConnectTimeout) else f"no connection ({why})"
            self.hosts.unreached(host, text)
            raise _Again(text) from None
        except httpx.TimeoutException:
            raise _Again(f"nothing came for {self.limits.read:g} s") from None
        except (httpx.UnsupportedProtocol, httpx.LocalProtocolError) as why:
            raise SourceUnavailable(f"it cannot be asked ({why})") from None
        except (httpx.TransportError, httpx.DecodingError) as why:
            raise _Again(f"the answer broke off ({why})") from None

    def _follow(self, request: httpx.Request, host: str) -> Reply:
        """Ask, and follow redirects, a few at most and never from https to http."""
        for _ in range(self.limits.redirects + 1):
            response = self._connection().send(request, stream=True)
            try:
                if response.next_request is None:
                    return self._reply(response, host)
                onward = response.next_request
            finally:
                response.close()
            if onward.url.scheme not in ("http", "https") or (request.url.scheme, onward.url.scheme) == ("https", "http"):
                raise SourceUnavailable(f"it sends us on to {brief(str(onward.url))}, from {request.url.scheme}: that is refused")
            request = onward
        raise SourceUnavailable(f"it sent us on more than {self.limits.redirects} times, last to {brief(str(request.url))}")

    def _reply(self, response: httpx.Response, host: str) -> Reply:
        status = response.status_code
        if status in ABSENT:
            return Reply(None)
        if status == httpx.codes.NOT_MODIFIED:
            return Reply(None, unchanged=True)
        if status == httpx.codes.OK:
            headers = response.headers
            body = self._body(response)
            return Reply(
                body, etag=headers.get("etag", ""), modified=headers.get("last-modified", ""), content_type=headers.get("content-type", "")
            )
        words = f"it answered {status} {response.reason_phrase}".rstrip() + _reason(response)
        if status not in AGAIN:
            raise SourceUnavailable(words)
        wait = _retry_after(response.headers.get("retry-after", ""))
        if wait > self.limits.longest_wait:
            raise SourceUnavailable(f"{words}, and asks us to come back in {wait:.0f} s")
        self.hosts.hold(host, wait)
        raise _Again(words)

    def _body(self, response: httpx.Response) -> bytes:
        """Read a body, as long as it is not too long and does not take too long."""
        size, limit, late = 0, self.limits.size, self._clock() + self.limits.total
        if (announced := response.headers.get("content-length", "")).isdigit() and int(announced) > limit:
            raise SourceUnavailable(f"it is larger than is allowed ({int(announced):,} bytes; at most {limit:,})")
        chunks = []
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > limit:
                raise SourceUnavailable(f"it is larger than is allowed (at most {limit:,} bytes)")
            if self._clock() > late:
                raise SourceUnavailable(f"it was not done after {self.limits.total:g} s ({size:,} bytes came)")
            if self._leaving.is_set():
                raise SourceUnavailable("the asking was ended before the answer was")
            chunks.append(chunk)
        return b"".join(chunks)

    def _connection(self) -> httpx.Client:
        with self._lock:
            if self._client is None:
                self._client = httpx.Client(
                    transport=self.mirror,
                    timeout=httpx.Timeout(self.limits.read, connect=self.limits.connect),
                    headers={"User-Agent": AGENT},
                    trust_env=self.mirror is None,
                )
            return self._client


def _kind(text: str) -> str:
    """What kind of failure it was, without a word of the server's."""
    found = KIND.match(text)
    return found[0] if found else "its words aren't repeated"


def _reason(response: httpx.Response) -> str:
    """What the server says of its refusal, where it says it as JSON; pages for browsers say nothing that helps."""
    if "json" not in response.headers.get("content-type", ""):
        return ""
    start = b""
    for chunk in response.iter_bytes():
        start += chunk
        if len(start) > REASON:
            break
    return f": {' '.join(start[:REASON].decode(errors='replace').split())}"


def _pause(state: RetryCallState) -> float:
    """Seconds before the next attempt: half a second, doubled each time, at most 20, and up to half as much again at random."""
    return min(0.5 * 2.0 ** (state.attempt_number - 1), 20.0) * random.uniform(1.0, 1.5)  # noqa: S311  # spreads load, guards nothing


def _retry_after(text: str) -> float:
    """Seconds to wait, from a number or a date; 0 where the server says nothing that can be read."""
    if text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return 0.0
