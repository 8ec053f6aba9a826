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
