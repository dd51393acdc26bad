"""Never run: mypy reads it. Each ignored error must exist, or mypy reports the ignore itself.

So a misspelt keyword, a wrong literal or a wrong type in a command is a type error for users, too.
"""

from __future__ import annotations

from typing_extensions import assert_type

from flask_signalwire import Call, Calling, CallLeg, current_signalwire


def right(calling: Calling, call: Call) -> None:
    """What users write."""
    leg = calling.dial(from_="+12025550100", to="+34911234567", url="https://example.org/swml")
    assert_type(leg, CallLeg)
    assert_type(leg.status, str | None)
    start = {"from_lang": "en-US", "direction": ["remote-caller"]}
    calling.live_translate("id", action={"start": start}, context={"remote_number": "+34911234567"})
    calling.live_translate(call_id="id", action="stop", deadline=5)
    calling.dial(from_="+12025550100", to_script="x", url="u", idempotency_key="order-42")
    calling.send("dial", params={}, idempotency_key="order-42")
    call.end(reason="busy", extras={"newer": 1})
    call.update(status="completed")
    assert_type(current_signalwire.calling, Calling)
    assert_type(current_signalwire.account("eu").calling.call("id"), Call)


def wrong(calling: Calling, call: Call) -> None:
    """What a type checker must find."""
    calling.live_translate("id", actoin="stop")  # type: ignore[call-arg]
    calling.live_translate("id", action="stop", status_ulr="x")  # type: ignore[call-arg]
    calling.live_translate("id", action="start")  # type: ignore[arg-type]
    calling.live_translate(action="stop")  # type: ignore[call-arg]
    calling.dial("+12025550100", "+34911234567")  # type: ignore[call-arg]
    calling.dial(to="+34911234567", url="https://example.org")  # type: ignore[call-arg]
    calling.dial(from_="+12025550100", timeout="30")  # type: ignore[arg-type]
    calling.end("id", reason="no_answer")  # type: ignore[arg-type]
    calling.end("id", dedline=5)  # type: ignore[call-arg]
    calling.end("id", idempotency_key="order-42")  # type: ignore[call-arg]
    calling.dial(from_="+12025550100", idempotency_key=42)  # type: ignore[arg-type]
    call.dial(from_="+12025550100")  # type: ignore[attr-defined]
    call.end("id")  # type: ignore[call-arg, arg-type]
