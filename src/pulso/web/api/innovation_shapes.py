"""What the API tells of challenges, pilots, practices and testbeds. What a page tells too is the page's own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.web.pages import challenges, pilot_shapes, practices
from pulso.web.pages.pilot_lines import PilotLine


@dataclass(frozen=True)
class Challenge(challenges.ChallengeLine):
    """A problem of the city, as a row."""

    page: str = Field(description="its page on this site")


@dataclass(frozen=True)
class WholeChallenge(challenges.Challenge):
    """A challenge, as its page tells it."""

    page: str = Field(description="its page on this site")


@dataclass(frozen=True)
class Pilot(PilotLine):
    """A pilot, as a row of the register."""

    page: str = Field(description="its page on this site")


@dataclass(frozen=True)
class WholePilot(pilot_shapes.Pilot):
    """A pilot, as its page tells it, with its protocol as it was hashed."""

    protocol: dict[str, Any] | None = Field(
        description="what the digest is of, and the digest: docs/reference/protocol.md; null where none was frozen"
    )
    page: str = Field(description="its page on this site")


@dataclass(frozen=True)
class Evaluation:
    """What a pilot showed, published whatever its sign. A later one supersedes it; none is changed or deleted."""

    number: int = Field(description="its number")
    pilot: int = Field(description="the number of its pilot")
    title: str = Field(description="what the pilot is called")
    interim: bool = Field(description="whether the window had not ended")
    last: bool = Field(description="whether it is the last word: the latest of the whole window")
    verdict: str = Field(description="more, less, none, cannot tell or not evaluable")
    sentence: str = Field(description="what it says, in one sentence")
    reason: str = Field(description="why it could not be evaluated; empty where it was")
    metric: str = Field(description="the primary outcome, as amended: a metric's name, or index")
    estimate: float | None = Field(description="the effect, in the unit; null where there is none")
    low: float | None = Field(description="lower end of the effect's 95 % interval")
    high: float | None = Field(description="upper end of the effect's 95 % interval")
    unit: str = Field(description="of effects: points of the index, or %")
    p: float | None = Field(description="share of placebos at least as large")
    placebos: int = Field(description="how many placebos there were; the pilot itself has all of them")
    drift: float | None = Field(
        description="how far it moved against the others in the days before, in %; null where that was not looked at"
    )
    drift_p: float | None = Field(description="share of earlier times that moved as far; null where that was not looked at")
    seen: float | None = Field(description="share of the window's days that were seen, 0 to 1; null where that was not looked at")
    method: str = Field(description="window, did, sdid, synthetic or structural")
    as_of: datetime = Field(description="it was computed from the series as published then, UTC")
    protocol_digest: str = Field(description="sha256 of the protocol that it was computed by")
    data_digest: str = Field(description="sha256 of the series that it was computed from")
    amendments: int = Field(description="how many amendments the protocol had at that time")
    published: datetime = Field(description="when it was published, UTC")
    next_step: str = Field(description="what follows from it: roll out, expand, replicate or stop; empty where undecided")
    next_why: str = Field(description="why that follows")
    decided: datetime | None = Field(description="when that was decided, UTC; null where undecided")
    decided_for: str = Field(description="the office in whose name it was decided")
    page: str = Field(description="its pilot's page on this site")


@dataclass(frozen=True)
class Practice(practices.PracticeLine):
    """What a city learnt from a pilot and offers to others, as a row."""

    page: str = Field(description="its page on this site")


@dataclass(frozen=True)
class WholePractice(practices.Practice):
    """A practice, as its page tells it: where it was tried, what it did there, and together from three evaluated adoptions on."""

    page: str = Field(description="its page on this site")


@dataclass(frozen=True)
class Testbed:
    """Something that the city offers to try things on."""

    __test__ = False  # for pytest, which takes it for one of its own

    number: int = Field(description="its number")
    kind: str = Field(description="street, building, fibre, access point or other")
    called: str = Field(description="the same in words")
    name: str = Field(description="what it is")
    zone: str | None = Field(description="the zone that it lies in, by its id; null where it lies in none")
    conditions: str = Field(description="under which conditions")
    contact: str = Field(description="which office to ask")
    bookable: bool = Field(description="whether it can be booked")
    exclusive: bool = Field(description="whether one pilot at a time has it")
    taken: tuple[str, ...] = Field(
        description="days from today on on which pilots have it, as 2025-06-01/2025-06-14, both included; without those of drafts"
    )
