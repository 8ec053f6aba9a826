"""`python -m pulso.web`: Django's own commands (migrate, createsuperuser, …) and Pulso's, with Pulso's settings."""

from __future__ import annotations

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from pulso.errors import PulsoError


def main() -> None:
    """Run one command; what went wrong in the world is told as a letter, with the exit code of its kind."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pulso.web.config.settings")
    try:
        execute_from_command_line(["pulso-web", *sys.argv[1:]])
    except PulsoError as why:
        print(why, file=sys.stderr)
        sys.exit(why.exit_code)
    except ImproperlyConfigured as why:
        print(why, file=sys.stderr)
        sys.exit(2)
    except OSError as why:  # a folder that a person named, or a disk
        print(f"{why.filename or 'The system'}: {why.strerror or why}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
