"""A small home as the version at hand makes it, kept so that every later version is tried on it.

The next one, from the commit that landed last, with that commit's own code:

    git archive COMMIT | tar -x -C TREE
    cd TREE && PYTHONPATH=src:. /path/to/.venv/bin/python -m tests.web.running.make_home FILE.tar.xz postgres://user@host/an_empty_database

The file goes beside this one, and its name into HOMES of test_former.py. In it lie `town` (the city's files and `var`, its home in use),
`kept.tar` and `kept-postgres.tar` (that home as `pulso backup` keeps it, on either database), and `told.json` (all that it holds, as the
old code tells it; see tell.py). The town is collected whole and published from February 2025 on: so it stays small.

home-before-the-site.tar.gz is older: its version had no database and no backup.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
import tempfile
from datetime import date
from pathlib import Path

SECRET = "correct horse battery staple"  # noqa: S105  # of a person who is nobody


def people() -> None:
    """Somebody with a role, a key, a webhook and an event entered; somebody erased. Incidents come by themselves: the town is old news."""
    from django.utils import timezone

    from pulso.city import Span
    from pulso.web.agenda import writes as agenda
    from pulso.web.api.hooks.models import Webhook
    from pulso.web.people import keys, writes
    from pulso.web.people.models import Person
    from pulso.web.readings import reading
    from pulso.web.running import jobs

    ana = Person.objects.create_superuser("ana@vila.example", SECRET, name="Ana")
    rui = Person.objects.create_user("rui@vila.example", SECRET, name="Rui", language="pt")
    office = writes.found(ana, slug="vila-hall", name="Câmara de Vila", kind="municipality", city="vila")
    writes.give(ana, rui, "editor", organisation=office)
    writes.give(ana, rui, "engineer", city="vila")
    keys.create(rui, "the dashboard")
    Webhook.objects.create(person=rui, city="vila", url="https://hall.example/hook", secret="s" * 40, told_until=timezone.now())
    here = reading("vila")
    span = {"from": date(2025, 3, 1), "to": date(2025, 3, 2), "kind": "festival", "name": "Festa da vila"}
    entry = agenda.enter(rui, here, Span.model_validate(span), "busier")
    agenda.enter(rui, here, Span.model_validate(span | {"name": "Feira"}), "")
    agenda.withdraw(rui, here, next(e for e in here.river.lake.entered() if e.id != entry))
    agenda.exclude(rui, here, "n2", date(2025, 2, 1), date(2025, 2, 3), "counted twice")
    writes.erase(ana, Person.objects.create_user("gone@vila.example", SECRET))
    jobs.ask("vila", "collect")
    jobs.done(jobs.ask("vila", "publish"), "91 days")


def main(to: Path, database: str) -> None:
    """Make it, with the code on the path."""
    from tests.flow.vila import vila

    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        town = vila(here / "town")
        town.collect()
        town.publish(date(2025, 2, 1))
        said = {"PULSO_HOME": str(town.home), "PULSO_CITIES": str(town.folder), "PULSO_MIRROR": str(town.mirror)}

        def run(*words: str, **more: str) -> bytes:
            return subprocess.run([sys.executable, *words], env=os.environ | said | more, check=True, stdout=subprocess.PIPE).stdout

        run("-m", "pulso.web", "upgrade")
        run("-c", "import django; django.setup(); from tests.web.running.make_home import people; people()", **SETTINGS)
        run("-m", "pulso.web", "backup", str(here / "kept.tar"))
        (here / "told.json").write_bytes(run("-m", "tests.web.running.tell"))
        rows = ["dumpdata", "--exclude=contenttypes", "--exclude=auth.permission", "--exclude=sessions", f"--output={here / 'rows.json'}"]
        run("-m", "pulso.web", *rows)
        run("-m", "pulso.web", "migrate", "--verbosity=0", PULSO_DATABASE=database)
        run("-m", "pulso.web", "loaddata", str(here / "rows.json"), PULSO_DATABASE=database)
        run("-m", "pulso.web", "backup", str(here / "kept-postgres.tar"), PULSO_DATABASE=database)
        _pack(here, to)


SETTINGS = {"DJANGO_SETTINGS_MODULE": "pulso.web.config.settings"}


def _pack(here: Path, to: Path) -> None:
    """One file; what lies in it three times costs once."""

    def without_us(info: tarfile.TarInfo) -> tarfile.TarInfo | None:
        if info.name.startswith(("town/mirror", "town/var/static", "town/var/.metrics")) or info.name.endswith(("-wal", "-shm", "lock")):
            return None
        info.uid = info.gid = 0
        info.uname = info.gname = ""
        return info

    text = io.BytesIO()
    with tarfile.open(fileobj=text, mode="w") as tar:
        for name in ("told.json", "town", "kept.tar", "kept-postgres.tar"):
            tar.add(here / name, name, filter=without_us)
    subprocess.run(["xz", "--stdout", "--lzma2=preset=9e,dict=16MiB"], input=text.getvalue(), stdout=to.open("wb"), check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2])
