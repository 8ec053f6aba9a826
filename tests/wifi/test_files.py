from __future__ import annotations

import json
import zipfile
from io import BytesIO

import pytest

from pulso.wifi.columns import Columns, read_columns
from pulso.wifi.files import MOST, WifiFileError, shown
from pulso.wifi.inventory import read_inventory
from pulso.wifi.openwisp import read_openwisp
from pulso.wifi.reports import read_table
from pulso.wifi.snmp import read_snmp
from tests.wifi.told import AT, PERSONAL, told_of

READERS = {
    "csv": lambda body: read_table(body, "file", {"ap-1": "ap-1"}, Columns()),
    "openwisp": lambda body: read_openwisp(body, "file", {"ap-1": "ap-1"}, AT),
    "snmp": lambda body: read_snmp(body, "file", "ap-1", AT),
    "places": lambda body: read_inventory((body, "file"), None, Columns()),
    "points": lambda body: read_inventory(None, (body, "file"), Columns(), frozenset({"praca"})),
    "columns": lambda body: read_columns(body, "file"),
}


def zipped():
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("bomb.csv", b"0" * 10_000_000)
    return out.getvalue()


HOSTILE = {
    "a zip": zipped(),
    "bytes of nought": b"\0" * 40,
    "half a UTF-16": b"\xff\xfe\x00\xd8",
    "no text in any encoding": b"\x81\x8d\x8f\x90\x9d",
    "too large": b"x" * (MOST + 1),
    "brackets without end": b"[" * 200_000,
    "a number without end": b"[" + b"9" * 20_000 + b"]",
    "a cell without end": b"point,at,state,id,name\n" + b"y" * 200_000 + b",,,,\n",
    "a quote that never closes": b'point,at,state\n"' + b"z" * 200_000,
    "columns twice": b"id,id\n1,2\n",
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("what", HOSTILE)
def test_a_file_that_can_t_be_read_is_a_letter_and_nothing_worse(reader, what):
    found, why = tried(reader, HOSTILE[what])
    assert why.startswith("file:") or not getattr(found, "reports", ())
    assert len(why) < 3_000


def tried(reader, body):
    """What a reader makes of a file, and what its letter says."""
    try:
        return READERS[reader](body), ""
    except WifiFileError as why:
        assert why.__suppress_context__ or why.__context__ is None, "a traceback repeats nothing either"  # noqa: PT017
        return None, f"{why}"


def planted(form, value):
    """Files in each form that hold something of a person where something else should be."""
    return {
        "csv": f"point,at,state\n{value},{value},{value}\nap-1,{value},up\nap-1,2025-03-16T09:00:00Z,{value}\n",
        "openwisp": json.dumps(
            [{"id": value, "name": value, "mac_address": value, "monitoring": {"status": value}}, value, {value: value}]
        ),
        "snmp": f"IF-MIB::ifDescr.1 = STRING: {value}\nIF-MIB::ifOperStatus.1 = INTEGER: {value}\n{value}\n",
        "places": f"id,name,kind,lon,lat,large,target\n{value},{value},{value},{value},{value},{value},{value}\nx,,other,{value},1,,\n",
        "points": f"id,place,since,disclosure\n{value},{value},{value},{value}\nx,{value},,\n",
        "columns": f'[reports]\nclock = "{value}"\nstates = {{ "{value}" = "{value}" }}\n[places]\n"{value}" = "x"\n',
    }[form]


@pytest.mark.parametrize("value", [v for v in PERSONAL if v != "Ana-Silva-iPhone"])
@pytest.mark.parametrize("form", READERS)
def test_no_letter_repeats_an_address_of_a_device_or_of_a_person(form, value):
    assert told_of(repr(tried(form, planted(form, value).encode()))) == []


@pytest.mark.parametrize("value", PERSONAL[:-1])
def test_what_is_shown_of_a_cell_has_its_addresses_taken_out(value):
    for around in (value, f"from {value} at nine", f"[{value}]", value.upper(), f"{value},{value}"):
        assert told_of(shown(around)) == []
    assert shown("praça") == "'praça'"
    assert shown("ap-1 12:30") == "'ap-1 12:30'"
    assert len(shown("x" * 1_000)) < 70
    assert "de:ad" not in shown("a@" + "b" * 390 + " de:ad:be:ef:00:01")  # which is too long to be shown
