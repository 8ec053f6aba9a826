"""Through the door of a personal source comes how long how many were where; nobody comes with it."""

from __future__ import annotations

import gzip
import logging
import re
import tomllib
import traceback
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pulso.city import City
from pulso.errors import CityFileError, SourceChanged
from pulso.shapes import Raw, Window
from pulso.sources import open_source
from pulso.sources.asking import Asker
from pulso.sources.fetch import Door
from pulso.sources.mirror import Mirror
from pulso.sources.radius import NO_ACCOUNTING, Options, addresses, read, strip, strip_for
from pulso.sources.radius_join import point_of
from pulso.sources.radius_points import points_of
from tests.conftest import REPO
from tests.lake import town
from tests.sources.radius_rooms import SECRETS, Beat, Whole, at, detail, json_lines, radacct

TEN, NOON = at("2026-05-04T10:50:00"), at("2026-05-04T12:10:00")
WHOLE = [
    Beat("Start", TEN),
    Beat("Interim-Update", TEN + 1800, length=1800, octets=(9, 9)),
    Beat("Stop", NOON, length=4800, octets=(500, 7), gigawords=(2, 0)),
]
FORMS = {"detail": detail, "json": json_lines}


def kept(body: bytes):
    return read(strip(body), "Europe/Lisbon")


def told(body: bytes) -> list[tuple[str, float, float]]:
    """Access point, start and stop of each session."""
    k = kept(body)
    return list(zip(k.point.tolist(), k.start.tolist(), k.stop.tolist(), strict=True))


@pytest.mark.parametrize("form", FORMS)
def test_start_interim_and_stop_are_one_session_and_gigawords_count(form):
    k = kept(FORMS[form](WHOLE))
    assert k.point.tolist() == ["aa-bb-cc-00-00-01"]
    assert (k.start.tolist(), k.stop.tolist(), k.open.tolist()) == ([TEN], [NOON], [False])
    assert k.octets_in.tolist() == [8_589_935_092]
    assert k.octets_out.tolist() == [9]


def test_a_database_s_rows_are_sessions_by_the_city_s_clock():
    summer = told(radacct([Whole("2026-05-04 11:50:00", "2026-05-04 13:10:00")]))
    assert summer == [("aa-bb-cc-00-00-01", TEN, NOON)]  # Lisbon is an hour ahead in May
    with_offset = told(radacct([Whole("2026-05-04 12:50:00+02", "2026-05-04 12:10:00Z")]))
    assert with_offset == summer


def test_a_database_knows_octets_without_gigawords():
    assert kept(radacct([Whole("2026-05-04 10:00:00", "2026-05-04 10:05:00", octets=(8_589_935_092, 1))])).octets_in.tolist() == [
        8_589_935_092
    ]


def test_a_stop_alone_tells_when_it_began():
    assert told(detail(WHOLE[2:])) == [("aa-bb-cc-00-00-01", TEN, NOON)]


def test_a_session_without_a_stop_is_open_until_it_was_last_heard_of():
    k = kept(detail(WHOLE[:2]))
    assert k.open.tolist() == [True]
    assert k.stop.tolist() == [TEN + 1800]


def test_a_delayed_packet_is_of_when_it_was_meant():
    body = detail(WHOLE[:1]).replace(b"\tTimestamp", b"\tAcct-Delay-Time = 40\n\tTimestamp")
    assert told(body)[0][1] == TEN - 40


def test_without_a_timestamp_the_event_s_own_counts_then_the_line_above():
    plain = detail(WHOLE[:1])
    stamp = f"\tTimestamp = {int(TEN)}\n".encode()
    event = plain.replace(stamp, b'\tEvent-Timestamp = "May  4 2026 10:50:00 UTC"\n')
    assert told(event)[0][1] == TEN
    assert told(plain.replace(stamp, b""))[0][1] == TEN - 3600  # of the server's clock, which is the city's


@pytest.mark.parametrize(
    ("beats", "reason"),
    [
        ([Beat("Start", NOON), Beat("Stop", TEN, length=0)], "out of bounds"),  # stops before it starts
        ([Beat("Start", TEN), Beat("Stop", NOON, length=60)], "out of bounds"),  # its own count contradicts its clock
        ([Beat("Start", TEN - 40 * 86_400), Beat("Stop", NOON)], "out of bounds"),  # forty days
        ([Beat("Start", 0)], "out of bounds"),  # a clock that never was set
    ],
)
def test_a_session_that_clocks_contradict_is_refused_and_counted(beats, reason):
    stripped = strip(detail(beats))
    assert read(stripped, "UTC").start.size == 0
    assert f"1 {reason}".encode() in stripped


