"""Who may do what, as sentences. Nothing else asks for roles: a part that needs a new permission adds a sentence here.

A role counts in its city, or in its organisation; those in a municipality count in the city that it governs. Whoever is erased, inactive
or unknown may nothing; a superuser may everything. Each answer costs one question to the database.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from pulso.web.people.models import Organisation, Person, Role

Someone = Person | AnonymousUser
"""Whoever asks: a person, or nobody known."""

Houses = Sequence[Organisation] | QuerySet[Organisation]
"""Organisations whose roles count besides the city's, in a sentence that says so."""

ADMINISTRATOR, EDITOR, ENGINEER, VIEWER = Role.Kind.ADMINISTRATOR, Role.Kind.EDITOR, Role.Kind.ENGINEER, Role.Kind.VIEWER
ACTING = (EDITOR, ENGINEER, ADMINISTRATOR)


def may_see_entries(person: Someone, city: str) -> bool:
    """See what was entered in a city, by which office, and what was withdrawn."""
    return _is(person, (VIEWER, EDITOR, ENGINEER, ADMINISTRATOR), _in_city(city))


def may_enter_events(person: Someone, city: str) -> bool:
    """Enter, change and withdraw events of the city."""
    return _is(person, (EDITOR, ADMINISTRATOR), _in_city(city))


def may_enter_outages(person: Someone, city: str) -> bool:
    """Enter, change and withdraw outages: what silences sensors."""
    return _is(person, (EDITOR, ENGINEER, ADMINISTRATOR), _in_city(city))


def may_flag_sensors(person: Someone, city: str) -> bool:
    """Exclude a sensor of the city, and take it in again."""
    return _is(person, (ENGINEER, ADMINISTRATOR), _in_city(city))


def may_administer(person: Someone, organisation: Organisation) -> bool:
    """Give and take roles in an organisation."""
    return _is(person, (ADMINISTRATOR,), Q(organisation=organisation))


def may_administer_city(person: Someone, city: str) -> bool:
    """Give and take roles in a city, and read its trail."""
    return _is(person, (ADMINISTRATOR,), _in_city(city))


def may_have_keys(person: Someone) -> bool:
    """Make keys for machines: everybody with an account."""
    return isinstance(person, Person) and person.is_active


def may_open_challenge(person: Someone, city: str, organisations: Houses = ()) -> bool:
    """Write a challenge for an organisation: those who act in the city, or for the organisation itself."""
    return _is(person, ACTING, _engaged(city, organisations))


def may_publish_challenge(person: Someone, city: str, organisations: Houses = ()) -> bool:  # noqa: ARG001  # it is the city's word
    """Show a challenge to all, say what became of it, and open it again."""
    return _is(person, (EDITOR, ADMINISTRATOR), _in_city(city))


def may_comment(person: Someone) -> bool:
    """Say something about a challenge: everybody with an account."""
    return isinstance(person, Person) and person.is_active


def may_moderate(person: Someone, city: str, organisations: Houses = ()) -> bool:  # noqa: ARG001  # never whom it is said to
    """Hide, with a reason, what somebody said."""
    return _is(person, (EDITOR, ADMINISTRATOR), _in_city(city))


def may_offer_testbed(person: Someone, city: str) -> bool:
    """Say what the city offers to try things on."""
    return _is(person, ACTING, _in_city(city))


def may_edit_pilot(person: Someone, city: str, organisations: Houses = ()) -> bool:
    """Write a pilot, its protocol until it is frozen, its money and bookings; stop it: those who act in the city, or for who leads it."""
    return _is(person, ACTING, _engaged(city, organisations))


def may_freeze(person: Someone, city: str, organisations: Houses = ()) -> bool:  # noqa: ARG001  # not who is judged by it
    """Freeze a pilot's protocol."""
    return _is(person, (ENGINEER, ADMINISTRATOR), _in_city(city))


def may_amend(person: Someone, city: str, organisations: Houses = ()) -> bool:  # noqa: ARG001  # as above
    """Set a deviation beside a frozen protocol."""
    return _is(person, (ENGINEER, ADMINISTRATOR), _in_city(city))


def may_evaluate(person: Someone, city: str, organisations: Houses = ()) -> bool:  # noqa: ARG001  # as above
    """Have a pilot's effect computed and kept."""
    return _is(person, (ENGINEER, ADMINISTRATOR), _in_city(city))


def may_read_evaluation(person: Someone, city: str, organisations: Houses = ()) -> bool:
    """Read what is not published yet of a pilot: whoever has a role in its city, or in an organisation that takes part."""
    return _is(person, (VIEWER, *ACTING), _engaged(city, organisations))


def may_publish_evaluation(person: Someone, city: str, organisations: Houses = ()) -> bool:  # noqa: ARG001  # whatever its sign
    """Publish an evaluation, and decide what follows from it."""
    return _is(person, (EDITOR, ADMINISTRATOR), _in_city(city))


def may_offer_practice(person: Someone, city: str, organisations: Houses = ()) -> bool:  # noqa: ARG001  # the city offers it
    """Write the card of a practice, offer it to other cities, withdraw it."""
    return _is(person, (EDITOR, ADMINISTRATOR), _in_city(city))


def may_adopt(person: Someone, city: str) -> bool:
    """Adopt another city's practice in this one."""
    return _is(person, (EDITOR, ADMINISTRATOR), _in_city(city))


def may_see_fibre_inside(person: Someone, city: str) -> bool:
    """See what of the city's fibre is not for everybody, but for what is restricted: sites, ducts and cables, without strands."""
    return _is(person, (VIEWER, *ACTING), _in_city(city))


def may_see_fibre_restricted(person: Someone, city: str) -> bool:
    """See all of the city's fibre: strands, sensitive sites, who goes dark, what is redundant, and every change with its reason."""
    return _is(person, (ENGINEER, ADMINISTRATOR), _in_city(city))


def may_edit_fibre(person: Someone, city: str) -> bool:
    """Load and change the city's fibre network."""
    return _is(person, (ENGINEER, ADMINISTRATOR), _in_city(city))


def may_declare_cut(person: Someone, city: str) -> bool:
    """Say that ducts, cables or sites of the city's fibre are cut, and when they no longer are: their sensors are missing meanwhile."""
    return _is(person, (ENGINEER, ADMINISTRATOR), _in_city(city))


def may_see_wifi_inside(person: Someone, city: str) -> bool:
    """See access points of the public Wi-Fi that are not for everybody, but for the restricted ones."""
    return _is(person, (VIEWER, *ACTING), _in_city(city))


def may_see_wifi_restricted(person: Someone, city: str) -> bool:
    """See all access points, with the fibre site that each hangs on."""
    return _is(person, (ENGINEER, ADMINISTRATOR), _in_city(city))


def _engaged(city: str, organisations: Houses) -> Q:
    return _in_city(city) | Q(organisation__in=organisations)


def _in_city(city: str) -> Q:
    return Q(city=city) | Q(organisation__city=city, organisation__kind=Organisation.Kind.MUNICIPALITY) if city else Q(pk__in=[])


def _is(person: Someone, kinds: tuple[str, ...], where: Q) -> bool:
    if not isinstance(person, Person) or not person.is_active:
        return False
    return person.is_superuser or person.roles.filter(where, kind__in=kinds).exists()
