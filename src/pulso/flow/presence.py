"""Publish presence: days of sessions that have settled become place-hours that can be shown, and nothing else of them becomes anything.

Raw counts never reach the lake: they are made here, from stripped answers that are kept for days, protected (pulso.core.privacy) and
forgotten. What was published is kept for good, and is all that the lake, and thereby everybody, ever gets: docs/decisions/0014-presence.md.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pulso.city import City, SourceConf
from pulso.core.privacy.nested import Tree, Withheld, protect_nested, record_of
from pulso.core.privacy.noise import BudgetSpent, laplace
from pulso.core.privacy.tables import protect, rounded
from pulso.errors import SourceChanged
from pulso.flow.home import River
from pulso.flow.presence_count import Counts, Layout, Sessions, counted, joined, layout, lengths, on_by_reports
from pulso.flow.presence_store import Figure, Hour, Store, instants, moment
from pulso.lake.lake import alone
from pulso.shapes import OBSERVATION, REJECT, UTC_TIME, Answer, batch
from pulso.sources import radius
from pulso.sources.radius import Kept, Options
from pulso.sources.raw_store import RawStore, retention

METRIC = "wifi_presence"
EACH_IN = 3  # figures that a place's hour is part of: its own, its zone's, the city's

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Told:
    """What became of one source's presence."""

    source: str
    days: tuple[date, ...]  # that were published now
    shown: int  # place-hours with a number
    withheld: int  # place-hours that were seen, and are not shown
    unseen: int  # place-hours of which too few access points were on
    forgotten: int  # days that can't be corrected any more
    letter: str | None  # what a person should know


def sources(city: City) -> list[str]:
    """The sources of a city that tell presence."""
    return [name for name, conf in city.sources.items() if conf.connector == "radius"]


def publish(river: River, name: str, *, correct: Sequence[date] = ()) -> Told:
    """
    Publish the days of one source that have settled, and hand what may be known to the lake.

    Parameters
    ----------
    river
        The city, collected: what its door stripped and kept is what is counted.
    name
        A source with connector = "radius".
    correct
        Days that were published and shall be again, from what is known now; each that is still kept. What was given out before bounds
        what may be given out now.

    Returns
    -------
    Told

    Raises
    ------
    CityFileError
        Mistakes in the file of access points.
    LakeError
        Where the disk refuses, or another process is writing to the lake, or publishes the same.
    """
    with alone(folder(river, name), "lock"):
        return _published(river, name, correct)


def _published(river: River, name: str, correct: Sequence[date]) -> Told:
    conf = river.city.sources[name]
    options = Options.model_validate(dict(conf.options))
    where, store, now = layout(river.city, river.zones, conf, options), Store(folder(river, name)), river.home.clock()
    interim, quiet, settle = lengths(options)
    keep = retention(conf.keep_raw)
    oldest = (now - keep + timedelta(days=1)).astimezone(river.city.clock).date() + timedelta(days=1)
    sessions = joined(list(_kept(river, conf)), where.points, interim)
    newest = (now - timedelta(seconds=settle)).astimezone(river.city.clock).date() - timedelta(days=1)
    out = set(store.days())
    due = [d for d in _days(oldest, newest) if d not in out and _alive(conf, d)]
    letters, done, figures = [], [], []
    for day in [*due, *(d for d in correct if d in out and d >= oldest)]:
        try:
            told = _day(river, store, day, sessions, where, options, quiet)
        except BudgetSpent as why:
            letters.append(
                f"Source {name}: the budget of its noise is spent, so nothing more is published. {why}. A greater budget gives more away."
            )
            break
        if told is not None:
            done.append(day)
            figures += [f for f in told if f.table == "place"]
    letters += [
        f"Source {name}: {d} can't be corrected: it was never published, or its sessions are forgotten." for d in correct if d not in done
    ]
    known = river.lake.digests(name)
    new = [a for a in answers(river, name) if known.get(a.origin) != a.digest]
    if new:
        river.lake.keep(conf, new)
    shown = sum(f.value is not None for f in figures)
    unseen = sum(f.seen == 0 for f in figures)
    return Told(name, tuple(done), shown, len(figures) - shown - unseen, unseen, store.forget(oldest), "\n".join(letters) or None)


