"""A page and its twin: one dataclass, shown as HTML and, at the same address with .json, as itself."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property, partial
from importlib.metadata import version
from typing import Any, TypeVar

from django.core.exceptions import DisallowedHost, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect, QueryDict
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from pydantic import TypeAdapter

from pulso.errors import NothingKnown, PulsoError
from pulso.shapes import Verdict
from pulso.show.language import Speech, speak
from pulso.web.pages import kept, unchanged
from pulso.web.pages.frame import Frame, credited, frame, whose
from pulso.web.pages.meant import meant
from pulso.web.pages.statuses import title
from pulso.web.readings import Brief, Point, Reading, UnknownCity, reading

T = TypeVar("T")
VERSION = version("pulso")  # read once: asking costs as much as half of a 304


ASKED = frozenset({"a", "as_of", "b", "city", "date", "day", "from", "kind", "length", "metric", "to", "until", "what", "year", "zone"})
"""The words that addresses are asked with, here or in the API. A page that passed over one would answer another question than was asked."""


OPEN = {"Access-Control-Allow-Origin": "*"}
"""What lets pages of other sites read an answer: it is the same for everybody, and no cookie goes with it."""


class BadQuestion(PulsoError):  # noqa: N818  # it names what was asked
    """An address that asks for something there can't be: what was found, what is allowed."""


class Elsewhere(Exception):  # noqa: N818  # it names where to look
    """What is asked for has an address of its own, below the city's: its page, and what is said after it."""

    def __init__(self, page: str, query: str = "") -> None:
        self.page, self.query = page, f"?{query}" if query else ""
        super().__init__(page)


class NotPublished(NothingKnown):
    """Asked of a day of which nothing is published, in a city that has others: the nearest of them, before it and after it."""

    def __init__(self, why: str, frame: Frame, nearest: tuple[date, ...], *, to_come: bool) -> None:
        self.frame, self.nearest, self.to_come = frame, nearest, to_come
        super().__init__(why)


@dataclass(frozen=True)
class Asked:
    """What a page is asked for: a city, a language, and what the address says besides."""

    reading: Reading
    speech: Speech
    query: QueryDict
    parts: dict[str, str]  # of the address: zone, metric …
    site: str = ""  # the site's own address, as it was asked: https://pulso.example
    _kept: dict[tuple[object, ...], Any] = field(default_factory=dict)  # what was read for this answer: the drawings use it again

    def verdicts(self, day: date, as_of: datetime | None = None) -> dict[str | None, Verdict]:
        """A day's verdicts by zone, read once."""
        return self._once(("verdicts", day, as_of), lambda: self.reading.verdicts(day, as_of))

    def briefs(self, zones: tuple[str | None, ...], first: date, last: date, as_of: datetime | None = None) -> list[Brief]:
        """What lines are drawn of, read once."""
        return self._once(("briefs", zones, first, last, as_of), lambda: self.reading.briefs(zones, first, last, as_of))

    def points(
        self, zones: tuple[str | None, ...], first: date, last: date, metric: str | None = None, as_of: datetime | None = None
    ) -> list[Point]:
        """What long lines are drawn of, read once."""
        return self._once(("points", zones, first, last, metric, as_of), lambda: self.reading.points(zones, first, last, metric, as_of))

    def _once(self, key: tuple[object, ...], read: Callable[[], T]) -> T:
        if key not in self._kept:
            self._kept[key] = read()
        kept: T = self._kept[key]
        return kept

    @property
    def frame(self) -> Frame:
        """What every page carries."""
        return frame(self.reading.city, self.reading.days(), self.speech)

    def only(self, *reads: str) -> None:
        """Let pass what a page reads, and what is nobody's word here (utm_source …). BadQuestion where the address asks for more."""
        for name in sorted(ASKED.intersection(self.query).difference(reads)):
            if self.query[name]:
                raise BadQuestion(unread(name, reads, self.speech))

    def day(self, name: str = "day", default: date | None = None) -> date | None:
        """A day of the address or the query. BadQuestion where it is none."""
        said = self.parts.get(name) or self.query.get(name)
        if not said:
            return default
        try:
            return date.fromisoformat(said)
        except ValueError:
            raise BadQuestion(no_day(name, said, self.speech)) from None

    def moment(self, name: str = "as_of") -> datetime | None:
        """A moment of the query, in UTC. BadQuestion where it is none."""
        said = self.query.get(name)
        if not said:
            return None
        try:
            moment = datetime.fromisoformat(said.replace(" ", "+"))
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, OverflowError):  # the latter where a zone's hours lead out of all years
            why = self.speech.say("{name}: found {found}; a moment is written as 2025-06-15T07:00:00Z.", name=name, found=quoted(said))
            raise BadQuestion(why) from None

    def zone(self, name: str = "zone") -> str | None:
        """A zone's id, said by id or name; None for the city. NothingKnown where there is none of that name."""
        said = self.parts.get(name) or self.query.get(name)
        if not said:
            return None
        for z in self.reading.zones.all:
            if said in (z.id, z.name):
                return z.id
        city, known = self.reading.city.city.name, ", ".join(z.name for z in self.reading.zones.all[:20])
        raise NothingKnown(self.speech.say("{city} has no zone {found}. It has: {known}.", city=city, found=quoted(said), known=known))

    def last_day(self, as_of: datetime | None = None) -> date:
        """The last day that is published, or was by `as_of`. NothingKnown where nothing is."""
        days = self.reading.days(as_of)
        if days is None:
            raise NothingKnown(self.nothing(self.reading.city.city.name, as_of))
        return days[1]

    def nothing(self, place: str, as_of: datetime | None) -> str:
        """Say that nothing at all is published, or was by `as_of`."""
        if as_of is not None and self.reading.days() is not None:
            return self.speech.say("{place}: nothing was published by then.", place=place)
        return self.speech.say("{place}: nothing is published yet.", place=place)


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

    return handed(request, lang, city, parts, hand, reads=page.reads, besides=page.besides, known=page.known, as_json=as_json, plain=True)


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
    as_json: bool = False,
    plain: bool = False,
) -> HttpResponse:
    """Hand out what `hand` makes of what is asked: with 304 where the browser has it, or a letter where it can't be had.

    `reads` are the words of ASKED that it answers to: another one is a letter.
    `plain` where the answer has no headers of its own: then its 304 is given before anything else is asked.
    """
    speech, headers = speak(lang), OPEN if as_json else {}
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


def quoted(said: str) -> str:
    """What was found in an address, short, and marked off from our own words."""
    return repr(said[:40])


def unread(name: str, reads: tuple[str, ...], speech: Speech) -> str:
    """Say that a page does not answer to a word of its address, and to which it does."""
    if name == "as_of":
        return speech.say("{name}: this page shows what is known now, and nothing else.", name=name)
    known = ", ".join(map(repr, reads)) or speech.say("nothing")
    return speech.say("{name}: this page does not read it. It reads: {known}.", name=name, known=known)


def no_day(name: str, said: str, speech: Speech) -> str:
    """Say that what stands where a day should is none."""
    return speech.say("{name}: found {found}; a day is written as 2025-06-14.", name=name, found=quoted(said))


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
