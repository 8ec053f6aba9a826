"""From the door to what everybody may know: counted in between, protected, and forgotten."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from pulso.city import Span
from pulso.flow.collect import collect, rebuild
from pulso.flow.home import Home, River
from pulso.flow.presence import publication
from pulso.flow.presence.count import counted, layout, shortened, tallied
from pulso.flow.presence.join import Sessions, joined
from pulso.flow.presence.store import Store, instants
from pulso.sources.radius import Kept, Options, read, strip
from pulso.sources.raw_store import RawStore, retention
from tests.lake import town
from tests.sources.radius_rooms import AP, SECRETS, Beat, Whole, at, detail, radacct

DAY = date(2026, 5, 4)
NOW = datetime(2026, 5, 7, 12, tzinfo=UTC)

TOML = """
[city]
slug = "vila"
name = "Vila"
timezone = "Europe/Lisbon"
country = "PT"
[zones]
file = "zones.geojson"
id = "id"
name = "name"
[sources.wifi]
connector = "radius"
personal = true
keep_raw = "14d"
from = 2026-05-04
expected = "1h"
url = "https://radius.vila.example/{day:%Y%m%d}"
points = "points.csv"
sensors = "places.csv"
MORE
[domains.street]
[metrics.wifi_presence]
source = "wifi"
domain = "street"
"""
PLACES = "sensor,name,lon,lat,zone\nlibrary,Biblioteca,7.1,51.5,\nmarket,Mercado,,,west\nstation,Estação,7.6,51.5,\n"
HOMES = ((1, "library", ""), (2, "library", ""), (3, "market", ""), (4, "market", ""), (5, "station", "true"))
POINTS = "point,place,large,id\n" + "\n".join(f"{AP.format(i)},{place},{large},ap-{i}" for i, place, large in HOMES)


@dataclass
class Vila:
    """A town with three places under Wi-Fi, and what its server of RADIUS says."""

    folder: Path
    more: str = ""
    clock: town.Clock = field(default_factory=lambda: town.Clock(NOW))

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "zones.geojson").write_bytes(town.geojson())
        (self.folder / "places.csv").write_text(PLACES)
        self.describe()

    def describe(self, more: str | None = None, points: str = POINTS) -> None:
        (self.folder / "points.csv").write_text(points)
        (self.folder / "city.toml").write_text(TOML.replace("MORE", self.more if more is None else more))

    def says(self, day: date, beats: Iterable[Beat]) -> None:
        folder = self.folder / "mirror" / "radius.vila.example"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{day:%Y%m%d}").write_bytes(detail(beats))

    def open(self) -> River:
        return River.open(self.folder, Home(self.folder / "var", self.folder / "mirror", self.clock))

    def published(self, *, correct: Sequence[date] = ()) -> publication.Told:
        """Ask, keep, and publish, or correct; as a collection does, but with what became of it."""
        river = self.open()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("pulso.flow.collect.publication.sources", lambda city: [])
            collect(river)
        return publication.correct(river, "wifi", correct) if correct else publication.publish(river, "wifi")

    def figures(self, day: date = DAY) -> dict[tuple[str, str, int], float | None]:
        """By table, id and hour of UTC."""
        store = Store(self.folder / "var" / "vila" / "presence" / "wifi")
        return {(f.table, f.id, f.start.hour): f.value for f in store.figures(day)}


def crowd(many: int, ap: int, start: str, minutes: float, prefix: str = "") -> list[Beat]:
    """So many sessions at once."""
    begun, beats = at(start), []
    for i in range(many):
        who = {"ap": ap, "session": f"{prefix}{ap}-{start}-{i}", "client": f"DE-AD-BE-EF-{ap:02}-{i:02}"}
        beats += [Beat("Start", begun, **who), Beat("Stop", begun + 60 * minutes, length=int(60 * minutes), **who)]
    return beats


def alive(day: date = DAY) -> list[Beat]:
    """Somebody at each access point, whose phone reports from early to late: so each was on all day."""
    return [b for ap in range(1, 6) for b in crowd(1, ap, f"{day}T00:05:00", 1430)]


def a_monday() -> list[Beat]:
    """Thirty-one in the library, twelve at the market, at noon of UTC; and forty at the station with its one access point."""
    noon = f"{DAY}T12:10:00"
    return [
        *alive(), *alive(DAY - timedelta(days=1)), *alive(DAY + timedelta(days=1)),
        *crowd(20, 1, noon, 80), *crowd(11, 2, noon, 80), *crowd(7, 3, noon, 10), *crowd(5, 4, noon, 10), *crowd(40, 5, noon, 30),
    ]  # fmt: skip


def cut(vila: Vila, point: str, day: date = DAY) -> None:
    """A cut blinds an access point, as the site tells the river."""
    said = {"from": day, "to": day, "kind": "fibre_cut", "name": "Fibre cut", "sensors": [point]}
    vila.open().lake.enter(f"cut of {point}", Span.model_validate(said), who="Vila")


@pytest.fixture
def vila(tmp_path: Path) -> Vila:
    town = Vila(tmp_path)
    town.says(DAY, a_monday())
    return town


def test_place_hours_of_enough_people_are_published_and_the_others_are_missing(vila):
    told = vila.published()
    figures = vila.figures()
    assert told.days == (DAY,)
    assert (figures["place", "library", 12], figures["place", "market", 12], figures["place", "station", 12]) == (30, 10, 40)
    assert (figures["zone", "west", 12], figures["city", "", 12]) == (45, 85)
    assert (figures["place", "library", 13], figures["city", "", 13]) == (None, 35)  # else all would know that the others are few
    assert figures["place", "library", 15] is None  # nobody: few, too
    assert told.shown == 3
    assert told.withheld == 69
    assert told.unseen == 0
    assert told.letter is None


def test_what_was_published_and_nothing_else_comes_into_the_lake(vila):
    vila.published()
    river = vila.open()
    rows = river.lake.observations("wifi").to_pyarrow().to_pylist()
    assert sorted((r["sensor"], r["start"].hour, r["value"], r["zone"]) for r in rows) == [
        ("library", 12, 30, "west"), ("market", 12, 10, "west"), ("station", 12, 40, "east"),
    ]  # fmt: skip
    assert {(r["metric"], r["end"] - r["start"]) for r in rows} == {("wifi_presence", timedelta(hours=1))}


def test_the_indicator_reads_them_as_a_metric(vila):
    from pulso.flow.collect import reduce

    vila.published()
    river = vila.open()
    reduce(river)
    hours = river.lake.sensor_hours("wifi_presence").to_pylist()
    assert {(h["sensor"], h["hour"], h["value"], h["n"]) for h in hours} == {
        ("library", 13, 30.0, 1), ("market", 13, 10.0, 1), ("station", 13, 40.0, 1),
    }  # fmt: skip


def test_one_collection_does_it_all_and_a_rebuild_gives_it_back_when_sessions_are_long_forgotten(vila):
    def rows() -> list[tuple[str, datetime, float]]:
        return sorted((r["sensor"], r["start"], r["value"]) for r in vila.open().lake.observations("wifi").to_pyarrow().to_pylist())

    (told,) = collect(vila.open())
    assert (told.kept, told.letter) == (3, None)
    before = rows()
    assert len(before) == 3
    assert vila.open().lake.sensor_hours("wifi_presence").num_rows == 3
    vila.clock.pass_(days=40)
    collect(vila.open())
    rebuild(vila.open())
    assert rows() == before
    assert vila.open().lake.sensor_hours("wifi_presence").num_rows == 3


def test_the_door_lets_only_the_city_s_access_points_pass(vila):
    vila.says(DAY, [*a_monday(), *(Beat("Stop", at(f"{DAY}T12:00:00"), ap=9, session=f"q{i}", length=60) for i in range(12))])
    collect(vila.open())
    store = RawStore(vila.folder / "var" / "vila" / "raw" / "wifi", retention("14d"))
    assert all(b"-09" not in store.body(store.newest(origin)) for origin in store.origins())
    assert [(c["reason"], c["n"]) for c in vila.open().lake.quarantine_counts()] == [("unknown sensor", 10)]  # or more


def test_doing_it_twice_publishes_nothing_new(vila):
    vila.published()
    before = {p: p.read_bytes() for p in (vila.folder / "var" / "vila" / "presence").rglob("*.*")}
    assert vila.published().days == ()
    assert {p: p.read_bytes() for p in before} == before


def test_a_day_waits_until_its_stragglers_have_come(vila):
    vila.clock.now = datetime(2026, 5, 6, 12, tzinfo=UTC)
    assert vila.published().days == ()
    vila.clock.pass_(days=1)
    assert vila.published().days == (DAY,)


def test_nobody_is_in_any_file_of_the_city_s_home(vila):
    vila.published()
    files = {p: p.read_bytes().lower() for p in (vila.folder / "var").rglob("*") if p.is_file()}
    assert len(files) > 5
    assert [(p.name, s) for p, body in files.items() for s in (*SECRETS, "de-ad-be-ef", "deadbeef") if s.lower().encode() in body] == []


def test_counts_that_were_withheld_are_in_no_file_that_lasts(vila):
    """The market's second access point had five: with those forgotten that corrections need, no number below ten is left."""
    vila.published()
    vila.clock.pass_(days=40)
    river = vila.open()
    publication.publish(river, "wifi")
    collect(river)
    home = vila.folder / "var" / "vila"
    assert list((home / "presence" / "wifi" / "private").glob("*")) == []
    assert list((home / "raw" / "wifi").glob("2026-05-*")) == []
    values = [f.value for d in (DAY,) for f in Store(home / "presence" / "wifi").figures(d) if f.value is not None]
    assert min(values) >= 10


