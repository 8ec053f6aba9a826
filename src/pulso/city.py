"""City file → City. A city is a folder with a city.toml; every mistake in it is named with file and key."""

from __future__ import annotations

import csv
import hashlib
import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import holidays
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, field_validator, model_validator

from pulso.errors import CityFileError, Mistake
from pulso.shapes import Row

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", description="lower-case letters, digits and _, beginning with a letter")]


def _day(value: object) -> object:
    return value.date() if isinstance(value, datetime) else value or None


def _interval(text: str) -> str:
    if not re.fullmatch(r"[1-9]\d*(s|min|h|d)", text):
        raise ValueError('a number and one of s, min, h, d, such as "15min"')
    return text


def _age(text: str) -> str:
    if not re.fullmatch(r"\d+(d|w|m|y)", text):
        raise ValueError('a number and one of d, w, m, y, such as "90d" or "3y"')
    return text


Day = Annotated[date | None, BeforeValidator(_day)]
Interval = Annotated[str, AfterValidator(_interval)]
Age = Annotated[str, AfterValidator(_age)]


class Place(Row):
    """[city]: who it is, and which clock and calendar it lives by."""

    slug: Slug
    name: str
    timezone: str
    country: str = Field(pattern="^[A-Z]{2}$")
    subdivision: str | None = None
    reference_year: int | None = Field(default=None, ge=1970, le=2100)
    calendar: str | None = None
    events: str | None = None
    synthetic: bool = False
    language: Literal["pt", "en"] = "en"

    @model_validator(mode="after")
    def _known(self) -> Place:
        try:
            ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"timezone: found {self.timezone!r}; a name of the IANA time zone database, such as Europe/Lisbon") from None
        try:
            holidays.country_holidays(self.country, subdiv=self.subdivision, years=2024)
        except NotImplementedError as why:
            raise ValueError(f"country and subdivision: found {self.country!r}, {self.subdivision!r}; {why}") from None
        return self


class ZonesFile(Row):
    """[zones]: where the polygons come from, and what their properties are called."""

    file: str
    id: str
    name: str
    parent: str | None = None
    licence: str = ""
    attribution: str = ""


class SourceConf(Row):
    """[sources.x]: the keys every source has; those of its connector stay in `options`, for the connector to read."""

    name: Slug
    connector: str
    first: Day = Field(default=None, alias="from")
    last: Day = Field(default=None, alias="to")
    licence: str = ""
    attribution: str = ""
    owner: str = ""
    expected: Interval = "1h"
    freshness: Age = "2d"
    completeness: float = Field(default=0.9, ge=0, le=1)
    personal: bool = False
    sensors: str | None = None
    zone: str | None = None
    keep_raw: Age = "3y"
    name_en: str = ""
    name_pt: str = ""
    options: Mapping[str, Any] = Field(default_factory=dict)


class MetricConf(Row):
    """[metrics.x]: that we use it, from where, how heavy; how it is computed is Python, in pulso.metrics."""

    source: Slug
    domain: Slug
    like: Slug | None = None
    variable: Slug | None = None
    importance: float = Field(default=1.0, gt=0)
    hours: tuple[int, int] | None = None
    bounds: tuple[float, float] | None = None
    name_en: str = ""
    name_pt: str = ""

    @model_validator(mode="after")
    def _hours(self) -> MetricConf:
        if self.hours is not None and not 0 <= self.hours[0] < self.hours[1] <= 24:
            raise ValueError(f"hours: found {list(self.hours)}; two hours of the day, the first before the second, such as [7, 22]")
        return self


class DomainConf(Row):
    """[domains.x]: what a group of metrics is worth."""

    importance: float = Field(default=1.0, gt=0)
    footprint: bool = False
    name_en: str = ""
    name_pt: str = ""


class Privacy(Row):
    """[privacy]: what people must be told where data on them is processed (GDPR, Art. 13); the city's own words, and optional."""

    legal_basis_en: str = ""
    legal_basis_pt: str = ""
    recipients_en: str = ""
    recipients_pt: str = ""
    officer: str = ""


