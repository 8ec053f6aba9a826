"""Accounting that somebody declares as a table: proposed as what it is, refused as what it isn't, and nothing of it kept."""

from __future__ import annotations

import gzip
import io
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from pulso.city import SourceConf
from pulso.errors import SourceChanged
from pulso.flow.collect import collect
from pulso.shapes import Raw
from pulso.sources import connector, open_source, refusal_of
from pulso.sources.asking import Asker
from pulso.sources.draft import draft
from pulso.sources.fetch import Door
from pulso.sources.mirror import Mirror
from pulso.sources.table_options import Options
from pulso.sources.table_people import refuse
from pulso.sources.table_read import Reader, read
from pulso.sources.table_urls import Asked
from tests.flow.test_presence import DAY, Vila
from tests.sources.radius_rooms import Beat, Whole, at, detail, json_lines, radacct
from tests.sources.test_radius import POINTS, a_town, searched

EXPORT = radacct([Whole("2026-05-04 11:50:00", "2026-05-04 13:10:00"), Whole("2026-05-04 11:55:00", "2026-05-04 12:10:00", ap=2)])
BEATS = [Beat("Start", at("2026-05-04T10:00:00")), Beat("Stop", at("2026-05-04T11:00:00"), length=3600)]


@pytest.mark.parametrize(
    ("file", "body"),
    [
        ("radacct-2026-05-04.csv", EXPORT),
        ("radacct-2026-05-04.csv.gz", gzip.compress(EXPORT)),
        ("semicolons-2026-05-04.csv", EXPORT.replace(b",", b";")),
        ("detail-20260504", detail(BEATS)),
        ("lines-20260504.json", json_lines(BEATS)),
    ],
)
def test_of_accounting_the_connector_that_strips_it_is_proposed_and_nothing_in_it_is_shown(tmp_path, file, body):
    (tmp_path / file).write_bytes(body)
    proposal = draft(tmp_path / file)
    ((name, section),) = tomllib.loads(proposal)["sources"].items()
    assert (section["connector"], section["personal"], section["keep_raw"]) == ("radius", True, "14d")
    assert "{day:" in section["url"]
    assert tomllib.loads(proposal)["metrics"] == {"wifi_presence": {"source": name, "domain": "activity"}}
    assert searched(proposal) == []
    (tmp_path / "town").mkdir()
    city = a_town(tmp_path / "town", proposal.split("[domains")[0], POINTS)
    assert open_source(city.sources[name], city) is not None


def book(rows: list[list[str]]) -> bytes:
    made, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(out)
    return out.getvalue()


NAMING = {
    "an export": EXPORT,
    "packed": gzip.compress(EXPORT),
    "semicolons, under a title": b"Sessions of May\n" + EXPORT.replace(b",", b";"),
    "other spellings": b'time,n,"Calling-Station-Id"\n2026-05-04 10:00,1,de-ad-be-ef-00-01\n',
    "a user alone": b"time\tn\tUser_Name\n2026-05-04 10:00\t1\tmaria.silva\n",
    "a workbook": book([["time", "n", "UserName"], ["2026-05-04 10:00", "1", "maria.silva"]]),
}


@pytest.mark.parametrize("why", NAMING)
def test_no_table_connector_reads_a_column_that_names_people_and_the_letter_quotes_none(why):
    with pytest.raises(SourceChanged, match="names people") as letter:
        refuse(NAMING[why], "a.csv")
    assert searched(str(letter.value)) == []
    assert 'connector = "radius"' in str(letter.value)


def test_other_tables_pass():
    for body in (b"time,n\n2026-05-04 10:00,1\n", b"", b"user names,usernames\n", book([["time", "n"], ["2026-05-04", "1"]])):
        refuse(body, "a.csv")
    assert refusal_of(SourceConf(name="x", connector="table")) is connector("table").refuse
    assert refusal_of(SourceConf(name="x", connector="radius")) is None


def test_nor_is_what_was_kept_before_read():
    options = Options.model_validate(
        {"url": "https://x/a.csv", "time": {"column": "acctstarttime"}, "values": {"count": True, "metric": "n"}}
    )
    with pytest.raises(SourceChanged, match="names people"):
        read(Raw("a.csv", EXPORT, ""), Asked("a.csv", {}, None), Reader("x", options, "UTC", "1h"))


def test_nothing_of_it_is_kept_by_the_door(tmp_path: Path):
    mirror = tmp_path / "mirror" / "radius.town.example"
    mirror.mkdir(parents=True)
    (mirror / "20260504").write_bytes(EXPORT)
    conf = SourceConf(name="wifi", connector="table", keep_raw="3y")
    now = datetime(2026, 5, 5, 12, tzinfo=UTC)
    with Asker(Mirror([tmp_path / "mirror"])) as asker:
        door = Door(conf, asker, salt="s", known={}, raw=tmp_path / "raw", refuse=refusal_of(conf), now=lambda: now)
        with door, pytest.raises(SourceChanged, match="names people"):
            door("https://radius.town.example/20260504")
        assert door.store.origins() == []
    assert [p for p in tmp_path.rglob("*") if p.is_file() and "mirror" not in p.parts] == []


def test_a_collection_says_so_and_keeps_nothing(tmp_path: Path):
    """Pasted as an earlier `pulso draft` proposed it."""
    vila = Vila(tmp_path)
    section = """[sources.radacct]
connector = "table"
url = "https://radius.vila.example/{day:%Y%m%d}"
from = 2026-05-04
time = { column = "acctstarttime" }
[[sources.radacct.values]]
column = "acctinputoctets"
metric = "octets"
"""
    path = tmp_path / "city.toml"
    path.write_text(path.read_text().replace("[domains.street]", f"{section}[domains.street]", 1))
    folder = tmp_path / "mirror" / "radius.vila.example"
    folder.mkdir(parents=True)
    (folder / f"{DAY:%Y%m%d}").write_bytes(EXPORT)
    told = {t.source: t for t in collect(vila.open())}
    assert "names people" in told["radacct"].letter
    files = {p: p.read_bytes() for p in (tmp_path / "var").rglob("*") if p.is_file()}
    assert searched(*files.values()) == []
    assert not list((tmp_path / "var" / "vila" / "raw" / "radacct").glob("*.pack"))
