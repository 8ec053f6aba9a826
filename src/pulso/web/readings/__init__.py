"""Readings: the one door of the web to the river. What was published, read fast and never judged; what people enter, handed on."""

from __future__ import annotations

from pulso.city import City, Span
from pulso.web.readings.door import Reading, UnknownCity, cities, reading, shown, unread
from pulso.web.readings.shelf import Brief, Part, Point
from pulso.zones import Zones

__all__ = ["Brief", "City", "Part", "Point", "Reading", "Span", "UnknownCity", "Zones", "cities", "reading", "shown", "unread"]
