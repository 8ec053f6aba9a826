"""Keep: the tables of a city, bitemporal and crash-safe. The only room that writes observations. See docs/methods/lake.md."""

from pulso.lake.hours import Arrays, Reduced, arrays
from pulso.lake.lake import Lake
from pulso.lake.records import Memory
from pulso.lake.run import Kept

__all__ = ["Arrays", "Kept", "Lake", "Memory", "Reduced", "arrays"]
