"""What the fields of the desk's forms are called, and what helps to fill them in: marked messages; and how things are counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pulso.show.language import Speech
from pulso.show.language import marked as _

Said = Mapping[str, tuple[str, str]]
"""By field, its name and its help; a help may be empty."""

BY_ID = _("A site, by its id or its name.")
AT_ONCE = _("One, or many: 7, or 1–12.")

NEW = {"site": _("Enter a site"), "duct": _("Enter a duct"), "cable": _("Enter a cable"), "works": _("Enter works")}
NEW |= {"organisation": _("Enter an organisation"), "phase": _("Enter a phase")}
"""What a page is called on which a thing is entered."""

COMMON: Said = {
    "why": (_("The reason"), _("For whoever reads its history.")),
    "id": (_("Id"), _("What drawings call it. Empty: one is made.")),
    "name": (_("Name"), ""),
    "status": (_("State"), ""),
    "disclosure": (_("Who may know of it"), ""),
    "owner": (_("Owner"), ""),
    "phase": (_("Phase"), _("The stage of building that it belongs to.")),
    "kind": (_("Kind"), ""),
    "lon": (_("Longitude"), _("In degrees, west of Greenwich below 0: -8.61.")),
    "lat": (_("Latitude"), _("In degrees: 41.15.")),
    "service": (_("Service"), ""),
    "criticality": (_("How critical"), ""),
    "customer": (_("It is served from here, and never transit"), ""),
    "source": (_("Light comes from here"), ""),
    "public_building": (_("It is a public building"), ""),
    "start": (_("From"), BY_ID),
    "end": (_("To"), BY_ID),
    "route": (
        _("Route"),
        _("One place a line, longitude and latitude, both ends included. Empty: nobody knows, and it is drawn straight."),
    ),
    "laid": (_("Laid"), ""),
    "length": (_("Length"), _("In metres, as stated or measured. Empty: that of its route or ducts.")),
    "inner": (_("Inner diameter"), _("Inner diameter, in millimetres.")),
    "outer": (_("Diameter"), _("Diameter, in millimetres.")),
    "tubes": (_("Tubes"), ""),
    "fibres": (_("Fibres"), _("In each tube.")),
    "ducts": (
        _("Ducts"),
        _("The ducts that it lies in, from its beginning to its end, each by its id or its name, one a line. Empty: nobody knows."),
    ),
    "first": (_("First day"), ""),
    "last": (_("Last day"), ""),
    "sites": (_("Sites"), _("Each site that is touched, by its id or its name, one a line.")),
    "permit": (_("Permit"), ""),
}
"""Of most forms."""

ORGANISATIONS: Said = {"name": (_("Name"), _("Who owns, leases or uses something, or digs."))}
PHASES: Said = {"name": (_("Name"), _("A stage of building, as plans call it."))}
WORKS: Said = {
    "ducts": (_("Ducts"), _("Each duct that is touched, by its id or its name, one a line.")),
    "whom": (_("Who digs"), ""),
}
STRANDS: Said = {
    "strands": (_("Strands"), AT_ONCE),
    "use": (_("Use"), _("Whatever was said of these strands before gives way.")),
    "whom": (_("For whom"), ""),
    "what": (_("What for"), _("The circuit or the contract.")),
}
SPLICES: Said = {
    "one": (_("One cable"), ""),
    "one_strands": (_("Its strands"), AT_ONCE),
    "other": (_("The other cable"), ""),
    "other_strands": (_("Its strands"), _("As many, one by one; or only the first of them.")),
}
PORTS: Said = {
    "panel": (_("Panel"), ""),
    "ports": (_("Ports"), AT_ONCE),
    "cable": (_("Cable behind"), ""),
    "strands": (_("Strands"), _("As many as the ports, or only the first.")),
    "to_panel": (_("Patched to panel"), ""),
    "to_port": (_("Patched to port"), _("Of many ports the first; the others follow.")),
}
SPLITTERS: Said = {
    "id": (_("Id"), ""),
    "ways": (_("Ways"), ""),
    "loss": (_("Loss"), _("In dB, from the input to an output.")),
    "cable": (_("Input: cable"), ""),
    "strand": (_("Input: strand"), ""),
    "outputs": (_("Outputs"), _("A cable and its strands a line: A-12 1–8.")),
}

COUNTED: Mapping[str, Callable[[Speech, int], str]] = {
    "site": lambda speech, n: speech.many("{n} site", "{n} sites", n),
    "duct": lambda speech, n: speech.many("{n} duct", "{n} ducts", n),
    "cable": lambda speech, n: speech.many("{n} cable", "{n} cables", n),
    "strands": lambda speech, n: speech.many("{n} use of strands", "{n} uses of strands", n),
    "splice": lambda speech, n: speech.many("{n} entry of splices", "{n} entries of splices", n),
    "port": lambda speech, n: speech.many("{n} port", "{n} ports", n),
    "splitter": lambda speech, n: speech.many("{n} splitter", "{n} splitters", n),
    "works": lambda speech, n: speech.many("{n} entry of works", "{n} entries of works", n),
}
"""So many of a kind, in the order in which they are told."""
