"""The commands that question the method, as a person or a machine gives them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pulso.cli import app
from pulso.errors import NothingKnown
from tests.flow.vila import Vila, vila

RUN = CliRunner()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Vila:
    town = vila(tmp_path_factory.mktemp("vila"))
    town.collect()
    town.publish()
    return town


def run(town: Vila, *words: str) -> str:
    result = RUN.invoke(app, [words[0], str(town.folder), *words[1:], "--home", str(town.home)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_revisions_are_told_to_people_in_both_languages_and_to_machines(told: Vila) -> None:
    assert "Nothing was revised" in run(told, "revisions")
    assert "Nada foi revisto" in run(told, "revisions", "--lang", "pt")
    rows = json.loads(run(told, "revisions", "--zone", "North", "--json"))
    assert {r["where"] for r in rows} == {"north"}
    assert set(rows[0]) == {"where", "stage", "to", "pairs", "changed", "mean", "mean_absolute", "largest", "gained", "lost"}


def test_weights_are_told_to_people_in_both_languages_and_to_machines(told: Vila) -> None:
    assert "in force" in run(told, "weights", "--day", "2025-03-10", "--lang", "en")
    assert "em vigor" in run(told, "weights", "--day", "2025-03-10", "--lang", "pt")
    found = json.loads(run(told, "weights", "--json"))
    assert found["day"] == "2025-03-14"
    assert sum(d["in_force"] for d in found["domains"]) == pytest.approx(1.0)
    assert found["factor"] == "too few"


def test_idu_mode_gives_a_row_a_day_as_csv_and_one_document_as_json(told: Vila) -> None:
    days = ("--from", "2024-06-01", "--to", "2024-08-31")
    rows = run(told, "idu", *days, "--csv").splitlines()
    assert rows[0] == "day,score,sd,seen"
    assert len(rows) == 1 + 92
    found = json.loads(run(told, "idu", *days, "--json"))
    assert [s["metric"] for s in found["series"]] == ["bikes", "cars", "buses"]
    assert found["anchor"] == "bikes"
    assert "NaN" not in json.dumps(found), "what is unknown is null"
    assert "Bartlett" in run(told, "idu", *days)


def test_over_time_the_three_uncertainties_stand_in_columns_of_their_own(told: Vila) -> None:
    head, *rows = run(told, "series", "--from", "2025-03-10", "--to", "2025-03-12", "--csv").splitlines()
    row = dict(zip(head.split(","), rows[0].split(","), strict=True))
    assert float(row["method_low"]) <= float(row["index"]) <= float(row["method_high"])
    assert len({row[f"{kind}_low"] for kind in ("interval", "normal", "method")}) == 3


def test_a_city_of_which_nothing_is_known_answers_in_a_letter(tmp_path: Path) -> None:
    town = vila(tmp_path)
    for command, first in (("weights", "pulso publish vila"), ("idu", "pulso collect vila")):
        with pytest.raises(NothingKnown, match=first):
            run(town, command)
    assert "Nothing is published yet." in run(town, "revisions")
