"""Doors to ask through in tests, with small limits and a day of their own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pulso.city import SourceConf
from pulso.sources.asking import Asker, Limits
from pulso.sources.fetch import Door

QUICK = Limits(connect=2.0, read=5.0, size=100_000)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def make(asker: Asker, tmp_path: Path, keep_raw: str = "3y", **more: Any) -> Door:
    conf = SourceConf(name="bikes", connector="table", keep_raw=keep_raw)
    return Door(conf, asker, **({"salt": "s", "known": {}, "raw": tmp_path / "raw", "now": lambda: NOW} | more))


def body(door: Door, url: str) -> bytes | None:
    raw = door(url)
    return raw and raw.body
