"""From the core's judgement to verdicts: arrays become what a person and a machine can read. Numbers are not touched."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Literal

import numpy as np

from pulso.city import City, Span
from pulso.core.baseline import PAST
from pulso.core.compose import Refusal, Status
from pulso.core.flags import Flag
from pulso.core.judge import Judgement
from pulso.core.panel import Bools, Ints
from pulso.flow.panels import Desk
from pulso.lake import Memory
from pulso.shapes import DomainVerdict, MetricVerdict, Part, Reason, Verdict

Stage = Literal["flash", "provisional", "revised", "final", "backfill", "benchmark"]

UNEXPLAINED = "unexplained"
STATUS: dict[int, Literal["refused", "partial", "published"]] = {
    Status.REFUSED: "refused",
    Status.PARTIAL: "partial",
    Status.PUBLISHED: "published",
}
FLAGS = {
    Flag.BY_HAND: "by hand",
    Flag.FROZEN: "frozen",
    Flag.JUMP: "jump",
    Flag.SPIKE: "spike",
    Flag.NEW: "new",
    Flag.PARTIAL: "partial",
}
SILENCED = "silenced"
"""Instead of "by hand", of a sensor that an event silenced: nobody chose to leave it out."""


def stage_of(day: date, today: date, published_before: bool) -> Stage:
    """In which stage of its life a day is published: by its age, or as part of a history published in one go."""
    age = (today - day).days
    if age >= 45:
        return "final" if published_before else "backfill"
    return "flash" if age < 1 else "provisional" if age < 7 else "revised"


@dataclass(frozen=True)
class Pen:
    """Writes the verdicts of one judgement."""

    city: City
    desk: Desk
    judged: Judgement
    first: date  # the first judged day
    vintage: datetime
    digest: str

    def write(self, stage: dict[date, Stage]) -> Iterator[Verdict]:
        """One verdict a judged day and zone."""
        for w in range(len(self.judged.ordinal)):
            day = date.fromordinal(int(self.judged.ordinal[w]))
            on = tuple(e for e in self.desk.events if e.first <= day <= e.last)
            for z in range(len(self.desk.zone_ids)):
                yield self._verdict(w, z, day, on, stage[day])

    def memories(self) -> Iterator[Memory]:
        """What the judge remembers each of these verdicts by, in the same order."""
        scores = self.judged.scores
        for w in range(len(self.judged.ordinal)):
            for z in range(len(self.desk.zone_ids)):
                yield Memory(_known(scores.rest[w, z]), [_known(x) for x in scores.metric[w, z].tolist()])

    def _verdict(self, w: int, z: int, day: date, on: tuple[Span, ...], stage: Stage) -> Verdict:
        j = self.judged
        refused = j.status[w, z] == Status.REFUSED
        past = self._past(w, z) if j.refusal[w, z] == Refusal.NO_EXPECTATION else None
        declared, seen = self._sources(w, z)
        return Verdict(
            city=self.city.slug,
            zone=self.desk.zone_ids[z],
            day=day,
            status=STATUS[int(j.status[w, z])],
            refusal=self._refusal(w, z, past) if refused else None,
            days_known=past,
            index=_known(j.index[w, z]),
            interval=_pair(j.low[w, z], j.high[w, z]),
            normal_range=_pair(j.normal_low[w, z], j.normal_high[w, z]),
            method_band=_pair(j.method_low[w, z], j.method_high[w, z]),
            without_weather=_known(j.without_weather[w, z]),
            level_index=_known(j.level_index[w, z]),
            weight_seen=float(j.weight_seen[w, z]),
            sources_seen=len(seen),
            sources_declared=len(declared),
            domains=self._domains(w, z),
            metrics=self._metrics(w, z),
            reasons=[] if refused else self._reasons(w, z, on),
            table=[] if refused else self._table(w, z, on),
            unmeasured=[] if refused else self._unmeasured(w, z, on),
            beyond=[self._driver(k, w, on) for k in np.flatnonzero(j.beyond[w]).tolist() if j.driver_kinds[k] == "weather"],
            missing=sorted(declared - seen),
            stage=stage,
            in_sample=bool(j.in_sample[w]),
            vintage=self.vintage,
            digest=self.digest,
            synthetic=self.city.city.synthetic,
        )

    def _sources(self, w: int, z: int) -> tuple[set[str], set[str]]:
        """The sources that should have spoken of this zone and day, and those of them that did; footprints are not among them."""
        footprint = {d.name for d in self.desk.domains if d.footprint}
        ours = [(m, p.source) for m, p in enumerate(self.desk.panels) if p.domain not in footprint]
        declared = {source for m, source in ours if self.judged.sensors_declared[w, z, m] > 0}
        return declared, {source for m, source in ours if self.judged.sensors_seen[w, z, m] > 0} & declared

    def _refusal(self, w: int, z: int, past: int | None) -> str:
        j = self.judged
        code = int(j.refusal[w, z])
        declared = int(j.sensors_declared[w, z].sum())
        if code == Refusal.NO_SENSORS:
            return "no sensor is known here for that day."
        if code == Refusal.NO_EXPECTATION:
            return (
                f"what came has too short a past to say what would be normal: {past} {'day' if past == 1 else 'days'} of data before it. "
                f"It takes a year of them, and 15 in the last 28 days ({declared} series)."
            )
        if code == Refusal.NOTHING_SEEN:
            return f"nothing that counts came from any of the {declared} series."
        share = j.weight_seen[w, z]
        whole = math.floor(100 * share + 1e-9)  # 42.9 % is not 43 %, here as on every page
        return f"only {whole}% of the weight was seen, too little for a number."

    def _past(self, w: int, z: int) -> int:
        """The most days of data that any series of a zone has in the five years before a judged day."""
        leaves: Bools = np.asarray(self.desk.zones[z])
        t = self.desk.at(self.first) + w
        most = 0
        for panel, until in zip(self.desk.panels, self._days_until, strict=True):
            inside = leaves[panel.zone] & (panel.zone >= 0) if z else np.ones(panel.zone.size, dtype=bool)
            most = max(most, int((until[t] - until[max(t - PAST, 0)])[inside].max(initial=0)))
        return most

    @cached_property
    def _days_until(self) -> list[Ints]:
        """Of each panel, how many days each sensor was seen before each day, (T + 1, S)."""
        seen = [np.asarray((p.seen > 0).any(axis=2)) for p in self.desk.panels]
        return [np.concatenate([np.zeros((1, s.shape[1]), dtype=np.int64), s.cumsum(axis=0)]) for s in seen]

    def _domains(self, w: int, z: int) -> list[DomainVerdict]:
        j = self.judged
        return [
            DomainVerdict(
                domain=d.name, index=_known(j.domain_index[w, z, i]), weight=float(j.domain_weight[w, z, i]), footprint=d.footprint
            )
            for i, d in enumerate(self.desk.domains)
        ]

    def _metrics(self, w: int, z: int) -> list[MetricVerdict]:
        j = self.judged
        return [
            MetricVerdict(
                metric=p.name,
                domain=p.domain,
                index=_known(j.metric_index[w, z, m]),
                without_weather=_known(j.metric_without_weather[w, z, m]),
                weight=float(j.metric_weight[w, z, m]),
                sensors_seen=int(j.sensors_seen[w, z, m]),
                sensors_alive=int(j.sensors_alive[w, z, m]),
                flags=self._flags(w, z, m),
            )
            for m, p in enumerate(self.desk.panels)
        ]

    def _flags(self, w: int, z: int, m: int) -> list[str]:
        panel, flags = self.desk.panels[m], self.judged.flags[m][w]
        silenced = self.desk.silenced[m][self.desk.at(self.first) + w]
        said = ["sensors disagree"] if self.judged.disagree[w, z, m] else []
        for s in np.flatnonzero(flags):
            if z == 0 or (panel.zone[s] >= 0 and self.desk.zones[z, panel.zone[s]]):
                words = (SILENCED if silenced[s] and bit is Flag.BY_HAND else word for bit, word in FLAGS.items() if flags[s] & bit)
                said += [f"{word}: {self.desk.sensors[m][s]}" for word in words]
        return said

    def _reasons(self, w: int, z: int, on: tuple[Span, ...]) -> list[Reason]:
        j = self.judged
        points = j.points[w, z].sum(axis=0)
        said = [
            Reason(name=self._driver(k, w, on), kind=j.driver_kinds[k], points=float(points[k]))
            for k in range(len(j.drivers))
            if points[k] != 0
        ]
        said.sort(key=lambda r: -abs(r.points))
        rest = float(j.index[w, z]) - 100.0 - math.fsum(r.points for r in said)
        return [*said, Reason(name=UNEXPLAINED, kind="unexplained", points=rest)]

    def _table(self, w: int, z: int, on: tuple[Span, ...]) -> list[Part]:
        j = self.judged
        names = [self._driver(k, w, on) for k in range(len(j.drivers))] + [UNEXPLAINED]
        cells = ((d, k) for d in range(len(self.desk.domains)) for k in range(len(names)))
        return [Part(self.desk.domains[d].name, names[k], float(j.points[w, z, d, k])) for d, k in cells if j.points[w, z, d, k] != 0]

    def _unmeasured(self, w: int, z: int, on: tuple[Span, ...]) -> list[str]:
        kinds = {self.judged.drivers[k] for k in np.flatnonzero(self.judged.unmeasured[w, z])}
        return list(dict.fromkeys(e.name for e in on if e.kind in kinds))

    def _driver(self, k: int, w: int, on: tuple[Span, ...]) -> str:
        """A driver's name for a person: the event's own; cold or warmth for the temperature."""
        name, kind = self.judged.drivers[k], self.judged.driver_kinds[k]
        if kind == "event":
            return ", ".join(dict.fromkeys(e.name for e in on if e.kind == name)) or name
        if name == "temperature":
            return "cold" if self._colder(w) else "warmth"
        return name

    def _colder(self, w: int) -> bool:
        """Whether a day was colder than the middle of the 28 before it."""
        weather, t = self.desk.drivers, self.desk.at(self.first) + w
        at = weather.names.index("temperature")
        before = weather.values[max(t - 28, 0) : t, at]
        before = before[np.isfinite(before)]
        return bool(before.size and weather.values[t, at] < np.median(before))


def _known(x: float) -> float | None:
    return float(x) if np.isfinite(x) else None


def _pair(low: float, high: float) -> tuple[float, float] | None:
    return (float(low), float(high)) if np.isfinite(low) and np.isfinite(high) else None
