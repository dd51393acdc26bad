"""What becomes of calls: by the clock, by commands, and by hand."""

from __future__ import annotations

import math
import re
from uuid import UUID

import pytest

from flask_signalwire.simulator import ManualClock, Simulator, SystemClock


def test_dial_answers_every_documented_key(space):
    leg = space.dial()
    assert UUID(leg.pop("id")).version == 4
    assert leg == {
        "from": "+12025550100",
        "to": "+34911234567",
        "direction": "outbound-api",
        "status": "queued",
        "source": "realtime_api",
        "type": "relay_pstn_call",
        "url": "https://example.com/swml",
        "parent_id": None,
        "created_at": "2026-01-01T00:00:00Z",
        "duration": None,
        "duration_ms": None,
        "billing_ms": None,
        "charge": 0.0,
        "charge_details": [],
    }


@pytest.mark.parametrize("to", ["sip:alice@example.com", "SIPS:alice@example.com"])
def test_a_sip_address_makes_a_sip_call(space, to):
    assert space.dial(to=to)["type"] == "relay_sip_call"


def test_a_script_may_decide_whom_to_call(space):
    answer = space.command("dial", from_="+12025550100", to_script="x", url="https://example.com")
    assert answer.status_code == 200
    assert answer.json["to"] is None


def test_a_call_rings_and_is_answered_by_the_clock(space):
    call = space.simulator.calls[space.dial()["id"]]
    seen = []
    for _ in range(5):
        seen.append(call.status)
        space.clock.advance(1)
    assert seen == ["queued", "ringing", "ringing", "answered", "answered"]
    assert call.answered_at == call.created_at + 3
    space.clock.advance(86400)
    assert (call.status, call.ended_at, call.end_reason) == ("answered", None, None)


def test_a_late_look_sees_what_happened_when(space):
    call = space.simulator.calls[space.dial()["id"]]
    space.clock.advance(100)
    assert call.answered_at == call.created_at + 3


@pytest.mark.parametrize(("timeout", "status"), [(2, "ended"), (3, "answered"), (30, "answered")])
def test_a_timeout_ends_only_what_nobody_answers_in_time(space, timeout, status):
    call = space.simulator.calls[space.dial(timeout=timeout)["id"]]
    space.clock.advance(2)
    assert call.status == ("ended" if timeout == 2 else "ringing")
    space.clock.advance(28)
    assert call.status == status
    if status == "ended":
        assert call.end_reason == "noAnswer"
        assert call.ended_at == call.created_at + 2
        assert call.answered_at is None


def test_a_timeout_may_be_over_before_it_rings(make_space):
    space = make_space(ring_after=5, answer_after=9)
    call = space.simulator.calls[space.dial(timeout=3)["id"]]
    space.clock.advance(10)
    assert (call.status, call.end_reason) == ("ended", "noAnswer")


def test_nobody_answers_where_that_is_asked_for(make_space):
    space = make_space(answer_after=math.inf)
    rings = space.simulator.calls[space.dial()["id"]]
    ends = space.simulator.calls[space.dial(timeout=60)["id"]]
    space.clock.advance(10**6)
    assert (rings.status, ends.status) == ("ringing", "ended")


@pytest.mark.parametrize(("ring_after", "answer_after"), [(2, 1), (-1, 3), (math.nan, 3)])
def test_a_call_can_not_be_answered_before_it_rings(ring_after, answer_after):
    with pytest.raises(ValueError, match="ring before being answered"):
        Simulator(ring_after=ring_after, answer_after=answer_after)


def test_calls_can_be_moved_by_hand(space):
    call = space.simulator.calls[space.dial()["id"]]
    call.ring()
    assert call.status == "ringing"
    call.answer()
    assert call.status == "answered"
    call.end("busy")
    assert (call.status, call.end_reason) == ("ended", "busy")
    call.end("hangup")
    assert call.end_reason == "busy"


def test_the_clock_goes_on_after_ringing_by_hand_and_stops_after_the_end(space):
    rings = space.simulator.calls[space.dial()["id"]]
    rings.ring()
    over = space.simulator.calls[space.dial()["id"]]
    over.end()
    space.clock.advance(5)
    assert (rings.status, over.status) == ("answered", "ended")


