"""A simulated call, as the service shows it in its answers."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .call import SimulatedCall


def leg(call: SimulatedCall, now: float) -> dict[str, Any]:
    """A call leg with every documented key (calling API contract, 2026-08).

    Durations are null until it is answered. Nothing is charged.

    :param now: the time by the simulator's clock, in seconds since 1970-01-01 UTC.
    """
    status = call.status  # first: it brings the call to where the clock has it
    seconds = None
    if call.answered_at is not None:
        seconds = (call.ended_at or now) - call.answered_at
    milliseconds = None if seconds is None else int(seconds * 1000)
    sip = call.to is not None and call.to.lower().startswith(("sip:", "sips:"))
    created_at = datetime.fromtimestamp(call.created_at, timezone.utc)
    return {
        "id": call.id,
        "from": call.from_,
        "to": call.to,
        "direction": call.direction,
        "status": status,
        "source": "realtime_api",
        "type": "relay_sip_call" if sip else "relay_pstn_call",
        "url": call.url,
        "parent_id": None,
        "created_at": f"{created_at:%Y-%m-%dT%H:%M:%SZ}",
        "duration": None if seconds is None else int(seconds),
        "duration_ms": milliseconds,
        "billing_ms": milliseconds,
        "charge": 0.0,
        "charge_details": [],
    }
