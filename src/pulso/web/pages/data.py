"""Open data: every published series, its forms, and the contracts and licences of what it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from urllib.parse import urlencode

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.show import names
from pulso.show.language import Speech
from pulso.show.language import marked as _
from pulso.web.pages.asked import Asked
from pulso.web.pages.developers import Example, told
from pulso.web.pages.frame import Frame
from pulso.web.pages.twin import Page
from pulso.web.readings import Reading
from pulso.web.readings import status as known
from pulso.web.readings.status import Account
from pulso.web.readings.walks import changed

TABLE = ("csv", "parquet", "xlsx", "json")
MEDIA = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "geojson": "application/geo+json",
}
WHOLE = ("csv", "parquet", "xlsx")
LARGE = WHOLE[:2]
"""The forms of the files that hold a whole series; those with a row a zone and day are too large for a sheet."""
MOST = "250"
"""So many rows an answer of the API has in every form: what could have more is a file."""
SETS: tuple[tuple[str, str, str, str, dict[str, str], tuple[str, ...]], ...] = (
    (
        "index",
        _("The city's index, day by day"),
        _("The number of each day, its interval, its normal range, and how much was seen."),
        "files/index",
        {},
        WHOLE,
    ),
    (
        "zones-index",
        _("The index of every zone, day by day"),
        _("The same for the city and each zone, whole, in one file."),
        "files/values",
        {},
        LARGE,
    ),
    (
        "metrics-index",
        _("Every metric, day by day"),
        _("What each metric says of the city and of each zone, whole, in one file: 100 is its own expected day."),
        "files/metrics",
        {},
        LARGE,
    ),
    (
        "quality",
        _("How well each day is known"),
        _("How much was seen, how often it was published anew, and the gaps, named: whole, in one file."),
        "files/quality",
        {},
        LARGE,
    ),
    (
        "zones",
        _("The zones and their outlines"),
        _("What each zone is called, and where it lies."),
        "zones",
        {"limit": MOST},
        ("geojson", *TABLE),
    ),
    (
        "events",
        _("What was on"),
        _("Holidays, festivals, strikes, storms and works, as the city entered them."),
        "files/events",
        {},
        WHOLE,
    ),
    ("sources", _("The sources"), _("Owners, licences, contracts, and whether they are kept."), "sources", {"limit": MOST}, TABLE),
    (
        "incidents",
        _("Incidents of the sources"),
        _("Where a contract was broken, from when until when."),
        "incidents",
        {"limit": MOST},
        TABLE,
    ),
    ("flags", _("Sensors left out by hand"), _("Which ones, from when until when, and why."), "flags", {"limit": MOST}, TABLE),
)
"""Each set: its name, its title, what it is, the API's resource, what is asked of it, and its forms."""


@dataclass(frozen=True)
class Form:
    """One form of a data set."""

    form: str = Field(description="csv, parquet, xlsx, json or geojson")
    media: str = Field(description="its media type")
    address: str = Field(description="where it lies")


@dataclass(frozen=True)
class DataSet:
    """One published series."""

    name: str = Field(description="its name, for links")
    title: str = Field(description="its title, in the page's language")
    about: str = Field(description="what it is, in a sentence")
    first: date | None = Field(description="its first day; null where it has none, or none is known")
    last: date | None = Field(description="its last day")
    sources: tuple[str, ...] = Field(description="the sources that it is made of, by name; each has a contract")
    licences: tuple[str, ...] = Field(description="the licences of these sources")
    forms: tuple[Form, ...] = Field(description="where it lies, in every form")
    modified: datetime | None = Field(description="when it changed last, UTC; null where nothing is published")
    daily: bool = Field(description="whether a new day is added each day; else it changes when there is cause")


@dataclass(frozen=True)
class SourceContract:
    """Whose data the series are made of, and under which contract."""

    source: str = Field(description="the source, by its name in the city file")
    name: str = Field(description="its name, readable")
    owner: str = Field(description="who gives the data; empty where nobody is named")
    licence: str = Field(description="under which licence; empty where none is declared")
    yaml: str = Field(description="where its contract lies")


@dataclass(frozen=True)
class Data:
    """The catalogue of a city's open data."""

    frame: Frame = Field(description="what every page carries")
    terms: str = Field(description="under which licence the published values themselves are")
    told: tuple[Example, ...] = Field(description="how to be told of new values, a line each")
    sets: tuple[DataSet, ...] = Field(description="the published series")
    metrics: tuple[DataSet, ...] = Field(description="one series a metric")
    contracts: tuple[SourceContract, ...] = Field(description="whose data they are made of")
    catalogue: str = Field(description="where this catalogue lies as DCAT")


def data(asked: Asked) -> Data:
    """The catalogue."""
    reading, speech = asked.reading, asked.speech
    said = known.account(reading)
    base = f"/{speech.code}/{reading.slug}"
    return Data(
        frame=asked.frame,
        terms=_terms(reading, speech),
        told=told(asked),
        sets=tuple(_sets(reading, speech, asked.site)),
        metrics=tuple(_metrics(reading, speech, said, asked.site)),
        contracts=tuple(
            SourceContract(
                name, names.source(name, reading.city, speech), s.owner or s.attribution, s.licence, f"{base}/contracts/{name}.yaml"
            )
            for name, s in reading.city.sources.items()
        ),
        catalogue=f"{base}/catalogue.jsonld",
    )


def _terms(reading: Reading, speech: Speech) -> str:
    """Under which licence the values are: nobody gave them one of their own."""
    known = ", ".join(dict.fromkeys(s.licence for s in reading.city.sources.values() if s.licence))
    if not known:
        return speech.say("The published values have no licence of their own, and their sources name none.")
    return speech.say("The published values have no licence of their own: those of their sources hold: {licences}.", licences=known)


def _sets(reading: Reading, speech: Speech, site: str) -> Iterator[DataSet]:
    feeding = tuple(reading.city.sources)
    licences = tuple(dict.fromkeys(s.licence for s in reading.city.sources.values() if s.licence))
    days = reading.days() or (None, None)
    for name, title, about, resource, query, forms in SETS:
        daily = resource.startswith("files/") and resource != "files/events"
        first, last = days if daily else (None, None)
        made_of = (feeding, licences) if daily else ((), ())
        lies = _forms(site, reading.slug, resource, query, forms)
        modified = reading.last_vintage() if daily else changed(reading)
        yield DataSet(name, speech.say(title), speech.say(about), first, last, *made_of, lies, modified, daily)


def _metrics(reading: Reading, speech: Speech, said: Account | None, site: str) -> Iterator[DataSet]:
    vintage = reading.last_vintage()
    seen = {m.metric: m for s in said.sources for m in s.metrics} if said else {}
    for slug, conf in reading.city.metrics.items():
        licence = reading.city.sources[conf.source].licence
        yield DataSet(
            name=slug,
            title=names.metric(slug, reading.city, speech),
            about=names.domain(conf.domain, reading.city, speech),
            first=seen[slug].first if slug in seen else None,
            last=seen[slug].last if slug in seen else None,
            sources=(conf.source,),
            licences=(licence,) if licence else (),
            forms=_forms(site, reading.slug, f"files/{slug}", {}, WHOLE),
            modified=vintage,
            daily=True,
        )


def _forms(site: str, city: str, resource: str, query: dict[str, str], forms: tuple[str, ...]) -> tuple[Form, ...]:
    asked = f"?{urlencode(query)}" if query else ""
    return tuple(Form(f, MEDIA[f], f"{site}/api/v1/cities/{city}/{resource}.{f}{asked}") for f in forms)


DATA = Page("data", "data", Data, data, known=known.stamp)
