"""An engineer's program asks nonsense of the fibre and the Wi-Fi by the hundreds: each answer keeps to what the API says of itself."""

from __future__ import annotations

import json

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, settings
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection, positive_data_acceptance

from pulso.web.api import limits
from pulso.web.api.described import schema
from pulso.web.fibre import writes
from tests.web.api.networks import Asker
from tests.web.api.test_schema import EXAMPLES, MANY
from tests.web.fibre.conftest import net as network
from tests.web.wifi.hotspots import POINT, hotspots

NAMES = {"fibre-sites": "school", "fibre-ducts": "a-school", "fibre-cables": "a-b", "wifi-places": "praca", "wifi-points": POINT}
"""Of each list one that is there: of names none would be hit on."""
CUTS = ("duct:a-school", "site:b", "cable:a-b", "duct:nowhere", "duct", ":", "site:")
api = schemathesis.openapi.from_dict(json.loads(json.dumps(schema()))).include(path_regex="/(fibre|wifi)")
api.app = get_wsgi_application()


@pytest.fixture
def engineer(site, held_open, person, settings) -> dict[str, str]:
    """The town with its networks, and the headers of a program of its engineer's."""
    settings.API_KEY_A_MINUTE = 1_000_000
    writes.load(None, "vila", network(), "as built")
    hotspots("vila")
    return Asker(site, person("rui", "engineer")).said


@api.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_whatever_an_engineer_asks_is_answered_as_described(case, engineer):
    answered_as_described(case, engineer)


@pytest.mark.proof
@api.parametrize()
@settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_an_engineer_asks_by_the_hundreds_is_answered_as_described(case, engineer, monkeypatch):
    monkeypatch.setattr(limits, "BUCKETS", limits.Buckets())
    answered_as_described(case, engineer)


def answered_as_described(case, engineer: dict[str, str]) -> None:
    """Ask of the town, mostly of what is there, and hold the answer to the description."""
    wrong = {where for where, how in case.meta.components.items() if how.mode.is_negative}
    if not wrong - {ParameterLocation.HEADER} and len(case.path_parameters["city"]) % 5:
        case.path_parameters["city"] = "vila"
        if "name" in case.path_parameters:
            case.path_parameters["name"] = NAMES[case.path.rsplit("/", 2)[-2]]
        for name, known in (("cable", "office-a"), ("strand", 1), ("site", "school"), ("revision", 1)):
            if name in case.query and len(str(case.query[name])) % 2:
                case.query[name] = known
        if case.query.get("cut"):
            case.query["cut"] = [CUTS[len(str(c)) % len(CUTS)] for c in case.query["cut"]]
    answer = case.call(headers={"Host": "testserver", "Accept-Encoding": "identity", **engineer})
    # of valid parameters some name nothing, or can't go together; and the key is always there, and a good one
    passed = [positive_data_acceptance, ignored_auth, *([negative_data_rejection] if wrong == {ParameterLocation.HEADER} else [])]
    case.validate_response(answer, excluded_checks=passed)
    assert answer.status_code < 500
