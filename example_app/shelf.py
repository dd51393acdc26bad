"""Where the desk keeps what it knows of calls: in the memory of its process, or in a Redis that all
workers share.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol, TypeVar

from werkzeug.exceptions import ServiceUnavailable

from flask_signalwire import exceptions

LIMIT = 1000
"""Calls that are kept; the oldest make room."""
KEPT = 86400
"""Seconds that a Redis keeps what nobody changes."""
SECONDS = 1.0
"""To connect to a Redis, and to wait for its answer."""

_T = TypeVar("_T")

Change = Callable[[str | None], str | None]
"""Makes a new text of what there is; None leaves it as it is. It may be called more than once."""


class Shelf(Protocol):
    """Texts by the ids of calls. Any number of threads may use it."""

    def get(self, call_id: str) -> str | None:
        """What there is of a call."""

    def change(self, call_id: str, change: Change) -> None:
        """Change what there is of a call; nobody else does so meanwhile."""

    def all(self) -> list[str]:
        """What there is of all calls, the newest first."""
        ...

    def check(self) -> None:
        """Raise where it can't be used now."""


class MemoryShelf:
    """In this process, and forgotten with it.

    :param limit: how many calls are kept.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self._texts: dict[str, str] = {}
        self._lock = threading.Lock()
        self._limit = limit

    def get(self, call_id: str) -> str | None:
        return self._texts.get(call_id)

    def change(self, call_id: str, change: Change) -> None:
        with self._lock:
            text = change(self._texts.get(call_id))
            if text is None:
                return
            if call_id not in self._texts and len(self._texts) >= self._limit:
                del self._texts[next(iter(self._texts))]
            self._texts[call_id] = text

    def all(self) -> list[str]:
        with self._lock:
            return list(reversed(self._texts.values()))

    def check(self) -> None:
        """It is there as long as its process is."""


class RedisShelf:
    """In a Redis: a text a call, and the order in which the calls came.

    :param name: of the shelf. :param url: of the Redis.
    """

    def __init__(self, name: str, url: str, limit: int = LIMIT) -> None:
        redis = import_module("redis")
        self._client = redis.Redis.from_url(
            url, socket_connect_timeout=SECONDS, socket_timeout=SECONDS, decode_responses=True
        )
        self._conflict: type[Exception] = redis.WatchError
        self._errors: tuple[type[Exception], ...] = (redis.RedisError, OSError)
        self._name = f"desk:{name}"
        self._limit = limit

    def get(self, call_id: str) -> str | None:
        found: str | None = self._do(lambda: self._client.get(self._key(call_id)))
        return found

    def change(self, call_id: str, change: Change) -> None:
        self._do(lambda: self._change(call_id, change))

    def all(self) -> list[str]:
        def read() -> list[str]:
            ids = self._client.zrevrange(self._name, 0, self._limit - 1)
            found = self._client.mget([self._key(call_id) for call_id in ids]) if ids else []
            return [text for text in found if text is not None]

        return self._do(read)

    def check(self) -> None:
        self._do(lambda: self._client.set(self._key("health"), "", ex=60))

    def _change(self, call_id: str, change: Change) -> None:
        key = self._key(call_id)
        while True:
            with self._client.pipeline() as pipe:
                pipe.watch(key)
                text = change(pipe.get(key))
                if text is None:
                    return
                (seconds, parts) = pipe.time()
                pipe.multi()
                pipe.set(key, text, ex=KEPT)
                pipe.zadd(self._name, {call_id: seconds + parts / 1e6}, nx=True)
                pipe.zremrangebyrank(self._name, 0, -self._limit - 1)
                pipe.expire(self._name, KEPT)
                try:
                    pipe.execute()
                    return
                except self._conflict:
                    continue  # another worker was faster: look again

    def _key(self, call_id: str) -> str:
        return f"{self._name}:{call_id}"

    def _do(self, step: Callable[[], _T]) -> _T:
        try:
            return step()
        except self._errors as error:
            what = "the Redis of DESK_BOOK_URL can't be used now; try again in a moment"
            raise ServiceUnavailable(f"{what} ({type(error).__name__})") from error


def open_shelf(name: str, url: Any) -> Shelf:
    """The shelf that ``DESK_BOOK_URL`` names.

    :param url: a Redis; None: the memory of this process.
    :raises ConfigurationError: where it can't be one.
    """
    if url is None:
        return MemoryShelf()
    try:
        return RedisShelf(name, url)
    except (ImportError, ValueError, TypeError, AttributeError) as error:
        problem = "is no URL of a Redis, such as redis://localhost:6379/3"
        if isinstance(error, ImportError):
            problem = "needs the package redis; run: pip install 'flask-signalwire[redis]'"
        raise exceptions.ConfigurationError(
            "the call desk can't use these settings:", [("DESK_BOOK_URL", problem)]
        ) from error
