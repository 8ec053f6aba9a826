"""Publish presence: days of sessions that have settled become place-hours that can be shown, and nothing else of them becomes anything.

Raw counts never reach the lake: they are made here, from stripped answers that are kept for days, protected (pulso.core.privacy) and
forgotten. What was published is kept for good, and is all that the lake, and thereby everybody, ever gets: docs/decisions/0014-presence.md.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pulso.city import City, SourceConf, Span
from pulso.core.privacy.nested import Tree, Withheld, protect_nested, record_of
from pulso.core.privacy.noise import BudgetSpent, laplace
from pulso.core.privacy.tables import protect, rounded
from pulso.errors import SourceChanged
from pulso.flow.home import River
from pulso.flow.presence_count import Counts, Layout, Sessions, counted, joined, layout, lengths, on_by_reports, silenced
from pulso.flow.presence_due import Silent, due
from pulso.flow.presence_keep import first_kept, folder
from pulso.flow.presence_restored import Restored, lost, paid, restored, settled
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


@dataclass(frozen=True)
class Standing:
    """How one source's presence stands."""

    source: str
    published: int  # days
    span: tuple[date, date] | None  # the first and last of them
    correctable: tuple[date, date] | None  # the first and last that can be corrected still


def sources(city: City) -> list[str]:
    """The sources of a city that tell presence."""
    return [name for name, conf in city.sources.items() if conf.connector == "radius"]


def publish(river: River, name: str, *, silent: Silent = MappingProxyType({})) -> Told:
    """
    Publish the days of one source that have settled, and hand what may be known to the lake.

    Parameters
    ----------
    river
        The city, collected: what its door stripped and kept is what is counted.
    name
        A source with connector = "radius".
    silent
        Of each source the addresses that did not answer: days of which they may tell something wait (`presence_due.due`).

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
        desk = _desk(river, name)
        wanted = due(river, desk.conf, desk.options, desk.span, desk.heard, silent)
        known = [d for d in wanted.days if not desk.forgot(d)]
        letters = [lost(name, gone, desk.restored)] if desk.restored and (gone := [d for d in wanted.days if d not in known]) else []
        return _told(desk, known, [*wanted.letters, *letters])


def correct(river: River, name: str, days: Sequence[date]) -> Told:
    """
    Publish days again that were published, from what is known now, and nothing else. What was given out before bounds what may be now.

    Parameters
    ----------
    river, name
        As in `publish`.
    days
        Local days. One that can't be corrected is told in the letter, and why.

    Returns
    -------
    Told

    Raises
    ------
    CityFileError, LakeError
        As in `publish`.
    """
    with alone(folder(river, name), "lock"):
        desk = _desk(river, name)
        barred = {d: why for d in days if (why := _barred(desk, d)) is not None}
        letters = [f"Source {name}: {d} can't be corrected: {why}." for d, why in barred.items()]
        return _told(desk, [d for d in dict.fromkeys(days) if d not in barred], letters, again=True)


def standing(river: River, name: str) -> Standing:
    """Which days of a source were published, and which of them can be corrected. Nothing is counted for it."""
    store, conf = Store(folder(river, name)), river.city.sources[name]
    days, first = store.days(), first_kept(river.city, river.home.clock(), retention(conf.keep_raw))
    back = restored(river, conf, Options.model_validate(dict(conf.options)))
    still = [d for d in days if d >= first and store.correctable(d) and not (back and d <= back.last)]
    return Standing(name, len(days), (days[0], days[-1]) if days else None, (still[0], still[-1]) if still else None)


class _Desk(NamedTuple):
    """What a source's publication is made from."""

    river: River
    conf: SourceConf
    options: Options
    where: Layout
    store: Store
    sessions: Sessions
    heard: frozenset[str]  # the origins of which accounting is kept
    quiet: float
    events: tuple[Span, ...]
    span: tuple[date, date]  # the first day whose sessions are kept, and the last that has settled
    restored: Restored | None

    def forgot(self, day: date) -> bool:
        """Whether a restoration lost what was said of a day."""
        return self.restored is not None and day <= self.restored.last


def _desk(river: River, name: str) -> _Desk:
    conf, now = river.city.sources[name], river.home.clock()
    options = Options.model_validate(dict(conf.options))
    where = layout(river.city, river.zones, conf, options)
    interim, quiet, _ = lengths(options)
    span = first_kept(river.city, now, retention(conf.keep_raw)), settled(river.city, options, now)
    back = restored(river, conf, options)
    kept = _kept(river, conf)
    sessions = joined(list(kept.values()), where.points, interim)
    return _Desk(river, conf, options, where, Store(folder(river, name)), sessions, frozenset(kept), quiet, river.lake.events(), span, back)


def _barred(desk: _Desk, day: date) -> str | None:
    """Why a day can't be corrected; None where it may be."""
    if day > desk.span[1]:
        return f"it has not settled; until {desk.span[1]} days have"
    if day < desk.span[0]:
        return f"its sessions are forgotten; those from {desk.span[0]} on are kept"
    if desk.forgot(day):
        return "the home was brought back from a backup since, and what was said of that day in between nobody knows any more"
    if day not in desk.store.days():
        return "it was never published; a collection publishes it, once all that is known of it has answered"
    if not desk.store.correctable(day):
        return "what was secret of it is no longer known, so that nothing could tell what the difference gives away"
    return None


