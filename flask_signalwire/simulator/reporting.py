"""What a call tells whoever asked for it: its states, and what becomes of its operations."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from . import payloads
from .callbacks import Callbacks
from .collecting import hear, understood
from .disturbances import Disturber
from .operations import RUNNING, SimulatedOperation
from .payloads import Origin
from .scenarios import Input, Scenario

if TYPE_CHECKING:
    from .call import SimulatedCall

_STATES: Mapping[str, str] = {
    "queued": "created",
    "ringing": "ringing",
    "answered": "answered",
    "ended": "ended",
    "canceled": "ended",
    "completed": "ended",
}
_RECORDINGS = "https://files.simulator.invalid/recordings"
_BYTES_PER_SECOND = {"mp3": 4_000, "mp4": 4_000, "wav": 16_000}
_REFER_SECONDS = 1.0


class Reporter:
    """What one call reports.

    The call and its operations tell it of each change, while they are locked; it only puts
    callbacks on the agenda.

    :param origin: the call.
    :param scenario: what happens in the call.
    :param lock: of all calls.
    """

    def __init__(
        self,
        callbacks: Callbacks,
        origin: Origin,
        scenario: Scenario,
        lock: threading.RLock,
    ) -> None:
        self.origin = origin
        self.scenario = scenario
        self._callbacks = callbacks
        self._lock = lock
        line = scenario.disturbance
        self._disturber = None if line is None else Disturber(line)
        self._inputs: Iterator[Input] = iter(scenario.inputs)

    def schedule(self, at: float, run: Callable[[], object]) -> None:
        """Have something done at a time, while nothing else moves the calls."""

        def locked() -> None:
            with self._lock:
                run()

        self._callbacks.schedule(at, locked)

    def post(
        self, url: str, payload: Mapping[str, Any], event: str, at: float, method: str = "POST"
    ) -> None:
        """Put a callback on the agenda.

        :param event: what the log calls it.
        """
        self._callbacks.post(
            url,
            payload,
            at=at,
            event=event,
            call_id=self.origin.call_id,
            method=method,
            disturber=self._disturber,
        )

    def call_state(self, call: SimulatedCall, status: str, reason: str | None, at: float) -> None:
        """It has just entered a state.

        Nothing is asked of the call that would move it: it may be on its way to the next one.
        """
        state = _STATES[status]
        # What is asked for by default: contract, 2026-08.
        if call.status_url is None or state not in call.params.get("status_events", ("ended",)):
            return
        payload = payloads.call_state(
            self.origin,
            state,
            from_=call.from_,
            to=call.to,
            direction=call.direction.partition("-")[0],
            end_reason=reason,
            at=at,
        )
        self.post(call.status_url, payload, f"calling.call.state {state}", at)

    def referred(self, call: SimulatedCall, params: Mapping[str, Any], at: float) -> None:
        """Whom it is referred to takes it; a second later, which is our assumption."""
        if "status_url" in params:
            at += _REFER_SECONDS
            payload = payloads.refer(self.origin, to=params["device"]["params"]["to"], at=at)
            self.post(params["status_url"], payload, "calling.call.refer success", at)

    # -- operations -----------------------------------------------------------------------------

    def started(self, operation: SimulatedOperation) -> None:
        """It has just started: the scenario has its part in some."""
        if operation.kind == "collect":
            self._input(operation, operation.started_at)
        elif operation.kind == "detect":
            self._detect(operation)
        self.changed(operation, RUNNING[operation.kind], operation.started_at)

    def changed(self, operation: SimulatedOperation, state: str, at: float) -> None:
        """It has just entered a state; as with calls, it may be on its way to the next one."""
        if "status_url" not in operation.params:
            return
        if math.isfinite(operation.due):
            # Whoever is told has it settled in time, whether or not anybody looks.
            self.schedule(operation.due, lambda: operation.running)
        payload = self._payload(operation, state, at)
        if payload is not None:
            self._tell(operation, payload, state, at)

    def _tell(
        self, operation: SimulatedOperation, payload: payloads.Json, state: str, at: float
    ) -> None:
        params = operation.params
        if "status_url" not in params:
            return
        event = f"{payload['event_type']} {state}"
        method = params.get("status_url_method", "POST")
        if method == "GET":
            flat = {**payload, **payload["params"]}
            payload = {key: value for key, value in flat.items() if not isinstance(value, dict)}
        self.post(params["status_url"], payload, event, at, method)

    def _payload(
        self, operation: SimulatedOperation, state: str, at: float
    ) -> payloads.Json | None:
        """What is told of a state; None: nothing."""
        params = operation.params
        known: Any = {"control_id": operation.control_id, "at": at}
        finished = state == "finished"
        if operation.kind == "play":
            return payloads.playback(self.origin, state, **known)
        if operation.kind == "record":
            file = self._file(operation) if finished else {}
            return payloads.recording(self.origin, state, **file, **known)
        if operation.kind == "tap":
            return payloads.tap(
                self.origin, state, tap=params["tap"], device=params["device"], **known
            )
        if operation.kind == "stream":
            return payloads.stream(
                self.origin, state, url=params["url"], name=params.get("name"), **known
            )
        if finished and operation.kind == "collect":
            return payloads.collect(
                self.origin,
                operation.result or {"type": _nothing(operation)},
                state="finished" if params.get("continuous") else None,
                final=True if params.get("partial_results") else None,
                **known,
            )
        if finished and operation.kind == "detect":
            kind = params["detect"]["type"]
            return payloads.detection(self.origin, "finished", type=kind, **known)
        if finished and operation.kind == "transcribe":
            text = "\n".join(line.text for line in self.scenario.lines) or None
            return payloads.transcription(self.origin, id=str(uuid4()), text=text, at=at)
        return None

    def _file(self, operation: SimulatedOperation) -> dict[str, Any]:
        """The file of a recording: nobody has really made it."""
        form = operation.params["record"]["audio"].get("format", "mp3")
        seconds = operation.seconds
        return {
            "url": f"{_RECORDINGS}/{uuid4()}.{form}",
            "duration": round(seconds, 3),
            "size": int(seconds * _BYTES_PER_SECOND[form]),
            "format": form,
        }

    # -- what the other party does --------------------------------------------------------------

    def _input(self, operation: SimulatedOperation, since: float) -> None:
        given = next(self._inputs, None)
        if given is None:
            return
        at = since + given.after
        params = operation.params

        def begin() -> None:
            if operation.running:
                if params.get("send_start_of_input"):
                    self._collected(operation, {"type": "start_of_input"}, at)
                for partial in understood(given, params):
                    self._collected(operation, partial, at, final=False)
                end()

        def end() -> None:
            result = hear(given, params)
            if params.get("continuous"):
                final = True if params.get("partial_results") else None
                self._collected(operation, result, at, final=final)
                self._input(operation, at)
            else:
                operation.finish("input", result)

        self.schedule(at, begin)

    def _collected(
        self,
        operation: SimulatedOperation,
        result: Mapping[str, Any],
        at: float,
        *,
        final: bool | None = None,
    ) -> None:
        payload = payloads.collect(
            self.origin,
            result,
            control_id=operation.control_id,
            state="collecting" if operation.params.get("continuous") else None,
            final=final,
            at=at,
        )
        self._tell(operation, payload, str(result["type"]), at)

    def _detect(self, operation: SimulatedOperation) -> None:
        machine = self.scenario.machine
        if machine is None or operation.params["detect"]["type"] != "machine":
            return

        def found(event: str, at: float, *, beep: bool = False, last: bool) -> None:
            def tell() -> None:
                if operation.running:
                    payload = payloads.detection(
                        self.origin, event, control_id=operation.control_id, beep=beep, at=at
                    )
                    self._tell(operation, payload, event, at)
                    if last:
                        operation.finish("detected")

            self.schedule(at, tell)

        since, ready = operation.started_at, machine.ready_after
        found(machine.result, since + machine.after, last=machine.result != "MACHINE")
        if machine.result == "MACHINE" and ready is not None:
            at = since + max(ready, machine.after)
            found("READY", at, beep=machine.beep, last=True)


def _nothing(operation: SimulatedOperation) -> str:
    """What a collection reports that ends without input: when it was stopped is an assumption."""
    return "no_input" if operation.end_reason == "elapsed" else "finished"
