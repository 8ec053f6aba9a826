"""The language that accounts and the administration speak, and what their pages may do."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

from allauth.core.internal.ratelimit import consume, handler429
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import add_never_cache_headers

from pulso.web.config.headers import POLICY

DOORS = ("/account/oidc/", "/account/saml/")
"""Where directories send people back to."""
try:
    from onelogin.saml2.errors import OneLogin_Saml2_Error as Saml
except ImportError:  # the extra is not installed
    Saml = PermissionDenied
ANSWERS = (PermissionDenied, Saml, OSError, ValueError, LookupError, SyntaxError)
"""What goes wrong with them: who asks raises OSErrors, who reads JSON, XML, or a document that lacks something, the others."""
log = logging.getLogger("pulso.web.people")
DJANGO = {"pt": "pt-pt", "en": "en"}
"""What Django and its libraries call our languages."""


class InTheirLanguage:
    """The address says the language; where it doesn't, the person does; else the browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in it. The pages of an account are nobody else's: they are kept nowhere, and lead to a directory besides this site."""
        private = request.path.startswith(("/account/", "/admin/")) or request.path[3:].startswith("/account/")
        with translation.override(DJANGO[language(request, private=private)]):
            response = handler429(request) if _too_often(request) else self.get_response(request)
        if private:
            add_never_cache_headers(response)
            doors = " ".join(["form-action 'self'", *settings.DOORS])
            response.headers["Content-Security-Policy"] = POLICY.format(ancestors="'none'").replace("form-action 'self'", doors)
        return response

    def process_exception(self, request: HttpRequest, why: Exception) -> HttpResponse | None:
        """A directory that can't be reached, or whose answer is not to be believed, is a letter; anything else is our mistake."""
        if not request.path.startswith(DOORS) or not isinstance(why, ANSWERS):
            return None
        refused = isinstance(why, PermissionDenied)
        event = "a directory's answer was refused" if refused else "a directory can't be asked, or what came can't be read"
        log.warning(event, extra={"said": {"why": f"{type(why).__name__}: {why}"[:300]}})
        return render(request, "socialaccount/authentication_error.html", status=401 if refused else 502)


def _too_often(request: HttpRequest) -> bool:
    """Whether an address brings more of a directory's answers than a house full of people would."""
    if request.method != "POST" or not re.fullmatch(r"/account/saml/[^/]+/(acs|sls)/", request.path):
        return False
    return consume(request, app="pulso", action="saml", config=settings.DOOR_RATES) is None


def language(request: HttpRequest, *, private: bool) -> str:
    """Which: pt or en. Only private pages ask who it is."""
    said = request.path[1:3] if request.path[3:4] in ("", "/") else ""
    if said in DJANGO:
        return said
    theirs = getattr(request.user, "language", "") if private else ""
    return theirs or ("pt" if translation.get_language_from_request(request).startswith("pt") else "en")
