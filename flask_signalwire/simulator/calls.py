"""All calls of a simulator."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from .call import TERMINAL, SimulatedCall, Status
from .clock import Clock
from .refusals import Refusal, unprocessable


class Calls(Mapping[str, SimulatedCall]):
    """The calls of one simulator by id, oldest first; iterating goes over a snapshot.

    :param clock: that new calls live by.
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
        self.clock = clock
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
            params, direction=direction, clock=self.clock, lock=self.lock, timetable=timetable
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
