"""What the pages carry of other people's work: whole, licensed, as locked, and pointing nowhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import pulso.web

WEB = Path(pulso.web.__file__).parent
VENDOR = WEB / "pages" / "static" / "pulso" / "vendor"
LOCK = json.loads((WEB / "assets" / "package-lock.json").read_text())


@pytest.mark.parametrize(("name", "title"), [("maplibre-gl", "MapLibre GL JS"), ("uplot", "uPlot")])
def test_a_library_is_the_version_that_is_locked_and_has_its_licence(name, title):
    version = LOCK["packages"][f"node_modules/{name}"]["version"]
    assert f"{title} {version}" in (VENDOR / "VERSIONS.txt").read_text().splitlines()
    assert "Copyright" in (VENDOR / f"{name}.LICENSE.txt").read_text()


def test_the_lock_names_no_registry():
    assert not [name for name, package in LOCK["packages"].items() if "resolved" in package]


@pytest.mark.parametrize("file", sorted(p for p in VENDOR.iterdir() if p.suffix in (".js", ".css")), ids=lambda p: p.name)
def test_nothing_points_to_a_file_that_is_not_there(file):
    text = file.read_text()
    assert "sourceMappingURL" not in text
    if file.suffix == ".css":
        assert {url[:5] for url in re.findall(r"url\(['\"]?([^)'\"]+)", text)} <= {"data:"}
        assert "@import" not in text


@pytest.mark.parametrize("name", ["sheet.js", "map.js", "fibre.js", "wifi.js", "line.js", "print.js"])
def test_our_own_scripts_ask_only_this_site(name):
    text = (VENDOR.parent / name).read_text()
    assert "://" not in text
    assert "innerHTML" not in text
    assert "eval(" not in text
