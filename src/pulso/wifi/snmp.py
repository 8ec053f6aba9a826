"""Reports from SNMP: what snmptable or snmpbulkwalk wrote of one access point's interfaces (IF-MIB, RFC 2863). We speak no SNMP ourselves.

An access point's radios are the interfaces that are of type ieee80211 (71) or that have the name of a radio. One that was switched off by
its keeper (ifAdminStatus down) is no radio that fails. Nothing but names, types and states is looked at.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime

from pulso.wifi.columns import WORDS
from pulso.wifi.files import WifiFileError, text_of
from pulso.wifi.reports import gathered
from pulso.wifi.shapes import Health, Read

RADIOS = re.compile(r"wlan|wi-?fi|radio|dot11|(?:^|\W)(?:ath|ra|rai|wl|phy)\d", re.IGNORECASE)
"""Names that interfaces of radios have."""
OBJECTS = {"2": "ifDescr", "3": "ifType", "7": "ifAdminStatus", "8": "ifOperStatus"}
"""Columns of ifTable (1.3.6.1.2.1.2.2.1), by number."""
READ = frozenset({*OBJECTS.values(), "ifName"})
PLAIN = re.compile(r"[a-z]{1,6}(?:-[a-z]{1,4})?[0-9]{0,3}(?:[.:][0-9]{1,3})?")
"""Names that only interfaces have: others aren't repeated in a letter."""
WALKED = re.compile(
    r"^(?:IF-MIB::|(?:iso|\.?1)\.3\.6\.1\.2\.1\.2\.2\.1\.)?(?P<name>ifDescr|ifName|ifType|ifAdminStatus|ifOperStatus|[2378])"
    r"\.(?P<index>\d{1,10})\s+(?:=\s*)?(?:(?:STRING|INTEGER):\s*)?(?P<value>.*)$"
)
NAMED = re.compile(r"^\s*\S+::ifX?Table|^SNMP table", re.IGNORECASE)
NUMBERED = re.compile(r"^(?P<word>[A-Za-z0-9]+)\((?P<number>\d+)\)$")

Interface = dict[str, str]


def read_snmp(body: bytes, file: str, point: str, at: datetime, radios: re.Pattern[str] = RADIOS) -> Read:
    """Read what was written of one access point.

    Parameters
    ----------
    body, file
        The bytes and the name of the file: lines of snmpbulkwalk (plain, -On, -Oq, -Os), or the table of snmptable, best with -Cf ",".
    point
        The id of the access point.
    at
        When it was asked, aware.
    radios
        What the names of its radios have in them.

    Raises
    ------
    WifiFileError
        Where no interface with its ifOperStatus is found, or no radio among them, or a row of the table can't be told apart.
    """
    text = text_of(body, file)
    found = list(_table(text, file)) if any(NAMED.match(line) for line in text.splitlines()[:5]) else list(_walk(text))
    with_state = [i for i in found if "ifOperStatus" in i]
    if not with_state:
        raise WifiFileError(file, ["found no ifOperStatus of any interface; ask for IF-MIB::ifTable, by snmptable or snmpbulkwalk"])
    chosen = [i for i in with_state if _type(i) == "71" or radios.search(f"{i.get('ifDescr', '')} {i.get('ifName', '')}")]
    if not chosen:
        names = [n for i in with_state[:12] if PLAIN.fullmatch(n := i.get("ifName") or i.get("ifDescr", ""))]
        among = f", among them {', '.join(names)}" if names else ""
        found_none = f"found {len(with_state)} interfaces{among}, and no radio"
        raise WifiFileError(file, [f"{found_none}; say what the names of radios have in them (--radios)"])
    on = [i for i in chosen if _word(i.get("ifAdminStatus", "up")) not in ("down", "2")]
    passed: Counter[str] = Counter()
    states: defaultdict[tuple[str, datetime], list[Health]] = defaultdict(list)
    states[point, at] = [WORDS.get(_word(i["ifOperStatus"]), Health.UNKNOWN) for i in on]
    return gathered(states, passed)


def _walk(text: str) -> Iterator[Interface]:
    """Interfaces of lines such as `IF-MIB::ifOperStatus.3 = INTEGER: up(1)`."""
    found: defaultdict[str, Interface] = defaultdict(dict)
    for line in text.splitlines():
        said = WALKED.match(line.strip())
        if said:
            found[said["index"]][OBJECTS.get(said["name"], said["name"])] = said["value"].strip().strip('"')
    yield from found.values()


def _table(text: str, file: str) -> Iterator[Interface]:
    """Interfaces of a table with a head; its columns stand between commas, semicolons, bars or tabs, or else between spaces."""
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and not NAMED.match(line)]
    if not lines:
        return
    head = lines[0][1]
    mark = next((m for m in ",;|\t" if m in head), None)
    names = [n.strip() for n in head.split(mark)]
    for number, line in lines[1:]:
        cells = [c.strip().strip('"') for c in line.split(mark)]
        if len(cells) != len(names):
            found = f"line {number:,}: found {len(cells)} columns, and {len(names)} in the head"
            raise WifiFileError(file, [f'{found}; with snmptable -Cf "," they can be told apart'])
        yield {n: c for n, c in zip(names, cells, strict=True) if n in READ}


def _word(said: str) -> str:
    """The word of `up(1)`, of `up` and of `1`."""
    both = NUMBERED.match(said.strip())
    return (both["word"] if both else said.strip()).casefold()


def _type(interface: Interface) -> str:
    said = interface.get("ifType", "")
    both = NUMBERED.match(said)
    return both["number"] if both else "71" if said == "ieee80211" else said
