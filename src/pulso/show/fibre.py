"""What the parts of a fibre network are called, in both languages. Plain values in, words out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pulso.show.language import NEVER, Speech
from pulso.show.language import marked as _

KM = 1_000.0

STATUSES: Mapping[str, str] = {
    "proposed": _("proposed"),
    "planned": _("planned"),
    "underConstruction": _("under construction"),
    "operational": _("in operation"),
    "inactive": _("out of use"),
    "decommissioned": _("taken down"),
}
"""How far along a thing is, in the order of its life."""
KINDS: Mapping[str, str] = {
    "office": _("central office"),
    "pop": _("point of presence"),
    "cabinet": _("cabinet"),
    "closure": _("splice closure"),
    "manhole": _("manhole"),
    "pole": _("pole"),
    "building": _("building"),
    "other": _("other place"),
}
LAID: Mapping[str, str] = {"belowGround": _("below ground"), "aboveGround": _("above ground")}
USES: Mapping[str, str] = {
    "used": _("used"),
    "leased": _("leased"),
    "reserved": _("reserved"),
    "broken": _("broken"),
    "spare": _("spare"),
}
"""What strands are used for, in the order in which they are counted."""
CRITICALITY: Mapping[str, str] = {"life": _("saves lives"), "essential": _("essential"), "normal": _("normal")}
LEVELS: Mapping[str, str] = {
    "public": _("known to everybody"),
    "internal": _("known to those with a role in the city"),
    "restricted": _("known to the city's engineers"),
}
COLOURS: Mapping[str, str] = {
    "blue": _("blue"),
    "orange": _("orange"),
    "green": _("green"),
    "brown": _("brown"),
    "slate": _("slate"),
    "white": _("white"),
    "red": _("red"),
    "black": _("black"),
    "yellow": _("yellow"),
    "violet": _("violet"),
    "rose": _("rose"),
    "aqua": _("aqua"),
}
"""The twelve colours of tubes and fibres (TIA-598-C)."""
JOINED: Mapping[str, str] = {
    "start": _("begins"),
    "splice": _("by a splice"),
    "patch": _("by a patch cord"),
    "splitter": _("by a splitter"),
}
"""How light comes into a strand."""
STOPS: Mapping[str, str] = {
    "port": _("ends at a port, as it should"),
    "dangling": _("ends nowhere: neither spliced nor in a port"),
    "loop": _("runs in a loop"),
    "leg": _("ends at a splitter's unused side"),
    "broken": _("broken: nobody says where"),
    "notInUse": _("the cable is not in operation"),
    "unclear": _("records contradict each other here"),
}
"""Why light goes no further."""
SINCE: Mapping[str, str] = {
    "port": _("a port, as it should be"),
    "dangling": _("neither spliced nor in a port there"),
    "loop": _("runs in a loop"),
    "leg": _("nothing is at the splitter's input"),
    "broken": _("the strand before it is broken"),
    "notInUse": _("the cable before it is not in operation"),
    "unclear": _("records contradict each other here"),
    "": _("a splitter's branches come together there"),
}
"""Why a way begins where it begins."""
SORTS: Mapping[str, str] = {"site": _("site"), "duct": _("duct"), "cable": _("cable")}
"""What may be cut."""

THINGS: Mapping[str, str] = {
    **SORTS,
    "plan": _("network"),
    "organisation": _("organisation"),
    "phase": _("phase"),
    "strands": _("strands"),
    "splice": _("splice"),
    "port": _("port"),
    "splitter": _("splitter"),
    "works": _("works"),
}
"""Everything that a network consists of."""


def word(known: Mapping[str, str], key: str, speech: Speech) -> str:
    """A word of one of these tables; as it stands where there is none."""
    return speech.say(known.get(key, key))


def km(metres: float | None, speech: Speech, digits: int = 1) -> str:
    """Write metres as kilometres: 243.7 km. A dash where nobody knows."""
    return NEVER if metres is None else speech.say("{number} km", number=speech.number(metres / KM, digits))


def metres(length: float | None, speech: Speech) -> str:
    """Write a length as a person measures it: metres below a kilometre, kilometres above. A dash where nobody knows."""
    if length is not None and length < KM:
        return speech.say("{number} m", number=speech.number(length))
    return km(length, speech, 2)


def db(loss: float | None, speech: Speech) -> str:
    """Write what light loses: 4.50 dB. A dash where nobody knows."""
    return NEVER if loss is None else speech.say("{number} dB", number=speech.number(loss, 2))


def coloured(name: str, stripes: int, speech: Speech) -> str:
    """Name the colour of a tube or fibre, with its stripes: blue, blue with 1 stripe."""
    called = word(COLOURS, name, speech)
    if not stripes:
        return called
    return speech.many("{colour} with {n} stripe", "{colour} with {n} stripes", stripes, colour=called)


def paths(count: int | None, speech: Speech) -> str:
    """Say how many independent paths a customer has; where it can't be told, that."""
    return speech.say("not known") if count is None else speech.number(count)


def spans(numbers: Iterable[int]) -> str:
    """Write numbers as short spans: 1–12, 14."""
    found: list[list[int]] = []
    for n in sorted(set(numbers)):
        if found and n == found[-1][1] + 1:
            found[-1][1] = n
        else:
            found.append([n, n])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in found)
