"""Which sensors can't be believed today: frozen feeds, jumps, spikes, newcomers, sensors that people flagged by hand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from pulso.core.huber import MAD_TO_SIGMA
from pulso.core.panel import Bools, Floats, Ints, Panel

PEERS = 4  # fewer others than this, and a departure can't be told from the city's own
RECENT, RECENT_LEAST = 7, 4  # days in which a jump must show, and how many of them must be known
USUAL, USUAL_LEAST = 180, 28  # days that say what is usual for a sensor
JUMP_SIGMAS, JUMP_LEAST = 2.5, np.log(1.25)
SPIKE_SIGMAS, SPIKE_LEAST = 8.0, np.log(2.5)
FROZEN_FLOW, FROZEN_OTHER = 8, 24  # quarter hours
HELD = 14  # days for which a sensor stays suspect that can't be compared any more; then the expectation has followed it


class Flag(IntFlag):
    """Why a sensor doesn't count on a day; a day may have several."""

    NONE = 0
    BY_HAND = 1
    FROZEN = 2
    JUMP = 4
    SPIKE = 8
    NEW = 16  # seen, but not long enough for an expectation
    PARTIAL = 32  # seen, but less than half of the day


EXCLUDES = Flag.BY_HAND | Flag.FROZEN | Flag.JUMP | Flag.SPIKE


@dataclass(frozen=True)
class Suspects:
    """What the comparison with the peers says, (T, S) each."""

    apart: Floats  # u: log ratio minus the median of the peers'; NaN with fewer than four that stand alike
    jump: Bools
    spike: Bools


def frozen(panel: Panel) -> Bools:
    """
    Find the days on which a feed repeats itself, (T, S).

    As often as its metric says; otherwise eight equal non-zero quarter hours for flows, twenty-four for the others (hours, where it
    comes by the hour). Daily totals can't be judged so.
    """
    if panel.grain == "day":
        return np.zeros(panel.still.shape, dtype=bool)
    usual = FROZEN_FLOW if panel.form == "flow" else FROZEN_OTHER
    return panel.still >= (usual if panel.frozen is None else panel.frozen)


def log_ratios(value: Floats, expected: Floats, offset: Floats) -> Floats:
    """Say how far each day stands from its expectation, ln((value + offset) / (expected + offset)); NaN where either is unknown."""
    top, bottom = value + offset, expected + offset
    fine = np.isfinite(top) & np.isfinite(bottom) & (top > 0) & (bottom > 0)
    return np.where(fine, np.log(np.where(fine, top, 1.0) / np.where(fine, bottom, 1.0)), np.nan)


def suspects(ratio: Floats, ordinal: Ints, announced: Ints | None = None) -> Suspects:
    """
    Find the sensors that left their peers.

    Parameters
    ----------
    ratio : (T, S)
        Log of each sensor's day over its expectation; NaN where unknown. Frozen and hand-flagged days must be NaN.
    ordinal : (T,)
        Consecutive days, so that what is usual is looked up anew every Monday, whatever the first day.
    announced : (T, S) or None
        As `Panel.announced`: peers are those with the same number that day.

    Returns
    -------
    Suspects
        Every day is judged by itself and what came before it. A sensor is free again once its last week is as usual, which it
        also is when its expectation has followed it to a new level.

    Notes
    -----
    u = ratio − median of the peers (at least four). Jump: the median of the last 7 u leaves the usual u by more than
    max(2.5 s, ln 1.25); spike: today's u by more than max(8 s, ln 2.5). Usual u and s (robust s.d.) come from the 180 days
    before the week's Monday. A sensor that can't be compared, because fewer than four others are touched by what was announced
    there, is believed; one that had jumped before is not, until 14 days after it last could be.
    """
    apart = ratio - alike_median(ratio, announced)
    usual, spread = _usual(apart, ordinal)
    recent = rolling_median(apart, RECENT, RECENT_LEAST)
    with np.errstate(invalid="ignore"):
        jump = np.abs(recent - usual) > np.fmax(JUMP_SIGMAS * spread, JUMP_LEAST)
        spike = np.abs(apart - usual) > np.fmax(SPIKE_SIGMAS * spread, SPIKE_LEAST)
    if announced is not None:
        jump = _held(jump, np.isfinite(recent - usual), announced > 0)
    return Suspects(apart, jump & np.isfinite(ratio), spike)


