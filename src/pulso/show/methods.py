"""The method on a terminal: revisions, weights and which choice matters, and the published indicator's way beside ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pulso.city import City
from pulso.show import names
from pulso.show.language import NEVER, Speech, speak
from pulso.show.language import marked as _
from pulso.show.terminal import SOFT

EXTREMES = 5
"""So many of the highest and of the lowest days of a score are told."""

WHERE = {"city": _("city"), "zones": _("zones")}
CHOICES = {
    "weights": _("weights, each up to 25% lighter or heavier"),
    "treatment": _("outlying days pulled in, or not"),
    "aggregation": _("a geometric or an arithmetic mean"),
    "left out": _("one metric left out, or none"),
}


@dataclass(frozen=True)
class Revision:
    """How far publications moved afterwards, in points of the index, later minus earlier."""

    where: str  # "city" or "zones", or one zone's id
    stage: str  # in which they were published
    to: str  # the stage of the next publication, or "last"
    pairs: int  # zone-days with a number both times; an unrevised publication is its own last
    changed: int  # of these, with another number
    mean: float | None
    mean_absolute: float | None
    largest: float | None  # by size, with its sign
    gained: int  # zone-days that had no number, and have one later
    lost: int  # zone-days whose number was withdrawn


@dataclass(frozen=True)
class WeighedDomain:
    """One domain's share of the weight by each method, 0 to 1; null where the method can't tell."""

    domain: str
    in_force: float
    by_last_year: float  # the same method on the last 365 days: the difference is drift
    importance: float
    equal: float
    component: float | None
    factor: float | None
    influence: float | None
    loading: float | None  # on the first principal component, signed
    heywood: bool  # the factor would explain it wholly


@dataclass(frozen=True)
class Choice:
    """How much of what other methods would change is owed to one choice: Sobol total indices."""

    choice: str  # "weights", "treatment", "aggregation", "left out"
    day: float | None
    year: float | None  # over the 365 days that end with it


@dataclass(frozen=True)
class Weighed:
    """How a city's domains weigh on a day, and how much the method matters."""

    day: date
    index: float
    domains: tuple[WeighedDomain, ...]
    factor: str  # "accepted", or why not: "heywood", "no solution", "too few"
    influence: str  # "reached", "not equal" (equality lies beyond the least weight), "no end", "too few"
    band: tuple[float, float] | None  # 5-95 % of the index under all choices together
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class IduSeries:
    """One daily series of IDU mode."""

    metric: str
    domain: str
    known: float  # share of the days
    used: bool
    loading: float | None
    uniqueness: float | None
    heywood: bool


@dataclass(frozen=True)
class IduScore:
    """One day's place on the factor, in its standard deviations; null where too little was seen, or the factor was refused."""

    day: date
    score: float | None
    sd: float | None  # of the factor, given what was seen
    seen: float | None  # share of the series' information


@dataclass(frozen=True)
class IduReport:
    """The published method over some days of a city."""

    first: date
    last: date
    anchor: str
    accepted: bool
    refusal: str | None  # "heywood" or "no solution"
    periods: tuple[int, ...]  # seasons taken out, in days
    days: int  # that the tests count
    kmo: float | None
    bartlett: tuple[float | None, int, float | None]  # chi², degrees, p
    one_factor: tuple[float | None, int, float | None]
    alpha: float | None
    series: tuple[IduSeries, ...]
    scores: tuple[IduScore, ...]


