"""Practices: what a city learnt from a pilot and offers to others, who did it again, and what it did there."""

from __future__ import annotations

from dataclasses import dataclass as plain
from datetime import datetime

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.core.effects.pooled import pool
from pulso.show import pilots as words
from pulso.show.language import marked as _
from pulso.web import readings
from pulso.web.innovation import models, reads, shown
from pulso.web.innovation.models.protocols import IN_SHORT
from pulso.web.innovation.states import CALLED
from pulso.web.pages import pilot_drawn as drawn
from pulso.web.pages.asked import Asked
from pulso.web.pages.frame import Frame
from pulso.web.pages.leaves import Leaf, leaf, some
from pulso.web.pages.pilot_lines import in_force, no_such, sentence, verdict
from pulso.web.pages.twin import Page
from pulso.web.readings import Reading

NO_PRACTICE = _("{city} has no practice {number} that is offered, or was.")
ELSEWHERE = 20
"""Practices of other cities that are shown; each city's own page has all of its own."""
WIDE = 3.92
"""Standard errors between the ends of a 95 % interval."""


@dataclass(frozen=True)
class PracticeLine:
    """A practice in short. Its effect is its pilot's evaluation's, or it was not evaluated."""

    city: str = Field(description="the city that offers it, by its slug")
    place: str = Field(description="that city's name")
    number: int = Field(description="its number, for links")
    title: str = Field(description="what it is called")
    status: str = Field(description="offered or withdrawn")
    state: str = Field(description="the same in the page's language")
    verdict: str = Field(description="more, less, none, cannot tell, not evaluable or not evaluated")
    sentence: str = Field(description="what it did where it was tried first, in one sentence; or that it was not evaluated")
    adopted: int = Field(description="how many other cities adopted it")


@dataclass(frozen=True)
class Practices:
    """What this city learnt and offers, and what others do."""

    frame: Frame = Field(description="what every page carries")
    own: tuple[PracticeLine, ...] = Field(description="what this city offers, the latest first")
    leaf: Leaf = Field(description="where in the list of this city's own this page is")
    others: tuple[PracticeLine, ...] = Field(description="what other cities on this site offer: the latest twenty")
    elsewhere: int = Field(description="how many they offer in all")


@dataclass(frozen=True)
class Trial:
    """Where a practice was tried, and what it did there."""

    city: str = Field(description="the city, by its slug")
    place: str = Field(description="that city's name")
    pilot: int = Field(description="the number of its pilot there, for links")
    original: bool = Field(description="whether it was tried there first; else it was adopted")
    shown: bool = Field(description="whether this site shows that city")
    state: str = Field(description="what its pilot is: running, evaluated …, in the page's language")
    verdict: str = Field(description="more, less, none, cannot tell, not evaluable or not evaluated")
    called: str = Field(description="the verdict in the page's language")
    estimate: float | None = Field(description="the effect there, in the unit; null where there is none")
    low: float | None = Field(description="lower end of the effect's 95 % interval")
    high: float | None = Field(description="upper end of the effect's 95 % interval")
    unit: str = Field(description="of the effect: points of the index, or %")
    weight: float | None = Field(description="its weight in the pooled effect, 0 to 1; null where it isn't pooled")


@dataclass(frozen=True)
class Together:
    """What several trials showed together: random effects, by restricted maximum likelihood."""

    trials: int = Field(description="how many trials were pooled")
    estimate: float = Field(description="the mean effect, in the unit")
    low: float = Field(description="lower end of the mean effect's 95 % interval")
    high: float = Field(description="upper end of the mean effect's 95 % interval")
    next_low: float = Field(description="lower end of the 95 % interval of the effect in the next city")
    next_high: float = Field(description="upper end of the 95 % interval of the effect in the next city")
    unit: str = Field(description="of effects: points of the index, or %")
    differ: float = Field(description="share of the scatter that is between cities, 0 to 1 (I²)")
    sentence: str = Field(description="the same in one sentence")


@dataclass(frozen=True)
class Practice:
    """The card of a practice."""

    frame: Frame = Field(description="what every page carries")
    line: PracticeLine = Field(description="what it is, in short")
    text: str = Field(description="what was done, and what it takes")
    why: str = Field(description="why it was withdrawn; empty where it is offered")
    since: datetime = Field(description="since when it is offered or withdrawn, UTC")
    trials: tuple[Trial, ...] = Field(description="where it was tried: first the city that offers it")
    pooled: Together | None = Field(description="what the trials showed together; null with fewer than three evaluated adoptions")


@plain(frozen=True)
class Drawn:
    """What the template draws beside the page."""

    scale: drawn.Scale

    def bar(self, trial: Trial) -> drawn.Bar | None:
        """One trial's interval."""
        return self.scale.bar(trial.estimate, trial.low, trial.high, trial.verdict)

    def whole(self, told: Together) -> drawn.Bar | None:
        """The mean effect's, and behind it that of the next city."""
        return self.scale.bar(told.estimate, told.low, told.high, "rest")


