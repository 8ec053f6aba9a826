"""What the records of splices, ports and splitters claim about ends of strands, and which claims can't be used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from pulso.core.fibre.network import Bools, Ints, spread
from pulso.errors import PulsoError
from pulso.fibre.ask.numbered import NONE, LeftOut, Things, Unused
from pulso.fibre.shapes import End, Port, Splice, Splitter

MOST = 20_000_000
"""More ends of strands in splices than these are refused: a city has some hundred thousand."""


class Socket(NamedTuple):
    """A port by its place."""

    site: str
    panel: str
    number: int


class Claims(NamedTuple):
    """
    What joins the strands, by key.

    Strand k of a cable has a key: how many strands the cables before it have, and k - 1. An end's key is twice that, and 1 more at
    the cable's `end`. No end is in two places: where records claim one twice, none of them is used, for nobody knows which is right.
    """

    start: Ints  # (C + 1,) key of the first strand of each cable
    spliced: Ints  # (J, 2) ends that are spliced
    ports: tuple[Port, ...]
    behind: Ints  # (P,) end behind each port; -1 if none
    cords: Ints  # (Q, 2) ports that are patched
    splitters: tuple[Splitter, ...]
    inputs: Ints  # (S,) end at the input of each splitter; -1 if none
    legs: Ints  # (L, 2) splitter, and end at one of its outputs
    unclear: Ints  # ends of which a record speaks that can't be used, ascending
    unclear_ports: frozenset[int]  # ports of which a patch speaks that can't be used
    left_out: tuple[LeftOut, ...]


class _Told(NamedTuple):
    """What can't be used, as it is found."""

    left: list[LeftOut]
    unclear: list[Ints]


class _Splices(NamedTuple):
    """Ends that splices claim, each pair once, and which record says so."""

    rows: tuple[Splice, ...]
    ends: Ints  # (J, 2)
    row: Ints  # (J,)


def claims(things: Things) -> Claims:
    """
    Read what joins the strands of a plan.

    Raises
    ------
    PulsoError
        If splices speak of more than 20 million ends.
    """
    start = np.r_[0, np.cumsum(things.strands)].astype(np.int64)
    told = _Told([], [])
    splices = _splices(things, start, told)
    ports = tuple(dict.fromkeys(things.plan.ports))
    behind = _single(things, start, "port", [(_port(port), port.site, port.behind) for port in ports], told)
    splitters = tuple(dict.fromkeys(things.plan.splitters))
    inputs = _single(things, start, "splitter", [(s.id, s.site, s.input) for s in splitters], told)
    out = [(number, s.id, s.site, end) for number, s in enumerate(splitters) for end in s.outputs]
    legs = np.column_stack(
        [np.array([n for n, *_ in out], np.int64), _single(things, start, "splitter", [(i, at, end) for _, i, at, end in out], told)]
    )
    used = np.concatenate([splices.ends.ravel(), behind, inputs, legs[:, 1]])
    ends, count = np.unique(used[used != NONE], return_counts=True)
    twice = ends[count > 1]
    told.unclear.append(twice)
    spliced = _without(splices, twice, told)
    behind = _freed(behind, twice, "port", [_port(port) for port in ports], told)
    inputs = _freed(inputs, twice, "splitter", [s.id for s in splitters], told)
    legs[:, 1] = _freed(legs[:, 1], twice, "splitter", [i for _, i, *_ in out], told)
    cords, unclear = _cords(ports, told)
    vague = np.unique(np.concatenate(told.unclear))
    legs = legs[legs[:, 1] != NONE]
    return Claims(start, spliced, ports, behind, cords, splitters, inputs, legs, vague, unclear, tuple(sorted(set(told.left))))


def end_key(things: Things, start: Ints, site: str, end: End, count: int = 1) -> int | Unused:
    """Key of the first of so many ends of a cable's strands at a site, or why there is none."""
    if site not in things.sites.number:
        return Unused.NO_SITE
    number = things.cables.number.get(end.cable)
    if number is None:
        return Unused.NO_CABLE
    cable = things.cables.rows[number]
    if (cable.start == site) == (cable.end == site):
        return Unused.NOT_HERE
    if end.first + count - 1 > cable.strands:
        return Unused.NO_STRAND
    return 2 * (int(start[number]) + end.first - 1) + int(cable.end == site)


