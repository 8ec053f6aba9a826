"""The trail: every write leaves a row that is never changed. It knows people by pseudonym, and fields by digest, so that it can stay."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Model
from django.forms import model_to_dict

from pulso.web.people.around import ACTIONS
from pulso.web.people.models import Person, Role, Step

GUARDS: dict[str, tuple[str, ...]] = {
    "sqlite": tuple(
        f"create trigger if not exists people_step_no_{what} before {verb} on people_step {when}"
        "begin select raise(abort, 'the trail is only ever added to'); end"
        for what, verb, when in (
            ("update", "update", ""),
            ("delete", "delete", ""),
            (
                "replace",
                "insert",
                "when exists (select 1 from people_step there where there.id = new.id) ",
            ),  # which asks no trigger of deleting
        )
    ),
    "postgresql": (
        "create or replace function people_step_stays() returns trigger language plpgsql as "
        "$$ begin raise exception 'the trail is only ever added to'; end $$",
        "create or replace trigger people_step_stays before update or delete on people_step "
        "for each row execute function people_step_stays()",
        "create or replace trigger people_step_stays_whole before truncate on people_step "
        "for each statement execute function people_step_stays()",
    ),
}
"""By database, what makes it refuse to change or delete a step, whoever asks."""
LIFTED: dict[str, tuple[str, ...]] = {
    "sqlite": tuple(f"drop trigger if exists people_step_no_{verb}" for verb in ("update", "delete", "replace")),
    "postgresql": (
        "drop trigger if exists people_step_stays on people_step",
        "drop trigger if exists people_step_stays_whole on people_step",
        "drop function if exists people_step_stays()",
    ),
}


def guard(statements: Mapping[str, tuple[str, ...]] = GUARDS) -> None:
    """Run the statements of this kind of database."""
    with connection.cursor() as cursor:
        for statement in statements.get(connection.vendor, ()):
            cursor.execute(statement)


def note(
    who: Person | None,
    action: str,
    subject: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    *,
    city: str = "",
    about: Person | None = None,
) -> Step:
    """Leave a row.

    Parameters
    ----------
    who
        The person who did it; None for the machine.
    action
        One of `around.ACTIONS`, such as "enter event". ValueError for another.
    subject
        What sort of thing, and which: "event:<id>". Never a name or an address.
    before, after
        The thing's fields, of which only the names of those that changed, and digests, are kept. None: it was not there.
    city
        The slug of the city that it is about; empty for none.
    about
        The person whose fields these are: the digests are salted with theirs, and say nothing once they are erased.
    """
    if action not in ACTIONS:
        raise ValueError(f"the trail knows no {action!r}: give it its words in people/around.py")
    salt = about.salt if about else ""
    names = sorted(k for k in {*(before or {}), *(after or {})} if before is None or after is None or before.get(k) != after.get(k))
    return Step.objects.create(
        who=who.pseudonym if who else None,
        action=action,
        subject=subject,
        city=city,
        fields=names,
        before=digest(before, salt),
        after=digest(after, salt),
    )


def digest(fields: Mapping[str, Any] | None, salt: str = "") -> str:
    """Of a thing's fields, in any order; empty where there is no thing."""
    if fields is None:
        return ""
    said = json.dumps(dict(fields), sort_keys=True, default=str, ensure_ascii=False)
    return hmac.new(salt.encode(), said.encode(), hashlib.sha256).hexdigest()


def named(thing: Model) -> str:
    """What the trail calls a row: a person by pseudonym, a role by its kind and whose it is, all else by number."""
    if isinstance(thing, Role):
        return f"role:{thing.kind}:{thing.person.pseudonym}"
    of = thing.pseudonym if isinstance(thing, Person) else thing.pk
    return f"{thing._meta.model_name}:{of}"


def fields(thing: Model) -> dict[str, Any]:
    """A row's fields, as the trail digests them."""
    return {k: v for k, v in model_to_dict(thing).items() if k not in {"password", "last_login"}}
