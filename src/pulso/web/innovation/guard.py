"""What the database itself refuses, whoever asks: to change, date back or hide what was frozen, computed or said, and to book twice.

It refuses, and can't put that on record: the trail has only what comes through `writes`.

SQLite makes a table anew when a later migration alters a column, and drops its triggers with the old one: such a migration ends with
`guard()` again (a test looks at what stands after the last).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class Rule:
    """One thing that is refused: of a table, which statement, when, and what is said."""

    table: str
    verb: str  # update, delete, insert
    when: str  # with {differs} for "is another than", which the two databases write differently
    letter: str
    what: str = ""  # of several of one verb, which

    @property
    def name(self) -> str:
        """What its trigger is called."""
        return f"{self.table}_no_{self.what or self.verb}"


FIXED: dict[str, tuple[str, ...]] = {
    "innovation_comment": ("id", "challenge_id", "author_id", "text", "at"),
    "innovation_evaluation": (
        "id",
        "pilot_id",
        "method",
        "protocol_digest",
        "data_digest",
        "as_of",
        "amendments",
        "interim",
        "estimate",
        "low",
        "high",
        "unit",
        "p",
        "placebos",
        "pretrend",
        "verdict",
        "not_evaluable",
        "computed_at",
        "computed_by_id",
    ),
}
"""By table, the columns that never change."""
ONCE: dict[str, dict[str, tuple[str, ...]]] = {
    "innovation_comment": {"hidden_at": ("hidden_by_id", "hidden_why")},
    "innovation_evaluation": {
        "published_at": ("published_by_id",),
        "decided_at": ("next_step", "next_why", "decided_by_id", "decided_for"),
    },
}
"""By table, the moments that are set once, and the columns that are set with them."""


def _settled(table: str) -> str:
    """When a row of this table would be changed otherwise than once."""
    fixed = [f"new.{c} {{differs}} old.{c}" for c in FIXED[table]]
    once = []
    for moment, rest in ONCE[table].items():
        changed = " or ".join(f"new.{c} {{differs}} old.{c}" for c in (moment, *rest))
        once.append(f"((old.{moment} is not null or new.{moment} is null) and ({changed}))")
    return " or ".join([*fixed, *once])


FROZEN = "a frozen protocol is never changed: amend it"
RULES = (
    Rule("innovation_protocol", "update", "old.frozen_at is not null", FROZEN),
    Rule("innovation_protocol", "delete", "old.frozen_at is not null", FROZEN),
    Rule("innovation_protocol", "insert", "new.frozen_at is not null", "a protocol is written before it is frozen"),
    Rule("innovation_amendment", "update", "1 = 1", "amendments are only ever added to"),
    Rule("innovation_amendment", "delete", "1 = 1", "amendments are only ever added to"),
    Rule("innovation_evaluation", "update", _settled("innovation_evaluation"), "an evaluation is never changed: a later one supersedes it"),
    Rule("innovation_evaluation", "delete", "1 = 1", "an evaluation is never deleted"),
    Rule("innovation_comment", "update", _settled("innovation_comment"), "a comment is never changed, only hidden"),
    Rule("innovation_comment", "delete", "1 = 1", "a comment is never deleted, only hidden"),
)
_FROZEN = "select 1 from innovation_protocol p where p.frozen_at is not null and p"
_FROZEN_PILOT = f"exists ({_FROZEN}.pilot_id = old.id)"
_EARLIER = "select 1 from innovation_amendment a where a.protocol_id = new.protocol_id and a.at > new.at"
LATER_RULES = (
    Rule(
        "innovation_protocol",
        "update",
        "old.frozen_at is null and (new.id {differs} old.id or new.pilot_id {differs} old.pilot_id)",
        "a protocol stays with its pilot",
        "moving",
    ),
    Rule(
        "innovation_amendment",
        "insert",
        f"not exists ({_FROZEN}.id = new.protocol_id and p.frozen_at <= new.at) or exists ({_EARLIER})",
        "an amendment stands beside a frozen protocol, and is not dated back",
        "dating_back",
    ),
    Rule(
        "innovation_evaluation",
        "insert",
        f"not exists ({_FROZEN}.pilot_id = new.pilot_id and p.digest = new.protocol_digest)",
        "an evaluation is of the protocol that its pilot froze",
        "stranger",
    ),
    Rule(
        "innovation_evaluation",
        "insert",
        "new.published_at is not null or new.decided_at is not null",
        "an evaluation is kept before it is published, and published before it is decided upon",
        "haste",
    ),
    Rule(
        "innovation_evaluation",
        "update",
        "new.decided_at is not null and new.published_at is null and old.published_at is null",
        "an evaluation is kept before it is published, and published before it is decided upon",
        "deciding_unseen",
    ),
    Rule(
        "innovation_pilot",
        "update",
        f"new.id {{differs}} old.id or ((new.status = 'draft' or new.city {{differs}} old.city) and {_FROZEN_PILOT})",
        "a pilot that was promised stays where it is, for all to see",
        "hiding",
    ),
    Rule("innovation_pilot", "delete", _FROZEN_PILOT, "a pilot that was promised is never deleted"),
    Rule("innovation_adoption", "update", "1 = 1", "an adoption stays, whatever it showed"),
    Rule("innovation_adoption", "delete", "1 = 1", "an adoption stays, whatever it showed"),
)
"""Those that came with migration 0003."""
STAYING = ("innovation_protocol", "innovation_amendment", "innovation_evaluation", "innovation_comment", "innovation_adoption")
"""The tables that are never emptied."""
KEYS = dict.fromkeys((*STAYING, "innovation_pilot"), ("id",)) | {"innovation_protocol": ("id", "pilot_id")}
"""By table, what no second row has: SQLite's `replace` deletes the row that has it, and asks no trigger of deleting."""

