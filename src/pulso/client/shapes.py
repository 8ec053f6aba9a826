"""What a Pulso site tells, as dataclasses. Null where nothing is known, never 0; moments are in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class City:
    """A city of this site."""

    city: str  # the city, by its slug: its name in addresses
    name: str  # its name
    timezone: str  # the clock that its days are days of: a name of the IANA time zone database
    country: str  # ISO 3166-1, two letters
    language: str  # pt or en: of its own pages
    synthetic: bool  # whether every value is simulated
    zones: int  # how many zones it has
    metrics: int  # how many metrics weigh in its index
    sources: int  # how many sources it declares


@dataclass(frozen=True)
class CityNow(City):
    """A city, and what is published of it."""

    about: str  # what the index is, and what it is not
    first: date | None  # the first day that is published; null where nothing is
    last: date | None  # the last day that is published; null where nothing is
    vintage: datetime | None  # when something was published last, UTC; null where nothing was
    licences: tuple[str, ...]  # owners of the data and their licences


@dataclass(frozen=True)
class Zone:
    """A zone of a city; as GeoJSON with its outline."""

    zone: str  # the zone, by its id
    name: str  # its name
    parent: str | None  # the zone that it lies in; null for the city itself
    leaf: bool  # whether no other zone lies in it
    lon: float  # of a point within it, degrees, WGS 84
    lat: float  # of a point within it, degrees, WGS 84


@dataclass(frozen=True)
class Metric:
    """What is measured."""

    metric: str  # the metric, by its name in the city file
    name_en: str  # its name in English; empty where the city file has none
    name_pt: str  # its name in Portuguese; empty where the city file has none
    domain: str  # the domain that it belongs to
    source: str  # the source that it is made from
    unit: str  # unit of what is measured; "1" is a count, "" any. Published values are indices: 100 = the expected day
    importance: float  # how heavy it is within its domain, as the city file says
    footprint: bool  # whether its domain stands beside the headline, not in it


@dataclass(frozen=True)
class Value:
    """What is published of one zone and day: the headline, or one metric or domain of it."""

    zone: str | None  # the zone, by its id; null for the city as a whole
    day: date  # the city's own day
    metric: str | None  # the metric or domain; null for the headline
    index: float | None  # 100 = the expected day; null where there is no number
    interval_low: float | None  # 90 % interval of the headline; null where there is none, and for metrics
    interval_high: float | None  # its other end
    normal_low: float | None  # 5 % of ordinary days of that kind lie below; null where unknown, and for metrics
    normal_high: float | None  # 95 % of ordinary days of that kind lie below
    level_index: float | None  # the headline against the same kind of day in the reference year; null for metrics
    weight_seen: float  # how much was seen: of the zone's living weight, 0 to 1
    status: str  # published; partial: too little seen for a full number; refused: no number
    stage: str  # when in its life the number was published: flash, provisional, revised, final, backfill, benchmark
    vintage: datetime  # when it was published, UTC
    grain: str  # what one row is of: day, week or month; day is then the first day of it
    days_seen: int  # days that have an index: of a day 0 or 1
    days_expected: int  # days that a row is of: of a day 1, of a week 7


@dataclass(frozen=True)
class Event:
    """What was on, where and when."""

    first: date  # its first day
    last: date  # its last day, included
    kind: str  # what sort of event it is
    name: str  # its name
    name_pt: str  # its name in Portuguese: the city's own, else ours, else as it stands
    zone: str | None  # the zone that it touches; null for the whole city
    link: str  # where to read more: an address, or the path of a page here, as that of a pilot; empty where nowhere
    silences: str  # sources, by `; `, whose sensors in the zone are missing on these days, whatever they report; empty for none


@dataclass(frozen=True)
class Effect:
    """What an event did to the index or to one metric, against what was expected when it began."""

    first: date  # the event's first day
    last: date  # the event's last day, included
    kind: str  # what sort of event it is
    name: str  # the event's name
    zone: str | None  # the zone in which it was measured; null for the whole city
    metric: str | None  # the metric, by its name in the city file; null for the index itself
    change: float | None  # share of what was expected: .5 is half as much again; null where it can't be told
    low: float | None  # lower end of the 95 % interval of that share
    high: float | None  # its other end
    p: float | None  # share of earlier spans of as many quiet days that moved as far; null where it can't be told
    windows: int  # how many such spans there were
    seen: int  # days of the event with a number
    verdict: str  # more or less, where the interval leaves zero out; else cannot tell
    refusal: str  # why it can't be told: not over, not seen, unsettled, short past, pilot; empty where it can
    weather: bool  # whether the day's weather is in it, as in a storm; else it is taken out


@dataclass(frozen=True)
class Source:
    """Where data comes from, and what it promises."""

    source: str  # the source, by its name in the city file
    name_en: str  # its name in English; empty where the city file has none
    name_pt: str  # its name in Portuguese; empty where the city file has none
    connector: str  # how it is read
    owner: str  # who gives the data; empty where the city file doesn't say
    attribution: str  # how its owner wants to be named
    licence: str  # under which licence; empty where none is declared
    expected: str  # its declared interval, such as 15min
    freshness: str  # how late it may be, such as 2d
    completeness: float  # how much of its intervals it promises, 0 to 1
    first: date | None  # the first day of its life; null where the city file doesn't say
    last: date | None  # the last day of its life; null while it lives
    personal: bool  # whether personal data is stripped at its door
    state: str | None  # fresh, late, ended, nothing: what came against what it promises; null where it was not measured yet
    first_seen: date | None  # the first day of which something came; null where nothing did, or not measured yet
    last_seen: date | None  # the last day of which something came; null where nothing did, or not measured yet
    observations: int | None  # how many observations are kept; null where it was not measured yet


@dataclass(frozen=True)
class Quality:
    """How well one day of a zone is known. A day of which nothing was published is a row too."""

    zone: str | None  # the zone, by its id; null for the city as a whole
    day: date  # the city's own day
    status: str  # published, partial, refused; absent: a gap, nothing was published of it
    weight_seen: float | None  # how much was seen: of the living weight, 0 to 1; null where absent
    metrics_seen: int | None  # metrics with a number that day; null where absent
    metrics_known: int | None  # metrics that it was judged by; null where absent
    publications: int  # how often it was published: more than once means that it was revised
    first_vintage: datetime | None  # when it was published first, UTC; null where absent
    vintage: datetime | None  # when it was published last, UTC; null where absent


@dataclass(frozen=True)
class Flag:
    """A sensor that people exclude, for all to see."""

    sensor: str  # the sensor, by its source's own id
    first: date  # the first local day that it is left out
    last: date | None  # the last, included; null: until further notice
    why: str  # the reason, for a person
    who: str  # who says so: a role or an organisation
    known_at: datetime  # since when it is known, UTC


@dataclass(frozen=True)
class Part:
    """One cell of the domain × driver table."""

    domain: str  # the domain, by its name in the city file
    driver: str  # the driver: a kind of weather, an event by its own name, or unexplained
    points: float  # points of the index


@dataclass(frozen=True)
class Explanation:
    """Why a day was as it was: the points add up to index − 100."""

    city: str  # the city, by its slug
    zone: str | None  # the zone, by its id; null for the city as a whole
    day: date  # the city's own day
    status: str  # published; partial: too little seen for a full number; refused: no number
    refusal: str | None  # why there is no headline, for a person
    index: float | None  # 100 = the expected day; null where there is no number
    interval: tuple[float, float] | None  # 90 %, of today's value
    weight_seen: float  # how much was seen: of the living weight, 0 to 1
    sentence: str  # the day in one sentence, in the language that was asked for
    reasons: tuple[Reason, ...]  # points by driver, "unexplained" last; empty where there is no index
    table: tuple[Part, ...]  # the same points by domain and driver
    unmeasured: tuple[str, ...]  # events of that day whose effect was never measured before: named, not credited
    beyond: tuple[str, ...]  # drivers outside everything the model has seen
    missing: tuple[str, ...]  # sources alive that day from which nothing came
    vintage: datetime  # when it was published, UTC


@dataclass(frozen=True)
class Incident:
    """A breach of one source's contract."""

    source: str  # the source, by its name in the city file
    kind: str  # late, nothing, incomplete, drift, unreadable or unanswered
    subject: str  # the metric, or the reason for turning values away; empty where it is the whole source
    began: datetime  # when it was noticed, UTC
    ended: datetime | None  # when it was noticed to be over, UTC; null while it lasts
    since: date | None  # the last day that the source told of; null where none is known
    seen: float | None  # the share that was seen, or how many there were; null where it has none
    declared: float | None  # the share that the contract declares; null where it has none


@dataclass(frozen=True)
class Reason:
    """One driver's share of (index − 100)."""

    name: str  # the driver: a kind of weather, an event by its own name, or unexplained
    kind: str  # weather, event or unexplained
    points: float  # points of the index: all reasons add up to index − 100


@dataclass(frozen=True)
class Happening:
    """Something that happened in a city."""

    id: str  # listen from here: what came after it
    event: str  # published, alert, alert.ended, incident.began, incident.ended, pilot.frozen or evaluation.published
    data: dict[
        str, Any
    ]  # of a publication its days, of an alert its zone, day and direction, of an incident its source, of a pilot what it showed
