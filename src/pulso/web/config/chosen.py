"""What the environment says of the settings, read so that a mistake is a letter."""

from __future__ import annotations

import ipaddress
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def words(name: str) -> list[str]:
    """The parts of a variable, separated by commas; none where it is not set."""
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


def secret(home: Path) -> str:
    """The key that sessions are signed with: PULSO_SECRET_KEY, else one that is made once and kept in the home, for its owner only."""
    said = os.environ.get("PULSO_SECRET_KEY")
    if said:
        return said
    kept = home / "secret-key"
    try:
        return kept.read_text().strip()
    except FileNotFoundError:
        home.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass  # another process was quicker, and its key is as good
    return kept.read_text().strip()


def database(address: str, home: Path) -> dict[str, Any]:
    """Where people and decisions are kept: postgres://user:password@host:port/name, or SQLite in the home where nothing is said."""
    if not address:
        options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": home / "people.sqlite3", "OPTIONS": options}
    said = urlsplit(address)
    if said.scheme not in ("postgres", "postgresql") or not said.path.strip("/"):
        raise ImproperlyConfigured(f"PULSO_DATABASE: found {said.scheme}://…; it is postgres://user:password@host:port/name, or not set")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(said.path.strip("/")),
        "USER": unquote(said.username or ""),
        "PASSWORD": unquote(said.password or ""),
        "HOST": said.hostname or "",
        "PORT": str(said.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """The networks that a variable names, each an address or a range (10.0.0.0/8); none where it is not set."""
    found = []
    for word in words(name):
        try:
            found.append(ipaddress.ip_network(word))
        except ValueError:
            raise ImproperlyConfigured(f"{name}: found {word[:60]!r}; write addresses or networks, as 127.0.0.1 or 10.0.0.0/8") from None
    return found


def number(name: str, default: float) -> float:
    """A number that is not below 0."""
    said = os.environ.get(name) or str(default)
    try:
        value = float(said)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise ImproperlyConfigured(f"{name}: found {said[:60]!r}; it is a number, 0 or more")
    return value
