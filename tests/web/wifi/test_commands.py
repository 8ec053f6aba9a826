from __future__ import annotations

import io
import json
import logging
import os

import httpx
import pytest
from django.core.management import CommandError, call_command

from pulso.errors import SourceUnavailable
from pulso.web.readings import reading
from pulso.web.wifi import asking, reads
from pulso.web.wifi.models import AccessPoint, Day, Network, Place, Spell
from pulso.wifi.files import WifiFileError
from tests.web.wifi.conftest import health_of
from tests.wifi.told import DEVICE, PERSONAL, told_of

pytestmark = pytest.mark.django_db
PLACES = "id,name,kind,lon,lat\npraca,Praça,square,-8.7,41.15\n"
POINTS = "id,place,feed\nap-1,praca,\nap-2,praca,Um outro\n"


def called(name, *args, **options):
    out = io.StringIO()
    call_command(name, *map(str, args), stdout=out, stderr=out, **options)
    return out.getvalue()


@pytest.fixture
def files(vila, tmp_path):
    """The town with two access points, and a folder."""
    (tmp_path / "places.csv").write_text(PLACES)
    (tmp_path / "points.csv").write_text(POINTS)
    said = called("wifi_load", "vila", places=tmp_path / "places.csv", points=tmp_path / "points.csv")
    assert "2 access points read, 2 new or changed" in said
    return tmp_path


def test_reports_come_from_each_form_of_file(files, vila):
    (files / "r.csv").write_text(
        "point,at,state\nap-1,2025-03-16T08:50:00Z,up\nUm outro,2025-03-16T08:50:00Z,up\nap-9,2025-03-16T08:50:00Z,up\n"
    )
    assert called("wifi_report", "vila", files / "r.csv").splitlines() == [
        "2 reports kept",
        "1 passed over: an access point that is not in the inventory",
    ]
    (files / "d.json").write_text(json.dumps([DEVICE | {"monitoring": {"status": "critical"}}]))
    called("wifi_report", "vila", files / "d.json", "--form", "openwisp", "--at", "2025-03-16T08:55:00Z")
    (files / "ap-2.txt").write_text("ifDescr.3 wlan0\nifOperStatus.3 up\nifDescr.4 wlan1\nifOperStatus.4 down\n")
    (files / "other.txt").write_text("ifDescr.3 wlan0\nifOperStatus.3 up\n")
    said = called("wifi_report", "vila", files / "ap-2.txt", files / "other.txt", "--form", "snmp", "--at", "2025-03-16T09:57:00+01:00")
    assert "1 reports kept" in said
    assert health_of(vila) == {"ap-1": "failing", "ap-2": "partly"}


def test_an_address_is_asked_page_by_page_with_its_token(files, vila, monkeypatch):
    asked = []

    def answer(request):
        asked.append((str(request.url), request.headers.get("Authorization")))
        second = "page=2" in str(request.url)
        after = None if second else "https://wifi.example/api/v1/monitoring/device/?page=2"
        return httpx.Response(200, json={"next": after, "results": [DEVICE | {"name": "ap-2"} if second else DEVICE]})

    monkeypatch.setenv(asking.TOKEN, "secret-token")
    got = list(asking.pages("https://wifi.example/api/v1/monitoring/device/", httpx.MockTransport(answer)))
    assert len(got) == 2
    assert {token for _, token in asked} == {"Bearer secret-token"}
    whole = asking.pages
    monkeypatch.setattr("pulso.web.wifi.management.commands.wifi_report.pages", lambda address: whole(address, httpx.MockTransport(answer)))
    said = called("wifi_report", "vila", "https://wifi.example/api/v1/monitoring/device/", "--form", "openwisp")
    assert said == "2 reports kept\n"
    assert set(health_of(vila).values()) == {"working"}


