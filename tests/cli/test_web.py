"""The commands that run the site, which become processes of the web."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing

import pytest

from pulso.cli import web
from tests.cli.conftest import Pulso
from tests.flow.vila import Vila


@pytest.fixture
def became(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What a command became, without becoming it."""
    kept: list[list[str]] = []
    monkeypatch.setattr(web.os, "execv", lambda _path, words: kept.append(words[1:]))
    return kept


def test_a_command_becomes_a_process_of_the_web(pulso: Pulso, became, tmp_path):
    pulso("serve", "--port", "8123", "--workers", "3")
    pulso("worker", "--once")
    pulso("backup", str(tmp_path / "kept.tar"), "--force")
    pulso("upgrade")
    assert [words[2:] for words in became] == [
        ["serve", "--host", "127.0.0.1", "--port", "8123", "--workers", "3"],
        ["worker", "--once"],
        ["backup", str(tmp_path / "kept.tar"), "--force"],
        ["upgrade"],
    ]
    assert all(words[:2] == ["-m", "pulso.web"] for words in became)


def test_without_django_it_says_what_to_install(pulso: Pulso, became, monkeypatch):
    monkeypatch.setattr(web, "find_spec", lambda name: None if name == "django" else object())
    said = pulso("serve")
    assert said.code == 1
    assert "pip install 'pulso[web]'" in said.err
    assert not became


@pytest.mark.parametrize(
    "words", [("serve", "--port", "0"), ("serve", "--port", "70000"), ("serve", "--workers", "0"), ("restore", "nowhere.tar")]
)
def test_what_can_not_be_is_refused_at_once(pulso: Pulso, became, words):
    assert pulso(*words).code == 2
    assert not became


def free_port() -> int:
    with closing(socket.socket()) as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def environment(town: Vila) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PULSO_", "DJANGO_"))}
    return kept | {"PULSO_HOME": str(town.home), "PULSO_CITIES": str(town.folder), "PULSO_LOGS": "json", "COLUMNS": "200"}


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_the_site_is_served_until_it_is_told_to_end(town: Vila, end: signal.Signals):
    port = free_port()
    command = [sys.executable, "-c", "from pulso.cli import main; main()", "serve", "--port", str(port), "--workers", "1"]
    with subprocess.Popen(command, env=environment(town), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert asked(f"http://127.0.0.1:{port}/readyz", process)["ready"]
            assert asked(f"http://127.0.0.1:{port}/en/vila/today.json", process)["frame"]["city"] == "vila"
            taken = subprocess.run(command, env=environment(town), capture_output=True, text=True, check=False)
            assert taken.returncode == 1
            assert f"Choose another: pulso serve --port {port + 1}" in taken.stderr
            assert "Traceback" not in taken.stderr
        finally:
            process.send_signal(end)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert f"Pulso is at http://127.0.0.1:{port}/" in out
    assert "Traceback" not in err
    assert json.loads(err.splitlines()[-1])["logger"] == "pulso.requests"


def asked(address: str, process: subprocess.Popen[str]) -> dict[str, object]:
    """The answer, as soon as there is one."""
    for _ in range(240):
        assert process.poll() is None, process.communicate()[1]
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310  # our own
                return dict(json.load(answer))
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.25)
    raise AssertionError(f"{address} does not answer")
