"""One zone's day as one page of HTML that needs nothing else: no script, no font, no request to anybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from pulso.city import City, Span
from pulso.shapes import DomainVerdict, Verdict
from pulso.show import charts, limits, maps, names, words
from pulso.show.language import MINUS, TIED, Speech, speak
from pulso.show.rounding import shares
from pulso.zones import Zones

REACHES = (10.0, 20.0, 50.0, 100.0, 200.0, 500.0)
"""Points at which the axis of the reasons may end."""


@dataclass(frozen=True)
class Bar:
    """One reason: its points as they are shown, and how long its bar is, in per cent of the axis."""

    kind: str  # weather, event or unexplained
    points: float
    length: float
    name: str
    detail: str  # what sort of event it is; "beyond anything in the record"


@dataclass(frozen=True)
class Card:
    """One domain: its number, its six weeks, what was seen of it."""

    name: str
    index: float | None
    weight: float
    footprint: bool
    sensors_seen: int
    sensors_alive: int
    metrics: tuple[tuple[str, str], ...]  # each by its name in the city file, and its name and number in words
    pieces: tuple[str, ...]
    hundred: float
    end: tuple[float, float] | None
    reading: str  # the small line in words


@dataclass(frozen=True)
class Page:
    """Everything that the page shows, in the order of the page."""

    city: City
    place: str  # the city, or the zone
    verdict: Verdict
    title: str
    lead: str
    gauge: charts.Gauge | None
    only: str  # that the number rests on one domain of several; empty where it rests on more
    bars: tuple[Bar, ...]
    reach: float  # points at the ends of the bars' axis
    split: words.Split | None
    lines: tuple[charts.Lines, ...]
    weeks: tuple[charts.Drawn, ...]
    events: tuple[tuple[str, Span], ...]
    map: maps.Map
    cards: tuple[Card, ...]
    notes: tuple[str, ...]
    credits: str  # owners and licences

    @property
    def side(self) -> str:
        """Whether the shown number lies below ("quiet") or above ("busy") its normal range, or in it or in none ("usual")."""
        if self.verdict.index is None or self.verdict.normal_range is None:
            return "usual"
        index, (low, high) = round(self.verdict.index), map(round, self.verdict.normal_range)
        return "quiet" if index < low else "busy" if index > high else "usual"


def bulletin(
    city: City,
    zones: Zones,
    verdict: Verdict,
    weeks: Sequence[charts.Drawn],
    by_zone: Mapping[str, Verdict],
    events: Sequence[Span],
    *,
    language: str,
    notes: Sequence[str] | None = None,
) -> str:
    """Write the page of a day.

    Parameters
    ----------
    city, zones
        Whose page it is; its leaf zones are drawn.
    verdict
        What was published of that day, of the city or of one of its zones.
    weeks
        What was published of the same place in the weeks before; that day may be among them. Days that are absent are shown as
        such. The small lines of the domains come from here too.
    by_zone
        The same day's verdicts by leaf zone; a zone without one is drawn as "no sensors".
    events
        Declared events; those that touch the weeks are shown.
    language
        "pt" or "en"; ValueError otherwise.
    notes
        What limits the day, where whoever asks knows more than its verdict says; None for what the verdict says.

    Returns
    -------
    str
        An HTML document in UTF-8, complete in itself.
    """
    speech = speak(language)
    page = lay_out(city, zones, verdict, weeks, by_zone, events, speech)
    page = page if notes is None else replace(page, notes=tuple(notes))
    template = _environment().get_template("bulletin.html")
    return template.render(page=page, speech=speech, say=speech.say, many=speech.many, names=names, words=words, steps=maps.STEPS)


def lay_out(
    city: City,
    zones: Zones,
    verdict: Verdict,
    weeks: Sequence[charts.Drawn],
    by_zone: Mapping[str, Verdict],
    events: Sequence[Span],
    speech: Speech,
) -> Page:
    """Lay out everything that the page of a day shows; `weeks` in any order, the day itself may be among them."""
    past: dict[date, charts.Drawn] = {v.day: v for v in weeks if v.day < verdict.day} | {verdict.day: verdict}
    days = [past[d] for d in sorted(past)]
    return Page(
        city=city,
        place=next((z.name for z in zones.all if z.id == verdict.zone), verdict.zone or city.city.name),
        verdict=verdict,
        title=title(verdict, city, speech),
        lead=_lead(verdict, speech),
        gauge=charts.gauge(verdict, speech),
        only=limits.one_only(verdict, city, speech),
        bars=tuple(_bars(verdict, [e for e in events if e.first <= verdict.day <= e.last], city, speech)),
        reach=_reach(verdict),
        split=words.split(verdict) if verdict.table else None,
        lines=tuple(charts.lines(days, events, speech, frame) for frame in (charts.WIDE, charts.NARROW)),
        weeks=tuple(days),
        events=tuple(charts.shown(events, days[0].day, verdict.day)),
        map=maps.draw(zones, by_zone, speech),
        cards=tuple(_card(d, verdict, days, city, speech) for d in verdict.domains),
        notes=tuple(words.notes(verdict, city, speech.code)),
        credits=whose(owners(city), speech),
    )


def title(verdict: Verdict, city: City, speech: Speech) -> str:
    """The sentence of the page, without the number that stands beside it; no line ends between a cause and its points."""
    if verdict.index is None:
        return speech.say("No number for this day")
    causes = words.because(verdict, city, speech.code).replace(f" {MINUS}", f"{TIED}{MINUS}").replace(" +", f"{TIED}+")
    return speech.capital(": ".join(filter(None, (words.difference(verdict, city, speech.code), causes)))) + "."


def _lead(verdict: Verdict, speech: Speech) -> str:
    """The sentence under the title: where the number lies to the normal range, or why there is none."""
    return speech.capital(words.refusal(verdict, speech.code)) if verdict.index is None else words.standing(verdict, speech.code)


def _bars(verdict: Verdict, today: Sequence[Span], city: City, speech: Speech) -> list[Bar]:
    shown = list(zip(verdict.reasons, shares([r.points for r in verdict.reasons], 1), strict=True))
    reach = _reach(verdict)
    shown.sort(key=lambda item: (item[0].kind == "unexplained", -abs(item[1])))
    bars = []
    for reason, points in shown:
        if points == 0 and reason.kind != "unexplained":
            continue
        said = [names.sort(reason.name, today, speech, city)]
        if reason.name in verdict.beyond:
            said.append(speech.say("beyond anything in the record"))
        called = speech.capital(names.driver(reason.name, speech, city))
        bars.append(Bar(reason.kind, points, round(100 * abs(points) / reach, 1), called, " · ".join(filter(None, said))))
    return bars


def _reach(verdict: Verdict) -> float:
    """Where the bars' axis ends: a round number of points, the same for days and zones that are alike, so that bars can be compared."""
    longest = max((abs(r.points) for r in verdict.reasons), default=0.0)
    return next((r for r in REACHES if longest <= r), longest)


