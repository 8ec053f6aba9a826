"""Text → numbers, or the reason why it is none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pulso.shapes import REASONS
from pulso.sources.table_options import Meaning

CODES = {"": 0, **{reason: i for i, reason in enumerate(REASONS, start=1)}}
"""A small number for each reason; 0 for none."""

ABSENT = {"", "na", "n/a", "null", "none", "#n/a"}
"""Texts that say the same in every table: nothing is known."""

_PLAIN = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"


class Numbers(NamedTuple):
    """What a column of numbers says, row by row."""

    value: NDArray[np.float64]  # NaN where there is a reason
    why: NDArray[np.int8]  # CODES; 0 where the value counts


def read(text: pa.Array, words: Mapping[str, Meaning], *, decimal: str = ".", thousands: str = "") -> Numbers:
    """Read numbers.

    Parameters
    ----------
    text
        (N,) of string.
    words
        Texts that mean something else than they say: "closed", "missing", or a number. A word that is itself a number, such as
        "0", holds for every way to write that number.
    decimal, thousands
        The marks between whole and part, and between groups of three digits. A mark that is not declared makes no number.

    Returns
    -------
    Numbers
        Reasons: "closed", "no value" (empty or missing), "not finite", "unreadable value".
    """
    if decimal == "." and not thousands:
        try:
            value = pc.cast(text, pa.float64()).to_numpy(zero_copy_only=False)
            return _by_number(_finite(value), words)
        except pa.ArrowInvalid:
            pass  # words, gaps or worse: look closer
    text = pc.utf8_trim_whitespace(text)
    shown = text
    if thousands:
        grouped = pc.match_substring_regex(text, rf"^[+-]?\d{{1,3}}({re.escape(thousands)}\d{{3}})+({re.escape(decimal)}\d*)?$")
        shown = pc.if_else(grouped, pc.replace_substring(text, thousands, ""), shown)
    if decimal == ",":
        shown = pc.if_else(pc.match_substring(shown, "."), "?", pc.replace_substring(shown, ",", "."))
    plain = pc.match_substring_regex(shown, _PLAIN)
    value = pc.cast(pc.if_else(plain, shown, None), pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64)
    found = _by_number(_finite(value), words)
    rest = np.flatnonzero(~plain.to_numpy(zero_copy_only=False))
    coded = text.take(pa.array(rest)).dictionary_encode()
    meant = [_word(w, words) for w in coded.dictionary.to_pylist()]
    if meant:
        which = coded.indices.to_numpy(zero_copy_only=False)
        found.value[rest] = np.array([v for v, _ in meant])[which]
        found.why[rest] = np.array([CODES[r] for _, r in meant], dtype=np.int8)[which]
    return found


def _finite(value: NDArray[np.float64]) -> Numbers:
    finite = np.isfinite(value)
    return Numbers(np.where(finite, value, np.nan), np.where(finite, 0, CODES["not finite"]).astype(np.int8))


def _by_number(found: Numbers, words: Mapping[str, Meaning]) -> Numbers:
    """Apply the words that are numbers themselves."""
    for word, meaning in words.items():
        if re.fullmatch(_PLAIN, word):
            these = found.value == float(word)
            value, reason = _meaning(meaning)
            found.value[these] = value
            found.why[these] = CODES[reason]
    return found


def _word(text: str, words: Mapping[str, Meaning]) -> tuple[float, str]:
    if text in words:
        return _meaning(words[text])
    if text.lower() == "nan" or re.fullmatch(r"[+-]?inf(inity)?", text.lower()):
        return np.nan, "not finite"
    return np.nan, "no value" if text.lower() in ABSENT else "unreadable value"


def _meaning(meaning: Meaning) -> tuple[float, str]:
    if isinstance(meaning, str):
        return np.nan, {"closed": "closed", "missing": "no value"}[meaning]
    return float(meaning), ""
