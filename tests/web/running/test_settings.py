"""What may be chosen is written down, and what can't be is a letter."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import ImproperlyConfigured

from pulso.web.config.chosen import networks, number
from tests.conftest import REPO

PAGE = (REPO / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
NAME = re.compile(r"PULSO_[A-Z_]+")


def in_the_code() -> set[str]:
    return {name for file in (REPO / "src").rglob("*.py") for name in NAME.findall(file.read_text(encoding="utf-8"))}


def test_every_setting_is_on_the_page_and_nothing_else():
    families = {"PULSO_OIDC_", "PULSO_SAML_"}
    told = set(NAME.findall(PAGE))
    assert {n for n in in_the_code() if not n.startswith(tuple(families))} <= told
    assert told - families <= in_the_code()


@pytest.mark.parametrize("said", ["here", "10.0.0.1/8", "300.1.1.1"])
def test_a_network_that_is_none_is_a_letter(monkeypatch, said):
    monkeypatch.setenv("PULSO_METRICS_FROM", said)
    with pytest.raises(ImproperlyConfigured, match="PULSO_METRICS_FROM: found"):
        networks("PULSO_METRICS_FROM")


@pytest.mark.parametrize("said", ["much", "-1", "nan", "inf"])
def test_a_number_that_is_none_is_a_letter(monkeypatch, said):
    monkeypatch.setenv("PULSO_DISK_LEAST_GB", said)
    with pytest.raises(ImproperlyConfigured, match="PULSO_DISK_LEAST_GB: found"):
        number("PULSO_DISK_LEAST_GB", 1)
