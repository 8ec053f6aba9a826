"""Porto's thin dump: the right answer is a refusal that says why."""

from __future__ import annotations

import pytest

from pulso.flow import reading
from pulso.show import words
from tests.told import Told

pytestmark = pytest.mark.mirror


def test_every_day_is_refused(porto: Told):
    verdicts = reading.series(porto.river)
    assert verdicts
    assert {v.status for v in verdicts} == {"refused"}
    assert all(v.index is None and v.reasons == [] for v in verdicts)


def test_the_refusal_says_why_in_both_languages(porto: Told):
    verdicts = [v for v in reading.series(porto.river) if any(m.sensors_seen == 0 and m.sensors_alive == 0 for m in v.metrics)]
    assert verdicts
    told = {v.refusal for v in reading.series(porto.river)}
    assert all(told)
    assert any("It takes a year" in (reason or "") for reason in told)
    for verdict in verdicts[:3]:
        assert "no number" in words.headline(verdict, porto.river.city, "en").lower()
        assert words.headline(verdict, porto.river.city, "pt") != words.headline(verdict, porto.river.city, "en")
