"""A page that a browser has, and that is still the same, costs next to nothing: 304 before anything else is asked."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock
from typing import NamedTuple

from django.http import HttpRequest, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch

from pulso.errors import PulsoError

LASTS = "public, max-age=60"
"""How long a browser may show a page without asking whether it is still the same."""
AT_ONCE = {"Cache-Control": "public, no-cache"}
"""Of pages that people write: a browser keeps them, and asks each time, so that whoever wrote something sees it."""
ROOM = 2_000
"""Addresses that a process remembers, at most."""

Key = tuple[str, str]


class Handed(NamedTuple):
    """A page that was handed out: what its tag is now, by which view, and with which headers of its own."""

    tag: Callable[[], str]
    match: ResolverMatch | None
    headers: Mapping[str, str]


_handed: OrderedDict[Key, Handed] = OrderedDict()
_one_at_a_time = Lock()


def remember(request: HttpRequest, tag: Callable[[], str], headers: Mapping[str, str]) -> None:
    """Note that this address was answered, how its tag is found, and what its 304 says besides."""
    with _one_at_a_time:
        _handed[_key(request)] = Handed(tag, request.resolver_match, headers)
        if len(_handed) > ROOM:
            _handed.popitem(last=False)


class Unchanged:
    """Stands before all that knows who asks: pages are the same for everybody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer 304 where the tag that the browser has is the tag of now; else let the page answer."""
        said = request.META.get("HTTP_IF_NONE_MATCH")
        found = _handed.get(_key(request)) if said and request.method in ("GET", "HEAD") else None
        if found is None or not _still(found, str(said)):
            return self.get_response(request)
        request.resolver_match = found.match
        return HttpResponseNotModified(headers={"ETag": str(said), "Cache-Control": LASTS, **found.headers})


def _still(found: Handed, said: str) -> bool:
    """Whether the tag is the same; a city that can't be opened now has none, and its page says why."""
    try:
        return found.tag() == said
    except PulsoError:
        return False


def _key(request: HttpRequest) -> Key:
    return request.META.get("HTTP_HOST", ""), f"{request.scheme} {request.get_full_path()}"
