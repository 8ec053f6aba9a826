"""Who is to be told of what, and what was sent to them."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models
from django.utils import timezone

from pulso.web.api.happenings import EPOCH, Mark

MARKED: Final = ("told_until", "incidents_until", "pilots_until")
"""The columns of `Webhook.mark`."""


class Webhook(models.Model):
    """An address that is told what happens in a city."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="webhooks")
    key = models.ForeignKey(
        "people.Key",
        on_delete=models.CASCADE,
        null=True,
        related_name="webhooks",
        help_text="the key that it was made with: once that is revoked, nothing is sent; null where a person made it on their page",
    )
    city = models.CharField(max_length=100, help_text="the city, by its slug")
    url = models.URLField(max_length=500, help_text="where to send it: https://…")
    events = models.JSONField(default=list, help_text="which happenings, by their names")
    secret = models.CharField(max_length=64, help_text="what messages are signed with: shown once, needed for each of them")
    told_until = models.DateTimeField(help_text="the last publication that is noted for sending")
    incidents_until = models.DateTimeField(default=EPOCH, help_text="the last begin or end of an incident that is noted for sending")
    pilots_until = models.DateTimeField(default=EPOCH, help_text="the last promise or result of a pilot that is noted for sending")
    given_up = models.PositiveIntegerField(default=0, help_text="messages in a row that nobody took")
    active = models.BooleanField(default=True, help_text="false: too many messages were not taken, and no more are sent")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        """In the order in which they were made."""

        ordering = ("pk",)

    @property
    def mark(self) -> Mark:
        """What is noted for sending."""
        return Mark(self.told_until, self.incidents_until, self.pilots_until)

    @mark.setter
    def mark(self, mark: Mark) -> None:
        self.told_until, self.incidents_until, self.pilots_until = mark

    def __str__(self) -> str:
        return f"webhook {self.pk} of {self.city}"


class Message(models.Model):
    """One happening, for one address."""

    class State(models.TextChoices):
        """How far it got."""

        WAITING = "waiting"
        TAKEN = "taken"
        GIVEN_UP = "given up"

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="messages")
    event = models.CharField(max_length=40, help_text="what happened, by its name")
    body = models.TextField(help_text="what is sent, byte for byte at every try")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveIntegerField(default=0)
    due = models.DateTimeField(default=timezone.now, help_text="when to try next")
    answer = models.CharField(max_length=200, blank=True, help_text="what came back from the last try")
    noted_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        """What is due, found quickly."""

        ordering = ("pk",)
        indexes = (models.Index(fields=("state", "due"), name="messages_due"),)

    def __str__(self) -> str:
        return f"message {self.pk}: {self.event}, {self.state}"