def _card(domain: DomainVerdict, verdict: Verdict, days: Sequence[charts.Drawn], city: City, speech: Speech) -> Card:
    ours = [m for m in verdict.metrics if m.domain == domain.domain]
    by_day = {v.day: next((d.index for d in v.domains if d.domain == domain.domain), None) for v in days}
    every = [by_day.get(date.fromordinal(i)) for i in range(days[0].day.toordinal(), verdict.day.toordinal() + 1)]
    pieces, hundred, end = charts.spark(every)
    return Card(
        name=names.domain(domain.domain, city, speech),
        index=domain.index,
        weight=domain.weight,
        footprint=domain.footprint,
        sensors_seen=sum(m.sensors_seen for m in ours),
        sensors_alive=sum(m.sensors_alive for m in ours),
        metrics=tuple((m.metric, f"{names.metric(m.metric, city, speech)} {speech.number(m.index)}") for m in ours),
        pieces=pieces,
        hundred=hundred,
        end=end,
        reading=_reading(by_day, speech),
    )


def _reading(by_day: Mapping[date, float | None], speech: Speech) -> str:
    known = {day: index for day, index in by_day.items() if index is not None}
    if not known:
        return speech.say("no number in these weeks")
    low, high = min(known, key=known.__getitem__), max(known, key=known.__getitem__)
    return speech.say(
        "lowest {low} on {low_day}, highest {high} on {high_day}",
        low=speech.number(known[low]),
        low_day=speech.day(low, "d MMM"),
        high=speech.number(known[high]),
        high_day=speech.day(high, "d MMM"),
    )


def owners(city: City) -> list[tuple[str, str]]:
    """Whose data the page is made from, each owner and licence once."""
    found = [(s.attribution or s.owner or names.plain(s.name), s.licence) for s in city.sources.values()]
    if city.zones.attribution or city.zones.licence:
        found.append((city.zones.attribution or city.zones.file, city.zones.licence))
    return list(dict.fromkeys(found))


def whose(of: Iterable[tuple[str, str]], speech: Speech) -> str:
    """Say owners and licences; where none is declared, that none is: nobody may take it for a free one."""
    none = speech.say("no licence is declared")
    return "; ".join(f"{' · '.join(given)} ({licence or none})" for licence, given in by_licence(of).items())


def by_licence(of: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The owners under each licence, each once; a source that several give parts them by a semicolon."""
    found: dict[str, dict[str, None]] = {}
    for owner, licence in of:
        found.setdefault(licence, {}).update(dict.fromkeys(name.strip() for name in owner.split(";") if name.strip()))
    return {licence: list(given) for licence, given in found.items()}


@cache
def _environment() -> Environment:
    loader = ChoiceLoader([PackageLoader("pulso.show"), PackageLoader("pulso.show", "static/pulso")])
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
