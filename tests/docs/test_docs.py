"""The docs fail when they lie: links lead somewhere, commands exist, tables of contents name real files."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from pulso.cli import app
from tests.conftest import REPO

PAGES = sorted([*REPO.glob("*.md"), *REPO.glob("docs/**/*.md")])
COMMANDS = get_command(app)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(REPO)))
def test_every_link_leads_somewhere(page: Path):
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(REPO)))
def test_every_command_and_option_shown_exists(page: Path):
    for command, rest in re.findall(r"^(?:\$ )?(?:\.venv/bin/)?pulso ([a-z]+)([^\n`]*)", page.read_text(encoding="utf-8"), re.MULTILINE):
        assert command in COMMANDS.commands, f"{page.name} shows pulso {command}, which does not exist"  # type: ignore[attr-defined]
        known = {o for p in COMMANDS.commands[command].params for o in p.opts} | {"--help", "-h"}  # type: ignore[attr-defined]
        for option in re.findall(r"(?<=\s)--[a-z-]+", rest):
            assert option in known, f"{page.name}: pulso {command} has no {option}"


def test_every_command_teaches():
    for name, command in COMMANDS.commands.items():  # type: ignore[attr-defined]
        assert command.help, f"pulso {name} has no help"
        for parameter in command.params:
            if parameter.name != "help":
                assert parameter.help, f"pulso {name}: {parameter.name} has no help"


def test_readme_names_the_two_commands():
    text = (REPO / "README.md").read_text(encoding="utf-8")
    assert "make demo" in text
    assert "make test" in text


def test_no_page_names_a_machine():
    for page in PAGES:
        assert not re.search(r"(?<![\w.])/(?:work|home|root|tmp)/", page.read_text(encoding="utf-8")), page.name


def test_locks_are_hashed_and_carry_no_index_address():
    for lock in sorted((REPO / "requirements").glob("*.txt")):
        text = lock.read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert not re.search(r"^--|https?://", text, re.MULTILINE), lock.name


def test_publiccode_and_project_agree():
    project = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    public = (REPO / "publiccode.yml").read_text(encoding="utf-8")
    assert f"softwareVersion: {project['version']}" in public
    assert f"license: {project['license']}" in public
