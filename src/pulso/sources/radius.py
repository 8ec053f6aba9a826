"""Wi-Fi sessions from RADIUS accounting, through a personal door: what is kept says which access point, from when to when, how much.

Read are FreeRADIUS' `detail` files, CSV exports of its table `radacct`, and JSON lines; plain or gzipped. `strip` makes of each answer a
small table without anybody in it, before the answer touches a disk. Nothing of a session ever becomes an observation by itself:
`pulso.flow.presence` counts, protects and publishes. See docs/how-to/count-people-on-wifi.md and docs/decisions/0014-presence.md.
"""

from __future__ import annotations

import re
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from pulso.city import City, SourceConf
from pulso.errors import CityFileError, Mistake, SourceChanged
from pulso.shapes import OBSERVATION, REJECT, Answer, Get, Row, Window, batch
from pulso.sources import clocks
from pulso.sources.addresses import brief
from pulso.sources.radius_forms import rows
from pulso.sources.radius_join import Session, sessions
from pulso.sources.radius_points import points_of
from pulso.sources.raw_store import retention
from pulso.sources.table_packed import unpacked

COLUMNS = {
    "point": pa.dictionary(pa.int32(), pa.string()),
    **dict.fromkeys(("start", "stop", "back", "octets_in", "octets_out"), pa.float64()),
    "open": pa.int8(),
    "wall": pa.int8(),
}
FIRST_LINE = b"pulso sessions 1"
NO_ACCOUNTING = FIRST_LINE + b"\nno accounting\n"
HEAD = 4096  # bytes: the lines above the table, of the few reasons for which something could not be read, are fewer
LONGEST_KEPT = timedelta(days=31)
SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86_400}

_PERIOD = re.compile(r"(?<!\$)\{(day|month)(?::([^{}]*))?\}")

Floats = NDArray[np.float64]


def _fits(text: str) -> str:
    if "{" in _PERIOD.sub("", text).replace("${", ""):
        raise ValueError("an address with {day} or {month}, such as https://radius.city.example/detail-{day:%Y%m%d}")
    return text


def _span(text: str) -> str:
    seconds(text)
    return text


def seconds(text: str) -> float:
    """Seconds of a length such as "10min". ValueError says what is allowed."""
    number = text.rstrip("smindh")
    unit = text[len(number) :]
    if unit not in SECONDS or not number.isascii() or not number.isdigit() or int(number) == 0:
        raise ValueError('a number and one of s, min, h, d, such as "10min"')
    return float(int(number) * SECONDS[unit])


def _exact(text: str) -> str:
    try:
        positive = Fraction(text) > 0
    except (ValueError, ZeroDivisionError):
        positive = False
    if not positive:
        raise ValueError('a number more than 0, in quotes, such as "0.5"')
    return text


Span = Annotated[str, AfterValidator(_span)]
Exact = Annotated[str, AfterValidator(_exact)]


class Noise(Row):
    """`noise` of a radius source: what each day's publication costs, of how much in all."""

    epsilon: Exact
    budget: Exact
    hours: int = Field(default=6, ge=1, le=48)  # a session counts in so many hours of a day at most


class Options(Row):
    """The keys of a source with connector = "radius"."""

    url: Annotated[str, AfterValidator(_fits)]
    points: str  # a CSV beside the city file: point, place, large
    interim: Span = "10min"  # how often access points report; a session without a stop ends so long after the last report
    quiet: Span = "2h"  # an access point that reports nothing for longer was off
    health: str | None = None  # a source whose sensors are the access points: 1 working, 0 not; then `quiet` isn't asked
    settle: Span = "2d"  # so long after its end a day is published, once and for all
    seen: float = Field(default=1.0, gt=0, le=1)  # share of a place's access points that must have been on
    measure: Literal["sessions", "at_once"] = "sessions"
    k: int = Field(default=10, ge=10)
    base: int = Field(default=5, ge=5)
    noise: Noise | None = None


class Kept(NamedTuple):
    """The sessions of one stripped answer, as columns."""

    point: pa.DictionaryArray  # (S,) names
    start: Floats  # (S,) seconds since the epoch, UTC
    stop: Floats  # (S,) the last that was heard
    back: Floats  # (S,) when the client last came back to it; the start, where nobody did
    octets_in: Floats  # (S,) NaN where unknown
    octets_out: Floats
    open: NDArray[np.bool_]  # (S,) no stop was heard


