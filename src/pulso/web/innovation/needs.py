"""What a step needs: each check gives the letter of what is missing, or None. Its first sentence stands in the table of states."""

from __future__ import annotations

from pulso.show.language import marked as _
from pulso.web.innovation.clock import today
from pulso.web.innovation.letters import Unfit
from pulso.web.innovation.models import Challenge, Evaluation, Pilot, Practice

NO_PILOT = _("No pilot of this challenge is frozen yet.")
NO_RESULT = _("No pilot of this challenge has a published evaluation. Close it with a reason instead.")
NOT_FROZEN = _("The protocol is not frozen yet.")
NOT_BEGUN = _("The pilot's window begins on {first}; in the city it is {today}.")
NOT_ENDED = _("The pilot's window ends with {last}; in the city it is {today}.")
NOTHING_TO_STOP = _("The pilot's window ended with {last}: there is nothing to stop. Have it evaluated, whatever it says.")
NOT_EVALUATED = _("The pilot has no evaluation of its whole window yet.")
NOT_PUBLISHED = _("The last evaluation is not published yet.")
NOT_DECIDED = _("Nobody has decided yet what follows from the last evaluation.")
EARLIER_FIRST = _("An earlier evaluation of the pilot is not published yet: nobody chooses among them.")
STILL_A_DRAFT = _("The pilot is still a draft.")


def has_pilot(challenge: Challenge) -> Unfit | None:
    """A pilot beyond its draft."""
    gone = (Pilot.Status.DRAFT, Pilot.Status.STOPPED)
    return None if challenge.pilots.exclude(status__in=gone).exists() else Unfit(NO_PILOT)


def resulted(challenge: Challenge) -> Unfit | None:
    """A pilot with a published evaluation."""
    found = Evaluation.objects.filter(pilot__challenge=challenge, published_at__isnull=False, interim=False)
    return None if found.exists() else Unfit(NO_RESULT)


def frozen(pilot: Pilot) -> Unfit | None:
    """A frozen protocol."""
    protocol = getattr(pilot, "protocol", None)
    return None if protocol and protocol.frozen_at else Unfit(NOT_FROZEN)


def begun(pilot: Pilot) -> Unfit | None:
    """The window's first day, by the city's own clock."""
    first, day = pilot.protocol.in_force()["window_first"], today(pilot.city)
    return None if day >= first else Unfit(NOT_BEGUN, first=first, today=day)


def ended(pilot: Pilot) -> Unfit | None:
    """The day after the window's last."""
    last, day = pilot.protocol.in_force()["window_last"], today(pilot.city)
    return None if day > last else Unfit(NOT_ENDED, last=last, today=day)


def still_on(pilot: Pilot) -> Unfit | None:
    """A window that has not ended."""
    last, day = pilot.protocol.in_force()["window_last"], today(pilot.city)
    return Unfit(NOTHING_TO_STOP, last=last) if day > last else None


def evaluated(pilot: Pilot) -> Unfit | None:
    """An evaluation of the whole window."""
    return None if pilot.evaluations.filter(interim=False).exists() else Unfit(NOT_EVALUATED)


def published(pilot: Pilot) -> Unfit | None:
    """The last evaluation published."""
    last = pilot.evaluations.filter(interim=False).first()
    return None if last and last.published_at else Unfit(NOT_PUBLISHED)


def decided(pilot: Pilot) -> Unfit | None:
    """A next step decided."""
    last = pilot.evaluations.filter(interim=False).first()
    return None if last and last.next_step else Unfit(NOT_DECIDED)


def in_order(evaluation: Evaluation) -> Unfit | None:
    """Every earlier evaluation published, whatever it says."""
    earlier = evaluation.pilot.evaluations.filter(pk__lt=evaluation.pk, published_at__isnull=True)
    return Unfit(EARLIER_FIRST) if earlier.exists() else None


def not_a_draft(practice: Practice) -> Unfit | None:
    """A pilot beyond its draft."""
    return Unfit(STILL_A_DRAFT) if practice.pilot.status == Pilot.Status.DRAFT else None
