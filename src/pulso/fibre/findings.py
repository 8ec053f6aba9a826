"""What is wrong or doubtful in a network or in a file of one: a row a finding, so that people can sort, count and mend."""

from __future__ import annotations

from collections.abc import Iterable
from reprlib import Repr
from typing import Literal, NamedTuple
from unicodedata import category

from pulso.errors import PulsoError

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


class Finding(NamedTuple):
    """One thing that a person should look at.

    An error breaks a rule, or part of what was given could not be taken; a warning is allowed and probably wrong; a note is good to know.
    """

    code: str  # the kind of finding, one of those in docs/reference/fibre-files.md: "duplicate-id"
    severity: Severity
    where: str  # JSON pointer, or table and line, or feature number, or kind of thing; then the id: "/networks/0/nodes/3/id (id 7)"
    found: str
    accepted: str

    def __str__(self) -> str:
        return f"{self.where}: {self.found}; {self.accepted}"


class FibreFileError(PulsoError):
    """A file of a network that can't be read at all: which file, what was found, what is accepted."""

    exit_code = 2


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Errors, then warnings, then notes; within each the order is kept. What steers a terminal or a line is written out."""
    return sorted((f if _plain(f) else _written(f) for f in findings), key=lambda f: SEVERITIES.index(f.severity))


def visible(text: str) -> str:
    """
    Write out what can't be seen: ends of lines, escapes, marks of direction.

    An id or a name in a file may hold anything; a terminal obeys some of it, and a log takes a line for another.
    """
    return "".join(c if c.isprintable() or category(c) == "Zs" else ascii(c)[1:-1] for c in text)


def _plain(finding: Finding) -> bool:
    return finding.where.isprintable() and finding.found.isprintable() and finding.accepted.isprintable()


def _written(f: Finding) -> Finding:
    return Finding(f.code, f.severity, visible(f.where), visible(f.found), visible(f.accepted))


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """Only the errors."""
    return [f for f in findings if f.severity == "error"]


def shown(value: object, most: int = 80) -> str:
    """A value as a letter quotes it: cut where it is long or deep, on one line."""
    text = SHORT.repr(value)
    return text if len(text) <= most else text[: most - 1] + "…"


SHORT = Repr()
SHORT.maxstring = SHORT.maxother = 80  # a hostile file's value may be a hundred megabytes long
SHORT.maxdict = SHORT.maxlist = SHORT.maxtuple = 4
