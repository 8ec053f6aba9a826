"""What everybody is shown of challenges, pilots and practices, and when it has changed. Drafts, and what is not published, never are."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import Sum, prefetch_related_objects

from pulso.web.innovation import reads
from pulso.web.innovation.models import Adoption, Challenge, Comment, Evaluation, FundingLine, Party, Pilot, Practice
from pulso.web.innovation.moves import subject
from pulso.web.people.models import Step
from pulso.web.readings import Reading, status

NOBODY = AnonymousUser()
"""Pages are the same for everybody, and so for somebody without a name."""


def edition(reading: Reading) -> str:
    """Another text whenever anything was written by anybody, and on each of the city's own days: windows begin and end. One question."""
    newest = Step.objects.order_by("-pk").values_list("pk", flat=True).first()
    return f"{newest} {status.stamp(reading)}"


def challenges(city: str) -> list[Challenge]:
    """Those of a city that were ever opened: the open ones first, then those in a pilot, then the rest; in each, the latest first."""
    found = _opened(c for c in reads.challenges(city, NOBODY) if c.status != Challenge.Status.DRAFT)
    return sorted(found, key=lambda c: list(Challenge.Status.values).index(c.status))


def challenge(city: str, number: int) -> Challenge | None:
    """One of a city; None where there is none of that number, or it was never opened."""
    found = Challenge.objects.filter(city=city, pk=number).exclude(status=Challenge.Status.DRAFT).select_related("organisation")
    return next(iter(_opened(found)), None)


def _opened(found: Iterable[Challenge]) -> list[Challenge]:
    """Without those that were closed as drafts: the trail knows which were opened before."""
    some = list(found)
    closed = [subject(c) for c in some if c.status == Challenge.Status.CLOSED]
    steps = Step.objects.filter(subject__in=closed, action__in=("open challenge", "reopen challenge")) if closed else Step.objects.none()
    opened = set(steps.values_list("subject", flat=True))
    return [c for c in some if c.status != Challenge.Status.CLOSED or subject(c) in opened]


def discussion(challenge: Challenge) -> list[Comment]:
    """What was said, in order; what is hidden without its text."""
    return reads.discussion(challenge, NOBODY)


def register(city: str) -> list[reads.Line]:
    """Every pilot of a city that was ever frozen or stopped, each with its amendments at hand."""
    found = reads.register(city)
    prefetch_related_objects([line.pilot for line in found], "protocol__amendments")
    return found


def pilots_of(challenge: Challenge) -> list[reads.Line]:
    """Those of a challenge that aren't drafts, as in the register. Three questions."""
    found = challenge.pilots.exclude(status=Pilot.Status.DRAFT).select_related("protocol").prefetch_related("protocol__amendments")
    pilots = list(found)
    words = last_words(pilots)
    return [reads.Line(p, words.get(p.pk), len(p.protocol.amendments.all()) if hasattr(p, "protocol") else 0) for p in pilots]


def pilot(city: str, number: int) -> Pilot | None:
    """One of a city with its protocol, its challenge and its card; None where there is none of that number, or a draft."""
    found = Pilot.objects.filter(city=city, pk=number).exclude(status=Pilot.Status.DRAFT)
    return found.select_related("protocol", "challenge", "practice").prefetch_related("protocol__amendments").first()


def leads(pilots: Iterable[Pilot]) -> dict[int, str]:
    """Who leads each, by its number."""
    found = Party.objects.filter(pilot__in=list(pilots), part=Party.Part.LEAD)
    return dict(found.values_list("pilot_id", "organisation__name"))


def money(pilots: Iterable[Pilot]) -> dict[tuple[int, str], int]:
    """Cents of EUR by pilot and state; states without a line are left out."""
    lines = FundingLine.objects.filter(pilot__in=list(pilots)).order_by().values_list("pilot_id", "state").annotate(cents=Sum("cents"))
    return {(pilot, state): cents for pilot, state, cents in lines}


def evaluations(pilot: Pilot) -> list[Evaluation]:
    """The published ones of a pilot, the latest first."""
    return [e for e in reads.evaluations(pilot, NOBODY) if e.published_at]


def practices(cities: Iterable[str]) -> list[Practice]:
    """Those of some cities that are offered or were, the latest first."""
    found = Practice.objects.filter(pilot__city__in=list(cities)).exclude(status=Practice.Status.DRAFT)
    return list(found.select_related("pilot__protocol").prefetch_related("pilot__protocol__amendments"))


def practice(city: str, number: int) -> Practice | None:
    """One of a city; None where there is none of that number, or a draft."""
    found = Practice.objects.filter(pilot__city=city, pk=number).exclude(status=Practice.Status.DRAFT)
    return found.select_related("pilot__protocol").prefetch_related("pilot__protocol__amendments").first()


def adoptions(practices: Iterable[Practice]) -> list[Adoption]:
    """Those whose pilot isn't a draft, in order."""
    found = Adoption.objects.filter(practice__in=list(practices)).exclude(pilot__status=Pilot.Status.DRAFT)
    return list(found.select_related("pilot__protocol").prefetch_related("pilot__protocol__amendments"))


def last_words(pilots: Iterable[Pilot]) -> dict[int, Evaluation]:
    """The latest published evaluation of each pilot's whole window, by the pilot's number."""
    told = Evaluation.objects.filter(pilot__in=list(pilots), published_at__isnull=False, interim=False).order_by("id")
    return {e.pilot_id: e for e in told}
