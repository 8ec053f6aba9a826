"""Who keeps the site: what it is called, and whom people write to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

WRITTEN = re.compile(r"(?P<name>[^<>]+?)\s*<(?P<mail>[^<>\s]+)>(?:\s*,\s*(?P<place>[^<>]+))?")


@dataclass(frozen=True)
class Contact:
    """Whom people write to."""

    name: str
    mail: str
    place: str  # where letters on paper go; empty where nothing is said


def contact(said: str) -> Contact | None:
    """What PULSO_CONTACT says: "Câmara Municipal de Vila <pulso@vila.example>, Praça da Sé 1, 4000-001 Vila". None where it is not set."""
    if not said:
        return None
    found = WRITTEN.fullmatch(said)
    try:
        validate_email(found["mail"] if found else "")
    except ValidationError:
        raise ImproperlyConfigured(
            f"PULSO_CONTACT: found {said[:80]!r}; write a name, an address of e-mail in < >, and after a comma where letters on paper go"
        ) from None
    assert found is not None  # noqa: S101  # an empty address is none
    return Contact(found["name"], found["mail"], (found["place"] or "").strip())


def site_name(said: str) -> str:
    """What PULSO_NAME says, in one line: it stands in the subject of letters. "Pulso" where it is not set."""
    return " ".join(said.split())[:60] or "Pulso"
