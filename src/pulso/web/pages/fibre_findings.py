"""What the check of the whole network finds: how grave, of which kind, about which thing, and with which form it is mended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass as plainly
from typing import Any, NamedTuple
from urllib.parse import quote

import numpy as np
from django.http import HttpRequest, HttpResponse
from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.fibre.check.ground import Held, held
from pulso.fibre.findings import SEVERITIES, Finding, Severity
from pulso.fibre.shapes import Plan
from pulso.show import fibre as words
from pulso.show.language import marked as _
from pulso.web.api import forms
from pulso.web.fibre.desk.doubts import FOUND, in_words
from pulso.web.fibre.desk.joints import on_a_line
from pulso.web.fibre.desk.saying import COUNTED
from pulso.web.fibre.kinds import KINDS, key_of
from pulso.web.pages.asked import Asked
from pulso.web.pages.fibre_asked import Guest, cut, guest
from pulso.web.pages.fibre_known import name
from pulso.web.pages.frame import Frame
from pulso.web.pages.leaves import Leaf
from pulso.web.pages.twin import Page

ALL = "all"
GRAVE: Mapping[str, str] = {"error": _("error"), "warning": _("warning"), "note": _("note")}
"""How grave a finding is, the worst first."""
EVERY: Mapping[str, str] = {"sites": _("all sites"), "ducts": _("all ducts"), "cables": _("all cables")}
"""What is found of no one thing."""
JOINTS: Mapping[str, tuple[str, str]] = {
    "strands": ("cable", "strands"),
    "splice": ("site", "splices"),
    "port": ("site", "ports"),
    "splitter": ("site", "splitters"),
}
"""What has no page of its own: of which thing it is, and in which list of the desk."""


@dataclass(frozen=True)
class Kind:
    """A kind of finding, and how many there are."""

    severity: str = Field(description="error, warning or note")
    grave: str = Field(description="the same in the page's language")
    code: str = Field(description="the kind of finding, as docs/reference/fibre-files.md lists them")
    said: str = Field(description="what it is, in the page's language")
    findings: int = Field(description="how many there are")


@dataclass(frozen=True)
class Line:
    """One thing that a person should look at."""

    severity: str = Field(description="error, warning or note")
    grave: str = Field(description="the same in the page's language")
    code: str = Field(description="the kind of finding")
    said: str = Field(description="what it is, in the page's language")
    sort: str = Field(
        description="what it is about: site, duct, cable, strands, splice, port, splitter, works, organisation, phase or plan"
    )
    called: str = Field(description="the same in the page's language")
    id: str = Field(description="what that is kept under; empty of what is found of all of a sort")
    name: str = Field(description="its name, or what is joined there; its id where it has none")
    href: str = Field(description="the address of its page, or of the site or the cable that it is at; empty where there is none")
    form: str = Field(description="the address of the form with which it is mended; empty where the desk has none")
    found: str = Field(description="what was found, in the words of the check, in English")
    accepted: str = Field(description="what would be accepted, alike")


@dataclass(frozen=True)
class Checked:
    """How many of a sort were looked at."""

    sort: str = Field(description="site, duct, cable, strands, splice, port, splitter or works")
    things: int = Field(description="how many")


@dataclass(frozen=True)
class Measured:
    """Of how many a stated length could be held against the route's."""

    sort: str = Field(description="duct or cable")
    measured: int = Field(description="of how many both are known")
    of: int = Field(description="how many there are")


@dataclass(frozen=True)
class Findings:
    """What is wrong or doubtful in the network."""

    frame: Frame = Field(description="what every page carries")
    revision: int = Field(description="which revision of the network was checked")
    code: str = Field(description="which kind is listed, or all; asked for as ?code=length-short")
    kinds: tuple[Kind, ...] = Field(description="what kinds there are, the worst first, then the most frequent")
    findings: tuple[Line, ...] = Field(description="a hundred of them, by kind")
    leaf: Leaf = Field(description="where in the list this page is")
    checked: tuple[Checked, ...] = Field(description="what was looked at")
    measured: tuple[Measured, ...] = Field(description="of how many the length could be checked")


@dataclass(frozen=True)
class FindingRow:
    """A finding as a row of a table."""

    severity: str = Field(description="error, warning or note")
    code: str = Field(description="the kind of finding")
    said: str = Field(description="what it is, in the page's language")
    sort: str = Field(description="what it is about")
    id: str = Field(description="what that is kept under")
    name: str = Field(description="its name, or what is joined there")
    found: str = Field(description="what was found, in the words of the check, in English")
    accepted: str = Field(description="what would be accepted, alike")


@plainly(frozen=True)
class Drawn:
    """The sentences of the page."""

    checked: str  # 6 sites, 8 ducts and 7 cables
    grave: str  # 2 errors and 1 warning; empty where nothing was found


def findings(asked: Asked) -> Findings:
    """List them. BadQuestion for a kind that no check knows."""
    who = guest(asked)
    by_code = _in_order(who)
    chosen = who.choice("code", (ALL, *sorted(FOUND.keys() | by_code.keys() - {ALL})))
    rows, leaf = cut(by_code.get(chosen, ()), asked)
    counted = who.known.once("kinds of findings", lambda: Counter((f.severity, f.code) for f in by_code[ALL]))
    return Findings(
        frame=asked.frame,
        revision=who.known.revision,
        code=chosen,
        kinds=tuple(_kind(*of, counted[of], who) for of in sorted(counted, key=lambda of: _rank(of[0], of[1], counted[of]))),
        findings=tuple(_line(f, who) for f in rows),
        leaf=leaf,
        checked=tuple(Checked(sort, len(getattr(who.known.plan, KINDS[sort][1]))) for sort in COUNTED),
        measured=who.known.once("measured", lambda: _measured(who.known.plan)),
    )


