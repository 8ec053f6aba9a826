"""A verdict in words. The words follow the numbers: what is said adds up to what is shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pulso.city import City
from pulso.shapes import Reason, Verdict
from pulso.show import limits, names
from pulso.show.language import Speech, speak
from pulso.show.rounding import crossed, shares

NAMED = 4  # so many causes a sentence can carry; the others are said together
SAID = 2  # from so many points on, what nobody can explain is worth saying in the sentence
ORDER = {"weather": 0, "event": 1, "unexplained": 2}
SERIES = re.compile(r"any of the (\d+) series")  # in a refusal as it was published


def headline(verdict: Verdict, city: City, language: str) -> str:
    """Say a verdict in one sentence.

    "87: 13 points below an ordinary Tuesday: rain −5, bus strike −9, football +2." Weather stands first, then events, each by
    size; what is unexplained is said from 2 points on, or where nothing else explains. The difference is that of the shown
    index from 100. A refused day says why; a partial one says how much was seen; one that rests on one domain of several, on which.
    """
    speech = speak(language)
    if verdict.index is None:
        return speech.say("No number for {day}: {why}", day=speech.day(verdict.day), why=refusal(verdict, language))
    said = [speech.number(verdict.index), difference(verdict, city, language)]
    causes = because(verdict, city, language)
    sentence = ": ".join(said + ([causes] if causes else [])) + "."
    if verdict.status == "partial":
        sentence += " " + speech.say("Partial: {seen} of the weight was seen.", seen=speech.percent(verdict.weight_seen))
    only = limits.one_only(verdict, city, speech)
    return f"{sentence} {speech.capital(only)}." if only else sentence


def difference(verdict: Verdict, city: City, language: str) -> str:
    """Say how far a day stands from the day it is compared with, in whole points; ValueError for a refused day."""
    if verdict.index is None:
        raise ValueError(f"{verdict.day} was refused: there is no difference to speak of")
    speech = speak(language)
    day = names.ordinary(verdict, city, speech)
    points = round(verdict.index) - 100
    if points < 0:
        return speech.many("{n} point below {day}", "{n} points below {day}", -points, day=day)
    if points > 0:
        return speech.many("{n} point above {day}", "{n} points above {day}", points, day=day)
    return day


def because(verdict: Verdict, city: City, language: str) -> str:
    """Name the causes with whole points, without a full stop; empty where none reaches a point."""
    speech = speak(language)
    said = [f"{names.driver(r.name, speech, city)} {speech.signed(r.points)}" for r in _told(verdict)]
    causes = ", ".join(said)
    if verdict.unmeasured and verdict.index is not None:
        that_day = speech.say("that day: {events}", events=", ".join(names.driver(e, speech, city) for e in verdict.unmeasured))
        causes = "; ".join(filter(None, (causes, that_day)))
    return causes


def _told(verdict: Verdict) -> list[Reason]:
    """The reasons that the sentence names, in whole points that add up to the shown difference."""
    whole = [r.model_copy(update={"points": p}) for r, p in zip(verdict.reasons, shares([r.points for r in verdict.reasons]), strict=True)]
    known = sorted((r for r in whole if r.kind != "unexplained" and r.points), key=lambda r: -abs(r.points))
    rest = [r for r in whole if r.kind == "unexplained" and r.points and (abs(r.points) >= SAID or not known)]
    others = sum(r.points for r in known[NAMED:])
    told = sorted(known[:NAMED], key=lambda r: (ORDER[r.kind], -abs(r.points)))
    if others:
        told.append(Reason(name="other", kind="weather", points=others))
    return told + rest


def refusal(verdict: Verdict, language: str) -> str:
    """Say why there is no number, in a sentence that ends.

    In English as it was published, where a reason was; in Portuguese from the verdict's own figures, which tell four cases apart:
    no sensors, too short a past, nothing came, too little seen. Where nothing came both count series, if the publication did.
    """
    speech = speak(language)
    if verdict.refusal and speech.code == "en":
        return verdict.refusal
    footprint = {d.domain for d in verdict.domains if d.footprint}
    if not verdict.sources_declared:
        return speech.say("no sensor is known here for that day.")
    if verdict.days_known is not None:
        return speech.many(
            "what came has too short a past to say what would be normal: {n} day of data before it. It takes a year of "
            "them, and 15 in the last 28 days.",
            "what came has too short a past to say what would be normal: {n} days of data before it. It takes a year of "
            "them, and 15 in the last 28 days.",
            verdict.days_known,
        )
    if not any(m.weight > 0 for m in verdict.metrics if m.domain not in footprint):
        return speech.say("what came has too short a past to say what would be normal.")
    if verdict.weight_seen <= 0:
        if published := SERIES.search(verdict.refusal or ""):
            return speech.many(
                "nothing that counts came from the only series.",
                "nothing that counts came from any of the {n} series.",
                int(published[1]),
            )
        return speech.many(
            "nothing that counts came from the only source.",
            "nothing that counts came from any of the {n} sources.",
            verdict.sources_declared,
        )
    return speech.say("only {seen} of the weight was seen, too little for a number.", seen=speech.percent(verdict.weight_seen, down=True))


def standing(verdict: Verdict, language: str) -> str:
    """Say where the shown index lies to the shown normal range; empty where one of them is unknown."""
    if verdict.index is None or verdict.normal_range is None:
        return ""
    speech = speak(language)
    index, (low, high) = round(verdict.index), (round(v) for v in verdict.normal_range)
    span = speech.span(verdict.normal_range)
    if index < low:
        return speech.say("Below the normal range, {span}.", span=span)
    if index > high:
        return speech.say("Above the normal range, {span}.", span=span)
    return speech.say("Within the normal range, {span}.", span=span)


def seen(verdict: Verdict, language: str) -> str:
    """Say how much of the city was seen: the share of the living weight, how many of the declared sources, of how many domains."""
    speech = speak(language)
    said = speech.many(
        "Seen: {weight} of the weight, {seen} of {n} source.",
        "Seen: {weight} of the weight, {seen} of {n} sources.",
        verdict.sources_declared,
        weight=speech.percent(verdict.weight_seen, down=verdict.index is None),
        seen=verdict.sources_seen,
    )
    return said if everywhere(verdict) else f"{said} {speech.capital(domains(verdict, speech))}."


def everywhere(verdict: Verdict) -> bool:
    """Whether every domain of the city is in the number."""
    return len(limits.speaking(verdict)) == len(limits.counting(verdict))


def domains(verdict: Verdict, speech: Speech) -> str:
    """Say how many of the city's domains are in the number: the weight that was seen is shared among those alone that are alive."""
    n = len(limits.counting(verdict))
    return speech.many("{seen} of {n} domain", "{seen} of {n} domains", n, seen=speech.number(len(limits.speaking(verdict))))


