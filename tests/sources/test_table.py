"""The table connector: files like those of many cities, each read by a few lines of a city file."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulso.errors import CityFileError, SourceChanged
from pulso.shapes import OBSERVATION, REJECT
from pulso.sources import open_source
from tests.sources.tables import URL, Files, city, read, rows, source, why, window

WIDE = """
time = { column = "time", step = "1h" }
values = { columns = "^c", metric = "cars" }
"""


def test_a_wide_file_gives_a_sensor_a_column(tmp_path):
    answer = read(tmp_path, WIDE, "time,c1,c2\n2023-01-01 00:00,1,2\n2023-01-01 01:00,3,4\n")
    assert rows(answer) == [
        ("c1", "cars", "2023-01-01 00:00", 1.0),
        ("c2", "cars", "2023-01-01 00:00", 2.0),
        ("c1", "cars", "2023-01-01 01:00", 3.0),
        ("c2", "cars", "2023-01-01 01:00", 4.0),
    ]
    assert answer.observations.schema == OBSERVATION
    assert answer.rejects.schema == REJECT
    assert rows(answer, "end")[0] == ("2023-01-01 01:00",)
    assert answer.origin == URL


def test_a_long_file_names_sensor_and_metric_in_its_rows(tmp_path):
    section = """
    time = { column = "when", format = "%d/%m/%Y %H:%M" }
    values = { column = "v", sensor_column = "station", metric_column = "what", metrics = { NO2 = "no2", SO2 = "" }, unit = "µg/m³" }
    """
    body = "when,station,what,v\n01/02/2023 00:00,A,NO2,5\n01/02/2023 00:00,A,SO2,6\n01/02/2023 00:00,B,XY,7\n"
    answer = read(tmp_path, section, body)
    assert rows(answer, "sensor", "metric", "value", "unit") == [("A", "no2", 5.0, "µg/m³")]
    assert why(answer) == {"undeclared": 1}


def test_several_columns_may_name_one_sensor(tmp_path):
    """Porto's validations: a sensor is an operator, a line and a stop."""
    section = """
    time = { column = ["Ano", "Mês", "Dia", "Hora"], format = "%Y %m %d %H" }
    values = { column = "Validações", metric = "validations", sensor_column = ["Operador", "Linha", "Paragem"] }
    ignore = ["^Zona$"]
    separator = ";"
    """
    body = "Ano;Mês;Dia;Hora;Operador;Linha;Paragem;Zona;Validações\n2023;7;1;8;STCP;500;Matosinhos;PRT1;12\n"
    assert rows(read(tmp_path, section, body)) == [("STCP 500 Matosinhos", "validations", "2023-07-01 07:00", 12.0)]


def test_decimal_commas_thousands_and_latin_1_are_read(tmp_path):
    section = """
    time = { column = "Data", format = "%d.%m.%Y", step = "1d" }
    values = { column = "Ruído", metric = "noise" }
    separator = ";"
    decimal = ","
    thousands = "."
    """
    answer = read(tmp_path, section, "Data;Ruído\r\n01.07.2023;1.234,5\r\n02.07.2023;7,25\r\n".encode("latin-1"))
    assert [v for (v,) in rows(answer, "value")] == [1234.5, 7.25]


def test_a_mark_that_is_not_declared_makes_no_number(tmp_path):
    answer = read(tmp_path, WIDE, 'time,c1\n2023-01-01 00:00,"1,234"\n2023-01-01 01:00,5\n')
    assert [v for (v,) in rows(answer, "value")] == [5.0]
    assert why(answer) == {"unreadable value": 1}


def test_a_broken_letter_does_not_turn_the_others_into_another_alphabet(tmp_path):
    section = 'time = { column = "time" }\nvalues = { columns = "^(Çedofeita|Sé)$", metric = "cars" }\nignore = ["note"]'
    body = "time,Çedofeita,Sé,note\n2023-01-01 00:00,1,2,".encode() + b"\xff\n"
    assert [s for (s,) in rows(read(tmp_path, section, body), "sensor")] == ["Sé", "Çedofeita"]


