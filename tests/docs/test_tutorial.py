"""The tutorial, typed as it stands: what it says that one sees is what one sees."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import REPO

PAGE = (REPO / "docs" / "tutorial.md").read_text(encoding="utf-8")
TYPED = re.findall(r"```sh\n(.*?)```(?:\s+```text\n(.*?)```)?", PAGE, re.DOTALL)
"""Each block of commands, with what the page says that they print."""
BEGIN, SERVE, ADMIN = TYPED[0][0], "pulso serve", "pulso admin"
PATIENCE = 300  # seconds; a machine on which six others work


def shell(text: str, folder: Path, **environment: str) -> subprocess.Popen[str]:
    """Type into a shell that stands in Pulso's folder, where the first block was typed before."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("PULSO_", "DJANGO_", "COLUMNS"))}
    return subprocess.Popen(
        ["/bin/bash", "-euo", "pipefail", "-c", f"{BEGIN}\n{text}"],
        cwd=folder,
        env=mine | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def said(text: str, folder: Path, typed: str = "") -> str:
    process = shell(text, folder)
    out, _ = process.communicate(typed, timeout=PATIENCE)
    assert process.returncode == 0, out
    return out


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pulso's folder after `make demo`, as far as the tutorial needs it."""
    there = tmp_path_factory.mktemp("tutorial") / "pulso"
    there.mkdir()
    (there / ".venv").symlink_to(sys.prefix)
    return there


@pytest.fixture(scope="module")
def read(folder: Path) -> list[tuple[str, str]]:
    """What was promised and what was printed, block by block, up to the site."""
    blocks = [(text, seen) for text, seen in TYPED[1:] if not text.startswith((SERVE, ADMIN))]
    return [(seen, said(text, folder)) for text, seen in blocks]


def test_one_sees_what_the_tutorial_says(read: list[tuple[str, str]]) -> None:
    assert len(read) == 5
    for promised, printed in read:
        lines = [" ".join(line.split()) for line in printed.splitlines()]
        wanted = [" ".join(line.split()) for line in promised.splitlines() if line != "…"]
        assert wanted
        for line in wanted:
            assert line in lines, f"{line!r} is not in\n{printed}"


@pytest.fixture
def site(folder: Path, read: list[tuple[str, str]]) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = shell(f"exec {SERVE}", folder, PULSO_PORT=str(port), PULSO_WORKERS="1")
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + PATIENCE
        while not answers(address):
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < until
            time.sleep(0.3)
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def test_the_city_is_on_the_site_and_its_first_administrator_is_made(site: str, folder: Path) -> None:
    shown = re.findall(r"`(?:http://127\.0\.0\.1:8000)?(/en/[a-z0-9/-]+)`", PAGE)
    assert len(shown) == 3
    pages = {path: httpx.get(site + path, follow_redirects=True) for path in shown}
    assert {page.status_code for page in pages.values()} == {200}
    assert "October storm" in pages["/en/vila/day/2025-10-16"].text
    assert httpx.get(f"{site}/en/vila/day/2025-10-16.json").json()
    (admin,) = [text for text, _ in TYPED if text.startswith(ADMIN)]
    assert "Sign in at /en/account/login/" in said(admin, folder, "a long Password 4 tutorials\n")
