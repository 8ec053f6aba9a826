"""From a pilot's protocol and what is published to numbers: the least effect that it could see, and what it did."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from math import log1p
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pulso.core.effects import evaluation as core
from pulso.core.effects.steady import Steady, steady, together
from pulso.core.effects.verdict import Verdict, judge_effect
from pulso.core.effects.window import Refusal
from pulso.show.language import marked as _
from pulso.show.pilots import HOW
from pulso.web.innovation import clock
from pulso.web.innovation.letters import Unfit
from pulso.web.innovation.models import Pilot, Protocol
from pulso.web.innovation.results import Result
from pulso.web.innovation.writes import set_least_effect
from pulso.web.innovation.writes.checks import INDEX
from pulso.web.people.models import Person
from pulso.web.readings import reading
from pulso.web.readings.series import kinds, logs

NOT_WRITTEN = _("Say first which outcome, which days before, which window and which method: the least effect follows from them.")
NOTHING_PUBLISHED = _("Nothing is published of {city} before the window, so nothing can be said of what it could see.")
TOO_SHORT = _("What is published is too short a past to say what it could see: it takes 200 earlier windows of as many days.")
ELSEWHERE = _("The city {city} has no {metric}: it can't be compared with.")
TOO_FEW = _("That method compares with {n} zones or cities at least.")
WHY = {
    Refusal.UNSEEN: _("Fewer than half of the window's days are known."),
    Refusal.NO_LEVEL: _("Too little is known of the days before the window."),
    Refusal.FEW_WINDOWS: _("The past has too few windows of as many days to compare with."),
    Refusal.FEW_COVARIATES: _("The past has too few windows of as many days to compare with."),
    Refusal.FEW_CONTROLS: _("Too few of the zones or cities to compare with are known on three quarters of the days."),
}
NO_DAY = _("None of the window's days is published.")
VERDICTS = {Verdict.MORE: "more", Verdict.LESS: "less", Verdict.NOTHING: "none", Verdict.UNKNOWN: "cannot tell"}
SEED = 2_026
"""Of what is drawn: the same protocol and series give the same numbers, whoever computes them."""


def least_effect(pilot: Pilot, by: Person | None = None) -> Protocol:
    """Compute the least effect that a pilot's protocol could see, from what is published today, and keep it.

    In the protocol's expected direction; of "either" the larger of both. Unfit where the protocol doesn't say enough, or too little is
    published.
    """
    protocol = Protocol.objects.select_related("pilot").get(pilot=pilot)
    said = protocol.in_force()
    if not all(said[name] for name in ("metric", "before_first", "before_last", "window_first", "window_last", "method", "direction")):
        raise Unfit(NOT_WRITTEN)
    moment = clock.now(pilot.city)
    found = _published(pilot.city, said, moment)
    if found is None:
        raise Unfit(NOTHING_PUBLISHED, city=pilot.city)
    series, design, digest = found
    least = core.least_effect(_until(series, design.window[0]), design)
    if least is None or not np.isfinite([*least.percent]).all():
        raise Unfit(TOO_SHORT)
    up, down = least.percent
    value = {"up": up, "down": -down}.get(said["direction"], max(up, -down))
    how = HOW.format(method=said["method"], days=design.length, as_of=moment.isoformat(timespec="seconds"))
    return set_least_effect(by, protocol, value=value, how=how, series=digest)


def evaluate(pilot: Pilot, as_of: datetime | None = None) -> Result:
    """Compute what a pilot did by its frozen protocol, as amended, from the series as published at a moment (None: now).

    It keeps nothing: `writes.evaluate` does. In index points, or per cent of what was expected, which are the same number.
    """
    protocol = Protocol.objects.select_related("pilot").get(pilot=pilot)
    said = protocol.in_force()
    moment = as_of or clock.now(pilot.city)
    found = _published(pilot.city, said, moment)
    same = {"protocol_digest": protocol.digest, "as_of": moment, "method": said["method"], "unit": said["unit"]}
    if found is None:
        return Result(**same, data_digest=hashlib.sha256(b"").hexdigest(), not_evaluable=NO_DAY)
    series, design, digest = found
    told = core.evaluate(series, design, rng=np.random.default_rng(SEED))
    out = [name for name, left in zip([*said["comparison_zones"], *said["comparison_cities"]], told.left_out, strict=True) if left]
    return _result(told, out, said["matters"], same | {"data_digest": digest})


def _result(told: core.Evaluated, left_out: list[str], matters: Decimal, same: Mapping[str, Any]) -> Result:
    """The core's answer as it is kept."""
    pretrend: dict[str, float | str | None] = {"drift": _percent(told.drift), "p": _number(told.drift_p), "seen": told.seen}
    if left_out:
        pretrend["left_out"] = "; ".join(left_out)
    placebos = tuple(float(x) for x in np.round(100.0 * np.expm1(told.placebos), 6))
    if told.refusal is not None:
        return Result(**same, placebos=placebos, pretrend=pretrend, not_evaluable=WHY[told.refusal])
    judged = judge_effect(told.log, told.low, told.high, log1p(float(matters) / 100.0))
    return Result(
        **same,
        estimate=_percent(told.log),
        low=_percent(told.low),
        high=_percent(told.high),
        p=_number(told.p),
        placebos=placebos,
        pretrend=pretrend,
        verdict=VERDICTS[judged.verdict],
    )


