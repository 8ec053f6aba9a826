"""How a source is asked over a network that is slow, broken, rude or gone: a real server on this machine answers."""

from __future__ import annotations

import gzip
import inspect
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from pulso.city import SourceConf
from pulso.errors import CityFileError, SourceUnavailable
from pulso.sources.addresses import brief, shown
from pulso.sources.asking import ABSENT, AGAIN, Asker, Limits
from pulso.sources.fetch import Door, digest
from pulso.sources.manners import Hosts
from pulso.sources.mirror import Mirror
from tests.conftest import REPO
from tests.sources.streets import Time, Town, a_town, respond

QUICK = Limits(connect=2.0, read=5.0, size=100_000)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with a_town() as town:
        yield town


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def asker(clock: Time) -> Iterator[Asker]:
    with closing(Asker(limits=QUICK, clock=clock, sleep=clock.sleep)) as asker:
        yield asker


@pytest.fixture
def door(asker: Asker, tmp_path: Path) -> Iterator[Door]:
    with make(asker, tmp_path) as door:
        yield door


def make(asker: Asker, tmp_path: Path, keep_raw: str = "3y", **more: Any) -> Door:
    conf = SourceConf(name="bikes", connector="table", keep_raw=keep_raw)
    return Door(conf, asker, **({"salt": "s", "known": {}, "raw": tmp_path / "raw", "now": lambda: NOW} | more))


def body(door: Door, url: str) -> bytes | None:
    raw = door(url)
    return raw and raw.body


def test_an_answer_comes_with_its_address_its_digest_and_the_servers_name_for_it(town, door):
    town.says("/a.csv", (200, {"Content-Type": "text/csv; charset=utf-8"}, b"1,2"))
    raw = door(town.url("/a.csv"))
    assert raw.url == town.url("/a.csv")
    assert raw.body == b"1,2"
    assert raw.content_type == "text/csv; charset=utf-8"
    assert len(raw.digest) == 64


def test_we_say_who_we_are(town, door):
    town.says("/a.csv", b"1")
    door(town.url("/a.csv"))
    assert town.asked[0][1]["User-Agent"].startswith("Pulso ")


def test_an_error_page_for_people_is_handed_on_with_its_content_type_for_the_connector_to_judge(town, door):
    town.says("/a.csv", (200, {"Content-Type": "text/html"}, b"<html>maintenance</html>"))
    assert door(town.url("/a.csv")).content_type == "text/html"


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_not_there_is_a_gap(town, door, status):
    town.says("/a.csv", status)
    assert door(town.url("/a.csv")) is None
    assert door.counts == (1, 0, 0, 1, 0)


def test_a_server_that_stumbles_is_asked_again(town, door, clock):
    town.says("/a.csv", 500, 503, b"well again")
    assert body(door, town.url("/a.csv")) == b"well again"
    pauses = [nap for nap in clock.naps if nap >= 0.4]
    assert 0.5 <= pauses[0] <= 0.75
    assert 1.0 <= pauses[1] <= 1.5


def test_a_server_that_stays_down_is_asked_four_times_and_named(town, door):
    town.says("/a.csv", 503)
    with pytest.raises(SourceUnavailable, match=r"/a\.csv did not answer: it answered 503"):
        door(town.url("/a.csv"))
    assert town.times("/a.csv") == 4
    assert door.counts.unanswered == 1


def test_a_refusal_is_not_asked_again_and_its_reason_is_told(town, door):
    town.says("/a.csv", (400, {"Content-Type": "application/json"}, b'{"error":true,\n"reason":"no such variable"}'))
    with pytest.raises(SourceUnavailable, match=r"400 Bad Request.*no such variable"):
        door(town.url("/a.csv"))
    assert town.times("/a.csv") == 1


def test_a_host_that_asks_for_patience_gets_it(town, door, clock):
    town.says("/a.csv", (429, {"Retry-After": "17"}, b""), b"thank you")
    began = clock()
    assert body(door, town.url("/a.csv")) == b"thank you"
    assert 17 <= clock() - began < 20


