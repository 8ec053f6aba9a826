"""A cut makes blind sensors missing, exactly those and exactly as long, and the city is not quiet."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pulso.errors import LakeBusy
from pulso.fibre.shapes import End, Port
from pulso.lake.lake import still
from pulso.shapes import Verdict
from pulso.web.agenda import writes as agenda
from pulso.web.fibre import cuts, reads, writes
from pulso.web.fibre.models import Cut, Darkened
from pulso.web.fibre.writes import Put, Remove
from pulso.web.innovation.letters import Refused, Unfit
from pulso.web.people.models import Step
from pulso.web.readings import Span, entries, reading
from pulso.web.running.worker import Outcome, Worker
from tests.flow.vila import Vila, usual
from tests.web.fibre.conftest import net

pytestmark = pytest.mark.django_db
TENTH, ELEVENTH = date(2025, 3, 10), date(2025, 3, 11)


def at(day: int, hour: int = 9) -> datetime:
    """An hour of March, which in Lisbon is as in UTC."""
    return datetime(2025, 3, day, hour, tzinfo=UTC)


def told(city: str = "vila") -> list[tuple[date, date, tuple[str, ...]]]:
    """What the river was told: days and sensors."""
    return sorted((e.span.first, e.span.last, e.span.sensors) for e in entries.entered(reading(city)) if e.span.kind == "fibre_cut")


def published(town: Vila, zone: str | None, day: date) -> Verdict:
    text = town.river().lake.published([zone], (day, day), columns=["verdict"])["verdict"][0].as_py()
    return Verdict.model_validate_json(text)


def test_two_sensors_of_a_school_that_is_dark_are_missing_and_the_city_is_not_quiet(mine, rui, client, django_capture_on_commit_callbacks):
    writes.load(rui, "vila", net(), "as built")
    quiet = {(d, s): 3.0 for d in (TENTH, ELEVENTH) for s in ("n1", "n2")}  # without light, almost nothing comes through
    for source in ("bikes", "cars"):
        mine.say(source, usual(source) | quiet)
    mine.collect()
    mine.publish()
    fooled = published(mine, "north", TENTH)
    assert fooled.index is not None
    assert fooled.index < 60
    with django_capture_on_commit_callbacks(execute=True):
        cut = cuts.declare(rui, "vila", ducts=["a-school"], since=TENTH, until=ELEVENTH, why="a digger in Rua Nova")
    assert told() == [(TENTH, ELEVENTH, ("n1", "n2"))]
    mine.publish()
    assert {(m.metric, m.sensors_seen, m.sensors_alive) for m in published(mine, "north", TENTH).metrics} == {
        (metric, 0, 2) for metric in ("bikes", "cars", "buses")
    }
    assert {m.sensors_seen for m in published(mine, "south", TENTH).metrics} == {2}
    whole = published(mine, None, TENTH)
    assert whole.index is not None
    assert 85 < whole.index < 115
    assert published(mine, "north", TENTH).index is None
    assert {m.sensors_seen for day in (date(2025, 3, 9), date(2025, 3, 12)) for m in published(mine, "north", day).metrics} == {2}
    assert "ibre cut" not in client.get(f"/en/vila/zone/south?day={TENTH}").content.decode()
    page = client.get(f"/en/vila/day/{TENTH}").content.decode()
    assert "whatever 2 sensors report is missing because of it" in page
    assert "Corte de fibra" in client.get(f"/pt/vila/day/{TENTH}").content.decode()
    for address in (f"/en/vila/day/{TENTH}.json", "/api/v1/cities/vila/events?from=2025-03-10", f"/en/vila/day/{TENTH}"):
        said = client.get(address).content.decode()
        assert "ibre cut" in said
        assert not any(hidden in said for hidden in ("digger", "Rua Nova", "a-school", "School"))
    with django_capture_on_commit_callbacks(execute=True):
        cuts.end(rui, cut, until=cut.since, why="it was another street")
    assert told() == []
    mine.publish()
    assert published(mine, "north", TENTH).index == fooled.index


def test_ending_a_cut_ends_its_event_on_that_day(loaded, rui):
    cut = cuts.declare(rui, "vila", sites=["school"], since=at(10), why="a fire")
    assert cuts.tell("vila") == 1
    today = date(2025, 3, 16)
    assert told() == [(TENTH, today, ("n1", "n2"))]
    cuts.end(rui, cut, until=at(12, 18), why="light again")
    assert (cuts.tell("vila"), told()) == (1, [(TENTH, date(2025, 3, 12), ("n1", "n2"))])
    assert cuts.tell("vila") == 0


def test_a_cut_that_goes_on_grows_day_by_day_with_the_worker(loaded, vila, rui):
    cuts.declare(rui, "vila", ducts=["a-school"], since=at(15), why="a digger")
    cuts.tell("vila")
    vila.clock.pass_(days=2)
    assert cuts.tell("vila") == 1
    assert told() == [(date(2025, 3, 15), date(2025, 3, 18), ("n1", "n2"))]


def test_an_end_at_midnight_belongs_to_the_day_before_and_a_day_is_whole(loaded, rui):
    cuts.declare(rui, "vila", ducts=["a-school"], since=at(10, 23), until=at(12, 0), why="so")
    cuts.declare(rui, "vila", sites=["fire"], since=date(2025, 3, 1), until=date(2025, 3, 1), why="so")
    cuts.tell("vila")
    assert told() == [(date(2025, 3, 1), date(2025, 3, 1), ("s1",)), (TENTH, ELEVENTH, ("n1", "n2"))]


def test_a_ring_cut_twice_is_dark_only_while_both_cuts_last(loaded, rui):
    one = cuts.declare(rui, "vila", ducts=["a-fire"], since=at(5), why="one")
    two = cuts.declare(rui, "vila", cables=["b-fire"], since=at(8), why="two")
    assert [tuple(Darkened.objects.get(cuts=str(c.pk)).sites) for c in (one, two)] == [(), ()]
    cuts.tell("vila")
    assert told() == [(date(2025, 3, 8), date(2025, 3, 16), ("s1",))]
    cuts.end(rui, one, until=at(9), why="mended")
    cuts.tell("vila")
    assert told() == [(date(2025, 3, 8), date(2025, 3, 9), ("s1",))]
    third = cuts.declare(rui, "vila", ducts=["a-school"], since=at(9, 12), until=at(9, 13), why="three")
    cuts.tell("vila")
    assert told() == [(date(2025, 3, 8), date(2025, 3, 9), ("s1",)), (date(2025, 3, 9), date(2025, 3, 9), ("n1", "n2"))]
    assert Darkened.objects.get(cuts=f"{two.pk} {third.pk}").sensors == ["n1", "n2"]


def test_a_cut_is_told_where_its_sensors_stand_and_of_the_whole_city_where_they_stand_in_several_zones(loaded, rui):
    cuts.declare(rui, "vila", ducts=["a-school"], since=at(10), until=at(11), why="so")
    cuts.declare(rui, "vila", sites=["office"], since=at(12), until=at(13), why="so")
    writes.change(rui, "vila", [Put(loaded.plan.sites[4].model_copy(update={"sensors": ("nobody's",)}))], "so")
    cuts.declare(rui, "vila", sites=["fire"], since=at(14), until=at(15), why="so")
    cuts.tell("vila")
    found = sorted((e.span.first, e.span.zone, e.span.sensors) for e in entries.entered(reading("vila")))
    assert [(zone, sensors) for _, zone, sensors in found] == [("north", ("n1", "n2")), (None, ("n1", "n2", "s1")), (None, ("nobody's",))]


def test_who_keeps_another_way_is_missing_too_until_whoever_switched_over_ends_the_cut(loaded, rui):
    port = Port(site="school", panel="S", number=1, behind=End(cable="a-school", first=1))
    writes.change(rui, "vila", [Put(port)], "the survey of the school")
    cut = cuts.declare(rui, "vila", ducts=["office-a"], since=at(10), why="a digger")
    cuts.tell("vila")
    (row,) = cuts.declared("vila")
    assert (row.sites, row.sensors) == (("school",), ("n1", "n2"))
    assert told() == [(TENTH, date(2025, 3, 16), ("n1", "n2"))]
    cuts.end(rui, cut, until=at(11), why="spliced over to the other street")
    cuts.tell("vila")
    assert told() == [(TENTH, ELEVENTH, ("n1", "n2"))]


def test_a_cut_that_darkens_somebody_without_a_sensor_is_an_event_of_the_whole_city_that_silences_nothing(loaded, rui):
    school = next(s for s in loaded.plan.sites if s.id == "school")
    writes.change(rui, "vila", [Put(school.model_copy(update={"sensors": ()}))], "they were taken down")
    cuts.declare(rui, "vila", ducts=["a-school"], since=at(10), until=at(11), why="a digger")
    assert (cuts.tell("vila"), told()) == (1, [(TENTH, ELEVENTH, ())])
    (event,) = [e.span for e in entries.entered(reading("vila"))]
    assert (event.name, event.zone, event.silences) == ("Fibre cut", None, ())


def test_a_cut_that_darkens_nobody_is_kept_and_no_event(loaded, rui):
    cut = cuts.declare(rui, "vila", ducts=["a-b"], since=at(10), why="a digger")
    assert (cuts.tell("vila"), told()) == (0, [])
    (row,) = cuts.declared("vila")
    assert (row.cut, row.on, row.sites, row.sensors) == (cut, True, (), ())


def test_what_a_cut_darkened_then_stays_on_record_whatever_is_built_later(loaded, rui):
    cuts.declare(rui, "vila", ducts=["a-school"], since=at(10), why="a digger")
    writes.change(rui, "vila", [Put(loaded.plan.sites[3].model_copy(update={"sensors": ("n1",)}))], "one was moved")
    cuts.tell("vila")
    (row,) = cuts.declared("vila")
    assert (row.sites, row.sensors) == (("school",), ("n1", "n2"))
    assert Darkened.objects.get().revision == 1
    assert told()[0][2] == ("n1", "n2")


def test_cuts_of_what_was_taken_away_since_can_still_be_computed_with_others(loaded, rui):
    cuts.declare(rui, "vila", ducts=["a-fire"], since=at(10), why="one")
    writes.change(rui, "vila", [Remove("cable", "a-fire"), Remove("duct", "a-fire")], "given up")
    cuts.declare(rui, "vila", ducts=["b-fire"], since=at(11), why="two")
    cuts.tell("vila")
    assert told() == [(ELEVENTH, date(2025, 3, 16), ("s1",))]


@pytest.mark.parametrize(
    ("said", "letter"),
    [
        ({}, "what is cut"),
        ({"ducts": ["nowhere"], "sites": ["school", "moon"]}, "none of these: moon, nowhere"),
        ({"ducts": ["a-b"], "until": at(9)}, "ends after it begins"),
        ({"ducts": ["a-b"], "until": at(10)}, "ends after it begins"),
        ({"ducts": ["a-b"], "why": " "}, "Say why"),
    ],
)
def test_a_cut_that_cannot_be_is_a_letter(loaded, rui, said, letter):
    with pytest.raises(Unfit, match=letter):
        cuts.declare(rui, "vila", **{"since": at(10), "why": "so"} | said)
    assert not Cut.objects.exists()


def test_a_moment_without_a_zone_is_refused_at_the_door(loaded, rui):
    with pytest.raises(ValueError, match="has a zone"):
        cuts.declare(rui, "vila", ducts=["a-b"], since=datetime(2025, 3, 10, 9), why="so")  # noqa: DTZ001


def test_a_cut_is_ended_once_and_not_before_it_began(loaded, rui):
    cut = cuts.declare(rui, "vila", ducts=["a-school"], since=at(10), why="so")
    with pytest.raises(Unfit, match="ends after"):
        cuts.end(rui, cut, until=at(9), why="so")
    with pytest.raises(Unfit, match="Say why"):
        cuts.end(rui, cut, until=at(11), why="")
    ended = cuts.end(rui, cut, until=at(11), why="mended")
    with pytest.raises(Unfit, match="ended before, as of 11 Mar"):
        cuts.end(rui, ended, until=at(12), why="again")


def test_only_engineers_and_administrators_cut_and_each_leaves_a_step(loaded, rui, person):
    eva = person("eva", "editor")
    with pytest.raises(Refused):
        cuts.declare(eva, "vila", ducts=["a-school"], since=at(10), why="so")
    cut = cuts.declare(rui, "vila", ducts=["a-school"], since=at(10), why="so")
    with pytest.raises(Refused):
        cuts.end(eva, cut, until=at(11), why="so")
    cuts.end(rui, cut, until=at(11), why="so")
    steps = list(Step.objects.exclude(action="load fibre").values_list("action", "subject"))
    assert steps == [("end cut", f"cut:{cut.pk}"), ("refuse", f"cut:{cut.pk}"), ("declare cut", f"cut:{cut.pk}"), ("refuse", "cut:new")]


def test_the_name_of_a_cuts_entry_cannot_be_guessed_from_its_minute(loaded, rui, settings):
    cuts.declare(rui, "vila", ducts=["a-school"], since=at(10), why="so")
    cuts.tell("vila")
    (first,) = [e.id for e in entries.entered(reading("vila"))]
    cuts.tell("vila")
    assert [e.id for e in entries.entered(reading("vila"))] == [first], "for good"
    settings.SECRET_KEY = settings.SECRET_KEY[::-1]
    cuts.tell("vila")
    assert first not in [e.id for e in entries.entered(reading("vila"))]


def test_nobody_enters_changes_or_withdraws_a_cut_by_hand(loaded, rui, client):
    cuts.declare(rui, "vila", ducts=["a-school"], since=at(10), why="so")
    cuts.tell("vila")
    (entry,) = entries.entered(reading("vila"))
    by_hand = Span.model_validate({"from": TENTH, "to": TENTH, "kind": "fibre_cut", "name": "Mine", "sensors": ["s1"]})
    for attempt in (
        lambda: agenda.enter(rui, reading("vila"), by_hand, ""),
        lambda: agenda.change(rui, reading("vila"), entry, by_hand, ""),
        lambda: agenda.withdraw(rui, reading("vila"), entry),
    ):
        with pytest.raises(ValueError, match="by hand"):
            attempt()
    client.force_login(rui)
    answer = client.get(f"/en/vila/agenda/entry/{entry.id}")
    assert (answer.status_code, "cut of the city" in answer.content.decode()) == (403, True)
    assert "fibre_cut" not in client.get("/en/vila/agenda/enter/outage").content.decode()
    assert told() == [(TENTH, date(2025, 3, 16), ("n1", "n2"))]


def test_while_the_lake_is_held_still_a_cut_is_kept_and_the_river_is_told_later(
    loaded, rui, vila, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(entries, "PATIENCE", 0)
    vila.lake.mkdir(parents=True)
    with still(vila.lake):
        with django_capture_on_commit_callbacks(execute=True):
            cuts.declare(rui, "vila", ducts=["a-school"], since=at(10), why="so")
        with pytest.raises(LakeBusy):
            cuts.tell("vila")
    assert (Cut.objects.count(), told()) == (1, [])
    assert (cuts.tell("vila"), len(told())) == (1, 1)


def test_each_moment_s_blind_sensors_are_those_of_all_cuts_of_that_moment(loaded, rui):
    """Random cuts by day: what the river is told of a day is what a plain count of that day's hours gives, three by three."""
    from random import Random

    from pulso.fibre.ask.answers import cut as what_if

    rnd, ducts = Random(5), [d.id for d in loaded.plan.ducts]
    made = []
    for _ in range(8):
        since = at(1) + timedelta(hours=rnd.randrange(0, 240, 6))
        until = since + timedelta(hours=rnd.randrange(6, 72, 6))
        made.append(cuts.declare(rui, "vila", ducts=rnd.sample(ducts, 2), since=since, until=until, why="so"))
    cuts.tell("vila")
    wanted: dict[date, set[str]] = {}
    for hour in range(0, 24 * 16, 3):  # all cuts begin and end on one of these
        moment = at(1, 0) + timedelta(hours=hour)
        on = {d for c in made if c.since <= moment < c.until for d in c.ducts}
        if on:
            wanted.setdefault(moment.date(), set()).update(what_if(reads.network("vila").drawn, ducts=on).sensors)
    blind: dict[date, set[str]] = {}
    for first, last, sensors in told():
        for i in range((last - first).days + 1):
            blind.setdefault(first + timedelta(days=i), set()).update(sensors)
    assert blind == {day: sensors for day, sensors in wanted.items() if sensors}
    assert blind


