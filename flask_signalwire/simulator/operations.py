"""What runs in a call under a control id: playbacks, recordings and the like.

No thread moves an operation: whoever looks at it sees what the clock has brought by then.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from typing import Any, Literal

from flask_signalwire.redaction import mask

from .sessions import Moment

Kind = Literal[
    "play",
    "record",
    "collect",
    "detect",
    "tap",
    "stream",
    "transcribe",
    "send_fax",
    "receive_fax",
]
"""What an operation does; the word of the command that starts or stops it."""

RUNNING: Mapping[Kind, str] = {
    "play": "playing",
    "record": "recording",
    "collect": "collecting",
    "detect": "detecting",
    "tap": "tapping",
    "stream": "streaming",
    "transcribe": "transcribing",
    "send_fax": "sending",
    "receive_fax": "receiving",
}
"""The state of one that runs."""


class SimulatedOperation:
    """One operation of a :class:`~flask_signalwire.simulator.SimulatedCall`, which makes them.

    :ivar control_id: its name.
    :ivar kind: ``play``, ``record`` and so on.
    :ivar params: as they were sent: secrets and numbers included.
    :ivar started_at: when, in seconds since 1970-01-01 UTC.
    :ivar volume: of a playback, in dB; None where nobody set it.
    :ivar result: of a collection: what :meth:`finish` was told, or None.
    """

    def __init__(
        self,
        kind: Kind,
        control_id: str,
        params: Mapping[str, Any],
        *,
        lock: threading.RLock,
        moment: Moment,
        changed: Callable[[SimulatedOperation, str, float], None],
        length: float = math.inf,
        waits: bool = False,
    ) -> None:
        self.kind = kind
        self.control_id = control_id
        self.params = params
        self.started_at = moment()[0]
        self.volume: float | None = params.get("volume")
        self.result: Mapping[str, Any] | None = None
        self._lock = lock
        self._moment = moment
        self._changed = changed
        # How long it runs, and how long it has run as of `_since`; time passes while `_counting`.
        self._length = length
        self._ran = 0.0
        self._since = self.started_at
        self._counting = not waits
        self._paused = False
        self._ended_at: float | None = None
        self._end_reason: str | None = None

    @property
    def state(self) -> str:
        """``playing``, ``recording``, ``collecting``, ``detecting``, ``tapping``, ``streaming``,
        ``transcribing``, ``sending`` or ``receiving`` by its kind; ``paused``; or ``finished``.
        """
        with self._lock:
            self._settle()
            if self._ended_at is not None:
                return "finished"
            return "paused" if self._paused else RUNNING[self.kind]

    @property
    def running(self) -> bool:
        """Whether it is not finished; a paused one runs."""
        return self.state != "finished"

    @property
    def ended_at(self) -> float | None:
        """When it finished, in seconds since 1970-01-01 UTC; None where it did not."""
        with self._lock:
            self._settle()
            return self._ended_at

    @property
    def end_reason(self) -> str | None:
        """Why it finished: ``elapsed`` (by the clock), ``stopped`` (by a command), ``call_ended``,
        or what :meth:`finish` was told; None where it did not.
        """
        with self._lock:
            self._settle()
            return self._end_reason

    @property
    def due(self) -> float:
        """When it finishes by itself, in seconds since 1970-01-01 UTC; ``inf``: it does not, or not
        while it stands still.
        """
        with self._lock:
            if not self._counting or self._ended_at is not None:
                return math.inf
            return self._since + self._length - self._ran

    @property
    def seconds(self) -> float:
        """How long it has run, without its pauses."""
        with self._lock:
            self._settle()
            now = self._moment()[0] if self._ended_at is None else self._ended_at
            return self._ran + (max(0.0, now - self._since) if self._counting else 0.0)

    def pause(self) -> None:
        """Stand still; its time does, too. A paused one stays as it is.

        :raises ValueError: where it is finished.
        """
        with self._lock:
            self._demand_running()
            if not self._paused:
                self._halt()
                self._paused = True
                self._changed(self, "paused", self._moment()[0])

    def resume(self) -> None:
        """Go on. One that is not paused goes on anyway.

        :raises ValueError: where it is finished.
        """
        with self._lock:
            self._demand_running()
            if self._paused:
                self._paused = False
                self._count()
                self._changed(self, RUNNING[self.kind], self._moment()[0])

    def start_timers(self) -> None:
        """Let its time pass, where it waited with that.

        :raises ValueError: where it is finished.
        """
        with self._lock:
            self._demand_running()
            if not self._counting:
                self._count()
                self._changed(self, RUNNING[self.kind], self._since)

    def finish(self, reason: str = "finished", result: Mapping[str, Any] | None = None) -> None:
        """Finish now, as if the sound were over, or the digits typed. A finished one stays as it
        is.

        :param reason: kept in :attr:`end_reason`.
        :param result: of a collection, for its callback: see :func:`payloads.digits` and
            :func:`payloads.speech`.
        """
        with self._lock:
            if self.running:
                self.result = result
                self._end(self._moment()[0], reason)

    def _settle(self) -> None:
        now, over = self._moment()
        if self._ended_at is None:
            due = self.due
            if due <= now:
                self._end(due, "elapsed")
            elif over:
                self._end(now, "call_ended")

    def _halt(self) -> None:
        now = self._moment()[0]
        if self._counting:
            self._ran += now - self._since
            self._counting = False

    def _count(self) -> None:
        if not self._counting:
            self._counting, self._since = True, self._moment()[0]

    def _end(self, at: float, reason: str) -> None:
        self._ended_at, self._end_reason = at, reason
        self._changed(self, "finished", at)

    def _demand_running(self) -> None:
        if not self.running:
            raise ValueError(f"the {self.kind} is finished ({self._end_reason}); expected to run")

    def __repr__(self) -> str:
        return f"<SimulatedOperation {self.kind} {mask(self.control_id)} {self.state}>"
