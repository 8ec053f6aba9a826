from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from rich.console import Console
from show_days import city

from pulso.city import Span
from pulso.show import effects
from pulso.show.effects import Effect, EventEffects, show_effect, show_events, show_ranked
from pulso.show.language import speak

BOTH = pytest.mark.parametrize("language", ["en", "pt"])
UP = Effect(None, 1.5, 1.2, 1.81, 0.004, 283, 2, "more")
DOWN = Effect("car_count", -0.48, -0.59, -0.34, 0.004, 241, 2, "less")
CHANCE = Effect("no2", -0.16, -0.34, 0.03, 0.2, 260, 2, "cannot tell")
UNTOLD = Effect("bus_validations", None, None, None, None, 12, 0, "cannot tell", "not seen")
REFUSALS = ("not over", "not seen", "unsettled", "short past")


def event(*told: Effect, **changes) -> EventEffects:
    night = EventEffects(
        "Storm Sabine",
        "Tempestade Sabine",
        "storm",
        None,
        date(2026, 3, 24),
        date(2026, 3, 25),
        weather=False,
        effects=told or (UP, DOWN, CHANCE, UNTOLD),
    )
    return replace(night, **changes)


def printed(shown, width: int = 160) -> str:
    console = Console(width=width, record=True, file=None, color_system=None)
    with console.capture() as caught:
        console.print(shown)
    return caught.get()


SENTENCES = {
    ("en", UP): "The index: 150% above what was expected when it began (95% interval: +120% to +181%).",
    ("pt", UP): "O índice: 150 % acima do que se esperava quando começou (intervalo de 95 %: +120 % a +181 %).",
    ("en", DOWN): "Cars counted: 48% below what was expected when it began (95% interval: −59% to −34%).",
    ("pt", DOWN): "Carros contados: 48 % abaixo do que se esperava quando começou (intervalo de 95 %: −59 % a −34 %).",
    ("en", CHANCE): "Nitrogen dioxide: no effect that can be told from chance; −16% against what was expected (95% interval: −34% to +3%).",
    (
        "pt",
        CHANCE,
    ): "Dióxido de azoto: nenhum efeito que se distinga do acaso; −16 % face ao que se esperava (intervalo de 95 %: −34 % a +3 %).",
    ("en", UNTOLD): "Bus validations: no effect can be told, because too few of these days are known.",
    ("pt", UNTOLD): "Validações nos autocarros: não se pode apontar um efeito, porque poucos destes dias são conhecidos.",
}


@pytest.mark.parametrize(("language", "effect"), SENTENCES)
def test_a_sentence_can_be_quoted_as_it_stands(language, effect):
    said = effects.sentence(effect, city(), speak(language)).replace("\xa0", " ")
    assert said == SENTENCES[language, effect]


@BOTH
def test_what_may_be_chance_never_says_above_or_below(language):
    for change in (-0.3, 0.0, 0.3):
        said = effects.sentence(replace(CHANCE, change=change), city(), speak(language))
        assert not re.search("above|below|acima|abaixo", said)


@BOTH
def test_every_reason_why_nothing_can_be_told_has_words_of_its_own(language):
    speech = speak(language)
    said = {effects.refused(replace(UNTOLD, refusal=why), speech) for why in REFUSALS}
    assert len(said) == len(REFUSALS)
    assert "" not in said
    assert effects.refused(UP, speech) == ""


def test_little_is_not_nothing():
    speech = speak("en")
    assert [effects.percent(x, speech) for x in (0.004, -0.0096, 0.0, 0.012, -0.5)] == ["+0.4%", "−1.0%", "0.0%", "+1%", "−50%"]


@BOTH
def test_one_event_shows_every_metric_how_much_was_seen_and_what_it_rests_on(language):
    text = printed(show_effect(event(), city(), {}, language)).replace("\xa0", " ")
    for part in {
        "en": ("Storm Sabine, 24–25 Mar 2026, Vila Nova", "+150%", "2 of 2", "0 of 2", "may be chance", "too few of these days are known"),
        "pt": (
            "Tempestade Sabine, 24–25 mar. 2026, Vila Nova",
            "+150 %",
            "2 de 2",
            "0 de 2",
            "pode ser acaso",
            "poucos destes dias são conhecidos",
        ),
    }[language]:
        assert part in text
    assert {"en": "without the day's weather", "pt": "sem o tempo que fez"}[language] in text
    assert {"en": ": 241 of them at least", "pt": ": pelo menos 241"}[language] in text


