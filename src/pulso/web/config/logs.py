"""What is written down of the site's work: one line of JSON an event, on standard error; plain words where a person looks on.

No line holds an address's query, a person's name or network address, a key, or a path that could be one: requests are told by the
pattern of their address.
"""

from __future__ import annotations

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

ENCODER = json.JSONEncoder(ensure_ascii=False, default=str)  # made once: `json.dumps` would make one for each line
REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""Of the request that is being answered; empty outside of one."""


class Lines(logging.Formatter):
    """One event as one line of JSON: time, level, logger, event, the request's id, and what was said besides."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _event(record),
        }
        if REQUEST_ID.get():
            line["request"] = REQUEST_ID.get()
        line |= getattr(record, "said", {})
        if record.exc_info:
            line["accident"] = self.formatException(record.exc_info)
        return ENCODER.encode(line)


class Plain(logging.Formatter):
    """The same for a person: the time, the event, and what was said besides."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        said = " ".join(str(v) for v in getattr(record, "said", {}).values())
        line = f"{datetime.fromtimestamp(record.created).astimezone():%H:%M:%S} {_event(record)} {said}".rstrip()
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def _event(record: logging.LogRecord) -> str:
    """What happened. Django tells paths, which can hold a key (to set a password anew): of requests only their words are kept."""
    if record.name.startswith(("django.request", "django.security")):
        request = getattr(record, "request", None)
        match = getattr(request, "resolver_match", None)
        words = str(record.msg).split("%s")[0].split(":")[0].strip()
        return f"{words}: {match.route}" if match else words
    return record.getMessage()


def logging_config(how: str, *, debug: bool) -> dict[str, Any]:
    """For settings.LOGGING: `json`, `plain`, or where nothing is said plain on a terminal and JSON elsewhere."""
    plain = how == "plain" or (how != "json" and sys.stderr.isatty())
    ours = {"handlers": ["stderr"], "level": "INFO", "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": f"{__name__}.{'Plain' if plain else 'Lines'}"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "pulso": ours,
            "django": ours,
            "django.server": ours | {"level": "INFO" if debug else "ERROR"},
            "django.request": ours | {"level": "ERROR"},  # 4xx have their line already
            "django.security.DisallowedHost": ours | {"level": "CRITICAL"},  # anybody can send any host; it has its line as well
        },
    }
