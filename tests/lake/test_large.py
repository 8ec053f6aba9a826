"""A hundred million observations pass, in flat memory."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.conftest import REPO

SENSORS = 1000
LARGE = """
    import json, resource, sys
    from pathlib import Path
    from pulso import metrics
    from tests.bench.bench_reduce import filled
    lake, took, size = filled(Path(sys.argv[1]), 100_000_000, sensors=int(sys.argv[2]))
    rows = sum(f.rows for f in lake.observation.files())
    hours = lake.reduce(metrics.recipes(lake.city)).rows
    counted = lake.observations("bikes")
    total = lake.backend.execute(counted.value.sum())
    reduced = sum(f.rows for f in lake.hours.files())
    print(json.dumps({
        "rows": rows, "hours": hours, "reduced": reduced, "bytes": size / rows, "seconds": took, "total": total,
        "gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }))
"""


@pytest.mark.proof
def test_a_hundred_million_observations_are_kept_and_reduced_within_two_gibibytes(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(LARGE), str(tmp_path), str(SENSORS)],
        cwd=REPO,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    said = json.loads(ended.stdout)
    print(said)
    assert said["rows"] >= 100_000_000
    # Four quarters an hour; but in autumn two hours of UTC are one local hour, once a year (2020, 2021, 2022) and sensor.
    assert said["hours"] == said["reduced"] == said["rows"] / 4 - 3 * SENSORS
    assert said["gib"] <= 2.0
    assert said["bytes"] <= 7.5  # what was measured before any tuning of encodings