def test_a_place_with_an_access_point_that_was_off_is_missing(tmp_path):
    vila = Vila(tmp_path)
    vila.says(DAY, [b for b in a_monday() if b.ap != 2])  # nothing all week from the library's second
    told = vila.published()
    assert vila.figures()["place", "library", 12] is None
    assert vila.figures()["zone", "west", 12] is not None
    assert told.unseen == 24
    vila.describe("seen = 0.5")
    other = Vila(tmp_path / "b", "seen = 0.5")
    other.says(DAY, [b for b in a_monday() if b.ap != 2])
    other.published()
    assert other.figures()["place", "library", 12] is None  # one of two access points: fewer than two had anyone


@pytest.mark.parametrize("stops", ["told", "lost"])
def test_one_phone_that_comes_back_thirty_times_is_not_ten(tmp_path, stops):
    """At both access points of the library, from before midnight until after: in two files, where stops may be lost."""
    vila, next_day = Vila(tmp_path), DAY + timedelta(days=1)
    late, midnight = at(f"{DAY}T22:02:00"), at(f"{DAY}T23:00:00")  # of the city's clock
    moments = [f"{datetime.fromtimestamp(late + 120 * i, UTC):%FT%T}" for i in range(60)]
    back = [b for m in moments for ap in (1, 2) for b in crowd(1, ap, m, 1) if b.kind == "Start" or stops == "told"]
    others = [b for ap in (3, 4, 5) for b in crowd(40, ap, f"{DAY}T22:05:00", 115)]
    everybody = [*alive(), *alive(next_day), *back, *others]
    vila.says(DAY, [b for b in everybody if b.at < midnight])
    vila.says(next_day, [b for b in everybody if b.at >= midnight])
    vila.clock.pass_(days=1)
    vila.published()
    for day, hour in ((DAY, 22), (next_day, 23)):
        assert vila.figures(day)["place", "station", hour] == 40
        assert vila.figures(day)["place", "library", hour] is None


