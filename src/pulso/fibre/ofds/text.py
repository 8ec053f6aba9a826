"""From bytes to values: files, folders and zips of any origin, opened with limits and never unpacked to disk."""

from __future__ import annotations

import csv
import io
import json
import math
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pulso.fibre.findings import FibreFileError, Finding, shown

MOST = 256 << 20
"""So many bytes all files together may have, unpacked. A network of 50,000 spans has some 50 MB of JSON."""

OTHERS: tuple[tuple[bytes, str, str], ...] = (
    (b"SQLite format 3\x00", "a GeoPackage or another database beside files of the standard", "open it by itself"),
    (b"\x1f\x8b", "a file packed by gzip", "unpack it, or pack it as a zip"),
    (b"\x00\x00\x27\x0a", "a shapefile", "save it as GeoPackage or GeoJSON, and give a column map"),
    (b"\xd0\xcf\x11\xe0", "a spreadsheet", "save its sheets as CSV"),
    (b"\x89PNG", "a picture", "JSON, GeoJSON or CSV files of a network are accepted"),
    (b"%PDF", "a PDF", "JSON, GeoJSON or CSV files of a network are accepted"),
    (b"<", "XML or a web page (KML is XML too)", "save it as GeoPackage or GeoJSON, and give a column map"),
)
"""What people give by mistake, by its first bytes: what it is, and what to do instead."""

MOST_FILES = 200
DEEPEST = 40
"""So many levels lists and objects may lie in each other. The standard needs ten."""

MOST_REPEATED = 20
"""So many keys that stand twice are told; after that there's no end to it."""


def gathered(paths: Iterable[Path]) -> dict[str, bytes]:
    """
    Read files, the CSV files of folders, and what zips hold.

    Parameters
    ----------
    paths
        Files or folders. Folders within folders are left alone.

    Returns
    -------
    dict of name to bytes
        Names without folders.

    Raises
    ------
    FibreFileError
        If nothing is there, or there is too much, or a zip is broken or locked.
    """
    files: dict[str, bytes] = {}
    for path in paths:
        found = sorted(p for p in path.iterdir() if p.is_file() and p.suffix.lower() == ".csv") if path.is_dir() else [path]
        if not found:
            raise FibreFileError(f"{path}: no CSV files in this folder; a folder of tables is accepted, or a JSON, GeoJSON or zip file")
        for one in found:
            try:
                with one.open("rb") as stream:
                    _add(files, one.name, stream.read(MOST + 1))  # never trusts a size: a pipe states none, and a device has no end
            except OSError as why:
                raise FibreFileError(f"{one}: can't be read: {why.strerror}") from None
    return files


