"""Simulated cities publish hour after hour and correct themselves; whoever solves for what was withheld proves nothing."""

from __future__ import annotations

import numpy as np
import pytest

from pulso.core.privacy.nested import Tree, protect_nested, record_of
from pulso.core.privacy.tables import protect, sensitive
from tests.core.privacy.cities import Attacker, Printed, proven

pytestmark = pytest.mark.proof

PLACES, ZONES = 24, 5


def a_city(seed: int, hours: int) -> tuple[Tree, np.ndarray, np.ndarray, np.ndarray]:
    """A tree of places; sessions and access points by hour and place; large venues."""
    rng = np.random.default_rng(seed)
    tree = Tree(rng.integers(-1, ZONES, PLACES), ZONES)
    size = rng.lognormal(2.2, 1.3, PLACES)
    daytime = np.clip(np.sin((np.arange(hours) - 7) / 24 * 2 * np.pi) + 0.7, 0.02, None)
    sessions = rng.poisson(size[None, :] * daytime[:, None]).astype(float)
    points = np.minimum(sessions, rng.integers(1, 5, PLACES)[None, :])
    sessions[rng.random(sessions.shape) < 0.04] = np.nan  # hours in which access points were off
    return tree, sessions, points, rng.random(PLACES) < 0.1


def marks(tree: Tree, sessions: np.ndarray, points: np.ndarray, large: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    count, at = np.nan_to_num(sessions), np.where(np.isnan(sessions), 0, points)
    sums = [np.column_stack([z[:, : tree.zones], city]) for z, city in map(tree.added, (count, at, ((at > 0) & large).astype(float)))]
    return sensitive(count, at, large[None, :]), sensitive(sums[0], sums[1], sums[2] > 0)


@pytest.mark.parametrize("base", [1, 5])
@pytest.mark.parametrize("seed", range(6))
def test_no_attacker_proves_anything_of_a_day_s_hours(seed, base):
    tree, sessions, points, large = a_city(seed, 24)
    cells, sums = marks(tree, sessions, points, large)
    found = protect_nested(sessions, tree, cells, sums, base=base)
    assert np.isfinite(found.figures).mean() > 0.2, "to withhold nearly all is easy"
    rows = tree.figures.toarray()
    for h, values in enumerate(np.nan_to_num(sessions)):
        heard = np.isfinite(sessions[h])
        attacker = Attacker(PLACES, k=10, base=base)
        attacker.reads(rows * heard, Printed(found.figures[h]))
        entries = np.unique((rows * heard)[found.sensitive[h]], axis=0)
        assert proven(attacker, entries, values) == []
        for row in entries[entries @ values >= 10]:  # few access points: it could be ten more, and ten fewer
            low, high = attacker.bounds(row)
            assert low <= row @ values - 10
            assert high >= row @ values + 10


@pytest.mark.parametrize("seed", range(3))
def test_nor_once_hours_were_corrected(seed):
    tree, sessions, points, large = a_city(seed + 50, 24)
    sessions = np.nan_to_num(sessions)
    cells, sums = marks(tree, sessions, points, large)
    first = protect_nested(sessions, tree, cells, sums, base=1)
    rng, rows, won = np.random.default_rng(seed), tree.figures.toarray(), 0
    some = np.flatnonzero(rows.sum(axis=1))  # zones that have a place
    rows = rows[some]
    for h, was in enumerate(sessions):
        changed = rng.random(PLACES) < 0.15
        now = np.where(changed, np.maximum(was + rng.integers(-9, 10, PLACES), 0), was)
        changed = now != was
        record = record_of(was, tree, first.figures[h], first.sensitive[h], base=1).later(changed)
        both = np.concatenate([now, was[changed]])
        wide = np.hstack([rows, np.zeros((len(rows), changed.sum()))])
        again = protect(both, wide, np.zeros(both.size, dtype=bool), np.zeros(len(rows), dtype=bool), base=1, record=record)
        former = np.arange(PLACES)
        former[changed] = PLACES + np.arange(changed.sum())
        attacker = Attacker(both.size, k=10, base=1)
        attacker.reads(rows, Printed(first.figures[h][some]), former)
        attacker.reads(rows, Printed(again.figures), np.arange(PLACES))
        broken = proven(attacker, np.eye(both.size)[both < 10], both)
        assert broken == [] or again.lost.any()
        won += bool(broken)
    assert won <= 2, "what is lost is rare"
