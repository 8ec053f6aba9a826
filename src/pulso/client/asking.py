"""How a site is asked: with a key where there is one, again where it was too soon, page by page; and what comes, read as dataclasses."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import TracebackType, UnionType
from typing import Any, Self, TypeVar, get_args, get_origin, get_type_hints

import httpx

T = TypeVar("T")
TRIES = 5
"""So often a question is asked where the site says that it was too soon, or can't be reached."""
SILENCE = httpx.Timeout(30, read=60)
"""A stream that says nothing for a minute is dead: signs of life come every fifteen seconds."""
PATIENCE = 60.0
"""Seconds that are waited at most for what a site asks to be waited for."""
AGAIN = (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.BAD_GATEWAY, httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.GATEWAY_TIMEOUT)


class Refused(Exception):  # noqa: N818  # it names what happened to the question
    """The site did not answer: `status`, and `detail`, which says what was found and what is allowed."""

    def __init__(self, status: int, detail: str) -> None:
        self.status, self.detail = status, detail
        super().__init__(f"{status}: {detail}")


class Unreachable(Exception):  # noqa: N818  # it names what happened to the question
    """The site could not be asked, though it was tried several times: its address, and why."""


class Asking:
    """A site that is asked. Keeps a connection."""

    def __init__(
        self,
        address: str,
        key: str | None = None,
        *,
        page: int = 1_000,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        headers = {"User-Agent": "pulso-client", "Accept": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
        self._asked = httpx.Client(base_url=f"{address.rstrip('/')}/api/v1", headers=headers, timeout=30, transport=transport)
        self._page, self._sleep = page, sleep

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._asked.close()

    def _rows(self, address: str, shape: type[T], asked: dict[str, Any]) -> Iterator[T]:
        cursor = None
        while True:
            page = self._json(address, asked | {"limit": self._page, "cursor": cursor})
            yield from (read(shape, row) for row in page["items"])
            cursor = page["next"]
            if cursor is None:
                return

    def _one(self, address: str, shape: type[T], asked: dict[str, Any]) -> T:
        return read(shape, self._json(address, asked))

    def _json(self, address: str, asked: dict[str, Any]) -> Any:
        return self._answer(address, asked).json()

    def _answer(self, address: str, asked: dict[str, Any], accept: str = "application/json") -> httpx.Response:
        """The site's answer; where it says that it was asked too soon, or can't be reached, it is asked again."""
        said = {k: _written(v) for k, v in asked.items() if v is not None}
        for left in range(TRIES - 1, -1, -1):
            try:
                answer = self._asked.get(address, params=said, headers={"Accept": accept})
            except httpx.TransportError as why:
                if not left:
                    raise Unreachable(f"{self._asked.base_url}: {str(why) or type(why).__name__}") from why
                self._sleep(2.0 ** (TRIES - 1 - left))
                continue
            if answer.is_success:
                return answer
            if not left:
                break
            self._may_ask_again(answer)
        raise Refused(answer.status_code, _detail(answer))

    def _may_ask_again(self, answer: httpx.Response) -> None:
        """Wait as long as the site asks. Refused where it doesn't ask to wait, but says no."""
        if answer.status_code not in AGAIN:
            raise Refused(answer.status_code, _detail(answer))
        wait = answer.headers.get("Retry-After", "1")
        self._sleep(min(float(wait), PATIENCE) if wait.isdecimal() else 1.0)


def _written(value: object) -> str | list[str]:
    """As an address has it: of several, each."""
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    return value.isoformat() if isinstance(value, date) else str(value)


def _detail(answer: httpx.Response) -> str:
    if answer.headers.get("Content-Type", "").startswith("application/problem+json"):
        return str(answer.json()["detail"])
    return answer.text[:200]


def read(shape: type[T], said: dict[str, Any]) -> T:
    """A row as its dataclass; fields that this client does not know yet are passed over."""
    hints = _hints(shape)  # type: ignore[arg-type]  # a class can be a key
    return shape(**{f.name: _value(hints[f.name], said[f.name]) for f in fields(shape)})  # type: ignore[arg-type]  # shapes are dataclasses


@cache
def _hints(shape: type[Any]) -> dict[str, Any]:
    return get_type_hints(shape)


def _value(hint: Any, said: Any) -> Any:
    if said is None:
        return None
    if get_origin(hint) is UnionType:
        hint = next(h for h in get_args(hint) if h is not type(None))
    if get_origin(hint) is tuple:
        return tuple(_value(get_args(hint)[0], one) for one in said)
    if hint in (date, datetime):
        return hint.fromisoformat(said)
    return read(hint, said) if isinstance(hint, type) and is_dataclass(hint) else said
