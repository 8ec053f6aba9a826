"""Flags, events and publications: nothing said is ever unsaid."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pulso import metrics
from pulso.city import Span
from pulso.lake import records, tidy
from pulso.lake.delta import Table
from pulso.shapes import Verdict
from tests.lake.town import Clock, answer, lake, quarter_hours

JUNE = date(2021, 6, 1)


def verdict(day: date = JUNE, zone: str | None = None, index: float | None = 97.25, hour: int = 1, **more: Any) -> Verdict:
    return Verdict.model_validate(
        {
            "city": "town", "zone": zone, "day": day, "status": "published", "refusal": None, "index": index, "interval": (90.0, 104.5),
            "normal_range": None, "level_index": None, "weight_seen": 0.8, "sources_seen": 1, "sources_declared": 2, "domains": [],
            "metrics": [], "reasons": [], "table": [], "unmeasured": [], "beyond": [], "missing": [], "stage": "flash", "in_sample": False,
            "vintage": datetime(2026, 9, 1, hour, tzinfo=UTC), "digest": "d", "synthetic": False,
        } | more
    )  # fmt: skip


def test_as_of_gives_past_publications_back_byte_for_byte(tmp_path: Path) -> None:
    of = lake(tmp_path)
    first, second = verdict(index=97.1234567890123), verdict(index=96.0, hour=5, stage="provisional")
    assert of.publish([first]) == 1
    assert of.publish([second]) == 1
    texts = [
        of.published(as_of=moment)["verdict"].to_pylist()
        for moment in (None, datetime(2026, 9, 1, 4, tzinfo=UTC), datetime(2026, 9, 1, 0, tzinfo=UTC))
    ]
    assert texts == [[second.model_dump_json()], [first.model_dump_json()], []]
    assert Verdict.model_validate_json(texts[1][0]) == first


def test_publishing_the_same_again_changes_nothing(tmp_path: Path) -> None:
    of = lake(tmp_path)
    of.publish([verdict(), verdict(zone="west"), verdict(zone="west", day=JUNE + timedelta(days=1))])
    files = of.publication.files()
    assert of.publish([verdict(hour=7, stage="final"), verdict(zone="west", hour=7)]) == 0
    assert of.publication.files() == files
    assert of.publish([verdict(hour=7), verdict(zone="west", hour=7, index=1.0)]) == 1


def test_publications_are_found_by_zone_and_day_and_the_city_itself_has_no_zone(tmp_path: Path) -> None:
    of = lake(tmp_path)
    days = [JUNE + timedelta(days=i) for i in range(3)]
    of.publish([verdict(day=d, zone=z) for d in days for z in (None, "west", "east")])
    assert of.published(zones=[None], days=(days[1], days[2]))["day"].to_pylist() == days[1:]
    assert of.published(zones=["west", None], days=(JUNE, JUNE))["zone"].to_pylist() == ["west", None]
    assert of.published(days=(JUNE, JUNE), columns=["index"]).column_names == ["index", "zone", "day", "vintage"]


def test_a_vintage_is_later_than_the_one_it_replaces(tmp_path: Path) -> None:
    of = lake(tmp_path)
    of.publish([verdict(hour=5)])
    with pytest.raises(ValueError, match="not later"):
        of.publish([verdict(hour=5, index=1.0)])
    assert of.moment() > datetime(2026, 9, 1, 5, tzinfo=UTC)


def test_a_flag_says_who_and_why_and_can_be_lifted_and_the_past_remembers_it(tmp_path: Path) -> None:
    clock = Clock(datetime(2026, 9, 1, tzinfo=UTC))
    of = lake(tmp_path, clock)
    of.flag("A", JUNE, None, "counts buses", "Ana")
    of.flag("B", JUNE, JUNE, "dug up", "Ana")
    then = clock.now + timedelta(minutes=1)
    clock.pass_(days=1)
    of.flag("A", JUNE, None, "mended", "Rui", active=False)
    assert [(f["sensor"], f["why"], f["who"]) for f in of.flags()] == [("B", "dug up", "Ana")]
    assert [f["sensor"] for f in of.flags(as_of=then)] == ["A", "B"]


def test_events_follow_the_city_s_file_and_the_past_remembers_what_it_said(tmp_path: Path) -> None:
    clock = Clock(datetime(2026, 9, 1, tzinfo=UTC))
    of = lake(tmp_path, clock)
    fair, strike = (Span.model_validate({"from": JUNE, "to": JUNE, "kind": "event", "name": n}) for n in ("fair", "strike"))
    assert of.sync_events([fair, strike]) == 2
    assert of.sync_events([strike, fair]) == 0
    then = clock.now
    clock.pass_(hours=1)
    assert of.sync_events([fair]) == 1
    assert of.events() == (fair,)
    assert of.events(as_of=then) == (fair, strike)
    of.sync_events([fair, strike])
    assert of.events() == (fair, strike)


def test_what_an_event_silences_is_kept_and_a_home_from_before_there_was_such_a_thing_is_read(tmp_path: Path) -> None:
    of = lake(tmp_path)
    fair, cut = (Span.model_validate({"from": JUNE, "to": JUNE, "kind": "event", "name": n}) for n in ("fair", "cut"))
    younger = records.EVENT.get_field_index("silences")
    before = Table(of.event_table.path, records.EVENT.remove(younger))
    row = fair.model_dump(include=set(before.schema.names) - {"sensors"}) | {"active": True, "known_at": datetime(2026, 1, 1, tzinfo=UTC)}
    before.append(pa.Table.from_pylist([row], schema=before.schema))
    assert of.events() == (fair,)
    assert of.sync_events([fair]) == 0
    cut = cut.model_copy(update={"silences": ("bikes", "cars")})
    assert of.sync_events([fair, cut]) == 1
    of.enter("1", cut.model_copy(update={"name": "another cut"}), who="Vila")
    assert [(e.name, e.silences) for e in of.events()] == [("another cut", ("bikes", "cars")), ("cut", ("bikes", "cars")), ("fair", ())]
    assert of.sync_events([]) == 2


def test_the_single_sensors_that_an_event_silences_are_kept_whatever_they_are_called_and_an_older_home_is_read(tmp_path: Path) -> None:
    of = lake(tmp_path)
    cut = Span.model_validate({"from": JUNE, "to": JUNE, "kind": "fibre_cut", "name": "cut"})
    before = Table(of.entry_table.path, records.ENTERED.remove(records.ENTERED.get_field_index("sensors")))
    row = cut.model_dump(include=set(before.schema.names) - {"silences"}) | {"id": "0", "sign": "", "who": "Vila", "active": True}
    before.append(pa.Table.from_pylist([row | {"known_at": datetime(2026, 1, 1, tzinfo=UTC)}], schema=before.schema))
    assert of.events() == (cut,)
    named = cut.model_copy(update={"sensors": ("n1", "câmara; nº 2", 'a "quoted" one')})
    of.enter("0", named, who="Vila")
    assert [e.span for e in of.entered()] == [named]
    of.enter("0", cut, who="Vila")
    assert of.events() == (cut,)
    assert of.sync_events([named, cut]) == 2
    assert of.sync_events([cut]) == 1


def test_an_event_that_someone_enters_stays_when_the_city_s_file_is_read_again(tmp_path: Path) -> None:
    clock = Clock(datetime(2026, 9, 1, tzinfo=UTC))
    of = lake(tmp_path, clock)
    fair, strike = (Span.model_validate({"from": JUNE, "to": JUNE, "kind": "event", "name": n}) for n in ("fair", "strike"))
    of.sync_events([fair])
    of.enter("1", strike, sign="quieter", who="Vila")
    assert of.events() == (fair, strike)
    of.sync_events([])
    assert of.events() == (strike,)
    assert [(e.id, e.span.name, e.sign, e.who) for e in of.entered()] == [("1", "strike", "quieter", "Vila")]
    of.sync_events([strike])
    assert of.events() == (strike,), "said twice, it is one"


@pytest.mark.parametrize("tidied", [False, True])
def test_an_entry_is_changed_and_withdrawn_and_the_past_remembers_what_it_said(tmp_path: Path, tidied) -> None:
    clock = Clock(datetime(2026, 9, 1, tzinfo=UTC))
    of = lake(tmp_path, clock)
    fair, strike = (Span.model_validate({"from": JUNE, "to": JUNE, "kind": "event", "name": n}) for n in ("fair", "strike"))
    later = fair.model_copy(update={"first": JUNE + timedelta(days=3), "last": JUNE + timedelta(days=4)})
    of.enter("1", fair, who="Vila")
    of.enter("2", strike, who="Vila")
    then = clock.now + timedelta(minutes=1)
    clock.pass_(hours=1)
    by = "code and file"
    of.publish([verdict()], judged=of.unjudged(by).judged)
    assert of.unjudged(by).first is None
    of.enter("1", later, who="Vila")
    assert of.unjudged(by).first == JUNE, "the days that it has left are judged anew as well"
    clock.pass_(hours=1)
    of.enter("2", None, who="Vila")
    if tidied:
        of.tidy()
    assert of.events() == (later,)
    assert of.events(as_of=then) == (fair, strike)


def test_after_a_rebuild_observations_are_new_and_publications_stay(tmp_path: Path) -> None:
    of = lake(tmp_path)
    answers = [answer("u", quarter_hours("A", JUNE, range(96)))]
    of.keep(of.city.sources["bikes"], answers)
    of.reduce(metrics.recipes(of.city))
    hours = of.sensor_hours("bike_count").drop_columns("known_at")
    of.publish([verdict()])
    of.forget_observations()
    assert (of.digests("bikes"), of.sensor_hours("bike_count").num_rows) == ({}, 0)
    of.keep(of.city.sources["bikes"], answers)
    of.reduce(metrics.recipes(of.city))
    assert of.sensor_hours("bike_count").drop_columns("known_at").equals(hours)
    assert of.published()["verdict"].to_pylist() == [verdict().model_dump_json()]


def test_many_small_runs_gather_into_few_files_by_themselves_and_say_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidy, "SCATTERED", 5)
    of = lake(tmp_path)
    for i in range(12):
        of.keep(of.city.sources["bikes"], [answer(f"{i}", quarter_hours("A", JUNE + timedelta(days=i), [i] * 8))])
        of.reduce(metrics.recipes(of.city))
    assert max(len(t.files()) for t in (of.observation, of.inputs, of.hours)) < 5 + 1
    assert sorted(of.backend.to_pyarrow(of.observations())["value"].to_pylist()) == [i for i in range(12) for _ in range(8)]
    assert sum(of.sensor_hours("bike_count")["value"].to_pylist()) == 8 * sum(range(12))
    of.tidy()
    assert [len(t.files()) for t in (of.observation, of.inputs, of.hours)] == [1, 1, 1]
    assert sum(of.sensor_hours("bike_count")["value"].to_pylist()) == 8 * sum(range(12))
    assert of.reduce(metrics.recipes(of.city)).days == 0


def test_tidying_sorts_what_came_out_of_order_and_keeps_corrections_right(tmp_path: Path) -> None:
    clock = Clock(datetime(2026, 9, 1, tzinfo=UTC))
    of = lake(tmp_path, clock)
    for sensor in "BA":
        of.keep(of.city.sources["bikes"], [answer(sensor, quarter_hours(sensor, JUNE, [1, 2, 3]))])
    then = of.moment()
    clock.pass_(days=1)
    of.keep(of.city.sources["bikes"], [answer("A", quarter_hours("A", JUNE, [1, 5]))])
    of.tidy()
    (file,) = of.observation.files()
    rows = of.observation.read_file(file).to_pylist()
    assert [(r["sensor"], r["value"]) for r in rows] == [("A", 1), ("A", 2), ("A", 5), ("A", 3), ("A", None), ("B", 1), ("B", 2), ("B", 3)]
    now, before = (sorted(of.backend.to_pyarrow(of.observations(as_of=t))["value"].to_pylist()) for t in (None, then))
    assert (now, before) == ([1, 1, 2, 3, 5], [1, 1, 2, 2, 3, 3])
