"""Places in zones in a city, hour by hour: the same protection as `tables.protect`, for many hours at once and without a solver.

Sums that lie in each other (a place in one zone, a zone in the city) are a tree. What an attacker can bound in a tree of intervals is had
exactly by adding the intervals up from the leaves, and handing what is left down from the root; in whole numbers too, for sums of whole
intervals leave none out. No figure sums over hours, so that each hour is a table of its own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array, eye_array, vstack

from pulso.core.privacy.audit import CLOSE, Known
from pulso.core.privacy.tables import BASE, LEAST, Record, rounded, told

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int_]


class Tree(NamedTuple):
    """Which place lies in which zone; a place in none lies in the city alone."""

    zone: Ints  # (P,) of each place its zone, counted from 0; -1: in none
    zones: int  # Z

    @property
    def figures(self) -> csr_array:
        """(P + Z + 1, P) What is published of an hour: each place, each zone, the city; with 1 for each place that it sums."""
        places = self.zone.size
        inside = np.flatnonzero(self.zone >= 0)
        by_zone = csr_array((np.ones(inside.size), (self.zone[inside], inside)), shape=(self.zones, places))
        return csr_array(vstack([csr_array(eye_array(places)), by_zone, csr_array(np.ones((1, places)))]))

    def added(self, of_places: Floats) -> tuple[Floats, Floats]:
        """(H, Z + 1), (H,) Sums over each zone, places in none last, and over all."""
        home = np.where(self.zone < 0, self.zones, self.zone)
        sums = np.zeros((of_places.shape[0], self.zones + 1))
        np.add.at(sums.T, home, of_places.T)
        return sums, sums.sum(axis=1)


class Withheld(NamedTuple):
    """What may be said of hours: places, then zones, then the city."""

    figures: Floats  # (H, P + Z + 1) rounded; NaN where withheld, and where nothing was seen
    seen: Floats  # (H, P + Z + 1) share of the figure's places that were seen
    sensitive: Bools  # (H, P + Z + 1) never to be shown; what else is withheld, is so beside these


def protect_nested(
    values: ArrayLike, tree: Tree, cells: ArrayLike, sums: ArrayLike, *, k: int = LEAST, base: int = BASE, whole: bool = True
) -> Withheld:
    """
    Withhold and round places, zones and the city, hour by hour, so that nobody can bound a sensitive number.

    What protected means, and what is rounded how, is told in `tables.protect`; so is what each argument may be.

    Parameters
    ----------
    values : (H, P)
        Of each hour and place; NaN where nothing was seen.
    tree
        Where places lie.
    cells : (H, P)
        Which of them must not be shown.
    sums : (H, Z + 1)
        Which zones, and last the city, must not be shown.
    k, base, whole
        As there.

    Returns
    -------
    Withheld
        The same for the same input, always.

    Raises
    ------
    ValueError
        If shapes differ, a place lies in a zone that isn't there, a value is negative, infinite, or not whole where it should be, or k or
        base is less than 1.

    Notes
    -----
    While a sensitive number isn't protected, the smallest figure is withheld of those that bound it: in its zone, where the zone's own
    figures do; else in the city. Then what wasn't needed is given back, the greatest first. Bounds in a tree of intervals: the bounds of
    flows on a tree, as in Cox (1995), Network models for complementary cell suppression, JASA 90(432).
    """
    asked = _asked(values, tree, cells, sums, k, base, whole)
    shown = ~asked.sensitive & asked.heard
    at = np.arange(shown.shape[0])
    while at.size:
        broken = _broken(asked.only(at), shown[at])
        at = at[broken.any(axis=1)]
        if at.size:
            part, broken = asked.only(at), broken[broken.any(axis=1)]
            shown[at, _cheapest(part, shown[at], broken)] = False
    _give_back(asked, shown)
    return Withheld(np.where(shown, rounded(asked.totals, base), np.nan), asked.share, asked.sensitive)


def record_of(
    values: ArrayLike, tree: Tree, printed: ArrayLike, sensitive: ArrayLike, *, k: int = LEAST, base: int = BASE, whole: bool = True
) -> Record:
    """
    Make of one hour's publication the record that its correction is judged with.

    Parameters
    ----------
    values : (P,)
        What the hour's places were.
    tree
        Where they lay.
    printed, sensitive : (P + Z + 1,)
        A row of `Withheld.figures` and of `Withheld.sensitive`.
    k, base, whole
        What it was published with.

    Returns
    -------
    Record
    """
    heard = np.isfinite(np.asarray(values, dtype=np.float64))
    rows = csr_array(tree.figures * heard[None, :].astype(np.float64))
    rows.eliminate_zeros()
    out, kept = np.asarray(printed, dtype=np.float64), np.asarray(sensitive, dtype=bool)
    said = np.flatnonzero(np.isfinite(out))
    low, high = told(out[said], base, whole=whole, k=k)
    return Record(Known(rows[said], low, high), rows[np.flatnonzero(kept)])


class _Asked(NamedTuple):
    """What should be published, checked."""

    tree: Tree
    totals: Floats  # (H, P + Z + 1)
    share: Floats  # (H, P + Z + 1)
    heard: Bools  # (H, P + Z + 1)
    sensitive: Bools  # (H, P + Z + 1)
    k: int
    base: int
    whole: bool

    def only(self, at: Ints) -> _Asked:
        """Some of the hours."""
        return self._replace(totals=self.totals[at], share=self.share[at], heard=self.heard[at], sensitive=self.sensitive[at])


def _ends(asked: _Asked, shown: Bools) -> tuple[Floats, Floats]:
    """(H, P + Z + 1), twice: between what each figure was, if only what is printed of itself is known. Of what wasn't seen, 0."""
    low, high = told(rounded(asked.totals, asked.base), asked.base, whole=asked.whole, k=asked.k)
    return np.where(shown, low, 0.0), np.where(shown, high, np.where(asked.heard, np.inf, 0.0))


