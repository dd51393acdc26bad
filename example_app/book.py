"""What the desk knows of its calls: what the service answered last, and what the desk did.

It is kept in this process and forgotten with it: an application with several workers keeps it in
its database.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

from flask_signalwire import CallLeg


@dataclass(frozen=True)
class Wish:
    """A translation that is to start by itself when the other party answers.

    :param user: for whom. :param to_lang: a language tag; None: the language plugin picks.
    """

    user: str
    to_lang: str | None


@dataclass(frozen=True)
class Why:
    """Why a call is translated into its language.

    :param source: as in autolang's ``Decision``; ``chosen`` where a user of the desk chose it.
    :param evidence: what it rests on, masked; a user's name for ``chosen``.
    :param reason: a sentence.
    :param confidence: 0 to 1.
    """

    source: str
    evidence: str = ""
    reason: str = ""
    confidence: float = 1.0


@dataclass(frozen=True)
class KnownCall:
    """One call.

    :param status: what the service said last, at `seen_at` (ISO 8601, UTC).
    :param user: who first had to do with it.
    :param translation: the languages of its translation, ``from_lang`` and ``to_lang``, or None.
    :param wish: the translation that waits for the answer, if one does.
    :param why: of the translation that runs.
    :param problem: why there is no translation, for whoever looks at the page.
    :param heard: what the other party was heard to speak, where that is another language.
    :param end_reason: as the service told it: ``busy``, ``no_answer``.
    """

    id: str
    from_: str | None
    to: str | None
    direction: str | None
    status: str | None
    seen_at: str
    user: str
    translation: dict[str, str] | None = None
    wish: Wish | None = None
    why: Why | None = None
    problem: str | None = None
    heard: str | None = None
    end_reason: str | None = None

    @property
    def remote_number(self) -> str | None:
        """The number of the other party."""
        return self.from_ if self.direction == "inbound" else self.to

    def as_json(self) -> dict[str, object]:
        """What the desk's JSON answers with."""
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

    def saw(self, call_id: str, leg: CallLeg, user: str, wish: Wish | None = None) -> KnownCall:
        """Write down what the service answered for a call; its own spelling of the id counts."""
        call_id = leg.id or call_id
        told: dict[str, Any] = {
            "from_": leg.from_,
            "to": leg.to,
            "direction": leg.direction,
            "status": leg.status,
            "seen_at": _now(),
        }
        with self._lock:
            known = self._calls.get(call_id)
            if known is None:
                if len(self._calls) >= self._limit:
                    del self._calls[next(iter(self._calls))]
                known = KnownCall(id=call_id, user=user, wish=wish, **told)
            else:
                known = replace(known, **told)
            self._calls[call_id] = known
        return known

    def translated(
        self, call_id: str, languages: dict[str, str] | None, why: Why | None = None
    ) -> KnownCall:
        """Write down which translation runs now, and why; None: none does."""
        with self._lock:
            call = self._calls[call_id] = replace(
                self._calls[call_id],
                translation=languages,
                why=why,
                wish=None,
                problem=None,
                heard=None,
            )
        return call

    def entered(self, call_id: str, status: str, end_reason: str | None = None) -> None:
        """Write down what the service told by itself; of unknown calls nothing is."""
        changes: dict[str, Any] = {"status": status, "seen_at": _now()}
        if status == "ended":
            changes.update(translation=None, wish=None, heard=None, end_reason=end_reason)
        self.note(call_id, **changes)

    def note(self, call_id: str, **changes: Any) -> None:
        """Change what is known of a call; of unknown calls nothing is."""
        with self._lock:
            call = self._calls.get(call_id)
            if call is not None:
                self._calls[call_id] = replace(call, **changes)

    def take_wish(self, call_id: str) -> Wish | None:
        """The translation that waits for the answer: for the first who asks, and for no other."""
        with self._lock:
            call = self._calls.get(call_id)
            if call is None or call.wish is None:
                return None
            self._calls[call_id] = replace(call, wish=None)
            return call.wish

    def get(self, call_id: str) -> KnownCall | None:
        """A call, or None where the desk never heard of it."""
        return self._calls.get(call_id)

    def all(self) -> list[KnownCall]:
        """All calls, the newest first."""
        with self._lock:
            return list(reversed(self._calls.values()))


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
