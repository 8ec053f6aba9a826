"""Where publishing presence is pushed: files that vanish, answers that break, two at once, a disk that is full."""

from __future__ import annotations

import errno
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from pulso.errors import LakeBusy, LakeError, SourceChanged, SourceUnavailable
from pulso.flow import status
from pulso.flow.collect import collect
from pulso.flow.home import Home, River
from pulso.flow.presence import publication
from pulso.flow.presence.store import Figure, Store, Tables, moment
from pulso.lake.lake import alone
from pulso.sources import radius
from pulso.sources.asking import Asker
from tests.flow.test_presence import DAY, Vila, a_monday, crowd
from tests.lake import town
from tests.sources.radius_rooms import Beat

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
    assert publication.publish(vila.open(), "wifi").days == (DAY,)
    assert vila.figures()["place", "library", 12] == 30


def asleep(*endings: str):
    """A server that doesn't answer for addresses with these endings."""
    asked = Asker.ask

    def ask(self, url, *more, **how):
        if url.endswith(endings):
            raise SourceUnavailable("the server is asleep")
        return asked(self, url, *more, **how)

    return ask


def shifted(days: int) -> list[Beat]:
    """The same Monday, so many days later."""
    return [b._replace(at=b.at + 86_400 * days, session=f"{b.session}+{days}") for b in a_monday()]


def test_a_day_waits_for_an_address_that_may_hold_sessions_of_it_and_the_letter_says_until_when(vila, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Asker, "ask", asleep("0505"))
        (told,) = collect(vila.open())
    assert "2026-05-04 waits to be published" in told.letter
    assert "until 2026-05-16" in told.letter
    assert store_of(vila).days() == []
    (told,) = collect(vila.open())
    assert told.letter is None
    assert store_of(vila).days() == [DAY]


def test_one_address_that_never_answers_holds_back_its_neighbours_and_no_other_day(vila, monkeypatch):
    for i in range(1, 5):
        vila.says(DAY + timedelta(days=i), shifted(i))
    vila.clock.pass_(days=5)
    monkeypatch.setattr(Asker, "ask", asleep("0508"))
    (told,) = collect(vila.open())
    assert store_of(vila).days() == [DAY, DAY + timedelta(days=1), DAY + timedelta(days=2)]
    assert "2026-05-07, 2026-05-08, 2026-05-09 wait to be published" in told.letter


