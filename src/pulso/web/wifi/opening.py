"""Opening a file that a command names: its bytes and its name, or a letter."""

from __future__ import annotations

from pathlib import Path

from pulso.wifi.files import MOST, WifiFileError


def opened(path: Path) -> tuple[bytes, str]:
    """The bytes of a file and its name. WifiFileError where it can't be read, or is too large to be; its bytes aren't read then."""
    try:
        if path.stat().st_size > MOST:
            raise WifiFileError(path.name, [f"found {path.stat().st_size:,} bytes; at most {MOST:,} are read. Give it in parts."])
        return path.read_bytes(), path.name
    except OSError as why:
        raise WifiFileError(str(path), [f"it can't be read: {why.strerror or why}"]) from None
