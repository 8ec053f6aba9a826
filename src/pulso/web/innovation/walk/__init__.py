"""A synthetic city walks the loop, each step at its own day: a challenge seen in its data, pilots, what they did, who did it again.

Every step is taken through `writes`, `moves` and `evaluating`, as people's are, by a clock that stands at the step's day; the city's feeds
are made, collected and published until the day before, so that nobody knows what comes after. What a pilot truly does stands in the
city's file, and nothing here reads it: it is found, or not, by evaluation.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
from django.conf import settings
from rich.progress import Progress

from pulso.errors import PulsoError
from pulso.show import names
from pulso.show.language import speak
from pulso.web.innovation import evaluating, moves, writes
from pulso.web.innovation.models import Challenge, Evaluation, Pilot, Practice
from pulso.web.innovation.walk import texts
from pulso.web.innovation.walk.people import Cast, cast
from pulso.web.readings import City, entries, lived, reading
from pulso.web.readings.series import logs

METRIC = "bus_validations"
METHOD = "window"
"""The method whose intervals hold what pilots truly do as often as they say, see docs/methods/effects.md."""
BEFORE = timedelta(weeks=16)
LOOKED_BACK = 56
"""Days in which the adviser looks for the day on which the zone stood lowest."""
EARLY, LATE = timedelta(days=7), timedelta(days=3)
"""A protocol is frozen a week before its window begins, and evaluated when the days after it are in."""
MATTERS = 10


class Clock:
    """The site's clock, put forward by hand."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        """The moment, in UTC."""
        return self.moment

    def to(self, day: date) -> None:
        """Go on to nine o'clock of a day. ValueError for an earlier day: nobody goes back."""
        if day < self.moment.date():
            raise ValueError(f"a clock only goes on: it is {self.moment}, and {day} was asked for")
        self.moment = max(self.moment, datetime.combine(day, time(9), UTC))

    def on(self) -> None:
        """A minute more: what is published has a moment of its own, a little later than a clock that stands."""
        self.moment += timedelta(minutes=1)


def walk(slug: str, progress: Progress | None = None) -> Iterator[str]:
    """Let a synthetic city and its sisters walk the loop, and say step by step what was done.

    CityFileError where one of them is not synthetic, or says no pilots. PulsoError where one has lived before, or walked: what was
    published can't be told again by an earlier clock.
    """
    city = lived.described(slug)
    sisters = sorted((lived.described(sister) for sister in city.simulation.sisters), key=lambda c: [p.first for p in c.simulation.pilots])
    _check(city, sisters)
    known = settings.CLOCK, settings.LOOK_AGAIN
    clock = Clock(datetime.min.replace(tzinfo=UTC))
    settings.CLOCK, settings.LOOK_AGAIN = clock, 0.0
    try:
        yield from _steps(city, sisters, clock, progress)
    finally:
        settings.CLOCK, settings.LOOK_AGAIN = known


def _check(city: City, sisters: list[City]) -> None:
    for one in (city, *sisters):
        if not one.simulation.pilots:
            raise PulsoError(f"{one.city.name} has no [[simulation.pilots]]: there is nothing to walk for.")
        if lived.has_lived(one) or Pilot.objects.filter(city=one.slug).exists():
            raise PulsoError(
                f"{one.city.name} has been collected, published or walked here before. A loop is walked from its beginning, in a home "
                f"without it: PULSO_HOME=another-folder pulso walk {city.slug}"
            )