def test_the_last_day_on_which_a_day_can_come_is_the_one_in_the_letter(vila, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(Asker, "ask", asleep("0505"))
        collect(vila.open())
    vila.clock.now = datetime(2026, 5, 17, 12, tzinfo=UTC)
    collect(vila.open())
    assert store_of(vila).days() == []
    late = Vila(vila.folder / "late", clock=town.Clock(datetime(2026, 5, 16, 12, tzinfo=UTC)))
    late.says(DAY, a_monday())
    collect(late.open())
    assert store_of(late).days() == [DAY]


def test_a_day_whose_own_file_has_not_come_is_not_published_from_its_neighbours_midnights(vila):
    vila.says(DAY + timedelta(days=1), shifted(1))
    (vila.folder / "mirror" / "radius.vila.example" / f"{DAY:%Y%m%d}").write_bytes(b"<html>maintenance</html>")
    vila.clock.pass_(days=1)
    (told,) = collect(vila.open())
    assert "20260504: what came is no RADIUS accounting" in told.letter
    assert store_of(vila).days() == [DAY + timedelta(days=1)]
    vila.says(DAY, a_monday())
    collect(vila.open())
    assert store_of(vila).days() == [DAY, DAY + timedelta(days=1)]


def test_an_hour_of_which_the_feed_of_health_did_not_answer_waits_and_one_of_which_nothing_comes_is_missing(tmp_path, monkeypatch):
    health = """health = "pulse"
[sources.pulse]
connector = "table"
url = "https://health.vila.example/{day:%Y%m%d}.csv"
from = 2026-05-03
time = { column = "time", zone = "UTC", step = "1h" }
values = { column = "up", metric = "up", sensor_column = "ap" }
"""
    vila = Vila(tmp_path, health)
    vila.says(DAY, a_monday())
    folder = tmp_path / "mirror" / "health.vila.example"
    folder.mkdir()
    for day, hours in ((DAY - timedelta(days=1), [23]), (DAY, [h for h in range(24) if h != 13])):
        rows = [f"{day}T{h:02}:00:00Z,ap-{ap},1" for h in hours for ap in range(1, 6)]
        (folder / f"{day:%Y%m%d}.csv").write_text("\n".join(["time,ap,up", *rows]) + "\n")
    with monkeypatch.context() as patch:
        patch.setattr(Asker, "ask", asleep("0507.csv"))
        told = {t.source: t for t in collect(vila.open())}
    assert "of some hour the source pulse, of which an address did not answer, tells nothing" in told["wifi"].letter
    assert store_of(vila).days() == []
    collect(vila.open())
    rows = [f for f in store_of(vila).figures(DAY) if f.table == "city"]
    assert [f.seen for f in rows] == [1.0] * 14 + [0.0] + [1.0] * 9  # by the city's clock 13 UTC is the fifteenth hour


def test_two_do_not_publish_at_once(vila):
    river = vila.open()
    with alone(publication.folder(river, "wifi"), "lock"), pytest.raises(LakeBusy):
        publication.publish(river, "wifi")


# -- the store -----------------------------------------------------------------------------------------------------------------------


def print_of(value: float) -> Tables:
    return Tables([("city", "")], np.array([0, HOUR]), np.array([[value]]), np.ones((1, 1)))


def test_a_day_is_written_as_it_is_read(tmp_path):
    rows = [("place", 'the "old" market, north\nside'), ("zone", "Sé"), ("city", "")]
    values = np.array([[np.nan, 1_234_565.0, 15.0], [10.0, np.nan, 12.5]])
    seen = np.array([[np.nan, 1.0, 2 / 3], [1.0, np.nan, 0.5]])
    Store(tmp_path).publish(DAY, Tables(rows, HOUR * np.arange(3), values, seen), [])
    assert list(Store(tmp_path).figures(DAY)) == [
        Figure(*row, moment(HOUR * h), moment(HOUR * (h + 1)), value, share)
        for h, told in enumerate([[(None, None), (1_234_565.0, 1.0), (15.0, 0.667)], [(10.0, 1.0), (None, None), (12.5, 0.5)]])
        for row, (value, share) in zip(rows, told, strict=True)
    ]


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


def test_of_counts_that_a_kill_left_half_written_the_next_collection_leaves_nothing(vila, monkeypatch):
    def killed(_handle: int) -> None:
        raise KeyboardInterrupt

    collect(vila.open())
    store = Store(vila.folder / "var" / "vila" / "presence" / "wifi")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", killed)
        with pytest.raises(KeyboardInterrupt):
            store.publish(DAY, print_of(20), [])
    assert [p.name for p in store.folder.rglob("*.part")] == [f"{DAY}.part"]
    collect(vila.open())
    assert list(store.folder.rglob("*.part")) == []
    assert store.correctable(DAY)


# -- what could be no session --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("many", [0, 1, 9])
def test_fewer_than_k_at_an_access_point_that_nobody_declared_are_told_nowhere(vila, many):
    vila.says(DAY, [*a_monday(), *crowd(many, 77, f"{DAY}T15:00:00", 20)])
    (told,) = collect(vila.open())
    assert told.turned_away == 0
    assert vila.open().lake.quarantine_rows().num_rows == 0
    assert status.sources(vila.open())[0].turned_away == ()


def test_from_k_on_it_is_told_that_they_are_so_many_at_least_and_no_later_answer_tells_how_many_came_since(vila):
    for many in (10, 11, 37):
        vila.says(DAY, [*a_monday(), *crowd(many, 77, f"{DAY}T15:00:00", 20)])
        (told,) = collect(vila.open())
        assert told.turned_away in (0, 10)
        assert [(t.reason, t.n) for t in status.sources(vila.open())[0].turned_away] == [("unknown sensor", 10)]


def test_clocks_that_are_wrong_count_nobody_either(tmp_path):
    vila = Vila(tmp_path, clock=town.Clock(datetime(2026, 5, 4, 12, tzinfo=UTC)))
    late, torn = crowd(9, 1, f"{DAY}T15:00:00", 20), crowd(9, 2, f"{DAY}T09:00:00", 20, "torn")
    vila.says(DAY, [*late, *(b._replace(length=9_000) if b.kind == "Stop" else b for b in torn)])
    collect(vila.open())
    assert vila.open().lake.quarantine_rows().num_rows == 0


# -- other cities, other connectors, answers that break ------------------------------------------------------------------------------


def test_an_access_point_is_counted_for_one_city_of_a_home_and_the_letter_names_both(vila, tmp_path):
    collect(vila.open())
    other = Vila(tmp_path / "other")
    file = other.folder / "city.toml"
    file.write_text(file.read_text().replace('slug = "vila"', 'slug = "vizinha"'))
    other.says(DAY, a_monday())
    shared = Home(vila.folder / "var", other.folder / "mirror", vila.clock)
    (told,) = collect(River.open(other.folder, shared))
    assert "of vizinha publishes nothing: vila, of the same home, counts 5 of its access points" in told.letter
    assert Store(vila.folder / "var" / "vizinha" / "presence" / "wifi").days() == []
    assert publication.publish(vila.open(), "wifi").letter is None  # whose they were before has them still


def test_an_answer_that_breaks_the_reader_holds_its_days_back_and_no_other_address(vila, monkeypatch):
    vila.says(DAY + timedelta(days=1), shifted(1))
    strip = radius.strip

    def breaks(body, *more, **how):
        if b"+1" in body:
            raise SourceChanged("an answer broke the reader: KeyError at line 1 of radius.py")
        return strip(body, *more, **how)

    with monkeypatch.context() as patch:
        patch.setattr(radius, "strip", breaks)
        (told,) = collect(vila.open())
    assert "broke the reader" in told.letter
    assert "2026-05-04 waits to be published" in told.letter
    assert store_of(vila).days() == []
    collect(vila.open())
    assert store_of(vila).days() == [DAY]


ELSEWHERE = """
[sources.wifi]
connector = "table"
url = "https://counted.vila.example/{day:%Y%m%d}.csv"
from = 2026-05-04
to = 2026-05-04
time = { column = "time", zone = "UTC", step = "1h" }
values = { column = "people", metric = "METRIC", sensor_column = "place" }
[domains.street]
"""


@pytest.mark.parametrize(("metric", "more"), [("wifi_presence", ""), ("heads", '\nlike = "wifi_presence"\nvariable = "heads"')])
@pytest.mark.parametrize(("numbers", "kept"), [((15, 40), 2), ((15, 7), 0), ((15, 41), 0)])
def test_people_who_were_counted_elsewhere_come_as_they_may_be_published_or_not_at_all(tmp_path, metric, more, numbers, kept):
    vila = Vila(tmp_path)
    file = tmp_path / "city.toml"
    head = file.read_text().partition("[sources.wifi]")[0]
    name = "people" if more else metric
    told = ELSEWHERE.replace("METRIC", metric) + f'[metrics.{name}]\nsource = "wifi"\ndomain = "street"{more}\n'
    file.write_text(head + told)
    folder = tmp_path / "mirror" / "counted.vila.example"
    folder.mkdir(parents=True)
    rows = [f"{DAY}T{9 + i:02}:00:00Z,library,{n}" for i, n in enumerate(numbers)]
    (folder / f"{DAY:%Y%m%d}.csv").write_text("\n".join(["time,place,people", *rows]) + "\n")
    (found,) = collect(vila.open())
    assert (found.kept, found.turned_away) == (kept, 0)
    assert (found.letter is None) == bool(kept)
    assert kept or "none below 10, each a multiple of 5" in found.letter
    assert vila.open().lake.quarantine_rows().num_rows == 0
