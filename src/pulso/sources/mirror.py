"""A folder that answers for public addresses: https://host/path lies at FOLDER/host/path. See docs/how-to/use-a-mirror.md.

It is a transport of httpx, so that tests, demonstrations and live runs differ in nothing but where the bytes come from.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote

import httpx

from pulso.errors import SourceUnavailable

LONGEST_NAME = 255  # bytes in a file's name, on every file system that we know


class NotMirrored(httpx.ConnectError):
    """The mirror has nothing of a host: nobody could answer, and nobody will."""


class Mirror(httpx.BaseTransport):
    """Answers requests from folders, the first that has the file; never from the network.

    A file that is not there is a 404, as the real host would say; a host of which no folder has anything is NotMirrored.
    `mirror:some/path.csv` (for data without a public address) lies at FOLDER/some/path.csv, or beside the folder.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(Path(os.path.abspath(folder)) for folder in folders)  # noqa: PTH100  # resolve() would follow links
        self._hosts: dict[str, list[Path]] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer with the file's bytes. What would lead out of the folder is refused (400); SourceUnavailable: a file can't be read."""
        host, names = _place(request.url)
        if not names or any(name in ("", ".", "..") or "/" in name or "\\" in name or "\0" in name for name in [host, *names]):
            return httpx.Response(400, request=request)
        for top in self._tops(request.url.scheme, host):
            for name in _spellings(os.path.join(*names)):  # noqa: PTH118  # 4,000 files: pathlib would take longer than reading
                try:
                    with open(f"{top}/{name}", "rb") as file:  # noqa: PTH123
                        return httpx.Response(200, content=file.read(), request=request)
                except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                    continue
                except OSError as why:
                    raise SourceUnavailable(f"{top}/{name} is there and can't be read: {why.strerror}") from None
        return httpx.Response(404, request=request)

    def _tops(self, scheme: str, host: str) -> list[Path]:
        """The folders in which the files of a host lie; NotMirrored where there are none."""
        key = f"{scheme}:{host}" if scheme == "mirror" else host
        if key not in self._hosts:
            beside = [folder.parent for folder in self.folders] if scheme == "mirror" else []
            self._hosts[key] = [top / host for top in (*self.folders, *beside) if (top / host).exists()]
        if not self._hosts[key]:
            where = ", ".join(str(folder) for folder in self.folders)
            raise NotMirrored(f"the mirror ({where}) has nothing of {host}")
        return self._hosts[key]


def address(url: str) -> str:
    """Give `mirror:a/b` the form with a host that clients need. Others stay as they are."""
    return f"mirror://mirror/{url.removeprefix('mirror:').lstrip('/')}" if url.startswith("mirror:") else url


def _place(url: httpx.URL) -> tuple[str, list[str]]:
    """The host's folder, and the names below it: as wget names them, so that wget can fill a mirror."""
    raw_path, _, query = url.raw_path.decode("ascii").partition("?")
    names = [unquote(name, errors="surrogateescape") for name in raw_path.removeprefix("/").split("/")]
    if names[-1] == "":
        names[-1] = "index.html"
    if query:
        name = f"{names[-1]}?{query.replace('/', '%2F')}"
        if len(os.fsencode(name)) > LONGEST_NAME:
            name = f"{names[-1]}?sha256={hashlib.sha256(query.encode()).hexdigest()}"
        names[-1] = name
    if url.scheme == "mirror":
        return names[0], names[1:]
    return url.host if url.port is None else f"{url.host}:{url.port}", names


def _spellings(name: str) -> list[str]:
    """A name as it is written, and with its accents composed and decomposed: folders copied from a Mac have the latter."""
    if name.isascii():
        return [name]
    return list(dict.fromkeys((name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name))))
