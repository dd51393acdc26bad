"""What the desk knows of its calls: what the service answered last, and what the desk did.

An application of your own keeps it in its database.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from typing import Any

from flask_signalwire import CallLeg

from .shelf import Shelf


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
    """The calls by id. Any number of threads may use it; of processes, if the shelf is shared.

    :param shelf: where they are kept.
    """

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

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

        def change(known: KnownCall | None) -> KnownCall:
            if known is None:
                return KnownCall(id=call_id, user=user, wish=wish, **told)
            # An answer may be older than what the service has told meanwhile: the end is the end.
            return known if known.status == "ended" else replace(known, **told)

        changed = self._change(call_id, change)
        return changed if changed is not None else change(None)

    def translated(
        self, call_id: str, languages: dict[str, str] | None, why: Why | None = None
    ) -> KnownCall:
        """Write down which translation runs now, and why; None: none does.

        :raises KeyError: for an unknown call.
        """
        changes: dict[str, Any] = {"wish": None, "problem": None, "heard": None}

        def change(known: KnownCall | None) -> KnownCall | None:
            running = None if known and known.status == "ended" else languages
            return known and replace(known, translation=running, why=why, **changes)

        call = self._change(call_id, change)
        if call is None:
            raise KeyError(call_id)
        return call

    def entered(self, call_id: str, status: str, end_reason: str | None = None) -> None:
        """Write down what the service told by itself; of unknown calls nothing is."""
        changes: dict[str, Any] = {"status": status, "seen_at": _now()}
        if status == "ended":
            changes.update(translation=None, wish=None, heard=None, end_reason=end_reason)
        self.note(call_id, **changes)

    def note(self, call_id: str, **changes: Any) -> KnownCall | None:
        """Change what is known of a call; of unknown calls nothing is.

        :returns: the call as it is now.
        """
        return self._change(call_id, lambda call: call and replace(call, **changes))

    def take_wish(self, call_id: str) -> Wish | None:
        """The translation that waits for the answer: for the first who asks, and for no other."""
        taken: list[Wish | None] = []

        def change(call: KnownCall | None) -> KnownCall | None:
            taken.append(call.wish if call else None)
            return replace(call, wish=None) if call and call.wish else None

        self._change(call_id, change)
        return taken[-1]  # the last one is what was taken: others may have been faster before

    def get(self, call_id: str) -> KnownCall | None:
        """A call, or None where the desk never heard of it."""
        return _read(self._shelf.get(call_id))

    def all(self) -> list[KnownCall]:
        """All calls, the newest first."""
        return [call for text in self._shelf.all() if (call := _read(text))]

    def check(self) -> None:
        """Raise where the calls can't be had now."""
        self._shelf.check()

    def _change(
        self, call_id: str, change: Callable[[KnownCall | None], KnownCall | None]
    ) -> KnownCall | None:
        """Change a call, and return it."""
        made: list[KnownCall | None] = []

        def rewrite(text: str | None) -> str | None:
            call = change(_read(text))
            made.append(call)
            return None if call is None else json.dumps(asdict(call))

        self._shelf.change(call_id, rewrite)
        return made[-1]


def _read(text: str | None) -> KnownCall | None:
    if text is None:
        return None
    found = json.loads(text)
    for name, kind in (("wish", Wish), ("why", Why)):
        found[name] = None if found[name] is None else kind(**found[name])
    return KnownCall(**found)


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
