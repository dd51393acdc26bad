"""Commands in any order on one call, against a small model of what they may do."""

from __future__ import annotations

import json
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from werkzeug.test import Client

from flask_signalwire.commands import CommandTable
from flask_signalwire.simulator import ManualClock, Simulator

PATH = "/api/calling/calls"
TAP = {"tap": {"type": "audio", "params": {"direction": "both"}}}
DEVICE = {"device": {"type": "ws", "params": {"uri": "wss://example.com/tap"}}}


def silence(seconds):
    return [{"type": "silence", "params": {"duration": seconds}}]


# Of each kind the params that let it run for so many seconds, or until it is stopped.
STARTS = {
    "play": lambda s: {"play": silence(s)} if s < math.inf else {"play": silence(1), "loop": 0},
    "record": lambda s: {"record": {"audio": {"max_length": s if s < math.inf else 0}}},
    "collect": lambda s: {"digits": {"max": 1}, **({"initial_timeout": s} if s < math.inf else {})},
    "detect": lambda s: {"detect": {"type": "fax"}, **({"timeout": s} if s < math.inf else {})},
    "tap": lambda s: {**TAP, **DEVICE},
    "stream": lambda s: {"url": "wss://example.com"},
    "transcribe": lambda s: {},
}
TIMED = {"play", "record", "collect", "detect"}
kinds = st.sampled_from(sorted(STARTS))
names = st.sampled_from(["a", "b", "c"])
lengths = st.integers(1, 5) | st.just(math.inf)


@dataclass
class Known:
    """What the model holds of an operation."""

    kind: str
    left: float
    paused: bool = False
    finished: bool = False


