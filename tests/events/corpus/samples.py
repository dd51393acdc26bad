"""What the corpus is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from flask_signalwire.events import Event

CALL = "5f0c6c4e-7d1b-4f3a-9f52-0b1f5a7b0001"
PEER = "5f0c6c4e-7d1b-4f3a-9f52-0b1f5a7b0002"
NODE = "5f0c6c4e-7d1b-4f3a-9f52-0b1f5a7b0003@us-east"
CONTROL = "5f0c6c4e-7d1b-4f3a-9f52-0b1f5a7b0004"
PROJECT = "5f0c6c4e-7d1b-4f3a-9f52-0b1f5a7b0005"
SPACE = "5f0c6c4e-7d1b-4f3a-9f52-0b1f5a7b0006"
CALLER, OFFICE = "+34911234567", "+12025550100"

AT = datetime(2026, 8, 1, 10, 0, 0, 250_000, tzinfo=timezone.utc)
SECONDS = 1785578400.25
MICROSECONDS = 1785578400250000
LATER = AT + timedelta(seconds=5)


@dataclass(frozen=True)
class Sample:
    """A payload, and the events that it is, with every field that is set.

    :param sent_to: the purpose of the endpoint, where that decides.
    """

    name: str
    payload: dict[str, Any]
    events: list[tuple[type[Event], dict[str, Any]]] = field(default_factory=list)
    sent_to: str | None = None


def enveloped(
    name: str, kind: type[Event], event_type: str, params: dict[str, Any], /, **found: Any
) -> Sample:
    """A status callback: what is read of the envelope goes without saying."""
    payload = {
        "event_type": event_type,
        "event_channel": "swml:5f0c6c4e-7d1b-4f3a-9f52-0b1f5a7b0007",
        "timestamp": SECONDS,
        "project_id": PROJECT,
        "space_id": SPACE,
        "params": {"call_id": CALL, "node_id": NODE, **params},
    }
    common = {
        "event_type": event_type,
        "event_channel": "swml:5f0c6c4e-7d1b-4f3a-9f52-0b1f5a7b0007",
        "timestamp": AT,
        "project_id": PROJECT,
        "space_id": SPACE,
        "call_id": CALL,
        "node_id": NODE,
    }
    return Sample(name, payload, [(kind, {**common, **found})])


def bare(
    name: str, kind: type[Event], body: dict[str, Any], sent_to: str | None = None, /, **found: Any
) -> Sample:
    """A body without the envelope."""
    payload = {"call_id": CALL, "node_id": NODE, **body}
    return Sample(name, payload, [(kind, {"call_id": CALL, "node_id": NODE, **found})], sent_to)


def operation(
    name: str, kind: type[Event], event_type: str, params: dict[str, Any], /, **found: Any
) -> list[Sample]:
    """An operation's callback, in the envelope and without it."""
    params = {"control_id": CONTROL, **params}
    found = {"control_id": CONTROL, **found}
    return [
        enveloped(name, kind, event_type, params, **found),
        bare(f"{name}, bare", kind, params, "operations", **found),
    ]
