"""What an engineer enters of a cable's strands and of what is joined at a site: uses, splices, ports, splitters; many at once by spans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from pulso.fibre.shapes import Cable, End, Port, Site, Splice, Splitter, Strands, Use
from pulso.shapes import Row
from pulso.show import fibre as words
from pulso.show.language import Speech
from pulso.show.language import marked as _
from pulso.web.fibre import writes
from pulso.web.fibre.desk import saying
from pulso.web.fibre.desk.forms import Reason, owners
from pulso.web.fibre.desk.named import Span, found, span
from pulso.web.fibre.desk.visiting import Edit
from pulso.web.fibre.kinds import OF, key_of
from pulso.web.pages.asked import quoted
from pulso.web.pages.fibre_known import Known, name
from pulso.web.people.forms import Line

ALREADY = _("The network has {found} already: change it in the list.")
COUNTS = _("These are {n} on one side and {m} on the other. Say as many, or only the first.")
WHOLE = _("Say the cable and its strands, or neither.")
PATCH = _("Say the panel and the port, or neither.")
A_LINE = _("Found {found}; write a cable and its strands, as A-12 1–8.")
GONE = _("What you were changing is no longer there. Look at the list as it is now.")
UNSAID = "unsaid"
"""Instead of a use: what was said is taken back. It has to be chosen."""
PORTS = 1_000
"""Ports that are entered at once."""
TOO_MANY = _("{n} at once are too many; at most {most} are read.")
LINES = forms.Textarea({"rows": 3, "spellcheck": "false"})


class Entry(Reason):
    """One thing, or many that follow each other, of a cable or at a site."""

    of: type[Row]

    def __init__(
        self,
        *args: Any,
        net: Known,
        host: Cable | Site,
        there: Sequence[Any],
        was: Any,
        speech: Speech,
        asked: Mapping[str, str],
        **rest: Any,
    ) -> None:
        """`there`: what the host has of the kind; `was`: the one that is said differently, or None; `asked`: what the address fills in."""
        super().__init__(*args, speech=speech, initial=dict(asked) if was is None else self.shown(was), **rest)
        self.net, self.host, self.there, self.was = net, host, there, was

    @staticmethod
    def shown(was: Any) -> dict[str, Any]:
        """What stands in the form of a thing that is there."""
        raise NotImplementedError

    def made(self) -> list[Row]:
        """The records as they would be; ValidationError where they can't be so."""
        raise NotImplementedError

    def edits(self) -> list[Edit]:
        """What is asked for; nothing where it can't be so, and the form says why."""
        try:
            return self.becoming(self.made())
        except forms.ValidationError as why:
            self.add_error(None, why)
            return []

    def becoming(self, made: Sequence[Row]) -> list[Edit]:
        """Put these, instead of what was changed. What is there besides is not written over."""
        kind, was = OF[self.of], key_of(self.was) if self.was else None
        there, keys = {key_of(row) for row in self.there} - {was}, {key_of(row): row for row in made}
        for key in keys.keys() & there:
            raise forms.ValidationError(self.speech.say(ALREADY, found=on_a_line(keys[key], self.net, self.speech)))
        gone = [writes.Remove(kind, was)] if was is not None and was not in keys else []
        return [*gone, *(writes.Put(row) for row in made)]

    def span(self, field: str) -> Span | None:
        """Numbers of a field; None where it is empty."""
        text = str(self.cleaned_data[field])
        return span(text, self.speech) if text else None

    def along(self, one: Span, other: Span) -> Span:
        """As many as on the other side: where only the first is said, those that follow it. ValidationError where they differ."""
        other = Span(other.first, other.first + one.many - 1) if other.many == 1 else other
        if other.many != one.many:
            raise forms.ValidationError(self.speech.say(COUNTS, n=self.speech.number(one.many), m=self.speech.number(other.many)))
        return other

    def cables(self, *fields: str, empty: str = "") -> None:
        """Let these fields be chosen from the cables that end here, and from what was said before."""
        here = {c.id: name(c) for c in sorted(self.net.cables_at.get(self.host.id, ()), key=name)}
        for field in fields:
            before = str(self.initial.get(field) or "")
            some = here if before in here or self.was is None else here | ({before: before} if before else {})
            self.choose(field, [("", empty or self.speech.say("choose one")), *some.items()])