def unpacked(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """
    Replace each zip by what it holds. A zip in a zip is not opened.

    Raises
    ------
    FibreFileError
        As in `gathered`; and where a file is of another kind.
    """
    result: dict[str, bytes] = {}
    for name, body in files.items():
        if body[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
            for inner, content in _unzipped(name, body).items():
                _add(result, inner, content)
        else:
            _add(result, name, body)
    for name, body in result.items():
        for begins, what, instead in OTHERS:
            if body[:100].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(begins):
                raise FibreFileError(f"{name}: {what}; {instead}")
    return result


def closed(name: str, text: str, between: str) -> None:
    """Refuse a table in which a quotation mark opens a cell and none closes it: all that follows would be that cell."""
    if text.count('"') % 2 == 0:
        return
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    line = 1
    try:
        for _ in rows:
            line = rows.line_num + 1
    except csv.Error as why:
        if "unexpected end of data" in str(why):
            found = f"{name}: a quotation mark opens a cell in the row that begins at line {line}, and none closes it"
            raise FibreFileError(f"{found}; a table that is whole, with quotation marks in pairs") from None


def _add(files: dict[str, bytes], name: str, body: bytes) -> None:
    if name in files:
        raise FibreFileError(f"{name}: two files have this name; each name once")
    files[name] = body
    if len(files) > MOST_FILES or sum(map(len, files.values())) > MOST:
        raise _too_much(name)


def _too_much(name: str) -> FibreFileError:
    return FibreFileError(f"{name}: too much; at most {MOST_FILES} files and {MOST >> 20} MiB together are accepted, once unpacked")


def _unzipped(name: str, body: bytes) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    left = MOST
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            members = [m for m in packed.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
            if "[Content_Types].xml" in packed.NameToInfo:
                raise FibreFileError(f"{name}: a spreadsheet or another office file; save its sheets as CSV")
            if len(members) > MOST_FILES:
                raise _too_much(name)
            for member in members:
                with packed.open(member) as stream:
                    content = stream.read(left + 1)  # never trusts the size that the zip states
                left -= len(content)
                if left < 0:
                    raise _too_much(name)
                _add(files, member.filename.replace("\\", "/").rsplit("/", 1)[-1], content)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError) as why:
        raise FibreFileError(f"{name}: a zip that can't be opened: {why}") from None
    return files


def parsed(name: str, body: bytes, findings: list[Finding]) -> Any:
    """
    Read JSON, strictly.

    Parameters
    ----------
    name
        Of the file, for letters.
    body
        UTF-8, or UTF-16 and UTF-32 as JSON tells them apart.
    findings
        Keys that stand twice in an object are added here; the last counts, as most programs have it.

    Returns
    -------
    Any
        What the file holds. Every number is finite, every text can be written again.

    Raises
    ------
    FibreFileError
        It is no JSON, or holds NaN or an infinite number, or lies too deep.
    """
    text = _decoded(name, body)
    if not text.strip():
        raise FibreFileError(f"{name}: nothing in it; JSON, GeoJSON or CSV files of a network are accepted")
    repeated = 0

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated
        made = dict(pairs)
        if len(made) < len(pairs):
            keys = [key for key, _ in pairs]
            for key in sorted({k for k in keys if keys.count(k) > 1} if len(keys) < 1000 else set(keys[:1])):
                repeated += 1
                if repeated <= MOST_REPEATED:
                    found = f"the key {shown(key)} stands more than once in the object {shown(made.get('id', '…'))}"
                    findings.append(Finding("duplicate-key", "error", name, found, "each key once; the last was taken"))
        return made

    try:
        data = json.loads(text, object_pairs_hook=once, parse_constant=_no_number, parse_float=_finite, parse_int=_moderate)
    except RecursionError:
        raise FibreFileError(f"{name}: lists and objects lie too deep in each other; {DEEPEST} levels are accepted") from None
    except json.JSONDecodeError as why:
        raise FibreFileError(f"{name}: no JSON: {why.msg} in line {why.lineno}, column {why.colno}") from None
    except ValueError as why:
        raise FibreFileError(f"{name}: {why}") from None
    _shallow(name, data)
    return data


def _decoded(name: str, body: bytes) -> str:
    try:
        return body.decode(json.detect_encoding(body))
    except UnicodeDecodeError as why:
        raise FibreFileError(f"{name}: byte {why.start} is no {why.encoding.upper()}; JSON is written in UTF-8") from None


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number in JSON; leave the field out if nothing is known")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"the number {text[:40]} is too large")
    return value


def _moderate(text: str) -> int:
    if len(text) > 18:
        raise ValueError(f"the number {text[:40]} is too large")
    return int(text)


def _shallow(name: str, data: Any) -> None:
    """Refuse what lies too deep, and halves of letters that no file can hold. Level by level: no recursion of ours to exhaust."""
    level, depth = [data], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise FibreFileError(f"{name}: lists and objects lie too deep in each other; {DEEPEST} levels are accepted")
        inner: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                for key in item:
                    _whole(name, key)
                inner += item.values()
            elif isinstance(item, list):
                inner += item
            elif isinstance(item, str):
                _whole(name, item)
        level = [i for i in inner if isinstance(i, dict | list | str)]


def _whole(name: str, text: str) -> None:
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise FibreFileError(
                f"{name}: the text {ascii(text)[:60]} holds half a letter (a lone surrogate); whole letters are accepted"
            ) from None
