"""The client, asking a site that shows Vila: the same rows as the API's, as dataclasses, page by page."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
import sys
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import get_args, get_type_hints

import httpx
import pyarrow.parquet as pq
import pytest
from django.core.wsgi import get_wsgi_application

from pulso import client
from pulso.client import Pulso, Refused, Unjoined, Unreachable
from pulso.web.api import fibre_shapes, innovation_shapes, limits, shapes, wifi_shapes
from tests.web.conftest import django_db_setup, exhibits, site, town  # noqa: F401  # the town, and a site that shows it
from tests.web.exhibits import NUMBER


@pytest.fixture
def asked(site, db, monkeypatch):  # noqa: F811
    monkeypatch.setattr(limits, "BUCKETS", limits.Buckets())
    with Pulso("http://testserver/", page=50, transport=httpx.WSGITransport(app=get_wsgi_application())) as made:
        yield made


def told() -> dict[str, type]:
    """Every shape that the API tells, by its name, with those that are parts of others."""
    found: dict[str, type] = {}
    waiting = [
        shape
        for module in (shapes, innovation_shapes, fibre_shapes, wifi_shapes)
        for shape in vars(module).values()
        if dataclasses.is_dataclass(shape)
    ]
    while waiting:
        shape = waiting.pop()
        assert found.setdefault(shape.__name__, shape) is shape
        hints = [part for hint in get_type_hints(shape).values() for part in (hint, *get_args(hint))]
        waiting += [hint for hint in hints if dataclasses.is_dataclass(hint) and hint.__name__ not in found]
    return found


def hints(shape: type) -> dict[str, str]:
    """A shape's fields and what they are, wherever that is defined."""
    return {name: re.sub(r"\bpulso(\.\w+)*\.", "", str(hint)) for name, hint in get_type_hints(shape).items()}


TOLD = told()


@pytest.mark.parametrize("name", sorted(TOLD))
def test_the_client_knows_every_field_that_the_api_tells(name):
    assert hints(getattr(client, name)) == hints(TOLD[name])


def test_values_come_as_they_are_whatever_the_pages(asked, site):  # noqa: F811
    values = list(asked.values("vila", first=date(2025, 1, 1), last="2025-03-14"))
    rows = site.get("/api/v1/cities/vila/values?from=2025-01-01&to=2025-03-14&limit=1000").json()["items"]
    assert len(values) == len(rows) == 73 * 3
    assert [(v.zone, v.day.isoformat(), v.index) for v in values] == [(r["zone"], r["day"], r["index"]) for r in rows]
    assert values[0].vintage.tzinfo is not None


def test_everything_that_the_api_tells_can_be_asked_for(asked):
    assert [c.city for c in asked.cities()] == ["vila"]
    assert asked.city("vila").last == date(2025, 3, 14)
    assert [z.zone for z in asked.zones("vila")] == ["north", "south"]
    assert [m.metric for m in asked.metrics("vila")] == ["bikes", "buses", "cars"]
    assert [e.name for e in asked.events("vila", first="2025-02-10", last="2025-02-10")] == ["Bus strike"]
    assert [s.source for s in asked.sources("vila")] == ["bikes", "buses", "cars"]
    assert [q.status for q in asked.quality("vila", zone="city", first="2025-03-14")] == ["published"]
    assert [list(asked.flags("vila")), list(asked.incidents("vila"))] == [[], []]
    assert len(asked.verdicts("vila")) == 3


def test_the_loop_is_told_as_dataclasses_to_their_smallest_part(asked, exhibits):  # noqa: F811
    (problem,), (row,), (found,) = (
        asked.challenges("vila", zone="north"),
        asked.pilots("vila", first="2025-03-10"),
        asked.evaluations("vila"),
    )
    assert (problem.zones, problem.due) == (("North",), date(2025, 12, 31))
    assert (row.number, row.paid, row.committed, found.estimate, found.placebos) == (NUMBER, 23_450, None, 8.5, 40)
    pilot = asked.pilot("vila", row.number)
    assert (pilot.line.title, pilot.promise.window_first, pilot.protocol["zones"]) == ("No cars", date(2025, 3, 5), ["north"])
    assert pilot.evaluation.published == found.published == datetime(2025, 3, 16, 9, tzinfo=UTC)
    assert (len(pilot.evaluation.placebos), pilot.amendments[0].field, pilot.funding[0].cents) == (40, "window_last", 100_000)
    assert [c.hidden for c in asked.challenge("vila", NUMBER).discussion] == [False, True]
    assert [p.verdict for p in asked.practices("vila", status="offered")] == ["more"]
    assert asked.practice("vila", NUMBER, lang="pt").trials[0].called == "mais do que sem ele"
    assert [list(asked.pilots("vila", last="2025-03-04")), list(asked.testbeds("vila"))] == [[], []]
    assert asked.save("vila", "pilots", "csv").count(b"\r\n") == 2
    assert asked.table("vila", "challenges")["zones"].to_pylist() == [["North"]]
    with pytest.raises(Refused, match="404: Vila has no pilot 99"):
        asked.pilot("vila", 99)


