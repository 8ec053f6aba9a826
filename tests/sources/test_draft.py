"""`pulso draft`: a proposal from a sample file; whatever it proposes reads the sample."""

from __future__ import annotations

import gzip
import random
import tomllib

import openpyxl
import pytest

from pulso.errors import SourceChanged
from pulso.sources import open_source
from pulso.sources.draft import draft
from tests.sources.tables import Files, city, rows, why, window

KFZ = "".join(f"13.02.2023;{h}:00;{'1.500' if h % 2 else '900'}\n" for h in range(1, 25))
SAMPLES = {
    "a wide file of a day": ("2023-05-01.csv", "time,P1,P2,P3,P4,P5\n2023-05-01 00:00,1,2,3,4,5\n2023-05-01 00:15,1,2,3,4,5\n", 10),
    "a long file with semicolons, decimal commas and days first": (
        "noise.csv",
        "Data;Estação;Ruído dB\n31/12/2022 10:00;Sé;61,5\n31/12/2022 10:00;Foz;55,0\n31/12/2022 11:00;Sé;60,5\n31/12/2022 11:00;Foz;-\n",
        3,
    ),
    "a year, a month, a day and an hour in columns": (
        "val.csv",
        "Ano;Mês;Dia;Hora;Linha;Validações\n2023;7;1;8;500;12\n2023;7;1;9;500;15\n",
        2,
    ),
    "American dates": ("us.csv", "Date,Total\n10/05/2017 12:00:00 AM,5\n10/30/2017 01:00:00 PM,6\n", 2),
    "a date and an hour": ("h.csv", "dteday,hr,cnt\n2011-01-01,0,16\n2011-01-01,1,40\n2011-01-01,23,4\n", 3),
    "epochs and places": ("iot.csv", "time,lat,long,CO\n1530295361.0,41.148,-8.598,461.7\n1530295633.0,41.148,-8.598,462\n", 2),
    "a date and an hour's end in two columns, metrics and units in others": (
        "aire.csv",
        "fecha,hora,estacion,parametro,valor,unidad\n13/06/2023,1,A,NO2,5.5,ug/m3\n13/06/2023,1,A,TMP,21,ºC\n13/06/2023,24,A,NO2,7.5,ug/m3\n",
        3,
    ),
    "milliseconds since 1970": ("ms.csv", "ts,device,count\n1682899200000,d1,5\n1682902800000,d1,6\n", 2),
    "afternoons": ("pm.csv", "Timestamp,Where,People\n3/1/2023 1:00:00 PM,5th & Main,5\n3/31/2023 12:00:00 AM,5th & Main,6\n", 2),
    "whole numbers in groups of three, units under the header, a sum at the end, and hours named by their end": (
        "kfz.csv",
        f"Erstellt am;\nDatum;Uhrzeit;Süd\n;;Kfz/h\n{KFZ}Summe;;14.400\nQuelle: Amt\n".encode("latin-1"),
        24,
    ),
    "packed": ("n.csv.gz", gzip.compress(b"time,n\n2023-05-01 08:00,1\n2023-05-01 09:00,2\n"), 2),
    "Latin-1 and thousands": ("t.csv", "Datum;Zürich\n01.02.2020;1.234\n13.02.2020;12.345,5\n".encode("latin-1"), 2),
}


def reading(tmp_path, proposal: str, body: bytes):
    (tmp_path / "there").mkdir()
    keys = tomllib.loads(proposal)["sources"]
    ((name, section),) = keys.items()
    lines = proposal.replace(f"[sources.{name}]\nconnector", "connector").replace(f"sources.{name}.", "sources.x.").split("\n[domains")[0]
    c = city(tmp_path / "there", lines.replace('connector = "table"\n', "", 1))
    url = section["url"].replace("{day:%Y-%m-%d}", "2023-05-01").replace("{month:%Y-%m}", "2023-05")
    return next(open_source(c.sources["x"], c).fetch(window("2023-05-01", "2023-05-01"), Files({url: body})))


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_proposal_reads_its_sample(tmp_path, sample):
    name, text, values = SAMPLES[sample]
    body = text if isinstance(text, bytes) else text.encode()
    path = tmp_path / name
    path.write_bytes(body)
    proposal = draft(path)
    answer = reading(tmp_path, proposal, body)
    assert answer.observations.num_rows == values
    assert f"# Read from {name}: {values} values" in proposal
    assert not {"undeclared", "unreadable time", "unreadable value"} & set(why(answer))


