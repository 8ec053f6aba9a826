"""The forms in which RADIUS accounting comes: FreeRADIUS' `detail` text, a CSV of `radacct`, JSON lines. Each row becomes a few texts.

What is read here is personal. It lives in memory until the session is made of it (radius_join.py), and no error names any of it.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

LONGEST_LINE = 65_536  # characters; a RADIUS packet has 4,096 bytes
HEADER_LINES = 64_000

WANTED = frozenset(
    {
        "acctstatustype",
        "acctsessionid",
        "acctuniquesessionid",
        "acctuniqueid",
        "calledstationid",
        "nasidentifier",
        "nasipaddress",
        "callingstationid",
        "username",
        "timestamp",
        "eventtimestamp",
        "acctdelaytime",
        "acctsessiontime",
        "acctinputoctets",
        "acctoutputoctets",
        "acctinputgigawords",
        "acctoutputgigawords",
        "acctstarttime",
        "acctupdatetime",
        "acctstoptime",
    }
)
"""Attributes and columns that are looked at, in lower case and without hyphens; all others aren't."""

CTIME = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})\s*")
HEADED = "headed"  # the moment above a record of a detail file

Fields = dict[str, str]


def rows(text: str, odd: Counter[str]) -> Iterator[Fields] | None:
    """
    Tell the form of a text, and read its rows.

    Parameters
    ----------
    text
        A whole answer.
    odd
        Counts what can't be read, by the words of `shapes.REASONS`.

    Returns
    -------
    Iterator of Fields, or None
        None where it is no accounting at all.
    """
    start = text[:HEADER_LINES].lstrip("\ufeff \t\r\n")
    if not start or "\0" in start:
        return iter(()) if not start else None
    if start[0] in "{[":
        return _json(text, odd) if re.match(r"\[\s*\]", start) or "acct" in start.lower() else None  # else an error, told as JSON
    head = start.splitlines()[0]
    if CTIME.fullmatch(head) or re.match(r"[A-Za-z][\w-]* \+?[=:]=? ", start):
        return _detail(text, odd)
    mark = max(",;\t|", key=head.count)
    names = [_plain(name) for name in head.split(mark)]
    known = WANTED.intersection(names)
    return _csv(text, mark, odd) if len(known) >= 3 and len(known & {"calledstationid", "nasidentifier"}) else None


def _plain(name: str) -> str:
    """A name as WANTED has it."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _lines(text: str, odd: Counter[str]) -> Iterator[str]:
    """Lines; one that no packet could fill is counted instead."""
    for line in text.removeprefix("\ufeff").split("\n"):
        if len(line) > LONGEST_LINE:
            odd["short row"] += 1
        else:
            yield line.rstrip("\r")


def _detail(text: str, odd: Counter[str]) -> Iterator[Fields]:
    """Records of a detail file: a line with the time, then an attribute a line, indented, then an empty line."""
    found: Fields = {}
    for line in _lines(text, odd):
        if not line.strip():
            if len(found) > (HEADED in found):
                yield found
            found = {}
        elif line[0] not in " \t":
            if len(found) > (HEADED in found):
                yield found
            head = CTIME.fullmatch(line)
            found = {HEADED: head[1]} if head else {}
            odd["short row"] += not head and "=" not in line
            if not head and "=" in line:
                _attribute(line, found, odd)
        else:
            _attribute(line, found, odd)
    if len(found) > (HEADED in found):
        yield found


def _attribute(line: str, found: Fields, odd: Counter[str]) -> None:
    """One line `Name = value`; the first of a name counts."""
    name, mark, value = line.partition("=")
    if not mark:
        odd["short row"] += 1
        return
    plain = _plain(name)
    if plain in WANTED:
        found.setdefault(plain, value.strip().strip('"'))


def _csv(text: str, mark: str, odd: Counter[str]) -> Iterator[Fields]:
    """Rows of a table with the columns of radacct, under a header."""
    reader = csv.reader(_lines(text.lstrip("\ufeff \t\r\n"), odd), delimiter=mark)
    names: list[str] = []
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            odd["short row"] += 1
            continue
        if not names:
            names = [_plain(name) for name in cells]
        elif len(cells) == len(names):
            yield {n: c.strip() for n, c in zip(names, cells, strict=True) if n in WANTED}
        else:
            odd["short row"] += bool(cells)


def _json(text: str, odd: Counter[str]) -> Iterator[Fields]:
    """Objects: one a line, or one list of them all."""
    things: Iterable[Any]
    if text.lstrip("\ufeff \t\r\n").startswith("["):
        told = _loaded(text.lstrip("\ufeff"), odd)
        things = told if isinstance(told, list) else []
    else:
        things = (_loaded(line, odd) for line in _lines(text, odd) if line.strip())
    for thing in things:
        if isinstance(thing, dict):
            yield {n: t for n, t in ((_plain(str(name)), _text(value)) for name, value in thing.items()) if n in WANTED and t}
        elif thing is not None:
            odd["short row"] += 1


def _loaded(line: str, odd: Counter[str]) -> Any:
    """What a line of JSON says; None, and counted, where it isn't."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        odd["short row"] += 1
        return None


def _text(value: Any) -> str:
    """A value, plain, in a list, or under `value`, as FreeRADIUS writes JSON."""
    for _ in range(3):
        if isinstance(value, dict):
            value = value.get("value")
        if isinstance(value, list):
            value = value[0] if value else None
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
