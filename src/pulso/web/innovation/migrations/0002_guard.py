"""The database itself refuses to change what was frozen, computed or said, and to book a testbed twice."""

from typing import Any

from django.db import migrations

from pulso.web.innovation.guard import GUARDS, LIFTED


def _run(statements: dict[str, tuple[str, ...]]) -> Any:
    def run(_apps: Any, editor: Any) -> None:
        for statement in statements.get(editor.connection.vendor, ()):
            editor.execute(statement, params=None)

    return run


class Migration(migrations.Migration):
    dependencies = [("innovation", "0001_first")]

    operations = [migrations.RunPython(_run(GUARDS), _run(LIFTED))]
