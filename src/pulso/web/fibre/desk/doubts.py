"""What the check of a network finds, in words of the reader's language. The codes are those of docs/reference/fibre-files.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pulso.fibre.findings import Finding
from pulso.show import fibre as words
from pulso.show.language import Speech
from pulso.show.language import marked as _

FOUND: Mapping[str, str] = {
    "beyond-cable": _("a strand is named that the cable doesn't have"),
    "circle": _("it leads back to where it begins, or twice through one duct"),
    "customer-transit": _("light would pass a customer's site; give the closure a site of its own"),
    "ducts-apart": _("its ducts don't join from its beginning to its end"),
    "ducts-reversed": _("its ducts are listed from its end to its beginning"),
    "duplicate-id": _("more than one has this id"),
    "ends-apart": _("its route doesn't meet the site that it leads to"),
    "far-away": _("it is far from its city"),
    "length-long": _("its length is much more than its route's"),
    "length-short": _("its length is less than its route's"),
    "length-unit": _("its length looks as if it were in another unit than metres"),
    "length-web-mercator": _("its length looks as if it were measured on the flat map"),
    "not-its-end": _("a cable is named at a site where it doesn't end"),
    "no-source": _("no site is a source of light"),
    "nowhere": _("it lies at 0° 0°, in the sea"),
    "patched-to-itself": _("a port is patched to itself"),
    "port-taken": _("a port has a patch already, or is there twice"),
    "ring": _("strands are joined in a ring, in which no light begins"),
    "route-reversed": _("its route is drawn from its end to its beginning"),
    "strand-taken": _("the end of a strand has a splice, a port or a splitter already"),
    "strands-order": _("the last strand comes before the first"),
    "strands-twice": _("two uses are said of one strand"),
    "swapped": _("longitude and latitude look changed"),
    "too-little-loss": _("a splitter of so many ways loses more light than that"),
    "too-many-outputs": _("the splitter has more outputs than ways"),
    "too-thick": _("the cable is thicker than its duct"),
    "unknown-reference": _("something is named that the network doesn't have"),
    "unused-site": _("no duct and no cable leads there"),
}
"""By code; of a code that is not here the check's own words are said, in English."""
MOST = 3


def told(findings: Iterable[Finding], called: Mapping[str, str], speech: Speech) -> tuple[str, ...]:
    """The first few findings, each as a sentence with the thing that it is about; then how many more.

    `called` has the names of things that are known by none of their ids yet.
    """
    every = list(findings)
    said = [_sentence(f, called, speech) for f in every[:MOST]]
    more = len(every) - MOST
    return (*said, speech.many("And {n} more.", "And {n} more.", more)) if more > 0 else tuple(said)


NUMBERED = ("strands", "splice", "port")
"""What has no id: the check says its number in the plan, which nobody knows."""


def in_words(f: Finding, speech: Speech) -> str:
    """What is found, in the reader's language; the check's own words where there are none for it."""
    return speech.say(FOUND[f.code]) if f.code in FOUND else f"{f.found}; {f.accepted}"


def _sentence(f: Finding, called: Mapping[str, str], speech: Speech) -> str:
    sort, _space, key = f.where.partition(" ")
    about = words.word(words.THINGS, sort if sort in words.THINGS else "plan", speech)  # what is of no one thing is of the network
    thing = about if sort in NUMBERED else f"{about} {called.get(key, key)}".strip()
    return speech.say("{thing}: {what}.", thing=speech.capital(thing), what=in_words(f, speech))
