"""Who: people, organisations, roles. What is done to them goes through `writes`; what is asked of them, through `reads` and `may`."""

from __future__ import annotations

import secrets
import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone


class People(BaseUserManager["Person"]):
    """How people are made: by their address of e-mail, in small letters."""

    def create_user(self, email: str, password: str | None = None, **rest: Any) -> Person:
        """Someone with an account; without a password they come by another door (OpenID Connect, SAML)."""
        if not email:
            raise ValueError("a person has an address of e-mail")
        person = self.model(email=email.strip().lower(), **rest)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **rest: Any) -> Person:
        """Someone who may do everything, made by whoever runs the site: their address needs no letter to be believed."""
        from allauth.account.models import EmailAddress

        from pulso.web.people.trail import fields, named, note

        made = self.create_user(email, password, **({"is_staff": True, "is_superuser": True} | rest))
        EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
        note(None, "create superuser", named(made), None, fields(made), about=made)
        return made

    def get_by_natural_key(self, username: str | None) -> Person:
        """By address, however it is written."""
        return self.get(email=(username or "").strip().lower())


def most_a_minute() -> int:
    """So often a minute an administrator may let anybody's keys ask."""
    return int(settings.API_KEY_MOST)


def _salt() -> str:
    return secrets.token_urlsafe(32)


class Person(AbstractBaseUser, PermissionsMixin):
    """Someone with an account. The trail knows them by `pseudonym` alone, which outlives them."""

    pseudonym = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    salt = models.CharField(max_length=43, default=_salt, editable=False, help_text="of the digests about them; forgotten when erased")
    email = models.EmailField(unique=True, help_text="in small letters; of an erased person, an address that can't be")
    name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=2, choices=[("pt", "Português"), ("en", "English")], blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="may open the administration, with a second factor")
    a_minute = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(most_a_minute)],
        help_text="how often all keys of theirs together may ask, a minute; empty: as often as everybody's",
    )
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    erased_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[People] = People()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:  # noqa: D106
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.email if self.erased_at is None else "erased person"

    def get_short_name(self) -> str:
        """What they are called, or the part of their address before the @."""
        return self.name or self.email.partition("@")[0]


class Organisation(models.Model):
    """Whom people act for. The roles that they have in a municipality count in its city."""

    class Kind(models.TextChoices):  # noqa: D106
        MUNICIPALITY = "municipality"
        COMPANY = "company"
        UNIVERSITY = "university"
        CLUSTER = "cluster"
        BANK = "bank"
        PARTNER = "partner"

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    city = models.SlugField(blank=True, help_text="the slug of the city that a municipality governs; empty for all others")
    link = models.URLField(blank=True)

    class Meta:  # noqa: D106
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(city="") | models.Q(kind="municipality"), name="only_municipalities_govern")
        ]

    def __str__(self) -> str:
        return self.name


class Role(models.Model):
    """What a person may do, in an organisation or in a city. Only `may` asks for it."""

    class Kind(models.TextChoices):  # noqa: D106
        VIEWER = "viewer"
        EDITOR = "editor", "editor of the agenda"
        ENGINEER = "engineer", "data engineer"
        ADMINISTRATOR = "administrator"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="roles")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="roles")
    city = models.SlugField(blank=True, help_text="the slug of a city; empty where the role is in an organisation")
    kind = models.CharField(max_length=13, choices=Kind.choices)

    class Meta:  # noqa: D106
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(organisation__isnull=True) ^ models.Q(city=""), name="a_role_is_in_a_city_or_an_organisation"
            ),
            models.UniqueConstraint(fields=["person", "organisation", "kind"], condition=models.Q(city=""), name="once_an_organisation"),
            models.UniqueConstraint(fields=["person", "city", "kind"], condition=models.Q(organisation__isnull=True), name="once_a_city"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.organisation or self.city}"


class Trail(models.QuerySet["Step"]):
    """Steps can be asked for and added, one by one; nothing else."""

    def update(self, *_: Any, **__: Any) -> int:
        """Refused."""
        raise NotAllowed

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refused."""
        raise NotAllowed

    bulk_update = update_or_create = update  # type: ignore[assignment]


class NotAllowed(TypeError):  # noqa: N818
    """A step of the trail was about to be changed: it never is."""

    def __init__(self) -> None:
        super().__init__("the trail is only ever added to")


class Step(models.Model):
    """One write: who did what to whom, when. Only ever added to; the database refuses anything else as well (see migration 0003)."""

    at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)
    who = models.UUIDField(null=True, editable=False, db_index=True, help_text="the person's pseudonym; null for the machine itself")
    action = models.CharField(max_length=40, editable=False)
    subject = models.CharField(max_length=120, editable=False, db_index=True, help_text="what sort of thing, and which: person:<pseudonym>")
    city = models.SlugField(blank=True, editable=False)
    fields = models.JSONField(default=list, editable=False, help_text="the names of what changed")
    before = models.CharField(max_length=64, blank=True, editable=False, help_text="digest of the fields before; empty where it is new")
    after = models.CharField(max_length=64, blank=True, editable=False, help_text="digest of the fields after; empty where it is gone")

    objects = Trail.as_manager()

    class Meta:  # noqa: D106
        verbose_name_plural = "trail"
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.subject}"

    def save(self, *args: Any, **rest: Any) -> None:
        """Add; never change."""
        if not self._state.adding:
            raise NotAllowed
        super().save(*args, **rest)

    def delete(self, *_: Any, **__: Any) -> tuple[int, dict[str, int]]:
        """Refused."""
        raise NotAllowed


class Key(models.Model):
    """What a machine shows instead of a password. The key itself is shown once; here is its digest."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="keys")
    name = models.CharField(max_length=80, help_text="what it is for")
    prefix = models.CharField(max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False, help_text="sha256 of the key: it is random enough to need no salt")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, editable=False)
    opens = models.BooleanField(default=False, editable=False, help_text="whether it opens what its person may see; else what is public")

    class Meta:  # noqa: D106
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.prefix}…"

    @property
    def in_force(self) -> bool:
        """Whether it opens anything now."""
        return self.revoked_at is None and self.expires_at > timezone.now()
