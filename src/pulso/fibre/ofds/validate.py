"""Does a file keep to the standard's schema? Kinds of values, words, dates, needed fields; each mistake with its place."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from pulso.fibre.findings import Finding, shown
from pulso.fibre.ofds.standard import Geometry, Kind, Listing, Record, Value, Version, package

IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[^\s<>\"{}|\\^`%\x00-\x20\x7f]|%[0-9A-Fa-f]{2})*")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NOT = {"date": "not-a-date", "uuid": "not-a-uuid", "iri": "not-an-address", "uri": "not-an-address"}
SAID = {
    "text": "text",
    "number": "a number",
    "integer": "a whole number",
    "truth": "true or false",
    "date": "a date as YYYY-MM-DD",
    "iri": "a web address, with its https://",
    "uri": "a URI",
    "uuid": "a UUID, such as 3f2504e0-4f89-41d3-9a0c-0305e82c3301",
}


def validate(data: Any, version: Version) -> Iterator[Finding]:
    """
    Hold a package to the schema of a version.

    Parameters
    ----------
    data
        What a JSON file holds: an object with a list `networks`.
    version
        Of the standard.

    Yields
    ------
    Finding
        `where` is a JSON pointer. Fields that the standard doesn't know are accepted, and told by `unknown_fields`.
    """
    yield from _walk(data, package(version), "")


def unknown_fields(data: Any, version: Version) -> list[Finding]:
    """Fields that the standard doesn't know, one note for each path, with how often it stands there. They are kept."""
    counts: dict[str, int] = {}
    _unknown(data, package(version), "", counts)
    return [
        Finding(
            "unknown-field", "note", where, f"a field that version {version} of the standard doesn't know, {n} ×", "it is kept as it is"
        )
        for where, n in counts.items()
    ]


