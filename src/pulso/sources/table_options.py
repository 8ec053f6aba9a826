"""The keys of the table connector: how a city file describes a file. docs/reference/table-connector.md shows each of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from pulso.shapes import Row
from pulso.sources import clocks
from pulso.units import canonical

Meaning = Literal["closed", "missing"] | float


def _regex(text: str) -> str:
    try:
        re.compile(re.sub(r"\{(?![\d,])\w*\}", "x", text))
    except re.error as why:
        raise ValueError(f"{text!r} is not a regular expression: {why}") from None
    return text


def _form(text: str) -> str:
    if text not in clocks.EPOCHS:
        clocks.pattern(text)
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{text!r} is not a name of the IANA time zone database, such as Europe/Lisbon") from None
    return text


def _step(text: str) -> str:
    if not re.fullmatch(r"[1-9]\d*(s|min|h|d)", text):
        raise ValueError(f"{text!r}; a number with s, min, h or d, such as 15min, 1h, 1d")
    return text


def _unit(text: str) -> str:
    canonical(text)
    return text


def _many(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _listed(value: object) -> object:
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return value
    raise ValueError("no such key is known here; only a list of names, for a placeholder of that name in the url, may be called anything")


Regex = Annotated[str, AfterValidator(_regex)]
Names = Annotated[list[str], BeforeValidator(_many), Field(min_length=1)]
Step = Annotated[str, AfterValidator(_step)]
Unit = Annotated[str, AfterValidator(_unit)]


class Time(Row):
    """When: which columns tell it, in which form, on whose clock, for how long."""

    column: Names = Field(description="the column of the time, or several whose texts are joined by a space")
    format: Annotated[list[Annotated[str, AfterValidator(_form)]], BeforeValidator(_many)] = Field(
        default=["iso"], description='"iso", "epoch", "epoch_ms" or signs such as "%d.%m.%Y %H:%M"; several are tried in order'
    )
    zone: Annotated[str, AfterValidator(_zone)] | None = Field(default=None, description="the clock of the times; the city's own if absent")
    step: Step | None = Field(default=None, description="how long a value lasts; the source's `expected` if absent")
    stamp: Literal["start", "end"] = Field(default="start", description="whether the time is the beginning or the end of its span")
    strip: str = Field(default="", description="characters to take off both ends of the text")


class Values(Row):
    """What: which columns hold numbers, of which sensor, of which metric."""

    column: str | None = Field(default=None, description="one column, by its name")
    columns: Regex | None = Field(default=None, description="every column whose name matches")
    first_column_matching: Regex | None = Field(default=None, description="the first column whose name matches")
    count: bool = Field(default=False, description="no column: a row is one happening, and the rows of each `step` are counted")
    metric: str = Field(default="", description="what is counted; may use {names}")
    metric_column: str | None = Field(default=None, description="the column that names the metric of each row")
    metrics: Mapping[str, str] = Field(default_factory=dict, description='the file\'s name of a metric = ours; "" leaves it out on purpose')
    sensor: str | None = Field(default=None, description="who counted; may use {names}, {column}, {1}, {lon:.4f}, {lat:.4f}")
    sensor_column: Names | None = Field(default=None, description="the columns that name the sensor of each row")
    unit: Unit = Field(default="1", description="the unit, as pulso.units knows it")
    units: Mapping[str, Unit] = Field(default_factory=dict, description="units by metric, where they differ")
    status: str | None = Field(default=None, description="the column that says whether a value is valid; may use {column}, {1}")
    ok: list[str] = Field(default_factory=list, description="the texts of a valid status")
    hour: str | None = Field(default=None, description="for columns that are hours of the day: where the column's name tells it, e.g. {1}")

    @model_validator(mode="after")
    def _one(self) -> Values:
        if sum(x is not None for x in (self.column, self.columns, self.first_column_matching)) + self.count != 1:
            raise ValueError("exactly one of column, columns, first_column_matching, count")
        if not self.metric and self.metric_column is None:
            raise ValueError("metric, or metric_column")
        if self.sensor is not None and self.sensor_column is not None:
            raise ValueError("sensor, or sensor_column, or neither")
        if self.status is not None and not self.ok:
            raise ValueError("ok: the texts that a valid status has, such as ['0']")
        return self


class Special(Row):
    """A row that is not an observation of its time but a fact of the file's day, such as the capacity of each column's car park."""

    where: Regex = Field(description="what the time column says in that row")
    metric: str
    number: Regex = Field(default=r"(.*)", description="where the number stands within the text, as group 1")
    unit: Unit = "1"
    words: Mapping[str, Meaning] = Field(default_factory=dict)


class Dated(Row):
    """Words that mean something in these days only; both included."""

    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")
    metric: str | None = Field(default=None, description="of this metric only")
    words: Mapping[str, Meaning]


class Address(Row):
    """An address that is right for these days, both included."""

    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")
    url: str


class Place(Row):
    """Columns with degrees, WGS 84: one each, or both in one text."""

    lon: str | None = None
    lat: str | None = None
    point: str | None = Field(default=None, description="a column with both, such as POINT (-8.6 41.1) or 41.1, -8.6")
    order: Literal["lon lat", "lat lon"] = Field(default="lon lat", description="which of the two stands first in `point`")

    @model_validator(mode="after")
    def _whole(self) -> Place:
        if (self.lon is None or self.lat is None) == (self.point is None) or (self.lon is None) != (self.lat is None):
            raise ValueError("lon and lat, or point")
        return self

    @property
    def columns(self) -> list[str]:
        """The columns that tell the place."""
        return [c for c in (self.lon, self.lat, self.point) if c is not None]


def _addresses(value: object) -> object:
    return [{"url": value}] if isinstance(value, str) else value


class Options(Row):
    """Everything that [sources.x] may say to the table connector, besides what every source may say."""

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True)
    __pydantic_extra__: dict[str, Annotated[list[str], BeforeValidator(_listed)]]

    url: Annotated[list[Address], BeforeValidator(_addresses), Field(min_length=1)]
    time: Time
    values: Annotated[list[Values], BeforeValidator(lambda v: [v] if isinstance(v, Mapping) else v), Field(min_length=1)]
    place: Place | None = None
    words: Mapping[str, Meaning] = Field(
        default_factory=dict, description='what a text in a number column means: "closed", "missing" or a number'
    )
    dated: list[Dated] = Field(default_factory=list)
    rows: list[Special] = Field(default_factory=list)
    only: Mapping[str, Regex] = Field(default_factory=dict, description="read only the rows whose column matches whole")
    ignore: list[Regex] = Field(default_factory=list, description="columns that are left out on purpose")
    columns: list[str] | None = Field(default=None, description="the names of the columns, where the file has no header")
    columns_renamed: Mapping[str, str] = Field(default_factory=dict, description="a name in some files = its name in the others")
    sensors_renamed: Mapping[str, str] = Field(default_factory=dict)
    footer: list[Regex] = Field(default_factory=list, description="lines that are no data")
    separator: str = Field(default=",", min_length=1, max_length=1)
    decimal: Literal[".", ","] = "."
    thousands: str = ""
    encoding: str = "auto"
    sheet: str | int = Field(default=0, description="of a workbook: the sheet's name, or its number from 0")
    newline_at_end: bool = Field(default=False, description="a last line without a line break was cut off")

    @model_validator(mode="after")
    def _named(self) -> Options:
        used = {name for a in self.url for name in re.findall(r"(?<!\$)\{(\w+)", a.url)}
        for name in sorted(set(self.__pydantic_extra__) - used):
            raise ValueError(f"{name}: no such key is known here, and no {{{name}}} stands in the url")
        for name in sorted(used - {"day", "month", "year"} - set(self.__pydantic_extra__)):
            raise ValueError(f"url: {{{name}}} needs a list of that name, such as {name} = ['a', 'b']")
        if self.time.stamp == "end" and any(v.count for v in self.values):
            raise ValueError('count: a row that is counted has one moment; leave stamp = "end" out')
        if self.thousands == self.decimal:
            raise ValueError("thousands: another character than decimal")
        return self

    @property
    def named(self) -> dict[str, list[str]]:
        """The lists that fill the url's own placeholders."""
        return dict(self.__pydantic_extra__)
