"""Developers: how machines read all of this, and what every field of every page means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.show import helps
from pulso.show.language import Speech, speak
from pulso.show.language import marked as _
from pulso.web.pages.asked import Asked
from pulso.web.pages.frame import Frame
from pulso.web.pages.twin import Page

BRACKETS = re.compile(r"<(?:\w+:)?(\w+)>")
"""A part of an address, as Django writes it."""

FEEDS: tuple[tuple[str, str, str], ...] = (
    (_("Each day's bulletin"), "feed.atom", "application/atom+xml"),
    (_("Incidents of the sources"), "incidents.atom", "application/atom+xml"),
    (_("The agenda, for a calendar"), "agenda.ics", "text/calendar"),
    (_("The catalogue of open data (DCAT)"), "catalogue.jsonld", "application/ld+json"),
    (_("Number and chart for your own page"), "embed", "text/html"),
)


@dataclass(frozen=True)
class FieldLine:
    """One field of a shape."""

    name: str = Field(description="its name in the JSON")
    type: str = Field(description="what it holds")
    shapes: tuple[str, ...] = Field(description="the shapes that it is made of; empty where it is plain")
    help: str = Field(description="what it means, in the page's language")


@dataclass(frozen=True)
class ShapeLine:
    """One shape: what a page, or a part of it, holds."""

    name: str = Field(description="its name")
    about: str = Field(description="what it is, in the page's language")
    fields: tuple[FieldLine, ...] = Field(description="its fields, in their order")


@dataclass(frozen=True)
class PageLine:
    """One page of the city, and its twin."""

    name: str = Field(description="the page's name")
    html: str = Field(description="its address; what stands in brackets is to be filled in")
    json: str = Field(description="the address of its twin")
    shape: str = Field(description="the shape of what the twin says")


@dataclass(frozen=True)
class Example:
    """A few lines that run as they stand."""

    title: str = Field(description="what they do, in the page's language")
    language: str = Field(description="sh or python")
    text: str = Field(description="the lines")


@dataclass(frozen=True)
class Feed:
    """Something to subscribe to, or to take along."""

    title: str = Field(description="what it is, in the page's language")
    address: str = Field(description="where it lies")
    media: str = Field(description="its media type")


@dataclass(frozen=True)
class Developers:
    """How machines read this site."""

    frame: Frame = Field(description="what every page carries")
    examples: tuple[Example, ...] = Field(description="a few lines that run as they stand")
    told: tuple[Example, ...] = Field(description="how to be told of new values, a line each")
    api: str = Field(description="the API's own page")
    openapi: str = Field(description="its description, OpenAPI 3.1")
    feeds: tuple[Feed, ...] = Field(description="what there is to subscribe to")
    pages: tuple[PageLine, ...] = Field(description="every page of a city, and its twin")
    shapes: tuple[ShapeLine, ...] = Field(description="every shape that the twins are made of")


def developers(asked: Asked) -> Developers:
    """Say how."""
    base, speech = f"/{asked.speech.code}/{asked.reading.slug}", asked.speech
    return Developers(
        frame=asked.frame,
        examples=tuple(_examples(asked)),
        told=told(asked),
        api=f"/api/v1/docs?lang={speech.code}",
        openapi=f"/api/v1/openapi.json?lang={speech.code}",
        feeds=tuple(Feed(speech.say(title), f"{base}/{at}", media) for title, at, media in FEEDS),
        pages=tuple(_pages(base)),
        shapes=shapes(speech.code),
    )


def told(asked: Asked) -> tuple[Example, ...]:
    """How to be told of new values, a line each: a stream, a webhook, a feed."""
    site, city, speech = asked.site, asked.reading.slug, asked.speech
    hook = f"""-H 'Content-Type: application/json' -d '{{"city": "{city}", "url": "https://example.org/hook"}}'"""
    return (
        Example(speech.say("As it happens (server-sent events)"), "sh", f"curl -N {site}/api/v1/cities/{city}/stream"),
        Example(
            speech.say("Sent to you (webhook, with a key)"), "sh", f"curl {site}/api/v1/webhooks -H 'Authorization: Bearer pulso_…' {hook}"
        ),
        Example(speech.say("In a feed reader (Atom)"), "sh", f"curl {site}/{speech.code}/{city}/feed.atom"),
    )


def _examples(asked: Asked) -> Iterator[Example]:
    site, city, speech = asked.site, asked.reading.slug, asked.speech
    api = f"{site}/api/v1/cities/{city}"
    yield Example(speech.say("This page, and any other, for a machine"), "sh", f"curl {site}/{speech.code}/{city}/today.json")
    yield Example(speech.say("The index of the city as CSV"), "sh", f"curl '{api}/files/index.csv' -o {city}.csv")
    days, vintage = asked.reading.days(), asked.reading.last_vintage()
    if days and vintage:
        moment = (vintage + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        then = f"from={max(days[0], days[1] - timedelta(days=6))}&to={days[1]}&as_of={moment}"
        yield Example(speech.say("As it was published then"), "sh", f"curl '{api}/values?zone=city&{then}'")
    ours = (
        "from pulso.client import Pulso",
        "",
        f'with Pulso("{site}") as pulso:',
        f'    for value in pulso.values("{city}", zone="city"):',
    )
    yield Example(speech.say("In Python, page by page, with types"), "python", "\n".join((*ours, "        print(value.day, value.index)")))
    lines = ("import pandas as pd", "", f'index = pd.read_parquet("{api}/files/values.parquet")', "print(index.tail())")
    yield Example(speech.say("In Python, with nothing but pandas"), "python", "\n".join(lines))


def _all() -> tuple[Page, ...]:
    from pulso.web.pages.urls import PAGES  # this page is one of them

    return PAGES


def _pages(base: str) -> Iterator[PageLine]:
    for page in _all():
        at = BRACKETS.sub(r"{\1}", f"{base}/{page.address}")
        yield PageLine(page.name, at, f"{at}.json", page.shape.__name__)


@cache
def shapes(language: str) -> tuple[ShapeLine, ...]:
    """Every shape of every page, by name: what stands in the code is what is said here. Of two pages' parts of one name, both."""
    found: dict[str, ShapeLine] = {}
    speech = speak(language)
    first: dict[str, Any] = {}
    for page in _all():
        schema = page.adapter.json_schema(mode="serialization")
        every = schema.get("$defs", {}) | {page.shape.__name__: schema}
        objects = {name: said for name, said in every.items() if said.get("type") == "object"}
        fields = {name: said.get("properties", {}) for name, said in objects.items()}
        called = {name: name if first.setdefault(name, own) == own else f"{page.name}.{name}" for name, own in fields.items()}
        for name, said in objects.items():
            about = helps.told(said.get("description", ""), speech)
            found[called[name]] = ShapeLine(called[name], about, tuple(_field(n, f, called, speech) for n, f in fields[name].items()))
    return tuple(found[name] for name in sorted(found))