def test_an_explanation_adds_up(asked):
    why = asked.explain("vila", "2025-02-10", zone="north")
    assert sum(r.points for r in why.reasons) == pytest.approx(why.index - 100)
    assert {p.domain for p in why.table} <= {"street", "transit"}


def test_a_moment_is_told_as_it_was(asked):
    with pytest.raises(Refused, match="404"):
        asked.explain("vila", "2025-03-14", as_of=datetime(2024, 1, 1, tzinfo=UTC))
    assert list(asked.values("vila", as_of=datetime(2024, 1, 1, tzinfo=UTC))) == []


def test_files_are_saved_as_they_come(asked):
    assert asked.save("vila", "values", "csv", limit=3, zone="city").count(b"\r\n") == 4
    assert b"FeatureCollection" in asked.save("vila", "zones", "geojson")
    assert asked.save("vila", "values", "parquet", first="2025-03-01")[:4] == b"PAR1"


@pytest.mark.parametrize("said", [{}, {"first": "2025-01-01"}, {"metric": "all", "first": "2025-02-01", "zone": "north"}])
def test_a_file_has_every_row_that_was_asked_for(asked, said):
    rows = [(v.day, v.zone, v.metric, v.index) for v in asked.values("vila", **said)]
    assert len(rows) > 2 * 40  # of a site that gives fifty at a time
    texts = list(csv.DictReader(io.StringIO(asked.save("vila", "values", "csv", **said).decode())))
    assert [(t["day"], t["zone"], t["metric"], t["index"]) for t in texts] == [
        (d.isoformat(), z or "", m or "", "" if i is None else str(i)) for d, z, m, i in rows
    ]
    table = pq.read_table(io.BytesIO(asked.save("vila", "values", "parquet", **said)))
    assert list(zip(*(table[c].to_pylist() for c in ("day", "zone", "metric", "index")), strict=True)) == rows
    assert b"100 = the expected day" in table.schema.field("index").metadata[b"description"]
    told = json.loads(asked.save("vila", "values", "json", **said))
    assert [r["index"] for r in told["items"]] == [i for *_, i in rows]
    assert told["next"] is None


def test_a_map_of_a_page_or_more_is_whole(asked):
    asked._page = 1
    assert len(json.loads(asked.save("vila", "zones", "geojson"))["features"]) == 2


def test_what_can_not_be_joined_is_said_and_never_cut(asked, monkeypatch):
    with pytest.raises(Unjoined, match="fewer days, or for CSV"):
        asked.save("vila", "values", "xlsx", first="2025-01-01")
    assert asked.save("vila", "values", "xlsx", first="2025-03-10")[:2] == asked.save("vila", "events", "xlsx")[:2] == b"PK"
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(Unjoined, match="pyarrow, which is not installed here"):
        asked.save("vila", "values", "parquet", first="2025-01-01")
    assert asked.save("vila", "values", "parquet", first="2025-03-14")[:4] == b"PAR1"
    assert asked.save("vila", "values", "parquet")[:4] == b"PAR1"  # the whole series is one file already


def examples() -> list[str]:
    return re.findall(r"```python\n(.*?)```", Path("docs/reference/api.md").read_text(), re.DOTALL)