class OneCall(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.clock = ManualClock()
        simulator = Simulator(clock=self.clock)
        self.call = simulator.inbound(from_="+34911234567", to="+12025550100")
        self.client = Client(simulator)
        self.known: dict[str, Known] = {}
        self.over = False
        self.finished: dict[int, tuple] = {}
        self.seen = []

    def send(self, name, expected, **params):
        body = {"command": f"calling.{name}", "id": self.call.id, "params": params}
        answer = self.client.post(PATH, data=json.dumps(body), content_type="application/json")
        assert answer.status_code == (422 if self.over else expected), answer.text
        return answer.status_code == 200

    def running(self, name, kind):
        known = self.known.get(name)
        return known if known and known.kind == kind and not known.finished else None

    @rule(kind=kinds, name=names, seconds=lengths)
    def start(self, kind, name, seconds):
        taken = name in self.known and not self.known[name].finished
        second = kind == "transcribe" and any(
            known.kind == kind and not known.finished for known in self.known.values()
        )
        expected = 409 if taken or second else 200
        if self.send(kind, expected, control_id=name, **STARTS[kind](seconds)):
            self.known[name] = Known(kind, seconds if kind in TIMED else math.inf)
            self.seen.append(self.call.operations[name])

    @rule(kind=kinds, name=names)
    def stop(self, kind, name):
        known = self.running(name, kind)
        if self.send(f"{kind}.stop", 200 if known else 404, control_id=name):
            known.finished = True

    @rule(kind=st.sampled_from(["play", "record"]), name=names, paused=st.booleans())
    def pause_or_resume(self, kind, name, paused):
        known = self.running(name, kind)
        word = "pause" if paused else "resume"
        if self.send(f"{kind}.{word}", 200 if known else 404, control_id=name):
            known.paused = paused

    @rule(name=names)
    def finish_by_hand(self, name):
        if name in self.known:
            self.call.operations[name].finish()
            self.known[name].finished = True

    @rule(seconds=st.integers(0, 4))
    def advance(self, seconds):
        self.clock.advance(seconds)
        for known in self.known.values():
            if not known.paused and not known.finished:
                known.left -= seconds
                known.finished = known.left <= 0

    @rule(dice=st.integers(0, 9))
    def end(self, dice):
        if dice == 0 and self.send("end", 200):
            self.over = True
            for known in self.known.values():
                known.finished = True

    @invariant()
    def it_is_as_the_model_has_it(self):
        shown = {
            name: (operation.kind, operation.state == "paused", operation.state == "finished")
            for name, operation in self.call.operations.items()
        }
        assert shown == {
            name: (known.kind, known.paused and not known.finished, known.finished)
            for name, known in self.known.items()
        }

    @invariant()
    def what_is_finished_stays_so(self):
        for operation in self.seen:
            if operation.state == "finished":
                end = (operation.ended_at, operation.end_reason)
                assert operation.ended_at >= operation.started_at
                assert None not in end
                assert self.finished.setdefault(id(operation), end) == end
            else:
                assert id(operation) not in self.finished


# No database of examples: a test leaves nothing behind.
OneCall.TestCase.settings = settings(deadline=None, database=None, stateful_step_count=30)
TestOneCall = OneCall.TestCase


def test_fifty_threads_on_one_call_never_upset_it():
    clock = ManualClock()
    simulator = Simulator(clock=clock)
    call = simulator.inbound(from_="+34911234567", to="+12025550100")
    examples = [
        ("calling.denoise", {}),
        ("calling.ai_sidecar", {"lang": "es-ES"}),
        ("calling.ai_sidecar.ask", {"text": "Why?"}),
        ("calling.ai_sidecar.status", {}),
        ("calling.ai_sidecar.stop", {}),
        ("calling.transcribe", {"control_id": "t"}),
        ("calling.transcribe.stop", {"control_id": "t"}),
        ("calling.play", {"control_id": "p", "play": silence(0.1)}),
        ("calling.play.pause", {"control_id": "p"}),
        ("calling.play.resume", {"control_id": "p"}),
        ("calling.play.stop", {"control_id": "p"}),
        ("calling.record", {"control_id": "p", "record": {"audio": {"max_length": 1}}}),
        ("calling.record.stop", {"control_id": "p"}),
    ]
    statuses = set()

    def work(seed):
        random, client = Random(seed), Client(simulator)
        for _ in range(30):
            name, params = random.choice(examples)
            body = {"command": name, "id": call.id, "params": params}
            answer = client.post(PATH, json=body)
            statuses.add(answer.status_code)
            clock.advance(0.01)
            repr(call.operations)

    with ThreadPoolExecutor(50) as pool:
        list(pool.map(work, range(50)))
    assert statuses == {200, 404, 409}
    assert len(simulator.journal) == 1500


def test_of_fifty_who_start_one_operation_one_succeeds():
    simulator = Simulator(clock=ManualClock())
    call = simulator.inbound(from_="+34911234567", to="+12025550100")
    body = {"command": "calling.tap", "id": call.id}
    body["params"] = {"control_id": "c", **TAP, **DEVICE}
    with ThreadPoolExecutor(50) as pool:
        answers = pool.map(lambda _: Client(simulator).post(PATH, json=body).status_code, range(50))
        assert sorted(answers) == [200] + [409] * 49


@pytest.mark.parametrize("spec", CommandTable(), ids=lambda spec: spec.name)
@pytest.mark.parametrize("over", [False, True])
def test_every_command_meets_a_call_that_knows_what_to_say(spec, over):
    """With the least of params: each command is answered 200, or that nothing of it runs."""
    simulator = Simulator(clock=ManualClock())
    call = simulator.inbound(from_="+34911234567", to="+12025550100")
    if over:
        call.end()
    method = spec.name.removeprefix("calling.")
    params = {
        **(STARTS[method](math.inf) if method in STARTS else {}),
        **({"control_id": "c"} if "control_id" in spec.payload.keys else {}),
        **MORE.get(method, {}),
    }
    if method == "update":
        params["id"] = call.id
    body = {"command": spec.name, "params": params}
    if spec.takes_id:
        body["id"] = call.id
    answer = Client(simulator).post(PATH, json=body)
    if over and method != "dial":
        assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "invalid_state")
    else:
        acts_on_another = method.startswith("ai_sidecar.") or (
            "." in method and method not in ("denoise.stop", "ai.stop")
        )
        assert answer.status_code == (404 if acts_on_another else 200), answer.text


MORE = {
    "dial": {"from": "+12025550100", "to": "+34911234567", "url": "https://example.com"},
    "update": {"status": "completed"},
    "transfer": {"dest": "sip:ana@example.com"},
    "play.volume": {"volume": 3},
    "live_transcribe": {"action": {"start": {"lang": "es-ES", "direction": ["local-caller"]}}},
    "live_translate": {
        "action": {
            "start": {"from_lang": "en-US", "to_lang": "es-ES", "direction": ["local-caller"]}
        }
    },
    "ai_sidecar": {"lang": "es-ES"},
    "ai_sidecar.poke": {"text": "x"},
    "ai_sidecar.ask": {"text": "x"},
    "refer": {"device": {"type": "sip", "params": {"to": "sip:ana@example.com"}}},
    "user_event": {"event": {}},
}