def test_a_host_that_asks_for_patience_by_a_date_gets_it(town, door, clock):
    soon = datetime.fromtimestamp(time.time() + 30, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    town.says("/a.csv", (503, {"Retry-After": soon}, b""), b"thank you")
    began = clock()
    assert body(door, town.url("/a.csv")) == b"thank you"
    assert 25 <= clock() - began < 35


def test_a_host_that_asks_for_an_hour_is_left_for_the_next_collection(town, door, clock):
    town.says("/a.csv", (429, {"Retry-After": "3600"}, b""))
    with pytest.raises(SourceUnavailable, match="come back in 3600 s"):
        door(town.url("/a.csv"))
    assert clock() - 1000 < 1


def test_an_answer_that_breaks_off_is_asked_again(town, door):
    first = threading.Event()

    def break_off(handler):
        if first.is_set():
            return respond(handler, 200, {}, b"whole")
        first.set()
        handler.close_connection = True
        return respond(handler, 200, {"Content-Length": "100"}, b"who")

    town.paths["/a.csv"] = break_off
    assert body(door, town.url("/a.csv")) == b"whole"


def test_half_an_answer_is_never_taken_for_a_whole_one(town, door, tmp_path):
    def always_half(handler):
        handler.close_connection = True
        respond(handler, 200, {"Content-Length": "100"}, b"half")

    town.paths["/a.csv"] = always_half
    with pytest.raises(SourceUnavailable, match="broke off"):
        door(town.url("/a.csv"))
    assert not (tmp_path / "raw").exists()


def test_a_server_that_says_nothing_is_waited_for_and_then_named(town, tmp_path, clock):
    town.paths["/a.csv"] = lambda handler: time.sleep(1.0)
    with closing(Asker(limits=Limits(read=0.1), clock=clock, sleep=clock.sleep)) as impatient:
        with pytest.raises(SourceUnavailable, match=r"nothing came for 0\.1 s"):
            make(impatient, tmp_path)(town.url("/a.csv"))
        deadline = time.monotonic() + 5.0  # on a busy machine the server notes the last question later than it is given up
        while town.times("/a.csv") < 4 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert town.times("/a.csv") == 4


def test_a_server_that_drips_is_not_waited_for_all_night(town, door, clock):
    def drip(handler):
        respond(handler, 200, {"Content-Length": "5000"}, b"x")
        for _ in range(50):
            clock.sleep(10)
            handler.wfile.write(b"x" * 100)
            handler.wfile.flush()
            time.sleep(0.01)

    town.paths["/a.csv"] = drip
    with pytest.raises(SourceUnavailable, match="not done after 300 s"):
        door(town.url("/a.csv"))


def test_a_giant_is_refused_before_it_is_read(town, door):
    town.says("/a.csv", b"x" * 200_000)
    with pytest.raises(SourceUnavailable, match=r"larger than is allowed \(200,000 bytes; at most 100,000\)"):
        door(town.url("/a.csv"))
    assert town.times("/a.csv") == 1


def test_a_giant_that_hides_its_size_is_refused_while_it_is_read(town, door):
    packed = gzip.compress(b"0" * 10_000_000)
    assert len(packed) < QUICK.size
    town.says("/a.csv", (200, {"Content-Encoding": "gzip"}, packed))
    with pytest.raises(SourceUnavailable, match="larger than is allowed"):
        door(town.url("/a.csv"))


def test_what_travels_compressed_arrives_as_it_was(town, door):
    town.says("/a.csv", (200, {"Content-Encoding": "gzip"}, gzip.compress(b"as it was")))
    assert body(door, town.url("/a.csv")) == b"as it was"


def test_a_compressed_answer_that_is_none_is_not_handed_on(town, door):
    town.says("/a.csv", (200, {"Content-Encoding": "gzip"}, b"this is not gzip"))
    with pytest.raises(SourceUnavailable, match="broke off"):
        door(town.url("/a.csv"))


def test_a_moved_address_is_followed_and_keeps_its_old_name(town, door):
    town.says("/a.csv", (302, {"Location": "/b.csv"}, b""))
    town.says("/b.csv", b"moved")
    raw = door(town.url("/a.csv"))
    assert (raw.url, raw.body) == (town.url("/a.csv"), b"moved")


def test_two_addresses_that_send_us_to_each_other_are_left(town, door):
    town.says("/a", (302, {"Location": "/b"}, b""))
    town.says("/b", (302, {"Location": "/a"}, b""))
    with pytest.raises(SourceUnavailable, match="sent us on more than 5 times"):
        door(town.url("/a"))
    assert len(town.asked) == 6


@pytest.mark.parametrize("onward", ["file:///etc/passwd", "ftp://127.0.0.1/x"])
def test_an_address_that_sends_us_elsewhere_than_the_web_is_refused(town, door, onward):
    town.says("/a", (302, {"Location": onward}, b""))
    with pytest.raises(SourceUnavailable, match="refused"):
        door(town.url("/a"))


def test_an_address_that_sends_us_from_a_private_line_to_an_open_one_is_refused(tmp_path):
    class Careless(Mirror):
        def handle_request(self, request):
            return httpx.Response(302, headers={"Location": "http://data.example/x?token=s3cr3t"}, request=request)

    with pytest.raises(SourceUnavailable, match=r"http://data\.example/x\?token=hidden, from https: that is refused"):
        make(Asker(Careless([tmp_path])), tmp_path)("https://data.example/x")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://host/x", "/etc/passwd", "https://", "data:,x"])
def test_only_addresses_of_the_web_are_asked(door, url):
    with pytest.raises(SourceUnavailable, match="is not an address that can be asked"):
        door(url)


def test_one_address_that_does_not_answer_does_not_stop_the_others(town, door):
    town.says("/1", b"one")
    town.says("/2", 500)
    town.says("/4", b"four")
    assert [raw.body for raw in door.each([town.url(f"/{i}") for i in (1, 2, 3, 4)])] == [b"one", b"four"]
    assert door.counts == (4, 2, 0, 1, 1)
    assert [u.url for u in door.unanswered] == [town.url("/2")]
    assert "1 of 4 addresses brought nothing" in door.letter()


def test_answers_keep_the_order_of_asking_even_if_the_first_is_slow(town, door):
    def slow(handler):
        time.sleep(0.1)
        respond(handler, 200, {}, b"0")

    for i in range(1, 9):
        town.says(f"/{i}", str(i).encode())
    town.paths["/0"] = slow
    assert [raw.body for raw in door.each([town.url(f"/{i}") for i in range(9)])] == [str(i).encode() for i in range(9)]


def test_a_host_never_has_more_than_two_of_our_requests_at_once_and_they_keep_their_distance(town, door, clock):
    def busy(handler):
        time.sleep(0.02)
        respond(handler, 200, {}, b"x")

    for i in range(10):
        town.paths[f"/{i}"] = busy
    began = clock()
    assert len(list(door.each([town.url(f"/{i}") for i in range(10)]))) == 10
    assert town.busiest == 2
    assert clock() - began >= 9 * 0.1 - 1e-9


def test_only_a_few_answers_are_fetched_ahead_of_the_reading(town, door):
    for i in range(50):
        town.says(f"/{i}", b"x")
    reading = door.each([town.url(f"/{i}") for i in range(50)])
    next(reading)
    time.sleep(0.2)
    assert len(town.asked) <= 1 + QUICK.ahead
    reading.close()


def nobody() -> str:
    """An address on this machine at which nobody listens."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{s.getsockname()[1]}"


def test_a_host_that_is_gone_costs_seconds_and_one_letter_whatever_was_to_be_asked_of_it(town, door, clock):
    gone = nobody()
    began = time.monotonic()
    assert list(door.each([f"{gone}/{i}.csv" for i in range(2690)])) == []
    assert time.monotonic() - began < 5
    assert clock() - 1000 < 30
    assert len(door.unanswered) == 2690
    letter = door.letter()
    assert "2,690 of 2,690 addresses brought nothing" in letter
    assert "no connection" in letter
    assert len(letter.splitlines()) == 2


def test_what_one_source_finds_gone_the_next_does_not_wait_for(asker, tmp_path, clock):
    gone = nobody()
    assert list(make(asker, tmp_path).each([f"{gone}/{i}" for i in range(10)])) == []
    began, second = clock(), make(asker, tmp_path)
    assert list(second.each([f"{gone}/x{i}" for i in range(10)])) == []
    assert clock() == began
    assert "does not answer: no connection" in second.letter()


def test_a_host_that_always_fails_is_soon_left_alone(town, door):
    for i in range(300):
        town.says(f"/{i}", 500)
    assert list(door.each([town.url(f"/{i}") for i in range(300)])) == []
    assert len(town.asked) <= 32
    assert len(door.unanswered) == 300


def test_gaps_in_plenty_are_no_reason_to_leave_a_host(town, door):
    town.says("/last", b"here")
    assert [r.body for r in door.each([town.url(f"/{i}") for i in range(40)] + [town.url("/last")])] == [b"here"]


def test_what_the_lake_has_read_is_nothing_new(town, asker, tmp_path):
    town.says("/a.csv", b"same")
    known = {r.url: r.digest for r in [make(asker, tmp_path)(town.url("/a.csv"))]}
    again = make(asker, tmp_path, known=known)
    assert again(town.url("/a.csv")) is None
    assert again.counts == (1, 0, 1, 0, 0)


def test_a_changed_way_of_reading_makes_everything_new(town, asker, tmp_path):
    town.says("/a.csv", b"same")
    known = {r.url: r.digest for r in [make(asker, tmp_path)(town.url("/a.csv"))]}
    assert make(asker, tmp_path, known=known, salt="another city file")(town.url("/a.csv")).body == b"same"


def polite(handler):
    tag = '"v1"'
    if handler.headers.get("If-None-Match") == tag:
        handler.send_response(304)
        handler.end_headers()
    else:
        respond(handler, 200, {"ETag": tag, "Content-Type": "text/csv"}, b"tagged")


def test_a_server_that_knows_what_we_have_sends_nothing_and_nothing_is_new(town, asker, tmp_path):
    town.paths["/a.csv"] = polite
    known = {r.url: r.digest for r in [make(asker, tmp_path)(town.url("/a.csv"))]}
    again = make(asker, tmp_path, known=known)
    assert again(town.url("/a.csv")) is None
    assert town.asked[-1][1]["If-None-Match"] == '"v1"'
    assert again.counts.unchanged == 1


def test_what_was_fetched_but_not_read_is_read_from_what_was_kept(town, asker, tmp_path):
    town.paths["/a.csv"] = polite
    first = make(asker, tmp_path)(town.url("/a.csv"))
    again = make(asker, tmp_path)(town.url("/a.csv"))
    assert again == first
    assert town.asked[-1][1]["If-None-Match"] == '"v1"'


def test_a_server_is_not_asked_for_news_where_nothing_was_kept(town, asker, tmp_path):
    town.paths["/a.csv"] = polite
    make(asker, tmp_path)(town.url("/a.csv"))
    (tmp_path / "raw/2026-03.pack").write_bytes(b"")
    assert body(make(asker, tmp_path), town.url("/a.csv")) == b"tagged"
    assert "If-None-Match" not in town.asked[-1][1]


def test_a_server_that_says_unchanged_of_what_we_never_had_is_asked_once_more(town, door):
    town.says("/a.csv", 304, b"then send it")
    assert body(door, town.url("/a.csv")) == b"then send it"


def test_a_server_that_says_unchanged_and_nothing_else_is_no_gap(town, door):
    town.says("/a.csv", 304)
    with pytest.raises(SourceUnavailable, match="without having been asked for news"):
        door(town.url("/a.csv"))


def test_last_modified_serves_where_there_is_no_tag(town, asker, tmp_path):
    when = "Sun, 01 Mar 2026 10:00:00 GMT"
    town.says("/a.csv", (200, {"Last-Modified": when}, b"dated"), 304)
    known = {r.url: r.digest for r in [make(asker, tmp_path)(town.url("/a.csv"))]}
    assert make(asker, tmp_path, known=known)(town.url("/a.csv")) is None
    assert town.asked[-1][1]["If-Modified-Since"] == when


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


def test_progress_is_told_address_by_address(town, asker, tmp_path):
    told = []
    town.says("/1", b"x")
    door = make(asker, tmp_path, progress=lambda done, asked: told.append((done, asked)))
    list(door.each([town.url("/1"), town.url("/2"), town.url("/1")]))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_leaving_early_does_not_wait_for_the_slow(town, tmp_path):
    town.says("/1", b"x")
    town.paths["/2"] = lambda handler: time.sleep(6.0)
    began = time.monotonic()
    with Asker(limits=Limits(read=1.0)) as asker, make(asker, tmp_path) as door:
        reading = door.each([town.url("/1"), town.url("/2"), town.url("/2")])
        assert next(reading).body == b"x"
        reading.close()
    assert time.monotonic() - began < 5.0


def test_the_page_on_fetching_says_what_we_do():
    page = (REPO / "docs/reference/fetching.md").read_text(encoding="utf-8")
    we, hosts = Limits(), inspect.signature(Hosts).parameters
    for promise in (
        f"{we.connect:g} s to connect, {we.read:g} s of silence, {we.total:g} s for one answer",
        f"{we.size // 2**20} MiB after decompression",
        f"{we.tries}, after about 0.5, 1 and 2 s; {we.tries_ailing} for a host",
        f"up to {we.longest_wait:g} s; beyond",
        f"| {we.redirects} at most",
        f"{hosts['connections'].default} connections a host, {hosts['delay'].default} s between requests, {we.ahead} addresses ahead",
        f"{hosts['most_unreached'].default} attempts in a row without a connection, or {hosts['most_failed'].default} addresses",
        ", ".join(str(status) for status in sorted(AGAIN)),
        ", ".join(str(status) for status in sorted(ABSENT)),
    ):
        assert promise in page, promise
