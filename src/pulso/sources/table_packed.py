"""Files that come packed: gzip, or a zip with one table in it. A workbook is a zip too, and stays as it is."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib

from pulso.errors import SourceChanged

MOST = 512 << 20
"""So many bytes a file may have once it is unpacked; more is no table but a mistake, or an attack."""

WORKBOOKS = ("xl/", "[content_types].xml", "mimetype")
"""What the parts of a workbook are called, XLSX or ODS."""


def unpacked(body: bytes, url: str) -> bytes:
    """Give what is inside a gzip or a zip, and anything else as it is.

    Raises
    ------
    SourceChanged
        A letter that names the address: the packing is broken, too large, or holds another number of files than one.
    """
    try:
        if body[:2] == b"\x1f\x8b":
            with gzip.GzipFile(fileobj=io.BytesIO(body)) as stream:
                return _small(stream.read(MOST + 1), url)
        if body[:4] == b"PK\x03\x04":
            with zipfile.ZipFile(io.BytesIO(body)) as packed:
                return _only_file(packed, body, url)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError) as why:
        raise SourceChanged(f"{url}: the file is packed and can't be unpacked: {why}. What was known from this address stays.") from None
    return body


def _only_file(packed: zipfile.ZipFile, body: bytes, url: str) -> bytes:
    """The one file of a zip; folders and what a Mac adds are none."""
    names = [n for n in packed.namelist() if not n.endswith("/") and not n.startswith("__MACOSX/")]
    if any(n.lower().startswith(WORKBOOKS) for n in names):
        return body
    if len(names) != 1:
        found = ", ".join(map(repr, names[:5])) + (" …" if len(names) > 5 else "")
        raise SourceChanged(f"{url}: a zip with one table is read; this one holds {len(names)}: {found}. What was known stays.")
    with packed.open(names[0]) as stream:
        return _small(stream.read(MOST + 1), url)


def _small(body: bytes, url: str) -> bytes:
    if len(body) > MOST:
        raise SourceChanged(f"{url}: unpacked, the file has more than {MOST >> 20} MiB. What was known from this address stays.")
    return body
