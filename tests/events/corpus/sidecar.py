"""What a sidecar tells."""

from __future__ import annotations

from typing import Any

from flask_signalwire import events

from .samples import (
    AT,
    CALL,
    CALLER,
    LATER,
    MICROSECONDS,
    OFFICE,
    PROJECT,
    Sample,
)
from .speech import SUMMARY

WATCHED = {"call_id": CALL, "timestamp": AT, "conversation_type": "voice", "tick_id": 7}


def ticked(type: str, /, **fields: Any) -> Sample:
    """What a sidecar tells; its own names are the events', but for those in RENAMED."""
    renamed = {"raw": "insight", "key": "changed"}
    found = {renamed.get(key, key): value for key, value in fields.items()}
    if "duration_ms" in found:
        found["duration"] = found.pop("duration_ms") / 1000
        found.update(started_at=AT, ended_at=LATER)
    payload = {
        "call_info": {
            "call_id": CALL,
            "project_id": PROJECT,
            "content_type": "text/json",
            "content_disposition": "post_data",
            "conversation_type": "voice",
        },
        "sidecar_event": {"type": type, "ts": MICROSECONDS, "tick_id": 7, **fields},
    }
    made = {"type": type, "project_id": PROJECT, **WATCHED, **found}
    return Sample(f"sidecar: {type}", payload, [(events.Sidecar, made)])


SIDECAR = [
    ticked("start", model="m", tools=[{"name": "lookup"}], global_data={"a": 1}),
    ticked("turn", transcript_delta=["hola"], customer_text="hola", agent_text="hello"),
    ticked(
        "request",
        model="m",
        iter=1,
        messages_count=3,
        messages_token_count=400,
        tool_choice="auto",
    ),
    ticked("thought", text="The caller is in a hurry", iter=1),
    ticked("insight", raw="Offer a callback", iter=1, total_iters=2),
    ticked("skip", reason="nothing new"),
    ticked("tool_call", name="lookup", arguments={"q": "x"}, iter=1),
    ticked("tool_result", name="lookup", response={"ok": True}, iter=1),
    ticked("action", action={"say": "x"}, source_function="lookup", executed=True),
    ticked("global_data_change", key="a", old_value=1, new_value=[2]),
    ticked("history_pruned", dropped_count=4, kept_count=6, tokens_before=900, tokens_after=500),
    ticked("error", error_reason="tool_loop", detail="lookup"),
    ticked("ask_request", question="Who is it?", ask_id="a1"),
    ticked("ask_answer", raw="Ana", iter=1, total_iters=1, ask_id="a1", triggered_by="ask"),
    ticked("stop", stop_reason="hung_up"),
    ticked(
        "final",
        stop_reason="transcribe_close",
        summary={"text": SUMMARY},
        history=[{"role": "user"}],
        transcript=["hola"],
        event_log=[{"type": "start"}],
        stats={"turns": 1},
        metrics={"ms": 3},
        global_data={"a": 2},
        model="m",
        started_at=MICROSECONDS,
        ended_at=MICROSECONDS + 5_000_000,
        duration_ms=5000,
    ),
    Sample(
        "sidecar: who calls",
        {
            "call_info": {"call_id": CALL},
            "sidecar_event": {
                "type": "stop",
                "channel_data": {
                    "call_id": CALL,
                    "caller_id_name": "Ana",
                    "caller_id_number": CALLER,
                    "destination_number": OFFICE,
                },
            },
        },
        [
            (
                events.Sidecar,
                {
                    "call_id": CALL,
                    "type": "stop",
                    "caller_id_name": "Ana",
                    "caller_id_number": CALLER,
                    "destination_number": OFFICE,
                },
            )
        ],
    ),
    Sample(
        "sidecar: the call in channel_data only",
        {"sidecar_event": {"type": "stop", "channel_data": {"call_id": CALL}}},
        [(events.Sidecar, {"call_id": CALL, "type": "stop"})],
    ),
]
