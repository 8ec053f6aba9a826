"""Start, interim and stop of a session become one session without a name: access point, from when to when, octets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, tzinfo
from itertools import product
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pulso.sources.radius_forms import HEADED, Fields

STARTS, BEATS, STOPS = {"start", "1"}, {"interim-update", "interim", "alive", "3"}, {"stop", "2"}
GIGAWORD = 2**32
MOST_OCTETS = 2**62
LONGEST = 31 * 86_400.0  # seconds; a session that lasts longer is a clock's mistake
APART = 600.0  # seconds by which a session's own count of its length may differ from its start and stop
RETURN = 3_600.0  # seconds; less than an hour, so that no hour is ever filled in which the client wasn't there
DAWN, DUSK = 31_536_000.0, 4_102_444_800.0  # 1971 and 2100

ADDRESS = re.compile(r"((?:[0-9A-Fa-f]{2}[-:]){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}|[0-9A-Fa-f]{12})(?::.*)?", re.DOTALL)
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
WHOLE = re.compile(r"\d{1,19}")
TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)?\s*(Z|[+-]\d\d(?::?\d\d)?)?", re.ASCII)
EVENT = re.compile(r"([A-Z][a-z]{2} +\d{1,2} \d{4} \d\d:\d\d:\d\d) (?:UTC|GMT)", re.ASCII)
NOTHING = ("", "NULL", "null", r"\N", "0", "None")


class Moment(NamedTuple):
    """Seconds since the epoch, UTC; or as the server's own clock shows them, where the text names no zone."""

    at: float
    wall: bool


class Session(NamedTuple):
    """What is left of a session. Nobody is in it."""

    point: str
    start: float  # seconds since the epoch; see Moment
    stop: float  # the last that was heard of it
    octets_in: int | None  # from the client
    octets_out: int | None  # to the client
    open: bool  # no stop was heard
    wall: bool
    back: float  # when the last of the sessions that were joined to it began; its start, where none was


class _Heard(NamedTuple):
    """One row about a session, while the session is looked for."""

    key: tuple[str, ...]
    point: str
    client: str
    start: float | None  # said by the row itself, or counted back
    at: float
    length: float | None
    octets: tuple[int | None, int | None]
    begins: bool
    ends: bool
    wall: bool


def point_of(text: str) -> str:
    """An access point's name in one spelling: an address as aa-bb-cc-dd-ee-ff, without what stands after it; empty where it is none."""
    found = ADDRESS.fullmatch(text.strip())
    if found:
        digits = re.sub(r"[^0-9a-f]", "", found[1].lower())
        return "-".join(digits[i : i + 2] for i in range(0, 12, 2))
    return text.strip() if NAME.fullmatch(text.strip()) else ""


def sessions(rows: Iterable[Fields], odd: Counter[str], points: frozenset[str] | None = None, zone: str | None = None) -> list[Session]:
    """
    Join the rows of one answer to sessions, and forget whose they were.

    Parameters
    ----------
    rows
        As `radius_forms.rows` gives them.
    odd
        Counts what can't be a session, by the words of `shapes.REASONS`.
    points
        The city's access points, as `point_of` spells them: no other name goes out. Without, every name that looks like one does,
        except those by which any client of the answer is called.
    zone
        The clock of times that name none: an IANA name. Without, they stay as the clock showed them. In the hour that comes twice, it is
        the first, unless the session's own count of its length says the second.

    Returns
    -------
    list of Session
        In order of access point, start and stop, so that their order says nothing.

    Notes
    -----
    Octets are gigawords · 2^32 + octets (RFC 2869, 5.1 and 5.2). A moment is the server's own, less the delay (RFC 2866, 5.2), and a
    start is counted back from Acct-Session-Time where the row that tells it is missing. Sessions of one client with one access point
    that follow each other within less than an hour are one: so of one answer a client counts once in an hour of an access point, and no
    hour is filled in which nobody was there. When the last of them began is kept too: by it the next answer's are known to go on.
    """
    heard: dict[tuple[str, ...], list[_Heard]] = {}
    spelled = _Spelled()
    clients: set[str] = set()
    for row in rows:
        if points is None:
            clients.update(spelled[row.get(n, "")].lower() for n in ("callingstationid", "username"))
        found = _heard(row, odd, spelled)
        if found is not None:
            heard.setdefault(found.key, []).append(found)
    known = []
    clock = ZoneInfo(zone) if zone else None
    for beats in heard.values():
        one = _one(beats, odd, clock)
        if one is None:
            continue
        if (one[0].point not in points) if points is not None else (one[0].point.lower() in clients):
            odd["unknown sensor"] += 1
        else:
            known.append(one)
    return sorted(_returned(known), key=lambda s: (s.point, s.start, s.stop, s.octets_in or 0, s.octets_out or 0, s.back, s.open))