def other_methods(verdict: Verdict, language: str) -> str:
    """Say what other reasonable methods would have shown, or that none could differ; empty where that is unknown."""
    speech = speak(language)
    if verdict.method_band and not differing(verdict):
        return speech.say("Other reasonable methods: none can differ, there is one metric alone.")
    return speech.say("Other reasonable methods: {span}.", span=speech.span(verdict.method_band)) if verdict.method_band else ""


def differing(verdict: Verdict) -> bool:
    """Whether other reasonable methods could say anything else: with one series of one metric there is nothing to weigh."""
    return verdict.method_band is not None and verdict.method_band[1] - verdict.method_band[0] > 1e-9


def notes(verdict: Verdict, city: City, language: str) -> list[str]:
    """Say what limits a verdict: what is missing, flagged, beyond the record, never measured before, seen by its own model."""
    speech = speak(language)
    said = []
    if verdict.missing:
        said.append(
            speech.say(
                "Nothing that counts came from: {sources}.", sources=", ".join(names.source(s, city, speech) for s in verdict.missing)
            )
        )
    said += limits.weightless(verdict, city, speech)
    for m in verdict.metrics:
        said += [f"{names.metric(m.metric, city, speech)}: {flag}." for flag in names.flags(m, city, speech)]
    if verdict.beyond:
        said.append(speech.say("Beyond anything in the record: {drivers}.", drivers=_list(verdict.beyond, city, speech)))
    if verdict.unmeasured:
        said.append(
            speech.say(
                "That day, but never measured before and so credited with nothing: {events}.",
                events=_list(verdict.unmeasured, city, speech),
            )
        )
    if verdict.in_sample:
        said.append(speech.say("The city's first year is judged by a model that has seen it."))
    return said


