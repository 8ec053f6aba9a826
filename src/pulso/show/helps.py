"""What fields and addresses are for, in both languages. The texts stand in the code, each beside what it explains."""

from __future__ import annotations

from collections.abc import Iterator

from pulso.show.language import Speech

BEFORE, AFTER = "A page of rows.", "In the form that the address says."
"""What other texts are put together with."""


def told(text: str, speech: Speech) -> str:
    """A help text in a language, paragraph by paragraph; as it stands where it has no translation."""
    return "\n\n".join(" ".join(speech.messages.gettext(piece) for piece in pieces(part)) for part in text.split("\n\n"))


def messages(text: str) -> set[str]:
    """What the catalogue must have for a help text."""
    return {piece for part in text.split("\n\n") for piece in pieces(part)}


def pieces(paragraph: str) -> Iterator[str]:
    """The messages that a paragraph is made of; how its lines are broken in the code means nothing."""
    said = " ".join(paragraph.split())
    if said.startswith(f"{BEFORE} "):
        yield BEFORE
        said = said.removeprefix(f"{BEFORE} ")
    if said.endswith(f" {AFTER}"):
        yield said.removesuffix(f" {AFTER}")
        yield AFTER
    elif said:
        yield said
