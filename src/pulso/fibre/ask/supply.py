"""By which recorded strands light comes to each customer: what loses them all is dark until somebody switches it over."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pulso.core.fibre import strand as core
from pulso.core.fibre.network import Bools, Groups, Ints, grouped
from pulso.core.fibre.strand import Joint, Why
from pulso.fibre.ask.joined import cable_of, ends_of, keys_of
from pulso.fibre.ask.numbered import NONE
from pulso.fibre.shapes import Kind, Status

if TYPE_CHECKING:
    from pulso.fibre.ask.drawn import Drawn

STEPS = 2_000
"""Strands that all ways are followed together, step by step; the few that are longer, or branch, are traced one by one."""
FED = (Kind.OFFICE, Kind.POP)
"""Where strands are taken to be fed even if nobody says that light comes from there."""


class Supply(NamedTuple):
    """W recorded ways, each along strands from a port of a customer to where light comes from."""

    customer: Ints  # (W,) site of each
    end: Ints  # (W,) source, office or point of presence where it ends
    by: Groups  # of each link: the ways that pass it
    ways: Ints  # (N,) how many each site has; 0: nobody recorded by which strands it has light


class _Ground(NamedTuple):
    """What every way is held against."""

    fed: Ints  # (N + 1,) each site where strands are fed, by its number; -1 for the others, and for those that the plan doesn't have
    cords: Ints  # (Q,) site of each patch cord
    held: Bools  # (S,) strands of the plant into which light gets, and no further


class _Ways(NamedTuple):
    """Ways as they are found."""

    start: Ints  # (W,) where each starts
    end: Ints  # (W,) site
    passes: Ints  # (P, 2) way, and end of the plant by which it enters a strand


def supply(drawn: Drawn) -> Supply:
    """
    Follow light from behind every port of every customer, as `tracing.trace` does.

    Parameters
    ----------
    drawn
        The network.

    Returns
    -------
    Supply
        A way ends at a site in use that is a source, an office or a point of presence: in the first port there, or where the strand leads
        no further. Ways that get to none are left out, and ways through cables that carry no light. What strands are said to be used for
        isn't looked at: of two recorded ways nobody says which the equipment listens to.
    """
    claims, joined, customers = drawn.claims, drawn.lit, np.r_[drawn.net.customer, False]
    site = np.array([drawn.sites.number.get(port.site, NONE) for port in claims.ports], np.int64)
    port = np.flatnonzero((claims.behind != NONE) & customers[site])
    ways = _followed(drawn, ends_of(joined, claims.behind[port]), _ground(drawn, site))
    keys = keys_of(joined, ways.passes[:, 1]) if len(ways.passes) else ways.passes[:, 1]
    strand = keys >= 0  # else a patch cord
    way, link = ways.passes[strand, 0], drawn.link[cable_of(claims, keys[strand] // 2)]
    whole = np.ones(ways.start.size, bool)
    whole[way[link == NONE]] = False
    number, kept = np.cumsum(whole) - 1, whole[way]
    customer = site[port[ways.start[whole]]]
    count = np.bincount(customer, minlength=drawn.net.customer.size)
    return Supply(customer, ways.end[whole], grouped(link[kept], number[way[kept]], drawn.cable.size), count)


def waiting(of: Supply, gone: Ints, lost: Bools) -> Bools:
    """(N,) Sites all whose recorded ways pass one of these links, or end at a site that is lost; none where no way is recorded."""
    dead = lost[of.end]
    dead[of.by.of_all(gone)] = True
    return np.asarray((of.ways > 0) & (np.bincount(of.customer[dead], minlength=of.ways.size) == of.ways))


def _ground(drawn: Drawn, ports: Ints) -> _Ground:
    joined, rows = drawn.lit, drawn.sites.rows
    feeding = [(s.source or s.kind in FED) and not s.customer and s.status is Status.OPERATIONAL for s in rows]
    held = np.zeros(joined.plant.km.size, bool)
    held[np.r_[joined.halved, joined.key.size + np.arange(joined.halved.size)]] = True
    return _Ground(np.where([*feeding, False], np.arange(len(rows) + 1), NONE), ports[drawn.claims.cords[:, 0]], held)


def _followed(drawn: Drawn, starts: Ints, ground: _Ground) -> _Ways:
    """Ways from these ends of the plant to where light is fed in."""
    plant = drawn.lit.plant
    start, here = np.arange(starts.size), starts
    slow, end = np.zeros(starts.size, bool), np.full(starts.size, NONE)
    passed: list[Ints] = [np.zeros((0, 2), np.int64)]
    for _ in range(STEPS):
        if not here.size:
            break
        passed.append(np.column_stack([start, here]))
        far = here ^ 1
        joint, splitter = plant.joint[far], plant.splitter[far]
        onward = np.full(far.size, NONE)
        joined, split = joint != NONE, splitter != NONE
        onward[joined] = plant.ends[joint[joined]].sum(axis=1) - far[joined]
        onward[split] = plant.inputs[splitter[split]]
        down = split & (onward == far)
        slow[start[down]] = True
        end[start] = np.where(down, NONE, _fed(drawn, far, onward == NONE, ground))
        on = (end[start] == NONE) & (onward != NONE) & ~down
        start, here = start[on], onward[on]
    slow[start] = True
    found = np.flatnonzero((end != NONE) & ~slow)
    number = np.full(starts.size, NONE)
    number[found] = np.arange(found.size)
    rows = np.concatenate(passed)
    rows[:, 0] = number[rows[:, 0]]
    return _traced(drawn, starts, slow, ground, _Ways(found, end[found], rows[rows[:, 0] != NONE]))


def _traced(drawn: Drawn, starts: Ints, slow: Bools, ground: _Ground, fast: _Ways) -> _Ways:
    """The ways from the slow starts, one by one, behind the others."""
    if not slow.any():
        return fast
    start, end, passes = fast.start.tolist(), fast.end.tolist(), fast.passes.tolist()
    for first in np.flatnonzero(slow).tolist():
        found = core.trace(drawn.lit.plant, int(starts[first]))
        stops = np.zeros(found.entered.size, bool)
        stops[found.stop[found.why != Why.LOOP]] = True
        entered, before = found.entered.tolist(), found.before.tolist()
        over = [False] * len(entered)  # whether light was fed on the way already
        for row, site in enumerate(_fed(drawn, found.entered ^ 1, stops, ground).tolist()):
            over[row] = before[row] != NONE and over[before[row]]
            if site == NONE or over[row]:
                continue
            over[row], at = True, row
            while at != NONE:
                passes.append([len(start), entered[at]])
                at = before[at]
            start.append(first)
            end.append(site)
    return _Ways(np.array(start, np.int64), np.array(end, np.int64), np.array(passes, np.int64).reshape(-1, 2))


def _fed(drawn: Drawn, far: Ints, stops: Bools, ground: _Ground) -> Ints:
    """(R,) Of strands by their far ends, the site where light is fed in there, in a port or where they stop; -1 if it isn't."""
    plant, found = drawn.lit.plant, np.full(far.size, NONE)
    joint = plant.joint[far]
    port = joint != NONE
    port[port] = plant.kind[joint[port]] == Joint.PORT
    some = np.flatnonzero((port | stops) & ~ground.held[far // 2])
    if not some.size:  # most steps of long ways
        return found
    key = keys_of(drawn.lit, far[some])
    site = drawn.ends[cable_of(drawn.claims, np.maximum(key, 0) // 2), key % 2]
    cord = key < 0
    site[cord] = ground.cords[(-1 - key[cord]) // 2]
    found[some] = ground.fed[site]
    return found
