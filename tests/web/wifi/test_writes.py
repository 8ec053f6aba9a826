from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from pulso.fibre.shapes import Disclosure
from pulso.web.people.models import Step
from pulso.web.wifi import reads, writes
from pulso.web.wifi.models import AccessPoint, Day, Network, Place, Spell
from pulso.wifi.files import WifiFileError
from pulso.wifi.shapes import AccessPoint as OnAir
from pulso.wifi.shapes import Health, Inventory, Report
from pulso.wifi.shapes import Place as InPlace
from tests.web.wifi.conftest import health_of, heard
from tests.web.wifi.hotspots import NINE

UP, DOWN = Health.WORKING, Health.FAILING


def test_an_inventory_is_entered_once_and_what_is_other_is_changed(vila, inventory):
    assert writes.load(None, vila, inventory) == (3, 4)
    assert writes.load(None, vila, inventory) == (0, 0)
    assert Step.objects.filter(action="load wifi", city="vila").count() == 1, "what changes nothing leaves no trail"
    renamed = Inventory(places=(inventory.places[0].model_copy(update={"name": "Uma"}),))
    assert writes.load(None, vila, renamed) == (1, 0)
    assert Place.objects.get(key="one").name == "Uma"
    assert Place.objects.count() == 3, "what a file doesn't name stays"


def test_what_names_no_zone_has_the_one_that_it_lies_in(loaded):
    assert dict(Place.objects.values_list("key", "zone")) == {"one": "north", "two": "south", "garden": "north"}
    assert set(AccessPoint.objects.values_list("key", "zone")) == {
        ("one-1", "north"),
        ("one-2", "north"),
        ("two-1", "south"),
        ("two-2", "south"),
    }


def test_a_place_lies_where_everybody_may_know_of_an_access_point_and_stays_there(vila):
    place = InPlace(id="x", name="X", zone="north")
    hidden = OnAir(id="x-1", place="x", at=(-8.651, 41.151), disclosure=Disclosure.RESTRICTED)
    writes.load(None, vila, Inventory(places=(place,), points=(hidden,)))
    assert Place.objects.get(key="x").lon is None
    writes.load(
        None,
        vila,
        Inventory(places=(place,), points=(hidden, OnAir(id="x-2", place="x", at=(-8.652, 41.152), disclosure=Disclosure.PUBLIC))),
    )
    assert (Place.objects.get(key="x").lon, Place.objects.get(key="x").lat) == (-8.652, 41.152)
    writes.load(None, vila, Inventory(places=(place.model_copy(update={"name": "Y"}),)))
    assert (Place.objects.get(key="x").name, Place.objects.get(key="x").lon) == ("Y", -8.652)


def test_a_zone_or_a_place_that_there_is_not_is_a_letter(vila):
    with pytest.raises(WifiFileError, match="zone: found 'moon'; one of north, south"):
        writes.load(None, vila, Inventory(places=(InPlace(id="x", name="X", zone="moon"),)))
    with pytest.raises(WifiFileError, match="place: found 'nowhere'"):
        writes.load(None, vila, Inventory(points=(OnAir(id="x", place="nowhere"),)))
    assert not Place.objects.exists()
    assert not AccessPoint.objects.exists()


def test_reports_become_spells_and_days(loaded):
    reports = [heard("one-1", m, DOWN if 20 < m <= 40 else UP) for m in range(60, -1, -5)]
    assert writes.report(loaded, reports) == (13, {})
    spells = [(s.state, (s.until - s.since).total_seconds() / 60) for s in Spell.objects.order_by("since")]
    assert spells == [("working", 20), ("failing", 20), ("working", 20)]
    day = Day.objects.get()
    assert (day.day, day.working, day.failing) == (date(2025, 3, 16), 2_400, 1_200)
    assert health_of(loaded)["one-1"] == "working"


def test_the_same_reports_again_change_nothing(loaded):
    reports = [heard("one-1", m, DOWN if m == 10 else UP) for m in (20, 15, 10, 5)]
    writes.report(loaded, reports)
    before = (list(Spell.objects.values()), list(Day.objects.values()), Network.objects.get().edition)
    assert writes.report(loaded, reports) == (0, {writes.LATE: 4})
    assert (list(Spell.objects.values()), list(Day.objects.values()), Network.objects.get().edition) == before


