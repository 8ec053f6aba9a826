"""What a number rests on, and what it does without, in words."""

from __future__ import annotations

from datetime import date

import pytest
from show_days import TUESDAY, city, refused, resting_on, verdict

from pulso.city import Span
from pulso.show import limits
from pulso.show.language import speak
from pulso.show.words import headline, notes, other_methods, refusal, seen

ENGLISH, PORTUGUESE = speak("en"), speak("pt")


def on(kind, name="Power cut in Paranhos", **more):
    return Span.model_validate({"from": TUESDAY, "to": TUESDAY, "kind": kind, "name": name} | more)


def fed_until(last):
    """The city, whose car parks told of nothing after a day."""
    own = city()
    sources = own.sources | {"car_parks": own.sources["car_parks"].model_copy(update={"last": last})}
    return own.model_copy(update={"sources": sources})


def test_a_number_that_rests_on_one_domain_of_several_says_on_which_wherever_its_sentence_stands():
    assert headline(resting_on("cycling"), city(), "en").endswith(" One domain only: Cycling.")
    assert headline(resting_on("cycling"), city(), "pt").endswith(" Um só domínio: Bicicletas.")
    assert "ne domain only" not in headline(verdict(), city(), "en")


def test_a_city_of_one_domain_lacks_nothing():
    day = resting_on("cycling")
    assert limits.alone(day) == "cycling"
    assert limits.alone(day.model_copy(update={"domains": [d for d in day.domains if d.domain == "cycling" or d.footprint]})) is None


def test_a_day_without_a_number_rests_on_nothing():
    assert limits.alone(refused()) is None


def test_how_many_domains_were_seen_is_said_where_one_is_not_in_the_number():
    assert seen(resting_on("cycling"), "en").endswith("of 4 sources. 1 of 4 domains.")
    assert "domains" not in seen(verdict(), "en")


def test_a_domain_whose_source_ended_says_when_and_a_silent_one_that_it_is_silent():
    said = limits.weightless(resting_on("cycling"), fed_until(date(2026, 1, 31)), ENGLISH)
    assert said == [
        "Without weight, for nothing that counts came for more than three months, or too little to count: Public transport, Traffic.",
        "Without weight, for what fed them has ended: Parking (until 31 Jan 2026).",
    ]
    assert set(said) <= set(notes(resting_on("cycling"), fed_until(date(2026, 1, 31)), "en"))


def test_a_source_that_ends_later_has_not_ended():
    assert not any("ended" in s for s in limits.weightless(resting_on("cycling"), fed_until(TUESDAY), ENGLISH))


def test_of_a_zone_nobody_claims_that_sensors_fell_silent_that_never_stood_there():
    (said,) = limits.weightless(resting_on("cycling").model_copy(update={"zone": "n"}), city(), ENGLISH)
    assert said.startswith("Without weight here, for none of their sensors stands here")


def test_where_nothing_has_weight_the_refusal_says_it_and_nothing_is_said_twice():
    nothing = refused()
    dead = nothing.model_copy(update={"domains": [d.model_copy(update={"weight": 0.0}) for d in nothing.domains]})
    assert limits.weightless(dead, city(), ENGLISH) == []


def test_with_one_metric_no_method_can_say_anything_else():
    assert (
        other_methods(verdict(method_band=(108.2, 108.2)), "en") == "Other reasonable methods: none can differ, there is one metric alone."
    )
    assert other_methods(verdict(), "en") == "Other reasonable methods: 84 to 89."


@pytest.mark.parametrize("kind", ["power_cut", "outage"])
def test_an_outage_is_named_on_its_day_and_never_as_a_quiet_city(kind):
    (said,) = limits.happened(verdict(), [on(kind)], ("outage", "power_cut"), city(), ENGLISH)
    assert said.startswith("Power cut in Paranhos (")
    assert said.endswith("missing, not quiet.")


def test_an_outage_names_the_sources_that_it_silences():
    (said,) = limits.happened(verdict(), [on("power_cut", silences=["air", "counters"])], ("power_cut",), city(), PORTUGUESE)
    assert said.endswith("conta como em falta, não como calma: Qualidade do ar, Counters.")


def test_what_stands_among_the_reasons_is_not_said_again_and_what_was_entered_since_is():
    spans = [
        on("bus_strike", "bus_strike"),
        on("concert", "Open air"),
        on("festival", "Feira", **{"from": date(2025, 1, 1), "to": date(2025, 1, 2)}),
    ]
    assert limits.happened(verdict(), spans, (), city(), ENGLISH) == ["That day too, without points in this number: Open air."]


def test_a_refusal_counts_the_same_series_in_both_languages():
    day = refused(refusal="nothing that counts came from any of the 16 series.", sources_declared=1)
    assert refusal(day, "en") == "nothing that counts came from any of the 16 series."
    assert refusal(day, "pt") == "não chegou nada que conte de nenhuma das 16 séries."
