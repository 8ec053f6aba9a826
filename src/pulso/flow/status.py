"""What is known of the sources: what they gave, what was turned away and why, what is missing, and whether they keep their contract."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from pulso import metrics
from pulso.city import City, SourceConf
from pulso.flow.home import River
from pulso.lake.door import Door
from pulso.shapes import Source, Verdict
from pulso.show import river as words
from pulso.show.language import Speech, speak
from pulso.show.terminal import SourceLine
from pulso.sources import open_source
from pulso.sources.raw_store import retention

LATELY = timedelta(days=28)
"""What came in the last four weeks of a source says whether it keeps its contract now."""


@dataclass(frozen=True)
class Seen:
    """What one metric of a source has to show."""

    metric: str
    sensors: int
    first: date | None  # local days
    last: date | None
    days: int  # with anything seen
    missing_days: tuple[date, ...]  # between the first and the last, with nothing seen at all
    completeness: float | None  # intervals seen, of those expected in the hours of which anything was seen
    lately: float | None = None  # the same over its last 28 days


@dataclass(frozen=True)
class TurnedAway:
    """What could not be an observation, counted."""

    metric: str | None
    kind: str  # "missing": the source says that it has no value; "bad": it says something impossible
    reason: str
    n: int
    example: str = ""  # what stood there, or whose it was
    until: date | None = None  # the last local day of the answers that carry it


@dataclass(frozen=True)
class Excluded:
    """A sensor that people exclude from these local days, both included, and why."""

    sensor: str
    first: date
    last: date | None  # null: until further notice
    why: str


@dataclass(frozen=True)
class SourceStatus:
    """One source: who it is, what it gave, what it did not."""

    source: str
    connector: str
    owner: str
    licence: str
    attribution: str
    state: str  # "fresh", "late since …", "ended …", "nothing yet"
    answers: int  # addresses that brought something
    observations: int
    first: date | None
    last: date | None
    metrics: tuple[Seen, ...]
    turned_away: tuple[TurnedAway, ...]
    flagged: dict[str, int]  # kind of flag → sensor-days left out of what was published
    by_hand: tuple[Excluded, ...]


@dataclass(frozen=True)
class Standing:
    """How a source stands to what its contract says of freshness."""

    kind: Literal["fresh", "late", "ended", "nothing"]
    since: date | None = None  # late: the last day it told of; ended: the last day of its life


@dataclass(frozen=True)
class Finding:
    """One thing that was checked."""

    what: str
    fine: bool
    finding: str


def sources(river: River) -> list[SourceStatus]:
    """Everything that is known of each source of the city, in the order of its file."""
    turned = river.lake.quarantine_counts(("source", "metric", "kind", "reason"))
    rows = river.lake.quarantine_rows()
    examples = _examples(rows)
    until = _until(rows, river.lake.read_origins())
    flagged = _flagged(river)
    told = []
    for name, conf in river.city.sources.items():
        seen = tuple(_seen(river, metric) for metric, source in metrics.used(river.city) if source == name)
        seen = tuple(s for s in seen if s.days) or seen[:1]
        read = river.lake.read_origins(name)
        ends = pc.min_max(read["last"]).as_py()["max"] if read.num_rows else None
        starts = pc.min_max(read["first"]).as_py()["min"] if read.num_rows else None
        told.append(
            SourceStatus(
                source=name,
                connector=conf.connector,
                owner=conf.owner,
                licence=conf.licence,
                attribution=conf.attribution,
                state=_state(river, conf, ends),
                answers=read.num_rows,
                observations=int(river.lake.observations(source=name).count().to_pyarrow().as_py()) if read.num_rows else 0,
                first=starts,
                last=ends,
                metrics=seen,
                turned_away=tuple(
                    TurnedAway(r["metric"], r["kind"], r["reason"], r["n"], examples[name, r["reason"]], until.get((name, r["reason"])))
                    for r in turned
                    if r["source"] == name
                ),
                flagged=dict(flagged.get(name, {})),
                by_hand=tuple(
                    Excluded(f["sensor"], f["first"], f["last"], f["why"]) for f in river.lake.flags() if _has(river, name, f["sensor"])
                ),
            )
        )
    return told


def lines(told: Sequence[SourceStatus]) -> list[SourceLine]:
    """The same for a terminal."""
    return [
        SourceLine(
            source=s.source,
            observations=s.observations,
            first=s.first,
            last=s.last,
            rejects=dict(_by_reason(s)),
            examples={t.reason: t.example for t in s.turned_away if t.kind == "bad" and t.example},
            left_out=s.flagged,
            flagged=[f"by hand: {e.sensor} ({e.why})" for e in s.by_hand],
            state=s.state,
            missing={m.metric: m.missing_days for m in s.metrics if m.missing_days},
        )
        for s in told
    ]


def check(river: River, language: str = "en") -> list[Finding]:
    """Check a city: its file (read by now), its sources' keys, its lake, and its sources' contracts, said in a language."""
    speech = speak(language)
    found = [Finding("city file", fine=True, finding=words.faultless(river.city.folder / "city.toml", speech))]
    found.append(Finding("zones", fine=True, finding=words.zones(len(river.zones.all), len(river.zones.leaves), speech)))
    quantities = metrics.quantities(river.city)
    opened = {}
    for name, conf in river.city.sources.items():
        opened[name] = open_source(conf, river.city)
        Door(conf, river.city, river.zones, quantities)  # its sensors stand in zones that there are
    found.append(Finding("sources", fine=True, finding=words.described(len(river.city.sources), speech)))
    found += _without_variable(river.city, opened, speech)
    for s in sources(river):
        conf = river.city.sources[s.source]
        late = s.state.startswith(("late", "nothing"))
        found.append(Finding(s.source, fine=not late, finding=words.gave(s.state, s.observations, speech)))
        for m in s.metrics:
            if m.completeness is not None and m.completeness < conf.completeness:
                promised = words.incomplete(m.completeness, conf.completeness, speech)
                found.append(Finding(f"{s.source}, {m.metric}", fine=False, finding=promised))
    return found


def _without_variable(city: City, opened: Mapping[str, Source], speech: Speech) -> list[Finding]:
    """Metrics whose source, by its own description, never tells of what they are made of."""
    found = []
    for name, conf in city.metrics.items():
        wanted, given = metrics.variables(city, name)[0], getattr(opened[conf.source], "gives", None)
        if given is not None and wanted not in given:
            found.append(Finding(f"metrics.{name}", fine=False, finding=words.without(conf.source, wanted, given, speech)))
    return found


def _seen(river: River, metric: str) -> Seen:
    hours = river.lake.sensor_hours(metric)
    if hours.num_rows == 0:
        return Seen(metric, 0, None, None, 0, (), None)
    days = set(pc.unique(hours["day"]).to_pylist())
    first, last = min(days), max(days)
    every = (first + timedelta(days=i) for i in range((last - first).days + 1))
    return Seen(
        metric=metric,
        sensors=pc.count_distinct(hours["sensor"]).as_py(),
        first=first,
        last=last,
        days=len(days),
        missing_days=tuple(day for day in every if day not in days),
        completeness=_complete(hours),
        lately=_complete(hours.filter(pc.greater(hours["day"], last - LATELY))),
    )


def _complete(hours: pa.Table) -> float | None:
    expected = pc.sum(hours["expected"]).as_py()
    return min(pc.sum(hours["n"]).as_py() / expected, 1.0) if expected else None


def standing(conf: SourceConf, last: date | None, today: date) -> Standing:
    """How a source stands on a local day, by the last local day that it told of (None: it never told anything)."""
    if last is None:
        return Standing("nothing")
    if conf.last is not None and conf.last < today:
        return Standing("ended", conf.last)
    return Standing("late", last) if today - last > retention(conf.freshness) + timedelta(days=1) else Standing("fresh")


def _state(river: River, conf: SourceConf, last: date | None) -> str:
    found = standing(conf, last, river.home.clock().astimezone(river.city.clock).date())
    said = {"fresh": "fresh", "late": f"late since {found.since}", "ended": f"ended {found.since}", "nothing": "nothing yet"}
    return said[found.kind]


def _flagged(river: River) -> dict[str, Counter[str]]:
    """By source and kind of flag, how many sensor-days the city's publications left out."""
    counted: dict[str, Counter[str]] = {}
    for text in river.lake.published([None], columns=["verdict"])["verdict"].to_pylist():
        for m in Verdict.model_validate_json(text).metrics:
            kinds = (re.match("([a-z ]+): ", flag) for flag in m.flags)
            counted.setdefault(river.city.metrics[m.metric].source, Counter()).update(k[1] for k in kinds if k)
    return counted


