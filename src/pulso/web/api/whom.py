"""Who asks, where not everybody is told the same. A key opens what its person may see only where it was made to; a cookie opens nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from pulso.errors import NothingKnown
from pulso.fibre.shapes import Disclosure
from pulso.show.language import marked as _
from pulso.web.api.asked import Asked
from pulso.web.api.problems import Refused, say
from pulso.web.innovation import letters
from pulso.web.innovation.moves import MAY_NOT, keep_once
from pulso.web.pages.asked import BadQuestion
from pulso.web.people.may import Someone
from pulso.web.people.models import Key

P = ParamSpec("P")
T = TypeVar("T")
CLOSED: list[dict[str, list[str]]] = [{"key": []}]
"""What the description says of an address that a key opens, and nothing else."""
SHUT = _("This key opens nothing that is not public. At /en/account/keys/ you make one that opens what you may see.")


def signed(request: HttpRequest) -> int:
    """The number of whoever asks, looked at before what they ask. Refused (401) where no key is said."""
    number: int | None = request.asker.person  # type: ignore[attr-defined]  # Manners says who asks
    if number is None:
        raise Refused(401, say("This needs a key: Authorization: Bearer pulso_… ."), headers={"WWW-Authenticate": 'Bearer realm="Pulso"'})
    return number


def closed(shut: bool) -> dict[str, Any]:
    """How an address is registered that answers only to a key, where it is one."""
    return {"openapi_extra": {"security": CLOSED}, "auth": signed} if shut else {}


def person(request: HttpRequest) -> Someone:
    """Whose key it is that opens what they may see; a stranger for any other."""
    key = _key(request)
    return key.person if key is not None and key.opens else AnonymousUser()


def engineer(request: HttpRequest, asked: Asked[Any], *, may: Callable[[Someone, str], bool], about: Model, what: str) -> Asked[Any]:
    """The same question of one who may know all. Refused (403) for any other key; whose person has no role leaves a step of the trail."""
    signed(request)
    key = _key(request)
    if key is None or not key.opens:
        raise Refused(403, say(SHUT))
    if not may(key.person, asked.reading.slug):
        keep_once(letters.Refused(key.person, about, f"ask {what}", MAY_NOT), asked.reading.slug)
        raise Refused(403, say("This is for the city's engineers. Their role is given by its administrators."))
    return replace(asked, level=Disclosure.RESTRICTED)


def theirs(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Kept by nobody for another: what a key opens, for whoever said it alone; and what is public is asked for anew each time."""
    response.headers["Cache-Control"] = "public, no-cache" if _said(request) is None else "private, no-cache"
    patch_vary_headers(response, ("Authorization", "X-API-Key"))
    return response


def told(make: Callable[P, T]) -> Callable[P, T]:
    """What pages refuse with a letter, refused by the API with the same."""

    @wraps(make)
    def made(*args: P.args, **rest: P.kwargs) -> T:
        try:
            return make(*args, **rest)
        except NothingKnown as why:
            raise Refused(404, str(why)) from None
        except BadQuestion as why:
            raise Refused(400, str(why)) from None

    return made


def _said(request: HttpRequest) -> int | None:
    number: int | None = request.asker.key  # type: ignore[attr-defined]  # Manners says who asks
    return number


def _key(request: HttpRequest) -> Key | None:
    found: Key | None = request.asker.said  # type: ignore[attr-defined]  # Manners says who asks
    return found
