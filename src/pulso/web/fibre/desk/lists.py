"""The pages of what is joined: a cable's strands, a site's splices, ports and splitters, each a list with a form below it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass as plain
from typing import Any
from urllib.parse import quote, urlencode

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods
from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.errors import NothingKnown
from pulso.fibre.shapes import Splice
from pulso.show.language import marked as _
from pulso.web.fibre import writes
from pulso.web.fibre.desk.forms import Reason
from pulso.web.fibre.desk.joints import GONE, Entry, PortEntry, SpliceEntry, SplitterEntry, StrandsEntry, cells
from pulso.web.fibre.desk.visiting import Edit, engineers_only, page, revision, written
from pulso.web.fibre.kinds import OF, key_of
from pulso.web.innovation.desk.visits import Gone, Visit, visit
from pulso.web.pages.asked import Asked, BadQuestion
from pulso.web.pages.fibre_asked import cut
from pulso.web.pages.fibre_known import Known
from pulso.web.pages.fibre_refs import Ref, ref
from pulso.web.pages.frame import Frame
from pulso.web.pages.leaves import Leaf

PICK = _("Tick what is to be taken out.")


@plain(frozen=True)
class Section:
    """What is listed of a cable or a site, and how it is entered."""

    host: str  # cable or site
    called: str  # a marked message
    columns: tuple[str, ...]  # marked messages
    entry: type[Entry]
    rows: Callable[[Known, str], Sequence[Any]]  # of the host with this id


@dataclass(frozen=True)
class Row:
    """A record of what strands are used for, or of what is joined."""

    key: str = Field(description="what it is kept under")
    cells: tuple[str, ...] = Field(description="what each column says of it, in the page's language")


@dataclass(frozen=True)
class Listed:
    """What is said of a cable's strands, or what is joined at a site."""

    frame: Frame = Field(description="what every page carries")
    what: str = Field(description="strands, splices, ports or splitters")
    of: Ref = Field(description="the cable or the site")
    revision: int = Field(description="which revision of the network this is")
    columns: tuple[str, ...] = Field(description="what the columns are called")
    rows: tuple[Row, ...] = Field(description="a hundred of them, in order")
    leaf: Leaf = Field(description="where in the list this page is")


@plain(frozen=True)
class Tab:
    """Another list of the same cable or site."""

    called: str
    href: str
    here: bool


@require_http_methods(["GET", "POST"])
@visit
def joints(at: Visit, what: str, key: str) -> HttpResponse:
    """One of these lists. What is sent is a thing entered or changed, or some that are taken out."""
    net, section = engineers_only(at), SECTIONS[what]
    host = (net.cables if section.host == "cable" else net.sites).get(key)
    if host is None:
        raise Gone
    every = section.rows(net, key)
    rows = _only(every, at)
    listed = _listed(at, net, what, key, rows)
    if at.as_json:
        return at.twin(Listed, listed)
    taking = "take" in at.request.POST
    wanted = at.request.POST.get("was") or at.request.GET.get("row") or ""
    was = next((row for row in every if key_of(row) == wanted), None) if wanted else None
    asked = {"one": at.request.GET.get("cable", ""), "cable": at.request.GET.get("cable", "")}
    entry = section.entry(None if taking else at.sent, net=net, host=host, there=every, was=was, speech=at.speech, asked=asked)
    reason = Reason(at.sent if taking else None, speech=at.speech, auto_id="id_take_%s")
    form: Reason = reason if taking else entry
    doubts: tuple[str, ...] = ()
    if at.posted and form.is_valid():
        if not taking and wanted and was is None:
            form.add_error(None, at.speech.say(GONE))
        elif edits := _taken(at, section, every, reason) if taking else entry.edits():
            done, doubts = written(at, net, form, edits)
            if done:
                return at.to(_address(what, key, at.request.GET.get("cable", "")))
    context = {"page": listed, "section": section, "entry": entry, "reason": reason, "doubts": doubts, "was": was and key_of(was)}
    context |= {
        "tabs": _tabs(at, net, what, key),
        "revision": revision(at, net),
        "ticked": at.request.POST.getlist("row"),
        "cable": asked["cable"],
    }
    return page(at, "fibre-desk-list", context, 400 if form.errors or doubts else 200)


