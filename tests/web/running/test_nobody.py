"""A worker collects hostile accounting by the real commands; then the database, the home, the logs and every page are searched."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, time, timedelta

import pytest
from django.apps import apps
from django.test import Client

from pulso.flow.presence.store import Store
from pulso.web.running.models import Job
from pulso.web.running.worker import Worker
from tests.flow.test_presence import DAY, Vila, a_monday
from tests.flow.test_presence_nobody import found, unpacked
from tests.lake import town
from tests.sources.test_radius import HOSTILE
from tests.web.addresses import addresses

pytestmark = pytest.mark.django_db(transaction=True)

PARTS = {"source": "wifi", "metric": "wifi_presence", "zone": "west", "domain": "street"}
API = ("values", "quality", "sources", "incidents", "metrics", "zones", "flags", "events")


@pytest.fixture
def vila(tmp_path, settings, monkeypatch) -> Vila:
    """The town, in the days before now: each hostile answer on a day of its own, then one that is well."""
    now = datetime.now(UTC)
    found = Vila(tmp_path, clock=town.Clock(now))
    first = now.date() - timedelta(days=len(HOSTILE) + 4)
    path = tmp_path / "city.toml"
    path.write_text(path.read_text().replace('"14d"', '"31d"').replace("from = 2026-05-04", f"from = {first}"))
    for i, body in enumerate(HOSTILE.values()):
        found.says(first + timedelta(days=i), [])
        (tmp_path / "mirror" / "radius.vila.example" / f"{first + timedelta(days=i):%Y%m%d}").write_bytes(body)
    last = first + timedelta(days=len(HOSTILE))
    later = datetime.combine(last, time(), UTC).timestamp() - datetime.combine(DAY, time(), UTC).timestamp()
    found.says(last, [b._replace(at=b.at + later) for b in a_monday()])
    settings.HOME, settings.CITIES = tmp_path / "var", [str(tmp_path)]
    monkeypatch.setenv("PULSO_HOME", str(tmp_path / "var"))
    monkeypatch.setenv("PULSO_MIRROR", str(tmp_path / "mirror"))
    return found


def test_nobody_is_in_the_database_the_home_the_logs_or_on_any_page(vila, caplog, client: Client):
    caplog.set_level(logging.DEBUG)
    Worker().work(once=True)
    collected = Job.objects.get(kind="collect")
    assert "no RADIUS accounting" in collected.message
    (day,) = Store(vila.folder / "var" / "vila" / "presence" / "wifi").days()
    texts = dict(unpacked(vila.folder / "var"))
    assert any(b"aa-bb-cc-00-00-01" in body for where, body in texts.items() if where.startswith("wifi: "))
    rows = [str(row) for model in apps.get_models() for row in model.objects.values()]
    logged = "\n".join(str(vars(record)) for record in caplog.records)  # with all that a line may tell of it
    assert collected.message[:40] in logged
    texts |= {"database": "\n".join(rows).encode(), "logged": logged.encode()}
    client.raise_request_exception = False
    told = 0
    for lang, form in (("en", ""), ("pt", ".json")):
        for _page, address in addresses({**PARTS, "day": f"{day}", "year": f"{day:%Y}"}):
            answer = client.get(f"/{lang}/{address}{form}")
            told += answer.status_code == 200
            texts[f"/{lang}/{address}{form}"] = b"".join(answer) if answer.streaming else answer.content
    for name in API:
        answer = client.get(f"/api/v1/cities/vila/{name}.csv")
        texts[f"api {name}"] = answer.content
    assert told > 10
    assert found(iter(texts.items())) == []
    assert not re.search(r"aa-bb-cc-00-00-0\d", "".join(rows)), "nor is an access point's address in the database"
