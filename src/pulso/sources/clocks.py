"""What clocks write, as moments: any order of day and month, 24:00, offsets, epochs, and the hours a local clock skips or repeats."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

UNKNOWN = np.iinfo(np.int64).min
"""In place of a time that nobody knows, in microseconds."""

SECOND = 1_000_000
DAY = 86_400 * SECOND
EPOCHS = {"epoch": SECOND, "epoch_ms": 1_000}

_ISO = (
    r"^(?P<Y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"
    r"(?:[T ]+(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2}(?:[.,]\d+)?))? ?(?P<z>Z|[+-]\d{2}:?\d{2})?)?$"
)
_TOKENS = {
    "Y": r"(?P<Y>\d{4})",
    "y": r"(?P<y>\d{2})",
    "m": r"(?P<m>\d{1,2})",
    "d": r"(?P<d>\d{1,2})",
    "b": r"(?P<b>\pL{3,})\.?",
    "H": r"(?P<H>\d{1,2})",
    "I": r"(?P<I>\d{1,2})",
    "M": r"(?P<M>\d{1,2})",
    "S": r"(?P<S>\d{1,2}(?:[.,]\d+)?)",
    "p": r"(?P<p>[AaPp])\.?[Mm]\.?",
    "z": r"(?P<z>Z|[+-]\d{2}:?\d{2})",
    "*": ".*?",
    "%": "%",
}
_MONTHS = {
    word: month
    for words in (
        "jan feb mar apr may jun jul aug sep oct nov dec",  # English
        "jan fev mar abr mai jun jul ago set out nov dez",  # Portuguese
        "jan feb mär apr mai jun jul aug sep okt nov dez",  # German
        "ene feb mar abr may jun jul ago sep oct nov dic",  # Spanish
    )
    for month, word in enumerate(words.split(), start=1)
}


def pattern(form: str) -> str:
    """Write a form such as "%d.%m.%Y %H:%M" as a regular expression; ValueError for a sign that is not known here."""
    if form == "iso":
        return _ISO
    found = ["^"]
    for sign, plain in re.findall(r"%(.)|([^%]+)", form):
        if sign and sign not in _TOKENS:
            raise ValueError(f"%{sign} in {form!r}; known are {', '.join('%' + t for t in _TOKENS)}")
        found.append(_TOKENS[sign] if sign else re.escape(plain).replace(r"\ ", " +"))
    return "".join([*found, "$"])


class Moments(NamedTuple):
    """What a column of times says, row by row."""

    at: NDArray[np.int64]  # microseconds since 1970 on the column's own clock; UNKNOWN where unreadable
    utc: NDArray[np.bool_]  # true where the text itself names its offset: `at` is UTC already


def read(text: pa.Array, forms: list[str], strip: str = "") -> Moments:
    """Read times in the first form that fits each.

    Parameters
    ----------
    text
        (N,) of string.
    forms
        "iso", "epoch", "epoch_ms", or signs as in strptime (%Y %y %m %d %b %H %I %p %M %S %z) and %* for what
        says nothing. 24:00 is the midnight after.
    strip
        Characters to take off both ends first, such as quotes within quotes.

    Returns
    -------
    Moments
        UNKNOWN where no form fits or the day does not exist.
    """
    if forms == ["iso"] and not strip:
        try:
            return Moments(pc.cast(text, pa.timestamp("us")).to_numpy(zero_copy_only=False).astype(np.int64), np.zeros(len(text), bool))
        except pa.ArrowInvalid:
            pass  # some text is not plain ISO: read them all with care
    text = pc.utf8_trim(pc.utf8_trim_whitespace(text), strip) if strip else pc.utf8_trim_whitespace(text)
    at = np.full(len(text), UNKNOWN)
    utc = np.zeros(len(text), bool)
    for form in forms:
        left = np.flatnonzero(at == UNKNOWN)
        if not left.size:
            break
        rest = text if left.size == len(text) else text.take(pa.array(left))
        if form in EPOCHS:
            at[left], utc[left] = _epoch(rest, EPOCHS[form]), True
        else:
            at[left], utc[left] = _civil(pc.extract_regex(rest, pattern(form)))
    return Moments(at, utc & (at != UNKNOWN))


def _epoch(text: pa.Array, unit: int) -> NDArray[np.int64]:
    plain = pc.match_substring_regex(text, r"^-?\d{1,17}(\.\d+)?$")
    number = pc.cast(pc.if_else(plain, text, None), pa.float64()).to_numpy(zero_copy_only=False)
    known = np.isfinite(number) & (np.abs(number * unit) < 2.0**62)
    return np.where(known, np.round(np.where(known, number, 0) * unit), UNKNOWN).astype(np.int64)


def _civil(parts: pa.StructArray) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Put year, month, day, hour … together; UNKNOWN for days and hours that no calendar has."""
    known = parts.is_valid().to_numpy(zero_copy_only=False)
    names = {f.name for f in parts.type}

    def number(name: str, default: float = 0) -> NDArray[np.float64]:
        if name not in names:
            return np.full(len(parts), default, dtype=np.float64)
        text = pc.replace_substring(pc.struct_field(parts, name), ",", ".")
        text = pc.if_else(pc.fill_null(pc.not_equal(text, ""), False), text, str(default))
        return pc.cast(text, pa.float64()).to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]

    year = number("Y", 1970) if "Y" in names else np.where((short := number("y")) < 69, 2000, 1900) + short
    month = _month(pc.struct_field(parts, "b")).astype(np.float64) if "b" in names else number("m", 1)
    day, minute, second = number("d", 1), number("M"), number("S")
    hour = number("H") if "H" in names else number("I") % 12 + 12 * _is(parts, "p", "Pp")
    known &= (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31) & (minute < 60) & (second < 61)
    known &= (hour < 24) | ((hour == 24) & (minute == 0) & (second == 0))
    years, of_year, of_month = (np.where(known, x, 1).astype(np.int64) for x in (year, month, day))
    months = (years - 1970) * 12 + of_year - 1
    days = months.astype("M8[M]").astype("M8[D]").astype(np.int64) + of_month - 1
    known &= days.astype("M8[D]").astype("M8[M]").astype(np.int64) == months
    micro = days * DAY + np.where(known, np.round((hour * 3600 + minute * 60 + second) * SECOND), 0).astype(np.int64)
    named = np.zeros(len(parts), bool)
    if "z" in names:
        zone = pc.fill_null(pc.struct_field(parts, "z"), "")
        named = pc.not_equal(zone, "").to_numpy(zero_copy_only=False)
        micro -= _offsets(zone)
    return np.where(known, micro, UNKNOWN), named


