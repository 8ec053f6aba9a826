"""Two records of a network made one. What one alone says is kept, and what they disagree about is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from pulso.fibre.alike import Match, matches
from pulso.fibre.columns import TABLES
from pulso.fibre.renaming import renamed
from pulso.fibre.shapes import Disclosure, End, Plan, Port, Splice, Strands
from pulso.shapes import Row

Prefer = Literal["one", "other"]
UNKNOWN: tuple[Any, ...] = ("", None, (), {})
"""What a field holds of which nothing is known: filling it from the other record is no guess."""

STRICT = (Disclosure.PUBLIC, Disclosure.INTERNAL, Disclosure.RESTRICTED)


class Conflict(NamedTuple):
    """A field of one thing of which the two say different things."""

    kind: str  # table: "sites", "ducts" …; "network" for the whole
    id: str  # of the thing as the merged network calls it; of strands, splices and ports what names them
    field: str  # "" where the whole row clashes with another
    one: Any  # what the first record says
    other: Any  # what the second says
    kept: Any  # what the merged network says


class Filled(NamedTuple):
    """A field of which one record knew nothing, and the other something: that is kept."""

    kind: str
    id: str
    field: str
    value: Any


class Merged(NamedTuple):
    """The network of both, and everything that a person should know of how it came about."""

    plan: Plan
    conflicts: list[Conflict]
    filled: list[Filled]
    proposed: list[Match]  # the same thing under two ids, perhaps; not taken
    taken: list[Match]  # the same, taken as one


def merge(
    one: Plan, other: Plan, *, prefer: Prefer = "one", within: float = 5.0, take: Collection[tuple[str, str, str]] | Literal["all"] = ()
) -> Merged:
    """
    Make one network of two records of it.

    Rows with the same id (strands: the same cable and range; ports: the same site, panel and number) are one thing, splices are the same
    however they are turned. Where both say something and not the same, it is a conflict, told with both values; the preferred record's
    stands. Only disclosure is stricter than that: of two levels the stricter stands. Where one says nothing, the other's word is taken,
    and told. A splice of the other record that takes a strand's end which the preferred one has joined differently is left out, and told.

    Parameters
    ----------
    one, other
        Two records.
    prefer
        Whose word stands in a conflict, and whose ids, name and order.
    within
        How far apart the same place may be drawn twice, m.
    take
        Which proposed matches to take as one thing: (kind, id in `one`, id in `other`), or all of them.

    Returns
    -------
    The preferred record's rows in their order, then what only the other has. `merge(a, b)` and `merge(b, a, prefer="other")` are the same
    network.

    Raises
    ------
    ValueError
        Where `take` names what isn't proposed.
    """
    proposed = matches(one, other, within)
    pairs: set[tuple[str, str, str]] = {m[:3] for m in proposed}
    wanted = pairs if take == "all" else set(take)
    if wanted - pairs:
        raise ValueError(f"not proposed: {sorted(wanted - pairs)}; proposed are {sorted(pairs)}")
    taken = [m for m in proposed if m[:3] in wanted]
    first, second = (one, other) if prefer == "one" else (other, one)
    ids: dict[str, dict[str, str]] = defaultdict(dict)
    turned: dict[str, set[str]] = defaultdict(set)
    for m in taken:
        mine, theirs = (m.one, m.other) if prefer == "one" else (m.other, m.one)
        ids[m.kind][theirs] = mine
        if m.turned:
            turned[m.kind].add(mine)
    second = renamed(second, ids, turned)
    told = _Told(swapped=prefer == "other")
    rows = {kind: told.rows(kind, getattr(first, kind), getattr(second, kind)) for kind in TABLES}
    told.conflicts += _overlaps(first.strands, second.strands, swapped=prefer == "other")
    whole = told.row("network", first.id, first.model_copy(update=_bare()), second.model_copy(update=_bare()), leave={"id", "synthetic"})
    plan = whole.model_copy(update={**rows, "synthetic": one.synthetic or other.synthetic})
    return Merged(plan, told.conflicts, told.filled, [m for m in proposed if m[:3] not in wanted], taken)


def _bare() -> dict[str, tuple[()]]:
    return dict.fromkeys(TABLES, ())


class _Told:
    """What is found on the way: it remembers, so that everything is told once."""

    def __init__(self, *, swapped: bool) -> None:
        self.swapped = swapped
        self.conflicts: list[Conflict] = []
        self.filled: list[Filled] = []

    def rows(self, kind: str, mine: Sequence[Row], theirs: Sequence[Row]) -> tuple[Row, ...]:
        """The rows of one table: mine as they are made fuller, then those of theirs that are not among mine."""
        key = KEYS.get(kind, _by_id)
        same = defaultdict[Any, list[Row]](list)
        for row in theirs:
            same[key(row)].append(row)
        met = defaultdict[Any, list[Row]](list)
        for row in mine:
            met[key(row)].append(row)
        made: list[Row] = []
        for row in mine:
            k, full = key(row), row
            for twin in same.get(k, ()):
                if twin not in met[k]:
                    full = self.row(kind, named(row), full, twin)
            made.append(full)
        new = [row for row in theirs if key(row) not in met]
        return (*made, *(self.fitting(mine, new) if kind == "splices" else new))

    def row(self, kind: str, name: str, mine: Any, theirs: Any, leave: Collection[str] = ()) -> Any:
        """One thing out of two records of it: mine, filled from theirs; differences are told."""
        if kind == "splices":  # the same, turned
            return mine
        fresh: dict[str, Any] = {}
        for field in type(mine).model_fields:
            a, b = getattr(mine, field), getattr(theirs, field)
            if field in leave or a == b:
                continue
            if field == "more":
                fresh[field] = {**b, **a}
                self._more(kind, name, a, b)
            elif b in UNKNOWN:
                continue
            elif a in UNKNOWN:
                fresh[field] = b
                self.filled.append(Filled(kind, name, field, b))
            else:
                kept = max(a, b, key=STRICT.index) if field == "disclosure" else a
                fresh[field] = kept
                self._conflict(kind, name, field, a, b, kept)
        return mine.model_copy(update=fresh)

    def _more(self, kind: str, name: str, mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> None:
        for k in theirs:
            if k not in mine:
                self.filled.append(Filled(kind, name, f"more.{k}", theirs[k]))
            elif mine[k] != theirs[k]:
                self._conflict(kind, name, f"more.{k}", mine[k], theirs[k], mine[k])

    def _conflict(self, kind: str, name: str, field: str, mine: Any, theirs: Any, kept: Any) -> None:
        one, other = (theirs, mine) if self.swapped else (mine, theirs)
        conflict = Conflict(kind, name, field, one, other, kept)
        if conflict not in self.conflicts[-1:]:  # a row that is twice in a record
            self.conflicts.append(conflict)

    def fitting(self, mine: Sequence[Any], new: Iterable[Any]) -> list[Row]:
        """Splices that take no strand's end which mine have joined already; the others are told."""
        taken = defaultdict[tuple[str, str], list[tuple[int, int, Splice]]](list)
        for splice in mine:
            for end in (splice.one, splice.other):
                taken[splice.site, end.cable].append((end.first, end.first + splice.count - 1, splice))
        fit = []
        for splice in new:
            met = [s for end in (splice.one, splice.other) for s in _met(taken[splice.site, end.cable], end, splice.count)]
            clash = next((s for s in met if not _within(splice, s)), None)
            if not met:
                fit.append(splice)
            elif clash is not None:
                self._conflict("splices", named(clash), "", clash, splice, clash)
        return fit


