"""A page and its twin: one dataclass, shown as HTML and, at the same address with .json, as itself."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from importlib.metadata import version
from typing import Any

from django.core.exceptions import DisallowedHost, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect, QueryDict
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from pydantic import TypeAdapter

from pulso.errors import NothingKnown
from pulso.show.language import Speech, speak
from pulso.web.pages import kept, unchanged
from pulso.web.pages.asked import Asked, BadQuestion, Elsewhere, NotPublished, quoted
from pulso.web.pages.frame import Frame, credited, whose
from pulso.web.pages.meant import meant
from pulso.web.pages.statuses import title
from pulso.web.readings import Reading, UnknownCity, reading

VERSION = version("pulso")  # read once: asking costs as much as half of a 304


OPEN = {"Access-Control-Allow-Origin": "*"}
"""What lets pages of other sites read an answer: it is the same for everybody, and no cookie goes with it."""


@dataclass(frozen=True)
class Page:
    """How one kind of page is made: from what is asked a dataclass, and from that what the template draws beside it."""

    name: str  # of its template, and in the navigation
    address: str  # below the city's own
    shape: type[Any]
    make: Callable[[Asked], Any]
    draw: Callable[[Any, Asked], Any] = lambda _page, _asked: None
    besides: Callable[[QueryDict], str] = lambda _query: ""  # the edition of what it is made from besides the city itself
    known: Callable[[Reading], str] = lambda _reading: ""  # the edition of what is known of the city besides its publications
    reads: tuple[str, ...] = ()  # the words of ASKED that it answers to
    at_once: bool = False  # whether people write it, who must see at once what they wrote

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        """Writes the page for machines."""
        return TypeAdapter(self.shape)


def urls(page: Page) -> list[URLPattern]:
    """The two addresses of a page."""

    def html(request: HttpRequest, lang: str, city: str, **parts: str) -> HttpResponse:
        return _answer(request, page, lang, city, parts, as_json=False)

    def json(request: HttpRequest, lang: str, city: str, **parts: str) -> HttpResponse:
        return _answer(request, page, lang, city, parts, as_json=True)

    base = f"<lang:lang>/<slug:city>/{page.address}"
    return [path(f"{base}.json", json, name=f"{page.name}-json"), path(base, html, name=page.name)]  # a last part would swallow ".json"


def _answer(request: HttpRequest, page: Page, lang: str, city: str, parts: dict[str, str], *, as_json: bool) -> HttpResponse:
    """Answer with the page or its twin."""

    def hand(asked: Asked) -> HttpResponse:
        made = page.make(asked)
        if as_json:
            return HttpResponse(page.adapter.dump_json(made), content_type="application/json; charset=utf-8")
        context = {"page": made, "drawn": page.draw(made, asked), "asked": asked, "name": page.name}
        context |= around(request, asked.speech, made.frame)
        return HttpResponse(render_to_string(f"{page.name}.html", context, using="pages"))

    how = partial(handed, reads=page.reads, besides=page.besides, known=page.known, at_once=page.at_once)
    return how(request, lang, city, parts, hand, as_json=as_json, plain=True)


def handed(
    request: HttpRequest,
    lang: str,
    city: str,
    parts: dict[str, str],
    hand: Callable[[Asked], HttpResponse],
    *,
    reads: tuple[str, ...] = (),
    besides: Callable[[QueryDict], str] = lambda _query: "",
    known: Callable[[Reading], str] = lambda _reading: "",
    at_once: bool = False,
    as_json: bool = False,
    plain: bool = False,
) -> HttpResponse:
    """Hand out what `hand` makes of what is asked: with 304 where the browser has it, or a letter where it can't be had.

    `reads` are the words of ASKED that it answers to: another one is a letter.
    `plain` where the answer has no headers of its own: then its 304 is given before anything else is asked.
    """
    speech, headers = speak(lang), (OPEN if as_json else {}) | (unchanged.AT_ONCE if at_once else {})
    try:
        found, here, query = reading(city), f"{site(request)}{request.get_full_path()}", request.GET

        def tag() -> str:
            now = reading(city)
            return _etag(here, now, f"{besides(query)} {known(now)}")

        etag = tag()
        if request.headers.get("If-None-Match") == etag:
            return _lasting(HttpResponseNotModified(), etag, headers)
        asked = Asked(found, speech, query, parts, site(request))
        asked.only(*reads)
        answer = kept.given(etag) or kept.keep(etag, hand(asked))
        if plain:
            unchanged.remember(request, tag, headers)
        return _lasting(answer, etag, headers)
    except Elsewhere as there:
        answer = HttpResponseRedirect(f"/{lang}/{city}/{there.page}{'.json' if as_json else ''}{there.query}")
    except UnknownCity as why:
        answer = meant(request) or letter(request, speech, 404, no_city(why, speech), as_json=as_json)
    except NotPublished as why:
        answer = letter(request, speech, 404, str(why), as_json=as_json, instead=why)
    except NothingKnown as why:
        answer = letter(request, speech, 404, str(why), as_json=as_json)
    except BadQuestion as why:
        answer = letter(request, speech, 400, str(why), as_json=as_json)
    return _told(answer, headers)


def site(request: HttpRequest) -> str:
    """The site's own address, without a slash at its end; the host is one of ALLOWED_HOSTS. Empty in the letter that refuses another."""
    try:
        return request.build_absolute_uri("/")[:-1]
    except DisallowedHost:
        return ""


