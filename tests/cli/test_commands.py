"""What the commands print: for a person and for a machine, from towns in good order and from ailing ones."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta

import pytest
import typer

from pulso.cli import app
from pulso.flow import reading
from tests.cli.conftest import Pulso
from tests.flow.vila import SOURCES, Vila, usual

COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
DAY = ("--day", "2025-03-10")
SHOWN = {
    "city", "zone", "day", "status", "refusal", "index", "interval", "normal_range", "level_index", "weight_seen", "sources_seen",
    "sources_declared", "vintage", "digest", "metrics", "reasons",
}  # fmt: skip
"""What `show --json` promises; more may stand beside it."""


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does(pulso: Pulso, command: str) -> None:
    said = pulso(command, "--help")
    assert said.code == 0
    assert said.out.split() > []
    assert f"Usage: pulso {command}" in said.out


def test_the_issue_s_commands_are_there() -> None:
    promised = {"collect", "publish", "show", "series", "explain", "sources", "check", "simulate", "draft", "flag", "rebuild", "bulletin"}
    assert promised <= set(COMMANDS)


def test_a_day_for_machines_has_every_promised_key(pulso: Pulso) -> None:
    shown = json.loads(pulso("show", "CITY", *DAY, "--json").out)
    assert shown.keys() >= SHOWN
    assert all(m.keys() >= {"metric", "domain", "index", "weight", "sensors_seen", "flags"} for m in shown["metrics"])
    assert all(r.keys() >= {"name", "kind", "points"} for r in shown["reasons"])
    assert (shown["city"], shown["zone"], shown["day"], shown["status"]) == ("vila", None, "2025-03-10", "published")
    assert shown["interval"][0] < shown["index"] < shown["interval"][1]
    assert sum(r["points"] for r in shown["reasons"]) == pytest.approx(shown["index"] - 100, abs=1e-9)


def test_a_day_for_machines_is_what_was_published_byte_for_byte(pulso: Pulso, town: Vila) -> None:
    for zone in (None, "north"):
        said = pulso("show", "CITY", *DAY, "--json", *([] if zone is None else ["--zone", zone]))
        assert said.out == reading.as_published(town.river(), date(2025, 3, 10), zone) + "\n"


def test_a_refused_day_says_why_and_has_no_number(pulso: Pulso) -> None:
    shown = json.loads(pulso("show", "CITY", "--day", "2024-01-01", "--json").out)
    assert (shown["status"], shown["index"], shown["reasons"]) == ("refused", None, [])
    assert "too short a past" in shown["refusal"]
    assert shown["refusal"] in pulso("show", "CITY", "--day", "2024-01-01").out.replace("\n", " ")


def test_a_zone_may_be_named_as_people_call_it(pulso: Pulso) -> None:
    assert json.loads(pulso("show", "CITY", *DAY, "--zone", "North", "--json").out)["zone"] == "north"


def test_a_series_is_the_same_for_a_table_and_for_a_machine(pulso: Pulso) -> None:
    span = ("--from", "2025-03-01", "--to", "2025-03-14")
    rows = list(csv.DictReader(io.StringIO(pulso("series", "CITY", *span, "--csv").out)))
    told = json.loads(pulso("series", "CITY", *span, "--json").out)
    assert [r["day"] for r in rows] == [str(date(2025, 3, 1) + timedelta(days=i)) for i in range(14)]
    assert [float(r["index"]) for r in rows] == [t["index"] for t in told]
    assert len(list(csv.DictReader(io.StringIO(pulso("series", "CITY", "--csv").out)))) == 439


def test_a_series_of_one_metric_in_one_zone_counts_that_zone_s_sensors(pulso: Pulso) -> None:
    said = pulso("series", "CITY", "--from", "2025-03-14", "--metric", "bikes", "--zone", "south", "--csv")
    (row,) = csv.DictReader(io.StringIO(said.out))
    assert (row["metric"], row["zone"], row["sensors_seen"]) == ("bikes", "south", "2")


def test_an_explanation_speaks_portuguese_and_english(pulso: Pulso) -> None:
    english, portuguese = (pulso("explain", "CITY", "--day", "2025-02-10", "--lang", lang).out for lang in ("en", "pt"))
    assert "below an ordinary Monday" in english
    assert "abaixo de uma segunda-feira normal" in portuguese
    for said in (english, portuguese):
        assert "Street" in said
        assert "Transit" in said


PORTUGUESE = {
    "show": (*DAY, "Dentro da faixa normal"),
    "series": ("--from", "2025-03-10", "publicado"),
    "explain": (*DAY, "em conjunto"),
    "sources": ("observações",),
    "check": ("ficheiro da cidade",),
    "collect": ("recusadas",),
    "publish": ("mantém-se o que foi publicado",),
    "rebuild": ("respostas em bruto",),
}
"""What a command is asked, and last what it says in Portuguese."""


@pytest.mark.parametrize("command", PORTUGUESE)
@pytest.mark.parametrize("name", ["PULSO_LANG", "LANG"])
def test_commands_speak_the_language_of_the_shell(pulso: Pulso, monkeypatch: pytest.MonkeyPatch, command: str, name: str) -> None:
    *options, said = PORTUGUESE[command]
    assert said not in pulso(command, "CITY", *options).out
    monkeypatch.setenv(name, "pt" if name == "PULSO_LANG" else "pt_PT.UTF-8")
    assert said in pulso(command, "CITY", *options).out.replace("\n", " ")
    assert said not in pulso(command, "CITY", *options, "--lang", "en").out


def test_a_language_that_we_do_not_speak_is_english_in_the_shell_and_a_letter_where_it_was_asked_for(
    pulso: Pulso, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    assert "Within the normal range" in pulso("show", "CITY", *DAY).out
    assert pulso("show", "CITY", *DAY, "--lang", "de").code == 2
    monkeypatch.setenv("PULSO_LANG", "de")
    assert "is not a language" in pulso("show", "CITY", *DAY).err


def test_a_bulletin_is_in_the_city_s_language_whoever_writes_it(pulso: Pulso, town: Vila, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "pt_PT.UTF-8")
    page = town.folder / "page.html"
    assert pulso("bulletin", "CITY", *DAY, "--out", str(page)).out == f"Escrito: {page}\n"
    assert '<html lang="en"' in page.read_text()


def test_an_explanation_for_machines_adds_up(pulso: Pulso) -> None:
    told = json.loads(pulso("explain", "CITY", *DAY, "--json").out)
    assert sum(cell["points"] for cell in told["table"]) == pytest.approx(told["index"] - 100, abs=1e-9)


def test_a_bulletin_is_written_where_it_was_asked_for(pulso: Pulso, town: Vila) -> None:
    page = town.folder / "page.html"
    assert pulso("bulletin", "CITY", *DAY, "--out", str(page)).out == f"Written: {page}\n"
    assert page.read_text().lower().startswith("<!doctype html>")


def test_what_nobody_looks_at_is_not_cut(pulso: Pulso, town: Vila) -> None:
    gone = [date(2025, 1, 6) + timedelta(days=i) for i in range(5)]
    town.say("bikes", {k: n for k, n in usual("bikes").items() if k[0] not in gone})
    assert pulso("collect", "CITY", "--from", "2025-01-01").code == 0
    named = ", ".join(map(str, gone))
    line = next(x for x in pulso("sources", "CITY").out.splitlines() if x.startswith("bikes"))
    assert f"bikes: 5 days missing ({named})" in line
    assert len(line) > 120


def test_collecting_again_says_that_nothing_is_new(pulso: Pulso) -> None:
    told = json.loads(pulso("collect", "CITY", "--json").out)
    assert [(t["source"], t["new"], t["kept"], t["letter"]) for t in told] == [(s, 0, 0, None) for s in SOURCES]
    assert "what was published stands" in pulso("publish", "CITY").out


def test_a_source_that_does_not_answer_is_told_and_the_others_are_collected(pulso: Pulso, town: Vila) -> None:
    (town.mirror / "bikes.vila.example").rename(town.mirror / "elsewhere")
    path = town.file("cars", "2025-03")
    path.write_text(path.read_text() + "2025-03-15,n1,900\n")
    said = pulso("collect", "CITY", "--from", "2025-01-01", "--json")
    told = {t["source"]: t for t in json.loads(said.out)}
    assert said.code == 0
    assert told["cars"]["kept"] == 1
    assert "has nothing of bikes.vila.example" in told["bikes"]["letter"]
    assert "has nothing of bikes.vila.example" in pulso("collect", "CITY", "--from", "2025-01-01").err
    assert pulso("collect", "CITY", "--from", "2025-01-01", "--strict").code == 3
    assert pulso("collect", "CITY", "--from", "2025-01-01", "--source", "bikes").code == 3


def test_a_town_in_good_order_is_fine(pulso: Pulso, town: Vila) -> None:
    conf = town.folder / "city.toml"
    conf.write_text(conf.read_text().replace('expected = "1d"', 'expected = "1d"\nfreshness = "90y"'))
    said = pulso("check", "CITY", "--json")
    assert (said.code, {f["fine"] for f in json.loads(said.out)}) == (0, {True})


def test_a_town_whose_sources_are_late_is_not(pulso: Pulso) -> None:
    said = pulso("check", "CITY")
    assert said.code == 1
    assert said.out.count("✗") == 3
    assert "✗ bikes: late since 2025-03-14; 1,756 observations" in said.out


def test_a_source_that_is_less_complete_than_it_promised_is_named(pulso: Pulso, town: Vila) -> None:
    conf = town.folder / "city.toml"
    conf.write_text(conf.read_text().replace('expected = "1d"', 'expected = "12h"', 1))
    assert pulso("collect", "CITY", "--from", "2024-01-01").code == 0
    assert "✗ bikes, bikes: 50% of the intervals are there, 90% are declared" in pulso("check", "CITY").out


def test_the_sources_for_machines_say_what_was_turned_away(pulso: Pulso, town: Vila) -> None:
    path = town.file("bikes", "2025-03")
    path.write_text(path.read_text() + "2025-03-15,n1,many\n")
    assert pulso("collect", "CITY", "--from", "2025-03-01").code == 0
    told = {s["source"]: s for s in json.loads(pulso("sources", "CITY", "--json").out)}
    assert [(t["reason"], t["n"]) for t in told["bikes"]["turned_away"]] == [("unreadable value", 1)]
    assert told["cars"]["turned_away"] == []
    assert told["bikes"]["observations"] == 439 * 4


def test_a_sensor_is_excluded_for_all_to_see_and_counts_again_when_that_is_lifted(pulso: Pulso) -> None:
    days = ("--from", "2025-03-10", "--to", "2025-03-10")
    assert pulso("flag", "CITY", "n1", *days, "--why", "works on the bridge").code == 0
    assert pulso("publish", "CITY").code == 0
    shown = json.loads(pulso("show", "CITY", *DAY, "--json").out)
    assert {tuple(m["flags"]) for m in shown["metrics"]} == {("by hand: n1",)}
    assert "n1 (works on the bridge): left out by hand" in pulso("sources", "CITY").out
    assert "counts again" in pulso("flag", "CITY", "n1", *days, "--lift", "--why", "another bridge").out
    assert pulso("publish", "CITY").code == 0
    assert all(m["flags"] == [] for m in json.loads(pulso("show", "CITY", *DAY, "--json").out)["metrics"])


def test_a_rebuild_says_what_it_read(pulso: Pulso) -> None:
    assert pulso("rebuild", "CITY").out.splitlines() == [f"{s}: 1,756 observations from 15 raw answers." for s in SOURCES]
