"""The API: what is registered under which address, and what is told that is no row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from ninja.params.functions import Path, Query
from pydantic import Field, TypeAdapter

from pulso.show import words
from pulso.show.language import marked as _
from pulso.web import readings
from pulso.web.api import fibre_engineers, fibre_things, files, forms, innovation, shapes, whole, wifi
from pulso.web.api.asked import ExplainQuery, OneDay, Paged, ask, only_known, zone
from pulso.web.api.cursor import pack, question, unpack
from pulso.web.api.hooks import views as hooks
from pulso.web.api.manners import mistake
from pulso.web.api.problems import Refused, Wrong, problem, say, speech
from pulso.web.api.resources import RESOURCES, city_row
from pulso.web.api.rows import CITY, CODE, LASTING, Stamp, in_language, one, page_of, register
from pulso.web.pages.frame import NOT_QUALITY, credit
from pulso.web.readings import Reading
from pulso.web.readings.walks import changed

ABOUT = """What a Pulso site publishes, for machines: the Urban Dynamics Indicator of its cities, with everything that explains it.

Values are indices: 100 is the day that was expected; they say how much activity there is, never how good it is. A gap is an absent row
or null, never 0, and every number says how much was seen. What was published stays published: `as_of` gives it back. Rows come in JSON,
CSV, Parquet and XLSX, by the ending of the address or by `Accept`. Long answers come in pages: `next` (and the header `Link`) leads on.
Errors are problems (RFC 9457)."""

SLIPS = {
    "missing": _("is needed"),
    "int_parsing": _("is a whole number"),
    "int_from_float": _("is a whole number"),
    "greater_than_equal": _("is at least {ge}"),
    "less_than_equal": _("is at most {le}"),
    "less_than": _("is less than {lt}"),
    "literal_error": _("is one of {expected}"),
    "string_too_long": _("has at most {max_length} characters"),
    "string_type": _("is a text"),
    "float_parsing": _("is a number"),
    "bool_parsing": _("is true or false"),
    "too_short": _("is needed"),
    "too_long": _("is said {max_length} times at most"),
    "extra_forbidden": _("is not known here"),
}
"""What can be wrong with a parameter, by the name that pydantic has for it; what is not here is said in pydantic's own words."""

api = NinjaAPI(title="Pulso", version=CODE, description=ABOUT, openapi_url=None, docs_url=None, urls_namespace="api")
City = Annotated[str, CITY]


TAKEN: tuple[str, ...] = ("city", "zone", "day", "status", "refusal", "index", "interval", "weight_seen", "vintage")
TAKEN += ("reasons", "unmeasured", "beyond", "missing")
"""What an explanation takes of a verdict as it is."""


class Verdicts(Schema):
    """What was published of one day, as it was published."""

    items: list[dict[str, Any]] = Field(description="each zone's verdict, the city's first; its fields are those of the page `day`")


@api.api_operation(
    ["GET", "HEAD"], "/cities", response=page_of(shapes.City), operation_id="cities", tags=["cities"], summary="The cities of this site."
)
def cities(request: HttpRequest, *, query: Annotated[Paged, Query(...)]) -> HttpResponseBase:
    """The cities of this site."""
    return _cities(request, query, forms.accepted(request, forms.PLAIN))


Ending = Annotated[Literal["json", "csv", "parquet", "xlsx"], Path(..., description="the form")]


@api.api_operation(
    ["GET", "HEAD"],
    "/cities.{form}",
    response=page_of(shapes.City),
    operation_id="cities_as",
    tags=["cities"],
    summary="The cities of this site. In the form that the address says.",
)
def cities_as(request: HttpRequest, *, form: Ending, query: Annotated[Paged, Query(...)]) -> HttpResponseBase:
    """The cities of this site. In the form that the address says."""
    return _cities(request, query, form)


