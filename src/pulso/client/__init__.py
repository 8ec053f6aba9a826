"""A city's published data from any Pulso site, in Python. Needs httpx and nothing else of ours.

>>> from pulso.client import Pulso
>>> with Pulso("http://127.0.0.1:8000") as site:
...     for value in site.values("vila", zone="city", first="2025-03-01"):
...         print(value.day, value.index)
"""

from __future__ import annotations

from pulso.client.pages import Unjoined
from pulso.client.shapes import (
    City,
    CityNow,
    Effect,
    Event,
    Explanation,
    Flag,
    Happening,
    Incident,
    Metric,
    Part,
    Quality,
    Reason,
    Source,
    Value,
    Zone,
)
from pulso.client.site import Pulso, Refused, Unreachable

__all__ = [
    "City",
    "CityNow",
    "Effect",
    "Event",
    "Explanation",
    "Flag",
    "Happening",
    "Incident",
    "Metric",
    "Part",
    "Pulso",
    "Quality",
    "Reason",
    "Refused",
    "Source",
    "Unjoined",
    "Unreachable",
    "Value",
    "Zone",
]
