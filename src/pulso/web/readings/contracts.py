"""Each source's contract: as a document of the Open Data Contract Standard, and where what was seen breaks it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from pulso import metrics
from pulso.city import City, SourceConf
from pulso.shapes import Quantity
from pulso.sources.raw_store import retention
from pulso.web.readings.door import Reading
from pulso.web.readings.status import Account, SourceStatus, account, standing, today

STANDARD = "v3.1.0"
"""Of the Open Data Contract Standard."""

LATELY = timedelta(days=28)
"""What the answers of a source's last four weeks carry is of now; what older ones carry is past."""

ENDLESS = 1e12
"""A bound so far away bounds nothing that a reader need know of."""

DRIFT = ("undeclared", "unknown sensor")
"""Reasons for turning a value away that say: the source is no longer as the city file describes it."""

Kind = Literal["late", "nothing", "incomplete", "drift", "unreadable", "unanswered"]
KINDS: tuple[Kind, ...] = ("late", "nothing", "incomplete", "drift", "unreadable", "unanswered")
UNITS = {"s": "s", "min": "min", "h": "h", "d": "d", "w": "w", "m": "mo", "y": "y"}


@dataclass(frozen=True)
class Breach:
    """One way in which a source breaks its contract now."""

    source: str
    kind: Kind
    subject: str = ""  # the metric that is incomplete, or the reason that says that the shape has drifted
    since: date | None = None  # the last day that the source told of
    seen: float | None = None  # incomplete: the share that was seen; others: how many
    declared: float | None = None  # the share that the contract declares
    detail: str = ""  # what stood there, or the letter


def breaches(reading: Reading) -> list[Breach] | None:
    """Every breach of now, in the order of the city file; None where nothing was measured yet, so nothing can be said."""
    said = account(reading)
    if said is None:
        return None
    status = {s.source: s for s in said.sources}
    return [b for name, conf in reading.city.sources.items() for b in _breaches(reading, conf, status.get(name), said)]


def _breaches(reading: Reading, conf: SourceConf, status: SourceStatus | None, said: Account) -> Iterator[Breach]:
    found = standing(reading, conf.name, status)
    if found.kind == "ended":
        return  # its life is over, and so is its contract
    if found.kind == "late":
        yield Breach(conf.name, "late", since=found.since)
    if found.kind == "nothing" and (conf.first is None or conf.first + retention(conf.freshness) < today(reading)):
        yield Breach(conf.name, "nothing")
    for seen in status.metrics if status else ():
        if seen.lately is not None and seen.lately < conf.completeness:
            yield Breach(conf.name, "incomplete", seen.metric, seen.last, seen.lately, conf.completeness)
    if status:
        yield from _drift(status)
    for letter in (one for one in said.letters if one.source == conf.name):
        kind: Kind = "unanswered" if letter.unanswered else "unreadable"
        yield Breach(conf.name, kind, seen=float(letter.unanswered) or None, detail=letter.text)


def _drift(status: SourceStatus) -> Iterator[Breach]:
    """What its latest answers have that the city file does not know, by reason."""
    for reason in DRIFT:
        rows = [t for t in status.turned_away if t.reason == reason]
        until = max((t.until for t in rows if t.until), default=None)
        if rows and (until is None or status.last is None or until > status.last - LATELY):
            yield Breach(status.source, "drift", reason, until, float(sum(t.n for t in rows)), None, next((t.example for t in rows), ""))


def contract(reading: Reading, source: str, site: str) -> dict[str, Any]:
    """A source's contract as a document of the standard: plain values, ready for JSON or YAML. KeyError for a source that there is not."""
    city, conf = reading.city, reading.city.sources[source]
    page = f"{site}/en/{city.slug}/sources/{source}"
    own = {
        "version": "1.0.0",
        "apiVersion": STANDARD,
        "kind": "DataContract",
        "id": f"urn:pulso:{city.slug}:{source}",
        "name": f"{city.city.name}: {source}",
        "status": "retired" if conf.last and conf.last < today(reading) else "active",
        "tenant": city.slug,
        "domain": next((m.domain for m in city.metrics.values() if m.source == source), "weather"),
        "dataProduct": "Urban activity index",
        "tags": ["synthetic"] if city.city.synthetic else [],
        "description": {
            "purpose": f"What Pulso reads of the source {source} for the index of {city.city.name}.",
            "usage": f"Licence: {conf.licence or 'none is declared'}. Attribution: {conf.attribution or conf.owner or 'none is declared'}.",
            "limitations": "A gap is the absence of an observation, never a zero. The index says how much activity there is, not how good.",
        },
        "schema": [_variable(name, quantity, conf) for (of, name), quantity in metrics.quantities(city).items() if of == source],
        "slaProperties": list(_promises(conf)),
        "team": {"name": conf.owner or conf.attribution or source, "description": "Gives the data."},
        "servers": [
            {"server": "series", "type": "api", "location": f"{site}/api/v1/cities/{city.slug}", "description": "What is made of it."}
        ],
        "support": [{"channel": "incidents", "url": f"{site}/en/{city.slug}/incidents.atom", "scope": "notifications", "tool": "other"}],
        "authoritativeDefinitions": [{"url": page, "type": "businessDefinition"}],
        "customProperties": [
            {"property": key, "value": value}
            for key, value in (
                ("licence", conf.licence),
                ("attribution", conf.attribution),
                ("connector", conf.connector),
                ("personal", conf.personal),
                ("cityFileDigest", city.digest),
            )
            if value != ""
        ],
    }
    return {k: v for k, v in own.items() if v != []}