def test_the_worker_tells_the_river_between_collecting_and_publishing(mine, rui):
    writes.load(rui, "vila", net(), "as built")
    cuts.declare(rui, "vila", ducts=["a-school"], since=at(15), why="a digger")
    known = {}

    def run(job):
        known[job.kind] = told()
        return Outcome(0, "")

    assert Worker(run).work(once=True)
    assert known == {"collect": [], "publish": [(date(2025, 3, 15), date(2025, 3, 17), ("n1", "n2"))]}


def test_cuts_of_a_storm_are_kept_together_however_many(loaded, rui):
    Cut.objects.bulk_create(
        Cut(id=10_000 + i, city="vila", ducts=["a-school"], cables=[], sites=[], since=at(5), why="storm", at=at(5)) for i in range(100)
    )
    assert cuts.tell("vila") == 1
    assert len({len(d.cuts) for d in Darkened.objects.all()} - set(range(65))) == 0, "no column overflows"


@pytest.mark.parametrize("seed", range(30))
def test_runs_are_those_that_looking_at_each_moment_gives(seed):
    rnd = Random(seed)
    some = [
        Cut(id=i, since=at(begin), until=rnd.choice([None, at(begin + rnd.randint(0, 5))]))
        for i, begin in enumerate(rnd.choices(range(1, 20), k=12))
    ]
    found = cuts.runs(some)
    for day in range(1, 28):
        on = tuple(sorted(c.pk for c in some if c.since <= at(day) and (c.until is None or c.until > at(day))))
        assert [r.cuts for r in found if r.start <= at(day) and (r.end is None or r.end > at(day))] == ([on] if on else [])


