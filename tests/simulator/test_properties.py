"""Whatever is sent, the answer is JSON and never the simulator's own failure."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

from flask_signalwire.commands import CommandTable
from flask_signalwire.simulator import AnswerLost, ManualClock, Simulator

PATH = "/api/calling/calls"

# No database of examples: a test leaves nothing behind.
quick = settings(deadline=None, database=None)

numbers = st.integers() | st.floats() | st.integers(10**300, 10**320)
leaves = st.none() | st.booleans() | numbers | st.text(st.characters())
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)

KEYS = sorted({key for spec in CommandTable() for key in spec.payload.keys})
KEYS += ["start", "stop", "summarize", "inject", "from_lang", "to_lang", "direction", "message"]
KEYS += ["webhook", "vad_thresh", "translation_model_params", "sections", "main", "version"]
WORDS = [
    *KEYS,
    "en-US",
    "https://example.com",
    "+34911234567",
    "canceled",
    "completed",
    "local-caller",
    "3fa85f64-5717-4562-b3fc-2c963f66afa6",
]
# Of the contract's own words, so that the checks behind the first one are met too.
near = st.recursive(
    st.sampled_from(WORDS) | leaves,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
    ),
    max_leaves=15,
)
commands = st.sampled_from([spec.name for spec in CommandTable()])
bodies = st.fixed_dictionaries(
    {},
    optional={
        "command": commands | values,
        "id": st.sampled_from(["CALL", "3fa85f64-5717-4562-b3fc-2c963f66afa6"]) | values,
        "params": st.dictionaries(st.sampled_from(KEYS), near, max_size=6) | values,
        "extra": values,
    },
)


def post(raw, content_type="application/json", **options):
    simulator = Simulator(clock=ManualClock())
    call = simulator.inbound(from_="+12025550100", to="+34911234567")
    raw = raw.replace(b'"CALL"', json.dumps(call.id).encode())
    answer = Client(simulator).post(PATH, data=raw, content_type=content_type, **options)
    assert answer.status_code < 500
    assert answer.headers["Content-Type"] == "application/json"
    assert set(answer.json) & {"id", "error", "errors"}
    assert [entry.status for entry in simulator.journal] == [answer.status_code]
    repr(list(simulator.journal))
    return answer


@quick
@given(st.binary())
def test_any_bytes(raw):
    assert post(raw).status_code in {400, 422}


@quick
@given(values)
def test_any_json(value):
    assert post(json.dumps(value).encode()).status_code in {400, 422}


@quick
@given(bodies)
def test_anything_that_looks_like_a_command(body):
    assert post(json.dumps(body).encode()).status_code in {200, 400, 404, 422}


@quick
@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"])), st.binary())
def test_any_content_type(content_type, raw):
    assert post(raw, content_type).status_code in {400, 422}


fault_words = st.sampled_from(
    ["reset", "half", "empty", "garbage", "after", "before", "status=404", "retry_after=2"]
) | st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]))


@quick
@given(st.lists(fault_words, max_size=4).map("; ".join))
def test_any_fault_header(header):
    simulator = Simulator(clock=ManualClock())
    body = {"command": "dial", "params": {"from": "+1", "to": "+2", "url": "https://example.com"}}
    headers = {"X-Simulator-Fault": header}
    try:
        answer = Client(simulator).post(PATH, json=body, headers=headers)
    except AnswerLost:
        assert "reset" in header
    else:
        assert answer.status_code in {200, 400, 404}
        if answer.status_code == 400:
            assert answer.json["error"].startswith("X-Simulator-Fault: ")
            assert not simulator.calls
    (entry,) = simulator.journal
    repr(entry)
