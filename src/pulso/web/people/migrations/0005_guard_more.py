"""The database refuses to replace a step of the trail too, which on SQLite is another thing than deleting it."""

from typing import Any

from django.db import migrations

from pulso.web.people.trail import GUARDS


def _run(_apps: Any, editor: Any) -> None:
    for statement in GUARDS.get(editor.connection.vendor, ()):
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("people", "0004_quota_of_a_person")]

    operations = [migrations.RunPython(_run, migrations.RunPython.noop)]
