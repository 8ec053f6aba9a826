"""What happens in a city, told as it happens: server-sent events, each with the id from which to go on.

An open stream holds one of the server's threads, so a process has a number of places for them, and each ends by itself after some minutes;
whoever hears it asks again (browsers do), says the last id, and misses nothing. Whoever is gone is noticed at the next sign of life.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Generator, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from pulso.web.api.asked import only_known, opened
from pulso.web.api.happenings import EPOCH, Happening, Mark, latest, since
from pulso.web.api.listeners import LISTENERS, Enough, Listeners
from pulso.web.api.problems import Refused, Wrong, say
from pulso.web.readings import Reading

MEDIA = "text/event-stream"
BEAT, LIFE = 15.0, 300.0
"""Seconds between two signs of life, and until a stream ends."""


@csrf_exempt
@require_GET
def stream(request: HttpRequest, city: str) -> HttpResponseBase:
    """Tell what happens, from where the asker stopped listening. Refused where too many listen (503), or the asker does (429)."""
    only_known(request, None)
    reading = opened(city)
    if not request.accepts(MEDIA):
        raise Refused(406, say("Accept: found {found}; there is {known}.", found=repr(request.headers["Accept"][:80]), known=MEDIA))
    mark = _last(request, latest(reading))
    who: str = request.asker.name  # type: ignore[attr-defined]  # Manners says who asks
    try:
        entered = LISTENERS.enter(reading.slug, settings.API_STREAMS, who, settings.API_STREAMS_EACH)
    except Enough:
        why = say("You hold {n} streams open, which is as many as one may. End one first.", n=settings.API_STREAMS_EACH)
        raise Refused(429, why, headers={"Retry-After": "60"}) from None
    if not entered:
        raise Refused(
            503,
            say("As many streams are open as this process allows. Ask again in a minute, or ask /values with If-None-Match."),
            headers={"Retry-After": "60"},
        )
    alone = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "Content-Encoding": "identity"}  # nobody shall gather events
    return StreamingHttpResponse(Told(reading, mark, LISTENERS, who), content_type=f"{MEDIA}; charset=utf-8", headers=alone)


class Told:
    """A stream: its place is given back when it ends, however it ends."""

    def __init__(self, reading: Reading, mark: Mark, listeners: Listeners, who: str) -> None:
        self._lines = told(reading, mark, listeners)
        self._slug, self._who, self._listeners, self._ended = reading.slug, who, listeners, False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        """The next lines."""
        try:
            return next(self._lines)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the place back, once."""
        self._lines.close()
        if not self._ended:
            self._ended = True
            self._listeners.leave(self._slug, self._who)


def told(reading: Reading, mark: Mark, listeners: Listeners, clock: Callable[[], float] = time.monotonic) -> Generator[bytes, None, None]:
    """The stream's lines: events as they happen, and between them signs of life."""
    began, heard, turn = clock(), -1, 0
    yield b"retry: 5000\n\n"
    while not listeners.ended and clock() - began < LIFE:
        if turn != heard:
            heard = turn
            for happening in since(reading, mark):
                mark = mark.past(happening)
                yield lines(happening, mark)
            connection.close()  # who sleeps needs none
        turn = listeners.wait(reading.slug, heard, BEAT)
        if turn == heard:
            yield b": alive\n\n"


def lines(happening: Happening, mark: Mark) -> bytes:
    """One event; its id is the mark to go on from."""
    number = ".".join(str(_micros(moment)) for moment in mark)
    return f"id: {number}\nevent: {happening.event}\ndata: {json.dumps(happening.data, ensure_ascii=False)}\n\n".encode()


def _last(request: HttpRequest, now: Mark) -> Mark:
    """From where to go on: from now where nothing is said, and where an id of an earlier version says nothing of pilots."""
    said = request.headers.get("Last-Event-ID")
    if not said:
        return now
    try:
        if not re.fullmatch(r"[0-9]{1,18}(\.[0-9]{1,18}){1,2}", said):
            raise ValueError
        moments = [EPOCH + timedelta(microseconds=int(part)) for part in said.split(".")]
        return Mark(*moments, *now[len(moments) :])
    except (ValueError, OverflowError):
        why = say("found {found}; it is the id of an event that this stream told", found=repr(said[:40]))
        raise Refused(422, f"Last-Event-ID: {why}.", (Wrong("Last-Event-ID", why),)) from None


def _micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)
