"""A city file's mistakes are named, all at once, with file, key, what was found and what is allowed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pulso.city import City, cities_folder, load
from pulso.errors import CityFileError

GOOD = """
[city]
slug = "vila"
name = "Vila Nova"
timezone = "Europe/Lisbon"
country = "PT"
calendar = "calendar.csv"

[zones]
file = "zones.geojson"
id = "id"
name = "name"

[sources.bikes]
connector = "table"
url = "https://vila.example/{day:%Y-%m-%d}.csv"
from = 2024-01-01

[domains.cycling]
[metrics.bike_count]
source = "bikes"
domain = "cycling"
"""
CALENDAR = "from,to,kind,name\n2024-06-24,2024-06-24,holiday,São João\n2024-07-01,2024-07-03,school_break,Summer\n"


def city_of(folder: Path, text: str = GOOD, calendar: str = CALENDAR) -> City:
    (folder / "city.toml").write_text(text, encoding="utf-8")
    (folder / "calendar.csv").write_text(calendar, encoding="utf-8")
    return load(folder)


def mistakes_in(folder: Path, text: str = GOOD, calendar: str = CALENDAR) -> str:
    with pytest.raises(CityFileError) as caught:
        city_of(folder, text, calendar)
    return str(caught.value)


def test_a_good_city_file_is_read(tmp_path):
    city = city_of(tmp_path)
    assert city.sources["bikes"].first == date(2024, 1, 1)
    assert city.sources["bikes"].options == {"url": "https://vila.example/{day:%Y-%m-%d}.csv"}
    assert city.metrics["bike_count"].domain == "cycling"


def test_local_holidays_join_the_statutory_ones(tmp_path):
    days = city_of(tmp_path).public_holidays(date(2024, 4, 1), date(2024, 6, 30))
    assert days[date(2024, 4, 25)]
    assert days[date(2024, 6, 24)] == "São João"


def test_school_breaks_are_counted_by_day(tmp_path):
    assert len(city_of(tmp_path).days_of("school_break", date(2024, 7, 2), date(2024, 12, 31))) == 2


@pytest.mark.parametrize(
    ("wrong", "right", "says"),
    [
        ('timezone = "Europe/Lisboa"', 'timezone = "Europe/Lisbon"', ["city", "Europe/Lisboa", "IANA"]),
        ('country = "XX"', 'country = "PT"', ["country", "XX"]),
        ('slug = "Vila Nova"', 'slug = "vila"', ["city.slug", "Vila Nova"]),
        ('source = "bicycles"', 'source = "bikes"', ["metrics.bike_count.source", "bicycles", "bikes"]),
        ('domain = "bicycle"', 'domain = "cycling"', ["metrics.bike_count.domain", "bicycle", "cycling"]),
        ('id = "id"\nnaem = "name"', 'id = "id"\nname = "name"', ["zones.naem", "no such key", "zones.name", "needed"]),
        ("from = 2024-13-01", "from = 2024-01-01", ["TOML"]),
        ('from = "yesterday"', "from = 2024-01-01", ["sources.bikes.from", "yesterday"]),
    ],
)
def test_each_mistake_says_where_what_and_what_instead(tmp_path, wrong, right, says):
    letter = mistakes_in(tmp_path, GOOD.replace(right, wrong))
    assert str(tmp_path / "city.toml") in letter
    for word in says:
        assert word in letter


def test_two_mistakes_are_told_in_one_letter(tmp_path):
    letter = mistakes_in(tmp_path, GOOD.replace('"bikes"\ndomain = "cycling"', '"b"\ndomain = "c"'))
    assert "2 mistakes" in letter


def test_a_wrong_line_of_the_calendar_is_named_by_its_number(tmp_path):
    letter = mistakes_in(tmp_path, calendar=CALENDAR + "2024-09-01,2024-08-01,school_break,Backwards\n")
    assert "calendar.csv, line 4" in letter
    assert "2024-09-01" in letter


def test_an_unknown_kind_of_day_is_refused(tmp_path):
    assert "one of holiday, school_break, event" in mistakes_in(tmp_path, calendar=CALENDAR.replace("school_break", "vacation"))


def test_a_missing_calendar_is_told(tmp_path):
    assert "holidays.csv" in mistakes_in(tmp_path, GOOD.replace("calendar.csv", "holidays.csv"))


def test_a_file_in_the_wrong_encoding_is_told(tmp_path):
    (tmp_path / "city.toml").write_bytes(GOOD.replace("Vila", "Víla").encode("latin-1"))
    with pytest.raises(CityFileError, match="UTF-8"):
        load(tmp_path)


def test_an_unknown_city_names_the_known_ones():
    with pytest.raises(CityFileError, match="shipped cities"):
        load("atlantis")


def test_the_digest_changes_with_every_file_of_the_folder(tmp_path):
    text = GOOD.replace('calendar = "calendar.csv"', 'calendar = "calendar.csv"\nevents = "events.csv"')
    text = text.replace("from = 2024-01-01", 'from = 2024-01-01\nsensors = "sensors.csv"')
    files = {
        "events.csv": ("from,to,kind,name\n", "2024-06-01,2024-06-01,match,Final\n"),
        "sensors.csv": ("sensor,lon,lat\n", "bridge,-8.6,41.1\n"),
        "zones.geojson": ('{"type": "FeatureCollection", "features": []}', " "),
    }
    for name, (before, _) in files.items():
        (tmp_path / name).write_text(before)
    digests = [city_of(tmp_path, text).digest]
    for name, (before, more) in files.items():
        (tmp_path / name).write_text(before + more)
        digests.append(load(tmp_path).digest)
    digests.append(city_of(tmp_path, text, CALENDAR.replace("Summer", "Verão")).digest)
    digests.append(city_of(tmp_path, text + "# a comment\n", CALENDAR.replace("Summer", "Verão")).digest)
    assert len(set(digests)) == 6


def test_an_event_silences_only_sources_that_there_are(tmp_path):
    text = GOOD.replace('calendar = "calendar.csv"', 'calendar = "calendar.csv"\nevents = "events.csv"')
    head = "from,to,kind,name,zone,link,silences\n2024-06-01,2024-06-01,power_cut,Power cut,,,"
    (tmp_path / "events.csv").write_text(head + "bikes\n")
    assert city_of(tmp_path, text).events[0].silences == ("bikes",)
    (tmp_path / "events.csv").write_text(head + "bikes; trams\n")
    with pytest.raises(CityFileError, match=r"2024-06-01 Power cut, silences: found 'trams'; .*bikes"):
        load(tmp_path)


def test_an_event_silences_single_sensors(tmp_path):
    text = GOOD.replace('calendar = "calendar.csv"', 'calendar = "calendar.csv"\nevents = "events.csv"')
    (tmp_path / "events.csv").write_text("from,to,kind,name,sensors\n2024-06-01,2024-06-01,outage,Cut,b1; b 2 ;\n")
    assert city_of(tmp_path, text).events[0].sensors == ("b1", "b 2")


def test_every_shipped_city_can_be_read():
    slugs = sorted(p.parent.name for p in cities_folder().glob("*/city.toml"))
    assert slugs
    for slug in slugs:
        assert load(slug).slug == slug


@pytest.mark.parametrize("slug", ["demo", "muenster", "porto", "zurich"])
def test_a_shipped_city_names_its_sources_metrics_and_domains_in_both_languages(slug):
    town = load(slug)
    named = {**town.sources, **town.metrics, **town.domains}
    assert [name for name, conf in named.items() if not (conf.name_en and conf.name_pt)] == []


def test_holidays_are_known_in_english_where_the_language_asked_for_is_not_and_never_in_the_machine_s_own(tmp_path, monkeypatch):
    monkeypatch.setenv("LANGUAGE", "de")
    town = city_of(tmp_path, GOOD.replace('country = "PT"', 'country = "DE"\nsubdivision = "NW"').replace("Europe/Lisbon", "Europe/Berlin"))
    friday = date(2025, 4, 18)
    assert town.public_holidays(friday, friday, "pt_PT") == {friday: "Good Friday"}


def test_a_row_of_a_table_may_have_a_portuguese_name(tmp_path):
    town = city_of(tmp_path, calendar="from,to,kind,name,name_pt\n2024-06-24,2024-06-24,holiday,St John,São João\n")
    assert town.portuguese == {"St John": "São João"}
