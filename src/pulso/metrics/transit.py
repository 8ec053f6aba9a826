"""Public transport."""

from __future__ import annotations

from pulso.metrics.metric import Metric, total

METRICS = (
    Metric(name="validations", variables=("validations",), form="flow", bounds=(0, 1_000_000), reduce=total),
    Metric(name="passengers", variables=("passengers",), form="flow", bounds=(0, 10_000_000), reduce=total),
)
"""Validations count entries only, and a transfer validates twice: they are a pulse, not a number of people."""
