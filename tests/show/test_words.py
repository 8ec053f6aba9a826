from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from show_days import TUESDAY, city, events, metrics, refused, verdict

from pulso.shapes import REASONS, Part, Reason
from pulso.show import names
from pulso.show.language import speak
from pulso.show.words import because, explain_text, headline, refusal, split, standing

BOTH = pytest.mark.parametrize("language", ["en", "pt"])


def reason(name, points, kind="weather"):
    return Reason(name=name, kind=kind, points=points)


def test_the_worked_day_reads_as_the_method_writes_it():
    assert headline(verdict(), city(), "en") == "87: 13 points below an ordinary Tuesday: rain −5, bus strike −9, football +2."


def test_the_worked_day_reads_so_in_portuguese():
    said = headline(verdict(), city(), "pt")
    assert said == "87: 13 pontos abaixo de uma terça-feira normal: chuva −5, greve dos autocarros −9, futebol +2."


@pytest.mark.parametrize(
    ("index", "english", "portuguese"),
    [
        (99.0, "99: 1 point below an ordinary Tuesday", "99: 1 ponto abaixo de uma terça-feira normal"),
        (101.0, "101: 1 point above an ordinary Tuesday", "101: 1 ponto acima de uma terça-feira normal"),
        (134.2, "134: 34 points above an ordinary Tuesday", "134: 34 pontos acima de uma terça-feira normal"),
        (100.3, "100: an ordinary Tuesday", "100: uma terça-feira normal"),
        (3.0, "3: 97 points below an ordinary Tuesday", "3: 97 pontos abaixo de uma terça-feira normal"),
    ],
)
def test_one_point_is_singular_and_no_point_is_an_ordinary_day(index, english, portuguese):
    day = verdict(index=index, reasons=[reason("rain", 0.2), reason("unexplained", index - 100.2, "unexplained")])
    assert headline(day, city(), "en").startswith(english)
    assert headline(day, city(), "pt").startswith(portuguese)


@pytest.mark.parametrize(
    ("offset", "name"),
    list(enumerate(["segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo"])),
)
def test_each_weekday_has_its_own_name_and_gender(offset, name):
    said = headline(verdict(day=TUESDAY - timedelta(days=1) + timedelta(days=offset)), city(), "pt")
    article = "um" if name in ("sábado", "domingo") else "uma"
    assert f"abaixo de {article} {name} normal" in said


def test_christmas_is_compared_with_a_public_holiday():
    christmas = verdict(day=date(2025, 12, 25))
    assert "below an ordinary public holiday" in headline(christmas, city(), "en")
    assert "abaixo de um feriado normal" in headline(christmas, city(), "pt")


def test_reasons_that_cancel_out_are_still_told():
    day = verdict(index=100.0, reasons=[reason("rain", -5.0), reason("football", 5.0, "event"), reason("unexplained", 0.0, "unexplained")])
    assert headline(day, city(), "en") == "100: an ordinary Tuesday: rain −5, football +5."


def test_a_snow_storm_never_measured_before_is_named_and_not_credited():
    day = verdict(index=24.0, reasons=[reason("unexplained", -76.0, "unexplained")], unmeasured=["snow_storm"])
    assert headline(day, city(), "en") == "24: 76 points below an ordinary Tuesday: unexplained −76; that day: snow storm."


def test_many_small_causes_are_said_together_and_nothing_is_lost():
    small = [reason(n, p) for n, p in (("rain", -6.0), ("wind", -5.0), ("cold", -4.0), ("snow", -3.0), ("sun", -2.0), ("humidity", -1.0))]
    day = verdict(index=79.0, reasons=[*small, reason("unexplained", 0.0, "unexplained")])
    said = because(day, city(), "en")
    assert said == "rain −6, wind −5, cold −4, snow −3, other reasons −3"
    assert sum(int(n.replace("−", "-")) for n in re.findall(r"[+−]\d+", said)) == -21


@BOTH
def test_a_partial_day_says_how_much_was_seen(language):
    said = headline(verdict(status="partial", weight_seen=0.589), city(), language)
    assert ("Partial: 59% of the weight was seen." if language == "en" else "Parcial: viu-se 59 % do peso.") in said


