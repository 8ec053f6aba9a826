"""What is done to evaluations: kept as a function gave them, and decided upon. They are published by `move`."""

from __future__ import annotations

from typing import Any

from pulso.show.language import marked as _
from pulso.web.innovation import clock
from pulso.web.innovation.letters import Refused, Unfit
from pulso.web.innovation.models import Evaluation, Pilot, Protocol
from pulso.web.innovation.moves import allow, move, recorded, subject, told
from pulso.web.innovation.results import Result
from pulso.web.innovation.writes import checks
from pulso.web.people import may
from pulso.web.people.models import Person
from pulso.web.people.reads import office
from pulso.web.people.trail import note

NOT_TYPED = _("Effects are not typed: an evaluation keeps what a function gave.")
NOT_FROZEN = _("A pilot is evaluated by its frozen protocol, and this one has none.")
IS_CLOSED = _("The pilot is closed: what it did was decided upon.")
EARLY = _("It was computed before the window had ended: what follows is decided upon the whole window.")
NOT_ITS_OWN = _("The numbers are of another protocol than the one that was frozen.")
NOT_AS_FROZEN = _("The protocol is not what was frozen: its digest is another.")
OTHER_METHOD = _("The protocol says {told}; the numbers come from {found}.")
OTHER_UNIT = _("The protocol is in {told}; the numbers are in {found}.")
NOT_YET = _("The window ends with {last}, and its protocol lets nobody look before: in the city it is {today}.")
NOT_STARTED = _("The window begins on {first}; in the city it is {today}.")
NOT_PUBLISHED = _("The evaluation is not published yet: what follows from it is decided after that.")
WHY = _("Say why: what follows from an evaluation has a reason.")
DECIDED = _("That was decided already.")
SAME = (
    "protocol_digest",
    "data_digest",
    "method",
    "unit",
    "estimate",
    "low",
    "high",
    "p",
    "placebos",
    "pretrend",
    "verdict",
    "not_evaluable",
)
"""What an evaluation says, whenever it was computed."""
NO_SUCH_STEP = _("What follows is one of these: {known}; found {found}.")


@recorded
def evaluate(pilot: Pilot, result: Result, *, by: Person | None = None) -> Evaluation:
    """Keep what a function gave of a pilot. It supersedes what was kept before, which stays; the same again is the one that is kept.

    Refused, and kept in the trail: whoever may not; anything but a `Result` (a typed effect); another protocol's numbers, or those of a
    protocol that is not what was frozen; before the window has ended, where the protocol doesn't let anyone look. Unfit without a
    frozen protocol, or for another method or unit than those in force. ValueError for a series as published in the future.
    """
    Pilot.objects.select_for_update().get(pk=pilot.pk)
    pilot.refresh_from_db()
    made = Evaluation(pilot=pilot, computed_by=by)
    allow(by is None or may.may_evaluate(by, pilot.city), by, made, "evaluate")
    if not isinstance(result, Result):
        raise Refused(by, made, "type an effect", NOT_TYPED)
    protocol = Protocol.objects.filter(pilot=pilot).first()
    if protocol is None or not protocol.frozen_at:
        raise Unfit(NOT_FROZEN)
    if pilot.status == Pilot.Status.CLOSED:
        raise Unfit(IS_CLOSED)
    _of(by, made, protocol, result)
    interim = _looks_early(by, made, protocol)
    now = clock.now(pilot.city)
    if result.as_of > now:
        raise ValueError(f"a series as published in the future: {result.as_of.isoformat()}, and it is {now.isoformat()}")
    for name, value in _columns(result).items():
        setattr(made, name, value)
    made.amendments, made.interim, made.computed_at = protocol.amendments.count(), interim, now
    last = pilot.evaluations.first()
    if last and all(getattr(last, name) == getattr(made, name) for name in (*SAME, "amendments", "interim")):
        return last
    checks.keep(by, "evaluate", made)
    if pilot.status == Pilot.Status.AWAITING:
        move(pilot, Pilot.Status.EVALUATED, by)
    return made


@recorded
def decide(by: Person, evaluation: Evaluation, step: str, *, why: str) -> Evaluation:
    """Say once what follows from a published evaluation: roll out, expand, replicate, stop; in the name of the office, with a reason."""
    Evaluation.objects.select_for_update().get(pk=evaluation.pk)
    evaluation.refresh_from_db()
    allow(may.may_publish_evaluation(by, evaluation.city), by, evaluation, "decide next step")
    if not evaluation.published_at:
        raise Unfit(NOT_PUBLISHED)
    if evaluation.interim and evaluation.pilot.status != Pilot.Status.STOPPED:
        raise Unfit(EARLY)
    if evaluation.next_step:
        raise Unfit(DECIDED)
    if step not in Evaluation.NextStep.values:
        raise Unfit(NO_SUCH_STEP, known=", ".join(Evaluation.NextStep.values), found=step)
    if not why.strip():
        raise Unfit(WHY)
    before = told(evaluation)
    new: dict[str, Any] = {"next_step": step, "next_why": why.strip(), "decided_by": by, "decided_for": office(by, evaluation.city)}
    new["decided_at"] = clock.now(evaluation.city)
    for name, value in new.items():
        setattr(evaluation, name, value)
    evaluation.save(update_fields=list(new))
    note(by, "decide next step", subject(evaluation), before, told(evaluation), city=evaluation.city)
    return evaluation


def _of(by: Person | None, made: Evaluation, protocol: Protocol, result: Result) -> None:
    """Whether the result is of this protocol, and this the one that was frozen."""
    if protocol.recomputed() != protocol.digest:
        raise Refused(by, made, "evaluate by a changed protocol", NOT_AS_FROZEN)
    if result.protocol_digest != protocol.digest:
        raise Refused(by, made, "evaluate by another protocol", NOT_ITS_OWN)
    said = protocol.in_force()
    if result.method != said["method"]:
        raise Unfit(OTHER_METHOD, told=said["method"], found=result.method)
    if result.estimate is not None and result.unit != said["unit"]:
        raise Unfit(OTHER_UNIT, told=said["unit"], found=result.unit)


def _looks_early(by: Person | None, made: Evaluation, protocol: Protocol) -> bool:
    """Whether the window has not ended; Refused where nobody may look then, Unfit before it has begun. By the protocol as amended."""
    said, day = protocol.in_force(), clock.today(protocol.city)
    if day > said["window_last"] or protocol.pilot.status == Pilot.Status.STOPPED:  # what is stopped does not begin again
        return bool(day <= said["window_last"])
    if day < said["window_first"]:
        raise Unfit(NOT_STARTED, first=said["window_first"], today=day)
    if not said["may_peek"]:
        raise Refused(by, made, "look before the end", NOT_YET, last=said["window_last"], today=day)
    return True


def _columns(result: Result) -> dict[str, Any]:
    same = {name: getattr(result, name) for name in ("as_of", *SAME) if name not in ("placebos", "pretrend")}
    return same | {"placebos": list(result.placebos), "pretrend": dict(result.pretrend)}
