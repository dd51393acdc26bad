"""What a simulator has received; and the kind of list that this and the callbacks' log are."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload

_T = TypeVar("_T")


@dataclass(frozen=True)
class JournalEntry:
    """One request, whatever became of it.

    :ivar at: when, in seconds since 1970-01-01 UTC, by the simulator's clock.
    :ivar command: the wire name; None where the request named none.
    :ivar call_id: the call that it acts on, or that a ``dial`` made; None where there is none.
    :ivar params: with secrets left out and telephone numbers masked. What was really sent can be
        read from the simulator's calls.
    :ivar status: the HTTP status of the answer; None where a fault left it unanswered.
    :ivar fault: the fault that befell it, as ``X-Simulator-Fault`` has it; None without one.
    """

    at: float
    command: str | None
    call_id: str | None
    params: Any
    status: int | None
    fault: str | None = None


class Log(Sequence[_T], Generic[_T]):
    """Entries, oldest first. Readers get a snapshot, so that threads may go on writing.

    :param limit: how many are kept; the oldest make room.
    """

    def __init__(self, limit: int = 10_000) -> None:
        self._entries: deque[_T] = deque(maxlen=limit)
        self._lock = threading.Lock()

    def add(self, entry: _T) -> None:
        """Write one down."""
        with self._lock:
            self._entries.append(entry)

    def clear(self) -> None:
        """Forget them all."""
        with self._lock:
            self._entries.clear()

    def _snapshot(self) -> tuple[_T, ...]:
        with self._lock:
            return tuple(self._entries)

    def __iter__(self) -> Iterator[_T]:
        return iter(self._snapshot())

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, index: int) -> _T: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[_T, ...]: ...

    def __getitem__(self, index: int | slice) -> _T | tuple[_T, ...]:
        return self._snapshot()[index]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)} entries>"


class Journal(Log[JournalEntry]):
    """The requests that a simulator has received."""

    def commands(self, name: str) -> tuple[JournalEntry, ...]:
        """The entries of one command, refused ones too.

        :param name: its wire name: ``dial``, ``calling.end``.
        """
        return tuple(entry for entry in self if entry.command == name)

    def __repr__(self) -> str:
        return f"<Journal of {len(self)} requests>"