def test_a_few_who_began_with_many_and_stayed_are_not_many_the_next_day(tmp_path):
    """Power came back, thirty were there at each access point at once, and four stayed, of whom each day's export tells."""
    vila = Vila(tmp_path)
    folder = tmp_path / "mirror" / "radius.vila.example"
    folder.mkdir(parents=True)
    ends = [f"2026-05-06 22:00:{i:02}+00" if i < 4 else f"{DAY} 00:20:00+00" for i in range(30)]
    rows = [
        Whole(f"{DAY} 00:10:00+00", end, ap=ap, client=f"de:ad:be:ef:{ap:02}:{i:02}") for ap in range(1, 6) for i, end in enumerate(ends)
    ]
    for day in (4, 5, 6):
        (folder / f"2026050{day}").write_bytes(radacct([r for r in rows if day == 4 or "22:00" in r.stop]))
    vila.published()
    assert {vila.figures().get(("place", "library", hour)) for hour in range(1, 23)} == {None}


def test_somebody_alone_at_night_changes_nothing_in_what_is_published(tmp_path):
    """Where no feed tells it, an access point was on because of them: so not even that it was is told."""
    busy = [b for ap in range(1, 6) for b in crowd(40, ap, f"{DAY}T11:30:00", 120)]
    texts = []
    for name, more in (("nobody", []), ("somebody", crowd(1, 5, f"{DAY}T02:50:00", 80))):
        vila = Vila(tmp_path / name)
        vila.says(DAY, [*busy, *more])
        vila.published()
        texts.append(Store(vila.folder / "var" / "vila" / "presence" / "wifi").text(DAY))
    assert texts[0] == texts[1]
    assert ",40,1.000" in texts[0]


