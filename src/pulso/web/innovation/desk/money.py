"""Money and other numbers as people write them, in the page's language: read exactly, never by way of a float."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms

from pulso.show import pilots
from pulso.show.language import Speech
from pulso.show.language import marked as _

MOST = 10**13
"""So many cents are less than a state spends, and fit in any database."""
SIGNS = {"pt": (r"[.\s]", ","), "en": (r"[,\s]", r"\.")}
"""Between thousands, and before the decimals."""
NOT_MONEY = _("Write an amount in euros so: {example}.")
NOT_A_NUMBER = _("Write a number so: {example}.")
TOO_MUCH = _("That is more than can be entered.")
NOTHING = _("It is more than nothing.")


def _parts(said: str, speech: Speech, places: int) -> tuple[str, str] | None:
    """The digits before and after the decimal sign; None for what isn't a number, or could be two."""
    thousands, decimal = SIGNS[speech.code]
    whole = rf"([0-9]+|[0-9]{{1,3}}(?:({thousands})[0-9]{{3}})(?:\2[0-9]{{3}})*)"
    found = re.fullmatch(rf"{whole}(?:{decimal}([0-9]{{1,{places}}}))?", said)
    return (re.sub(r"[^0-9]", "", found[1]), found[3] or "") if found else None


def cents(said: str, speech: Speech) -> int | None:
    """An amount of euros as whole cents: "1 234,5 €" is 123450. None for what isn't one, or could be read as two different ones."""
    bare = re.sub(r"^(?:€|EUR)\s*|\s*(?:€|EUR|euros?)$", "", said.strip(), flags=re.IGNORECASE)
    found = _parts(bare, speech, 2)
    return int(found[0]) * 100 + int(f"{found[1]:0<2}") if found else None


def number(said: str, speech: Speech) -> Decimal | None:
    """A number above or below 0 as people write it, exactly. None for what isn't one, or could be read as two different ones."""
    bare = said.strip().replace("\u2212", "-")
    found = _parts(bare.removeprefix("-").strip(), speech, 9)
    return Decimal(f"{'-' if bare.startswith('-') else ''}{found[0]}.{found[1] or 0}") if found else None


def written(of: Decimal, speech: Speech) -> str:
    """A number as `number` reads it: without thousands, without needless zeros."""
    said = f"{of:f}"
    said = said.rstrip("0").rstrip(".") if "." in said else said
    return said.replace(".", ",") if speech.code == "pt" else said


class Euros(forms.CharField):
    """An amount of money; in Python whole cents, or None. The form gives it its `speech`."""

    speech: Speech

    def __init__(self, **rest: Any) -> None:
        super().__init__(max_length=40, widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}), **rest)

    def prepare_value(self, value: Any) -> Any:
        """Cents as they are written."""
        return pilots.money(value, self.speech) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        """Whole cents."""
        said: str = super().clean(value)
        if not said:
            return None
        found = cents(said, self.speech)
        if found is None:
            raise forms.ValidationError(self.speech.say(NOT_MONEY, example=pilots.money(1234550, self.speech)))
        if found > MOST:
            raise forms.ValidationError(self.speech.say(TOO_MUCH))
        return found


class Number(forms.CharField):
    """A number; in Python a Decimal above 0, or None. The form gives it its `speech`."""

    speech: Speech

    def __init__(self, **rest: Any) -> None:
        super().__init__(max_length=20, widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}), **rest)

    def prepare_value(self, value: Any) -> Any:
        """A Decimal as it is written."""
        return written(value, self.speech) if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Decimal | None:
        """Exactly what was written."""
        said: str = super().clean(value)
        if not said:
            return None
        found = number(said, self.speech)
        if found is None:
            raise forms.ValidationError(self.speech.say(NOT_A_NUMBER, example=written(Decimal("2.5"), self.speech)))
        if found <= 0:
            raise forms.ValidationError(self.speech.say(NOTHING))
        if found >= 10**6:
            raise forms.ValidationError(self.speech.say(TOO_MUCH))
        return found
