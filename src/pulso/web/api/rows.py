"""A resource of rows: registered once, answered in every form, page by page, and not sent again to whoever has it."""

from __future__ import annotations

import hashlib
import inspect
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from ninja import NinjaAPI, Schema
from ninja.params.functions import Path, Query
from pydantic import Field, TypeAdapter, create_model

from pulso.show.language import marked as _
from pulso.web.api import forms
from pulso.web.api.asked import MOST, Asked, InWords, ask
from pulso.web.api.cursor import Key, pack
from pulso.web.api.forms import Form
from pulso.web.api.problems import Refused, say, speech
from pulso.web.api.whom import closed, theirs
from pulso.web.readings import Reading
from pulso.web.readings.walks import changed

T = TypeVar("T")
CODE = version("pulso")
"""The code's own version, read once: it stands in a file."""
CITY = Path(..., description="the city, by its slug", max_length=100, pattern="^[a-z][a-z0-9_]*$")
EPOCH = datetime.fromtimestamp(0, UTC)
LASTING = "public, max-age=60"
"""How long an answer may be used without asking whether it is still the same."""


FILES = ("csv", "parquet", "xlsx")
SHEET = 250
"""So many rows a page of XLSX at most: a sheet takes four times as long as any other form."""
CUT = _(
    "limit: not given, and there are more than {limit} rows; in a file nobody would see that some lack. Ask for fewer days, say a limit "
    "(up to {most}) and go on by the Link, or take a whole series: {whole}."
)
"""A page of rows has a `next`; a file is saved, opened years later, and believed to be whole."""
CUT_SHORT = _(
    "limit: not given, and there are more than {limit} rows; in a file nobody would see that some lack. Say a limit (up to {most}) and go "
    "on by the Link."
)
"""The same of rows that are no series of days."""
CONDITIONS = ("If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since")


@dataclass(frozen=True)
class Rows:
    """A page of rows."""

    items: Sequence[Any]
    key: Key | None = None  # the last row's, where there are more
    as_of: datetime | None = None  # the moment as of which the whole walk is told


class Stamp(NamedTuple):
    """What an answer depends on besides the city's edition: another text whenever that has changed, and when it did."""

    text: str = ""
    at: datetime | None = None

    def of(self, more: str) -> Stamp:
        """The same of an answer in the words of a language, or to those of a level."""
        return self._replace(text=f"{self.text} {more}")


NOTHING_ELSE = Stamp()
Features = Callable[[Asked[Any], Sequence[Any]], Sequence[tuple[str, dict[str, Any], dict[str, Any] | None]]]


@dataclass(frozen=True)
class Resource:
    """Rows of one kind, below a city's address."""

    name: str
    row: type[Any]
    query: type[Schema]
    make: Callable[[Asked[Any]], Rows]
    features: Features | None = None  # what GeoJSON shows of the rows
    stamp: Callable[[Reading], Stamp] = lambda _reading: NOTHING_ELSE
    series: bool = True  # whether it is of days, which whole series tell too
    whom: Callable[[HttpRequest, Asked[Any]], Asked[Any]] | None = None  # says up to which level whoever asks may know, or refuses
    closed: bool = False  # whether nothing of it is told without a key
    page: type[Schema] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "page", page_of(self.row))

    @property
    def operation(self) -> str:
        """What the description calls it."""
        return self.name.replace("-", "_")

    @property
    def forms(self) -> tuple[Form, ...]:
        """The forms that there are."""
        return (*forms.PLAIN, "geojson") if self.features else forms.PLAIN


def page_of(row: type[Any]) -> type[Schema]:
    """The shape of a page of rows, as JSON."""
    return create_model(
        f"{row.__name__}Page",
        __base__=Schema,
        __doc__=f"A page of rows. {row.__doc__ or ''}",
        items=(list[row], Field(description="the rows, in order")),  # type: ignore[valid-type]
        next=(str | None, Field(description="the cursor of the next page; null on the last")),
        as_of=(datetime | None, Field(description="the moment as of which all pages are told; null where that is not kept")),
    )


def part(rows: Sequence[T], key: Callable[[T], Key], asked: Asked[Any]) -> Rows:
    """The page of rows that lie in memory; they are put in order of their key."""
    ordered = sorted(rows, key=key)
    start = 0 if asked.after is None else bisect_right([key(r) for r in ordered], asked.after)
    page = ordered[start : start + asked.query.limit]
    return Rows(page, key(page[-1]) if start + len(page) < len(ordered) else None, asked.as_of)


def register(api: NinjaAPI, resource: Resource) -> None:
    """Give a resource its two addresses: its own, and the same with an ending that says the form."""
    parameters = [
        inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=HttpRequest),
        inspect.Parameter("city", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Annotated[str, CITY]),
    ]
    query = inspect.Parameter("query", inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[resource.query, Query(...)])
    ending = inspect.Parameter(
        "form",
        inspect.Parameter.KEYWORD_ONLY,
        annotation=Annotated[Literal[resource.forms], Path(..., description="the form")],
    )

    def plain(request: HttpRequest, city: str, *, query: Schema) -> HttpResponseBase:
        return answer(request, resource, city, query, None)

    def ended(request: HttpRequest, city: str, *, query: Schema, form: str) -> HttpResponseBase:
        return answer(request, resource, city, query, form)

    plain.__signature__ = inspect.Signature([*parameters, query])  # type: ignore[attr-defined]
    ended.__signature__ = inspect.Signature([*parameters, query, ending])  # type: ignore[attr-defined]
    said = inspect.getdoc(resource.make) or ""
    summary, _, rest = said.partition("\n")
    for view, address, name in ((plain, "", resource.operation), (ended, ".{form}", f"{resource.operation}_as")):
        api.api_operation(
            ["GET", "HEAD"],
            f"/cities/{{city}}/{resource.name}{address}",
            response=resource.page,
            operation_id=name,
            summary=summary if not address else f"{summary} In the form that the address says.",
            description=rest.strip() or None,
            tags=["cities"],
            **closed(resource.closed),
        )(view)


