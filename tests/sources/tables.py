"""A small city around one [sources.x], and a Get over files in memory or in the mirror."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

from pulso.city import City, load
from pulso.shapes import OBSERVATION, REJECT, Answer, Raw, Source, Window, together
from pulso.sources import open_source

URL = "https://example.org/data.csv"
CITY = """
[city]
slug = "somewhere"
name = "Somewhere"
timezone = "{zone}"
country = "PT"

[zones]
file = "zones.geojson"
id = "id"
name = "name"

[sources.x]
connector = "table"
{section}
"""


def city(folder: Path, section: str, zone: str = "Europe/Lisbon") -> City:
    """Make a city whose one source is this section."""
    if "url" not in section:
        section = f'url = "{URL}"\n' + section
    (folder / "city.toml").write_text(CITY.format(zone=zone, section=section), encoding="utf-8")
    return load(folder)


def source(folder: Path, section: str, zone: str = "Europe/Lisbon") -> Source:
    """Open that city's source."""
    c = city(folder, section, zone)
    return open_source(c.sources["x"], c)


@dataclass(frozen=True)
class Files:
    """A Get over files in memory."""

    files: dict[str, bytes]

    def __call__(self, url: str) -> Raw | None:
        body = self.files.get(url)
        return None if body is None else Raw(url, body, hashlib.sha256(body).hexdigest())

    def each(self, urls: list[str]) -> Iterator[Raw]:
        for url in urls:
            if (raw := self(url)) is not None:
                yield raw


@dataclass(frozen=True)
class Mirror(Files):
    """A Get over the mirror's folder."""

    folder: Path

    def __call__(self, url: str) -> Raw | None:
        path = self.folder / unquote(url.removeprefix("https://"))
        if url.startswith("mirror:"):
            path = self.folder.parent / url.removeprefix("mirror:")
        return Raw(url, body := path.read_bytes(), hashlib.sha256(body).hexdigest()) if path.is_file() else None


def window(first: str = "2010-01-01", last: str = "2026-12-31") -> Window:
    return Window(date.fromisoformat(first), date.fromisoformat(last))


def read(folder: Path, section: str, body: str | bytes, zone: str = "Europe/Lisbon") -> Answer:
    """Read one file by a section."""
    raw = body.encode() if isinstance(body, str) else body
    (answer,) = source(folder, section, zone).fetch(window(), Files({URL: raw}))
    return answer


def rows(answer: Answer, *columns: str) -> list[tuple[Any, ...]]:
    """The observations of an answer, in order of time and sensor; times in UTC, as people write them."""
    table = together([answer.observations], OBSERVATION).sort_by([("start", "ascending"), ("sensor", "ascending"), ("metric", "ascending")])
    names = columns or ("sensor", "metric", "start", "value")
    shown = [[_shown(v) for v in table[n].to_pylist()] for n in names]
    return list(zip(*shown, strict=True))


def _shown(value: object) -> object:
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value


def why(*answers: Answer) -> dict[str, int]:
    """How many cells were lost, by reason."""
    found: Counter[str] = Counter()
    for r in together([a.rejects for a in answers], REJECT).to_pylist():
        found[cast(str, r["reason"])] += cast(int, r["n"])
    return dict(found)
