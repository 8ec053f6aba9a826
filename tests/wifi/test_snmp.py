from __future__ import annotations

import re

import pytest

from pulso.wifi.files import WifiFileError
from pulso.wifi.shapes import Health, Report
from pulso.wifi.snmp import read_snmp
from tests.wifi.told import AT, told_of

WALK = """\
IF-MIB::ifDescr.1 = STRING: lo
IF-MIB::ifDescr.2 = STRING: eth0
IF-MIB::ifDescr.3 = STRING: wlan0
IF-MIB::ifDescr.4 = STRING: wlan1
IF-MIB::ifPhysAddress.3 = STRING: de:ad:be:ef:0:1
IF-MIB::ifAdminStatus.3 = INTEGER: up(1)
IF-MIB::ifAdminStatus.4 = INTEGER: {admin}
IF-MIB::ifOperStatus.1 = INTEGER: up(1)
IF-MIB::ifOperStatus.2 = INTEGER: down(2)
IF-MIB::ifOperStatus.3 = INTEGER: {one}
IF-MIB::ifOperStatus.4 = INTEGER: {other}
IP-MIB::ipNetToMediaPhysAddress.3.10.20.30.41 = STRING: de:ad:be:ef:0:2
"""


def read(text, **how):
    return read_snmp(text.encode(), "ap-1.txt", "ap-1", AT, **how)


def walk(one="up(1)", other="up(1)", admin="up(1)"):
    return WALK.format(one=one, other=other, admin=admin)


@pytest.mark.parametrize(
    ("one", "other", "health"),
    [
        ("up(1)", "up(1)", Health.WORKING),
        ("up(1)", "down(2)", Health.PARTLY),
        ("down(2)", "lowerLayerDown(7)", Health.FAILING),
        ("unknown(4)", "up(1)", Health.WORKING),
        ("dormant(5)", "notPresent(6)", Health.FAILING),
    ],
)
def test_an_access_point_is_as_its_radios_are(one, other, health):
    found = read(walk(one, other))
    assert found.reports == [Report("ap-1", AT, health)]
    assert told_of(repr(found)) == []


def test_a_radio_that_was_switched_off_by_its_keeper_does_not_fail():
    assert read(walk("up(1)", "down(2)", admin="down(2)")).reports[0].state is Health.WORKING


def test_an_access_point_of_whose_radios_nothing_is_known_reports_nothing():
    assert read(walk("unknown(4)", "unknown(4)")).reports == []
    assert (
        read(
            walk("down(2)", "down(2)").replace("ifAdminStatus.3 = INTEGER: up(1)", "ifAdminStatus.3 = INTEGER: 2"),
        ).reports
        != []
    )


@pytest.mark.parametrize(
    "text",
    [
        'iso.3.6.1.2.1.2.2.1.2.3 = STRING: "wlan0"\niso.3.6.1.2.1.2.2.1.8.3 = INTEGER: 2\n',
        ".1.3.6.1.2.1.2.2.1.2.3 = STRING: wlan0\r\n.1.3.6.1.2.1.2.2.1.8.3 = INTEGER: 2\r\n",
        "ifDescr.3 wlan0\nifOperStatus.3 down\n",
        "IF-MIB::ifType.3 = INTEGER: ieee80211(71)\nIF-MIB::ifOperStatus.3 = INTEGER: down(2)\n",
        "1.3.6.1.2.1.2.2.1.3.3 71\n1.3.6.1.2.1.2.2.1.8.3 2\n",
    ],
    ids=["-Os", "-On", "-Oqs", "by type", "bare"],
)
def test_each_way_that_a_walk_is_written_says_the_same(text):
    assert read(text).reports == [Report("ap-1", AT, Health.FAILING)]


TABLE = """\
SNMP table: IF-MIB::ifTable

 ifIndex ifDescr ifType ifAdminStatus ifOperStatus
       1 lo softwareLoopback up up
       2 wlan0 ieee80211 up up
       3 wlan1 ieee80211 up down
"""


def test_a_table_says_the_same_with_spaces_or_commas():
    with_commas = re.sub(r"(?m)^ *(\S+) (\S+) (\S+) (\S+) (\S+)$", r"\1,\2,\3,\4,\5", TABLE)
    assert with_commas != TABLE
    for text in (TABLE, with_commas):
        assert read(text).reports == [Report("ap-1", AT, Health.PARTLY)]


def test_a_table_whose_columns_can_t_be_told_apart_is_a_letter():
    with pytest.raises(WifiFileError, match='line 5: found 6 columns, and 5 in the head; with snmptable -Cf ","'):
        read(TABLE.replace("wlan0", "Radio one"))


def test_a_device_without_radios_is_a_letter_that_names_its_interfaces():
    text = walk().replace("wlan", "port")
    with pytest.raises(WifiFileError, match="found 4 interfaces, among them lo, eth0, port0, port1, and no radio"):
        read(text)
    assert read(text, radios=re.compile("port")).reports[0].state is Health.WORKING
    for nothing in ("", "Timeout: No Response from 192.0.2.1.\n", "IF-MIB::ifDescr.3 = STRING: wlan0\n"):
        with pytest.raises(WifiFileError, match="no ifOperStatus"):
            read(nothing)