def _without_one(tree: Tree, each: Floats) -> Floats:
    """(H, P) Of each place the sum of the others of its zone; infinite if any of them is."""
    home = np.where(tree.zone < 0, tree.zones, tree.zone)
    finite = np.where(np.isinf(each), 0.0, each)
    rest = tree.added(finite)[0][:, home] - finite
    open_ends = tree.added(np.isinf(each).astype(np.float64))[0][:, home] - np.isinf(each)
    return np.asarray(np.where(open_ends > 0, np.inf, rest))


def _others(each: Floats) -> Floats:
    """(H, N) Of each the sum of the others; infinite if any of them is."""
    endless = np.isinf(each)
    finite = np.where(endless, 0.0, each)
    rest = finite.sum(axis=1, keepdims=True) - finite
    return np.asarray(np.where(endless.sum(axis=1, keepdims=True) - endless > 0, np.inf, rest))


class _Ranges(NamedTuple):
    """Between what each figure can be, by all that is printed; and by what is printed of and below its own zone alone."""

    low: Floats  # (H, P + Z + 1)
    high: Floats
    low_here: Floats  # (H, P + Z + 1)
    high_here: Floats


def _ranges(asked: _Asked, shown: Bools) -> _Ranges:
    """Add intervals up from the places, and hand what is left down from the city."""
    tree, places = asked.tree, asked.tree.zone.size
    low, high = _ends(asked, shown)
    home = np.where(tree.zone < 0, tree.zones, tree.zone)
    own_low, own_high = low[:, :places], high[:, :places]
    pad = np.zeros((low.shape[0], 1))
    zone_low = np.maximum(tree.added(own_low)[0], np.hstack([low[:, places:-1], pad]))
    said = np.hstack([np.where(shown[:, places:-1], high[:, places:-1], np.inf), pad + np.inf])
    zone_high = np.minimum(tree.added(own_high)[0], said)
    city_low = np.maximum(zone_low.sum(axis=1), low[:, -1])[:, None]
    city_high = np.minimum(zone_high.sum(axis=1), np.where(shown[:, -1], high[:, -1], np.inf))[:, None]
    top_low = np.maximum(zone_low, city_low - _others(zone_high))
    top_high = np.minimum(zone_high, city_high - _others(zone_low))

    others_low, others_high = _without_one(tree, own_low), _without_one(tree, own_high)

    def down(floor: Floats, ceiling: Floats) -> tuple[Floats, Floats]:
        return np.maximum(own_low, floor[:, home] - others_high), np.minimum(own_high, ceiling[:, home] - others_low)

    here, all_ = down(zone_low, zone_high), down(top_low, top_high)
    at = slice(0, tree.zones)
    return _Ranges(
        np.hstack([all_[0], top_low[:, at], city_low]),
        np.hstack([all_[1], top_high[:, at], city_high]),
        np.hstack([here[0], zone_low[:, at], city_low]),
        np.hstack([here[1], zone_high[:, at], city_high]),
    )


def _exposed(asked: _Asked, low: Floats, high: Floats) -> Bools:
    """Which sensitive numbers are bounded too narrowly: proven to be more than nobody, or too few to be enough."""
    x, k = asked.totals, asked.k
    small = x < k
    floor = np.where(small, 0.0, x - k)
    ceiling = np.where(small, float(k), x + k)
    return np.asarray(asked.sensitive & ((low > floor + CLOSE) | (high < ceiling - CLOSE)))


def _broken(asked: _Asked, shown: Bools) -> Bools:
    """(H, P + Z + 1) Which sensitive numbers all that is printed gives away."""
    found = _ranges(asked, shown)
    return _exposed(asked, found.low, found.high)