@BOTH
def test_a_refused_day_gives_a_reason_and_no_index(language):
    said = headline(refused(), city(), language)
    assert {"en": "nothing that counts came from any of the 4 sources.", "pt": "não chegou nada que conte de nenhuma das 4 fontes."}[
        language
    ] in said
    assert not re.match(r"\d", said)


@BOTH
def test_what_other_methods_would_say_stands_apart_from_interval_and_range(language):
    said = explain_text(verdict(), city(), language)
    assert {"en": "Other reasonable methods: 84 to 89.", "pt": "Outros métodos razoáveis: 84 a 89."}[language] in said
    assert {"en": "90% interval: 83 to 91.", "pt": "Intervalo de 90 %: 83 a 91."}[language] in said
    assert "89" not in explain_text(verdict(method_band=None), city(), language)


@pytest.mark.parametrize(
    ("changes", "english", "portuguese"),
    [
        ({"sources_declared": 0}, "no sensor is known here", "não se conhece aqui nenhum sensor"),
        ({"sources_declared": 1}, "nothing that counts came from the only source", "não chegou nada que conte da única fonte"),
        ({"metrics": [m.model_copy(update={"weight": 0.0}) for m in metrics()]}, "too short a past", "passado demasiado curto"),
        ({"metrics": metrics(), "weight_seen": 0.64999}, "only 64% of the weight", "apenas 64 % do peso"),
    ],
)
def test_the_four_refusals_are_told_apart(changes, english, portuguese):
    assert english in refusal(refused(**changes), "en")
    assert portuguese in refusal(refused(**changes), "pt")


@pytest.mark.parametrize(
    ("days", "english", "portuguese"), [(0, "0 days of", "0 dias de"), (1, "1 day of", "1 dia de"), (97, "97 days of", "97 dias de")]
)
def test_a_refusal_says_how_long_the_past_is_in_both_languages(days, english, portuguese):
    assert f"{english} data before it. It takes a year" in refusal(refused(days_known=days), "en")
    assert f"{portuguese} dados antes. É preciso um ano" in refusal(refused(days_known=days), "pt")


def test_a_refusal_is_read_in_english_as_it_was_published():
    assert refusal(refused(refusal="the dump ends in 2019."), "en") == "the dump ends in 2019."


def test_words_about_the_normal_range_follow_the_shown_numbers():
    assert standing(verdict(), "en") == "Below the normal range, 92 to 109."
    assert standing(verdict(index=91.6), "en") == "Within the normal range, 92 to 109."
    assert standing(verdict(index=120.0), "pt") == "Acima da faixa normal, 92 a 109."
    assert standing(refused(), "en") == ""


@BOTH
def test_the_explanation_adds_up_along_rows_and_columns(language):
    lines = explain_text(verdict(), city(), language).splitlines()
    rows = [re.findall(r"(?<=\s)[+−]?\d+[.,]\d(?=\s|$)", line) for line in lines]
    grid = [[float(n.replace("−", "-").replace(",", ".")) for n in row] for row in rows if len(row) == 5]
    assert len(grid) == 5
    assert all(sum(row[:-1]) == pytest.approx(row[-1]) for row in grid)
    assert [sum(column) for column in zip(*grid[:-1], strict=True)] == pytest.approx(grid[-1])
    assert grid[-1][-1] == -13.0


def test_a_driver_that_says_nothing_of_a_domain_leaves_a_dash_not_a_zero():
    parts = [Part("transit", "rain", -3.0), Part("cycling", "unexplained", -10.0)]
    table = split(verdict(table=parts))
    assert ("cycling", "rain") not in table.cells
    assert "–" in explain_text(verdict(table=parts), city(), "en")


@BOTH
def test_the_explanation_names_what_is_missing_flagged_beyond_and_unmeasured(language):
    day = verdict(beyond=["snow"], unmeasured=["snow_storm"], in_sample=True, synthetic=True)
    said = explain_text(day, city(), language)
    expected = {
        "en": (
            "Nothing that counts came from: Air quality",
            "Bicycles counted: level jumped, left out: Ponte Nova, c8.",
            "Beyond anything in the record: snow",
            "never measured before",
            "simulated",
        ),
        "pt": (
            "Não chegou nada que conte de: Qualidade do ar",
            "Bicicletas contadas: mudou de nível, excluído: Ponte Nova, c8.",
            "Além de tudo o que está registado: neve",
            "nunca antes medido",
            "simulados",
        ),
    }
    assert all(words in said for words in expected[language])


