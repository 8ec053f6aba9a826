"""Where a walk through many rows stands: an opaque, signed word that belongs to one question and stays true under new publications."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from django.core import signing

from pulso.web.api.problems import Refused, Wrong, say

SALT = "pulso.web.api.cursor"
Key = tuple[str, ...]
"""What rows are ordered by."""


def pack(question: str, as_of: datetime | None, key: Key) -> str:
    """Write down where a walk stands."""
    return signing.Signer(salt=SALT).sign_object([_digest(question), as_of and as_of.isoformat(), list(key)])


def unpack(question: str, said: str) -> tuple[datetime | None, Key]:
    """Read it again: the moment as of which the walk began, and the last row's key. Refused where it was changed, or is of another."""
    try:
        digest, as_of, key = signing.Signer(salt=SALT).unsign_object(said)
    except (signing.BadSignature, ValueError, TypeError):
        digest, as_of, key = "", None, ()
    if digest != _digest(question):
        why = say(
            "It is not one that this question gave. Take `next` of the page before as it is, and leave the other parameters as they were."
        )
        raise Refused(400, f"cursor: {why}", (Wrong("cursor", why),))
    return (datetime.fromisoformat(as_of).astimezone(UTC) if as_of else None), tuple(key)


def question(path: str, query: dict[str, Any]) -> str:
    """What is asked, whatever the form and the size of its pages."""
    return repr((path, sorted((k, str(v)) for k, v in query.items() if k not in ("cursor", "limit") and v is not None)))


def _digest(question: str) -> str:
    return hashlib.sha256(question.encode()).hexdigest()[:16]
