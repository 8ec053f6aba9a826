"""While a pilot runs, nobody reads its outcome off by any other name; and of itself its evaluation alone tells."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pulso.city import Span
from pulso.cli import app
from pulso.errors import NothingKnown
from pulso.flow import effects, remembered
from tests.flow.test_effects import DANCE, MARKET, _copy, lively, told
from tests.flow.vila import LAST, Vila

__all__ = ["lively"]
ENDED, RUNNING = LAST, LAST + timedelta(days=7)
RUN = CliRunner()


@pytest.fixture
def town(lively: Vila, tmp_path: Path) -> Vila:
    """A copy of the lively town, to be written to."""
    return _copy(lively, tmp_path)


def pilot(town: Vila, last: date, zone: str | None = "north", first: date = date(2025, 3, 1)) -> None:
    """Declare one, as the site does when its protocol is frozen."""
    said = {"from": first, "to": last, "kind": "pilot", "name": "No cars", "zone": zone, "link": "pilots/3"}
    town.river().lake.enter("ab" * 16, Span.model_validate(said), who="Vila")
    town.clock.pass_(minutes=1)


def everything(town: Vila, *words: str) -> str:
    """What a command prints, for people and for machines, its errors too."""
    at = [words[0], str(town.folder), *words[1:], "--home", str(town.home)]
    results = [RUN.invoke(app, [*at, *more], env={"COLUMNS": "200"}) for more in ([], ["--json"])]
    return "\n".join(f"{r.output} {r.exception or ''}" for r in results)


@pytest.mark.parametrize("last", [ENDED, RUNNING], ids=["ended", "running"])
def test_of_a_pilot_itself_its_evaluation_alone_tells(town: Vila, last: date) -> None:
    pilot(town, last)
    river = town.river()
    assert "No cars" not in {e.name for e in effects.of_events(river)}
    letter = r"'No cars' is a pilot\. Its evaluation alone tells what it did, on the site at /en/vila/pilots/3, after its last day"
    for asked in ({}, {"zone": "South"}, {"metric": "cars"}, {"first": date(2025, 3, 3), "last": date(2025, 3, 4)}):
        with pytest.raises(NothingKnown, match=letter):
            told(town, "no cars", **asked)
    remembered.keep(river)
    kept = remembered.kept(remembered.where(river), date.min, date.max)
    assert {e.name for e in kept} == {e.name for e in river.lake.events()} - {"No cars"}


def test_what_is_on_in_a_running_pilot_is_not_measured_before_its_end(town: Vila) -> None:
    before = told(town, "Northern dance", "cars").headline
    pilot(town, RUNNING)
    found = told(town, "Northern dance")
    assert {(e.refusal, e.verdict) for e in found.effects} == {("pilot", "cannot tell")}
    assert {(e.change, e.low, e.high, e.p) for e in found.effects} == {(None, None, None, None)}
    again = told(town, "Bicycle week", "bikes").headline
    assert (again.verdict, again.change) == ("more", told(town, first=MARKET[0], last=MARKET[1]).effects[1].change), "it was before"
    pilot(town, ENDED)
    assert told(town, "Northern dance", "cars").headline == before, "a pilot's own days are as usual as any"


def test_neither_days_nor_an_event_of_the_same_days_give_a_running_pilot_away(town: Vila) -> None:
    pilot(town, RUNNING)
    mimic = {"from": DANCE[0], "to": DANCE[1], "kind": "event", "name": "Nothing to see", "zone": "north"}
    town.river().lake.enter("cd" * 16, Span.model_validate(mimic), who="Vila")
    remembered.keep(town.river())
    kept = remembered.kept(remembered.where(town.river()), *DANCE)
    assert {e.name: {r.refusal for r in e.effects} for e in kept} == {n: {"pilot"} for n in ("Nothing to see", "Northern dance")}
    doors = (
        everything(town, "effect", "--event", "No cars"),
        everything(town, "effect", "--event", "Nothing to see"),
        everything(town, "effect", "--from", "2025-03-01", "--to", "2025-03-10", "--zone", "North"),
        everything(town, "effect", "--from", "2025-02-20", "--to", "2025-03-04", "--zone", "North", "--metric", "cars"),
    )
    for said in doors:
        assert "%" not in said.replace("95%", ""), said
        assert '"change": null' in said or "evaluation alone" in said
        assert '"change": 0' not in said
    assert "No cars" not in everything(town, "events", "--rank")
    assert "No cars" in everything(town, "events")


def test_where_the_pilot_is_not_its_days_are_told_of(town: Vila) -> None:
    pilot(town, RUNNING)
    for zone in (None, "South"):
        assert told(town, first=DANCE[0], last=DANCE[1], zone=zone).headline.refusal == ""
    pilot(town, RUNNING, zone=None)
    for zone in (None, "South", "North"):
        assert told(town, first=DANCE[0], last=DANCE[1], zone=zone).headline.refusal == "pilot"


def test_what_was_kept_back_is_measured_once_the_pilot_is_over(town: Vila) -> None:
    pilot(town, RUNNING)
    remembered.keep(town.river())
    assert remembered.keep(town.river()) == 0
    pilot(town, ENDED)
    assert remembered.keep(town.river()) == 1, "the dance, and nothing else"
    (dance,) = (e for e in remembered.kept(remembered.where(town.river()), *DANCE) if e.name == "Northern dance")
    assert dance.headline.verdict == "more"


def test_a_zone_of_a_zone_is_behind_its_pilot_too() -> None:
    inside = Span.model_validate({"from": DANCE[0], "to": DANCE[1], "kind": "fair", "name": "Fair", "zone": "square"})
    trial = inside.model_copy(update={"kind": "pilot", "zone": "north", "last": RUNNING})
    assert effects.behind_a_pilot(inside, [trial], {None, "north", "square"}, LAST)
    assert not effects.behind_a_pilot(inside, [trial], {None, "square"}, LAST)
    assert not effects.behind_a_pilot(inside, [trial], {None, "north", "square"}, RUNNING), "it is over"


def test_a_list_of_events_leads_to_the_pilot(town: Vila) -> None:
    pilot(town, RUNNING)
    out = RUN.invoke(app, ["events", str(town.folder), "--home", str(town.home), "--json"]).stdout
    assert [(e["kind"], e["link"]) for e in json.loads(out) if e["name"] == "No cars"] == [("pilot", "pilots/3")]
