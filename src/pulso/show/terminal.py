"""A verdict on a terminal: the same words as the page, and bars made of characters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pulso.city import City
from pulso.shapes import Verdict
from pulso.show import names, river, words
from pulso.show.language import NEVER, Speech, speak
from pulso.show.rounding import shares

STEPS = "▁▂▃▄▅▆▇█"
GAP = "·"
SHOWN = 5  # so many missing days a person is told by date; machines are told all
QUIETER, BUSIER, SOFT = "blue", "dark_orange3", "dim"


class SourceLine(NamedTuple):
    """What `pulso sources` knows of one source."""

    source: str
    observations: int
    first: date | None  # of the days it has told of; null where it has told nothing
    last: date | None
    rejects: dict[str, int]  # reason → rows or cells, reasons of shapes.REASONS
    examples: dict[str, str]  # reason → what stood there
    flagged: list[str]  # sensors left out, as flags write them: "frozen: PH Theater"
    state: str  # "fresh", "late since 2026-05-30", "nothing yet" …
    left_out: Mapping[str, int] = MappingProxyType({})  # kind of flag → sensor-days
    missing: Mapping[str, Sequence[date]] = MappingProxyType({})  # metric → days of which it has nothing


def sparkline(values: Sequence[float | None]) -> str:
    """Draw values as one character each, from the least to the greatest; a dot where nothing is known."""
    known = [v for v in values if v is not None]
    if not known:
        return GAP * len(values)
    low, width = min(known), max(known) - min(known)
    last = len(STEPS) - 1
    return "".join(GAP if v is None else STEPS[round((v - low) / width * last) if width else last // 2] for v in values)


def bar(points: float, largest: float, half: int = 16) -> Text:
    """Draw points as a bar from a middle line: to the left for fewer, to the right for more."""
    n = round(abs(points) / largest * half) if largest else 0
    left = Text("█" * n if points < 0 else "", style=QUIETER)
    right = Text("█" * n if points > 0 else "", style=BUSIER)
    return Text(" " * (half - len(left))) + left + Text("│", style=SOFT) + right + Text(" " * (half - len(right)))


def show_verdict(verdict: Verdict, city: City, language: str) -> RenderableType:
    """Show one zone's day: the sentence, the ranges, the reasons as bars, the domains, and what limits them."""
    speech = speak(language)
    parts: list[RenderableType] = [Text(words.headline(verdict, city, language), style="bold")]
    if verdict.index is not None:
        parts.append(Text(_ranges(verdict, speech), style=SOFT))
        parts += [Text(), _reasons(verdict, city, speech)]
    if verdict.domains:
        parts += [Text(), _domains(verdict, city, speech)]
    parts += [Text(note, style=SOFT) for note in words.notes(verdict, city, language)]
    if verdict.synthetic:
        parts.append(Text(speech.say("Synthetic city: every value is simulated."), style=SOFT))
    return Group(*parts)


def show_series(verdicts: Sequence[Verdict], language: str) -> RenderableType:
    """Show many days of one zone: a line of them all, and a row each. A day without a verdict is a dot, not a step."""
    if not verdicts:
        return Text(speak(language).say("Nothing is published for these days."))
    speech = speak(language)
    by_day = {v.day: v.index for v in verdicts}
    first, last = min(by_day), max(by_day)
    line = sparkline([by_day.get(first + timedelta(days=i)) for i in range((last - first).days + 1)])
    table = Table(box=None, pad_edge=False)
    for title in (speech.say("day"), speech.say("index"), speech.say("interval"), speech.say("normal"), speech.say("seen")):
        table.add_column(title, justify="left" if title == speech.say("day") else "right")
    table.add_column(speech.say("state"))
    for v in verdicts:
        cells = (speech.day(v.day, "EEE d MMM y"), speech.number(v.index), speech.span(v.interval), speech.span(v.normal_range))
        table.add_row(*cells, speech.percent(v.weight_seen, down=v.index is None), speech.say(names.STATUSES[v.status]))
    return Group(Text(line), Text(f"{speech.day(first, 'd MMM y')} – {speech.day(last, 'd MMM y')}", style=SOFT), Text(), table)


def show_explanation(verdict: Verdict, city: City, language: str) -> RenderableType:
    """Show why: the text of `words.explain_text`, its sentence set off."""
    sentence, _, rest = words.explain_text(verdict, city, language).partition("\n")
    return Group(Text(sentence, style="bold"), Text(rest))


def show_sources(lines: Sequence[SourceLine], language: str) -> RenderableType:
    """Show what each source gave, and under it what could not be kept and which sensors are left out, with the reasons."""
    speech = speak(language)
    table = Table(box=None, pad_edge=False)
    table.add_column(speech.say("source"))
    table.add_column(speech.say("observations"), justify="right")
    table.add_column(speech.say("days"))
    table.add_column(speech.say("state"))
    for line in lines:
        span = NEVER if line.first is None or line.last is None else f"{line.first} – {line.last}"
        gaps = (river.missing(metric, days, SHOWN, speech) for metric, days in line.missing.items())
        table.add_row(Text(line.source), speech.number(line.observations), span, Text("; ".join([river.state(line.state, speech), *gaps])))
        for word, n in sorted(line.rejects.items(), key=lambda item: -item[1]):
            said = names.reject(word, speech) + (f": {line.examples[word][:40]!r}" if word in line.examples else "")
            table.add_row("", speech.number(n), Text(speech.say("not kept"), style=SOFT), Text(said, style=SOFT))
        for kind, n in line.left_out.items():
            said = speech.say("{what} (sensor-days)", what=names.flag(kind, speech))
            table.add_row("", speech.number(n), Text(speech.say("left out"), style=SOFT), Text(said, style=SOFT))
        for sensor in line.flagged:
            table.add_row("", "", Text(speech.say("left out"), style=SOFT), Text(names.flag(sensor, speech), style=SOFT))
    return table


def _ranges(verdict: Verdict, speech: Speech) -> str:
    said = [words.standing(verdict, speech.code)]
    if verdict.interval:
        said.append(speech.say("90% interval: {span}.", span=speech.span(verdict.interval)))
    said.append(words.other_methods(verdict, speech.code))
    if verdict.level_index is not None:
        said.append(speech.say("Level against the reference year: {level}.", level=speech.number(verdict.level_index)))
    said.append(words.seen(verdict, speech.code))
    return " ".join(filter(None, said))


def _reasons(verdict: Verdict, city: City, speech: Speech) -> Table:
    shown = shares([r.points for r in verdict.reasons], 1)
    largest = max((abs(p) for p in shown), default=0.0)
    table = Table(box=None, pad_edge=False, show_header=False)
    for reason, points in zip(verdict.reasons, shown, strict=True):
        table.add_row(Text(speech.signed(points, 1), justify="right"), bar(points, largest), Text(names.driver(reason.name, speech, city)))
    return table


def _domains(verdict: Verdict, city: City, speech: Speech) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(speech.say("domain"))
    table.add_column(speech.say("index"), justify="right")
    table.add_column(speech.say("weight"), justify="right")
    for d in verdict.domains:
        weight = speech.say("beside the index") if d.footprint else speech.percent(d.weight)
        table.add_row(Text(names.domain(d.domain, city, speech)), speech.number(d.index), weight)
    return table