def test_a_call_can_not_be_moved_backwards(space):
    call = space.simulator.calls[space.dial()["id"]]
    call.answer()
    call.answer()
    with pytest.raises(ValueError, match="the call is answered; expected queued"):
        call.ring()
    call.end()
    with pytest.raises(ValueError, match="the call is ended; expected queued or ringing"):
        call.answer()


def test_an_inbound_call_is_answered_at_once(space):
    call = space.simulator.inbound(from_="+34911234567", to="+12025550100")
    assert (call.status, call.direction) == ("answered", "inbound")
    assert (call.from_, call.to) == ("+34911234567", "+12025550100")
    assert space.command("calling.end", call.id).json["direction"] == "inbound"


def test_durations_count_from_the_answer_to_the_end(space):
    leg = space.dial()
    space.clock.advance(3 + 61.5)
    ended = space.command("calling.end", leg["id"]).json
    assert (ended["duration"], ended["duration_ms"], ended["billing_ms"]) == (61, 61500, 61500)
    space.clock.advance(100)
    assert space.simulator.calls[leg["id"]].leg()["duration"] == 61


def test_ending_keeps_the_reason(space):
    leg = space.dial()
    answer = space.command("calling.end", leg["id"], reason="decline")
    assert (answer.status_code, answer.json["status"]) == (200, "ended")
    assert space.simulator.calls[leg["id"]].end_reason == "decline"


def test_ids_are_compared_without_case(space):
    assert space.command("calling.end", space.dial()["id"].upper()).status_code == 200


@pytest.mark.parametrize("seconds", [0, 1])
def test_a_call_can_be_canceled_until_it_is_answered(space, seconds):
    leg = space.dial()
    space.clock.advance(seconds)
    answer = space.command("update", id=leg["id"], status="canceled")
    assert (answer.status_code, answer.json["status"]) == (200, "canceled")
    assert space.simulator.calls[leg["id"]].end_reason == "cancel"


def test_an_answered_call_can_not_be_canceled(space):
    leg = space.dial()
    space.clock.advance(3)
    answer = space.command("update", id=leg["id"], status="canceled")
    assert answer.status_code == 422
    (error,) = answer.json["errors"]
    assert (error["attribute"], error["code"]) == ("status", "invalid_state")
    assert "the call is answered" in error["message"]
    assert space.simulator.calls[leg["id"]].status == "answered"


def test_an_answered_call_can_be_completed(space):
    leg = space.dial()
    space.clock.advance(3)
    answer = space.command("update", id=leg["id"], status="completed")
    assert (answer.status_code, answer.json["status"]) == (200, "completed")


@pytest.mark.parametrize("seconds", [0, 1])
@pytest.mark.parametrize(
    "change",
    [
        {"status": "completed"},
        {"url": "https://example.com/other"},
        {"swml": {"sections": {"main": ["answer"]}}},
    ],
)
def test_only_an_answered_call_can_be_completed_or_redirected(space, change, seconds):
    leg = space.dial()
    space.clock.advance(seconds)
    answer = space.command("update", id=leg["id"], **change)
    assert answer.status_code == 422
    assert [error["attribute"] for error in answer.json["errors"]] == list(change)


def test_a_redirect_changes_what_runs_the_call(space):
    call = space.simulator.calls[space.dial()["id"]]
    space.clock.advance(3)
    url = "https://example.com/other"
    answer = space.command("update", id=call.id, url=url, status_url="https://example.com/status")
    assert (answer.status_code, answer.json["url"]) == (200, url)
    assert (call.url, call.swml, call.status_url) == (url, None, "https://example.com/status")
    swml = {"sections": {"main": ["hangup"]}}
    assert space.command("update", id=call.id, swml=swml).json["url"] is None
    assert (call.url, call.swml) == (None, swml)


def test_an_update_that_is_refused_in_part_changes_nothing(space):
    call = space.simulator.calls[space.dial()["id"]]
    answer = space.command("update", id=call.id, status="canceled", url="https://example.com/x")
    assert answer.status_code == 422
    assert (call.status, call.url) == ("queued", "https://example.com/swml")


