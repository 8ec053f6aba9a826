"""A figure: what was measured, what stands beside it, and the bar it is held to."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """One measured figure. The ratio is the bar where there is a reference; seconds alone are guidance."""

    what: str
    ours: str
    beside: str = ""  # what it is compared with
    theirs: str = ""
    ratio: float | None = None
    bar: str = ""
    met: bool | None = None  # null where the bar is guidance


def tell(figures: Callable[[int], Sequence[Figure]], turns: int) -> None:
    """Measure in so many turns, or in those asked for, and hand the figures to the runner as a line of JSON."""
    options = argparse.ArgumentParser()
    options.add_argument("--turns", type=int, default=turns)
    print(json.dumps([asdict(f) for f in figures(options.parse_args().turns)], ensure_ascii=False), flush=True)


def note(text: str) -> None:
    """Tell whoever waits how far it is."""
    print(text, file=sys.stderr, flush=True)


def seconds(value: float) -> str:
    """Seconds, as a person reads them."""
    return f"{value:.1f} s" if value >= 9.95 else f"{value:.2f} s"


def middle(values: Sequence[float]) -> float:
    """The median: one slow turn on a busy machine does not move it."""
    return statistics.median(values)


def table(figures: Sequence[Figure]) -> list[str]:
    """The figures as lines of a Markdown table."""
    lines = ["| what | Pulso | beside | reference | ratio | bar | |", "|---|--:|---|--:|--:|---|---|"]
    for f in figures:
        ratio = "" if f.ratio is None else f"{f.ratio:,.2f}" if f.ratio < 10 else f"{f.ratio:,.0f}"
        verdict = {True: "met", False: "**missed**", None: ""}[f.met]
        lines.append(f"| {f.what} | {f.ours} | {f.beside} | {f.theirs} | {ratio} | {f.bar} | {verdict} |")
    return lines
