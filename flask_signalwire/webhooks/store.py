"""What all workers should know of events: claims, states seen, pins and calls. None of it is vital.

A store that fails never stops an event: then one may arrive twice, or out of order, and a line in
the log says so.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from ..health import Health
from ..redaction import text_of

logger = logging.getLogger("flask_signalwire.webhooks")

PREFIX = "signalwire:events:"
LONGEST = 86400
"""Seconds that anything is remembered at most: the service repeats an event within minutes."""
LONGEST_NAME = 120
"""Characters of what a name is made of; what is longer is hashed."""
CAPACITY = 50_000
"""Items in each of the two halves of a process's memory: about 30 MB, when both are full."""
PAUSE = 5.0
"""Seconds that a store which failed is left alone: each try may cost an event half a second."""
QUIET = 60.0
"""Seconds between two lines in the log about a store that is down."""


class EventStore:
    """Remembers small values under names, for a while.

    :param url: a Redis (``SIGNALWIRE_EVENTS_URL``); None for the memory of this process.
    :param accounts: what each account's name stands for: the same in every app of a project, so
        that its apps can share a Redis, and another one for other projects.
    :param lifetime: seconds that a pin, a call or a state is remembered; at most :data:`LONGEST`.
    :raises ConfigurationError: where the package is missing, or the URL can't be used.
    """

    def __init__(
        self, url: str | None, *, accounts: Mapping[str, str], lifetime: float = LONGEST
    ) -> None:
        self.shared = url is not None
        self.lifetime = max(1, int(min(lifetime, LONGEST)))
        self._accounts = accounts
        self._memory: Any = _open(url)
        self._retry_at = 0.0
        self._log_at = 0.0
        self._lost = 0

    # -- commands and calls ---------------------------------------------------------------------

    def pin(self, account: str, command_id: str, call_id: str) -> None:
        """Bind a dial's command to the call that its answer names, whatever an event said."""
        self.set(self.name("pin", account, command_id), call_id, self.lifetime)

    def pin_first(self, account: str, command_id: str, call_id: str) -> str:
        """Bind a dial's command to the call of an event, unless it is bound.

        :returns: the call that it is bound to.
        """
        name = self.name("pin", account, command_id)
        if self.add(name, call_id, self.lifetime) is False:
            return str(self.get(name) or call_id)
        return call_id

    def pinned(self, account: str, command_id: str) -> str | None:
        """The call that a dial's command is bound to, where that is known."""
        found = self.get(self.name("pin", account, command_id))
        return None if found is None else str(found)

    def remember(self, account: str, call_id: str) -> None:
        """A command of ours acted on the call."""
        self.set(self.name("call", account, call_id), 1, self.lifetime)

    def knows(self, account: str, call_id: str) -> bool:
        """Whether a command of ours acted on the call, as far as the store remembers."""
        return self.get(self.name("call", account, call_id)) is not None

    # -- values ---------------------------------------------------------------------------------

    def name(self, kind: str, account: str, *parts: str) -> str:
        """The name of something of an account. A Redis shows nobody what it is made of."""
        text = ascii([self._accounts.get(account, account), *parts])  # faster than JSON
        if self.shared or len(text) > LONGEST_NAME:
            text = hashlib.sha256(text.encode()).hexdigest()[:40]
        return f"{PREFIX}{kind}:{text}"

    def add(self, name: str, value: Any, seconds: float) -> bool | None:
        """Put a value under a free name. False: it is not free. None: nobody knows."""
        added: bool | None = self._do(self._memory.add, None, name, value, _whole(seconds))
        return added

    def set(self, name: str, value: Any, seconds: float) -> None:
        """Put a value under a name."""
        self._do(self._memory.set, None, name, value, _whole(seconds))

    def get(self, name: str) -> Any:
        """The value under a name; None where there is none, or nobody knows."""
        return self._do(self._memory.get, None, name)

    def get_many(self, *names: str) -> list[Any]:
        """The values under names, None where there is none; all None where nobody knows."""
        nothing = [None] * len(names)
        found: list[Any] = self._do(self._memory.get_many, nothing, *names)
        return found

    def delete(self, name: str) -> None:
        """Free a name."""
        self._do(self._memory.delete, None, name)

    def forget(self) -> None:
        """Forget everything, for tests that share an app. A Redis is left as it is: others use
        it, too.
        """
        if not self.shared:
            self._memory = _Memory()

    def close(self) -> None:
        """Close this process's connections; the next step opens new ones."""
        self._memory.close()

    def check_health(self) -> Health:
        """Whether it can be written to. Without it events are delivered all the same."""
        try:
            self._memory.set(f"{PREFIX}health", 1, 60)
        except Exception as error:  # noqa: BLE001  # any of a client's errors
            text = f"the Redis of SIGNALWIRE_EVENTS_URL failed ({type(error).__name__}: "
            return Health("warn", f"{text}{text_of(error)}); events may be delivered twice")
        return Health("ok")

    def _do(self, step: Callable[..., Any], otherwise: Any, *arguments: Any) -> Any:
        now = time.monotonic()
        if now < self._retry_at:
            self._lost += 1
            return otherwise
        try:
            return step(*arguments)
        except Exception as error:  # noqa: BLE001  # any of a client's errors, or what others wrote
            self._failed(error, now)
            return otherwise

    def _failed(self, error: Exception, now: float) -> None:
        self._lost += 1
        self._retry_at = time.monotonic() + PAUSE
        if now < self._log_at:
            return
        self._log_at = now + QUIET
        logger.error(
            "the store of events failed (%s: %s); %d steps went without it. Events are delivered "
            "all the same, but maybe twice. Is the Redis of SIGNALWIRE_EVENTS_URL up?",
            type(error).__name__,
            text_of(error),
            self._lost,
        )
        self._lost = 0


def _open(url: str | None) -> Any:
    if url is None:
        return _Memory()
    from .redis import RedisMemory  # its package takes long to import, and is an extra

    return RedisMemory(url)


def _whole(seconds: float) -> int:
    # A Redis takes whole seconds only, and none at all is an error there.
    return max(1, round(seconds))


class _Memory:
    """Two dicts: when the newer one is full, the older one is forgotten whole."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # By name: the value, and when it ends, by `time.monotonic`.
        self._newer: dict[str, tuple[Any, float]] = {}
        self._older: dict[str, tuple[Any, float]] = {}

    def get(self, name: str) -> Any:
        with self._lock:
            return self._find(name)

    def get_many(self, *names: str) -> list[Any]:
        with self._lock:
            return [self._find(name) for name in names]

    def set(self, name: str, value: Any, seconds: int) -> None:
        with self._lock:
            self._put(name, value, seconds)

    def add(self, name: str, value: Any, seconds: int) -> bool:
        with self._lock:
            if self._find(name) is not None:
                return False
            self._put(name, value, seconds)
            return True

    def delete(self, name: str) -> None:
        with self._lock:
            self._newer.pop(name, None)
            self._older.pop(name, None)

    def close(self) -> None:
        """There is nothing to close."""

    def _find(self, name: str) -> Any:
        value, end = self._newer.get(name) or self._older.get(name) or _ABSENT
        return value if time.monotonic() < end else None

    def _put(self, name: str, value: Any, seconds: int) -> None:
        if len(self._newer) >= CAPACITY:
            self._newer, self._older = {}, self._newer
        self._older.pop(name, None)
        self._newer[name] = (value, time.monotonic() + seconds)


_ABSENT = (None, 0.0)
