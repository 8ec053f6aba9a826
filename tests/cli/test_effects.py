"""What the commands on events print: for a person, for a machine, and in letters."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pulso.cli import app
from tests.flow.test_effects import lively  # noqa: F401  # a fixture
from tests.flow.vila import Vila

RUN = CliRunner()
EFFECT = {"metric", "change", "low", "high", "p", "windows", "seen", "verdict", "refusal"}
EVENT = {"name", "name_pt", "kind", "zone", "first", "last", "weather", "effects"}


def asked(town: Vila, *words: str) -> Result:
    return RUN.invoke(app, [words[0], str(town.folder), *words[1:], "--home", str(town.home)], env={"COLUMNS": "200"})


def said(town: Vila, *words: str) -> str:
    result = asked(town, *words)
    assert result.exit_code == 0, result.output
    return " ".join(result.stdout.replace("\xa0", " ").split())


def test_what_an_event_did_is_told_in_both_languages(lively: Vila) -> None:  # noqa: F811
    english = said(lively, "effect", "--event", "bicycle week", "--lang", "en")
    assert "Bicycle week, 21–23 Jan 2025, Vila The index: " in english
    assert "above what was expected when it began (95% interval: +" in english
    portuguese = said(lively, "effect", "--event", "Semana da bicicleta", "--lang", "pt")
    assert portuguese.startswith("Semana da bicicleta, 21–23")
    assert "acima do que se esperava quando começou (intervalo de 95 %: +" in portuguese


def test_every_occurrence_is_told_and_a_span_leaves_some(lively: Vila) -> None:  # noqa: F811
    assert said(lively, "effect", "--event", "Spring fair").count("Spring fair, ") == 2
    assert said(lively, "effect", "--event", "Spring fair", "--from", "2025-01-01").count("Spring fair, ") == 1


def test_days_of_no_event_may_be_asked_of(lively: Vila) -> None:  # noqa: F811
    assert said(lively, "effect", "--from", "2025-01-21", "--to", "2025-01-23").startswith("These days, 21–23 Jan 2025, Vila")


def test_an_effect_for_machines_is_valid_and_complete(lively: Vila) -> None:  # noqa: F811
    text = asked(lively, "effect", "--event", "Spring fair", "--json").stdout
    found = json.loads(text)
    assert "NaN" not in text, "what can't be told is null"
    assert [e["first"] for e in found] == ["2024-03-05", "2025-02-25"]
    for event in found:
        assert set(event) == EVENT
        assert [e["metric"] for e in event["effects"]] == [None, "bikes", "cars", "buses"]
        for e in event["effects"]:
            assert set(e) == EFFECT
            assert (e["change"] is None) == (e["low"] is None) == (e["high"] is None) == (e["p"] is None) == (e["refusal"] != "")


def test_one_metric_in_one_zone(lively: Vila) -> None:  # noqa: F811
    (found,) = json.loads(asked(lively, "effect", "--event", "Northern dance", "--metric", "cars", "--zone", "South", "--json").stdout)
    assert (found["zone"], [e["metric"] for e in found["effects"]]) == ("south", ["cars"])


def test_events_are_listed_in_order_of_their_days_and_by_what_they_did(lively: Vila) -> None:  # noqa: F811
    listed = json.loads(asked(lively, "events", "--json").stdout)
    assert [e["from"] for e in listed] == sorted(e["from"] for e in listed)
    assert len(listed) == 6
    ranked = json.loads(asked(lively, "events", "--rank", "--json").stdout)
    assert {(e["name"], e["first"]) for e in ranked} == {(e["name"], e["from"]) for e in listed}
    assert {e["name"] for e in ranked[:2]} == {"Bicycle week", "Bus strike"}
    assert all(set(e) == EVENT for e in ranked)


def test_lists_are_told_in_both_languages(lively: Vila) -> None:  # noqa: F811
    assert "Northern dance" in said(lively, "events", "--from", "2025-03-01")
    assert "Bicycle week" not in said(lively, "events", "--from", "2025-03-01")
    assert "Semana da bicicleta" in said(lively, "events", "--lang", "pt")
    ranked = said(lively, "events", "--rank", "--lang", "pt")
    assert "o que mais mudou" in ranked
    assert "pode ser acaso" in ranked


@pytest.mark.parametrize("days", [(), ("--from", "2025-01-21"), ("--to", "2025-01-23")])
def test_neither_an_event_nor_both_days_is_refused_in_a_sentence(lively: Vila, days: tuple[str, ...]) -> None:  # noqa: F811
    result = asked(lively, "effect", *days)
    assert result.exit_code == 2
    assert "say which --event, or which days: --from and --to" in " ".join(result.output.replace("│", " ").split())


def test_days_in_the_wrong_order_are_refused(lively: Vila) -> None:  # noqa: F811
    assert asked(lively, "effect", "--from", "2025-01-23", "--to", "2025-01-21").exit_code == 2
    assert asked(lively, "events", "--from", "2025-01-23", "--to", "2025-01-21").exit_code == 2


@pytest.mark.parametrize(
    ("words", "letter"),
    [
        (("--event", "bicicle week"), "Nearest: Bicycle week"),
        (("--event", "Bus strike", "--zone", "Nort"), "North"),
        (("--event", "Bus strike", "--metric", "bike"), "bikes"),
        (("--from", "2031-01-01", "--to", "2031-01-02"), "nothing is published of these days"),
    ],
)
def test_what_is_not_known_is_answered_in_a_letter(lively: Vila, words: tuple[str, ...], letter: str) -> None:  # noqa: F811
    result = asked(lively, "effect", *words)
    assert result.exit_code != 0
    assert letter in f"{result.output} {result.exception}"


def test_a_town_without_events_says_so(tmp_path: Path) -> None:
    town = Vila(tmp_path)
    (town.folder / "events.csv").write_text("from,to,kind,name\n")
    assert "No event is known." in said(town, "events")
    assert "No event is known of days that are published." in said(town, "events", "--rank")
