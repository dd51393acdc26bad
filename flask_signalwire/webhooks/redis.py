"""What is known of events in a Redis, for all workers that share it."""

from __future__ import annotations

import json
from typing import Any

from ..redis import connect

SECONDS = 0.5
"""To connect, and to wait for an answer, unless the URL says otherwise (``?socket_timeout=1``)."""


class RedisMemory:
    """Values under names, as JSON, each with an end. Thread-safe, and safe across forks.

    :param url: ``redis://``, ``rediss://`` or ``unix://``, with the options of redis-py.
    :raises ConfigurationError: where the package is missing, or the URL can't be used.
    """

    def __init__(self, url: str) -> None:
        self._client = connect(
            url,
            setting="SIGNALWIRE_EVENTS_URL",
            lacking="events can't be remembered:",
            seconds=SECONDS,
        )

    def get(self, name: str) -> Any:
        return _read(self._client.get(name))

    def get_many(self, *names: str) -> list[Any]:
        return [_read(value) for value in self._client.mget(names)]

    def set(self, name: str, value: Any, seconds: int) -> None:
        self._client.set(name, json.dumps(value), ex=seconds)

    def add(self, name: str, value: Any, seconds: int) -> bool:
        return bool(self._client.set(name, json.dumps(value), ex=seconds, nx=True))

    def delete(self, name: str) -> None:
        self._client.delete(name)

    def close(self) -> None:
        self._client.connection_pool.disconnect()


def _read(value: bytes | None) -> Any:
    return None if value is None else json.loads(value)
