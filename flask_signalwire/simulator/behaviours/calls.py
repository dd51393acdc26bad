"""Commands on the call itself: update, end, disconnect, transfer, refer, user_event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..call import SimulatedCall
from ..refusals import unprocessable
from .common import Behaviour


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
        call.watch()
    if status is not None:
        call.end("cancel" if status == "canceled" else "hangup", status)


def end(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Hang up; the reason is kept."""
    call.end(params.get("reason", "hangup"))


def transfer(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Run other SWML, or connect to an address. The address answers at once."""
    dest = params["dest"]
    call.transfers.append(dest)
    if isinstance(dest, Mapping):
        call.redirect(swml=dest)
    elif dest.lower().startswith(("http://", "https://")):
        call.redirect(url=dest)
    else:
        call.connected_to = dest


def disconnect(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Part it from whom it is connected to; where that is nobody, nothing happens."""
    call.connected_to = None


def refer(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Keep the device; the call goes on."""
    call.refer(params)


def user_event(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Keep the event."""
    call.user_events.append(params["event"])


BEHAVIOURS: Mapping[str, Behaviour] = {
    "update": update,
    "calling.end": end,
    "calling.transfer": transfer,
    "calling.disconnect": disconnect,
    "calling.refer": refer,
    "calling.user_event": user_event,
}
