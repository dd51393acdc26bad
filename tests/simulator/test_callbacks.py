"""What the simulator sends by itself: to whom, in which shape and order."""

from __future__ import annotations

import pytest

STATUS = "http://desk.test/status"
SOUND = {"audio": {"format": "wav"}}


@pytest.fixture
def call(space):
    return space.simulator.inbound(from_="+34911234567", to="+12025550100")


@pytest.fixture
def run(space, call):
    def run(name, **params):
        answer = space.command(f"calling.{name}", call.id, **params)
        assert answer.status_code == 200, answer.text
        return answer

    return run


# -- states ----------------------------------------------------------------------------------------


def test_a_call_reports_its_states_in_the_documented_envelope(space, receiver):
    leg = space.dial(status_url=STATUS, status_events=["created", "ringing", "answered", "ended"])
    assert receiver.bodies == []
    space.simulator.advance(4)
    space.command("calling.end", leg["id"], reason="busy")
    space.simulator.advance(0)
    assert [params["call_state"] for params in receiver.params] == [
        "created",
        "ringing",
        "answered",
        "ended",
    ]
    last = receiver.bodies[-1]
    assert last["event_type"] == "calling.call.state"
    assert isinstance(last["timestamp"], float)
    assert last["project_id"]
    assert last["space_id"]
    segment, node = last["params"].pop("segment_id"), last["params"].pop("node_id")
    assert segment
    assert node
    assert last["params"] == {
        "call_id": leg["id"],
        "call_state": "ended",
        "direction": "outbound",
        "device": {
            "type": "phone",
            "params": {"from_number": "+12025550100", "to_number": "+34911234567"},
        },
        "end_reason": "busy",
    }
    times = [body["timestamp"] for body in receiver.bodies]
    assert [time - times[0] for time in times] == [0, 1, 3, 4]
    [request] = {(each.method, each.content_type) for each in receiver.requests}
    assert request == ("POST", "application/json")


def test_only_the_end_is_reported_unless_more_is_asked_for(space, receiver):
    space.dial(status_url=STATUS, timeout=2)
    space.simulator.advance(10)
    [params] = receiver.params
    assert (params["call_state"], params["end_reason"]) == ("ended", "noAnswer")


def test_an_update_brings_a_url_for_what_is_still_to_come(space, receiver):
    leg = space.dial()
    space.simulator.advance(4)
    space.command("update", id=leg["id"], status="completed", status_url=STATUS)
    space.simulator.advance(0)
    assert [params["call_state"] for params in receiver.params] == ["ended"]


def test_a_project_is_told_of_its_own_calls(space, receiver):
    body = {
        "command": "dial",
        "params": {"from": "+1", "to": "+2", "url": "https://e.test/x", "status_url": STATUS},
    }
    space.post({**body, "params": {**body["params"], "timeout": 1}}, auth=("a-project", "token"))
    space.simulator.advance(2)
    assert receiver.bodies[0]["project_id"] == "a-project"


# -- operations ------------------------------------------------------------------------------------


def told(receiver, kind):
    return [body["params"] for body in receiver.bodies if body["event_type"] == kind]


def test_a_playback(space, receiver, run):
    silence = [{"type": "silence", "params": {"duration": 5}}]
    run("play", control_id="op", play=silence, status_url=STATUS)
    space.simulator.advance(2)
    run("play.pause", control_id="op")
    space.simulator.advance(100)
    run("play.resume", control_id="op")
    space.simulator.advance(3)
    events = told(receiver, "calling.call.play")
    states = [event["state"] for event in events]
    assert states == ["playing", "paused", "playing", "finished"]
    assert {event["control_id"] for event in events} == {"op"}