def alike_median(ratio: Floats, announced: Ints | None) -> Floats:
    """For each sensor and day, the median of the others that stand alike, (T, S): with the same number that day. NaN as `peers_median`."""
    if announced is None:
        return peers_median(ratio)
    middle = np.full(ratio.shape, np.nan)
    for number in np.unique(announced):
        same = announced == number
        days = same.any(axis=1)
        middle[days] = np.where(same[days], peers_median(np.where(same[days], ratio[days], np.nan)), middle[days])
    return middle


def peers_median(ratio: Floats) -> Floats:
    """For each sensor and day, the median of all the other sensors, (T, S); NaN with fewer than four, or where it is unknown itself."""
    order = np.argsort(ratio, axis=1)  # NaN last
    ranked = np.take_along_axis(ratio, order, axis=1)
    rank = np.argsort(order, axis=1)
    others = np.isfinite(ratio).sum(axis=1, keepdims=True) - 1

    def without(place: NDArray[np.int_]) -> Floats:
        at = np.clip(place + (place >= rank), 0, max(ratio.shape[1] - 1, 0))
        return np.take_along_axis(ranked, at, axis=1)

    low, high = np.broadcast_to((others - 1) // 2, rank.shape), np.broadcast_to(others // 2, rank.shape)
    return np.where((others >= PEERS) & np.isfinite(ratio), (without(low) + without(high)) / 2.0, np.nan)


def rolling_median(values: Floats, width: int, least: int) -> Floats:
    """Median of each series' last `width` days, today included, (T, S); NaN where fewer than `least` of them are known."""
    padded = np.concatenate([np.full((width - 1, values.shape[1]), np.nan), values])
    return known_median(sliding_window_view(padded, width, axis=0), least)


def known_median(windows: Floats, least: int = 1) -> Floats:
    """Median of what is known along the last axis; NaN where fewer than `least` are known. (Sorting puts NaN last.)"""
    ranked = np.sort(windows, axis=-1)
    n = np.isfinite(ranked).sum(axis=-1)
    low = np.take_along_axis(ranked, np.maximum(n - 1, 0)[..., None] // 2, axis=-1)[..., 0]
    high = np.take_along_axis(ranked, np.minimum(n // 2, windows.shape[-1] - 1)[..., None], axis=-1)[..., 0]
    return np.where(n >= max(least, 1), (low + high) / 2.0, np.nan)


def _usual(apart: Floats, ordinal: Ints) -> tuple[Floats, Floats]:
    """What is usual for each sensor, and its robust s.d., (T, S) each, from the 180 days before the week's Monday."""
    usual, spread = np.full(apart.shape, np.nan), np.full(apart.shape, np.nan)
    days = np.arange(len(ordinal))
    monday = np.maximum(days - (np.asarray(ordinal) - 1) % 7, 0)
    for end in np.unique(monday):
        window = apart[max(end - USUAL, 0) : end]
        if len(window) < USUAL_LEAST:
            continue
        week = monday == end
        middle = known_median(window.T, USUAL_LEAST)
        usual[week] = middle
        spread[week] = MAD_TO_SIGMA * known_median(np.abs(window - middle).T, USUAL_LEAST)
    return usual, spread


def _held(jump: Bools, compared: Bools, touched: Bools) -> Bools:
    """Jumps, (T, S), and with them what had jumped when a sensor could last be compared, while something announced touches it."""
    days = np.arange(len(jump))[:, None]
    last = np.maximum.accumulate(np.where(compared, days, -1), axis=0)
    lately = (last >= 0) & (days - last <= HELD)
    return jump | (touched & lately & np.take_along_axis(jump, np.maximum(last, 0), axis=0))