def _cheapest(asked: _Asked, shown: Bools, broken: Bools) -> Ints:
    """(H,) Of each hour, in which something is given away, the smallest figure of those that do it to the first such number."""
    tree, places = asked.tree, asked.tree.zone.size
    found = _ranges(asked, shown)
    here = _exposed(asked, found.low_here, found.high_here)
    rows, first = np.arange(shown.shape[0]), broken.argmax(axis=1)
    home = np.concatenate([np.where(tree.zone < 0, -2, tree.zone), np.arange(tree.zones), [-1]])
    local = here[rows, first] & (home[first] >= 0)
    same = (home[None, :] == home[first][:, None]) & shown
    zone_shown = np.hstack([shown[:, places:-1], np.zeros((shown.shape[0], 2), dtype=bool)])
    bare = np.hstack([~zone_shown[:, home[:places]], np.ones((shown.shape[0], tree.zones + 1), dtype=bool)])
    across = shown & (bare | same)
    used = np.where(local[:, None], same, across)
    used = np.where(used.any(axis=1, keepdims=True), used, shown)
    price = np.where(used, asked.totals, np.inf)
    return np.asarray(price.argmin(axis=1))


def _give_back(asked: _Asked, shown: Bools) -> None:
    """Show again what needn't be withheld, the greatest of each hour first."""
    complements = ~shown & ~asked.sensitive & asked.heard
    order = np.argsort(np.where(complements, -asked.totals, np.inf), axis=1, kind="stable")
    for turn in range(int(complements.sum(axis=1).max(initial=0))):
        at = np.flatnonzero(complements.sum(axis=1) > turn)
        figure = order[at, turn]
        shown[at, figure] = True
        wrong = _broken(asked.only(at), shown[at]).any(axis=1)
        shown[at[wrong], figure[wrong]] = False


def _asked(values: ArrayLike, tree: Tree, cells: ArrayLike, sums: ArrayLike, k: int, base: int, whole: bool) -> _Asked:
    """Check what should be published."""
    x, hidden, unsaid = np.asarray(values, dtype=np.float64), np.asarray(cells), np.asarray(sums)
    places = tree.zone.size
    if x.ndim != 2 or x.shape[1] != places:
        raise ValueError(f"values are of hours and {places} places; got the shape {x.shape}")
    if tree.zone.min(initial=0) < -1 or tree.zone.max(initial=-1) >= tree.zones:
        raise ValueError(f"zones are counted from 0 to {tree.zones - 1}, and -1 is none; got {tree.zone.min()} to {tree.zone.max()}")
    wanted = (x.shape[0], tree.zones + 1)
    if hidden.shape != x.shape or unsaid.shape != wanted or hidden.dtype != np.bool_ or unsaid.dtype != np.bool_:
        raise ValueError(f"it is said of {x.shape} places and {wanted} sums which are sensitive; got {hidden.shape}, {unsaid.shape}")
    if k < 1 or base < 1:
        raise ValueError(f"k and the base are 1 or more; got {k} and {base}")
    heard = np.isfinite(x)
    table = np.where(heard, x, 0.0)
    if np.isinf(x).any() or (table < 0).any() or (whole and (table % 1 != 0).any()):
        raise ValueError("values are never negative nor infinite, and whole if they are counts")
    zones, city = tree.added(table)
    seen_zones, seen_city = tree.added(heard.astype(np.float64))
    totals = np.hstack([table, zones[:, : tree.zones], city[:, None]])
    seen = np.hstack([heard.astype(np.float64), seen_zones[:, : tree.zones], seen_city[:, None]])
    size = np.concatenate([np.ones(places), np.bincount(tree.zone[tree.zone >= 0], minlength=tree.zones), [places]])
    with np.errstate(invalid="ignore"):
        share = seen / size
    sensitive = np.hstack([hidden, unsaid])
    if whole:
        sensitive = sensitive | (totals < k)
    sensitive = _of_one(tree, heard, seen, sensitive)
    return _Asked(tree, totals, share, seen > 0, sensitive & (seen > 0), k, base, whole)


def _of_one(tree: Tree, heard: Bools, seen: Floats, sensitive: Bools) -> Bools:
    """A sum of which one place was seen is that place: neither is shown where the other mustn't be."""
    places = tree.zone.size
    marks = sensitive.copy()
    city = seen.shape[1] - 1
    for figure in (city, *range(places, city), city):  # the city once more: a zone may have marked its place
        inside = heard & (np.ones(places, dtype=bool) if figure == city else tree.zone == figure - places)
        alone = np.flatnonzero(seen[:, figure] == 1)
        place = inside[alone].argmax(axis=1)
        both = marks[alone, figure] | marks[alone, place]
        marks[alone, figure] = both
        marks[alone, place] = both
    return marks
