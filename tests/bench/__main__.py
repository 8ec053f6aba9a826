"""Each figure beside its reference, measured in the same run: `python -m tests.bench [BENCH …] [--turns N]`, or `make bench`.

Every bench runs in a process of its own, so that one's memory is not another's. The figures are printed, and kept in
docs/reference/figures.md with the machine they were measured on.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version

from rich.console import Console
from rich.table import Table

from tests.bench.figures import Figure, middle, table
from tests.conftest import REPO

BENCHES = {
    "reduce": "Reducing",
    "baseline": "The expected day",
    "structural": "Structural time series",
    "synthetic": "Synthetic control and its kin",
    "muenster": "Münster: collecting, publishing, one more day",
    "start": "A command's start",
    "web": "The site",
    "fibre": "Fibre: who goes dark",
    "presence": "Presence",
    "growth": "The site, with a hundred and with ten thousand rows behind it",
}
KEPT = REPO / "docs" / "reference" / "figures.md"
LIBRARIES = ("duckdb", "ibis-framework", "deltalake", "pyarrow", "numpy", "scipy", "networkx")


def measure(bench: str, turns: int | None) -> list[Figure]:
    """Run one bench. RuntimeError where it fails: what it said of itself stands above."""
    command = [sys.executable, "-m", f"tests.bench.bench_{bench}", *([] if turns is None else ["--turns", str(turns)])]
    ended = subprocess.run(command, cwd=REPO, stdout=subprocess.PIPE, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(f"the bench {bench!r} ended with {ended.returncode}")
    return [Figure(**row) for row in json.loads(ended.stdout.splitlines()[-1])]


def show(title: str, figures: Sequence[Figure]) -> None:
    """Print what one bench found."""
    lines = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for name in ("what", "Pulso", "beside", "reference", "ratio", "bar", ""):
        lines.add_column(name, justify="right" if name in ("Pulso", "reference", "ratio") else "left")
    for row in table(figures)[2:]:
        lines.add_row(*(cell.strip().strip("*") for cell in row.strip("|").split("|")))
    Console(width=180).print(lines)


def now() -> tuple[float, float]:
    """The load average, and the milliseconds that a fixed loop of plain Python takes: machines of one kind differ threefold in an hour."""
    took = []
    for _ in range(25):
        begun = time.perf_counter()
        sum(len(str(i % 997)) for i in range(100_000))
        took.append(time.perf_counter() - begun)
    return os.getloadavg()[0], 1000 * middle(took)


def machine(began: tuple[float, float], ended: tuple[float, float]) -> str:
    """On what, when and beside what other work it was measured."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC on {os.cpu_count()} processors ({platform.machine()}) and {memory:.0f} GiB of "
        f"memory, Python {platform.python_version()}, {libraries}. Load average {began[0]:.1f} when it began, {ended[0]:.1f} when it "
        "ended: what lies above its own one or two was other work beside it. A fixed loop of plain Python took "
        f"{began[1]:.0f} ms before and {ended[1]:.0f} ms after: seconds compare between days only where that does."
    )


def keep(bench: str, figures: Sequence[Figure], began: tuple[float, float], ended: tuple[float, float]) -> None:
    """Write a bench's section of the page anew; the others, and what is written by hand, stay."""
    before, *sections = KEPT.read_text(encoding="utf-8").split("\n## ")
    kept = {section.partition("\n")[0]: section for section in sections}
    body = "\n".join(table(figures)) if figures else "Not measured: the real data was absent."
    kept[BENCHES[bench]] = f"{BENCHES[bench]}\n\n{machine(began, ended)}\n\n{body}\n"
    KEPT.write_text("\n## ".join([before, *kept.values()]), encoding="utf-8")


def main() -> None:
    """Measure, print, and keep. Ends with 1 where a bar is missed."""
    options = argparse.ArgumentParser(prog="python -m tests.bench")
    options.add_argument("benches", nargs="*", metavar="BENCH", help=f"of {', '.join(BENCHES)}; without, all")
    options.add_argument("--turns", type=int, help="how often each is measured; each bench knows how often it should be")
    asked = options.parse_args()
    found = {}
    for bench in asked.benches or BENCHES:
        began = now()
        found[bench] = measure(bench, asked.turns)
        show(BENCHES[bench], found[bench])
        keep(bench, found[bench], began, now())
    missed = [f.what for figures in found.values() for f in figures if f.met is False]
    if missed:
        sys.exit("Missed: " + "; ".join(missed))


if __name__ == "__main__":
    main()
