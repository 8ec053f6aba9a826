"""The protocol: what a pilot promises before it starts. Once it is frozen, the database refuses to change a letter of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q, QuerySet

from pulso.web.innovation.digest import FORM, sha256
from pulso.web.innovation.models.people import by
from pulso.web.innovation.models.pilots import Pilot
from pulso.web.people.models import Organisation

WRITTEN = (
    "hypothesis",
    "metric",
    "direction",
    "zones",
    "comparison_zones",
    "comparison_cities",
    "before_first",
    "before_last",
    "window_first",
    "window_last",
    "excluded",
    "matters",
    "unit",
    "method",
    "stop_rule",
    "may_peek",
    "peek_why",
)
"""The fields that people write, until it is frozen; after that, an amendment names one of them."""
COMPUTED = ("mde", "mde_how", "mde_series")
"""Those that the machine sets."""
IN_SHORT = ("metric", "zones", "window_first", "window_last", "matters")
"""The fields that a line about a pilot is made from."""
PROMISED = (*WRITTEN, *COMPUTED, "frozen_at", "frozen_on")
"""The fields that the digest is of, with the city's slug and the form of the text."""


class Protocol(models.Model):
    """One a pilot."""

    class Method(models.TextChoices):  # noqa: D106
        WINDOW = "window"
        SDID = "sdid"
        SYNTHETIC = "synthetic"
        DID = "did"
        STRUCTURAL = "structural"

    pilot = models.OneToOneField(Pilot, on_delete=models.PROTECT, related_name="protocol")
    hypothesis = models.TextField(blank=True)
    metric = models.CharField(max_length=64, blank=True, help_text="the primary outcome: a metric's name, or index")
    direction = models.CharField(max_length=6, blank=True, choices=[("up", "up"), ("down", "down"), ("either", "either")])
    zones = models.JSONField(default=list, blank=True, help_text="the ids of the treated zones; none for the whole city")
    comparison_zones = models.JSONField(default=list, blank=True, help_text="the ids of zones that are left alone")
    comparison_cities = models.JSONField(default=list, blank=True, help_text="the slugs of other cities")
    before_first = models.DateField(null=True, blank=True)
    before_last = models.DateField(null=True, blank=True, help_text="included")
    window_first = models.DateField(null=True, blank=True)
    window_last = models.DateField(null=True, blank=True, help_text="included")
    excluded = models.JSONField(default=list, blank=True, help_text="events that are left out: each with id, name, first, last")
    matters = models.DecimalField(max_digits=18, decimal_places=9, null=True, blank=True, help_text="the smallest effect that matters")
    unit = models.CharField(max_length=6, blank=True, choices=[("points", "index points"), ("%", "per cent")])
    method = models.CharField(max_length=10, blank=True, choices=Method.choices)
    stop_rule = models.TextField(blank=True)
    may_peek = models.BooleanField(default=False, help_text="whether the outcome is looked at before the window has ended")
    peek_why = models.TextField(blank=True)
    mde = models.DecimalField(max_digits=18, decimal_places=9, null=True, editable=False, help_text="least effect it can tell")
    mde_how = models.TextField(blank=True, editable=False, help_text="how it was computed")
    mde_series = models.CharField(max_length=64, blank=True, editable=False, help_text="digest of the series that it was computed from")
    frozen_at = models.DateTimeField(null=True, editable=False)
    frozen_on = models.DateField(null=True, editable=False, help_text="the city's own day")
    frozen_by = by()
    digest = models.CharField(max_length=64, blank=True, editable=False)
    departures: list[Amendment]
    """Its amendments, where those of a whole list were read at once (`shown`): `in_force` needs no question of its own then."""

    class Meta:  # noqa: D106
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(window_last__gte=F("window_first")), name="a_window_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(before_last__gte=F("before_first")), name="a_before_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(before_last__lt=F("window_first")), name="before_is_before_the_window"),
            models.CheckConstraint(condition=Q(matters__isnull=True) | Q(matters__gt=0), name="what_matters_is_more_than_nothing"),
            models.CheckConstraint(condition=Q(may_peek=False) | Q(peek_why__gt=""), name="peeking_has_a_reason"),
            models.CheckConstraint(
                condition=Q(frozen_at__isnull=True, frozen_on__isnull=True, digest="")
                | Q(
                    frozen_at__isnull=False,
                    frozen_on__isnull=False,
                    digest__gt="",
                    mde__isnull=False,
                    window_last__isnull=False,
                    frozen_on__lt=F("window_first"),
                ),
                name="frozen_whole_and_before_its_window",
            ),
        ]

    def __str__(self) -> str:
        return f"protocol of {self.pilot}"

    @property
    def city(self) -> str:
        """Its pilot's."""
        return self.pilot.city

    @property
    def houses(self) -> QuerySet[Organisation]:
        """Its pilot's lead."""
        return self.pilot.houses

    def promise(self) -> dict[str, Any]:
        """What the digest is of, as it is published: the fields, the city, the form of the text."""
        return {"form": FORM, "city": self.pilot.city} | {name: getattr(self, name) for name in PROMISED}

    def in_force(self, names: Sequence[str] = WRITTEN) -> dict[str, Any]:
        """What people wrote in these fields, with the amendments: days and numbers as such."""
        found = {name: getattr(self, name) for name in names}
        at_hand = getattr(self, "departures", None)
        for amendment in at_hand if at_hand is not None else self.amendments.all() if self.pk else ():
            if amendment.field in found:
                found[amendment.field] = as_written(amendment.field, amendment.after)
        return found

    def recomputed(self) -> str:
        """The digest of what stands here now; of a frozen one, `digest`, or somebody broke in."""
        return sha256(self.promise())


def as_written(name: str, value: Any) -> Any:
    """A field's value as its kind: a day, a number, a text, a list. ValidationError where it can't be one."""
    field = Protocol._meta.get_field(name)
    assert isinstance(field, models.Field)  # noqa: S101  # they are all columns
    return field.to_python(value)


class Amendment(models.Model):
    """A deviation from a frozen protocol, beside it for all to see. Only ever added."""

    protocol = models.ForeignKey(Protocol, on_delete=models.PROTECT, related_name="amendments")
    field = models.CharField(max_length=20, editable=False, help_text="what of the protocol is departed from")
    before = models.JSONField(editable=False, null=True, help_text="what was in force")
    after = models.JSONField(editable=False, null=True, help_text="what is in force from then on")
    text = models.TextField(editable=False, help_text="what is done otherwise")
    reason = models.TextField(editable=False)
    author = by("amendments")
    at = models.DateTimeField(editable=False)

    class Meta:  # noqa: D106
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"amendment {self.pk} of {self.field}"

    @property
    def city(self) -> str:
        """Its pilot's."""
        return self.protocol.pilot.city
