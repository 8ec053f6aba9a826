"""The database itself refuses to change the trail."""

from typing import Any

from django.db import migrations

from pulso.web.people.trail import GUARDS, LIFTED


def _run(statements: dict[str, tuple[str, ...]]) -> Any:
    def run(_apps: Any, editor: Any) -> None:
        for statement in statements.get(editor.connection.vendor, ()):
            editor.execute(statement, params=None)

    return run


class Migration(migrations.Migration):
    dependencies = [("people", "0002_offices")]

    operations = [migrations.RunPython(_run(GUARDS), _run(LIFTED))]
