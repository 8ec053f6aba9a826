"""What people do to the network: load it, change it. Each write is a revision with its reason, and a step of the trail, or nothing at all.

Only what differs becomes a new version, so that doing it twice changes nothing. What can't be so is Unfit; what somebody may not is
Refused, and kept in the trail. Nobody (None) is the machine: whoever runs its commands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from django.db import IntegrityError, transaction

from pulso.fibre.check import check
from pulso.fibre.findings import Finding, Severity
from pulso.fibre.shapes import Disclosure, Plan
from pulso.shapes import Row
from pulso.show.language import marked as _
from pulso.web.fibre import reads
from pulso.web.fibre.digest import digest
from pulso.web.fibre.kinds import KINDS, OF, Head, Thing, apart, keepable, key_of, level_of, together, written
from pulso.web.fibre.models import Kept, Revision
from pulso.web.innovation.letters import Unfit
from pulso.web.innovation.moves import SAY_WHY, allow, recorded
from pulso.web.people.may import may_edit_fibre
from pulso.web.people.models import Person
from pulso.web.people.trail import note
from pulso.web.readings import reading, status

AT_ONCE = 1_000
"""Rows that go to the database together."""

OTHERS = _("Somebody else has changed the network meanwhile. Look at it as it is now, and send your change again.")
NO_NETWORK = _("{city} has no fibre network here yet. Load one first.")
NO_SUCH = _("The network has no {kind} {key}.")
BREAKS = _("That would break the network: {found}")
DOUBTS = _("That is allowed, and probably wrong: {found}")
TWICE = _("The {kind} {key} is changed twice at once. Say once what it becomes.")
DISCLOSES = _("More people would know of {n} things than now may, first of the {first}. Load it so only if that is meant (--disclose).")
IS_THE_NETWORK = _("The network's own name is changed, not removed.")


class Doubtful(Unfit):
    """The network would gain what it had not: errors, which are never kept, or warnings, which are where somebody has looked."""

    def __init__(self, message: str, findings: Sequence[Finding]) -> None:
        """`findings`: what there would be, for a page to say in its own words."""
        self.findings = tuple(findings)
        super().__init__(message, found="; ".join(map(str, findings[:3])) + (f" … ({len(findings)})" if len(findings) > 3 else ""))


class Put(NamedTuple):
    """Add a thing, or say one that is there differently."""

    row: Row


class Remove(NamedTuple):
    """Take a thing away: of which kind, and its key (see `kinds.key_of`)."""

    kind: str
    key: str


class Done(NamedTuple):
    """What came of a write."""

    number: int  # of the newest revision, which is the one before where nothing differed
    added: int
    changed: int
    removed: int


class _Differences(NamedTuple):
    put: dict[Thing, Row]
    gone: tuple[Thing, ...]
    added: int


@recorded
def load(by: Person | None, city: str, plan: Plan, why: str, *, merge: bool = False, disclose: bool = False) -> Done:
    """Make the city's network what a plan says.

    Parameters
    ----------
    by
        Who; needs `may_edit_fibre`. None: the machine.
    city
        Its slug. UnknownCity where the site doesn't show it.
    plan
        Its references need not hold: networks are loaded as they are known, and `pulso.fibre.check` says what to mend. But each thing is
        there once, or it is Unfit.
    why
        The reason, in a sentence; it stays beside the revision. Unfit where it is empty.
    merge
        Whether things that the plan lacks stay. Otherwise they are removed.
    disclose
        Whether more people may know of a thing than before. Otherwise it is Unfit: most files say nothing of who may know,
        and what is in them is internal then.
    """
    allow(by is None or may_edit_fibre(by, city), by, Revision(city=city), "load fibre")
    base = reads.network(city)
    before: Mapping[Thing, Row] = base.things if base else {}
    after = apart(plan)
    put = {thing: row for thing, row in after.items() if _differs(before.get(thing), row)}
    gone = () if merge else tuple(thing for thing in before if thing not in after)
    told = [] if disclose else [t for t, row in put.items() if t in before and _opens(before[t], row)]
    if told:
        raise Unfit(DISCLOSES, n=len(told), first=" ".join(told[0]))
    return _write(by, city, why, base, _Differences(put, gone, sum(t not in before for t in put)), "load fibre")


@recorded
def change(by: Person | None, city: str, edits: Sequence[Put | Remove], why: str, *, seen: int | None = None, sure: bool = True) -> Done:
    """Add, change and remove single things of the city's network, all or none.

    Parameters
    ----------
    by, city, why
        As of `load`.
    edits
        What is to be. Unfit where a thing is said twice, is to be removed and isn't there, or where the network gains an error that
        it did not have: `pulso.fibre.check` says which.
    seen
        The number of the revision that whoever changes it has looked at; Unfit where there is a newer one. None: whatever is there.
    sure
        Whether warnings that the network gains are meant. Otherwise it is Doubtful, and says them; a site that nothing reaches yet is none.
    """
    allow(by is None or may_edit_fibre(by, city), by, Revision(city=city), "change fibre")
    base = reads.network(city)
    if base is None:
        raise Unfit(NO_NETWORK, city=reading(city).city.city.name)
    if seen is not None and seen != base.number:
        raise Unfit(OTHERS)
    before = base.things
    after, told = dict(before), dict[Thing, None]()  # in the order in which they are asked for
    for edit in edits:
        thing = (OF[type(edit.row)], key_of(edit.row)) if isinstance(edit, Put) else (edit.kind, edit.key)
        if thing in told:
            raise Unfit(TWICE, kind=thing[0], key=thing[1])
        told[thing] = None
        if isinstance(edit, Put):
            keepable(thing)
            after[thing] = edit.row
        elif thing[0] == OF[Head]:
            raise Unfit(IS_THE_NETWORK)
        elif after.pop(thing, None) is None:
            raise Unfit(NO_SUCH, kind=thing[0], key=thing[1])
    plan = together(((kind, row) for (kind, _key), row in after.items()), city)
    found = check(plan)
    if gained := _gained(base.findings, found, "error"):
        raise Doubtful(BREAKS, gained)
    if not sure and (gained := [f for f in _gained(base.findings, found, "warning") if f.code != "unused-site"]):
        raise Doubtful(DOUBTS, gained)
    put = {t: after[t] for t in told if t in after and _differs(before.get(t), after[t])}
    gone = tuple(t for t in told if t not in after)
    return _write(by, city, why, base, _Differences(put, gone, sum(t not in before for t in put)), "change fibre")


def _opens(before: Row, after: Row) -> bool:
    """Whether more people may know of a thing than before."""
    order = list(Disclosure)  # from everybody's to engineers'
    return order.index(level_of(after)) < order.index(level_of(before))


def _differs(before: Row | None, after: Row) -> bool:
    """Whether a thing is another than it was. What JSON can't tell apart is the same."""
    return before != after and (before is None or written(before) != written(after))