def _is(parts: pa.StructArray, name: str, letters: str) -> NDArray[np.bool_]:
    if name not in {f.name for f in parts.type}:
        return np.zeros(len(parts), bool)
    found = pc.is_in(pc.struct_field(parts, name), value_set=pa.array(list(letters)))
    return found.to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]


def _each(text: pa.Array, meaning: dict[str, int]) -> NDArray[np.int64]:
    """Look words up, each different one once."""
    coded = pc.fill_null(text, "").dictionary_encode()
    found = np.array([meaning[w] for w in coded.dictionary.to_pylist()] or [0], dtype=np.int64)
    which: NDArray[np.int64] = coded.indices.to_numpy(zero_copy_only=False)
    return found[which]


def _month(text: pa.Array) -> NDArray[np.int64]:
    return _each(text, {w: _MONTHS.get(w[:3].lower(), 0) for w in set(text.drop_null().to_pylist()) | {""}})


def _offsets(text: pa.Array) -> NDArray[np.int64]:
    meaning = {}
    for word in pc.unique(text).to_pylist():
        digits = word[1:].replace(":", "")
        size = (int(digits[:2]) * 60 + int(digits[2:])) * 60 * SECOND if digits else 0
        meaning[word] = -size if word[:1] == "-" else size
    return _each(text, meaning | {"": 0})


class Walls(NamedTuple):
    """A zone's clock: from each of these UTC moments on, it stands so far ahead of UTC, in microseconds."""

    since: NDArray[np.int64]
    ahead: NDArray[np.int64]


