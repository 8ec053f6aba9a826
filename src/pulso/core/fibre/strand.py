"""Which strand is it? Colours by their number, what light loses on the way, and where a strand leads."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from pulso.core.fibre.network import Floats, Groups, Ints, grouped, numbers
from pulso.core.fibre.ways import known

COLOURS = ("blue", "orange", "green", "brown", "slate", "white", "red", "black", "yellow", "violet", "rose", "aqua")
NONE = -1


class Colour(NamedTuple):
    """Colour of a tube or fibre: one of twelve, and how many stripes. Stripes are black, on black they are yellow."""

    name: str
    stripes: int


class Position(NamedTuple):
    """A strand's place in its cable, counted from 1."""

    tube: int
    tube_colour: Colour
    fibre: int  # in its tube
    fibre_colour: Colour


class Losses(NamedTuple):
    """What light loses, in dB: a km of fibre, a splice, a connector pair."""

    km: float
    splice: float
    connector: float


class Joint(IntEnum):
    """How two ends of strands are joined."""

    SPLICE = 0
    PORT = 1  # a patch port: a connector pair if both sides are taken


_SPLICE, _PORT = int(Joint.SPLICE), int(Joint.PORT)  # asked of each strand of a way: an Enum's member takes longer to find


class Why(IntEnum):
    """Why a trace ends there."""

    PORT = 0  # a port with nothing on its other side: an end as it should be
    DANGLING = 1  # an end that is neither spliced nor in a port
    LOOP = 2  # the strand was passed before
    LEG = 3  # a splitter's unused side: an input or output to which no strand goes
    SPLIT = 4  # upstream only: a splitter's outputs lie there, and light from each comes together in its input


class Plant(NamedTuple):
    """Strands and what joins them, checked. Strand s has ends 2s and 2s + 1."""

    km: Floats  # (S,)
    joint: Ints  # (2S,) the joint that each end is in; -1 if none
    ends: Ints  # (J, 2) ends of each joint; -1 for a free side
    kind: Ints  # (J,) `Joint`
    splitter: Ints  # (2S,) the splitter that each end is in; -1 if none
    inputs: Ints  # (K,) end at each splitter's input; -1 if none
    outputs: Groups  # of each splitter: ends at its outputs
    loss: Floats  # (K,) of each splitter from input to output, dB


class Trace(NamedTuple):
    """A strand followed from one end: H strands in the order in which they were met, a splitter's branches one after the other."""

    strand: Ints  # (H,)
    entered: Ints  # (H,) the end by which each was entered
    before: Ints  # (H,) row that led there; -1 for the first
    km: Floats  # (H,) from the start to the far end of each
    splices: Ints  # (H,) passed from the start to there
    connectors: Ints  # (H,)
    split: Floats  # (H,) dB lost in splitters to there
    stop: Ints  # (B,) rows at whose far end a branch ends
    why: Ints  # (B,) `Why`

    def loss(self, losses: Losses) -> Floats:
        """(H,) What light has lost at the far end of each strand, dB."""
        return np.asarray(self.km * losses.km + self.splices * losses.splice + self.connectors * losses.connector + self.split)


class Behind(NamedTuple):
    """How light came to a strand: B strands, the one that was asked about first, the farthest one last."""

    entered: Ints  # (B,) the end by which each was entered
    splitters: int  # passed on the way, from an output to the input
    why: Why  # why nothing is known to lie farther upstream
    ring: Ints  # ends by which the strands of a ring were entered, if the way upstream runs into one


def position(strand: int, tubes: int, fibres: int) -> Position:
    """
    Find a strand in a cable of tubes by its number.

    Parameters
    ----------
    strand
        Counted from 1 through all tubes.
    tubes, fibres
        How many tubes, and fibres in each.

    Returns
    -------
    Position

    Raises
    ------
    ValueError
        If the cable has no such strand.

    Notes
    -----
    Colours: TIA-598-C. The twelve repeat with one stripe more each time.
    """
    if tubes < 1 or fibres < 1 or not 1 <= strand <= tubes * fibres:
        raise ValueError(f"a cable of {tubes} × {fibres} has strands 1 to {max(tubes, 0) * max(fibres, 0)}; got {strand}")
    tube, fibre = divmod(strand - 1, fibres)
    return Position(tube + 1, colour(tube + 1), fibre + 1, colour(fibre + 1))


