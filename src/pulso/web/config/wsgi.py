"""The application that granian serves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pulso.web.config.settings")
application = get_wsgi_application()

from pulso.web.running.warm import warm  # noqa: E402  # Django must be there first

warm()
