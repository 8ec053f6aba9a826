"""The reference of a collection: files read one by one by DuckDB's `read_csv`, nothing declared, nothing kept.

    python -m tests.bench.bare_read_csv LIST

A file whose form DuckDB can't guess is counted, and costs what the guessing took.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb


def main() -> None:
    """Read them, and print how many rows they have."""
    rows = refused = 0
    database = duckdb.connect()
    for file in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        try:
            rows += database.sql("select * from read_csv($file)", params={"file": file}).to_arrow_table().num_rows
        except duckdb.Error:
            refused += 1
    print(f"{rows:,} rows; {refused} files whose form could not be guessed")


if __name__ == "__main__":
    main()
