"""What the pages of sources show."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.web.pages.frame import Frame


@dataclass(frozen=True)
class IncidentLine:
    """One breach of a contract, with its beginning and its end."""

    source: str = Field(description="the source, by its name in the city file")
    kind: str = Field(description="late, nothing, incomplete, drift, unreadable or unanswered")
    title: str = Field(description="the breach in a few words")
    sentence: str = Field(description="what it rests on")
    began: datetime = Field(description="when it was noticed, UTC")
    ended: datetime | None = Field(description="when it was noticed to be over; null while it lasts")


@dataclass(frozen=True)
class Gap:
    """Days in a row of which nothing at all is known."""

    first: date = Field(description="the first such day")
    last: date = Field(description="the last, included")
    days: int = Field(description="how many")


@dataclass(frozen=True)
class Measured:
    """What one metric of a source has to show."""

    metric: str = Field(description="the metric, by its name in the city file")
    name: str = Field(description="its name, in the page's language where there is one")
    sensors: int = Field(description="sensors that ever told of it")
    first: date | None = Field(description="the first local day of which anything is known; null where nothing is")
    last: date | None = Field(description="the last one")
    days: int = Field(description="days with anything seen")
    gaps: tuple[Gap, ...] = Field(description="days between the first and the last with nothing seen at all")
    missing: int = Field(description="how many days lie in these gaps")
    completeness: float | None = Field(description="values seen, of those expected in the hours of which anything was seen, 0 to 1")
    lately: float | None = Field(description="the same over its last 28 days")


@dataclass(frozen=True)
class Rejected:
    """Values that could not be observations, by reason."""

    metric: str | None = Field(description="the variable, as the source names it; null where the row names none")
    kind: str = Field(description="missing: the source says that it has no value; bad: it says something impossible")
    reason: str = Field(description="the word that the tables carry")
    meaning: str = Field(description="what the word means")
    count: int = Field(description="rows or cells turned away")
    example: str = Field(description="what stood there, or whose it was; empty where there is none")
    until: date | None = Field(description="the last day of the answers that carry it; null where they have no day")


@dataclass(frozen=True)
class Flagged:
    """Sensors that publications left out, by the kind of flag."""

    kind: str = Field(description="frozen, jump, spike, new, partial …")
    meaning: str = Field(description="what the kind means")
    sensor_days: int = Field(description="days of sensors that were left out of what was published")


@dataclass(frozen=True)
class Silenced:
    """An outage that says that the source's sensors fall silent."""

    first: date = Field(description="its first day")
    last: date = Field(description="its last day, included")
    name: str = Field(description="its name")
    zone: str | None = Field(description="the name of the zone whose sensors are meant; null for all")


@dataclass(frozen=True)
class ByHand:
    """A sensor that people exclude, and why."""

    sensor: str = Field(description="the sensor, as its source has it")
    first: date | None = Field(description="the first day without it; null: from the beginning")
    last: date | None = Field(description="the last one, included; null: until further notice")
    why: str = Field(description="the reason that was given")


@dataclass(frozen=True)
class Agreed:
    """What a source's contract says, beside what is seen."""

    interval: str = Field(description="how often a value is expected, in words")
    freshness: str = Field(description="how old the newest day may be, in words")
    completeness: float = Field(description="the least share of the expected values, 0 to 1")
    lately: float | None = Field(description="the share seen in the last 28 days, of its least complete metric; null: nothing seen")
    version: str = Field(description="of the Open Data Contract Standard")
    yaml: str = Field(description="where the contract lies as YAML")
    json: str = Field(description="where it lies as JSON")


@dataclass(frozen=True)
class SourceLine:
    """One source, in short."""

    source: str = Field(description="the source, by its name in the city file")
    name: str = Field(description="its name, readable")
    owner: str = Field(description="who gives the data; empty where nobody is named")
    licence: str = Field(description="under which licence; empty where none is declared")
    attribution: str = Field(description="how its owner wants to be named; empty where nothing is said")
    state: str = Field(description="fresh, late, ended, nothing; unknown: not measured yet")
    sentence: str = Field(description="the state in a sentence")
    feeds: tuple[str, ...] = Field(description="the names of the metrics that are made of it")
    first: date | None = Field(description="the first day that it told of; null where none is known")
    last: date | None = Field(description="the last one")
    observations: int | None = Field(description="observations that are kept of it; null where not measured yet")
    missing: int | None = Field(description="days with nothing at all, of the metric that lacks most; null where not measured yet")
    turned_away: int | None = Field(description="values that could not be observations; null where not measured yet")
    agreed: Agreed = Field(description="its contract")


@dataclass(frozen=True)
class Sources:
    """Every source of a city."""

    frame: Frame = Field(description="what every page carries")
    measured: datetime | None = Field(description="when the sources were last measured, UTC; null where they never were")
    sentence: str = Field(description="how the sources stand, in a sentence")
    incidents: tuple[IncidentLine, ...] = Field(description="breaches of contracts: those that last first, then the latest")
    sources: tuple[SourceLine, ...] = Field(description="the sources, in the order of the city file")


@dataclass(frozen=True)
class Source:
    """One source, whole."""

    frame: Frame = Field(description="what every page carries")
    measured: datetime | None = Field(description="when it was last measured, UTC; null where it never was")
    line: SourceLine = Field(description="the source in short")
    letter: str = Field(description="what a person should know of its last collection; empty where all went well")
    incidents: tuple[IncidentLine, ...] = Field(description="breaches of its contract: those that last first, then the latest")
    metrics: tuple[Measured, ...] = Field(description="what is made of it")
    rejected: tuple[Rejected, ...] = Field(description="what could not be an observation, counted")
    flagged: tuple[Flagged, ...] = Field(description="what was left out of publications because it is not believed")
    by_hand: tuple[ByHand, ...] = Field(description="sensors that people exclude")
    silenced: tuple[Silenced, ...] = Field(description="outages on whose days its sensors are missing, the latest first")
