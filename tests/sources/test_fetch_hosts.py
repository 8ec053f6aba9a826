"""Many addresses and several hosts are asked in order and politely, and one that is gone costs little: a real server here answers."""

from __future__ import annotations

import socket
import time

from pulso.sources.asking import Asker, Limits
from tests.sources.doors import QUICK, make
from tests.sources.streets import respond


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