def _variable(name: str, quantity: Quantity, conf: SourceConf) -> dict[str, Any]:
    """One thing that a source sees, as a table of observations."""
    limits = {k: v for k, v in (("minimum", quantity.least), ("maximum", quantity.most)) if abs(v) < ENDLESS}
    value: dict[str, Any] = {
        "name": "value",
        "logicalType": "number",
        "physicalType": "double",
        "required": True,
        "description": f"in {quantity.unit}" if quantity.unit else "a plain number",
    }
    if limits:
        value["logicalTypeOptions"] = limits
    return {
        "name": name,
        "logicalType": "object",
        "physicalType": "table",
        "description": "One row an observation; a gap is the absence of a row.",
        "properties": [
            {"name": "sensor", "logicalType": "string", "required": True, "primaryKey": True, "primaryKeyPosition": 1},
            {
                "name": "start",
                "logicalType": "timestamp",
                "required": True,
                "primaryKey": True,
                "primaryKeyPosition": 2,
                "description": "UTC, included",
            },
            {"name": "end", "logicalType": "timestamp", "required": True, "description": "UTC, excluded"},
            value,
        ],
        "quality": [
            {
                "name": "completeness",
                "type": "custom",
                "engine": "pulso",
                "dimension": "completeness",
                "description": "Intervals seen, of those expected in the hours of which anything was seen, over the last 28 days.",
                "implementation": {"least": conf.completeness, "interval": conf.expected, "days": LATELY.days},
            },
            {
                "name": "one value a sensor and time",
                "type": "library",
                "metric": "duplicateValues",
                "arguments": {"properties": ["sensor", "start"]},
                "mustBe": 0,
                "dimension": "uniqueness",
            },
        ],
    }


def _promises(conf: SourceConf) -> Iterator[dict[str, Any]]:
    told: Mapping[str, tuple[str, str]] = {
        "frequency": (conf.expected, "One observation a sensor in every such interval."),
        "latency": (conf.freshness, "The last day told of is at most so old, and one day more."),
        "retention": (conf.keep_raw, "So long raw answers are kept."),
    }
    for name, (text, why) in told.items():
        number = text.rstrip("abcdefghijklmnopqrstuvwxyz")
        yield {"property": name, "value": int(number), "unit": UNITS[text.removeprefix(number)], "description": why}
    if conf.first:
        yield {"property": "generalAvailability", "value": conf.first.isoformat()}
    if conf.last:
        yield {"property": "endOfLife", "value": conf.last.isoformat()}


def yaml(value: Any, depth: int = 0) -> str:
    """Write plain values as YAML 1.2: texts in JSON's quotes, so that none of them is taken for a number, a date or a truth."""
    pad = "  " * depth
    if isinstance(value, dict) and value:
        return "".join(f"{pad}{key}:{_under(one, depth)}" for key, one in value.items())
    if isinstance(value, list) and value:
        return "".join(f"{pad}- {yaml(one, depth + 1).removeprefix(pad + '  ')}" for one in value)
    return f"{pad}{json.dumps(value, ensure_ascii=False)}\n"


def _under(value: Any, depth: int) -> str:
    nested = isinstance(value, dict | list) and bool(value)
    return "\n" + yaml(value, depth + 1) if nested else " " + yaml(value)


def units(city: City, metric: str) -> str:
    """The unit of what a metric is made of; empty where any will do. KeyError for a metric that there is not."""
    return metrics.quantities(city)[city.metrics[metric].source, metrics.variables(city, metric)[0]].unit
