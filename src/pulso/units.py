"""Canonical units, and how others become them.

A source names its unit as it likes; the lake keeps one unit a quantity. Conversions are affine: canonical = value · factor + offset.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class Unit:
    """How a unit becomes the canonical one of its quantity."""

    canonical: str
    factor: float = 1.0
    offset: float = 0.0


UNITS: dict[str, Unit] = {
    "1": Unit("1"),
    "1000": Unit("1", 1000.0),
    "%": Unit("1", 0.01),
    "°C": Unit("°C"),
    "K": Unit("°C", 1.0, -273.15),
    "°F": Unit("°C", 5 / 9, -160 / 9),
    "mm": Unit("mm"),
    "cm": Unit("cm"),
    "cm_of_snow": Unit("cm"),
    "m": Unit("m"),
    "km": Unit("m", 1000.0),
    "m/s": Unit("m/s"),
    "km/h": Unit("m/s", 1 / 3.6),
    "kn": Unit("m/s", 0.514444),
    "°": Unit("°"),
    "hPa": Unit("hPa"),
    "Pa": Unit("hPa", 0.01),
    "W/m²": Unit("W/m²"),
    "kWh": Unit("kWh"),
    "MWh": Unit("kWh", 1000.0),
    "min": Unit("min"),
    "s": Unit("min", 1 / 60),
    "h": Unit("min", 60.0),
    "µg/m³": Unit("µg/m³"),
    "mg/m³": Unit("µg/m³", 1000.0),
    "dB": Unit("dB"),
    "dB(A)": Unit("dB"),
    "EUR": Unit("EUR"),
    "CHF": Unit("CHF"),
}
"""Every unit that a city file may name. A quantity without a unit (people, vehicles, trips) is counted in "1"."""


def canonical(unit: str) -> Unit:
    """Return the conversion of a unit; ValueError with the known ones if it has none."""
    known = UNITS.get(unit) or {_plain(name): u for name, u in UNITS.items()}.get(_plain(unit))
    if known is None:
        raise ValueError(f"unknown unit {unit!r}; known are {', '.join(sorted(UNITS))}")
    return known


def _plain(unit: str) -> str:
    """A unit as a plain keyboard has it: "ug/m3" for "µg/m³", whichever of the two letters mu it is; "ºC" for "°C"."""
    return unicodedata.normalize("NFKC", unit.strip().replace("º", "°")).replace("μ", "u")
