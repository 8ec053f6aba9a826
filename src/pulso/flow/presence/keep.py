"""Let go of sessions in time: of every source that ever told presence, whether it is asked, answers, or is in the city file still."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from pulso.city import City
from pulso.flow.home import River
from pulso.flow.presence.store import Store
from pulso.lake.lake import alone
from pulso.sources.radius import LONGEST_KEPT, kept_since, newer
from pulso.sources.raw_store import RawStore, retention


def folder(river: River, name: str) -> Path:
    """Where a source's presence lies: `published/` may be given to anyone, `private/` to nobody."""
    return river.home.folder(river.city) / "presence" / name


def first_kept(city: City, now: datetime, keep: timedelta) -> date:
    """The first local day of which every session is kept still: what is earlier can be neither published nor corrected."""
    return (now - keep + timedelta(days=1)).astimezone(city.clock).date() + timedelta(days=1)


def gone(river: River) -> list[str]:
    """The sources that told presence once, and that the city file doesn't name any more."""
    told = (river.home.folder(river.city) / "presence").glob("*/")
    return sorted(path.name for path in told if path.name not in river.city.sources)


def forget(river: River) -> None:
    """
    Delete the sessions that were kept as long as was promised, and what corrections of their days would need.

    A session's time is counted from its end, not from when it was asked for: of a file that was fetched late, it is the rest of it that is
    kept. A source that is in the city file no more keeps its sessions as long as the file said last. Of other sources that are gone, whose
    raw answers nobody would delete otherwise, the same.

    Raises
    ------
    LakeError
        Where the disk refuses, or another process is collecting, or publishing one of them.
    """
    stores, now = list(_stores(river)), river.home.clock()
    if not stores:
        return
    with alone(river.lake.root):
        for name, store in stores:
            store.prune(now)
            if folder(river, name).is_dir():
                with alone(folder(river, name), "lock"):
                    since = kept_since(now, store.keep)
                    store.rewrite(partial(newer, since=since, zone=river.city.city.timezone), f"since {since:.0f}")
                    Store(folder(river, name)).forget(first_kept(river.city, now, store.keep))


def _stores(river: River) -> Iterator[tuple[str, RawStore]]:
    """The stores of sources that tell presence, and of those that are gone."""
    raw = river.home.folder(river.city) / "raw"
    for name in sorted({*gone(river), *(path.name for path in raw.glob("*/"))}):
        conf = river.city.sources.get(name)
        if conf is None:
            left = RawStore.left(raw / name, LONGEST_KEPT)
            if left is not None:
                yield name, left
        elif conf.connector == "radius":
            yield name, RawStore(raw / name, retention(conf.keep_raw))
