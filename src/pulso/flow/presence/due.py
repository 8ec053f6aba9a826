"""Which days of presence may be published now, and which wait: a day is published once, so not while something of it may still come."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from pulso.city import SourceConf
from pulso.flow.home import River
from pulso.flow.presence.keep import folder, gone
from pulso.flow.presence.store import Store, instants
from pulso.sources.addresses import origin, shown
from pulso.sources.radius import Options, addresses
from pulso.sources.raw_store import retention

SHOWN = 5
"""So many days a letter names; of more, how many they are."""

Silent = Mapping[str, Collection[str]]
"""Of each source the addresses that did not answer in this run, as letters show them."""


class Due(NamedTuple):
    """What is to be done."""

    days: list[date]
    letters: list[str]  # why others aren't


def due(river: River, conf: SourceConf, options: Options, span: tuple[date, date], heard: Collection[str], silent: Silent) -> Due:
    """
    Say which days are to be published.

    Parameters
    ----------
    river
        The city.
    conf, options
        A source with connector = "radius".
    span
        The first day whose sessions are kept, and the last that has settled.
    heard
        The origins of which accounting is kept.
    silent
        What did not answer.

    Returns
    -------
    Due
        Not those that were published, by this source or by one that is gone: nobody knows any more what of its sessions was told. Not
        those whose own address has brought no accounting yet: the neighbours' would tell of their first and last hours alone. Not those
        of which an address that did not answer may hold sessions; nor those of which the feed of health tells nothing in some hour, while
        an address of the feed did not answer. They wait as long as sessions are kept. Of an hour of which nothing more will come, a feed's
        silence means that no access point was on.
    """
    first, last = span
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    known = set(Store(folder(river, conf.name)).days())
    wanted = [d for d in days if d not in known and (conf.first or d) <= d <= (conf.last or d)]
    letters = []
    waits = _unheard(options.url, wanted, silent.get(conf.name, ()))
    wanted = [d for d in wanted if d in waits or origin(addresses(options.url, d, d)[0]) in heard]
    for former in gone(river):
        there = set(wanted) & set(Store(folder(river, former)).days())
        if there:
            letters.append(
                f"Source {conf.name}: {_named(there)} published by the source {former}, which the city file does not name any more, and a "
                f"day is published once. If {conf.name} is {former} under another name, rename presence/{former} to presence/{conf.name}."
            )
            wanted, waits = [d for d in wanted if d not in there], waits - there
    why = f"an address that may hold sessions of {'it' if len(waits) == 1 else 'them'} did not answer"
    if waits:
        letters.append(_waiting(conf, waits, why))
    dark = _unspoken(river, options.health, [d for d in wanted if d not in waits], silent)
    if dark:
        letters.append(_waiting(conf, dark, f"of some hour the source {options.health}, of which an address did not answer, tells nothing"))
    return Due([d for d in wanted if d not in waits | dark], letters)


def _unheard(template: str, days: Sequence[date], silent: Collection[str]) -> set[date]:
    """The days of which an address that did not answer may hold sessions: a session may begin the day before and end the day after."""
    if not silent:
        return set()
    beside = [timedelta(days=i) for i in (-1, 0, 1)]
    return {d for d in days if any(shown(addresses(template, d + i, d + i)[0]) in silent for i in beside)}


def _unspoken(river: River, health: str | None, days: Sequence[date], silent: Silent) -> set[date]:
    """The days of which the feed of health tells nothing in some hour, if more of it may come."""
    if health is None or not silent.get(health) or not days:
        return set()
    told = river.lake.observations(health, days=(days[0], days[-1])).select("start", "end").to_pyarrow()
    spoken = {(s.timestamp(), e.timestamp()) for s, e in zip(told["start"].to_pylist(), told["end"].to_pylist(), strict=True)}
    found = set()
    for day in days:
        edges = instants(day, river.city.clock).tolist()
        if not all(any(s < b and max(e, s + 1e-6) > a for s, e in spoken) for a, b in pairwise(edges)):
            found.add(day)
    return found


def _waiting(conf: SourceConf, days: set[date], why: str) -> str:
    until = min(days) + retention(conf.keep_raw) - timedelta(days=2)
    return (
        f"Source {conf.name}: {_named(days, 'waits', 'wait')} to be published, because {why}. The next collection that hears it does it, "
        f"until {until}: then the sessions of {min(days)} are forgotten, and it stays a gap."
    )


def _named(days: set[date], one: str = "was", many: str = "were") -> str:
    """Days as a letter names them, with the verb that follows."""
    if len(days) > SHOWN:
        return f"{len(days)} days from {min(days)} to {max(days)} {many}"
    return f"{', '.join(map(str, sorted(days)))} {one if len(days) == 1 else many}"
