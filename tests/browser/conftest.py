"""A browser with a window that nobody sees, and a site that is really served."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.bench.process import PULSO
from tests.browser.exhibited import exhibited
from tests.browser.looks import CHROMIUM, FLAGS
from tests.browser.network import SESSIONS, Network, network
from tests.browser.server import serving
from tests.browser.wired import Wired, wired
from tests.conftest import MIRROR
from tests.flow.vila import vila
from tests.told import Told

REAL = ("muenster", "zurich")
"""The real cities that the site is looked at with."""


@pytest.fixture(scope="session")
def chromium() -> str:
    """Debian's Chromium; what needs it is skipped, loudly, where it is absent."""
    if not Path(CHROMIUM).is_file():
        pytest.skip(f"no Chromium at {CHROMIUM}: no page was looked at (Debian: apt-get install chromium; else PULSO_CHROMIUM names one)")
    return CHROMIUM


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """It, opened. A module's own: Django refuses to work beside its event loop."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def town(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site that shows the made-up town."""
    made = vila(tmp_path_factory.mktemp("served"))
    made.collect()
    made.publish()
    exhibited(made.home, "vila", str(made.folder))
    with serving(made.home, [str(made.folder)]) as address:
        yield address


@pytest.fixture(scope="module")
def shown(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site that shows the synthetic Porto, and the real cities where their data lies here.

    PULSO_SHOWN names a home that has them already.
    """
    said = os.environ.get("PULSO_SHOWN")
    home = Path(said) if said else tmp_path_factory.mktemp("shown")
    for command in () if said else ("simulate", "collect", "publish"):
        subprocess.run([PULSO, command, "demo"], env=os.environ | {"PULSO_HOME": str(home)}, check=True)
    real = [city for city in REAL if (home / city).is_dir() or (not said and MIRROR.is_dir())]
    for city in () if said else real:
        Told(city, home, MIRROR)
    with serving(home, ["demo", *real]) as address:
        yield address


@pytest.fixture(scope="session")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of four towns in which pilots were tried; to be copied, not changed."""
    return network(tmp_path_factory.mktemp("walked") / "towns").folder


@pytest.fixture(scope="module")
def towns(browser: Browser, walked: Path, tmp_path_factory: pytest.TempPathFactory) -> Network:
    """The four towns, a module's own: their clock is moved."""
    return Network(Path(shutil.copytree(walked, tmp_path_factory.mktemp("loop") / "towns")))


@pytest.fixture(scope="module")
def loop(towns: Network) -> Iterator[str]:
    """The address of a site that shows them."""
    with serving(towns.home, towns.folders(), **towns.settings()) as address:
        yield address


@pytest.fixture(scope="module")
def signed(towns: Network, loop: str) -> dict[str, list[dict[str, str]]]:
    """By name, the cookies of everybody who is signed in."""
    keys: dict[str, str] = json.loads((towns.folder / SESSIONS).read_text())
    return {name: [{"name": "sessionid", "value": key, "url": loop}] for name, key in keys.items()}


@pytest.fixture(scope="session")
def plant(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Wired:
    """The town with its fibre and Wi-Fi: one for all, since what one test cuts or digs in it darkens nothing of another's."""
    return wired(tmp_path_factory.mktemp("plant") / "vila")


@pytest.fixture(scope="session")
def net(plant: Wired) -> Iterator[str]:
    """The address of a site that shows it."""
    with serving(plant.home, [str(plant.folder)], **plant.settings()) as address:
        yield address