TAKEN = "the testbed is taken on these days"
_OVERLAP = (
    "select 1 from innovation_booking b join innovation_testbed t on t.id = b.testbed_id where b.testbed_id = new.testbed_id "
    "and t.exclusive and b.cancelled_at is null and b.first <= new.last and b.last >= new.first and (new.id is null or b.id <> new.id)"
)


def _sqlite() -> Iterator[str]:
    for r in (*RULES, *LATER_RULES):
        when = r.when.format(differs="is not")
        yield f"create trigger if not exists {r.name} before {r.verb} on {r.table} when {when} begin select raise(abort, '{r.letter}'); end"
    for table, keys in KEYS.items():
        same = " or ".join(f"there.{key} = new.{key}" for key in keys)
        yield (
            f"create trigger if not exists {table}_no_replace before insert on {table} when exists (select 1 from {table} there "  # noqa: S608
            f"where {same}) begin select raise(abort, '{table}: nothing is replaced'); end"
        )
    for verb in ("insert", "update"):
        yield (
            f"create trigger if not exists innovation_booking_alone_{verb} before {verb} on innovation_booking "
            f"when new.cancelled_at is null and exists ({_OVERLAP}) begin select raise(abort, '{TAKEN}'); end"
        )


def _postgres() -> Iterator[str]:
    yield (
        "create or replace function innovation_refuse() returns trigger language plpgsql as "
        "$$ begin raise exception '%', tg_argv[0] using errcode = 'integrity_constraint_violation'; end $$"
    )
    for r in RULES:
        when = r.when.format(differs="is distinct from")
        yield (
            f"create or replace trigger {r.name} before {r.verb} on {r.table} for each row when ({when}) "
            f"execute function innovation_refuse('{r.letter}')"
        )
    for r in LATER_RULES:  # a trigger's own `when` asks no other table: a function does
        when, row = r.when.format(differs="is distinct from"), "old" if r.verb == "delete" else "new"
        yield (
            f"create or replace function {r.name}() returns trigger language plpgsql as $$ begin if {when} then "
            f"raise exception '{r.letter}' using errcode = 'integrity_constraint_violation'; end if; return {row}; end $$"
        )
        yield f"create or replace trigger {r.name} before {r.verb} on {r.table} for each row execute function {r.name}()"
    for table in STAYING:
        yield (
            f"create or replace trigger {table}_stays_whole before truncate on {table} "
            f"for each statement execute function innovation_refuse('{table} is never emptied')"
        )
    yield (  # the testbed's row is held until the end, so that of two who book at once one sees the other
        "create or replace function innovation_alone() returns trigger language plpgsql as $$ begin "
        "if new.cancelled_at is null then perform 1 from innovation_testbed where id = new.testbed_id for update; "
        f"if exists ({_OVERLAP}) then raise exception '{TAKEN}' using errcode = 'integrity_constraint_violation'; end if; end if; "
        "return new; end $$"
    )
    yield (
        "create or replace trigger innovation_booking_alone before insert or update on innovation_booking "
        "for each row execute function innovation_alone()"
    )


def _lifted_postgres() -> Iterator[str]:
    yield from (f"drop trigger if exists {r.name} on {r.table}" for r in (*RULES, *LATER_RULES))
    yield from (f"drop trigger if exists {table}_stays_whole on {table}" for table in STAYING)
    yield "drop trigger if exists innovation_booking_alone on innovation_booking"
    yield from (f"drop function if exists {name}()" for name in ("innovation_refuse", "innovation_alone", *(r.name for r in LATER_RULES)))


NAMES = (
    *(r.name for r in (*RULES, *LATER_RULES)),
    *(f"{table}_no_replace" for table in KEYS),
    *("innovation_booking_alone_insert", "innovation_booking_alone_update"),
)
"""What the triggers are called on SQLite."""
GUARDS: dict[str, tuple[str, ...]] = {"sqlite": tuple(_sqlite()), "postgresql": tuple(_postgres())}
"""By database, what sets the guards."""
LIFTED: dict[str, tuple[str, ...]] = {
    "sqlite": tuple(f"drop trigger if exists {name}" for name in NAMES),
    "postgresql": tuple(_lifted_postgres()),
}
"""And what lifts them, for tests that must be able to empty their tables."""


def guard(statements: Mapping[str, Iterable[str]] = GUARDS) -> None:
    """Run the statements of this kind of database."""
    with connection.cursor() as cursor:
        for statement in statements.get(connection.vendor, ()):
            cursor.execute(statement)
