"""What the API tells of the loop: challenges, pilots, what they showed, practices, testbeds. Drafts, and what isn't published, never."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Annotated, Any, Literal, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from ninja import NinjaAPI
from ninja.params.functions import Path, Query
from pydantic import Field, TypeAdapter

from pulso.errors import NothingKnown
from pulso.show import pilots as words
from pulso.web.api import innovation_shapes as shapes
from pulso.web.api.asked import Asked, InWords, Paged, Span, ask, zone
from pulso.web.api.problems import Refused, say, speech
from pulso.web.api.rows import CITY, Resource, Rows, Stamp, in_language, one
from pulso.web.innovation import models, reads, shown
from pulso.web.innovation.models.protocols import IN_SHORT
from pulso.web.pages import challenges as of_challenges
from pulso.web.pages import pilots as of_pilots
from pulso.web.pages import practices as of_practices
from pulso.web.pages.asked import Asked as OfAPage
from pulso.web.pages.pilot_lines import in_force, lines, sentence, verdict
from pulso.web.readings import Reading

M = TypeVar("M", bound=Model)
NOT_EVALUABLE = "not evaluable"
Verdict = Literal["more", "less", "none", "cannot tell", "not evaluable"]
NUMBER = Path(..., ge=1, lt=2**62, description="its number")
ZONE = "a zone, by id or name: those that name it; city: those of the city as a whole; all, where not given"
METRIC = "a metric, or index: those that are measured by it; all, where not given"


class ChallengesQuery(Paged, InWords):
    """Which challenges."""

    status: Literal["open", "in pilot", "solved", "closed"] | None = Field(
        None, description="those that are this now; all, where not given"
    )
    zone: str | None = Field(None, max_length=200, description=ZONE)
    metric: str | None = Field(None, max_length=200, description=METRIC)


class ChallengeQuery(InWords):
    """Which leaf of its discussion."""

    page: int | None = Field(
        None, ge=1, le=1_000_000, description="a hundred remarks of the discussion, the latest where not given; 2: those before"
    )


class PilotsQuery(Paged, Span, InWords):
    """Which pilots: those whose window touches these days."""

    status: Literal["frozen", "running", "awaiting evaluation", "evaluated", "closed", "stopped"] | None = Field(
        None, description="those that are this now; all, where not given"
    )
    zone: str | None = Field(None, max_length=200, description=ZONE)
    metric: str | None = Field(None, max_length=200, description=METRIC)
    verdict: Verdict | None = Field(None, description="those of which this is published; all, where not given")
    challenge: int | None = Field(
        None, ge=1, lt=2**62, description="those that answer to the challenge of this number; all, where not given"
    )


class EvaluationsQuery(Paged, InWords):
    """Which evaluations."""

    pilot: int | None = Field(None, ge=1, lt=2**62, description="those of the pilot of this number; all, where not given")
    verdict: Verdict | None = Field(None, description="those that say this; all, where not given")


class PracticesQuery(Paged, InWords):
    """Which practices."""

    status: Literal["offered", "withdrawn"] | None = Field(None, description="those that are this now; all, where not given")


class TestbedsQuery(Paged, InWords):
    """Which testbeds."""

    __test__ = False  # for pytest, which takes it for one of its own

    kind: Literal["street", "building", "fibre", "access point", "other"] | None = Field(
        None, description="those of this kind; all, where not given"
    )


def challenges(asked: Asked[ChallengesQuery]) -> Rows:
    """The challenges of a city that are open, or were: what each is measured by and how far that is to move, by number."""
    query, found = asked.query, shown.challenges(asked.reading.slug)
    if query.status is not None:
        found = found.filter(status=query.status)
    fits = _place_and_measure(asked)
    rows = _some(found, asked, (lambda c: fits(c.zones, c.indicator)) if query.zone or query.metric else None)
    page = as_page(asked.reading)
    return _told(rows, shapes.Challenge, page, (of_challenges.line(c, page) for c in rows.items))


def pilots(asked: Asked[PilotsQuery]) -> Rows:
    """Every pilot that was ever frozen or stopped: what it promised, what it cost, and what it showed, whatever its sign; by number."""
    query, found = asked.query, shown.pilots(asked.reading.slug)
    if query.first and query.last and query.last < query.first:
        raise Refused(400, say("to: found {last}; a day not before {first}.", last=query.last, first=query.first))
    if query.status is not None:
        found = found.filter(status=query.status)
    if query.challenge is not None:
        found = found.filter(challenge=query.challenge)
    if query.verdict is not None:
        found = found.filter(pk__in=shown.saying(asked.reading.slug, "" if query.verdict == NOT_EVALUABLE else query.verdict))
    fits = _place_and_measure(asked)

    def wanted(pilot: models.Pilot) -> bool:
        said = in_force(pilot, IN_SHORT) or {"zones": None, "metric": None, "window_first": None, "window_last": None}
        return fits(said["zones"], said["metric"]) and _touches(said["window_first"], said["window_last"], query.first, query.last)

    promised = query.zone or query.metric or query.first or query.last  # as amended: each protocol is looked at
    rows, page = _some(found, asked, wanted if promised else None), as_page(asked.reading)
    return _told(rows, shapes.Pilot, page, lines(shown.register(rows.items), page))


def evaluations(asked: Asked[EvaluationsQuery]) -> Rows:
    """What pilots showed: every published evaluation, superseded ones too, by the pilot's number and its own.

    The evaluation of a pilot's whole window that was published last is its last word.
    """
    query = asked.query
    of: dict[str, object] = {"published_at__isnull": False}
    if query.pilot is not None:
        of |= {"pilot": query.pilot}
    if query.verdict is not None:
        of |= {"verdict": "" if query.verdict == NOT_EVALUABLE else query.verdict}
    rows, page = _by_pilot(shown.RESULTS, asked, "evaluations", of), as_page(asked.reading)
    last = shown.last_numbers({e.pilot_id for e in rows.items})
    return replace(rows, items=[_evaluation(e, e.pk in last, page) for e in rows.items])


def practices(asked: Asked[PracticesQuery]) -> Rows:
    """What a city learnt from its pilots and offers to others, or did, by the pilot's number."""
    status = asked.query.status
    of = {"status__in": ("offered", "withdrawn") if status is None else (status,)}
    rows, page = _by_pilot(shown.CARDS, asked, "practice", of), as_page(asked.reading)
    return _told(rows, shapes.Practice, page, of_practices.lines(list(rows.items), page))