def strip(body: bytes, points: frozenset[str] | None = None, zone: str | None = None, since: float = -np.inf) -> bytes:
    """
    Take everybody out of an answer.

    Parameters
    ----------
    body
        Accounting in any of the forms, plain or gzipped; or anything else.
    points
        The city's access points: other names don't pass. Without, a name passes if it looks like one and no client in the answer bears it.
    zone
        The server's clock, an IANA name: with it, times that name none are written as moments.
    since
        Seconds since the epoch: sessions that ended before are not kept. They would be kept too long.

    Returns
    -------
    bytes
        What could not be read, counted; then a row a session: access point, start, stop, octets from and to the client, whether it is
        still open, whether its times are the server's own clock's, and when its client last came back to it, if so. Of what is no
        accounting, only that it is none. Without `points`, a stripped answer comes back as it is; with them, as at a city's own door, it
        is none: whoever answers could have written it.

    Raises
    ------
    SourceChanged
        Where an answer breaks the reader, which is our mistake: by which line, and without the message, which could quote somebody.
    """
    if points is None and body.startswith(FIRST_LINE):
        return body
    try:
        text = unpacked(body, "the answer").decode("utf-8", "replace")
    except Exception:  # noqa: BLE001  # a message could quote
        return NO_ACCOUNTING
    odd: Counter[str] = Counter()
    try:
        found = rows(text, odd)
        if found is None:
            return NO_ACCOUNTING
        return _written([s for s in sessions(found, odd, points, zone) if s.stop >= since], odd)
    except Exception as why:  # noqa: BLE001  # its message could quote
        at = traceback.extract_tb(why.__traceback__)[-1]
        raise SourceChanged(
            f"an answer broke the reader: {type(why).__name__} at line {at.lineno} of {Path(at.filename).name}. Nothing of it was kept, "
            "and nothing is quoted, for it may be somebody's. Please report this line."
        ) from None


def strip_for(conf: SourceConf, city: City, now: datetime) -> Callable[[bytes], bytes]:
    """The door's `strip` that knows the city's access points: nothing else passes for one; its clock; and which sessions are too old.

    CityFileError for mistakes in the file of access points.
    """
    options = Options.model_validate(dict(conf.options))
    points = frozenset(p.point for p in points_of(conf, options, city))
    return partial(strip, points=points, zone=city.city.timezone, since=kept_since(now, retention(conf.keep_raw)))


def kept_since(now: datetime, keep: timedelta) -> float:
    """Sessions that ended before are forgotten today, seconds since the epoch: at midnight of UTC, so that none lies longer than `keep`."""
    return datetime.combine((now - keep).astimezone(UTC).date() + timedelta(days=1), time(), UTC).timestamp()


def newer(body: bytes, since: float, zone: str) -> bytes:
    """A stripped answer without the sessions that ended before a moment (seconds since the epoch); what is none stays as it is."""
    head, mark, table = body.partition(b"\npoint,")
    if not mark or not head.startswith(FIRST_LINE):
        return body
    columns, *rows = table.splitlines(keepends=True)
    stop = read(body, zone).stop
    if (stop >= since).all():
        return body
    return head + mark + columns + b"".join(row for row, at in zip(rows, stop.tolist(), strict=True) if at >= since)


def read(body: bytes | pa.Buffer, zone: str, *, octets: bool = True, threads: bool = True) -> Kept:
    """
    Read a stripped answer.

    Parameters
    ----------
    body
        As `strip` wrote it.
    zone
        The clock of times that name none: an IANA name.
    octets
        Without, they are left unread.
    threads
        Without, one alone reads it: for whoever reads several side by side.

    Returns
    -------
    Kept

    Raises
    ------
    SourceChanged
        Where it is no accounting, or nothing that `strip` wrote.
    """
    whole = pa.py_buffer(body)
    begin = bytes(whole[:HEAD])
    if begin == NO_ACCOUNTING:
        raise SourceChanged(
            "what came is no RADIUS accounting: neither a detail file, nor a CSV with the columns of radacct, nor JSON lines"
        )
    head = begin.find(b"\npoint,")
    if head < 0 or not begin.startswith(FIRST_LINE):
        raise SourceChanged("what was kept is no table of sessions that this version wrote")
    named = [name for name in COLUMNS if octets or not name.startswith("octets")]
    options = pacsv.ConvertOptions(column_types=COLUMNS, include_columns=named, include_missing_columns=True)
    plain = pacsv.ParseOptions(quote_char=False)  # `strip` quotes nothing
    found = pacsv.read_csv(pa.BufferReader(whole[head + 1 :]), pacsv.ReadOptions(use_threads=threads), plain, options)
    wall = found["wall"].to_numpy() > 0
    begun, ended, again = (found[name].to_numpy() for name in ("start", "stop", "back"))  # an older version kept no "back"
    start, stop, back = (_on_the_line(moment, wall, zone) for moment in (begun, ended, np.fmax(begun, again)))
    if (stop < start).any() or (back < start).any():  # of the hour that spring skips, a start may come out later
        stop, back = np.maximum(start, stop), np.maximum(start, back)
    unread = np.broadcast_to(np.nan, start.size)
    into, out = (found[name].to_numpy() if octets else unread for name in ("octets_in", "octets_out"))
    points = found["point"].unify_dictionaries().combine_chunks()
    return Kept(points, start, stop, back, into, out, found["open"].to_numpy() > 0)


