"""One simulated call: who, to whom, in which state, and what runs in it.

No thread moves a call. It carries a timetable, and whoever looks at it sees what the clock has
brought by then.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from flask_signalwire.redaction import mask

from . import speaking
from .clock import Clock
from .operations import Kind, SimulatedOperation
from .reporting import Reporter
from .sessions import (
    LiveSession,
    Sidecar,
    SimulatedAgent,
    TranscriptionSession,
    TranslationSession,
)
from .showing import leg

Status = Literal["queued", "ringing", "answered", "ended", "canceled", "completed"]
"""The states that a simulated call passes; the service knows more of them."""

Stop = tuple[float, Status, str | None]
"""Of a timetable: seconds after the call's beginning, the state from then on, and why it ends."""

TERMINAL = ("ended", "canceled", "completed")

_T = TypeVar("_T")

_OPERATIONS_LIMIT = 1000
"""So many operations of a call are kept; the oldest finished ones make room."""


class SimulatedCall:
    """One call of a :class:`~flask_signalwire.simulator.Simulator`, which makes them.

    :ivar id: its uuid.
    :ivar from_: who calls.
    :ivar to: who is called; None where a script decides.
    :ivar direction: ``outbound-api`` or ``inbound``.
    :ivar scenario: what happens in it; an empty one where none matches.
    :ivar params: the params of the ``dial``, as they were sent: secrets and numbers included.
    :ivar url: where the SWML that runs it comes from, or None; a redirect changes it.
    :ivar swml: the SWML that runs it, or None; a redirect changes it.
    :ivar status_url: where its states are to be reported, or None.
    :ivar variables: the custom variables of the ``dial``.
    :ivar translations: all its live translations, the stopped ones too, oldest first.
    :ivar transcriptions: its live transcriptions, likewise.
    :ivar sidecars: its AI sidecars, likewise.
    :ivar agent: its AI agent; other SWML brings another one.
    :ivar denoise: whether noise is taken out of the sound.
    :ivar transfers: where it was transferred to: what was sent as ``dest``, oldest first.
    :ivar connected_to: the address that a transfer connected it to, until a disconnect, or None.
    :ivar referrals: the devices that it was referred to, as they were sent.
    :ivar user_events: the events that its SWML was sent.
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
        timetable: list[Stop],
        reporter: Reporter,
    ) -> None:
        self.id = reporter.origin.call_id
        self.scenario = reporter.scenario
        self.from_: str = params["from"]
        self.to: str | None = params.get("to")
        self.direction = direction
        self.params = params
        self.url: str | None = params.get("url")
        self.swml: Mapping[str, Any] | None = params.get("swml")
        self.status_url: str | None = params.get("status_url")
        self.variables: Mapping[str, str] = params.get("custom_variables", {})
        self.translations: list[TranslationSession] = []
        self.transcriptions: list[TranscriptionSession] = []
        self.sidecars: list[Sidecar] = []
        self.denoise = False
        self.transfers: list[str | Mapping[str, Any]] = []
        self.connected_to: str | None = None
        self.referrals: list[Mapping[str, Any]] = []
        self.user_events: list[Mapping[str, Any]] = []
        self.created_at = clock.now()
        self.agent = SimulatedAgent(lock, self._moment)
        self._operations: dict[str, SimulatedOperation] = {}
        self._live: LiveSession | None = None
        self._sidecar: Sidecar | None = None
        self._answered_at: float | None = None
        self._ended_at: float | None = None
        self._end_reason: str | None = None
        self._status: Status = "queued"
        self._clock = clock
        self._lock = lock
        self._reporter = reporter
        self._timetable = timetable  # what is still to come
        self._watched = False
        reporter.call_state(self, self._status, None, self.created_at)
        if self.status_url is not None:
            self.watch()

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
        """The live translation that runs now, or None."""
        live = self._open(self._live)
        return live if isinstance(live, TranslationSession) else None

    @property
    def transcription(self) -> TranscriptionSession | None:
        """The live transcription that runs now, or None."""
        live = self._open(self._live)
        return live if isinstance(live, TranscriptionSession) else None

    @property
    def sidecar(self) -> Sidecar | None:
        """The AI sidecar that runs now, or None."""
        return self._open(self._sidecar)

    @property
    def operations(self) -> dict[str, SimulatedOperation]:
        """Its operations by control id, the finished ones too, oldest first: a snapshot.

        The newest 1000 are kept, and all that run.
        """
        with self._lock:
            return dict(self._operations)

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
        """End, and with it all that runs in it. A call that is over stays as it is.

        :param reason: kept in :attr:`end_reason`.
        :param status: its state from now on.
        """
        with self._lock:
            if self.status not in TERMINAL:
                self._enter(status, self._clock.now(), reason)

    def watch(self) -> None:
        """Have each change told when it comes, and not when somebody looks."""
        with self._lock:
            if not self._watched:
                self._watched = True
                for seconds, _, _ in self._timetable:
                    self._wake(seconds)

    def refer(self, params: Mapping[str, Any]) -> None:
        """Refer it to another device; it goes on here."""
        with self._lock:
            self.referrals.append(params["device"])
            self._reporter.referred(self, params, self._clock.now())

    def redirect(self, *, url: str | None = None, swml: Mapping[str, Any] | None = None) -> None:
        """Run other SWML from now on, with an AI agent of its own."""
        with self._lock:
            self.url, self.swml = url, swml
            self.agent = SimulatedAgent(self._lock, self._moment)

    def start_operation(
        self,
        kind: Kind,
        control_id: str,
        params: Mapping[str, Any] | None = None,
        *,
        length: float = math.inf,
        waits: bool = False,
    ) -> SimulatedOperation:
        """Start what runs under a control id; a finished operation of that id makes room.

        Commands do it, and you do it for what only SWML starts: a fax.

        :param kind: ``play``, ``record``, ``send_fax`` and so on.
        :param params: as they were sent.
        :param length: seconds after which it finishes by itself.
        :param waits: whether these seconds wait for :meth:`SimulatedOperation.start_timers`.
        :raises ValueError: where an operation of that control id runs, or the call is over.
        """
        with self._lock:
            if self.status in TERMINAL:
                raise ValueError(f"the call is {self._status}; nothing starts in it")
            former = self._operations.get(control_id)
            if former is not None and former.running:
                raise ValueError(f"a {former.kind} runs under the control id {mask(control_id)}")
            self._operations.pop(control_id, None)
            if len(self._operations) >= _OPERATIONS_LIMIT:
                self._forget_one()
            operation = self._operations[control_id] = SimulatedOperation(
                kind,
                control_id,
                params or {},
                lock=self._lock,
                moment=self._moment,
                changed=self._reporter.changed,
                length=length,
                waits=waits,
            )
            self._reporter.started(operation)
            if "status_url" in operation.params:
                self.watch()
            return operation

    def start_live(self, session: LiveSession) -> None:
        """Start a live transcription or translation.

        Where either runs, nothing happens (calling API contract, 2026-08).
        """
        with self._lock:
            if self._open(self._live) is not None:
                return
            self._live = session
            session.started_at = self._clock.now()
            if isinstance(session, TranslationSession):
                self.translations.append(session)
            elif isinstance(session, TranscriptionSession):
                self.transcriptions.append(session)
            if session.webhook is not None:
                self.watch()
            speaking.session_started(self._reporter, session)

    def summarize(self, session: LiveSession | Sidecar, request: Mapping[str, Any]) -> None:
        """Have what was said so far summarised.

        :param request: ``webhook`` and ``prompt``, as far as given.
        """
        with self._lock:
            session.summaries.append(request)
            speaking.summarize(self._reporter, session, request, self._clock.now())

    def stop_live(self) -> None:
        """Stop it; it stays in :attr:`translations` or :attr:`transcriptions`."""
        with self._lock:
            session, self._live = self._live, None
            if session is not None:
                session.ended_at, _ = self._moment()
                speaking.session_ended(self._reporter, session, session.ended_at, self._ended_at)

    def start_sidecar(self, sidecar: Sidecar) -> None:
        """Start a sidecar in place of one that may run."""
        with self._lock:
            self._sidecar = sidecar
            sidecar.started_at = self._clock.now()
            self.sidecars.append(sidecar)
            if sidecar.webhook is not None:
                self.watch()
            speaking.sidecar_started(self._reporter, sidecar)

    def ask_sidecar(self, sidecar: Sidecar, ask_id: str, question: str) -> None:
        """Ask it something."""
        with self._lock:
            sidecar.asks[ask_id] = question
            speaking.asked(self._reporter, sidecar, ask_id, question, self._clock.now())

    def stop_sidecar(self) -> None:
        """Stop it; it stays in :attr:`sidecars`."""
        with self._lock:
            sidecar, self._sidecar = self._sidecar, None
            if sidecar is not None:
                sidecar.ended_at, over = self._moment()
                reason = "hung_up" if over else "api_stop"
                speaking.sidecar_ended(self._reporter, sidecar, sidecar.ended_at, reason)

    def leg(self) -> dict[str, Any]:
        """The answer of the service that shows it (see :func:`~.showing.leg`)."""
        with self._lock:
            return leg(self, self._clock.now())

    def _settle(self) -> None:
        """Bring it to where the clock has it; whoever calls holds the lock."""
        now = self._clock.now()
        while self._timetable and self.created_at + self._timetable[0][0] <= now:
            seconds, status, reason = self._timetable.pop(0)
            self._enter(status, self.created_at + seconds, reason)

    def _moment(self) -> tuple[float, bool]:
        """The time that its operations live by, and whether it is over: then that of its end."""
        with self._lock:
            self._settle()
            return (self._clock.now(), False) if self._ended_at is None else (self._ended_at, True)

    def _open(self, session: _T | None) -> _T | None:
        """The session, unless the call is over, which ends all that runs in it."""
        return None if self.status in TERMINAL else session

    def _forget_one(self) -> None:
        for control_id, operation in self._operations.items():
            if not operation.running:
                del self._operations[control_id]
                return

    def _enter(self, status: Status, at: float, reason: str | None = None) -> None:
        self._status = status
        if status == "answered":
            self._answered_at = at
            patience = self.scenario.hangs_up_after
            if patience is not None:
                self._timetable.append((at - self.created_at + patience, "ended", "hangup"))
                if self._watched:
                    self._wake(self._timetable[-1][0])
        if status in TERMINAL:
            self._ended_at = at
            self._end_reason = reason
            self._timetable = []
            for operation in self._operations.values():
                _ = operation.state  # which sees that the call is over
            self.stop_live()
            self.stop_sidecar()
        self._reporter.call_state(self, status, reason, at)

    def _wake(self, seconds: float) -> None:
        self._reporter.schedule(self.created_at + seconds, lambda: self.status)

    def _demand(self, *expected: Status) -> None:
        if self._status not in expected:
            raise ValueError(f"the call is {self._status}; expected {' or '.join(expected)}")

    def __repr__(self) -> str:
        return f"<SimulatedCall {self.id} {self.status} to {mask(self.to, 'number')}>"
