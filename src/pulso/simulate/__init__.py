"""A synthetic city whose truth is known. It shares no equation with the core that judges it."""
