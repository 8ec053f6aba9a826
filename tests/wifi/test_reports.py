from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pulso.wifi.columns import Columns, read_columns
from pulso.wifi.files import WifiFileError
from pulso.wifi.reports import NO_HOUR, NO_MOMENT, NO_STATE, NO_ZONE, SILENT, STRANGE, read_table
from pulso.wifi.shapes import Health, Report

KNOWN = {"ap-1": "ap-1", "ap-2": "ap-2", "AA-00-11-22-33-44": "ap-2"}
NINE = datetime(2025, 3, 16, 9, tzinfo=UTC)
HEAD = "point,at,state\n"


def read(text, **columns):
    return read_table(text.encode(), "reports.csv", KNOWN, Columns.model_validate({"reports": columns}))


def test_a_table_of_reports_is_read_and_other_columns_are_not_looked_at():
    found = read("client_mac;point;at;state;clients\nde:ad:be:ef:00:01;ap-1;2025-03-16T10:00:00+01:00;Up;41\n")
    assert found.reports == [Report("ap-1", NINE, Health.WORKING)]
    assert not found.passed


def test_rows_of_one_access_point_at_one_moment_are_its_radios():
    rows = "ap-1,2025-03-16T09:00:00Z,up\nap-1,2025-03-16T09:00:00Z,down\nap-2,2025-03-16T09:00:00Z,7\nap-2,1742115600,lowerLayerDown\n"
    assert read(HEAD + rows).reports == [Report("ap-1", NINE, Health.PARTLY), Report("ap-2", NINE, Health.FAILING)]


def test_a_feed_s_own_name_of_an_access_point_is_the_city_s():
    assert read(HEAD + "AA-00-11-22-33-44,2025-03-16T09:00:00Z,ok\n").reports[0].point == "ap-2"


def test_what_can_t_be_read_is_counted_by_reason_and_never_a_report():
    rows = (
        "ap-9,2025-03-16T09:00:00Z,up\n",
        "ap-1,2025-03-16 09:00,up\n",
        "ap-1,yesterday,up\n",
        "ap-1,1999-12-31T23:59:00Z,up\n",
        "ap-1,2025-03-16T09:00:00Z,sideways\n",
        "ap-1,2025-03-16T09:05:00Z,unknown\n",
        "ap-1,2025-03-16T09:10:00Z,up\n",
        "ap-1\n",
    )
    found = read(HEAD + "".join(rows))
    assert [r.at.minute for r in found.reports] == [10]
    assert found.passed == {STRANGE: 1, NO_ZONE: 1, NO_MOMENT: 3, NO_STATE: 1, SILENT: 1}


def test_the_city_may_say_its_clock_its_form_and_its_words():
    said = {"point": "AP", "at": "Hora", "state": "Estado", "clock": "Europe/Lisbon", "format": "%d/%m/%Y %H:%M"}
    said |= {"states": {"Ligado": "working", "Avariado": "failing"}}
    rows = "AP;Hora;Estado\nap-1;16/07/2025 10:00;ligado\nap-1;30/03/2025 01:30;Ligado\n"
    found = read(rows, **said)
    assert found.reports == [Report("ap-1", datetime(2025, 7, 16, 9, tzinfo=UTC), Health.WORKING)]
    assert found.passed == {NO_HOUR: 1}, "the clock was put forward over that half hour"


def test_a_table_of_which_no_row_can_be_read_is_a_letter_that_names_the_first():
    with pytest.raises(WifiFileError) as why:
        read(HEAD + "ap-1,2025-03-16T09:00:00Z,Ligado\n")
    assert "line 2, state: found a word without a meaning; say under [reports.states]" in str(why.value)
    with pytest.raises(WifiFileError, match="column 'point' is missing; the file has 3 others"):
        read("AP,at,state\nap-1,2025-03-16T09:00:00Z,up\n")
    assert read(HEAD).reports == []


@pytest.mark.parametrize(
    "text",
    [
        "ana.silva,Ana-Silva-iPhone,up\nana.silva,Ana-Silva-iPhone,up\n",  # no head: the first row stands for it
        "ana.silva,ana.silva,up\nap-1,x,up\n",  # and has a name twice
        HEAD + "ap-1,2025-03-16T09:00:00Z,ana.silva\n",
        HEAD + "ap-1,ana.silva,up\n",
    ],
)
def test_a_letter_about_a_table_repeats_no_cell(text):
    with pytest.raises(WifiFileError) as why:
        read(text)
    assert "ilva" not in str(why.value)


@pytest.mark.parametrize(
    ("toml", "why"),
    [
        ("[reports]\nclock = 'Mars/Olympus'", "Europe/Lisbon"),
        ("[reports]\nstates = { up = 'flying' }", "reports.states.up"),
        ("[points]\ncolour = 'x'", "one of id, name, place"),
        ("[report]\npoint = 'x'", "report: found"),
        ("points = ", "TOML"),
    ],
)
def test_a_column_map_that_can_t_be_so_names_what_is_wrong(toml, why):
    with pytest.raises(WifiFileError, match=why):
        read_columns(toml.encode(), "columns.toml")