def answers(river: River, name: str) -> Iterator[Answer]:
    """All that was published of a source's places, an answer a day: what a collection, or a rebuild, hands to the lake."""
    store = Store(folder(river, name))
    for day in store.days():
        rows = [f for f in store.figures(day) if f.table == "place" and f.value is not None]
        n = len(rows)
        seen = batch(
            OBSERVATION,
            sensor=[f.id for f in rows],
            metric=[METRIC] * n,
            start=pa.array([f.start for f in rows], UTC_TIME),
            end=pa.array([f.end for f in rows], UTC_TIME),
            value=[f.value for f in rows],
            unit=["1"] * n,
        )
        digest = hashlib.sha256(store.text(day).encode()).hexdigest()
        yield Answer(seen, batch(REJECT), f"presence/{name}/{day}", digest)


def replayable(conf: SourceConf, read: Mapping[str, str]) -> dict[str, str]:
    """Of the answers that the lake has read of a source, those that a rebuild must give back: none of a radius source.

    Its sessions are forgotten on purpose, and said nothing to the lake; what was published of them comes from `answers`.
    """
    return {} if conf.connector == "radius" else dict(read)


def folder(river: River, name: str) -> Path:
    """Where a source's presence lies: `published/` may be given to anyone, `private/` to nobody."""
    return river.home.folder(river.city) / "presence" / name


def _kept(river: River, conf: SourceConf) -> Iterator[Kept]:
    """The sessions that the door kept: of each address the newest answer that has any. A page of error is not the end of a good day."""
    store = RawStore(river.home.folder(river.city) / "raw" / conf.name, retention(conf.keep_raw))
    for name in store.origins():
        for kept in reversed(store.versions(name)):
            body = store.body(kept)
            if body is None:
                continue
            try:
                found = radius.read(body, river.city.city.timezone)
            except SourceChanged:  # the collection's letter says so
                continue
            if found.start.size:
                yield found
                break


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=i) for i in range((last - first).days + 1)]


def _alive(conf: SourceConf, day: date) -> bool:
    return (conf.first or day) <= day <= (conf.last or day)


def _day(river: River, store: Store, day: date, sessions: Sessions, where: Layout, options: Options, quiet: float) -> list[Figure] | None:
    """Publish one day; None where no access point was on, so that it may still come, and where what was printed can't be judged with it."""
    edges = instants(day, river.city.clock)
    if options.health is None:
        on = on_by_reports(sessions, len(where.points), edges, quiet)
    else:
        on = _on_by_feed(river, options.health, where, edges, day)
    if not on.any():
        return None
    counts = counted(sessions, where, edges, on, options)
    whole = options.measure == "sessions"
    printed = day in store.days()
    before = store.hours(day) if printed else None
    if before is None and printed:
        return None
    if before is None:
        held = protect_nested(counts.values, where.tree, counts.cells, counts.sums, k=options.k, base=options.base, whole=whole)
        hours = [_hour(where, counts.values[h], held, h, options) for h in range(edges.size - 1)]
    else:
        held, hours = _corrected(before, list(store.figures(day)), where, counts, options)
    numbers = held.figures if options.noise is None else _noisy(store, day, counts.values, where.tree, held, options)
    told = list(_figures(where, numbers, held.seen, edges))
    store.publish(day, told, hours)
    return told


def _hour(where: Layout, values: Floats, held: Withheld, h: int, options: Options) -> Hour:
    """What a correction of this hour will need."""
    whole = options.measure == "sessions"
    record = record_of(values, where.tree, held.figures[h], held.sensitive[h], k=options.k, base=options.base, whole=whole)
    return Hour(list(where.places), [None if np.isnan(v) else float(v) for v in values], record)


def _corrected(before: list[Hour], printed: list[Figure], where: Layout, counts: Counts, options: Options) -> tuple[Withheld, list[Hour]]:
    """Judge each hour of which anything changed anew, together with all that was said of it; the others stay as they were printed."""
    out: dict[datetime, dict[tuple[str, str], Figure]] = {}
    for f in printed:
        out.setdefault(f.start, {})[f.table, f.id] = f
    figures, seen, hours = [], [], []
    for h, (hour, said) in enumerate(zip(before, out.values(), strict=True)):
        was = np.array([np.nan if v is None else v for v in hour.values])
        now = dict(zip(where.places, counts.values[h].tolist(), strict=True))
        held = np.array([w if not n else now.get(n, np.nan) for n, w in zip(hour.names, was.tolist(), strict=True)])
        if np.array_equal(was, held, equal_nan=True) and set(_ids(where)) == set(said):
            told = [said[at] for at in _ids(where)]
            figures.append(np.array([np.nan if f.value is None else f.value for f in told]))
            seen.append(np.array([f.seen for f in told]))
            hours.append(hour)
            continue
        row, share, again = _judged(hour, was, held, where, counts, h, options)
        figures.append(row)
        seen.append(share)
        hours.append(again)
    return Withheld(np.array(figures), np.array(seen), np.hstack([counts.cells, counts.sums])), hours


