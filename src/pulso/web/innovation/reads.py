"""What pages and the API ask of challenges, pilots and what they showed. What isn't for whoever asks is left out, or Refused."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from pulso.show.language import marked as _
from pulso.web.innovation import clock
from pulso.web.innovation.digest import canonical
from pulso.web.innovation.letters import Refused
from pulso.web.innovation.models import Amendment, Challenge, Comment, Evaluation, Pilot, Practice, Protocol, Testbed
from pulso.web.innovation.moves import keep, subject
from pulso.web.people import may
from pulso.web.people.models import Person, Step

NOT_PUBLISHED = _("This evaluation is not published yet.")
NOT_EVALUATED = _("not evaluated")
"""What stands on a practice without a published evaluation."""
OPENS = ("open challenge", "reopen challenge")
"""What the trail says of a challenge that was opened."""
FROM_THREE_ON = 3
"""So many evaluated adoptions there must be before their effects are pooled."""
LAST_WORD = ("pilot", "estimate", "low", "high", "unit", "p", "verdict", "not_evaluable", "published_at", "next_step", "next_why")
"""What lists show of an evaluation."""


def challenges(city: str, who: may.Someone) -> list[Challenge]:
    """Those of a city, the latest first; what was never opened for those who may write or open it."""
    found = list(Challenge.objects.filter(city=city).select_related("organisation"))
    shown = opened(found)
    return [c for c in found if c.pk in shown or may.may_open_challenge(who, city, c.houses)]


def opened(some: Iterable[Challenge]) -> set[int]:
    """The numbers of those that were ever opened: not drafts, nor what was closed as a draft. The trail knows. One question at most."""
    beyond = [c for c in some if c.status != Challenge.Status.DRAFT]
    closed = {subject(c): c.pk for c in beyond if c.status == Challenge.Status.CLOSED}
    steps = Step.objects.filter(subject__in=closed, action__in=OPENS) if closed else Step.objects.none()
    return {c.pk for c in beyond if c.pk not in closed.values()} | {closed[name] for name in steps.values_list("subject", flat=True)}


def discussion(challenge: Challenge, who: may.Someone) -> list[Comment]:
    """What was said about it, in order. What is hidden keeps its place, and its text for those who moderate alone."""
    whole = may.may_moderate(who, challenge.city)
    found = list(challenge.comments.select_related("author"))
    for comment in found:
        if comment.hidden_at and not whole:
            comment.text = ""
    return found


def testbeds(city: str) -> list[Testbed]:
    """What the city offers."""
    return list(Testbed.objects.filter(city=city))


def amendments(pilot: Pilot) -> list[Amendment]:
    """What was set beside its protocol, in order."""
    return list(Amendment.objects.filter(protocol__pilot=pilot).select_related("author"))


def promise(protocol: Protocol) -> dict[str, Any] | None:
    """A frozen protocol as it is published, with its digest: see docs/reference/protocol.md. None for one that is not frozen."""
    if not protocol.frozen_at:
        return None
    said: dict[str, Any] = json.loads(canonical(protocol.promise()))
    return said | {"digest": protocol.digest}


def may_look(pilot: Pilot) -> bool:
    """Whether its primary outcome may be shown now: after its window, or where its protocol, as amended, lets anyone look before."""
    protocol = getattr(pilot, "protocol", None)
    if protocol is None or not protocol.frozen_at:
        return True
    said, day = protocol.in_force(), clock.today(pilot.city)
    return bool(said["may_peek"] or day < said["window_first"] or day > said["window_last"])


def evaluation(number: int, who: may.Someone) -> Evaluation:
    """One. Refused, and kept in the trail, where it isn't published and whoever asks has no part in its pilot; DoesNotExist."""
    found = Evaluation.objects.select_related("pilot").get(pk=number)
    if not found.published_at and not may.may_read_evaluation(who, found.city, found.houses):
        refusal = Refused(who if isinstance(who, Person) else None, found, "read an unpublished evaluation", NOT_PUBLISHED)
        keep(refusal)
        raise refusal
    return found


def evaluations(pilot: Pilot, who: may.Someone) -> list[Evaluation]:
    """Those of a pilot, the latest first; the unpublished ones for those who have a part in it alone."""
    found = pilot.evaluations.all()
    return list(found if may.may_read_evaluation(who, pilot.city, pilot.everyone) else found.filter(published_at__isnull=False))


def last_word(pilot: Pilot) -> Evaluation | None:
    """The latest published evaluation of its whole window; None where there is none."""
    return pilot.evaluations.filter(published_at__isnull=False, interim=False).first()


@dataclass(frozen=True)
class Line:
    """A pilot in the register, with its last word and how much was amended."""

    pilot: Pilot
    evaluation: Evaluation | None
    amendments: int


@dataclass(frozen=True)
class Estimate:
    """What a practice did in one city."""

    city: str
    pilot: Pilot
    original: bool
    evaluation: Evaluation


def effect(practice: Practice) -> Evaluation | None:
    """The effect on its card: its pilot's last word. None: it was `NOT_EVALUATED`."""
    return last_word(practice.pilot)


def estimates(practice: Practice) -> list[Estimate]:
    """What it did where it was evaluated and has an estimate: the original first, then the adoptions. To be pooled where `may_pool`."""
    adopted = [a.pilot for a in practice.adoptions.select_related("pilot")]
    words = last_words([practice.pilot, *adopted])
    told = [(p, words.get(p.pk)) for p in (practice.pilot, *adopted)]
    return [Estimate(p.city, p, p.pk == practice.pilot_id, e) for p, e in told if e and e.estimate is not None]


def may_pool(found: Iterable[Estimate]) -> bool:
    """Whether there are three evaluated adoptions, the original not counted, all in one unit."""
    some = list(found)
    return sum(not e.original for e in some) >= FROM_THREE_ON and len({e.evaluation.unit for e in some}) == 1


def last_words(pilots: Iterable[Pilot]) -> dict[int, Evaluation]:
    """The latest published evaluation of each pilot's whole window, by the pilot's number: `LAST_WORD` of it, the rest when asked for."""
    told = _published(p.pk for p in pilots).only(*LAST_WORD)
    return {e.pilot_id: e for e in told}


def last_numbers(pilots: Iterable[int]) -> set[int]:
    """The numbers of these evaluations, by the numbers of their pilots."""
    return set(dict(_published(pilots).values_list("pilot_id", "pk")).values())


def _published(pilots: Iterable[int]) -> QuerySet[Evaluation]:
    """The evaluations of whole windows that are published, the earliest first."""
    return Evaluation.objects.filter(pilot__in=list(pilots), published_at__isnull=False, interim=False).order_by("id")