def test_a_sum_is_said_to_have_seen_the_places_that_are_shown_and_no_others(vila):
    vila.published()
    seen = {(f.table, f.id, f.start.hour): f.seen for f in Store(vila.folder / "var" / "vila" / "presence" / "wifi").figures(DAY)}
    assert (seen["place", "library", 12], seen["zone", "west", 12], seen["city", "", 12]) == (1, 1, 1)
    assert (seen["place", "library", 13], seen["city", "", 13]) == (None, None)  # 35 in the city, and of no place is it told


def test_a_day_on_which_no_access_point_was_on_is_a_gap_and_may_still_come(tmp_path):
    vila = Vila(tmp_path)
    vila.says(DAY, [])
    assert vila.published().days == ()
    vila.says(DAY, a_monday())
    assert vila.published().days == (DAY,)


def test_a_place_with_one_access_point_is_shown_if_it_is_large_only(tmp_path):
    vila = Vila(tmp_path)
    vila.describe(points=POINTS.replace("station,true", "station,"))
    vila.says(DAY, a_monday())
    vila.published()
    assert vila.figures()["place", "station", 12] is None
    assert vila.figures()["zone", "east", 12] is None
    assert vila.figures()["city", "", 12] is None or vila.figures()["zone", "west", 12] is None


def test_the_mean_number_at_once_is_of_the_minutes_in_each_hour(tmp_path):
    vila = Vila(tmp_path, 'measure = "at_once"')
    long = [b for ap in range(1, 6) for b in crowd(60, ap, f"{DAY}T10:50:00", 80)]
    vila.says(DAY, [*alive(), *alive(DAY - timedelta(days=1)), *alive(DAY + timedelta(days=1)), *long])
    vila.published()
    figures = vila.figures()
    assert [figures["place", "library", h] for h in (10, 11, 12)] == [20, 120, 20]  # 120 sessions of 10, 60 and 10 minutes


def test_late_news_change_nothing_unless_asked(vila):
    vila.published()
    first = vila.figures()
    vila.says(DAY, [*a_monday(), *(b for ap in range(1, 6) for b in crowd(30, ap, f"{DAY}T15:00:00", 30))])
    assert vila.published().days == ()
    assert vila.figures() == first
    told = vila.published(correct=[DAY])
    assert told.days == (DAY,)
    assert vila.figures()["place", "library", 15] == 60
    assert vila.figures()["place", "library", 12] == 30  # told already
    assert {r["value"] for r in vila.open().lake.observations("wifi").to_pyarrow().to_pylist() if r["sensor"] == "library"} == {30, 60}


