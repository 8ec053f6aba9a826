"""A small real server for tests, and a time that passes only when told."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answerer = Callable[[Any], None]


class Town:
    """A server on this machine. Each path has an answerer, which is given the request's handler."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.paths: dict[str, Answerer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.busiest = 0
        self.lock = threading.Lock()
        self.inside = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def times(self, path: str) -> int:
        return Counter(p for p, _ in self.asked)[path]

    def says(self, path: str, *answers: bytes | int | tuple[int, dict[str, str], bytes]) -> None:
        """Give these answers in turn, the last one forever: a body, a status, or status, headers and body."""
        left = list(answers)

        def answer(handler: Any) -> None:
            with self.lock:
                now = left.pop(0) if len(left) > 1 else left[0]
            status, headers, body = now if isinstance(now, tuple) else (now, {}, b"") if isinstance(now, int) else (200, {}, now)
            respond(handler, status, headers, body)

        self.paths[path] = answer


def respond(handler: Any, status: int, headers: dict[str, str], body: bytes) -> None:
    handler.send_response(status)
    for name, text in ({"Content-Length": str(len(body))} | headers).items():
        handler.send_header(name, text)
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def a_town() -> Iterator[Town]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            with town.lock:
                town.asked.append((path, dict(self.headers)))
                town.inside += 1
                town.busiest = max(town.busiest, town.inside)
            try:
                town.paths.get(path, lambda h: respond(h, 404, {}, b""))(self)
            except (BrokenPipeError, ConnectionResetError):  # who asked has left, as some of these tests mean to
                self.close_connection = True
            finally:
                with town.lock:
                    town.inside -= 1

        def log_message(self, *words: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    town = Town(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield town
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Time:
    """A clock that stands still until somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.naps: list[float] = []
        self._lock = threading.Lock()

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.naps.append(seconds)
            self.seconds += seconds
