"""Where the personal door is pushed: clocks that change, stops that are lost, servers that say too much, answers that lie of themselves."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pulso.city import SourceConf
from pulso.errors import SourceUnavailable
from pulso.sources.asking import Asker, Limits
from pulso.sources.fetch import Door
from pulso.sources.radius import NO_ACCOUNTING, read, strip
from tests.sources.radius_rooms import Beat, Whole, at, detail, radacct
from tests.sources.streets import Time, Town, a_town, respond

OURS = frozenset({"aa-bb-cc-00-00-01"})
TEN = at("2026-05-04T10:00:00")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def told(body: bytes) -> list[tuple[float, float, bool]]:
    """Start, stop, and whether it is open, of each session."""
    k = read(strip(body, OURS), "Europe/Lisbon")
    return list(zip(k.start.tolist(), k.stop.tolist(), k.open.tolist(), strict=True))


def test_a_session_that_begins_in_the_hour_that_spring_skips_does_not_end_before_it_begins():
    ((start, stop, _),) = told(radacct([Whole("2026-03-29 01:50:00", "2026-03-29 02:10:00")]))
    assert start <= stop


@pytest.mark.parametrize(
    ("start", "stop", "length", "hours"),
    [
        ("2026-10-25 00:50:00", "2026-10-25 01:50:00", 7200, (23.0 + 50 / 60, 25.0 + 50 / 60)),  # 01:50 came twice
        ("2026-10-25 01:30:00", "2026-10-25 01:20:00", 3000, (24.5, 25.0 + 20 / 60)),
        ("2026-10-25 01:30:00", "2026-10-25 02:30:00", 3600, (25.5, 26.5)),  # from the second
        ("2026-10-25 00:30:00", "2026-10-25 02:30:00", 10_800, (23.5, 26.5)),
        ("2026-10-25 01:10:00", "2026-10-25 01:40:00", 1800, (24.0 + 10 / 60, 24.0 + 40 / 60)),  # of two that fit, the first
        ("2026-03-29 00:50:00", "2026-03-29 02:10:00", 1200, (24.0 + 50 / 60, 25.0 + 10 / 60)),
    ],
)
def test_a_session_over_the_change_of_clocks_lasts_as_long_as_it_counted(start, stop, length, hours):
    body = radacct([Whole(start, stop)]).replace(b",,1,2,", f",{length},1,2,".encode())
    k = read(strip(body, OURS, "Europe/Lisbon"), "Europe/Lisbon")
    midnight = at(f"{start[:10]}T00:00:00") - 86_400
    assert [(x - midnight) / 3600 for x in (*k.start, *k.stop)] == pytest.approx(hours)
    wrong = body.replace(f",{length},".encode(), f",{length + 1800},".encode())
    assert b"1 out of bounds" in strip(wrong, OURS, "Europe/Lisbon")


def test_a_server_can_t_pass_for_a_door_that_has_stripped():
    body = b"pulso sessions 1\npoint,start,stop,octets_in,octets_out,open,wall\nmaria.silva,1,2,,,0,0\n"
    assert strip(body, OURS) == NO_ACCOUNTING
    assert strip(b"pulso sessions 1\n" + detail([Beat("Stop", TEN, length=60)]), OURS) == NO_ACCOUNTING


def test_an_archive_that_is_broken_inside_is_no_accounting():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as made:
        made.writestr("detail", b"maria.silva " * 500)
    body = bytearray(out.getvalue())
    body[45:49] = b"\xff" * 4  # what LZMA says of itself
    assert strip(bytes(body), OURS) == NO_ACCOUNTING


@pytest.mark.parametrize("body", [b'{"error":"forbidden"}', b'[{"detail": "maria.silva"}]'])
def test_json_that_speaks_of_no_accounting_is_none(body):
    assert strip(body) == NO_ACCOUNTING
    assert read(strip(b" [ ]\n"), "UTC").start.size == 0  # a list of nobody is a quiet day


def test_sessions_of_one_client_whose_stops_were_lost_are_one():
    lost = [Beat("Start", TEN + 300 * i, session=str(i)) for i in range(12)]
    assert told(detail(lost)) == [(TEN, TEN + 3300, True)]
    apart = [Beat("Start", TEN, session="a"), Beat("Start", TEN + 7200, session="b")]
    assert told(detail(apart)) == [(TEN, TEN, False), (TEN + 7200, TEN + 7200, True)]
    assert told(detail(apart[:1])) == [(TEN, TEN, True)]  # its stop may be in the next answer
    others = [b._replace(client=f"DE-AD-BE-EF-00-{i:02}") for i, b in enumerate(lost)]
    assert len(told(detail(others))) == 12


# -- asking --------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with a_town() as town:
        yield town


def door(asker: Asker, tmp_path: Path, **more) -> Door:
    conf = SourceConf(name="wifi", connector="radius", personal=True, keep_raw="14d")
    return Door(conf, asker, **({"salt": "s", "known": {}, "raw": tmp_path / "raw", "now": lambda: NOW, "strip": strip} | more))


def test_the_words_of_a_refusal_by_a_personal_source_s_server_are_in_no_letter_and_no_host_s_record(server, tmp_path):
    server.says("/a", (403, {"Content-Type": "application/json"}, b'{"reason":"no session of maria.silva at 10.66.77.88"}'))
    clock = Time()
    with Asker(limits=Limits(), clock=clock, sleep=clock.sleep) as asker, door(asker, tmp_path) as wifi:
        heard = []
        asker.hosts.failed = lambda host, why: heard.append(why)
        with pytest.raises(SourceUnavailable, match="did not answer: it answered 403") as why:
            wifi(server.url("/a"))
        list(wifi.each([server.url("/a")]))
        said = f"{why.value} {wifi.letter()} {heard}"
    assert len(heard) == 2
    assert "maria" not in said
    assert "10.66" not in said


def test_what_a_list_of_access_points_took_out_comes_back_when_the_list_does(server, tmp_path):
    """A server that says that nothing is new would leave what the old list made of it."""

    def polite(handler):
        if handler.headers.get("If-None-Match"):
            handler.send_response(304)
            handler.end_headers()
        else:
            respond(handler, 200, {"ETag": '"v1"'}, detail([Beat("Stop", TEN, length=60)]))

    server.paths["/a"] = polite
    with Asker() as asker:
        first = door(asker, tmp_path, strip=lambda b: strip(b, frozenset()))(server.url("/a"))
        then = door(asker, tmp_path, strip=lambda b: strip(b, OURS), known={first.url: first.digest})(server.url("/a"))
    assert read(first.body, "UTC").start.size == 0
    assert read(then.body, "UTC").start.size == 1
