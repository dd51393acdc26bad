"""All calls of a simulator."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Any, Literal
from uuid import uuid4

from .call import TERMINAL, SimulatedCall, Stop
from .callbacks import Callbacks
from .clock import Clock
from .payloads import PROJECT_ID, Origin
from .refusals import Refusal, unprocessable
from .reporting import Reporter
from .scenarios import Scenario

_NOTHING_HAPPENS = Scenario("nothing happens")


class Calls(Mapping[str, SimulatedCall]):
    """The calls of one simulator by id, oldest first; iterating goes over a snapshot.

    :param clock: that new calls live by.
    :param callbacks: where they report.
    :param ring_after: seconds from a dial until it rings.
    :param answer_after: seconds from a dial until it is answered; ``math.inf``: never.
    :param limit: how many are kept; the oldest make room.
    """

    def __init__(
        self,
        clock: Clock,
        callbacks: Callbacks,
        *,
        ring_after: float,
        answer_after: float,
        limit: int = 100_000,
    ) -> None:
        if not 0 <= ring_after <= answer_after:
            raise ValueError(
                f"ring_after={ring_after}, answer_after={answer_after}; "
                "expected seconds of at least 0, and to ring before being answered"
            )
        self.lock = threading.RLock()
        """Held while a command acts, so that a command acts at once or not at all."""
        self.clock = clock
        self.scenarios: tuple[Scenario, ...] = ()
        """The first that matches a new call happens in it."""
        self._callbacks = callbacks
        self._ring_after = ring_after
        self._answer_after = answer_after
        self._limit = limit
        self._calls: dict[str, SimulatedCall] = {}

    def dial(self, params: Mapping[str, Any], project_id: str | None = None) -> SimulatedCall:
        """A new call that rings and is answered by the clock.

        Its ``timeout`` counts from the dial: where that is over before anybody answers, it ends
        with the reason ``noAnswer``. Without one it rings until it is answered.
        """
        scenario = self._scenario(params)
        ring, answer = scenario.rings_after, scenario.answers_after
        if answer is None:
            answer = max(self._answer_after, ring or 0)
        if ring is None:
            ring = min(self._ring_after, answer)
        timetable: list[Stop] = [(ring, "ringing", None)]
        if scenario.refuses is None:
            timetable.append((answer, "answered", None))
        else:
            timetable.append((answer, "ended", scenario.refuses))
        timeout = params.get("timeout", answer)
        if timeout < answer:
            timetable = [stop for stop in timetable if stop[0] < timeout]
            timetable.append((timeout, "ended", "noAnswer"))
        return self._add(params, "outbound-api", timetable, scenario, project_id)

    def inbound(self, from_: str, to: str, project_id: str | None = None) -> SimulatedCall:
        """A new call that came in and is answered already."""
        params = {"from": from_, "to": to}
        call = self._add(params, "inbound", [], self._scenario(params), project_id)
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

    def clear(self) -> None:
        """Forget all calls, and what was to happen in new ones."""
        with self.lock:
            self._calls.clear()
            self.scenarios = ()

    def _add(
        self,
        params: Mapping[str, Any],
        direction: Literal["inbound", "outbound-api"],
        timetable: list[Stop],
        scenario: Scenario,
        project_id: str | None,
    ) -> SimulatedCall:
        origin = Origin(str(uuid4()), str(uuid4()), project_id=project_id or PROJECT_ID)
        reporter = Reporter(self._callbacks, origin, scenario, self.lock)
        with self.lock:
            call = SimulatedCall(
                params,
                direction=direction,
                clock=self.clock,
                lock=self.lock,
                timetable=timetable,
                reporter=reporter,
            )
            if len(self._calls) >= self._limit:
                del self._calls[next(iter(self._calls))]
            self._calls[call.id] = call
        return call

    def _scenario(self, params: Mapping[str, Any]) -> Scenario:
        numbers = params["from"], params.get("to")
        found = (scenario for scenario in self.scenarios if scenario.matches(*numbers))
        return next(found, _NOTHING_HAPPENS)

    def __getitem__(self, call_id: str) -> SimulatedCall:
        return self._calls[call_id]

    def __iter__(self) -> Iterator[str]:
        with self.lock:
            return iter(list(self._calls))

    def __len__(self) -> int:
        return len(self._calls)

    def __repr__(self) -> str:
        return f"<{len(self)} simulated calls>"
