from __future__ import annotations

import json

import pytest

from pulso.wifi.files import WifiFileError
from pulso.wifi.openwisp import following, read_openwisp
from pulso.wifi.reports import NO_STATE, SILENT, STRANGE
from pulso.wifi.shapes import Health, Report
from tests.wifi.told import AT, DEVICE, told_of

KNOWN = {"ap-1": "ap-1", "0c0ffee0": "ap-2"}


def read(said, known=KNOWN):
    return read_openwisp(json.dumps(said).encode(), "devices.json", known, AT)


def with_status(status, **more):
    return DEVICE | {"monitoring": {"status": status}} | more


@pytest.mark.parametrize(("status", "health"), [("ok", Health.WORKING), ("problem", Health.PARTLY), ("critical", Health.FAILING)])
def test_a_list_of_devices_says_how_each_is(status, health):
    page = {"count": 1, "next": None, "previous": None, "results": [with_status(status)]}
    for form in (page, page["results"], page["results"][0]):
        assert read(form).reports == [Report("ap-1", AT, health)]
    nearby = {"id": "x", "name": "ap-1", "monitoring_status": status}
    assert read([nearby]).reports == [Report("ap-1", AT, health)]


def test_a_device_is_found_by_its_id_there_or_its_name():
    found = read([with_status("ok", id="0c0ffee0", name="other"), with_status("ok")])
    assert [r.point for r in found.reports] == ["ap-2", "ap-1"]


def test_what_openwisp_does_not_know_is_no_report():
    found = read(
        [with_status("unknown"), with_status("deactivated", id="0c0ffee0", name=""), with_status("ok", name="ap-9"), with_status("on")]
    )
    assert found.reports == []
    assert found.passed == {SILENT: 2, STRANGE: 1, NO_STATE: 1}


def test_nothing_of_keys_addresses_or_clients_is_taken_from_a_device():
    found = read([DEVICE])
    assert told_of(repr(found)) == []
    assert found.reports == [Report("ap-1", AT, Health.WORKING)]


@pytest.mark.parametrize("said", [{}, {"detail": "no"}, 7, None, "ok", {"results": "x"}, [{"id": "ap-1", "name": "ap-1"}], [None, 3]])
def test_an_answer_without_devices_is_a_letter(said):
    with pytest.raises(WifiFileError):
        read(said)


def test_a_list_leads_to_its_next_page():
    assert following(b'{"next": "https://wifi.example/api?page=2", "results": []}', "f") == "https://wifi.example/api?page=2"
    assert following(b'{"next": null, "results": []}', "f") is None
    assert following(b"[]", "f") is None
    for wrong in (b'{"next": 7}', b'{"next": "file:///etc/passwd"}'):
        with pytest.raises(WifiFileError, match="next"):
            following(wrong, "f")