def _judged(hour: Hour, was: Floats, held: Floats, where: Layout, counts: Counts, h: int, options: Options) -> tuple[Floats, Floats, Hour]:
    """One hour's figures and shares, and what its next correction will need."""
    changed = np.isfinite(was) & (was != held)
    new = [i for i, p in enumerate(where.places) if p not in hour.names]
    names = [*hour.names, *(where.places[i] for i in new), *[""] * int(changed.sum())]
    values = np.concatenate([held, counts.values[h, new], was[changed]])
    small = dict(zip(where.places, counts.cells[h].tolist(), strict=True))
    at = [names.index(p) for p in where.places]
    rows = csr_array(where.tree.figures @ csr_array((np.ones(len(at)), (np.arange(len(at)), at)), shape=(len(at), len(names))))
    few = np.concatenate([counts.cells[h], counts.sums[h]])
    found = protect(
        values,
        rows,
        np.array([small.get(n, False) for n in names], dtype=bool),
        few,
        k=options.k,
        base=options.base,
        whole=options.measure == "sessions",
        record=hour.record.later(changed, new=len(new)),
    )
    return found.figures, found.seen, Hour(names, [None if np.isnan(v) else float(v) for v in values], found.record)


def _noisy(store: Store, day: date, values: Floats, tree: Tree, held: Withheld, options: Options) -> Floats:
    """What is shown, with noise, rounded; paid for before it is given out."""
    noise = options.noise
    if noise is None:
        return held.figures
    ledger = store.ledger(noise.budget)
    times = sum(name.startswith(str(day)) for name, _ in ledger.releases)
    store.account(ledger.spend(f"{day} {times + 1}", noise.epsilon))
    totals = np.asarray((tree.figures @ np.nan_to_num(values).T).T)
    chance = np.random.default_rng(secrets.randbits(128))
    drawn = laplace(np.where(np.isfinite(held.figures), totals, np.nan), chance, sensitivity=EACH_IN * noise.hours, epsilon=noise.epsilon)
    return np.asarray(np.maximum(rounded(drawn, options.base), 0.0))


def _ids(where: Layout) -> list[tuple[str, str]]:
    """The rows of an hour's tables, in their order."""
    return [*(("place", p) for p in where.places), *(("zone", z) for z in where.zones), ("city", "")]


def _figures(where: Layout, numbers: Floats, seen: Floats, edges: Floats) -> Iterator[Figure]:
    """The day's tables, row by row."""
    for h in range(edges.size - 1):
        start, end = moment(float(edges[h])), moment(float(edges[h + 1]))
        for (table, name), value, share in zip(_ids(where), numbers[h].tolist(), seen[h].tolist(), strict=True):
            yield Figure(table, name, start, end, None if np.isnan(value) else value, share)


def _on_by_feed(river: River, source: str, where: Layout, edges: Floats, day: date) -> NDArray[np.bool_]:
    """(A, H) Which access points a feed of health calls working all the hour long; one that it doesn't speak of was off."""
    told = river.lake.observations(source, days=(day, day)).select("sensor", "start", "end", "value").to_pyarrow()
    number = {name: i for i, name in enumerate(where.feed)}
    least = np.full((len(where.feed), edges.size - 1), np.inf)
    for sensor, start, end, value in zip(*(told[c].to_pylist() for c in ("sensor", "start", "end", "value")), strict=True):
        if sensor in number and value is not None:
            begin = np.searchsorted(edges, start.timestamp(), side="right") - 1
            stop = np.searchsorted(edges, max(end.timestamp(), start.timestamp() + 1e-6), side="left")
            span = slice(max(int(begin), 0), max(int(stop), 0))
            least[number[sensor], span] = np.minimum(least[number[sensor], span], value)
    return np.asarray(np.isfinite(least) & (least > 0))
