"""Idempotency keys in a Redis, for all processes that share it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TypeVar

from ..redaction import scrub
from ..redis import connect
from .entry import PREFIX
from .store import StoreError

SECONDS = 2.0
"""To connect, and to wait for an answer, unless the URL says otherwise (``?socket_timeout=5``)."""

# A name that is nobody's was lost, by a failover or an eviction, while its owner was sending: what
# became of it is put back. A text that is there already was put there by us: the answer was lost.
_REPLACE = """
local found = redis.call('GET', KEYS[1])
if found and found ~= ARGV[1] and found ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""
_RELEASE = """
local found = redis.call('GET', KEYS[1])
if found and found ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
return 1
"""

_T = TypeVar("_T")


class RedisStore:
    """Remembers keys in a Redis. Thread-safe, and safe across forks.

    :param url: ``redis://``, ``rediss://`` or ``unix://``, with the options of redis-py.
    :raises ConfigurationError: where the package is missing, or the URL can't be used.
    """

    shared = True

    def __init__(self, url: str) -> None:
        self._client = connect(
            url,
            setting="SIGNALWIRE_IDEMPOTENCY_URL",
            lacking="idempotency keys can't be kept:",
            seconds=SECONDS,
            repeats=1,  # every step may be; but not for longer than a caller would wait
        )
        self._errors: tuple[type[Exception], ...] = (import_module("redis").RedisError, OSError)
        self._replace = self._client.register_script(_REPLACE)
        self._release = self._client.register_script(_RELEASE)

    def reserve(self, name: str, text: str, seconds: float) -> str | None:
        def step() -> str | None:
            # Whatever had the name may end between the two questions, hardly twice in a row.
            for _ in range(3):
                if self._client.set(name, text, nx=True, px=_milliseconds(seconds)):
                    return None
                found = self._client.get(name)
                if found is not None:
                    there = bytes(found).decode(errors="replace")
                    return None if there == text else there
            raise StoreError("the key comes and goes; is the clock of the Redis right?")

        return self._do(step)

    def replace(self, name: str, old: str, new: str, seconds: float) -> bool:
        args = [old, new, _milliseconds(seconds)]
        return bool(self._do(lambda: self._replace(keys=[name], args=args)))

    def release(self, name: str, old: str) -> bool:
        return bool(self._do(lambda: self._release(keys=[name], args=[old])))

    def check(self) -> None:
        self._do(lambda: self._client.set(f"{PREFIX}health", 1, px=60_000))

    def close(self) -> None:
        self._client.connection_pool.disconnect()

    def _do(self, step: Callable[[], _T]) -> _T:
        try:
            return step()
        except self._errors as error:
            reason = scrub(" ".join(str(error).split()))
            raise StoreError(
                f"the Redis of SIGNALWIRE_IDEMPOTENCY_URL failed ({type(error).__name__}: {reason})"
            ) from error


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))