@BOTH
def test_of_a_storm_the_weather_is_said_to_be_in_it(language):
    text = printed(show_effect(event(weather=True), city(), {}, language))
    assert {"en": "the day's weather is in it", "pt": "o tempo que fez está incluído"}[language] in text
    assert {"en": "without the day's weather", "pt": "sem o tempo que fez"}[language] not in text


@BOTH
def test_where_nothing_can_be_told_there_is_no_interval_to_explain(language):
    text = printed(show_effect(event(replace(UNTOLD, metric=None)), city(), {}, language))
    assert {"en": "The interval is", "pt": "O intervalo é"}[language] not in text
    assert "0%" not in text


def test_an_event_is_placed_in_its_zone_by_its_name():
    assert "Aldoar" in printed(show_effect(event(zone="aldoar"), city(), {"aldoar": "Aldoar"}, "en"))


@BOTH
def test_days_without_a_name_are_called_these_days(language):
    text = printed(show_effect(event(name="", name_pt=""), city(), {}, language))
    assert text.startswith({"en": "These days, 24–25 Mar 2026", "pt": "Estes dias, 24–25"}[language])


@BOTH
def test_the_ranking_says_the_two_surest_and_largest_metrics_and_no_other(language):
    small = replace(DOWN, metric="scooters", change=-0.1, low=-0.15, high=-0.05)
    least = replace(small, metric="walkers", change=0.05, low=0.01, high=0.09)
    text = printed(show_ranked([event(UP, least, small, CHANCE, DOWN)], city(), {}, language), 240).replace("\xa0", " ")
    assert {"en": "Cars counted −48%, Scooters −10%", "pt": "Carros contados −48 %, Scooters −10 %"}[language] in text
    assert "Walkers" not in text
    assert {"en": "In grey: may be chance.", "pt": "A cinzento: pode ser acaso."}[language] in text


@BOTH
def test_the_ranking_says_how_many_metrics_the_index_may_rest_on(language):
    text = printed(show_ranked([event()], city(), {}, language))
    assert {"en": "2 of 3", "pt": "2 de 3"}[language] in text


@BOTH
def test_the_ranking_says_why_there_is_no_number(language):
    text = printed(show_ranked([event(replace(UNTOLD, metric=None, refusal="short past"), UP)], city(), {}, language))
    assert {"en": "the past has too few spans as long", "pt": "o passado tem poucos períodos tão longos"}[language] in text


@BOTH
def test_where_no_event_is_known_that_is_said(language):
    assert {"en": "No event is known", "pt": "Não se conhece nenhum evento"}[language] in printed(show_ranked([], city(), {}, language))
    assert {"en": "No event is known.", "pt": "Não se conhece nenhum evento."}[language] in printed(show_events([], city(), {}, language))


def test_an_event_that_was_entered_on_the_site_has_its_own_portuguese_name():
    assert "Tempestade Sabine" in printed(show_ranked([event()], city(), {}, "pt"))
    entered = Span.model_validate(
        {"from": "2026-03-24", "to": "2026-03-24", "kind": "fair", "name": "Book fair", "name_pt": "Feira do livro"}
    )
    assert "Feira do livro" in printed(show_events([entered], city(), {}, "pt"))


@BOTH
def test_a_list_of_events_has_their_kind_and_place(language):
    strike = Span.model_validate({"from": "2026-03-24", "to": "2026-03-24", "kind": "strike", "name": "Bus strike", "zone": "aldoar"})
    text = printed(show_events([strike], city(), {"aldoar": "Aldoar"}, language))
    for part in ("Aldoar", *{"en": ("Bus strike", "strike"), "pt": ("Greve dos autocarros", "greve")}[language]):
        assert part in text


@pytest.mark.parametrize(("seen", "said"), [(1, "rests on 1 of 2 metrics"), (2, ""), (0, "rests on 0 of 2 metrics")])
def test_a_quote_says_on_how_many_metrics_it_rests(seen: int, said: str) -> None:
    parts = [Effect(None, 0.2, 0.1, 0.3, 0.01, 250, 1, "more")]
    parts += [Effect(m, 0.2, 0.1, 0.3, 0.01, 250, int(i < seen), "more") for i, m in enumerate(("car_count", "noise"))]
    told = EventEffects("Fair", "", "fair", "bonfim", date(2025, 6, 1), date(2025, 6, 1), False, tuple(parts))
    quoted = effects.quote(told, city(), {"bonfim": "Bonfim"}, speak("en"))
    assert quoted.startswith("Fair, 1 Jun 2025, Bonfim: The index: 20% above")
    assert (said in quoted) if said else ("rests on" not in quoted)
    assert any("leans on the city's" in note for note in effects.notes(told, speak("en")))
