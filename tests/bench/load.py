"""Asking a server quickly: one connection that is kept, raw, so that what asks takes little of the machine that answers."""

from __future__ import annotations

import multiprocessing
import socket
import time
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit


class Line:
    """One open connection to a server."""

    def __init__(self, site: str) -> None:
        at = urlsplit(site)
        self.host = at.netloc
        self.line = socket.create_connection((at.hostname, at.port), timeout=60)
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, address: str, headers: Mapping[str, str] | None = None) -> tuple[int, dict[str, str], int]:
        """Status, headers, and how many bytes the body has. RuntimeError where the server hangs up."""
        said = "".join(f"{k}: {v}\r\n" for k, v in {"Accept-Encoding": "gzip", **(headers or {})}.items())
        self.line.sendall(f"GET {address} HTTP/1.1\r\nHost: {self.host}\r\n{said}\r\n".encode())
        heard = self._until(b"", b"\r\n\r\n")
        head, _, body = heard.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        told = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
        status = int(first.split()[1])
        if told.get("transfer-encoding") == "chunked":
            body = self._until(body, b"0\r\n\r\n")
        length = 0 if status in (204, 304) else int(told.get("content-length", len(body)))
        while len(body) < length:
            body += self._more()
        return status, told, len(body)

    def _until(self, heard: bytes, mark: bytes) -> bytes:
        while mark not in heard:
            heard += self._more()
        return heard

    def _more(self) -> bytes:
        heard = self.line.recv(1 << 16)
        if not heard:
            raise RuntimeError(f"{self.host} hung up")
        return heard


def latencies(line: Line, addresses: Sequence[str], headers: Mapping[str, str] | None = None, status: int = 200) -> list[float]:
    """Seconds that each address takes, asked one after another. RuntimeError where an answer is not the expected one."""
    took = []
    for address in addresses:
        begun = time.perf_counter()
        found = line.ask(address, headers)[0]
        took.append(time.perf_counter() - begun)
        if found != status:
            raise RuntimeError(f"{address}: {found}")
    return took


def rate(site: str, addresses: Sequence[str], askers: int = 4, seconds: float = 8.0) -> float:
    """Answers a second, when so many ask at once, each as soon as it has its answer."""
    with multiprocessing.get_context("spawn").Pool(askers) as pool:
        return sum(pool.starmap(_keep_asking, [(site, list(addresses), n, seconds) for n in range(askers)]))


def _keep_asking(site: str, addresses: list[str], turn: int, seconds: float) -> float:
    line, asked, begun = Line(site), 0, time.perf_counter()
    while (now := time.perf_counter()) - begun < seconds:
        status = line.ask(addresses[(asked * 7 + turn) % len(addresses)])[0]
        if status != 200:
            raise RuntimeError(f"{addresses[asked % len(addresses)]}: {status}")
        asked += 1
    return asked / (now - begun)


def share(values: Sequence[float], of: float) -> float:
    """The value that so large a share of all doesn't exceed."""
    return sorted(values)[min(len(values) - 1, int(of * len(values)))]
