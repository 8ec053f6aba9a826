"""Letters where there is no page: an address that leads nowhere, a question that can't be asked, and our own mistakes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language_from_request
from django.views.decorators.csrf import csrf_exempt

from pulso.show.language import Speech, speak
from pulso.show.language import marked as _
from pulso.web.pages.meant import meant
from pulso.web.pages.twin import letter

NOWHERE = _("Nothing is at this address.")
UNREADABLE = _("The address, or what came with it, can't be read.")
NOT_ALLOWED = _("This needs a permission that you don't have, or the form was open too long: go back, load it again and send it once more.")
READ_ONLY = _("A page is read: nothing can be sent to it.")
OURS = _("The mistake is ours, and it is written down. Please try again in a while.")


SAID = (NOWHERE, UNREADABLE, NOT_ALLOWED, READ_ONLY, OURS)
READING = ("GET", "HEAD")


def read_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let a view be read, by GET or HEAD; whatever else is tried is a 405, with a form's token or without."""

    @csrf_exempt
    @wraps(view)
    def only(request: HttpRequest, *args: object, **parts: object) -> HttpResponseBase:
        if request.method in READING:
            return view(request, *args, **parts)
        refused = _letter(request, 405, READ_ONLY)
        refused.headers["Allow"] = ", ".join(READING)
        return refused

    return only


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: what the page says of itself where it says something; or the way to the page that was meant."""
    if there := meant(request):
        return there
    said = exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""
    return _letter(request, 404, said or NOWHERE)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # Django's own shape; what it says is for the log
    """400: before any page was asked."""
    return _letter(request, 400, UNREADABLE)


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:  # noqa: ARG001  # the same
    """403: a permission is missing, or a form was sent from another site."""
    return _letter(request, 403, NOT_ALLOWED)


def broken(request: HttpRequest) -> HttpResponse:
    """500: nothing of the mistake is told."""
    return _letter(request, 500, OURS)


def language(request: HttpRequest) -> Speech:
    """The address's own language, or the browser's."""
    said = request.path[1:3] if request.path[3:4] == "/" else ""
    return speak(said if said in ("pt", "en") else "pt" if get_language_from_request(request).startswith("pt") else "en")


def _letter(request: HttpRequest, status: int, why: str) -> HttpResponse:
    speech = language(request)
    as_json = request.path.endswith(".json") or request.path.startswith("/api/")
    return letter(request, speech, status, speech.say(why) if why in SAID else why, as_json=as_json)
