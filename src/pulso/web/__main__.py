"""`python -m pulso.web`: Django's own commands (migrate, createsuperuser, …) and Pulso's, with Pulso's settings."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run one command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pulso.web.config.settings")
    execute_from_command_line(["pulso-web", *sys.argv[1:]])


if __name__ == "__main__":
    main()
