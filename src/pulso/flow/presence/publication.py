"""Publish presence: days of sessions that have settled become place-hours that can be shown, and nothing else of them becomes anything.

Raw counts never reach the lake: they are made here, from stripped answers that are kept for days, protected (pulso.core.privacy) and
forgotten. What was published is kept for good, and is all that the lake, and thereby everybody, ever gets: docs/decisions/0014-presence.md.
"""

from __future__ import annotations

import hashlib
import io
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from pulso.city import City, SourceConf, Span
from pulso.core.privacy.nested import Tree, Withheld, protect_nested
from pulso.core.privacy.noise import BudgetSpent, laplace
from pulso.core.privacy.tables import rounded
from pulso.errors import SourceChanged
from pulso.flow.home import River
from pulso.flow.presence.again import corrected, ids, lists, printed
from pulso.flow.presence.claims import claimed
from pulso.flow.presence.count import Counts, Layout, Tally, counted, layout, lengths, shortened, tallied
from pulso.flow.presence.due import Silent, due
from pulso.flow.presence.join import Sessions, joined
from pulso.flow.presence.keep import first_kept, folder
from pulso.flow.presence.on import on_by_feed, silenced
from pulso.flow.presence.restored import Restored, lost, paid, restored, settled
from pulso.flow.presence.store import Hour, Store, Tables, instants
from pulso.flow.presence.threads import mapped
from pulso.lake.lake import alone
from pulso.shapes import OBSERVATION, REJECT, UTC_TIME, Answer, batch
from pulso.sources import radius
from pulso.sources.radius import Kept, Options, seconds
from pulso.sources.raw_store import RawStore, retention

METRIC = "wifi_presence"
EACH_IN = 3  # figures that a place's hour is part of: its own, its zone's, the city's

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


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
        Of each source the addresses that did not answer: days of which they may tell something wait (`due.due`).

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
        if taken := claimed(river, name, desk.where.points, desk.span[0]):
            return _told(desk, [], [taken])
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
        if taken := claimed(river, name, desk.where.points, desk.span[0]):
            return _told(desk, [], [taken])
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
    sessions: list[Sessions]  # in parts
    tally: Tally  # of all days that could be published or corrected
    heard: frozenset[str]  # the origins of which accounting is kept
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
    days = [span[0] + timedelta(days=i) for i in range((span[1] - span[0]).days + 1)] or [span[0]]
    edges = np.unique(np.concatenate([instants(day, river.city.clock) for day in days]))
    tally = tallied(sessions, len(where.points), edges, quiet if options.health is None else None)
    store = Store(folder(river, name))
    return _Desk(river, conf, options, where, store, sessions, tally, frozenset(kept), river.lake.events(), span, back)


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
    looked = {day: found for day in days if (found := _counted(desk, day)) is not None}
    first = _protected(desk, {day: counts for day, counts in looked.items() if day not in desk.store.days()})
    for day in days:
        try:
            told = _printed(desk, day, looked[day], first.get(day)) if day in looked else None
        except BudgetSpent as why:
            letters.append(
                f"Source {name}: the budget of its noise is spent, so nothing more is published. {why}. A greater budget gives more away."
            )
            break
        if told is not None:
            done.append(day)
            if told.stayed:
                letters.append(_stayed(name, day, told.stayed))
            heard, said = told.seen > 0, np.isfinite(told.figures)
            shown, withheld, unseen = shown + int(said.sum()), withheld + int((heard & ~said).sum()), unseen + int((~heard).sum())
        elif again:
            letters.append(f"Source {name}: {day} can't be corrected: by what is known now, no access point was on.")
    new = list(answers(river, name, river.lake.digests(name)))
    if new:
        river.lake.keep(desk.conf, new)
    return Told(name, tuple(done), shown, withheld, unseen, desk.store.forget(desk.span[0]), "\n".join(letters) or None)


def _stayed(name: str, day: date, hours: int) -> str:
    """Why a correction left hours as they were printed."""
    these = "1 hour keeps" if hours == 1 else f"{hours} hours keep"
    return (
        f"Source {name}: of {day}, {these} the numbers that were printed, though others are known now: with them, what was printed before "
        "would tell of fewer sessions than may be told of, or of a single access point's."
    )


def answers(river: River, name: str, known: Mapping[str, str] = MappingProxyType({})) -> Iterator[Answer]:
    """All that was published of a source's places, an answer a day: what a collection, or a rebuild, hands to the lake.

    Not those of which a digest is known.
    """
    store = Store(folder(river, name))
    types = {"start": UTC_TIME, "end": UTC_TIME, "value": pa.float64(), "seen": pa.float64(), "table": pa.string(), "id": pa.string()}
    for day in store.days():
        text, where = store.text(day).encode(), f"presence/{name}/{day}"
        digest = hashlib.sha256(text).hexdigest()
        if known.get(where) == digest:
            continue
        found = pacsv.read_csv(io.BytesIO(text), convert_options=pacsv.ConvertOptions(column_types=types))
        found = found.filter(pc.and_(pc.equal(found["table"], "place"), pc.is_valid(found["value"])))
        sensor, start, end, value = (found[column].combine_chunks() for column in ("id", "start", "end", "value"))
        n = found.num_rows
        seen = batch(OBSERVATION, sensor=sensor, metric=[METRIC] * n, start=start, end=end, value=value, unit=["1"] * n)
        yield Answer(seen, batch(REJECT), where, digest)


