"""The network as pages read it: what somebody may know of it, found by name, and reckoned once for all who may know the same."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from itertools import compress
from math import isfinite
from threading import Lock
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from pulso.fibre.ask.drawn import Drawn
from pulso.fibre.capacity import WORST_FIRST, Capacity, capacity
from pulso.fibre.findings import Finding
from pulso.fibre.metres import cable_metres, duct_metres
from pulso.fibre.public import veiled
from pulso.fibre.shapes import Cable, Disclosure, Duct, Port, Site, Splice, Splitter, Strands, Thing, Works
from pulso.web.fibre import reads
from pulso.web.fibre.reads import Network

T = TypeVar("T", bound=Thing)
K = TypeVar("K")
V = TypeVar("V")
R = TypeVar("R")


class Known:
    """A network at one revision, as those of one level may know it."""

    def __init__(self, network: Network, level: Disclosure) -> None:
        self.level, self.plan = level, network.for_(level)
        self.revision, self.at, self.digest = network.number, network.at, network.digest
        self._network = network
        self._reckoned: dict[str, Any] = {}  # kept as long as the network is

    def once(self, what: str, reckon: Callable[[], R]) -> R:
        """What is reckoned of the network, and kept: `what` names it. Two who ask at once may both reckon it; nobody waits for another."""
        if what not in self._reckoned:
            self._reckoned[what] = reckon()
        found: R = self._reckoned[what]
        return found

    @property
    def drawn(self) -> Drawn:
        """The network as answers are reckoned of it: whole, and so for engineers alone. ValueError for anybody else."""
        if self.level is not Disclosure.RESTRICTED:
            raise ValueError(f"answers are reckoned of the whole network, which is not known to those of level {self.level}")
        return self._network.drawn

    @property
    def findings(self) -> Sequence[Finding]:
        """What the check of the whole network finds. ValueError as of `drawn`."""
        if self.level is not Disclosure.RESTRICTED:
            raise ValueError(f"the whole network is checked, which is not known to those of level {self.level}")
        return self._network.findings

    @cached_property
    def sites(self) -> Mapping[str, Site]:
        """By id; of two with one id the first."""
        return _by_id(self.plan.sites)

    @cached_property
    def ducts(self) -> Mapping[str, Duct]:
        """Alike."""
        return _by_id(self.plan.ducts)

    @cached_property
    def cables(self) -> Mapping[str, Cable]:
        """Alike."""
        return _by_id(self.plan.cables)

    @cached_property
    def owners(self) -> Mapping[str, str]:
        """Names of organisations by id."""
        return {o.id: o.name for o in self.plan.organisations}

    @cached_property
    def phases(self) -> Mapping[str, str]:
        """Names of phases by id."""
        return {p.id: p.name for p in self.plan.phases}

    @cached_property
    def cables_at(self) -> Mapping[str, Sequence[Cable]]:
        """Cables that end at each site."""
        return _grouped((end, c) for c in self.plan.cables for end in dict.fromkeys((c.start, c.end)))

    @cached_property
    def ducts_at(self) -> Mapping[str, Sequence[Duct]]:
        """Ducts that end at each site."""
        return _grouped((end, d) for d in self.plan.ducts for end in dict.fromkeys((d.start, d.end)))

    @cached_property
    def cables_in(self) -> Mapping[str, Sequence[Cable]]:
        """Cables that lie in each duct."""
        return _grouped((duct, c) for c in self.plan.cables for duct in dict.fromkeys(c.ducts))

    @cached_property
    def metres(self) -> tuple[Mapping[str, float], Mapping[str, float]]:
        """Lengths of ducts and of cables by id, m; those that nobody knows are left out."""
        ducts, cables = list(self.ducts.values()), list(self.cables.values())
        long = duct_metres(ducts)
        sheaths = cable_metres(cables, {d.id: i for i, d in enumerate(ducts)}, long)
        pairs = (zip(self.ducts, long.tolist(), strict=True), zip(self.cables, sheaths.tolist(), strict=True))
        own, theirs = ({key: m for key, m in those if isfinite(m)} for those in pairs)
        return own, theirs

    @cached_property
    def veiled(self) -> frozenset[str]:
        """Cables of which those of this level may not know the whole way: that is not to be told as what nobody knows."""
        return veiled(self._network.plan, self.plan)

    @cached_property
    def capacity(self) -> Capacity:
        """Strands by use, and how full ducts are."""
        return capacity(self.plan)

    def said_of(self, cable: Cable, numbers: range) -> Mapping[int, Strands]:
        """What is said of a cable's strands of these numbers; of what is said twice, what leaves less, as `capacity` counts."""
        said = sorted(self.strands_of.get(cable.id, ()), key=lambda s: WORST_FIRST.index(s.use), reverse=True)
        return {n: s for s in said for n in range(max(s.first, numbers.start), min(s.last, numbers.stop - 1) + 1)}

    @cached_property
    def strands_of(self) -> Mapping[str, Sequence[Strands]]:
        """What is said of each cable's strands."""
        return _grouped((s.cable, s) for s in self.plan.strands)

    @cached_property
    def splices_of(self) -> Mapping[str, Sequence[Splice]]:
        """Splices that each cable takes part in."""
        return _grouped((cable, s) for s in self.plan.splices for cable in dict.fromkeys((s.one.cable, s.other.cable)))

    @cached_property
    def ports_of(self) -> Mapping[str, Sequence[Port]]:
        """Ports behind which strands of each cable end."""
        return _grouped((p.behind.cable, p) for p in self.plan.ports if p.behind)

    @cached_property
    def splitters_of(self) -> Mapping[str, Sequence[Splitter]]:
        """Splitters that strands of each cable lead to."""
        ends = ((s, (s.input, *s.outputs)) for s in self.plan.splitters)
        return _grouped((cable, s) for s, those in ends for cable in dict.fromkeys(e.cable for e in those if e))

    @cached_property
    def works(self) -> Sequence[Works]:
        """All works, in order of time."""
        return sorted(self.plan.works, key=lambda w: (w.first, w.last, w.id))

    def works_between(self, first: date, last: date) -> Sequence[Works]:
        """Works that have a day in this span, both ends included; in order of time."""
        begins, ends = self._days_of_works
        there = (begins <= last.toordinal()) & (ends >= first.toordinal())
        return list(compress(self.works, there.tolist()))

    @cached_property
    def works_at(self) -> Mapping[str, Sequence[Works]]:
        """Works that touch each site, in order of time."""
        return _grouped((site, w) for w in self.works for site in dict.fromkeys(w.sites))

    @cached_property
    def works_in(self) -> Mapping[str, Sequence[Works]]:
        """Works that touch each duct, alike."""
        return _grouped((duct, w) for w in self.works for duct in dict.fromkeys(w.ducts))

    def listed(self, sort: str, said: str = "") -> Sequence[Thing]:
        """Sites, ducts or cables by name; only those of which name or id has what is said, whatever its accents and capitals."""
        found = self._in_order[sort]
        if not said:
            return [thing for _, thing in found]
        wanted = plain(said)
        return [thing for text, thing in found if wanted in text]

    def called(self, site: str) -> str:
        """A site's name, or its id where it has none or isn't for whoever asks."""
        return name(self.sites[site]) if site in self.sites else site

    def owner(self, thing: Thing) -> str:
        """The name of who owns a thing; empty where that isn't said."""
        return self.owners.get(thing.owner, thing.owner)

    @cached_property
    def _days_of_works(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """First and last days, from the year 1 on."""
        days = [(w.first.toordinal(), w.last.toordinal()) for w in self.works]
        begins, ends = np.array(days, np.int64).reshape(-1, 2).T
        return begins, ends

    @cached_property
    def _in_order(self) -> Mapping[str, Sequence[tuple[str, Thing]]]:
        every: dict[str, Sequence[Thing]] = {"site": self.plan.sites, "duct": self.plan.ducts, "cable": self.plan.cables}
        return {sort: sorted(((plain(f"{t.name}\n{t.id}"), t) for t in those), key=lambda one: one[0]) for sort, those in every.items()}


_known: dict[tuple[str, Disclosure], Known] = {}
_one_at_a_time = Lock()


def known(city: str, level: Disclosure) -> Known | None:
    """The newest network, as those of a level may know it; None where there is none. One question, where it is still the same."""
    network = reads.network(city)
    if network is None:
        return None
    with _one_at_a_time:
        found = _known.get((city, level))
        if found is None or found.digest != network.digest:
            found = _known[city, level] = Known(network, level)
        return found


def name(thing: Thing) -> str:
    """What a thing is called: its name, or its id where it has none."""
    return thing.name or thing.id


def plain(text: str) -> str:
    """A text as it is searched: without accents, in small letters."""
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in split if not unicodedata.combining(c))


def _by_id(those: Iterable[T]) -> Mapping[str, T]:
    found: dict[str, T] = {}
    for thing in those:
        found.setdefault(thing.id, thing)
    return found


def _grouped(pairs: Iterable[tuple[K, V]]) -> Mapping[K, Sequence[V]]:
    found: defaultdict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return dict(found)
