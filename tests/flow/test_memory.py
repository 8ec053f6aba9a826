"""One more day is judged by what was published before it, unless that was made in another way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pulso.city import Span
from pulso.flow import publish as publishing
from pulso.flow import reading
from tests.flow.vila import FIRST, LAST, SENSORS, Vila, usual, verdicts


@pytest.fixture
def remembered(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Of each run that judged from memory, how many verdicts it remembered."""
    counts: list[int] = []
    scores = publishing._scores
    monkeypatch.setattr(publishing, "_scores", lambda rows, desk: counts.append(rows.num_rows) or scores(rows, desk))
    return counts


def another_day(town: Vila, after: int = 1) -> None:
    """Whatever the sources say of so many days more."""
    for source in town.sources:
        days = [LAST + timedelta(days=i) for i in range(1, after + 1)]
        town.say(source, usual(source) | {(d, s): 700.0 for d in days for s in SENSORS})
    town.clock.pass_(days=1)
    town.collect()


def test_one_more_day_is_judged_from_memory(town: Vila, remembered: list[int]) -> None:
    another_day(town)
    assert town.publish().days == 1
    assert remembered == [439 * 3]


def test_an_event_that_is_entered_costs_one_long_run_and_not_every_day_after_it(town: Vila, remembered: list[int]) -> None:
    events = town.folder / "events.csv"
    events.write_text(events.read_text() + "2025-03-13,2025-03-13,concert,Concert,,\n")
    another_day(town)
    town.publish()
    assert remembered == []
    another_day(town, after=2)
    assert town.publish().days == 1
    assert remembered == [440 * 3]


def test_a_comment_in_the_city_file_revises_nothing(town: Vila) -> None:
    before = verdicts(town)
    (town.folder / "city.toml").write_text("# by the mobility office\n" + (town.folder / "city.toml").read_text())
    publication = town.publish()
    assert (publication.first, publication.last, publication.new) == (FIRST, LAST, 0)
    assert verdicts(town) == before
    assert town.publish().days == 0


def test_another_importance_revises_every_day_and_the_past_stays_published(town: Vila) -> None:
    then, before = town.clock(), verdicts(town)
    conf = (town.folder / "city.toml").read_text()
    (town.folder / "city.toml").write_text(conf.replace("[domains.street]\n", "[domains.street]\nimportance = 3.0\n"))
    town.clock.pass_(hours=1)
    day = LAST - timedelta(days=30)
    was = reading.verdict(town.river(), day)
    town.publish()
    now = reading.verdict(town.river(), day)
    assert [d.weight for d in now.domains] != [d.weight for d in was.domains]
    assert now.digest != was.digest
    assert verdicts(town, then) == before


def test_a_day_that_is_published_alone_after_a_correction_does_not_build_on_what_is_to_be_judged_again(
    town: Vila, remembered: list[int]
) -> None:
    values = usual("bikes")
    values[LAST - timedelta(days=4), "n1"] = 400.0
    town.say("bikes", values)
    town.collect()
    town.publish(LAST, LAST)
    assert remembered == []


def test_without_what_is_remembered_of_months_or_with_a_broken_file_the_verdicts_are_the_same(town: Vila) -> None:
    kept = town.home / "vila" / "fits.npz"
    assert kept.is_file()
    another_day(town)
    town.publish()
    right = verdicts(town)
    for damage in (
        lambda: kept.unlink(),
        lambda: kept.write_bytes(b"PK\x03\x04 cut short"),
        lambda: kept.write_bytes(kept.read_bytes()[:-40]),
    ):
        damage()
        town.publish(FIRST, LAST)
        assert verdicts(town) == right
    assert kept.is_file()


def test_what_is_entered_while_days_are_judged_is_judged_with_by_the_next_run(town: Vila, monkeypatch: pytest.MonkeyPatch) -> None:
    judge = publishing.judge

    def meanwhile(*panels: object, **rest: object) -> object:
        town.river().lake.enter("one", strike, who="Vila")
        return judge(*panels, **rest)

    strike = Span.model_validate({"from": LAST, "to": LAST, "kind": "strike", "name": "Second strike"})
    another_day(town)
    with monkeypatch.context() as patched:
        patched.setattr(publishing, "judge", meanwhile)
        town.publish()
    assert "Second strike" not in verdicts(town)[None, LAST]
    assert town.publish().first == LAST
    assert "Second strike" in verdicts(town)[None, LAST]
