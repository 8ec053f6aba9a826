"""What kind of refusal an HTTP status is, in a few words and in both languages."""

from __future__ import annotations

from http import HTTPStatus

from pulso.show.language import Speech
from pulso.show.language import marked as _

TITLES: dict[int, str] = {
    400: _("Bad Request"),
    401: _("Unauthorized"),
    403: _("Forbidden"),
    404: _("Not Found"),
    405: _("Method Not Allowed"),
    406: _("Not Acceptable"),
    409: _("Conflict"),
    412: _("Precondition Failed"),
    413: _("Request Entity Too Large"),
    415: _("Unsupported Media Type"),
    422: _("Unprocessable Entity"),
    429: _("Too Many Requests"),
    500: _("Internal Server Error"),
    503: _("Service Unavailable"),
}


def title(status: int, speech: Speech) -> str:
    """A status by its name; one that we never give keeps its English one."""
    return speech.say(TITLES[status]) if status in TITLES else HTTPStatus(status).phrase