def show_revisions(told: Sequence[Revision], language: str) -> RenderableType:
    """Show how far publications moved, or that none did."""
    speech = speak(language)
    if not told:
        return Text(speech.say("Nothing is published yet."))
    if not any(r.changed or r.gained or r.lost for r in told):
        n = sum(r.pairs for r in told if r.to == "last")
        return Text(speech.many("Nothing was revised: {n} number stands.", "Nothing was revised: all {n} numbers stand.", n))
    table = Table(box=None, pad_edge=False)
    for title in (speech.say("where"), speech.say("published as"), speech.say("then")):
        table.add_column(title)
    for title in (speech.say("days"), speech.say("changed"), speech.say("mean"), speech.say("mean size"), speech.say("largest")):
        table.add_column(title, justify="right")
    table.add_column(speech.say("number came"), justify="right")
    table.add_column(speech.say("number went"), justify="right")
    for r in told:
        then = speech.say("the last") if r.to == "last" else speech.say(names.STAGES[r.to][0])
        moved = (speech.signed(r.mean, 2), speech.number(r.mean_absolute, 2), speech.signed(r.largest, 1))
        counted = [speech.number(n) for n in (r.pairs, r.changed, r.gained, r.lost)]
        where = speech.say(WHERE[r.where]) if r.where in WHERE else r.where
        table.add_row(Text(where), speech.say(names.STAGES[r.stage][0]), then, *counted[:2], *moved, *counted[2:])
    return Group(Text(speech.say("Points of the index, later minus earlier."), style=SOFT), table)


def show_weights(told: Weighed, city: City, language: str) -> RenderableType:
    """Show the weights in force beside others, what is refused, and which choice moves the day."""
    speech = speak(language)
    table = Table(box=None, pad_edge=False)
    table.add_column(speech.say("domain"))
    for title in (speech.say("in force"), speech.say("last year"), speech.say("importance"), speech.say("equal")):
        table.add_column(title, justify="right", no_wrap=True)
    for title in (speech.say("component"), speech.say("factor"), speech.say("influence")):
        table.add_column(title, justify="right", no_wrap=True)
    for d in told.domains:
        row = (d.in_force, d.by_last_year, d.importance, d.equal, d.component, d.factor, d.influence)
        table.add_row(Text(names.domain(d.domain, city, speech)), *(NEVER if w is None else speech.number(100 * w, 1) for w in row))
    head = speech.say("Weights of {day}, in per cent.", day=speech.day(told.day))
    parts: list[RenderableType] = [Text(head, style="bold"), table, Text()]
    parts += [Text(note, style=SOFT) for note in _weight_notes(told, city, speech)]
    if told.choices:
        parts += [Text(), *_choices(told, speech)]
    return Group(*parts)


def _weight_notes(told: Weighed, city: City, speech: Speech) -> list[str]:
    said = [
        speech.say("In force: importance × calmness, no domain above 40% among three or more; last year: the same by the last 365 days.")
    ]
    if len(told.domains) > 1:
        drift = max(told.domains, key=lambda d: abs(d.by_last_year - d.in_force))
        points = speech.signed(100 * (drift.by_last_year - drift.in_force), 1)
        name = names.domain(drift.domain, city, speech)
        said.append(speech.say("Largest drift: {domain}, {points} points of weight.", domain=name, points=points))
    hidden = [names.domain(d.domain, city, speech) for d in told.domains if d.loading is not None and d.loading < 0]
    if hidden:
        said.append(
            speech.say("On the component these pull the other way, which a weight can't show: {domains}.", domains=", ".join(hidden))
        )
    whole = ", ".join(names.domain(d.domain, city, speech) for d in told.domains if d.heywood)
    said.append(
        {
            "accepted": "",
            "heywood": speech.say("One factor is refused: it would explain {domains} wholly (a Heywood case).", domains=whole),
            "no solution": speech.say("One factor is refused: there is no solution."),
            "too few": speech.say("One factor needs three domains with 90 days in the last year."),
        }[told.factor]
    )
    said.append(
        {
            "reached": "",
            "not equal": speech.say("Equal influence can't be had with 5% or more for each domain; this is as near as it gets."),
            "no end": speech.say("The search for equal influence did not end; its weights are not shown."),
            "too few": speech.say("Equal influence needs two domains with 90 days in the last year."),
        }[told.influence]
    )
    return [note for note in said if note]


def _choices(told: Weighed, speech: Speech) -> list[RenderableType]:
    table = Table(box=None, pad_edge=False)
    table.add_column(speech.say("which choice matters"))
    table.add_column(speech.say("that day"), justify="right")
    table.add_column(speech.say("that year"), justify="right")
    for c in sorted(told.choices, key=lambda c: -(c.year or 0.0)):
        table.add_row(speech.say(CHOICES[c.choice]), speech.number(c.day, 2), speech.number(c.year, 2))
    index, span = speech.number(told.index), speech.span(told.band)
    said = speech.say("All choices together: {span}, where {index} was published.", span=span, index=index)
    note = speech.say("Shares of the variance that a choice has a part in (Sobol total indices); together they may exceed 1.")
    return [Text(said), table, Text(note, style=SOFT)]


