"""Who listens in this process. Telling them never waits for any of them."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable

from .messages import Message


class Subscriber:
    """One browser's buffer, bounded: what does not fit is read again from the history.

    :param room: messages that are kept for it.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._buffer: deque[Message] = deque()
        self._changed = threading.Condition()
        # It begins with the history.
        self._behind = True

    def offer(self, message: Message) -> None:
        """Put a message in; never waits. A partial is dropped where there is no room for it."""
        with self._changed:
            if self._behind:
                return
            if message.line is not None:
                self._drop_partials(message.line)
            if message.durable and len(self._buffer) >= self._room:
                self._drop_partials(None)
            if len(self._buffer) < self._room:
                self._buffer.append(message)
                self._changed.notify()
            elif message.durable:
                self._fall_behind()

    def read_again(self) -> None:
        """Tell it that something may have passed it by."""
        with self._changed:
            self._fall_behind()

    def wait(self, seconds: float) -> list[Message] | None:
        """What came, oldest first, at once or within some seconds; None: read the history."""
        until = time.monotonic() + seconds
        with self._changed:
            while not self._buffer and not self._behind:
                left = until - time.monotonic()
                if left <= 0:
                    return []
                self._changed.wait(left)
            if self._behind:
                self._behind = False
                return None
            found = list(self._buffer)
            self._buffer.clear()
            return found

    def _fall_behind(self) -> None:
        self._buffer.clear()
        self._behind = True
        self._changed.notify()

    def _drop_partials(self, line: str | None) -> None:
        """Those of one line, or all."""
        kept = [m for m in self._buffer if m.durable or line not in (None, m.line)]
        if len(kept) < len(self._buffer):
            self._buffer = deque(kept)


class Subscribers:
    """All browsers that this process serves, by call. Thread-safe.

    :ivar ended: whether this process serves none any more.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self.reset()

    def reset(self) -> None:
        """Forget all: those of a process are not those of its children."""
        self._lock = threading.Lock()
        self._by_call: dict[str, set[Subscriber]] = {}
        self._count = 0
        self.ended = False

    def __len__(self) -> int:
        return self._count

    def add(self, call_id: str) -> Subscriber:
        """A new one."""
        subscriber = Subscriber(self._room)
        with self._lock:
            self._by_call.setdefault(call_id, set()).add(subscriber)
            self._count += 1
        return subscriber

    def remove(self, call_id: str, subscriber: Subscriber) -> None:
        """It has gone. Of no effect where it is gone already."""
        with self._lock:
            found = self._by_call.get(call_id, set())
            if subscriber in found:
                found.remove(subscriber)
                self._count -= 1
            if not found:
                self._by_call.pop(call_id, None)

    def tell(self, call_id: str, messages: Iterable[Message]) -> None:
        """Offer messages to all that listen to a call."""
        with self._lock:
            found = list(self._by_call.get(call_id, ()))
        for message in messages:
            for subscriber in found:
                subscriber.offer(message)

    def end(self) -> None:
        """Let all streams end, and those that are still to begin."""
        self.ended = True
        self.read_again()

    def read_again(self) -> None:
        """Tell all that something may have passed them by."""
        with self._lock:
            found = [subscriber for call in self._by_call.values() for subscriber in call]
        for subscriber in found:
            subscriber.read_again()
