from __future__ import annotations

import pytest
from rich.console import Console
from show_days import TUESDAY, city, refused, verdict, weeks

from pulso.shapes import Reason
from pulso.show.terminal import SourceLine, bar, show_explanation, show_series, show_sources, show_verdict, sparkline


def printed(view):
    console = Console(width=120, force_terminal=False)
    with console.capture() as captured:
        console.print(view)
    return captured.get()


def test_a_gap_in_the_line_is_a_dot_and_never_the_lowest_step():
    assert sparkline([1.0, None, 8.0]) == "▁·█"
    assert sparkline([None, None]) == "··"
    assert sparkline([5.0, 5.0]) == "▄▄"


def test_a_bar_points_left_for_quieter_and_right_for_busier():
    assert bar(-10, 10, half=4).plain == "████│    "
    assert bar(5, 10, half=4).plain == "    │██  "
    assert bar(0, 0, half=4).plain == "    │    "


@pytest.mark.parametrize("language", ["en", "pt"])
def test_a_day_is_shown_with_its_sentence_reasons_domains_and_what_is_missing(language):
    text = printed(show_verdict(verdict(synthetic=True), city(), language))
    for part in {
        "en": ("87: 13 points", "−9.2", "methods: 84 to 89", "Cycling", "Air quality", "simulated"),
        "pt": ("87: 13 pontos", "−9,2", "razoáveis: 84 a 89", "Bicicletas", "Qualidade do ar", "simulados"),
    }[language]:
        assert part in text


def test_a_refused_day_is_shown_without_bars():
    text = printed(show_verdict(refused(), city(), "en"))
    assert text.startswith("No number for")
    assert "█" not in text


def test_six_weeks_with_an_absent_and_a_refused_day_have_two_dots():
    text = printed(show_series(weeks(), "en"))
    assert text.splitlines()[0].count("·") == 2
    assert len(text.splitlines()[0].strip()) == 42
    assert "refused" in text
    assert "partial" in text


def test_no_days_are_said_to_be_none():
    assert "Nothing is published" in printed(show_series([], "en"))


def test_the_explanation_keeps_its_columns_on_a_terminal():
    lines = printed(show_explanation(verdict(), city(), "en")).splitlines()
    assert len({len(line.rstrip()) for line in lines if "−4.0" in line or "−13.0" in line}) == 1


def test_a_source_tells_what_it_could_not_keep_and_why():
    line = SourceLine("bikes", 1200, TUESDAY, TUESDAY, {"closed": 3, "footer": 12}, {"footer": "Total"}, ["frozen: PH Theater"], "fresh")
    text = printed(show_sources([line, SourceLine("dead", 0, None, None, {}, {}, [], "did not answer")], "en"))
    for part in (
        "1,200",
        "12",
        "a line after the data, without data: 'Total'",
        "the place was closed",
        "PH Theater: frozen, left out",
        "did not answer",
    ):
        assert part in text


def test_a_source_says_how_it_stands_and_what_it_lacks_in_the_language_that_is_asked_for():
    line = SourceLine("cars", 9, TUESDAY, TUESDAY, {}, {}, [], "late since 2026-05-30", {"new": 1360}, {"cars": (TUESDAY,) * 7})
    english, portuguese = (printed(show_sources([line], language)) for language in ("en", "pt"))
    assert "late since 2026-05-30; cars: 7 days missing" in english
    assert "too new, left out (sensor-days)" in english
    assert "atrasada desde 2026-05-30; cars: faltam 7 dias" in portuguese
    assert "demasiado novo" in portuguese
    assert english.count(str(TUESDAY)) == 2 + 5


def test_names_from_a_city_file_are_never_read_as_colours():
    day = verdict(reasons=[Reason(name="[red]strike[/red]", kind="event", points=-13.0)])
    assert "[red]strike[/red]" in printed(show_verdict(day, city(), "en"))