class _Spelled(dict[str, str]):
    """Names in one spelling, each looked at once. It remembers them for one answer, and is forgotten with it."""

    def __missing__(self, text: str) -> str:
        self[text] = point_of(text)
        return self[text]


def _heard(row: Fields, odd: Counter[str], spelled: _Spelled) -> _Heard | None:
    """What one row says; None, and counted, where it is of no session."""
    point = _point(row, spelled)
    scope = (row.get("nasipaddress", ""), row.get("nasidentifier", ""), point)
    unique = row.get("acctuniqueid") or row.get("acctuniquesessionid")
    key = (unique,) if unique else (*scope, row["acctsessionid"]) if row.get("acctsessionid") else None
    if key is None or not point:
        odd["unreadable value"] += 1
        return None
    status = row.get("acctstatustype", "").lower()
    if status and status not in STARTS | BEATS | STOPS:
        return None  # of the access point itself: on, off
    begun, at = _moments(row)
    if at is None:
        odd["unreadable time"] += 1
        return None
    length = _whole(row.get("acctsessiontime", ""))
    octets = _octets(row, "acctinputoctets", "acctinputgigawords"), _octets(row, "acctoutputoctets", "acctoutputgigawords")
    ends = status in STOPS or (not status and _time(row.get("acctstoptime", "")) is not None)
    starts = status in STARTS or begun is not None
    start = begun.at if begun is not None else at.at - (0 if status in STARTS else length or 0)
    client = row.get("callingstationid") or row.get("username") or ""
    client = spelled[client].lower() or client
    return _Heard(key, point, client, start, at.at, None if length is None else float(length), octets, starts, ends, at.wall)


def _point(row: Fields, spelled: _Spelled) -> str:
    """The access point: by its address, else by its name."""
    called = spelled[row.get("calledstationid", "")]
    return called if ADDRESS.fullmatch(called) else spelled[row.get("nasidentifier", "")] or called


def _one(beats: list[_Heard], odd: Counter[str], clock: tzinfo | None) -> tuple[Session, str] | None:
    """All that was heard of a session, as one; None, and counted, where clocks contradict each other."""
    last = max(beats, key=lambda b: (b.at, b.ends))
    begun = [b.start for b in beats if b.begins and b.start is not None]
    start = min(begun) if begun else min(b.start for b in beats if b.start is not None)
    ends = any(b.ends for b in beats)
    stop = max(b.at for b in beats if b.ends) if ends else last.at
    length = max((b.length for b in beats if b.ends and b.length is not None), default=None)
    counted = length if begun else None
    found = next((span for span in _spans(start, stop, clock if last.wall else None) if _possible(*span, counted)), None)
    if found is None or len({b.wall for b in beats}) > 1:
        odd["out of bounds"] += 1
        return None
    start, stop = found
    into, out = (max((n for b in beats if (n := b.octets[i]) is not None), default=None) for i in (0, 1))
    return Session(last.point, start, stop, into, out, not ends, last.wall and clock is None, start), last.client


def _spans(start: float, stop: float, clock: tzinfo | None) -> Iterator[tuple[float, float]]:
    """From when to when it may have been, the likeliest first: a clock that shows an hour twice leaves a choice. Without it, as it is."""
    if clock is None:
        yield start, stop
    elif min(start, stop) >= DAWN and max(start, stop) <= DUSK:
        shown = [datetime.fromtimestamp(x, UTC).replace(tzinfo=clock) for x in (start, stop)]
        for folds in product((0, 1), repeat=2):
            begun, ended = (x.replace(fold=fold).timestamp() for x, fold in zip(shown, folds, strict=True))
            yield begun, ended


