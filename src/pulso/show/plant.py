"""What the commands about a fibre network say: what was found in a file, how long it is, what two records disagree about, who goes dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pulso.fibre.ask.answers import Cut
from pulso.fibre.capacity import Filled, Taken
from pulso.fibre.findings import Finding
from pulso.fibre.lengths import OUTSIDE, Length, Lengths
from pulso.fibre.merge import Merged
from pulso.fibre.reach import Reach
from pulso.fibre.shapes import Plan
from pulso.fibre.spare import Nearest
from pulso.show.fibre import LEVELS, STATUSES, USES, km, metres, word
from pulso.show.language import NEVER, Speech
from pulso.show.language import marked as _

MOST = 200
"""Findings, conflicts or names that are printed; --json has all."""

FAR = 100_000.0
"""Metres: who has no strand to spare within as many has probably said latitude before longitude."""

SIGNS = {"error": "✗", "warning": "!", "note": "·"}

GROUPS: Mapping[str, str] = {
    "all": _("network"),
    "status": _("status"),
    "owner": _("owner"),
    "phase": _("phase"),
    "disclosure": _("known to whom"),
    "zone": _("zone"),
}
"""What lengths are grouped by, as a heading."""

TABLES: Mapping[str, str] = {
    "network": _("network"),
    "organisations": _("organisations"),
    "phases": _("phases"),
    "sites": _("sites"),
    "ducts": _("ducts"),
    "cables": _("cables"),
    "strands": _("uses of strands"),
    "splices": _("splices"),
    "ports": _("ports"),
    "splitters": _("splitters"),
    "works": _("works"),
}
"""The tables of a network, as people call what is in them."""


def held(plan: Plan, speech: Speech) -> str:
    """Say how much a network has of what: "sites: 8, ducts: 9"."""
    counts = {kind: len(getattr(plan, kind)) for kind in TABLES if kind != "network"}
    said = ", ".join(f"{speech.say(TABLES[kind])}: {speech.number(n)}" for kind, n in counts.items() if n)
    return f"{plan.name or plan.id} ({said or speech.say('nothing in it')})"


def found(findings: Sequence[Finding], speech: Speech) -> str:
    """Findings a line each, the worst first as they come, and how many there are of each severity."""
    lines = [f"{SIGNS[f.severity]} {f.where}: {f.found}; {f.accepted}" for f in findings[:MOST]]
    if len(findings) > MOST:
        lines.append(speech.say("… and {n} more; --json has them all.", n=speech.number(len(findings) - MOST)))
    return "\n".join([*lines, counted(findings, speech)])


def counted(findings: Sequence[Finding], speech: Speech) -> str:
    """How many findings there are of each severity."""
    errors, warnings, notes = (sum(f.severity == s for f in findings) for s in SIGNS)
    if not findings:
        return speech.say("Nothing was found that is wrong or doubtful.")
    said = [
        speech.many("{n} error", "{n} errors", errors),
        speech.many("{n} warning", "{n} warnings", warnings),
        speech.many("{n} note", "{n} notes", notes),
    ]
    return speech.say("Found: {said}.", said=speech.together(said))


def lengths(rows: Sequence[Lengths], by: str, names: Mapping[str, str], speech: Speech) -> RenderableType:
    """The three lengths by group, each with of how many things it is known."""
    table = Table(box=None, pad_edge=False)
    table.add_column(speech.say(GROUPS[by]))
    for title in (_("route"), _("known of"), _("sheath"), _("known of"), _("strands"), _("known of")):
        table.add_column(speech.say(title), justify="right")
    for row in rows:
        cells = (cell for part in (row.route, row.sheath, row.strand) for cell in (km(part.told, speech), _known(part, speech)))
        table.add_row(Text(_group(row.group, by, names, speech)), *cells)
    note = speech.say(
        "Three lengths that are never added: what is dug, what is bought, what is lit. On the ellipsoid; the unknown is not in them."
    )
    return Group(table, Text(note, style="dim"))


def _known(part: Length, speech: Speech) -> str:
    return f"{speech.number(part.known)} / {speech.number(part.of)}"


def _group(group: str | None, by: str, names: Mapping[str, str], speech: Speech) -> str:
    if group is None:
        return speech.say("nobody knows where") if by == "zone" else speech.say("not said")
    if by == "zone" and group == OUTSIDE:
        return speech.say("outside every zone")
    if by == "all":
        return speech.say("all of it")
    return (
        word({"status": STATUSES, "disclosure": LEVELS}.get(by, {}), group, speech)
        if by in ("status", "disclosure")
        else names.get(group, group)
    )


def merged(told: Merged, speech: Speech) -> str:
    """What two records agree and disagree about, a line each, and what is proposed as the same thing."""
    lines = [
        f"! {speech.say(TABLES[c.kind])}, {c.id}{f', {c.field}' if c.field else ''}: {_value(c.one)} ≠ {_value(c.other)}"
        for c in told.conflicts[:MOST]
    ]
    lines += [f"= {speech.say(TABLES[m.kind])}: {m.one} = {m.other}{_far(m.metres, speech)}" for m in told.taken[:MOST]]
    lines += [f"? {speech.say(TABLES[m.kind])}: {m.one} = {m.other}{_far(m.metres, speech)}" for m in told.proposed[:MOST]]
    said = [
        speech.many("{n} conflict", "{n} conflicts", len(told.conflicts)),
        speech.many("{n} gap filled", "{n} gaps filled", len(told.filled)),
        speech.many("{n} pair of ids taken as one", "{n} pairs of ids taken as one", len(told.taken)),
        speech.many("{n} pair of ids that may be one", "{n} pairs of ids that may be one", len(told.proposed)),
    ]
    return "\n".join([*lines, speech.say("Merged: {said}.", said=speech.together(said))])


def _value(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _far(metres: float | None, speech: Speech) -> str:
    return "" if metres is None else f" ({speech.say('{number} m', number=speech.number(metres, 1))})"


def cut(told: Cut, plan: Plan, speech: Speech) -> RenderableType:
    """Who goes dark, who waits, who is left with one path, what is blind, and what the answer doesn't know."""
    names = {s.id: s.name for s in plan.sites}
    strands = sum(told.strands.values())
    uses = ", ".join(f"{word(USES, use.value, speech)} {speech.number(n)}" for use, n in told.strands.items() if n)
    parts = [
        speech.many(
            "{n} customer goes dark and has no other way, of {all} that have light.",
            "{n} customers go dark and have no other way, of {all} that have light.",
            len(told.dark),
            all=speech.number(told.customers),
        ),
        *_named(told.dark, names),
        speech.many(
            "{n} customer is dark until switched over: it has another way, and no recorded strand in it.",
            "{n} customers are dark until switched over: they have another way, and no recorded strand in it.",
            len(told.waiting),
        ),
        *_named(told.waiting, names),
        speech.many(
            "{n} customer is left with one path by cable.", "{n} customers are left with one path by cable.", len(told.thin.cables)
        ),
        *_named(told.thin.cables, names),
        speech.many("{n} customer is left with one path by duct.", "{n} customers are left with one path by duct.", len(told.thin.ducts)),
        *_named(told.thin.ducts, names),
        speech.many("{n} sensor is blind.", "{n} sensors are blind.", len(told.sensors)),
        *_named(told.sensors, {}),
        speech.many("{n} cable fails", "{n} cables fail", len(told.failing))
        + ", "
        + speech.many("{n} strand", "{n} strands", strands)
        + (f" ({uses})." if uses else "."),
    ]
    if told.unsaid:
        parts.append(
            speech.many(
                "{n} strand is spare only because nobody says otherwise.",
                "{n} strands are spare only because nobody says otherwise.",
                told.unsaid,
            )
        )
    if told.loose:
        parts.append(
            speech.many(
                "Of {n} cable nobody knows the ducts: it was not cut with them, so this may be too good.",
                "Of {n} cables nobody knows the ducts: they were not cut with them, so this may be too good.",
                told.loose,
            )
        )
    if told.unrecorded:
        parts.append(
            speech.many(
                "Of {n} customer that keeps a way nobody recorded by which strands: it may be dark until switched over.",
                "Of {n} customers that keep a way nobody recorded by which strands: they may be dark until switched over.",
                told.unrecorded,
            )
        )
    return Text("\n".join(parts))


