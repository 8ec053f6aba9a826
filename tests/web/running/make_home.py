"""A small home as an earlier version of Pulso made it, packed as a backup: `python -m tests.web.running.make_home TREE FILE`.

TREE is that version's source tree (git archive COMMIT | tar -x -C TREE). The town is collected whole and published from 2025 on: so the
file stays small. It has no database: that version had none.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

MAKE = """
import sys
from datetime import date
from pathlib import Path
from tests.flow.vila import vila
town = vila(Path(sys.argv[1]))
town.collect()
town.publish(date(2025, 1, 1))
"""


def main(tree: Path, to: Path) -> None:
    """Let the old code make the home, and pack it with the new."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.web.settings")
    import django

    django.setup()
    from pulso.web.running.backup import FORMAT, pack

    with tempfile.TemporaryDirectory() as folder:
        paths = f"{tree / 'src'}:{tree}"
        subprocess.run([sys.executable, "-c", MAKE, folder], env=os.environ | {"PYTHONPATH": paths}, cwd=tree, check=True)
        manifest = {"format": FORMAT, "pulso": "0.1.0", "made": "2025-03-16T09:00:00+00:00", "home": 0, "lakes": ["vila"]}
        pack(Path(folder) / "var", to, manifest)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
