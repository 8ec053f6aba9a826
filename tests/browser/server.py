"""The site as a municipality serves it, until it is no longer needed."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.bench.process import PULSO

PATIENCE = 240.0
"""Seconds until a server that doesn't answer, or doesn't end, is given up."""


@contextmanager
def serving(home: Path, cities: Sequence[str] = (), workers: int = 1, **settings: str) -> Iterator[str]:
    """Serve a home, and give the site's own address. RuntimeError, with what it said, where it doesn't come up."""
    port = free_port()
    environment = os.environ | {
        "PULSO_HOME": str(home),
        "PULSO_CITIES": ",".join(cities),
        "DJANGO_SETTINGS_MODULE": "pulso.web.config.settings",
    }
    environment |= settings
    command = [PULSO, "serve", "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers)]
    log = home / "server.log"
    with log.open("wb") as told:
        server = subprocess.Popen(command, env=environment, stdout=told, stderr=told)
        try:
            address = f"http://127.0.0.1:{port}"
            until = time.monotonic() + PATIENCE
            while not answers(address):
                if server.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"the server did not come up:\n{log.read_text()}")
                time.sleep(0.1)
            yield address
        finally:
            server.terminate()
            server.wait(PATIENCE)


def answers(address: str) -> bool:
    """Whether anybody is at home."""
    try:
        return httpx.get(f"{address}/en/", timeout=PATIENCE).status_code == 200
    except httpx.TransportError:
        return False


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])
