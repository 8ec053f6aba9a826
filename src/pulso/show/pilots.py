"""What pilots, what they showed and what they cost are called, in both languages. Plain values in, words out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.numbers import format_currency

from pulso.show.language import NEVER, Speech
from pulso.show.language import marked as _
from pulso.show.names import plain
from pulso.show.rounding import nearest

VERDICTS: Mapping[str, str] = {
    "more": _("more than without it"),
    "less": _("less than without it"),
    "none": _("no effect as large as one that matters"),
    "cannot tell": _("cannot tell"),
    "not evaluable": _("not evaluable"),
}
"""What may be said of an evaluation. More is not better: the protocol says what was hoped for."""
NEXT: Mapping[str, str] = {
    "roll out": _("roll out"),
    "expand": _("expand"),
    "replicate": _("try again elsewhere"),
    "stop": _("stop"),
}
"""What follows from an evaluation."""
METHODS: Mapping[str, str] = {
    "window": _("window effect"),
    "did": _("difference in differences"),
    "sdid": _("synthetic difference in differences"),
    "synthetic": _("synthetic control"),
    "structural": _("Bayesian structural time series"),
}
PARTS: Mapping[str, str] = {"lead": _("leads"), "company": _("company"), "university": _("university"), "partner": _("partner")}
MONEY: Mapping[str, str] = {"planned": _("planned"), "committed": _("committed"), "paid": _("paid")}
"""The states of money, in order. No sum is taken over them."""
KINDS: Mapping[str, str] = {
    "street": _("street"),
    "building": _("building"),
    "fibre": _("fibre"),
    "access point": _("access point"),
    "other": _("other"),
}
"""Kinds of testbeds."""
HOW = "{method}, 80% power at 5%, from earlier windows of {days} days in what was published until {as_of}"
"""How a least effect was computed, as a frozen protocol keeps it: a letter of it changed, and no digest would fit any more."""
KEPT_HOW = re.compile(HOW.replace("{method}", r"(\w+)").replace("{days}", r"(\d+)").replace("{as_of}", "(.+)"))
LEANS = _(
    "The index of a zone with few sensors leans on the city's: of what is done in the zone alone it shows a third where one sensor of a "
    "metric counts, half where two do. A metric's own index, of the zone's sensors alone, shows all of it."
)
"""What to mind of a zone's index as an outcome: n sensors speak for n / (n + 2) of it."""
HOPED: Mapping[str, str] = {"up": _("upwards"), "down": _("downwards"), "either": _("either way")}


@dataclass(frozen=True)
class Finding:
    """What an evaluation says: a verdict with its numbers in one unit, or why it could not be evaluated."""

    verdict: str  # a key of VERDICTS
    estimate: float | None
    low: float | None  # 95 % interval
    high: float | None
    unit: str  # points or %
    matters: float | None  # the smallest effect that matters, in the unit
    reason: str  # why it is not evaluable


def word(known: Mapping[str, str], key: str, speech: Speech) -> str:
    """A word of one of these tables; as it stands where there is none."""
    return speech.say(known.get(key, key))


def amount(value: float | None, unit: str, speech: Speech, *, signed: bool = True) -> str:
    """Write an effect in its unit, to one decimal: +8.5%, −3.0 points. A dash where there is none."""
    if value is None:
        return NEVER
    shown = nearest(value, 1)
    number = speech.signed(shown, 1) if signed else speech.number(shown, 1)
    return speech.say("{number}%", number=number) if unit == "%" else speech.say("{number} index points", number=number)


def span(low: float | None, high: float | None, unit: str, speech: Speech) -> str:
    """Write an interval: +2.0% to +15.0%. A dash where there is none."""
    if low is None or high is None:
        return NEVER
    if unit == "%":
        return speech.say("{low} to {high}", low=amount(low, unit, speech), high=amount(high, unit, speech))
    return speech.say("{low} to {high} index points", low=speech.signed(nearest(low, 1), 1), high=speech.signed(nearest(high, 1), 1))


CHECKS = {
    "drift": _("Moved against the others from the first half of the time before to its second half"),
    "p": _("Earlier times that moved as far"),
    "seen": _("Days of the window that were seen"),
    "left_out": _("Left out of the comparison, known on less than three quarters of the days"),
}


def check(name: str, value: object, speech: Speech) -> tuple[str, str]:
    """What the check of the days before looked at, and what it found: a change in per cent, or a share."""
    called = speech.say(CHECKS[name]) if name in CHECKS else plain(name)
    if value is None:
        return called, NEVER
    if isinstance(value, bool):
        return called, speech.say("yes") if value else speech.say("no")
    if not isinstance(value, float | int):
        return called, str(value)
    if name == "drift":
        return called, amount(float(value), "%", speech)
    return called, speech.percent(float(value)) if name in CHECKS else speech.number(float(value), 3)


def money(cents: int | None, speech: Speech) -> str:
    """Write cents of EUR as the language does: €1,234.50. A dash where it is unknown."""
    return NEVER if cents is None else str(format_currency(Decimal(cents) / 100, "EUR", locale=speech.locale))


def sentence(found: Finding, what: str, where: str, speech: Speech) -> str:
    """Say in one sentence what a pilot did to its primary outcome, as a newspaper may quote it."""
    said = {"what": what, "where": where}
    if found.verdict == "not evaluable":
        return speech.say("{what}, {where}: not evaluable. {why}", **said, why=found.reason)
    if found.estimate is None:
        return speech.say("{what}, {where}: nobody can tell whether the pilot did anything.", **said)
    said["span"] = span(found.low, found.high, found.unit, speech)
    if found.verdict in ("more", "less"):
        said["away"] = amount(abs(found.estimate), found.unit, speech, signed=False)
        if found.verdict == "more":
            return speech.say("{what}, {where}: {away} more than without the pilot (95% interval: {span}).", **said)
        return speech.say("{what}, {where}: {away} less than without the pilot (95% interval: {span}).", **said)
    said["change"] = amount(found.estimate, found.unit, speech)
    if found.verdict == "none":
        said["matters"] = amount(found.matters, found.unit, speech, signed=False)
        return speech.say("{what}, {where}: no effect as large as the {matters} that matter ({change}; 95% interval: {span}).", **said)
    return speech.say(
        "{what}, {where}: nobody can tell whether the pilot did anything ({change}; 95% interval: {span}).",
        **said,
    )


def how(kept: str, clock: ZoneInfo, speech: Speech) -> str:
    """Say how a least effect was computed, from what the protocol keeps; as it stands where that was written otherwise."""
    found = KEPT_HOW.fullmatch(kept)
    if found is None:
        return kept
    method, days, moment = found.groups()
    until = speech.moment(datetime.fromisoformat(moment), clock)
    return speech.many(
        "{method}: the smallest told from zero in 80% of cases, by earlier windows of {n} day in what was published until {moment}",
        "{method}: the smallest told from zero in 80% of cases, by earlier windows of {n} days in what was published until {moment}",
        int(days),
        method=word(METHODS, method, speech),
        moment=until,
    )


def leaning(metric: str, zones: Iterable[str], speech: Speech) -> str:
    """What to mind where the index of zones is the outcome; empty for a metric, or the whole city."""
    return speech.say(LEANS) if metric == "index" and any(zones) else ""


def seen(value: float, unit: str, speech: Speech) -> str:
    """Say what a planned pilot could see at all: its minimum detectable effect."""
    return speech.say("It could see changes of {size} or more.", size=amount(value, unit, speech, signed=False))
