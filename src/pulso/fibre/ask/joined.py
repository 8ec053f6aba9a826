"""The strands of a plan that something joins, as the plant that light is followed through."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pulso.core.fibre.network import Bools, Ints, spread
from pulso.core.fibre.strand import Joint, Plant, plant
from pulso.fibre.ask.claims import Claims, Socket, socket
from pulso.fibre.ask.numbered import NONE, Things
from pulso.fibre.capacity import WORST_FIRST
from pulso.fibre.shapes import Use


class Joined(NamedTuple):
    """
    A plant whose rows are known.

    First stand the strands that something joins, by their keys; a strand that nothing joins has no row. Then the second halves of
    those that light can't pass: it enters them by either end, and gets no further. Then the patch cords.
    """

    plant: Plant
    claims: Claims
    key: Ints  # (K,) keys of the strands, ascending
    halved: Ints  # (H,) rows of those that light can't pass
    joint: Ints  # port of each joint; -1 for splices


def join(things: Things, claims: Claims, *, whole: bool = False) -> Joined:
    """
    Make the plant.

    Parameters
    ----------
    things
        The plan, with all its cables: those that aren't in use are joined as well.
    claims
        What joins its strands.
    whole
        As recorded: light passes strands that are broken, and cables that aren't in use. Else it gets no further than into them.

    Returns
    -------
    Joined
        Lengths that are unknown are 0 in it, and those of strands that light can't pass are there: who follows light must look.
    """
    port = np.r_[claims.behind, NONE]
    ends = np.concatenate([claims.spliced.ravel(), claims.behind, claims.inputs, claims.legs[:, 1]])
    key = np.unique(ends[ends != NONE] // 2)
    halved = np.zeros(0, np.int64) if whole else np.flatnonzero(dark_strands(things, claims.start, key))
    front = np.full(len(claims.ports) + 1, NONE)
    front[claims.cords.ravel()] = 2 * (key.size + halved.size) + np.arange(claims.cords.size)
    there = np.flatnonzero((port != NONE) | (front != NONE))
    rows = [_rows(side, key, halved) for side in (claims.spliced, port[there], claims.inputs, claims.legs[:, 1])]
    km = np.nan_to_num(things.metres[cable_of(claims, key)] / 1000, nan=0.0)
    made = plant(
        np.r_[km, np.zeros(halved.size + len(claims.cords))],
        np.concatenate([rows[0], np.column_stack([rows[1], front[there]])]),
        np.repeat([int(Joint.SPLICE), int(Joint.PORT)], [len(rows[0]), there.size]),
        inputs=rows[2],
        outputs=np.column_stack([claims.legs[:, 0], rows[3]]),
        losses=[splitter.loss for splitter in claims.splitters],
    )
    return Joined(made, claims, key, halved, np.r_[np.full(len(rows[0]), NONE), there])


def cable_of(claims: Claims, key: Ints) -> Ints:
    """Number of the cable that each strand is of, by its key."""
    return np.asarray(np.searchsorted(claims.start, key, side="right") - 1)


def end_of(joined: Joined, end: int) -> int | None:
    """The plant's end of an end's key; None if nothing joins that strand."""
    row = int(np.searchsorted(joined.key, end // 2))
    if row == joined.key.size or joined.key[row] != end // 2:
        return None
    return int(_rows(np.array([end]), joined.key, joined.halved)[0])


def ends_of(joined: Joined, keys: Ints) -> Ints:
    """The plant's ends of ends' keys, of strands that something joins."""
    return _rows(keys, joined.key, joined.halved)


def keys_of(joined: Joined, ends: Ints) -> Ints:
    """Keys of ends of the plant; -1 - 2c and -2 - 2c for the two ends of the c-th patch cord."""
    row, side = ends // 2, ends % 2
    cord = row - joined.key.size - joined.halved.size
    second = (row >= joined.key.size) & (cord < 0)
    row[second] = joined.halved[row[second] - joined.key.size]
    row[cord >= 0] = 0
    strand = joined.key[row] if joined.key.size else row
    return np.where(cord >= 0, -1 - 2 * cord - side, 2 * strand + side)


def socket_of(joined: Joined, end: int) -> Socket | None:
    """The port that an end of the plant is in, on either side."""
    joint = int(joined.plant.joint[end])
    return None if joint == NONE or joined.joint[joint] == NONE else socket(joined.claims.ports[joined.joint[joint]])


def dark_strands(things: Things, start: Ints, key: Ints) -> Bools:
    """Which of these strands light can't pass: broken, or in a cable that isn't in use."""
    cable = np.searchsorted(start, key, side="right") - 1
    dark = ~things.in_use[cable]
    ranges = [
        (int(start[number]) + row.first - 1, int(start[number]) + min(row.last, int(things.strands[number])))
        for row in things.plan.strands
        if row.use is Use.BROKEN and (number := things.cables.number.get(row.cable)) is not None
    ]
    first, stop = (np.searchsorted(key, side) for side in np.array(ranges, np.int64).reshape(-1, 2).T)
    dark[spread(first, np.maximum(first, stop))] = True
    return np.asarray(dark)


def use_of(things: Things, cable: str, strand: int) -> Use:
    """What a strand is used for; spare if nothing is said of it, and of several uses the one that leaves less."""
    said = (row.use for row in things.uses.get(cable, ()) if row.first <= strand <= row.last)
    return min(said, key=WORST_FIRST.index, default=Use.SPARE)


def _rows(ends: Ints, key: Ints, halved: Ints) -> Ints:
    """The plant's ends of ends' keys, of the same shape; -1 stays."""
    row, side = np.searchsorted(key, ends // 2), ends % 2
    half = np.full(key.size + 1, NONE)
    half[halved] = key.size + np.arange(halved.size)
    second = (side == 1) & (half[row] != NONE)
    return np.where(ends == NONE, NONE, 2 * np.where(second, half[row], row) + side)
