"""Whole series as files: nothing cut, the same as page by page, written once a publication."""

from __future__ import annotations

import csv
import io
import json
import shutil

import openpyxl
import pyarrow.parquet as pq
import pytest

from pulso.web.api import files
from pulso.web.readings import reading
from tests.flow.vila import LAST, SENSORS, Vila, a_day_later, usual
from tests.web.api.test_rows import ROOT, every


def taken(site, name: str, form: str) -> bytes:
    answer = site.get(f"{ROOT}/files/{name}.{form}")
    assert answer.status_code == 200
    return b"".join(answer)  # read to its end it is closed


def arrow(site, name: str) -> pq.ParquetFile:
    return pq.ParquetFile(io.BytesIO(taken(site, name, "parquet")))


SERIES = [
    ("index", "values?zone=city"),
    ("values", "values"),
    ("metrics", "values?metric=all"),
    ("bikes", "values?metric=bikes"),
    ("quality", "quality"),
    ("events", "events"),
]


@pytest.mark.parametrize(("name", "asked"), SERIES)
def test_a_file_holds_what_a_walk_through_all_pages_tells(site, name, asked):
    told = every(site, f"{ROOT}/{asked}", 1_000)
    rows = json.loads(json.dumps(arrow(site, name).read().to_pylist(), default=lambda v: v.isoformat().replace("+00:00", "Z")))
    assert rows == told
    texts = list(csv.DictReader(io.StringIO(taken(site, name, "csv").decode())))
    assert list(texts[0]) == list(told[0])
    assert texts == [{k: "" if v is None else str(v).replace("Z", "+00:00") for k, v in r.items()} for r in told]


def test_a_parquet_file_says_what_it_is_wherever_it_is_taken(site):
    schema = arrow(site, "values").schema_arrow
    said = {k.decode(): v.decode() for k, v in schema.metadata.items()}
    assert said["title"] == "Vila: Urban Dynamics Indicator"
    assert "never how good it is" in said["description"]
    assert json.loads(said["sources"]) == [{"owner": c["owner"], "licence": c["licence"]} for c in frame(site)]
    assert b"100 = the expected day" in schema.field("index").metadata[b"description"]


def frame(site) -> list[dict[str, str]]:
    return site.get("/en/vila/today.json").json()["frame"]["credits"]


def test_the_city_s_own_days_come_as_a_sheet_too(site):
    book = openpyxl.load_workbook(io.BytesIO(taken(site, "index", "xlsx")))
    assert book["rows"].max_row == 1 + len(every(site, f"{ROOT}/values?zone=city", 1_000))


def test_a_file_is_written_once_and_not_sent_again(site, monkeypatch):
    taken(site, "values", "csv")
    monkeypatch.setattr(files, "WRITERS", {})
    first = site.get(f"{ROOT}/files/values.csv")
    assert b"".join(first)
    assert "attachment" in first["Content-Disposition"]
    assert site.get(f"{ROOT}/files/values.csv", headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_a_publication_writes_it_anew_and_the_former_is_gone(town: Vila, tmp_path, settings, client):
    mine = a_day_later(town, tmp_path / "vila")
    settings.HOME, settings.CITIES, settings.CLOCK = mine.home, [str(mine.folder)], mine.clock
    of = reading("vila")
    shutil.rmtree(of.folder / "files", ignore_errors=True)
    files.prepare("vila")
    before = {p.name for p in (of.folder / "files").iterdir()}
    assert len(before) == 12
    for source in mine.sources:
        mine.say(source, usual(source) | {(LAST.replace(day=LAST.day + 1), s): 700.0 for s in SENSORS})
    mine.collect()
    mine.publish()
    files.prepare("vila")
    after = {p.name for p in (of.folder / "files").iterdir()}
    assert len(after) == 12
    assert not before & after
    assert pq.read_table(files.file(of, "values", "parquet"))["day"][-1].as_py() > LAST


def test_a_writer_that_fails_leaves_no_half_file(town: Vila, tmp_path, settings, monkeypatch):
    mine = a_day_later(town, tmp_path / "vila")
    settings.HOME, settings.CITIES, settings.CLOCK = mine.home, [str(mine.folder)], mine.clock

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    shutil.rmtree(reading("vila").folder / "files", ignore_errors=True)
    monkeypatch.setattr(files, "rows", full)
    with pytest.raises(OSError, match="No space left"):
        files.file(reading("vila"), "values", "csv")
    assert list((reading("vila").folder / "files").iterdir()) == []


@pytest.mark.parametrize("address", ["files/values.xlsx", "files/metrics.xlsx", "files/people.csv", "files/values", "files/..%2fx.csv"])
def test_there_are_no_other_files(site, address):
    assert site.get(f"{ROOT}/{address}").status_code == 404


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
def test_a_form_that_can_not_say_that_it_goes_on_is_refused_and_not_cut(site, form):
    answer = site.get(f"{ROOT}/values.{form}?from=2025-01-01")
    assert answer.status_code == 400
    assert f"files/values.{form if form != 'xlsx' else 'csv'}" in answer.json()["detail"]
    too_many = site.get(f"{ROOT}/values.{form}?from=2025-01-01&limit=1000")
    assert too_many.status_code == (400 if form == "xlsx" else 200)
    cut = site.get(f"{ROOT}/values.{form}?from=2025-01-01&limit=5")
    assert (cut.status_code, 'rel="next"' in cut["Link"]) == (200, True)
    assert site.get(f"{ROOT}/values.{form}?from=2025-03-01&zone=city").status_code == 200
