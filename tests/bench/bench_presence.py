"""Presence, measured: `python -m tests.bench.bench_presence`. From kept sessions to place-hours published, beside a bare count.

Ten million sessions of a month at 600 access points of 150 places, in the files in which the door keeps them. Ours is what a collection
does with them, `publish` of pulso.flow.presence.publication: each file is unpacked, held to its hash and read; sessions of several files
become one; it is found when each access point was on by reports; each day is counted, protected, written with what its correction needs,
and handed to the lake. The reference is what any tool must do at least: the minutes and the sessions of each place and hour by overlap, in
DuckDB SQL on all processors, from the same files in the same run, turn by turn, written too.
"""

from __future__ import annotations

import hashlib
import io
import json
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from pulso.flow.home import Home, River
from pulso.flow.presence import publication
from pulso.sources.raw_store import RawStore, retention
from tests.bench.figures import Figure, note, seconds, tell
from tests.lake import town

SESSIONS, POINTS, PLACES, ZONES = 10_000_000, 600, 150, 15
FIRST, DAYS = date(2026, 5, 2), 29  # so many settled days sessions can be kept of
NOW = datetime(2026, 5, 31, 1, 30, tzinfo=UTC)
BEFORE = 300  # seconds before midnight: then a session that lasts over it was last heard of in its first file
COLUMNS = {
    "point": "varchar", "start": "double", "stop": "double", "octets_in": "double", "octets_out": "double",
    "open": "tinyint", "wall": "tinyint", "back": "double",
}  # fmt: skip

CITY = """
[city]
slug = "month"
name = "Month"
timezone = "UTC"
country = "PT"
[zones]
file = "zones.geojson"
id = "id"
name = "name"
[sources.wifi]
connector = "radius"
personal = true
keep_raw = "31d"
settle = "1h"
expected = "1h"
url = "https://radius.example/{day:%Y%m%d}"
points = "points.csv"
sensors = "places.csv"
[domains.street]
[metrics.wifi_presence]
source = "wifi"
domain = "street"
"""
BARE = """
copy (
    select place, hour, sum(least(stop, 3600.0 * hour + 3600) - greatest(start, 3600.0 * hour)) / 3600 as hours, count(*) as sessions
    from (
        select place, start, stop, unnest(range(floor(start / 3600)::bigint, ceil(stop / 3600)::bigint)) as hour
        from read_csv({files}, columns = {columns}, compression = 'zstd', skip = 1, header = true, delim = ',', quote = '')
        join read_csv('{points}', header = true, all_varchar = true) using (point) where stop > start
    )
    group by place, hour
) to '{out}' (format csv)
"""


def name(i: int) -> str:
    """An access point's, as accounting calls it."""
    return f"aa-bb-cc-00-{i // 256:02x}-{i % 256:02x}"


def zones() -> bytes:
    """Fifteen squares."""
    corners = ((0.0, 0.0), (0.1, 0.0), (0.1, 0.1), (0.0, 0.1), (0.0, 0.0))
    shapes = [
        {
            "type": "Feature",
            "properties": {"id": f"zone{i}", "name": f"Zone {i}"},
            "geometry": {"type": "Polygon", "coordinates": [[(7 + i / 10 + x, 51 + y) for x, y in corners]]},
        }
        for i in range(ZONES)
    ]
    return json.dumps({"type": "FeatureCollection", "features": shapes}).encode()


def a_month(folder: Path, sessions: int) -> River:
    """A city whose door kept a month: sessions by day and night at large places and small, of twenty minutes on average."""
    rng = np.random.default_rng(11)
    place_of = np.sort(rng.integers(0, PLACES, POINTS))
    place_of[:PLACES] = np.arange(PLACES)
    (folder / "zones.geojson").write_bytes(zones())
    (folder / "city.toml").write_text(CITY)
    rows = [f"p{i},Place {i},,,zone{i % ZONES}" for i in range(PLACES)]
    (folder / "places.csv").write_text("\n".join(["sensor,name,lon,lat,zone", *rows, ""]))
    (folder / "points.csv").write_text("\n".join(["point,place", *(f"{name(i)},p{p}" for i, p in enumerate(place_of.tolist())), ""]))
    drawn = rng.lognormal(0, 1.1, PLACES)[place_of]
    daytime = np.clip(np.sin((np.arange(24) - 7) / 24 * 2 * np.pi) + 0.7, 0.02, None)
    river = River.open(folder, Home(folder / "var", folder / "mirror", town.Clock(NOW)))
    store = RawStore(river.home.folder(river.city) / "raw" / "wifi", retention("31d"))
    over: list[np.ndarray] = []
    for i in range(DAYS + 1):
        n = sessions // DAYS if i < DAYS else 0
        first = datetime.combine(FIRST + timedelta(days=i), datetime.min.time(), UTC).timestamp()
        point = rng.choice(POINTS, n, p=drawn / drawn.sum())
        start = np.floor(first + 3600.0 * rng.choice(24, n, p=daytime / daytime.sum()) + rng.uniform(0, 3600, n))
        stop = start + np.ceil(rng.exponential(1200, n))
        back = np.where((rng.random(n) < 0.1) & (stop - start > 60), np.floor((start + stop) / 2), start)  # a tenth came back
        day = np.column_stack([point, start, stop, back, np.zeros(n)])
        late = day[:, 2] >= first + 86_400
        ahead = day[late].copy()
        ahead[:, 1] = ahead[:, 3]  # the next file knows the last of what was joined
        day[late, 2], day[late, 4] = np.maximum(first + 86_400 - BEFORE, day[late, 3]), 1
        _kept(store, FIRST + timedelta(days=i), np.vstack([day, *over]), rng)
        over = [ahead]
    return river