def _list(drivers: Sequence[str], city: City, speech: Speech) -> str:
    return ", ".join(names.driver(d, speech, city) for d in drivers)


@dataclass(frozen=True)
class Split:
    """The domain × driver table as it is shown: points with one decimal, margins that add up."""

    drivers: tuple[str, ...]  # the columns, "unexplained" last
    domains: tuple[str, ...]  # the rows
    cells: dict[tuple[str, str], float]  # (domain, driver) → points; absent where there is none

    def row(self, domain: str) -> float:
        """Points of one domain."""
        return round(sum(v for (d, _), v in self.cells.items() if d == domain), 1)

    def column(self, driver: str) -> float:
        """Points of one driver."""
        return round(sum(v for (_, d), v in self.cells.items() if d == driver), 1)

    def whole(self) -> float:
        """Points of all."""
        return round(sum(self.cells.values()), 1)


def split(verdict: Verdict) -> Split:
    """Lay the verdict's parts out by domain and driver, largest driver first, what is unexplained last."""
    cells: dict[tuple[str, str], float] = {}
    for part in verdict.table:
        cells[part.domain, part.driver] = cells.get((part.domain, part.driver), 0.0) + part.points
    unexplained = {r.name for r in verdict.reasons if r.kind == "unexplained"} | {"unexplained"}
    size = {d: abs(sum(v for (_, k), v in cells.items() if k == d)) for _, d in cells}
    drivers = tuple(sorted(size, key=lambda d: (d in unexplained, -size[d])))
    domains = tuple(dict.fromkeys(d for d, _ in cells))
    return Split(drivers, domains, crossed(cells, drivers))


def explain_text(verdict: Verdict, city: City, language: str) -> str:
    """Explain a verdict as plain text: the sentence, where it stands, the domain × driver table, and what limits it."""
    speech = speak(language)
    lines = [headline(verdict, city, language)]
    if verdict.index is not None:
        interval = speech.say("90% interval: {span}.", span=speech.span(verdict.interval)) if verdict.interval else ""
        lines.append(" ".join(filter(None, (standing(verdict, language), interval, other_methods(verdict, language)))))
    if verdict.table:
        lines += ["", speech.say("Points of the index by domain and driver:"), *_grid(split(verdict), city, speech)]
    lines += ["", seen(verdict, language), *notes(verdict, city, language)]
    if verdict.synthetic:
        lines.append(speech.say("Synthetic city: every value is simulated."))
    return "\n".join(line.rstrip() for line in lines)


def _grid(table: Split, city: City, speech: Speech) -> list[str]:
    """Write the table in columns that line up; a dash where a driver says nothing of a domain."""
    head = ["", *(names.driver(d, speech, city) for d in table.drivers), speech.say("together")]
    rows = [head]
    for d in table.domains:
        cells = [speech.signed(table.cells.get((d, k)), 1) for k in table.drivers]
        rows.append([names.domain(d, city, speech), *cells, speech.signed(table.row(d), 1)])
    totals = [speech.signed(table.column(k), 1) for k in table.drivers]
    rows.append([speech.say("together"), *totals, speech.signed(table.whole(), 1)])
    widths = [max(len(r[i]) for r in rows) for i in range(len(head))]
    return ["  ".join([r[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(r[1:], widths[1:], strict=True))]) for r in rows]
