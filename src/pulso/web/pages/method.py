"""Method: how the number is made, of what, how heavy each part is, and how far published numbers moved afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass as plain_dataclass
from datetime import date, datetime

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.shapes import Verdict
from pulso.show import methods, names
from pulso.show.language import Speech
from pulso.web.pages.asked import Asked
from pulso.web.pages.frame import Frame
from pulso.web.pages.method_words import Paragraph, paragraphs
from pulso.web.pages.twin import Page
from pulso.web.readings import City
from pulso.web.readings import contracts as documents
from pulso.web.readings import status as known
from pulso.web.readings.status import Account, Revision, Weighed


@dataclass(frozen=True)
class DomainWeight:
    """What one domain weighs, as a share of the living weight, 0 to 1."""

    domain: str = Field(description="the domain, by its name in the city file")
    name: str = Field(description="its name, in the page's language where there is one")
    footprint: bool = Field(description="whether it stands beside the headline, not in it")
    importance: float = Field(description="what the city file says that it is worth, against the others")
    now: float | None = Field(description="on the last day that is published; null where nothing is")
    in_force: float | None = Field(description="importance × calmness, by the reference year; null where not known")
    last_year: float | None = Field(description="the same by the last 365 days: the difference is drift; null where not known")
    equal: float | None = Field(description="if all domains were worth the same; null where not known")


@dataclass(frozen=True)
class MetricWeight:
    """What one metric weighs, and what it is made of."""

    metric: str = Field(description="the metric, by its name in the city file")
    name: str = Field(description="its name, in the page's language where there is one")
    domain: str = Field(description="the domain that it belongs to")
    source: str = Field(description="the source that it is made of")
    unit: str = Field(description="the unit of what is counted; empty where it is counted in pieces")
    importance: float = Field(description="what the city file says that it is worth within its domain")
    now: float | None = Field(description="its share of the living weight on the last day that is published; null where nothing is")


@dataclass(frozen=True)
class Moved:
    """How far publications moved afterwards, in points of the index, later minus earlier."""

    where: str = Field(description="city, or zones: all of them together")
    stage: str = Field(description="the stage that they were published in")
    to: str = Field(description="the stage of the next publication, or last")
    pairs: int = Field(description="zone-days with a number both times")
    changed: int = Field(description="of these, with another number")
    mean: float | None = Field(description="mean movement; null where there is none")
    mean_absolute: float | None = Field(description="mean size of the movement; null where there is none")
    largest: float | None = Field(description="the largest by size, with its sign; null where there is none")
    gained: int = Field(description="zone-days that had no number, and have one later")
    lost: int = Field(description="zone-days whose number was withdrawn")


@dataclass(frozen=True)
class Choice:
    """How much of what other methods would change is owed to one choice."""

    choice: str = Field(description="weights, treatment, aggregation or left out")
    name: str = Field(description="the choice in words")
    day: float | None = Field(description="share of the variance it has a part in, on the day (Sobol total index); null where unknown")
    year: float | None = Field(description="the same over the 365 days that end with it; null where unknown")


@dataclass(frozen=True)
class Versions:
    """What the numbers are made by."""

    software: str | None = Field(description="version of Pulso at the last run; null where none has kept it")
    recipe: str | None = Field(description="version of the recipe of the judgement")
    city: str = Field(description="digest of the city's files, as they are now")
    verdict: str | None = Field(description="digest that the last published verdict carries; null where nothing is published")


@dataclass(frozen=True)
class Method:
    """How a city's number is made."""

    frame: Frame = Field(description="what every page carries")
    measured: datetime | None = Field(description="when weights and revisions were last measured, UTC; null where they never were")
    paragraphs: tuple[Paragraph, ...] = Field(description="the method in short, in the page's language")
    day: date | None = Field(description="the last day that is published: the weights of now are its")
    domains: tuple[DomainWeight, ...] = Field(description="the weights by domain")
    metrics: tuple[MetricWeight, ...] = Field(description="the weights by metric")
    drift: str = Field(description="the largest drift of a weight, in words; empty where not known")
    choices: tuple[Choice, ...] = Field(description="which choice of method matters; empty where not known")
    band: tuple[float, float] | None = Field(description="5 to 95 % of what all choices together would say of that day; null: not known")
    revisions: tuple[Moved, ...] = Field(description="how far published numbers moved; empty where nothing is published")
    revised: str = Field(description="the revisions in a sentence; empty where not known")
    versions: Versions = Field(description="what the numbers are made by")


