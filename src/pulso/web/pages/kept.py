"""Answers given lately: while nothing has changed, a page is made once for all who ask for it.

A page's tag says everything that it is made of (its ETag: the city's edition, the address, the code), so that an answer never grows stale:
what has changed has another tag, and the old answer is forgotten when room is needed. Nothing that depends on who asks may be kept here.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from django.conf import settings
from django.http import HttpResponse

ROOM = 24 * 2**20
"""Bytes that a process keeps at most."""
LARGEST = 2**20
"""An answer of more bytes is not kept: it would drive out many."""

_answers: OrderedDict[str, tuple[bytes, dict[str, str]]] = OrderedDict()
_one_at_a_time = Lock()
_filled = 0


def given(tag: str) -> HttpResponse | None:
    """The answer that was given under this tag; None where it isn't kept."""
    with _one_at_a_time:
        found = _answers.get(tag)
        if found is None:
            return None
        _answers.move_to_end(tag)
    return HttpResponse(found[0], headers=found[1])


def keep(tag: str, response: HttpResponse) -> HttpResponse:
    """Keep an answer, and give it back. Nothing is kept where the settings say so, as while somebody works at the templates."""
    global _filled  # one room for the whole process
    size = len(response.content)
    if response.status_code != 200 or size > LARGEST or not settings.KEEP_ANSWERS:
        return response
    with _one_at_a_time:
        if tag not in _answers:
            _answers[tag] = (response.content, dict(response.headers))
            _filled += size
        while _filled > ROOM:
            _filled -= len(_answers.popitem(last=False)[1][0])
    return response


def forget() -> None:
    """Forget all."""
    global _filled  # the same
    with _one_at_a_time:
        _answers.clear()
        _filled = 0