def nearest(told: Nearest, plan: Plan, speech: Speech) -> RenderableType:
    """The nearest cables with strands to spare, how many there are, and of how many nobody knows where they end."""
    cables, sites = ({t.id: t.name for t in things} for things in (plan.cables, plan.sites))
    table = Table(box=None, pad_edge=False)
    for title in (_("cable"), _("ends at")):
        table.add_column(speech.say(title))
    for title in (_("away"), _("spare"), _("nobody says")):
        table.add_column(speech.say(title), justify="right")
    for n in told.found:
        numbers = (metres(n.metres, speech), speech.number(n.spare), speech.number(n.unsaid))
        table.add_row(Text(_both(n.cable, cables)), Text(_both(n.site, sites)), *numbers)
    lines = [
        speech.many("{n} cable has as many strands to spare.", "{n} cables have as many strands to spare.", told.placed),
        speech.say(
            "Straight, on the ellipsoid: the way to dig is longer. Under “nobody says”: spare only because nothing is said of them."
        ),
    ]
    if told.found and told.found[0].metres > FAR:
        far = metres(told.found[0].metres, speech)
        lines.insert(0, speech.say("Even the nearest is {far} away: have longitude and latitude changed places?", far=far))
    if told.unplaced:
        lines.insert(1, speech.many("{n} more ends nobody knows where.", "{n} more end nobody knows where.", told.unplaced))
    return Group(*([table] if told.found else []), Text("\n".join(lines), style="dim" if told.found else ""))


