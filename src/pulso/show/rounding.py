"""Rounding: a number as people round it, and parts so that what is shown adds up to the total that is shown beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from math import floor, isfinite


def nearest(value: float, digits: int = 0) -> float:
    """Round a number as people do, a half away from zero, by its digits as they are written: 7.25 is 7.3, −0.05 is −0.1.

    ValueError for what is no finite number.
    """
    if not isfinite(value):
        raise ValueError(f"only a known number can be rounded: {value}")
    return float(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def shares(parts: Sequence[float], digits: int = 0) -> list[float]:
    """Round parts so that they add up to their rounded sum (largest remainder method).

    Parameters
    ----------
    parts
        Finite numbers of either sign; ValueError otherwise.
    digits
        Decimals to keep.

    Returns
    -------
    list of float
        Each within one unit of the last decimal of its part; ties go to the part that stands first.
    """
    if not all(isfinite(p) for p in parts):
        raise ValueError(f"only known points can be rounded: {list(parts)}")
    unit = 10**digits
    scaled = [p * unit for p in parts]
    whole = [floor(s) for s in scaled]
    missing = round(sum(scaled)) - sum(whole)
    first = sorted(range(len(parts)), key=lambda i: whole[i] - scaled[i])
    for i in first[:missing]:
        whole[i] += 1
    return [w / unit for w in whole]


def crossed(cells: Mapping[tuple[str, str], float], columns: Sequence[str], digits: int = 1) -> dict[tuple[str, str], float]:
    """Round a table by (row, column) so that each column adds up to its share of the whole, as `shares` rounds it.

    A row's total is then the sum of its shown cells: whoever adds up the page finds what the page says.
    """
    totals = shares([sum(v for (_, c), v in cells.items() if c == column) for column in columns], digits)
    shown: dict[tuple[str, str], float] = {}
    for column, total in zip(columns, totals, strict=True):
        keys = [k for k in cells if k[1] == column]
        rounded = shares([cells[k] for k in keys], digits)
        gap = round((total - sum(rounded)) * 10**digits)
        largest = sorted(range(len(keys)), key=lambda i: -abs(cells[keys[i]]))
        for i in largest[: abs(gap)]:
            rounded[i] = round(rounded[i] + (1 if gap > 0 else -1) / 10**digits, digits)
        shown |= dict(zip(keys, rounded, strict=True))
    return shown