def test_a_workbook_is_proposed_like_a_text(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Tag", "Räder"], ["2023-01-01", 5], ["2023-01-02", 7.5]):
        sheet.append(row)
    book.save(path := tmp_path / "räder.xlsx")
    answer = reading(tmp_path, draft(path), path.read_bytes())
    assert rows(answer, "metric", "value") == [("rader", 5.0), ("rader", 7.5)]


def test_a_workbook_of_texts_with_a_sum_and_a_second_sheet_is_read(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Dados"
    hours = [["31/12/2022", f"{h:02d}:00", "1,5", "2,25"] for h in range(24)]
    for row in (["Data", "Hora", "Norte (kWh)", "Sul (kWh)"], *hours, ["Total", "", "1.036,5", "54"]):
        book.active.append(row)
    book.create_sheet("Notas")
    book.save(path := tmp_path / "energia.xlsx")
    proposal = draft(path)
    assert rows(reading(tmp_path, proposal, path.read_bytes()), "sensor", "value", "unit")[:2] == [
        ("Norte (kWh)", 1.5, "kWh"),
        ("Sul (kWh)", 2.25, "kWh"),
    ]
    assert 'sheet = "Dados"   # the others: Notas' in proposal
    assert 'like = "amount"' in proposal


def test_statuses_beside_the_columns_and_the_words_of_car_parks_are_guessed(tmp_path):
    body = "t;A;A status;B;B status\n13-05-2024 08:00;1;goed;vol;goed\n13-05-2024 08:15;gesloten;goed;3;fout\n"
    (path := tmp_path / "parkeren_13-05-2024.csv").write_text(body)
    proposal = draft(path)
    assert 'url = "https://example.org/parkeren_{day:%d-%m-%Y}.csv"' in proposal
    answer = reading(tmp_path, proposal.replace("{day:%d-%m-%Y}", "{day:%Y-%m-%d}"), body.encode())
    assert rows(answer, "sensor", "value") == [("A", 1.0), ("B", 0.0)]
    assert why(answer) == {"closed": 1, "status": 1}


def test_rows_that_are_trips_are_counted(tmp_path):
    chance = random.Random(7)  # made-up trips, no secrets
    moments = sorted(chance.randrange(86_400) for _ in range(100))
    lines = [f"{i:04x},2024-05-01 {t // 3600:02d}:{t // 60 % 60:02d}:{t % 60:02d},{'ABC'[i % 3]},1.5" for i, t in enumerate(moments)]
    body = "\n".join(["trip_id,event_types_origin,recorded_origin,distance_km", *lines]) + "\n"
    (path := tmp_path / "trips.csv").write_text(body)
    answer = reading(tmp_path, draft(path), body.encode())
    assert sum(v for (v,) in rows(answer, "value")) == 100
    assert {s for (s,) in rows(answer, "sensor")} == {"A", "B", "C"}
    assert why(answer) == {}


def test_columns_that_follow_from_another_are_left_out(tmp_path):
    """As Zürich has it: a short and a long name, a place and a unit beside each value."""
    body = "date,value,variable_short,variable_long,location,unit\n"
    body += "".join(
        f"2021-01-{d:02d},{d + n},{s},{s} in the city,Zürich,Anzahl\n" for d in range(1, 9) for n, s in enumerate(("bikes", "cars"))
    )
    (path := tmp_path / "mobility.csv").write_text(body, encoding="utf-8")
    answer = reading(tmp_path, draft(path), body.encode())
    assert rows(answer, "metric", "value")[:2] == [("bikes", 1.0), ("cars", 2.0)]
    assert why(answer) == {}


@pytest.mark.parametrize(
    ("column", "like"),
    [("NO2 in µg/m³", "mean_level"), ("Energy kWh", "amount"), ("taken (%)", "share"), ("people", "count"), ("temperature", "mean_level")],
)
def test_what_a_metric_is_like_is_told_by_its_unit(tmp_path, column, like):
    (path := tmp_path / "x.csv").write_text(f"time,{column}\n2023-05-01 08:00,1\n2023-05-01 09:00,2\n", encoding="utf-8")
    assert f'like = "{like}"' in draft(path)


def test_a_date_that_could_be_read_both_ways_is_marked(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("date,n\n01/02/2023,1\n02/02/2023,2\n")
    assert "or month first?" in draft(path)


def test_a_date_in_the_name_becomes_a_placeholder(tmp_path):
    path = tmp_path / "counts_2023-05.csv"
    path.write_text("date,n\n2023-05-01,1\n2023-05-02,2\n")
    assert 'url = "https://example.org/counts_{month:%Y-%m}.csv"' in draft(path)


def test_a_unit_in_a_columns_name_is_taken(tmp_path):
    path = tmp_path / "air.csv"
    path.write_text("date,NO2 in µg/m³\n2023-05-01,1\n2023-05-02,2\n", encoding="utf-8")
    assert 'unit = "µg/m³"' in draft(path)


@pytest.mark.parametrize("text", ["", "hello\n", "a,b\n1,2\n3,4\n", "<html></html>", '{"a": 1}', "time,n\n2023-01-01,x\n2023-01-02,y\n"])
def test_what_has_no_table_or_no_time_is_a_letter(tmp_path, text):
    path = tmp_path / "x.csv"
    path.write_text(text)
    with pytest.raises(SourceChanged, match=r"x\.csv"):
        draft(path)


@pytest.mark.mirror
@pytest.mark.parametrize(
    ("file", "values"),
    [
        ("lisboa/consumos_horario_codigo_postal_lisboa.csv", 72144),
        ("reference/series/washington_bikeshare_daily_2011_2012.csv", 5848),
        ("porto/iot_2018_2019/IOT_NoiseLevelObserved_LAeq.csv", 7500),
    ],
)
def test_files_of_other_cities_are_read_as_proposed(shared, tmp_path, file, values):
    path = shared / "data" / file
    answer = reading(tmp_path, draft(path), path.read_bytes())
    assert answer.observations.num_rows == values