def _met(taken: Iterable[tuple[int, int, Splice]], end: End, count: int) -> list[Splice]:
    return [s for first, last, s in taken if first <= end.first + count - 1 and end.first <= last]


def _within(part: Splice, whole: Splice) -> bool:
    """Whether a splice joins, strand by strand, what another joins among more."""
    for one, other in ((part.one, part.other), (part.other, part.one)):
        offset = one.first - whole.one.first
        if (one.cable, other.cable) == (whole.one.cable, whole.other.cable) and offset == other.first - whole.other.first:
            return 0 <= offset <= whole.count - part.count
    return False


def _overlaps(mine: Sequence[Strands], theirs: Sequence[Strands], *, swapped: bool) -> list[Conflict]:
    """Strands that the two say different uses of, in ranges that differ; both records are kept, and the use that leaves less counts."""
    by_cable = defaultdict[str, list[Strands]](list)
    known = {(r.cable, r.first, r.last) for r in mine}
    for row in mine:
        by_cable[row.cable].append(row)
    found = []
    for row in theirs:
        if (row.cable, row.first, row.last) in known:
            continue
        for m in by_cable[row.cable]:
            if m.first <= row.last and row.first <= m.last and (m.use, m.whom, m.what) != (row.use, row.whom, row.what):
                a, b = (row, m) if swapped else (m, row)
                found.append(Conflict("strands", named(m), "", a, b, (m, row)))
    return found


def named(row: Any) -> str:
    """What a letter calls a row: its id, or what it is of."""
    if isinstance(row, Strands):
        return f"{row.cable} {row.first}-{row.last}"
    if isinstance(row, Splice):
        return f"{row.site}: {row.one.cable} {row.one.first} to {row.other.cable} {row.other.first}"
    if isinstance(row, Port):
        return f"{row.site}: {row.panel} {row.number}"
    return str(row.id)


def _by_id(row: Any) -> Any:
    return row.id


def _by_range(row: Any) -> Any:
    return row.cable, row.first, row.last


def _by_ends(row: Any) -> Any:
    return row.site, frozenset({row.one, row.other}), row.count


def _by_place(row: Any) -> Any:
    return row.site, row.panel, row.number


KEYS: Mapping[str, Callable[[Any], Any]] = {"strands": _by_range, "splices": _by_ends, "ports": _by_place}
"""By what two rows are the same thing, where they have no id of their own."""
