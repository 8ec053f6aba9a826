"""What a person reads when something is wrong: a letter with what was found and what can be done, never a traceback."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from tests.cli.conftest import Pulso
from tests.flow.vila import Vila, state, usual

DAY = ("--day", "2025-03-10")

LETTERS = {
    "no such city": (("show", "atlantis", *DAY), 2, ["atlantis", "one of the shipped cities", "muenster"]),
    "no such day": (("show", "CITY", "--day", "2030-01-01"), 6, ["nothing was published of 2030-01-01", "2024-01-01 to 2025-03-14"]),
    "a day that is none": (("show", "CITY", "--day", "2025-02-30"), 2, ["'2025-02-30' is not a day", "2025-06-14"]),
    "a moment that is none": (("show", "CITY", *DAY, "--as-of", "noon"), 2, ["'noon' is not a moment"]),
    "before anything was published": (("show", "CITY", *DAY, "--as-of", "2020-01-01"), 6, ["at 2020-01-01 00:00 UTC"]),
    "no such zone": (("show", "CITY", *DAY, "--zone", "Nort"), 2, ["--zone", "'Nort'", "North"]),
    "no such zone in a series": (("series", "CITY", "--zone", "west"), 2, ["--zone", "'west'", "North, South"]),
    "no such metric": (("series", "CITY", "--metric", "boats"), 2, ["--metric", "'boats'", "bikes, cars, buses"]),
    "no such language": (("explain", "CITY", *DAY, "--lang", "de"), 2, ["pt or en"]),
    "no such source": (("collect", "CITY", "--source", "boats"), 2, ["--source", "'boats'", "bikes, cars, buses"]),
    "no such sensor": (("flag", "CITY", "n7", "--why", "x"), 2, ["'n7'", "n1"]),
    "a flag that ends before it begins": (("flag", "CITY", "n1", "--why", "x", "--from", "2025-02-02", "--to", "2025-02-01"), 2, ["--to"]),
    "days that end before they begin": (("publish", "CITY", "--from", "2025-02-02", "--to", "2025-02-01"), 2, ["2025-02-01"]),
    "a collection backwards": (("collect", "CITY", "--from", "2025-02-02", "--to", "2025-02-01"), 2, ["--from"]),
    "a series backwards": (("series", "CITY", "--from", "2025-02-02", "--to", "2025-02-01"), 2, ["--from"]),
    "days before all days": (("publish", "CITY", "--to", "1999-12-31"), 6, ["runs from 2024-01-01 to 2025-03-14"]),
    "a mirror that is none": (("collect", "CITY", "--mirror", "nowhere"), 3, ["nowhere is not a folder"]),
    "a real city to be simulated": (("simulate", "CITY"), 2, ["only a city marked synthetic"]),
    "a page nowhere": (("bulletin", "CITY", *DAY, "--out", "/proc/none/page.html"), 5, ["/proc/none", "What was kept before is safe"]),
    "no such sample": (("draft", "nothing.csv"), 2, ["does not exist"]),
}


@pytest.mark.parametrize("case", LETTERS)
def test_what_can_not_be_done_is_a_letter(pulso: Pulso, case: str) -> None:
    words, code, told = LETTERS[case]
    said = pulso(*words)
    assert said.code == code
    letter = " ".join(said.err.replace("│", " ").split())
    assert all(word in letter for word in told), letter
    assert "Traceback" not in letter


BROKEN = {
    "no TOML": ('name = "Vila"', "name = Vila", ["city.toml", "must be TOML", "line"]),
    "a clock nobody knows": ("Europe/Lisbon", "Europe/Lisboa", ["timezone", "Europe/Lisboa", "IANA"]),
    "a source nobody declared": ('source = "bikes"', 'source = "boats"', ["metrics.bikes.source", "'boats'", "bikes, cars, buses"]),
    "a connector nobody wrote": ('connector = "table"', 'connector = "fax"', ["connector", "'fax'", "table"]),
    "a key nobody reads": ('time = { column = "day" }', 'time = { colum = "day" }', ["time.colum", "no such key"]),
    "an interval that is none": ('expected = "1d"', 'expected = "daily"', ["expected", "'daily'", "15min"]),
    "a retention that is none": ('expected = "1d"', 'expected = "1d"\nkeep_raw = "ever"', ["keep_raw", "'ever'", "90d"]),
    "a freshness that is none": ('expected = "1d"', 'expected = "1d"\nfreshness = "soon"', ["freshness", "'soon'"]),
    "a metric nobody knows": ('like = "daily_total"', 'like = "daily"', ["like", "'daily'", "daily_total"]),
    "zones that are not there": ("zones.geojson", "zonas.geojson", ["zones.file", "zonas.geojson"]),
    "sensors that are not there": ("sensors.csv", "sensores.csv", ["sensores.csv"]),
}


@pytest.mark.parametrize("case", BROKEN)
@pytest.mark.parametrize("command", ["check", "collect"])
def test_a_broken_city_file_is_a_letter_with_file_and_key(pulso: Pulso, town: Vila, case: str, command: str) -> None:
    right, wrong, told = BROKEN[case]
    conf = town.folder / "city.toml"
    assert right in conf.read_text()
    conf.write_text(conf.read_text().replace(right, wrong))
    said = pulso(command, "CITY")
    assert (said.code, said.out) == (2, "")
    assert "city.toml" in said.err
    assert all(word in said.err for word in told), said.err
    assert "Traceback" not in said.err


def test_before_anything_is_collected_one_is_told_to(pulso: Pulso, town: Vila) -> None:
    shutil.rmtree(town.home)
    for words in (("publish", "CITY"), ("show", "CITY", *DAY)):
        said = pulso(*words)
        assert said.code == 6
        assert "First: pulso" in said.err
    assert pulso("sources", "CITY").out.count("nothing yet") == 3


def test_a_rebuild_without_raw_answers_touches_nothing(pulso: Pulso, town: Vila) -> None:
    shutil.rmtree(town.home / "vila" / "raw" / "cars")
    said = pulso("rebuild", "CITY")
    assert said.code == 5
    assert "nothing was touched" in said.err
    assert pulso("show", "CITY", *DAY).code == 0


def process(town: Vila, *words: str, mirror: bool = True) -> subprocess.Popen[str]:
    """The command as it is really run."""
    env = {k: v for k, v in os.environ.items() if k != "PULSO_MIRROR"} | {"PULSO_HOME": str(town.home)}
    if mirror:
        env["PULSO_MIRROR"] = str(town.mirror)
    command = [str(Path(sys.executable).with_name("pulso")), *words]
    heed = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a background run of the tests would hand down that it is ignored
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heed)


def at(town: Vila, port: int) -> None:
    """Let the town's bicycles be asked for at this port, and nothing else."""
    conf = town.folder / "city.toml"
    conf.write_text(conf.read_text().replace("https://bikes.vila.example/{month:%Y-%m}.csv", f"http://127.0.0.1:{port}/bikes.csv"))


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A real disk of two megabytes; where nobody may mount one, the test says nothing."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("a small disk can't be mounted here: this test says nothing")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_disk_that_is_really_full_is_a_letter_and_room_is_all_that_was_lacking(town: Vila, small: Path) -> None:
    before = state(town)
    filler = small / "filler"
    shutil.copytree(town.lake, small / "vila" / "lake")
    town.say("bikes", usual("bikes") | {(date(2025, 3, 15), s): 700.0 for s in ("n1", "n2", "s1", "s2")})
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(1024))
    for home, code in ((small, 5), (small, 0)):
        words = ("collect", str(town.folder), "--from", "2025-03-01", "--home", str(home))
        asking = process(town, *words)
        _, err = asking.communicate(timeout=60)
        assert asking.returncode == code, err
        assert "Traceback" not in err
        if code:
            assert "safe" in err
            filler.unlink()
    full = Vila(town.folder)
    shutil.rmtree(town.lake)
    shutil.copytree(small / "vila" / "lake", town.lake)
    assert len(state(full)["observations"]) == len(before["observations"]) + 4


