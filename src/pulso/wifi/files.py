"""How files of the Wi-Fi are opened: so much and no more, text that can be read, and letters that never repeat what may be a person's."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from pulso.errors import PulsoError

MOST = 64 * 2**20
"""Bytes that a file may have."""
ROWS = 2_000_000
"""Rows that a table may have."""
LONGEST = 400
"""Characters of what was found that are looked through, to be shown."""
TOLD = 20
"""Mistakes that a letter tells of."""

PERSONAL = re.compile(
    r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{1,2}[:\-]){5}[0-9A-Fa-f]{1,2}(?![0-9A-Fa-f])"  # a MAC, also as SNMP writes it
    r"|(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2} ){5}[0-9A-Fa-f]{2}(?![0-9A-Fa-f])"
    r"|(?<![0-9A-Fa-f])[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}(?![0-9A-Fa-f])"
    r"|(?<![0-9A-Fa-f])[0-9A-Fa-f]{12}(?![0-9A-Fa-f])"
    r"|(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])"  # an address of IPv4
    r"|(?<![0-9A-Za-z])[0-9A-Fa-f:]*::[0-9A-Fa-f:.]*"  # and of IPv6, shortened
    r"|(?:[0-9A-Fa-f]{0,4}:){3,7}[0-9A-Fa-f]{0,4}"  # or whole
    r"|[^\s@]+@[^\s@]+"  # who signed in
)
"""What may lead to a person: no letter repeats it."""


class WifiFileError(PulsoError):
    """A file of the Wi-Fi that can't be used: which file, where in it, what was found, what is accepted."""

    exit_code = 2

    def __init__(self, file: str, mistakes: Sequence[str]) -> None:
        more = [f"  and {len(mistakes) - TOLD:,} more"] if len(mistakes) > TOLD else []
        super().__init__("\n".join([f"{file}:", *(f"  {m}" for m in mistakes[:TOLD]), *more]))


def shown(found: object) -> str:
    """What was found, short, without line ends, and with nothing in it that may be an address of a device or of a person.

    Of what is longer than LONGEST, how long it is: cut, half an address could stand at its end.
    """
    whole = str(found)
    if len(whole) > LONGEST:
        return f"a text of {len(whole):,} characters"
    text = PERSONAL.sub("…", whole)
    return repr(text if len(text) <= 60 else f"{text[:59]}…")


def text_of(body: bytes, file: str) -> str:
    """The text of a file: UTF-8, or else Latin-1 as Windows has it. WifiFileError for one that is too large, or no text."""
    if len(body) > MOST:
        raise WifiFileError(file, [f"found {len(body):,} bytes; at most {MOST:,} are read. Give it in parts."])
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(body, "utf-16", file)
    if b"\0" in body:
        raise WifiFileError(file, ["found bytes of nought; a text in UTF-8 is accepted, not a zip, a sheet or another binary file"])
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decoded(body, "cp1252", file)


def _decoded(body: bytes, encoding: str, file: str) -> str:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        raise WifiFileError(file, ["found bytes that are no text; UTF-8 is accepted"]) from None


def json_of(body: bytes, file: str) -> Any:
    """What a JSON file says. WifiFileError where it is none; its text is not repeated."""
    try:
        return json.loads(text_of(body, file))
    except json.JSONDecodeError as why:
        raise WifiFileError(file, [f"line {why.lineno:,}, column {why.colno:,}: found something that is not JSON ({why.msg})"]) from None
    except (RecursionError, ValueError):  # nested without end; numbers of thousands of digits
        raise WifiFileError(file, ["found JSON that is nested too deep, or a number that is too long"]) from None


def rows_of(body: bytes, file: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV file with a head, and the line that each ends on, from 2; separated by , ; or tab, whichever the head has most of.

    A row that is shorter than the head lacks the rest; what is beyond the head is passed over. Empty rows are no rows.
    WifiFileError for a file without a head, with a name twice in it, or with more than ROWS rows.
    """
    text = text_of(body, file)
    head = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    try:
        names = [name.strip() for name in next(reader, [])]
        doubles = sorted({n for n in names if n and names.count(n) > 1})
        if not any(names) or doubles:
            found = f"{len(doubles):,} names of columns twice" if doubles else "no names of columns in the first line"
            raise WifiFileError(file, [f"line 1: found {found}; each column has a name of its own"])
        for count, row in enumerate(reader):
            if count >= ROWS:
                raise WifiFileError(file, [f"found more than {ROWS:,} rows. Give it in parts."])
            if any(cell.strip() for cell in row):
                yield reader.line_num, {name: cell.strip() for name, cell in zip(names, row, strict=False) if name}
    except csv.Error as why:
        raise WifiFileError(file, [f"line {reader.line_num:,}: found a row that can't be read ({why})"]) from None