def test_an_access_point_that_wakes_up_is_no_session():
    assert told(detail([Beat("Accounting-On", TEN), *WHOLE])) == [("aa-bb-cc-00-00-01", TEN, NOON)]


def test_a_client_who_comes_back_within_the_hour_is_the_same_session():
    """So that ten returns of one phone are not ten people."""
    visits = [
        Beat(kind, TEN + 900 * i + 300 * (kind == "Stop"), session=str(i), length=300) for i in range(4) for kind in ("Start", "Stop")
    ]
    assert told(detail(visits)) == [("aa-bb-cc-00-00-01", TEN, TEN + 3000)]
    later = [Beat("Start", TEN + 3000 + 3600, session="x"), Beat("Stop", TEN + 6900, session="x", length=300)]
    assert len(told(detail(visits + later))) == 2
    elsewhere = [b._replace(ap=2, session=b.session + "b") for b in visits]
    assert len(told(detail(visits + elsewhere))) == 2
    another = [b._replace(client="DE-AD-BE-EF-00-99", session=b.session + "c") for b in visits]
    assert len(told(detail(visits + another))) == 2


@pytest.mark.parametrize(
    ("text", "is_"),
    [
        ("AA-BB-CC-DD-EE-FF:Porto Digital", "aa-bb-cc-dd-ee-ff"),
        ("aa:bb:cc:dd:ee:ff", "aa-bb-cc-dd-ee-ff"),
        ("aabb.ccdd.eeff", "aa-bb-cc-dd-ee-ff"),
        ("AABBCCDDEEFF:x", "aa-bb-cc-dd-ee-ff"),
        ("ap-batalha-3", "ap-batalha-3"),
        ("maria@porto.pt", ""),
        ("a b", ""),
        ("", ""),
    ],
)
def test_an_access_point_has_one_spelling(text, is_):
    assert point_of(text) == is_


def test_an_access_point_without_an_address_has_its_name():
    body = detail([Beat("Stop", NOON, length=60)]).replace(CALLED, b"Porto Digital").replace(b'"controller"', b'"ap-7"')
    assert told(body)[0][0] == "ap-7"


def test_the_order_of_what_is_kept_tells_nothing():
    one = [Beat("Stop", NOON + i, ap=i % 3, session=str(i), length=60, client=f"DE-AD-BE-EF-00-{i:02}") for i in range(9)]
    assert strip(detail(one)) == strip(detail(one[::-1])) == strip(gzip.compress(json_lines(one)))


def test_what_is_stripped_stays_as_it_is():
    stripped = strip(detail(WHOLE))
    assert strip(stripped) == stripped


def test_a_page_of_error_is_no_accounting_and_replaces_nothing():
    for body in (b"<html>maria.silva</html>", b"\x1f\x8bbroken", b"PK\x03\x04maria.silva", "maria.silva".encode("utf-16"), b"a,b\n1,2\n"):
        assert strip(body) == NO_ACCOUNTING
    with pytest.raises(SourceChanged, match="no RADIUS accounting"):
        read(NO_ACCOUNTING, "UTC")


def test_an_empty_file_is_a_quiet_day():
    assert told(b"") == []


# -- nobody comes out ----------------------------------------------------------------------------------------------------------------

