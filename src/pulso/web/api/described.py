"""The API, described: as OpenAPI 3.1 for machines, and the same as a plain page for people. Nothing of it comes from elsewhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from pydantic import TypeAdapter

from pulso.show import helps
from pulso.show.language import LOCALES, Speech, speak
from pulso.web.api import forms
from pulso.web.api.problems import MEDIA, Problem
from pulso.web.api.resources import RESOURCES
from pulso.web.api.rows import LASTING
from pulso.web.api.views import api
from pulso.web.api.whom import CLOSED
from pulso.web.pages.developers import either
from pulso.web.pages.missing import language as of_request

ERRORS = {
    "400": "what is asked for can't be",
    "401": "the key that was said opens nothing",
    "403": "the key that was said doesn't open this, or its person has no role for it",
    "404": "there is no such city, zone, metric, day or form",
    "409": "there are as many as there may be",
    "406": "none of the accepted forms is there",
    "413": "what was sent is too long",
    "415": "what was sent is not application/json",
    "422": "a parameter can't be read, or means nothing here",
    "429": "too many requests: Retry-After says when to ask again",
    "500": "the mistake is ours",
}
WRITING = ("400", "401", "404", "409", "413", "415", "422", "429", "500")
EXPLAINING = ("description", "summary")
"""Keys whose texts are for people."""
HEADERS = {
    "ETag": "of this answer: send it back as If-None-Match, and the same answer costs a 304",
    "Last-Modified": "when it became what it is: send it back as If-Modified-Since, for the same",
    "Cache-Control": "how long the answer may be used without asking",
}
STREAM = {
    "get": {
        "operationId": "stream",
        "summary": "What is published, what breaks, and what becomes of pilots, as it happens: server-sent events.",
        "tags": ["cities"],
        "parameters": [
            {
                "in": "path",
                "name": "city",
                "required": True,
                "schema": {"type": "string", "maxLength": 100},
                "description": "the city, by its slug",
            },
            {
                "in": "header",
                "name": "Last-Event-ID",
                "required": False,
                "schema": {"type": "string", "pattern": "^[0-9]{1,18}([.][0-9]{1,18}){1,2}$"},
                "description": "the id of the event that was heard last: all after it are told again",
            },
        ],
        "responses": {
            "200": {"description": "events, until the stream ends after some minutes: ask again", "content": {"text/event-stream": {}}},
            "503": {"description": "as many streams are open as this process allows: Retry-After says when to ask again"},
        },
    }
}


@cache
def schema(language: str = "en") -> dict[str, Any]:
    """The whole API as OpenAPI 3.1, explained in a language."""
    made: dict[str, Any] = _told(_schema(), speak(language))
    return made


def helped(said: Any) -> Iterator[str]:
    """Every text that explains something of a description."""
    for key, value in said.items() if isinstance(said, dict) else enumerate(said) if isinstance(said, list) else ():
        if key in EXPLAINING and isinstance(value, str):
            yield value
        else:
            yield from helped(value)


def _told(said: Any, speech: Speech) -> Any:
    """A description with its explanations in a language."""
    if isinstance(said, dict):
        return {k: helps.told(v, speech) if k in EXPLAINING and isinstance(v, str) else _told(v, speech) for k, v in said.items()}
    return [_told(one, speech) for one in said] if isinstance(said, list) else said


@cache
def _schema() -> dict[str, Any]:
    """The same as the code has it: ninja's, with all forms, errors and headers."""
    made: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="api/v1/"), default=str))
    made["info"]["license"] = {"name": "of the code: EUPL-1.2; of the data: see licences of each city", "identifier": "EUPL-1.2"}
    made["servers"] = [{"url": "/", "description": "this site"}]
    problem = TypeAdapter(Problem).json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    made["components"]["schemas"] |= problem.pop("$defs", {}) | {"Problem": problem}
    made["components"]["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "a key of a person of this site; reading needs none"}
    }
    offered = {r.operation: r.forms for r in RESOURCES} | {"cities": forms.PLAIN}
    for address, methods in made["paths"].items():
        methods.pop("head", None)
        for operation in methods.values():
            if operation["tags"] == ["webhooks"]:
                operation["security"] = [{"key": []}]
                _refusals(operation, WRITING)
                continue
            _complete(operation, offered.get(operation["operationId"].removesuffix("_as"), ()), ending=".{form}" in address)
    made["paths"]["/api/v1/cities/{city}/stream"] = STREAM
    for operation in STREAM.values():
        _refusals(operation, ("401", "404", "406", "422", "429", "500", "503"))
    made["paths"] = dict(sorted(made["paths"].items()))
    return made