def colour(number: int) -> Colour:
    """Colour of the tube or fibre of that number, counted from 1 (TIA-598-C)."""
    if number < 1:
        raise ValueError(f"tubes and fibres are counted from 1; got {number}")
    stripes, place = divmod(number - 1, len(COLOURS))
    return Colour(COLOURS[place], stripes)


def loss(km: float, splices: int, connectors: int, losses: Losses, *, splitters: ArrayLike = ()) -> float:
    """
    Add up what light loses on a way, in dB.

    Parameters
    ----------
    km, splices, connectors
        Length of the fibre, and how many of each are passed.
    losses
        Of one of each.
    splitters : (K,)
        dB of each splitter passed.

    Raises
    ------
    ValueError
        If anything is unknown or negative.
    """
    parts = known([km, splices, connectors, *losses], 6, "part", "amount")
    through = np.asarray(splitters, dtype=np.float64)
    return float(parts[:3] @ parts[3:] + known(through, through.size, "splitter", "loss").sum())


def margin(lost: ArrayLike, *, sent: float, needed: float, reserve: float = 0.0) -> Floats:
    """What is left of the budget, dB: power sent less what the receiver needs (both dBm), less loss and reserve; NaN where unknown."""
    return np.asarray(sent - needed - reserve - np.asarray(lost, dtype=np.float64))


def plant(
    km: ArrayLike,
    joints: ArrayLike = (),
    kinds: ArrayLike = (),
    *,
    inputs: ArrayLike = (),
    outputs: ArrayLike = (),
    losses: ArrayLike = (),
) -> Plant:
    """
    Check strands and what joins them, once, before any is traced.

    Parameters
    ----------
    km : (S,)
        Length of each strand; patch cords are strands too.
    joints : (J, 2)
        Ends that each splice or port joins; -1 for a port's free side.
    kinds : (J,)
        `Joint` of each.
    inputs : (K,)
        End at the input of each splitter, -1 if none is there.
    outputs : (L, 2)
        Splitter and end, a row for each output that is used. A splitter's ends are spliced to it: that splice is in its loss.
    losses : (K,)
        dB from input to output of each splitter.

    Returns
    -------
    Plant

    Raises
    ------
    ValueError
        If shapes differ, a number names nothing, an end is in two places, a splice has a free side, or a length or loss is unknown.
    """
    length = known(km, np.size(km), "strand", "length")
    ends, kind = np.asarray(joints, dtype=np.int64).reshape(-1, 2), np.asarray(kinds, dtype=np.int64)
    first, legs = np.asarray(inputs, dtype=np.int64), np.asarray(outputs, dtype=np.int64).reshape(-1, 2)
    if kind.shape != (len(ends),) or not np.isin(kind, list(Joint)).all():
        raise ValueError(f"a joint is a splice (0) or a port (1), one kind each; got {kind.shape} for {len(ends)}")
    free = np.flatnonzero((kind == Joint.SPLICE) & (ends == NONE).any(axis=1))
    if free.size:
        raise ValueError(f"splice {free[0]} has a free side")
    through = known(losses, first.size, "splitter", "loss")
    numbers(legs[:, 0], first.size, "splitter")
    used = np.r_[ends.ravel(), first, legs[:, 1]]
    used = numbers(used[used != NONE], 2 * length.size, "strand end")
    twice = np.flatnonzero(np.bincount(used, minlength=1) > 1)
    if twice.size:
        raise ValueError(f"end {twice[0] % 2} of strand {twice[0] // 2} is joined twice")
    joint, splitter = np.full(2 * length.size + 1, NONE), np.full(2 * length.size + 1, NONE)
    joint[ends] = np.arange(len(ends))[:, None]  # the free sides fall on the last place, which is cut off
    splitter[first] = np.arange(first.size)
    splitter[legs[:, 1]] = legs[:, 0]
    return Plant(length, joint[:-1], ends, kind, splitter[:-1], first, grouped(legs[:, 0], legs[:, 1], first.size), through)


