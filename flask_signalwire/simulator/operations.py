"""What runs in a call under a control id: playbacks, recordings and the like.

No thread moves an operation: whoever looks at it sees what the clock has brought by then.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
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

_RUNNING: Mapping[Kind, str] = {
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


class SimulatedOperation:
    """One operation of a :class:`~flask_signalwire.simulator.SimulatedCall`, which makes them.

    :ivar control_id: its name.
    :ivar kind: ``play``, ``record`` and so on.
    :ivar params: as they were sent: secrets and numbers included.
    :ivar started_at: when, in seconds since 1970-01-01 UTC.
    :ivar volume: of a playback, in dB; None where nobody set it.
    """

    def __init__(
        self,
        kind: Kind,
        control_id: str,
        params: Mapping[str, Any],
        *,
        lock: threading.RLock,
        moment: Moment,
        length: float = math.inf,
        waits: bool = False,
    ) -> None:
        self.kind = kind
        self.control_id = control_id
        self.params = params
        self.started_at = moment()[0]
        self.volume: float | None = params.get("volume")
        self._lock = lock
        self._moment = moment
        # Seconds that are left to run, as of `_since`; they pass while it is `_counting`.
        self._left = length
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
            return "paused" if self._paused else _RUNNING[self.kind]

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

    def pause(self) -> None:
        """Stand still; its time does, too. A paused one stays as it is.

        :raises ValueError: where it is finished.
        """
        with self._lock:
            self._demand_running()
            if not self._paused:
                self._halt()
                self._paused = True

    def resume(self) -> None:
        """Go on. One that is not paused goes on anyway.

        :raises ValueError: where it is finished.
        """
        with self._lock:
            self._demand_running()
            if self._paused:
                self._paused = False
                self.start_timers()

    def start_timers(self) -> None:
        """Let its time pass, where it waited with that.

        :raises ValueError: where it is finished.
        """
        with self._lock:
            self._demand_running()
            if not self._counting:
                self._counting = True
                self._since = self._moment()[0]

    def finish(self, reason: str = "finished") -> None:
        """Finish now, as if the sound were over, or the digits typed. A finished one stays as it
        is.

        :param reason: kept in :attr:`end_reason`.
        """
        with self._lock:
            if self.running:
                self._end(self._moment()[0], reason)

    def _settle(self) -> None:
        now, over = self._moment()
        if self._ended_at is None:
            due = self._since + self._left if self._counting else math.inf
            if due <= now:
                self._end(due, "elapsed")
            elif over:
                self._end(now, "call_ended")

    def _halt(self) -> None:
        now = self._moment()[0]
        if self._counting:
            self._left -= now - self._since
            self._counting = False

    def _end(self, at: float, reason: str) -> None:
        self._ended_at, self._end_reason = at, reason

    def _demand_running(self) -> None:
        if not self.running:
            raise ValueError(f"the {self.kind} is finished ({self._end_reason}); expected to run")

    def __repr__(self) -> str:
        return f"<SimulatedOperation {self.kind} {mask(self.control_id)} {self.state}>"
