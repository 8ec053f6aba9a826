"""How the site says that it is well, to whom it tells more, and what it writes down."""

from __future__ import annotations

import json
import logging
from collections import namedtuple
from ipaddress import ip_network

import pytest

from pulso.web.config.logs import Lines, Plain
from pulso.web.running import health, jobs

pytestmark = pytest.mark.django_db
Usage = namedtuple("Usage", "total used free")  # as shutil has it


def test_the_process_says_that_it_lives(site):
    answer = site.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-cache" in answer["Cache-Control"]


def test_the_site_is_ready_where_all_can_be_read_and_tells_strangers_no_more(site):
    said = site.get("/readyz").json()
    assert said == {"ready": True, "checks": [{"name": n, "fine": True} for n in ("database", "disk", "city vila")]}


def test_a_full_disk_is_not_ready(site, settings, monkeypatch):
    settings.METRICS_FROM = [ip_network("127.0.0.1")]
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _: Usage(10, 10, 1000))
    answer = site.get("/readyz")
    assert answer.status_code == 503
    (disk,) = (c for c in answer.json()["checks"] if not c["fine"])
    assert disk == {"name": "disk", "fine": False, "finding": "0.0 GB are free; 1 must be"}


def test_a_city_that_can_not_be_opened_is_not_ready(site, settings, tmp_path):
    (tmp_path / "city.toml").write_text("[city]\nslug = 'vilo'\n")
    settings.CITIES = [str(tmp_path)]
    answer = site.get("/readyz")
    assert answer.status_code == 503
    assert "finding" not in str(answer.content)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"REMOTE_ADDR": "10.1.2.3"}, 200),
        ({"REMOTE_ADDR": "11.1.2.3"}, 403),
        ({"REMOTE_ADDR": "10.1.2.3", "HTTP_X_FORWARDED_FOR": "10.9.9.9"}, 403),
        ({"REMOTE_ADDR": "", "HTTP_AUTHORIZATION": "Bearer right"}, 200),
        ({"REMOTE_ADDR": "", "HTTP_AUTHORIZATION": "Bearer wróng"}, 403),
        ({"REMOTE_ADDR": "nonsense"}, 403),
    ],
)
def test_metrics_are_told_to_those_who_were_named(site, settings, sent, status):
    settings.METRICS_FROM, settings.METRICS_TOKEN = [ip_network("10.0.0.0/8")], "right"
    assert site.get("/metrics", **sent).status_code == status


def test_without_a_word_nobody_is_told(site):
    assert site.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 403


def test_metrics_count_requests_jobs_and_ages(site, settings, town):
    settings.METRICS_TOKEN = "right"  # noqa: S105  # the test's own
    jobs.ask("vila", "publish")
    before = metrics(site).get('pulso_requests_total{method="GET",status="404",view="nowhere"}', 0)
    for n in range(3):
        site.get(f"/nowhere/{n}")
    said = metrics(site)
    assert said['pulso_requests_total{method="GET",status="404",view="nowhere"}'] - before == 3
    assert said['pulso_jobs{city="vila",kind="publish",state="waiting"}'] == 1
    assert abs(said['pulso_publication_age_seconds{city="vila"}']) < 1  # the town's clock stands at that moment


def metrics(site) -> dict[str, float]:
    text = site.get("/metrics", headers={"Authorization": "Bearer right"}).content.decode()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in text.splitlines() if line[0] != "#")}


def test_a_request_is_one_line_without_what_was_secret_in_it(site, caplog):
    logging.getLogger("pulso").addHandler(caplog.handler)
    try:
        answer = site.get("/en/vila/today?token=hush", headers={"X-Request-ID": "trace-0001", "Cookie": "sessionid=hush"})
        site.get("/people/hush/reset", headers={"X-Request-ID": "bad id\u00e9"})
    finally:
        logging.getLogger("pulso").removeHandler(caplog.handler)
    first, second = (json.loads(Lines().format(r)) for r in caplog.records if r.name == "pulso.requests")
    assert answer["X-Request-ID"] == "trace-0001"
    assert {k: first[k] for k in ("method", "status", "city", "lang")} == {"method": "GET", "status": 200, "city": "vila", "lang": "en"}
    assert "hush" not in f"{first} {second}"
    assert "127.0.0.1" not in f"{first} {second}"


def test_an_accident_is_written_down_whole_and_its_path_is_not():
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "Internal Server Error: %s", ("/people/reset/hush",), None)
    assert json.loads(Lines().format(record))["event"] == "Internal Server Error"
    assert "hush" not in Plain().format(record)
