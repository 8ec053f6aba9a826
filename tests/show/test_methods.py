from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from rich.console import Console
from show_days import TUESDAY, city

from pulso.show.methods import (
    Choice,
    IduReport,
    IduScore,
    IduSeries,
    Revision,
    Weighed,
    WeighedDomain,
    show_idu,
    show_revisions,
    show_weights,
)

BOTH = pytest.mark.parametrize("language", ["en", "pt"])


def printed(shown) -> str:
    console = Console(width=140, record=True, file=None, color_system=None)
    with console.capture() as caught:
        console.print(shown)
    return caught.get()


def domain(name: str, **changes) -> WeighedDomain:
    return replace(WeighedDomain(name, 0.5, 0.44, 0.5, 0.5, 0.7, None, 0.4, 0.8, heywood=False), **changes)


def weighed(**changes) -> Weighed:
    told = Weighed(
        day=TUESDAY,
        index=87.0,
        domains=(domain("transit"), domain("cycling", by_last_year=0.54, component=0.3, influence=0.6, loading=-0.4, heywood=True)),
        factor="heywood",
        influence="not equal",
        band=(81.6, 92.2),
        choices=(Choice("weights", 0.12, 0.21), Choice("left out", None, 0.8)),
    )
    return replace(told, **changes)


def report(**changes) -> IduReport:
    scores = tuple(IduScore(TUESDAY + timedelta(days=i), i / 2 - 2, 0.2, 1.0) for i in range(9))
    told = IduReport(
        first=TUESDAY,
        last=TUESDAY + timedelta(days=8),
        anchor="car_count",
        accepted=True,
        refusal=None,
        periods=(7, 365),
        days=9,
        kmo=0.81,
        bartlett=(812.34, 3, 0.00001),
        one_factor=(4.2, 1, 0.0412),
        alpha=0.777,
        series=(
            IduSeries("car_count", "traffic", 0.999, used=True, loading=0.812, uniqueness=0.341, heywood=False),
            IduSeries("no2", "environment", 0.21, used=False, loading=None, uniqueness=None, heywood=False),
        ),
        scores=scores,
    )
    return replace(told, **changes)


REVISED = Revision("city", "flash", "provisional", 31, 12, -0.25, 1.5, -6.04, 2, 1)


@BOTH
def test_revisions_say_their_stages_size_and_sign(language):
    text = printed(show_revisions([REVISED, replace(REVISED, where="aldoar", to="last")], language))
    comma = {"en": ".", "pt": ","}[language]
    for part in (f"−0{comma}25", f"1{comma}50", f"−6{comma}0", "31", "12", "aldoar"):
        assert part in text
    assert {"en": "later minus earlier", "pt": "o mais recente menos o anterior"}[language] in text
    assert {"en": "the last", "pt": "o último"}[language] in text


@BOTH
def test_where_nothing_was_revised_that_is_said_with_how_many_stand(language):
    still = [Revision(w, "backfill", "last", n, 0, 0.0, 0.0, 0.0, 0, 0) for w, n in (("city", 400), ("zones", 800))]
    assert {"en": "Nothing was revised: all 1,200 numbers stand.", "pt": "Nada foi revisto: mantêm-se todos os 1 200 números."}[
        language
    ] == printed(show_revisions(still, language)).strip().replace("\xa0", " ")
    assert {"en": "Nothing is published yet.", "pt": "Ainda nada está publicado."}[language] in printed(show_revisions([], language))


def test_a_number_that_came_is_a_revision_too():
    text = printed(show_revisions([Revision("city", "flash", "last", 5, 0, 0.0, 0.0, 0.0, 1, 0)], "en"))
    assert "Nothing was revised" not in text


@BOTH
def test_the_weights_say_what_is_refused_and_what_drifts(language):
    text = printed(show_weights(weighed(), city(), language))
    for part in {
        "en": ("50.0", "44.0", "Largest drift: Public transport, −6.0 points", "Cycling wholly (a Heywood case)", "pull the other way"),
        "pt": (
            "50,0",
            "44,0",
            "Maior deriva: Transportes públicos, −6,0 pontos",
            "explicaria Bicicletas por inteiro",
            "puxam ao contrário",
        ),
    }[language]:
        assert part in text
    assert {"en": "82 to 92, where 87 was published", "pt": "82 a 92, onde se publicou 87"}[language] in text


def test_the_choice_that_matters_most_stands_first_and_an_unknown_share_is_no_zero():
    lines = printed(show_weights(weighed(), city(), "en")).splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("which choice"))
    assert lines[at + 1].startswith("one metric left out")
    assert lines[at + 1].split()[-2:] == ["–", "0.80"]
    assert lines[at + 2].startswith("weights")


def test_with_one_domain_there_is_no_drift_to_speak_of():
    text = printed(show_weights(weighed(domains=(domain("transit"),), choices=(), band=None), city(), "en"))
    assert "drift" not in text
    assert "which choice" not in text


@pytest.mark.parametrize(
    ("factor", "said"), [("accepted", ""), ("no solution", "there is no solution"), ("too few", "needs three domains")]
)
def test_a_factor_is_refused_in_words_or_not_at_all(factor, said):
    text = printed(show_weights(weighed(factor=factor), city(), "en"))
    assert said in text
    assert "Heywood" not in text


@BOTH
def test_idu_mode_shows_loadings_tests_and_its_extreme_days(language):
    text = printed(show_idu(report(), city(), language)).replace("\xa0", " ")
    for part in {
        "en": (
            "behind 1 daily series",
            "0.812",
            "99%",
            "fixes the sign",
            "too seldom known",
            "KMO 0.81",
            "χ² 812.3 on 3 degrees, p < 0.001",
        ),
        "pt": ("1 série diária", "0,812", "99 %", "fixa o sinal", "poucas vezes", "KMO 0,81", "χ² 812,3 com 3 graus, p < 0,001"),
    }[language]:
        assert part in text
    assert {"en": "χ² 4.2 on 1 degree, p = 0.041", "pt": "χ² 4,2 com 1 grau, p = 0,041"}[language] in text
    assert {"en": "never instead of it", "pt": "nunca em vez dele"}[language] in text
    highest = next(line for line in text.splitlines() if {"en": "+2.00", "pt": "+2,00"}[language] in line)
    assert {"en": "−2.00", "pt": "−2,00"}[language] in highest, "the highest day stands beside the lowest"


@BOTH
@pytest.mark.parametrize("why", ["heywood", "no solution"])
def test_a_refused_factor_shows_no_day(language, why):
    hidden = tuple(IduScore(TUESDAY, None, None, None) for _ in range(3))
    text = printed(show_idu(report(accepted=False, refusal=why, scores=hidden), city(), language))
    assert {"en": "There are no scores.", "pt": "Não há valores."}[language] in text
    assert {"en": "highest", "pt": "altos"}[language] not in text


def test_a_short_life_has_no_season():
    assert "No season could be taken out." in printed(show_idu(report(periods=()), city(), "en"))


def test_three_series_leave_nothing_to_test_one_factor_by():
    assert "one factor suffices" not in printed(show_idu(report(one_factor=(0.0, 0, None)), city(), "en"))
