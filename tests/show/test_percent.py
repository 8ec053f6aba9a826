"""How a share is written."""

from __future__ import annotations

import pytest

from pulso.show.language import speak


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0.7953, "80%"),
        (0.7949, "79%"),
        (0.0, "0%"),
        (0.001, "1%"),
        (0.999, "99%"),
        (1.0, "100%"),
        (0.1 + 0.2, "30%"),
        (0.649, "64%"),  # a number needs 65 % of the weight to be whole
        (0.65, "65%"),
        (0.653, "65%"),
        (0.4999, "49%"),
        (0.5, "50%"),
    ],
)
def test_a_share_is_written_to_the_nearest_but_never_onto_a_bar_that_it_misses(share, written):
    assert speak("en").percent(share) == written
    assert speak("pt").percent(share) == written.replace("%", " %")


def test_beside_a_refusal_a_share_is_rounded_down_as_its_text_was_published():
    assert speak("en").percent(0.429, down=True) == "42%"
    assert speak("en").percent(0.429) == "43%"
    assert speak("en").percent(0.0, down=True) == "0%"