def trace(of: Plant, end: int) -> Trace:
    """
    Follow light that enters a strand by one end, through splices, ports and splitters, to every place where it stops.

    Parameters
    ----------
    of
        The plant.
    end
        Where it enters: 2s or 2s + 1 of strand s. A port there counts as a connector: what feeds it is plugged in.

    Returns
    -------
    Trace
        Through a splitter's input it goes on to all outputs, through an output to the input alone. A port where it stops counts as a
        connector as well.

    Raises
    ------
    ValueError
        If there is no such end.
    """
    begun = int(numbers(end, 2 * of.km.size, "strand end")[0])
    rows: list[tuple[int, int, float, int, int, float]] = []
    stops: list[tuple[int, Why]] = []
    todo = [(begun, NONE, 0, int(_in_port(of, begun)), 0.0)]
    seen: set[int] = set()
    while todo:
        entered, before, splices, connectors, split = todo.pop()
        if entered // 2 in seen:
            stops.append((before, Why.LOOP))
            continue
        seen.add(entered // 2)
        km = float(of.km[entered // 2]) + (rows[before][2] if rows else 0.0)
        row, far = len(rows), entered ^ 1
        joint, splitter = int(of.joint[far]), int(of.splitter[far])
        plugged = connectors + _in_port(of, far)
        rows.append((entered, before, km, splices, plugged, split))
        if splitter >= 0:
            onward = _beyond(of, splitter, far)
            todo += [(leg, row, splices, plugged, split + float(of.loss[splitter])) for leg in reversed(onward)]
            stops += [] if onward else [(row, Why.LEG)]
        elif joint < 0:
            stops.append((row, Why.DANGLING))
        else:
            other = int(of.ends[joint, 0]) + int(of.ends[joint, 1]) - far
            if other == NONE:
                stops.append((row, Why.PORT))
            else:
                todo.append((other, row, splices + int(of.kind[joint] == _SPLICE), plugged, split))
    return _told(rows, stops)


def behind(of: Plant, end: int) -> Behind:
    """
    Go upstream from a strand that light enters by one end, as far as it can have come one way only.

    Parameters
    ----------
    of
        The plant.
    end
        Where light enters: 2s or 2s + 1 of strand s.

    Returns
    -------
    Behind
        Upstream of a splitter's output is its input. Upstream of a splitter's input are all its outputs: there it ends.

    Raises
    ------
    ValueError
        If there is no such end.
    """
    here = int(numbers(end, 2 * of.km.size, "strand end")[0])
    way, seen, splitters = [here], {here: 0}, 0
    while True:
        joint, splitter = int(of.joint[here]), int(of.splitter[here])
        other = int(of.ends[joint, 0]) + int(of.ends[joint, 1]) - here if joint >= 0 else NONE
        if splitter >= 0:
            other = int(of.inputs[splitter])
            if other in (here, NONE):
                why = Why.LEG if other == NONE else Why.SPLIT
                break
            splitters += 1
        elif other == NONE:
            why = Why.DANGLING if joint < 0 else Why.PORT
            break
        here = other ^ 1
        if here in seen:
            return Behind(np.array(way), splitters, Why.LOOP, np.array(way[seen[here] :]))
        seen[here] = len(way)
        way.append(here)
    return Behind(np.array(way), splitters, why, np.zeros(0, np.int64))


def _in_port(of: Plant, end: int) -> bool:
    joint = of.joint[end]
    return bool(joint >= 0 and of.kind[joint] == _PORT)


def _beyond(of: Plant, splitter: int, end: int) -> list[int]:
    """Ends that light goes on to from this end of a splitter."""
    if of.inputs[splitter] == end:
        return [int(leg) for leg in of.outputs.of(splitter)]
    return [int(of.inputs[splitter])] if of.inputs[splitter] != NONE else []


def _told(rows: list[tuple[int, int, float, int, int, float]], stops: list[tuple[int, Why]]) -> Trace:
    entered, before, km, splices, connectors, split = (np.array(part) for part in zip(*rows, strict=True))
    stop = np.array(stops, np.int64).reshape(-1, 2)
    return Trace(entered // 2, entered, before, km, splices, connectors, split, stop[:, 0], stop[:, 1])