def _has(river: River, source: str, sensor: str) -> bool:
    declared = {s.sensor for s in river.city.sensors.get(source, ())}
    return sensor in declared or not declared


def _until(turned: pa.Table, read: pa.Table) -> dict[tuple[str, str], date]:
    """By source and reason: the last local day that any answer with such a reject told of; what has no day is absent."""
    told = turned.select(["source", "origin", "reason"]).join(
        read.select(["source", "origin", "last"]), ["source", "origin"], join_type="inner"
    )
    rows = told.group_by(["source", "reason"]).aggregate([("last", "max")]).to_pylist()
    return {(r["source"], r["reason"]): r["last_max"] for r in rows if r["last_max"] is not None}


def _examples(turned: pa.Table) -> dict[tuple[str, str], str]:
    """By source and reason: a text that was turned away; of sensors and columns that nobody knows, the name."""
    rows = turned.group_by(["source", "reason"]).aggregate([("sensor", "max"), ("text", "max")]).to_pylist()
    named = ("unknown sensor", "undeclared")
    return {
        (r["source"], r["reason"]): (r["sensor_max"] if r["reason"] in named and r["sensor_max"] else r["text_max"]) or "" for r in rows
    }


def _by_reason(s: SourceStatus) -> Counter[str]:
    counted: Counter[str] = Counter()
    for t in s.turned_away:
        counted[t.reason] += t.n
    return counted
