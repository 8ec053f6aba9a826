"""`pulso serve`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from pulso.web.running.server import serve


class Command(BaseCommand):
    """Serve the site."""

    help = "Serve the site, after making it ready."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where, and by how many."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2)

    def handle(self, *_args: Any, host: str, port: int, workers: int, **_options: Any) -> None:
        """Serve until stopped."""

        def tell(line: str) -> None:
            self.stdout.write(line)
            self.stdout.flush()  # whoever reads a pipe wants the address now

        serve(host, port, workers, tell)
