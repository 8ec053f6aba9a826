"""Secrets and what is personal reach nobody whom they don't concern: a real server on this machine answers."""

from __future__ import annotations

import logging

import pytest

from pulso.city import SourceConf
from pulso.errors import CityFileError, SourceUnavailable
from pulso.sources.addresses import brief, shown
from pulso.sources.fetch import Door, digest
from tests.sources.doors import NOW, make
from tests.sources.streets import respond


def test_a_secret_reaches_the_server_and_nobody_else(town, asker, tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("BIKES_KEY", "s3cr3t")
    seen = []

    def guarded(handler):
        seen.append(handler.path)
        respond(handler, 200 if "fine" in handler.path else 403, {"Content-Type": "application/json"}, b'{"key": "s3cr3t"}')

    town.paths["/fine"] = town.paths["/bad"] = guarded
    caplog.set_level(logging.DEBUG)
    door = make(asker, tmp_path)
    with door:
        raw = door(town.url("/fine?station=1&apikey=${BIKES_KEY}"))
        with pytest.raises(SourceUnavailable) as letter:
            door(town.url("/bad?apikey=${BIKES_KEY}"))
    assert seen[0] == "/fine?station=1&apikey=s3cr3t"
    assert raw.url == town.url("/fine?station=1&apikey=${BIKES_KEY}")
    told = [str(letter.value), door.letter(), caplog.text, *(p.read_text() for p in (tmp_path / "raw").glob("*.jsonl"))]
    assert not [text for text in told if "s3cr3t" in text]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("https://h/x?apikey=abc&day=1", "https://h/x?apikey=hidden&day=1"),
        ("https://h/x?day=1&access_token=abc#top", "https://h/x?day=1&access_token=hidden"),
        ("https://ana:abc@h/x", "https://hidden@h/x"),
        ("https://${USER}:${WORD}@h/x", "https://${USER}:${WORD}@h/x"),
        ("http://ana:abc@[half?token=abc", "[half"),
        (
            "https://h/x?X-Amz-Signature=abc&sig=abc&password=abc&api-key=abc",
            "https://h/x?X-Amz-Signature=hidden&sig=hidden&password=hidden&api-key=hidden",
        ),
        ("https://h/x?station=keyes&monkey=1&tokens=3&author=me", "https://h/x?station=keyes&monkey=1&tokens=3&author=me"),
    ],
)
def test_an_address_is_told_without_its_secrets(tmp_path, written, told):
    assert shown(written) == told


def test_a_letter_names_the_file_and_not_every_variable_asked_of_it():
    asked = "https://h/v1/archive?start_date=2026-01-01&hourly=temperature_2m,precipitation,snowfall,snow_depth&timezone=GMT"
    told = "https://h/v1/archive?start_date=2026-01-01&hourly=temperature_2m,precipitation,snow…&timezone=GMT"
    assert brief(asked) == told
    assert brief("https://h/a%20folder/a-file-with-a-rather-long-name-of-its-own.csv").endswith("own.csv")


def test_a_server_that_repeats_a_secret_in_its_refusal_is_not_quoted_with_it(town, door):
    town.says("/a", (403, {"Content-Type": "application/json"}, b'{"reason":"hunter22 and s3cr3t are wrong"}'))
    address = town.url("/a?apikey=s3cr3t").replace("//", "//ana:hunter22@")
    with pytest.raises(SourceUnavailable, match="hidden and hidden are wrong") as letter:
        door(address)
    assert "s3cr3t" not in str(letter.value)
    assert "hunter22" not in str(letter.value)
    assert "Authorization" in town.asked[0][1]


def test_a_secret_that_is_not_set_is_named_and_nobody_is_asked(town, door):
    with pytest.raises(SourceUnavailable, match="needs BIKES_KEY_THAT_NOBODY_SET from the environment"):
        door(town.url("/a?apikey=${BIKES_KEY_THAT_NOBODY_SET}"))
    assert town.asked == []


def test_two_addresses_that_differ_only_in_a_secret_are_not_mistaken_for_one(town, door):
    town.says("/a", b"x")
    door(town.url("/a?token=1"))
    with pytest.raises(SourceUnavailable, match="differ only in what is hidden"):
        door(town.url("/a?token=2"))


def test_a_personal_source_without_a_strip_is_refused(asker, tmp_path):
    conf = SourceConf(name="phones", connector="table", personal=True)
    with pytest.raises(CityFileError, match=r"sources\.phones\.personal.*strips it at the door"):
        Door(conf, asker, salt="s", known={}, raw=tmp_path / "raw")


def test_what_is_personal_is_stripped_before_anything_touches_the_disk(town, asker, tmp_path):
    town.says("/a", b"02:00:5e:10:00:01;zone 3;14 h")
    conf = SourceConf(name="phones", connector="table", personal=True)
    with Door(conf, asker, salt="s", known={}, raw=tmp_path / "raw", strip=lambda b: b.split(b";", 1)[1], now=lambda: NOW) as door:
        raw = door(town.url("/a"))
    assert raw.body == b"zone 3;14 h"
    kept = door.store.newest(raw.url)
    assert door.store.body(kept) == b"zone 3;14 h"
    assert raw.digest == digest(kept.sha256, "s")
