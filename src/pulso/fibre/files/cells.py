"""One cell of a table, as its file has it, to a value of ours."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import numpy as np

from pulso.fibre.columns import day

YES = frozenset({"1", "true", "yes", "y", "s", "sim", "verdadeiro", "x"})
NO = frozenset({"0", "false", "no", "n", "não", "nao", "falso"})

ACCEPTED: Mapping[str, str] = {
    "text": "text",
    "number": "a number",
    "whole": "a whole number",
    "yes": f"yes or no: {', '.join(sorted(YES | NO))}",
    "day": "a day, as 2026-05-01 or 01/05/2026",
    "list": "ids with the separator between them",
    "ends": "cable and first strand of each, as cable:1;cable:2",
    "json": "an object of JSON",
}
"""What a letter says of each form of cell."""


def cell(form: str, raw: Any, separator: str = ";", decimal: str = ".") -> Any:
    """
    Read a cell that is not empty.

    Returns
    -------
    What its form holds; None for a text of blanks where a number or a yes is wanted.

    Raises
    ------
    ValueError, TypeError, KeyError
        For what can't be read so; RecursionError for JSON that nests too deep.
    """
    if form == "list":
        return _list(raw, separator)
    if form == "ends":
        return _ends(raw, separator)
    if form in ("number", "whole"):
        return number(raw, decimal) if form == "number" else _whole(raw, decimal)
    return {"text": _text, "yes": _yes, "day": _day, "json": _json}[form](raw)


def word(raw: Any) -> str:
    """A value as a map names it: text without blanks around, 3 for 3.0, true for a yes; nothing for None."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return "" if raw is None else str(raw).strip()


def plain(raw: Any) -> Any:
    """A value as JSON can keep it; None for an empty one."""
    if isinstance(raw, str | bool | int | float | list | dict):
        return None if raw == "" else raw
    return None if raw is None else str(raw)


def number(raw: Any, decimal: str = ".") -> float | None:
    """A finite number; with a decimal comma, points part the thousands."""
    if isinstance(raw, str):
        raw = raw.strip().replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
        if not raw:
            return None
        raw = raw.replace(".", "").replace(",", ".") if decimal == "," else raw
    value = float(raw)
    if not np.isfinite(value):
        raise ValueError("not finite")
    return value


def _whole(raw: Any, decimal: str) -> int | None:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    value = number(raw, decimal)
    if value is not None and not value.is_integer():
        raise ValueError("not whole")
    return None if value is None else int(value)


def _text(raw: Any) -> str:
    return raw if isinstance(raw, str) else word(raw)


def _yes(raw: Any) -> bool | None:
    said = word(raw).casefold()
    if said not in YES | NO | {""}:
        raise ValueError("neither")
    return said in YES if said else None


def _day(raw: Any) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    return raw if isinstance(raw, date) else day(str(raw))


def _list(raw: Any, separator: str) -> tuple[str, ...]:
    items = json.loads(raw) if isinstance(raw, str) and raw.lstrip().startswith("[") else raw
    if isinstance(items, list):
        return tuple(word(i) for i in items)
    return tuple(i.strip() for i in word(raw).split(separator) if i.strip())


def _ends(raw: Any, separator: str) -> tuple[dict[str, Any], ...]:
    """Ends of strands: [["cable", 1], …] as JSON, or cable:1;cable:2."""
    if isinstance(raw, str) and not raw.lstrip().startswith("["):
        pairs = [item.rsplit(":", 1) for item in raw.split(separator) if item.strip()]
    else:
        pairs = json.loads(raw) if isinstance(raw, str) else raw
    return tuple({"cable": str(cable).strip(), "first": int(first)} for cable, first in pairs)


def _json(raw: Any) -> dict[str, Any]:
    found = json.loads(raw) if isinstance(raw, str) else raw
    if not isinstance(found, dict):
        raise TypeError("no object")
    return found