CALLED = b"AA-BB-CC-00-00-01:Porto Digital"
SWAPPED = (b"calledstationid,callingstationid", b"callingstationid,calledstationid")
HOSTILE = {
    "detail": detail(WHOLE),
    "json": json_lines(WHOLE),
    "database": radacct([Whole("2026-05-04 11:50:00", "2026-05-04 13:10:00")]),
    "the client in the place of the access point": detail(WHOLE).replace(CALLED, b"de:ad:be:ef:00:01"),
    "the user in the place of the access point": detail(WHOLE).replace(CALLED, b"x").replace(b'"controller"', b'"maria.silva"'),
    "an address of the client after the network's name": detail(WHOLE).replace(b"Porto Digital", b"de-ad-be-ef-00-01"),
    "lines without attributes": b"maria.silva 10.66.77.88\n" + detail(WHOLE) + b"\tmaria.silva\n\t= de-ad-be-ef-00-01\n",
    "an endless line": detail(WHOLE) + b"\tUser-Name = " + b"maria.silva " * 20_000 + b"\n" + detail(WHOLE),
    "another encoding": detail(WHOLE).replace(b"maria.silva", b"maria.silva \xe9\xff\x00 10.66.77.88"),
    "numbers that are none": detail(WHOLE).replace(b"Acct-Input-Octets = 500", b"Acct-Input-Octets = maria.silva"),
    "times that are none": detail(WHOLE).replace(b"\tTimestamp = ", b"\tTimestamp = maria.silva"),
    "a status that is none": detail(WHOLE).replace(b"= Stop", b"= maria.silva"),
    "broken JSON": json_lines(WHOLE).replace(b'"Stop"', b'maria.silva') + b'\n{"User-Name": "maria.silva"',
    "deep JSON": json_lines(WHOLE) + b"\n" + b'{"maria.silva":' * 50_000,
    "a list of anything": b'["maria.silva", 3, {"User-Name": {"value": {"value": {"value": "10.66.77.88"}}}}]',
    "an open quote": radacct([Whole("2026-05-04 11:50:00", "2026-05-04 13:10:00")]) + b'"maria.silva,10.66.77.88\n' * 9_000,
    "a short row": radacct([]) + b"maria.silva,de:ad:be:ef:00:01\n",
    "columns in disorder": radacct([Whole("2026-05-04 11:50:00")]).replace(*SWAPPED),
    "a column of one's own": radacct([Whole("2026-05-04 11:50:00")]).replace(b"radacctid", b"maria.silva"),
    "packed": gzip.compress(detail(WHOLE)),
    "packed and cut": gzip.compress(detail(WHOLE))[:-9],
    "no accounting": b"<html>maria.silva 10.66.77.88 de:ad:be:ef:00:01</html>",
}  # fmt: skip

POINTS = "point,place,large\nAA-BB-CC-00-00-01,praca,\nAA-BB-CC-00-00-02,praca,\n"
SECTION = """
[sources.wifi]
connector = "radius"
personal = true
keep_raw = "14d"
url = "https://radius.town.example/{day:%Y%m%d}"
points = "points.csv"
sensors = "places.csv"
"""


def a_town(folder: Path, section: str = SECTION, points: str = POINTS) -> City:
    (folder / "points.csv").write_text(points)
    (folder / "places.csv").write_text("sensor,name,lon,lat,zone\npraca,Praça,,,west\n")
    return town.town(folder, toml=town.TOML.replace("[domains.street]", f"{section}[domains.street]", 1))


def searched(*texts: str | bytes) -> list[str]:
    """Which of what must not come out is in these."""
    whole = b"\n".join(t if isinstance(t, bytes) else t.encode() for t in texts).lower()
    return [s for s in SECRETS if s.lower().encode() in whole]


@pytest.mark.parametrize("why", HOSTILE)
def test_nobody_is_in_what_is_kept(why):
    assert searched(strip(HOSTILE[why], frozenset({"aa-bb-cc-00-00-01"}))) == []


@pytest.mark.parametrize("why", [why for why in HOSTILE if why != "columns in disorder"])
def test_nor_where_the_access_points_are_not_known(why):
    """But for a table whose columns are exchanged: a client's address looks like an access point's."""
    assert searched(strip(HOSTILE[why])) == []


def test_the_search_finds_what_is_there():
    assert len(searched(HOSTILE["detail"])) >= 6


@pytest.mark.parametrize("why", HOSTILE)
def test_nobody_is_in_any_file_letter_or_record_that_comes_of_it(why, tmp_path, caplog):
    """What the door kept, compressed or not; what the lake would be told; what was logged; what broke."""
    caplog.set_level(logging.DEBUG)
    city = a_town(tmp_path)
    conf, body = city.sources["wifi"], HOSTILE[why]
    mirror = tmp_path / "mirror" / "radius.town.example"
    mirror.mkdir(parents=True)
    (mirror / "20260504").write_bytes(body)
    said = []
    now = datetime(2026, 5, 5, 12, tzinfo=UTC)
    with Asker(Mirror([tmp_path / "mirror"])) as asker:
        door = Door(conf, asker, salt="s", known={}, raw=tmp_path / "raw", strip=strip_for(conf, city, now), now=lambda: now)
        with door:
            try:
                for answer in open_source(conf, city).fetch(Window(date(2026, 5, 4), date(2026, 5, 4), now), door):
                    said += [str(answer.rejects.to_pylist()), str(answer.observations.to_pylist()), answer.origin, answer.digest]
                    assert answer.observations.num_rows == 0
            except SourceChanged as letter:
                said += [str(letter), repr(letter), "".join(traceback.format_exception(letter))]
        said += [str(door.letter()), str(door.nowhere()), caplog.text]
        stored = [door.store.body(k) or b"" for name in door.store.origins() for k in door.store.versions(name)]
    files = [p.read_bytes() for p in tmp_path.rglob("*") if p.is_file() and "mirror" not in p.parts]
    assert stored
    assert files
    assert searched(*said, *stored, *files) == []