def test_the_examples_of_the_reference_run_and_lose_nothing(asked, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (example,) = [e for e in EXAMPLES if "from pulso.client" in e]
    lines = example.replace('"demo"', '"vila"').replace("2025-06", "2025-01").split("\n")
    lines = lines[: next(i for i, line in enumerate(lines) if "site.listen" in line)]  # it does not end
    monkeypatch.setattr(client, "Pulso", lambda _: asked)
    names: dict[str, object] = {}
    exec("\n".join(lines), names)  # noqa: S102  # our own words
    assert len(pq.read_table(tmp_path / "june.parquet")) == len(names["june"]) == 31 * 3 - 3
    assert capsys.readouterr().out.count("\n") == 73 + 1


EXAMPLES = examples()


def test_the_example_of_the_how_to_reads_every_pilot_and_its_promise(asked, exhibits, monkeypatch, capsys):  # noqa: F811
    page = Path("docs/how-to/read-pilots-with-a-program.md").read_text()
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    monkeypatch.setattr(client, "Pulso", lambda _: asked)
    exec(example.replace('"demo"', '"vila"'), {})  # noqa: S102  # our own words
    told = capsys.readouterr().out
    assert "7. No cars: Bikes, North: 8.5% more than without the pilot (95% interval: +2.0% to +15.0%)." in told
    assert "as it was frozen: True" in told


PAGES = ("docs/reference/api.md", "docs/how-to/read-pilots-with-a-program.md")
CURLED = [
    address
    for page in PAGES
    for address in re.findall(r"^ *curl .*?http://localhost:8000(/[^' \n]*)", Path(page).read_text(), re.MULTILINE)
]


@pytest.mark.parametrize("address", CURLED)
def test_what_the_reference_asks_by_hand_is_answered_and_a_file_whole(site, db, address):  # noqa: F811
    answer = site.get(address.replace("demo", "vila").replace("2025-06", "2025-01"))
    assert answer.status_code == 200
    assert "Link" not in answer or ".csv" not in address
    answer.close()


def test_a_refusal_is_a_letter(asked):
    with pytest.raises(Refused, match="It has: city, north, south"):
        list(asked.values("vila", zone="west"))


def test_whoever_asked_too_often_waits_as_long_as_told():
    slept: list[float] = []
    answers = [httpx.Response(429, headers={"Retry-After": "7"}), httpx.Response(200, json={"items": [], "next": None})]
    site = Pulso("http://t", transport=httpx.MockTransport(lambda _: answers.pop(0)), sleep=slept.append)  # noqa: F811
    assert list(site.zones("vila")) == []
    assert slept == [7.0]


def test_a_site_that_is_away_for_a_moment_is_asked_again():
    slept: list[float] = []
    answers = [httpx.ConnectError("refused"), httpx.Response(503), httpx.Response(200, json={"items": [], "next": None})]

    def answer(_: httpx.Request) -> httpx.Response:
        if isinstance(found := answers.pop(0), Exception):
            raise found
        return found

    site = Pulso("http://t", transport=httpx.MockTransport(answer), sleep=slept.append)  # noqa: F811
    assert list(site.zones("vila")) == []
    assert slept == [1.0, 1.0]


def test_a_site_that_stays_away_is_a_letter_with_its_address():
    slept: list[float] = []

    def nobody(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(Unreachable, match="http://t/api/v1/: refused"):
        Pulso("http://t", transport=httpx.MockTransport(nobody), sleep=slept.append).city("vila")
    assert slept == [1.0, 2.0, 4.0, 8.0]


def test_nobody_waits_for_ever_because_a_site_says_so():
    slept: list[float] = []
    answers = [httpx.Response(429, headers={"Retry-After": said}) for said in ("999999", "Wed, 21 Oct 2015 07:28:00 GMT")]
    answers.append(httpx.Response(200, json={"items": [], "next": None}))
    site = Pulso("http://t", transport=httpx.MockTransport(lambda _: answers.pop(0)), sleep=slept.append)  # noqa: F811
    assert list(site.zones("vila")) == []
    assert slept == [60.0, 1.0]


def test_a_table_has_every_page_and_says_what_its_columns_mean(asked):
    table = asked.table("vila", "values", first="2025-01-01", last="2025-03-14")
    rows = list(asked.values("vila", first="2025-01-01", last="2025-03-14"))
    assert table.column("index").to_pylist() == [v.index for v in rows]
    assert b"100 = the expected day" in table.schema.field("index").metadata[b"description"]
    assert list(table.to_pandas()["day"]) == [v.day for v in rows]


def test_what_happens_is_heard_and_a_broken_line_is_taken_up_where_it_broke():
    asked: list[str | None] = []
    told = [
        b'retry: 5000\n\nid: 1.0\nevent: published\ndata: {"verdicts": 3}\n\n: alive\n\n',
        httpx.ReadError("the line broke"),
        b'retry: 5000\n\n: alive\n\nid: 1.2\nevent: incident.began\ndata: {"source": "bikes"}\n\n',
    ]

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/v1/cities/vila":
            return httpx.Response(200, json={})
        asked.append(request.headers.get("Last-Event-ID"))
        if isinstance(found := told.pop(0), Exception):
            raise found
        return httpx.Response(200, content=found)

    site = Pulso("http://t", transport=httpx.MockTransport(answer), sleep=lambda _: None)  # noqa: F811
    heard = list(islice(site.listen("vila"), 2))
    assert [(h.id, h.event, h.data) for h in heard] == [
        ("1.0", "published", {"verdicts": 3}),
        ("1.2", "incident.began", {"source": "bikes"}),
    ]
    assert asked == [None, "1.0", "1.0"]


def test_a_stream_of_no_city_is_refused(asked):
    with pytest.raises(Refused, match="404"):
        next(asked.listen("vilo"))


def test_the_client_needs_nothing_of_ours_and_no_django():
    import subprocess
    import sys

    code = "import sys, pulso.client; print(*(m for m in sys.modules if m.startswith(('pulso', 'django', 'pyarrow', 'pydantic'))))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert {m for m in out.split() if m.partition(".")[0] != "pulso" or not f"{m}.".startswith("pulso.client.")} == {"pulso"}
