"""How a page of an account is asked for and shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language

from pulso.show.language import Speech, speak
from pulso.web.pages.twin import around
from pulso.web.people.around import words
from pulso.web.people.models import Person


def known(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For whoever is signed in; all others are asked to."""

    @login_required
    def asked(request: HttpRequest, **parts: str) -> HttpResponse:
        assert isinstance(request.user, Person)  # noqa: S101  # login_required has looked
        return view(request, request.user, **parts)

    return asked


def page(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """One page of an account, in its language; a form with mistakes makes it a 400."""
    if request.method == "POST" and getattr(context.get("form"), "errors", None):
        status = 400
    whole = {"name": name, "messages": list(get_messages(request))} | context | words(request) | around(request, speech(), None)
    return HttpResponse(render_to_string(f"{name if '/' in name else f'people/{name}'}.html", whole, request, using="pages"), status=status)


def speech() -> Speech:
    """The page's language."""
    return speak((get_language() or "en")[:2])
