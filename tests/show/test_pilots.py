"""What pilots showed, in words that a council reads and a newspaper quotes."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulso.show import pilots
from pulso.show.language import speak
from pulso.show.pilots import Finding

EN, PT = speak("en"), speak("pt")


def test_each_verdict_is_a_sentence_of_its_own_in_both_languages():
    found = [
        Finding("more", 8.5, 2.0, 15.0, "%", 5.0, ""),
        Finding("less", -8.5, -15.0, -2.0, "points", 5.0, ""),
        Finding("none", 0.5, -2.0, 3.0, "%", 5.0, ""),
        Finding("cannot tell", 2.0, -9.0, 13.0, "%", 5.0, ""),
        Finding("cannot tell", None, None, None, "", 5.0, ""),
        Finding("not evaluable", None, None, None, "", 5.0, "All sensors were silent."),
    ]
    for speech in (EN, PT):
        said = [pilots.sentence(f, "Bikes", "North", speech) for f in found]
        assert len(set(said)) == len(found)
        assert all(s.startswith("Bikes, North: ") and s.endswith(".") for s in said)
        assert "None" not in "".join(said)
    assert pilots.sentence(found[1], "Bikes", "North", EN) == (
        "Bikes, North: 8.5 index points less than without the pilot (95% interval: −15.0 to −2.0 index points)."
    )
    assert pilots.sentence(found[0], "Bicicletas", "Norte", PT) == (
        "Bicicletas, Norte: mais 8,5\xa0% do que sem o piloto (intervalo de 95 %: +2,0\xa0% a +15,0\xa0%)."
    )


@pytest.mark.parametrize("table", [pilots.VERDICTS, pilots.NEXT, pilots.METHODS, pilots.PARTS, pilots.MONEY, pilots.KINDS, pilots.HOPED])
def test_every_word_has_its_portuguese(table):
    for key in table:
        assert pilots.word(table, key, PT)
    said = [pilots.word(table, key, PT) for key in table]
    assert len(set(said)) == len(said)


def test_what_is_unknown_is_a_dash_and_never_nothing():
    assert pilots.amount(None, "%", EN) == pilots.span(None, 1.0, "%", EN) == pilots.money(None, EN) == "–"
    assert pilots.amount(0.0, "%", EN) == "0.0%"
    assert pilots.money(0, EN) == "€0.00"


def test_money_is_written_as_people_there_write_it():
    assert pilots.money(123_450, EN) == "€1,234.50"
    assert pilots.money(123_450, PT) == "1\xa0234,50\xa0€"


@given(st.integers(0, 10**15))
def test_no_cent_is_lost_in_writing(cents):
    plain = pilots.money(cents, EN).removeprefix("€").replace(",", "")
    assert Decimal(plain) * 100 == cents
    plain = pilots.money(cents, PT).removesuffix("\xa0€").replace("\xa0", "").replace(",", ".")
    assert Decimal(plain) * 100 == cents


def test_what_it_could_see_is_said_in_its_unit():
    assert pilots.seen(7.24, "%", EN) == "It could see changes of 7.2% or more."
    assert pilots.seen(7.25, "%", EN) == "It could see changes of 7.3% or more."
    assert pilots.amount(-0.25, "points", EN) == "−0.3 index points"
    assert pilots.span(-7.25, 7.25, "points", EN) == "−7.3 to +7.3 index points"
    assert pilots.seen(3.0, "points", PT) == "Podia ver mudanças de 3,0 pontos do índice ou mais."


def test_how_a_least_effect_was_computed_is_translated_and_other_words_stand_as_they_are():
    kept = pilots.HOW.format(method="window", days=1, as_of="2025-07-16T22:30:00+00:00")
    lisbon = ZoneInfo("Europe/Lisbon")
    assert pilots.how(kept, lisbon, EN) == (
        "window effect: the smallest told from zero in 80% of cases, by earlier windows of 1 day "
        "in what was published until 16 Jul 2025, 23:30"
    )
    for method in pilots.METHODS:
        said = pilots.how(kept.replace("window,", f"{method},"), lisbon, PT)
        assert said.startswith(pilots.word(pilots.METHODS, method, PT))
    assert pilots.how("placebo windows, 80 % power", lisbon, PT) == "placebo windows, 80 % power"
    assert pilots.how("", lisbon, PT) == ""


def test_a_frozen_protocol_s_words_are_never_rewritten():
    assert pilots.HOW == "{method}, 80% power at 5%, from earlier windows of {days} days in what was published until {as_of}"


def test_only_the_index_of_zones_leans():
    assert pilots.leaning("index", ["north"], EN) != pilots.leaning("index", ["north"], PT) != ""
    assert pilots.leaning("index", [], EN) == pilots.leaning("bikes", ["north"], EN) == pilots.leaning("", [], EN) == ""


def test_the_check_of_the_days_before_is_told_in_words():
    en, pt = speak("en"), speak("pt")
    assert pilots.check("drift", 1.52, en) == (
        "Moved against the others from the first half of the time before to its second half",
        "+1.5%",
    )
    assert pilots.check("p", 0.42, pt) == ("Tempos anteriores que se mexeram tanto", "42 %")
    assert pilots.check("drift", None, en)[1] == "–"
    assert pilots.check("something_else", 0.1234, en) == ("something else", "0.123")
    assert pilots.check("left_out", "North", pt) == ("Fora da comparação, conhecidas em menos de três quartos dos dias", "North")
