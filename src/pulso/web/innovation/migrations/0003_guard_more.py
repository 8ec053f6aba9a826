"""The database refuses, besides, to date amendments back, to hide what was promised, and SQLite's ways around its own triggers."""

from typing import Any

from django.db import migrations

from pulso.web.innovation.guard import GUARDS


def _run(_apps: Any, editor: Any) -> None:
    for statement in GUARDS.get(editor.connection.vendor, ()):
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("innovation", "0002_guard")]

    operations = [migrations.RunPython(_run, migrations.RunPython.noop)]
