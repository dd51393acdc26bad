"""The clocks that simulated calls live by."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

from flask_signalwire.redaction import short


class Clock(Protocol):
    """What a simulator asks the time of.

    :ivar runs: whether time passes by itself.
    """

    runs: bool

    def now(self) -> float:
        """Seconds since 1970-01-01 UTC; never less than it said before."""
        ...

    def advance(self, seconds: float) -> None:
        """Let time pass at once.

        :param seconds: how much, at least 0.
        :raises ValueError: where it is less: time does not run backwards.
        """
        ...

    def sleep(self, seconds: float, woken: threading.Event | None = None) -> None:
        """Return when this time has passed, for answers that are to be late.

        :param seconds: how much, at least 0.
        :param woken: ends it early when it is set.
        """
        ...

    def watch(self, jumped: Callable[[], None]) -> None:
        """Tell somebody who waits by this clock that it jumped.

        :param jumped: called after each :meth:`advance`, in the thread of that.
        """
        ...


class SystemClock:
    """The time of day, read once; from then on it passes as the machine's monotonic clock says.

    So a correction of the machine's time never turns a call back.
    """

    runs = True

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()
        self._lock = threading.Lock()
        self._watchers: list[Callable[[], None]] = []

    def now(self) -> float:
        """Seconds since 1970-01-01 UTC, and what it was advanced by."""
        return self._offset + time.monotonic()

    def advance(self, seconds: float) -> None:
        """Jump ahead, and run on from there."""
        check_seconds(seconds)
        with self._lock:
            self._offset += seconds
        for jumped in self._watchers:
            jumped()

    def sleep(self, seconds: float, woken: threading.Event | None = None) -> None:
        """Really wait."""
        (woken or threading.Event()).wait(seconds)

    def watch(self, jumped: Callable[[], None]) -> None:
        """Call it after each jump."""
        self._watchers.append(jumped)


class ManualClock:
    """A clock that stands still until it is advanced: for tests that don't wait.

    :param start: what it shows at first, in seconds since 1970-01-01 UTC; left out, the beginning
        of 2026.
    """

    runs = False

    def __init__(self, start: float = 1_767_225_600.0) -> None:
        self._now = start
        self._lock = threading.Lock()

    def now(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        check_seconds(seconds)
        with self._lock:
            self._now += seconds

    def sleep(self, seconds: float, woken: threading.Event | None = None) -> None:
        """Advance by it, and wait for nothing."""
        self.advance(seconds)

    def watch(self, jumped: Callable[[], None]) -> None:
        """Nobody waits by a clock that stands still."""


def check_seconds(seconds: float) -> None:
    """Raise where time can't pass by this.

    :raises TypeError: for what is no number. :raises ValueError: for one below 0.
    """
    given: object = seconds
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        raise TypeError(f"{short(given)}; expected a number of seconds")
    if not seconds >= 0:
        raise ValueError(f"{seconds} seconds; expected at least 0")
