"""The page of fibre files says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from pulso.fibre.check.ground import LEAST, MEANT, NEAR, SLACK
from pulso.fibre.ofds import text
from pulso.fibre.ofds.networks import KM, METRES
from pulso.fibre.ofds.places import KINDS
from pulso.fibre.ofds.validate import NOT
from tests.conftest import REPO

PAGE = (REPO / "docs" / "reference" / "fibre-files.md").read_text(encoding="utf-8")


def test_every_code_of_a_finding_is_on_the_page_and_no_other() -> None:
    rooms = [REPO / "src" / "pulso" / "fibre" / room for room in ("ofds", "check")]
    sources = "".join(Path(f).read_text(encoding="utf-8") for room in rooms for f in sorted(room.glob("*.py")))
    used = set(re.findall(r'Finding\(\s*"([a-z-]+)"', sources)) | set(NOT.values())
    table = PAGE.split("## Findings")[1].split("## What it was held to")[0]
    named = {code for line in table.splitlines() if line.startswith("| `") for code in re.findall(r"`([a-z-]+)`", line.split("|")[1])}
    assert named == used


def test_the_limits_on_the_page_are_those_of_the_code() -> None:
    for number in (
        f"{text.MOST_FILES} files",
        f"{text.MOST >> 20} MiB together",
        f"deeper than {text.DEEPEST} levels",
        f"Differences below {MEANT:.0f} m",
    ):
        assert number in PAGE
    for number in (f"{LEAST} of the route", f"{SLACK} times", f"more than {NEAR:.0f} m", f"{METRES[0]:.0f} to {METRES[1]:,.0f} times"):
        assert number in PAGE
    assert METRES[0] == KM / 2


def test_every_word_for_a_kind_of_site_is_on_the_page() -> None:
    for word in KINDS:
        assert f"`{word}`" in PAGE
