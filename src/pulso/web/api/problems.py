"""Problems (RFC 9457): every error of the API is one, and says what was found and what is allowed."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils import translation
from pydantic import Field, TypeAdapter
from pydantic.dataclasses import dataclass

from pulso.show.language import Speech, speak
from pulso.web.pages.statuses import title

MEDIA = "application/problem+json"


@dataclass(frozen=True)
class Wrong:
    """One thing wrong in a question."""

    where: str = Field(description="the parameter")
    why: str = Field(description="what is wrong with it")


@dataclass(frozen=True)
class Problem:
    """Why there is no answer (RFC 9457)."""

    title: str = Field(description="what kind of problem it is, in a few words")
    status: int = Field(description="the HTTP status")
    detail: str = Field(description="what was found and what is allowed, for a person")
    type: str = Field(default="about:blank", description="about:blank: the status says what kind of problem it is")
    errors: tuple[Wrong, ...] = Field(default=(), description="each thing that is wrong, where a question has several")


WRITER = TypeAdapter(Problem)


class Refused(Exception):  # noqa: N818  # it names what happens to the question
    """A question that is not answered: its status, and a letter."""

    def __init__(self, status: int, detail: str, errors: tuple[Wrong, ...] = (), headers: dict[str, str] | None = None) -> None:
        self.status, self.detail, self.errors, self.headers = status, detail, errors, headers or {}
        super().__init__(detail)


def speech() -> Speech:
    """The language of whoever asks: Manners keeps it while an answer is made."""
    return speak("pt" if (translation.get_language() or "").startswith("pt") else "en")


def say(message: str, /, **values: object) -> str:
    """Say something to whoever asks, in their language."""
    return speech().say(message, **values)


def problem(status: int, detail: str, errors: tuple[Wrong, ...] = (), headers: dict[str, Any] | None = None) -> HttpResponse:
    """Answer with a problem."""
    body = WRITER.dump_json(Problem(title(status, speech()), status, detail, errors=errors))
    response = HttpResponse(body, status=status, content_type=MEDIA, headers=headers or {})
    for name, value in (("Cache-Control", "no-store"), ("Content-Language", speech().code), ("Vary", "Accept-Language")):
        response.headers[name] = value
    return response
