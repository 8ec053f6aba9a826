"""`pulso admin`."""

from __future__ import annotations

import getpass
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from pulso.web.people.first import NotSo, administrator
from pulso.web.running.prepare import finish_and_check


class Command(BaseCommand):
    """Make an administrator of the site."""

    help = "Make an administrator of the site."

    def add_arguments(self, parser: CommandParser) -> None:
        """Who."""
        parser.add_argument("email")

    def handle(self, *_args: Any, email: str, **_options: Any) -> None:
        """Say where, ask, do it, and say how it goes on."""
        base = settings.DATABASES["default"]
        where = base["NAME"] if "sqlite" in base["ENGINE"] else f"{base['NAME']} at {base['HOST'] or 'this machine'} (PostgreSQL)"
        self.stdout.write(f"Home: {settings.HOME}\nDatabase: {where}")
        self.stdout.flush()  # before anybody types a password
        finish_and_check()
        self.stdout.write(administrator(email, _password))
        self.stdout.write("Sign in at /en/account/login/ and set up a second factor; then /admin/ opens.")


def _password() -> str:
    """Typed twice at a terminal; else one line of the standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password: ")
    if first != getpass.getpass("The same again: "):
        raise NotSo("These were two different passwords; nothing was made.")
    return first
