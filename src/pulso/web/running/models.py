"""What the worker does, is doing and has done."""

from __future__ import annotations

from django.db import models


class Job(models.Model):
    """One collection or publication of a city, tried until it is done.

    A job waits until it is due, runs, and is done; one that failed waits again, longer each time, with what went wrong.
    """

    class Kind(models.TextChoices):
        """What is done."""

        COLLECT = "collect"
        PUBLISH = "publish"

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"

    city = models.CharField(max_length=100, help_text="the city, by its slug")
    kind = models.CharField(max_length=10, choices=Kind.choices, help_text="collect or publish")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING, help_text="waiting, running or done")
    due = models.DateTimeField(help_text="not before this moment")
    begun = models.DateTimeField(null=True, help_text="when it was last begun; null where it never was")
    ended = models.DateTimeField(null=True, help_text="when it last ended, well or not; null where it never did")
    tries = models.PositiveIntegerField(default=0, help_text="how often it was begun")
    message = models.CharField(max_length=1000, default="", help_text="what came of it, in one line; empty where nothing is known yet")

    class Meta:
        """One open job of a kind a city."""

        constraints = (models.UniqueConstraint(fields=("city", "kind"), condition=~models.Q(state="done"), name="one_open_job"),)
        indexes = (
            models.Index(fields=("city", "kind", "-begun"), name="job_latest"),
            models.Index(fields=("state", "due"), name="job_due"),
        )

    def __str__(self) -> str:
        return f"{self.city} {self.kind}: {self.state}"
