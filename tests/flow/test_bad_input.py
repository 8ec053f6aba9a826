"""What sources do wrong becomes a letter or a count; nothing that was known is lost by it, and no source stops another."""

from __future__ import annotations

import resource
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from pulso.errors import LakeError, SourceUnavailable
from pulso.flow.collect import rebuild
from pulso.flow.home import Home, River
from tests.flow.vila import SOURCE, Vila, a_day_later, indices, live, state, usual, verdicts, vila
from tests.lake.test_crash import Killed

MARCH = "2025-03"
HTML = "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n<body>day,sensor,n</body></html>\n"


def turned_away(town: Vila, source: str = "bikes") -> dict[str, int]:
    return {r["reason"]: r["n"] for r in town.river().lake.quarantine_counts() if r["source"] == source}


def more(town: Vila, *rows: str, source: str = "bikes") -> None:
    """Let the source say these lines too, after all others."""
    path = town.file(source, MARCH)
    path.write_text(path.read_text() + "\n".join(rows) + "\n")


def test_an_error_page_saved_as_csv_is_a_letter_and_what_was_known_stays(town: Vila) -> None:
    before = state(town)
    town.file("bikes", MARCH).write_text(HTML)
    more(town, "2025-03-15,n1,900", source="cars")
    collected = town.collect()
    assert "bikes.vila.example/2025-03.csv" in str(collected["bikes"].letter)
    assert "should be a table but is a web page" in str(collected["bikes"].letter)
    assert (collected["bikes"].gone, collected["cars"].kept, collected["cars"].letter) == (0, 1, None)
    bikes = [row for row in state(town)["observations"] if "'bikes'" in row]
    assert bikes == [row for row in before["observations"] if "'bikes'" in row]


def test_a_rebuild_reads_the_answer_that_was_known_and_not_the_error_page_that_came_since(town: Vila) -> None:
    before = state(town)
    town.file("bikes", MARCH).write_text(HTML)
    town.collect()
    rebuild(town.river())
    assert state(town) == before


