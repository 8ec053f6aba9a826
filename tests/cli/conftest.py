"""A published town, and the command line as a person meets it: what they type, what they read, and the exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NamedTuple

import pytest

from pulso.cli import main
from tests.flow.conftest import told, town  # noqa: F401  # fixtures
from tests.flow.vila import Vila


class Said(NamedTuple):
    code: int
    out: str
    err: str


Pulso = Callable[..., Said]


@pytest.fixture(autouse=True)
def plain_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell that says nothing of a language or a width, whoever runs the tests."""
    for name in ("COLUMNS", "PULSO_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def pulso(town: Vila, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Pulso:  # noqa: F811
    """Give a command about the town; CITY stands for it."""
    monkeypatch.setenv("PULSO_HOME", str(town.home))
    monkeypatch.setenv("PULSO_MIRROR", str(town.mirror))

    def given(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["pulso", *(str(town.folder) if w == "CITY" else w for w in words)])
        with pytest.raises(SystemExit) as ending:
            main()
        read = capsys.readouterr()
        return Said(int(ending.value.code or 0), read.out, read.err)

    return given
