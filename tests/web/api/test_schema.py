"""The API keeps to what it says of itself: nonsense by the hundreds, and every field explained."""

from __future__ import annotations

import json

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from pulso.web.api import limits
from pulso.web.api.described import schema
from tests.web.exhibits import NUMBER

EXAMPLES = 25
"""So many a test: there are some twenty operations."""
MANY = 300
"""So many in the proof, new ones each time."""
api = schemathesis.openapi.from_dict(json.loads(json.dumps(schema())))
api.app = get_wsgi_application()
del api.raw_schema["paths"]["/api/v1/cities/{city}/stream"]  # it does not end; test_stream.py hears it


@pytest.fixture
def town_is_shown(site, exhibits, held_open):
    """Vila, for whoever asks by its name; a challenge, a pilot and a practice, for whoever asks by their number."""


@api.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_whatever_is_asked_is_answered_as_described(case, town_is_shown):
    answered_as_described(case)


@pytest.mark.proof
@api.parametrize()
@settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_asked_by_the_hundreds_and_never_the_same_is_answered_as_described(case, town_is_shown, monkeypatch):
    monkeypatch.setattr(limits, "BUCKETS", limits.Buckets())
    answered_as_described(case)


def answered_as_described(case):
    """Ask, and hold the answer to the description: status, media type, headers, and what stands in it."""
    if "city" in case.path_parameters and len(case.path_parameters["city"]) % 2:
        case.path_parameters["city"] = "vila"
        if "number" in case.path_parameters:
            case.path_parameters["number"] = NUMBER
    answer = case.call(headers={"Host": "testserver", "Accept-Encoding": "identity"})
    # of valid parameters some can't go together: days that end before they begin, a cursor of another question
    case.validate_response(answer, excluded_checks=[positive_data_acceptance])
    assert answer.status_code < 500


def test_the_description_is_openapi_3_1_and_everything_in_it_is_explained(site):
    said = site.get("/api/v1/openapi.json").json()
    assert said["openapi"].startswith("3.1")
    for name, shape in said["components"]["schemas"].items():
        for field, what in shape.get("properties", {}).items():
            assert what.get("description"), f"{name}.{field} says nothing of itself"
    for address, methods in said["paths"].items():
        for operation in methods.values():
            assert len(operation["summary"]) > 10
            assert all(p["description"] for p in operation.get("parameters", ())), address


def test_the_description_is_read_without_another_host(site):
    page = site.get("/api/v1/docs")
    text = page.content.decode()
    assert page.status_code == 200
    assert "<script" not in text
    assert 'src="http' not in text
    assert 'href="http' not in text
    assert "/api/v1/cities/{city}/values" in text
    assert "style=" not in text