def replayable(conf: SourceConf, read: Mapping[str, str]) -> dict[str, str]:
    """Of the answers that the lake has read of a source, those that a rebuild must give back: none of a radius source.

    Its sessions are forgotten on purpose, and said nothing to the lake; what was published of them comes from `answers`.
    """
    return {} if conf.connector == "radius" else dict(read)


def _kept(river: River, conf: SourceConf) -> dict[str, Kept]:
    """By origin the sessions that the door kept: of the newest answer that has any. A page of error is not the end of a good day."""
    store = RawStore(river.home.folder(river.city) / "raw" / conf.name, retention(conf.keep_raw))
    names = store.origins()

    def newest(name: str) -> Kept | None:
        found = None
        for kept in reversed(store.versions(name)):
            body = store.buffer(kept)
            if body is None:
                continue
            try:
                read = radius.read(body, river.city.city.timezone, octets=False, threads=len(names) < 2)
            except SourceChanged:  # the collection's letter says so
                continue
            if found is None or read.start.size:
                found = read
            if read.start.size:
                break
        return found

    return {name: found for name, found in zip(names, mapped(newest, names), strict=True) if found is not None}


class _Places(NamedTuple):
    """What was published of places, hour by hour."""

    figures: Floats  # (H, P)
    seen: Floats  # (H, P)
    stayed: int  # hours that a correction left as they were printed, though other numbers are known now


def _counted(desk: _Desk, day: date) -> Counts | None:
    """What is known of one day; None where no access point was on, so that it may still come."""
    where, options = desk.where, desk.options
    edges = instants(day, desk.river.city.clock)
    tally = desk.tally.of(edges)
    if options.noise is not None:  # so that a session counts in so many hours of this day
        tally = tallied([shortened(s, edges, options.noise.hours) for s in desk.sessions], len(where.points), edges)._replace(on=tally.on)
    on, says = _heard(desk, day, tally)
    return counted(tally, where, on, says, options) if on.any() else None


def _protected(desk: _Desk, days: Mapping[date, Counts]) -> dict[date, Withheld]:
    """What may be printed of days for the first time. An hour is protected by itself, so all of them are in one go."""
    if not days:
        return {}
    values, cells, sums = (np.concatenate([getattr(counts, name) for counts in days.values()]) for name in ("values", "cells", "sums"))
    options = desk.options
    held = protect_nested(values, desk.where.tree, cells, sums, k=options.k, base=options.base, whole=options.measure == "sessions")
    ends = np.cumsum([len(counts.values) for counts in days.values()])[:-1]
    return {day: Withheld(*parts) for day, *parts in zip(days, *(np.split(column, ends) for column in held), strict=True)}


def _printed(desk: _Desk, day: date, counts: Counts, first: Withheld | None) -> _Places | None:
    """Publish one day, for the first time or as a correction; None where nothing of it can be shown."""
    store, where, options = desk.store, desk.where, desk.options
    edges, stayed = instants(day, desk.river.city.clock), 0
    if first is not None:
        held = first
        if options.health is None and not np.isfinite(held.figures).any():
            return None  # a day without any number would tell that somebody was there: without anybody there is none
        stood = lists(where)
        hours: list[Hour] = [
            (printed(stood, counts.each[:, h], held.figures[h], held.sensitive[h], options),) for h in range(edges.size - 1)
        ]
    else:
        before = store.hours(day)
        assert before is not None  # noqa: S101  # `_barred` lets no other day through
        held, hours, stayed = corrected(before, list(store.figures(day)), where, counts, options)
    numbers = held.figures if options.noise is None else _noisy(desk, day, counts.values, held)
    shares = held.seen if options.health is not None else _seen_by_all(numbers, where.tree)
    store.publish(day, Tables(ids(where), edges, numbers, shares), hours)
    places = len(where.places)
    return _Places(numbers[:, :places], held.seen[:, :places], stayed)


def _heard(desk: _Desk, day: date, tally: Tally) -> tuple[Bools, Bools]:
    """
    (A, H), twice: which access points were on this day, and which count.

    A feed knows when one was off, and what it is said to have seen then is left out. Where reports alone tell, one that fell silent, or
    began to speak, within an hour wasn't known to be on in all of it, but who was there was there.
    """
    river, options, where = desk.river, desk.options, desk.where
    on, says = tally.on, tally.on | (tally.many > 0)
    if options.health is not None:
        around = day - timedelta(days=1), day + timedelta(days=1)  # a report of the evening covers the midnight
        told = river.lake.observations(options.health, days=around).select("sensor", "start", "end", "value").to_pyarrow()
        feed = river.city.sources.get(options.health)
        on = says = on_by_feed(told, where.feed, tally.edges, seconds(feed.expected if feed else "1h"))
    lit = ~silenced(where, desk.events, day)[:, None]  # without light it is off, whoever was with it before
    return on & lit, says & lit


def _seen_by_all(numbers: Floats, tree: Tree) -> Floats:
    """(H, P + Z + 1) The share of places that anyone can tell were seen: those whose own numbers are shown. NaN where that is none.

    Where no feed tells it, an access point was on because somebody used it: its share of an hour would tell that somebody was there.
    """
    printed = np.isfinite(numbers[:, : tree.zone.size]).astype(np.float64)
    rows = tree.figures
    shares = np.asarray((rows @ printed.T).T) / np.maximum(rows.sum(axis=1), 1)
    return np.where(np.isfinite(numbers) & (shares > 0), shares, np.nan)


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
