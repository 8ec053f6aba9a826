"""The site as a process: made ready by one child, then served by granian's."""

from __future__ import annotations

import logging
import multiprocessing
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from threading import Thread

from django.conf import settings

from pulso.errors import PulsoError
from pulso.web import readings
from pulso.web.running import locks


def serve(host: str, port: int, workers: int, tell: Callable[[str], object]) -> None:
    """Serve until SIGINT or SIGTERM. PulsoError, as a letter, where that can't begin."""
    _must_be_free(host, port)
    home = Path(settings.HOME)
    tell("Making the site ready …")
    if subprocess.run([sys.executable, "-m", "pulso.web", "prepare"], check=False).returncode:  # our own command
        raise PulsoError("The site is not served: the reason stands above.")
    if not readings.cities():
        tell("No city has anything published yet. First, say: pulso simulate demo && pulso collect demo && pulso publish demo")
    letters = getattr(settings, "EMAIL_FILE_PATH", None)
    if letters:
        tell(f"Letters are files in {letters}; PULSO_MAIL names a mail server that sends them.")
    with locks.beside_others(home):
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_emptied(home / ".metrics"))
        Thread(target=_say_when_it_answers, args=(host, port, tell), daemon=True).start()
        _granian(host, port, workers)


def _say_when_it_answers(host: str, port: int, tell: Callable[[str], object]) -> None:
    """Print the address when there is somebody at it: a person follows it at once."""
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # looked for here, not listened on
    while True:
        with suppress(OSError), closing(socket.create_connection((near, port), timeout=1)):
            break
        time.sleep(0.1)
    tell(f"Pulso is at http://{'[' + host + ']' if ':' in host else host}:{port}/ (Ctrl-C ends it)")


def _granian(host: str, port: int, workers: int) -> None:
    from granian import Granian  # only whoever serves needs it
    from granian.constants import Interfaces
    from granian.log import LogLevels

    # granian warns of many threads; those of streams sleep
    logging.getLogger("_granian").addFilter(lambda record: "Python threads" not in record.getMessage())
    multiprocessing.set_start_method("spawn", force=True)  # each server begins afresh: no thread or connection is copied half-way
    Granian(
        "pulso.web.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4 + settings.API_STREAMS,  # a stream holds one while it is open; config/wsgi.py keeps the others from crowding
        backpressure=256 + settings.API_STREAMS,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
    ).serve()


def _must_be_free(host: str, port: int) -> None:
    """Say so before anything is done where the address can't be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with closing(socket.socket(family, kind, protocol)) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as why:
        raise PulsoError(
            f"{host}:{port} can't be had: {why.strerror or why}. Choose another: pulso serve --port {min(port + 1, 65535)}"
        ) from None
    except OverflowError:
        raise PulsoError(f"--port: found {port}; a port is a number from 1 to 65535.") from None


def _emptied(folder: Path) -> Path:
    """Where the servers count what they do, for one another: nothing of those before them."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