@dataclass(frozen=True)
class Source:
    """The accounting of one [sources.x]."""

    conf: SourceConf
    options: Options
    city: City

    def __post_init__(self) -> None:
        key, conf = f"sources.{self.conf.name}", self.conf
        mistakes = []
        if not conf.personal:
            mistakes.append(Mistake(f"{key}.personal", conf.personal, "true: sessions are personal data until the door has stripped them"))
        if not timedelta() < retention(conf.keep_raw) <= LONGEST_KEPT:
            mistakes.append(
                Mistake(f"{key}.keep_raw", conf.keep_raw, 'from "1d" to "31d": sessions are kept no longer, and counted from what is kept')
            )
        if retention(conf.keep_raw).total_seconds() < seconds(self.options.settle) + 3 * 86_400:
            mistakes.append(
                Mistake(f"{key}.settle", self.options.settle, "three days less than keep_raw at most: what is forgotten can't be counted")
            )
        if conf.sensors is None:
            mistakes.append(Mistake(f"{key}.sensors", None, "a CSV of the places: sensor,name,lon,lat,zone"))
        if self.options.noise and self.options.measure != "sessions":
            mistakes.append(Mistake(f"{key}.noise", "noise", 'measure = "sessions": noise is for counts'))
        if mistakes:
            raise CityFileError(str(self.city.folder / "city.toml"), mistakes)
        points_of(conf, self.options, self.city)

    def fetch(self, window: Window, get: Get) -> Iterator[Answer]:
        """Yield one Answer a file: no observation, and of what could not be a session which reasons were frequent; see `_rejects`.

        SourceChanged, after the last good file, for all that were no accounting.
        """
        changed = []
        first = max(window.first, self.conf.first or window.first, window.now.date() - retention(self.conf.keep_raw))
        for raw in get.each(addresses(self.options.url, first, min(window.last, self.conf.last or window.last))):
            try:
                found = read(raw.body, self.city.city.timezone)
            except SourceChanged as why:
                changed.append(f"{brief(raw.url)}: {why}")
                continue
            lost = _odd(raw.body)
            lost["future"] += int((found.stop > window.now.timestamp()).sum())
            yield Answer(batch(OBSERVATION), _rejects(lost, self.options.k), raw.url, raw.digest)
        if changed:
            raise SourceChanged("\n".join(changed))


def addresses(template: str, first: date, last: date) -> list[str]:
    """The addresses of these days, both included: a day each, a month each, or one. ${NAME} stays, for the door to fill."""
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]

    def filled(day: date) -> str:
        return _PERIOD.sub(lambda m: day.strftime(m[2] or {"day": "%Y-%m-%d", "month": "%Y-%m"}[m[1]]), template)

    return list(dict.fromkeys(filled(day) for day in days))


def _written(found: list[Session], odd: Counter[str]) -> bytes:
    lines = [FIRST_LINE.decode(), *(f"{n} {reason}" for reason, n in sorted(odd.items()) if n)]
    lines.append("point,start,stop,octets_in,octets_out,open,wall,back")
    lines += [
        f"{s.point},{s.start:.0f},{s.stop:.0f},{'' if s.octets_in is None else s.octets_in},"
        f"{'' if s.octets_out is None else s.octets_out},{s.open:d},{s.wall:d},{'' if s.back == s.start else f'{s.back:.0f}'}"
        for s in found
    ]
    return ("\n".join(lines) + "\n").encode()


def _odd(body: bytes) -> Counter[str]:
    """What a stripped answer says that it could not read."""
    lines = body.partition(b"\npoint,")[0].decode().splitlines()[1:]
    return Counter({reason: int(n) for n, _, reason in (line.partition(" ") for line in lines)})


def _rejects(odd: Counter[str], k: int) -> pa.RecordBatch:
    """Of each reason that k rows or more had: k, however many they were; of a rarer one nothing. Without a word of what stood there.

    The lake keeps it for good and everybody reads it: at an access point that nobody declared, or by a clock that was wrong, an exact
    number counts people as any other does, and so does the difference between an hour's answer and the next's.
    """
    told = [{"metric": "sessions", "kind": "bad", "reason": reason, "n": k} for reason, n in sorted(odd.items()) if n >= k]
    return pa.RecordBatch.from_pylist(told, schema=REJECT)


def _on_the_line(moment: Floats, wall: NDArray[np.bool_], zone: str) -> Floats:
    """Times of the server's own clock as moments; in the hour that comes twice, the first."""
    if not wall.any():
        return moment
    shown = np.where(wall, moment * 1e6, 0).astype(np.int64)
    utc = clocks.to_utc(shown, zone).utc
    return np.where(wall & (utc != clocks.UNKNOWN), utc / 1e6, moment)
