"""One stream of Server-Sent Events: the history, then what comes, until the call has ended."""

from __future__ import annotations

import time
from collections.abc import Iterator

from .messages import Cursor, Message, frame
from .settings import CaptionsSettings
from .store import Store, StoreDown

RETRY = b"retry: 2000\n\n"
"""A browser connects again after 2 seconds."""
BEAT = b":\n\n"
LONGEST = 3600.0
"""Seconds after which a stream is ended, so that the browser connects, and is authorised, anew."""
_PAUSE = 1.0
"""Seconds between two attempts to read the history of a store that is down."""


class Stream:
    """What one browser is sent of one call.

    :param cursor: what it has already.
    :param until: when it has to end, in seconds since 1970; None: after :data:`LONGEST`.
    """

    def __init__(
        self,
        store: Store,
        settings: CaptionsSettings,
        call_id: str,
        cursor: Cursor | None,
        until: float | None,
    ) -> None:
        self._store = store
        self._settings = settings
        self._call_id = call_id
        self._cursor = cursor
        now = time.time()
        self._until = min(now + LONGEST, until if until is not None else now + LONGEST)
        self._ended_at: float | None = None

    def __iter__(self) -> Iterator[bytes]:
        # A generator that was never begun has no subscriber to lose.
        subscriber = self._store.subscribers.add(self._call_id)
        try:
            self._store.follow()
            yield RETRY
            while (left := self._end() - time.time()) > 0:
                batch = subscriber.wait(min(left, self._settings.heartbeat))
                if self._store.subscribers.ended:
                    return  # what it has not been sent, it is sent where it connects anew
                if batch is None:
                    try:
                        yield from self._history()
                    except StoreDown:
                        yield BEAT  # shows, too, whether the browser is still there
                        subscriber.read_again()
                        time.sleep(_PAUSE)
                elif not batch:
                    yield BEAT
                elif self._behind(batch):
                    subscriber.read_again()
                else:
                    for message in batch:
                        yield from self._send(message)
            if self._ended_at is not None and time.time() >= self._ended_at + self._settings.linger:
                yield frame("end", {"reason": "the call has ended"})
        finally:
            self._store.subscribers.remove(self._call_id, subscriber)

    def _end(self) -> float:
        if self._ended_at is None:
            return self._until
        return min(self._until, self._ended_at + self._settings.linger)

    def _history(self) -> Iterator[bytes]:
        messages, ended_at = self._store.read(self._call_id, self._cursor)
        self._ended_at = self._ended_at or ended_at
        for message in messages:
            if not self._has(message) and message.missed_by(self._cursor):
                have = None if self._cursor is None else str(self._cursor)
                yield frame("gap", {"after": have, "before": str(message.cursor)})
            yield from self._send(message)

    def _behind(self, batch: list[Message]) -> bool:
        """Whether something durable is in the history only, or the numbering began anew."""
        new = [message for message in batch if not self._has(message)]
        cursors = [self._cursor, *(message.cursor for message in new)]
        return any(m.missed_by(cursor) for m, cursor in zip(new, cursors, strict=False))

    def _has(self, message: Message) -> bool:
        cursor = self._cursor
        return cursor is not None and cursor.base == message.base and message.seq <= cursor.seq

    def _send(self, message: Message) -> Iterator[bytes]:
        if self._has(message):
            return
        self._cursor = message.cursor
        if message.over:
            self._ended_at = message.at
        yield message.frame
