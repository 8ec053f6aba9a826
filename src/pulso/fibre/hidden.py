"""What must not be said of a network: ids, names and places of its hidden things, looked for in everything that is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pulso.fibre.shapes import Disclosure, Plan, Point

ALIKE = 6
"""Decimals of a degree to which two coordinates are one: about 10 cm."""

BESIDE = 100_000
"""Cells to a degree, about a metre each: what lies in a hidden place's cell, or in one that touches it, lies beside it."""

TELLING = 3
"""From so many decimals on, a single number gives a place away; of coarser ones, only the pair does."""

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
WORD = re.compile(r"[^\W_]+")
ORDINAL = re.compile(r"\.\s?(?=[ºª°])|(?<=\b[nN])\s?(?=°)")
NUMERO = re.compile(r"(?<![^\W_])n(?:\.o|°)(?![^\W\d_])")
"""How "nº" is also written: "n.º", "n.o", and with a degree sign."""
UNSEEN = {"Mn", "Me", "Cf"}
"""Unicode's categories of what has no width of its own: accents, soft hyphens, joiners, marks of direction."""
AROUND = tuple((i, j) for i in (0, -1, 1) for j in (0, -1, 1))
GONE = object()

Cell = tuple[int, int]


@dataclass(frozen=True)
class Hidden:
    """Ids, words and places of what is hidden."""

    ids: frozenset[tuple[str, str]]  # table and id
    plain: frozenset[str]  # ids and names without a letter, or of one character: only where they stand alone
    whole: dict[str, frozenset[int]]  # ids and names, their words run together, and where one word ends
    begun: frozenset[str]  # the same, and what stands before each of their ends of words
    signs: tuple[str, ...]  # ids and names that have no letter or digit
    places: frozenset[Cell]  # of hidden sites
    coordinates: frozenset[Cell]  # of all that is hidden
    open_sites: frozenset[Point]  # where a public site is
    open_all: frozenset[Point]  # and where anything public is drawn
    numbers: frozenset[float]  # longitudes and latitudes that give a place away alone

    def told(self, text: str) -> bool:
        """
        Whether a text names something hidden: its words as whole words, one after the other.

        Case, accents and what can't be seen count for nothing, nor does what stands between the words, or whether anything does:
        "bunker-7" is also "Bunker 7" and "bunker7". Only digits that are apart stay apart, and what the hidden thing writes as one word
        isn't looked for in pieces: "a 5 m" doesn't name "a5".
        """
        if not self.whole and not self.signs:
            return False
        said = _folded(text)
        if any(sign in said for sign in self.signs):
            return True
        words = WORD.findall(said)
        return any(word in self.begun and self._follows(words, i) for i, word in enumerate(words))

    def _follows(self, words: list[str], first: int) -> bool:
        """Whether the words from the first on are something hidden, parted only where that is."""
        run, parted = "", []
        for i in range(first, len(words)):
            parted.append(len(run))
            run = _joined(run, words[i])
            if run not in self.begun:
                return False
            if run in self.whole and self.whole[run].issuperset(parted):
                return True
        return False

    def without(self, text: str) -> str:
        """The text, or nothing if it names something hidden."""
        return "" if self.told(text) else text

    def lies(self, point: Point) -> bool:
        """Whether a hidden site lies at a point or beside it, and no public one right there."""
        return _near(point, self.places) and _rounded(point) not in self.open_sites

    def kept(self, more: dict[str, Any]) -> dict[str, Any]:
        """What was kept beside a thing, without every part that holds something hidden: a word, a place."""
        found = self._kept(more) if more else more
        return found if isinstance(found, dict) else {}

    def _kept(self, value: Any) -> Any:
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, list | tuple):
            flat = _numbers(value)
            if self._pair(flat):
                return GONE
            found = [self._kept(v) for v in value]
            return GONE if any(v is GONE for v in found) else found  # what is left of a list may mean something else
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int | float):
            return GONE if any(round(n, ALIKE) in self.numbers for n in _numbers([value])) else value
        text = str(value)
        numbers = [float(n) for n in NUMBER.findall(text)]
        close = any(round(n, ALIKE) in self.numbers for n in numbers) or self._pair(numbers)
        return GONE if close or _folded(text) in self.plain or self.told(text) else value

    def _object(self, value: dict[Any, Any]) -> Any:
        flat = _numbers(value.values())
        if self._pair(flat):
            value = {k: v for k, v in value.items() if isinstance(v, bool) or not isinstance(v, int | float)}
        found = {k: self._kept(v) for k, v in value.items() if not self.told(str(k)) and _folded(str(k)) not in self.plain}
        return {k: v for k, v in found.items() if v is not GONE}

    def _pair(self, numbers: list[float]) -> bool:
        """Whether two numbers that follow each other are a hidden place, whichever comes first."""
        pairs = pairwise(numbers)
        return any(self.lies(p) or self._drawn(p) for a, b in pairs for p in ((a, b), (b, a)))

    def _drawn(self, point: Point) -> bool:
        """Whether something hidden is drawn through a point or beside it, and nothing public right there."""
        return _near(point, self.coordinates) and _rounded(point) not in self.open_all


