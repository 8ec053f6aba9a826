"""The site's settings with a clock that stands where a file of the home says: browsers see what passes in weeks."""

from __future__ import annotations

from datetime import datetime

from pulso.web.config.settings import *  # noqa: F403
from pulso.web.config.settings import HOME

FILE = "clock"
"""Of the home: the moment, as ISO 8601 writes it."""


def standing() -> datetime:
    """The moment that the file says."""
    return datetime.fromisoformat((HOME / FILE).read_text(encoding="utf-8"))


CLOCK = standing
LOOK_AGAIN = 0.0  # a browser sees what was published a moment ago
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
