"""Asking OpenWISP at its address: page by page, with a token from the environment, and never elsewhere than where one was sent."""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import httpx

from pulso.errors import SourceUnavailable
from pulso.wifi.files import MOST, WifiFileError, shown
from pulso.wifi.openwisp import following

TOKEN = "PULSO_WIFI_TOKEN"  # noqa: S105  # the name of a variable
PAGES = 1_000
"""Pages of a list that are asked for."""
PATIENCE = 30.0
"""Seconds for an answer to begin."""


def pages(address: str, transport: httpx.BaseTransport | None = None) -> Iterator[bytes]:
    """Yield the pages of a list, the first from `address`, each next one from where the last one says, on the same server.

    The token in PULSO_WIFI_TOKEN is sent along. SourceUnavailable where the server doesn't answer well; WifiFileError where its pages lead
    elsewhere, or never end. `transport` is httpx's own, or a test's.
    """
    token = os.environ.get(TOKEN, "")
    headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    where: str | None = address
    server = _server(address)
    with httpx.Client(headers=headers, timeout=PATIENCE, transport=transport, follow_redirects=False) as client:
        for _ in range(PAGES):
            if where is None:
                return
            body = _page(client, where)
            yield body
            after = following(body, _plain(where))
            where = urljoin(where, after) if after else None
            if where and _server(where) != server:
                raise WifiFileError(_plain(address), [f"next: found an address on {shown(_server(where)[1])}; one on the same server"])
    raise WifiFileError(_plain(address), [f"found more than {PAGES:,} pages"])


def _page(client: httpx.Client, where: str) -> bytes:
    try:
        with client.stream("GET", where) as answer:
            if answer.status_code != httpx.codes.OK:
                more = f" Its token is read from {TOKEN}." if answer.status_code in (401, 403) else ""
                raise SourceUnavailable(f"{_plain(where)} answered with status {answer.status_code}.{more}")
            body = bytearray()
            for part in answer.iter_bytes():
                body += part
                if len(body) > MOST:
                    raise WifiFileError(_plain(where), [f"found more than {MOST:,} bytes in one page"])
    except httpx.HTTPError as why:
        raise SourceUnavailable(f"{_plain(where)} did not answer ({type(why).__name__}).") from None
    except (httpx.InvalidURL, ValueError):
        raise WifiFileError(shown(where), ["found no address; https://openwisp.example/api/v1/monitoring/device/ is one"]) from None
    return bytes(body)


def _server(where: str) -> tuple[str, str, int | None]:
    """How it is spoken to, its name and its port."""
    try:
        parts = urlsplit(where)
        return parts.scheme, parts.hostname or "", parts.port
    except ValueError:
        raise WifiFileError(shown(where), ["found no address"]) from None


def _plain(where: str) -> str:
    """An address without what may be secret in it."""
    parts = urlsplit(where)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
