"""Ask and keep: every source of a city is asked, what it says is kept, and the days that this touched are reduced."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta
from pathlib import Path

from rich.progress import Progress

from pulso import metrics
from pulso.city import City, SourceConf
from pulso.errors import CityFileError, LakeError, Mistake, SourceChanged, SourceUnavailable
from pulso.flow.home import River
from pulso.flow.presence import publication
from pulso.flow.presence.due import Silent
from pulso.flow.presence.keep import forget
from pulso.lake import Kept
from pulso.lake.lake import Collection
from pulso.shapes import Answer, Get, Source, Window
from pulso.sources import open_source, refusal_of, strip_of
from pulso.sources.asking import Asker
from pulso.sources.fetch import Counts, Door, Replay

READER = "2"
"""Change it when a connector reads the same bytes in another way: then every answer is new again."""

STILL_MOVING = timedelta(days=45)
"""So long after a day its data may still be corrected; later it is final, and asked again only on request."""

BEGINNING = timedelta(days=2 * 365)
"""How far back a source is asked the first time, if the city file does not say when its life began."""


@dataclass(frozen=True)
class Collected:
    """What became of one source in one run."""

    source: str
    asked: int  # addresses
    new: int
    absent: int
    unanswered: int
    kept: int  # observations that are new or changed
    turned_away: int
    gone: int  # observations that vanished upstream
    days: int  # local days that the answers span
    letter: str | None  # what a person should know: who did not answer, what changed its shape


def collect(
    river: River,
    first: date | None = None,
    last: date | None = None,
    *,
    only: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> list[Collected]:
    """Ask a city's sources for these local days, both included, and keep what they say; then reduce what was touched.

    Without days: all of a source's life the first time, then what may still move. A source that fails is told in its letter and never
    stops the others. CityFileError before anything is asked, if a source can't be opened.
    """
    forget(river)
    opened = _opened(river.city, only)
    told = []
    with river.home.asker(river.city) as asker, ExitStack() as doors:
        door_of = {name: doors.enter_context(_door(river, name, asker, progress)) for name in opened}
        with river.lake.collecting() as run:
            for name, source in opened.items():
                conf = river.city.sources[name]
                told.append(_kept(run, conf, source, _window(river, conf, first, last), door_of[name]))
                door_of[name].close()  # raw answers are on disk before the lake says that it has read them
    river.lake.sync_events(river.city.events)
    silent = {name: [u.url for u in door.unanswered] for name, door in door_of.items()}
    told = [_present(river, c, silent) if c.source in publication.sources(river.city) else c for c in told]
    reduce(river, progress)
    return told


def rebuild(river: River, *, progress: Progress | None = None) -> list[Collected]:
    """Make the tables again from the raw answers that were kept; nothing is asked, and publications stay.

    LakeError, before anything is forgotten, where a source keeps no raw answers.
    """
    opened = _opened(river.city, None)
    replays = {}
    for name in opened:
        conf = river.city.sources[name]
        read = publication.replayable(conf, river.lake.digests(name))
        replays[name] = Replay(conf, salt=salt(river.city, conf), raw=raw_folder(river, name), progress=_bar(progress, name), read=read)
        if lacking := replays[name].lacking(read):
            raise LakeError(
                f"{len(lacking):,} of the {len(read):,} answers that the lake has read of {name} are no longer kept, beginning with "
                f"{lacking[0]}: a rebuild would lose what they said, so nothing was touched. keep_raw is {conf.keep_raw!r}."
            )
    river.lake.forget_observations()
    told = []
    with river.lake.collecting() as run:
        for name, source in opened.items():
            conf = river.city.sources[name]
            now = run.known_at.astimezone(UTC)  # what tables gave back names the same zone otherwise
            window = Window(conf.first or date(1971, 1, 1), conf.last or now.date(), now)
            told.append(_kept(run, conf, source, window, replays[name]))
            if name in publication.sources(river.city):
                run.keep(conf, publication.answers(river, name))
    reduce(river, progress)
    return told


def _present(river: River, collected: Collected, silent: Silent) -> Collected:
    """Publish the days whose sessions have settled, and of which nothing did not answer; tell it with what was collected."""
    told = publication.publish(river, collected.source, silent=silent)
    letters = [letter for letter in (collected.letter, told.letter) if letter]
    return replace(collected, kept=collected.kept + told.shown, days=max(collected.days, len(told.days)), letter="\n".join(letters) or None)


def reduce(river: River, progress: Progress | None = None) -> None:
    """Bring the sensor-hours up to what is known."""
    task = progress.add_task("reducing", total=None) if progress else None
    river.lake.reduce(metrics.recipes(river.city))
    if progress and task is not None:
        progress.update(task, total=1, completed=1)


def salt(city: City, conf: SourceConf) -> str:
    """What reads a source's answers: another section of the city file, or another reader, makes every answer new."""
    sensors = [s.model_dump_json() for s in city.sensors.get(conf.name, ())]
    told = json.dumps([READER, conf.model_dump(mode="json"), sensors, city.zones.model_dump(mode="json")], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def _door(river: River, name: str, asker: Asker, progress: Progress | None) -> Door:
    conf = river.city.sources[name]
    return Door(
        conf,
        asker,
        salt=salt(river.city, conf),
        known=river.lake.digests(name),
        raw=raw_folder(river, name),
        strip=strip_of(conf, river.city, river.home.clock()),
        refuse=refusal_of(conf),
        progress=_bar(progress, name),
        now=river.home.clock,
    )


def raw_folder(river: River, source: str) -> Path:
    """Where a source's raw answers are kept."""
    return river.home.folder(river.city) / "raw" / source


def _opened(city: City, only: Sequence[str] | None) -> dict[str, Source]:
    """Open the sources that are meant; every mistake of all of them in one letter."""
    unknown = [name for name in only or () if name not in city.sources]
    mistakes = [Mistake("--source", name, f"one of {', '.join(city.sources)}") for name in unknown]
    found = {}
    for name in (n for n in city.sources if not only or n in only):
        try:
            found[name] = open_source(city.sources[name], city)
        except CityFileError as why:
            mistakes += why.mistakes
    if mistakes:
        raise CityFileError(str(city.folder / "city.toml"), mistakes)
    return found


def _window(river: River, conf: SourceConf, first: date | None, last: date | None) -> Window:
    now = river.home.clock()
    today = now.astimezone(river.city.clock).date()
    last = last or min(conf.last or today, today)
    if first is None:
        read = river.lake.read_origins(conf.name)["last"].drop_null()
        newest = max(read.to_pylist(), default=None)
        first = conf.first or today - BEGINNING
        if newest is not None:
            first = max(first, min(newest, today) - STILL_MOVING)
    return Window(min(first, last), last, now)


def _kept(run: Collection, conf: SourceConf, source: Source, window: Window, door: Door | Replay) -> Collected:
    letters: list[str] = []
    kept = Kept(conf.name)
    try:
        kept = run.keep(conf, _heard(source, window, door, letters))
    except SourceChanged as why:  # found at the lake's own door, such as an unknown unit
        letters.append(str(why))
    unanswered = door.letter() or door.nowhere()
    counts: Counts = door.counts
    return Collected(
        source=conf.name,
        asked=counts.asked,
        new=counts.new,
        absent=counts.absent,
        unanswered=counts.unanswered,
        kept=kept.new + kept.changed,
        turned_away=kept.rejected,
        gone=kept.gone,
        days=0 if kept.first is None or kept.last is None else (kept.last - kept.first).days + 1,
        letter="\n".join([*([unanswered] if unanswered else []), *letters]) or None,
    )


def _heard(source: Source, window: Window, get: Get, letters: list[str]) -> Iterator[Answer]:
    """A source's answers, until it fails; why it failed becomes a letter, and what came before is kept."""
    try:
        yield from source.fetch(window, get)
    except SourceUnavailable:
        return  # the door has noted it
    except SourceChanged as why:
        letters.append(str(why))


def _bar(progress: Progress | None, name: str) -> Callable[[int, int], object] | None:
    if progress is None:
        return None
    task = progress.add_task(name, total=None)
    return lambda done, asked: progress.update(task, completed=done, total=asked)
