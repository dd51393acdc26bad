"""What runs in a call under a control id."""

from __future__ import annotations

import pytest

from flask_signalwire.commands import CommandTable
from flask_signalwire.simulator.behaviours import BEHAVIOURS

SILENCE = {"type": "silence", "params": {"duration": 4}}
STARTS = {
    "play": {"play": [SILENCE], "loop": 0},
    "record": {"record": {"audio": {}}},
    "collect": {"digits": {"max": 4}},
    "detect": {"detect": {"type": "machine"}},
    "tap": {
        "tap": {"type": "audio", "params": {"direction": "both"}},
        "device": {"type": "ws", "params": {"uri": "wss://example.com/tap"}},
    },
    "stream": {"url": "wss://example.com/stream"},
    "transcribe": {},
}
RUNNING = {
    "play": "playing",
    "record": "recording",
    "collect": "collecting",
    "detect": "detecting",
    "tap": "tapping",
    "stream": "streaming",
    "transcribe": "transcribing",
}


@pytest.fixture
def call(space):
    return space.simulator.inbound(from_="+34911234567", to="+12025550100")


@pytest.fixture
def run(space, call):
    """Send a command of one operation, and say the status of its answer."""

    def run(name, control_id="c", **params):
        answer = space.command(f"calling.{name}", call.id, control_id=control_id, **params)
        assert answer.status_code != 422, answer.text
        if answer.status_code == 200:
            assert answer.json == call.leg()
        return answer.status_code

    return run


def test_every_command_of_ours_is_simulated():
    assert {spec.name for spec in CommandTable()} == {"dial", *BEHAVIOURS}


@pytest.mark.parametrize("kind", STARTS)
def test_an_operation_runs_until_it_is_stopped(space, call, run, kind):
    assert run(kind, **STARTS[kind]) == 200
    operation = call.operations["c"]
    space.clock.advance(10**6)
    assert (operation.kind, operation.state, operation.running) == (kind, RUNNING[kind], True)
    assert (operation.ended_at, operation.end_reason) == (None, None)
    assert operation.params == {"control_id": "c", **STARTS[kind]}
    assert run(f"{kind}.stop") == 200
    assert (operation.state, operation.end_reason) == ("finished", "stopped")
    assert operation.ended_at - operation.started_at == 10**6
    assert repr(operation) == f"<SimulatedOperation {kind} c finished>"


@pytest.mark.parametrize("kind", STARTS)
def test_what_does_not_run_can_not_be_stopped(call, run, kind):
    assert run(f"{kind}.stop") == 404
    run(kind, **STARTS[kind])
    assert run(f"{kind}.stop", "other") == 404
    assert run(f"{kind}.stop") == 200
    assert run(f"{kind}.stop") == 404


@pytest.mark.parametrize("kind", STARTS)
def test_a_control_id_names_one_running_operation(call, run, kind):
    run(kind, **STARTS[kind])
    first = call.operations["c"]
    for other in STARTS:
        assert run(other, **STARTS[other]) == 409
    assert call.operations == {"c": first}
    first.finish()
    assert run(kind, **STARTS[kind]) == 200
    assert call.operations["c"] is not first
    assert len(call.operations) == 1


def test_a_control_id_of_another_kind_is_not_found(call, run):
    run("record", **STARTS["record"])
    for name in ("play.stop", "play.pause", "collect.start_input_timers", "send_fax.stop"):
        assert run(name) == 404
    assert run("play.volume", volume=3) == 404
    assert call.operations["c"].state == "recording"


def test_only_one_transcription_runs_at_a_time(call, run):
    assert run("transcribe", "first") == 200
    assert run("transcribe", "second") == 409
    assert list(call.operations) == ["first"]
    assert run("transcribe.stop", "first") == 200
    assert run("transcribe", "second") == 200


@pytest.mark.parametrize("kind", ["play", "record"])
def test_a_pause_lasts_until_it_is_resumed(call, run, kind):
    run(kind, **STARTS[kind])
    operation = call.operations["c"]
    for name, state in (
        ("resume", RUNNING[kind]),
        ("pause", "paused"),
        ("pause", "paused"),
        ("resume", RUNNING[kind]),
        ("pause", "paused"),
        ("stop", "finished"),
    ):
        assert run(f"{kind}.{name}") == 200
        assert operation.state == state
    assert run(f"{kind}.pause") == run(f"{kind}.resume") == 404


@pytest.mark.parametrize(
    ("items", "options", "seconds"),
    [
        ([SILENCE, SILENCE], {}, 8),
        ([SILENCE], {"loop": 3}, 12),
        ([{"type": "ringtone", "params": {"name": "es", "duration": 7.5}}], {}, 7.5),
        ([{"type": "ringtone", "params": {"name": "es"}}], {}, 10),
        ([{"type": "audio", "params": {"url": "https://example.com/a.mp3"}}], {}, 10),
        ([{"type": "tts", "params": {"text": "Un momento, por favor, por favor"[:30]}}], {}, 2),
        ([SILENCE, {"type": "tts", "params": {"text": "x" * 15}}], {"loop": 2}, 10),
    ],
)
def test_a_playback_takes_its_time(space, call, run, items, options, seconds):
    run("play", play=items, **options)
    operation = call.operations["c"]
    space.clock.advance(seconds - 0.5)
    assert operation.state == "playing"
    space.clock.advance(0.5)
    assert (operation.state, operation.end_reason) == ("finished", "elapsed")
    space.clock.advance(100)
    assert operation.ended_at - operation.started_at == seconds
    assert run("play.stop") == 404


