"""Every shape of payload becomes its kind of event, with all that is in it."""

from __future__ import annotations

import itertools
from dataclasses import MISSING, fields
from datetime import datetime, timedelta, timezone

import pytest

from flask_signalwire import events
from flask_signalwire.webhooks.parsing import parse

from .corpus import AT, CALL, CORPUS, MICROSECONDS, SECONDS, enveloped

UTC = timezone.utc


def read(event):
    """The fields that were found in the payload."""
    found = {
        item.name: value
        for item in fields(event)
        if "source" in item.metadata and (value := getattr(event, item.name)) != item.default
    }
    assert all(item.default is not MISSING or item.default_factory for item in fields(event))
    return found


@pytest.mark.parametrize("sample", CORPUS, ids=lambda sample: sample.name)
def test_shape(sample):
    made = parse(sample.payload, purpose=sample.sent_to)
    assert [type(event) for event in made] == [kind for kind, _ in sample.events]
    for event, (_, found) in zip(made, sample.events, strict=True):
        assert read(event) == {key: value for key, value in found.items() if value is not None}
        assert event.raw == sample.payload


def test_every_kind_is_in_the_corpus():
    covered = {kind for sample in CORPUS for kind, _ in sample.events}
    assert covered == set(events.KINDS)


def test_every_type_is_in_the_corpus():
    assert set(events.EVENT_TYPES) <= {sample.payload.get("event_type") for sample in CORPUS}


def test_every_field_is_in_the_corpus():
    covered = {(kind, key) for sample in CORPUS for kind, found in sample.events for key in found}
    shared = {item.name for item in fields(events.Event)}
    own = {(kind, item.name) for kind in events.KINDS for item in fields(kind)}
    assert {(kind, key) for kind, key in own if key not in shared} <= covered
    assert {key for _, key in covered} >= {
        item.name for item in fields(events.Event) if "source" in item.metadata
    }


@pytest.mark.parametrize("sample", CORPUS, ids=lambda sample: sample.name)
def test_types_are_those_that_are_declared(sample):
    allowed = {
        "str | None": str,
        "float | None": (int, float),
        "int | None": int,
        "bool | None": bool,
        "bool": bool,
        "datetime | None": datetime,
        "Mapping[str, Any] | None": dict,
        "Any": object,
    }
    for event in parse(sample.payload, purpose=sample.sent_to):
        for item in fields(event):
            if "source" in item.metadata and (value := getattr(event, item.name)) is not None:
                assert isinstance(value, allowed[item.type])
                assert isinstance(value, bool) is (item.type.startswith("bool") or value is True)


def test_text_of_a_form_is_read_as_what_it_says():
    (event,) = parse(
        {
            "call_id": CALL,
            "state": "recording",
            "timestamp": str(SECONDS),
            "duration": "12.50",
            "size": "200000",
        }
    )
    assert isinstance(event, events.Recording)
    assert (event.timestamp, event.duration, event.size) == (AT, 12.5, 200_000)
    (event,) = parse({"call_id": CALL, "utterance": "hola", "final": "false", "confidence": "0.5"})
    assert (event.final, event.confidence) == (False, 0.5)


