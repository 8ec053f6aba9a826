"""What people fill in about themselves."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms

from pulso.show.language import marked as _
from pulso.web.people.models import Person
from pulso.web.people.pages import speech

if TYPE_CHECKING:
    OfPerson = forms.ModelForm[Person]
else:
    OfPerson = forms.ModelForm

LIVES = {30: timedelta(days=30), 90: timedelta(days=90), 365: timedelta(days=365)}
"""How many days a key may live."""


TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""What makes the rest of a line run the other way: a name that holds it would rewrite what stands beside it."""
UNSEEN = _("Something in it can't be seen, or turns the line round: write it by hand.")


class Line(forms.CharField):
    """A line of text that others will read: breaks are spaces; what is not there to be read is refused."""

    def to_python(self, value: Any) -> str:
        """One line, in the composed form of Unicode."""
        said: str = unicodedata.normalize("NFC", super().to_python(value) or "")
        line = " ".join(said.split())
        kinds = [unicodedata.category(sign) for sign in line]
        if TURNING.search(line) or "Cc" in kinds or (line and not any(k[0] in "LNPS" for k in kinds)):
            raise forms.ValidationError(speech().say(UNSEEN), code="unseen")
        return line


class About(OfPerson):
    """What someone is called, and the language that they are written to in."""

    name = Line(max_length=120, required=False)

    class Meta:  # noqa: D106
        model = Person
        fields = ("name", "language")


class NewKey(forms.Form):
    """A key: what it is for, how long, and whether it opens what is not public."""

    name = Line(max_length=80)
    days = forms.TypedChoiceField(choices=[(d, d) for d in LIVES], coerce=int, initial=90)
    opens = forms.BooleanField(required=False)


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
