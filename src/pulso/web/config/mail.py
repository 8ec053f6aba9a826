"""How letters leave: by the municipality's mail server, or into a folder of the home where none is named."""

from __future__ import annotations

from email.utils import formataddr, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from pulso.web.config.accounts import SITE_NAME
from pulso.web.config.chosen import words

PORTS = {"smtp": 25, "smtps": 465, "submission": 587}


def mail(address: str, sender: str, home: Path) -> dict[str, Any]:
    """Django's settings for PULSO_MAIL: smtp://, smtps:// (TLS from the first byte) or submission:// (STARTTLS), user:password@host:port.

    Without it letters are files below the home's `mail`, so that nothing fails and nothing is lost. They are from `sender`, in the site's
    name where it says none; without one, from pulso@ the mail server, or the first name that the site answers to.
    """
    if not address:
        files = {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": home / "mail"}
        return files | _from(sender, next(iter(words("PULSO_HOSTS")), "localhost"))
    said = urlsplit(address)
    if said.scheme not in PORTS or not said.hostname:
        raise ImproperlyConfigured(f"PULSO_MAIL: found {said.scheme}://…; it is submission://user:password@host, smtps:// or smtp://")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": said.hostname,
        "EMAIL_PORT": said.port or PORTS[said.scheme],
        "EMAIL_HOST_USER": unquote(said.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(said.password or ""),
        "EMAIL_USE_TLS": said.scheme == "submission",
        "EMAIL_USE_SSL": said.scheme == "smtps",
        "EMAIL_TIMEOUT": 20,
    } | _from(sender, said.hostname)


def _from(sender: str, host: str) -> dict[str, str]:
    name, address = parseaddr(sender)
    if sender and "@" not in address:
        raise ImproperlyConfigured(f"PULSO_MAIL_FROM: found {sender[:80]!r}; it is an address of e-mail, or a name with one in < >")
    whole = formataddr((name or SITE_NAME, address or f"pulso@{host.strip('.*[]')}"))
    return {"DEFAULT_FROM_EMAIL": whole, "SERVER_EMAIL": whole}
