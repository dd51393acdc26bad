"""What the desk knows of its calls: what the service answered last.

It is kept in this process and forgotten with it: an application with several workers keeps it in
its database.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime, timezone

from flask_signalwire import CallLeg


@dataclass(frozen=True)
class KnownCall:
    """One call.

    :param status: what the service said last, at `seen_at` (ISO 8601, UTC).
    :param user: who first had to do with it.
    :param translation: the languages of its translation, ``from_lang`` and ``to_lang``, or None.
    """

    id: str
    from_: str | None
    to: str | None
    direction: str | None
    status: str | None
    seen_at: str
    user: str
    translation: dict[str, str] | None = None

    @property
    def remote_number(self) -> str | None:
        """The number of the other party."""
        return self.from_ if self.direction == "inbound" else self.to

    def as_json(self) -> dict[str, object]:
        """What the desk answers with."""
        return {
            "id": self.id,
            "from": self.from_,
            "to": self.to,
            "direction": self.direction,
            "status": self.status,
            "seen_at": self.seen_at,
            "user": self.user,
            "translation": self.translation,
        }


class CallBook:
    """The calls by id. Any number of threads may use it.

    :param limit: how many are kept; the oldest make room.
    """

    def __init__(self, limit: int = 1000) -> None:
        self._calls: dict[str, KnownCall] = {}
        self._lock = threading.Lock()
        self._limit = limit

    def saw(self, call_id: str, leg: CallLeg, user: str) -> KnownCall:
        """Write down what the service answered for a call; its own spelling of the id counts."""
        call_id = leg.id or call_id
        now = datetime.now(timezone.utc).isoformat(timespec="seconds")
        with self._lock:
            known = self._calls.get(call_id)
            call = KnownCall(
                id=call_id,
                from_=leg.from_,
                to=leg.to,
                direction=leg.direction,
                status=leg.status,
                seen_at=now,
                user=known.user if known else user,
                translation=known.translation if known else None,
            )
            if known is None and len(self._calls) >= self._limit:
                del self._calls[next(iter(self._calls))]
            self._calls[call_id] = call
        return call

    def translated(self, call_id: str, languages: dict[str, str] | None) -> KnownCall:
        """Write down which translation runs now; None: none does."""
        with self._lock:
            call = self._calls[call_id] = replace(self._calls[call_id], translation=languages)
        return call

    def entered(self, call_id: str, status: str) -> None:
        """Write down what the service told by itself; of unknown calls nothing is."""
        now = datetime.now(timezone.utc).isoformat(timespec="seconds")
        with self._lock:
            call = self._calls.get(call_id)
            if call is not None:
                translation = None if status == "ended" else call.translation
                self._calls[call_id] = replace(
                    call, status=status, seen_at=now, translation=translation
                )

    def get(self, call_id: str) -> KnownCall | None:
        """A call, or None where the desk never heard of it."""
        return self._calls.get(call_id)

    def all(self) -> list[KnownCall]:
        """All calls, the newest first."""
        with self._lock:
            return list(reversed(self._calls.values()))
