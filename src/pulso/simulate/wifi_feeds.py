"""The synthetic Wi-Fi as a server tells it: RADIUS accounting with addresses and names in it, all invented, and how access points are.

What is written here looks personal on purpose: whoever reads it must take it out at the door.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import ArrayLike, NDArray
from pyarrow import csv as columns

from pulso.fibre.shapes import Plan
from pulso.simulate.chance import stream
from pulso.simulate.feeds import HOST
from pulso.simulate.plan import ZONES
from pulso.simulate.wifi import INTERIM, Ints, Sessions, Wifi, hours, off
from pulso.simulate.wifi import sessions as come
from pulso.simulate.wifi_places import inventory

SSID = "WiFi-Sintetico"
GIGAWORD = 2**32
PARTLY = 0.008
"""Share of reports in which one of an access point's radios fails."""
UNHEARD = 0.004
"""Share of reports that never came."""

Words = NDArray[np.uint64]


def radacct(of: Wifi, sessions: Sessions) -> bytes:
    """
    Write sessions as FreeRADIUS' table `radacct` is exported: CSV in UTF-8, a row a session, moments in UTC.

    A session of which no stop was told has none, and its last update instead. Octets are whole: the table adds the gigawords itself.
    """
    ran = sessions.told - sessions.start
    table = pa.table(
        {
            "radacctid": pa.array(np.arange(1, ran.size + 1)),
            "acctsessionid": session_ids(of, sessions),
            "acctuniqueid": _hex(_mixed(_number(of, sessions), 5), 8),
            "username": user_names(sessions.device),
            "nasipaddress": _picked([f"10.20.{i // 250}.{i % 250 + 1}" for i in range(len(of.points))], sessions.point),
            "nasidentifier": _picked(list(of.points), sessions.point),
            "acctstarttime": _written(sessions.start),
            "acctupdatetime": _written(sessions.told),
            "acctstoptime": pc.if_else(pa.array(sessions.stale), pa.scalar(None, pa.string()), _written(sessions.told)),
            "acctsessiontime": pa.array(ran),
            "acctinputoctets": pa.array(_heard(sessions.received, sessions)),
            "acctoutputoctets": pa.array(_heard(sessions.sent, sessions)),
            "calledstationid": called(of, sessions.point),
            "callingstationid": macs(sessions.device),
            "acctterminatecause": pc.if_else(pa.array(sessions.stale), "", "User-Request"),
            "framedipaddress": addresses(sessions.device),
        }
    )
    sink = pa.BufferOutputStream()
    columns.write_csv(table, sink, columns.WriteOptions(quoting_style="none"))
    return bytes(sink.getvalue())


def detail(of: Wifi, sessions: Sessions) -> bytes:
    """
    Write sessions as FreeRADIUS' `detail` file: a start, an interim update every INTERIM seconds, and a stop unless none was told.

    In order of time. Octets have 32 bits, and what is beyond stands in gigawords (RFC 2869). Much text: for some thousand sessions.
    """
    name, mac = user_names(sessions.device).to_pylist(), macs(sessions.device).to_pylist()
    ap, key, ip = called(of, sessions.point).to_pylist(), session_ids(of, sessions).to_pylist(), addresses(sessions.device).to_pylist()
    found: list[tuple[int, int, str]] = []
    for s in range(sessions.point.size):
        start, told, stop = int(sessions.start[s]), int(sessions.told[s]), int(sessions.stop[s])
        beats = range(start + INTERIM, told + bool(sessions.stale[s]), INTERIM)
        moments = [(start, "Start"), *((t, "Interim-Update") for t in beats)]
        moments += [] if sessions.stale[s] else [(told, "Stop")]
        for at, status in moments:
            part = (at - start) / (stop - start)
            lines = [
                f'\tAcct-Session-Id = "{key[s]}"',
                f"\tAcct-Status-Type = {status}",
                f'\tUser-Name = "{name[s]}"',
                f'\tCalled-Station-Id = "{ap[s]}"',
                f'\tCalling-Station-Id = "{mac[s]}"',
                f'\tNAS-Identifier = "{of.points[sessions.point[s]]}"',
                f"\tFramed-IP-Address = {ip[s]}",
                f"\tAcct-Session-Time = {at - start}",
                *_octets("Input", int(sessions.received[s] * part)),
                *_octets("Output", int(sessions.sent[s] * part)),
                f"\tTimestamp = {at}",
            ]
            found.append((at, s, "\n".join([_ctime(at), *lines]) + "\n\n"))
    return "".join(text for _, _, text in sorted(found)).encode()


def _octets(way: str, octets: int) -> list[str]:
    return [f"\tAcct-{way}-Octets = {octets % GIGAWORD}", f"\tAcct-{way}-Gigawords = {octets // GIGAWORD}"]


