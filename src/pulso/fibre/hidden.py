"""What must not be said of a network: ids, names and places of its hidden things, looked for in everything that is."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pulso.fibre.shapes import Disclosure, Plan, Point

ALIKE = 6
"""Decimals of a degree to which two coordinates are one: about 10 cm."""

TELLING = 3
"""From so many decimals on, a single number gives a place away; of coarser ones, only the pair does."""

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
WORD = re.compile(r"[^\W_]+")
GONE = object()

Tokens = dict[str, list[tuple[str, int]]]


@dataclass(frozen=True)
class Hidden:
    """Ids, words and places of what is hidden."""

    ids: frozenset[tuple[str, str]]  # table and id
    plain: frozenset[str]  # ids and names without a letter, or of one character: only where they stand alone
    tokens: Tokens  # by their first word: the whole, and where that word begins in it
    signs: tuple[str, ...]  # tokens that have no letter or digit
    places: frozenset[Point]  # of hidden sites, where no public site is
    coordinates: frozenset[Point]  # of all that is hidden, where nothing public is
    numbers: frozenset[float]  # longitudes and latitudes that give a place away alone

    def told(self, text: str) -> bool:
        """Whether a text names something hidden, as a whole word, whatever the case and the accents."""
        if not self.tokens and not self.signs:
            return False
        said = _folded(text)
        if any(sign in said for sign in self.signs):
            return True
        for word in WORD.finditer(said):
            for token, begins in self.tokens.get(word.group(), ()):
                first = word.start() - begins
                if first >= 0 and said.startswith(token, first) and _ends(said, first, token):
                    return True
        return False

    def without(self, text: str) -> str:
        """The text, or nothing if it names something hidden."""
        return "" if self.told(text) else text

    def lies(self, point: Point) -> bool:
        """Whether a hidden site lies at a point, and no public one."""
        return _near(point, self.places)

    def kept(self, more: dict[str, Any]) -> dict[str, Any]:
        """What was kept beside a thing, without every part that holds something hidden: a word, a place."""
        found = self._kept(more) if more else more
        return found if isinstance(found, dict) else {}

    def _kept(self, value: Any) -> Any:
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, list | tuple):
            flat = [float(v) for v in value if isinstance(v, int | float)]
            if self._pair(flat):
                return GONE
            found = [self._kept(v) for v in value]
            return GONE if any(v is GONE for v in found) else found  # what is left of a list may mean something else
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int | float):
            return GONE if round(float(value), ALIKE) in self.numbers else value
        text = str(value)
        numbers = [float(n) for n in NUMBER.findall(text)]
        close = any(round(n, ALIKE) in self.numbers for n in numbers) or self._pair(numbers)
        return GONE if close or _folded(text) in self.plain or self.told(text) else value

    def _object(self, value: dict[Any, Any]) -> Any:
        flat = [float(v) for v in value.values() if isinstance(v, int | float) and not isinstance(v, bool)]
        if self._pair(flat):
            value = {k: v for k, v in value.items() if isinstance(v, bool) or not isinstance(v, int | float)}
        found = {k: self._kept(v) for k, v in value.items() if not self.told(str(k)) and _folded(str(k)) not in self.plain}
        return {k: v for k, v in found.items() if v is not GONE}

    def _pair(self, numbers: list[float]) -> bool:
        """Whether two numbers that follow each other are a hidden place, whichever comes first."""
        pairs = pairwise(numbers)
        return any(_near((a, b), self.coordinates) or _near((b, a), self.coordinates) for a, b in pairs)


def hidden(plan: Plan) -> Hidden:
    """Gather what is not public in a plan. Strands, splices, ports and splitters have no name of their own but a splitter's id."""
    tables = {kind: getattr(plan, kind) for kind in ("sites", "ducts", "cables", "works")}
    secret = [(kind, row) for kind, rows in tables.items() for row in rows if row.disclosure is not Disclosure.PUBLIC]
    texts = {_folded(t) for _kind, row in secret for t in (row.id, row.name)} | {_folded(s.id) for s in plan.splitters}
    texts.discard("")
    plain = {t for t in texts if len(t) < 2 or (not any(c.isalpha() for c in t) and any(c.isdigit() for c in t))}
    tokens: Tokens = defaultdict(list)
    signs = []
    for token in sorted(texts - plain):
        first = WORD.search(token)
        if first is None:
            signs.append(token)
        else:
            tokens[first.group()].append((token, first.start()))
    open_sites = {_rounded(s.at) for s in plan.sites if s.disclosure is Disclosure.PUBLIC and s.at}
    open_all = open_sites | {_rounded(p) for d in plan.ducts if d.disclosure is Disclosure.PUBLIC for p in d.route}
    places = {_rounded(s.at) for s in plan.sites if s.disclosure is not Disclosure.PUBLIC and s.at} - open_sites
    drawn = {_rounded(p) for d in plan.ducts if d.disclosure is not Disclosure.PUBLIC for p in d.route}
    coordinates = places | (drawn - open_all)
    return Hidden(
        ids=frozenset((kind, row.id) for kind, row in secret),
        plain=frozenset(plain),
        tokens=dict(tokens),
        signs=tuple(signs),
        places=frozenset(places),
        coordinates=frozenset(coordinates),
        numbers=frozenset(n for point in coordinates for n in point if round(n, TELLING) != n),
    )


def _near(point: Point, places: frozenset[Point]) -> bool:
    """Whether a place lies where a point does, or right beside it: rounding sets two apart that are a hair's breadth from each other."""
    step = 10**-ALIKE
    return bool(places) and any(_rounded((point[0] + i * step, point[1] + j * step)) in places for i in (0, -1, 1) for j in (0, -1, 1))


def _rounded(point: Point) -> Point:
    return round(point[0], ALIKE), round(point[1], ALIKE)


def _folded(text: str) -> str:
    """Letters without case, accents and blanks around."""
    if text.isascii():  # most are, and need no second look
        return text.lower().strip()
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c)).strip()


def _ends(text: str, first: int, token: str) -> bool:
    """Whether a token stands alone in a text: no letter or digit goes on before or after it."""
    last = first + len(token)
    before = text[first - 1] if first and token[0].isalnum() else " "
    after = text[last] if last < len(text) and token[-1].isalnum() else " "
    return not (before.isalnum() or after.isalnum())