def method(asked: Asked) -> Method:
    """The method, with the city's own weights and revisions."""
    reading, speech, city = asked.reading, asked.speech, asked.reading.city
    said = known.account(reading)
    days = reading.days()
    verdict = asked.verdicts(days[1]).get(None) if days else None
    weighed = said.weights if said else None
    return Method(
        frame=asked.frame,
        measured=said.made if said else None,
        paragraphs=tuple(paragraphs(speech)),
        day=days[1] if days else None,
        domains=tuple(_domains(city, verdict, weighed, speech)),
        metrics=tuple(_metrics(city, verdict, speech)),
        drift=_drift(city, weighed, speech),
        choices=tuple(Choice(c.choice, speech.say(methods.CHOICES[c.choice]), c.day, c.year) for c in (weighed.choices if weighed else ())),
        band=weighed.band if weighed else None,
        revisions=tuple(_moved(r) for r in (said.revisions if said else ())),
        revised=_revised(said, speech),
        versions=Versions(said.version if said else None, said.recipe if said else None, city.digest, verdict.digest if verdict else None),
    )


def _domains(city: City, verdict: Verdict | None, weighed: Weighed | None, speech: Speech) -> Iterator[DomainWeight]:
    now = {d.domain: d.weight for d in verdict.domains} if verdict else {}
    other = {d.domain: d for d in weighed.domains} if weighed else {}
    for slug, conf in city.domains.items():
        w = other.get(slug)
        yield DomainWeight(
            domain=slug,
            name=names.domain(slug, city, speech),
            footprint=conf.footprint,
            importance=conf.importance,
            now=now.get(slug),
            in_force=w.in_force if w else None,
            last_year=w.by_last_year if w else None,
            equal=w.equal if w else None,
        )


def _metrics(city: City, verdict: Verdict | None, speech: Speech) -> Iterator[MetricWeight]:
    now = {m.metric: m.weight for m in verdict.metrics} if verdict else {}
    for slug, conf in city.metrics.items():
        unit = documents.units(city, slug)
        yield MetricWeight(
            metric=slug,
            name=names.metric(slug, city, speech),
            domain=names.domain(conf.domain, city, speech),
            source=conf.source,
            unit="" if unit == "1" else unit,
            importance=conf.importance,
            now=now.get(slug),
        )


def _drift(city: City, weighed: Weighed | None, speech: Speech) -> str:
    if weighed is None or len(weighed.domains) < 2:
        return ""
    most = max(weighed.domains, key=lambda d: abs(d.by_last_year - d.in_force))
    points = speech.signed(100 * (most.by_last_year - most.in_force), 1)
    return speech.say("Largest drift: {domain}, {points} points of weight.", domain=names.domain(most.domain, city, speech), points=points)


def _moved(r: Revision) -> Moved:
    return Moved(r.where, r.stage, r.to, r.pairs, r.changed, r.mean, r.mean_absolute, r.largest, r.gained, r.lost)


def _revised(said: Account | None, speech: Speech) -> str:
    if said is None or not said.revisions:
        return ""
    whole = [r for r in said.revisions if r.to == "last"]
    n, changed = sum(r.pairs for r in whole), sum(r.changed for r in whole)
    if not any(r.changed or r.gained or r.lost for r in said.revisions):
        return speech.many("Nothing was revised: {n} number stands.", "Nothing was revised: all {n} numbers stand.", n)
    return speech.many(
        "{changed} of {n} published number was changed later.",
        "{changed} of {n} published numbers were changed later.",
        n,
        changed=speech.number(changed),
    )


@plain_dataclass(frozen=True)
class Drawn:
    """What the template needs beside the page."""

    widest: float  # the heaviest weight there is, for the bars
    where: dict[str, str]
    beside: frozenset[str]  # the names of the domains that stand beside the index


def draw(page: Method, asked: Asked) -> Drawn:
    """The bars' scale, and the words of the revisions' table."""
    weights = [w for d in page.domains for w in (d.now, d.last_year) if w is not None]
    weights += [m.now for m in page.metrics if m.now is not None]
    return Drawn(
        max(weights, default=1.0) or 1.0,
        {k: asked.speech.say(v) for k, v in methods.WHERE.items()},
        frozenset(d.name for d in page.domains if d.footprint),
    )


METHOD = Page("method", "method", Method, method, draw, known=known.stamp)