def taken(rows: Sequence[Taken], most: int, speech: Speech) -> RenderableType:
    """How full cables in place are: the first of them, and of how many nobody can say it."""
    table = Table(box=None, pad_edge=False)
    table.add_column(speech.say(_("cable")))
    for title in (_("share taken"), *USES.values(), _("nobody says"), _("strands")):
        table.add_column(speech.say(title), justify="right")
    for one in rows[:most]:
        numbers = (*(getattr(one.strands, use) for use in USES), one.strands.unsaid, one.strands.total)
        at_least = one.strands.unsaid and one.share is not None
        share = speech.say("at least {share}", share=_share(one.share, speech)) if at_least else _share(one.share, speech)
        table.add_row(Text(_both(one.cable.id, {one.cable.id: one.cable.name})), share, *map(speech.number, numbers))
    lines = [
        speech.many("{n} cable is in place.", "{n} cables are in place.", len(rows)),
        speech.say("Under “nobody says”: spare only because nothing is said of them."),
    ]
    if unknown := sum(one.share is None for one in rows):
        lines.append(
            speech.many(
                "Of {n} cable nobody says what any strand is used for: it stands last.",
                "Of {n} cables nobody says what any strand is used for: they stand last.",
                unknown,
            )
        )
    return Group(*([table] if rows else []), Text("\n".join(lines), style="dim"))


def filled(rows: Sequence[Filled], most: int, speech: Speech) -> RenderableType:
    """How full ducts are, alike."""
    table = Table(box=None, pad_edge=False)
    table.add_column(speech.say(_("duct")))
    for title in (_("full"), _("cables"), _("strands"), _("spare"), _("nobody says")):
        table.add_column(speech.say(title), justify="right")
    for one in rows[:most]:
        numbers = (one.fill.cables, one.strands.total, one.strands.spare, one.strands.unsaid)
        table.add_row(Text(_both(one.duct.id, {one.duct.id: one.duct.name})), _share(one.share, speech), *map(speech.number, numbers))
    lines = [
        speech.many("{n} duct.", "{n} ducts.", len(rows)),
        speech.say("Under “nobody says”: spare only because nothing is said of them."),
    ]
    if unknown := sum(one.share is None for one in rows):
        lines.append(
            speech.many(
                "Of {n} duct a diameter is missing, its own or a cable's: it stands last.",
                "Of {n} ducts a diameter is missing, their own or a cable's: they stand last.",
                unknown,
            )
        )
    return Group(*([table] if rows else []), Text("\n".join(lines), style="dim"))


def _share(share: float | None, speech: Speech) -> str:
    """A share in percent; a dash where nobody knows."""
    return NEVER if share is None else speech.percent(share)


def _both(key: str, names: Mapping[str, str]) -> str:
    """An id, and the name beside it where there is another."""
    name = names.get(key)
    return f"{key}  {name}" if name and name != key else key


def coverage(rows: Sequence[Reach], names: Mapping[str, str], speech: Speech) -> RenderableType:
    """Public buildings by zone: how many, with a known place, near the network, connected to it; and all together."""
    table = Table(box=None, pad_edge=False)
    table.add_column(speech.say("zone"))
    for title in (_("public buildings"), _("with a known place"), _("near"), _("connected")):
        table.add_column(speech.say(title), justify="right")
    counts = [(r.buildings, r.placed, r.near, r.connected) for r in rows]
    elsewhere = speech.say("in no zone, or nobody knows where") if names else speech.say("all of it")
    for r, row in zip(rows, counts, strict=True):
        table.add_row(Text(elsewhere if r.zone is None else names.get(r.zone, r.zone)), *map(speech.number, row))
    if len(rows) > 1:
        table.add_row(speech.say("all of it"), *(speech.number(sum(column)) for column in zip(*counts, strict=True)))
    note = speech.say("Near: of those with a known place. Connected: a cable in operation ends there.")
    return Group(table, Text(note, style="dim"))


def _named(ids: Sequence[str], names: Mapping[str, str]) -> list[str]:
    lines = [f"  {i}{f'  {names[i]}' if names.get(i) else ''}" for i in ids[:MOST]]
    return [*lines, f"  … (+{len(ids) - MOST})"] if len(ids) > MOST else lines


def written(path: object, plan: Plan, speech: Speech) -> str:
    """Say what was written where."""
    return speech.say("Written: {path}", path=f"{path} · {held(plan, speech)}")
