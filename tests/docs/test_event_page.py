"""The lines of Python on the page about events, run as they stand on a made-up published index."""

from __future__ import annotations

import csv
import re
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import REPO

PAGE = (REPO / "docs" / "how-to" / "say-what-an-event-did.md").read_text(encoding="utf-8")


def test_the_lines_of_python_find_half_of_what_was_expected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (lines,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    days = [date(2023, 1, 1) + timedelta(days=i) for i in range(1096)]
    index = 100 * np.exp(np.random.default_rng(1).normal(0, 0.05, len(days)))
    with (tmp_path / "demo.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["day", "zone", "index"])
        for day, number in zip(days, index, strict=True):
            storm = day in (date(2025, 11, 23), date(2025, 11, 24))
            out.writerow([day, "", "" if day.day == 31 else number * (0.5 if storm else 1.0)])
    monkeypatch.chdir(tmp_path)
    exec(compile(lines, "say-what-an-event-did.md", "exec"), {})  # noqa: S102  # our own page
    change, low, high, spans = map(int, re.findall(r"[+-]?\d+", capsys.readouterr().out))
    assert change == pytest.approx(-50, abs=4)
    assert low < -50 < high
    assert high < -40
    assert spans >= 200