def practices(asked: Asked) -> Practices:
    """Those of the city, and of the others on this site."""
    here = asked.reading.slug
    own, at = leaf(shown.practices([here]), asked)
    others, elsewhere = some(shown.practices([c for c in readings.cities() if c != here], offered=True), most=ELSEWHERE)
    cards = shown.CARDS.in_bulk([*own, *others])
    told = lines([cards[number] for number in (*own, *others)], asked)
    return Practices(asked.frame, told[: len(own)], at, told[len(own) :], elsewhere)


def practice(asked: Asked) -> Practice:
    """One of a city. NothingKnown where there is none of that number, or a draft."""
    found = shown.practice(asked.reading.slug, int(asked.parts["number"]))
    if found is None:
        raise no_such(asked, NO_PRACTICE)
    adoptions = shown.adoptions([found])
    pilots = [found.pilot, *(a.pilot for a in adoptions)]
    told = shown.last_words(pilots)
    together, weights = _pooled(pilots, told, asked)
    return Practice(
        frame=asked.frame,
        line=_line(found, told.get(found.pilot_id), len(adoptions), asked, readings.reading(found.pilot.city)),
        text=found.text,
        why=found.why,
        since=found.since,
        trials=tuple(_trial(p, told.get(p.pk), p.pk == found.pilot_id, weights.get(p.pk), asked) for p in pilots),
        pooled=together,
    )


def draw(page: Practice, _asked: Asked) -> Drawn:
    """One scale for all trials."""
    ends = [n for t in page.trials for n in (t.low, t.high)]
    return Drawn(drawn.scale([*ends, page.pooled.low, page.pooled.high] if page.pooled else ends))


def lines(found: list[models.Practice], asked: Asked) -> tuple[PracticeLine, ...]:
    """Practices in words. Two questions: what each did, and how many adopted it."""
    told, adopted = shown.last_words(p.pilot for p in found), shown.adopted(found)
    homes = {city: readings.reading(city) for city in {p.pilot.city for p in found}}
    return tuple(_line(p, told.get(p.pilot_id), adopted[p.pk], asked, homes[p.pilot.city]) for p in found)


def _line(found: models.Practice, told: models.Evaluation | None, adopted: int, asked: Asked, home: Reading) -> PracticeLine:
    speech, pilot = asked.speech, found.pilot
    not_evaluated = speech.capital(speech.say(reads.NOT_EVALUATED))
    return PracticeLine(
        city=pilot.city,
        place=home.city.city.name,
        number=found.pk,
        title=found.title,
        status=found.status,
        state=speech.say(CALLED[found.status]),
        verdict=verdict(told) if told else "not evaluated",
        sentence=sentence(told, in_force(pilot, IN_SHORT), asked, home) if told else f"{not_evaluated}.",
        adopted=adopted,
    )


def _trial(pilot: models.Pilot, told: models.Evaluation | None, original: bool, weight: float | None, asked: Asked) -> Trial:
    speech, said = asked.speech, verdict(told) if told else "not evaluated"
    numbers = {name: getattr(told, name) if told else None for name in ("estimate", "low", "high")}
    return Trial(
        city=pilot.city,
        place=_place(pilot.city),
        pilot=pilot.pk,
        original=original,
        shown=pilot.city in readings.cities(),
        state=speech.say(CALLED[pilot.status]),
        verdict=said,
        called=words.word(words.VERDICTS, said, speech) if told else speech.say(reads.NOT_EVALUATED),
        unit=told.unit if told else "",
        weight=weight,
        **numbers,
    )


def _pooled(pilots: list[models.Pilot], told: dict[int, models.Evaluation], asked: Asked) -> tuple[Together | None, dict[int, float]]:
    """The mean effect and each pilot's weight in it; nothing where it may not be pooled, or an interval has no width."""
    some = [reads.Estimate(p.city, p, i == 0, told[p.pk]) for i, p in enumerate(pilots) if p.pk in told and told[p.pk].estimate is not None]
    errors = [((e.evaluation.high or 0.0) - (e.evaluation.low or 0.0)) / WIDE for e in some]
    if not reads.may_pool(some) or min(errors) <= 0:
        return None, {}
    found, unit = pool([e.evaluation.estimate or 0.0 for e in some], errors), some[0].evaluation.unit
    speech = asked.speech
    said = speech.say(
        "Together {change} (95% interval: {span}); in the next city it may be {next}.",
        change=words.amount(found.estimate, unit, speech),
        span=words.span(found.low, found.high, unit, speech),
        next=words.span(found.predicted_low, found.predicted_high, unit, speech),
    )
    ends = {"low": found.low, "high": found.high, "next_low": found.predicted_low, "next_high": found.predicted_high}
    together = Together(trials=found.studies, estimate=found.estimate, **ends, unit=unit, differ=found.i2, sentence=said)
    return together, {e.pilot.pk: float(w) for e, w in zip(some, found.weights, strict=True)}


def _place(city: str) -> str:
    """A city's name; its slug where this site shows it no more."""
    return readings.reading(city).city.city.name if city in readings.cities() else city


PRACTICES = Page("practices", "practices", Practices, practices, reads=("page",), known=shown.edition, at_once=True)
PRACTICE = Page("practice", "practices/<int:number>", Practice, practice, draw, known=shown.edition, at_once=True)
