"""How the desk asks: forms that say in the page's language what they want, and beside which field it can't be so."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, ClassVar, TypeVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model

from pulso.show.language import Speech
from pulso.show.language import marked as _
from pulso.web.innovation.desk.money import Euros, Number
from pulso.web.innovation.desk.visits import Visit
from pulso.web.innovation.letters import Letter, Refused, Unfit
from pulso.web.innovation.moves import MAY_NOT
from pulso.web.people.forms import TURNING, UNSEEN

T = TypeVar("T")
FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)
NOT_OUR_TIMES = _("The year is one from {first} to {last}.")
Groups = tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]
"""What some fields are about, a marked message, and their names by line: two that belong together stand side by side."""


class Text(forms.CharField):
    """Some lines that others will read; what can't be seen, or turns them round, is refused."""

    def __init__(self, *, rows: int = 4, max_length: int = 8000, **rest: Any) -> None:
        super().__init__(max_length=max_length, widget=forms.Textarea({"rows": rows}), **rest)

    def clean(self, value: Any) -> str:
        """In the composed form of Unicode, its lines as they are."""
        said = unicodedata.normalize("NFC", super().clean(value)).replace("\r\n", "\n")
        kinds = {unicodedata.category(sign) for sign in said if sign not in "\n\t"}
        if TURNING.search(said) or "Cc" in kinds or (said.strip() and not any(kind[0] in "LNPS" for kind in kinds)):
            raise forms.ValidationError(_speech(self).say(UNSEEN), code="unseen")
        return said


class Day(forms.DateField):
    """A day of our times, as the browser gives it and in no other way: 3/4 is two days."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), input_formats=["%Y-%m-%d"], **rest)

    def clean(self, value: Any) -> date | None:
        """Between `FIRST` and `LAST`."""
        said: date | None = super().clean(value)
        if said and not FIRST <= said <= LAST:
            raise forms.ValidationError(_speech(self).say(NOT_OUR_TIMES, first=str(FIRST.year), last=str(LAST.year)))
        return said


class Asking(forms.Form):
    """A form that knows its language."""

    said: ClassVar[Mapping[str, tuple[str, str]]] = {}  # by field, what it is called and what helps: marked messages, or empty
    beside: ClassVar[Mapping[str, str]] = {}  # by the message of a letter, the field that it stands beside
    groups: ClassVar[Groups] = ()  # how its fields are laid out; those that no group names come after them
    unfinished: ClassVar[bool] = False  # whether all of it may wait, so that no field need say so

    def __init__(self, *args: Any, speech: Speech, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.speech, self.refused = speech, False
        for name, field in self.fields.items():
            field.speech = speech  # type: ignore[attr-defined]  # ours read it
            label, helping = self.said.get(name, ("", ""))
            field.label, field.help_text = speech.say(label), speech.say(helping)

    def choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        """Give a field what there is to choose from."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # these are
        field.choices = choices

    def grouped(self) -> list[tuple[str, list[list[forms.BoundField]]]]:
        """What the fields are about, and the fields by line; without a word those that no group names."""
        laid = [
            (self.speech.say(about), [line for names in lines if (line := [self[n] for n in names if n in self.fields])])
            for about, lines in self.groups
        ]
        named = {n for _, lines in self.groups for names in lines for n in names}
        rest = [[self[n]] for n in self.fields if n not in named]
        return [(about, lines) for about, lines in (*laid, ("", rest)) if lines]

    def told(self) -> dict[str, Any]:
        """What was filled in, as the write takes it."""
        return dict(self.cleaned_data)

    def wrong(self, why: Letter) -> None:
        """Say a letter beside its field, or above them all."""
        field = self.beside.get(why.message)
        self.add_error(field if field in self.fields else None, why.said(self.speech))

    def invalid(self, why: ValidationError) -> None:
        """Say what Django found beside its fields, or above them all."""
        for name, found in (why.message_dict if hasattr(why, "error_dict") else {NON_FIELD_ERRORS: why.messages}).items():
            self.add_error(name if name in self.fields else None, found)

    @property
    def status(self) -> int:
        """Of the answer that shows it: what was refused is a 403, what can't be so a 400."""
        return 403 if self.refused else 400 if self.is_bound and self.errors else 200


def tried(at: Visit, thing: Model, form: Asking, write: Callable[..., T]) -> T | None:
    """What writing a form of a thing gave; None where it can't be so, which the form then says. Refused for who lacks the role for it."""
    try:
        at.only(thing, *form.fields)
        return write(**form.told()) if form.is_valid() else None
    except Unfit as why:
        form.wrong(why)
    except ValidationError as why:
        form.invalid(why)
    except Refused as why:
        if why.message == MAY_NOT:
            raise
        form.refused = True
        form.wrong(why)
    return None


def _speech(field: forms.Field) -> Speech:
    speech: Speech = field.speech  # type: ignore[attr-defined]  # the form gave it
    return speech


__all__ = ["Asking", "Day", "Euros", "Groups", "Number", "Text", "tried"]