def queried(request: HttpRequest) -> str:
    """What the address asks, to be said again in links; empty in the letter that refuses to read so much."""
    try:
        return request.GET.urlencode()
    except SuspiciousOperation:
        return ""


def around(request: HttpRequest, speech: Speech, frame: Frame | None) -> dict[str, Any]:
    """What every template may use."""
    return {
        "speech": speech,
        "say": speech.say,
        "many": speech.many,
        "frame": frame,
        "whose": partial(whose, speech=speech),
        "credited": partial(credited, speech=speech),
        "path": request.path if request.path.startswith(("/pt/", "/en/")) else f"/{speech.code}/",
        "site": site(request),
        "query": queried(request),
    }


def no_city(why: UnknownCity, speech: Speech) -> str:
    """Say in a page's language that a city is not shown here, and which are."""
    near = ", ".join(why.near) or speech.say("none yet")
    return speech.say("There is no city {found} here. There is: {near}.", found=quoted(why.slug), near=near)


def letter(
    request: HttpRequest, speech: Speech, status: int, why: str, *, as_json: bool, instead: NotPublished | None = None
) -> HttpResponse:
    """Say why there is no page, and which days there are instead: to a person as a page, to a machine as a problem (RFC 9457)."""
    if as_json:
        problem = {"type": "about:blank", "title": title(status, speech), "status": status, "detail": why}
        headers = {"Content-Language": speech.code}
        body = TypeAdapter(dict[str, Any]).dump_json(problem)
        return HttpResponse(body, status=status, content_type="application/problem+json", headers=headers)
    nearest = [(day, _on(request, day)) for day in instead.nearest] if instead else []
    context = {"why": why, "status": status, "instead": instead, "nearest": nearest}
    context |= around(request, speech, instead.frame if instead else None)
    return HttpResponse(render_to_string("letter.html", context, using="pages"), status=status)


def _on(request: HttpRequest, day: date) -> str:
    """The same address on another day."""
    said = request.resolver_match.kwargs.get("day") if request.resolver_match else None
    query = request.GET.copy()
    if not said:
        query["day"] = str(day)
    path = f"{request.path.removesuffix(said)}{day}" if said else request.path
    return f"{path}?{query.urlencode()}" if query else path


def _etag(here: str, found: Reading, besides: str) -> str:
    said = f"{VERSION} {found.edition} {besides} {here}"
    return f'W/"{hashlib.sha256(said.encode()).hexdigest()[:24]}"'


def _lasting(response: HttpResponse, etag: str, headers: Mapping[str, str]) -> HttpResponse:
    return _told(response, {"ETag": etag, "Cache-Control": unchanged.LASTS, **headers})


def _told(response: HttpResponse, headers: Mapping[str, str]) -> HttpResponse:
    for name, said in headers.items():
        response.headers[name] = said
    return response