class Weather(Row):
    """[weather]: which sources tell the weather; their variables carry the names of pulso.metrics.weather."""

    sources: list[Slug] = Field(min_length=1)


class Sensor(Row):
    """One row of a sensors file: where a sensor stands, and during which life with which capacity."""

    sensor: str
    name: str = ""
    lon: float | None = Field(default=None, ge=-180, le=180)
    lat: float | None = Field(default=None, ge=-90, le=90)
    zone: str | None = None
    capacity: float | None = Field(default=None, gt=0)
    first: Day = Field(default=None, alias="from")
    last: Day = Field(default=None, alias="to")


class Span(Row):
    """One row of calendar.csv or events.csv: a kind of day or a happening, both days included."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")
    kind: str
    name: str
    zone: str | None = None
    link: str = ""
    name_pt: str = ""
    silences: tuple[str, ...] = ()  # sources whose sensors, in the zone, are missing on these days, whatever they say
    sensors: tuple[str, ...] = ()  # single sensors that are missing on these days, wherever they stand

    @field_validator("silences", "sensors", mode="before")
    @classmethod
    def _split(cls, said: object) -> object:
        """A cell of a table has them in one text: `bus; metro`."""
        return tuple(part.strip() for part in said.split(";") if part.strip()) if isinstance(said, str) else said

    @model_validator(mode="after")
    def _order(self) -> Span:
        if self.last < self.first:
            raise ValueError(f"to: found {self.last}; a day not before {self.first}")
        return self


class FibreConf(Row):
    """[fibre]: what the files of the city's fibre network say of themselves."""

    publisher: str = ""  # the city, where no other is said
    licence: str = ""


class SimulatedPilot(Row):
    """[[simulation.pilots]]: something that a synthetic city tries in a zone, and what it truly does there."""

    name: str
    zone: str
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    draw: float = Field(gt=0)  # factor on what the zone draws; 1 does nothing

    @model_validator(mode="after")
    def _order(self) -> SimulatedPilot:
        if self.last < self.first:
            raise ValueError(f"to: found {self.last}; a day not before {self.first}")
        return self


class SimulatedFibre(Row):
    """[simulation.fibre]: a synthetic city has a fibre network."""

    seed: int = Field(default=1, ge=0)  # of its streets and cables; the days' own seed doesn't move them


class Simulation(Row):
    """[simulation]: of a synthetic city, what `pulso simulate` makes of it where the command doesn't say."""

    seed: int | None = None
    first: Day = Field(default=None, alias="from")
    last: Day = Field(default=None, alias="to")
    scale: float = Field(default=1.0, gt=0)
    pilots: tuple[SimulatedPilot, ...] = ()
    fibre: SimulatedFibre | None = None  # without it, none
    sisters: tuple[str, ...] = ()  # synthetic cities, by slug or folder, that adopt what this one has tried


CALENDAR_KINDS = ("holiday", "school_break", "event")


class City(Row):
    """A city as its folder describes it, checked."""

    city: Place
    zones: ZonesFile
    sources: dict[Slug, SourceConf]
    domains: dict[Slug, DomainConf] = Field(default_factory=dict)
    metrics: dict[Slug, MetricConf] = Field(default_factory=dict)
    weather: Weather | None = None
    privacy: Privacy = Privacy()
    fibre: FibreConf = FibreConf()
    simulation: Simulation = Simulation()
    folder: Path
    digest: str
    sensors: dict[str, tuple[Sensor, ...]] = Field(default_factory=dict)
    calendar: tuple[Span, ...] = ()
    events: tuple[Span, ...] = ()

    @property
    def slug(self) -> str:
        """The city's name in addresses and folders."""
        return self.city.slug

    @property
    def clock(self) -> ZoneInfo:
        """The city's own clock."""
        return ZoneInfo(self.city.timezone)

    def public_holidays(self, first: date, last: date, language: str = "en_US") -> dict[date, str]:
        """Statutory holidays of these days, both included: the holidays package's, and those of kind holiday in calendar.csv.

        In this language where the package knows it for the country, else in English, else in the country's own.
        """
        known = holidays.country_holidays(
            self.city.country,
            subdiv=self.city.subdivision,
            years=range(first.year, last.year + 1),
            language=language if language in _languages(self.city.country) else "en_US",  # else it would be the machine's own
        )
        found = {day: str(name) for day, name in known.items() if first <= day <= last}
        for span in self.calendar:
            if span.kind == "holiday":
                found |= dict.fromkeys(_days(span, first, last), span.name)
        return dict(sorted(found.items()))

    @cached_property
    def portuguese(self) -> Mapping[str, str]:
        """The Portuguese names of events and of days of the calendar, by the name under which they are known; those that have one."""
        return {span.name: span.name_pt for span in (*self.calendar, *self.events) if span.name_pt}

    def days_of(self, kind: str, first: date, last: date) -> set[date]:
        """The days of a calendar kind within these, both included."""
        return {day for span in self.calendar if span.kind == kind for day in _days(span, first, last)}