def _taken(at: Visit, section: Section, every: Sequence[Any], reason: Reason) -> list[Edit]:
    """What was ticked, to be taken out; nothing where nothing was, or it isn't of this list, and the form says so."""
    keys = list(dict.fromkeys(at.request.POST.getlist("row")))
    if not keys:
        reason.add_error(None, at.speech.say(PICK))
    elif not {key_of(row) for row in every}.issuperset(keys):
        reason.add_error(None, at.speech.say(GONE))
        return []
    return [writes.Remove(OF[section.entry.of], key) for key in keys]


def _only(rows: Sequence[Any], at: Visit) -> Sequence[Any]:
    """Of splices, those of the cable that is asked for."""
    cable = at.request.GET.get("cable", "")
    some = [r for r in rows if isinstance(r, Splice) and cable in (r.one.cable, r.other.cable)]
    return some if cable and rows and isinstance(rows[0], Splice) else rows


def _listed(at: Visit, net: Known, what: str, key: str, rows: Sequence[Any]) -> Listed:
    section = SECTIONS[what]
    try:
        some, leaf = cut(rows, Asked(at.reading, at.speech, at.request.GET, {}, ""))
    except (BadQuestion, NothingKnown):
        raise Gone from None
    made = tuple(Row(key_of(row), cells(row, net, at.speech)) for row in some)
    columns = tuple(at.speech.say(c) for c in section.columns)
    return Listed(at.frame(), what, ref(section.host, key, net), net.revision, columns, made, leaf)


def _tabs(at: Visit, net: Known, what: str, key: str) -> list[Tab]:
    """Of a site all its lists; of a cable its strands, and the splices at both ends."""
    base, say = f"{at.base}/", at.speech.say
    here = at.request.GET.get("cable", "")
    cable = key if what == "strands" else here if here in net.cables else ""
    if not cable:
        return [Tab(say(s.called), base + _address(w, key), w == what) for w, s in SECTIONS.items() if s.host == "site"]
    ends = dict.fromkeys((net.cables[cable].start, net.cables[cable].end))
    splices = [
        Tab(say("Splices at {site}", site=net.called(e)), base + _address("splices", e, cable), (what, key) == ("splices", e)) for e in ends
    ]
    return [Tab(say(SECTIONS["strands"].called), base + _address("strands", cable), what == "strands"), *splices]


def _address(what: str, key: str, cable: str = "") -> str:
    return f"fibre/edit/{what}/{quote(key)}" + (f"?{urlencode({'cable': cable})}" if cable else "")


def _at(net: Known, where: str, order: Callable[[Any], Any]) -> Mapping[str, Sequence[Any]]:
    """Splices, ports or splitters by site, in order; found once."""

    def found() -> Mapping[str, Sequence[Any]]:
        every: Iterable[Any] = getattr(net.plan, where)
        by_site: defaultdict[str, list[Any]] = defaultdict(list)
        for row in sorted(every, key=order):
            by_site[row.site].append(row)
        return dict(by_site)

    return net.once(f"{where} by site", found)


def _strands(net: Known, cable: str) -> Sequence[Any]:
    return sorted(net.strands_of.get(cable, ()), key=lambda s: (s.first, s.last))


def _splices(net: Known, site: str) -> Sequence[Any]:
    return _at(net, "splices", lambda s: (s.one.cable, s.one.first, s.other.cable, s.other.first)).get(site, ())


def _ports(net: Known, site: str) -> Sequence[Any]:
    return _at(net, "ports", lambda p: (p.panel, p.number)).get(site, ())


def _splitters(net: Known, site: str) -> Sequence[Any]:
    return _at(net, "splitters", lambda s: s.id).get(site, ())


SECTIONS: Mapping[str, Section] = {
    "strands": Section("cable", _("Strands"), (_("Strands"), _("Use"), _("For whom"), _("What for")), StrandsEntry, _strands),
    "splices": Section("site", _("Splices"), (_("One cable"), _("The other")), SpliceEntry, _splices),
    "ports": Section("site", _("Ports"), (_("Port"), _("Behind it"), _("Patched to")), PortEntry, _ports),
    "splitters": Section(
        "site", _("Splitters"), (_("Splitter"), _("Ways"), _("Loss"), _("Input"), _("Outputs")), SplitterEntry, _splitters
    ),
}
