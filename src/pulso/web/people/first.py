"""The first person: whoever runs the machine makes an administrator of the site, who then gives everybody else their roles."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from pulso.errors import PulsoError
from pulso.web.people.models import Person
from pulso.web.people.trail import fields, named, note


class NotSo(PulsoError):  # noqa: N818  # it says what is wrong with what was said
    """An address or a password that can't be."""


def administrator(email: str, ask: Callable[[], str]) -> str:
    """Make an administrator of the site, and say what was done; `ask` gives a password where there is no such account yet.

    Whoever has an account keeps it, with its password. NotSo where the address or the password can't be. Twice is once.
    """
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise NotSo(f"{email[:80]!r} is no address of e-mail; write it as ana@example.org") from None
    known = Person.objects.filter(email=email).first()
    if known is None:
        password = ask()
        try:
            validate_password(password, Person(email=email))
        except ValidationError as why:
            raise NotSo(" ".join(why.messages)) from None
        with transaction.atomic():
            Person.objects.create_superuser(email, password)
        return f"{email} has an account now, and administers the site."
    if not known.is_active:
        raise NotSo(f"{email} has an account that is closed; another administrator opens it again.")
    if known.is_superuser and known.is_staff:
        return f"{email} administers the site already; nothing was changed."
    before = fields(known)
    known.is_staff = known.is_superuser = True
    with transaction.atomic():
        known.save(update_fields=["is_staff", "is_superuser"])
        note(None, "create superuser", named(known), before, fields(known), about=known)
    return f"{email} had an account, and administers the site now; the password stays."