def test_a_pause_does_not_take_of_the_playback(space, call, run):
    run("play", play=[SILENCE])
    operation = call.operations["c"]
    space.clock.advance(3)
    run("play.pause")
    space.clock.advance(100)
    assert operation.state == "paused"
    run("play.resume")
    space.clock.advance(0.5)
    assert operation.state == "playing"
    space.clock.advance(100)
    assert operation.ended_at - operation.started_at == 104


def test_the_volume_is_kept(call, run):
    run("play", **STARTS["play"], volume=-3)
    assert call.operations["c"].volume == -3
    assert run("play.volume", volume=12.5) == 200
    assert call.operations["c"].volume == 12.5


@pytest.mark.parametrize(("length", "state"), [(5, "finished"), (0, "recording")])
def test_a_recording_ends_at_its_longest(space, call, run, length, state):
    run("record", record={"audio": {"max_length": length}})
    space.clock.advance(2)
    run("record.pause", behavior="skip")
    space.clock.advance(60)
    run("record.resume")
    space.clock.advance(2)
    assert call.operations["c"].state == "recording"
    space.clock.advance(1)
    assert call.operations["c"].state == state


def test_a_detector_gives_up(space, call, run):
    run("detect", detect={"type": "fax"}, timeout=2.5)
    space.clock.advance(2.5)
    assert call.operations["c"].state == "finished"


@pytest.mark.parametrize("at_once", [True, False, None])
def test_a_collection_waits_for_the_first_input(space, call, run, at_once):
    options = {} if at_once is None else {"start_input_timers": at_once}
    run("collect", digits={"max": 4}, initial_timeout=5, **options)
    operation = call.operations["c"]
    space.clock.advance(4)
    assert run("collect.start_input_timers") == 200
    assert run("collect.start_input_timers") == 200
    space.clock.advance(4)
    assert operation.state == ("collecting" if at_once is False else "finished")
    space.clock.advance(1)
    assert operation.ended_at - operation.started_at == (9 if at_once is False else 5)


def test_an_operation_can_be_finished_by_hand(space, call, run):
    run("collect", digits={"max": 4})
    operation = call.operations["c"]
    space.clock.advance(2)
    operation.finish("digits typed")
    operation.finish("again")
    assert (operation.state, operation.end_reason) == ("finished", "digits typed")
    for move in (operation.pause, operation.resume, operation.start_timers):
        with pytest.raises(ValueError, match=r"the collect is finished \(digits typed\)"):
            move()


def test_a_fax_is_started_by_hand_and_stopped_by_command(call, run):
    assert run("send_fax.stop") == run("receive_fax.stop") == 404
    call.start_operation("send_fax", "s")
    call.start_operation("receive_fax", "r")
    assert [known.state for known in call.operations.values()] == ["sending", "receiving"]
    with pytest.raises(ValueError, match="a send_fax runs under the control id s"):
        call.start_operation("send_fax", "s")
    assert run("send_fax.stop", "r") == 404
    assert run("send_fax.stop", "s") == run("receive_fax.stop", "r") == 200
    call.end()
    with pytest.raises(ValueError, match="the call is ended; nothing starts in it"):
        call.start_operation("send_fax", "t")


def test_all_ends_with_the_call(space, call, run):
    run("play", "short", play=[SILENCE])
    run("play", "paused", play=[SILENCE])
    run("play.pause", "paused")
    run("record", "long", record={"audio": {"max_length": 60}})
    space.clock.advance(10)
    call.end()
    space.clock.advance(1000)
    assert {
        name: (known.state, known.ended_at - known.started_at, known.end_reason)
        for name, known in call.operations.items()
    } == {
        "short": ("finished", 4, "elapsed"),
        "paused": ("finished", 10, "call_ended"),
        "long": ("finished", 10, "call_ended"),
    }
    answer = space.command("calling.record.stop", call.id, control_id="long")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["code"] == "invalid_state"


def test_all_ends_with_a_call_that_nobody_answers(space):
    call = space.simulator.calls[space.dial(timeout=2)["id"]]
    space.command("calling.record", call.id, control_id="c", record={"audio": {}})
    space.clock.advance(50)
    operation = call.operations["c"]
    assert (operation.end_reason, operation.ended_at) == ("call_ended", call.created_at + 2)


def test_the_oldest_finished_operations_make_room(call):
    keep = call.start_operation("record", "keep")
    for number in range(1005):
        call.start_operation("play", str(number)).finish()
    assert len(call.operations) == 1000
    assert call.operations["keep"] is keep
    assert "4" not in call.operations
    assert "1004" in call.operations


def test_noise_is_taken_out_and_left_in(space, call):
    assert call.denoise is False
    for name, expected in (("", True), ("", True), (".stop", False), (".stop", False)):
        assert space.command(f"calling.denoise{name}", call.id).status_code == 200
        assert call.denoise is expected
