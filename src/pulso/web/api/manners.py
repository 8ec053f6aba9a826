"""How the API behaves to every request: it may be read from other sites' pages, it counts, and each of its errors is a problem."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from pulso.web.api import limits
from pulso.web.api.problems import MEDIA, Refused, problem, say, speech
from pulso.web.pages.missing import OURS, language
from pulso.web.pages.statuses import title

ROOT = "/api/"
READING = ("GET", "HEAD", "OPTIONS")
EXPOSED = "ETag, Last-Modified, Link, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Content-Disposition"
MAY_SEND = "Accept, Authorization, If-Modified-Since, If-None-Match, Last-Event-ID, X-API-Key"
log = logging.getLogger("pulso.web.api")


class Manners:
    """What holds for all addresses below /api/."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Count, answer, and say what others need to know of the answer."""
        if not request.path.startswith(ROOT):
            return self.get_response(request)
        with translation.override(language(request).code):
            return self._answer(request)

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        left: limits.Left | None = None
        try:
            asker = limits.asker(request)
            request.asker = asker  # type: ignore[attr-defined]  # views that need a key look here
            left = limits.BUCKETS.take(asker.name, asker.a_minute) if asker.a_minute else None
            if left and left.wait:
                why = say("{limit} requests a minute are allowed. Ask again in {wait} s.", limit=left.limit, wait=left.wait)
                raise Refused(429, why, headers=_again(left))
            if asker.wrong:
                why = say("The key is not known, or it is revoked or has expired. Make another at /en/account/keys/, or ask without one.")
                raise Refused(401, why, headers={"WWW-Authenticate": 'Bearer realm="Pulso"'})
            response = _offered(request, self.get_response(request))
        except Refused as why:
            response = problem(why.status, why.detail, why.errors, why.headers)
        response = as_problem(response)
        if left:
            response.headers["RateLimit-Limit"] = str(left.limit)
            response.headers["RateLimit-Remaining"] = str(left.remaining)
            response.headers["RateLimit-Reset"] = str(left.reset)
        return _open(request, response)

    def process_exception(self, request: HttpRequest, why: Exception) -> HttpResponseBase | None:
        """A mistake of ours in a view: written down, and nothing of it told."""
        ours = request.path.startswith(ROOT) and not isinstance(why, Http404)
        return mistake(why) if ours else None


def _offered(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """What a browser asks before it lets another site's page read: what the address takes is what its refusal of OPTIONS names."""
    if request.method != "OPTIONS" or response.status_code != 405:
        return response
    taken = {m.strip() for m in response.headers.get("Allow", "").split(",") if m.strip()} | {"OPTIONS"}
    return HttpResponse(status=204, headers={"Allow": ", ".join(sorted(taken))})


def mistake(why: Exception) -> HttpResponseBase:
    """What is said of a mistake of ours: to the log all, to the asker that it is ours."""
    if isinstance(why, Refused):
        return problem(why.status, why.detail, why.errors, why.headers)
    if isinstance(why, RequestDataTooBig):
        return problem(413, say("At most {n} bytes may be sent.", n=speech().number(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)))
    if isinstance(why, SuspiciousOperation):
        return problem(400, say("The request can't be read."))
    log.error("the API failed", exc_info=why)
    return problem(500, say(OURS))


def as_problem(response: HttpResponseBase) -> HttpResponseBase:
    """An error as a problem, whoever made it."""
    if response.status_code < 400 or response.headers.get("Content-Type", "").startswith(MEDIA):
        return response
    said = {
        404: say("Nothing is at this address. /api/v1/openapi.json lists the addresses that there are."),
        405: say("This address takes {methods}.", methods=response.headers.get("Allow", "GET, POST, DELETE")),
        412: say("The answer is not the one that If-Match or If-Unmodified-Since asks for."),
        500: say(OURS),
    }
    kept = {k: v for k, v in response.headers.items() if k in ("Allow", "Retry-After", "WWW-Authenticate")}
    return problem(response.status_code, said.get(response.status_code, title(response.status_code, speech()) + "."), headers=kept)


def _open(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Let every site's pages read, without anybody's credentials; nobody's write."""
    if request.method in READING:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = EXPOSED
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = ", ".join(READING)
        response.headers["Access-Control-Allow-Headers"] = MAY_SEND
        response.headers["Access-Control-Max-Age"] = "86400"
    if limits.said_key(request) is not None:
        patch_vary_headers(response, ("Authorization", "X-API-Key"))
    return response


def _again(left: limits.Left) -> dict[str, str]:
    return {"Retry-After": str(left.wait)}
