"""Who asks for a page of the fibre network: what they may know decides what it says, so these pages are not the same for everybody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.cache import patch_vary_headers

from pulso.errors import NothingKnown
from pulso.fibre.shapes import Disclosure
from pulso.show.language import Speech, speak
from pulso.show.language import marked as _
from pulso.web.fibre.models import Revision
from pulso.web.fibre.reads import level, network
from pulso.web.innovation import shown
from pulso.web.innovation.letters import Refused
from pulso.web.innovation.moves import MAY_NOT, keep_once
from pulso.web.pages.asked import Asked, BadQuestion, quoted
from pulso.web.pages.fibre_known import Known, known
from pulso.web.pages.leaves import MOST, Leaf
from pulso.web.pages.twin import Page, around, handed, letter
from pulso.web.people.models import Person
from pulso.web.readings import Reading, cities

S = TypeVar("S", bound=Sequence[Any])
NONE_HERE = _("{city} has no fibre network here.")
NO_SUCH = _("{city} has no {sort} {found} in its fibre network, or none that is for you to see.")
SORTS = {"site": _("site"), "duct": _("duct"), "cable": _("cable"), "revision": _("revision")}
STRANGER = _("This is for those who are signed in.")
LONGEST = 200
"""Letters of a search, or of the name of a thing; more is nobody's."""


@dataclass(frozen=True, kw_only=True)
class Guest(Asked):
    """What a page is asked for, and what of the network whoever asks may know: None where there is no network."""

    network: Known | None
    level: Disclosure
    done: tuple[str, ...] = ()  # what whoever asks has just done on the desk, to be told once

    @property
    def engineer(self) -> bool:
        """Whether whoever asks may know all, and have it reckoned with."""
        return self.level is Disclosure.RESTRICTED

    @property
    def known(self) -> Known:
        """The network. NothingKnown where there is none."""
        if self.network is None:
            raise NothingKnown(self.speech.say(NONE_HERE, city=self.reading.city.city.name))
        return self.network

    def missing(self, sort: str, name: str) -> NothingKnown:
        """There is no such thing, or not for whoever asks: the same words for both."""
        said = {"city": self.reading.city.city.name, "sort": self.speech.say(SORTS[sort]), "found": quoted(name)}
        return NothingKnown(self.speech.say(NO_SUCH, **said))

    def choice(self, name: str, known: Sequence[str]) -> str:
        """One of a few words of the query; the first where none is said. BadQuestion for another."""
        said = self.query.get(name) or known[0]
        if said not in known:
            told = ", ".join(map(repr, known))
            raise BadQuestion(self.speech.say("{name}: found {found}; there is {known}.", name=name, found=quoted(said), known=told))
        return said

    def text(self, name: str) -> str:
        """What is searched for, without what stands around it. BadQuestion where it is endless."""
        said = (self.query.get(name) or "").strip()
        if len(said) > LONGEST:
            why = _("{name}: {n} letters are too many; at most {most} are read.")
            raise BadQuestion(self.speech.say(why, name=name, n=self.speech.number(len(said)), most=LONGEST))
        return said


def guest(asked: Asked) -> Guest:
    """Whoever asks, as a page of the network knows them."""
    assert isinstance(asked, Guest)  # noqa: S101  # these pages are asked for by `answer` alone
    return asked


