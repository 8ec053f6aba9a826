"""The few shapes that rooms exchange. Facts are rows; columns, not objects: a city makes millions of observations a day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, NamedTuple, Protocol

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

UTC_TIME = pa.timestamp("us", tz="UTC")


class Row(BaseModel):
    """A record that rooms exchange and machines read: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


OBSERVATION = pa.schema(
    [
        ("sensor", pa.string()),  # the source's own id, unique within the source
        ("metric", pa.string()),  # what was seen, e.g. "parking_free"
        ("start", UTC_TIME),  # span of the value: start included, end excluded
        ("end", UTC_TIME),
        ("value", pa.float64()),  # finite
        ("unit", pa.string()),  # as the source has it; the lake converts
        ("lon", pa.float64()),  # degrees, WGS 84; null where the city file knows the sensor
        ("lat", pa.float64()),
    ]
)
"""One thing, seen once: what, where, when, how much. A gap is the absence of a row, never a row of zero."""

REJECT = pa.schema(
    [
        ("sensor", pa.string()),  # null where the row names none
        ("metric", pa.string()),  # null where the row names none
        ("kind", pa.string()),  # "missing": the source says that it has no value; "bad": it says something impossible
        ("reason", pa.string()),  # one of REASONS
        ("text", pa.string()),  # the first such text, cut to 200 characters
        ("line", pa.int64()),  # where it first stood, counted from 1; null where lines have no meaning
        ("first", UTC_TIME),  # of the spans concerned, where a time could be read
        ("last", UTC_TIME),
        ("n", pa.int64()),  # how many rows or cells
    ]
)
"""What a source could not give, counted: one row a sensor, metric and reason within one answer. Nothing is dropped silently."""

REASONS: dict[str, str] = {
    "closed": "the source says that the place was closed",
    "no value": "the source marks the value as absent, or leaves it empty",
    "status": "the source's status column says that the value is not valid",
    "unreadable time": "the time could not be read",
    "no such hour": "the time falls into the hour that the clock skips in spring",
    "unreadable value": "the value is not a number",
    "not finite": "the value is infinite or not a number",
    "out of bounds": "the value lies outside what this metric can be",
    "unknown sensor": "the source declares its sensors, and this is none of them",
    "undeclared": "a column or metric that the city file neither reads nor leaves out on purpose",
    "duplicate": "the same sensor, metric and time, with the same value",
    "conflict": "the same sensor, metric and time, with another value; the first was kept",
    "future": "the time lies after the moment of collection",
    "too old": "the time lies before the source's declared life",
    "outside": "the time lies outside the span that was asked for",
    "short row": "the row has fewer or more cells than the header",
    "footer": "a line after the data, without data",
}
"""Why a value is not among the observations: the word that the tables carry, and what it means."""


class Answer(NamedTuple):
    """What one request brought: the observations, what could not be one, and where they came from."""

    observations: pa.RecordBatch  # of schema OBSERVATION
    rejects: pa.RecordBatch  # of schema REJECT
    origin: str  # the address asked for, without secrets; rows of one origin replace each other
    digest: str  # the Raw's own, so that the lake knows what it has read already


@dataclass(frozen=True)
class Window:
    """A span of local days to ask for: both days included. `now` is when the asking is done, in UTC."""

    first: date
    last: date
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError(f"a window must not end before it begins: {self.first} to {self.last}")
        if self.now.tzinfo is not UTC:
            raise ValueError(f"the time of asking must be in UTC: {self.now!r}")

    def days(self) -> list[date]:
        """Every day of the window, in order."""
        return [self.first + timedelta(days=i) for i in range((self.last - self.first).days + 1)]


class Raw(NamedTuple):
    """The bytes that an address gave, and what is known of them."""

    url: str
    body: bytes
    digest: str  # sha256 of the body and of what reads it (the source's section of the city file, the reader's version)
    content_type: str = ""  # as the server named it; empty where it did not


