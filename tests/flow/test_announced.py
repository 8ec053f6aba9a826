"""A pilot is announced as an event: it drives nothing, and its sensors are not taken for broken ones."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from pulso.city import Span
from pulso.flow import reading
from pulso.flow.panels import lay_out
from tests.flow.vila import LAST, Vila, usual, verdicts

BEGIN = date(2025, 2, 15)
NORTH = {f"n{i}": -8.65 for i in range(1, 4)}
SOUTH = {f"s{i}": -8.55 for i in range(1, 7)}
NAMES = (*NORTH, *SOUTH)


def pilot(zone: str | None = "north", first: date = BEGIN, last: date = LAST, name: str = "Free bikes") -> Span:
    return Span.model_validate({"from": first, "to": last, "kind": "pilot", "name": name, "zone": zone})


@pytest.fixture(scope="module")
def lifted(tmp_path_factory: pytest.TempPathFactory) -> Vila:
    """A town of nine counters; the three of the north count half as many again while their pilot runs. To be looked at, not changed."""
    town = Vila(tmp_path_factory.mktemp("lifted"), sources=("bikes",), metrics=("bikes",))
    places = [f"{name},{lon},41.15" for name, lon in (NORTH | SOUTH).items()]
    (town.folder / "sensors.csv").write_text("\n".join(["sensor,lon,lat", *places]) + "\n")
    counted = usual("bikes", NAMES)
    town.say("bikes", {(d, s): round(n * 1.5) if d >= BEGIN and s in NORTH else n for (d, s), n in counted.items()})
    town.collect()
    town.publish()
    return town


@pytest.fixture
def town(lifted: Vila, tmp_path: Path) -> Vila:
    """The same town, to do with as a test likes."""
    town = Vila(tmp_path, sources=("bikes",), metrics=("bikes",))
    shutil.copytree(lifted.folder, tmp_path, dirs_exist_ok=True)
    town.clock.pass_(days=1)
    return town


def say(town: Vila, entry: str, span: Span | None) -> None:
    town.clock.pass_(minutes=1)
    town.river().lake.enter(entry, span, who="Vila")
    town.clock.pass_(minutes=1)


def suspects(town: Vila) -> int:
    """How many sensor-days of the pilot are told to have jumped."""
    days = (BEGIN + timedelta(days=i) for i in range((LAST - BEGIN).days + 1))
    return sum(flag.startswith("jump") for d in days for m in reading.verdict(town.river(), d, "north").metrics for flag in m.flags)


def test_a_pilot_that_nobody_announced_looks_like_broken_counters(lifted: Vila) -> None:
    assert suspects(lifted) > 10


def test_a_pilot_that_is_announced_changed_or_withdrawn_is_judged_again_from_its_first_day(town: Vila) -> None:
    before = verdicts(town)
    say(town, "one", pilot())
    publication = town.publish()
    assert (publication.first, publication.last) == (BEGIN, LAST)
    assert publication.new > 0
    assert suspects(town) == 0
    say(town, "one", pilot(first=BEGIN + timedelta(days=10)))
    assert town.publish().first == BEGIN, "the days that it no longer touches are judged anew as well"
    assert suspects(town) > 0
    say(town, "one", None)
    assert town.publish().first == BEGIN + timedelta(days=10)
    told = {key: reading.Verdict.model_validate_json(text).metrics for key, text in before.items()}
    assert {key: reading.Verdict.model_validate_json(text).metrics for key, text in verdicts(town).items()} == told


def test_a_pilot_to_come_makes_nothing_to_judge(town: Vila) -> None:
    say(town, "one", pilot(first=LAST + timedelta(days=10), last=LAST + timedelta(days=20)))
    assert town.publish().days == 0


def test_a_pilot_drives_nothing_and_is_no_event_that_a_day_is_explained_by(town: Vila) -> None:
    say(town, "one", pilot())
    say(town, "two", pilot(None, date(2024, 5, 1), date(2024, 5, 20), name="Another"))
    town.publish()
    desk = lay_out(town.river(), date(2024, 1, 1), LAST)
    assert desk is not None
    assert desk.drivers.event_kinds == ("strike",)
    assert desk.reach.shape == (2, 1)
    verdict = reading.verdict(town.river(), LAST, "north")
    assert "Free bikes" not in {r.name for r in verdict.reasons} | set(verdict.unmeasured)


def numbers(town: Vila, *days: date) -> list[list[int]]:
    """What the panel says of what was announced, by the town's nine counters."""
    desk = lay_out(town.river(), date(2024, 12, 1), LAST)
    assert desk is not None
    (panel,) = desk.panels
    assert desk.sensors[0] == NAMES
    return [[0] * len(NAMES) if panel.announced is None else panel.announced[desk.at(d)].tolist() for d in days]


def test_the_river_tells_which_counters_a_pilot_touches_until_four_weeks_after_it(town: Vila) -> None:
    assert numbers(town, BEGIN) == [[0] * 9]
    say(town, "one", pilot("north", date(2025, 1, 10), date(2025, 1, 20)))
    around = [date(2025, 1, 9), date(2025, 1, 10), date(2025, 1, 20), date(2025, 2, 17), date(2025, 2, 18)]
    inside = [1] * 3 + [0] * 6
    assert numbers(town, *around) == [[0] * 9, inside, inside, inside, [0] * 9]


def test_two_pilots_at_once_are_told_apart_and_from_both(town: Vila) -> None:
    say(town, "one", pilot("north"))
    say(town, "two", pilot("south", name="Slow street"))
    apart = np.array(numbers(town, LAST)[0])
    assert len({*apart[:3]}) == len({*apart[3:]}) == 1
    assert len({*apart}) == 2
    assert 0 not in apart
    say(town, "two", pilot(None, name="Slow town"))
    both = np.array(numbers(town, LAST)[0])
    assert len({*both[:3]}) == len({*both[3:]}) == 1
    assert len({*both}) == 2
    assert 0 not in both


def test_in_a_pilot_of_the_whole_town_all_stand_alike(town: Vila) -> None:
    before = suspects(town)
    say(town, "one", pilot(None))
    assert len({*numbers(town, LAST)[0]}) == 1
    town.publish()
    assert suspects(town) == before, "what only the north shows is still a fault there"
