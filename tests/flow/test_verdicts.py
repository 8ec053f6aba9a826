"""What a verdict says beside its number: what other methods would have shown, and how much past a refusal lacked."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from pulso.flow import reading
from tests.flow.vila import FIRST, LAST, Vila, usual, vila


def test_the_published_index_lies_among_what_other_methods_would_say(told: Vila):
    numbers = [v for v in reading.series(told.river()) if v.index is not None]
    assert len(numbers) > 300
    for v in numbers:
        assert v.index is not None
        assert v.method_band is not None
        assert v.method_band[0] <= v.index <= v.method_band[1]
    assert max(v.method_band[1] - v.method_band[0] for v in numbers if v.method_band) > 1


def test_a_day_with_a_number_lacks_no_past(told: Vila):
    assert {v.days_known for v in reading.series(told.river()) if v.index is not None} == {None}


def test_a_refusal_counts_the_days_before_its_own_day_and_not_before_the_run(told: Vila):
    for days in (0, 1, 9):
        verdict = reading.verdict(told.river(), FIRST + timedelta(days=days))
        assert verdict.days_known == days
        assert f": {days} {'day' if days == 1 else 'days'} of data before it. It takes a year" in str(verdict.refusal)
        assert verdict.method_band is None


def test_a_zone_that_woke_late_counts_its_own_days(tmp_path: Path):
    late = vila(tmp_path)
    woke = date(2025, 3, 1)
    for source in late.sources:
        told = {k: n for k, n in usual(source).items() if k[1].startswith("n") or k[0] >= woke}
        late.say(source, told)
    late.collect()
    late.publish(LAST - timedelta(days=9), LAST)
    river = late.river()
    south = [reading.verdict(river, LAST - timedelta(days=back), "south") for back in (9, 3)]
    assert [v.days_known for v in south] == [(v.day - woke).days for v in south]