def show_idu(told: IduReport, city: City, language: str) -> RenderableType:
    """Show the published method's factor: loadings, tests, refusal, and its highest and lowest days."""
    speech = speak(language)
    table = Table(box=None, pad_edge=False)
    for title in (speech.say("metric"), speech.say("domain")):
        table.add_column(title)
    for title in (speech.say("days known"), speech.say("loading"), speech.say("of its own")):
        table.add_column(title, justify="right")
    table.add_column("")
    for s in told.series:
        note = speech.say("fixes the sign") if s.metric == told.anchor else ""
        note = speech.say("explained wholly (Heywood)") if s.heywood else note if s.used else speech.say("too seldom known, left out")
        numbers = (speech.percent(s.known), speech.number(s.loading, 3), speech.number(s.uniqueness, 3))
        table.add_row(
            Text(names.metric(s.metric, city, speech)), Text(names.domain(s.domain, city, speech)), *numbers, Text(note, style=SOFT)
        )
    n = sum(s.used for s in told.series)
    span = {"first": speech.day(told.first, "d MMM y"), "last": speech.day(told.last, "d MMM y")}
    head = speech.many(
        "One factor behind {n} daily series, {first} to {last}", "One factor behind {n} daily series, {first} to {last}", n, **span
    )
    parts: list[RenderableType] = [Text(head, style="bold"), table, Text(), *(Text(line, style=SOFT) for line in _idu_notes(told, speech))]
    return Group(*parts, Text(), *_extremes(told, speech))


def _idu_notes(told: IduReport, speech: Speech) -> list[str]:
    seasons = speech.together([speech.number(p) for p in told.periods])
    said = [
        speech.say("Seasons taken out: {seasons} days.", seasons=seasons) if told.periods else speech.say("No season could be taken out."),
        speech.say("KMO {kmo}, Cronbach's alpha {alpha}.", kmo=speech.number(told.kmo, 2), alpha=speech.number(told.alpha, 2)),
        speech.say("Bartlett's test that nothing correlates: {test}.", test=_test(told.bartlett, speech)),
    ]
    if told.one_factor[0] is not None and told.one_factor[1] > 0:
        said.append(speech.say("Test that one factor suffices: {test}.", test=_test(told.one_factor, speech)))
    return said


def _test(test: tuple[float | None, int, float | None], speech: Speech) -> str:
    chi2, degrees, p = test
    sure = "p –" if p is None else f"p < {speech.number(0.001, 3)}" if p < 0.001 else f"p = {speech.number(p, 3)}"
    return speech.many("χ² {chi2} on {n} degree, {p}", "χ² {chi2} on {n} degrees, {p}", degrees, chi2=speech.number(chi2, 1), p=sure)


def _extremes(told: IduReport, speech: Speech) -> list[RenderableType]:
    if told.refusal == "heywood":
        return [Text(speech.say("Refused: the factor would explain a series wholly (a Heywood case). There are no scores."))]
    if told.refusal:
        return [Text(speech.say("Refused: there is no factor solution. There are no scores."))]
    known = sorted((s for s in told.scores if s.score is not None), key=lambda s: s.score or 0.0)
    table = Table(box=None, pad_edge=False)
    for title, side in ((speech.say("highest days"), "left"), ("", "right"), (speech.say("lowest days"), "left"), ("", "right")):
        table.add_column(title, justify="right" if side == "right" else "left")
    for high, low in zip(known[::-1][:EXTREMES], known[:EXTREMES], strict=True):
        cells = [(speech.day(s.day, "EEE d MMM y"), speech.signed(s.score, 2)) for s in (high, low)]
        table.add_row(*cells[0], *cells[1])
    return [table, Text(speech.say("In standard deviations of the factor; beside the index, never instead of it."), style=SOFT)]