def pointer(key: str) -> str:
    """A key as a JSON pointer has it (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def _walk(value: Any, kind: Kind, at: str) -> Iterator[Finding]:
    if isinstance(kind, Value):
        yield from _value(value, kind, at)
    elif isinstance(kind, Listing):
        yield from _listing(value, kind, at)
    elif isinstance(kind, Record):
        yield from _record(value, kind, at)
    else:
        yield from _geometry(value, kind, at)


def _value(value: Any, kind: Value, at: str) -> Iterator[Finding]:
    if not is_a(value, kind.kind):
        yield Finding("wrong-type", "error", at, f"{_named(value)} {shown(value)}", f"{SAID[kind.kind]} is accepted")
        return
    if kind.kind != "any" and not isinstance(value, str):
        return
    if value == "" and kind.kind == "text" and not kind.empty:
        yield Finding("empty", "error", at, "an empty text", "leave the field out if nothing is known")
    if kind.words is not None and value not in kind.words:
        yield Finding("unknown-word", "error", at, shown(value), f"{_words(kind.words)} is accepted")
    if kind.unlike and value.startswith(kind.unlike):
        yield Finding("unknown-word", "error", at, shown(value), f"only the first of the list says {kind.unlike}")
    if kind.kind in ("date", "iri", "uri", "uuid") and not _formed(value, kind.kind):
        yield Finding(NOT[kind.kind], "error", at, shown(value), f"{SAID[kind.kind]} is accepted")


def _listing(value: Any, kind: Listing, at: str) -> Iterator[Finding]:
    if not isinstance(value, list):
        yield Finding("wrong-type", "error", at, f"{_named(value)} {shown(value)}", "a list is accepted")
        return
    if len(value) < kind.least:
        yield Finding("empty", "error", at, f"a list of {len(value)}", f"at least {kind.least}, or leave the field out")
    if kind.once and (same := _twice(value)):
        yield Finding("twice", "error", at, f"numbers {same[0]} and {same[1]} of the list are the same", "each once")
    for i, item in enumerate(value):
        yield from _walk(item, kind.first if i == 0 and kind.first else kind.of, f"{at}/{i}")


def _record(value: Any, kind: Record, at: str) -> Iterator[Finding]:
    if not isinstance(value, dict):
        yield Finding("wrong-type", "error", at, f"{_named(value)} {shown(value)}", "an object with fields is accepted")
        return
    if not value and not kind.empty:
        yield Finding("empty", "error", at, "an object without fields", "leave it out if nothing is known")
    for name in kind.needed:
        if name not in value:
            yield Finding("missing", "error", at, f"no {name}", f"{name} is needed")
    others = [name for name in value if name not in kind.fields]
    if kind.only and others:
        yield Finding("unknown-field", "error", at, f"fields {', '.join(others[:5])}", f"only {', '.join(kind.fields)} are accepted")
    for name, item in value.items():
        if name in kind.fields:
            yield from _walk(item, kind.fields[name], f"{at}/{name}")


def _geometry(value: Any, kind: Geometry, at: str) -> Iterator[Finding]:
    fields: dict[str, Kind] = {"type": Value(words=frozenset(kind.types), empty=True), "coordinates": Value("any")}
    yield from _record(value, Record(fields, ("type", "coordinates"), only=True, empty=len(kind.types) == 1), at)
    if isinstance(value, dict) and "coordinates" in value:
        if isinstance(kind.coordinates, Listing):
            yield from _walk(value["coordinates"], kind.coordinates, f"{at}/coordinates")
        else:
            yield from _loose(value["coordinates"], f"{at}/coordinates")


def _loose(value: Any, at: str) -> Iterator[Finding]:
    """Coordinates as version 0.3's schema has them: a list of numbers or of lists that aren't empty."""
    if not isinstance(value, list):
        yield Finding("wrong-type", "error", at, f"{_named(value)} {shown(value)}", "a list is accepted")
    elif not value:
        yield Finding("empty", "error", at, "a list of 0", "a position, or several")
    else:
        for i, item in enumerate(value):
            if not isinstance(item, list) and not is_a(item, "number"):
                yield Finding("wrong-type", "error", f"{at}/{i}", f"{_named(item)} {shown(item)}", "a number or a position is accepted")
            elif item == []:
                yield Finding("empty", "error", f"{at}/{i}", "a position without numbers", "longitude and latitude")


def _unknown(value: Any, kind: Kind, at: str, counts: dict[str, int]) -> None:
    if isinstance(kind, Listing) and isinstance(value, list):
        for item in value:
            _unknown(item, kind.of, f"{at}/*", counts)
    elif isinstance(kind, Record) and isinstance(value, dict) and not kind.only:
        for name, item in value.items():
            if name in kind.fields:
                _unknown(item, kind.fields[name], f"{at}/{name}", counts)
            else:
                where = f"{at}/{pointer(name)}"
                counts[where] = counts.get(where, 0) + 1


def is_a(value: Any, kind: str) -> bool:
    """Whether a value is of a kind, as JSON Schema has it: true is no number, 2.0 is a whole one."""
    if kind == "any":
        return True
    if kind == "truth":
        return isinstance(value, bool)
    if kind in ("number", "integer"):
        if isinstance(value, float):
            return math.isfinite(value) and (kind == "number" or value.is_integer())
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, str)


def _formed(text: str, kind: str) -> bool:
    try:
        if kind == "date":
            return DATE.fullmatch(text) is not None and bool(date.fromisoformat(text))
        if kind == "uuid":
            return len(text) == 36 and all(text[i] == "-" for i in (8, 13, 18, 23)) and bool(UUID(text))
        return IRI.fullmatch(text) is not None and bool(urlsplit(text))
    except ValueError:
        return False


def _twice(items: list[Any]) -> tuple[int, int] | None:
    """The first two of a list that are the same. Records whose ids differ are not, which spares most of the comparing."""
    ids = Counter(item["id"] for item in items if isinstance(item, dict) and isinstance(item.get("id"), str))
    seen: dict[str, int] = {}
    for i, item in enumerate(items):
        if not isinstance(item, dict) or ids.get(item.get("id") if isinstance(item.get("id"), str) else None) != 1:
            key = f"{type(item).__name__} {json.dumps(item, sort_keys=True)}"
            if (first := seen.setdefault(key, i)) != i:
                return first, i
    return None


def _named(value: Any) -> str:
    names = {str: "the text", bool: "the truth value", int: "the number", float: "the number", list: "the list", dict: "the object"}
    return names.get(type(value), "the value")


def _words(words: frozenset[str]) -> str:
    if len(words) == 1:
        return f"only {next(iter(words))}"
    return f"one of {', '.join(sorted(words))}" if len(words) <= 10 else f"one of {len(words)} codes ({', '.join(sorted(words)[:3])} …)"
