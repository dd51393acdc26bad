"""What listens and speaks in a call for longer: live sessions, the AI agent, the sidecar."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Moment = Callable[[], tuple[float, bool]]
"""Asks a call for its time, in seconds since 1970-01-01 UTC, and whether it is over (then the time
is that of its end).
"""


@dataclass(repr=False)
class LiveSession:
    """A live transcription or translation, from its start to its stop or the call's end.

    :ivar start: the start's fields as they were sent.
    :ivar summaries: the summaries that were asked for: ``webhook`` and ``prompt``, as far as given.
    :ivar started_at: when, in seconds since 1970-01-01 UTC.
    :ivar ended_at: when it was stopped or the call ended; None while it runs.
    """

    start: Mapping[str, Any]
    summaries: list[Mapping[str, Any]] = field(default_factory=list)
    started_at: float = 0.0
    ended_at: float | None = None

    @property
    def webhook(self) -> str | None:
        """Where utterances and the summary are sent."""
        return self.start.get("webhook")

    @property
    def languages(self) -> tuple[str, ...]:
        """What is spoken in it."""
        return ()

    @property
    def direction(self) -> tuple[str, ...]:
        """Whose speech is heard: ``local-caller``, ``remote-caller``, or both."""
        return tuple(self.start["direction"])


@dataclass(repr=False)
class TranscriptionSession(LiveSession):
    """The live transcription of a call."""

    @property
    def lang(self) -> str:
        """The language that is spoken."""
        return str(self.start["lang"])

    @property
    def languages(self) -> tuple[str, ...]:
        """The one."""
        return (self.lang,)

    def __repr__(self) -> str:
        return f"<TranscriptionSession {self.lang}>"


@dataclass(repr=False)
class TranslationSession(LiveSession):
    """The live translation of a call.

    :ivar status_url: where it is to be reported, or None: what is sent there, and when, is not
        documented. Our assumption: what the webhook would be sent, where there is none.
    :ivar injected: what was injected: ``message`` and ``direction`` of each.
    """

    status_url: str | None = None
    injected: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def webhook(self) -> str | None:
        """Where utterances and the summary are sent."""
        return super().webhook or self.status_url

    @property
    def languages(self) -> tuple[str, ...]:
        """From and to."""
        return (self.from_lang, self.to_lang)

    @property
    def from_lang(self) -> str:
        """The language to translate from."""
        return str(self.start["from_lang"])

    @property
    def to_lang(self) -> str:
        """The language to translate to."""
        return str(self.start["to_lang"])

    def __repr__(self) -> str:
        return f"<TranslationSession {self.from_lang} to {self.to_lang}>"


@dataclass
class Sidecar:
    """An AI sidecar, from its start to its stop or the call's end.

    :ivar start: its params as they were sent.
    :ivar pokes: the texts that it was poked with.
    :ivar asks: what it was asked, by the ``ask_id`` that was answered.
    :ivar summaries: the summaries that were asked for: ``webhook`` and ``prompt``, as far as given.
    :ivar started_at: when, in seconds since 1970-01-01 UTC.
    :ivar ended_at: when it was stopped or the call ended; None while it runs.
    """

    start: Mapping[str, Any]
    pokes: list[str] = field(default_factory=list)
    asks: dict[str, str] = field(default_factory=dict)
    summaries: list[Mapping[str, Any]] = field(default_factory=list)
    started_at: float = 0.0
    ended_at: float | None = None

    @property
    def webhook(self) -> str | None:
        """Where its events are sent: its ``url``."""
        return self.start.get("url")

    @property
    def languages(self) -> tuple[str, ...]:
        """The one that it advises in."""
        return (str(self.start["lang"]),)

    @property
    def direction(self) -> tuple[str, ...]:
        """Whom it listens to."""
        return tuple(self.start.get("direction", ("local-caller", "remote-caller")))

    def __repr__(self) -> str:
        return f"<Sidecar of {len(self.pokes)} pokes and {len(self.asks)} asks>"


class SimulatedAgent:
    """The AI agent of a call.

    A call has one from its beginning, because the SWML that would start it is not run.

    :ivar messages: the params of each ``calling.ai_message``.
    """

    def __init__(self, lock: threading.RLock, moment: Moment) -> None:
        self.messages: list[Mapping[str, Any]] = []
        self._lock = lock
        self._moment = moment
        self._held_until = -math.inf
        self._stopped = False

    @property
    def state(self) -> Literal["active", "held", "stopped"]:
        """Its state by now; a hold ends by the clock where it has a timeout."""
        with self._lock:
            now, over = self._moment()
            if self._stopped or over:
                return "stopped"
            return "held" if now < self._held_until else "active"

    def hold(self, seconds: float = math.inf) -> None:
        """Hold it, at most so long."""
        with self._lock:
            self._held_until = self._moment()[0] + seconds

    def unhold(self) -> None:
        """Go on; one that is not held goes on anyway."""
        with self._lock:
            self._held_until = -math.inf

    def stop(self) -> None:
        """End it for good."""
        with self._lock:
            self._stopped = True

    def __repr__(self) -> str:
        return f"<SimulatedAgent {self.state}>"
