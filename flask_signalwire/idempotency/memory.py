"""Idempotency keys in the memory of one process."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

from .store import StoreError

CAPACITY = 10_000
"""Live keys that one process remembers: about 10 MB."""


class MemoryStore:
    """Remembers keys for this process alone. Thread-safe, and safe across forks.

    A live key is never forgotten to make room: that would be a second telephone call.

    :param capacity: how many live keys it takes.
    :param clock: seconds that only grow.
    """

    shared = False

    def __init__(
        self, capacity: int = CAPACITY, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._capacity = capacity
        self._clock = clock
        # Roughly in the order in which they end, since all of them live about as long.
        self._texts: dict[str, tuple[str, float]] = {}
        # By process id: a fork may happen while another thread holds the parent's lock.
        self._locks: dict[int, threading.Lock] = {}

    def reserve(self, name: str, text: str, seconds: float) -> str | None:
        with self._lock():
            found = self._get(name)
            if found is not None and found != text:
                return found
            self._make_room()
            self._put(name, text, seconds)
            return None

    def replace(self, name: str, old: str, new: str, seconds: float) -> bool:
        with self._lock():
            if self._get(name) not in (None, old, new):
                return False
            self._put(name, new, seconds)
            return True

    def release(self, name: str, old: str) -> bool:
        with self._lock():
            found = self._get(name)
            if found == old:
                del self._texts[name]
            return found in (None, old)

    def check(self) -> None:
        """It is there as long as its process is."""

    def close(self) -> None:
        """There is nothing to close."""

    def __len__(self) -> int:
        return len(self._texts)

    def _lock(self) -> threading.Lock:
        return self._locks.setdefault(os.getpid(), threading.Lock())

    def _get(self, name: str) -> str | None:
        text, ends = self._texts.get(name, ("", 0.0))
        return text if text and self._clock() < ends else None

    def _put(self, name: str, text: str, seconds: float) -> None:
        self._texts.pop(name, None)
        self._texts[name] = (text, self._clock() + seconds)

    def _make_room(self) -> None:
        """Forget what has ended: the oldest at every call, all of it where there is no room."""
        now = self._clock()
        while self._texts:
            oldest = next(iter(self._texts))
            if now < self._texts[oldest][1]:
                break
            del self._texts[oldest]
        if len(self._texts) < self._capacity:
            return
        self._texts = {name: item for name, item in self._texts.items() if now < item[1]}
        if len(self._texts) >= self._capacity:
            raise StoreError(
                f"this process remembers {self._capacity} keys already and forgets none of them "
                "before its time; set SIGNALWIRE_IDEMPOTENCY_URL to a Redis, or a shorter "
                "SIGNALWIRE_IDEMPOTENCY_TTL"
            )