class StrandsEntry(Entry):
    """What strands of a cable are used for. What was said of them before gives way, and stays of the others."""

    of = Strands
    said = saying.STRANDS
    strands = forms.CharField(max_length=30)
    use = forms.ChoiceField()
    whom = forms.ChoiceField(required=False)
    what = Line(max_length=300, required=False)
    field_order = ("strands", "use", "whom", "what", "why")

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        uses = [(u, self.speech.capital(self.speech.say(called))) for u, called in words.USES.items()]
        self.choose("use", [*uses, (UNSAID, self.speech.say("nothing is said of them"))])
        self.choose("whom", owners(self.net.plan, str(getattr(self.was, "whom", "")), self.speech))

    @staticmethod
    def shown(was: Strands) -> dict[str, Any]:
        """As it is entered."""
        return {"strands": written(was.first, was.last), "use": was.use.value, "whom": was.whom, "what": was.what}

    def made(self) -> list[Row]:
        """Their use; nothing where it is taken back."""
        of = self._span()
        if (use := self.cleaned_data["use"]) == UNSAID:
            return []
        more = {k: self.cleaned_data[k] for k in ("whom", "what")}
        return [Strands(cable=self.host.id, first=of.first, last=of.last, use=Use(use), **more)]

    def becoming(self, made: Sequence[Row]) -> list[Edit]:
        """Records that overlap are shortened, split or left out."""
        of = self._span()
        left = [part for row in self.there if row is not self.was for part in _without(row, of)]
        after = {key_of(row): row for row in (*left, *made)}
        before = {key_of(row): row for row in self.there}
        gone: list[Edit] = [writes.Remove(OF[Strands], key) for key in before if key not in after]
        return gone + [writes.Put(row) for key, row in after.items() if before.get(key) != row]

    def _span(self) -> Span:
        try:
            return span(self.cleaned_data["strands"], self.speech)
        except forms.ValidationError as why:
            raise forms.ValidationError({"strands": why}) from None


class SpliceEntry(Entry):
    """Strands of one cable joined to as many of another, one by one."""

    of = Splice
    said = saying.SPLICES
    one = forms.ChoiceField()
    one_strands = forms.CharField(max_length=30)
    other = forms.ChoiceField()
    other_strands = forms.CharField(max_length=30)
    field_order = ("one", "one_strands", "other", "other_strands", "why")

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.cables("one", "other")

    @staticmethod
    def shown(was: Splice) -> dict[str, Any]:
        """As it is entered."""
        ends = {"one": was.one.cable, "other": was.other.cable}
        return ends | {f"{k}_strands": written(e.first, e.first + was.count - 1) for k, e in (("one", was.one), ("other", was.other))}

    def made(self) -> list[Row]:
        """One record."""
        one, other = self.span("one_strands"), self.span("other_strands")
        assert one is not None  # noqa: S101  # both are required
        assert other is not None  # noqa: S101
        other = self.along(one, other)
        ends = {k: End(cable=self.cleaned_data[k], first=s.first) for k, s in (("one", one), ("other", other))}
        return [Splice(site=self.host.id, count=one.many, **ends)]


class PortEntry(Entry):
    """Places in a patch panel: what ends behind them, and what they are patched to."""

    of = Port
    said = saying.PORTS
    panel = Line(max_length=300)
    ports = forms.CharField(max_length=30)
    cable = forms.ChoiceField(required=False)
    strands = forms.CharField(max_length=30, required=False)
    to_panel = Line(max_length=300, required=False)
    to_port = forms.IntegerField(min_value=1, max_value=10**6, required=False)
    field_order = ("panel", "ports", "cable", "strands", "to_panel", "to_port", "why")

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.cables("cable", empty=self.speech.say("nothing ends behind"))

    @staticmethod
    def shown(was: Port) -> dict[str, Any]:
        """As it is entered."""
        behind = {"cable": was.behind.cable, "strands": str(was.behind.first)} if was.behind else {}
        patched = dict(zip(("to_panel", "to_port"), was.patched or (), strict=False))
        return {"panel": was.panel, "ports": str(was.number)} | behind | patched

    def made(self) -> list[Row]:
        """One record a port."""
        said, ports, strands = self.cleaned_data, self.span("ports"), self.span("strands")
        assert ports is not None  # noqa: S101  # they are required
        if ports.many > PORTS:
            raise forms.ValidationError(self.speech.say(TOO_MANY, n=self.speech.number(ports.many), most=self.speech.number(PORTS)))
        if bool(said["cable"]) != bool(strands):
            raise forms.ValidationError(self.speech.say(WHOLE))
        if bool(said["to_panel"]) != (said["to_port"] is not None):
            raise forms.ValidationError(self.speech.say(PATCH))
        first = self.along(ports, strands).first if strands else 0
        return [
            Port(
                site=self.host.id,
                panel=said["panel"],
                number=ports.first + i,
                behind=End(cable=said["cable"], first=first + i) if strands else None,
                patched=(said["to_panel"], said["to_port"] + i) if said["to_panel"] else None,
            )
            for i in range(ports.many)
        ]


