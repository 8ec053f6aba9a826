"""A command begins with what it needs, and no more."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("room", "not_needed"),
    [
        ("pulso.cli", ["ibis", "duckdb", "pyarrow", "numpy", "shapely", "httpx", "scipy"]),
        ("pulso.flow.reading", ["httpx", "scipy", "statsmodels"]),
        ("pulso.flow.publish", ["httpx", "scipy", "statsmodels"]),
    ],
    ids=["help", "show", "publish"],
)
def test_a_command_begins_without_what_it_does_not_need(room: str, not_needed: list[str]) -> None:
    code = f"import json, sys, {room}; print(json.dumps([name for name in {not_needed!r} if name in sys.modules]))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(ended.stdout) == []
