"""What a Pulso site tells of challenges, pilots, practices and testbeds, as dataclasses. Null where nothing is known, never 0."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Credit:
    """Whose data a page is made from."""

    owner: str  # who gives the data
    licence: str  # under which licence; empty where none is declared


@dataclass(frozen=True)
class Frame:
    """What every page of a city carries."""

    city: str  # the city, by its slug
    name: str  # the city's name
    language: str  # pt or en: of the words on this page
    synthetic: bool  # whether every value is simulated
    about: str  # what the index is, and what it is not
    first: date | None  # the first day that is published; null where nothing is
    last: date | None  # the last day that is published
    credits: tuple[Credit, ...]  # owners and licences of the data


@dataclass(frozen=True)
class Leaf:
    """Where in a long list a page is."""

    page: int  # which leaf of the list this is, from 1; asked for as ?page=2
    pages: int  # how many leaves the list has
    total: int  # how many rows it has in all


@dataclass(frozen=True)
class ChallengeLine:
    """A problem of the city: what it is measured by and how far that is to move, or why it can't be measured."""

    number: int  # its number, for links
    title: str  # what it is called
    owner: str  # the organisation that owns it
    status: str  # open, in pilot, solved or closed
    state: str  # the same in the page's language
    indicator: str  # what it is measured by: a metric's name, or index; empty where it can't be
    zones: tuple[str, ...]  # names of the zones; none for the whole city
    target: float | None  # how far the indicator is to move; null where it can't be measured
    unit: str  # of the target: points of the index, or %
    direction: str  # up or down; empty where it can't be measured
    due: date | None  # by which day; null where it can't be measured
    goal: str  # all of that in one sentence; empty where it can't be measured
    unmeasurable: str  # why it can't be measured; empty where it can


@dataclass(frozen=True)
class Challenge(ChallengeLine):
    """A problem of the city, as a row."""

    page: str  # its page on this site


@dataclass(frozen=True)
class Dataset:
    """A source that tells of a challenge."""

    source: str  # its name in the city file, for links
    called: str  # its name in the page's language


@dataclass(frozen=True)
class Remark:
    """What somebody said. What was hidden keeps its place."""

    author: str  # who said it; empty for whoever gave no name, or was erased
    at: datetime  # when, UTC
    text: str  # what they said; empty where it is hidden
    hidden: bool  # whether it is hidden
    why: str  # why it is hidden; empty where it is shown


@dataclass(frozen=True)
class PilotLine:
    """A pilot in the register: what it promised, what it cost, and what it showed, whatever its sign."""

    number: int  # its number, for links
    title: str  # what it is called
    status: str  # frozen, running, awaiting evaluation, evaluated, closed or stopped
    state: str  # the same in the page's language
    why: str  # why it was stopped; empty where it wasn't
    lead: str  # the organisation that leads it
    challenge: int | None  # the number of the challenge that it answers to; null where to none
    metric: str  # its primary outcome: a metric's name, or index; empty where no protocol was frozen
    outcome: str  # the primary outcome in the page's language
    zones: str  # names of the treated zones, by `; `; empty for the whole city
    first: date | None  # first day of its window, as amended; null where no protocol was frozen
    last: date | None  # last day of its window, included
    frozen: datetime | None  # when its protocol was frozen, UTC; null where it never was
    digest: str  # sha256 of the frozen protocol
    amendments: int  # how often it was departed from since
    cost: int | None  # what it costs in all, in cents of EUR; null where unknown
    planned: int | None  # money that is planned, in cents of EUR; null where none is entered
    committed: int | None  # money that is committed, in cents of EUR; null where none is entered
    paid: int | None  # money that was paid, in cents of EUR; null where none is entered
    verdict: str  # more, less, none, cannot tell or not evaluable; empty where nothing is published
    estimate: float | None  # its effect on the primary outcome, in the unit; null where there is none
    low: float | None  # lower end of the effect's 95 % interval
    high: float | None  # upper end of the effect's 95 % interval
    unit: str  # of the effect: points of the index, or %
    p: float | None  # share of placebos at least as large
    sentence: str  # what it showed, in one sentence; empty where nothing is published
    next_step: str  # what follows from it: roll out, expand, replicate or stop; empty where undecided
    next_why: str  # why that follows
    published: datetime | None  # when the result was published, UTC


