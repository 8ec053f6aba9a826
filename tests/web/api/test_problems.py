"""Every error of the API is a problem: the right status, and a letter that says what is allowed."""

from __future__ import annotations

import pytest

from pulso.web.api.forms import harmless
from pulso.web.people import keys
from pulso.web.people.models import Person

ROOT = "/api/v1/cities/vila"
WRONG = {
    "/api/v1/nowhere": 404,
    "/api/v1/cities/vilo/values": 404,
    "/api/v1/cities/Vila%00/values": 404,
    f"{ROOT}/values.pdf": 404,
    f"{ROOT}/metrics.geojson": 404,
    f"{ROOT}/values?zone=west": 404,
    f"{ROOT}/values?metric=planes": 404,
    f"{ROOT}/explain?day=1999-01-01": 404,
    f"{ROOT}/values?grain=hour": 400,
    f"{ROOT}/values?from=2025-03-02&to=2025-03-01": 400,
    f"{ROOT}/values?cursor=abc": 400,
    f"{ROOT}/values?grain=minute": 422,
    f"{ROOT}/values?from=2025-02-30": 422,
    f"{ROOT}/values?from=14.3.2025": 422,
    f"{ROOT}/values?from=1741910400": 422,
    f"{ROOT}/values?as_of=yesterday": 422,
    f"{ROOT}/values?as_of=0001-01-01T00:00:00%2B14:00": 422,
    f"{ROOT}/values?limit=10001": 422,
    f"{ROOT}/values?limit=0": 422,
    f"{ROOT}/values?limit=many": 422,
    f"{ROOT}/values?zonne=north": 422,
    f"{ROOT}/values?zone=north&zone=south": 422,
    f"{ROOT}/values?zone={'x' * 300}": 422,
}


@pytest.mark.parametrize(("address", "status"), WRONG.items(), ids=list(WRONG))
def test_a_wrong_question_is_answered_with_a_letter(site, address, status):
    answer = site.get(address)
    said = answer.json()
    assert (answer.status_code, said["status"], answer["Content-Type"]) == (status, status, "application/problem+json")
    assert len(said["detail"]) > 20


def test_a_letter_says_what_there_is(site):
    assert "north" in site.get(f"{ROOT}/values?zone=west").json()["detail"]
    assert "bikes" in site.get(f"{ROOT}/values?metric=planes").json()["detail"]
    assert "vila" in site.get("/api/v1/cities/vilo").json()["detail"]
    assert "limit" in site.get(f"{ROOT}/values?zonne=north").json()["detail"]


@pytest.mark.parametrize(
    "query",
    [
        "from=0001-01-01",
        "to=9999-12-31",
        "from=0001-01-01&to=9999-12-31",
        "from=9999-12-31",
        "to=0001-01-01",
        "as_of=0001-01-01T00:00:00Z",
        "as_of=9999-12-31T23:59:59Z",
    ],
)
@pytest.mark.parametrize("kind", ["values", "quality", "events"])
def test_the_ends_of_time_are_days_like_others(site, kind, query):
    assert site.get(f"{ROOT}/{kind}?limit=5&{query}").status_code == 200


def test_a_cursor_belongs_to_its_question(site):
    cursor = site.get(f"{ROOT}/values?limit=2").json()["next"]
    assert site.get(f"{ROOT}/values?limit=5&cursor={cursor}").status_code == 200
    assert site.get(f"{ROOT}/values.csv?cursor={cursor}").status_code == 200
    for address in (f"{ROOT}/values?zone=north&cursor={cursor}", f"{ROOT}/quality?cursor={cursor}", f"{ROOT}/values?cursor={cursor[:-1]}"):
        assert site.get(address).status_code == 400


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", ["/api/v1/", "/api/v1/openapi.json", "/api/v1/cities", f"{ROOT}/values", f"{ROOT}/stream"])
def test_what_is_read_cannot_be_written(site, method, address):
    answer = getattr(site, method)(address)
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert "GET" in answer["Allow"]


@pytest.mark.parametrize(
    ("sent", "kind", "status"),
    [
        (b"city=vila", "text/plain", 415),
        (b"{", "application/json", 400),
        (b" " * 3_000_000, "application/json", 413),
        (b'{"city": "' + b"a" * 4_000_000 + b'"}', "application/json", 413),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_by_what_is_wrong_with_it(site, key, sent, kind, status):
    answer = site.post("/api/v1/webhooks", sent, content_type=kind, headers=key)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert len(answer.json()["detail"]) > 30


@pytest.fixture
def key(db):
    person = Person.objects.create_user("rui@vila.example", "a long password")
    return {"Authorization": f"Bearer {keys.create(person, 'a script')[1]}"}


@pytest.mark.parametrize(
    ("sent", "where"),
    [
        (b"null", ["body"]),
        (b"[]", ["body"]),
        (b'{"city": "vila", "url": "https://9.9.9.9/", "events": ["published", "storms"]}', ["events.1"]),
        (b'{"city": "vila", "more": 1}', ["url", "more"]),
    ],
)
def test_what_is_wrong_in_a_body_is_named_as_whoever_sent_it_named_it(site, key, sent, where):
    told = site.post("/api/v1/webhooks", sent, content_type="application/json", headers=key).json()
    assert (told["status"], [e["where"] for e in told["errors"]]) == (422, where)


def test_a_body_that_breaks_off_says_where(site, key):
    told = site.post("/api/v1/webhooks", b'{"city":\n "vila", }', content_type="application/json", headers=key).json()
    assert told["status"] == 400
    assert "line 2, column 10" in told["detail"]


@pytest.mark.parametrize("sent", [b"null", b"{", b'{"more": 1}'])
def test_who_asks_is_looked_at_before_what_they_ask(site, db, sent):
    assert site.post("/api/v1/webhooks", sent, content_type="application/json").status_code == 401


def test_a_stream_is_not_a_picture(site, db):
    answer = site.get(f"{ROOT}/stream", headers={"Accept": "image/png"})
    assert (answer.status_code, answer["Content-Type"]) == (406, "application/problem+json")


def test_a_mistake_of_ours_tells_nothing(site, monkeypatch, caplog):
    from pulso.web.readings import Reading

    def broken(*_: object) -> None:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr(Reading, "last_vintage", broken)
    answer = site.get(f"{ROOT}/values")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert "swordfish" not in answer.content.decode()
    assert "swordfish" in caplog.text


def test_a_spreadsheet_computes_nothing_that_a_city_wrote():
    assert [harmless(t) for t in ("=1+1", "+351", "-2", "@a", "\t=1", "Rua 1", -2.5, None)] == [
        "'=1+1",
        "'+351",
        "'-2",
        "'@a",
        "'\t=1",
        "Rua 1",
        -2.5,
        None,
    ]


def test_a_formula_in_an_events_name_stays_a_text(tmp_path, town, settings, client):
    import io

    import openpyxl

    from tests.flow.vila import a_day_later

    later = a_day_later(town, tmp_path)
    (later.folder / "events.csv").write_text('from,to,kind,name,zone,link\n2025-02-10,2025-02-11,fair,"=HYPERLINK(""http://x"")",,\n')
    later.collect()
    settings.HOME, settings.CITIES, settings.CLOCK = later.home, [str(later.folder)], later.clock
    assert "'=HYPERLINK" in client.get(f"{ROOT}/events.csv").content.decode()
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{ROOT}/events.xlsx").content))["rows"]
    assert [c.data_type for c in sheet["D"]] == ["s", "s"]
