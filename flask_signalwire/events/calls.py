"""Events of a call as such: its states, whom it is connected to, where it waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from . import fields
from .base import Event

RANKS = {
    "created": 1,
    "queued": 1,
    "initiated": 1,
    "ringing": 2,
    "answered": 3,
    "ending": 4,
    "ended": 5,
    "failed": 5,
    "canceled": 5,
    "completed": 5,
    # What cXML's forms say (inferred).
    "in_progress": 3,
    "busy": 5,
    "no_answer": 5,
}
"""How far along a call is in each state (calling API contract, 2026-08)."""


@dataclass(frozen=True, kw_only=True, repr=False)
class CallState(Event):
    """A call reached a state. Documented as ``calling.call.state``; what is sent to the
    ``status_url`` of a ``dial`` is documented nowhere, so the flat shapes and the form that were
    seen are understood too.
    """

    kind: ClassVar[str] = "call_state"
    event_types: ClassVar[tuple[str, ...]] = ("calling.call.state", "calling.call.receive")

    state: str | None = fields.folded(
        "call_state",
        "call.call_state",
        "CallStatus",
        "CallState",
        "state",
        "status",
        help="``created``, ``ringing``, ``answered``, ``ending``, ``ended``; also ``queued``, "
        "``initiated``, ``failed``, ``canceled``, ``completed``",
    )
    direction: str | None = fields.folded(
        "direction", "call.direction", "Direction", help="``inbound`` or ``outbound``"
    )
    from_: str | None = fields.text(
        "device.params.from_number",
        "device.params.from",
        "from_number",
        "from",
        "call.from_number",
        "call.from",
        "call.device.params.from_number",
        "From",
        help="who calls: a number or a SIP address",
        sensitivity="number",
    )
    to: str | None = fields.text(
        "device.params.to_number",
        "device.params.to",
        "to_number",
        "to",
        "call.to_number",
        "call.to",
        "call.device.params.to_number",
        "To",
        help="who is called",
        sensitivity="number",
    )
    device_type: str | None = fields.name(
        "device.type", "call.device.type", "call.type", help="``phone`` or ``sip``"
    )
    end_reason: str | None = fields.reason(
        "end_reason",
        "call.end_reason",
        help="``hangup``, ``cancel``, ``busy``, ``no_answer``, ``decline``, ``error``, "
        "``abandoned``, ``max_duration``, ``not_found``; None before the end",
    )
    hangup_direction: str | None = fields.text("hangup_direction", help="who hung up", sure="seen")
    hangup_disposition: str | None = fields.text(
        "hangup_disposition", help="``send_bye`` or ``recv_bye``", sure="seen"
    )
    end_source: str | None = fields.text("end_source", help="who hung up", sure="seen")
    ended_by: str | None = fields.text("ended_by", help="who hung up", sure="seen")
    context: str | None = fields.text(
        "context", "protocol", help="RELAY's context that it came in by"
    )

    @property
    def over(self) -> bool:
        """Whether this is a state that no other one follows."""
        return RANKS.get(self.state or "") == RANKS["ended"]


@dataclass(frozen=True, kw_only=True, repr=False)
class Dial(Event):
    """A dial over RELAY came to its end. Documented; ``tag`` is the dial's, and the call's
    fields are of the leg that answered.
    """

    kind: ClassVar[str] = "dial"
    event_types: ClassVar[tuple[str, ...]] = ("calling.call.dial",)

    state: str | None = fields.folded("dial_state", help="``answered`` or ``failed``")
    call: Mapping[str, Any] | None = fields.mapping("call", help="the leg that answered")


@dataclass(frozen=True, kw_only=True, repr=False)
class Connect(Event):
    """A call was connected to another one, or could not be. Documented."""

    kind: ClassVar[str] = "connect"
    event_types: ClassVar[tuple[str, ...]] = ("calling.call.connect",)

    state: str | None = fields.folded(
        "connect_state", help="``connecting``, ``connected``, ``failed``, ``disconnected``"
    )
    failed_reason: str | None = fields.text("failed_reason", help="why it failed")
    peer_call_id: str | None = fields.name("peer.call_id", help="the other call's uuid")
    peer_node_id: str | None = fields.name("peer.node_id", help="where the other call runs")
    peer_tag: str | None = fields.text("peer.tag", help="the other call's tag")
    peer_queue_id: str | None = fields.name("peer.queue_id", help="the queue it was connected to")
    peer_queue_name: str | None = fields.text("peer.queue_name", help="the queue's name")
    peer_device: Mapping[str, Any] | None = fields.mapping(
        "peer.device", help="the other call's device"
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class Queue(Event):
    """A call entered or left a queue. Documented; keys that begin with ``queue_`` and ``entry_``
    were seen in use.
    """

    kind: ClassVar[str] = "queue"
    event_types: ClassVar[tuple[str, ...]] = ("calling.call.queue",)

    state: str | None = fields.text(
        "status", "queue_result", help="``enqueue``, ``leave``, ``dequeue``"
    )
    queue_id: str | None = fields.name("id", help="the queue's id")
    name: str | None = fields.text("name", "queue_name", help="the queue's name")
    position: int | None = fields.integer(
        "position", "entry_position", help="the call's place in it"
    )
    size: int | None = fields.integer("size", "entry_size", help="how many calls wait in it")
    avg_time: float | None = fields.number("avg_time", help="the average wait, in seconds")
    wait_time: float | None = fields.number(
        "wait_time", help="this call's wait, in seconds", sure="seen"
    )
    enqueue_ts: datetime | None = fields.moment("enqueue_ts", help="when it entered")
    dequeue_ts: datetime | None = fields.moment("dequeue_ts", help="when it was taken out")
    leave_ts: datetime | None = fields.moment("leave_ts", help="when it left by itself")
    status_url: str | None = fields.text(
        "status_url", help="where it is told to", sensitivity="url"
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class Conference(Event):
    """Something happened in a conference. Documented."""

    kind: ClassVar[str] = "conference"
    event_types: ClassVar[tuple[str, ...]] = ("calling.conference",)

    state: str | None = fields.text(
        "status",
        help="``conference-start``, ``conference-end``; ``participant-`` and ``join``, ``leave``, "
        "``mute``, ``unmute``, ``hold``, ``unhold``, ``speech-start``, ``speech-stop``, "
        "``modify``; ``record-`` and ``start``, ``pause``, ``resume``, ``stop``",
    )
    conference_id: str | None = fields.name("conference_id", help="the conference's id")
    name: str | None = fields.text("name", help="the conference's name")
    size: int | None = fields.integer("size", help="how many calls are in it")
    muted: bool | None = fields.flag("muted", help="whether the call is muted")
    hold: bool | None = fields.flag("hold", help="whether the call is on hold")
    start_on_join: bool | None = fields.flag("start_on_join", help="whether the call starts it")
    end_on_leave: bool | None = fields.flag("end_on_leave", help="whether it ends with the call")
    coaching: bool | None = fields.flag("coaching", help="whether the call coaches another one")
    region: str | None = fields.text("region", help="where it runs")
    recording_url: str | None = fields.text(
        "recording_url", help="the recording", sensitivity="url"
    )
    recording_file_size: int | None = fields.integer(
        "recording_file_size", help="its size, in bytes"
    )
    recording_duration: float | None = fields.number(
        "recording_duration", help="its length, in seconds"
    )
    reason_ended: str | None = fields.text("reason_ended", help="why it ended")
    call_id_ending_conf: str | None = fields.name(
        "call_id_ending_conf", help="the call that ended it"
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class ServiceError(Event):
    """The service could not do something. Documented."""

    kind: ClassVar[str] = "service_error"
    event_types: ClassVar[tuple[str, ...]] = ("calling.error",)

    code: str | None = fields.code("code", help="the error's code")
    message: str | None = fields.text("message", help="what is wrong")


@dataclass(frozen=True, kw_only=True, repr=False)
class UnknownEvent(Event):
    """A payload that is none of the kinds, for whoever reads its ``raw``."""

    kind: ClassVar[str] = "unknown_event"
