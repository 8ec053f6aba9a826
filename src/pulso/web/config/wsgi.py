"""The application that granian serves."""

from __future__ import annotations

import atexit
import gc
import os
from collections.abc import Iterable
from threading import Semaphore
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pulso.web.config.settings")
site = get_wsgi_application()

from pulso.web.api.listeners import end_with_the_process  # noqa: E402  # Django must be there first
from pulso.web.running.warm import warm  # noqa: E402

AT_ONCE = 4
"""So many answers a process makes at once. It has more threads, for open streams, which sleep; answers would only wait for each other."""
_turn = Semaphore(AT_ONCE)


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer; of an answer that streams, only its making waits for its turn."""
    with _turn:
        return site(environ, start_response)


warm()
end_with_the_process()
gc.collect()
gc.set_threshold(10_000, 10, 50)  # at 700 a page of a thousand rows pays for many looks; at 50,000 every twentieth page pays 40 ms for one
gc.freeze()  # what is there now stays: to look through it again and again for garbage would make one page in a hundred slow
atexit.register(gc.unfreeze)  # at the end all of it is let go as ever: extensions complain of what is not