texts = st.text(alphabet=st.sampled_from(list("acdeinot,;:={}[]\"'\\ \t\n\r\0ÃÉé0123456789-/+Z")), max_size=300)


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(list(HOSTILE.values())), st.integers(0, 3_000), st.integers(0, 60), texts)
@example(HOSTILE["json"], 0, 0, "9" * 250)
def test_the_door_never_breaks_for_a_message_could_quote(body, cut, length, more):
    harmed = body[:cut] + more.encode() + body[cut + length :]
    stripped = strip(harmed)
    assert stripped == NO_ACCOUNTING or read(stripped, "Europe/Lisbon").start.size >= 0


@settings(deadline=None, max_examples=60)
@given(st.sampled_from([HOSTILE["detail"], HOSTILE["json"], HOSTILE["database"]]), st.integers(0, 3_000), st.integers(0, 60), texts)
def test_through_a_door_that_knows_the_access_points_nothing_else_passes(body, cut, length, more):
    ours = frozenset({"aa-bb-cc-00-00-01"})
    stripped = strip(body[:cut] + more.encode() + body[cut + length :], ours, "Europe/Lisbon")
    if stripped != NO_ACCOUNTING:
        assert set(read(stripped, "Europe/Lisbon").point.tolist()) <= ours


def test_the_city_s_own_door_refuses_an_unknown_access_point_and_does_not_name_it(tmp_path):
    city = a_town(tmp_path)
    door = strip_for(city.sources["wifi"], city, datetime(2026, 5, 5, 12, tzinfo=UTC))
    stripped = door(detail([*WHOLE, Beat("Stop", NOON, ap=9, session="z", length=60)]))
    assert b"1 unknown sensor" in stripped
    assert b"-09" not in stripped
    assert read(stripped, "UTC").point.tolist() == ["aa-bb-cc-00-00-01"]


# -- the connector -------------------------------------------------------------------------------------------------------------------


class Served:
    """A Get over stripped answers."""

    def __init__(self, bodies: dict[str, bytes]) -> None:
        self.bodies, self.asked = bodies, []

    def __call__(self, url: str) -> Raw | None:
        self.asked.append(url)
        body = self.bodies.get(url)
        return None if body is None else Raw(url, strip(body), "d")

    def each(self, urls: list[str]) -> Iterator[Raw]:
        yield from (raw for url in urls if (raw := self(url)) is not None)


def test_what_could_not_be_a_session_is_told_from_k_on_without_a_word_of_it(tmp_path):
    city = a_town(tmp_path)
    url = "https://radius.town.example/20260504"
    impossible = [Beat("Start", 0, session=f"y{i}") for i in range(12)]
    get = Served({url: detail([*WHOLE, *impossible]) + b"\tmaria.silva\n" * 10})
    window = Window(date(2026, 5, 4), date(2026, 5, 4), datetime(2026, 5, 4, 11, tzinfo=UTC))
    (answer,) = open_source(city.sources["wifi"], city).fetch(window, get)
    assert answer.observations.num_rows == 0
    rows = {r["reason"]: r for r in answer.rejects.to_pylist()}
    assert {k: r["n"] for k, r in rows.items()} == {"out of bounds": 10, "short row": 10}  # one is in the future: not told
    assert all(r["text"] is None and r["sensor"] is None for r in rows.values())


def test_one_file_that_is_none_does_not_stop_the_others(tmp_path):
    city = a_town(tmp_path)
    urls = [f"https://radius.town.example/2026050{d}" for d in (3, 4)]
    get = Served(dict(zip(urls, [b"<html>", detail(WHOLE)], strict=True)))
    window = Window(date(2026, 5, 3), date(2026, 5, 4), datetime(2026, 5, 6, 11, tzinfo=UTC))
    heard = open_source(city.sources["wifi"], city).fetch(window, get)
    assert next(heard).origin == urls[1]
    with pytest.raises(SourceChanged, match="20260503"):
        next(heard)


