"""Which strand goes where in the synthetic network: splices, ports, splitters, and what strands are used for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from pulso.fibre.shapes import End, Port, Splice, Splitter, Strands, Use
from pulso.simulate.chance import stream
from pulso.simulate.fibre_cables import Draft, Feed, Ring, Run
from pulso.simulate.fibre_sites import CITY, OPERATOR, Foot

TUBE = 12
WAYS, LOSS = 8, 10.5
"""Of a splitter: outputs, and dB from input to any of them."""
LEASED = ("A02", "A07", "A11", "A18")
"""Rings of which the operator leases the last tube."""


@dataclass
class Joined:
    """What joins strands, as it grows."""

    splices: list[Splice] = field(default_factory=list)
    ports: list[Port] = field(default_factory=list)
    splitters: list[Splitter] = field(default_factory=list)
    strands: list[Strands] = field(default_factory=list)
    next: dict[str, int] = field(default_factory=dict)  # first strand of each spur that nobody has yet

    def splice(self, site: str, one: str, first: int, other: str, second: int, count: int) -> None:
        """Note a splice of `count` strands; of none, nothing."""
        if count > 0:
            self.splices.append(Splice(site=site, one=End(cable=one, first=first), other=End(cable=other, first=second), count=count))

    def port(self, site: str, panel: str, number: int, cable: str, strand: int, patched: tuple[str, int] | None = None) -> None:
        """Note a port with a strand behind it."""
        self.ports.append(Port(site=site, panel=panel, number=number, behind=End(cable=cable, first=strand), patched=patched))

    def use(self, cable: str, first: int, last: int, use: Use, whom: str = "", what: str = "") -> None:
        """Note what strands are used for; of none, nothing."""
        if last >= first:
            self.strands.append(Strands(cable=cable, first=first, last=last, use=use, whom=whom, what=what))


class Need(NamedTuple):
    """What one stop of a ring takes from it, in either direction."""

    feeds: tuple[Feed, ...]  # with two strands of their own: one from each side
    over_splitters: tuple[Feed, ...]

    @property
    def splitters(self) -> int:
        """How many splitters that needs."""
        return -(-len(self.over_splitters) // WAYS)


def join(draft: Draft, served: Iterable[Foot], seed: int) -> Joined:
    """Splice every ring, spur and drop through, put the strands that end into ports, and say what each is used for."""
    foot = {f.id: f for f in served}
    done = Joined()
    for ring in draft.rings:
        if ring.id.startswith("T"):
            _trunk(done, ring)
            continue
        needs = []
        for stop in ring.stops:
            here = [f for f in draft.feeds if f.stop == stop]
            own, shared = ([f for f in here if foot[f.customer].shared is wanted] for wanted in (False, True))
            needs.append(Need(tuple(own), tuple(shared)))
        _ring(done, ring, needs, foot)
    _express(done, draft.rings)
    _broken(done, draft.runs, seed)
    return done


def _trunk(done: Joined, ring: Ring) -> None:
    """The backbone: tube by tube through every closure; half of it ends in ports."""
    for site, one, other in zip(ring.stops, ring.cables, ring.cables[1:], strict=False):
        for tube in range(ring.tubes):
            done.splice(site, one, tube * TUBE + 1, other, tube * TUBE + 1, TUBE)
    for cable in ring.cables:
        done.use(cable, 1, 24, Use.USED, CITY, f"rede de transporte {ring.id}")
        done.use(cable, 25, 36, Use.USED, CITY, "expresso entre centrais")
        done.use(cable, 97, 120, Use.LEASED, OPERATOR, f"contrato {ring.id} (inventado)")
        done.use(cable, 121, 132, Use.RESERVED, CITY, "expansão")
    for site, cable in ((ring.hubs[0], ring.cables[0]), (ring.hubs[1], ring.cables[-1])):
        for strand in (*range(1, 25), *range(37, 49), *range(97, 121)):
            done.port(site, f"ODF {ring.id}", strand, cable, strand)


def _express(done: Joined, rings: list[Ring]) -> None:
    """Strands 25 to 36 of the backbone end in ports too; in points of presence they are patched through to the next trunk."""
    trunks = [r for r in rings if r.id.startswith("T")]
    for ring, onward in zip(trunks, (*trunks[1:], trunks[0]), strict=True):
        hub = ring.hubs[1]
        for strand in range(25, 37):
            patched = (f"ODF {onward.id}", strand) if hub.startswith("pop") else None
            done.port(hub, f"ODF {ring.id}", strand, ring.cables[-1], strand, patched)
            done.port(hub, f"ODF {onward.id}", strand, onward.cables[0], strand)


def _ring(done: Joined, ring: Ring, needs: list[Need], foot: dict[str, Foot]) -> None:
    """One half of the strands is fed from the one end, as many from the other; the last tube goes straight through where it is leased."""
    half = (ring.tubes - 1) * TUBE // 2
    forth = _side(done, ring, needs, half, 0, forward=True)
    home = _side(done, ring, needs, half, half, forward=False)
    whole = ring.id in LEASED
    for i, (stop, need) in enumerate(zip(ring.stops, needs, strict=True)):
        _serve(done, ring, i, need, forth[i], home[i], foot)
        if whole:
            done.splice(stop, ring.cables[i], 2 * half + 1, ring.cables[i + 1], 2 * half + 1, TUBE)
    for cable in ring.cables if whole else ():
        done.use(cable, 2 * half + 1, 2 * half + TUBE, Use.LEASED, OPERATOR, f"contrato {ring.id} (inventado)")
    for site, cable in ((ring.hubs[0], ring.cables[0]), (ring.hubs[1], ring.cables[-1])) if whole else ():
        side = "a" if cable == ring.cables[0] else "b"
        for strand in range(2 * half + 1, 2 * half + TUBE + 1):
            done.port(site, f"ODF {ring.id}{side} operadora", strand, cable, strand)


def _taken(need: Need, *, near: bool) -> int:
    """Strands that a stop takes from one side: one for each customer, and, from the nearer side, one for each splitter."""
    return len(need.feeds) + (need.splitters if near else 0)


def _side(done: Joined, ring: Ring, needs: list[Need], half: int, shift: int, *, forward: bool) -> list[int]:
    """Give the stops their strands from one end of a ring, splice the others through, and say the first strand of each stop.

    ValueError if the ring's cable is too small.
    """
    n = len(needs)
    order = range(n) if forward else range(n - 1, -1, -1)
    near = [(i < (n + 1) // 2) is forward for i in range(n)]
    first, at = [0] * n, shift + 1
    for i in order:
        first[i] = at
        at += _taken(needs[i], near=near[i])
    if at > shift + half + 1:
        raise ValueError(f"ring {ring.id} has {half} strands from each side, and {at - shift - 1} are needed")
    whom, what = (ring.owner, f"anel {ring.id}, {'ida' if forward else 'volta'}")
    for i in order:
        onward = first[i] + _taken(needs[i], near=near[i])
        done.splice(ring.stops[i], ring.cables[i], onward, ring.cables[i + 1], onward, shift + half + 1 - onward)
        done.use(ring.cables[i if forward else i + 1], first[i], at - 1, Use.USED, whom, what)
    end, cable, panel = (ring.hubs[0], ring.cables[0], "a") if forward else (ring.hubs[1], ring.cables[-1], "b")
    for strand in range(shift + 1, shift + half + 1):
        done.port(end, f"ODF {ring.id}{panel}", strand, cable, strand)
    return first


def _serve(done: Joined, ring: Ring, i: int, need: Need, forth: int, home: int, foot: dict[str, Foot]) -> None:
    """Splice what one stop takes to its spurs and drops."""
    site, before, after = ring.stops[i], ring.cables[i], ring.cables[i + 1]
    for k, feed in enumerate(need.feeds):
        head, strand = _head(done, feed, 2)
        done.splice(site, before, forth + k, head, strand, 1)
        done.splice(site, after, home + k, head, strand + 1, 1)
        _end(done, feed, 2, foot[feed.customer])
    near = i < (len(ring.stops) + 1) // 2
    cable, strand = (before, forth) if near else (after, home)
    for k in range(need.splitters):
        group = need.over_splitters[k * WAYS : (k + 1) * WAYS]
        legs = []
        for feed in group:
            head, leg = _head(done, feed, 1)
            legs.append(End(cable=head, first=leg))
            _end(done, feed, 1, foot[feed.customer])
        source = End(cable=cable, first=strand + len(need.feeds) + k)
        done.splitters.append(Splitter(id=f"div-{site}-{k + 1}", site=site, input=source, outputs=tuple(legs), ways=WAYS, loss=LOSS))


def _head(done: Joined, feed: Feed, count: int) -> tuple[str, int]:
    """The strand at the stop that leads to a customer: of the spur, which is spliced on to the drop, or of the drop itself."""
    if not feed.spur:
        return feed.drop, 1
    first = done.next.get(feed.spur, 1)
    done.next[feed.spur] = first + count
    done.splice(feed.closure, feed.spur, first, feed.drop, 1, count)
    done.use(feed.spur, first, first + count - 1, Use.USED, CITY, f"ligação {feed.customer}")
    return feed.spur, first


def _end(done: Joined, feed: Feed, count: int, foot: Foot) -> None:
    """At the customer: strands in ports."""
    second = feed.drop.endswith("-2")
    for strand in range(1, count + 1):
        done.port(feed.customer, "Painel B" if second else "Painel A", strand, feed.drop, strand)
    leased = foot.owner == OPERATOR
    done.use(feed.drop, 1, count, Use.LEASED if leased else Use.USED, OPERATOR if leased else CITY, foot.service)


def _broken(done: Joined, runs: list[Run], seed: int) -> None:
    """In some cables a strand or three among the spare ones is broken."""
    used: dict[str, set[int]] = {}
    for row in done.strands:
        used.setdefault(row.cable, set()).update(range(row.first, row.last + 1))
    rng = stream(seed, "fibre", "broken")
    large = [run for run in runs if run.tubes > 1]
    for n in rng.choice(len(large), size=len(large) // 12, replace=False):
        run, many = large[n], int(rng.integers(1, 4))
        spare = [s for s in range(1, run.tubes * run.fibres + 1 - many) if not used.get(run.id, set()) & set(range(s, s + many))]
        if spare:
            first = int(rng.choice(spare))
            done.use(run.id, first, first + many - 1, Use.BROKEN, "", "medida em 2025 (inventada)")
