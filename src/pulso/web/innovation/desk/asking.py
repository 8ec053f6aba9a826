"""How the desk asks: forms that say in the page's language what they want, and beside which field it can't be so."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from pulso.show.language import Speech
from pulso.web.innovation.desk.money import Euros, Number
from pulso.web.innovation.letters import Letter, Refused, Unfit
from pulso.web.innovation.moves import MAY_NOT
from pulso.web.innovation.writes import checks
from pulso.web.people.forms import TURNING, UNSEEN

T = TypeVar("T")
ALWAYS = {"csrfmiddlewaretoken"}
WHICH = ("by", "city", "view", "lead", "challenge", "pilot", "practice", "testbed")
"""What the writes call whom and what they are about: said by the address, never by a form that doesn't ask for it."""


class Text(forms.CharField):
    """Some lines that others will read; what is not there to be read is refused."""

    def __init__(self, *, rows: int = 4, max_length: int = 8000, **rest: Any) -> None:
        super().__init__(max_length=max_length, widget=forms.Textarea({"rows": rows}), **rest)

    def clean(self, value: Any) -> str:
        """In the composed form of Unicode, its lines as they are."""
        said = unicodedata.normalize("NFC", super().clean(value)).replace("\r\n", "\n")
        if TURNING.search(said) or any(unicodedata.category(sign) == "Cc" for sign in said if sign not in "\n\t"):
            raise forms.ValidationError(_speech(self).say(UNSEEN), code="unseen")
        return said


class Day(forms.DateField):
    """A day, as the browser gives it."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **rest)


class Asking(forms.Form):
    """A form that knows its language."""

    said: ClassVar[Mapping[str, tuple[str, str]]] = {}  # by field, what it is called and what helps: marked messages, or empty
    beside: ClassVar[Mapping[str, str]] = {}  # by the message of a letter, the field that it stands beside
    strict: ClassVar[bool] = False  # whether what nobody is asked for is handed to the write, which refuses it

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

    def told(self) -> dict[str, Any]:
        """What was filled in, as the write takes it."""
        return dict(self.cleaned_data)

    def forged(self) -> dict[str, str]:
        """What was sent though nobody was asked for it."""
        return {k: v for k, v in self.data.items() if k not in ALWAYS and k not in self.fields} if self.strict else {}

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


def tried(form: Asking, write: Callable[..., T]) -> T | None:
    """What writing a form gave; None where it can't be so, which the form then says. Refused for whom the write takes a role from."""
    forged = form.forged()
    if about := [name for name in WHICH if name in forged]:
        form.wrong(Unfit(checks.NO_FIELD, field=about[0], known=", ".join(form.fields)))
        return None
    if not form.is_valid() and not forged:
        return None
    try:
        return write(**((form.told() if form.is_valid() else {}) | forged))
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


__all__ = ["Asking", "Day", "Euros", "Number", "Text", "tried"]
