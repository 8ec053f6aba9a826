"""How a row knows who made it: by the pseudonym that outlives them, so that whoever is erased leaves the row as it was."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models


def by(related: str = "+") -> Any:
    """A person by pseudonym; null for the machine. `related` where the rows are taken along with what is kept about them."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, to_field="pseudonym", on_delete=models.PROTECT, null=True, editable=False, related_name=related
    )
