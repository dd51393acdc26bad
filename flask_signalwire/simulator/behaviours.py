"""What commands do to a simulated call, by wire name: to simulate one more, add it here.

A behaviour gets a call that is not over and params that the schema accepts, and nothing else moves
the call meanwhile. It changes the call, and the call's leg is the answer; or it raises a
:class:`Refusal`. A command without a behaviour does nothing and answers the leg. ``dial``, which
makes the call, is in :meth:`Calls.dial`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .calls import SimulatedCall, TranslationSession
from .refusals import Refusal, unprocessable

Behaviour = Callable[[SimulatedCall, Mapping[str, Any]], None]


def update(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Redirect, cancel or complete a call, each only in its states (contract, 2026-08)."""
    status = params.get("status")
    expected: dict[str, tuple[str, ...]] = {
        key: ("answered",) for key in ("url", "swml") if key in params
    }
    if status is not None:
        expected["status"] = ("queued", "ringing") if status == "canceled" else ("answered",)
    problems = [
        (key, "invalid_state", f"the call is {call.status}; expected {' or '.join(states)}")
        for key, states in expected.items()
        if call.status not in states
    ]
    if problems:
        raise unprocessable(problems)
    if "url" in params or "swml" in params:
        call.redirect(url=params.get("url"), swml=params.get("swml"))
    if "status_url" in params:
        call.status_url = params["status_url"]
    if status is not None:
        call.end("cancel" if status == "canceled" else "hangup", status)


def end(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Hang up; the reason is kept."""
    call.end(params.get("reason", "hangup"))


def live_translate(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Start, stop, summarise or inject.

    A second start does nothing (contract, 2026-08). Without a session the other three answer 404:
    our choice, the contract names no status for that.
    """
    action = params["action"]
    if action == "stop":
        _session(call)
        call.stop_translation()
    elif "start" in action:
        call.start_translation(TranslationSession(action["start"], params.get("status_url")))
    elif "summarize" in action:
        _session(call).summaries.append(action["summarize"])
    elif "inject" in action:
        _session(call).injected.append(action["inject"])


def _session(call: SimulatedCall) -> TranslationSession:
    if call.translation is None:
        raise Refusal(404)
    return call.translation


BEHAVIOURS: Mapping[str, Behaviour] = {
    "update": update,
    "calling.end": end,
    "calling.live_translate": live_translate,
}
