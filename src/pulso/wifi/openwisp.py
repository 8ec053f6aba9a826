"""Reports from OpenWISP: the JSON of its monitoring API, of which an id, a name and a status are read and nothing else.

Lists of devices (`/api/v1/monitoring/device/`), of a location's devices and of nearby devices are understood, and one device's own page.
Such answers also hold keys, addresses and, of one device, who is connected: none of it is looked at.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pulso.wifi.files import WifiFileError, json_of, shown
from pulso.wifi.reports import NO_STATE, STRANGE, gathered
from pulso.wifi.shapes import Health, Read

STATUS: dict[str, Health] = {
    "ok": Health.WORKING,
    "problem": Health.PARTLY,  # something measured of it is out of its range, and it answers
    "critical": Health.FAILING,
    "unknown": Health.UNKNOWN,
    "deactivated": Health.UNKNOWN,
}
"""What the statuses of OpenWISP's monitoring mean here."""


def read_openwisp(body: bytes, file: str, known: Mapping[str, str], at: datetime) -> Read:
    """Read an answer of OpenWISP's monitoring API.

    Parameters
    ----------
    body, file
        The bytes, and the name of the file or the address.
    known
        What the feed calls each access point, by its id or its name there, and its id here.
    at
        When it was asked, aware: the API says how a device is, and not since when.

    Raises
    ------
    WifiFileError
        Where it is no JSON, or no list of devices with their status.
    """
    devices = _devices(json_of(body, file))
    if devices is None:
        allowed = 'a list of devices, or {"results": […]}, each with "id", "name" and "monitoring": {"status": …}'
        raise WifiFileError(file, [f"found something else than devices; accepted is {allowed}"])
    passed: Counter[str] = Counter()
    found: defaultdict[tuple[str, datetime], list[Health]] = defaultdict(list)
    without = 0
    for device in devices:
        status = _status(device)
        names = [device.get(n) for n in ("id", "name")] if isinstance(device, dict) else []
        point = next((known[n] for n in names if isinstance(n, str) and n in known), None)
        without += status is None
        if point is None:
            passed[STRANGE] += 1
        elif status not in STATUS:
            passed[NO_STATE] += 1
        else:
            found[point, at].append(STATUS[status])
    if devices and without == len(devices):
        raise WifiFileError(file, ['found devices, and of none its status; ask /api/v1/monitoring/device/, which says "monitoring"'])
    return gathered(found, passed)


def following(body: bytes, file: str) -> str | None:
    """The address of the next page of a list; None where there is none. WifiFileError where it is no address."""
    said = json_of(body, file)
    after = said.get("next") if isinstance(said, dict) else None
    if after is None or after == "":
        return None
    if not isinstance(after, str) or not after.startswith(("https://", "http://")):
        raise WifiFileError(file, [f"next: found {shown(after)}; the address of the next page"])
    return after


def _devices(said: Any) -> list[Any] | None:
    """The devices of an answer; None where it has none."""
    if isinstance(said, dict) and "results" in said:
        said = said["results"]
    if isinstance(said, dict) and ("monitoring" in said or "monitoring_status" in said):
        return [said]
    return said if isinstance(said, list) else None


def _status(device: Any) -> str | None:
    if not isinstance(device, dict):
        return None
    inside = device.get("monitoring")
    status = inside.get("status") if isinstance(inside, dict) else device.get("monitoring_status")
    return status if isinstance(status, str) else None
