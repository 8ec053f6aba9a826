"""What everybody is shown of challenges, pilots and practices, and when it has changed. Drafts, and what is not published, never are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import CharField, Count, Exists, Model, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Concat

from pulso.web.innovation import clock, reads
from pulso.web.innovation.models import Adoption, Booking, Challenge, Comment, Evaluation, FundingLine, Party, Pilot, Practice, Protocol
from pulso.web.innovation.models.protocols import IN_SHORT
from pulso.web.people.models import Step
from pulso.web.readings import Reading, status

last_words, last_numbers = reads.last_words, reads.last_numbers
M = TypeVar("M", bound=Model)
NOBODY = AnonymousUser()
"""Pages are the same for everybody, and so for somebody without a name."""
CHALLENGES = Challenge.objects.select_related("organisation")
PROTOCOL = (*IN_SHORT, "frozen_at", "digest")
PILOT = ("city", "challenge", "title", "cost", "status", "why")
RESULT = (
    *reads.LAST_WORD,
    *("interim", "method", "as_of", "protocol_digest", "data_digest", "amendments", "placebos", "pretrend", "decided_at", "decided_for"),
)
"""What lists show of each, and all that is read of it: the rest is most of a row, and most of the time that a hundred of them take."""


def _of_pilot(found: QuerySet[M], own: Iterable[str]) -> QuerySet[M]:
    """Rows that are a pilot's, with what lists show of the pilot and its protocol at hand, in two questions.

    The amendments are a list of each protocol: to give each a manager of its own takes longer than to read them.
    """
    of_pilot = [f"pilot__{name}" for name in PILOT]
    of_protocol = [f"pilot__protocol__{name}" for name in PROTOCOL]
    amendments = Prefetch("pilot__protocol__amendments", to_attr="departures")
    return found.select_related("pilot__protocol").only(*own, *of_pilot, *of_protocol).prefetch_related(amendments)


CARDS = _of_pilot(Practice.objects.all(), ("title", "status"))
RESULTS = _of_pilot(Evaluation.objects.all(), RESULT)
"""Practices and evaluations of lists; drafts, and what isn't published, too."""


def edition(reading: Reading) -> str:
    """Another text whenever anything was written by anybody, and on each of the city's own days: windows begin and end. One question."""
    return state(reading)[0]


def state(reading: Reading) -> tuple[str, datetime]:
    """The same, and when it became that. One question."""
    newest, at = Step.objects.order_by("-pk").values_list("pk", "at").first() or (None, None)
    return f"{newest} {status.stamp(reading)}", max(filter(None, (at, status.changed(reading))))


def challenges(city: str) -> QuerySet[Challenge]:
    """Those of a city that were ever opened, the latest first."""
    steps = Step.objects.filter(subject=Concat(Value("challenge:"), Cast(OuterRef("pk"), CharField())), action__in=reads.OPENS)
    found = CHALLENGES.filter(city=city).exclude(status=Challenge.Status.DRAFT)
    return found.filter(~Q(status=Challenge.Status.CLOSED) | Exists(steps)).order_by("-pk")


def by_status(city: str, after: int, most: int) -> tuple[list[Challenge], int]:
    """So many of them after so many others, the open ones first, then those in a pilot, then the rest; and how many there are in all.

    Each status is a list of its own, which an index has in order: to sort ten thousand by status took half of a page's time.
    """
    every = challenges(city)
    counts = dict(every.order_by().values_list("status").annotate(n=Count("pk")))
    rows: list[Challenge] = []
    for state in Challenge.Status.values:
        room, there = most - len(rows), counts.get(state, 0)
        if room and after < there:
            rows += every.filter(status=state)[after : after + room]
        after = max(after - there, 0)
    return rows, sum(counts.values())


def challenge(city: str, number: int) -> Challenge | None:
    """One of a city; None where there is none of that number, or it was never opened."""
    found = Challenge.objects.filter(city=city, pk=number).select_related("organisation").first()
    return found if found and reads.opened([found]) else None


def discussion(challenge: Challenge) -> QuerySet[Comment]:
    """What was said, the latest first. What is hidden has its text still: `reads.discussion` is for those who moderate."""
    return challenge.comments.select_related("author").order_by("-pk")


def pilots(city: str) -> QuerySet[Pilot]:
    """Every pilot of a city that was ever frozen or stopped, the latest first, each with its protocol and amendments at hand."""
    return _pilots(Pilot.objects.filter(city=city))


def pilots_of(challenge: Challenge) -> QuerySet[Pilot]:
    """Those of a challenge, alike."""
    return _pilots(challenge.pilots.all())


def _pilots(found: QuerySet[Pilot]) -> QuerySet[Pilot]:
    shown = found.exclude(status=Pilot.Status.DRAFT).select_related("protocol")
    few = shown.only(*PILOT, *(f"protocol__{name}" for name in PROTOCOL))
    return few.prefetch_related(Prefetch("protocol__amendments", to_attr="departures"))


def register(found: Iterable[Pilot]) -> list[reads.Line]:
    """Pilots as lines of the register, with their last words. Three questions."""
    pilots = list(found)
    words = last_words(pilots)
    return [reads.Line(p, words.get(p.pk), len(p.protocol.departures) if hasattr(p, "protocol") else 0) for p in pilots]