def _steps(city: City, sisters: list[City], clock: Clock, progress: Progress | None) -> Iterator[str]:
    plan = city.simulation.pilots[0]
    assert city.simulation.last is not None  # noqa: S101  # `described` has looked
    yield _live(city, plan.first - EARLY, clock, progress)
    people = cast(city.slug, city.city.name)
    challenge = _challenge(city, people)
    yield f"  a challenge is opened: {challenge.title} (as seen on {challenge.view['from']})"
    works = _pilot(city, people, challenge, {"title": plan.name, **texts.WORKS}, texts.WORKS_PROTOCOL, plan.zone, (plan.first, plan.last))
    other = _left_alone(city)[-1]
    painted = _pilot(city, people, None, texts.PAINTED, texts.PAINTED_PROTOCOL, other, (plan.first, plan.last))
    moves.move(challenge, Challenge.Status.IN_PILOT, people.adviser)
    yield from (_frozen(p) for p in (works, painted))

    yield _live(city, plan.last + LATE, clock, progress)
    for pilot in (works, painted):
        yield _evaluated(pilot, people)
    moves.move(challenge, Challenge.Status.SOLVED, people.adviser)
    practice = _offer(works, people)
    yield f"  a practice is offered to other cities: {practice.title}"

    adopted = []
    for sister in sisters:
        again = sister.simulation.pilots[0]
        yield _live(sister, again.first - EARLY, clock, progress)
        adopted.append((sister, *_adopt(sister, city, practice)))
        yield _frozen(adopted[-1][2])
    yield _live(city, city.simulation.last + timedelta(days=1), clock, progress)
    for sister, theirs, pilot in adopted:
        assert sister.simulation.last is not None  # noqa: S101  # as above
        yield _live(sister, sister.simulation.last + timedelta(days=1), clock, progress)
        yield _evaluated(pilot, theirs)


def _live(city: City, day: date, clock: Clock, progress: Progress | None) -> str:
    """Go on to a day: what is known then is collected and published, and what begins or ends by itself does."""
    clock.to(day)
    lived.live(city, day - timedelta(days=1), progress)
    clock.on()
    writes.advance(city.slug)
    return f"{day}  {city.city.name}: published until the day before"


def _challenge(city: City, people: Cast) -> Challenge:
    """Open a challenge from the day on which the zone stood lowest beside the others; and one that nothing measures."""
    plan = city.simulation.pilots[0]
    lowest = _lowest(city, plan.zone)
    view = {"page": "zone", "zone": plan.zone, "metric": METRIC, "from": str(lowest), "to": str(lowest)}
    measure = {"indicator": METRIC, "zones": [plan.zone], "target": MATTERS, "target_unit": "%", "direction": "up", "due": plan.last}
    house = {"organisation": people.municipality}
    made = writes.draft_challenge(people.adviser, city.slug, **texts.CHALLENGE, **house, **measure, view=view, datasets=["buses"])
    felt = writes.draft_challenge(people.adviser, city.slug, **texts.UNMEASURABLE, **house, zones=[plan.zone])
    for challenge in (made, felt):
        moves.move(challenge, Challenge.Status.OPEN, people.adviser)
    for said in texts.COMMENTS:
        writes.comment(people.citizen, made, said)
    return made


def _lowest(city: City, zone: str) -> date:
    home = reading(city.slug)
    span = home.days()
    assert span is not None  # noqa: S101  # it was published a moment ago
    found = logs(home, [zone, *_left_alone(city)], METRIC, span[1] - timedelta(days=LOOKED_BACK), span[1])
    beside = found.values[0] - np.nanmedian(found.values[1:], axis=0)
    return found.first + timedelta(days=int(np.nanargmin(beside)))


def _pilot(
    city: City,
    people: Cast,
    challenge: Challenge | None,
    said: dict[str, str],
    promised: dict[str, str],
    zone: str,
    window: tuple[date, date],
) -> Pilot:
    """Draft a pilot with its parties, money and street, write its protocol, and freeze it."""
    pilot = writes.draft_pilot(people.adviser, city.slug, people.municipality, challenge=challenge, cost=4_850_000, **said)
    _with_others(pilot, people, zone, window)
    begin = window[0] - EARLY - BEFORE
    plan: dict[str, Any] = {
        "metric": METRIC,
        "direction": "up",
        "zones": [zone],
        "before_first": begin,
        "before_last": window[0] - EARLY - timedelta(days=1),
        "window_first": window[0],
        "window_last": window[1],
        "excluded": _events(city, begin, window[1]),
        "matters": MATTERS,
        "unit": "%",
        "method": METHOD,
    }
    writes.write_protocol(people.engineer, pilot, **promised, **plan)
    evaluating.least_effect(pilot, people.engineer)
    writes.freeze(people.engineer, pilot)
    writes.declare(city.slug)  # as the worker does, before the publication that comes next
    pilot.refresh_from_db()
    return pilot