def _numbers(values: Iterable[Any]) -> list[float]:
    """Those of some values that may be degrees; a file may hold whole numbers that no float can be."""
    return [float(v) for v in values if isinstance(v, int | float) and not isinstance(v, bool) and abs(v) <= 360]


def hidden(plan: Plan) -> Hidden:
    """Gather what is not public in a plan. Strands, splices, ports and splitters have no name of their own but a splitter's id."""
    tables = {kind: getattr(plan, kind) for kind in ("sites", "ducts", "cables", "works")}
    secret = [(kind, row) for kind, rows in tables.items() for row in rows if row.disclosure is not Disclosure.PUBLIC]
    texts = {_folded(t) for _kind, row in secret for t in (row.id, row.name)} | {_folded(s.id) for s in plan.splitters}
    texts.discard("")
    runs = {t: _run(WORD.findall(t)) for t in texts}
    plain = {t for t in texts if len(runs[t][0] or t) < 2 or (not any(c.isalpha() for c in t) and any(c.isdigit() for c in t))}
    whole: dict[str, frozenset[int]] = {}
    for run, ends in (runs[t] for t in texts - plain if runs[t][0]):
        whole[run] = ends | whole.get(run, frozenset())
    open_sites = {_rounded(s.at) for s in plan.sites if s.disclosure is Disclosure.PUBLIC and s.at}
    open_all = open_sites | {_rounded(p) for d in plan.ducts if d.disclosure is Disclosure.PUBLIC for p in d.route}
    places = {_rounded(s.at) for s in plan.sites if s.disclosure is not Disclosure.PUBLIC and s.at} - open_sites
    drawn = {_rounded(p) for d in plan.ducts if d.disclosure is not Disclosure.PUBLIC for p in d.route}
    coordinates = places | (drawn - open_all)
    return Hidden(
        ids=frozenset((kind, row.id) for kind, row in secret),
        plain=frozenset(plain),
        whole=whole,
        begun=frozenset(run[:end] for run, ends in whole.items() for end in (*ends, len(run)) if end),
        signs=tuple(sorted(t for t in texts - plain if not runs[t][0])),
        places=frozenset(_cell(p) for p in places),
        coordinates=frozenset(_cell(p) for p in coordinates),
        open_sites=frozenset(open_sites),
        open_all=frozenset(open_all),
        numbers=frozenset(n for point in coordinates for n in point if round(n, TELLING) != n),
    )


def _near(point: Point, cells: frozenset[Cell]) -> bool:
    """Whether a point lies in one of the cells, or in one that touches it: cells' borders part what is a hair's breadth from each other."""
    if not cells or not (abs(point[0]) <= 180 and abs(point[1]) <= 180):
        return False
    x, y = _cell(point)
    return any((x + i, y + j) in cells for i, j in AROUND)


def _cell(point: Point) -> Cell:
    return round(point[0] * BESIDE), round(point[1] * BESIDE)


def _rounded(point: Point) -> Point:
    return round(point[0], ALIKE), round(point[1], ALIKE)


def _folded(text: str) -> str:
    """Letters without case, accents, what can't be seen, and blanks around; "N.º" is "no" as "Nº" is."""
    if text.isascii():  # most are, and need no second look
        plain = text.lower()
    else:
        plain = unicodedata.normalize("NFKD", ORDINAL.sub("", text)).casefold()
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
        if not plain.isascii():
            plain = "".join(c for c in plain if unicodedata.category(c) not in UNSEEN)
    return NUMERO.sub("no", plain).strip() if "n.o" in plain or "n°" in plain else plain.strip()


def _run(words: Iterable[str]) -> tuple[str, frozenset[int]]:
    """Words run together, and where in it one begins."""
    run, ends = "", set()
    for word in words:
        ends.add(len(run))
        run = _joined(run, word)
    return run, frozenset(ends)


def _joined(run: str, word: str) -> str:
    """One more word: digits that are apart would be another number together."""
    return f"{run} {word}" if run and run[-1].isdigit() and word[0].isdigit() else run + word
