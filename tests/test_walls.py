"""The walls are executable: a breach fails."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPO


def linted(tree: Path) -> subprocess.CompletedProcess[str]:
    """Run the import contracts over a copy of the package that lies in `tree`."""
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=tree,
        env={"PYTHONPATH": str(tree / "src"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("core/breach.py", "import pulso.city"),
        ("core/breach.py", "import pyarrow"),
        ("core/breach.py", "import datetime"),
        ("core/breach.py", "from pulso import lake"),
        ("simulate/breach.py", "import pulso.core"),
        ("sources/breach.py", "import pulso.lake"),
        ("fibre/breach.py", "import pulso.city"),
        ("fibre/breach.py", "import django"),
        ("shapes.py", "import pulso.city"),
        ("metrics/breach.py", "import django"),
    ],
)
def test_a_breach_of_a_wall_fails(tmp_path, module, line):
    shutil.copytree(REPO / "src" / "pulso", tmp_path / "src" / "pulso", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPO / "pyproject.toml", tmp_path)
    target = tmp_path / "src" / "pulso" / module
    target.write_text((target.read_text(encoding="utf-8") if target.exists() else "") + f"\n{line}  # noqa\n", encoding="utf-8")
    result = linted(tmp_path)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "BROKEN" in result.stdout
