"""What is kept of calls: in the memory of this process, and what a store of any kind can do."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from flask_signalwire import Health
from flask_signalwire.events import Event

from .messages import Cursor, Message
from .settings import CaptionsSettings
from .subscribers import Subscribers
from .transcript import Transcript

IDLE = 4 * 3600
"""Seconds that a call of which nothing is heard is kept: the end of some is never told."""
ROOM = 100
"""Messages in the buffer of one browser."""
MESSAGES = 50_000
"""Messages of all calls that are kept in the memory of a process."""
_SWEEP = 5.0
"""Seconds between two looks for calls that can be forgotten."""


class History(NamedTuple):
    """What is kept of a call.

    :ivar messages: those that a browser does not have, oldest first.
    :ivar ended_at: when the call ended, in seconds since 1970; None before.
    """

    messages: Sequence[Message]
    ended_at: float | None


class StoreDown(Exception):
    """The store can't be asked now; it tells its subscribers to read again when it can be."""


class Store(Protocol):
    """Keeps the messages of calls, and tells this process's subscribers of new ones."""

    subscribers: Subscribers

    def write(self, event: Event) -> None:
        """Take an event. Never waits for a browser, and for nothing else for long."""

    def read(self, call_id: str, cursor: Cursor | None) -> History:
        """What is kept beyond a cursor; all, where that is of another numbering.

        :raises StoreDown: where it can't be asked now.
        """
        ...

    def follow(self) -> None:
        """See to it that subscribers are told of what other processes write."""

    def after_fork(self) -> None:
        """Begin anew in a child: what the parent had is the parent's."""

    def check_health(self) -> Health | None:
        """Whether it can be written to; None where that is no question."""
        ...


class _Call:
    def __init__(self, now: float) -> None:
        self.transcript = Transcript(int(now * 1000))
        self.messages: OrderedDict[int, Message] = OrderedDict()
        self.heard_at = now


class MemoryStore:
    """The calls of one process. Thread-safe."""

    def __init__(self, settings: CaptionsSettings) -> None:
        self.subscribers = Subscribers(ROOM)
        self._settings = settings
        self.after_fork()

    def write(self, event: Event) -> None:
        call_id = (event.call_id or "").lower()
        now = time.time()
        with self._lock:
            self._sweep(now)
            call = self._calls.get(call_id)
            if call is None:
                call = self._calls[call_id] = _Call(now)
            call.heard_at = now
            self._calls.move_to_end(call_id)
            told = call.transcript.take(event, now)
            for message, replaced in told:
                if replaced is not None and replaced in call.messages:
                    del call.messages[replaced]
                    self._count -= 1
                call.messages[message.seq] = message
                self._count += 1
                if len(call.messages) > self._settings.history:
                    call.messages.popitem(last=False)
                    self._count -= 1
            while len(self._calls) > 1 and (
                len(self._calls) > self._settings.calls or self._count > MESSAGES
            ):
                self._forget(next(iter(self._calls)))
            # Under the lock, so that all are told in the order of the numbers.
            self.subscribers.tell(call_id, [message for message, _ in told])

    def read(self, call_id: str, cursor: Cursor | None) -> History:
        with self._lock:
            self._sweep(time.time())
            call = self._calls.get(call_id)
            if call is None:
                return History((), None)
            same = cursor is not None and cursor.base == call.transcript.base
            seen = cursor.seq if cursor is not None and same else 0
            found = [message for seq, message in call.messages.items() if seq > seen]
            return History(found, call.transcript.ended_at)

    def follow(self) -> None:
        """There are no others."""

    def after_fork(self) -> None:
        self._lock = threading.Lock()
        self._calls: OrderedDict[str, _Call] = OrderedDict()
        self._count = 0
        self._sweep_at = 0.0
        self.subscribers.reset()

    def check_health(self) -> None:
        """It is there as long as its process is."""

    def __len__(self) -> int:
        return len(self._calls)

    def _sweep(self, now: float) -> None:
        if now < self._sweep_at:
            return
        self._sweep_at = now + _SWEEP
        keep = self._settings.keep
        for call_id, call in list(self._calls.items()):
            ended_at = call.transcript.ended_at
            if now > (call.heard_at + IDLE if ended_at is None else ended_at + keep):
                self._forget(call_id)

    def _forget(self, call_id: str) -> None:
        self._count -= len(self._calls.pop(call_id).messages)