class SplitterEntry(Entry):
    """A passive splitter."""

    of = Splitter
    said = saying.SPLITTERS
    id = Line(max_length=200, required=False)
    ways = forms.IntegerField(min_value=2, max_value=1_024)
    loss = forms.FloatField(min_value=0, max_value=100)
    cable = forms.ChoiceField(required=False)
    strand = forms.IntegerField(min_value=1, max_value=10**7, required=False)
    outputs = forms.CharField(max_length=20_000, required=False, widget=LINES)
    field_order = ("id", "ways", "loss", "cable", "strand", "outputs", "why")

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.cables("cable", empty=self.speech.say("nothing leads in"))
        if self.was is not None:
            del self.fields["id"]
        else:
            self.fields["id"].required = True

    @staticmethod
    def shown(was: Splitter) -> dict[str, Any]:
        """As it is entered."""
        into = {"cable": was.input.cable, "strand": was.input.first} if was.input else {}
        return {"ways": was.ways, "loss": was.loss, "outputs": "\n".join(f"{e.cable} {e.first}" for e in was.outputs)} | into

    def made(self) -> list[Row]:
        """One record."""
        given = self.cleaned_data
        key = self.was.id if self.was else given["id"]
        if self.was is None and any(s.id == key for s in self.net.plan.splitters):
            raise forms.ValidationError(self.speech.say(ALREADY, found=quoted(key)))
        if bool(given["cable"]) != (given["strand"] is not None):
            raise forms.ValidationError(self.speech.say(WHOLE))
        into = End(cable=given["cable"], first=given["strand"]) if given["cable"] else None
        return [Splitter(id=key, site=self.host.id, input=into, outputs=self._outputs(), ways=given["ways"], loss=given["loss"])]

    def _outputs(self) -> tuple[End, ...]:
        """A cable and its strands a line."""
        ends: list[End] = []
        for line in filter(None, map(str.strip, self.cleaned_data["outputs"].splitlines())):
            cable, _space, numbers = line.replace(" – ", "–").replace(" - ", "-").rpartition(" ")
            if not cable:
                raise forms.ValidationError(self.speech.say(A_LINE, found=quoted(line)))
            of = span(numbers, self.speech)
            if len(ends) + of.many > PORTS:
                raise forms.ValidationError(
                    self.speech.say(TOO_MANY, n=self.speech.number(len(ends) + of.many), most=self.speech.number(PORTS))
                )
            key = found(cable.strip(), "cable", self.net, self.speech)
            ends += [End(cable=key, first=n) for n in range(of.first, of.last + 1)]
        return tuple(ends)


def on_a_line(row: Any, net: Known, speech: Speech) -> str:
    """What a thing is, on a line."""
    return ", ".join(filter(None, cells(row, net, speech)))


def cells(row: Any, net: Known, speech: Speech) -> tuple[str, ...]:
    """What a table says of a thing, in the order of its columns."""

    def end(at: End | None, count: int = 1) -> str:
        if at is None:
            return ""
        called = name(net.cables[at.cable]) if at.cable in net.cables else at.cable
        return f"{called}: {written(at.first, at.first + count - 1)}"

    match row:
        case Strands():
            return (
                written(row.first, row.last),
                speech.capital(words.word(words.USES, row.use, speech)),
                net.owners.get(row.whom, row.whom),
                row.what,
            )
        case Splice():
            return end(row.one, row.count), end(row.other, row.count)
        case Port():
            patched = speech.say("port {number} of panel {panel}", number=row.patched[1], panel=row.patched[0]) if row.patched else ""
            return speech.say("port {number} of panel {panel}", number=row.number, panel=row.panel), end(row.behind), patched
        case _:
            outputs = "; ".join(end(e) for e in row.outputs[:8]) + (" …" if len(row.outputs) > 8 else "")
            return row.id, f"1:{row.ways}", words.db(row.loss, speech), end(row.input), outputs


def written(first: int, last: int) -> str:
    """Numbers as they are entered."""
    return str(first) if first == last else f"{first}–{last}"


def _without(row: Strands, of: Span) -> list[Strands]:
    """What is left of a record where something else is said of some strands."""
    if row.last < of.first or of.last < row.first:
        return [row]
    left = [row.model_copy(update={"last": of.first - 1})] if row.first < of.first else []
    return left + ([row.model_copy(update={"first": of.last + 1})] if row.last > of.last else [])
