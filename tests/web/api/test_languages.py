"""The API explains itself, and what it refuses, in the reader's language."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("address", "asks"), [("?lang=pt", "en"), ("", "pt-PT,pt;q=0.9")])
def test_the_description_is_there_in_portuguese_and_says_the_same(site, address, asks):
    english = site.get("/api/v1/openapi.json").json()
    answer = site.get(f"/api/v1/openapi.json{address}", headers={"Accept-Language": asks})
    said = answer.json()
    assert answer["Content-Language"] == "pt"
    assert "Accept-Language" in answer["Vary"]
    assert said["components"]["schemas"]["Value"]["properties"]["index"]["description"].startswith("100 = o dia esperado")
    assert said["paths"]["/api/v1/cities"]["get"]["summary"] == "As cidades deste sítio."
    assert said["paths"].keys() == english["paths"].keys()
    assert site.get("/api/v1/openapi.json")["ETag"] != answer["ETag"]
    page = site.get(f"/api/v1/docs{address}", headers={"Accept-Language": asks}).content.decode()
    assert '<html lang="pt">' in page
    assert "Parâmetros de values" in page
    assert "The cities of this site" not in page


ROOT = "/api/v1/cities/vila"


@pytest.mark.parametrize(
    ("address", "status", "title", "says"),
    [
        ("/api/v1/cities/nowhere", 404, "Não encontrado", "A cidade 'nowhere' não existe aqui. Há: "),
        ("/api/v1/nothing", 404, "Não encontrado", "Não há nada neste endereço."),
        (f"{ROOT}/values?from=14-06-2025", 422, "Pedido que não se consegue interpretar", "um dia escreve-se como 2025-06-14"),
        (f"{ROOT}/values?limit=0", 422, "Pedido que não se consegue interpretar", "limit: é no mínimo 1."),
        (f"{ROOT}/values?grain=year", 422, "Pedido que não se consegue interpretar", "grain: é um de 'day', 'week', 'month' ou 'hour'."),
        (f"{ROOT}/values?colour=blue", 422, "Pedido que não se consegue interpretar", "colour: aqui não se conhece esse parâmetro"),
        (f"{ROOT}/values?zone=moon", 404, "Não encontrado", "zone: Vila: não existe a zona 'moon'. Há: city, "),
        (f"{ROOT}/values?cursor=x", 400, "Pedido inválido", "cursor: Não é um que esta pergunta tenha dado."),
        (
            f"{ROOT}/explain?day=1999-01-01",
            404,
            "Não encontrado",
            "Vila: nada está publicado para 1999-01-01. O que está publicado vai de ",
        ),
    ],
)
def test_what_can_t_be_answered_is_told_in_the_language_that_is_asked_for(site, address, status, title, says):
    answer = site.get(address, headers={"Accept-Language": "pt-PT,pt;q=0.9,en;q=0.1"})
    said = answer.json()
    assert (answer.status_code, answer["Content-Language"], said["title"]) == (status, "pt", title)
    assert says in said["detail"]
    english = site.get(address, headers={"Accept-Language": "de,en;q=0.5"})
    assert (english.status_code, english["Content-Language"]) == (status, "en")
    assert english.json()["title"] != title


def test_a_form_that_is_not_there_and_a_key_that_opens_nothing_are_told_in_portuguese_too(site):
    asks = {"Accept-Language": "pt"}
    assert "há application/json" in site.get(f"{ROOT}/explain", headers=asks | {"Accept": "image/png"}).json()["detail"]
    assert "/pt/account/keys/" in site.get(f"{ROOT}/zones", headers=asks | {"X-API-Key": "pulso_x"}).json()["detail"]
    assert site.post(f"{ROOT}/zones", headers=asks).json()["detail"] in (
        "Este endereço aceita GET, HEAD.",
        "Este endereço aceita HEAD, GET.",
    )


@pytest.mark.parametrize("asked", ["pilots/99", "challenges/99", "practices/99", "pilots?zone=moon", "explain?day=1999-01-01"])
def test_a_letter_is_in_the_language_that_was_said_whatever_is_accepted(site, asked):
    said = f"{asked}{'&' if '?' in asked else '?'}lang=pt"
    answer = site.get(f"{ROOT}/{said}", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer["Content-Language"], answer.json()["title"]) == (404, "pt", "Não encontrado")
    assert " não " in answer.json()["detail"] or "nada" in answer.json()["detail"]
    assert site.get(f"{ROOT}/{asked}").json()["title"] == "Not Found", "and the next asker is told in theirs"
