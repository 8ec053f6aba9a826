"""The database itself refuses to change, hide or date back what was known of the network."""

from typing import Any

from django.db import migrations

from pulso.web.fibre.guard import GUARDS, LIFTED


def _run(statements: dict[str, tuple[str, ...]]) -> Any:
    def run(_apps: Any, editor: Any) -> None:
        for statement in statements.get(editor.connection.vendor, ()):
            editor.execute(statement, params=None)

    return run


class Migration(migrations.Migration):
    dependencies = [("fibre", "0001_first")]

    operations = [migrations.RunPython(_run(GUARDS), _run(LIFTED))]