def _cities(request: HttpRequest, query: Paged, form: forms.Form) -> HttpResponseBase:
    only_known(request, query)
    found = [readings.reading(slug) for slug in readings.cities()]
    said = f"{CODE} {[r.city.digest for r in found]} {request.get_full_path()} {form}"
    etag = f'W/"{hashlib.sha256(said.encode()).hexdigest()[:24]}"'
    since = max((int(changed(r).timestamp()) for r in found), default=0)
    response = get_conditional_response(request, etag, since)
    if response is None:
        rows, about = sorted((shapes.City(**city_row(r.city, r.zones)) for r in found), key=lambda c: c.city), question("cities", {})
        after = unpack(about, query.cursor)[1][0] if query.cursor is not None else ""
        rows = [r for r in rows if r.city > after]
        page = rows[: query.limit]
        cursor = pack(about, None, (page[-1].city,)) if len(rows) > len(page) else None
        if form == "json":
            made = {"items": page, "next": cursor, "as_of": None}
            response = HttpResponse(TypeAdapter(dict[str, Any]).dump_json(made), content_type="application/json")
        else:
            response = HttpResponse(forms.write(form, page, shapes.City), content_type=forms.content_type(form))
    for name, value in {
        "ETag": etag,
        "Last-Modified": http_date(since),
        "Cache-Control": LASTING,
        "Vary": "Accept, Accept-Encoding",
    }.items():
        response.headers[name] = value
    return response


@api.api_operation(
    ["GET", "HEAD"],
    "/cities/{city}",
    response=shapes.CityNow,
    operation_id="city",
    tags=["cities"],
    summary="One city, and what is published of it.",
)
def city(request: HttpRequest, city: City) -> HttpResponseBase:
    """One city, and what is published of it."""
    asked = ask(request, city, Schema(), "")

    def made(found: Reading) -> shapes.CityNow:
        first, last = found.days() or (None, None)
        licences = tuple(f"{c.owner} ({c.licence})" if c.licence else c.owner for c in credit(found.city))
        told: dict[str, Any] = {"about": NOT_QUALITY, "first": first, "last": last, "vintage": found.last_vintage(), "licences": licences}
        return shapes.CityNow(**city_row(found.city, found.zones), **told)

    return one(request, asked.reading, lambda: TypeAdapter(shapes.CityNow).dump_json(made(asked.reading)))


@api.api_operation(
    ["GET", "HEAD"],
    "/cities/{city}/explain",
    response=shapes.Explanation,
    operation_id="explain",
    tags=["cities"],
    summary="Why a day was as it was: its index taken apart into points.",
)
def explain(request: HttpRequest, city: City, *, query: Annotated[ExplainQuery, Query(...)]) -> HttpResponseBase:
    """Why a day was as it was: its index taken apart into points, by driver and by domain."""
    asked = ask(request, city, query, "explain")
    at = zone(asked.reading, query.zone) if query.zone is not None else None
    lang = speech().code

    def made() -> bytes:
        day = _day(asked.reading, query)
        v = asked.reading.verdicts(day, query.as_of).get(at)
        if v is None:
            raise _nothing(asked.reading, query)
        same_named: dict[str, Any] = {name: getattr(v, name) for name in TAKEN}
        sentence = words.headline(v, asked.reading.city, lang)
        table = tuple(shapes.Part(p.domain, p.driver, p.points) for p in v.table)
        told = shapes.Explanation(sentence=sentence, table=table, **same_named)
        return TypeAdapter(shapes.Explanation).dump_json(told)

    return in_language(one(request, asked.reading, made, Stamp(lang)), lang)


