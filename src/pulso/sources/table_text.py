"""Bytes → columns of text: encodings, preambles, headers that come again, rows of another length, workbooks, and what is no table."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray
from python_calamine import CalamineError, CalamineWorkbook

from pulso.errors import SourceChanged
from pulso.sources.table_options import Options

LOOK = 60
"""So many lines may stand before the header."""


class Odd(NamedTuple):
    """A line that is not a row of the table."""

    line: int
    text: str
    reason: str  # one of shapes.REASONS


class Block(NamedTuple):
    """Rows under one header."""

    names: list[str]  # every column of the header, renamed as the city file says
    cells: dict[int, pa.Array]  # position in the header → texts, for the columns that were wanted
    line: NDArray[np.int64]  # of each row, counted from 1
    odd: list[Odd]


Wanted = Callable[[list[str]], list[int]]


def blocks(body: bytes, url: str, options: Options, wanted: Wanted) -> Iterator[Block]:
    """Split an answer into blocks of rows, each under its header.

    `wanted` is told each header and says which positions to read.

    Raises
    ------
    SourceChanged
        A letter that names the address: it is empty, a web page or JSON instead of a table, or has not the declared columns.
    """
    if is_workbook(body):
        options = options.model_copy(update={"separator": ",", "newline_at_end": False})
    body = as_text(body, url, options.encoding, options.sheet, options.decimal)
    refuse_pages(body, url)
    if options.columns is not None:
        yield _block(body, 0, len(body), 1, list(options.columns), options, wanted)
        return
    try:
        yield from _headed(body, url, options, wanted)
    except pa.ArrowInvalid as why:
        raise SourceChanged(f"{url}: the rows could not be told apart: {why}. What was known from this address stays.") from None


def _headed(body: bytes, url: str, options: Options, wanted: Wanted) -> Iterator[Block]:
    """The blocks of a table, each under the header that stands above it."""
    names, line, start = _header(body, url, options)
    marker = _marker(body[:start], options.separator)
    while True:
        again = body.find(marker, start - 1) if marker else -1
        yield _block(body, start, len(body) if again < 0 else again + 1, line + 1, names, options, wanted)
        if again < 0:
            return
        line += body.count(b"\n", start, again + 1) + 1
        start = _after_line(body, again + 1)
        names = _names(body[again + 1 : start], options)


def as_text(body: bytes, url: str, encoding: str = "auto", sheet: str | int = 0, decimal: str = ".") -> bytes:
    """Put any table into UTF-8 text without a byte-order mark, lines ended by line feeds; a workbook's sheet becomes CSV with commas."""
    text = _sheet(body, url, sheet, decimal) if is_workbook(body) else _utf8(body, encoding)
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text


def is_workbook(body: bytes) -> bool:
    """Whether the bytes are those of a workbook, new or old."""
    return body[:4] == b"PK\x03\x04" or body[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _utf8(body: bytes, encoding: str) -> bytes:
    """Put any text into UTF-8 without a byte-order mark."""
    if encoding != "auto":
        return body.decode(encoding, "replace").encode()
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", "replace").encode()
    body = body.removeprefix(b"\xef\xbb\xbf")
    try:
        body.decode()
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
        broken, whole = text.count("\ufffd"), sum(1 for c in text if ord(c) > 127)
        if broken * 2 > whole:  # hardly any other letter is right in UTF-8: it is none
            text = body.decode("cp1252", "replace")
        return text.encode()
    return body


def refuse_pages(body: bytes, url: str) -> None:
    """Raise SourceChanged, a letter that names the address, for what is no table at all."""
    start = body[:2000].lstrip()
    looks = ""
    if not start:
        looks = "is empty"
    elif start[:1] == b"<":
        looks = "is a web page or XML"
    elif start[:1] in (b"{", b"[") and start[1:].lstrip()[:1] in (b'"', b"{", b"[", b"}", b"]"):
        looks = "is JSON"
    if looks:
        shown = f"; it begins {start[:80].decode('utf-8', 'replace')!r}" if start else ""
        raise SourceChanged(f"{url}: this should be a table but {looks}{shown}. What was known from this address stays.")


def _sheet(body: bytes, url: str, wanted: str | int, decimal: str) -> bytes:
    """Write a workbook's sheet as CSV in UTF-8; numbers with the declared decimal mark, times in ISO form."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(body))
        sheet = book.get_sheet_by_index(wanted) if isinstance(wanted, int) else book.get_sheet_by_name(wanted)
    except (CalamineError, ValueError, IndexError) as why:
        raise SourceChanged(f"{url}: the workbook has no readable sheet {wanted!r}: {why}") from None
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([_cell(c, decimal) for c in row] for row in sheet.to_python(skip_empty_area=False))
    return out.getvalue().encode()


def sheets(body: bytes) -> list[str]:
    """The names of a workbook's sheets, in their order."""
    return list(CalamineWorkbook.from_filelike(io.BytesIO(body)).sheet_names)


def _cell(value: object, decimal: str) -> str:
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value).replace(".", decimal)
    return str(value)


def _after_line(body: bytes, at: int) -> int:
    end = body.find(b"\n", at)
    return len(body) if end < 0 else end + 1


def _cells(line: bytes, separator: str) -> list[str]:
    text = line.decode("utf-8", "replace").rstrip("\n")
    return next(csv.reader([text], delimiter=separator), [])


