"""A synthetic city whose truth is known. It shares no equation with the core that judges it."""

from pulso.simulate.city import Reading, Simulated, city, small
from pulso.simulate.feeds import simulate
from pulso.simulate.truth import Effect, Truth

__all__ = ["Effect", "Reading", "Simulated", "Truth", "city", "simulate", "small"]
