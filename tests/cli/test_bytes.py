"""What was published is given back as it was, also where a later Pulso would say it otherwise."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from typer.testing import CliRunner

from pulso.cli import app
from pulso.shapes import Verdict
from tests.flow.conftest import told, town  # noqa: F401  # fixtures
from tests.flow.vila import LAST, Vila, verdicts


class FormerVerdict:
    """A verdict as another version of Pulso wrote it: with a key that ours does not know."""

    def __init__(self, verdict: Verdict, vintage: datetime) -> None:
        self._verdict, self.vintage = verdict, vintage

    def __getattr__(self, name: str) -> object:
        return getattr(self._verdict, name)

    def model_dump_json(self) -> str:
        return self._verdict.model_dump_json().replace('"city":', '"mood":"calm","city":', 1)


def test_a_publication_of_another_version_is_given_back_byte_for_byte(town: Vila) -> None:  # noqa: F811
    known = Verdict.model_validate_json(verdicts(town)[None, LAST])
    former = FormerVerdict(known, town.clock() + timedelta(hours=1))
    town.river().lake.publish([cast(Verdict, former)])
    words = ["show", str(town.folder), "--day", str(LAST), "--json", "--home", str(town.home)]
    said = CliRunner().invoke(app, words, catch_exceptions=False)
    assert said.exit_code == 0
    assert said.stdout == former.model_dump_json() + "\n"
