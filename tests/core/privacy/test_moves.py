"""An access point that is given to another place takes its sessions along: whoever knows where it stood subtracts."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from pulso.core.privacy.moves import Print, traced
from pulso.core.privacy.nested import Tree, protect_nested, record_of
from pulso.core.privacy.tables import protect, told
from tests.core.privacy.moving import Given, broken

TREE = Tree(np.zeros(3, dtype=int), 1)
EACH = np.array([10.0, 15, 6, 7, 12, 12])  # what six access points counted
WAS, NOW = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 0, 1, 0, 2, 2])
"""The fourth was given from the second place, which keeps six, to the first."""
ROWS = {("place", p): [p] for p in "abc"} | {("zone", "z"): list("abc"), ("city", ""): list("abc")}


def given(home: np.ndarray, figures: np.ndarray) -> Given:
    at = {i: "abc"[p] for i, p in enumerate(home)}
    return Given(at, dict(enumerate(EACH.astype(int).tolist())), ROWS, dict(zip(ROWS, figures.tolist(), strict=True)))


def first() -> tuple[np.ndarray, np.ndarray]:
    """What was printed of it; and what must not be shown."""
    values = np.bincount(WAS, weights=EACH)[None]
    found = protect_nested(values, TREE, np.zeros((1, 3), dtype=bool), np.zeros((1, 2), dtype=bool))
    assert found.figures[0].tolist() == [25, 15, 25, 60, 60]
    return found.figures[0], found.sensitive[0]


def test_places_judged_as_cells_of_their_own_give_away_what_one_lost_and_the_other_gained():
    figures, sensitive = first()
    was, now = np.bincount(WAS, weights=EACH), np.bincount(NOW, weights=EACH)
    record = record_of(was, TREE, figures, sensitive).later(was != now)
    values = np.concatenate([now, was[was != now]])
    rows = np.hstack([TREE.figures.toarray(), np.zeros((5, 2))])
    again = protect(values, rows, np.zeros(5, dtype=bool), np.zeros(5, dtype=bool), record=record)
    assert not again.lost.any()
    # the third access point is all that the second place has left: six sessions
    assert "1 access point 2" in broken([given(WAS, figures), given(NOW, again.figures)])


def test_judged_by_access_point_they_give_away_nothing():
    figures, sensitive = first()
    said = np.flatnonzero(np.isfinite(figures))
    none = np.zeros(0)
    prints = [
        Print(home, EACH, csr_array(TREE.figures @ csr_array((np.ones(6), (home, np.arange(6))))), at, *ends, np.flatnonzero(secret))
        for home, at, ends, secret in (
            (WAS, said, told(figures[said], 5, whole=True, k=10), sensitive),
            (NOW, none.astype(int), (none, none), none),
        )
    ]
    found = traced(prints)
    again = protect(found.values, found.figures, found.parts & (found.values < 10), np.zeros(5, dtype=bool), record=found.record)
    assert not again.lost.any()
    assert broken([given(WAS, figures), given(NOW, again.figures)]) == set()
    assert np.isfinite(again.figures).any()


def test_where_nothing_moves_cells_are_places_and_late_news_make_others():
    home = np.array([0, 0, 1])
    rows = csr_array(np.array([[1.0, 1, 0], [0, 0, 1], [1, 1, 1]]))
    none = np.zeros(0)
    prints = [Print(home, np.array(v), rows, none.astype(int), none, none, none.astype(int)) for v in ([4.0, 8, 20], [5.0, 8, 20])]
    found = traced(prints)
    assert found.values.tolist() == [12, 20, 13]
    assert found.figures.toarray().tolist() == [[0, 0, 1], [0, 1, 0], [0, 1, 1]]
    assert not found.parts.any()
