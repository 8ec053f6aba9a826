"""Only what is new is read, and nothing is fetched twice: a real server on this machine answers."""

from __future__ import annotations

import pytest

from pulso.errors import SourceUnavailable
from tests.sources.doors import body, make
from tests.sources.streets import respond


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