def _gained(before: Iterable[Finding], after: Iterable[Finding], severity: Severity) -> list[Finding]:
    """Findings that there are now and were not before. Where in a plan one is does not count: places move when things go."""
    known = Counter((f.code, f.found) for f in before if f.severity == severity)
    new = []
    for finding in (f for f in after if f.severity == severity):
        what = finding.code, finding.found
        if known[what] == 0:
            new.append(finding)
        known[what] -= 1
    return new


def _write(by: Person | None, city: str, why: str, base: reads.Network | None, found: _Differences, action: str) -> Done:
    """Write a revision and what it changes; where nothing differs, nothing."""
    reason = why.replace("\0", "").strip()
    if not reason:
        raise Unfit(SAY_WHY)
    number = base.number if base else 0
    if not found.put and not found.gone:
        return Done(number, 0, 0, 0)
    done = Done(number + 1, found.added, len(found.put) - found.added, len(found.gone))
    counts = {"added": done.added, "changed": done.changed, "removed": done.removed}
    bodies = {thing: written(row) for thing, row in found.put.items()}
    made = Revision(city=city, number=done.number, at=status.now(reading(city)), who=by, why=reason, counts=counts)
    made.digest = digest(base.digest if base else "", made, ((*thing, body) for thing, body in bodies.items()), found.gone)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:  # of two who write at once, the second finds the number taken
        raise Unfit(OTHERS) from None
    _end(city, (*(t for t in found.put if base and t in base.things), *found.gone), done.number)
    things = iter(bodies.items())
    while some := list(islice(things, AT_ONCE)):  # rows of a whole network are made and forgotten a thousand at a time
        Kept.objects.bulk_create(
            Kept(city=city, kind=t[0], key=t[1], body=body, disclosure=level_of(found.put[t]).value, since=done.number) for t, body in some
        )
    note(by, action, f"revision:{made.pk}", None, {"number": done.number, "why": reason, "digest": made.digest} | counts, city=city)
    return done


def _end(city: str, things: Iterable[Thing], number: int) -> None:
    """End the versions of these things that hold, where they have one."""
    by_kind: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for kind, key in things:
        by_kind[kind].append(key)
    for kind, keys in by_kind.items():
        for at in range(0, len(keys), AT_ONCE):
            Kept.objects.filter(city=city, kind=kind, key__in=keys[at : at + AT_ONCE], until=None).update(until=number)
