"""How a protocol is hashed, so that anyone can do it again.

The text is JSON in UTF-8: an object with its keys in order of their code points, no space between signs, no escape that JSON doesn't
ask for, all text in Unicode's composed form (NFC). Days are "2026-03-01", moments "2026-03-01T09:00:00Z" in UTC to the second. Counts
are JSON numbers; all other numbers are text, in plain decimals without needless zeros ("0.05", "-3"), so that no machine writes them
differently. Its sha256, in small hexadecimal, is the digest.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

FORM = "pulso-protocol-1"
"""How the text is written; another number once it is written otherwise."""


def canonical(said: Mapping[str, Any]) -> str:
    """The text of some fields, one and the same however they came.

    ValueError for a float (make it a Decimal), a number that is not finite, a moment without a zone, a key that is not text or comes
    twice once composed, and for all that JSON has no shape for.
    """
    return json.dumps(_plain(said), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def sha256(said: Mapping[str, Any]) -> str:
    """The digest of some fields."""
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def decimal(value: float) -> Decimal:
    """A computed number as it is kept: to nine places, from the shortest text that names it. ValueError where it is not finite."""
    found = Decimal(repr(float(value)))
    if not found.is_finite():
        raise ValueError(f"a number that is kept is finite; found {value!r}")
    return found.quantize(Decimal("1e-9"))


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return _object(value)
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    raise ValueError(f"the text of a protocol has no {type(value).__name__}; found {value!r}")


def _object(value: Mapping[Any, Any]) -> dict[str, Any]:
    if wrong := [k for k in value if not isinstance(k, str)]:
        raise ValueError(f"the keys of a protocol are text; found {wrong[0]!r}")
    plain = {unicodedata.normalize("NFC", k): _plain(v) for k, v in value.items()}
    if len(plain) < len(value):
        raise ValueError(f"two keys are one once composed, among {sorted(value)}")
    return plain


def number(value: Decimal) -> str:
    """A number as text: plain decimals without needless zeros. ValueError where it is not finite."""
    if not value.is_finite():
        raise ValueError(f"a number of a protocol is finite; found {value}")
    said = f"{value:f}"
    said = said.rstrip("0").rstrip(".") if "." in said else said
    return "0" if said in ("-0", "") else said


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError(f"a moment has a zone; found {value.isoformat()}")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
