"""How a source is asked over a network that is slow, broken, rude or gone: a real server on this machine answers."""

from __future__ import annotations

import gzip
import inspect
import threading
import time
from contextlib import closing
from datetime import UTC, datetime

import httpx
import pytest

from pulso.errors import SourceUnavailable
from pulso.sources.asking import ABSENT, AGAIN, Asker, Limits
from pulso.sources.manners import Hosts
from pulso.sources.mirror import Mirror
from tests.conftest import REPO
from tests.sources.doors import QUICK, body, make
from tests.sources.streets import respond


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
