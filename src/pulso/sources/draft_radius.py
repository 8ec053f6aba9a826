"""Sessions of a Wi-Fi → a proposal for the connector that lets nobody in."""

from __future__ import annotations

import json

from pulso.sources.radius import read, strip


def of_accounting(raw: bytes, file: str, name: str, url: str) -> str:
    """Propose [sources.x] and its metric for RADIUS accounting. Nothing that stands in the sample is shown but how much it is."""
    found = read(strip(raw), "UTC", octets=False)
    source, address = json.dumps(name), json.dumps(url, ensure_ascii=False)
    return "\n".join(
        [
            "# RADIUS accounting names people. Read docs/how-to/count-people-on-wifi.md first, and delete the sample afterwards.",
            f"[sources.{name}]",
            'connector = "radius"',
            "personal = true   # the door strips it: no client, user or address is kept",
            'keep_raw = "14d"   # so long sessions are kept, without anybody in them; 31d at most',
            f"url = {address}   # write the address here",
            'points = "points.csv"   # every access point and its place: point,place,large,id',
            'sensors = "places.csv"   # the places: sensor,name,lon,lat,zone',
            'expected = "1h"',
            "",
            "[domains.activity]   # cycling, parking, public_transport …",
            "",
            "[metrics.wifi_presence]",
            f"source = {source}",
            'domain = "activity"',
            "",
            f"# Read from {file}: {found.start.size} sessions at {len(found.point.dictionary)} access points.",
            "",
        ]
    )