def _told(desk: _Desk, days: Sequence[date], letters: list[str], *, again: bool = False) -> Told:
    """Publish these days, forget what is old, hand the lake what is new, and say what became of it."""
    river, name = desk.river, desk.conf.name
    done, shown, withheld, unseen = [], 0, 0, 0
    for day in days:
        try:
            told = _day(desk, day)
        except BudgetSpent as why:
            letters.append(
                f"Source {name}: the budget of its noise is spent, so nothing more is published. {why}. A greater budget gives more away."
            )
            break
        if told is not None:
            done.append(day)
            heard, said = told.seen > 0, np.isfinite(told.figures)
            shown, withheld, unseen = shown + int(said.sum()), withheld + int((heard & ~said).sum()), unseen + int((~heard).sum())
        elif again:
            letters.append(f"Source {name}: {day} can't be corrected: by what is known now, no access point was on.")
    known = river.lake.digests(name)
    new = [a for a in answers(river, name) if known.get(a.origin) != a.digest]
    if new:
        river.lake.keep(desk.conf, new)
    return Told(name, tuple(done), shown, withheld, unseen, desk.store.forget(desk.span[0]), "\n".join(letters) or None)


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


def _kept(river: River, conf: SourceConf) -> dict[str, Kept]:
    """By origin the sessions that the door kept: of the newest answer that has any. A page of error is not the end of a good day."""
    store = RawStore(river.home.folder(river.city) / "raw" / conf.name, retention(conf.keep_raw))
    found: dict[str, Kept] = {}
    for name in store.origins():
        for kept in reversed(store.versions(name)):
            body = store.body(kept)
            if body is None:
                continue
            try:
                read = radius.read(body, river.city.city.timezone)
            except SourceChanged:  # the collection's letter says so
                continue
            if name not in found or read.start.size:
                found[name] = read
            if read.start.size:
                break
    return found


class _Places(NamedTuple):
    """What was published of places, hour by hour."""

    figures: Floats  # (H, P)
    seen: Floats  # (H, P)


def _day(desk: _Desk, day: date) -> _Places | None:
    """Publish one day; None where nothing of it can be shown, or no access point was on, so that it may still come."""
    river, store, where, options = desk.river, desk.store, desk.where, desk.options
    edges = instants(day, river.city.clock)
    if options.health is None:
        on = on_by_reports(desk.sessions, len(where.points), edges, desk.quiet)
    else:
        on = _on_by_feed(river, options.health, where, edges, day)
    on &= ~silenced(where, desk.events, day)[:, None]  # without light it is off, whoever was with it before
    if not on.any():
        return None
    counts = counted(desk.sessions, where, edges, on, options)
    whole = options.measure == "sessions"
    before = store.hours(day) if day in store.days() else None
    if before is None:
        held = protect_nested(counts.values, where.tree, counts.cells, counts.sums, k=options.k, base=options.base, whole=whole)
        if options.health is None and not np.isfinite(held.figures).any():
            return None  # a day without any number would tell that somebody was there: without anybody there is none
        hours = [_hour(where, counts.values[h], held, h, options) for h in range(edges.size - 1)]
    else:
        held, hours = _corrected(before, list(store.figures(day)), where, counts, options)
    numbers = held.figures if options.noise is None else _noisy(desk, day, counts.values, held)
    shares = held.seen if options.health is not None else _seen_by_all(numbers, where.tree)
    store.publish(day, list(_figures(where, numbers, shares, edges)), hours)
    places = len(where.places)
    return _Places(numbers[:, :places], held.seen[:, :places])


def _seen_by_all(numbers: Floats, tree: Tree) -> Floats:
    """(H, P + Z + 1) The share of places that anyone can tell were seen: those whose own numbers are shown. NaN where that is none.

    Where no feed tells it, an access point was on because somebody used it: its share of an hour would tell that somebody was there.
    """
    printed = np.isfinite(numbers[:, : tree.zone.size]).astype(np.float64)
    rows = tree.figures
    shares = np.asarray((rows @ printed.T).T) / np.maximum(rows.sum(axis=1), 1)
    return np.where(np.isfinite(numbers) & (shares > 0), shares, np.nan)


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
            figures.append(np.array([np.nan if (value := said[at].value) is None else value for at in _ids(where)]))
            seen.append(np.asarray(where.tree.figures @ np.isfinite(counts.values[h])) / np.maximum(where.tree.figures.sum(axis=1), 1))
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


def _noisy(desk: _Desk, day: date, values: Floats, held: Withheld) -> Floats:
    """What is shown, with noise, rounded; paid for before it is given out."""
    store, tree, noise = desk.store, desk.where.tree, desk.options.noise
    if noise is None:
        return held.figures
    ledger = paid(store.ledger(noise.budget), desk.restored, noise.epsilon)
    times = sum(name.startswith(str(day)) for name, _ in ledger.releases)
    store.account(ledger.spend(f"{day} {times + 1}", noise.epsilon))
    totals = np.asarray((tree.figures @ np.nan_to_num(values).T).T)
    chance = np.random.default_rng(secrets.randbits(128))
    drawn = laplace(np.where(np.isfinite(held.figures), totals, np.nan), chance, sensitivity=EACH_IN * noise.hours, epsilon=noise.epsilon)
    return np.asarray(np.maximum(rounded(drawn, desk.options.base), 0.0))


def _ids(where: Layout) -> list[tuple[str, str]]:
    """The rows of an hour's tables, in their order."""
    return [*(("place", p) for p in where.places), *(("zone", z) for z in where.zones), ("city", "")]


def _figures(where: Layout, numbers: Floats, seen: Floats, edges: Floats) -> Iterator[Figure]:
    """The day's tables, row by row."""
    for h in range(edges.size - 1):
        start, end = moment(float(edges[h])), moment(float(edges[h + 1]))
        for (table, name), value, share in zip(_ids(where), numbers[h].tolist(), seen[h].tolist(), strict=True):
            yield Figure(table, name, start, end, *(None if np.isnan(x) else x for x in (value, share)))


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