def test_a_correction_does_not_undo_what_was_withheld(tmp_path):
    """The market loses one of twelve: told anew, the difference of two totals would be its nine."""
    vila = Vila(tmp_path)
    vila.says(DAY, a_monday())
    vila.published()
    small = [b for b in a_monday() if not (b.ap == 3 and b.session[-1] in "01234" and "12:10" in b.session)]
    vila.says(DAY, small)  # seven are left at the market
    vila.published(correct=[DAY])
    again = vila.figures()
    assert again["place", "market", 12] is None
    assert None in (again["zone", "west", 12], again["place", "library", 12])


def test_what_is_forgotten_cannot_be_corrected_and_the_letter_says_so(vila):
    vila.published()
    vila.clock.pass_(days=30)
    told = vila.published(correct=[DAY, date(2020, 1, 1)])
    assert told.days == ()
    assert "2026-05-04 can't be corrected" in told.letter
    assert "2020-01-01 can't be corrected" in told.letter


def test_noise_is_paid_for_and_ends_with_its_budget(tmp_path):
    vila = Vila(tmp_path, 'noise = { epsilon = "0.5", budget = "1", hours = 2 }')
    for i in range(3):
        day = DAY + timedelta(days=i)
        vila.says(day, [b._replace(at=b.at + 86_400 * i, session=f"{b.session}{i}") for b in a_monday()])
    vila.clock.now = NOW + timedelta(days=2)
    told = vila.published()
    assert told.days == (DAY, DAY + timedelta(days=1))
    assert "budget of its noise is spent" in told.letter
    ledger = json.loads((tmp_path / "var" / "vila" / "presence" / "wifi" / "ledger.json").read_text())
    assert ledger == [["2026-05-04 1", "1/2"], ["2026-05-05 1", "1/2"]]
    shown = [v for v in vila.figures().values() if v is not None]
    assert shown
    assert all(v >= 0 and v % 5 == 0 for v in shown)


def test_a_session_counts_in_so_many_hours_only_where_noise_must_hide_it(tmp_path):
    vila = Vila(tmp_path, 'noise = { epsilon = "9", budget = "10", hours = 2 }')
    river = vila.open()
    conf = river.city.sources["wifi"]
    options = Options.model_validate(dict(conf.options))
    where, edges = layout(river.city, river.zones, conf, options), instants(DAY, river.city.clock)
    all_day = Sessions(np.full(30, edges[3] + 60), np.full(30, edges[9]), np.zeros(30, dtype=int))
    tally = tallied([shortened(all_day, edges, options.noise.hours)], 5, edges)
    counts = counted(tally, where, tally.on, tally.on, options)
    assert counts.values[:, 0].nonzero()[0].tolist() == [3, 4]


def test_a_feed_of_health_says_which_access_points_were_on(tmp_path):
    health = """health = "pulse"
[sources.pulse]
connector = "table"
url = "https://health.vila.example/{day:%Y%m%d}.csv"
from = 2026-05-04
time = { column = "time", zone = "UTC", step = "1h" }
values = { column = "up", metric = "up", sensor_column = "ap" }
"""
    vila = Vila(tmp_path, health)
    vila.says(DAY, a_monday())
    folder = tmp_path / "mirror" / "health.vila.example"
    folder.mkdir()
    hours = [datetime(2026, 5, 3, 23, tzinfo=UTC) + timedelta(hours=i) for i in range(24)]
    rows = [f"{t:%Y-%m-%dT%H:%M:%SZ},ap-{ap},{int(not (ap == 2 and t.hour == 12))}" for t in hours for ap in range(1, 6)]
    for day in (DAY - timedelta(days=1), DAY):
        (folder / f"{day:%Y%m%d}.csv").write_text("\n".join(["time,ap,up", *(r for r in rows if r.startswith(str(day)))]) + "\n")
    vila.published()
    figures = vila.figures()
    assert figures["place", "library", 12] is None  # its second access point was ill at noon
    assert figures["place", "station", 12] == 40


@pytest.mark.parametrize("called", ["ap-2", AP.format(2), AP.format(2).lower().replace("-", ":")])
def test_a_place_that_a_cut_leaves_with_too_few_access_points_is_missing_and_no_other(vila, called):
    cut(vila, called)
    told = vila.published()
    figures = vila.figures()
    assert {figures["place", "library", hour] for hour in range(24)} == {None}
    assert (figures["place", "station", 12], figures["place", "market", 12]) == (40, 10)
    assert told.unseen == 24
    assert "library" not in {r["sensor"] for r in vila.open().lake.observations("wifi").to_pyarrow().to_pylist()}