def _complete(operation: dict[str, Any], offered: tuple[str, ...], *, ending: bool) -> None:
    """Say of an operation in which forms it answers, with which headers, and how it refuses."""
    for parameter in operation["parameters"]:
        parameter["schema"] = _said(parameter["schema"])
    fine = operation["responses"]["200"]
    for form in offered:
        if form != "json":
            what = {"type": "object"} if form == "geojson" else {"type": "string"}
            fine["content"][forms.MEDIA[form]] = {"schema": what}
    fine["headers"] = {name: {"description": why, "schema": {"type": "string"}, "required": True} for name, why in HEADERS.items()}
    if offered:
        link = 'the next page, where there is one: <address>; rel="next"'
        fine["headers"]["Link"] = {"description": link, "schema": {"type": "string"}, "required": False}
    operation["responses"]["304"] = {"description": "what you have is still the answer"}
    shut = operation.setdefault("security", [{}, {"key": []}]) == CLOSED
    never = {"409", "413", "415"} | ({"406"} if ending else set()) | (set() if shut else {"403"})
    _refusals(operation, tuple(e for e in ERRORS if e not in never))


def _said(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter as it can be said: an address has no null."""
    for choice in schema.pop("anyOf", ()):
        if choice.get("type") != "null":
            schema |= choice
    return {k: v for k, v in schema.items() if k not in ("title", "description") and not (k == "default" and v is None)}


def _refusals(operation: dict[str, Any], statuses: tuple[str, ...]) -> None:
    for status in statuses:
        known = operation["responses"].setdefault(status, {"description": ERRORS.get(status, "")})
        known["content"] = {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}


@cache
def _document(language: str) -> tuple[bytes, str]:
    body = json.dumps(schema(language), ensure_ascii=False).encode()
    return body, f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'


@csrf_exempt
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The description, for machines; in the language of ?lang=, else of Accept-Language."""
    speech = asked_in(request)
    body, etag = _document(speech.code)
    headers = {"ETag": etag, "Cache-Control": LASTING, "Vary": "Accept-Language", "Content-Language": speech.code}
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers=headers)
    return HttpResponse(body, content_type="application/json", headers=headers)


@csrf_exempt
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The description, for people; in the language of ?lang=, else of Accept-Language."""
    speech = asked_in(request)
    said = schema(speech.code)
    paths = {address: methods for address, methods in said["paths"].items() if "{form}" not in address}
    operations = [(method.upper(), address, o) for address, methods in paths.items() for method, o in methods.items()]
    context = {"schema": said, "operations": operations, "shape": lambda what: _shape(what, speech), "speech": speech, "say": speech.say}
    response = HttpResponse(render_to_string("api.html", context, using="pages"))
    response.headers["Vary"] = "Accept-Language"
    return response


def asked_in(request: HttpRequest) -> Speech:
    """The language of ?lang=, else the one that is asked for by Accept-Language."""
    said = request.GET.get("lang", "")
    return speak(said) if said in LOCALES else of_request(request)


@csrf_exempt
@require_safe
def root(_request: HttpRequest) -> HttpResponse:
    """Where everything begins."""
    base = "/api/v1/"
    return HttpResponse(
        json.dumps({"cities": f"{base}cities", "openapi": f"{base}openapi.json", "docs": f"{base}docs"}), content_type="application/json"
    )


@csrf_exempt
def nowhere(_request: HttpRequest) -> HttpResponse:
    """No such address."""
    raise Http404


def _shape(schema: dict[str, Any], speech: Speech) -> str:
    """A schema in a few words: "date or null", "list of Value"."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return either((_shape(s, speech) for s in schema["anyOf"]), speech)
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return speech.say("list of {what}", what=_shape(schema["items"], speech)) if "items" in schema else speech.say("list")
    return str(schema.get("format") or schema.get("type") or speech.say("anything"))
