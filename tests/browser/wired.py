"""Vila with its fibre and its Wi-Fi, and who works on them: python -m tests.browser.wired makes what stands in the tables of a home.

Its clock stands where a file says, so that what is reported, in force and to come is the same whenever a browser looks.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.browser.network import SESSIONS, SETTINGS, Standing
from tests.browser.standing import FILE
from tests.conftest import REPO
from tests.flow.vila import SPRING, Vila, vila

PEOPLE = {"rui": "engineer", "eva": "viewer", "tom": ""}
"""By name, their role in the city: Tom has an account and none."""


@dataclass(frozen=True)
class Wired:
    """The town in a folder."""

    folder: Path

    @property
    def home(self) -> Path:
        return self.folder / "var"

    def signed(self, site: str) -> dict[str, list[dict[str, str]]]:
        """By name, the cookies of everybody who is signed in."""
        keys: dict[str, str] = json.loads((self.home / SESSIONS).read_text())
        return {name: [{"name": "sessionid", "value": key, "url": site}] for name, key in keys.items()}

    def settings(self) -> dict[str, str]:
        """What a process that works with it has in its environment."""
        said = {"PULSO_HOME": str(self.home), "PULSO_CITIES": str(self.folder), "DJANGO_SETTINGS_MODULE": SETTINGS}
        return said | {"PYTHONPATH": str(REPO)}

    def publish(self) -> None:
        """Publish the town with what was entered; a minute passes, since what is published has a moment of its own."""
        town = Vila(self.folder, clock=Standing(self.home / FILE))
        town.clock.pass_(minutes=1)
        town.publish()


def wired(folder: Path) -> Wired:
    """Collect and publish the town, and fill the tables in a process of their own: Django refuses to work beside a browser's event loop."""
    town, made = vila(folder), Wired(folder)
    town.collect()
    town.publish()
    (made.home / FILE).write_text(SPRING.isoformat(), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "tests.browser.wired"], env=os.environ | made.settings(), check=True, cwd=REPO)
    return made


def fill() -> None:
    """Write the network, the hotspots and the people, as their commands and desks do, and sign everybody in."""
    from django.conf import settings
    from django.test import Client

    from pulso.web.fibre import writes
    from pulso.web.people.models import Person
    from pulso.web.people.writes import give
    from tests.browser.walked import SECRET
    from tests.web.network import network
    from tests.web.wifi.hotspots import hotspots

    writes.load(None, "vila", network(), "as it was built")
    hotspots("vila", SPRING)
    keys = {}
    for name, role in PEOPLE.items():
        person = Person.objects.create_superuser(f"{name}@vila.example", SECRET, is_staff=False, is_superuser=False, name=name.title())
        if role:
            give(None, person, role, city="vila")
        client = Client()
        client.force_login(person, "django.contrib.auth.backends.ModelBackend")
        keys[name] = client.cookies["sessionid"].value
    (settings.HOME / SESSIONS).write_text(json.dumps(keys))


if __name__ == "__main__":
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    fill()
