"""Sessions are kept as long as was promised: whenever they were fetched, whatever became of their source since."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from shutil import rmtree

import pytest

from pulso.errors import CityFileError
from pulso.flow.collect import collect
from pulso.flow.presence.store import Store
from pulso.sources.radius import newer, read
from pulso.sources.raw_store import RawStore, retention
from tests.flow.test_presence import DAY, Vila, a_monday, alive
from tests.lake import town
from tests.sources.radius_rooms import Beat, detail

KEEP = timedelta(days=14)


@pytest.fixture
def vila(tmp_path: Path) -> Vila:
    found = Vila(tmp_path)
    found.says(DAY, a_monday())
    return found


def home(vila: Vila) -> Path:
    return vila.folder / "var" / "vila"


def kept(vila: Vila, source: str = "wifi") -> list[float]:
    """When the sessions ended that any answer on disk holds, seconds since the epoch."""
    store = RawStore(home(vila) / "raw" / source, KEEP)
    bodies = [store.body(k) for name in store.origins() for k in store.versions(name)]
    return sorted(stop for body in bodies if body is not None for stop in read(body, "UTC").stop.tolist())


def monday(days: int) -> list[Beat]:
    return [b._replace(at=b.at + 86_400 * days, session=f"{b.session}+{days}") for b in a_monday()]


def renamed(vila: Vila, name: str = "radio", **how: str) -> None:
    """Call the source otherwise."""
    vila.describe(**how)
    path = vila.folder / "city.toml"
    path.write_text(path.read_text().replace("[sources.wifi]", f"[sources.{name}]").replace('source = "wifi"', f'source = "{name}"'))


def test_a_file_that_was_fetched_late_is_kept_no_longer_than_its_sessions(tmp_path):
    vila = Vila(tmp_path, clock=town.Clock(datetime(2026, 5, 14, 12, tzinfo=UTC)))
    vila.says(DAY, a_monday())
    collect(vila.open())
    assert kept(vila)
    vila.clock.now = datetime(2026, 5, 18, 23, tzinfo=UTC)
    (vila.folder / "mirror" / "radius.vila.example" / f"{DAY:%Y%m%d}").unlink()
    collect(vila.open())
    assert min(kept(vila)) >= (vila.clock.now - KEEP).timestamp()
    assert len(kept(vila)) == 5  # whoever stayed until Tuesday
    vila.clock.pass_(days=1)
    collect(vila.open())
    assert kept(vila) == []
    assert list((home(vila) / "raw" / "wifi").glob("2026-05-14.pack")) != []  # kept, and nobody in it


@pytest.mark.parametrize("at_hour", [0, 12, 23])
def test_of_a_file_with_everything_what_is_too_old_goes_each_day_and_the_rest_is_published(tmp_path, at_hour):
    vila = Vila(tmp_path, clock=town.Clock(datetime(2026, 5, 7, at_hour, 59, tzinfo=UTC)))
    vila.describe()
    path = vila.folder / "city.toml"
    path.write_text(path.read_text().replace("/{day:%Y%m%d}", "/all"))
    beats: list[Beat] = []
    for i in range(20):
        beats += monday(i)
        (vila.folder / "mirror" / "radius.vila.example").mkdir(parents=True, exist_ok=True)
        (vila.folder / "mirror" / "radius.vila.example" / "all").write_bytes(detail(beats))
        collect(vila.open())
        assert min(kept(vila)) >= (vila.clock.now - KEEP).timestamp()
        vila.clock.pass_(days=1)
    assert Store(home(vila) / "presence" / "wifi").days() == [DAY + timedelta(days=i) for i in range(20)]


def test_the_sessions_of_a_source_that_was_renamed_go_when_they_would_have_gone(vila):
    collect(vila.open())
    before = len(kept(vila))
    renamed(vila)
    vila.clock.now = datetime(2026, 5, 18, 12, tzinfo=UTC)
    collect(vila.open())
    assert before > len(kept(vila)) > 0
    vila.clock.now = datetime(2026, 5, 20, 0, 30, tzinfo=UTC)
    collect(vila.open())
    assert kept(vila) == []
    assert list((home(vila) / "presence" / "wifi" / "private").iterdir()) == []
    assert Store(home(vila) / "presence" / "wifi").days() == [DAY]  # what was published stays


def test_where_an_older_version_did_not_note_how_long_it_is_as_long_as_any_may(vila):
    collect(vila.open())
    (home(vila) / "raw" / "wifi" / "declared.json").unlink()
    renamed(vila)
    vila.clock.now = datetime(2026, 6, 3, 12, tzinfo=UTC)
    collect(vila.open())
    assert kept(vila)
    vila.clock.now = datetime(2026, 6, 6, 12, tzinfo=UTC)
    collect(vila.open())
    assert kept(vila) == []


def test_a_source_that_is_neither_asked_nor_answers_forgets_all_the_same(vila):
    vila.describe(
        '[sources.other]\nconnector = "table"\nurl = "https://radius.vila.example/none"\n'
        'time = { column = "t", zone = "UTC", step = "1h" }\nvalues = { column = "v", metric = "v", sensor_column = "s" }\n'
    )
    collect(vila.open())
    assert kept(vila)
    vila.clock.pass_(days=14)
    collect(vila.open(), only=["other"])
    assert kept(vila) == []
    assert list((home(vila) / "presence" / "wifi" / "private").iterdir()) == []


def test_a_mistake_in_the_city_file_keeps_nobody_s_sessions_longer(vila):
    collect(vila.open())
    vila.describe('[sources.other]\nconnector = "tabel"\n')
    vila.clock.pass_(days=14)
    with pytest.raises(CityFileError, match="tabel"):
        collect(vila.open())
    assert kept(vila) == []


def test_raw_answers_of_another_source_that_is_gone_go_after_their_own_time(vila):
    collect(vila.open())
    counts = RawStore(home(vila) / "raw" / "bikes", retention("3y"))
    counts.add("https://bikes.example/a", b"one", "0" * 64, vila.clock.now)
    vila.clock.pass_(days=365)
    collect(vila.open())
    assert list((home(vila) / "raw" / "bikes").glob("*.pack"))
    vila.clock.pass_(days=3 * 365)
    collect(vila.open())
    assert list((home(vila) / "raw" / "bikes").glob("*.pack")) == []


def test_a_day_that_was_published_under_another_name_is_not_published_again(vila):
    """Nobody knows what of its sessions was told: the difference of the two could tell what neither does."""
    collect(vila.open())
    renamed(vila)
    (told,) = collect(vila.open())
    assert "2026-05-04 was published by the source wifi" in told.letter
    assert Store(home(vila) / "presence" / "radio").days() == []
    assert {p.name for p in (home(vila) / "presence" / "radio").iterdir()} <= {"lock", "points.json"}, "nothing of anybody"
    rmtree(home(vila) / "presence" / "radio")
    (home(vila) / "presence" / "wifi").rename(home(vila) / "presence" / "radio")
    (told,) = collect(vila.open())
    assert told.letter is None
    assert {r["sensor"] for r in vila.open().lake.observations("radio").to_pyarrow().to_pylist()} == {"library", "market", "station"}


def test_the_shortest_retention_that_is_allowed_is_long_enough(tmp_path):
    vila = Vila(tmp_path)
    path = vila.folder / "city.toml"
    path.write_text(path.read_text().replace('"14d"', '"5d"'))
    for i in range(4):
        vila.says(DAY + timedelta(days=i), monday(i))
    for _ in range(4):
        collect(vila.open())
        vila.clock.pass_(days=1)
    assert Store(home(vila) / "presence" / "wifi").days() == [DAY + timedelta(days=i) for i in range(4)]


# -- rewriting -----------------------------------------------------------------------------------------------------------------------

BY_MAY_5 = datetime(2026, 5, 5, tzinfo=UTC).timestamp()


def older_gone(body: bytes) -> bytes:
    return newer(body, BY_MAY_5, "UTC")


def test_what_a_kill_leaves_of_a_rewriting_can_t_be_read_goes_with_the_next_and_is_asked_for_again(vila, monkeypatch):
    collect(vila.open())
    folder = home(vila) / "raw" / "wifi"
    replace = Path.replace

    def killed(self: Path, target: Path) -> Path:
        if self.name.endswith(".pack.part"):
            raise KeyboardInterrupt
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            RawStore(folder, KEEP).rewrite(older_gone, "a")
    assert kept(vila) == []
    assert RawStore(folder, KEEP).rewrite(older_gone, "b") == 0
    assert sorted(p.name for p in folder.iterdir()) == ["declared.json"]
    collect(vila.open())
    assert kept(vila)


def test_what_is_not_too_old_stays_as_it_was_and_the_same_day_twice_is_once(vila):
    vila.says(DAY, [*alive(DAY + timedelta(days=1)), *alive(date(2026, 5, 3))])
    collect(vila.open())
    store = RawStore(home(vila) / "raw" / "wifi", KEEP)
    (was,) = [store.body(k) for name in store.origins() for k in store.versions(name)]
    assert store.rewrite(older_gone, "a") == 1
    (is_,) = [store.body(k) for name in store.origins() for k in store.versions(name)]
    assert [line for line in was.splitlines() if line in is_.splitlines()] == is_.splitlines()
    assert len(is_.splitlines()) == len(was.splitlines()) - 5
    assert store.rewrite(lambda body: b"", "a") == 0
