"""Every request gets an id, a line in the log and a place in the counts."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch

from pulso.web.config.logs import REQUEST_ID
from pulso.web.running import counts

log = logging.getLogger("pulso.requests")
AN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{7,63}")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
OF_A_CITY = ("city", "lang", "zone", "metric", "day", "source")
"""Parts of an address that name what a city shows, never a person or a key."""


class Requests:
    """Stands around all else, so that nothing is answered unseen."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and note it."""
        said = request.META.get("HTTP_X_REQUEST_ID", "")
        name = said if AN_ID.fullmatch(said) else uuid.uuid4().hex
        token = REQUEST_ID.set(name)
        began = time.perf_counter()
        try:
            response = self.get_response(request)
            seconds = time.perf_counter() - began
            response.headers["X-Request-ID"] = name
            self._note(request, response, seconds)
            return response
        finally:
            REQUEST_ID.reset(token)

    def _note(self, request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
        match = request.resolver_match
        method = request.method if request.method in METHODS else "other"
        view = view_of(request, match)
        counts.seen(view, str(method), response.status_code, seconds)
        if view == "healthz":
            return  # asked every few seconds, and never news
        line = {"method": method, "status": response.status_code, "route": match.route if match else view, "ms": round(seconds * 1000, 1)}
        line |= {k: str(v)[:100] for k, v in (match.kwargs if match else {}).items() if k in OF_A_CITY}
        if not response.streaming:
            line["bytes"] = len(response.content)  # type: ignore[attr-defined]  # one that doesn't stream has its content
        log.info("request", extra={"said": line})


def view_of(request: HttpRequest, match: ResolverMatch | None) -> str:
    """What was asked, as one of a bounded number of names: that of the view, `static`, or `nowhere`."""
    if match is not None:
        return match.view_name or match.route
    return "static" if request.path.startswith(settings.STATIC_URL) else "nowhere"
