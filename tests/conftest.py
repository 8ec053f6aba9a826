"""Where the real data lies, for the tests that read it; and how long a drawn example may take."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("pulso", deadline=None)  # how long one takes hangs on what else the machine does; benches measure time
settings.load_profile("pulso")

REPO = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("PULSO_SHARED", REPO.parent / "shared"))
MIRROR = SHARED / "data" / "mirror"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data (`data/` and `design/` within); the test is skipped, loudly, where it is absent."""
    if not (SHARED / "data").is_dir():
        pytest.skip(f"the real data is not at {SHARED}: this test says nothing here")
    return SHARED


@pytest.fixture(scope="session")
def mirror(shared: Path) -> Path:  # `shared` skips the test where it is absent
    """The folder that serves public addresses from files."""
    return MIRROR
