"""Where a strand leads, hop by hop, and what light loses on the way."""

from __future__ import annotations

from enum import StrEnum
from math import isnan
from typing import Literal, NamedTuple

import numpy as np

from pulso.core.fibre import strand as core
from pulso.core.fibre.strand import Joint, Losses, Position, Why
from pulso.errors import NothingKnown
from pulso.fibre.ask.claims import Socket
from pulso.fibre.ask.drawn import Drawn
from pulso.fibre.ask.joined import Joined, cable_of, end_of, keys_of, socket_of, use_of
from pulso.fibre.ask.numbered import NONE, only
from pulso.fibre.shapes import Use

USUAL = Losses(km=0.25, splice=0.10, connector=0.50)
"""dB a km of single-mode fibre at 1550 nm, a fusion splice, a connector pair: about what such parts have when they are new (the Fiber
Optic Association's loss budget calculator has .2, .15 and .5, and .4 a km at 1310 nm). What was measured is better."""


class Budget(NamedTuple):
    """What a link has to spend."""

    sent: float  # dBm that the transmitter sends
    needed: float  # dBm that the receiver needs
    reserve: float = 3.0  # dB kept for repairs and ageing


class Joining(StrEnum):
    """How light came into a strand."""

    START = "start"  # here the trace begins
    SPLICE = "splice"
    PATCH = "patch"  # through a port, into a patch cord or out of it
    SPLITTER = "splitter"


class Stop(StrEnum):
    """Why light goes no further."""

    PORT = "port"  # a port with nothing in front: an end as it should be
    DANGLING = "dangling"  # neither spliced nor in a port
    LOOP = "loop"  # it would come into a strand that it passed before
    LEG = "leg"  # the splitter has nothing on its other side
    BROKEN = "broken"  # the strand is broken, nobody says where
    NOT_IN_USE = "notInUse"  # the cable isn't operational
    UNCLEAR = "unclear"  # records speak of this end that can't be used (`claims.left_out`)


_BY = {int(Joint.SPLICE): (Joining.SPLICE, ""), int(Joint.PORT): (Joining.PATCH, "")}


class Hop(NamedTuple):
    """A strand that light passes, or a patch cord. Sums are from the start of the trace to this strand's far end."""

    before: int | None  # hop that led here; None for the first
    how: Joining
    splitter: str  # through which light came, if it came through one
    cable: str  # "" for a patch cord
    strand: int  # counted from 1; 0 for a patch cord
    place: Position | None  # tube and fibre with their colours (TIA-598-C); None for a patch cord
    use: Use | None  # None for a patch cord
    enters: str  # site where light comes in
    leaves: str  # site at the far end
    socket: Socket | None  # port that the far end is in
    km: float | None  # None if a length on the way is unknown, and for a strand that light can't pass
    unknown: int  # cables so far whose length nobody knows
    splices: int
    connectors: int
    split: float  # dB lost in splitters
    loss: float | None  # dB in all; None where km is
    why: Stop | None  # why light goes no further; of a splitter's branches, one at least
    asked: bool  # whether it is the strand that was asked about


class Traced(NamedTuple):
    """A strand followed from where light comes in to where it stops. A splitter's branches stand one after the other."""

    end: Literal["start", "end"]  # by which end of its cable light enters the strand that was asked about
    socket: Socket | None  # port that light comes in by
    since: Stop | None  # why nothing is known to lie before; a port there is an end as it should be; None: all of a splitter's branches
    hops: tuple[Hop, ...]
    losses: Losses  # that were reckoned with