def test_a_city_without_cuts_has_nothing_to_tell(loaded):
    assert (cuts.declared("vila"), cuts.how_many("vila"), cuts.tell("vila")) == ([], 0, 0)


def test_a_page_of_ten_thousand_cuts_asks_what_a_page_of_a_hundred_does(loaded, rui, client):
    def asked(page: int) -> tuple[int, list[int]]:
        with CaptureQueriesContext(connection) as found:
            rows = client.get(f"/en/vila/fibre/cuts.json?page={page}").json()
        return len(found), [rows["leaf"]["total"], len(rows["cuts"]), *(c["darkened"] for c in rows["cuts"][:2])]

    client.force_login(rui)
    many(0, 100)
    asked(1)
    few, rows = asked(1)
    assert (few <= 10, rows) == (True, [100, 100, 1, 1])
    many(100, 10_000)
    assert asked(1) == asked(2) == asked(100) == (few, [10_000, 100, 1, 1])


def test_a_cut_among_ten_thousand_is_declared_and_ended_by_looking_at_those_in_force_with_it(loaded, rui, monkeypatch):
    many(0, 9_998)
    looked, runs = [], cuts.runs
    monkeypatch.setattr(cuts, "runs", lambda some: looked.append(len(some)) or runs(some))
    one = cuts.declare(rui, "vila", ducts=["a-fire"], since=at(5), until=at(9), why="one")
    two = cuts.declare(rui, "vila", cables=["b-fire"], since=at(8), why="two")
    cuts.end(rui, one, until=at(8), why="mended")
    assert (looked, cuts.how_many("vila")) == ([1, 2, 2], 10_000)
    assert Darkened.objects.get(cuts=f"{one.pk} {two.pk}").sites == ["fire"]


