"""The agenda: events, outages and flags as people enter them."""
