"""The same pages for those with a role in the city: what is internal they see, and engineers all. Nobody keeps these pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe
from pydantic import TypeAdapter

from pulso.errors import NothingKnown
from pulso.fibre.shapes import Disclosure
from pulso.show.language import marked as _
from pulso.show.language import speak
from pulso.web.pages import wifi
from pulso.web.pages.asked import Asked, BadQuestion
from pulso.web.pages.twin import Page, around, letter, no_city, site
from pulso.web.people.models import Person
from pulso.web.readings import UnknownCity, reading
from pulso.web.wifi import reads

STRANGER = _("This is for those who are signed in.")
NO_ROLE = _("This needs a role in the city, which its administrators give.")
Make = Callable[[Asked, Disclosure], Any]
Draw = Callable[[Any, Asked, Disclosure], wifi.Drawn]
DESK: tuple[tuple[Page, Make, Draw], ...] = (
    (wifi.WIFI, wifi.wifi, wifi.draw),
    (wifi.WIFI_GAPS, wifi.gaps, wifi.draw_gaps),
    (wifi.WIFI_PLACE, wifi.place, wifi.only_base),
    (wifi.WIFI_POINT, wifi.point, wifi.only_base),
)


def desk_urls() -> list[URLPattern]:
    """Their addresses, below a city's desk; each with its twin."""
    found = []
    for page, make, draw in DESK:
        base = f"<lang:lang>/<slug:city>/desk/{page.address}"
        found.append(path(f"{base}.json", _view(page, make, draw, as_json=True), name=f"desk-{page.name}-json"))
        found.append(path(base, _view(page, make, draw, as_json=False), name=f"desk-{page.name}"))
    return found


def _view(page: Page, make: Make, draw: Draw, *, as_json: bool) -> Callable[..., HttpResponse]:
    adapter = TypeAdapter(page.shape)

    def told(request: HttpRequest, lang: str, city: str, parts: dict[str, str]) -> HttpResponse:
        speech = speak(lang)
        try:
            asked = Asked(reading(city), speech, request.GET, parts, site(request))
        except UnknownCity as why:
            return letter(request, speech, 404, no_city(why, speech), as_json=as_json)
        assert isinstance(request.user, Person)  # noqa: S101  # no other can sign in
        level = reads.level_of(request.user, city)
        if level is Disclosure.PUBLIC:
            return letter(request, speech, 403, speech.say(NO_ROLE), as_json=as_json)
        try:
            asked.only(*page.reads)
            made = make(asked, level)
        except NothingKnown as why:
            return letter(request, speech, 404, str(why), as_json=as_json)
        except BadQuestion as why:
            return letter(request, speech, 400, str(why), as_json=as_json)
        if as_json:
            return HttpResponse(adapter.dump_json(made), content_type="application/json; charset=utf-8")
        context = {"page": made, "drawn": draw(made, asked, level), "asked": asked, "name": page.name}
        context |= around(request, speech, made.frame)
        return HttpResponse(render_to_string(f"{page.name}.html", context, request, using="pages"))

    def view(request: HttpRequest, lang: str, city: str, **parts: str) -> HttpResponse:
        if not request.user.is_authenticated:
            if not as_json:
                return redirect_to_login(request.get_full_path())
            answer = letter(request, speak(lang), 401, speak(lang).say(STRANGER), as_json=True)
        else:
            answer = told(request, lang, city, parts)
        add_never_cache_headers(answer)
        return answer

    view.__doc__ = f"{page.name}, for those with a role."
    return require_safe(view)
