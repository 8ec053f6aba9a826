"""Tables that come packed."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from pulso.errors import SourceChanged
from pulso.sources import table_packed
from tests.sources.tables import read, rows

SECTION = 'time = { column = "time" }\nvalues = { column = "n", metric = "cars" }\n'
BODY = b"time,n\n2023-01-01 00:00,1\n"


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, body in files.items():
            packed.writestr(name.replace("__", "/"), body)
    return out.getvalue()


@pytest.mark.parametrize(
    "body", [gzip.compress(BODY), zipped(counts=BODY), zipped(folder__=b"", folder__counts=BODY)], ids=["gzip", "zip", "folder"]
)
def test_a_packed_table_is_unpacked(tmp_path, body):
    assert rows(read(tmp_path, SECTION, body), "value") == [(1.0,)]


@pytest.mark.parametrize(
    ("body", "letter"),
    [
        (gzip.compress(BODY)[:-9], "is packed and can't be unpacked"),
        (zipped(a=BODY)[:40], "is packed and can't be unpacked"),
        (zipped(a=BODY, b=BODY), "this one holds 2: 'a', 'b'"),
    ],
    ids=["torn gzip", "torn zip", "two files"],
)
def test_what_cannot_be_unpacked_is_a_letter(tmp_path, body, letter):
    with pytest.raises(SourceChanged, match=letter):
        read(tmp_path, SECTION, body)


@pytest.mark.parametrize("pack", [gzip.compress, lambda b: zipped(a=b)], ids=["gzip", "zip"])
def test_nothing_is_unpacked_beyond_its_bound(tmp_path, monkeypatch, pack):
    monkeypatch.setattr(table_packed, "MOST", 1000)
    with pytest.raises(SourceChanged, match="unpacked, the file has more than"):
        read(tmp_path, SECTION, pack(BODY + b"\n" * 2000))