@cache
def _languages(country: str) -> tuple[str, ...]:
    """The languages in which a country's holidays are known."""
    return holidays.country_holidays(country).supported_languages


def _days(span: Span, first: date, last: date) -> list[date]:
    start, stop = max(span.first, first), min(span.last, last)
    return [date.fromordinal(i) for i in range(start.toordinal(), stop.toordinal() + 1)]


def cities_folder() -> Path:
    """Where the shipped cities lie: beside the source tree, or the `cities` folder of the working directory."""
    beside = Path(__file__).resolve().parents[2] / "cities"
    return beside if beside.is_dir() else Path("cities")


def load(where: str | Path) -> City:
    """Read a city: a slug of a shipped city, a folder, or a city.toml. CityFileError names every mistake at once."""
    path = _find(where)
    mistakes: list[Mistake] = []
    text = _read(path)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as why:
        raise CityFileError(str(path), [Mistake("the file", str(why), "must be TOML, see docs/reference/city-file.md")]) from None
    raw = _with_options(raw)
    digests = [text]
    for section, key in (("calendar", "calendar"), ("events", "events")):
        name = raw.get("city", {}).get(key) if isinstance(raw.get("city"), dict) else None
        if isinstance(name, str):
            raw[section], more = _table(path.parent / name, Span, mistakes)
            digests.append(more)
    raw["sensors"] = {}
    sources = raw["sources"] if isinstance(raw.get("sources"), dict) else {}
    for name, source in sources.items():
        if isinstance(source, dict) and isinstance(source.get("sensors"), str):
            raw["sensors"][name], more = _table(path.parent / source["sensors"], Sensor, mistakes)
            digests.append(more)
    digests.append(_outlines(raw, path.parent))
    raw["folder"] = path.parent
    raw["digest"] = hashlib.sha256("\0".join(digests).encode()).hexdigest()
    try:
        city = City.model_validate(raw)
    except ValidationError as why:
        mistakes += _letters(why)
        raise CityFileError(str(path), mistakes) from None
    mistakes += _crosscheck(city)
    if mistakes:
        raise CityFileError(str(path), mistakes)
    return city