class Get(Protocol):
    """The one power of a connector: to ask. Retries, time-outs, politeness, mirrors and keeping raw answers are behind it."""

    def __call__(self, url: str) -> Raw | None:
        """Ask one address. None: nothing is there (404, 410), or nothing new since the lake last read it.

        SourceUnavailable: it did not answer, after retries.
        """
        ...

    def each(self, urls: list[str]) -> Iterator[Raw]:
        """Ask many, and yield what is there and new, in their order. One that does not answer is noted and passed over."""
        ...


class Source(Protocol):
    """Where observations come from: it may ask, and nothing else. See docs/how-to/add-a-source.md."""

    def fetch(self, window: Window, get: Get) -> Iterator[Answer]:
        """Yield one Answer a request, in order of time. SourceChanged where an answer has not the declared shape."""
        ...


KEPT = pa.schema(
    [
        ("source", pa.string()),
        ("sensor", pa.string()),
        ("metric", pa.string()),
        ("zone", pa.string()),  # leaf zone; null where the place is unknown or outside
        ("start", UTC_TIME),
        ("end", UTC_TIME),
        ("value", pa.float64()),  # in the canonical unit; null in a tombstone
        ("day", pa.date32()),  # local
        ("hour", pa.int8()),  # local, 0-23
        ("lon", pa.float32()),
        ("lat", pa.float32()),
        ("origin", pa.string()),
        ("revision", pa.int16()),  # 0 when the key was first known, one more each time another value was learned
        ("known_at", UTC_TIME),
    ]
)
"""An observation as the lake keeps it. The latest known_at of a key (source, sensor, metric, start) wins; a null value says: gone."""


class Quantity(NamedTuple):
    """What a variable of a source can be: its canonical unit ("": any) and its bounds, both included; the lake refuses the rest."""

    unit: str
    least: float = float("-inf")
    most: float = float("inf")


class Recipe(NamedTuple):
    """How one metric of a city is made from one source's observations: the lake runs it, pulso.metrics writes it."""

    metric: str
    source: str
    digest: str  # of everything that shapes the answer: a new one means that all days are reduced again
    reduce: Callable[[Any], Any]  # Ibis table of KEPT, whole local days → Ibis table of SENSOR_HOUR without known_at


SENSOR_HOUR = pa.schema(
    [
        ("metric", pa.string()),  # the city's metric, e.g. "parking_arrivals"
        ("source", pa.string()),
        ("sensor", pa.string()),
        ("zone", pa.string()),
        ("day", pa.date32()),  # local
        ("hour", pa.int8()),  # local, 0-23; 0 for metrics that come by the day
        ("value", pa.float64()),  # sum over the seen intervals for flows, mean for occupancies and levels
        ("n", pa.int32()),  # intervals seen
        ("expected", pa.float32()),  # intervals that a complete hour of that day has, as the source declares
        ("still", pa.int32()),  # longest run of one value other than 0 that day, in intervals of at least 15 min; 0: none fills an hour
        ("known_at", UTC_TIME),
    ]
)
"""What a sensor saw in one local hour. Everything coarser is made from it. An hour without a seen interval has no row."""


def batch(schema: pa.Schema, **columns: object) -> pa.RecordBatch:
    """Make a batch of a schema; columns that are not given are null. ValueError for a column that the schema lacks."""
    unknown = set(columns) - set(schema.names)
    if unknown:
        raise ValueError(f"columns {sorted(unknown)} are not of the shape {schema.names}")
    n = max((len(c) for c in columns.values() if hasattr(c, "__len__")), default=0)
    arrays = []
    for f in schema:
        value = columns.get(f.name)
        if value is None:
            arrays.append(pa.nulls(n, f.type))
        elif isinstance(value, pa.Array | pa.ChunkedArray):
            whole = value.combine_chunks() if isinstance(value, pa.ChunkedArray) else value
            arrays.append(whole.cast(f.type))
        else:
            arrays.append(pa.array(value, f.type))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def together(batches: Iterator[pa.RecordBatch] | list[pa.RecordBatch], schema: pa.Schema) -> pa.Table:
    """Put batches of one schema under each other; none give an empty table."""
    return pa.Table.from_batches(list(batches), schema=schema)