def cut(rows: S, asked: Asked, most: int = MOST) -> tuple[S, Leaf]:
    """The rows of the leaf that is asked for, of rows at hand. BadQuestion for what is no number, NothingKnown beyond the last."""
    page, pages = asked.count("page") or 1, max(-(-len(rows) // most), 1)
    if page > pages:
        raise NothingKnown(asked.speech.say("There is no page {page} of it: it has {pages}.", page=page, pages=pages))
    return cast("S", rows[most * (page - 1) : most * page]), Leaf(page, pages, len(rows))


def urls(page: Page, *, engineers: bool = False) -> list[URLPattern]:
    """The two addresses of a page; `engineers` where it is for them alone."""

    def view(*, as_json: bool) -> Callable[..., HttpResponse]:
        def hand(request: HttpRequest, asked: Guest) -> HttpResponse:
            made = page.make(asked)
            if as_json:
                return HttpResponse(page.adapter.dump_json(made), content_type="application/json; charset=utf-8")
            context = {"page": made, "drawn": page.draw(made, asked), "asked": asked, "name": page.name}
            context["invented"] = asked.network is not None and asked.network.plan.synthetic
            context |= around(request, asked.speech, made.frame)
            return HttpResponse(render_to_string(f"{page.name}.html", context, using="pages"))

        def shown(request: HttpRequest, lang: str, city: str, **parts: str) -> HttpResponse:
            return answer(request, lang, city, parts, hand, reads=page.reads, as_json=as_json, engineers=engineers)

        return shown

    base = f"<lang:lang>/<slug:city>/{page.address}"
    return [path(f"{base}.json", view(as_json=True), name=f"{page.name}-json"), path(base, view(as_json=False), name=page.name)]


def file(
    address: str,
    name: str,
    hand: Callable[[HttpRequest, Guest], HttpResponse],
    *,
    parts: dict[str, str] | None = None,
    engineers: bool = False,
) -> URLPattern:
    """The address of what is no page: a table, a drawing, a calendar. What is wrong with it is told as a problem.

    `parts` are those of its address that are always the same.
    """

    def shown(request: HttpRequest, lang: str, city: str) -> HttpResponse:
        return answer(request, lang, city, parts or {}, hand, reads=(), as_json=True, engineers=engineers)

    return path(f"<lang:lang>/<slug:city>/{address}", shown, name=name)


def answer(
    request: HttpRequest,
    lang: str,
    city: str,
    parts: dict[str, str],
    hand: Callable[[HttpRequest, Guest], HttpResponse],
    *,
    reads: tuple[str, ...],
    as_json: bool,
    engineers: bool,
) -> HttpResponse:
    """Answer to whoever asks, and to nobody else: no other is given this answer, by a cache on the way either."""
    speech, theirs = speak(lang), level(request.user, city)
    if engineers and theirs is not Disclosure.RESTRICTED:
        return _private(_refused(request, speech, city, as_json=as_json))
    done = () if as_json or not request.user.is_authenticated else tuple(map(str, get_messages(request)))

    def told(asked: Asked) -> HttpResponse:
        said = (asked.reading, asked.speech, asked.query, asked.parts, asked.site)
        return hand(request, Guest(*said, network=known(asked.reading.slug, theirs), level=theirs, done=done))

    def edition(found: Reading) -> str:
        """Another text for another level, after each write, and for another network: writes may end in another order than they began."""
        return f"{theirs} {shown.edition(found)} {getattr(network(found.slug), 'digest', '')} {done or ''}"

    made = handed(request, lang, city, parts, told, reads=reads, known=edition, at_once=True, as_json=as_json)
    return made if theirs is Disclosure.PUBLIC and not request.user.is_authenticated else _private(made)


def _private(made: HttpResponse) -> HttpResponse:
    """For the browser that it was made for alone, which asks each time whether it still holds."""
    made.headers["Cache-Control"] = "private, no-cache"
    del made.headers["Access-Control-Allow-Origin"]
    patch_vary_headers(made, ["Cookie"])
    return made


def _refused(request: HttpRequest, speech: Speech, city: str, *, as_json: bool) -> HttpResponse:
    """Ask a stranger to sign in; tell anybody else that it needs a role, and leave a step of the trail."""
    if isinstance(request.user, Person):
        if city in cities() and request.resolver_match:
            keep_once(Refused(request.user, Revision(city=city), f"read {request.resolver_match.url_name}", MAY_NOT), city)
        why = speech.say("This is for the city's engineers. Their role is given by its administrators.")
        return letter(request, speech, 403, why, as_json=as_json)
    return letter(request, speech, 401, speech.say(STRANGER), as_json=True) if as_json else redirect_to_login(request.get_full_path())
