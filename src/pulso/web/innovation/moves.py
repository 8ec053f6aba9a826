"""How a thing becomes another: one function, by the rows of `states`. And how a refusal is kept in the trail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from pulso.show.language import marked as _
from pulso.web.innovation import clock, declaring, states
from pulso.web.innovation.letters import Refused, Unfit, Word, Words
from pulso.web.people.models import Person, Step
from pulso.web.people.trail import note

MAY_NOT = _("That takes a role here that you don't have.")
NO_STEP = _("It is {now}, and can't become {to}. It can become: {others}.")
AT_ITS_END = _("It is {now}, and becomes nothing else.")
SAY_WHY = _("Say why: the reason stays beside it.")

AGAIN = timedelta(hours=1)

P = ParamSpec("P")
T = TypeVar("T")
M = TypeVar("M", bound=Any)


def recorded(write: Callable[P, T]) -> Callable[P, T]:
    """A write that happens whole, with its step of the trail, or not at all; what is Refused leaves a step that says so."""

    @wraps(write)
    def done(*args: P.args, **rest: P.kwargs) -> T:
        try:
            with transaction.atomic():
                return write(*args, **rest)
        except Refused as refusal:
            keep(refusal)
            raise

    return done


def keep(refusal: Refused) -> None:
    """Set a refusal in the trail: who tried what on which thing. Once: what a write within another kept goes with the other's."""
    thing = refusal.thing
    note(refusal.by, "refuse", subject(thing), None, {refusal.rule: str(refusal)}, city=getattr(thing, "city", ""))


def keep_once(refusal: Refused, city: str) -> None:
    """The same of what people and programs only ask to see: whoever goes on trying leaves one step an hour, for steps stay for good."""
    by = refusal.by and refusal.by.pseudonym
    same = {"who": by, "action": "refuse", "subject": subject(refusal.thing), "city": city, "fields": [refusal.rule]}
    if not Step.objects.filter(**same, at__gte=timezone.now() - AGAIN).exists():
        keep(refusal)


def subject(thing: Model) -> str:
    """What the trail calls it: by number, or new where it was never written."""
    return f"{thing._meta.model_name}:{thing.pk or 'new'}"


def told(thing: Model) -> dict[str, Any]:
    """All its columns, for the trail to digest."""
    return {f.attname: getattr(thing, f.attname) for f in thing._meta.concrete_fields}


def allow(allowed: bool, by: Person | None, thing: Model, rule: str) -> None:
    """Refused, and kept in the trail, where somebody may not. The machine (None) asks nobody."""
    if by is not None and not allowed:
        raise Refused(by, thing, rule, MAY_NOT)


@recorded
def move(thing: M, to: str, by: Person | None, *, why: str = "") -> M:
    """Let a thing become another; it is given back, and `thing` is it.

    Unfit where `states` has no such step, or something that it needs is missing, a reason among it. Refused, and kept in the trail,
    where `by` may not; the machine (None) may only what it does alone.
    """
    type(thing)._default_manager.select_for_update().get(pk=thing.pk)
    thing.refresh_from_db()
    noun = thing._meta.model_name
    step = states.step(noun, thing.status, to)
    if step is None:
        raise _no_step(noun, thing.status, to)
    if not (step.alone if by is None else step.may(by, thing.city, thing.houses)):
        raise Refused(by, thing, step.action, MAY_NOT)
    if step.why and not why.strip():
        raise Unfit(SAY_WHY)
    for need in step.needs:
        if missing := need(thing):
            raise missing
    before = told(thing)
    _settle(thing, step, by, why.strip())
    note(by, step.action, subject(thing), before, told(thing), city=thing.city)
    if noun == "pilot":
        declaring.soon(thing.city)
    return thing


def _settle(thing: Any, step: states.Transition, by: Person | None, why: str) -> None:
    if step.stamp:
        new: dict[str, Any] = {f"{step.stamp}_at": clock.now(thing.city), f"{step.stamp}_by": by} | (
            {f"{step.stamp}_why": why} if step.why else {}
        )
    else:
        new = {"status": step.to, "since": clock.now(thing.city)} | ({"why": why} if step.why else {})
    for name, value in new.items():
        setattr(thing, name, value)
    thing.save(update_fields=list(new))


def _no_step(noun: str, now: str, to: str) -> Unfit:
    called = Word(states.CALLED[now])
    others = Words(states.CALLED[t.to] for t in states.of(noun) if t.now == now)
    if not others:
        return Unfit(AT_ITS_END, now=called)
    return Unfit(NO_STEP, now=called, to=Word(states.CALLED[to]) if to in states.CALLED else to, others=others)
