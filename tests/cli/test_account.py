"""A command that moves the river leaves behind what the site says of the sources."""

from __future__ import annotations

from datetime import timedelta

from pulso.flow import account
from tests.flow.vila import LAST, lines, usual


def kept(town):
    found = account.kept(account.where(town.river()))
    assert found is not None
    return found


def test_collecting_keeps_what_was_seen_and_publishing_what_it_weighs(pulso, town):
    account.where(town.river()).unlink(missing_ok=True)
    assert pulso("collect", "CITY", "--measure").code == 0
    assert {s.source: str(s.last) for s in kept(town).sources} == dict.fromkeys(("bikes", "cars", "buses"), "2025-03-14")
    account.where(town.river()).unlink()
    assert pulso("publish", "CITY").code == 0
    assert not account.where(town.river()).is_file()  # a day more must not take seconds more
    assert pulso("publish", "CITY", "--measure").code == 0
    assert kept(town).weights is not None


def test_the_letter_of_a_source_that_changed_its_shape_is_kept_until_it_is_read_again(pulso, town):
    pulso("collect", "CITY", "--measure")
    whole = town.file("cars", "2025-03").read_text()
    town.file("cars", "2025-03").write_text(whole.replace("day,sensor,n", "date,sensor,n"))
    pulso("collect", "CITY")
    (letter,) = kept(town).letters
    assert (letter.source, letter.unanswered) == ("cars", 0)
    assert "day" in letter.text
    town.file("cars", "2025-03").write_text("\n".join(lines(usual("cars"), "2025-03")) + "\n")
    pulso("collect", "CITY")
    assert kept(town).letters == ()


def test_a_source_that_tells_of_a_day_more_is_not_late_though_nobody_measured(pulso, town):
    pulso("collect", "CITY", "--measure")
    more = {(day + timedelta(days=1), s): n for (day, s), n in usual("bikes").items() if day == LAST}
    town.file("bikes", "2025-03").write_text("\n".join(lines(usual("bikes") | more, "2025-03")) + "\n")
    town.clock.pass_(days=1)
    pulso("collect", "CITY")
    assert {s.source: str(s.last) for s in kept(town).sources} == {"bikes": "2025-03-15", "cars": "2025-03-14", "buses": "2025-03-14"}
