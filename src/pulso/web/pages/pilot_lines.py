"""A pilot in one line, as the register, a challenge and a practice show it; and the words that such pages share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.errors import NothingKnown
from pulso.show import names
from pulso.show import pilots as words
from pulso.show.language import Speech
from pulso.web.innovation import shown
from pulso.web.innovation.models import Evaluation, Pilot
from pulso.web.innovation.models.protocols import IN_SHORT, WRITTEN
from pulso.web.innovation.reads import Line
from pulso.web.innovation.states import CALLED
from pulso.web.pages.asked import Asked
from pulso.web.readings import Reading


@dataclass(frozen=True)
class PilotLine:
    """A pilot in the register: what it promised, what it cost, and what it showed, whatever its sign."""

    number: int = Field(description="its number, for links")
    title: str = Field(description="what it is called")
    status: str = Field(description="frozen, running, awaiting evaluation, evaluated, closed or stopped")
    state: str = Field(description="the same in the page's language")
    why: str = Field(description="why it was stopped; empty where it wasn't")
    lead: str = Field(description="the organisation that leads it")
    challenge: int | None = Field(description="the number of the challenge that it answers to; null where to none")
    metric: str = Field(description="its primary outcome: a metric's name, or index; empty where no protocol was frozen")
    outcome: str = Field(description="the primary outcome in the page's language")
    zones: str = Field(description="names of the treated zones, by `; `; empty for the whole city")
    first: date | None = Field(description="first day of its window, as amended; null where no protocol was frozen")
    last: date | None = Field(description="last day of its window, included")
    frozen: datetime | None = Field(description="when its protocol was frozen, UTC; null where it never was")
    digest: str = Field(description="sha256 of the frozen protocol")
    amendments: int = Field(description="how often it was departed from since")
    cost: int | None = Field(description="what it costs in all, in cents of EUR; null where unknown")
    planned: int | None = Field(description="money that is planned, in cents of EUR; null where none is entered")
    committed: int | None = Field(description="money that is committed, in cents of EUR; null where none is entered")
    paid: int | None = Field(description="money that was paid, in cents of EUR; null where none is entered")
    verdict: str = Field(description="more, less, none, cannot tell or not evaluable; empty where nothing is published")
    estimate: float | None = Field(description="its effect on the primary outcome, in the unit; null where there is none")
    low: float | None = Field(description="lower end of the effect's 95 % interval")
    high: float | None = Field(description="upper end of the effect's 95 % interval")
    unit: str = Field(description="of the effect: points of the index, or %")
    p: float | None = Field(description="share of placebos at least as large")
    sentence: str = Field(description="what it showed, in one sentence; empty where nothing is published")
    next_step: str = Field(description="what follows from it: roll out, expand, replicate or stop; empty where undecided")
    next_why: str = Field(description="why that follows")
    published: datetime | None = Field(description="when the result was published, UTC")


def lines(found: Iterable[Line], asked: Asked) -> tuple[PilotLine, ...]:
    """Pilots in words. Two questions: who leads them, and their money."""
    every = list(found)
    pilots = [one.pilot for one in every]
    leads, money = shown.leads(pilots), shown.money(pilots)
    return tuple(line(one, leads.get(one.pilot.pk, ""), money, asked) for one in every)


def line(one: Line, lead: str, money: dict[tuple[int, str], int], asked: Asked) -> PilotLine:
    """One pilot in words; of a protocol that was never frozen, nothing."""
    pilot, speech, said = one.pilot, asked.speech, in_force(one.pilot, IN_SHORT)
    told = said or {"metric": "", "zones": [], "window_first": None, "window_last": None}
    protocol = pilot.protocol if said else None
    return PilotLine(
        number=pilot.pk,
        title=pilot.title,
        status=pilot.status,
        state=speech.say(CALLED[pilot.status]),
        why=pilot.why,
        lead=lead,
        challenge=pilot.challenge_id,
        metric=told["metric"],
        outcome=outcome(told["metric"], asked.reading, speech),
        zones="; ".join(zone_names(told["zones"], asked.reading)),
        first=told["window_first"],
        last=told["window_last"],
        frozen=protocol.frozen_at if protocol else None,
        digest=protocol.digest if protocol else "",
        amendments=one.amendments,
        cost=pilot.cost,
        planned=money.get((pilot.pk, "planned")),
        committed=money.get((pilot.pk, "committed")),
        paid=money.get((pilot.pk, "paid")),
        **_result(one.evaluation, said, asked),
    )


def _result(found: Evaluation | None, said: dict[str, Any] | None, asked: Asked) -> dict[str, Any]:
    if found is None:
        nothing: dict[str, Any] = dict.fromkeys(("estimate", "low", "high", "p", "published"))
        return nothing | dict.fromkeys(("verdict", "unit", "sentence", "next_step", "next_why"), "")
    told = {name: getattr(found, name) for name in ("estimate", "low", "high", "unit", "p", "next_step", "next_why")}
    return told | {"verdict": verdict(found), "sentence": sentence(found, said, asked), "published": found.published_at}


def verdict(found: Evaluation) -> str:
    """A key of `words.VERDICTS`."""
    return found.verdict or "not evaluable"


def sentence(found: Evaluation, said: dict[str, Any] | None, asked: Asked, reading: Reading | None = None) -> str:
    """What an evaluation says, by the protocol as amended; of another city than the page's where its reading is given."""
    told, here = said or {"metric": "", "zones": [], "matters": None}, reading or asked.reading
    matters = told["matters"]
    numbers = (found.estimate, found.low, found.high)
    finding = words.Finding(verdict(found), *numbers, found.unit, None if matters is None else float(matters), found.not_evaluable)
    return words.sentence(finding, outcome(told["metric"], here, asked.speech), where(told["zones"], here, asked.speech), asked.speech)


def in_force(pilot: Pilot, names: Sequence[str] = WRITTEN) -> dict[str, Any] | None:
    """These fields of its frozen protocol, with the amendments; None where none was frozen."""
    protocol = getattr(pilot, "protocol", None)
    return protocol.in_force(names) if protocol and protocol.frozen_at else None


def outcome(metric: str, reading: Reading, speech: Speech) -> str:
    """Name a primary outcome or an indicator; empty for none."""
    if not metric:
        return ""
    return speech.say("The index") if metric == "index" else names.metric(metric, reading.city, speech)


def zone_names(ids: Iterable[str], reading: Reading) -> tuple[str, ...]:
    """The names of zones; one that is gone by its id."""
    called = {z.id: z.name for z in reading.zones.all}
    return tuple(called.get(i, i) for i in ids)


def where(ids: Iterable[str], reading: Reading, speech: Speech) -> str:
    """Zones in a sentence; the city's own name for all of it."""
    return speech.together(list(zone_names(ids, reading))) or reading.city.city.name


def no_such(asked: Asked, message: str) -> NothingKnown:
    """The letter where nothing of a number is shown."""
    return NothingKnown(asked.speech.say(message, city=asked.reading.city.city.name, number=asked.parts["number"]))
