"""What the database itself refuses, whoever asks: to change, hide or date back what was known of the network, and what was cut.

As in `pulso.web.innovation.guard`: SQLite makes a table anew when a later migration alters a column, and drops its triggers with the old
one; such a migration ends with these statements again (a test looks at what stands after the last).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pulso.web.innovation.guard import Rule
from pulso.web.innovation.guard import guard as run

_NEWEST = "(select max(r.number) from fibre_revision r where r.city = new.city)"


def _differ(*columns: str) -> str:
    return " or ".join(f'new."{c}" {{differs}} old."{c}"' for c in columns)


REVISION = "a revision stays as it was made"
KEPT = "a version of a thing is never changed: it ends once, with the newest revision"
CUT = "a cut is declared once, and ended once"
DARKENED = "what was darkened stays on record"
_CHANGED = _differ("id", "city", "kind", "key", "body", "disclosure", "since")
_ENDING = _differ("ended_at", "until", "ended_by_id", "ended_why")
RULES = (
    Rule("fibre_revision", "update", "1 = 1", REVISION),
    Rule("fibre_revision", "delete", "1 = 1", REVISION),
    Rule("fibre_revision", "insert", f"new.number <> coalesce({_NEWEST}, 0) + 1", "revisions are numbered one by one", "gap"),
    Rule(
        "fibre_kept",
        "update",
        f"{_CHANGED} or old.until is not null or new.until {{differs}} {_NEWEST}",
        KEPT,
    ),
    Rule("fibre_kept", "delete", "1 = 1", KEPT),
    Rule(
        "fibre_kept",
        "insert",
        f"new.until is not null or new.since {{differs}} {_NEWEST}",
        "a version begins with the newest revision",
        "dating_back",
    ),
    Rule(
        "fibre_cut",
        "update",
        f"{_differ('id', 'city', 'ducts', 'cables', 'sites', 'since', 'why', 'at', 'who_id')} "
        f"or ((old.ended_at is not null or new.ended_at is null) and ({_ENDING}))",
        CUT,
    ),
    Rule("fibre_cut", "delete", "1 = 1", CUT),
    Rule("fibre_cut", "insert", "new.ended_at is not null", CUT, "haste"),
    Rule("fibre_darkened", "update", "1 = 1", DARKENED),
    Rule("fibre_darkened", "delete", "1 = 1", DARKENED),
)
TABLES = ("fibre_revision", "fibre_kept", "fibre_cut", "fibre_darkened")
SAME: dict[str, str] = {
    "fibre_revision": "there.id = new.id or (there.city = new.city and there.number = new.number)",
    "fibre_kept": (
        'there.id = new.id or (there.city = new.city and there.kind = new.kind and there."key" = new."key" and there.until is null)'
    ),
    "fibre_cut": "there.id = new.id",
    "fibre_darkened": "there.id = new.id or (there.city = new.city and there.cuts = new.cuts)",
}
"""By table, which row is the same: SQLite's `replace` deletes it, and asks no trigger of deleting."""


def _sqlite() -> Iterator[str]:
    for r in RULES:
        when = r.when.format(differs="is not")
        yield f"create trigger if not exists {r.name} before {r.verb} on {r.table} when {when} begin select raise(abort, '{r.letter}'); end"
    for table, same in SAME.items():
        yield (
            f"create trigger if not exists {table}_no_replace before insert on {table} when exists (select 1 from {table} there "  # noqa: S608
            f"where {same}) begin select raise(abort, '{table}: nothing is replaced'); end"
        )


def _postgres() -> Iterator[str]:
    yield (
        "create or replace function fibre_refuse() returns trigger language plpgsql as "
        "$$ begin raise exception '%', tg_argv[0] using errcode = 'integrity_constraint_violation'; end $$"
    )
    for r in RULES:  # a trigger's own `when` asks no other table: a function does
        when, row = r.when.format(differs="is distinct from"), "old" if r.verb == "delete" else "new"
        yield (
            f"create or replace function {r.name}() returns trigger language plpgsql as $$ begin if {when} then "
            f"raise exception '{r.letter}' using errcode = 'integrity_constraint_violation'; end if; return {row}; end $$"
        )
        yield f"create or replace trigger {r.name} before {r.verb} on {r.table} for each row execute function {r.name}()"
    for table in TABLES:
        yield (
            f"create or replace trigger {table}_stays_whole before truncate on {table} "
            f"for each statement execute function fibre_refuse('{table} is never emptied')"
        )


def _lifted_postgres() -> Iterator[str]:
    yield from (f"drop trigger if exists {r.name} on {r.table}" for r in RULES)
    yield from (f"drop trigger if exists {table}_stays_whole on {table}" for table in TABLES)
    yield from (f"drop function if exists {name}()" for name in ("fibre_refuse", *(r.name for r in RULES)))


NAMES = (*(r.name for r in RULES), *(f"{table}_no_replace" for table in SAME))
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
    run(statements)
