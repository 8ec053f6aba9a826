"""Those who listen to a served site: who is gone makes room."""

from __future__ import annotations

import selectors
import shutil
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser.server import serving

pytestmark = pytest.mark.proof


class Crowd:
    """So many open streams, and what each heard."""

    def __init__(self, site: str, many: int, last: str = "") -> None:
        at = urlsplit(site)
        self.heard: dict[socket.socket, bytes] = {}
        self.eyes = selectors.DefaultSelector()
        said = f"Last-Event-ID: {last}\r\n" if last else ""
        for _ in range(many):
            line = socket.create_connection((at.hostname, at.port), timeout=30)
            line.sendall(f"GET /api/v1/cities/vila/stream HTTP/1.1\r\nHost: {at.netloc}\r\n{said}\r\n".encode())
            self.heard[line] = b""
            self.eyes.register(line, selectors.EVENT_READ)

    def listen(self, word: bytes, patience: float) -> int:
        """How many heard a word, once all did or patience ends."""
        until = time.monotonic() + patience
        while time.monotonic() < until and self.count(word) < len(self.heard):
            self._hear()
        return self.count(word)

    def leave(self) -> None:
        """Hang up, without a word."""
        self.eyes.close()
        for line in self.heard:
            line.close()

    def count(self, word: bytes) -> int:
        return sum(word in said for said in self.heard.values())

    def _hear(self) -> None:
        for key, _ in self.eyes.select(0.2):
            line = key.fileobj
            said = line.recv(1 << 16)
            self.heard[line] += said
            if not said:
                self.eyes.unregister(line)


def test_who_is_gone_gives_the_place_back(town, tmp_path):
    home = Path(shutil.copytree(town.home, tmp_path / "home"))
    with serving(home, [str(town.folder)], workers=1, PULSO_API_A_MINUTE="0", PULSO_API_STREAMS="5") as site:
        crowd = Crowd(site, 5)
        assert crowd.listen(b"retry: 5000", 30) == 5
        late = Crowd(site, 1)
        assert late.listen(b" 503 ", 10) == 1
        late.leave()
        crowd.leave()
        time.sleep(35)  # two signs of life, and what the first to be lost takes
        others = Crowd(site, 5)
        assert others.listen(b"retry: 5000", 30) == 5
        others.leave()
