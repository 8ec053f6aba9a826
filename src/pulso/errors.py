"""One tree of errors for what the world does wrong. Programmers' mistakes are ValueError; missing data is neither."""

from __future__ import annotations


class PulsoError(Exception):
    """Something that a person must read: the message is a letter to them, whole sentences included."""

    exit_code = 1


class CityFileError(PulsoError):
    """A city file that can't be used: which file, which key, what was found, what is allowed."""

    exit_code = 2

    def __init__(self, file: str, mistakes: list[Mistake]) -> None:
        self.file = file
        self.mistakes = mistakes
        lines = [f"{file}: {len(mistakes)} {'mistake' if len(mistakes) == 1 else 'mistakes'}"]
        lines += [f"  {m}" for m in mistakes]
        super().__init__("\n".join(lines))


class Mistake:
    """One thing wrong in a file: key, what was found there, what is allowed."""

    def __init__(self, key: str, found: object, allowed: str) -> None:
        self.key = key
        self.found = found
        self.allowed = allowed

    def __str__(self) -> str:
        return f"{self.key}: found {self.found!r}; {self.allowed}"


class SourceUnavailable(PulsoError):  # noqa: N818  # it names a state of the world, not an error of ours
    """A source that did not answer: retry later; until then it is a gap."""

    exit_code = 3


class SourceChanged(PulsoError):  # noqa: N818
    """A source that answers, but not in the shape that the city file describes: a person must look."""

    exit_code = 4


class LakeError(PulsoError):
    """The lake could not be read or written: what was tried, why it failed, what is safe."""

    exit_code = 5


class LakeBusy(LakeError):  # noqa: N818
    """Another process is writing to the lake: the same thing done later succeeds."""


class NothingKnown(PulsoError):  # noqa: N818
    """Asked about a city, zone or day of which nothing is published."""

    exit_code = 6