def health(of: Wifi, day: date, *, every: int = 60) -> bytes:
    """
    Write how each access point was, every so many minutes of a local day: CSV, a row an access point and moment.

    `state` is up, degraded or down; `working` 1 or 0; `last_seen` the last moment that it was heard, empty if that was long ago; `uptime_s`
    the seconds since it was last switched on, empty while it is off. Some reports never come.
    """
    edges, _ = hours(day)
    at = np.arange(edges[0], edges[-1], 60 * every)
    points, shut = len(of.points), off(of, day)
    rng = stream(of.seed, "wifi", "health", day.isoformat())
    partly, lost = (rng.random((at.size, points)) < share for share in (PARTLY, UNHEARD))
    on = np.broadcast_to(~shut, partly.shape)
    last, since = _lasts(of, day)
    heard = np.where(on, at[:, None], np.broadcast_to(last, on.shape))
    rows, who = np.nonzero(~lost)
    known = np.asarray(heard > 0)[rows, who]
    table = pa.table(
        {
            "point": _picked(list(of.points), who),
            "at": _iso(at[rows]),
            "state": _picked(["down", "degraded", "up"], np.where(on, np.where(partly, 1, 2), 0)[rows, who]),
            "working": pa.array(on[rows, who].astype(np.int8)),
            "last_seen": pc.if_else(pa.array(known), _iso(np.maximum(heard[rows, who], 0)), pa.scalar(None, pa.string())),
            "uptime_s": pa.array((at[:, None] - since)[rows, who], mask=~on[rows, who]),
        }
    )
    sink = pa.BufferOutputStream()
    columns.write_csv(table, sink, columns.WriteOptions(quoting_style="none"))
    return bytes(sink.getvalue())


def _lasts(of: Wifi, day: date) -> tuple[Ints, Ints]:
    """(A,) twice: when each was last on, 0 if not in the week before; and since when it has been, a week ago at most."""
    last, since = np.zeros(len(of.points), dtype=np.int64), np.zeros(len(of.points), dtype=np.int64)
    unbroken = np.ones(last.size, dtype=bool)
    for back in range(1, 8):
        edges, _ = hours(day - timedelta(back))
        on = ~off(of, day - timedelta(back))
        last = np.where((last == 0) & on, edges[-1], last)
        since = np.where(unbroken & ~on, edges[-1], since)
        unbroken &= on
    return last, np.where(since == 0, hours(day - timedelta(7))[0][0], since)


def write(folder: Path, of: Wifi, first: date, last: date, *, crowd: float = 1.0) -> None:
    """
    Write days of accounting and of reports below a mirror folder, and beside them what a city file needs to read them.

    Parameters
    ----------
    folder
        Files are written at FOLDER/demo.pulso.example/wifi: contas/DAY.csv.gz (`radacct`), estado/DAY.csv (`health`),
        pontos.csv (`points_csv`) and locais.csv (`places_csv`). The same arguments write the same bytes.
    of, first, last, crowd
        As in `sessions`; both days included. A day's accounting has the sessions of whoever came on it, as it is known a day later.

    Raises
    ------
    ValueError
        As in `sessions`.
    OSError
        If a file can't be written.
    """
    root = folder / HOST / "wifi"
    for part in ("contas", "estado"):
        (root / part).mkdir(parents=True, exist_ok=True)
    (root / "pontos.csv").write_text(points_csv(of), encoding="utf-8")
    (root / "locais.csv").write_text(places_csv(of), encoding="utf-8")
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        body = radacct(of, come(of, day, crowd=crowd))
        (root / "contas" / f"{day}.csv.gz").write_bytes(gzip.compress(body, 6, mtime=0))
        (root / "estado" / f"{day}.csv").write_bytes(health(of, day))


def inventory_csv(network: Plan | None = None) -> tuple[str, str]:
    """Places, and access points, as tables that `wifi_load` reads; with the fibre network, also the sites that feed them."""
    kept = inventory(network)
    places = [[p.id, p.name, p.kind.value, *(p.at or ("", "")), p.zone, "yes" if p.large else "no", p.target] for p in kept.places]
    points = [[p.id, p.name, p.place, *(p.at or ("", "")), p.zone, p.site, p.owner, p.disclosure.value] for p in kept.points]
    return (
        _text(["id", "name", "kind", "lon", "lat", "zone", "large", "target"], places),
        _text(["id", "name", "place", "lon", "lat", "zone", "site", "owner", "disclosure"], points),
    )


def points_csv(of: Wifi) -> str:
    """The access points as a source of accounting wants them: point (its address), place, large, id."""
    each = zip(station(of), (of.spots[p] for p in of.place), of.points, strict=True)
    return _text(["point", "place", "large", "id"], [[mac, spot.id, str(spot.large).lower(), point] for mac, spot, point in each])


