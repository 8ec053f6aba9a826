"""Pages of rows, put together into one file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


class Unjoined(Exception):  # noqa: N818  # it names what happened to the file
    """Rows that fill several pages and can't become one file: why, and what to ask instead."""


def joined(pages: Iterator[bytes], form: str) -> bytes:
    """All pages as one file. Unjoined where there are several, and this form, or this computer, can't join them."""
    first, second = next(pages), next(pages, None)
    if second is None:
        return first
    if form == "xlsx":
        raise Unjoined("XLSX: there are more rows than a page has, and sheets are not joined. Ask for fewer days, or for CSV or Parquet.")
    every = [first, second, *pages]
    if form == "csv":
        return first + b"".join(page.partition(b"\r\n")[2] for page in every[1:])  # the first line names the columns
    return _parquet(every) if form == "parquet" else _json(every, "features" if form == "geojson" else "items")


def arrow(pages: Sequence[bytes]) -> pa.Table:
    """All pages as one Arrow table. Needs pyarrow."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    return pa.concat_tables(pq.read_table(pa.BufferReader(page)) for page in pages)


def _parquet(pages: Sequence[bytes]) -> bytes:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise Unjoined(
            "Parquet: there are more rows than a page has, and pages are joined by pyarrow, which is not installed here. "
            "Install it, ask for CSV, or take a whole series: save(city, 'values', 'parquet') without anything else."
        ) from None
    out = pa.BufferOutputStream()
    pq.write_table(arrow(pages), out, compression="zstd")
    return bytes(out.getvalue().to_pybytes())


def _json(pages: Sequence[bytes], rows: str) -> bytes:
    read = [json.loads(page) for page in pages]
    whole = read[0] | {rows: [row for page in read for row in page[rows]], "next": None}
    return json.dumps(whole, ensure_ascii=False).encode()