def trace(
    drawn: Drawn, cable: str, strand: int, end: Literal["start", "end"] | None = None, *, losses: Losses = USUAL, whole: bool = False
) -> Traced:
    """
    Follow the light of a strand from where it comes in, be it cables away, to every place where it stops.

    Parameters
    ----------
    drawn
        The network.
    cable, strand
        Id of the cable, and number of the strand, counted from 1.
    end
        By which end of the cable light enters. Without, the way is told from the site that light comes from, if one of its ends is there:
        it is then the same from whichever of its strands one asks. A port where light comes in counts as a connector, and one where it
        stops as well.
    losses
        dB that a km, a splice and a connector pair cost.
    whole
        Follow what is recorded, through strands that are broken and cables that aren't in use. Else light stops in them: the hop is told,
        without a length, for nobody says where it is broken; and of what lies behind one the way begins after it.

    Returns
    -------
    Traced
        Upstream of a splitter's output is its input alone; upstream of its input, any of its outputs, so that the way begins there.

    Raises
    ------
    NothingKnown
        If there is no such cable or strand.
    """
    number = only(drawn.cables, cable, "cable", drawn.plan)
    if not 1 <= strand <= drawn.strands[number]:
        raise NothingKnown(f"The cable {cable!r} has strands 1 to {drawn.strands[number]}; there is no strand {strand}.")
    joined = drawn.recorded if whole else drawn.lit
    asked = 2 * (int(joined.claims.start[number]) + strand - 1)
    keys = [asked, asked + 1] if end is None else [asked + (end == "end")]
    if end_of(joined, asked) is None:  # nothing joins it: it is a plant of its own
        none, km = np.zeros(0, np.int64), np.nan_to_num(drawn.metres[number] / 1000, nan=0.0)
        joined = joined._replace(plant=core.plant([km]), key=np.array([asked // 2]), halved=none, joint=none)
    begun = min((_upstream(drawn, joined, key) for key in keys), key=lambda b: b.rank)
    told = _told(drawn, joined, core.trace(joined.plant, begun.end), losses, whole, asked // 2)
    entered = end_of(joined, begun.key)
    if entered is not None and not any(hop.asked for hop in told):  # in a tangle of splitters light may pass it the other way round first
        begun = begun._replace(end=entered, since=Stop.LOOP)
        told = _told(drawn, joined, core.trace(joined.plant, entered), losses, whole, asked // 2)
    return Traced("end" if begun.key % 2 else "start", socket_of(joined, begun.end), begun.since, told, losses)


class _Begun(NamedTuple):
    """Where a way begins."""

    end: int  # of the plant
    key: int  # of the asked strand's end that light then enters
    since: Stop | None
    rank: tuple[bool, int, bool, bool, bool, int]  # the least is where light comes from, of two


def _upstream(drawn: Drawn, joined: Joined, key: int) -> _Begun:
    """Where the light comes in that enters a strand by this end."""
    entered = end_of(joined, key)
    assert entered is not None  # noqa: S101  # who asks sees to that
    found = core.behind(joined.plant, entered)
    way = found.entered.tolist()
    end = int(found.ring.min()) if found.ring.size else way[-1]
    closed = len(way) > 1 and _closed(joined, end)  # no light comes out of it
    before, outer = keys_of(joined, np.array([end, way[-2] if closed else end])).tolist()
    since: Stop | None
    if closed:
        end = way[-2]
        since = Stop.BROKEN if drawn.in_use[cable_of(joined.claims, np.array([before // 2]))[0]] else Stop.NOT_IN_USE
    else:
        since = None if found.why is Why.SPLIT else _at(joined, end, before, found.why)
    site = drawn.sites.number.get(_site(drawn, joined, outer))
    dark = site is None or not drawn.net.source[site]
    above = found.splitters - (closed and joined.plant.splitter[end] != NONE)
    return _Begun(end, key, since, (found.why is Why.SPLIT, -above, closed, dark, since is not Stop.PORT, end))


def _closed(joined: Joined, end: int) -> bool:
    """Whether an end of the plant is of a strand that light can't pass, or of its second half."""
    row, strands = end // 2, joined.key.size
    return strands <= row < strands + joined.halved.size or bool(np.isin(row, joined.halved))


def _site(drawn: Drawn, joined: Joined, key: int) -> str:
    """The site of an end, by its key."""
    if key < 0:
        port = int(joined.claims.cords[(-1 - key) // 2, 0])
        return joined.claims.ports[port].site
    cable = drawn.cables.rows[int(cable_of(joined.claims, np.array([key // 2]))[0])]
    return cable.end if key % 2 else cable.start


def margin(hop: Hop, budget: Budget) -> float | None:
    """What is left of the budget at a hop's far end, dB; None where the loss is unknown."""
    return None if hop.loss is None else float(core.margin(hop.loss, sent=budget.sent, needed=budget.needed, reserve=budget.reserve))


class _Way(NamedTuple):
    """What is known of a trace before it is told: H hops."""

    entered: list[int]  # (H,) end of the plant
    key: list[int]  # (H,) the same by its key
    cable: list[int]  # (H,) number of the cable; of a patch cord, none that counts


def _told(drawn: Drawn, joined: Joined, found: core.Trace, losses: Losses, whole: bool, asked: int) -> tuple[Hop, ...]:
    keys = keys_of(joined, found.entered)
    way = _Way(found.entered.tolist(), keys.tolist(), cable_of(joined.claims, np.maximum(keys, 0) // 2).tolist())
    stops = dict(zip(found.stop.tolist(), found.why.tolist(), strict=True))
    sums = zip(found.before.tolist(), found.km.tolist(), *(part.tolist() for part in found[4:7]), found.loss(losses).tolist(), strict=True)
    hops: list[Hop] = []
    for row, (before, km, splices, connectors, split, lost) in enumerate(sums):
        led = None if before == NONE else hops[before]
        how, splitter = (Joining.START, "") if led is None else _joining(joined, way.entered[before] ^ 1)
        here, known, passes = _strand(drawn, joined, way, row, whole)
        unknown = (led.unknown if led else 0) + (not known)
        reckoned = passes and not unknown
        why = _stop(drawn, joined, way, row, Why(stops[row]), passes) if row in stops else None
        socket = socket_of(joined, way.entered[row] ^ 1)
        sum_km, loss = (km, lost) if reckoned else (None, None)
        from_ = None if led is None else before
        mine = way.key[row] // 2 == asked
        hops.append(Hop(from_, how, splitter, *here, socket, sum_km, unknown, splices, connectors, split, loss, why, mine))
    return tuple(hops)


def _joining(joined: Joined, left: int) -> tuple[Joining, str]:
    """How light got on from the plant's end that it left by, and through which splitter."""
    joint = int(joined.plant.joint[left])
    if joint != NONE:
        return _BY[int(joined.plant.kind[joint])]
    return Joining.SPLITTER, joined.claims.splitters[joined.plant.splitter[left]].id


def _strand(
    drawn: Drawn, joined: Joined, way: _Way, row: int, whole: bool
) -> tuple[tuple[str, int, Position | None, Use | None, str, str], bool, bool]:
    """Cable, strand, place, use, and sites at both ends; whether its length is known; and whether light passes it."""
    key, number = way.key[row], way.cable[row]
    if key < 0:
        site = joined.claims.ports[joined.claims.cords[(-1 - key) // 2, 0]].site
        return ("", 0, None, None, site, site), True, True
    cable = drawn.cables.rows[number]
    strand = key // 2 - int(joined.claims.start[number]) + 1
    use = use_of(drawn, cable.id, strand)
    sites = (cable.start, cable.end) if key % 2 == 0 else (cable.end, cable.start)
    passes = whole or (bool(drawn.in_use[number]) and use is not Use.BROKEN)
    place = core.position(strand, cable.tubes, cable.fibres)
    return (cable.id, strand, place, use, *sites), not isnan(drawn.metres[number]), passes


def _stop(drawn: Drawn, joined: Joined, way: _Way, row: int, why: Why, passes: bool) -> Stop:
    """Why light goes no further from the far end of a hop."""
    if not passes:
        return Stop.BROKEN if drawn.in_use[way.cable[row]] else Stop.NOT_IN_USE
    return _at(joined, way.entered[row] ^ 1, way.key[row] ^ 1, why)


def _at(joined: Joined, end: int, key: int, why: Why) -> Stop:
    """Why the records lead no further from an end of the plant, of this key."""
    claims = joined.claims
    if why == Why.PORT:
        return Stop.UNCLEAR if int(joined.joint[joined.plant.joint[end]]) in claims.unclear_ports else Stop.PORT
    if why == Why.DANGLING:
        place = int(np.searchsorted(claims.unclear, key))
        return Stop.UNCLEAR if place < claims.unclear.size and claims.unclear[place] == key else Stop.DANGLING
    if why == Why.LEG:
        splitter = int(joined.plant.splitter[end])
        said = claims.splitters[splitter]
        missing = said.outputs if joined.plant.inputs[splitter] == end else said.input
        return Stop.UNCLEAR if missing else Stop.LEG
    return Stop.LOOP