@dataclass(frozen=True)
class Pilot(PilotLine):
    """A pilot, as a row of the register."""

    page: str  # its page on this site


@dataclass(frozen=True)
class WholeChallenge:
    """A challenge, as its page tells it."""

    frame: Frame  # what every page carries
    line: ChallengeLine  # what it is, in short
    text: str  # what it is, at length
    why: str  # why it was closed, or opened again; empty where there is no reason to tell
    since: datetime  # since when it is what it is, UTC
    opened_from: str  # the address of the view that it was opened from; empty where from none
    datasets: tuple[Dataset, ...]  # the sources that tell of it
    discussion: tuple[Remark, ...]  # what was said about it, in order; of many the latest hundred
    leaf: Leaf  # where in the discussion this page is; the first leaf is the latest
    pilots: tuple[PilotLine, ...]  # what is tried against it, or was: the latest hundred
    tried: int  # how many pilots there are of it
    page: str  # its page on this site


@dataclass(frozen=True)
class Taking:
    """An organisation's part in a pilot."""

    name: str  # the organisation
    part: str  # lead, company, university or partner
    called: str  # the same in the page's language


@dataclass(frozen=True)
class MoneyLine:
    """Money in one state. No sum is taken over states."""

    state: str  # planned, committed or paid
    called: str  # the same in the page's language
    cents: int  # cents of EUR
    source: str  # where it comes from


@dataclass(frozen=True)
class Booked:
    """Something that the city offers, and that a pilot has on some days."""

    kind: str  # street, building, fibre, access point or other
    called: str  # the same in the page's language
    name: str  # what it is
    zone: str  # name of its zone; empty where it lies in none
    conditions: str  # under which conditions
    first: date  # first day
    last: date  # last day, included


@dataclass(frozen=True)
class LeftOut:
    """An event whose days are left out."""

    name: str  # what it is called
    first: date  # first day
    last: date  # last day, included


@dataclass(frozen=True)
class Promise:
    """A protocol as it was frozen. What was departed from since stands beside it."""

    hypothesis: str  # what is expected, in words
    metric: str  # the primary outcome: a metric's name, or index
    outcome: str  # the primary outcome in the page's language
    direction: str  # up, down or either
    hoped: str  # the same in the page's language
    zones: tuple[str, ...]  # names of the treated zones; none for the whole city
    compared: tuple[str, ...]  # names of the zones that are left alone
    cities: tuple[str, ...]  # slugs of the cities that it is compared with
    before_first: date  # first day of the time before
    before_last: date  # last day of the time before, included
    window_first: date  # first day of the window
    window_last: date  # last day of the window, included
    excluded: tuple[LeftOut, ...]  # events whose days are left out
    matters: float  # the smallest effect that matters, in the unit
    unit: str  # of effects: points of the index, or %
    mde: float  # minimum detectable effect, computed before it was frozen, in the unit
    mde_how: str  # how that was computed, in the page's language; the record's own words are in the protocol's JSON
    mde_series: str  # sha256 of the series that it was computed from
    method: str  # window, did, sdid, synthetic or structural
    method_called: str  # the same in the page's language
    stop_rule: str  # when it is stopped before its end
    may_peek: bool  # whether the outcome may be looked at before the window has ended
    peek_why: str  # why it may; empty where it may not
    frozen_at: datetime  # when it was frozen, UTC
    frozen_on: date  # the city's own day of that
    digest: str  # sha256 of all of it
    intact: bool  # whether what stands here now has that digest


@dataclass(frozen=True)
class Departure:
    """Something that is done otherwise than was promised, and why."""

    at: datetime  # since when, UTC
    field: str  # what of the protocol is departed from
    called: str  # the same in the page's language
    before: str  # what was in force
    after: str  # what is in force from then on
    text: str  # what is done otherwise, in words
    reason: str  # why
    late: bool  # whether the window had begun, so that what comes of it could be seen


