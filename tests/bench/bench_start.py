"""How long a command takes to begin: `python -m tests.bench.bench_start`. The reference is what Python itself needs to begin and end."""

from __future__ import annotations

import sys

from tests.bench.figures import Figure, middle, note, seconds, tell
from tests.bench.process import PULSO, run


def figures(turns: int) -> list[Figure]:
    """Measure, turn by turn."""
    both = [(run([PULSO, "--help"]), run([sys.executable, "-c", "pass"])) for _ in range(turns)]
    note(f"{both}")
    clock, cpu = (tuple(middle([getattr(t[i], what) for t in both]) for i in (0, 1)) for what in ("clock", "cpu"))
    return [
        Figure("`pulso --help`", seconds(clock[0]), "an empty Python", seconds(clock[1])),
        Figure("The same, processor time", seconds(cpu[0]), "an empty Python", seconds(cpu[1])),
    ]


if __name__ == "__main__":
    tell(figures, turns=7)
