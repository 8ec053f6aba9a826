"""Put the challenge, the pilot and the practice of the tests into a home before it is served: python -m tests.browser.exhibited vila."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import django

from tests.bench.process import PULSO
from tests.conftest import REPO


def exhibited(home: Path, city: str, folder: str) -> None:
    """Make the home's tables, and write them in a process of their own: Django refuses to work beside a browser's event loop."""
    settings = {"PULSO_HOME": str(home), "PULSO_CITIES": folder, "DJANGO_SETTINGS_MODULE": "pulso.web.config.settings"}
    subprocess.run([PULSO, "upgrade"], env=os.environ | settings, check=True)
    subprocess.run([sys.executable, "-m", "tests.browser.exhibited", city], env=os.environ | settings, check=True, cwd=REPO)


if __name__ == "__main__":
    django.setup()
    from pulso.web.innovation import guard  # only now: these know tables
    from tests.web.exhibits import exhibit

    guard.guard(guard.LIFTED)  # it writes things as they are at their end, past the rules
    exhibit(sys.argv[1], datetime.now(UTC))
    guard.guard()
