"""Accounting as FreeRADIUS writes it, of people who don't exist, with everything in it that must never come out again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple

SECRETS = (
    "de-ad-be-ef-00-01",
    "deadbeef0001",
    "DE-AD-BE-EF-00-01",
    "de:ad:be:ef:00:01",
    "maria.silva",
    "10.66.77.88",
    "2001:db8:66::77",
    "pw-6f1c",
    "sess-9a8b7c",
    "uniq-31415926",
)
"""Client addresses, a user name, IP addresses, a password, ids of sessions: searched for in whatever comes out."""

AP = "AA-BB-CC-00-00-0{}"


class Beat(NamedTuple):
    """One accounting packet."""

    kind: str  # Start, Interim-Update, Stop
    at: float  # seconds since the epoch
    ap: int = 1
    length: int | None = None
    octets: tuple[int, int] = (0, 0)
    gigawords: tuple[int, int] = (0, 0)
    session: str = "9a8b7c"
    client: str = "DE-AD-BE-EF-00-01"


def at(text: str) -> float:
    """A moment of UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def fields(b: Beat) -> dict[str, str | int]:
    """The attributes of a packet."""
    told: dict[str, str | int] = {
        "Acct-Status-Type": b.kind,
        "Acct-Session-Id": f"sess-{b.session}",
        "Acct-Unique-Session-Id": f"uniq-{b.session}-31415926",
        "User-Name": "maria.silva",
        "User-Password": "pw-6f1c",
        "Framed-IP-Address": "10.66.77.88",
        "Framed-IPv6-Address": "2001:db8:66::77",
        "NAS-IP-Address": "192.0.2.7",
        "NAS-Identifier": "controller",
        "Called-Station-Id": f"{AP.format(b.ap)}:Porto Digital",
        "Calling-Station-Id": b.client,
        "Timestamp": int(b.at),
    }
    if b.length is not None:
        told |= {"Acct-Session-Time": b.length}
    if b.kind != "Start":
        into, out = b.octets
        told |= {"Acct-Input-Octets": into, "Acct-Output-Octets": out}
        told |= {"Acct-Input-Gigawords": b.gigawords[0], "Acct-Output-Gigawords": b.gigawords[1]}
    return told


def detail(beats: Iterable[Beat]) -> bytes:
    """As the module `detail` writes them."""
    text = []
    for b in beats:
        text.append(f"{datetime.fromtimestamp(b.at, UTC):%a %b %e %H:%M:%S %Y}")
        text += [
            f"\t{name} = {value if isinstance(value, int) or name == 'Acct-Status-Type' else json.dumps(value)}"
            for name, value in fields(b).items()
        ]
        text.append("")
    return "\n".join([*text, ""]).encode()


def json_lines(beats: Iterable[Beat]) -> bytes:
    """As FreeRADIUS 3 writes JSON: type and list of values."""
    rows = [{name: {"type": "string", "value": [value]} for name, value in fields(b).items()} for b in beats]
    return "\n".join(json.dumps(row) for row in rows).encode()


COLUMNS = (
    "radacctid,acctsessionid,acctuniqueid,username,nasipaddress,acctstarttime,acctupdatetime,acctstoptime,acctsessiontime,"
    "acctinputoctets,acctoutputoctets,calledstationid,callingstationid,framedipaddress"
)


class Whole(NamedTuple):
    """One row of radacct; moments as text, as the database shows them."""

    start: str
    stop: str = ""
    update: str = ""
    ap: int = 1
    octets: tuple[int, int] = (1, 2)
    client: str = "de:ad:be:ef:00:01"


def radacct(rows: Iterable[Whole]) -> bytes:
    """An export of the table."""
    text = [COLUMNS]
    for i, r in enumerate(rows):
        text.append(
            f"{i},sess-9a8b7c-{i},uniq-31415926-{i},maria.silva,192.0.2.7,{r.start},{r.update},{r.stop},,{r.octets[0]},{r.octets[1]},"
            f"{AP.format(r.ap)}:Porto Digital,{r.client},10.66.77.88"
        )
    return "\n".join([*text, ""]).encode()
