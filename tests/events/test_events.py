"""What an event is to whoever gets one: frozen, shown masked, known by its key."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from flask_signalwire import events
from flask_signalwire.webhooks.parsing import parse

from .corpus import CALL, CALLER, CONTROL, CORPUS, OFFICE, SAID, SECONDS, enveloped, operation

SAMPLES = pytest.mark.parametrize("sample", CORPUS, ids=lambda sample: sample.name)
NOW = datetime(2026, 8, 1, tzinfo=timezone.utc)


def one(payload, **options):
    (event,) = parse(payload, **options)
    return event


def keys(payload):
    return [event.key for event in parse(payload)]


# -- frozen ---------------------------------------------------------------------------------------


@SAMPLES
def test_an_event_is_frozen_and_its_payload_read_only(sample):
    for event in parse(sample.payload):
        for item in dataclasses.fields(event):
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(event, item.name, None)
        with pytest.raises(TypeError, match="read-only"):
            event.raw["more"] = 1
        for inner in event.raw.values():
            if isinstance(inner, dict):
                with pytest.raises(TypeError, match="read-only"):
                    inner.clear()


def test_what_is_done_to_the_payload_later_does_not_reach_the_event():
    payload = {"call_id": CALL, "utterance": dict(SAID), "more": [[1]]}
    event = one(payload)
    payload["utterance"]["content"] = "changed"
    payload["more"][0].append(2)
    assert event.raw["utterance"]["content"] == SAID["content"]
    assert event.raw["more"] == [[1]]


def test_fields_that_are_objects_are_read_only_too():
    event = one({"event_type": "calling.call.dial", "params": {"call": {"tag": "x"}}})
    with pytest.raises(TypeError, match="read-only"):
        event.call["tag"] = "y"


def test_a_copy_of_the_payload_can_be_edited():
    event = one({"call_id": CALL, "more": [{}]})
    mine = copy.deepcopy(event.raw)
    mine["more"][0]["a"] = 1
    assert event.raw["more"] == [{}]


def test_an_event_made_by_hand_is_read_only_too():
    event = events.Playback(call_id=CALL, state="playing", raw={"a": {}})
    with pytest.raises(TypeError, match="read-only"):
        event.raw["a"]["b"] = 1


@SAMPLES
def test_an_event_survives_a_queue(sample):
    for event in parse(sample.payload, body=b"{}", purpose="live"):
        again = pickle.loads(pickle.dumps(event))
        assert again == event
        assert again.key == event.key
        assert hash(again) == hash(event)
        with pytest.raises(TypeError, match="read-only"):
            again.raw.clear()
        assert json.loads(json.dumps(event.raw)) == sample.payload
        assert copy.deepcopy(event) == copy.copy(event) == event


# -- shown ----------------------------------------------------------------------------------------


@SAMPLES
def test_no_number_is_shown(sample):
    text = repr(parse(sample.payload))
    for number in (CALLER, OFFICE, CALLER[1:], OFFICE[1:]):
        assert number not in text


def test_secrets_are_not_shown():
    digits = operation(
        "", events.Collect, "calling.call.collect",
        {"result": {"type": "digit", "params": {"digits": "4711"}}},
    )[0].payload  # fmt: skip
    recording = {"state": "recording", "url": "https://ana:hunter2@e.org/r?token=s3cr3t"}
    tap = {"state": "tapping", "device": {"params": {"uri": "wss://ana:hunter2@e.org"}}}
    utterance = {"utterance": f"call {CALLER}, or https://ana:hunter2@e.org"}
    data = {"sidecar_event": {"type": "start", "global_data": {"password": "hunter2"}}}
    text = repr([parse(payload) for payload in (digits, recording, tap, utterance, data)])
    assert "'+34*******67" in text or "+34*******67" in text
    for secret in ("4711", "hunter2", "s3cr3t", CALLER):
        assert secret not in text
    assert "[secret]@e.org" in text


def test_what_is_shown_is_short():
    event = one({"sidecar_event": {"type": "final", "history": [{}] * 9000, "summary": "x" * 9000}})
    assert len(repr(event)) < 500
    assert "history=<9000 items>" in repr(event)


def test_every_kind_is_shown_by_the_same_repr():
    # A dataclass would make its own, with everything in it.
    assert {kind.__repr__ for kind in events.KINDS} == {events.Event.__repr__}
    event = one(enveloped("", events.Playback, "calling.call.play", {"state": "playing"}).payload)
    assert repr(event).startswith("<Playback event_type='calling.call.play' ")
    assert f"call_id={CALL!r}" in repr(event)
    assert "state='playing'" in repr(event)


# -- keys -----------------------------------------------------------------------------------------


def reordered(value):
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(value)}
    return [reordered(inner) for inner in value] if isinstance(value, list) else value


@SAMPLES
def test_two_deliveries_of_an_event_have_one_key(sample):
    first = keys(sample.payload)
    again = json.loads(json.dumps(reordered(sample.payload), indent=3))
    assert sorted(keys(again)) == sorted(first)
    again = [
        replace(event, account="other", received_at=NOW, known=True, late=True, body=b" ")
        for event in parse(sample.payload)
    ]
    assert [event.key for event in again] == first


def test_all_events_of_the_corpus_have_keys_of_their_own():
    known = {}
    for sample in CORPUS:
        for event in parse(sample.payload, purpose=sample.sent_to):
            assert known.setdefault(event.key, sample.events) == sample.events
            assert event.key.startswith(f"{event.kind}:")
            assert len(event.key) < 100


def test_a_form_and_json_of_one_event_have_one_key():
    as_json = {"CallSid": CALL, "state": "ended", "timestamp": 1785578400.25, "n": 5, "to": None}
    as_form = {"CallSid": CALL, "state": "ended", "timestamp": "1785578400.25", "n": "5", "to": ""}
    assert keys(as_json) == keys(as_form)
    assert keys({**as_json, "x": True}) == keys({**as_form, "x": "true"})
    assert keys({**as_form, "n": "05"}) != keys(as_form)


UTTERANCE = {"call_info": {"call_id": CALL}, "utterance": SAID}
PLAYING = enveloped(
    "", events.Playback, "calling.call.play", {"control_id": CONTROL, "state": "playing"}
).payload


def changed(payload, path, value):
    payload = copy.deepcopy(payload)
    *way, last = path.split(".")
    inner = payload
    for key in way:
        inner = inner[key]
    inner[last] = value
    return payload


@pytest.mark.parametrize(
    ("payload", "path", "value"),
    [
        (UTTERANCE, "utterance.timestamp", SAID["timestamp"] + 1),
        (UTTERANCE, "utterance.final", False),
        (UTTERANCE, "utterance.content", "other words"),
        (UTTERANCE, "utterance.role", "local-caller"),
        (UTTERANCE, "call_info.call_id", "another"),
        (PLAYING, "params.state", "paused"),
        (PLAYING, "params.control_id", "another"),
        (PLAYING, "params.call_id", "another"),
        (PLAYING, "timestamp", SECONDS + 0.001),
        (PLAYING, "params.unheard_of", 1),
    ],
)
def test_another_event_has_another_key(payload, path, value):
    assert keys(changed(payload, path, value)) != keys(payload)


def test_a_playback_that_goes_on_is_a_third_event():
    paused = changed(changed(PLAYING, "params.state", "paused"), "timestamp", SECONDS + 1)
    resumed = changed(PLAYING, "timestamp", SECONDS + 2)
    assert len({key for payload in (PLAYING, paused, resumed) for key in keys(payload)}) == 3


def test_two_calls_without_an_id_in_the_payload_are_told_apart():
    event = one({"utterance": {"content": "yes"}})
    assert not event.stamped
    assert replace(event, call_id="a").key != replace(event, call_id="b").key


def test_events_of_one_payload_have_keys_of_their_own():
    found = keys({"utterance": SAID, "translations": {"en": "yes", "fr": "oui"}})
    assert len(set(found)) == len(found) == 3


def test_a_changed_copy_has_its_own_key():
    event = one(PLAYING)
    before = event.key
    assert replace(event, call_id="another").key != before
    assert replace(event, known=True).key == before


def test_events_can_be_kept_in_sets():
    payload = {"sidecar_event": {"type": "start", "tools": [{}], "global_data": {}}}
    events_ = [replace(event, received_at=NOW) for _ in range(2) for event in parse(payload)]
    assert len(set(events_)) == 1
    assert len({*events_, replace(events_[0], received_at=NOW + timedelta(1))}) == 2