def csv(_request: HttpRequest, who: Guest) -> HttpResponse:
    """All of them as CSV."""
    lines = (_line(f, who) for f in _in_order(who)[ALL])
    rows = [FindingRow(m.severity, m.code, m.said, m.sort, m.id, m.name, m.found, m.accepted) for m in lines]
    headers = {"Content-Disposition": f'attachment; filename="{who.reading.slug}-findings.csv"'}
    return HttpResponse(forms.write("csv", rows, FindingRow), content_type=forms.content_type("csv"), headers=headers)


def draw(page: Findings, asked: Asked) -> Drawn:
    """What was looked at, and how much of each gravity was found."""
    say, n = asked.speech, Counter({k.severity: 0 for k in page.kinds})
    for kind in page.kinds:
        n[kind.severity] += kind.findings
    told = {
        "error": lambda of: say.many("{n} error", "{n} errors", of),
        "warning": lambda of: say.many("{n} warning", "{n} warnings", of),
        "note": lambda of: say.many("{n} note", "{n} notes", of),
    }
    looked = [COUNTED[c.sort](say, c.things) for c in page.checked if c.things]
    return Drawn(say.together(looked) if looked else say.say("nothing"), say.together([told[s](n[s]) for s in SEVERITIES if n[s]]))


def _in_order(who: Guest) -> Mapping[str, Sequence[Finding]]:
    """Findings by kind, and all together: the worst first, then by kind, the most frequent first."""

    def reckon() -> Mapping[str, Sequence[Finding]]:
        every = who.known.findings
        counted = Counter((f.severity, f.code) for f in every)
        found: dict[str, list[Finding]] = {ALL: sorted(every, key=lambda f: _rank(f.severity, f.code, counted[f.severity, f.code]))}
        for one in found[ALL]:
            found.setdefault(one.code, []).append(one)
        return found

    return who.known.once("findings by kind", reckon)


def _rank(severity: Severity, code: str, n: int) -> tuple[int, int, str]:
    """The worst first, then the most frequent."""
    return SEVERITIES.index(severity), -n, code


def _kind(severity: Severity, code: str, n: int, who: Guest) -> Kind:
    first = next(f for f in _in_order(who)[code] if f.severity == severity)
    return Kind(severity, who.speech.say(GRAVE[severity]), code, in_words(first, who.speech), n)


def _line(f: Finding, who: Guest) -> Line:
    about, speech = _about(f, who), who.speech
    return Line(
        severity=f.severity,
        grave=speech.say(GRAVE[f.severity]),
        code=f.code,
        said=in_words(f, speech),
        sort=about.sort,
        called=words.word(words.THINGS, about.sort, speech),
        id=about.id,
        name=about.name,
        href=about.href,
        form=about.form,
        found=f.found,
        accepted=f.accepted,
    )


class _About(NamedTuple):
    """What a finding is about."""

    sort: str
    id: str
    name: str
    href: str = ""
    form: str = ""


def _about(f: Finding, who: Guest) -> _About:
    """The thing, with its addresses; without them where nothing is known by what the check calls it, or what it is at isn't there."""
    sort, _space, key = f.where.partition(" ")
    base = f"/{who.speech.code}/{who.reading.slug}/fibre"
    if sort in EVERY:
        return _About("plan", "", who.speech.say(EVERY[sort]), f"{base}?sort={sort}")
    if sort not in KINDS:
        return _About("plan", "", f.where)
    row = _row(sort, key, who)
    if row is None:
        return _About(sort, key, key)
    if sort in JOINTS:
        return _joint(sort, row, base, who)
    form = f"{base}/edit/{sort}/{quote(key)}"
    if sort in ("organisation", "phase"):
        return _About(sort, key, row.name or key, f"{base}/edit/{sort}s", form)
    href = f"{base}/works?from={row.first}&to={row.last}" if sort == "works" else f"{base}/{sort}/{quote(key)}"
    return _About(sort, key, name(row), href, form)


def _joint(sort: str, row: Any, base: str, who: Guest) -> _About:
    """What is said of strands, or joined at a site; where the network doesn't have its cable or site, without an address."""
    known, key, (of, tab) = who.known, key_of(row), JOINTS[sort]
    there = getattr(row, of)
    host = (known.cables if of == "cable" else known.sites).get(there)
    called = who.speech.say("{what}: {name}", what=name(host) if host else there, name=on_a_line(row, known, who.speech))
    if host is None:
        return _About(sort, key, called)
    at = quote(there)
    return _About(sort, key, called, f"{base}/{of}/{at}", f"{base}/edit/{tab}/{at}?row={quote(key, safe='')}#enter")


def _row(sort: str, key: str, who: Guest) -> Any:
    """The thing: by its id, or of what has none by its number; None where there is none."""
    those = getattr(who.known.plan, KINDS[sort][1] or "sites")
    if sort in ("strands", "splice", "port"):
        return those[int(key)] if key.isascii() and key.isdigit() and int(key) < len(those) else None
    return who.known.once(f"{sort} by id", lambda: {one.id: one for one in those}).get(key)


def _measured(plan: Plan) -> tuple[Measured, ...]:
    def both(part: Held) -> int:
        return int((np.isfinite(part.stated) & np.isfinite(part.metres) & (part.metres > 0)).sum())

    ducts, cables = held(plan)
    return Measured("duct", both(ducts), len(plan.ducts)), Measured("cable", both(cables), len(plan.cables))


FINDINGS = Page("fibre-findings", "fibre/findings", Findings, findings, draw, reads=("page",))
