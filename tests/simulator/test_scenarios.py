"""Scenarios: what is said in a call, and how a file that can't be played is refused."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timezone

import pytest

from flask_signalwire import exceptions
from flask_signalwire.simulator import load_scenario, read_scenario
from flask_signalwire.simulator.scenarios import shipped

from .receivers import HOST

WEBHOOK = f"{HOST}/live"
STATUS = f"{HOST}/status"
BOTH = ["local-caller", "remote-caller"]
TALK = """
lines:
  - {at: 1, who: local-caller, lang: en-US, text: Good morning, translations: {es-ES: Buenos días}}
  - at: 10
    who: remote-caller
    lang: es-ES
    text: Hola, ¿qué tal todo?
    translations: {en-US: "Hello, how is everything?"}
    confidence: 0.75
    partials: [Hola]
  - {at: 20, who: remote-caller, lang: pl-PL, text: Cześć, partials: false}
"""


@pytest.fixture
def begin(space, receiver):
    """A call in which a scenario happens."""

    def begin(text):
        space.simulator.play(read_scenario(text))
        return space.simulator.inbound(from_="+34911234567", to="+12025550100")

    return begin


def start(**options):
    languages = {"from_lang": "en-US", "to_lang": "es-ES"}
    return {"start": {**languages, "direction": BOTH, "webhook": WEBHOOK, **options}}


# -- live sessions ---------------------------------------------------------------------------------


def test_lines_are_heard_in_their_time_with_partials_and_translations(space, receiver, begin):
    call = begin(TALK)
    began = space.clock.now()
    space.translate(call.id, start(live_events=True))
    space.simulator.advance(60)
    for body in receiver.bodies:
        assert set(body) == {"call_info", "channel_data", "utterance"}
        assert body["call_info"]["call_id"] == body["channel_data"]["call_id"] == call.id
        assert body["channel_data"]["call_end_date"] == 0
    said = receiver.of("utterance")
    final = [each for each in said if each["final"]]
    assert [(each["role"], each["lang"], each["content"]) for each in final] == [
        ("local-caller", "en-US", "Good morning"),
        ("remote-caller", "es-ES", "Hola, ¿qué tal todo?"),
        ("remote-caller", "pl-PL", "Cześć"),
    ]
    assert [each.get("translation") for each in final] == [
        {"lang": "es-ES", "content": "Buenos días"},
        {"lang": "en-US", "content": "Hello, how is everything?"},
        None,
    ]
    assert final[1]["confidence"] == 0.75
    partial = [each for each in said if not each["final"]]
    assert [each["content"] for each in partial][-1] == "Hola"
    assert all("translation" not in each for each in partial)
    assert all(
        "Good morning".startswith(each["content"])
        for each in partial
        if each["role"] == "local-caller"
    )
    stamps = [each["timestamp"] for each in said]
    assert stamps == sorted(stamps)
    moment = datetime.fromtimestamp(stamps[-1] / 1e6, timezone.utc).timestamp()
    assert moment == pytest.approx(began + 21)


def test_without_live_events_there_is_only_the_summary_that_was_asked_for(space, receiver, begin):
    call = begin(TALK)
    space.translate(call.id, start(ai_summary=True))
    space.simulator.advance(60)
    assert receiver.bodies == []
    call.end()
    space.simulator.advance(60)
    [body] = receiver.bodies
    assert body["channel_data"]["call_end_date"] == int(call.ended_at * 1e6)
    assert body["ai_summary"] == {
        "lang": "en-US",
        "text": "Good morning Hello, how is everything? Cześć",
        "translation": {"lang": "es-ES", "content": "Buenos días Hola, ¿qué tal todo? Cześć"},
    }


def test_a_summary_on_request_is_of_what_was_said_so_far(space, receiver, begin):
    call = begin(TALK)
    space.translate(call.id, start())
    space.simulator.advance(5)
    space.translate(call.id, {"summarize": {}})
    space.translate(call.id, {"summarize": {"webhook": f"{HOST}/elsewhere"}})
    space.simulator.advance(5)
    assert [request.path for request in receiver.requests] == ["/live", "/elsewhere"]
    for body in receiver.bodies:
        assert body["conversation_summary"]["text"] == "Good morning"
        assert body["channel_data"]["call_end_date"] == 0


def test_a_written_summary_counts(space, receiver, begin):
    call = begin(TALK + "summary: {en-GB: A greeting., es-ES: Un saludo.}")
    space.translate(call.id, start(ai_summary=True))
    space.translate(call.id, "stop")
    space.simulator.advance(5)
    [summary] = receiver.of("ai_summary")
    assert (summary["text"], summary["translation"]["content"]) == ("A greeting.", "Un saludo.")


def test_a_stopped_session_and_an_ended_call_are_silent(space, receiver, begin):
    call = begin(TALK)
    space.translate(call.id, start(live_events=True))
    space.simulator.advance(5)
    heard = len(receiver.bodies)
    space.translate(call.id, "stop")
    space.simulator.advance(60)
    assert len(receiver.bodies) == heard
    space.translate(call.id, start(live_events=True))
    call.end()
    space.simulator.advance(60)
    assert len(receiver.bodies) == heard


def test_a_transcription_hears_one_party_and_translates_nothing(space, receiver, begin):
    call = begin(TALK)
    action = {"lang": "es-ES", "direction": ["remote-caller"], "webhook": WEBHOOK}
    space.command(
        "calling.live_transcribe", call.id, action={"start": {**action, "live_events": True}}
    )
    space.simulator.advance(60)
    final = [each for each in receiver.of("utterance") if each["final"]]
    assert [each["content"] for each in final] == ["Hola, ¿qué tal todo?", "Cześć"]
    assert not any("translation" in each for each in final)


def test_a_sidecar_from_start_to_final(space, receiver, begin):
    call = begin(TALK + "sidecar: {insights: [{at: 15, text: Be kind}], answers: [Because.]}")
    space.command(
        "calling.ai_sidecar", call.id, lang="en-US", url=WEBHOOK, params={"live_events": True}
    )
    space.simulator.advance(5)
    ask_id = space.command("calling.ai_sidecar.ask", call.id, text="Why?").json["ask_id"]
    space.simulator.advance(25)
    space.command("calling.ai_sidecar.stop", call.id)
    space.simulator.advance(5)
    events = receiver.of("sidecar_event")
    assert [event["type"] for event in events] == [
        "start",
        "turn",
        "ask_request",
        "ask_answer",
        "turn",
        "insight",
        "turn",
        "stop",
        "final",
    ]
    by_type = {event["type"]: event for event in events}
    assert by_type["ask_answer"]["ask_id"] == ask_id
    assert by_type["ask_answer"]["raw"] == "Because."
    assert by_type["insight"]["raw"] == "Be kind"
    assert events[1]["agent_text"] == "Good morning"
    assert events[4]["customer_text"] == "Hola, ¿qué tal todo?"
    assert by_type["final"]["stop_reason"] == "api_stop"
    assert by_type["final"]["duration_ms"] == 30_000
    assert all({"ts", "tick_id", "channel_data"} <= event.keys() for event in events)
    assert len(receiver.of("utterance")) == 3


def test_a_sidecar_ends_with_its_call(space, receiver, begin):
    call = begin("call: {hangs_up_after: 4}")
    space.command("calling.ai_sidecar", call.id, lang="en-US", url=WEBHOOK)
    space.simulator.advance(60)
    assert [(e["type"], e.get("stop_reason")) for e in receiver.of("sidecar_event")] == [
        ("start", None),
        ("final", "hung_up"),
    ]
    assert call.status == "ended"


# -- what the other party does ---------------------------------------------------------------------


def collect(space, receiver, call, **params):
    space.command("calling.collect", call.id, control_id="op", status_url=STATUS, **params)
    space.simulator.advance(60)
    return [each for each in receiver.params if "result" in each]


@pytest.mark.parametrize(
    ("given", "params", "result"),
    [
        ("digits: '12#4'", {"max": 9, "terminators": "#"}, {"digits": "12", "terminator": "#"}),
        ("digits: '1234'", {"max": 2}, {"digits": "12", "terminator": ""}),
        ("digits: '1'", {"max": 2}, {"digits": "1", "terminator": ""}),
    ],
)
def test_digits_are_typed(space, receiver, begin, given, params, result):
    [event] = collect(space, receiver, begin(f"inputs: [{{{given}}}]"), digits=params)
    assert event["result"] == {"type": "digit", "params": result}


def test_speech_is_recognised_bit_by_bit(space, receiver, begin):
    call = begin("inputs: [{speech: a long sentence at last, confidence: 0.5, after: 3}]")
    wanted = {"partial_results": True, "send_start_of_input": True}
    events = collect(space, receiver, call, speech={}, **wanted)
    assert events[0]["result"] == {"type": "start_of_input"}
    assert [event["final"] for event in events[1:]] == [False, False, True]
    assert events[-1]["result"] == {
        "type": "speech",
        "params": {"text": "a long sentence at last", "confidence": 0.5},
    }
    assert call.operations["op"].end_reason == "input"


def test_what_nobody_asked_for_does_not_match(space, receiver, begin):
    [event] = collect(space, receiver, begin("inputs: [{speech: Hello}]"), digits={"max": 2})
    assert event["result"] == {"type": "no_match"}


def test_a_continuous_collection_goes_on(space, receiver, begin):
    call = begin("inputs: [{digits: '1'}, {digits: '2'}]")
    events = collect(space, receiver, call, digits={"max": 1}, continuous=True)
    space.command("calling.collect.stop", call.id, control_id="op")
    space.simulator.deliver()
    events = [each for each in receiver.params if "result" in each]
    assert [event["state"] for event in events] == ["collecting", "collecting", "finished"]
    assert [event["result"]["params"]["digits"] for event in events[:2]] == ["1", "2"]


@pytest.mark.parametrize(
    ("machine", "events"),
    [
        ("{result: HUMAN}", ["HUMAN", "finished"]),
        ("{result: MACHINE, ready_after: 5, beep: true}", ["MACHINE", "READY", "finished"]),
        ("{result: MACHINE}", ["MACHINE", "finished"]),
    ],
)
def test_a_machine_is_told_from_a_human(space, receiver, begin, machine, events):
    call = begin(f"machine: {machine}")
    detect = {"type": "machine", "params": {}}
    params = {"control_id": "op", "detect": detect, "timeout": 30, "status_url": STATUS}
    space.command("calling.detect", call.id, **params)
    space.simulator.advance(60)
    found = [each["detect"] for each in receiver.params]
    assert [each["params"]["event"] for each in found] == events
    assert [each["params"].get("beep") for each in found if each["params"]["event"] == "READY"] in (
        [],
        [True],
    )


def test_a_call_is_matched_by_its_numbers(space, receiver):
    space.simulator.play(read_scenario("call: {answers_after: 9, hangs_up_after: 5}"))
    space.simulator.play(
        read_scenario("{match: {to: '+34911234567'}, call: {answers_after: 2, refuses: busy}}")
    )
    refused = space.simulator.calls[space.dial()["id"]]
    other = space.simulator.calls[space.dial(to="+34911234568")["id"]]
    space.simulator.advance(9)
    assert (refused.status, refused.end_reason) == ("ended", "busy")
    assert other.status == "answered"
    space.clock.advance(5)
    assert (other.status, other.end_reason) == ("ended", "hangup")


def test_faults_and_disturbances_are_part_of_it(space, receiver, begin):
    call = begin("{faults: [{command: calling.end, status: 503}], disturbances: {lost: 1}}")
    assert space.command("calling.end", call.id).status_code == 503
    assert call.status == "answered"
    params = {"control_id": "x", "play": [{"type": "ringtone", "params": {"name_": "es"}}]}
    params["play"] = [{"type": "silence", "params": {"duration": 1}}]
    space.command("calling.play", call.id, **params, status_url=STATUS)
    space.simulator.advance(5)
    assert receiver.bodies == []
    assert len(space.simulator.callbacks.log) == 2


# -- files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_scenario_runs_to_its_end(space, receiver, name):
    scenario = space.simulator.play(name)
    assert len(scenario.languages) >= 2
    space.simulator.faults.clear()
    leg = space.dial(status_url=STATUS, status_events=["answered", "ended"])
    space.simulator.advance(10)
    remote = next(line.lang for line in scenario.lines if line.who == "remote-caller")
    languages = {"from_lang": scenario.languages[0], "to_lang": remote}
    space.translate(leg["id"], start(**languages, live_events=True, ai_summary=True))
    space.simulator.advance(120)
    assert space.simulator.calls[leg["id"]].status == "ended"
    heard = {each["content"] for each in receiver.of("utterance") if each["final"]}
    missing = [line for line in scenario.lines if line.text not in heard]
    assert len(missing) <= (0 if scenario.disturbance is None else len(scenario.lines) // 2)
    log = space.simulator.callbacks.log
    assert len(log) > len(scenario.lines)
    if scenario.disturbance is not None:
        assert [entry for entry in log if entry.problem]
        bodies = [str(body) for body in receiver.bodies]
        assert len(bodies) > len(set(bodies))
    for line in scenario.lines:
        assert line.translations


def test_the_shipped_ones_speak_many_languages():
    languages = {lang for name in shipped() for lang in load_scenario(name).languages}
    assert languages >= {"en-US", "es-ES", "ar", "fr-CA", "zh-CN", "pl-PL"}
    assert len(shipped()) == 3


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("lins: []", "lins: unknown key; did you mean `lines`?"),
        ("lines: [{at: 1, who: remote-caller, lang: es-ES}]", "lines.0.text: missing"),
        ("lines: [{at: 1, who: caller, lang: es, text: x}]", 'lines.0.who: text "caller"'),
        ("lines: [{at: '1', who: local-caller, lang: es, text: x}]", "lines.0.at: text"),
        ("lines: [{at: 1, who: local-caller, lang: no, text: x}]", "lines.0.lang: false"),
        ("summary: {en-US: 5}", "summary.en-US: 5 (an integer)"),
        ("match: {to: +34911234567}", "match.to: an integer; expected a telephone number"),
        ("call: {rings_after: 5, answers_after: 1}", "call.answers_after: less than rings_after"),
        ("call: {refuses: busy, hangs_up_after: 1}", "call.hangs_up_after: nobody hangs up"),
        ("inputs: [{}]", "inputs.0: expected either `digits` or `speech`"),
        ("faults: [{command: dial}]", "faults.0: a fault that does nothing"),
        ("faults: [{status: 99}]", "faults.0.status: 99 (an integer); expected an integer from"),
        ("disturbances: {lost: 2}", "disturbances.lost: 2 (an integer)"),
        ("[1]", "a list; expected an object"),
        ("", "null; expected an object"),
        ("a: [", "line "),
        ("summary: {a: x}\nsummary: {b: y}", "line 2: the key `summary` is there twice"),
        ("x: !!python/object:os.system {}", "line 1"),
    ],
)
def test_a_mistake_is_named_by_its_path(text, problem):
    with pytest.raises(exceptions.ConfigurationError) as refused:
        read_scenario(text, "mine")
    assert "the scenario 'mine' can't be played" in str(refused.value)
    assert problem in str(refused.value)
    assert "34911234567" not in str(refused.value)


def test_a_fault_of_a_command_that_there_is_not(space):
    with pytest.raises(LookupError, match=r"calling\.pley"):
        space.simulator.play(read_scenario("faults: [{command: calling.pley, status: 503}]"))


def test_a_file_is_read_and_a_missing_one_is_said_to_be(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("description: مرحبا", encoding="utf-8")
    assert (load_scenario(path).name, load_scenario(str(path)).description) == ("mine", "مرحبا")
    with pytest.raises(exceptions.ConfigurationError, match="did you mean `parcel`"):
        load_scenario("parcl")
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(exceptions.ConfigurationError, match="no UTF-8"):
        load_scenario(path)


def test_without_pyyaml_it_is_said_what_to_install():
    program = """
import sys
sys.modules["yaml"] = None
from flask_signalwire import exceptions
from flask_signalwire.simulator import Simulator
simulator = Simulator()
try:
    simulator.play("parcel")
except exceptions.ConfigurationError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert "pip install 'flask-signalwire[simulator]'" in done.stdout
