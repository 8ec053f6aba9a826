"""What the page of one pilot holds: its promise, what is seen while it runs, and what it showed."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.web.pages.frame import Frame
from pulso.web.pages.leaves import Leaf
from pulso.web.pages.pilot_lines import PilotLine


@dataclass(frozen=True)
class Pilots:
    """The register: every pilot that was ever frozen or stopped, whatever it showed."""

    frame: Frame = Field(description="what every page carries")
    pilots: tuple[PilotLine, ...] = Field(description="the latest first, a hundred a page; the register as CSV has all")
    leaf: Leaf = Field(description="where in the list this page is")


@dataclass(frozen=True)
class Taking:
    """An organisation's part in a pilot."""

    name: str = Field(description="the organisation")
    part: str = Field(description="lead, company, university or partner")
    called: str = Field(description="the same in the page's language")


@dataclass(frozen=True)
class MoneyLine:
    """Money in one state. No sum is taken over states."""

    state: str = Field(description="planned, committed or paid")
    called: str = Field(description="the same in the page's language")
    cents: int = Field(description="cents of EUR")
    source: str = Field(description="where it comes from")


@dataclass(frozen=True)
class Booked:
    """Something that the city offers, and that a pilot has on some days."""

    kind: str = Field(description="street, building, fibre, access point or other")
    called: str = Field(description="the same in the page's language")
    name: str = Field(description="what it is")
    zone: str = Field(description="name of its zone; empty where it lies in none")
    conditions: str = Field(description="under which conditions")
    first: date = Field(description="first day")
    last: date = Field(description="last day, included")


@dataclass(frozen=True)
class LeftOut:
    """An event whose days are left out."""

    name: str = Field(description="what it is called")
    first: date = Field(description="first day")
    last: date = Field(description="last day, included")


@dataclass(frozen=True)
class Promise:
    """A protocol as it was frozen. What was departed from since stands beside it."""

    hypothesis: str = Field(description="what is expected, in words")
    metric: str = Field(description="the primary outcome: a metric's name, or index")
    outcome: str = Field(description="the primary outcome in the page's language")
    direction: str = Field(description="up, down or either")
    hoped: str = Field(description="the same in the page's language")
    zones: tuple[str, ...] = Field(description="names of the treated zones; none for the whole city")
    compared: tuple[str, ...] = Field(description="names of the zones that are left alone")
    cities: tuple[str, ...] = Field(description="slugs of the cities that it is compared with")
    before_first: date = Field(description="first day of the time before")
    before_last: date = Field(description="last day of the time before, included")
    window_first: date = Field(description="first day of the window")
    window_last: date = Field(description="last day of the window, included")
    excluded: tuple[LeftOut, ...] = Field(description="events whose days are left out")
    matters: float = Field(description="the smallest effect that matters, in the unit")
    unit: str = Field(description="of effects: points of the index, or %")
    mde: float = Field(description="minimum detectable effect, computed before it was frozen, in the unit")
    mde_how: str = Field(description="how that was computed, in the page's language; the record's own words are in the protocol's JSON")
    mde_series: str = Field(description="sha256 of the series that it was computed from")
    method: str = Field(description="window, did, sdid, synthetic or structural")
    method_called: str = Field(description="the same in the page's language")
    stop_rule: str = Field(description="when it is stopped before its end")
    may_peek: bool = Field(description="whether the outcome may be looked at before the window has ended")
    peek_why: str = Field(description="why it may; empty where it may not")
    frozen_at: datetime = Field(description="when it was frozen, UTC")
    frozen_on: date = Field(description="the city's own day of that")
    digest: str = Field(description="sha256 of all of it")
    intact: bool = Field(description="whether what stands here now has that digest")


@dataclass(frozen=True)
class Departure:
    """Something that is done otherwise than was promised, and why."""

    at: datetime = Field(description="since when, UTC")
    field: str = Field(description="what of the protocol is departed from")
    called: str = Field(description="the same in the page's language")
    before: str = Field(description="what was in force")
    after: str = Field(description="what is in force from then on")
    text: str = Field(description="what is done otherwise, in words")
    reason: str = Field(description="why")
    late: bool = Field(description="whether the window had begun, so that what comes of it could be seen")