def test_every_reason_for_not_keeping_a_value_is_told_in_both_languages():
    assert all(names.reject(word, speak("en")) == meaning for word, meaning in REASONS.items())
    assert all(names.reject(word, speak("pt")) != meaning for word, meaning in REASONS.items())
    with pytest.raises(ValueError, match="known are closed"):
        names.reject("a whim", speak("en"))


def test_an_event_that_we_have_no_word_for_keeps_the_city_s_own():
    assert names.driver("kite_flying", speak("pt")) == "kite flying"
    assert names.driver("Queima das Fitas", speak("en")) == "Queima das Fitas"
    assert names.driver("Bus strike, Queima das Fitas", speak("pt")) == "greve dos autocarros, Queima das Fitas"


def test_an_event_has_its_portuguese_name_on_portuguese_pages_only():
    named = city().model_copy(
        update={"events": (events()[0].model_copy(update={"name": "Storm, and hail", "name_pt": "Tempestade com granizo"}),)}
    )
    assert names.driver("Storm, and hail", speak("pt"), named) == "Tempestade com granizo"
    assert names.driver("Storm, and hail", speak("en"), named) == "storm, and hail"


@pytest.mark.parametrize(
    ("name", "english", "portuguese"),
    [
        ("Good Friday", "Good Friday", "Sexta-feira Santa"),
        ("Labor Day", "Labour Day", "Dia do Trabalhador"),
        ("Ascension Day; Labor Day", "Ascension Day; Labour Day", "Ascensão; Dia do Trabalhador"),
        ("Christmas Day (observed)", "Christmas Day (observed)", "Dia de Natal (dia em que se goza)"),
        ("Monday following All Saints' Day", "Monday after All Saints' Day", "Segunda-feira a seguir a Dia de Todos os Santos"),
        ("Summer break", "Summer break", "Férias do verão"),
        ("Sechseläuten", "Sechseläuten", "Sechseläuten"),
    ],
)
def test_holidays_and_school_breaks_are_named_in_the_readers_language(name, english, portuguese):
    assert (names.driver(name, speak("en")), names.driver(name, speak("pt"))) == (english, portuguese)


def test_a_storm_with_a_name_says_that_it_is_a_storm():
    on = [span for span in events() if span.kind == "storm"]
    assert names.sort("Depressão Irene", on, speak("pt")) == "tempestade"
    assert names.sort("storm", on, speak("pt")) == ""


def test_of_forty_silent_sensors_eight_are_named_and_the_others_counted():
    metric = metrics()[1].model_copy(update={"flags": [f"frozen: {i}" for i in range(40)]})
    assert names.flags(metric, city(), speak("en")) == ["frozen, left out: 0, 1, 2, 3, 4, 5, 6, 7 and 32 more"]


def test_portuguese_writes_decimal_commas_and_true_minus_signs():
    speech = speak("pt")
    assert [speech.signed(v, 1) for v in (-5.13, 0.04, -0.04, 2.0, None)] == ["−5,1", "0,0", "0,0", "+2,0", "–"]


def test_a_language_without_a_catalogue_is_refused():
    with pytest.raises(ValueError, match="known are pt, en"):
        speak("fr")


@pytest.mark.parametrize(
    ("form", "english", "portuguese"),
    [
        ("d MMMM", "14 June", "14 de junho"),
        ("d MMMM y", "14 June 2025", "14 de junho de 2025"),
        ("MMMM y", "June 2025", "junho de 2025"),
        ("d MMM", "14 Jun", "14 jun."),
        ("full", "Saturday, 14 June 2025", "sábado, 14 de junho de 2025"),
    ],
)
def test_a_day_is_written_as_its_language_writes_it(form, english, portuguese):
    day = date(2025, 6, 14)
    assert (speak("en").day(day, form), speak("pt").day(day, form)) == (english, portuguese)
