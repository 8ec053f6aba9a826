"""A folder answers for public addresses, and only a folder."""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import Path
from urllib.parse import quote

import pytest

from pulso.city import SourceConf
from pulso.errors import SourceUnavailable
from pulso.shapes import Raw
from pulso.sources.asking import Asker
from pulso.sources.fetch import Door, mirror_from

COUNTERS = "https://data.example/counters"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mirror/data.example/counters").mkdir(parents=True)
    return tmp_path / "mirror"


def put(folder: Path, name: str, text: str = "a,b\n1,2\n") -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def door(folder: Path, **more: object) -> Door:
    conf = SourceConf(name="bikes", connector="table", keep_raw="0d")
    return Door(conf, Asker(mirror_from(folder)), **({"salt": "s", "known": {}, "raw": folder.parent / "raw"} | more))


def bodies(raws: list[Raw]) -> list[str]:
    return [raw.body.decode() for raw in raws]


def test_a_public_address_is_read_from_the_folder_of_its_host(folder):
    put(folder, "data.example/counters/2024-01.csv", "january")
    raw = door(folder)(f"{COUNTERS}/2024-01.csv")
    assert (raw.url, raw.body) == (f"{COUNTERS}/2024-01.csv", b"january")


def test_a_file_that_the_mirrored_host_lacks_is_a_gap(folder):
    d = door(folder)
    assert d(f"{COUNTERS}/2024-02.csv") is None
    assert d.counts.absent == 1
    assert d.letter() is None


def test_a_host_that_the_mirror_lacks_is_unavailable_and_the_network_is_never_asked(folder):
    with pytest.raises(SourceUnavailable, match=r"the mirror .* has nothing of weather\.example"):
        door(folder)("https://weather.example/archive")


def test_a_host_that_the_mirror_lacks_does_not_stop_the_others(folder):
    put(folder, "data.example/counters/a.csv", "a")
    d = door(folder)
    urls = [f"https://weather.example/{i}" for i in range(500)] + [f"{COUNTERS}/a.csv"]
    assert bodies(list(d.each(urls))) == ["a"]
    assert d.counts == (501, 1, 0, 0, 500)
    assert "weather.example: 500. The first: https://weather.example/0 did not answer: the mirror" in d.letter()


def test_files_come_in_the_order_in_which_they_were_asked_and_gaps_are_passed_over(folder):
    for month in ("01", "02", "04"):
        put(folder, f"data.example/counters/{month}.csv", month)
    assert bodies(list(door(folder).each([f"{COUNTERS}/{m}.csv" for m in ("04", "03", "01", "02")]))) == ["04", "01", "02"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_with_accents_is_found_however_the_folder_spells_it(folder, form):
    put(folder, unicodedata.normalize(form, "data.example/counters/Zürich São João.csv"), "found")
    assert door(folder)(f"{COUNTERS}/Z%C3%BCrich%20S%C3%A3o%20Jo%C3%A3o.csv").body == b"found"
    assert door(folder)(f"{COUNTERS}/Zürich São João.csv").body == b"found"


WAYS_OUT = (
    "../../secret.txt",
    "%2e%2e/%2e%2e/secret.txt",
    "..%2F..%2Fsecret.txt",
    "a/%2e%2e/%2e%2e/%2e%2e/secret.txt",
    "a%2F..%2F../../../secret.txt",
)


@pytest.mark.parametrize("way", WAYS_OUT)
def test_no_address_leads_out_of_the_folder(folder, way):
    put(folder, "secret.txt", "not for you")
    put(folder, "data.example/counters/a/b", "a folder to climb from")
    assert list(door(folder).each([f"{COUNTERS}/{way}"])) == []


def test_a_mirror_address_leads_out_of_the_folder_no_further_than_beside_it(folder):
    put(folder.parent, "porto/noise.csv", "beside")
    put(folder, "porto2/noise.csv", "within")
    d = door(folder)
    assert d("mirror:porto/noise.csv").body == b"beside"
    assert d("mirror:porto2/noise.csv").body == b"within"
    assert d("mirror:porto/air.csv") is None
    with pytest.raises(SourceUnavailable, match="has nothing of lisboa"):
        d("mirror:lisboa/x.csv")
    assert d("mirror:porto/noise.csv").body == b"beside"
    with pytest.raises(SourceUnavailable):
        d("mirror:../porto/noise.csv/../../x")


def test_a_file_that_is_there_and_cannot_be_read_is_no_gap(folder):
    (folder / "data.example/counters/loop.csv").symlink_to("loop.csv")
    with pytest.raises(SourceUnavailable, match=r"loop\.csv is there and can't be read"):
        door(folder)(f"{COUNTERS}/loop.csv")


def test_a_question_is_part_of_the_file_name_and_a_secret_is_not(folder):
    put(folder, "data.example/archive?year=2024&vars=a,b", "question")
    assert door(folder)("https://data.example/archive?year=2024&apikey=123&vars=a,b").body == b"question"
    assert door(folder)("https://data.example/archive?year=2024&vars=a,b&apikey=${NO_SUCH_NAME_IN_TESTS}").body == b"question"


def test_a_question_too_long_for_a_file_name_is_known_by_its_sha256(folder):
    put(folder, "data.example/archive?sha256=c48f15ae6bd6790766731bb713084c3b45e54077db71093be85dd81994723db7", "long")
    assert door(folder)(f"https://data.example/archive?stations={'x' * 300}").body == b"long"


def test_an_address_without_a_public_host_says_how_to_get_a_folder(tmp_path):
    d = Door(SourceConf(name="noise", connector="table"), Asker(None), salt="s", known={}, raw=tmp_path)
    with pytest.raises(SourceUnavailable, match="PULSO_MIRROR"):
        d("mirror:porto/noise.csv")


def test_the_mirror_is_named_by_the_environment_and_may_be_several_folders(folder, tmp_path, monkeypatch):
    put(folder, "data.example/counters/a.csv", "first")
    put(tmp_path / "other", "data.example/counters/a.csv", "second")
    put(tmp_path / "other", "data.example/counters/b.csv", "only there")
    monkeypatch.setenv("PULSO_MIRROR", f"{folder}:{tmp_path / 'other'}")
    d = Door(SourceConf(name="bikes", connector="table", keep_raw="0d"), Asker(mirror_from()), salt="s", known={}, raw=tmp_path)
    assert bodies(list(d.each([f"{COUNTERS}/a.csv", f"{COUNTERS}/b.csv"]))) == ["first", "only there"]


def test_a_mirror_that_is_not_a_folder_is_named(tmp_path):
    with pytest.raises(SourceUnavailable, match="not a folder"):
        mirror_from(tmp_path / "nowhere")


@pytest.mark.mirror
def test_every_file_of_the_real_mirror_answers_at_its_public_address(mirror, tmp_path):
    files = sorted(path for path in mirror.rglob("*") if path.is_file())
    d = door(mirror, raw=tmp_path)
    raws = d.each(["https://" + quote(str(path.relative_to(mirror))) for path in files])
    assert [hashlib.sha256(raw.body).digest() for raw in raws] == [hashlib.sha256(path.read_bytes()).digest() for path in files]
    assert d.counts == (len(files), len(files), 0, 0, 0)