@dataclass(frozen=True)
class Running:
    """What may be seen of a pilot by now."""

    days: int = Field(description="days of its window")
    passed: int = Field(description="days of it that have passed")
    seen: int = Field(description="days and treated zones of these with a number")
    most: int = Field(description="days and treated zones of these in all")
    shown: bool = Field(description="whether its primary outcome may be shown now")
    shown_from: date = Field(description="the day from which it is shown to everybody")
    treated: float | None = Field(description="mean of the primary outcome where something is tried; null where hidden or unknown")
    compared: float | None = Field(description="the same where nothing is; null where hidden, unknown, or there is no such zone")


@dataclass(frozen=True)
class Check:
    """One thing that the check of the days before found."""

    name: str = Field(description="what was looked at")
    found: str = Field(description="what was found")


@dataclass(frozen=True)
class Finding:
    """A published evaluation. A later one supersedes it; none is changed or deleted."""

    number: int = Field(description="its number")
    interim: bool = Field(description="whether the window had not ended")
    verdict: str = Field(description="more, less, none, cannot tell or not evaluable")
    called: str = Field(description="the same in the page's language")
    sentence: str = Field(description="what it says, in one sentence")
    reason: str = Field(description="why it could not be evaluated; empty where it was")
    estimate: float | None = Field(description="the effect, in the unit; null where there is none")
    low: float | None = Field(description="lower end of the effect's 95 % interval")
    high: float | None = Field(description="upper end of the effect's 95 % interval")
    unit: str = Field(description="of effects: points of the index, or %")
    p: float | None = Field(description="share of placebos at least as large")
    placebos: tuple[float, ...] = Field(description="effects of the same method where nothing was tried, in the unit")
    checks: tuple[Check, ...] = Field(description="what the check of the days before found")
    method: str = Field(description="window, did, sdid, synthetic or structural")
    method_called: str = Field(description="the same in the page's language")
    as_of: datetime = Field(description="it was computed from the series as published then, UTC")
    protocol_digest: str = Field(description="sha256 of the protocol that it was computed by")
    data_digest: str = Field(description="sha256 of the series that it was computed from")
    amendments: int = Field(description="how many amendments the protocol had at that time")
    published: datetime = Field(description="when it was published, UTC")
    next_step: str = Field(description="what follows from it: roll out, expand, replicate or stop; empty where undecided")
    next_called: str = Field(description="the same in the page's language")
    next_why: str = Field(description="why that follows")
    decided: datetime | None = Field(description="when that was decided, UTC; null where undecided")
    decided_for: str = Field(description="the office in whose name it was decided")


@dataclass(frozen=True)
class Pilot:
    """One pilot, as a council reads it."""

    frame: Frame = Field(description="what every page carries")
    line: PilotLine = Field(description="the pilot in the register")
    text: str = Field(description="what is done")
    challenge: str = Field(description="the challenge that it answers to; empty where to none that is shown")
    parties: tuple[Taking, ...] = Field(description="who takes part")
    funding: tuple[MoneyLine, ...] = Field(description="its money, a line each")
    data_protection: str = Field(description="what is gathered about people, and what keeps it from harm")
    testbeds: tuple[Booked, ...] = Field(description="what of the city it uses, and when")
    promise: Promise | None = Field(description="its protocol; null where none was frozen")
    leaning: str = Field(description="how little a zone's index shows of what is done there alone; empty where that isn't the outcome")
    amendments: tuple[Departure, ...] = Field(description="what is done otherwise than was promised, in order")
    running: Running | None = Field(description="what may be seen of it by now; null before its window, or without a protocol")
    evaluation: Finding | None = Field(description="its last word: of the whole window where there is one; null where none is published")
    earlier: tuple[Finding, ...] = Field(description="the other published evaluations, the latest first")
    practice: int | None = Field(description="the number of the practice that was made of it; null where none is offered")
