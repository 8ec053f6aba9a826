"""The API of a site that shows Vila; every test begins with full buckets."""

from __future__ import annotations

import pytest

from pulso.web.api import limits


@pytest.fixture(autouse=True)
def full_buckets(db, monkeypatch):
    monkeypatch.setattr(limits, "BUCKETS", limits.Buckets())