def answer(request: HttpRequest, resource: Resource, city: str, query: Schema, ending: str | None) -> HttpResponseBase:
    """Answer a question: in its form, or with 304 where the asker has the answer."""
    form: Form = ending or forms.accepted(request, resource.forms)  # type: ignore[assignment]  # it is one of them
    asked: Asked[Any] = ask(request, city, query, resource.name)
    if resource.whom is not None:
        asked = resource.whom(request, asked)
    stamp = resource.stamp(asked.reading)
    if asked.level is not None:
        stamp = stamp.of(asked.level)
    if isinstance(query, InWords):
        lang = speech().code
        made = in_language(_answered(request, resource, form, asked, stamp.of(lang)), lang)
    else:
        made = _answered(request, resource, form, asked, stamp)
    return made if asked.level is None else theirs(request, made)


def in_language(response: HttpResponseBase, lang: str) -> HttpResponseBase:
    """Say that an answer has words in it, and of which language."""
    response.headers["Content-Language"] = lang
    patch_vary_headers(response, ("Accept-Language",))
    return response


def _answered(request: HttpRequest, resource: Resource, form: Form, asked: Asked[Any], stamp: Stamp) -> HttpResponseBase:
    had = same(request, asked.reading, form, stamp)
    if had is not None:
        return had
    if form == "xlsx" and asked.query.limit > SHEET:
        raise Refused(
            400,
            say("limit: found {found}; XLSX has at most {most} rows a page. Whole series are files.", found=asked.query.limit, most=SHEET),
        )
    rows = resource.make(asked)
    cursor = pack(asked.question, rows.as_of, rows.key) if rows.key is not None else None
    if cursor is not None and form in FILES and not {"limit", "cursor"} & set(request.GET):
        whole = f"/api/v1/cities/{asked.reading.slug}/files/values.{'csv' if form == 'xlsx' else form}"
        raise Refused(400, say(CUT if resource.series else CUT_SHORT, limit=asked.query.limit, most=MOST, whole=whole))
    response = HttpResponse(_body(resource, form, asked, rows, cursor), content_type=forms.content_type(form))
    if cursor is not None:
        following = request.GET.copy()
        following["cursor"] = cursor
        response.headers["Link"] = f'<{request.build_absolute_uri(request.path)}?{following.urlencode()}>; rel="next"'
    if form in FILES:
        response.headers["Content-Disposition"] = f'attachment; filename="{asked.reading.slug}-{resource.name}.{form}"'
    return lasting(request, response, asked.reading, form, stamp)


def _body(resource: Resource, form: Form, asked: Asked[Any], rows: Rows, cursor: str | None) -> bytes:
    if form == "json":
        items = TypeAdapter(list[resource.row]).dump_json(list(rows.items)).decode()  # type: ignore[name-defined]
        beside = TypeAdapter(dict[str, Any]).dump_json({"next": cursor, "as_of": rows.as_of}).decode()
        return f'{{"items":{items},{beside[1:]}'.encode()
    if form == "geojson" and resource.features:
        return forms.collection(resource.features(asked, rows.items), next=cursor)
    return forms.write(form, rows.items, resource.row)


def one(request: HttpRequest, reading: Reading, make: Callable[[], bytes], stamp: Stamp = NOTHING_ELSE) -> HttpResponseBase:
    """Answer with something that is no row, as JSON: or with 304 where the asker has it."""
    forms.accepted(request, ("json",))
    found = same(request, reading, "json", stamp)
    return found if found is not None else lasting(request, HttpResponse(make(), content_type="application/json"), reading, "json", stamp)


def same(request: HttpRequest, reading: Reading, form: str, stamp: Stamp = NOTHING_ELSE) -> HttpResponseBase | None:
    """304 where the asker has this answer already."""
    if not any(name in request.headers for name in CONDITIONS):
        return None
    tag, since = etag(request, reading, form, stamp), _since(reading, stamp)
    found = get_conditional_response(request, tag, since)
    return None if found is None else _kept(found, tag, since)


def lasting(request: HttpRequest, response: HttpResponseBase, reading: Reading, form: str, stamp: Stamp = NOTHING_ELSE) -> HttpResponseBase:
    """Say how an answer may be kept."""
    return _kept(response, etag(request, reading, form, stamp), _since(reading, stamp))


def _since(reading: Reading, stamp: Stamp) -> int:
    """When an answer became what it is, in seconds."""
    return int(max(changed(reading), stamp.at or EPOCH).timestamp())


def _kept(response: HttpResponseBase, tag: str, since: int) -> HttpResponseBase:
    response.headers["ETag"] = tag
    response.headers["Last-Modified"] = http_date(since)
    response.headers["Cache-Control"] = LASTING
    response.headers["Vary"] = "Accept, Accept-Encoding"
    return response


def etag(request: HttpRequest, reading: Reading, form: str, stamp: Stamp = NOTHING_ELSE) -> str:
    """Another text whenever the answer may be another."""
    said = f"{CODE} {reading.edition} {stamp.text} {request.get_full_path()} {form}"
    return f'W/"{hashlib.sha256(said.encode()).hexdigest()[:24]}"'
