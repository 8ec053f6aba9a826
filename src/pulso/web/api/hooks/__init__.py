"""Webhooks: what happens in a city, sent to whoever asked to be told, signed, and again where nobody answers."""

from __future__ import annotations


def deliver() -> int:
    """Note what happened since, send what is due, and say how many were taken. The worker calls it, one process at a time."""
    from pulso.web.api.hooks.delivery import deliver as run  # models are only known once Django is

    return run()
