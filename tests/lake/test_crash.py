"""Killed, filled up, torn: the lake stays readable, and the next run completes with the same result."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pulso import metrics
from pulso.errors import LakeError
from pulso.lake import Lake, delta, run
from pulso.shapes import Recipe
from tests.lake.town import answer, lake, quarter_hours

JUNE = date(2021, 6, 1)


class Killed(BaseException):
    """The process ended here."""


def story(of: Lake) -> None:
    """A first collection, a reduction, a correction with something new and something gone, a reduction."""
    bikes, parking = of.city.sources["bikes"], of.city.sources["parking"]
    first = [answer(f"d{i}", quarter_hours("A", JUNE + timedelta(days=i), range(-1, 95))) for i in range(3)]
    with of.collecting() as collection:
        collection.keep(bikes, first)
        collection.keep(parking, [answer("p", quarter_hours("P", JUNE, [40, 30, 35, 20] * 24, "parking_free"))])
    of.reduce(counted(of))
    second = [answer("d1", quarter_hours("A", JUNE + timedelta(days=1), [-1, *range(5, 60)])), answer("d3", quarter_hours("B", JUNE, [4]))]
    of.keep(bikes, second)
    of.reduce(counted(of))


def counted(of: Lake) -> list[Recipe]:
    return [r for r in metrics.recipes(of.city) if r.metric == "bike_count"]


def told(of: Lake) -> tuple[Any, ...]:
    """All that readers see, but for when it was learned."""
    seen = of.backend.to_pyarrow(of.observations()).to_pylist()
    keys = ("source", "metric", "sensor", "zone", "start", "end", "value", "day", "hour", "origin")
    observed = sorted(str([r[k] for k in keys]) for r in seen)
    hours = [r | {"known_at": None} for r in of.sensor_hours("bike_count").to_pylist()]
    return observed, sorted(map(str, hours)), of.quarantine_counts(["source", "sensor", "reason"]), of.digests("bikes")


@pytest.fixture
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "ROWS_AT_ONCE", 100)


def dying(at: int, step: Callable[..., Any], count: list[int]) -> Callable[..., Any]:
    """The step, but the process ends before its at-th time."""

    def stepped(*given: Any, **named: Any) -> Any:
        count[0] += 1
        if count[0] == at:
            raise Killed
        return step(*given, **named)

    return stepped


def test_killed_between_any_two_steps_the_lake_is_readable_and_the_next_run_completes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_files: None
) -> None:
    story(undisturbed := lake(tmp_path / "undisturbed"))
    for at in range(1, 100):
        disturbed = lake(tmp_path / f"{at}")
        count = [0]
        with monkeypatch.context() as patch:
            for step in ("write", "commit"):
                patch.setattr(delta.Table, step, dying(at, getattr(delta.Table, step), count))
            try:
                story(disturbed)
            except Killed:
                told(lake(tmp_path / f"{at}"))
        if count[0] < at:
            break
        story(disturbed := lake(tmp_path / f"{at}"))
        assert told(disturbed) == told(undisturbed), f"killed before step {at}"
    assert at > 20


def test_a_full_disk_is_a_letter_and_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filling = lake(tmp_path)
    filling.keep(filling.city.sources["bikes"], [answer("u", quarter_hours("A", JUNE, [1, 2]))])
    before = told(filling)

    def full(*given: object, **named: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    more = answer("v", quarter_hours("B", JUNE, range(50)))
    with monkeypatch.context() as patch:
        patch.setattr(delta.pq, "write_table", full)
        with pytest.raises(LakeError, match=r"the disk is full: make room.*What was committed before is safe"):
            filling.keep(filling.city.sources["bikes"], [more])
    assert told(lake(tmp_path)) == before
    assert filling.keep(filling.city.sources["bikes"], [more]).new == 50


LIMITED = """
    import resource, signal, sys
    from pathlib import Path
    from tests.lake.town import answer, lake, quarter_hours
    from pulso.errors import LakeError
    from datetime import date, timedelta
    of = lake(Path(sys.argv[1]))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
    rows = [r for i in range(200) for r in quarter_hours("B", date(2021, 6, 2) + timedelta(days=i), range(96))]
    try:
        of.keep(of.city.sources["bikes"], [answer("v", rows)])
    except LakeError as letter:
        print(letter)
        raise SystemExit(letter.exit_code)
"""


def script(text: str, folder: Path) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(text), str(folder)]


def test_a_file_that_the_system_refuses_to_let_grow_is_a_letter_and_nothing_is_lost(tmp_path: Path) -> None:
    before = lake(tmp_path)
    before.keep(before.city.sources["bikes"], [answer("u", quarter_hours("A", JUNE, [1, 2]))])
    seen = told(before)
    ended = subprocess.run(script(LIMITED, tmp_path), capture_output=True, text=True, check=False)
    assert ended.returncode == LakeError.exit_code, ended.stderr
    assert "the disk is full" in ended.stdout
    assert told(lake(tmp_path)) == seen


STORY = """
    import sys
    from pathlib import Path
    from pulso.lake import run
    from tests.lake.test_crash import story
    from tests.lake.town import lake
    run.ROWS_AT_ONCE = 100
    print("begun", flush=True)
    story(lake(Path(sys.argv[1])))
"""


@pytest.mark.proof
def test_a_process_that_is_really_killed_is_completed_by_the_next(tmp_path: Path, small_files: None) -> None:
    story(undisturbed := lake(tmp_path / "undisturbed"))
    killed = 0
    for i in range(30):
        folder = tmp_path / f"{i}"
        process = subprocess.Popen(script(STORY, folder), stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        time.sleep(0.04 * i)
        killed += process.poll() is None
        process.kill()  # which does nothing to one that has ended
        process.wait()
        process.stdout.close()
        told(lake(folder))
        story(disturbed := lake(folder))
        assert told(disturbed) == told(undisturbed), f"killed after {0.04 * i:.2f} s"
    assert killed >= 10


def test_rubbish_of_a_killed_run_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    town_lake = lake(tmp_path)
    town_lake.keep(town_lake.city.sources["bikes"], [answer("u", quarter_hours("A", JUNE, [1, 2]))])
    with monkeypatch.context() as patch:
        patch.setattr(delta.Table, "commit", dying(1, delta.Table.commit, [0]))
        with pytest.raises(Killed):
            town_lake.keep(town_lake.city.sources["bikes"], [answer("v", quarter_hours("B", JUNE, [1, 2]))])
    files = [*town_lake.observation.path.glob("*.parquet")]
    assert len(files) == 2
    for file in files:
        os.utime(file, (old := datetime(2020, 1, 1, tzinfo=UTC).timestamp(), old))
    seen = told(town_lake)
    town_lake.tidy()
    assert len([*town_lake.observation.path.glob("*.parquet")]) == 1
    assert told(lake(tmp_path)) == seen