def _published(city: str, said: Mapping[str, Any], as_of: datetime) -> tuple[core.Series, core.Design, str] | None:
    """The treated and their comparison as published at a moment, what the protocol asks of them, and the digest of the numbers.

    None where nothing was published before the window.
    """
    home = reading(city)
    span = home.days(as_of)
    if span is None or span[0] > said["before_first"] or span[1] < said["before_last"]:
        return None
    first, last = span[0], said["window_last"]
    metric = None if said["metric"] == INDEX else said["metric"]
    treated = logs(home, said["zones"] or [None], metric, first, last, as_of).values
    others = [logs(home, said["comparison_zones"], metric, first, last, as_of).values] if said["comparison_zones"] else []
    for slug in said["comparison_cities"]:
        other = reading(slug)
        if metric is not None and metric not in other.city.metrics:
            raise Unfit(ELSEWHERE, city=other.city.city.name, metric=metric)
        others.append(logs(other, [None], metric, first, last, as_of).values)
    controls = np.vstack(others) if others else np.empty((0, treated.shape[1]))
    if len(controls) < core.LEAST_CONTROLS[said["method"]]:
        raise Unfit(TOO_FEW, n=core.LEAST_CONTROLS[said["method"]])
    compared = steady(controls) if others else None
    level = together(steady(treated)), controls if compared is None else compared.log
    series = core.Series(*level, kinds(home, first, last), None if compared is None else compared.segment)
    return series, _design(said, first, treated.shape[1]), _digest(first, treated, controls)


def _design(said: Mapping[str, Any], first: date, days: int) -> core.Design:
    def at(day: date) -> int:
        return (day - first).days

    out = np.zeros(days, dtype=bool)
    for event in said["excluded"]:
        begin, end = (at(date.fromisoformat(event[name])) for name in ("first", "last"))
        out[max(begin, 0) : max(end + 1, 0)] = True
    before = at(said["before_first"]), at(said["before_last"]) + 1
    return core.Design(said["method"], before, (at(said["window_first"]), at(said["window_last"]) + 1), out)


def _until(series: core.Series, start: int) -> core.Series:
    """What was known before the window: nobody learns from the window what it could see."""
    after = np.arange(len(series.kind)) >= start
    treated = series.treated
    hidden = Steady(np.where(after, np.nan, treated.log), np.where(after, -1, treated.segment), treated.settled & ~after)
    segments = None if series.segments is None else np.where(after, -1, series.segments)
    return core.Series(hidden, np.where(after, np.nan, series.controls), series.kind, segments)


def _digest(first: date, *arrays: NDArray[np.float64]) -> str:
    """sha256 of the numbers that were used: their first day, then each series as ln(index / 100) to nine places, a line a day."""
    told = hashlib.sha256(f"{first}\n".encode())
    for row in np.vstack(arrays):
        told.update("\n".join("" if np.isnan(x) else f"{x:.9f}" for x in row).encode() + b"\n\n")
    return told.hexdigest()


def _percent(log: float) -> float | None:
    return float(100.0 * np.expm1(log)) if np.isfinite(log) else None


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
