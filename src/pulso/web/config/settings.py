"""Django's settings. What a municipality may change comes from the environment; docs/reference/settings.md lists it all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, PackageLoader

from pulso import show
from pulso.web.config import accounts
from pulso.web.config.accounts import *  # noqa: F403
from pulso.web.config.chosen import database, networks, number, secret, words
from pulso.web.config.logs import logging_config
from pulso.web.config.mail import mail

HOME = Path(os.environ.get("PULSO_HOME") or "var").resolve()
CITIES = words("PULSO_CITIES")
"""Slugs, folders or files of the cities that are shown; none: every city of the home that has something published."""
CLOCK = None
"""The site's clock, a callable that gives the moment in UTC; None: the machine's. `pulso walk` and tests set another."""

SECRET_KEY = secret(HOME)
DEBUG = os.environ.get("PULSO_DEBUG") == "1"
ALLOWED_HOSTS = words("PULSO_HOSTS") or ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = words("PULSO_ORIGINS")
ALERTS = words("PULSO_ALERTS")
"""Addresses of e-mail that hear of broken contracts."""

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "pulso.web.readings",
    "pulso.web.pages",
    "pulso.web.api",
    "pulso.web.api.hooks",
    "pulso.web.people",
    "pulso.web.agenda",
    "pulso.web.innovation",
    "pulso.web.fibre",
    "pulso.web.wifi",
    "pulso.web.contracts",
    "pulso.web.running",
    *accounts.APPS,
]
MIDDLEWARE = [
    "pulso.web.running.requests.Requests",
    "django.middleware.security.SecurityMiddleware",
    "pulso.web.config.headers.Headers",
    "pulso.web.pages.unchanged.Unchanged",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "pulso.web.api.manners.Manners",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    *accounts.MIDDLEWARE,
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "pulso.web.config.urls"
WSGI_APPLICATION = "pulso.web.config.wsgi.application"
APPEND_SLASH = False

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "pages",
        "OPTIONS": {
            "environment": "pulso.web.config.jinja.environment",
            "loader": ChoiceLoader(
                [
                    PackageLoader(f"pulso.{room}")
                    for room in ("web.pages", "show", "web.people", "web.agenda", "web.innovation.desk", "web.api.hooks")
                ]
            ),
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent.parent / "people" / "frames"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pulso.web.people.around.words",
            ]
        },
    },
]

DATABASES = {"default": database(os.environ.get("PULSO_DATABASE", ""), HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
LANGUAGES = [("pt", "Português"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).parent.parent / "people" / "locale"]
"""What allauth's pages and letters say in Portuguese, where its own catalogue says it as people in Brazil do."""
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [Path(show.__file__).parent / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "pulso.web.config.static.Hashed"},
}
WHITENOISE_USE_FINDERS = True

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE = os.environ.get("PULSO_HTTPS") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
KEEP_ANSWERS = not DEBUG
LOOK_AGAIN = 1.0  # seconds after which files of cities are looked at again
"""Whether a page is made once for all who ask for it while nothing has changed."""
CSRF_FAILURE_VIEW = "pulso.web.pages.missing.forbidden"

SCHEDULE = os.environ.get("PULSO_SCHEDULE") or "06:30"
"""When the worker collects: hours of each city's own clock, or "every 2h"."""
METRICS_FROM = networks("PULSO_METRICS_FROM")
METRICS_TOKEN = os.environ.get("PULSO_METRICS_TOKEN", "")
DISK_LEAST = number("PULSO_DISK_LEAST_GB", 1) * 1e9
"""Free bytes below which the site says that it is not ready."""
LOGGING = logging_config(os.environ.get("PULSO_LOGS", ""), debug=DEBUG)

API_A_MINUTE = int(number("PULSO_API_A_MINUTE", 120))
"""So often an address may ask the API without a key; 0: as often as it likes."""
API_KEY_A_MINUTE = int(number("PULSO_API_KEY_A_MINUTE", 600))
"""So often all keys of a person together may ask, where an administrator said nothing else."""
API_KEY_MOST = int(number("PULSO_API_KEY_MOST", 6_000))
"""So often, at most, whatever an administrator says."""
API_STREAMS = int(number("PULSO_API_STREAMS", 100))
"""So many streams of events a process keeps open: each holds a thread of it, asleep nearly always."""
API_STREAMS_EACH = int(number("PULSO_API_STREAMS_EACH", 10))
"""So many of them one address, or one person's keys, may hold."""
PROXIES = int(number("PULSO_PROXIES", 0))
"""How many proxies of ours stand before the site: so many addresses of X-Forwarded-For, from its end, are believed."""
HOOKS_INSIDE = os.environ.get("PULSO_HOOKS_INSIDE") == "1"
"""Whether webhooks may go into private networks, and without https: for trying them out."""
globals().update(mail(os.environ.get("PULSO_MAIL", ""), os.environ.get("PULSO_MAIL_FROM", ""), HOME))
