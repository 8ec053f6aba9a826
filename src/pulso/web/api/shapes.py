"""The rows that the API tells, each flat, so that it is the same in every form."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.shapes import Reason


@dataclass(frozen=True)
class City:
    """A city of this site."""

    city: str = Field(description="the city, by its slug: its name in addresses")
    name: str = Field(description="its name")
    timezone: str = Field(description="the clock that its days are days of: a name of the IANA time zone database")
    country: str = Field(description="ISO 3166-1, two letters")
    language: str = Field(description="pt or en: of its own pages")
    synthetic: bool = Field(description="whether every value is simulated")
    zones: int = Field(description="how many zones it has")
    metrics: int = Field(description="how many metrics weigh in its index")
    sources: int = Field(description="how many sources it declares")


@dataclass(frozen=True)
class CityNow(City):
    """A city, and what is published of it."""

    about: str = Field(description="what the index is, and what it is not")
    first: date | None = Field(description="the first day that is published; null where nothing is")
    last: date | None = Field(description="the last day that is published; null where nothing is")
    vintage: datetime | None = Field(description="when something was published last, UTC; null where nothing was")
    licences: tuple[str, ...] = Field(description="owners of the data and their licences")


@dataclass(frozen=True)
class Zone:
    """A zone of a city; as GeoJSON with its outline."""

    zone: str = Field(description="the zone, by its id")
    name: str = Field(description="its name")
    parent: str | None = Field(description="the zone that it lies in; null for the city itself")
    leaf: bool = Field(description="whether no other zone lies in it")
    lon: float = Field(description="of a point within it, degrees, WGS 84")
    lat: float = Field(description="of a point within it, degrees, WGS 84")


@dataclass(frozen=True)
class Metric:
    """What is measured."""

    metric: str = Field(description="the metric, by its name in the city file")
    name_en: str = Field(description="its name in English; empty where the city file has none")
    name_pt: str = Field(description="its name in Portuguese; empty where the city file has none")
    domain: str = Field(description="the domain that it belongs to")
    source: str = Field(description="the source that it is made from")
    unit: str = Field(description='unit of what is measured; "1" is a count, "" any. Published values are indices: 100 = the expected day')
    importance: float = Field(description="how heavy it is within its domain, as the city file says")
    footprint: bool = Field(description="whether its domain stands beside the headline, not in it")


@dataclass(frozen=True)
class Value:
    """What is published of one zone and day: the headline, or one metric or domain of it."""

    zone: str | None = Field(description="the zone, by its id; null for the city as a whole")
    day: date = Field(description="the city's own day")
    metric: str | None = Field(description="the metric or domain; null for the headline")
    index: float | None = Field(description="100 = the expected day; null where there is no number")
    interval_low: float | None = Field(description="90 % interval of the headline; null where there is none, and for metrics")
    interval_high: float | None = Field(description="its other end")
    normal_low: float | None = Field(description="5 % of ordinary days of that kind lie below; null where unknown, and for metrics")
    normal_high: float | None = Field(description="95 % of ordinary days of that kind lie below")
    level_index: float | None = Field(description="the headline against the same kind of day in the reference year; null for metrics")
    weight_seen: float = Field(description="how much was seen: of the zone's living weight, 0 to 1")
    status: str = Field(description="published; partial: too little seen for a full number; refused: no number")
    stage: str = Field(description="when in its life the number was published: flash, provisional, revised, final, backfill, benchmark")
    vintage: datetime = Field(description="when it was published, UTC")
    grain: str = Field(default="day", description="what one row is of: day, week or month; day is then the first day of it")
    days_seen: int = Field(default=1, description="days that have an index: of a day 0 or 1")
    days_expected: int = Field(default=1, description="days that a row is of: of a day 1, of a week 7")


@dataclass(frozen=True)
class Event:
    """What was on, where and when."""

    first: date = Field(description="its first day")
    last: date = Field(description="its last day, included")
    kind: str = Field(description="what sort of event it is")
    name: str = Field(description="its name")
    name_pt: str = Field(description="its name in Portuguese: the city's own, else ours, else as it stands")
    zone: str | None = Field(description="the zone that it touches; null for the whole city")
    link: str = Field(description="where to read more: an address, or the path of a page here, as that of a pilot; empty where nowhere")
    silences: str = Field(
        description="sources, by `; `, whose sensors in the zone are missing on these days, whatever they report; empty for none"
    )


@dataclass(frozen=True)
class Effect:
    """What an event did to the index or to one metric, against what was expected when it began."""

    first: date = Field(description="the event's first day")
    last: date = Field(description="the event's last day, included")
    kind: str = Field(description="what sort of event it is")
    name: str = Field(description="the event's name")
    zone: str | None = Field(description="the zone in which it was measured; null for the whole city")
    metric: str | None = Field(description="the metric, by its name in the city file; null for the index itself")
    change: float | None = Field(description="share of what was expected: .5 is half as much again; null where it can't be told")
    low: float | None = Field(description="lower end of the 95 % interval of that share")
    high: float | None = Field(description="its other end")
    p: float | None = Field(description="share of earlier spans of as many quiet days that moved as far; null where it can't be told")
    windows: int = Field(description="how many such spans there were")
    seen: int = Field(description="days of the event with a number")
    verdict: str = Field(description="more or less, where the interval leaves zero out; else cannot tell")
    refusal: str = Field(description="why it can't be told: not over, not seen, unsettled, short past, pilot; empty where it can")
    weather: bool = Field(description="whether the day's weather is in it, as in a storm; else it is taken out")


@dataclass(frozen=True)
class Source:
    """Where data comes from, and what it promises."""

    source: str = Field(description="the source, by its name in the city file")
    name_en: str = Field(description="its name in English; empty where the city file has none")
    name_pt: str = Field(description="its name in Portuguese; empty where the city file has none")
    connector: str = Field(description="how it is read")
    owner: str = Field(description="who gives the data; empty where the city file doesn't say")
    attribution: str = Field(description="how its owner wants to be named")
    licence: str = Field(description="under which licence; empty where none is declared")
    expected: str = Field(description="its declared interval, such as 15min")
    freshness: str = Field(description="how late it may be, such as 2d")
    completeness: float = Field(description="how much of its intervals it promises, 0 to 1")
    first: date | None = Field(description="the first day of its life; null where the city file doesn't say")
    last: date | None = Field(description="the last day of its life; null while it lives")
    personal: bool = Field(description="whether personal data is stripped at its door")
    state: str | None = Field(
        description="fresh, late, ended, nothing: what came against what it promises; null where it was not measured yet"
    )
    first_seen: date | None = Field(description="the first day of which something came; null where nothing did, or not measured yet")
    last_seen: date | None = Field(description="the last day of which something came; null where nothing did, or not measured yet")
    observations: int | None = Field(description="how many observations are kept; null where it was not measured yet")


@dataclass(frozen=True)
class Quality:
    """How well one day of a zone is known. A day of which nothing was published is a row too."""

    zone: str | None = Field(description="the zone, by its id; null for the city as a whole")
    day: date = Field(description="the city's own day")
    status: str = Field(description="published, partial, refused; absent: a gap, nothing was published of it")
    weight_seen: float | None = Field(description="how much was seen: of the living weight, 0 to 1; null where absent")
    metrics_seen: int | None = Field(description="metrics with a number that day; null where absent")
    metrics_known: int | None = Field(description="metrics that it was judged by; null where absent")
    publications: int = Field(description="how often it was published: more than once means that it was revised")
    first_vintage: datetime | None = Field(description="when it was published first, UTC; null where absent")
    vintage: datetime | None = Field(description="when it was published last, UTC; null where absent")


@dataclass(frozen=True)
class Flag:
    """A sensor that people exclude, for all to see."""

    sensor: str = Field(description="the sensor, by its source's own id")
    first: date = Field(description="the first local day that it is left out")
    last: date | None = Field(description="the last, included; null: until further notice")
    why: str = Field(description="the reason, for a person")
    who: str = Field(description="who says so: a role or an organisation")
    known_at: datetime = Field(description="since when it is known, UTC")


@dataclass(frozen=True)
class Part:
    """One cell of the domain × driver table."""

    domain: str = Field(description="the domain, by its name in the city file")
    driver: str = Field(description="the driver: a kind of weather, an event by its own name, or unexplained")
    points: float = Field(description="points of the index")


@dataclass(frozen=True)
class Explanation:
    """Why a day was as it was: the points add up to index − 100."""

    city: str = Field(description="the city, by its slug")
    zone: str | None = Field(description="the zone, by its id; null for the city as a whole")
    day: date = Field(description="the city's own day")
    status: str = Field(description="published; partial: too little seen for a full number; refused: no number")
    refusal: str | None = Field(description="why there is no headline, for a person")
    index: float | None = Field(description="100 = the expected day; null where there is no number")
    interval: tuple[float, float] | None = Field(description="90 %, of today's value")
    weight_seen: float = Field(description="how much was seen: of the living weight, 0 to 1")
    sentence: str = Field(description="the day in one sentence, in the language that was asked for")
    reasons: tuple[Reason, ...] = Field(description='points by driver, "unexplained" last; empty where there is no index')
    table: tuple[Part, ...] = Field(description="the same points by domain and driver")
    unmeasured: tuple[str, ...] = Field(description="events of that day whose effect was never measured before: named, not credited")
    beyond: tuple[str, ...] = Field(description="drivers outside everything the model has seen")
    missing: tuple[str, ...] = Field(description="sources alive that day from which nothing came")
    vintage: datetime = Field(description="when it was published, UTC")


@dataclass(frozen=True)
class Incident:
    """A breach of one source's contract."""

    source: str = Field(description="the source, by its name in the city file")
    kind: str = Field(description="late, nothing, incomplete, drift, unreadable or unanswered")
    subject: str = Field(description="the metric, or the reason for turning values away; empty where it is the whole source")
    began: datetime = Field(description="when it was noticed, UTC")
    ended: datetime | None = Field(description="when it was noticed to be over, UTC; null while it lasts")
    since: date | None = Field(description="the last day that the source told of; null where none is known")
    seen: float | None = Field(description="the share that was seen, or how many there were; null where it has none")
    declared: float | None = Field(description="the share that the contract declares; null where it has none")