def _splices(things: Things, start: Ints, told: _Told) -> _Splices:
    rows = things.plan.splices
    good, wrong = list[tuple[int, int, int, int]](), list[tuple[int, int]]()
    for number, splice in enumerate(rows):
        one, other = (end_key(things, start, splice.site, end, splice.count) for end in (splice.one, splice.other))
        if isinstance(one, Unused) or isinstance(other, Unused):
            told.left.append(LeftOut("splice", _splice(splice), next(side for side in (one, other) if isinstance(side, Unused))))
            wrong += [(side, splice.count) for side in (one, other) if not isinstance(side, Unused)]
        else:
            good.append((one, other, splice.count, number))
    if sum(row[2] for row in good) + sum(row[1] for row in wrong) > MOST:
        raise PulsoError(f"The splices of {things.plan.name or things.plan.id!r} speak of more than {MOST:,} strands; is a `count` wrong?")
    first_one, first_other, count, record = np.array(good, np.int64).reshape(-1, 4).T
    within = 2 * spread(np.zeros_like(count), count)
    ends = np.sort(np.column_stack([np.repeat(side, count) + within for side in (first_one, first_other)]), axis=1)
    ends, first = np.unique(ends, axis=0, return_index=True)
    side, many = np.array(wrong, np.int64).reshape(-1, 2).T
    told.unclear.append(np.repeat(side, many) + 2 * spread(np.zeros_like(many), many))
    return _Splices(rows, ends, np.repeat(record, count)[first])


def _single(things: Things, start: Ints, kind: str, ends: Iterable[tuple[str, str, End | None]], told: _Told) -> Ints:
    """Keys of single ends at ports and splitters; -1 where there is none, or none that can be used."""
    found = []
    for name, site, end in ends:
        key = NONE if end is None else end_key(things, start, site, end)
        if isinstance(key, Unused):
            told.left.append(LeftOut(kind, name, key))
            key = NONE
        found.append(key)
    return np.array(found, np.int64)


def _without(splices: _Splices, twice: Ints, told: _Told) -> Ints:
    """Splices that no other record disputes."""
    bad: Bools = np.asarray(np.isin(splices.ends, twice).any(axis=1))
    told.left.extend([LeftOut("splice", _splice(splices.rows[i]), Unused.TWICE) for i in np.unique(splices.row[bad]).tolist()])
    told.unclear.append(splices.ends[bad].ravel())
    return splices.ends[~bad]


def _freed(ends: Ints, twice: Ints, kind: str, names: list[str], told: _Told) -> Ints:
    bad = np.isin(ends, twice)
    told.left.extend([LeftOut(kind, names[i], Unused.TWICE) for i in np.flatnonzero(bad).tolist()])
    return np.where(bad, NONE, ends)


def _cords(ports: tuple[Port, ...], told: _Told) -> tuple[Ints, frozenset[int]]:
    """Ports that are patched to each other, said by one or both; and those of which a patch speaks that can't be used."""
    at: dict[Socket, list[int]] = {}
    for number, port in enumerate(ports):
        at.setdefault(socket(port), []).append(number)
    said = {tuple(sorted((socket(port), Socket(port.site, *port.patched)))) for port in ports if port.patched}
    taken = Counter(place for pair in said for place in pair)
    cords, unclear = list[tuple[int, int]](), set[int]()
    for one, other in sorted(said):
        missing = one not in at or other not in at
        if missing or taken[one] > 1 or taken[other] > 1 or len(at[one]) > 1 or len(at[other]) > 1:
            name = f"{one.site}: {one.panel} {one.number}, {other.panel} {other.number}"
            told.left.append(LeftOut("patch", name, Unused.NO_PORT if missing else Unused.TWICE))
            unclear.update(number for place in (one, other) for number in at.get(place, ()))
        else:
            cords.append((at[one][0], at[other][0]))
    return np.array(cords, np.int64).reshape(-1, 2), frozenset(unclear)


def socket(port: Port) -> Socket:
    """Where a port is."""
    return Socket(port.site, port.panel, port.number)


def _port(port: Port) -> str:
    return f"{port.site}: {port.panel} {port.number}"


def _splice(splice: Splice) -> str:
    return f"{splice.site}: {splice.one.cable} {splice.one.first}, {splice.other.cable} {splice.other.first}"