def _with_others(pilot: Pilot, people: Cast, zone: str, window: tuple[date, date]) -> None:
    writes.take_part(people.adviser, pilot, people.company, "company")
    writes.take_part(people.adviser, pilot, people.university, "university")
    for cents, state in ((4_850_000, "planned"), (3_200_000, "committed"), (1_150_000, "paid")):
        writes.fund(people.adviser, pilot, cents=cents, source="Orçamento municipal (sintético)", state=state)
    testbed = writes.offer_testbed(people.adviser, pilot.city, zone=zone, **texts.TESTBED)
    writes.book(people.adviser, testbed, pilot, *window)


def _left_alone(city: City) -> list[str]:
    """The zones where the city's own pilot is not."""
    return [z.id for z in reading(city.slug).zones.leaves if z.id != city.simulation.pilots[0].zone]


def _events(city: City, first: date, last: date) -> list[dict[str, str]]:
    """What the city knows of in these days, to be left out."""
    speech = speak(city.city.language)
    known = [e for e in reading(city.slug).events(first, last) if e.kind not in (*entries.SILENCING, entries.PILOT)]
    return [
        {"id": f"{e.first}-{e.kind}", "name": names.driver(e.name, speech, city), "first": str(e.first), "last": str(e.last)} for e in known
    ]


def _frozen(pilot: Pilot) -> str:
    said = pilot.protocol
    return f"  a protocol is frozen: {pilot.title}, by {said.method}; it could see {said.mde:.1f} %; digest {said.digest[:12]}"


def _evaluated(pilot: Pilot, people: Cast) -> str:
    """Evaluate a pilot by its protocol, publish that whatever it is, and decide."""
    pilot.refresh_from_db()
    done = writes.evaluate(pilot, evaluating.evaluate(pilot), by=people.engineer)
    moves.move(done, "published", people.adviser)
    step = Evaluation.NextStep.REPLICATE if done.verdict == Evaluation.Verdict.MORE else Evaluation.NextStep.STOP
    writes.decide(people.adviser, done, step, why=texts.NEXT[step])
    pilot.refresh_from_db()
    moves.move(pilot, Pilot.Status.CLOSED, people.adviser)
    if done.estimate is None:
        return f"  evaluated: {pilot.title}: {done.not_evaluable}"
    return f"  evaluated: {pilot.title}: {done.estimate:+.1f} % ({done.low:+.1f} to {done.high:+.1f}): {done.verdict}; next: {step}"


def _offer(pilot: Pilot, people: Cast) -> Practice:
    practice = writes.write_practice(people.adviser, pilot, **texts.PRACTICE)
    moves.move(practice, Practice.Status.OFFERED, people.adviser)
    return practice


def _adopt(sister: City, city: City, practice: Practice) -> tuple[Cast, Pilot]:
    """Have a sister do it again: with people, a pilot and a protocol of its own."""
    people, plan = cast(sister.slug, sister.city.name), sister.simulation.pilots[0]
    said = texts.WORKS | {"title": plan.name, "text": texts.ADOPTED.format(city=city.city.name)}
    pilot = _pilot(sister, people, None, said, texts.WORKS_PROTOCOL, plan.zone, (plan.first, plan.last))
    writes.adopt(people.adviser, practice, pilot)
    return people, pilot
