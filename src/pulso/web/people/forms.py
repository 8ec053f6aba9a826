"""What people fill in about themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django import forms

from pulso.web.people.models import Person

if TYPE_CHECKING:
    OfPerson = forms.ModelForm[Person]
else:
    OfPerson = forms.ModelForm

LIVES = {30: timedelta(days=30), 90: timedelta(days=90), 365: timedelta(days=365)}
"""How many days a key may live."""


class About(OfPerson):
    """What someone is called, and the language that they are written to in."""

    class Meta:  # noqa: D106
        model = Person
        fields = ("name", "language")


class NewKey(forms.Form):
    """A key: what it is for, and how long."""

    name = forms.CharField(max_length=80)
    days = forms.TypedChoiceField(choices=[(d, d) for d in LIVES], coerce=int, initial=90)


class Farewell(forms.Form):
    """Their own address, typed, so that nobody erases themselves by accident."""

    email = forms.EmailField()

    def __init__(self, *args: object, person: Person, **rest: object) -> None:
        super().__init__(*args, **rest)  # type: ignore[arg-type]
        self.person = person

    def clean_email(self) -> str:
        """The very one."""
        said: str = self.cleaned_data["email"].strip().lower()
        if said != self.person.email:
            raise forms.ValidationError("", code="other")
        return said