@dataclass(frozen=True)
class Running:
    """What may be seen of a pilot by now."""

    days: int  # days of its window
    passed: int  # days of it that have passed
    seen: int  # days and treated zones of these with a number
    most: int  # days and treated zones of these in all
    shown: bool  # whether its primary outcome may be shown now
    shown_from: date  # the day from which it is shown to everybody
    treated: float | None  # mean of the primary outcome where something is tried; null where hidden or unknown
    compared: float | None  # the same where nothing is; null where hidden, unknown, or there is no such zone


@dataclass(frozen=True)
class Check:
    """One thing that the check of the days before found."""

    name: str  # what was looked at
    found: str  # what was found


@dataclass(frozen=True)
class Finding:
    """A published evaluation. A later one supersedes it; none is changed or deleted."""

    number: int  # its number
    interim: bool  # whether the window had not ended
    verdict: str  # more, less, none, cannot tell or not evaluable
    called: str  # the same in the page's language
    sentence: str  # what it says, in one sentence
    reason: str  # why it could not be evaluated; empty where it was
    estimate: float | None  # the effect, in the unit; null where there is none
    low: float | None  # lower end of the effect's 95 % interval
    high: float | None  # upper end of the effect's 95 % interval
    unit: str  # of effects: points of the index, or %
    p: float | None  # share of placebos at least as large
    placebos: tuple[float, ...]  # effects of the same method where nothing was tried, in the unit
    checks: tuple[Check, ...]  # what the check of the days before found
    method: str  # window, did, sdid, synthetic or structural
    method_called: str  # the same in the page's language
    as_of: datetime  # it was computed from the series as published then, UTC
    protocol_digest: str  # sha256 of the protocol that it was computed by
    data_digest: str  # sha256 of the series that it was computed from
    amendments: int  # how many amendments the protocol had at that time
    published: datetime  # when it was published, UTC
    next_step: str  # what follows from it: roll out, expand, replicate or stop; empty where undecided
    next_called: str  # the same in the page's language
    next_why: str  # why that follows
    decided: datetime | None  # when that was decided, UTC; null where undecided
    decided_for: str  # the office in whose name it was decided


@dataclass(frozen=True)
class WholePilot:
    """A pilot, as its page tells it, with its protocol as it was hashed."""

    frame: Frame  # what every page carries
    line: PilotLine  # the pilot in the register
    text: str  # what is done
    challenge: str  # the challenge that it answers to; empty where to none that is shown
    parties: tuple[Taking, ...]  # who takes part
    funding: tuple[MoneyLine, ...]  # its money, a line each
    data_protection: str  # what is gathered about people, and what keeps it from harm
    testbeds: tuple[Booked, ...]  # what of the city it uses, and when
    promise: Promise | None  # its protocol; null where none was frozen
    leaning: str  # how little a zone's index shows of what is done there alone; empty where that isn't the outcome
    amendments: tuple[Departure, ...]  # what is done otherwise than was promised, in order
    running: Running | None  # what may be seen of it by now; null before its window, or without a protocol
    evaluation: Finding | None  # its last word: of the whole window where there is one; null where none is published
    earlier: tuple[Finding, ...]  # the other published evaluations, the latest first
    practice: int | None  # the number of the practice that was made of it; null where none is offered
    protocol: dict[str, Any] | None  # what the digest is of, and the digest: docs/reference/protocol.md; null where none was frozen
    page: str  # its page on this site


@dataclass(frozen=True)
class Evaluation:
    """What a pilot showed, published whatever its sign. A later one supersedes it; none is changed or deleted."""

    number: int  # its number
    pilot: int  # the number of its pilot
    title: str  # what the pilot is called
    interim: bool  # whether the window had not ended
    last: bool  # whether it is the last word: the latest of the whole window
    verdict: str  # more, less, none, cannot tell or not evaluable
    sentence: str  # what it says, in one sentence
    reason: str  # why it could not be evaluated; empty where it was
    metric: str  # the primary outcome, as amended: a metric's name, or index
    estimate: float | None  # the effect, in the unit; null where there is none
    low: float | None  # lower end of the effect's 95 % interval
    high: float | None  # upper end of the effect's 95 % interval
    unit: str  # of effects: points of the index, or %
    p: float | None  # share of placebos at least as large
    placebos: int  # how many placebos there were; the pilot itself has all of them
    drift: float | None  # how far it moved against the others in the days before, in %; null where that was not looked at
    drift_p: float | None  # share of earlier times that moved as far; null where that was not looked at
    seen: float | None  # share of the window's days that were seen, 0 to 1; null where that was not looked at
    method: str  # window, did, sdid, synthetic or structural
    as_of: datetime  # it was computed from the series as published then, UTC
    protocol_digest: str  # sha256 of the protocol that it was computed by
    data_digest: str  # sha256 of the series that it was computed from
    amendments: int  # how many amendments the protocol had at that time
    published: datetime  # when it was published, UTC
    next_step: str  # what follows from it: roll out, expand, replicate or stop; empty where undecided
    next_why: str  # why that follows
    decided: datetime | None  # when that was decided, UTC; null where undecided
    decided_for: str  # the office in whose name it was decided
    page: str  # its pilot's page on this site