class Part(NamedTuple):
    """One cell of the domain × driver table, in points of the headline."""

    domain: str
    driver: str
    points: float


class Reason(Row):
    """One driver's share of (index − 100)."""

    name: str = Field(description="the driver: a kind of weather, an event by its own name, or unexplained")
    kind: Literal["weather", "event", "unexplained"] = Field(description="what it is")
    points: float = Field(description="points of the index: all reasons add up to index − 100")


class MetricVerdict(Row):
    """What one metric said of a zone and day."""

    metric: str = Field(description="the metric, by its name in the city file")
    domain: str = Field(description="the domain that it belongs to")
    index: float | None = Field(description="100 · observed / expected; null where nothing could be expected or nothing was seen")
    without_weather: float | None = Field(
        default=None, description="the index, had the day's weather been usual; null too where published before it was"
    )
    weight: float = Field(description="its share of the living weight, 0 to 1; 0 in a footprint domain")
    sensors_seen: int = Field(description="sensors that count that day")
    sensors_alive: int = Field(description="sensors of which something was expected lately")
    flags: list[str] = Field(description='"sensors disagree", "frozen: PH Theater", "jump: 100031297" …')


class DomainVerdict(Row):
    """What one domain said of a zone and day; a footprint domain stands beside the headline, not in it."""

    domain: str = Field(description="the domain, by its name in the city file")
    index: float | None = Field(description="100 is the expected day; null where nothing was seen")
    weight: float = Field(description="its share of the living weight, 0 to 1")
    footprint: bool = Field(description="whether it stands beside the headline, not in it")


class Verdict(Row):
    """What is published of one zone and one day. `zone` is null for the city as a whole."""

    city: str = Field(description="the city, by its slug")
    zone: str | None = Field(description="the zone, by its id; null for the city as a whole")
    day: date = Field(description="the city's own day")
    status: Literal["published", "partial", "refused"] = Field(
        description="published; partial: too little seen for a full number; refused: no number"
    )
    refusal: str | None = Field(description="why there is no headline, for a person")
    days_known: int | None = Field(
        default=None, description="where its past is too short: the most days of data that any series has before it, of five years"
    )
    index: float | None = Field(description="100 = the expected day")
    interval: tuple[float, float] | None = Field(description="90 %, of today's value")
    normal_range: tuple[float, float] | None = Field(description="5-95 % of ordinary days of that kind")
    method_band: tuple[float, float] | None = Field(
        default=None, description="what other reasonable methods would have said; null too where published before it was"
    )
    without_weather: float | None = Field(
        default=None, description="the index, had the day's weather been usual; null too where published before it was"
    )
    level_index: float | None = Field(description="against the same kind of day in the reference year")
    weight_seen: float = Field(description="of the living weight, 0 to 1")
    sources_seen: int = Field(description="sources that spoke that day")
    sources_declared: int = Field(description="sources that should have")
    domains: list[DomainVerdict] = Field(description="what each domain said")
    metrics: list[MetricVerdict] = Field(description="what each metric said")
    reasons: list[Reason] = Field(description='sum exactly to index − 100, "unexplained" last; empty where there is no index')
    table: list[Part] = Field(description="the same points by domain and driver")
    unmeasured: list[str] = Field(description="events of that day whose effect was never measured before: named, not credited")
    beyond: list[str] = Field(description="drivers outside everything the model has seen")
    missing: list[str] = Field(description="sources alive that day from which nothing came")
    stage: Literal["flash", "provisional", "revised", "final", "backfill", "benchmark"] = Field(
        description="when in its life the number was published"
    )
    in_sample: bool = Field(description="the first year is judged by a model that saw it")
    vintage: datetime = Field(description="when it was published, UTC")
    digest: str = Field(description="of the city file and the code's version")
    synthetic: bool = Field(description="whether every value is simulated")