def test_a_recording_has_its_file_at_its_end(space, receiver, run):
    run("record", control_id="op", record=SOUND, status_url=STATUS)
    space.simulator.advance(3)
    run("record.pause", control_id="op")
    space.simulator.advance(60)
    run("record.resume", control_id="op")
    space.simulator.advance(4)
    run("record.stop", control_id="op")
    space.simulator.advance(0)
    events = told(receiver, "calling.call.record")
    assert [event["state"] for event in events] == ["recording", "paused", "recording", "finished"]
    assert not any("record" in event for event in events[:-1])
    file = events[-1]["record"]
    assert file["url"].startswith("https://")
    assert file["url"].endswith(".wav")
    assert (file["duration"], file["format"]) == (7, "wav")
    assert file["size"] > 0


@pytest.mark.parametrize("stop", [True, False])
def test_taps_and_streams_end_with_the_call_at_the_latest(space, receiver, call, run, stop):
    tap = {"type": "audio", "params": {"direction": "both"}}
    device = {"type": "ws", "params": {"uri": "wss://e.test/tap"}}
    run("tap", control_id="t", tap=tap, device=device, status_url=STATUS)
    run("stream", control_id="s", url="wss://e.test/s", name_="ear", status_url=STATUS)
    if stop:
        run("tap.stop", control_id="t")
        run("stream.stop", control_id="s")
    else:
        call.end()
    space.simulator.deliver()
    for state, event in zip(
        ("tapping", "finished"), told(receiver, "calling.call.tap"), strict=True
    ):
        assert (event["state"], event["tap"], event["device"]) == (state, tap, device)
    for state, event in zip(
        ("streaming", "finished"), told(receiver, "calling.call.stream"), strict=True
    ):
        assert (event["state"], event["url"], event["name"]) == (state, "wss://e.test/s", "ear")


def test_a_stream_may_be_told_of_by_get(space, receiver, run):
    options = {"status_url": f"{STATUS}?a=b", "status_url_method": "GET"}
    run("stream", control_id="s", url="wss://e.test/s", **options)
    space.simulator.deliver()
    [request] = receiver.requests
    assert request.method == "GET"
    asked = request.args.to_dict()
    assert (asked["a"], asked["state"], asked["control_id"]) == ("b", "streaming", "s")
    assert request.get_data() == b""


def test_a_transcription_and_a_referral(space, receiver, run):
    run("transcribe", control_id="op", status_url=STATUS)
    run("transcribe.stop", control_id="op")
    run(
        "refer",
        device={"type": "sip", "params": {"to": "sip:ana@example.com"}},
        status_url=STATUS,
    )
    space.simulator.advance(2)
    [transcript] = told(receiver, "calling.transcript.completed")
    assert transcript["id"]
    assert "control_id" not in transcript
    [referral] = told(receiver, "calling.call.refer")
    assert referral["sip_refer_to"] == "sip:ana@example.com"
    assert referral["state"] == "success"
    assert referral["sip_refer_response_code"] == "202"


def collected(space, receiver, run, **params):
    run("collect", control_id="op", status_url=STATUS, **params)
    space.simulator.advance(30)
    return told(receiver, "calling.call.collect")


def test_a_collection_that_nobody_answers(space, receiver, run):
    [event] = collected(space, receiver, run, digits={"max": 4}, initial_timeout=5)
    assert event["result"] == {"type": "no_input"}
    assert not {"state", "final"} & event.keys()


def test_a_collection_is_finished_by_hand(space, receiver, call, run):
    run("collect", control_id="op", digits={"max": 4}, status_url=STATUS)
    result = {"type": "digit", "params": {"digits": "12", "terminator": ""}}
    call.operations["op"].finish("digits", result)
    space.simulator.deliver()
    assert [event["result"] for event in told(receiver, "calling.call.collect")] == [result]


def test_without_a_url_nothing_is_sent(space, receiver, run):
    run("play", control_id="op", play=[{"type": "silence", "params": {"duration": 5}}])
    space.dial(timeout=1)
    space.simulator.advance(60)
    assert receiver.bodies == []
    assert len(space.simulator.callbacks.log) == 0