def test_a_workbook_is_read_like_a_text(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Counts of the city"])
    sheet.append(["time", "c1", "c2"])
    sheet.append([datetime(2023, 1, 1, 8), 5, 2.5])  # noqa: DTZ001  # workbooks have no zones
    sheet.append([datetime(2023, 1, 1, 9), "closed", None])  # noqa: DTZ001
    out = io.BytesIO()
    book.save(out)
    answer = read(tmp_path, WIDE + 'words = { closed = "closed" }\n', out.getvalue())
    assert rows(answer, "sensor", "start", "value") == [("c1", "2023-01-01 08:00", 5.0), ("c2", "2023-01-01 08:00", 2.5)]
    assert why(answer) == {"closed": 1, "no value": 1}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_machine(tmp_path, end):
    answer = read(tmp_path, WIDE, end.join(["time,c1", "2023-01-01 00:00,1", "", "2023-01-01 01:00,x", ""]))
    assert rows(answer, "value") == [(1.0,)]
    assert [r["line"] for r in answer.rejects.to_pylist()] == [4]


def test_lines_before_the_header_and_after_the_data_are_no_data(tmp_path):
    body = "Report of the city\nmade in January\n\ntime,c1\n2023-01-01 00:00,1\n\nSource: the city\n"
    answer = read(tmp_path, WIDE + 'footer = ["^Source"]\n', body)
    assert [v for (v,) in rows(answer, "value")] == [1.0]
    (lost,) = answer.rejects.to_pylist()
    assert (lost["reason"], lost["kind"], lost["line"]) == ("footer", "missing", 7)


def test_a_header_that_comes_again_may_name_other_columns(tmp_path):
    body = "time,c1,c2\n2023-01-01 00:00,1,2\ntime,c2,c3\n2023-01-01 01:00,3,4\n2023-01-01 02:00,x,5\n"
    answer = read(tmp_path, WIDE, body)
    assert rows(answer, "sensor", "value") == [("c1", 1.0), ("c2", 2.0), ("c2", 3.0), ("c3", 4.0), ("c3", 5.0)]
    assert answer.rejects.to_pylist()[0]["line"] == 5


def test_a_file_without_a_header_takes_its_names_from_the_city_file(tmp_path):
    assert rows(read(tmp_path, WIDE + 'columns = ["time", "c1"]\n', "2023-01-01 00:00,7\n"), "sensor", "value") == [("c1", 7.0)]


def test_a_column_of_which_the_city_file_says_nothing_is_counted(tmp_path):
    answer = read(tmp_path, WIDE, "time,c1,new\n2023-01-01 00:00,1,2\n2023-01-01 01:00,1,\n")
    (lost,) = answer.rejects.to_pylist()
    assert (lost["sensor"], lost["reason"], lost["n"], lost["text"]) == ("new", "undeclared", 1, "2")


def test_a_column_left_out_on_purpose_is_not_counted(tmp_path):
    assert why(read(tmp_path, WIDE + 'ignore = ["^note"]\n', "time,c1,note\n2023-01-01 00:00,1,2\n")) == {}


def test_a_status_that_is_not_declared_valid_takes_the_value_out(tmp_path):
    section = 'time = { column = "time" }\nvalues = { columns = "^c(\\\\d)$", metric = "cars", status = "s{1}", ok = ["V"] }\n'
    answer = read(tmp_path, section, "time,c1,s1,c2,s2\n2023-01-01 00:00,1,V,2,N\n")
    assert rows(answer, "sensor", "value") == [("c1", 1.0)]
    assert why(answer) == {"status": 1}


def test_words_mean_what_the_city_file_says(tmp_path):
    words = 'words = { ges = "closed", bes = 0, "-" = "missing" }\n'
    answer = read(tmp_path, WIDE + words, "time,c1,c2,c3,c4\n2023-01-01 00:00,ges,bes,-,hm\n")
    assert rows(answer, "sensor", "value") == [("c2", 0.0)]
    assert why(answer) == {"closed": 1, "no value": 1, "unreadable value": 1}


def test_a_word_may_change_its_meaning_on_a_day(tmp_path):
    dated = 'dated = [{ to = 2023-01-01, words = { "0" = "missing" } }]\n'
    answer = read(tmp_path, WIDE + dated, "time,c1\n2023-01-01 23:00,0\n2023-01-02 00:00,0.0\n")
    assert rows(answer, "start", "value") == [("2023-01-02 00:00", 0.0)]
    assert why(answer) == {"no value": 1}


def test_not_a_number_infinity_and_absence_are_told_apart(tmp_path):
    body = "time,c1\n2023-01-01 00:00,nan\n2023-01-01 01:00,inf\n2023-01-01 02:00,\n2023-01-01 03:00,NA\n2023-01-01 04:00,1e400\n"
    answer = read(tmp_path, WIDE, body)
    assert why(answer) == {"not finite": 3, "no value": 2}
    assert answer.observations.num_rows == 0


def test_hours_may_be_columns(tmp_path):
    """As Madrid has it: a row a day, 24 columns, each hour named by its end, each with a mark of validity."""
    section = """
    time = { column = "day", stamp = "end", step = "1h" }
    values = { columns = "^H(\\\\d\\\\d)$", metric = "no2", sensor = "s", hour = "{1}", status = "V{1}", ok = ["V"] }
    """
    answer = read(tmp_path, section, "day,H01,V01,H24,V24\n2023-01-05,7,V,8,V\n2023-01-06,9,N,1,V\n")
    assert rows(answer, "start", "value") == [("2023-01-05 00:00", 7.0), ("2023-01-05 23:00", 8.0), ("2023-01-06 23:00", 1.0)]


def test_places_are_read_and_may_name_the_sensor(tmp_path):
    section = """
    time = { column = "time", format = "epoch", step = "5min" }
    place = { lon = "long", lat = "lat" }
    values = { column = "LAeq", metric = "noise", sensor = "{lon:.3f},{lat:.3f}" }
    """
    answer = read(tmp_path, section, "time,lat,long,LAeq\n1530295031.0,41.146224218,-8.614042367,63.5\n1530295031.0,,,60\n")
    assert rows(answer, "sensor", "lon", "lat") == [("-8.614,41.146", -8.614042367, 41.146224218), ("nan,nan", None, None)]


@pytest.mark.parametrize(("text", "order"), [("POINT (-8.61 41.15)", "lon lat"), ("41.15, -8.61", "lat lon"), ("[41.15,-8.61]", "lat lon")])
def test_a_place_may_stand_in_one_column(tmp_path, text, order):
    """As Paris' counters and Porto's scooters have it."""
    section = (
        f'time = {{ column = "t" }}\nvalues = {{ column = "n", metric = "bikes" }}\nplace = {{ point = "where", order = "{order}" }}\n'
    )
    body = f't;where;n\n2023-01-01T01:00:00+01:00;"{text}";4\n2023-01-01T02:00:00+01:00;;5\n'
    answer = read(tmp_path, section + 'separator = ";"\n', body)
    assert rows(answer, "start", "lon", "lat") == [("2023-01-01 00:00", -8.61, 41.15), ("2023-01-01 01:00", None, None)]


def test_a_daily_total_lasts_from_midnight_to_midnight_on_the_citys_clock(tmp_path):
    section = 'time = { column = "date", step = "1d" }\nvalues = { column = "value", metric = "cars" }\n'
    answer = read(tmp_path, section, "date,value\n2023-03-25,1\n2023-03-26,2\n2023-10-29,3\n", zone="Europe/Berlin")
    assert rows(answer, "start", "end") == [
        ("2023-03-24 23:00", "2023-03-25 23:00"),
        ("2023-03-25 23:00", "2023-03-26 22:00"),  # 23 hours
        ("2023-10-28 22:00", "2023-10-29 23:00"),  # 25 hours
    ]


def test_an_hour_that_the_clock_skips_does_not_exist(tmp_path):
    answer = read(tmp_path, WIDE, "time,c1\n2023-03-26 01:00,1\n2023-03-26 02:00,2\n2023-03-26 03:00,3\n", zone="Europe/Berlin")
    assert rows(answer, "start", "value") == [("2023-03-26 00:00", 1.0), ("2023-03-26 01:00", 3.0)]
    assert why(answer) == {"no such hour": 1}


@pytest.mark.parametrize("order", ["run after run", "side by side", "newest first"])
def test_an_hour_that_comes_twice_is_two_hours(tmp_path, order):
    times = {
        "run after run": ["01:45", "02:00", "02:30", "02:00", "02:30", "03:00"],
        "side by side": ["01:45", "02:00", "02:00", "02:30", "02:30", "03:00"],
        "newest first": ["03:00", "02:30", "02:00", "02:30", "02:00", "01:45"],
    }[order]
    section = 'time = { column = "time", step = "15min" }\nvalues = { column = "v", metric = "cars" }\n'
    body = "time,v\n" + "".join(f"2023-10-29 {t},{i}\n" for i, t in enumerate(times))
    answer = read(tmp_path, section, body, zone="Europe/Berlin")
    assert [s[11:] for (s,) in rows(answer, "start")] == ["23:45", "00:00", "00:30", "01:00", "01:30", "02:00"]
    assert why(answer) == {}


def test_an_hour_that_comes_once_is_the_first(tmp_path):
    body = "time,c1\n2023-10-29 01:00,1\n2023-10-29 02:00,2\n2023-10-29 03:00,3\n"
    assert [s[11:] for (s,) in rows(read(tmp_path, WIDE, body, zone="Europe/Berlin"), "start")] == ["23:00", "00:00", "02:00"]


def test_each_sensor_of_a_long_file_has_its_own_doubled_hour(tmp_path):
    section = 'time = { column = "time" }\nvalues = { column = "v", metric = "cars", sensor_column = "s" }\n'
    body = "time,s,v\n2023-10-29 02:00,a,1\n2023-10-29 02:00,b,1\n2023-10-29 02:00,a,2\n2023-10-29 02:00,b,2\n"
    answer = read(tmp_path, section, body, zone="Europe/Berlin")
    assert rows(answer, "sensor", "start") == [
        ("a", "2023-10-29 00:00"),
        ("b", "2023-10-29 00:00"),
        ("a", "2023-10-29 01:00"),
        ("b", "2023-10-29 01:00"),
    ]


def test_hours_named_by_their_end_survive_both_changes_of_the_clock(tmp_path):
    section = 'time = { column = "t", stamp = "end" }\nvalues = { column = "v", metric = "no2" }\n'
    spring = "".join(f"2023-03-26 {h:02}:00,{h}\n" for h in range(1, 25) if h != 3)
    autumn = "".join(f"2023-10-29 {h:02}:00,{h}\n" for h in sorted([*range(1, 25), 3]))
    answer = read(tmp_path, section, "t,v\n" + spring + autumn, zone="Europe/Berlin")
    starts = [s for (s,) in rows(answer, "start")]
    assert len(starts) == len(set(starts)) == 48
    assert (starts[0], starts[22], starts[23], starts[47]) == (
        "2023-03-25 23:00",
        "2023-03-26 21:00",
        "2023-10-28 22:00",
        "2023-10-29 22:00",
    )
    assert why(answer) == {}


@pytest.mark.parametrize(("step", "minutes"), [("1h", 60), ("15min", 15)])
@pytest.mark.parametrize("named", ["by the beginning and one more", "by what the clock shows at the end"])
def test_both_ways_to_name_a_doubled_hour_by_its_end_are_read_right(tmp_path, step, minutes, named):
    """The one has 03:00 twice, the other 02:00; both tell of all hours of the night, one by one."""
    clock, span = ZoneInfo("Europe/Berlin"), timedelta(minutes=minutes)
    begun = [datetime(2023, 10, 28, 22, tzinfo=UTC) + i * span for i in range(5 * 60 // minutes)]
    at_end = named == "by what the clock shows at the end"
    ends = [(t + span).astimezone(clock) if at_end else t.astimezone(clock).replace(tzinfo=None) + span for t in begun]
    body = "t,v\n" + "".join(f"{t:%Y-%m-%d %H:%M},{i}\n" for i, t in enumerate(ends))
    section = f'time = {{ column = "t", stamp = "end", step = "{step}" }}\nvalues = {{ column = "v", metric = "no2" }}\n'
    answer = read(tmp_path, section, body, zone="Europe/Berlin")
    assert rows(answer, "start", "value") == [(f"{t:%Y-%m-%d %H:%M}", float(i)) for i, t in enumerate(begun)]


def test_a_sum_at_the_end_and_units_under_the_header_are_no_data_where_the_city_file_says_so(tmp_path):
    body = "time,c1,c2\n,veh/h,veh/h\n2023-01-01 00:00,1,2\nTotal,1,2\nsoon,5,6\n"
    answer = read(tmp_path, WIDE + 'footer = ["^Total", "^$"]\n', body)
    assert rows(answer, "value") == [(1.0,), (2.0,)]
    assert why(answer) == {"footer": 2, "unreadable time": 2}


def test_a_key_that_is_misspelt_is_called_so(tmp_path):
    with pytest.raises(CityFileError, match=r"sources\.x\.decimall: found ','; no such key is known here"):
        source(tmp_path, WIDE + 'decimall = ","\n')


def test_a_time_that_cannot_be_read_is_quoted(tmp_path):
    answer = read(tmp_path, WIDE, "time,c1\n01/02/2023,5\n")
    assert [(r["reason"], r["text"]) for r in answer.rejects.to_pylist()] == [("unreadable time", "01/02/2023")]


def test_a_unit_that_nobody_knows_is_a_mistake_in_the_city_file(tmp_path):
    with pytest.raises(CityFileError, match=r"unknown unit 'furlong'; known are "):
        source(tmp_path, WIDE.replace('"cars"', '"cars", unit = "furlong"'))


def test_of_doubles_the_first_is_kept_and_the_others_are_counted(tmp_path):
    answer = read(tmp_path, WIDE, "time,c1\n2023-01-01 00:00,\n2023-01-01 00:00,1\n2023-01-01 00:00,1\n2023-01-01 00:00,2\n")
    assert [v for (v,) in rows(answer, "value")] == [1.0]
    assert why(answer) == {"no value": 1, "duplicate": 1, "conflict": 1}


def test_rows_of_another_length_are_counted_with_their_line(tmp_path):
    body = "time,c1,c2\n2023-01-01 00:00,1,2\n\n2023-01-01 01:00,3\n2023-01-01 02:00,4,5,,\n2023-01-01 03:00,6,7,8\n"
    answer = read(tmp_path, WIDE, body)
    assert rows(answer, "value") == [(1.0,), (2.0,), (4.0,), (5.0,)]  # empty cells at the end do no harm
    assert [(r["line"], r["reason"]) for r in answer.rejects.to_pylist()] == [(4, "short row"), (6, "short row")]


def test_a_quote_that_never_closes_swallows_no_other_row(tmp_path):
    answer = read(tmp_path, WIDE, 'time,c1\n2023-01-01 00:00,"1\n2023-01-01 01:00,3\n2023-01-01 02:00,x\n')
    assert rows(answer, "start", "value") == [("2023-01-01 01:00", 3.0)]
    assert [(r["line"], r["reason"]) for r in answer.rejects.to_pylist()] == [(4, "unreadable value"), (2, "short row")]


def test_a_last_line_that_was_cut_off_is_not_believed(tmp_path):
    answer = read(tmp_path, WIDE + "newline_at_end = true\n", "time,c1\n2023-01-01 00:00,11\n2023-01-01 01:00,1")
    assert rows(answer, "value") == [(11.0,)]
    assert [(r["line"], r["text"]) for r in answer.rejects.to_pylist()] == [(3, "2023-01-01 01:00,1")]


def test_an_unreadable_time_takes_the_row_out_cell_by_cell(tmp_path):
    answer = read(tmp_path, WIDE, "time,c1,c2\n2023-02-31 00:00,1,2\n2023-02-28 00:00,1,2\n")
    assert why(answer) == {"unreadable time": 2}
    assert {r["sensor"] for r in answer.rejects.to_pylist()} == {"c1", "c2"}


def test_the_year_1900_is_read_as_it_stands_for_the_lake_to_judge(tmp_path):
    assert rows(read(tmp_path, WIDE, "time,c1\n1900-01-01 00:00,1\n"), "value") == [(1.0,)]


@pytest.mark.parametrize(
    ("body", "looks"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("<!DOCTYPE html><html><body>503 Service Unavailable</body></html>", "web page"),
        ('{"error": true}', "is JSON"),
        ("when,c1\n2023-01-01,1\n", "no line names the time column 'time'. Its columns are 'when', 'c1'"),
        ("time,d1\n2023-01-01,1\n", "no column is like '^c'. Its columns are 'time', 'd1'"),
    ],
)
def test_what_is_no_table_is_a_letter_with_its_address_and_the_others_are_still_read(tmp_path, body, looks):
    src = source(tmp_path, WIDE + 'url = "https://example.org/{day}.csv"\n')
    good = b"time,c1\n2023-01-03 00:00,1\n"
    files = {"https://example.org/2023-01-02.csv": body.encode(), "https://example.org/2023-01-03.csv": good}
    seen = []
    with pytest.raises(SourceChanged, match=r"example\.org/2023-01-02\.csv") as letter:
        seen.extend(src.fetch(window("2023-01-01", "2023-01-04"), Files(files)))
    assert looks in str(letter.value)
    assert [a.origin for a in seen] == ["https://example.org/2023-01-03.csv"]


def test_a_header_without_rows_is_an_answer_of_nothing(tmp_path):
    answer = read(tmp_path, WIDE, "time,c1\n")
    assert answer.observations.num_rows == answer.rejects.num_rows == 0


def test_a_special_row_tells_of_the_files_day(tmp_path):
    section = """
    url = "https://example.org/{day}.csv"
    time = { column = "time", step = "5min" }
    values = { columns = "^P", metric = "free" }
    rows = [{ where = "^Capacity", metric = "capacity", number = '\\((\\d+)\\)', words = { "0" = "missing" } }]
    """
    files = {"https://example.org/2023-06-01.csv": b"time,P1,P2\nCapacity,(120),(0)\n2023-06-01 08:00,7,8\n"}
    (answer,) = source(tmp_path, section).fetch(window(), Files(files))
    assert rows(answer, "sensor", "metric", "start", "end", "value")[0] == ("P1", "capacity", "2023-05-31 23:00", "2023-06-01 23:00", 120.0)
    assert why(answer) == {"no value": 1}


def test_only_the_rows_that_are_asked_for_are_read(tmp_path):
    section = 'time = { column = "t" }\nvalues = { column = "v", metric = "cars" }\nonly = { kind = "car|van" }\n'
    assert rows(read(tmp_path, section, "t,kind,v\n2023-01-01,car,1\n2023-01-02,cargo,2\n"), "value") == [(1.0,)]


def test_names_that_changed_are_one_sensor(tmp_path):
    renamed = 'columns_renamed = { "" = "c1" }\nsensors_renamed = { c2 = "centre" }\n'
    assert [s for (s,) in rows(read(tmp_path, WIDE + renamed, "time,,c2\n2023-01-01 00:00,1,2\n"), "sensor")] == ["c1", "centre"]


def test_a_comma_within_quotes_stays_within_its_cell(tmp_path):
    section = 'time = { column = "time" }\nvalues = { columns = "^c", metric = "cars" }\nignore = ["note"]\n'
    answer = read(tmp_path, section, 'time,"c1, north",note\n"2023-01-01 00:00","7","a ""b"", c"\n')
    assert rows(answer, "sensor", "value") == [("c1, north", 7.0)]


CELLS = st.sampled_from(["1", "2.5", "", "NA", "nan", "x", "ges", "-7", "1e3", " 4 ", "1,5", "NaN", "∞"])
TIMES = st.sampled_from(["2023-03-26 01:00", "2023-03-26 02:30", "2023-10-29 02:00", "2023-06-01 24:00", "", "soon", "2023-02-30"])


@settings(deadline=None)  # the first example pays for what is imported
@given(st.lists(st.tuples(TIMES, CELLS, CELLS), max_size=12))
def test_no_cell_is_lost_whatever_it_says(table):
    body = io.StringIO()
    csv.writer(body, lineterminator="\n").writerows([("time", "c1", "c2"), *table])
    with tempfile.TemporaryDirectory() as folder:
        answer = read(Path(folder), WIDE, body.getvalue(), zone="Europe/Berlin")
    assert answer.observations.num_rows + sum(why(answer).values()) == 2 * len(table)


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_rows_or_a_letter_and_never_a_crash(noise, headed):
    with tempfile.TemporaryDirectory() as folder:
        seen = source(Path(folder), WIDE).fetch(window(), Files({URL: (b"time,c1\n" if headed else b"") + noise}))
        try:
            assert [a.origin for a in seen] == [URL]
        except SourceChanged as why_not:
            letter = str(why_not)
        else:
            letter = URL
    assert URL in letter


@pytest.mark.parametrize(
    ("section", "key"),
    [
        ('time = { column = "t", stepp = "1h" }\nvalues = { column = "v", metric = "m" }', "sources.x.time.stepp"),
        ('time = { column = "t", step = "soon" }\nvalues = { column = "v", metric = "m" }', "sources.x.time.step"),
        ('time = { column = "t", zone = "Europe/Oporto" }\nvalues = { column = "v", metric = "m" }', "sources.x.time.zone"),
        ('time = { column = "t", format = "%Q" }\nvalues = { column = "v", metric = "m" }', "sources.x.time.format.0"),
        ('time = { column = "t" }\nvalues = { columns = "(", metric = "m" }', "sources.x.values.0.columns"),
        ('time = { column = "t" }\nvalues = { metric = "m" }', "sources.x.values.0"),
        ('values = { column = "v", metric = "m" }', "sources.x.time"),
        ('time = { column = "t" }\nvalues = { column = "v", metric = "m" }\nsit = ["a"]', "sit: no such key"),
        ('url = "https://x.org/{site}.csv"\ntime = { column = "t" }\nvalues = { column = "v", metric = "m" }', "{site} needs a list"),
    ],
)
def test_a_mistake_in_the_section_is_a_letter_with_its_key(tmp_path, section, key):
    with pytest.raises(CityFileError) as letter:
        source(tmp_path, section)
    assert key in str(letter.value)
    assert "city.toml" in str(letter.value)


def test_an_unknown_connector_is_a_letter_with_those_that_exist(tmp_path):
    c = city(tmp_path, WIDE)
    with pytest.raises(CityFileError, match=r"sources\.x\.connector.*carrier_pigeon.*table"):
        open_source(c.sources["x"].model_copy(update={"connector": "carrier_pigeon"}), c)
