"""Contracts: where a source breaks what was agreed, an incident begins; where it keeps it again, the incident ends."""
