"""Where publishing presence is pushed: files that vanish, answers that break, two at once, a disk that is full."""

from __future__ import annotations

import errno
import os
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from pulso.errors import LakeBusy, LakeError, SourceUnavailable
from pulso.flow import presence
from pulso.flow.collect import collect
from pulso.flow.presence_count import Sessions, on_by_reports
from pulso.flow.presence_store import Figure, Store, moment
from pulso.lake.lake import alone
from pulso.sources.asking import Asker
from pulso.sources.radius import Options, seconds
from tests.flow.test_presence import DAY, Vila, a_monday

HOUR = 3_600.0


@pytest.fixture
def vila(tmp_path: Path) -> Vila:
    town = Vila(tmp_path)
    town.says(DAY, a_monday())
    return town


def store_of(vila: Vila) -> Store:
    return Store(vila.folder / "var" / "vila" / "presence" / "wifi")


def test_a_correction_whose_former_print_can_t_be_judged_with_it_is_none(vila):
    vila.published()
    before = store_of(vila).text(DAY)
    (vila.folder / "var" / "vila" / "presence" / "wifi" / "private" / f"{DAY}.json").unlink()
    vila.says(DAY, a_monday()[:-10])
    told = vila.published(correct=[DAY])
    assert told.days == ()
    assert f"{DAY} can't be corrected" in told.letter
    assert store_of(vila).text(DAY) == before


def test_an_answer_that_is_none_does_not_wipe_the_good_one_before_it(vila):
    vila.clock.now -= timedelta(days=1)
    mirrored = vila.folder / "mirror" / "radius.vila.example" / f"{DAY:%Y%m%d}"
    for body in (mirrored.read_bytes(), b"<html>maintenance</html>", b""):
        mirrored.write_bytes(body)
        assert vila.published().days == ()
    vila.clock.pass_(days=1)
    assert presence.publish(vila.open(), "wifi").days == (DAY,)
    assert vila.figures()["place", "library", 12] == 30


def test_a_day_is_not_published_for_good_while_some_of_it_did_not_answer(vila, monkeypatch):
    asked = Asker.ask

    def ask(self, url, *more, **how):
        if url.endswith("0505"):
            raise SourceUnavailable("the server is asleep")
        return asked(self, url, *more, **how)

    with monkeypatch.context() as patch:
        patch.setattr(Asker, "ask", ask)
        (told,) = collect(vila.open())
    assert "no day was published" in told.letter
    assert store_of(vila).days() == []
    (told,) = collect(vila.open())
    assert told.letter is None
    assert store_of(vila).days() == [DAY]


def test_two_do_not_publish_at_once(vila):
    river = vila.open()
    with alone(presence.folder(river, "wifi"), "lock"), pytest.raises(LakeBusy):
        presence.publish(river, "wifi")


# -- the store -----------------------------------------------------------------------------------------------------------------------


def print_of(value: float) -> list[Figure]:
    return [Figure("city", "", moment(0), moment(HOUR), value, 1.0)]


def test_a_correction_that_was_killed_half_way_is_completed_before_the_next(tmp_path, monkeypatch):
    store, day = Store(tmp_path), date(2026, 5, 4)
    store.publish(day, print_of(20), [])
    write = Store._write

    def killed(self, path, text):
        if path.parent.name == "published":
            raise KeyboardInterrupt
        write(self, path, text)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "_write", killed)
        with pytest.raises(KeyboardInterrupt):
            store.publish(day, print_of(30), [])
    assert next(store.figures(day)).value == 20
    assert store.hours(day) == []
    assert next(store.figures(day)).value == 30


def test_a_disk_that_is_full_leaves_no_half_of_a_file(tmp_path, monkeypatch):
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LakeError, match="No space"):
        Store(tmp_path).publish(DAY, print_of(20), [])
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


# -- on and off ----------------------------------------------------------------------------------------------------------------------


def test_an_access_point_that_is_silent_for_hours_was_off_and_one_long_session_says_that_it_was_on():
    edges, quiet = HOUR * np.arange(25), seconds(Options(url="https://x/{day}", points="p").quiet)
    at_nine_and_at_six = Sessions(HOUR * np.array([9.1, 18.1]), HOUR * np.array([9.5, 18.5]), np.array([0, 0]))
    assert on_by_reports(at_nine_and_at_six, 1, edges, quiet)[0].nonzero()[0].tolist() == [9, 18]
    all_morning = Sessions(HOUR * np.array([6.5, 7.0]), HOUR * np.array([11.5, 7.1]), np.array([0, 0]))
    assert on_by_reports(all_morning, 1, edges, quiet)[0].nonzero()[0].tolist() == [6, 7, 8, 9, 10, 11]