def test_what_an_earlier_end_leaves_together_is_computed_with_it(loaded, rui):
    whole = cuts.declare(rui, "vila", ducts=["a-school"], since=at(5), until=at(15), why="all along")
    for ducts, cables, day in ((["a-fire"], [], 8), ([], ["b-fire"], 9)):
        cuts.declare(rui, "vila", ducts=ducts, cables=cables, since=at(day), until=at(12), why="a part of it")
    assert not Darkened.objects.filter(cuts=f"{whole.pk + 1} {whole.pk + 2}").exists()
    cuts.end(rui, whole, until=at(6), why="mended early")
    assert Darkened.objects.get(cuts=f"{whole.pk + 1} {whole.pk + 2}").sites == ["fire"]


def many(first: int, last: int) -> None:
    """So many cuts of the school, each over before the next, and what each darkened."""
    made = Cut.objects.bulk_create(
        [
            Cut(
                city="vila",
                ducts=["a-school"],
                cables=[],
                sites=[],
                since=(begun := datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=2 * i)),
                until=begun + timedelta(hours=1),
                why="a digger",
                at=begun,
            )
            for i in range(first, last)
        ],
        batch_size=1_000,
    )
    dark = {"revision": 1, "at": at(1), "sites": ["school"], "sensors": ["n1", "n2"]}
    Darkened.objects.bulk_create([Darkened(city="vila", cuts=str(c.pk), **dark) for c in made], batch_size=1_000)
