"""Air and noise."""

from __future__ import annotations

from pulso.metrics.metric import Metric, mean

AIR = {"no": 2000.0, "no2": 1500.0, "nox": 4000.0, "o3": 1000.0, "pm10": 3000.0, "pm25": 2000.0, "so2": 2000.0, "co": 100_000.0}
"""Upper bounds in µg/m³: above what has been measured in a city's street; instruments that fail say more."""

METRICS = (
    *(
        Metric(name=name, variables=(name,), unit="µg/m³", form="level", bounds=(-5.0, most), frozen=24, reduce=mean)
        for name, most in AIR.items()
    ),
    Metric(name="noise", variables=("noise",), unit="dB", form="level", ratio=False, bounds=(15.0, 140.0), frozen=24, reduce=mean),
)
"""Slightly negative concentrations are what an honest instrument says of clean air. Decibels have no natural zero."""
