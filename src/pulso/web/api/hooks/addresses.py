"""Where a message may go: to the open internet, never into the network that the site stands in."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

from pulso.errors import PulsoError
from pulso.web.api.problems import say

CARRIERS = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")))
"""Networks of IPv6 whose addresses carry one of IPv4 within."""


class NotThere(PulsoError):  # noqa: N818  # it names a state of the world
    """An address that no message may go to, or that leads nowhere."""


@dataclass(frozen=True)
class Target:
    """An address, looked up: the message goes to exactly this machine, under its own name."""

    url: str  # with the machine's number in the place of its name
    host: str  # the name, and the port where it is not the usual one
    name: str


def target(url: str) -> Target:
    """Look an address up. NotThere where it is not https, carries a password, leads nowhere, or into a private network."""
    try:
        said = urlsplit(url)
        port = said.port
    except ValueError:
        raise NotThere(say("url: found {found}; an address is written as https://example.org/hook", found=repr(url[:80]))) from None
    inside = settings.HOOKS_INSIDE
    if said.scheme != "https" and not (inside and said.scheme == "http"):
        raise NotThere(say("url: found {found}; a message only goes to https://…", found=repr(url[:80])))
    if not said.hostname or said.username is not None or said.password is not None:
        raise NotThere(say("url: an address with a machine's name, and without a user or password in it."))
    numbers = _numbers(said.hostname, port or (443 if said.scheme == "https" else 80))
    if not inside and not all(open_to_all(n) for n in numbers):
        raise NotThere(say("url: {host} lies in a private network; messages only go to the open internet.", host=said.hostname))
    first = numbers[0]
    place = f"[{first}]" if first.version == 6 else str(first)
    end = "" if port is None else f":{port}"
    return Target(urlunsplit((said.scheme, place + end, said.path or "/", said.query, "")), said.hostname + end, said.hostname)


def open_to_all(number: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether a machine's number is one of the open internet, whatever it is wrapped in."""
    if isinstance(number, ipaddress.IPv6Address):
        if number.ipv4_mapped is not None:
            return open_to_all(number.ipv4_mapped)
        if any(number in network for network in CARRIERS):
            return False
    return number.is_global and not (number.is_multicast or number.is_reserved or number.is_unspecified)


def _numbers(name: str, port: int) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """The numbers that a name stands for."""
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
        return [ipaddress.ip_address(str(a[4][0]).partition("%")[0]) for a in found]
    except (OSError, UnicodeError, ValueError):
        raise NotThere(say("url: {host} is the name of no machine that can be found.", host=name[:80])) from None