def test_a_cut_of_another_day_or_another_access_point_changes_nothing(vila):
    cut(vila, "ap-2", DAY + timedelta(days=1))
    cut(vila, "ap-9")
    vila.published()
    assert (vila.figures()["place", "library", 12], vila.figures()["zone", "west", 12]) == (30, 45)


def test_a_day_that_a_cut_which_never_was_made_missing_comes_back_by_a_correction(vila):
    cut(vila, "ap-5")
    vila.published()
    assert vila.figures()["place", "station", 12] is None
    vila.open().lake.enter("cut of ap-5", None, who="Vila")
    assert vila.published(correct=[DAY]).days == (DAY,)
    assert vila.figures()["place", "station", 12] == 40


# -- counting ------------------------------------------------------------------------------------------------------------------------

NUMBER = {"a": 0, "b": 1}


def kept(*rows: tuple[str, float, float, bool]) -> Kept:
    point, start, stop, is_open = zip(*rows, strict=True) if rows else ((), (), (), ())
    n, begun = np.full(len(rows), np.nan), np.array(start, dtype=float)
    names = pa.array(point, pa.string()).dictionary_encode()
    return Kept(names, begun, np.array(stop, dtype=float), begun, n, n, np.array(is_open, dtype=bool))


def together(*answers: Kept) -> list[tuple[int, float, float]]:
    return whole(joined(answers, NUMBER, 600.0))


def whole(parts: list[Sessions]) -> list[tuple[int, float, float]]:
    return sorted(row for s in parts for row in zip(s.point.tolist(), s.start.tolist(), s.stop.tolist(), strict=True))


def test_a_session_over_midnight_is_one_session():
    yesterday, today = kept(("a", 1000, 1300, True)), kept(("a", 1001, 5000, False))
    assert together(yesterday, today) == [(0, 1001, 5000)]


def test_a_session_that_nobody_ended_ends_one_interval_after_it_was_last_heard_of():
    assert together(kept(("a", 1000, 1300, True))) == [(0, 1000, 1900)]


def test_two_that_began_together_are_two_if_one_answer_has_both():
    yesterday, today = kept(("a", 1000, 1300, True), ("a", 1001, 1300, True)), kept(("a", 1000, 5000, False), ("a", 1001, 4000, False))
    assert together(yesterday, today) == [(0, 1000, 5000), (0, 1001, 4000)]
    assert sorted(stop for _, _, stop in together(yesterday, kept(("a", 1000, 5000, False)))) == [1900, 5000]


def test_others_access_points_are_left_out():
    assert together(kept(("x", 1, 2, False), ("b", 1, 2, False))) == [(1, 1, 2)]
    assert together() == []


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-05-04", 24)])
def test_a_day_has_as_many_hours_as_its_clock_shows(day, hours):
    from zoneinfo import ZoneInfo

    assert instants(date.fromisoformat(day), ZoneInfo("Europe/Lisbon")).size == hours + 1


def test_what_the_door_wrote_is_what_is_counted():
    (found,) = joined([read(strip(detail(crowd(3, 1, f"{DAY}T10:00:00", 30))), "UTC")], {"aa-bb-cc-00-00-01": 0}, 600.0)
    assert found.start.tolist() == [at(f"{DAY}T10:00:00")] * 3


def test_an_access_point_that_was_listed_at_the_wrong_place_can_be_mended(vila):
    """The market's second was the station's: what was said of noon bounds what is said now, and the other hours stay."""
    vila.published()
    before = vila.figures()
    vila.describe(points=POINTS.replace(f"{AP.format(4)},market", f"{AP.format(4)},station"))
    assert vila.published(correct=[DAY]).days == (DAY,)
    after = vila.figures()
    assert after["place", "market", 12] is None  # seven are left
    assert {k: v for k, v in after.items() if k[2] == 0} == {k: v for k, v in before.items() if k[2] == 0}