def places_csv(of: Wifi) -> str:
    """The places as a sensors file of a city: sensor, name, lon, lat, zone."""
    return _text(["sensor", "name", "lon", "lat", "zone"], [[s.id, s.name, s.lon, s.lat, ZONES[s.zone].id] for s in of.spots])


def _text(head: list[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([head, *rows])
    return out.getvalue()


def macs(device: ArrayLike) -> pa.Array:
    """(S,) A hardware address of each device, locally administered as phones invent them: 5E-1F-…"""
    octets = _mixed(np.asarray(device), 1).view(np.uint8).reshape(-1, 8)[:, :6].copy()
    octets[:, 0] = octets[:, 0] & 0xFC | 0x02
    return _joined([_BYTES.take(pa.array(octets[:, i])) for i in range(6)], "-")


def user_names(device: ArrayLike) -> pa.Array:
    """(S,) Who signed in: visitante-4f21ab08@exemplo.pt."""
    return _joined([pa.scalar("visitante-"), pc.utf8_lower(_hex(_mixed(np.asarray(device), 2), 4)), pa.scalar("@exemplo.pt")], "")


def addresses(device: ArrayLike) -> pa.Array:
    """(S,) The address that each device was given: 10.77.3.200."""
    octets = _mixed(np.asarray(device), 3).view(np.uint8).reshape(-1, 8)
    return _joined([pa.scalar("10"), *(_DECIMALS.take(pa.array(octets[:, i])) for i in range(3))], ".")


def session_ids(of: Wifi, sessions: Sessions) -> pa.Array:
    """(S,) Acct-Session-Id of each."""
    return _hex(_mixed(_number(of, sessions), 4), 8)


def station(of: Wifi) -> list[str]:
    """(A,) Hardware addresses of the access points, which are infrastructure: 02-50-52-00-01-0A."""
    return [f"02-50-52-{a >> 16 & 255:02X}-{a >> 8 & 255:02X}-{a & 255:02X}" for a in range(1, len(of.points) + 1)]


def called(of: Wifi, point: ArrayLike) -> pa.Array:
    """(S,) Called-Station-Id: the access point's address, and the network's name."""
    return _picked([f"{mac}:{SSID}" for mac in station(of)], point)


_BYTES = pa.array([f"{i:02X}" for i in range(256)])
_DECIMALS = pa.array([str(i) for i in range(256)])
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _number(of: Wifi, sessions: Sessions) -> Ints:
    """(S,) A number for each session: of its start, its access point and its device."""
    return np.asarray(_mixed(sessions.device, of.seed) ^ _mixed(sessions.start * 4_096 + sessions.point, 6)).view(np.int64)


def _mixed(of: ArrayLike, salt: int) -> Words:
    """(S,) Numbers well mixed (Steele, Lea & Flood 2014, SplitMix64): the same for the same, and nothing to be read from them."""
    z = np.asarray(of).astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15 * (salt + 1) % 2**64)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))


def _hex(words: Words, octets: int) -> pa.Array:
    parts = words.view(np.uint8).reshape(-1, 8)
    return _joined([_BYTES.take(pa.array(parts[:, i])) for i in range(octets)], "")


def _joined(parts: list[pa.Array | pa.Scalar], mark: str) -> pa.Array:
    return pc.binary_join_element_wise(*parts, mark)


def _picked(words: list[str], which: ArrayLike) -> pa.Array:
    return pa.array(words).take(pa.array(np.asarray(which)))


def _heard(octets: Ints, sessions: Sessions) -> Ints:
    """(S,) Of the octets of whole sessions, those that were told of."""
    return np.asarray((octets * ((sessions.told - sessions.start) / (sessions.stop - sessions.start))).astype(np.int64))


def _written(moments: Ints) -> pa.Array:
    """(S,) 2024-06-23 21:15:00+00, as PostgreSQL writes moments."""
    return _joined([pc.strftime(pa.array(moments).cast(pa.timestamp("s")), "%Y-%m-%d %H:%M:%S"), pa.scalar("+00")], "")


def _iso(moments: Ints) -> pa.Array:
    return pc.strftime(pa.array(moments).cast(pa.timestamp("s")), "%Y-%m-%dT%H:%M:%SZ")


@cache
def _day(number: int) -> str:
    day = date.fromordinal(719_163 + number)
    return f"{_WEEKDAYS[day.weekday()]} {_MONTHS[day.month - 1]} {day.day:2d}|{day.year}"


def _ctime(moment: int) -> str:
    """Sat Jun  1 08:05:00 2024, whatever the machine's language is; in UTC."""
    number, rest = divmod(moment, 86_400)
    day, year = _day(number).split("|")
    return f"{day} {rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d} {year}"