def test_a_rebuild_that_is_killed_is_completed_by_another(town: Vila, monkeypatch: pytest.MonkeyPatch) -> None:
    before = state(town)

    def dies(*given: object, **named: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("pulso.lake.run.Run.commit", dies)
        with pytest.raises(Killed):
            rebuild(town.river())
    assert state(town)["published"] == before["published"]
    rebuild(town.river())
    town.publish()
    assert state(town) == before


def test_a_host_that_is_gone_is_a_gap_and_the_others_are_read(town: Vila) -> None:
    before = state(town)
    shutil.rmtree(town.mirror / "bikes.vila.example")
    more(town, "2025-03-15,n1,900", source="cars")
    collected = town.collect()
    assert "bikes.vila.example" in str(collected["bikes"].letter)
    assert "gaps" in str(collected["bikes"].letter)
    assert (collected["bikes"].gone, collected["cars"].kept, collected["buses"].letter) == (0, 1, None)
    assert len(state(town)["observations"]) == len(before["observations"]) + 1


def test_a_file_that_is_gone_is_no_reason_to_forget_it(town: Vila) -> None:
    before = state(town)
    town.file("bikes", MARCH).unlink()
    collected = town.collect()["bikes"]
    assert (collected.absent, collected.gone, collected.letter) == (1, 0, None)
    assert state(town) == before


def test_of_a_file_cut_short_the_torn_row_is_counted_and_the_whole_file_brings_everything_back(town: Vila) -> None:
    before = state(town)
    whole = town.file("bikes", MARCH).read_text()
    cut = whole[: whole.rindex("2025-03-12,n2") + len("2025-03-12,n")]
    town.file("bikes", MARCH).write_text(cut)
    collected = town.collect()["bikes"]
    assert (collected.turned_away, turned_away(town)) == (1, {"short row": 1})
    assert collected.gone == len(whole.splitlines()) - len(cut.splitlines()) + 1
    town.publish()
    town.file("bikes", MARCH).write_text(whole)
    assert town.collect()["bikes"].kept == collected.gone
    town.publish()
    assert state(town) == before


def test_impossible_values_and_times_are_counted_by_reason_and_none_is_kept(town: Vila) -> None:
    before = state(town)
    more(
        town,
        "2025-03-15,n1,NaN",
        "2025-03-15,n2,inf",
        "1900-01-01,n1,500",
        "2031-01-01,n1,500",
        "2025-03-15,s1,-5",
        "2025-03-15,s2,many",
        "2025-03-14,n1,1",
        "someday,n1,500",
        "2025-03-15,n9,500",
    )
    collected = town.collect()["bikes"]
    assert (collected.kept, collected.turned_away, collected.letter) == (0, 9, None)
    told = turned_away(town)
    assert told.pop("no value", 0) + told.pop("not finite", 0) == 2
    assert told == {
        "too old": 1,
        "future": 1,
        "out of bounds": 1,
        "unreadable value": 1,
        "conflict": 1,
        "unreadable time": 1,
        "unknown sensor": 1,
    }
    assert state(town)["observations"] == before["observations"]
    town.publish()
    assert indices(town).keys() == {k for k, v in verdicts(town).items() if '"status":"refused"' not in v}


def test_the_same_file_under_two_names_counts_once(tmp_path: Path) -> None:
    twice = SOURCE.format(name="bikes").replace("{month:%Y-%m}", "{part}") + 'part = ["2024-01", "copy"]\n'
    town = vila(tmp_path, sources=("bikes",), metrics=("bikes",), text={"bikes": twice})
    shutil.copy(town.file("bikes", "2024-01"), town.file("bikes", "copy"))
    collected = town.collect()["bikes"]
    assert (collected.kept, collected.turned_away) == (31 * 4, 31 * 4)
    assert turned_away(town) == {"duplicate": 31 * 4}


def test_a_mirror_that_is_no_folder_is_told_before_anything_is_asked(town: Vila) -> None:
    with pytest.raises(SourceUnavailable, match="is not a folder"):
        River.open(town.folder, Home(town.home, town.folder / "city.toml", town.clock)).home.asker(town.river().city)


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """The system refuses to let any file grow beyond this many bytes, as a full disk would."""
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, former[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)
        signal.signal(signal.SIGXFSZ, handler)


def a_new_saturday(town: Vila, keep_raw: str) -> None:
    town.say("bikes", usual("bikes") | {(date(2025, 3, 15), s): 700.0 for s in ("n1", "n2", "s1", "s2")})
    conf = town.folder / "city.toml"
    conf.write_text(conf.read_text().replace('expected = "1d"', f'expected = "1d"\nkeep_raw = "{keep_raw}"'))


@pytest.mark.parametrize(("size", "keep_raw", "told_of"), [(100, "3y", "raw/bikes"), (1_000, "0d", "lake"), (6_000, "0d", "lake")])
def test_a_disk_that_is_full_is_a_letter_and_the_next_run_completes(
    told: Vila, town: Vila, tmp_path: Path, size: int, keep_raw: str, told_of: str
) -> None:
    before = verdicts(town)
    a_new_saturday(town, keep_raw)
    with pytest.raises(LakeError) as letter, no_file_longer_than(size):  # noqa: PT012  # wherever the disk is full, it is told
        town.collect()
        town.publish(date(2024, 1, 1))
    assert f"var/vila/{told_of}" in str(letter.value)
    assert "safe" in str(letter.value)
    assert verdicts(town) == before
    undisturbed = a_day_later(told, tmp_path / "undisturbed")
    a_new_saturday(undisturbed, keep_raw)
    for each in (town, undisturbed):
        each.collect()
        each.publish()
    assert state(town) == state(undisturbed)


def test_a_file_of_the_lake_that_is_torn_is_a_letter(town: Vila) -> None:
    file = town.river().lake.publication.files()[0].path
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(LakeError, match=r"could not read .*damaged.* comes back from a backup only"):
        verdicts(town)


def test_observations_that_are_torn_are_a_letter_and_a_rebuild_brings_them_back(town: Vila) -> None:
    before = state(town)
    more(town, "2025-03-15,n1,900")
    file = town.river().lake.observation.files()[0].path
    file.write_bytes(file.read_bytes()[:1000])
    with pytest.raises(LakeError, match=r"damaged.*pulso rebuild"):
        town.collect()
    rebuild(town.river())
    assert len(state(town)["observations"]) == len(before["observations"])


def test_two_who_write_at_once_are_told_of_each_other(town: Vila) -> None:
    before = live(town)
    with town.river().lake.collecting(), pytest.raises(LakeError, match=r"process \d+ is writing to .* Wait until it has finished"):
        town.collect()
    assert live(town) == before