def test_nothing_is_asked_that_is_older_than_what_may_be_kept(tmp_path):
    city = a_town(tmp_path)
    get = Served({})
    list(
        open_source(city.sources["wifi"], city).fetch(Window(date(2024, 1, 1), date(2026, 5, 4), datetime(2026, 5, 4, 11, tzinfo=UTC)), get)
    )
    assert get.asked == [f"https://radius.town.example/202604{d:02}" for d in range(20, 31)] + [
        f"https://radius.town.example/2026050{d}" for d in range(1, 5)
    ]


def test_an_address_may_be_of_a_day_a_month_or_always_the_same():
    first, last = date(2026, 1, 30), date(2026, 2, 2)
    assert addresses("https://x/{month}.csv", first, last) == ["https://x/2026-01.csv", "https://x/2026-02.csv"]
    assert addresses("https://x/${KEY}/all.csv", first, last) == ["https://x/${KEY}/all.csv"]
    assert len(addresses("https://x/{day}", first, last)) == 4


@pytest.mark.parametrize(
    ("was", "is_", "says"),
    [
        ("personal = true", "personal = false", "sources.wifi.personal: found False"),
        ('keep_raw = "14d"', 'keep_raw = "3y"', "sources.wifi.keep_raw: found '3y'"),
        ('keep_raw = "14d"', 'keep_raw = "0d"', "sources.wifi.keep_raw: found '0d'"),
        ('keep_raw = "14d"', 'keep_raw = "4d"', "sources.wifi.settle"),
        ('sensors = "places.csv"', "", "sources.wifi.sensors"),
        ("points =", "k = 3\npoints =", "sources.wifi.k"),
        ("points =", "base = 1\npoints =", "sources.wifi.base"),
        ("points =", 'quiet = "soon"\npoints =', "sources.wifi.quiet: found 'soon'"),
        ("points =", 'noise = { epsilon = "0", budget = "1" }\npoints =', "sources.wifi.noise.epsilon"),
        ("points =", 'measure = "at_once"\nnoise = { epsilon = "1", budget = "9" }\npoints =', "noise is for counts"),
        ("{day:%Y%m%d}", "{hour}", "sources.wifi.url"),
        ('"points.csv"', '"nothing.csv"', "nothing.csv"),
    ],
)
def test_a_source_that_would_tell_too_much_is_refused_with_a_letter(tmp_path, was, is_, says):
    city = a_town(tmp_path, SECTION.replace(was, is_))
    with pytest.raises(CityFileError) as letter:
        open_source(city.sources["wifi"], city)
    assert says in str(letter.value)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("x y,praca,\n", "line 2, point"),
        ("ap-1,praca,\nAP-1,praca,\nap-1,praca,\n", "line 4, point"),
        ("ap-1,nowhere,\n", "line 2, place"),
        ("ap-1,praca,perhaps\n", "line 2, large"),
        ("ap-1,,\n", "line 2, place"),
        ("", "no row"),
    ],
)
def test_a_mistake_in_the_file_of_access_points_is_told_with_its_line(tmp_path, rows, says):
    city = a_town(tmp_path, points="point,place,large\n" + rows)
    with pytest.raises(CityFileError, match=says):
        open_source(city.sources["wifi"], city)


# -- the page ------------------------------------------------------------------------------------------------------------------------

PAGE = (REPO / "docs" / "how-to" / "count-people-on-wifi.md").read_text(encoding="utf-8")


def test_the_page_names_every_key_its_default_and_no_other():
    shown = dict(re.findall(r"^\| `([a-z_]+)` \|([^|]*)\|", PAGE, re.MULTILINE))
    assert set(shown) == set(Options.model_fields)
    for name, default in shown.items():
        field, said = Options.model_fields[name], default.strip().strip("`")
        assert (said == "needed") == field.is_required(), name
        if said not in ("", "needed"):
            assert tomllib.loads(f"x = {said}")["x"] == field.default, name


def test_the_city_on_the_page_is_one(tmp_path):
    toml = re.search(r"```toml\n(.*?)\[metrics", PAGE, re.DOTALL)
    places, points = re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)
    assert toml
    (tmp_path / "places.csv").write_text(places)
    (tmp_path / "points.csv").write_text(points)
    city = town.town(tmp_path, toml=town.TOML.replace("[domains.street]", f"{toml[1]}[domains.street]", 1))
    source = open_source(city.sources["wifi"], city)
    assert {p.place for p in points_of(source.conf, source.options, city)} == {"batalha", "mercado"}