@pytest.mark.parametrize(
    "stamp",
    [
        SECONDS,
        str(SECONDS),
        MICROSECONDS // 1000,
        float(MICROSECONDS // 1000),
        str(MICROSECONDS // 1000),
        MICROSECONDS,
        str(MICROSECONDS),
        MICROSECONDS * 1000,
        "2026-08-01T10:00:00.250Z",
        "2026-08-01T10:00:00.250000+00:00",
        "2026-08-01 12:00:00,25 +0200",
        "2026-08-01T10:00:00.250000000",
        " 2026-08-01t05:00:00.25-05:00 ",
    ],
)
def test_times_are_utc_whatever_their_unit(stamp):
    (event,) = parse({"call_id": CALL, "call_state": "ended", "timestamp": stamp})
    assert event.timestamp == AT
    assert event.timestamp.tzinfo is UTC
    assert event.stamped


@pytest.mark.parametrize(
    "stamp",
    [
        0, 0.0, "0", "", -1, "-5", True, None, [], {}, "soon", "12:30", "2026-13-01T10:00", "nan",
        float("nan"), float("inf"), -float("inf"), 1e400, 10**400, 10**25, "1" * 21, "1" * 400,
        "0001-01-01T00:00+10:00", "9999-12-31T23:59-10:00", "1e999", "2026-08-01T10:00+25:00",
    ],
)  # fmt: skip
def test_what_is_no_time_is_none(stamp):
    (event,) = parse({"call_id": CALL, "call_state": "ended", "timestamp": stamp})
    assert event.timestamp is None
    assert not event.stamped


def test_microseconds_keep_their_last_digit():
    (event,) = parse({"call_id": CALL, "utterance": {"timestamp": 1785578400250001}})
    assert event.timestamp - AT == timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("reason", "folded"),
    [
        ("hangup", "hangup"),
        ("HANGUP", "hangup"),
        ("cancel", "cancel"),
        ("canceled", "cancel"),
        ("busy", "busy"),
        ("noAnswer", "no_answer"),
        ("no_answer", "no_answer"),
        ("no-answer", "no_answer"),
        ("decline", "decline"),
        ("declined", "decline"),
        ("error", "error"),
        ("abandoned", "abandoned"),
        ("max_duration", "max_duration"),
        ("maxDuration", "max_duration"),
        ("not_found", "not_found"),
        ("Solar Flare", "solar_flare"),
        ("", None),
        (None, None),
        (5, None),
    ],
)
def test_reasons_have_one_vocabulary(reason, folded):
    (event,) = parse({"call_id": CALL, "call_state": "ended", "end_reason": reason})
    assert event.end_reason == folded
    assert event.raw["end_reason"] == reason


@pytest.mark.parametrize(
    ("state", "over"),
    [
        ("ended", True),
        ("completed", True),
        ("failed", True),
        ("no-answer", True),
        ("ringing", False),
        ("in-progress", False),
        ("ending", False),
        ("juggled", False),
    ],
)
def test_a_call_is_over(state, over):
    (event,) = parse({"call_id": CALL, "call_state": state})
    assert event.over is over


def test_unknown_keys_stay_in_raw():
    sample = enveloped("", events.Playback, "calling.call.play", {"new": {"key": [1]}})
    (event,) = parse({**sample.payload, "newer": None})
    assert event.raw["params"]["new"] == {"key": [1]}
    assert "newer" in event.raw


def test_event_types_may_be_written_in_capitals():
    (event,) = parse({"event_type": " Calling.Call.Play", "params": {"state": "playing"}})
    assert isinstance(event, events.Playback)


@pytest.mark.parametrize("params", [None, [], "x", 5])
def test_an_envelope_without_params_keeps_its_kind(params):
    payload = {"event_type": "calling.call.play", "call_id": CALL, "params": params}
    (event,) = parse(payload)
    assert isinstance(event, events.Playback)
    assert (event.call_id, event.state) == (CALL, None)


def test_a_sidecar_and_its_utterance_in_one_payload():
    payload = {
        "call_info": {"call_id": CALL},
        "sidecar_event": {"type": "turn"},
        "utterance": {"content": "hola"},
        "ai_summary": "short",
    }
    kinds = [type(event) for event in parse(payload)]
    assert kinds == [events.Sidecar, events.Utterance, events.ConversationSummary]


def test_a_payload_makes_so_many_events_and_no_more():
    many = [{"lang": "en", "text": str(n)} for n in range(10_000)]
    assert len(parse({"utterance": {"content": "x"}, "translations": many})) == 32


def test_purpose_and_body_are_kept():
    (event,) = parse({"call_id": CALL}, body=b"{}", purpose="live")
    assert (event.purpose, event.body) == ("live", b"{}")
    assert (event.account, event.known, event.late) == ("default", False, False)
    assert event.command_id is None
    assert timedelta() <= datetime.now(UTC) - event.received_at < timedelta(minutes=1)


@pytest.mark.parametrize(
    "text", ["שלום עולם", "🇪🇸👩‍👩‍👧", "𠮷野家", "\ud800", "a\x00b", "ﷺ" * 5000]
)
def test_unusual_texts_arrive_as_they_are(text):
    utterance, translation = parse({"utterance": {"content": text, "translation": text}})
    assert utterance.content == translation.content == text
    assert utterance.key != translation.key
    repr(utterance).encode(errors="backslashreplace")


def test_names_of_kinds_are_those_of_classes():
    for kind in events.KINDS:
        words = "".join(f"_{c.lower()}" if c.isupper() else c for c in kind.__name__)
        assert kind.kind == words.lstrip("_")
    for one, other in itertools.combinations(events.KINDS, 2):
        assert one.kind != other.kind
        assert not set(one.event_types) & set(other.event_types)