def test_one_report_at_a_time_is_as_all_at_once(loaded):
    states = [UP, UP, DOWN, DOWN, UP, Health.PARTLY, UP]
    reports = [[heard(p, 400 - 5 * i - (60 if i > 3 else 0), s) for i, s in enumerate(states)] for p in ("one-1", "two-1")]
    writes.report(loaded, reports[0])
    for one in reports[1]:
        writes.report(loaded, [one])
    told = [list(Spell.objects.filter(point__key=p).order_by("since").values_list("state", "since", "until")) for p in ("one-1", "two-1")]
    assert told[0] == told[1]
    assert len(told[0]) == 5, "between the fourth and the fifth nothing is known"
    days = [
        list(Day.objects.filter(point__key=p).order_by("day").values_list("day", "working", "partly", "failing"))
        for p in ("one-1", "two-1")
    ]
    assert days[0] == days[1]


def test_a_spell_over_midnight_is_on_both_days_of_the_city(loaded):
    writes.report(loaded, [Report("one-1", datetime(2025, 3, 15, 23, 50, tzinfo=UTC) + timedelta(minutes=5 * i), UP) for i in range(5)])
    assert {d.day.day: d.working for d in Day.objects.all()} == {15: 600, 16: 600}


def test_what_is_not_of_this_city_and_time_is_counted_and_not_kept(loaded):
    AccessPoint.objects.filter(key="two-1").update(since=date(2025, 3, 16))
    AccessPoint.objects.filter(key="two-2").update(until=date(2025, 3, 16))
    reports = [heard("nobody", 5), heard("one-1", -6), heard("two-1", 24 * 60), heard("two-2", 5), heard("one-2", -4)]
    assert writes.report(loaded, reports) == (1, {writes.GONE: 3, writes.FUTURE: 1})
    assert list(Spell.objects.values_list("point__key", flat=True)) == ["one-2"]


def test_who_is_silent_for_three_intervals_is_unknown(loaded, settings):
    writes.report(loaded, [heard("one-1", 15), heard("one-2", 15, DOWN), heard("two-1", 16)])
    assert health_of(loaded) == {"one-1": "working", "one-2": "failing", "two-1": "unknown", "two-2": "unknown"}


def test_the_city_says_how_often_its_feed_reports(loaded):
    writes.report(loaded, [heard("one-1", 100)])
    assert health_of(loaded)["one-1"] == "unknown"
    writes.set_up(None, loaded, interval=3_600, missed=2, target=0.98)
    assert health_of(loaded)["one-1"] == "working"
    for wrong in ({"interval": 0}, {"target": 1.2}, {"far": -1}, {"missed": 0}):
        with pytest.raises(ValidationError):
            writes.set_up(None, loaded, **wrong)


def test_uptime_is_of_whole_days_until_yesterday_and_says_how_much_was_reported(loaded):
    one = AccessPoint.objects.get(key="one-1")
    for back, failing in ((1, 8_640.0), (2, 0.0), (31, 86_400.0)):
        Day.objects.create(point=one, day=date(2025, 3, 16) - timedelta(days=back), working=86_400 - failing, failing=failing)
    Day.objects.create(point=one, day=date(2025, 3, 16), failing=1_000)
    view = reads.view(loaded)
    row = next(int(r) for r in view.places if view.board.places[r].key == "one")
    (total,) = reads.uptimes(view, [row])
    assert total.seconds.uptime == pytest.approx(0.95)
    assert total.reported == pytest.approx(2 / 60), "two access points over thirty days"


def test_days_that_come_in_later_count_at_once(loaded):
    first = reads.uptimes(reads.view(loaded), [0])
    writes.report(loaded, [Report("one-1", NINE - timedelta(days=2, minutes=5 * i), UP) for i in range(3)])
    view = reads.view(loaded)
    row = next(int(r) for r in view.places if view.board.places[r].key == "one")
    assert first[0].seconds.reported == 0
    assert reads.uptimes(view, [row])[0].seconds.reported == 600


def test_no_table_has_room_for_who_connects():
    columns = {f.name for model in (Network, Place, AccessPoint, Spell, Day) for f in model._meta.get_fields()}
    assert not {c for c in columns for word in ("client", "mac", "user", "session", "address", "count", "ip_") if word in c}