@pytest.mark.parametrize("over", ["ended", "canceled", "completed"])
def test_nothing_acts_on_a_call_that_is_over(space, start, over):
    call = space.simulator.calls[space.dial()["id"]]
    call.end("hangup", over)
    answers = [
        space.command("calling.end", call.id),
        space.command("update", id=call.id, status="completed"),
        space.translate(call.id, start),
        space.translate(call.id, "stop"),
    ]
    for answer in answers:
        assert answer.status_code == 422
        (error,) = answer.json["errors"]
        assert set(error) == {"type", "code", "message", "attribute", "url"}
        assert (error["attribute"], error["code"]) == ("id", "invalid_state")
        assert over in error["message"]


@pytest.mark.parametrize("name", ["calling.end", "calling.live_translate"])
def test_an_unknown_call_is_not_found(space, name):
    params = {"action": "stop"} if name == "calling.live_translate" else {}
    answer = space.command(name, "3fa85f64-5717-4562-b3fc-2c963f66afa6", **params)
    assert (answer.status_code, answer.json) == (404, {"error": "Not Found"})


def test_an_update_of_an_unknown_call_is_not_found(space):
    answer = space.command("update", id="3fa85f64-5717-4562-b3fc-2c963f66afa6", status="completed")
    assert (answer.status_code, answer.json) == (404, {"error": "Not Found"})


def test_a_call_knows_what_it_was_dialled_with(space):
    leg = space.dial(
        custom_variables={"ticket": "4711"},
        password="correct horse",
        status_url="https://example.com/status",
    )
    call = space.simulator.calls[leg["id"]]
    assert call.variables == {"ticket": "4711"}
    assert call.params["password"] == "correct horse"
    assert (call.from_, call.to) == ("+12025550100", "+34911234567")
    assert call.status_url == "https://example.com/status"
    assert "34911234567" not in repr(call)


def test_calls_are_a_mapping_in_order_of_creation(space):
    ids = [space.dial()["id"] for _ in range(3)]
    calls = space.simulator.calls
    assert list(calls) == ids
    assert [call.id for call in calls.values()] == ids
    assert len(calls) == 3
    assert "nonsense" not in calls
    for call_id in calls:
        space.dial()
        assert calls[call_id].status == "queued"


def test_the_oldest_calls_make_room():
    from flask_signalwire.simulator import Callbacks, Calls

    clock = ManualClock()
    calls = Calls(clock, Callbacks(lambda: clock), ring_after=1, answer_after=3, limit=2)
    ids = [calls.inbound("+12025550100", "+34911234567").id for _ in range(3)]
    assert list(calls) == ids[1:]


def test_a_simulator_lives_by_the_system_clock_by_default():
    simulator = Simulator()
    assert isinstance(simulator.clock, SystemClock)
    first = simulator.clock.now()
    assert first <= simulator.clock.now()
    call = simulator.inbound(from_="+12025550100", to="+34911234567")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", call.leg()["created_at"])


def test_time_does_not_run_backwards():
    clock = ManualClock(start=100)
    clock.advance(0.5)
    assert clock.now() == 100.5
    for wrong in (-1, math.nan):
        with pytest.raises(ValueError, match="expected at least 0"):
            clock.advance(wrong)


def test_the_clock_of_an_app_can_be_advanced_and_runs_on() -> None:
    clock = SystemClock()
    simulator = Simulator(clock=clock)
    before = clock.now()
    call = simulator.calls[simulator.calls.dial({"from": "+1", "to": "+2", "url": "x"}).id]
    clock.advance(3)
    assert call.status == "answered"
    assert before + 3 <= clock.now() < before + 30
    with pytest.raises(ValueError, match="expected at least 0"):
        clock.advance(-1)


def test_another_clock_is_for_the_calls_to_come() -> None:
    simulator = Simulator()
    old = simulator.calls.dial({"from": "+1", "to": "+2", "url": "x"})
    simulator.clock = ManualClock()
    new = simulator.calls.dial({"from": "+1", "to": "+2", "url": "x"})
    simulator.clock.advance(3)
    assert (old.status, new.status) == ("queued", "answered")