@pytest.fixture
def deaf() -> socket.socket:
    """A host that takes calls and never answers."""
    host = socket.create_server(("127.0.0.1", 0))
    yield host
    host.close()


def test_a_host_that_can_not_be_reached_is_a_letter(town: Vila, deaf: socket.socket) -> None:
    port = deaf.getsockname()[1]
    deaf.close()
    at(town, port)
    asking = process(town, "collect", str(town.folder), "--source", "bikes", mirror=False)
    _, err = asking.communicate(timeout=60)
    assert asking.returncode == 3, err
    assert "1 of 1 addresses brought nothing" in err
    assert f"http://127.0.0.1:{port}/bikes.csv did not answer: no connection" in err
    assert "Traceback" not in err


def test_whoever_stops_a_command_is_told_that_nothing_is_lost(town: Vila, deaf: socket.socket) -> None:
    at(town, deaf.getsockname()[1])
    asking = process(town, "collect", str(town.folder), "--source", "bikes", mirror=False)
    deaf.settimeout(60)
    called, _ = deaf.accept()
    asking.send_signal(signal.SIGINT)
    try:
        _, err = asking.communicate(timeout=60)
    finally:
        asking.kill()
        called.close()
    assert asking.returncode == 130
    assert "Nothing is lost" in err
    assert "Traceback" not in err