def _possible(start: float, stop: float, length: float | None) -> bool:
    """Whether a session can have been so, by its clock and by its own count of its length."""
    return DAWN <= start <= stop <= DUSK and stop - start <= LONGEST and (length is None or abs(stop - start - length) <= APART)


def _returned(known: list[tuple[Session, str]]) -> list[Session]:
    """Join sessions of a client who came back to the same access point within less than an hour.

    Of those without a stop, all but the last lost theirs: so what is joined is open if the last of it is.
    """
    found = [s for s, client in known if not client]
    by_client: dict[tuple[str, str, bool], list[Session]] = {}
    for s, client in known:
        if client:
            by_client.setdefault((s.point, client, s.wall), []).append(s)
    for those in by_client.values():
        now, *rest = sorted(those, key=lambda s: s.start)
        for s in rest:
            if s.start - now.stop < RETURN:
                octets = _sum(now.octets_in, s.octets_in), _sum(now.octets_out, s.octets_out)
                now = Session(now.point, now.start, max(now.stop, s.stop), *octets, s.open, s.wall, s.start)
            else:
                found.append(now._replace(open=False))
                now = s
        found.append(now)
    return found


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def _octets(row: Fields, low: str, high: str) -> int | None:
    """Octets with their gigawords; None where either can't be read."""
    words, octets = row.get(high, ""), row.get(low, "")
    counted = _whole(octets)
    wrapped = 0 if words in NOTHING else _whole(words)
    if counted is None or wrapped is None or wrapped * GIGAWORD + counted > MOST_OCTETS:
        return None
    return wrapped * GIGAWORD + counted


def _whole(text: str) -> int | None:
    return int(text) if WHOLE.fullmatch(text) and text.isascii() else None


def _moments(row: Fields) -> tuple[Moment | None, Moment | None]:
    """When the session began, where the row says so, and the moment that the row is about."""
    begun = _time(row.get("acctstarttime", ""))
    if begun is not None and not row.get("acctstatustype"):
        told = [_time(row.get(n, "")) for n in ("acctstoptime", "acctupdatetime")]
        length = _whole(row.get("acctsessiontime", ""))
        counted = begun._replace(at=begun.at + length) if length is not None else begun
        return begun, next((t for t in told if t is not None), counted)
    delay = _whole(row.get("acctdelaytime", "")) or 0
    stamp = row.get("timestamp", "")
    at = Moment(float(stamp), wall=False) if _whole(stamp) is not None else _time(stamp)
    if at is not None:
        return None, at._replace(at=at.at - delay)
    event = _event(row.get("eventtimestamp", ""))
    if event is not None:
        return None, event
    headed = _written(row.get(HEADED, ""), "%b %d %H:%M:%S %Y")
    return None, headed._replace(at=headed.at - delay) if headed else None


def _event(text: str) -> Moment | None:
    """When the access point says that it was."""
    found = EVENT.fullmatch(text)
    if found:
        written = _written(found[1], "%b %d %Y %H:%M:%S")
        return written._replace(wall=False) if written else None
    whole = _whole(text)
    return Moment(float(whole), wall=False) if whole is not None else _time(text)


def _written(text: str, form: str) -> Moment | None:
    try:
        return Moment(datetime.strptime(" ".join(text.split()), form).replace(tzinfo=UTC).timestamp(), wall=True)
    except ValueError:
        return None


def _time(text: str) -> Moment | None:
    """A moment as databases write it."""
    found = None if text in NOTHING else TIME.fullmatch(text)
    if found is None:
        return None
    zone = found[3] or ""
    offset = "+00:00" if zone in ("", "Z") else f"{zone[:3]}:{zone[3:].lstrip(':') or '00'}"
    try:
        return Moment(datetime.fromisoformat(f"{found[1]}T{found[2]}{offset}").timestamp(), wall=not zone)
    except ValueError:
        return None
