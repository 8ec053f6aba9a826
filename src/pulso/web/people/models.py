"""Who: people, organisations, roles. What is done to them goes through `writes`; what is asked of them, through `reads` and `may`."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
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
        """Someone who may do everything."""
        return self.create_user(email, password, **({"is_staff": True, "is_superuser": True} | rest))

    def get_by_natural_key(self, username: str | None) -> Person:
        """By address, however it is written."""
        return self.get(email=(username or "").strip().lower())


class Person(AbstractBaseUser, PermissionsMixin):
    """Someone with an account. The trail knows them by `pseudonym` alone, which outlives them."""

    pseudonym = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(unique=True, help_text="in small letters; of an erased person, an address that can't be")
    name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=2, choices=[("pt", "Português"), ("en", "English")], blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="may open the administration, with a second factor")
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
