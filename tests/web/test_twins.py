"""What holds for every page: it has a twin that says what it is, costs little, and is guarded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import jsonschema_rs
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pulso.lake.delta import Table
from pulso.web.pages.urls import PAGES
from pulso.web.readings.counted import counting
from tests.web.addresses import ALL, NAMES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("exhibits")]
each = pytest.mark.parametrize(("page", "address"), ALL, ids=NAMES)

GUARDS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def fields(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every field of every shape within: the shape's name, the field's, and what is said of it."""
    for shape in [schema, *schema.get("$defs", {}).values()]:
        for name, field in shape.get("properties", {}).items():
            yield shape.get("title", "?"), name, field


def test_no_two_pages_share_a_name_or_an_address():
    assert len({p.name for p in PAGES}) == len({p.address for p in PAGES}) == len(PAGES)


@each
@pytest.mark.parametrize("lang", ["pt", "en"])
def test_every_page_has_its_twin(site, page, address, lang):
    shown, said = site.get(f"/{lang}/{address}"), site.get(f"/{lang}/{address}.json")
    assert (shown.status_code, shown["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert (said.status_code, said["Content-Type"]) == (200, "application/json; charset=utf-8")
    assert f'<html lang="{lang}">' in shown.content.decode()
    assert said.json()["frame"]["language"] == lang
    assert f'href="/{lang}/{address}.json"' in shown.content.decode()


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_every_field_says_what_it_is(page):
    said = fields(page.adapter.json_schema(mode="serialization"))
    untold = [f"{shape}.{name}" for shape, name, field in said if not field.get("description")]
    assert untold == []


@each
def test_a_twin_keeps_to_its_own_schema(site, page, address):
    schema = page.adapter.json_schema(mode="serialization")
    jsonschema_rs.validator_for(schema, validate_formats=True).validate(site.get(f"/en/{address}.json").json())


@each
@pytest.mark.parametrize("form", ["", ".json"])
def test_a_page_takes_few_looks_and_questions(site, page, address, form, monkeypatch):
    site.get(f"/en/{address}{form}")
    read, original = [], Table.read

    def reading(table, *args, **kwargs):
        read.append(table.path.name)
        return original(table, *args, **kwargs)

    monkeypatch.setattr(Table, "read", reading)
    with CaptureQueriesContext(connection) as asked, counting() as looks:
        site.get(f"/en/{address}{form}")
    assert looks[0] + len(asked) <= 10
    assert len(read) <= looks[0], f"read without being counted: {read}"


@each
@pytest.mark.parametrize("form", ["", ".json"])
def test_a_page_that_a_browser_has_is_not_sent_again(site, page, address, form):
    first = site.get(f"/en/{address}{form}")
    again = site.get(f"/en/{address}{form}", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@each
@pytest.mark.parametrize("form", ["", ".json"])
def test_every_page_is_guarded(site, page, address, form):
    for answer in (site.get(f"/en/{address}{form}"), site.get(f"/en/{address}-not{form}")):
        guarded(answer)


@pytest.mark.parametrize("address", ["/", "/pt/", "/en/vila/", "/en/nowhere/today", "/en/vila/nothing", "/nothing"])
def test_what_is_no_page_is_guarded_too(site, address):
    guarded(site.get(address))


def test_a_file_of_the_site_is_guarded_too(site):
    with closing(site.get("/static/pulso/icon.svg")) as answer:
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"


def guarded(answer):
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert {name: answer.headers.get(name) for name in GUARDS} == GUARDS
    assert "geolocation=()" in answer["Permissions-Policy"]


@pytest.mark.parametrize(("lang", "title"), [("pt", "Essa página não existe"), ("en", "There is no such page")])
@pytest.mark.parametrize("address", ["nowhere/today", "vila/nothing", "vila/nothing/at/all", "nothing/at/all"])
def test_a_page_that_is_not_there_is_a_letter_in_the_readers_language(site, lang, title, address):
    answer = site.get(f"/{lang}/{address}")
    assert answer.status_code == 404
    assert title in answer.content.decode()
    assert f'<html lang="{lang}">' in answer.content.decode()


def test_a_machine_gets_a_problem_instead_of_a_letter(site):
    answer = site.get("/pt/vila/nothing.json")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["status"] == 404


@pytest.mark.parametrize(("asks", "lang"), [("pt-BR,pt;q=0.9", "pt"), ("de,en;q=0.5", "en"), ("", "en")])
def test_an_address_without_a_language_answers_in_the_browsers(site, asks, lang):
    answer = site.get("/nothing/here", headers={"Accept-Language": asks})
    assert answer.status_code == 404
    page = answer.content.decode()
    assert f'<html lang="{lang}">' in page
    other = "pt" if lang == "en" else "en"
    assert f'href="/{other}/"' in page


@pytest.mark.parametrize(("lang", "title"), [("pt", "Algo correu mal"), ("en", "Something went wrong")])
def test_our_own_mistake_is_a_letter_that_leaks_nothing(site, lang, title, monkeypatch):
    def broken(*_):
        raise RuntimeError("the password is swordfish")

    site.raise_request_exception = False
    monkeypatch.setattr("pulso.web.pages.twin.reading", broken)
    answer = site.get(f"/{lang}/vila/today")
    assert answer.status_code == 500
    assert title in answer.content.decode()
    assert "swordfish" not in answer.content.decode()
    guarded(answer)
