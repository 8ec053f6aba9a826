"""Addresses as a person may see them, and as a server must: secrets come from the environment and stay out of every record."""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit, urlunsplit

from pulso.errors import SourceUnavailable

HIDDEN = "hidden"
LONG = 40  # characters of a parameter, in letters
_NAMED = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SECRET = re.compile(
    r"(?:x-amz-)?(?:credential|signature|security-token)|sig|(?:client_?)?secret|pass(?:word|wd|phrase)?|pwd|auth|authorization|appid"
    r"|(?:(?:api|app|access|auth|subscription|service|user|private|id|refresh|session|bearer)[_.-]?)*(?:key|token)",
    re.IGNORECASE,
)


def shown(url: str) -> str:
    """Return the address without its secrets, for logs, letters and origins: the same for the same address, always.

    `${NAME}` stays as it is written; a user and password before the host, and the values of parameters whose names speak of a
    secret (apikey, token, password, signature …), become "hidden". The fragment, which no server sees, goes.
    """
    try:
        parts = urlsplit(url)
    except ValueError:  # not an address; what may stand before an @ or after a ? stays hidden all the same
        return url.rpartition("@")[2].partition("?")[0]
    host = parts.netloc
    if "@" in host:
        user, _, host = host.rpartition("@")
        host = f"{user if _only_names(user) else HIDDEN}@{host}"
    query = "&".join(_shown_pair(pair) for pair in parts.query.split("&")) if parts.query else ""
    return urlunsplit((parts.scheme, host, parts.path, query, ""))


def brief(url: str) -> str:
    """Return the address as it is shown, for a letter: a parameter that is a whole list is cut, so that one still sees which file it is."""
    head, mark, query = shown(url).partition("?")
    return head + mark + "&".join(pair if len(pair) <= LONG else f"{pair[:LONG]}…" for pair in query.split("&"))


def host_of(shown_url: str) -> str:
    """The host of an address as it is shown, for grouping; where there is none, what stands before the first slash."""
    _, _, rest = shown_url.rpartition("://")
    return rest.partition("/")[0]


def origin(url: str) -> str:
    """Return the name under which an answer is known: the address as it is shown, or the one that it settles into.

    An address that moves (…&end_date=yesterday) names after its # the one that it settles into (…&end_date=the month's last day): what
    the first brings is a part of what the second will, and replaces the part that was known.
    """
    return shown(_settled(url))


def filed(url: str) -> str:
    """Return the address as a mirror files it: settled, and without secret parameters and user, for a folder has no doorman."""
    parts = urlsplit(_settled(url))
    kept = [pair for pair in parts.query.split("&") if pair and not _is_secret(pair)]
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "&".join(kept), ""))


def filled(url: str) -> str:
    """Return the address with each `${NAME}` filled from the environment. SourceUnavailable names those that are not set."""
    names = _NAMED.findall(url)
    absent = sorted({name for name in names if not os.environ.get(name)})
    if absent:
        raise SourceUnavailable(
            f"{shown(url)} was not asked: it needs {' and '.join(absent)} from the environment, and there is no such variable. "
            f"Set it (for example: export {absent[0]}=…) and collect again."
        )
    return _NAMED.sub(lambda found: os.environ[found[1]], url)


def scrubbed(text: str, url: str) -> str:
    """Return a text, which a server or a library wrote of this address, without the address's secrets."""
    for name in _NAMED.findall(url):
        if secret := os.environ.get(name):
            text = text.replace(secret, f"${{{name}}}")
    hidden = [pair.partition("=")[2] for pair in url.partition("?")[2].partition("#")[0].split("&") if _is_secret(pair)]
    hidden += re.split("[:/]", url.rpartition("@")[0].rpartition("//")[2]) if f"{HIDDEN}@" in shown(url) else []
    for secret in filter(None, hidden):
        text = text.replace(secret, HIDDEN)
    return text


def _settled(url: str) -> str:
    now, _, later = url.partition("#")
    return later if "://" in later else now


def _only_names(user: str) -> bool:
    return not _NAMED.sub("", user).strip(":")


def _is_secret(pair: str) -> bool:
    name, _, value = pair.partition("=")
    return bool(_NAMED.search(value)) or bool(_SECRET.fullmatch(name))


def _shown_pair(pair: str) -> str:
    name, _, value = pair.partition("=")
    return f"{name}={HIDDEN}" if value and _SECRET.fullmatch(name) and not _only_names(value) else pair
