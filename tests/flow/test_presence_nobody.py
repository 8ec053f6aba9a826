"""Hostile answers go through every command, and then everything that was written or said is searched, unpacked: nobody is in it."""

from __future__ import annotations

import hashlib
import json
import logging
import sqlite3
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pulso.cli import main
from pulso.flow.home import Home
from pulso.sources.raw_store import RawStore, retention
from tests.flow.test_presence import DAY, NOW, Vila, a_monday
from tests.sources.radius_rooms import SECRETS, detail
from tests.sources.test_radius import HOSTILE

SOUGHT = (*SECRETS, "de-ad-be-ef", "deadbeef", "de:ad:be:ef")
FIRST = DAY - timedelta(days=len(HOSTILE))


class Crew:
    """Whoever runs the town's commands, and hears all that they say."""

    def __init__(self, vila: Vila, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.vila, self.patch, self.capsys = vila, patch, capsys
        self.said: list[str] = []
        of = Home(vila.folder / "var", vila.folder / "mirror", vila.clock)
        patch.setattr(Home, "of", classmethod(lambda cls, *said: of))

    def gives(self, *words: str) -> str:
        """A command about the town; what it said."""
        self.patch.setattr(sys, "argv", ["pulso", words[0], str(self.vila.folder), *words[1:]])
        with pytest.raises(SystemExit):
            main()
        heard = self.capsys.readouterr()
        self.said += [heard.out, heard.err]
        return heard.out + heard.err


@pytest.fixture
def vila(tmp_path: Path) -> Vila:
    """The town; on each day before its Monday the server gave another hostile answer."""
    found = Vila(tmp_path)
    path = tmp_path / "city.toml"
    path.write_text(path.read_text().replace('"14d"', '"31d"').replace("from = 2026-05-04", f"from = {FIRST}"))
    found.says(DAY, a_monday())
    for i, body in enumerate(HOSTILE.values()):
        (tmp_path / "mirror" / "radius.vila.example" / f"{FIRST + timedelta(days=i):%Y%m%d}").write_bytes(body)
    return found


def unpacked(home: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a home as it lies, and what is packed in it as it reads."""
    for path in sorted(p for p in home.rglob("*") if p.is_file()):
        where, body = str(path.relative_to(home)), path.read_bytes()
        yield where, path.name.encode() + body
        if path.suffix == ".parquet":
            yield f"{where} as rows", "\n".join(map(str, pq.read_table(path).to_pylist())).encode()
        if body.startswith(b"SQLite format 3"):
            with sqlite3.connect(path) as base:
                yield f"{where} as rows", "\n".join(base.iterdump()).encode()
    for raw in (home / "vila" / "raw").glob("*/"):
        store = RawStore(raw, retention("31d"))
        for name in store.origins():
            for kept in store.versions(name):
                yield f"{raw.name}: {name}", store.body(kept) or b""


def found(texts: Iterator[tuple[str, bytes]]) -> list[tuple[str, str]]:
    return [(where, s) for where, body in texts for s in SOUGHT if s.lower().encode() in body.lower()]


@pytest.mark.parametrize("log", ["info", "debug"])
def test_nobody_is_in_any_file_line_or_log_after_every_command(vila, monkeypatch, capsys, caplog, log):
    caplog.set_level(log.upper())
    crew = Crew(vila, monkeypatch, capsys)
    assert "brought nothing" not in crew.gives("collect", "--measure")
    vila.says(DAY, a_monday()[:-10])
    crew.gives("collect", "--json", "--strict")
    for words in (
        ("presence", "--correct", f"{DAY}"),
        ("presence", "--json"),
        ("publish", "--measure"),
        ("sources",),
        ("sources", "--json"),
        ("check",),
        ("rebuild", "--json"),
        ("revisions",),
        ("show", "--day", f"{DAY}"),
    ):
        crew.gives(*words)
    vila.clock.pass_(days=20)
    crew.gives("collect")  # what is too old is written anew
    texts = dict(unpacked(vila.folder / "var"))
    kinds = {Path(where).suffix for where in texts}
    assert {".pack", ".jsonl", ".csv", ".parquet", ".json"} <= kinds
    assert sum(where.endswith(" as rows") for where in texts) > 3
    assert any(body.count(b"aa-bb-cc-00-00-01") for where, body in texts.items() if where.startswith("wifi: ")), "packs were opened"
    assert found(iter(texts.items())) == []
    assert found(iter({"said": "\n".join(crew.said).encode(), "logged": caplog.text.encode()}.items())) == []
    assert "no RADIUS accounting" in "".join(crew.said)


def test_the_search_finds_what_was_packed(tmp_path):
    """In each of the ways in which a home packs things."""
    home, body = tmp_path / "home", detail(a_monday())
    (home / "vila" / "raw" / "wifi").mkdir(parents=True)
    pq.write_table(pa.table({"sensor": ["maria.silva"] * 9}), home / "a.parquet", compression="zstd")
    RawStore(home / "vila" / "raw" / "wifi", retention("31d")).add("x", body, hashlib.sha256(body).hexdigest(), NOW)
    with sqlite3.connect(home / "b.sqlite3") as base:
        base.execute("create table t as select 'maria.silva' as c")
    places = {where for where, s in found(unpacked(home)) if s == "maria.silva"}
    assert places >= {"a.parquet as rows", "wifi: x", "b.sqlite3 as rows"}
    assert not any(where.endswith(".pack") for where in places), "as it lies, a pack hides what is in it"


def test_an_answer_that_breaks_the_reader_is_told_by_its_line_and_nothing_is_quoted(vila, monkeypatch, capsys, caplog):
    caplog.set_level(logging.DEBUG)

    def broken(*_words: object) -> None:
        raise KeyError("maria.silva at 10.66.77.88")

    monkeypatch.setattr("pulso.sources.radius.sessions", broken)
    crew = Crew(vila, monkeypatch, capsys)
    said = crew.gives("collect", "--json")
    assert "an answer broke the reader: KeyError at line" in said
    assert json.loads(said[: said.rindex("]") + 1])[0]["kept"] == 0
    texts = {**dict(unpacked(vila.folder / "var")), "said": said.encode(), "logged": caplog.text.encode()}
    assert found(iter(texts.items())) == []


def test_nor_when_the_command_itself_breaks(vila, monkeypatch, capsys):
    """A trace shows lines of ours, never what they held."""

    def broken(_template: str, _first: date, _last: date) -> list[str]:
        client = "maria.silva"
        raise RuntimeError(f"a mistake of ours, {len(client)} long")

    monkeypatch.setattr("pulso.sources.radius.addresses", broken)
    crew = Crew(vila, monkeypatch, capsys)
    hook = sys.excepthook
    try:
        monkeypatch.setattr(sys, "argv", ["pulso", "collect", str(vila.folder)])
        try:
            main()
        except RuntimeError:
            sys.excepthook(*sys.exc_info())
    finally:
        sys.excepthook = hook
    said = capsys.readouterr().err
    assert "11 long" in said
    assert 'client = "maria.silva"' in said  # the line of the code
    assert "client = 'maria.silva'" not in said  # and not its value
    assert crew.said == []