@api.api_operation(
    ["GET", "HEAD"],
    "/cities/{city}/verdicts",
    response=Verdicts,
    operation_id="verdicts",
    tags=["cities"],
    summary="What was published of one day, byte for byte.",
)
def verdicts(request: HttpRequest, city: City, *, query: Annotated[OneDay, Query(...)]) -> HttpResponseBase:
    """What was published of one day: each verdict byte for byte as it was published, the city's first."""
    asked = ask(request, city, query, "verdicts")
    only = () if query.zone is None else (zone(asked.reading, query.zone),)

    def made() -> bytes:
        texts = asked.reading.texts(_day(asked.reading, query), query.as_of)
        told = [texts[z] for z in sorted(texts, key=lambda z: z or "") if not only or z in only]
        if not told:
            raise _nothing(asked.reading, query)
        return f'{{"items":[{",".join(told)}]}}'.encode()

    return one(request, asked.reading, made)


def _day(reading: Reading, query: OneDay) -> Any:
    if query.day is not None:
        return query.day
    days = reading.days(query.as_of)
    if days is None:
        raise _nothing(reading, query)
    return days[1]


def _nothing(reading: Reading, query: OneDay) -> Refused:
    days = reading.days(query.as_of)
    if days:
        there = say("What is published runs from {first} to {last}.", first=days[0], last=days[1])
    else:
        there = say("Nothing is published yet, or was at that moment.")
    place, day = reading.city.city.name, query.day or say("any day")
    nothing = say("{place}: nothing is published of {day}.", place=place, day=day)
    return Refused(404, f"{nothing} {there}")


for resource in RESOURCES:
    register(api, resource)
innovation.register(api)
for thing in (*fibre_things.THINGS, fibre_engineers.WHAT_IF, *wifi.THINGS):
    whole.register(api, thing)
hooks.register(api)
files.register(api)


@api.exception_handler(Refused)
def refused(_request: HttpRequest, why: Refused) -> HttpResponse:
    """A question that is not answered."""
    return problem(why.status, why.detail, why.errors, why.headers)


@api.exception_handler(ValidationError)
def invalid(_request: HttpRequest, why: ValidationError) -> HttpResponse:
    """A question that can't be read, every slip at once; where the address itself is the slip, nothing is there."""
    wrong = tuple(Wrong(_where(e["loc"]), _letter(e)) for e in why.errors)
    status = 404 if any(e["loc"][0] == "path" for e in why.errors) else 422
    return problem(status, "; ".join(f"{w.where}: {w.why}" for w in wrong) + ".", wrong)


@api.exception_handler(HttpError)
def unread(request: HttpRequest, why: HttpError) -> HttpResponseBase:
    """A body that can't be read."""
    if why.status_code != 400:
        return problem(why.status_code, str(why))
    cause = why.__cause__
    if isinstance(cause, RequestDataTooBig):
        return mistake(cause)
    if request.content_type != "application/json":
        found = repr(str(request.content_type)[:80])
        return problem(415, say("Content-Type: found {found}; what is sent is application/json.", found=found))
    unreadable = say("What was sent can't be read as JSON.")
    if not isinstance(cause, json.JSONDecodeError):
        return problem(400, unreadable)
    at = say("line {line}, column {column}: {what}", line=cause.lineno, column=cause.colno, what=cause.msg)
    return problem(400, f"{unreadable} {at}.", (Wrong("body", at),))


@api.exception_handler(Exception)
def broken(_request: HttpRequest, why: Exception) -> HttpResponseBase:
    """A mistake of ours."""
    return mistake(why)


def _where(at: Sequence[str | int]) -> str:
    """What is wrong: a parameter by its name; in a body the path that leads there, without our own name of the whole."""
    if at[0] == "body":
        return ".".join(map(str, at[2:])) or "body"
    return str(next(part for part in reversed(at) if isinstance(part, str)))  # of what is said several times, which one is no name


def _letter(error: dict[str, Any]) -> str:
    message = SLIPS.get(error["type"])
    if message:
        between = say("or")
        return say(message, **{k: str(v).replace(" or ", f" {between} ") for k, v in error.get("ctx", {}).items()})
    said = str(error["msg"]).removeprefix("Value error, ")
    return said[:1].lower() + said[1:]