def _field(name: str, said: dict[str, Any], called: Mapping[str, str], speech: Speech) -> FieldLine:
    made = tuple(called[ref] for ref in dict.fromkeys(_refs(said)) if ref in called)
    return FieldLine(name, _type(said, speech), made, helps.told(said.get("description", ""), speech))


def _refs(said: Any) -> Iterator[str]:
    if isinstance(said, dict):
        if "$ref" in said:
            yield said["$ref"].rsplit("/", 1)[1]
        for value in said.values():
            yield from _refs(value)
    elif isinstance(said, list):
        for value in said:
            yield from _refs(value)


def _type(said: dict[str, Any], speech: Speech) -> str:
    """What a field holds, short: "number or null", "list of ZoneLine"."""
    if "$ref" in said:
        return str(said["$ref"].rsplit("/", 1)[1])
    if "anyOf" in said:
        return either(dict.fromkeys(_type(one, speech) for one in said["anyOf"]), speech)
    if "enum" in said:
        return either((f'"{one}"' for one in said["enum"]), speech)
    if said.get("type") == "array":
        inner = said.get("items") or (said.get("prefixItems") or [{}])[0]
        return speech.say("list of {what}", what=_type(inner, speech)) if inner else speech.say("list")
    if said.get("type") == "object" and isinstance(said.get("additionalProperties"), dict):
        return speech.say("names to {what}", what=_type(said["additionalProperties"], speech))
    return str(said.get("format") or said.get("type") or speech.say("anything"))


def either(choices: Iterable[str], speech: Speech) -> str:
    """Join what something may be: "number or null"."""
    between = speech.say("or")
    return f" {between} ".join(choices)


DEVELOPERS = Page("developers", "developers", Developers, developers)