def _find(where: str | Path) -> Path:
    tried = [Path(where), Path(where) / "city.toml", cities_folder() / where / "city.toml"]
    for path in tried:
        if path.is_file():
            return path
    known = sorted(p.parent.name for p in cities_folder().glob("*/city.toml"))
    raise CityFileError(
        str(where),
        [Mistake("the city", str(where), f"a folder with a city.toml, or one of the shipped cities: {', '.join(known) or 'none'}")],
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as why:
        raise CityFileError(str(path), [Mistake("the file", str(why.strerror), "must be readable")]) from None
    except UnicodeDecodeError as why:
        raise CityFileError(str(path), [Mistake("the file", f"byte {why.start} is not UTF-8", "must be saved as UTF-8")]) from None


def _outlines(raw: dict[str, Any], folder: Path) -> str:
    """What the zones' file beside the city file says; nothing of one that has an address, or can't be read: whoever opens it tells."""
    file = raw["zones"].get("file") if isinstance(raw.get("zones"), dict) else None
    beside = folder / file if isinstance(file, str) and "://" not in file else None
    return beside.read_bytes().hex() if beside is not None and beside.is_file() else ""


def _with_options(raw: dict[str, Any]) -> dict[str, Any]:
    """Split each source's keys into those every source has and those of its connector."""
    common = {f.alias or name for name, f in SourceConf.model_fields.items()} - {"options", "name"}
    sources = raw.get("sources")
    if not isinstance(sources, dict):
        return raw
    split = {}
    for name, source in sources.items():
        if not isinstance(source, dict):
            split[name] = source
            continue
        split[name] = {k: v for k, v in source.items() if k in common} | {"name": name}
        split[name]["options"] = {k: v for k, v in source.items() if k not in common}
    return raw | {"sources": split}


def _table(path: Path, row: type[Row], mistakes: list[Mistake]) -> tuple[list[Row], str]:
    """Read a CSV beside the city file, a row a model; each mistake with its line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as why:
        mistakes.append(Mistake(path.name, str(why), "must be a readable CSV file in UTF-8, beside city.toml"))
        return [], ""
    rows: list[Row] = []
    for line, cells in enumerate(csv.DictReader(text.splitlines()), start=2):
        given = {k: v for k, v in cells.items() if v not in ("", None) and k is not None}
        try:
            rows.append(row.model_validate(given))
        except ValidationError as why:
            mistakes += [Mistake(f"{path.name}, line {line}, {m.key}", m.found, m.allowed) for m in _letters(why)]
    return rows, text


def _letters(why: ValidationError) -> list[Mistake]:
    """Pydantic's findings, as one mistake each."""
    found = []
    for e in why.errors(include_url=False):
        key = ".".join(str(part) for part in e["loc"]) or "the file"
        if e["type"] == "extra_forbidden":
            found.append(Mistake(key, e["input"], "no such key is known here"))
        elif e["type"] == "missing":
            found.append(Mistake(key, None, "this key is needed"))
        elif e["type"] == "value_error":
            here = e["input"] if isinstance(e["input"], str | int | float) else "what stands there"
            found.append(Mistake(key, here, str(e["ctx"]["error"]).removeprefix(f"found {here!r}; ")))
        else:
            found.append(Mistake(key, e["input"], e["msg"][0].lower() + e["msg"][1:]))
    return found


letters = _letters  # connectors turn their own models' findings into the same letters


def _crosscheck(city: City) -> list[Mistake]:
    """What no single key can know: names that must be declared elsewhere in the file."""
    found = []
    for name, m in city.metrics.items():
        if m.source not in city.sources:
            found.append(Mistake(f"metrics.{name}.source", m.source, f"one of the declared sources: {', '.join(city.sources)}"))
        if m.domain not in city.domains:
            found.append(Mistake(f"metrics.{name}.domain", m.domain, f"one of the declared domains: {', '.join(city.domains)}"))
    for name in city.weather.sources if city.weather else ():
        if name not in city.sources:
            found.append(Mistake("weather.sources", name, f"one of the declared sources: {', '.join(city.sources)}"))
    for name, s in city.sources.items():
        if s.first and s.last and s.last < s.first:
            found.append(Mistake(f"sources.{name}.to", s.last, f"a day not before {s.first}"))
    return found + _spans(city)


def _spans(city: City) -> list[Mistake]:
    """What the calendar and the events name that there is not."""
    found = []
    for span in city.calendar:
        if span.kind not in CALENDAR_KINDS:
            found.append(Mistake(f"{city.city.calendar}, {span.first} {span.name}, kind", span.kind, f"one of {', '.join(CALENDAR_KINDS)}"))
    for span in city.events:
        for name in span.silences:
            if name not in city.sources:
                where = f"{city.city.events}, {span.first} {span.name}, silences"
                found.append(Mistake(where, name, f"some of the declared sources: {', '.join(city.sources)}"))
    return found