def _kept(store: RawStore, day: date, rows: np.ndarray, rng: np.random.Generator) -> None:
    """A day's file, as the door writes it."""
    point, start, stop, back, is_open = rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))].T
    whole = {
        "start": start,
        "stop": stop,
        "octets_in": rng.integers(0, 2**32, start.size),
        "octets_out": rng.integers(0, 2**34, start.size),
    }
    names = pa.DictionaryArray.from_arrays(point.astype(np.int32), pa.array([name(i) for i in range(POINTS)])).cast(pa.string())
    table = pa.table({"point": names, **{k: v.astype(np.int64) for k, v in whole.items()}, "open": is_open.astype(np.int64)})
    table = table.append_column("wall", pa.array(np.zeros(start.size, dtype=np.int64)))
    table = table.append_column("back", pa.array(back.astype(np.int64), mask=back == start))
    out = io.BytesIO()
    out.write(b"pulso sessions 1\n" + ",".join(COLUMNS).encode() + b"\n")
    pacsv.write_csv(table, out, pacsv.WriteOptions(include_header=False, quoting_style="none"))
    body = out.getvalue()
    store.add(
        f"https://radius.example/{day:%Y%m%d}", body, hashlib.sha256(body).hexdigest(), datetime.combine(day, datetime.max.time(), UTC)
    )


def ours(river: River) -> int:
    """Publish the month as a collection does, in a home that holds its raw answers alone; how many place-hours are shown."""
    return publication.publish(river, "wifi").shown


def afresh(river: River) -> River:
    """The same city, of which nothing was published."""
    home = river.home.folder(river.city)
    for path in home.iterdir():
        if path.name != "raw":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return River.open(river.city.folder, river.home)


def bare(river: River, out: Path) -> int:
    """Place-hours, with everybody in them."""
    files = sorted(str(p) for p in (river.home.folder(river.city) / "raw" / "wifi").glob("*.pack"))
    with duckdb.connect() as db:
        db.execute(BARE.format(files=files, columns=COLUMNS, points=river.city.folder / "points.csv", out=out))
    return sum(1 for _ in out.open()) - 1


def figures(turns: int) -> list[Figure]:
    """Measure both, turn by turn."""
    with tempfile.TemporaryDirectory() as there:
        folder = Path(there)
        river = a_month(folder, SESSIONS)
        note(f"{SESSIONS:,} sessions in {DAYS + 1} files")

        def timed(ask: Callable[[], int]) -> tuple[float, int]:
            begun = time.perf_counter()
            found = ask()
            return time.perf_counter() - begun, found

        pairs = []
        for _ in range(turns):
            fresh = afresh(river)
            mine, shown = timed(lambda fresh=fresh: ours(fresh))
            theirs, known = timed(lambda: bare(river, folder / "bare.csv"))
            note(f"{mine:.2f} s for {shown:,} place-hours published; {theirs:.2f} s for {known:,} counted")
            assert 0 < shown <= known
            pairs.append((mine, theirs))
    share = statistics.median(a / b for a, b in pairs)
    mine, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    what = f"{SESSIONS / 10**6:g} M sessions, from the files in which they are kept to place-hours published"
    beside = "counting alone, from the same files to a file, in DuckDB SQL"
    return [
        Figure(what, seconds(mine), beside, seconds(theirs), share, "≤ 1.5 ×", share <= 1.5),
        Figure("Most memory", f"{gib:.2f} GiB"),
    ]


if __name__ == "__main__":
    tell(figures, turns=5)
