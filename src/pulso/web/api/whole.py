"""One thing, or an answer that is no row, as JSON: registered once, for whoever asks as far as they may know it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import NinjaAPI
from ninja.params.functions import Path, Query
from pydantic import TypeAdapter

from pulso.web.api.asked import Asked, InWords, ask
from pulso.web.api.problems import speech
from pulso.web.api.rows import CITY, Stamp, in_language, one
from pulso.web.api.whom import closed, theirs, told
from pulso.web.readings import Reading

ID = Path(..., min_length=1, max_length=200, description="its id; a slash in it stays as it is")


@dataclass(frozen=True)
class Whole:
    """What stands at one address below a city's."""

    name: str
    shape: type[Any]
    query: type[InWords]
    make: Callable[..., Any]  # of what is asked, and of the id where it is one of many
    whom: Callable[[HttpRequest, Asked[Any]], Asked[Any]]  # says up to which level whoever asks may know, or refuses
    stamp: Callable[[Reading], Stamp]
    named: bool = False  # whether it is one of many, by its id
    closed: bool = False  # whether nothing of it is told without a key


def register(api: NinjaAPI, whole: Whole) -> None:
    """Give it its address."""
    api.api_operation(
        ["GET", "HEAD"],
        f"/cities/{{city}}/{whole.name}{'/{path:name}' if whole.named else ''}",
        response=whole.shape,
        operation_id=(whole.name.removesuffix("s") if whole.named else whole.name).replace("-", "_"),
        tags=["cities"],
        summary=whole.make.__doc__,
        **closed(whole.closed),
    )(_view(whole))


def _view(whole: Whole) -> Callable[..., HttpResponseBase]:
    writer, make = TypeAdapter(whole.shape), told(whole.make)

    def answered(request: HttpRequest, city: str, query: InWords, *parts: str) -> HttpResponseBase:
        asked = whole.whom(request, ask(request, city, query, whole.name))
        lang, level = speech().code, asked.level
        assert level is not None  # noqa: S101  # `whom` says it
        stamp = whole.stamp(asked.reading).of(level).of(lang)
        made = one(request, asked.reading, lambda: writer.dump_json(make(asked, *parts)), stamp)
        return theirs(request, in_language(made, lang))

    def of_city(request: HttpRequest, city: str, *, query: InWords) -> HttpResponseBase:
        return answered(request, city, query)

    def of_one(request: HttpRequest, city: str, name: str, *, query: InWords) -> HttpResponseBase:
        return answered(request, city, query, name)

    said: dict[str, Any] = {"city": Annotated[str, CITY], "query": Annotated[whole.query, Query(...)]}
    of_city.__annotations__ |= said
    of_one.__annotations__ |= said | {"name": Annotated[str, ID]}
    return of_one if whole.named else of_city
