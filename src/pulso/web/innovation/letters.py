"""What people are told when something can't be so: a letter, in their language. Some of it the trail keeps."""

from __future__ import annotations

from datetime import date

from django.db.models import Model

from pulso.errors import PulsoError
from pulso.show.language import Speech, speak
from pulso.web.people.models import Person


class Word(str):
    """A value in a letter that is itself a message: it is translated before it is filled in."""

    __slots__ = ()


class Words(tuple[str, ...]):
    """Several of them, joined as the language does."""

    __slots__ = ()


class Letter(PulsoError):  # noqa: N818
    """Something can't be so: a marked message and what fills it in. As text it is in English."""

    def __init__(self, message: str, **values: object) -> None:
        self.message, self.values = message, values
        super().__init__(self.said(speak("en")))

    def said(self, speech: Speech) -> str:
        """The letter in a language."""
        return speech.say(self.message, **{name: _filled(value, speech) for name, value in self.values.items()})


class Unfit(Letter):
    """What was filled in can't be so, or not yet: a mistake that a page of ours, fresh or stale, lets an honest person make."""


class Refused(Letter):
    """Somebody tried what takes a role that they lack, what no page of ours sends, or to change, date back, show early or make up what was
    promised and found. Nothing was written but a step of the trail that says so.
    """

    def __init__(self, by: Person | None, thing: Model, rule: str, message: str, **values: object) -> None:
        """`rule` names in a few words what was tried, for the trail: "edit a frozen protocol"."""
        self.by, self.thing, self.rule = by, thing, rule
        super().__init__(message, **values)


def _filled(value: object, speech: Speech) -> object:
    if isinstance(value, Word):
        return speech.say(value)
    if isinstance(value, Words):
        return speech.together([speech.say(v) for v in value])
    return speech.day(value, "medium") if isinstance(value, date) else value
