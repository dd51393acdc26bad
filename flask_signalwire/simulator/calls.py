"""Simulated calls: who, to whom, and in which state.

No thread moves a call. Each carries a timetable, and whoever looks at it sees what the clock has
brought by then.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Literal
from uuid import uuid4

from flask_signalwire.redaction import mask

from .clock import Clock
from .refusals import Refusal, unprocessable

Status = Literal["queued", "ringing", "answered", "ended", "canceled", "completed"]
"""The states that a simulated call passes; the service knows more of them."""

TERMINAL = ("ended", "canceled", "completed")


@dataclass
class TranslationSession:
    """The live translation of a call, from its start to its stop or the call's end.

    :ivar start: the start's fields as they were sent.
    :ivar status_url: where its states are to be reported, or None.
    :ivar injected: what was injected: ``message`` and ``direction`` of each.
    :ivar summaries: the summaries that were asked for: ``webhook`` and ``prompt``, as far as given.
    """

    start: Mapping[str, Any]
    status_url: str | None = None
    injected: list[Mapping[str, Any]] = field(default_factory=list)
    summaries: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def from_lang(self) -> str:
        """The language to translate from."""
        return str(self.start["from_lang"])

    @property
    def to_lang(self) -> str:
        """The language to translate to."""
        return str(self.start["to_lang"])

    @property
    def direction(self) -> tuple[str, ...]:
        """Whose speech is translated: ``local-caller``, ``remote-caller``, or both."""
        return tuple(self.start["direction"])

    def __repr__(self) -> str:
        return f"<TranslationSession {self.from_lang} to {self.to_lang}>"


class SimulatedCall:
    """One call of a :class:`~flask_signalwire.simulator.Simulator`, which makes them.

    :ivar id: its uuid.
    :ivar from_: who calls.
    :ivar to: who is called; None where a script decides.
    :ivar direction: ``outbound-api`` or ``inbound``.
    :ivar params: the params of the ``dial``, as they were sent: secrets and numbers included.
    :ivar url: where the SWML that runs it comes from, or None; a redirect changes it.
    :ivar swml: the SWML that runs it, or None; a redirect changes it.
    :ivar status_url: where its states are to be reported, or None.
    :ivar variables: the custom variables of the ``dial``.
    :ivar translations: all its translation sessions, the stopped ones too, oldest first.
    :ivar created_at: when it began, in seconds since 1970-01-01 UTC; ``answered_at`` and
        ``ended_at`` are None until then.
    """

    def __init__(
        self,
        params: Mapping[str, Any],
        *,
        direction: Literal["inbound", "outbound-api"],
        clock: Clock,
        lock: threading.RLock,
        timetable: list[tuple[float, Status]],
    ) -> None:
        self.id = str(uuid4())
        self.from_: str = params["from"]
        self.to: str | None = params.get("to")
        self.direction = direction
        self.params = params
        self.url: str | None = params.get("url")
        self.swml: Mapping[str, Any] | None = params.get("swml")
        self.status_url: str | None = params.get("status_url")
        self.variables: Mapping[str, str] = params.get("custom_variables", {})
        self.translations: list[TranslationSession] = []
        self.created_at = clock.now()
        self._translation: TranslationSession | None = None
        self._answered_at: float | None = None
        self._ended_at: float | None = None
        self._end_reason: str | None = None
        self._status: Status = "queued"
        self._clock = clock
        self._lock = lock
        # What is still to come: seconds after the beginning, and the state from then on.
        self._timetable = timetable

    @property
    def status(self) -> Status:
        """Its state by now, as the clock and the commands have it."""
        with self._lock:
            self._settle()
            return self._status

    @property
    def answered_at(self) -> float | None:
        """When it was answered, in seconds since 1970-01-01 UTC; None where it was not."""
        with self._lock:
            self._settle()
            return self._answered_at

    @property
    def ended_at(self) -> float | None:
        """When it ended, in seconds since 1970-01-01 UTC; None where it did not."""
        with self._lock:
            self._settle()
            return self._ended_at

    @property
    def end_reason(self) -> str | None:
        """Why it ended (``hangup``, ``busy``, ``noAnswer``…); None where it did not."""
        with self._lock:
            self._settle()
            return self._end_reason

    @property
    def translation(self) -> TranslationSession | None:
        """The translation session that is open now, or None."""
        with self._lock:
            self._settle()
            return self._translation

    def ring(self) -> None:
        """Ring now, not when the clock would have it; then it is answered as the clock has it.

        :raises ValueError: where it is answered or over.
        """
        with self._lock:
            if self.status != "ringing":
                self._demand("queued")
                self._timetable = [stop for stop in self._timetable if stop[1] != "ringing"]
                self._enter("ringing", self._clock.now())

    def answer(self) -> None:
        """Be answered now, not when the clock would have it.

        :raises ValueError: where it is over.
        """
        with self._lock:
            if self.status != "answered":
                self._demand("queued", "ringing")
                self._timetable = []
                self._enter("answered", self._clock.now())

    def end(
        self,
        reason: str = "hangup",
        status: Literal["ended", "canceled", "completed"] = "ended",
    ) -> None:
        """End, and with it its translation. A call that is over stays as it is.

        :param reason: kept in :attr:`end_reason`.
        :param status: its state from now on.
        """
        with self._lock:
            if self.status not in TERMINAL:
                self._enter(status, self._clock.now(), reason)

    def redirect(self, *, url: str | None = None, swml: Mapping[str, Any] | None = None) -> None:
        """Run other SWML from now on."""
        with self._lock:
            self.url, self.swml = url, swml

    def start_translation(self, session: TranslationSession) -> None:
        """Open a session; where one is open, nothing happens (calling API contract, 2026-08)."""
        with self._lock:
            if self.translation is None:
                self._translation = session
                self.translations.append(session)

    def stop_translation(self) -> None:
        """Close the session; it stays in :attr:`translations`."""
        with self._lock:
            self._translation = None

    def leg(self) -> dict[str, Any]:
        """The answer of the service that shows it: every documented key (contract, 2026-08).

        Durations are null until it is answered. Nothing is charged.
        """
        with self._lock:
            status = self.status
            seconds = None
            if self._answered_at is not None:
                seconds = (self._ended_at or self._clock.now()) - self._answered_at
            milliseconds = None if seconds is None else int(seconds * 1000)
            sip = self.to is not None and self.to.lower().startswith(("sip:", "sips:"))
            created_at = datetime.fromtimestamp(self.created_at, timezone.utc)
            return {
                "id": self.id,
                "from": self.from_,
                "to": self.to,
                "direction": self.direction,
                "status": status,
                "source": "realtime_api",
                "type": "relay_sip_call" if sip else "relay_pstn_call",
                "url": self.url,
                "parent_id": None,
                "created_at": f"{created_at:%Y-%m-%dT%H:%M:%SZ}",
                "duration": None if seconds is None else int(seconds),
                "duration_ms": milliseconds,
                "billing_ms": milliseconds,
                "charge": 0.0,
                "charge_details": [],
            }

    def _settle(self) -> None:
        """Bring it to where the clock has it; whoever calls holds the lock."""
        now = self._clock.now()
        while self._timetable and self.created_at + self._timetable[0][0] <= now:
            seconds, status = self._timetable.pop(0)
            # Only a call that nobody answers ends by the clock.
            reason = "noAnswer" if status == "ended" else None
            self._enter(status, self.created_at + seconds, reason)

    def _enter(self, status: Status, at: float, reason: str | None = None) -> None:
        self._status = status
        if status == "answered":
            self._answered_at = at
        if status in TERMINAL:
            self._ended_at = at
            self._end_reason = reason
            self._translation = None
            self._timetable = []

    def _demand(self, *expected: Status) -> None:
        if self._status not in expected:
            raise ValueError(f"the call is {self._status}; expected {' or '.join(expected)}")

    def __repr__(self) -> str:
        return f"<SimulatedCall {self.id} {self.status} to {mask(self.to, 'number')}>"


class Calls(Mapping[str, SimulatedCall]):
    """The calls of one simulator by id, oldest first; iterating goes over a snapshot.

    :param clock: that they live by.
    :param ring_after: seconds from a dial until it rings.
    :param answer_after: seconds from a dial until it is answered; ``math.inf``: never.
    :param limit: how many are kept; the oldest make room.
    """

    def __init__(
        self, clock: Clock, *, ring_after: float, answer_after: float, limit: int = 100_000
    ) -> None:
        if not 0 <= ring_after <= answer_after:
            raise ValueError(
                f"ring_after={ring_after}, answer_after={answer_after}; "
                "expected seconds of at least 0, and to ring before being answered"
            )
        self.lock = threading.RLock()
        """Held while a command acts, so that a command acts at once or not at all."""
        self._clock = clock
        self._ring_after = ring_after
        self._answer_after = answer_after
        self._limit = limit
        self._calls: dict[str, SimulatedCall] = {}

    def dial(self, params: Mapping[str, Any]) -> SimulatedCall:
        """A new call that rings and is answered by the clock.

        Its ``timeout`` counts from the dial: where that is over before anybody answers, it ends
        with the reason ``noAnswer``. Without one it rings until it is answered.
        """
        timetable: list[tuple[float, Status]] = [
            (self._ring_after, "ringing"),
            (self._answer_after, "answered"),
        ]
        timeout = params.get("timeout", self._answer_after)
        if timeout < self._answer_after:
            timetable = [stop for stop in timetable if stop[0] < timeout]
            timetable.append((timeout, "ended"))
        return self._add(params, "outbound-api", timetable)

    def inbound(self, from_: str, to: str) -> SimulatedCall:
        """A new call that came in and is answered already."""
        call = self._add({"from": from_, "to": to}, "inbound", [])
        call.answer()
        return call

    def live(self, call_id: str) -> SimulatedCall:
        """The call that a command wants to act on.

        :raises Refusal: 404 where there is no such call; 422 where it is over, because nothing acts
            on a call that is (calling API contract, 2026-08).
        """
        # Uuids are compared without case (RFC 4122).
        call = self._calls.get(call_id.lower())
        if call is None:
            raise Refusal(404)
        if (status := call.status) in TERMINAL:
            raise unprocessable(
                [("id", "invalid_state", f"the call is {status}; nothing acts on it")]
            )
        return call

    def _add(
        self,
        params: Mapping[str, Any],
        direction: Literal["inbound", "outbound-api"],
        timetable: list[tuple[float, Status]],
    ) -> SimulatedCall:
        call = SimulatedCall(
            params, direction=direction, clock=self._clock, lock=self.lock, timetable=timetable
        )
        with self.lock:
            if len(self._calls) >= self._limit:
                del self._calls[next(iter(self._calls))]
            self._calls[call.id] = call
        return call

    def __getitem__(self, call_id: str) -> SimulatedCall:
        return self._calls[call_id]

    def __iter__(self) -> Iterator[str]:
        with self.lock:
            return iter(list(self._calls))

    def __len__(self) -> int:
        return len(self._calls)

    def __repr__(self) -> str:
        return f"<{len(self)} simulated calls>"
