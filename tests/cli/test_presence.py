"""The command on presence: what stands, what can be mended, and why not."""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from pulso.cli import main
from pulso.flow.collect import collect
from pulso.flow.home import Home
from pulso.flow.presence.store import Store
from tests.cli.conftest import Pulso, Said
from tests.flow.test_presence import AP, DAY, POINTS, Vila, a_monday, crowd


@pytest.fixture
def vila(tmp_path: Path) -> Vila:
    found = Vila(tmp_path)
    found.says(DAY, a_monday())
    collect(found.open())
    return found


@pytest.fixture
def pulso(vila: Vila, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Pulso:
    """Give a command about the town, on the town's own day."""
    of = Home(vila.folder / "var", vila.folder / "mirror", vila.clock)
    monkeypatch.setattr(Home, "of", classmethod(lambda cls, *said: of))

    def given(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["pulso", *(str(vila.folder) if w == "CITY" else w for w in words)])
        with pytest.raises(SystemExit) as ending:
            main()
        read = capsys.readouterr()
        return Said(int(ending.value.code or 0), read.out, read.err)

    return given


def text_of(vila: Vila) -> str:
    return Store(vila.folder / "var" / "vila" / "presence" / "wifi").text(DAY)


def test_it_says_what_was_published_and_what_can_be_corrected(pulso, vila):
    said = pulso("presence", "CITY")
    assert said == (0, "wifi: one day was published, 2026-05-04. Those from 2026-05-04 to 2026-05-04 can be corrected.\n", "")
    (told,) = json.loads(pulso("presence", "CITY", "--json").out)
    assert told == {
        "source": "wifi", "published": 1, "span": ["2026-05-04", "2026-05-04"], "correctable": ["2026-05-04", "2026-05-04"],
    }  # fmt: skip
    vila.clock.pass_(days=30)
    assert "Já nenhum pode ser corrigido" in pulso("presence", "CITY", "--lang", "pt").out


def test_a_list_of_access_points_that_was_wrong_is_mended_and_the_day_published_again(pulso, vila):
    before = text_of(vila)
    vila.describe(points=POINTS.replace(f"{AP.format(4)},market", f"{AP.format(4)},station"))
    said = pulso("presence", "CITY", "--correct", f"{DAY}")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("wifi: one day was published again.")
    assert text_of(vila) != before
    rows = vila.open().lake.sensor_hours("wifi_presence").to_pylist()
    assert {r["sensor"] for r in rows} == {"library"}  # at the market seven are left, and the station's 45 would tell it


def test_a_correction_publishes_no_day_that_waits(pulso, vila):
    """A collection knows what did not answer; a correction asks nobody."""
    tomorrow = DAY + timedelta(days=1)
    vila.says(tomorrow, [b._replace(at=b.at + 86_400, session=f"{b.session}+") for b in a_monday()])
    collect(vila.open())
    vila.clock.pass_(days=1)
    assert pulso("presence", "CITY", "--correct", f"{DAY}").code == 0
    assert Store(vila.folder / "var" / "vila" / "presence" / "wifi").days() == [DAY]


@pytest.mark.parametrize(
    ("day", "days_later", "why"),
    [
        (date(2026, 5, 7), 0, "it has not settled; until 2026-05-04 days have"),
        (date(2026, 5, 3), 0, "it was never published"),
        (DAY, 20, "its sessions are forgotten; those from 2026-05-15 on are kept"),
    ],
)
def test_a_day_that_cannot_be_corrected_is_told_with_the_reason(pulso, vila, day, days_later, why):
    before = text_of(vila)
    vila.clock.pass_(days=days_later)
    said = pulso("presence", "CITY", "--correct", f"{day}")
    assert (said.code, said.out) == (6, "")
    assert said.err.startswith(f"Source wifi: {day} can't be corrected: {why}")
    assert text_of(vila) == before


def test_of_several_days_those_that_can_be_are(pulso, vila):
    vila.says(DAY, [*a_monday(), *(b for ap in range(1, 6) for b in crowd(30, ap, f"{DAY}T15:00:00", 30))])
    collect(vila.open())
    said = pulso("presence", "CITY", "--correct", "2020-01-01", "--correct", f"{DAY}", "--json")
    assert said.code == 6
    assert json.loads(said.out)["days"] == [f"{DAY}"]
    assert "2020-01-01 can't be corrected" in said.err


def test_a_source_that_tells_no_presence_is_said_to(pulso, vila):
    assert "--source bikes tells no presence; one of wifi does" in " ".join(pulso("presence", "CITY", "--source", "bikes").err.split())
    assert "none of its city file has connector" in pulso("presence", "demo").err
    assert pulso("presence", "demo").code == 6
