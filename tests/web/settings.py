"""The site's settings under test: another home, a database in memory, or PostgreSQL where PULSO_DATABASE names a server."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("PULSO_HOME", tempfile.mkdtemp(prefix="pulso-web-"))
from pulso.web.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
STORAGES |= {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
LOOK_AGAIN = 0.0  # a test sees what it has just done
KEEP_ANSWERS = False  # each test sees its page made; test_kept.py turns it on
