"""The attacker who knows who stood where: an access point that is given to another place takes its sessions along."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tests.core.privacy.cities import Attacker, Printed, proven

Figure = tuple[str, str]


class Given(NamedTuple):
    """One print of an hour, what was true of it, and who stood where."""

    home: dict[int, str]  # of each access point that was counted its place
    here: dict[int, int]  # what each counted: only we know
    rows: dict[Figure, list[str]]  # of each figure its places
    figures: dict[Figure, float]  # NaN where nothing is shown


def broken(prints: list[Given], *, k: int = 10, base: int = 5) -> set[str]:
    """
    Say what the attacker can prove of all that was or is below k, by what it sums; access points among it.

    He is told of all access points that went from one place to one place between two prints (most stayed) whether late news came of any
    of them: if not, each counted now what it counted then.
    """
    since, equal, cells = _cells(prints)
    attacker = Attacker(cells, k=k, base=base)
    for was, now in equal:
        attacker.rows.append(np.bincount(was, minlength=cells) - np.bincount(now, minlength=cells).astype(float))
        attacker.ends.append((0, 0))
    values = np.zeros(cells)
    wanted: dict[tuple[float, ...], str] = {}
    for i, p in enumerate(prints):
        for ap in p.home:
            values[since[i][ap]] = p.here[ap]
        inside = {of: [since[i][ap] for ap, at in p.home.items() if at in places] for of, places in p.rows.items()}
        inside = {of: aps for of, aps in inside.items() if aps}
        wide = np.array([np.bincount(aps, minlength=cells) for aps in inside.values()], dtype=float).reshape(-1, cells)
        wanted |= {tuple(row.tolist()): f"{i} {' '.join(of)}" for row, of in zip(wide, inside, strict=True)}
        wanted |= {tuple(np.eye(cells)[since[i][ap]].tolist()): f"{i} access point {ap}" for ap in p.home}
        attacker.reads(wide, Printed(np.array([p.figures[of] for of in inside])))
    found = proven(attacker, np.array(list(wanted)), values)
    return {list(wanted.values())[i] for i, _, _ in found}


def _cells(prints: list[Given]) -> tuple[list[dict[int, int]], list[tuple[list[int], list[int]]], int]:
    """Of each print the cell of each access point; cells that have the same sum as others; how many there are."""
    since: list[dict[int, int]] = []
    equal, count = [], 0
    last: dict[int, int] = {}  # the print that counted each before
    for i, now in enumerate(prints):
        cell: dict[int, int] = {}
        ways = {ap: (last[ap], prints[last[ap]].home[ap], at) if ap in last else (-1, "", at) for ap, at in now.home.items()}
        for way in dict.fromkeys(ways.values()):
            aps = [ap for ap in ways if ways[ap] == way]
            then = {ap: prints[way[0]].here[ap] for ap in aps} if way[0] >= 0 else {}
            stayed = bool(then) and sum(then.values()) == sum(now.here[ap] for ap in aps)
            other = [ap for ap in aps if not stayed or then[ap] != now.here[ap]]
            cell |= {ap: since[way[0]][ap] for ap in aps if ap not in other} | {ap: count + j for j, ap in enumerate(other)}
            count += len(other)
            if stayed and other:
                equal.append(([since[way[0]][ap] for ap in other], [cell[ap] for ap in other]))
        since.append(cell)
        last |= dict.fromkeys(now.home, i)
    return since, equal, count
