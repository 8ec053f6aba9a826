"""What people have that no file, log or letter may repeat, and answers that are full of it."""

from __future__ import annotations

from datetime import UTC, datetime

AT = datetime(2025, 3, 16, 9, tzinfo=UTC)
PERSONAL = (
    *("de:ad:be:ef:00:01", "DE-AD-BE-EF-00-02", "dead.beef.0003", "deadbeef0004", "de ad be ef 00 05", "d:ad:be:ef:0:6"),
    *("10.20.30.41", "2001:db8:1:2:3:4:5:42", "fe80::1", "2a01::5", "ana.silva@example.org", "Ana-Silva-iPhone"),
)
"""Addresses of devices, addresses in the network, who signed in, what a phone is called."""


def told_of(text: str) -> list[str]:
    """What of it a text repeats, in whichever case."""
    return [p for p in PERSONAL if p.casefold() in text.casefold()]


DEVICE = {
    "id": "6f9d5b2e",
    "name": "ap-1",
    "mac_address": "de:ad:be:ef:00:01",
    "key": "deadbeef0004",
    "last_ip": "10.20.30.41",
    "management_ip": "2001:db8:1:2:3:4:5:42",
    "notes": "ana.silva@example.org",
    "monitoring": {"status": "ok", "related_metrics": [{"name": "Ping", "is_healthy": True}]},
    "data": {"interfaces": [{"wireless": {"clients": [{"mac": "DE-AD-BE-EF-00-02", "hostname": "Ana-Silva-iPhone"}]}}]},
}
"""A device as OpenWISP tells it, with more than anybody needs."""