@dataclass(frozen=True)
class PracticeLine:
    """A practice in short. Its effect is its pilot's evaluation's, or it was not evaluated."""

    city: str  # the city that offers it, by its slug
    place: str  # that city's name
    number: int  # its number, for links
    title: str  # what it is called
    status: str  # offered or withdrawn
    state: str  # the same in the page's language
    verdict: str  # more, less, none, cannot tell, not evaluable or not evaluated
    sentence: str  # what it did where it was tried first, in one sentence; or that it was not evaluated
    adopted: int  # how many other cities adopted it


@dataclass(frozen=True)
class Practice(PracticeLine):
    """What a city learnt from a pilot and offers to others, as a row."""

    page: str  # its page on this site


@dataclass(frozen=True)
class Trial:
    """Where a practice was tried, and what it did there."""

    city: str  # the city, by its slug
    place: str  # that city's name
    pilot: int  # the number of its pilot there, for links
    original: bool  # whether it was tried there first; else it was adopted
    shown: bool  # whether this site shows that city
    state: str  # what its pilot is: running, evaluated …, in the page's language
    verdict: str  # more, less, none, cannot tell, not evaluable or not evaluated
    called: str  # the verdict in the page's language
    estimate: float | None  # the effect there, in the unit; null where there is none
    low: float | None  # lower end of the effect's 95 % interval
    high: float | None  # upper end of the effect's 95 % interval
    unit: str  # of the effect: points of the index, or %
    weight: float | None  # its weight in the pooled effect, 0 to 1; null where it isn't pooled


@dataclass(frozen=True)
class Together:
    """What several trials showed together: random effects, by restricted maximum likelihood."""

    trials: int  # how many trials were pooled
    estimate: float  # the mean effect, in the unit
    low: float  # lower end of the mean effect's 95 % interval
    high: float  # upper end of the mean effect's 95 % interval
    next_low: float  # lower end of the 95 % interval of the effect in the next city
    next_high: float  # upper end of the 95 % interval of the effect in the next city
    unit: str  # of effects: points of the index, or %
    differ: float  # share of the scatter that is between cities, 0 to 1 (I²)
    sentence: str  # the same in one sentence


@dataclass(frozen=True)
class WholePractice:
    """A practice, as its page tells it: where it was tried, what it did there, and together from three evaluated adoptions on."""

    frame: Frame  # what every page carries
    line: PracticeLine  # what it is, in short
    text: str  # what was done, and what it takes
    why: str  # why it was withdrawn; empty where it is offered
    since: datetime  # since when it is offered or withdrawn, UTC
    trials: tuple[Trial, ...]  # where it was tried: first the city that offers it
    pooled: Together | None  # what the trials showed together; null with fewer than three evaluated adoptions
    page: str  # its page on this site


@dataclass(frozen=True)
class Testbed:
    """Something that the city offers to try things on."""

    number: int  # its number
    kind: str  # street, building, fibre, access point or other
    called: str  # the same in words
    name: str  # what it is
    zone: str | None  # the zone that it lies in, by its id; null where it lies in none
    conditions: str  # under which conditions
    contact: str  # which office to ask
    bookable: bool  # whether it can be booked
    exclusive: bool  # whether one pilot at a time has it
    taken: tuple[str, ...]  # days from today on on which pilots have it, as 2025-06-01/2025-06-14, both included; without those of drafts
