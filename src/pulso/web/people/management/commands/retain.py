"""`python -m pulso.web retain`: let go of what is kept no longer."""

from __future__ import annotations

from django.core.management.base import BaseCommand
from django.utils import timezone

from pulso.web.people.retention import retain


class Command(BaseCommand):
    """Run it every night."""

    help = "Erase idle and unverified accounts, old sessions and closed keys, as docs/how-to/people-and-roles.md says."

    def handle(self, *_: object, **__: object) -> None:
        """Do it, and say how much."""
        done = retain(timezone.now())
        self.stdout.write(", ".join(f"{what}: {n}" for what, n in sorted(done.items())))