@lru_cache(maxsize=64)
def walls(zone: str, first: int, last: int) -> Walls:
    """Find the changes of a zone's clock in these years, both included, to the second."""
    clock = ZoneInfo(zone)

    def ahead(at: datetime) -> timedelta:
        return at.astimezone(clock).utcoffset() or timedelta(0)

    at, end = datetime(max(first, 2), 1, 1, tzinfo=UTC), datetime(min(last, 9997) + 1, 1, 1, tzinfo=UTC)
    since, offsets = [UNKNOWN // 2], [ahead(at)]
    while at < end:
        after = at + timedelta(days=7)
        if ahead(after) != offsets[-1]:
            low, high = at, after
            while high - low > timedelta(seconds=1):
                middle = (low + (high - low) / 2).replace(microsecond=0)
                low, high = (low, middle) if ahead(middle) != offsets[-1] else (middle, high)
            since.append(int(high.timestamp()) * SECOND)
            offsets.append(ahead(high))
        at = after
    return Walls(np.array(since), np.array([int(o.total_seconds()) * SECOND for o in offsets]))


class Placed(NamedTuple):
    """Local times on the UTC line."""

    utc: NDArray[np.int64]  # of a doubled time the earlier moment; of a skipped one UNKNOWN
    doubled: NDArray[np.bool_]  # the clock showed this time twice
    later: NDArray[np.int64]  # the second of the two moments, where doubled; else the same as utc


def to_utc(wall: NDArray[np.int64], zone: str) -> Placed:
    """Say when a local clock showed these times.

    Parameters
    ----------
    wall : (N,)
        Microseconds since 1970 on the local clock; UNKNOWN stays UNKNOWN.
    zone
        An IANA name.
    """
    known = wall != UNKNOWN
    if not known.any():
        return Placed(wall.copy(), np.zeros(wall.size, bool), wall.copy())
    years = np.array([wall[known].min(), wall[known].max()], dtype="M8[us]").astype("M8[Y]").astype(np.int64) + 1970
    since, ahead = walls(zone, int(years[0]) - 1, int(years[1]) + 1)
    k = np.searchsorted(since + ahead, wall, side="right") - 1
    k = np.where(known, k, 0)
    late = wall - ahead[k]
    before = np.maximum(k - 1, 0)
    early = wall - ahead[before]
    doubled = known & (k > 0) & (early < since[k])
    until = np.append(since[1:], np.iinfo(np.int64).max)[k]
    skipped = known & (late >= until)
    utc = np.where(doubled, early, late)
    return Placed(np.where(known & ~skipped, utc, UNKNOWN), doubled, np.where(known & ~skipped, late, UNKNOWN))


def moments_of(wall: NDArray[np.int64], zone: str, group: NDArray[np.int64], ahead: int = 0) -> NDArray[np.int64]:
    """Say when the spans of a file's rows began, the second run of a doubled hour after the first.

    Parameters
    ----------
    wall, group : (N,)
        When each span began on the local clock, UNKNOWN where nobody knows, in the order of the file; which sensor it belongs to.
    zone
        An IANA name.
    ahead
        0 where the file names the beginnings. Where it names the ends: the length of a span, in microseconds.

    A file that names ends does so in one of two ways. Most name each hour by its beginning and one more, so that a doubled night has
    "03:00" twice. Some write down what the clock showed at the end, and have "02:00" twice: as soon as that is seen, all times of the
    sensor are taken so. Where the clock never showed a beginning, because it skipped it in spring, the end is what counts.
    """
    begun = to_utc(wall, zone)
    start = np.where(second_showing(wall, begun.doubled, group), begun.later, begun.utc) if begun.doubled.any() else begun.utc
    if not ahead:
        return start
    stamp = np.where(wall == UNKNOWN, UNKNOWN, wall + ahead)
    ended = to_utc(stamp, zone)
    second = second_showing(stamp, ended.doubled, group)
    by_end = (start == UNKNOWN) | np.isin(group, group[second & ~begun.doubled])
    end = np.where(second, ended.later, ended.utc)
    return np.where(by_end & (end != UNKNOWN), end - ahead, start)


def to_local(utc: NDArray[np.int64], zone: str) -> NDArray[np.int64]:
    """Say what a local clock shows at these moments, in microseconds since 1970 on that clock; UNKNOWN stays UNKNOWN."""
    known = utc != UNKNOWN
    if not known.any():
        return utc.copy()
    years = np.array([utc[known].min(), utc[known].max()], dtype="M8[us]").astype("M8[Y]").astype(np.int64) + 1970
    since, ahead = walls(zone, int(years[0]) - 1, int(years[1]) + 1)
    found = utc + ahead[np.where(known, np.searchsorted(since, utc, side="right") - 1, 0)]
    return np.where(known, found, UNKNOWN)


def second_showing(at: NDArray[np.int64], doubled: NDArray[np.bool_], group: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say which rows of a doubled hour belong to its second run.

    A sensor's rows are in order of time, so once its clock stands still or goes back, the second run has begun. A time that comes
    only once is the first run's: such a source loses the second.

    Parameters
    ----------
    at : (N,)
        Local times in the order of the file (the newest may come first).
    doubled : (N,)
        From `to_utc`.
    group : (N,)
        Which sensor each row belongs to.
    """
    second = np.zeros(at.size, bool)
    rows = np.flatnonzero(doubled)
    known = at[at != UNKNOWN]
    if known.size > 1 and known[0] > known[-1]:
        rows = rows[::-1]
    reached: dict[tuple[int, int], int] = {}
    for i in rows.tolist():
        key = (int(group[i]), int(at[i]) // DAY)
        second[i] = int(at[i]) <= reached.get(key, UNKNOWN)
        reached[key] = max(reached.get(key, UNKNOWN), int(at[i]))
    return second