def testbeds(asked: Asked[TestbedsQuery]) -> Rows:
    """What a city offers to try things on, under which conditions, and when it is taken; by number."""
    slug, told_in = asked.reading.slug, speech()
    taken: dict[int, list[str]] = {}
    for b in shown.bookings(slug):
        taken.setdefault(b.testbed_id, []).append(f"{b.first}/{b.last}")
    found = models.Testbed.objects.filter(city=slug)
    rows = _some(found if asked.query.kind is None else found.filter(kind=asked.query.kind), asked)
    told = [
        shapes.Testbed(
            **{name: getattr(t, name) for name in ("kind", "name", "conditions", "contact", "bookable", "exclusive")},
            number=t.pk,
            called=words.word(words.KINDS, t.kind, told_in),
            zone=t.zone or None,
            taken=tuple(taken.get(t.pk, ())),
        )
        for t in rows.items
    ]
    return replace(rows, items=told)


def as_page(reading: Reading, number: int = 0, said: str = "") -> OfAPage:
    """The question that a page would be asked, in the asker's language: it tells the same."""
    return OfAPage(reading, speech(), QueryDict(said), {"number": str(number)})


def at(page: OfAPage, kind: str, number: int) -> str:
    """The address of a page on this site."""
    return f"/{page.speech.code}/{page.reading.slug}/{kind}/{number}"


def _some(found: QuerySet[M], asked: Asked[Any], wanted: Callable[[M], bool] | None = None) -> Rows:
    """A page of what the database has, by number. No more is read than stands on it, but where each has to be looked at."""
    found, limit = found.order_by("pk"), asked.query.limit
    if asked.after is not None:
        found = found.filter(pk__gt=int(asked.after[0]))
    if wanted is None:  # keys are put in order before rows, which are wide
        some = list(found.filter(pk__in=list(found.values_list("pk", flat=True)[: limit + 1])))
    else:
        some = list(islice(filter(wanted, found), limit + 1))
    page = some[:limit]
    return Rows(page, (str(page[-1].pk),) if len(some) > limit else None)


def _by_pilot(found: QuerySet[M], asked: Asked[Any], what: str, of: Mapping[str, Any]) -> Rows:
    """A page of what belongs to a city's pilots, in order of the pilot's number and its own; see `shown.by_pilot`.

    `found` are all there are: which ones are shown is asked once, by their numbers. Asked twice, SQLite goes through all of a city's.
    """
    limit, after = asked.query.limit, None if asked.after is None else [int(part) for part in asked.after]
    keys = shown.by_pilot(asked.reading.slug, what, of, after, limit + 1)
    rows = found.in_bulk([number for _, number in keys[:limit]])
    last = keys[limit - 1] if len(keys) > limit else None
    return Rows([rows[number] for _, number in keys[:limit]], last and tuple(str(part) for part in last))


def _told(rows: Rows, shape: type[Any], page: OfAPage, told: Iterable[Any]) -> Rows:
    """The same rows as their page tells them, each with that page's address."""
    kind = f"{shape.__name__.lower()}s"
    return replace(rows, items=[shape(**vars(line), page=at(page, kind, line.number)) for line in told])