def test_a_letter_about_an_address_has_no_password_in_it(files, vila, monkeypatch):
    monkeypatch.setattr("pulso.web.wifi.management.commands.wifi_report.pages", lambda address: [b"<html>"])
    with pytest.raises(WifiFileError, match=r"https://wifi\.example/api") as letter:
        called("wifi_report", "vila", "https://ana:word@wifi.example/api?key=secret", "--form", "openwisp")
    assert [s for s in ("ana", "word", "secret") if s in str(letter.value)] == []


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (httpx.Response(401), "401.*PULSO_WIFI_TOKEN"),
        (httpx.Response(302, headers={"Location": "https://elsewhere.example/"}), "status 302"),
        (httpx.Response(200, json={"next": "https://elsewhere.example/x", "results": []}), "on the same server"),
        (httpx.Response(200, json={"next": "https://wifi.example/again", "results": []}), "more than 1,000 pages"),
        (httpx.Response(200, text="<html>"), "not JSON"),
    ],
    ids=["no token", "sent on", "led elsewhere", "without end", "no JSON"],
)
def test_a_server_that_can_t_be_believed_is_a_letter_without_secrets(reply, why, monkeypatch):
    monkeypatch.setenv(asking.TOKEN, "secret-token")
    monkeypatch.setattr(asking, "PAGES", 1_000)
    address = "https://ana:pass@wifi.example/api?key=secret-key"

    def again(_request):
        return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)

    with pytest.raises((SourceUnavailable, WifiFileError), match=why) as letter:
        list(asking.pages(address, httpx.MockTransport(again)))
    assert [s for s in ("secret", "pass@", "ana:") if s in str(letter.value)] == []


def test_a_server_that_does_not_answer_is_a_letter(monkeypatch):
    def never(_request):
        raise httpx.ConnectError("de:ad:be:ef:00:01 is unreachable")

    with pytest.raises(SourceUnavailable, match="did not answer") as letter:
        list(asking.pages("https://wifi.example/", httpx.MockTransport(never)))
    assert told_of(str(letter.value)) == []


@pytest.mark.parametrize("form", ["csv", "openwisp", "snmp"])
def test_nothing_of_who_connects_is_in_tables_answers_logs_or_letters(files, vila, form, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    rows = "".join(
        f"{p},2025-03-16T08:50:00Z,up,{p}\nap-1,{p},up,{p}\nap-1,2025-03-16T08:5{i % 10}:00Z,{p},{p}\n" for i, p in enumerate(PERSONAL)
    )
    bodies = {
        "csv": f"point,at,state,calling_station_id\nap-1,2025-03-16T08:50:00Z,up,x\n{rows}",
        "openwisp": json.dumps([DEVICE, *({"id": p, "name": p, "monitoring": {"status": p}, p: p} for p in PERSONAL)]),
        "snmp": "ifDescr.3 wlan0\nifOperStatus.3 up\n"
        + "".join(f"ifDescr.{i} {p}\nifOperStatus.{i} {p}\n" for i, p in enumerate(PERSONAL, 4)),
    }
    file = files / "ap-1.txt"
    said = []
    for body in (bodies[form], bodies[form][: len(bodies[form]) // 2], bodies[form].replace("ap-1", "ap-9").replace("wlan0", "eth0")):
        file.write_text(body)
        try:
            said.append(called("wifi_report", "vila", file, "--form", form))
        except WifiFileError as why:
            said.append(f"{why!r} {why}")
    kept = [list(model.objects.values()) for model in (Network, Place, AccessPoint, Spell, Day)]
    assert AccessPoint.objects.get(key="ap-1").state == "working"
    out, err = capfd.readouterr()
    assert told_of("\n".join([*said, repr(kept), repr(reads.board(reading("vila"))), caplog.text, out, err])) == []


def test_a_file_that_is_not_there_or_too_large_is_a_letter(files, vila, monkeypatch):
    with pytest.raises(WifiFileError, match="can't be read: No such file"):
        called("wifi_report", "vila", files / "nothing.csv")
    with pytest.raises(WifiFileError, match="can't be read"):
        called("wifi_report", "vila", files)
    with (files / "large.csv").open("wb") as large:
        os.truncate(large.fileno(), 2**40)
    with pytest.raises(WifiFileError, match="at most"):
        called("wifi_load", "vila", places=files / "large.csv")


def test_the_city_says_how_its_wi_fi_reports(vila):
    assert called("wifi_set", "vila", interval=60, far=200.0) == "interval 60 s, missed 3, far 200 m, target none\n"
    assert "target 0.98" in called("wifi_set", "vila", target=0.98)
    with pytest.raises(CommandError, match="wifi_target_is_a_share"):
        called("wifi_set", "vila", target=98.0)
    assert Network.objects.get().target == 0.98
