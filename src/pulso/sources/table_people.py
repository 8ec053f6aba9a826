"""Tables that name people: no table connector reads them, and nothing of them is kept."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter

from pulso.errors import SourceChanged
from pulso.sources.radius_forms import rows
from pulso.sources.table_packed import unpacked
from pulso.sources.table_text import is_workbook

NAMES = {"callingstationid": "Calling-Station-Id", "username": "User-Name"}
"""What accounting calls a client and a user, in lower case and without hyphens."""

LINES = 60  # among so many the header is
HEAD = 256_000  # characters
READ = 64 << 20  # bytes of a workbook's part
IN_BOOK = re.compile(rb">\s*(calling[-_ ]?station[-_ ]?id|user[-_ ]?name)\s*<", re.I)


def named_in(cells: list[str]) -> list[str]:
    """Which of a header's columns name people, as accounting calls them."""
    plain = {re.sub(r"[^a-z0-9]", "", cell.lower()) for cell in cells}
    return [shown for name, shown in NAMES.items() if name in plain]


def refuse(body: bytes, where: str) -> None:
    """
    Let no table with such a column pass; before anything of it is kept.

    Raises
    ------
    SourceChanged
        A letter that names the columns, and nothing that stands in them.
    """
    raw = unpacked(body, where)
    if is_workbook(raw):
        refuse_columns(_in_book(raw), where)
        return
    for line in raw[:HEAD].decode("utf-8", "replace").splitlines()[:LINES]:
        refuse_columns(re.split(r"[,;\t|]", line), where)


def refuse_columns(header: list[str], where: str) -> None:
    """The same of a header."""
    found = named_in(header)
    if found:
        raise SourceChanged(
            f"{where}: the column {' and the column '.join(found)} names people, so that no table connector reads it and nothing of it was "
            'kept. Accounting of a Wi-Fi is read by connector = "radius", with personal = true: `pulso draft` proposes it.'
        )


def is_accounting(text: str) -> bool:
    """Whether a text is RADIUS accounting, in any of its forms."""
    first = next(rows(text, Counter()) or iter(()), {})
    return any(name.startswith("acct") for name in first)


def _in_book(raw: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as book:
            parts = [n for n in book.namelist() if n.endswith(".xml") and ("sharedStrings" in n or "/sheet" in n or n == "content.xml")]
            found = [m.decode() for n in parts for m in IN_BOOK.findall(book.open(n).read(READ))]
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError):
        return []  # nobody reads it
    return found