def _place_and_measure(asked: Asked[Any]) -> Callable[[Sequence[str] | None, str | None], bool]:
    """Whether zones and a measure are those that are asked about; None is of a protocol that nobody promised. Refused where unknown."""
    query, city = asked.query, asked.reading.city
    place = None if query.zone is None else zone(asked.reading, query.zone)
    if query.metric not in (None, "index", *city.metrics):
        known = ", ".join(["index", *city.metrics])
        why = say("{city} has no metric {found}. It has: {known}.", city=city.city.name, found=repr(query.metric[:40]), known=known)
        raise Refused(404, f"metric: {why}")

    def fits(zones: Sequence[str] | None, metric: str | None) -> bool:
        there = query.zone is None or (zones is not None and (place in zones if place else not zones))
        return there and query.metric in (None, metric)

    return fits


def _touches(begin: date | None, end: date | None, first: date | None, last: date | None) -> bool:
    """Whether a window has days between these two; one that was never promised has none."""
    if begin is None or end is None:
        return first is None and last is None
    return (last is None or begin <= last) and (first is None or end >= first)


def _evaluation(e: models.Evaluation, last: bool, page: OfAPage) -> shapes.Evaluation:
    said = in_force(e.pilot, IN_SHORT)
    same = ("interim", "estimate", "low", "high", "unit", "p", "method", "as_of", "protocol_digest", "data_digest", "amendments")
    assert e.published_at is not None  # noqa: S101  # only these are asked for
    return shapes.Evaluation(
        **{name: getattr(e, name) for name in (*same, "next_step", "next_why", "decided_for")},
        number=e.pk,
        pilot=e.pilot_id,
        title=e.pilot.title,
        last=last,
        verdict=verdict(e),
        sentence=sentence(e, said, page),
        reason=e.not_evaluable,
        metric=said["metric"] if said else "",
        placebos=len(e.placebos),
        drift=_number(e.pretrend.get("drift")),
        drift_p=_number(e.pretrend.get("p")),
        seen=_number(e.pretrend.get("seen")),
        published=e.published_at,
        decided=e.decided_at,
        page=at(page, "pilots", e.pilot_id),
    )


def _number(found: object) -> float | None:
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def _stamp(reading: Reading) -> Stamp:
    return Stamp(*shown.state(reading))


def _resource(name: str, row: type[Any], query: type[Paged], make: Callable[[Asked[Any]], Rows]) -> Resource:
    return Resource(name, row, query, make, stamp=_stamp, series=False)


LOOP = (
    _resource("challenges", shapes.Challenge, ChallengesQuery, challenges),
    _resource("pilots", shapes.Pilot, PilotsQuery, pilots),
    _resource("evaluations", shapes.Evaluation, EvaluationsQuery, evaluations),
    _resource("practices", shapes.Practice, PracticesQuery, practices),
    _resource("testbeds", shapes.Testbed, TestbedsQuery, testbeds),
)


def register(api: NinjaAPI) -> None:
    """Give a challenge, a pilot and a practice an address each."""
    for kind, shape, query, summary, make in (
        (
            "challenges",
            shapes.WholeChallenge,
            ChallengeQuery,
            "One challenge: what is said about it, and what is tried.",
            of_challenges.challenge,
        ),
        ("pilots", shapes.WholePilot, InWords, "One pilot: its protocol, its money, and what it showed.", of_pilots.pilot),
        ("practices", shapes.WholePractice, InWords, "One practice: where it was tried, and what it did.", of_practices.practice),
    ):
        api.api_operation(
            ["GET", "HEAD"],
            f"/cities/{{city}}/{kind}/{{number}}",
            response=shape,
            operation_id=kind.removesuffix("s"),
            tags=["cities"],
            summary=summary,
        )(_whole(kind, shape, query, make))


def _whole(kind: str, shape: type[Any], asks: type[InWords], make: Callable[[OfAPage], Any]) -> Callable[..., HttpResponseBase]:
    """A view of one thing: what its page tells of it, and what only machines read."""

    def view(request: HttpRequest, city: str, number: int, *, query: InWords) -> HttpResponseBase:
        reading = ask(request, city, query, kind).reading
        leaf = getattr(query, "page", None)
        page = as_page(reading, number, f"page={leaf}" if leaf else "")

        def made() -> bytes:
            try:
                told = vars(make(page))
            except NothingKnown as why:
                raise Refused(404, str(why)) from None
            more = _protocol(number) if shape is shapes.WholePilot else {}
            return TypeAdapter(shape).dump_json(shape(**told, **more, page=at(page, kind, number)))

        lang = page.speech.code
        return in_language(one(request, reading, made, _stamp(reading).of(lang)), lang)

    view.__annotations__ |= {"city": Annotated[str, CITY], "number": Annotated[int, NUMBER], "query": Annotated[asks, Query(...)]}
    return view


def _protocol(number: int) -> dict[str, Any]:
    """A shown pilot's frozen protocol as it was hashed."""
    found = models.Protocol.objects.filter(pilot=number).select_related("pilot").first()
    return {"protocol": reads.promise(found) if found else None}
