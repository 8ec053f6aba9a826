"""The docs fail when they lie: links lead somewhere, commands exist, tables of contents name real files."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from pulso.cli import app
from tests.conftest import REPO

PAGES = sorted([*REPO.glob("*.md"), *REPO.glob("docs/**/*.md")])
COMMANDS = get_command(app)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(REPO)))
def test_every_link_leads_somewhere(page: Path):
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there"


SAMPLE = "var/demo/simulated/demo.pulso.example/trotinetes/2025-10.csv"
"""What `make demo` leaves in its home, and the pages take as an example of a file."""

SHOWN = re.compile(r"^ *(?:\$ )?(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?pulso ([a-z]+\b.*)", re.MULTILINE)


@pytest.fixture
def after_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of Pulso, and in it the files that `make demo` left."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / SAMPLE).parent.mkdir(parents=True)
    (tmp_path / SAMPLE).touch()
    return tmp_path


@pytest.mark.parametrize("page", [p for p in PAGES if p.name != "tutorial.md"], ids=lambda p: str(p.relative_to(REPO)))
def test_every_command_can_be_typed_as_it_stands_after_the_demo(page: Path, after_the_demo: Path):
    """Its words are read as the command reads them: cities and files that are there, options that it has, days that are days."""
    for line in SHOWN.findall(page.read_text(encoding="utf-8")):
        name, *words = shlex.split(line, comments=True)
        assert name in COMMANDS.commands, f"{page.name} shows pulso {name}, which does not exist"  # type: ignore[attr-defined]
        typed = COMMANDS.commands[name].make_context(name, words).params  # type: ignore[attr-defined]
        assert typed.get("city", "demo") in {p.name for p in (REPO / "cities").iterdir()}, f"{page.name}: {line}"
        if name == "backup":
            typed["file"].touch()  # what a page has backed up it may restore


def test_the_sample_of_the_pages_is_one_that_the_demo_leaves(tmp_path: Path):
    home = tmp_path / "var"
    month = ["--from", "2025-10-01", "--to", "2025-10-31", "--scale", "0.1", "--home", str(home)]
    assert CliRunner().invoke(app, ["simulate", "demo", *month]).exit_code == 0
    drafted = CliRunner().invoke(app, ["draft", str(tmp_path / SAMPLE)])
    assert tomllib.loads(drafted.stdout)["sources"]
    assert SAMPLE in (REPO / "README.md").read_text(encoding="utf-8")


def test_every_command_teaches():
    for name, command in COMMANDS.commands.items():  # type: ignore[attr-defined]
        assert command.help, f"pulso {name} has no help"
        assert f"pulso {name}" in (command.epilog or ""), f"pulso {name} shows no example"
        for parameter in command.params:
            if parameter.name != "help":
                assert parameter.help, f"pulso {name}: {parameter.name} has no help"
                assert "[" not in parameter.help, "what stands in brackets is a colour for the terminal, and is not shown"


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
