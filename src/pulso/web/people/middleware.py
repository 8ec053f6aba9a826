"""The language that accounts and the administration speak, and what their pages may do."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import add_never_cache_headers

from pulso.web.config.headers import POLICY

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
            response = self.get_response(request)
        if private:
            add_never_cache_headers(response)
            doors = " ".join(["form-action 'self'", *settings.DOORS])
            response.headers["Content-Security-Policy"] = POLICY.format(ancestors="'none'").replace("form-action 'self'", doors)
        return response


def language(request: HttpRequest, *, private: bool) -> str:
    """Which: pt or en. Only private pages ask who it is."""
    said = request.path[1:3] if request.path[3:4] in ("", "/") else ""
    if said in DJANGO:
        return said
    theirs = getattr(request.user, "language", "") if private else ""
    return theirs or ("pt" if translation.get_language_from_request(request).startswith("pt") else "en")