def _names(line: bytes, options: Options) -> list[str]:
    names = [n.strip() for n in _cells(line, options.separator)]
    return [options.columns_renamed.get(n, n) for n in names]


def _header(body: bytes, url: str, options: Options) -> tuple[list[str], int, int]:
    """Find the first line that names the columns of the time: the names, its number, and where the rows begin."""
    needed = set(options.time.column)
    seen: list[str] = []
    at = 0
    for line in range(1, LOOK + 1):
        if at >= len(body):
            break
        after = _after_line(body, at)
        names = _names(body[at:after], options)
        if needed <= set(names):
            return names, line, after
        seen = seen if len(seen) >= len(names) else names
        at = after
    found = ", ".join(repr(n) for n in seen[:40])
    raise SourceChanged(f"{url}: no line names the time column {', '.join(map(repr, options.time.column))}. Its columns are {found}.")


def _marker(head: bytes, separator: str) -> bytes:
    """How a header that comes again would begin."""
    line = head.rstrip(b"\r\n").rsplit(b"\n", 1)[-1]
    first = line.split(separator.encode(), 1)[0]
    return b"\n" + (first + separator.encode() if first.strip(b'" ') and first != line else line)


def _block(body: bytes, start: int, end: int, first_line: int, names: list[str], options: Options, wanted: Wanted) -> Block:
    """Read the rows between two places of the body."""
    columns = wanted(names)
    found: list[tuple[int, str]] = []

    def keep(row: pa.csv.InvalidRow) -> str:
        found.append((row.number, row.text))
        return "skip"

    stop = end
    cut = ""
    if options.newline_at_end and end == len(body) and not body.endswith(b"\n"):
        stop = max(start, body.rfind(b"\n", start, end) + 1)
        cut = body[stop:end].decode()
    keys = [str(i) for i in range(len(names))]
    part, unclosed = _closed(body[start:stop], first_line)
    if part.strip():
        table = pa.csv.read_csv(
            pa.BufferReader(part),
            read_options=pa.csv.ReadOptions(use_threads=False, column_names=keys, block_size=max(len(part) + 1, 1 << 12)),
            parse_options=pa.csv.ParseOptions(delimiter=options.separator, newlines_in_values=False, invalid_row_handler=keep),
            convert_options=pa.csv.ConvertOptions(
                default_column_type=pa.string(), include_columns=[str(i) for i in columns], strings_can_be_null=False
            ),
        )
        rows = table.num_rows if columns else 0
        cells = {i: table.column(str(i)).combine_chunks() for i in columns}
    else:
        rows, cells = 0, {i: pa.array([], pa.string()) for i in columns}
    number: NDArray[np.int64] = (
        np.setdiff1d(np.arange(1, rows + len(found) + 1), [n for n, _ in found]) if found else np.arange(1, rows + 1)
    )
    blank = part[:1] in (b"\n", b"\r") or b"\n\n" in part or b"\n\r\n" in part
    where = _lines(part, first_line) if blank else None
    at: NDArray[np.int64] = number + first_line - 1 if where is None else where[number - 1]
    block = Block(names, cells, at, unclosed)
    if found:
        block = _with_odd(block, [(n + first_line - 1 if where is None else int(where[n - 1]), t) for n, t in found], options)
    if cut:
        block.odd.append(Odd(first_line + body.count(b"\n", start, stop), cut, "short row"))
    return block


def _closed(part: bytes, first_line: int) -> tuple[bytes, list[Odd]]:
    """Take out lines whose quotes never close, so that they swallow no line after them; a blank line stays in their place."""
    if part.count(b'"') % 2 == 0:
        return part, []
    lines = part.split(b"\n")
    odd = [i for i, line in enumerate(lines) if line.count(b'"') % 2]
    found = [Odd(first_line + i, lines[i].decode("utf-8", "replace").rstrip("\r"), "short row") for i in odd]
    for i in odd:
        lines[i] = b""
    return b"\n".join(lines), found


def _lines(part: bytes, first_line: int) -> NDArray[np.int64]:
    """The numbers of the lines that are not blank."""
    return np.array([i for i, text in enumerate(part.split(b"\n"), start=first_line) if text.strip(b"\r")], dtype=np.int64)


def _with_odd(block: Block, found: list[tuple[int, str]], options: Options) -> Block:
    """Sort out rows of another length: some only carry empty cells at their end; some are footers; the rest is odd."""
    width, odd = len(block.names), block.odd
    more: list[tuple[int, list[str]]] = []
    for line, text in found:
        cells = _cells(text.encode(), options.separator)
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if len(cells) == width:
            more.append((line, cells))
        else:
            shown = ", ".join(cells) if len(cells) == 1 else text
            footer = any(re.search(f, shown) for f in options.footer)
            odd.append(Odd(line, shown, "footer" if footer else "short row"))
    if not more:
        return block
    lines = np.concatenate([block.line, [n for n, _ in more]])
    order = pa.array(np.argsort(lines, kind="stable"))
    cells_of = {i: pa.concat_arrays([c, pa.array([r[i] for _, r in more], pa.string())]).take(order) for i, c in block.cells.items()}
    return Block(block.names, cells_of, np.sort(lines, kind="stable"), odd)
