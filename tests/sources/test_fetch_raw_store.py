"""Raw answers are kept as they came, for as long as was declared, and give the same city back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulso.city import SourceConf
from pulso.errors import LakeError
from pulso.sources.asking import Asker
from pulso.sources.fetch import Door, Replay, mirror_from
from pulso.sources.raw_store import RawStore, retention

MARCH = datetime(2026, 3, 1, 12, tzinfo=UTC)
YEARS = timedelta(days=3 * 365)
A = "https://data.example/a.csv"
B = "https://data.example/b.csv"


def add(store: RawStore, origin: str, body: bytes, asked: datetime = MARCH, **more: str) -> None:
    store.add(origin, body, sha256(body).hexdigest(), asked, **more)


def read(store: RawStore, origin: str, as_of: datetime | None = None) -> bytes | None:
    kept = store.newest(origin, as_of)
    return kept and store.body(kept)


@given(st.lists(st.tuples(st.sampled_from([A, B, "mirror:ü"]), st.binary(max_size=300)), max_size=12))
def test_whatever_came_comes_back_as_it_came(tmp_path_factory, answers):
    folder = tmp_path_factory.mktemp("raw")
    store = RawStore(folder, YEARS)
    for origin, body in answers:
        add(store, origin, body)
    for one in (store, RawStore(folder, YEARS)):
        assert {origin: read(one, origin) for origin in one.origins()} == dict(answers)


def test_the_same_answer_is_not_kept_twice_and_a_changed_one_is_kept_beside_the_old(tmp_path):
    store = RawStore(tmp_path, YEARS)
    add(store, A, b"one")
    add(store, A, b"one", MARCH + timedelta(days=1))
    add(store, A, b"two", MARCH + timedelta(days=2))
    assert [store.body(k) for k in RawStore(tmp_path, YEARS).versions(A)] == [b"one", b"two"]
    assert read(store, A, as_of=MARCH + timedelta(days=1)) == b"one"
    assert read(store, A, as_of=MARCH - timedelta(days=1)) is None


def test_the_same_answer_under_a_new_tag_costs_a_line_and_no_second_body(tmp_path):
    store = RawStore(tmp_path, YEARS)
    add(store, A, b"one", etag="v1")
    size = (tmp_path / "2026-03.pack").stat().st_size
    add(store, A, b"one", etag="v2")
    assert (tmp_path / "2026-03.pack").stat().st_size == size
    assert RawStore(tmp_path, YEARS).newest(A).etag == "v2"


def test_a_power_cut_anywhere_in_a_line_loses_that_answer_only(tmp_path):
    with_key = "https://data.example/b.csv?apikey=${KEY}"  # a line torn after this brace looks like a whole one
    store = RawStore(tmp_path, YEARS)
    add(store, A, b"one")
    lines = tmp_path / "2026-03.jsonl"
    before = lines.stat().st_size
    add(store, with_key, b"two")
    whole = lines.read_bytes()
    for cut in range(before, len(whole.rstrip())):
        lines.write_bytes(whole[:cut])
        after = RawStore(tmp_path, YEARS)
        assert (read(after, A), read(after, with_key)) == (b"one", None)
        add(after, with_key, b"two")
        assert read(RawStore(tmp_path, YEARS), with_key) == b"two"


def test_a_power_cut_in_the_middle_of_a_body_loses_that_answer_only(tmp_path):
    store = RawStore(tmp_path, YEARS)
    add(store, A, b"one" * 100)
    add(store, B, b"two" * 100)
    pack = tmp_path / "2026-03.pack"
    pack.write_bytes(pack.read_bytes()[:-5])
    after = RawStore(tmp_path, YEARS)
    assert (read(after, A), read(after, B)) == (b"one" * 100, None)
    add(after, B, b"new" * 100)
    assert read(RawStore(tmp_path, YEARS), B) == b"new" * 100


def test_a_body_that_rotted_on_the_disk_is_not_given_back(tmp_path):
    store = RawStore(tmp_path, YEARS)
    add(store, A, bytes(range(256)) * 10)
    pack = tmp_path / "2026-03.pack"
    rotten = bytearray(pack.read_bytes())
    rotten[20] ^= 255
    pack.write_bytes(bytes(rotten))
    assert read(RawStore(tmp_path, YEARS), A) is None


def test_a_full_disk_is_a_letter_that_says_what_is_safe(tmp_path):
    store = RawStore(tmp_path, YEARS)
    add(store, A, b"one")
    add(store, B, b"two", MARCH + timedelta(days=31))
    (tmp_path / "2026-05.pack").symlink_to("/dev/full")
    with pytest.raises(LakeError, match=r"No space left on device\. What was kept before is safe"):
        add(store, A, b"three", MARCH + timedelta(days=61))
    assert read(RawStore(tmp_path, YEARS), A) == b"one"


def test_a_folder_that_cannot_be_made_is_a_letter(tmp_path):
    (tmp_path / "raw").write_text("a file stands where the folder should")
    with pytest.raises(LakeError, match="Could not keep a raw answer in"):
        add(RawStore(tmp_path / "raw" / "bikes", YEARS), A, b"one")


def test_nothing_is_kept_longer_than_declared(tmp_path):
    store = RawStore(tmp_path, timedelta(days=365))
    for months in range(14):
        add(store, A, f"{months}".encode(), MARCH + timedelta(days=30 * months))
    now = MARCH + timedelta(days=30 * 13)
    assert store.prune(now) == 1
    kept = RawStore(tmp_path, timedelta(days=365)).versions(A)
    assert min(k.asked_at for k in kept) >= now - timedelta(days=365)
    assert len(kept) == 12


def test_short_retentions_are_kept_by_the_day(tmp_path):
    store = RawStore(tmp_path, timedelta(days=7))
    for day in range(10):
        add(store, A, f"{day}".encode(), MARCH + timedelta(days=day))
    store.prune(MARCH + timedelta(days=9))
    assert [store.body(k) for k in store.versions(A)] == [f"{day}".encode() for day in range(2, 10)]


@pytest.mark.parametrize(("text", "days"), [("0d", 0), ("90d", 90), ("2w", 14), ("6m", 180), ("3y", 1095)])
def test_a_retention_is_a_number_and_a_unit(text, days):
    assert retention(text) == timedelta(days=days)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a", "b", "c"):
        path = tmp_path / f"mirror/data.example/{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{name},1\n" * 50)
    return tmp_path / "mirror"


URLS = [A, B, "https://data.example/none.csv", "https://data.example/c.csv"]


def collect(folder: Path, raw: Path, **more: object) -> list[object]:
    conf = SourceConf(name="bikes", connector="table", **({"keep_raw": "3y"} | more))
    with Door(conf, Asker(mirror_from(folder)), salt="s", known={}, raw=raw, now=lambda: MARCH) as door:
        return list(door.each(URLS))


def test_what_was_collected_is_replayed_without_asking_anybody(folder, tmp_path):
    collected = collect(folder, tmp_path / "raw")
    conf = SourceConf(name="bikes", connector="table")
    replay = Replay(conf, salt="s", raw=tmp_path / "raw")
    assert list(replay.each(URLS)) == collected
    assert replay(A) == collected[0]
    assert replay(URLS[2]) is None
    assert replay.counts == (6, 4, 0, 2, 0)


def test_a_replay_may_be_as_of_a_day(folder, tmp_path):
    collect(folder, tmp_path / "raw")
    conf = SourceConf(name="bikes", connector="table")
    assert Replay(conf, salt="s", raw=tmp_path / "raw", as_of=MARCH - timedelta(days=1))(A) is None
    assert Replay(conf, salt="s", raw=tmp_path / "raw", as_of=MARCH)(A) is not None


def test_a_replay_says_beforehand_what_it_cannot_give_back(folder, tmp_path):
    collect(folder, tmp_path / "raw")
    conf = SourceConf(name="bikes", connector="table")
    assert Replay(conf, salt="s", raw=tmp_path / "raw").lacking([A, B, URLS[2]]) == [URLS[2]]
    (tmp_path / "raw/2026-03.pack").unlink()
    assert Replay(conf, salt="s", raw=tmp_path / "raw").lacking([A, B]) == [A, B]


def test_a_source_that_keeps_nothing_leaves_nothing_on_the_disk(folder, tmp_path):
    assert len(collect(folder, tmp_path / "raw", keep_raw="0d")) == 3
    assert not (tmp_path / "raw").exists()


def test_a_second_collection_of_the_same_adds_nothing(folder, tmp_path):
    collect(folder, tmp_path / "raw")
    before = {p.name: p.read_bytes() for p in (tmp_path / "raw").iterdir()}
    collect(folder, tmp_path / "raw")
    assert {p.name: p.read_bytes() for p in (tmp_path / "raw").iterdir()} == before


def test_the_index_says_in_plain_json_what_lies_in_a_pack(folder, tmp_path):
    collect(folder, tmp_path / "raw")
    lines = [json.loads(line) for line in (tmp_path / "raw/2026-03.jsonl").read_text().splitlines() if line]
    assert [line["origin"] for line in lines] == [A, B, URLS[3]]
    assert {line["asked"] for line in lines} == {"2026-03-01T12:00:00+00:00"}
