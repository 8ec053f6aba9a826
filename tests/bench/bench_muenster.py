"""Münster's whole history, collected and published, and one more day, by commands in new processes: `python -m tests.bench.bench_muenster`.

The reference of the collection is what no reader of these files can do without: DuckDB's own `read_csv`, file by file, its columns and
types left to itself, and nothing kept. A day more is measured after seven years and after one, turn by turn; each asks for the days that
may still be corrected, which is what it asks for without being told. What the mirror holds of later days is hidden from either, as it would
not have been there yet.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import unquote

from pulso.flow.collect import STILL_MOVING
from pulso.flow.home import Home, River
from tests.bench.figures import Figure, middle, note, seconds, tell
from tests.bench.process import PULSO, Took, run
from tests.conftest import SHARED

MIRROR = SHARED / "data" / "mirror"
BICYCLES = "raw.githubusercontent.com/od-ms/radverkehr-zaehlstellen/main"
LAST = date(2026, 8, 3)  # of the history; the days after it come one by one
MORE = 4
YEAR = timedelta(days=365)
QUIET = (0, 3)  # the mirror has no weather, which the command tells by its exit code


def until(folder: Path, day: date) -> str:
    """What PULSO_MIRROR was at the end of a day: its month's bicycles end there."""
    for file in sorted((MIRROR / BICYCLES).glob(f"*/{day:%Y-%m}.csv")):
        shown = folder / BICYCLES / file.parent.name / file.name
        shown.parent.mkdir(parents=True, exist_ok=True)
        lines = file.read_bytes().splitlines(keepends=True)
        shown.write_bytes(b"".join([lines[0], *(line for line in lines[1:] if line[:10].decode() <= day.isoformat())]))
    return f"{folder}{os.pathsep}{MIRROR}"


def pulso(command: str, home: Path, mirror: str, *options: str) -> Took:
    """Run a command on Münster."""
    return run([PULSO, command, "muenster", *options], QUIET, PULSO_HOME=str(home), PULSO_MIRROR=mirror)


def bare(home: Path, overlay: Path) -> Took:
    """Read the files that the lake of this home has read, each by DuckDB's read_csv."""
    read = River.open("muenster", Home(home)).lake.read_origins()["origin"].to_pylist()
    places = [unquote(origin.partition("://")[2]) for origin in read]
    files = [str(next(top / place for top in (overlay, MIRROR) if (top / place).is_file())) for place in places]
    listed = home / "files"
    listed.write_text("\n".join(files), encoding="utf-8")
    return run([sys.executable, "-m", "tests.bench.bare_read_csv", str(listed)])


def collections(folder: Path, turns: int) -> Iterator[tuple[Took, Took]]:
    """The whole history collected into a new home, and its files read bare, turn by turn."""
    mirror = until(folder / "overlay", LAST)
    for turn in range(turns):
        home = folder / f"seven-{turn}"
        ours = pulso("collect", home, mirror, "--to", f"{LAST}")
        theirs = bare(home, folder / "overlay")
        note(f"collect: {ours}; read_csv: {theirs}")
        yield ours, theirs


def days(folder: Path, seven: Path, one: Path) -> Iterator[tuple[Took, Took, Took, Took]]:
    """One more day and another: collected and published after seven years, and after one."""
    for more in range(MORE):
        day = LAST + timedelta(days=more + 1)
        mirror = until(folder / "overlay", day)
        asked = ("--from", f"{day - STILL_MOVING}", "--to", f"{day}")  # said, or else the young home would go for its sources' beginnings
        old, young = ((pulso("collect", home, mirror, *asked), pulso("publish", home, mirror)) for home in (seven, one))
        note(f"{day} after seven years: {old}; after one: {young}")
        yield *old, *young


def figures(turns: int) -> list[Figure]:
    """Measure all of it; the whole history in so many turns."""
    if not MIRROR.is_dir():
        note(f"SKIPPED: Münster. The real data is not at {SHARED}: nothing is said of collecting, publishing and one more day.")
        return []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        pairs = list(collections(folder, turns))
        seven, one = folder / f"seven-{turns - 1}", folder / "one"
        mirror = until(folder / "overlay", LAST)
        published = pulso("publish", seven, mirror)
        note(f"publish: {published}")
        pulso("collect", one, mirror, "--from", f"{LAST - YEAR}", "--to", f"{LAST}")
        pulso("publish", one, mirror)
        more = list(days(folder, seven, one))
        shown = [tuple(pulso("show", home, mirror, "--day", f"{LAST}") for home in (seven, one)) for _ in range(MORE)]
    return [*_collected(pairs), *_published(published), *_more(more), _shown(shown)]


def _collected(pairs: list[tuple[Took, Took]]) -> list[Figure]:
    ours, theirs = ([p[i] for p in pairs] for i in (0, 1))
    clock = middle([a.clock / b.clock for a, b in pairs])
    most = max(t.gib for t in ours)
    return [
        Figure(
            f"Collecting Münster, 2019 to {LAST}, {len(pairs)} × in turn",
            seconds(middle([t.clock for t in ours])),
            "DuckDB `read_csv`, file by file",
            seconds(middle([t.clock for t in theirs])),
            clock,
            "≤ 3 ×",
            clock <= 3.0,
        ),
        Figure(
            "The same, processor time",
            seconds(middle([t.cpu for t in ours])),
            "DuckDB `read_csv`, file by file",
            seconds(middle([t.cpu for t in theirs])),
            middle([a.cpu / b.cpu for a, b in pairs]),
        ),
        Figure("The same, most memory", f"{most:.2f} GiB", bar="≤ 2 GiB", met=most <= 2.0),
    ]


def _published(took: Took) -> list[Figure]:
    said = f"{seconds(took.clock)} ({seconds(took.cpu)} of processor, {took.gib:.2f} GiB)"
    return [Figure("Publishing all of it, ten zones", said, bar="about 60 s")]


def _more(turns: list[tuple[Took, Took, Took, Took]]) -> list[Figure]:
    """The whole of a day is what two new processes take one after the other: the collection and the publication."""
    clock = [(a.clock + b.clock, c.clock + d.clock) for a, b, c, d in turns]
    cpu = [(a.cpu + b.cpu, c.cpu + d.cpu) for a, b, c, d in turns]
    ratio = middle([old / young for old, young in clock])
    parts = " + ".join(seconds(middle([t[i].clock for t in turns])) for i in (0, 1))
    return [
        Figure(f"One more day after seven years: collected + published ({parts})", seconds(middle([o for o, _ in clock])), bar="about 5 s"),
        Figure(
            "One more day, after seven years and after one",
            seconds(middle([o for o, _ in clock])),
            "after one year",
            seconds(middle([y for _, y in clock])),
            ratio,
            "no slower: ≤ 1.15 ×",
            ratio <= 1.15,
        ),
        Figure(
            "The same, processor time",
            seconds(middle([o for o, _ in cpu])),
            "after one year",
            seconds(middle([y for _, y in cpu])),
            middle([old / young for old, young in cpu]),
        ),
    ]


def _shown(turns: list[tuple[Took, ...]]) -> Figure:
    old, young = (middle([t[i].clock for t in turns]) for i in (0, 1))
    return Figure(
        "Showing a day after seven years", seconds(old), "after one year", seconds(young), middle([a.clock / b.clock for a, b in turns])
    )


if __name__ == "__main__":
    tell(figures, turns=3)