def pilot(city: str, number: int) -> Pilot | None:
    """One of a city with its protocol, its challenge and its card; None where there is none of that number, or a draft."""
    found = Pilot.objects.filter(city=city, pk=number).exclude(status=Pilot.Status.DRAFT)
    return found.select_related("protocol", "challenge", "practice").prefetch_related("protocol__amendments").first()


def leads(pilots: Iterable[Pilot]) -> dict[int, str]:
    """Who leads each, by its number."""
    found = Party.objects.filter(pilot__in=[p.pk for p in pilots], part=Party.Part.LEAD)
    return dict(found.values_list("pilot_id", "organisation__name"))


def money(pilots: Iterable[Pilot]) -> dict[tuple[int, str], int]:
    """Cents of EUR by pilot and state; states without a line are left out."""
    lines = FundingLine.objects.filter(pilot__in=[p.pk for p in pilots]).order_by().values_list("pilot_id", "state")
    return {(pilot, state): cents for pilot, state, cents in lines.annotate(cents=Sum("cents"))}


def evaluations(pilot: Pilot) -> list[Evaluation]:
    """The published ones of a pilot, the latest first."""
    return [e for e in reads.evaluations(pilot, NOBODY) if e.published_at]


def frozen(city: str) -> QuerySet[Protocol]:
    """The frozen protocols of a city, each with its pilot at hand."""
    found = Protocol.objects.filter(pilot__city=city, frozen_at__isnull=False).exclude(pilot__status=Pilot.Status.DRAFT)
    return found.select_related("pilot")


def published(city: str) -> QuerySet[Evaluation]:
    """The published evaluations of a city's pilots, the earliest first, each with its pilot, protocol and amendments at hand."""
    return RESULTS.filter(pilot__city=city, published_at__isnull=False).exclude(pilot__status=Pilot.Status.DRAFT).order_by("id")


def by_pilot(city: str, what: str, of: Mapping[str, Any], after: Sequence[int] | None, most: int) -> list[tuple[int, int]]:
    """So many numbers, each pilot's with that of a thing of its own, in order of both; of one of a city's pilots that aren't drafts.

    `what` is what a pilot calls such things, `of` what they must be; `after` are the numbers that come before the first. In this order the
    city's pilots lie already: a hundred of ten thousand are found as quickly as of a hundred.
    """
    wanted = Q(city=city, **{f"{what}__{name}": said for name, said in of.items()})
    if after is not None:
        wanted &= Q(pk__gt=after[0]) | Q(pk=after[0], **{f"{what}__pk__gt": after[1]})
    found = Pilot.objects.exclude(status=Pilot.Status.DRAFT).filter(wanted).order_by("pk", f"{what}__pk")
    return list(found.values_list("pk", f"{what}__pk")[:most])


def saying(city: str, verdict: str) -> QuerySet[Pilot]:
    """The pilots of a city whose last word is this verdict; empty for one that couldn't be evaluated."""
    told = Evaluation.objects.filter(pilot=OuterRef("pk"), published_at__isnull=False, interim=False).order_by("-id")
    return Pilot.objects.filter(city=city).annotate(said=Subquery(told.values("verdict")[:1])).filter(said=verdict)


def bookings(city: str) -> list[Booking]:
    """The days from today on on which its testbeds are taken, in order; those of drafts are left out."""
    found = Booking.objects.filter(testbed__city=city, cancelled_at=None, last__gte=clock.today(city))
    return list(found.exclude(pilot__status=Pilot.Status.DRAFT))


def practices(cities: Collection[str], *, offered: bool = False) -> QuerySet[Practice, int]:
    """The numbers of those of some cities that are offered, or were, the latest first; their rows are `CARDS`.

    The order is no index's: to put numbers in order and then read the rows takes a tenth of the time of doing both at once.
    """
    found = Practice.objects.filter(pilot__city__in=cities).exclude(status=Practice.Status.DRAFT)
    found = found.filter(status=Practice.Status.OFFERED) if offered else found
    return found.order_by("-pk").values_list("pk", flat=True)


def practice(city: str, number: int) -> Practice | None:
    """One of a city; None where there is none of that number, or a draft."""
    found = Practice.objects.filter(pilot__city=city, pk=number).exclude(status=Practice.Status.DRAFT)
    return found.select_related("pilot__protocol").prefetch_related("pilot__protocol__amendments").first()


def adoptions(practices: Iterable[Practice]) -> list[Adoption]:
    """Those whose pilot isn't a draft, in order."""
    found = Adoption.objects.filter(practice__in=list(practices)).exclude(pilot__status=Pilot.Status.DRAFT)
    return list(found.select_related("pilot__protocol").prefetch_related("pilot__protocol__amendments"))


def adopted(practices: Iterable[Practice]) -> Counter[int]:
    """How many adopted each with a pilot that isn't a draft, by its number."""
    found = Adoption.objects.filter(practice__in=[p.pk for p in practices]).exclude(pilot__status=Pilot.Status.DRAFT)
    return Counter(found.order_by().values_list("practice_id", flat=True))
