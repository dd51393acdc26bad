"""Payloads in each documented, seen or inferred shape, and all that must be read from them.

Written by hand from what is known of the service's callbacks, 2026-08, not from the parser.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from flask_signalwire import events
from flask_signalwire.events import Event

CALL = "5f0c6c4e-7d1b-4f3a-9f52-0b1f5a7b0001"
PEER = "5f0c6c4e-7d1b-4f3a-9f52-0b1f5a7b0002"
NODE = "5f0c6c4e-7d1b-4f3a-9f52-0b1f5a7b0003@us-east"
CONTROL = "5f0c6c4e-7d1b-4f3a-9f52-0b1f5a7b0004"
PROJECT = "5f0c6c4e-7d1b-4f3a-9f52-0b1f5a7b0005"
SPACE = "5f0c6c4e-7d1b-4f3a-9f52-0b1f5a7b0006"
CALLER, OFFICE = "+34911234567", "+12025550100"

AT = datetime(2026, 8, 1, 10, 0, 0, 250_000, tzinfo=timezone.utc)
SECONDS = 1785578400.25
MICROSECONDS = 1785578400250000
LATER = AT + timedelta(seconds=5)


@dataclass(frozen=True)
class Sample:
    """A payload, and the events that it is, with every field that is set.

    :param sent_to: the purpose of the endpoint, where that decides.
    """

    name: str
    payload: dict[str, Any]
    events: list[tuple[type[Event], dict[str, Any]]] = field(default_factory=list)
    sent_to: str | None = None


def enveloped(
    name: str, kind: type[Event], event_type: str, params: dict[str, Any], /, **found: Any
) -> Sample:
    """A status callback: what is read of the envelope goes without saying."""
    payload = {
        "event_type": event_type,
        "event_channel": "swml:5f0c6c4e-7d1b-4f3a-9f52-0b1f5a7b0007",
        "timestamp": SECONDS,
        "project_id": PROJECT,
        "space_id": SPACE,
        "params": {"call_id": CALL, "node_id": NODE, **params},
    }
    common = {
        "event_type": event_type,
        "event_channel": "swml:5f0c6c4e-7d1b-4f3a-9f52-0b1f5a7b0007",
        "timestamp": AT,
        "project_id": PROJECT,
        "space_id": SPACE,
        "call_id": CALL,
        "node_id": NODE,
    }
    return Sample(name, payload, [(kind, {**common, **found})])


def bare(
    name: str, kind: type[Event], body: dict[str, Any], sent_to: str | None = None, /, **found: Any
) -> Sample:
    """A body without the envelope."""
    payload = {"call_id": CALL, "node_id": NODE, **body}
    return Sample(name, payload, [(kind, {"call_id": CALL, "node_id": NODE, **found})], sent_to)


def operation(
    name: str, kind: type[Event], event_type: str, params: dict[str, Any], /, **found: Any
) -> list[Sample]:
    """An operation's callback, in the envelope and without it."""
    params = {"control_id": CONTROL, **params}
    found = {"control_id": CONTROL, **found}
    return [
        enveloped(name, kind, event_type, params, **found),
        bare(f"{name}, bare", kind, params, "operations", **found),
    ]


PHONE = {"type": "phone", "params": {"from_number": CALLER, "to_number": OFFICE}}
PARTIES = {"from_": CALLER, "to": OFFICE}

CALLS = [
    enveloped(
        "call state, A: ended",
        events.CallState,
        "calling.call.state",
        {
            "call_state": "ended",
            "direction": "inbound",
            "device": PHONE,
            "end_reason": "noAnswer",
            "segment_id": "seg",
            "tag": "sale",
        },
        state="ended",
        direction="inbound",
        device_type="phone",
        end_reason="no_answer",
        segment_id="seg",
        tag="sale",
        **PARTIES,
    ),
    enveloped(
        "call state, A: a SIP call that is ringing",
        events.CallState,
        "calling.call.state",
        {
            "call_state": "ringing",
            "device": {"type": "sip", "params": {"from": "sip:a@e.org", "to": "sip:b@e.org"}},
            "end_reason": None,
        },
        state="ringing",
        device_type="sip",
        from_="sip:a@e.org",
        to="sip:b@e.org",
    ),
    enveloped(
        "call state, A': flat numbers",
        events.CallState,
        "calling.call.state",
        {"call_state": "created", "from": CALLER, "to": OFFICE},
        state="created",
        **PARTIES,
    ),
    enveloped(
        "call state, A': from_number",
        events.CallState,
        "calling.call.state",
        {"call_state": "created", "from_number": CALLER},
        state="created",
        from_=CALLER,
    ),
    enveloped(
        "call state: who hung up",
        events.CallState,
        "calling.call.state",
        {
            "call_state": "ended",
            "hangup_direction": "inbound",
            "hangup_disposition": "send_bye",
            "end_source": "caller",
            "ended_by": "caller",
        },
        state="ended",
        hangup_direction="inbound",
        hangup_disposition="send_bye",
        end_source="caller",
        ended_by="caller",
    ),
    Sample(
        "call state, B: a call object",
        {"call": {"call_id": CALL, "call_state": "answered", "from": CALLER, "tag": "sale"}},
        [
            (
                events.CallState,
                {"call_id": CALL, "state": "answered", "from_": CALLER, "tag": "sale"},
            )
        ],
    ),
    Sample(
        "call state, B: from_number",
        {"call": {"call_id": CALL, "call_state": "answered", "from_number": CALLER}},
        [(events.CallState, {"call_id": CALL, "state": "answered", "from_": CALLER})],
    ),
    Sample(
        "call state, C: flat JSON",
        {
            "call_id": CALL,
            "call_state": "ended",
            "from": CALLER,
            "to": OFFICE,
            "direction": "outbound",
            "timestamp": "2026-08-01T12:00:00.25+02:00",
        },
        [
            (
                events.CallState,
                {
                    "call_id": CALL,
                    "state": "ended",
                    "direction": "outbound",
                    "timestamp": AT,
                    **PARTIES,
                },
            )
        ],
    ),
    Sample(
        "call state, D: a form",
        {"CallSid": CALL, "CallStatus": "no-answer", "From": CALLER, "To": OFFICE},
        [(events.CallState, {"call_id": CALL, "state": "no_answer", **PARTIES})],
    ),
    Sample(
        "call state, D: CallState",
        {"CallSid": CALL, "CallState": "ringing", "From": CALLER},
        [(events.CallState, {"call_id": CALL, "state": "ringing", "from_": CALLER})],
    ),
    Sample(
        "call state, D: call_sid and status",
        {"call_sid": CALL, "status": "completed"},
        [(events.CallState, {"call_id": CALL, "state": "completed"})],
    ),
    Sample(
        "call state, D: state",
        {"call_id": CALL, "state": "ended"},
        [(events.CallState, {"call_id": CALL, "state": "ended"})],
    ),
    enveloped(
        "RELAY: a call comes in",
        events.CallState,
        "calling.call.receive",
        {
            "call_state": "created",
            "direction": "inbound",
            "device": PHONE,
            "context": "office",
            "project_id": "another",
            "segment_id": "seg",
            "tag": "",
        },
        state="created",
        direction="inbound",
        device_type="phone",
        context="office",
        project_id="another",
        segment_id="seg",
        tag="",
        **PARTIES,
    ),
    enveloped(
        "RELAY: a call comes in, of old",
        events.CallState,
        "calling.call.receive",
        {"call_state": "created", "protocol": "office"},
        state="created",
        context="office",
    ),
    Sample(
        "RELAY: a dial is answered",
        {
            "event_type": "calling.call.dial",
            "params": {
                "tag": "sale",
                "dial_state": "answered",
                "call": {"call_id": CALL, "node_id": NODE},
            },
        },
        [
            (
                events.Dial,
                {
                    "event_type": "calling.call.dial",
                    "call_id": CALL,
                    "node_id": NODE,
                    "tag": "sale",
                    "state": "answered",
                    "call": {"call_id": CALL, "node_id": NODE},
                },
            )
        ],
    ),
    Sample(
        "RELAY: a dial failed",
        {"event_type": "calling.call.dial", "params": {"tag": "sale", "dial_state": "failed"}},
        [
            (
                events.Dial,
                {"event_type": "calling.call.dial", "tag": "sale", "state": "failed"},
            )
        ],
    ),
    bare("a dial, bare", events.Dial, {"dial_state": "failed"}, state="failed"),
    enveloped(
        "connect",
        events.Connect,
        "calling.call.connect",
        {
            "connect_state": "connected",
            "peer": {
                "call_id": PEER,
                "node_id": "n",
                "tag": "t",
                "queue_id": "q",
                "queue_name": "sales",
                "device": PHONE,
            },
        },
        state="connected",
        peer_call_id=PEER,
        peer_node_id="n",
        peer_tag="t",
        peer_queue_id="q",
        peer_queue_name="sales",
        peer_device=PHONE,
    ),
    Sample(
        "connect to a stream, without a call's id",
        {"event_type": "calling.call.connect", "params": {"connect_state": "connecting"}},
        [(events.Connect, {"event_type": "calling.call.connect", "state": "connecting"})],
    ),
    bare(
        "connect failed, bare",
        events.Connect,
        {"connect_state": "failed", "failed_reason": "busy"},
        state="failed",
        failed_reason="busy",
    ),
    enveloped(
        "queue",
        events.Queue,
        "calling.call.queue",
        {
            "control_id": None,
            "status": "dequeue",
            "id": "q",
            "name": "sales",
            "position": 1,
            "size": 3,
            "avg_time": 12.5,
            "enqueue_ts": MICROSECONDS,
            "dequeue_ts": str(MICROSECONDS + 5_000_000),
            "leave_ts": 0,
            "status_url": "https://e.org/s",
        },
        state="dequeue",
        queue_id="q",
        name="sales",
        position=1,
        size=3,
        avg_time=12.5,
        enqueue_ts=AT,
        dequeue_ts=LATER,
        status_url="https://e.org/s",
    ),
    bare(
        "queue, bare",
        events.Queue,
        {"status": "leave", "name": "sales", "control_id": CONTROL, "leave_ts": MICROSECONDS},
        state="leave",
        leave_ts=AT,
        name="sales",
        control_id=CONTROL,
    ),
    Sample(
        "queue, as it was guessed",
        {
            "queue_result": "leave",
            "queue_name": "sales",
            "entry_position": 2,
            "entry_size": 5,
            "wait_time": 30,
            "call_info": {"call_id": CALL},
        },
        [
            (
                events.Queue,
                {
                    "call_id": CALL,
                    "state": "leave",
                    "name": "sales",
                    "position": 2,
                    "size": 5,
                    "wait_time": 30,
                },
            )
        ],
    ),
    enveloped(
        "conference",
        events.Conference,
        "calling.conference",
        {
            "name": "standup",
            "conference_id": "c",
            "status": "participant-join",
            "size": 2,
            "muted": False,
            "hold": True,
            "start_on_join": True,
            "end_on_leave": False,
            "coaching": False,
            "region": "eu",
        },
        name="standup",
        conference_id="c",
        state="participant-join",
        size=2,
        muted=False,
        hold=True,
        start_on_join=True,
        end_on_leave=False,
        coaching=False,
        region="eu",
    ),
    bare(
        "conference, bare",
        events.Conference,
        {
            "status": "conference-end",
            "recording_url": "https://e.org/r",
            "recording_file_size": 1234,
            "recording_duration": 61.5,
            "reason_ended": "last-left",
            "call_id_ending_conf": PEER,
        },
        state="conference-end",
        recording_url="https://e.org/r",
        recording_file_size=1234,
        recording_duration=61.5,
        reason_ended="last-left",
        call_id_ending_conf=PEER,
    ),
    enveloped(
        "error",
        events.ServiceError,
        "calling.error",
        {"code": 404, "message": "no such call"},
        code="404",
        message="no such call",
    ),
    bare(
        "error, bare",
        events.ServiceError,
        {"code": "E1", "message": "no such call"},
        code="E1",
        message="no such call",
    ),
]

OPERATIONS = [
    *operation(
        "playing", events.Playback, "calling.call.play", {"state": "playing"}, state="playing"
    ),
    *operation(
        "played", events.Playback, "calling.call.play", {"state": "finished"}, state="finished"
    ),
    *operation(
        "a playback pauses",
        events.Playback,
        "calling.call.play",
        {"state": "paused"},
        state="paused",
    ),
    *operation(
        "a playback fails", events.Playback, "calling.call.play", {"state": "error"}, state="error"
    ),
    *operation(
        "a SWML document's recording",
        events.Recording,
        "calling.call.record",
        {
            "state": "finished",
            "url": "https://e.org/r.wav",
            "duration": 12.5,
            "size": 200_000,
            "recording_id": "r",
            "start_time": SECONDS,
            "end_time": SECONDS + 5,
            "pause_behavior": "silence",
            "record": {"audio": {"format": "wav", "direction": "both", "stereo": True}},
        },
        state="finished",
        url="https://e.org/r.wav",
        duration=12.5,
        size=200_000,
        recording_id="r",
        start_time=AT,
        end_time=LATER,
        pause_behavior="silence",
        format="wav",
        direction="both",
        stereo=True,
    ),
    *operation(
        "a call's recording",
        events.Recording,
        "calling.call.record",
        {
            "state": "finished",
            "record": {"url": "https://e.org/r", "duration": 9, "size": 10, "format": "mp3"},
        },
        state="finished",
        url="https://e.org/r",
        duration=9,
        size=10,
        format="mp3",
    ),
    *operation(
        "a recording without input",
        events.Recording,
        "calling.call.record",
        {"state": "no_input"},
        state="no_input",
    ),
    bare(
        "a recording that ended, bare and flat",
        events.Recording,
        {"state": "finished", "url": "https://e.org/r", "duration": "3.5"},
        state="finished",
        url="https://e.org/r",
        duration=3.5,
    ),
    *operation(
        "digits",
        events.Collect,
        "calling.call.collect",
        {"result": {"type": "digit", "params": {"digits": "0123", "terminator": "#"}}},
        type="digit",
        digits="0123",
        terminator="#",
    ),
    *operation(
        "a part of speech, continuously",
        events.Collect,
        "calling.call.collect",
        {
            "state": "collecting",
            "final": False,
            "result": {"type": "speech", "params": {"text": "sí", "confidence": 83.5}},
        },
        state="collecting",
        final=False,
        type="speech",
        text="sí",
        confidence=83.5,
    ),
    *operation(
        "no input",
        events.Collect,
        "calling.call.collect",
        {"result": {"type": "no_input"}},
        type="no_input",
    ),
    *operation(
        "a machine with a beep",
        events.Detect,
        "calling.call.detect",
        {"detect": {"type": "machine", "params": {"event": "MACHINE", "beep": True}}},
        type="machine",
        event="MACHINE",
        beep=True,
    ),
    *operation(
        "detected digits",
        events.Detect,
        "calling.call.detect",
        {"detect": {"type": "digit", "params": {"event": "12"}}},
        type="digit",
        event="12",
    ),
    *operation(
        "a fax tone",
        events.Detect,
        "calling.call.detect",
        {"detect": {"type": "fax", "params": {"event": "CED"}}},
        type="fax",
        event="CED",
    ),
    *operation(
        "a tap",
        events.Tap,
        "calling.call.tap",
        {
            "state": "tapping",
            "tap": {"type": "audio", "params": {"direction": "speak"}},
            "device": {
                "type": "rtp",
                "params": {"addr": "192.0.2.1", "port": 5004, "codec": "PCMU", "ptime": 20},
            },
        },
        state="tapping",
        type="audio",
        direction="speak",
        device_type="rtp",
        addr="192.0.2.1",
        port=5004,
        codec="PCMU",
        ptime=20,
    ),
    *operation(
        "a tap to a WebSocket",
        events.Tap,
        "calling.call.tap",
        {
            "state": "finished",
            "tap": {},
            "device": {"type": "ws", "params": {"uri": "wss://e.org"}},
        },
        state="finished",
        device_type="ws",
        uri="wss://e.org",
    ),
    *operation(
        "a stream",
        events.Stream,
        "calling.call.stream",
        {"state": "finished", "url": "wss://e.org/s", "name": "ears"},
        state="finished",
        url="wss://e.org/s",
        name="ears",
    ),
    enveloped(
        "a transcript",
        events.Transcription,
        "calling.transcript.completed",
        {"id": "t", "segment_id": "seg", "text": "Hola."},
        state="completed",
        id="t",
        segment_id="seg",
        text="Hola.",
    ),
    enveloped(
        "no transcript",
        events.Transcription,
        "calling.transcript.failed",
        {"id": "t"},
        state="failed",
        id="t",
    ),
    bare(
        "a transcript, bare",
        events.Transcription,
        {"id": "t", "text": "Hola."},
        "operations",
        id="t",
        text="Hola.",
    ),
    *operation(
        "RELAY: a transcription",
        events.Transcription,
        "calling.call.transcribe",
        {
            "state": "transcribing",
            "url": "https://e.org/r",
            "recording_id": "r",
            "duration": 4.5,
            "size": 100,
            "start_time": SECONDS,
            "end_time": SECONDS + 5,
            "status_url": "https://e.org/s",
        },
        state="transcribing",
        url="https://e.org/r",
        recording_id="r",
        duration=4.5,
        size=100,
        start_time=AT,
        end_time=LATER,
        status_url="https://e.org/s",
    ),
    *operation(
        "a referral",
        events.Refer,
        "calling.call.refer",
        {
            "state": "success",
            "sip_refer_to": "sip:b@e.org",
            "sip_refer_response_code": "202",
            "sip_notify_response_code": 200,
        },
        state="success",
        sip_refer_to="sip:b@e.org",
        sip_refer_response_code="202",
        sip_notify_response_code="200",
    ),
    *operation(
        "a fax",
        events.Fax,
        "calling.call.fax",
        {
            "fax": {
                "type": "finished",
                "params": {
                    "direction": "send",
                    "identity": OFFICE,
                    "remote_identity": CALLER,
                    "document": "https://e.org/f.pdf",
                    "pages": 2,
                    "success": True,
                    "result": "0",
                    "result_text": "OK",
                    "format": "pdf",
                },
            }
        },
        type="finished",
        direction="send",
        identity=OFFICE,
        remote_identity=CALLER,
        document="https://e.org/f.pdf",
        pages=2,
        success=True,
        result="0",
        result_text="OK",
        format="pdf",
    ),
    *operation(
        "a page of a fax",
        events.Fax,
        "calling.call.fax",
        {"fax": {"type": "page", "params": {"direction": "receive", "number": 1}}},
        type="page",
        direction="receive",
        number=1,
    ),
    *(
        enveloped(
            f"RELAY: {what}",
            events.RelayOperation,
            f"calling.call.{what}",
            {"control_id": CONTROL, "state": "finished"},
            control_id=CONTROL,
            operation=what,
            state="finished",
        )
        for what in ("hold", "echo", "pay", "send_digits")
    ),
    enveloped(
        "RELAY: denoise",
        events.RelayOperation,
        "calling.call.denoise",
        {"denoised": False},
        operation="denoise",
        denoised=False,
    ),
]

SAID = {
    "content": "Necesito ayuda",
    "confidence": 0.93,
    "role": "remote-caller",
    "lang": "es-ES",
    "timestamp": MICROSECONDS,
}
HEARD = {**SAID, "timestamp": AT}
TRANSLATED = {
    "original": "Necesito ayuda",
    "original_lang": "es-ES",
    "role": "remote-caller",
    "timestamp": AT,
}


def spoken(name: str, utterance: Any, *made: tuple[type[Event], dict[str, Any]], **beside: Any):
    """A payload of a live session."""
    payload = {"call_info": {"call_id": CALL}, "utterance": utterance, **beside}
    return Sample(name, payload, [(kind, {"call_id": CALL, **found}) for kind, found in made])


def translated(name: str, utterance: dict[str, Any], *texts: tuple[Any, str], **beside: Any):
    """One with its translations, by language."""
    return spoken(
        name,
        {**SAID, **utterance},
        (events.Utterance, HEARD),
        *((events.Translation, {**TRANSLATED, "lang": lang, "content": t}) for lang, t in texts),
        **beside,
    )


HELP = "I need help"
SPEECH = [
    spoken("an utterance", SAID, (events.Utterance, HEARD)),
    Sample(
        "an utterance whose call is in channel_data, after the call",
        {
            "channel_data": {
                "call_id": CALL,
                "SWMLVars": {"record_call_url": "https://e.org/r"},
                "call_end_date": MICROSECONDS,
            },
            "utterance": SAID,
        },
        [
            (
                events.Utterance,
                {
                    "call_id": CALL,
                    **HEARD,
                    "record_call_url": "https://e.org/r",
                    "call_end_date": AT,
                },
            )
        ],
    ),
    spoken(
        "a part of an utterance",
        {**SAID, "final": False},
        (events.Utterance, {**HEARD, "final": False}),
    ),
    spoken(
        "another spelling of it",
        {**SAID, "is_final": False},
        (events.Utterance, {**HEARD, "final": False}),
    ),
    spoken("a final one", {**SAID, "final": True}, (events.Utterance, HEARD)),
    spoken(
        "milliseconds, and the confidence beside it",
        {"content": "Hello", "role": "local-caller", "timestamp": MICROSECONDS // 1000},
        (
            events.Utterance,
            {"content": "Hello", "role": "local-caller", "timestamp": AT, "confidence": 0.5},
        ),
        confidence=0.5,
    ),
    spoken("an utterance beside params", SAID, (events.Utterance, HEARD), params={"x": 1}),
    Sample(
        "an utterance among params",
        {"params": {"call_id": CALL, "utterance": SAID}},
        [(events.Utterance, {"call_id": CALL, **HEARD})],
    ),
    spoken("an utterance as text", "Hello", (events.Utterance, {"content": "Hello"})),
    spoken(
        "a part of an utterance with its translation",
        {**SAID, "final": False, "translation": HELP},
        (events.Utterance, {**HEARD, "final": False}),
        (events.Translation, {**TRANSLATED, "content": HELP, "final": False}),
    ),
    translated("no translation", {"translation": None}),
    translated(
        "a translation within", {"translation": {"lang": "en-US", "content": HELP}}, ("en-US", HELP)
    ),
    translated("its text", {"translation": {"lang": "en-US", "text": HELP}}, ("en-US", HELP)),
    translated("a translation as text", {"translation": HELP}, (None, HELP)),
    translated("translated", {"translated": HELP}, (None, HELP)),
    translated("translated_text", {"translated_text": HELP}, (None, HELP)),
    translated("a translation beside", {}, (None, HELP), translated_text=HELP),
    translated(
        "translations, listed",
        {"translations": [{"lang": "en", "text": HELP}, {"lang": "fr", "content": "À l'aide"}]},
        ("en", HELP),
        ("fr", "À l'aide"),
    ),
    translated(
        "translations, by language",
        {"translations": {"en-US": HELP, "fr": {"content": "À l'aide"}}},
        ("en-US", HELP),
        ("fr", "À l'aide"),
    ),
    translated("the same twice", {"translation": HELP}, (None, HELP), translation=HELP),
]

SUMMARY = "The caller asked for help."
INTERIM, FINAL = {"call_end_date": 0}, {"call_end_date": MICROSECONDS}


def summarised(name: str, payload: dict[str, Any], *texts: Any, **found: Any) -> Sample:
    """A payload with summaries: a text, or language and text."""
    pairs = [text if isinstance(text, tuple) else (None, text) for text in texts]
    return Sample(
        name,
        {"call_info": {"call_id": CALL}, **payload},
        [
            (events.ConversationSummary, {"call_id": CALL, "lang": lang, "text": text, **found})
            for lang, text in pairs
        ],
    )


SUMMARIES = [
    *(
        summarised(f"{key}, {shape} at the top", {key: value}, SUMMARY)
        for key in ("conversation_summary", "ai_summary", "summary")
        for shape, value in (
            ("text", SUMMARY),
            ("object with text", {"text": SUMMARY}),
            ("object with content", {"content": SUMMARY}),
        )
    ),
    summarised("an object with summary", {"ai_summary": {"summary": SUMMARY}}, SUMMARY),
    *(
        summarised(f"in {place}", {place: {"conversation_summary": SUMMARY}}, SUMMARY)
        for place in ("params", "channel_data", "conversation_log")
    ),
    summarised(
        "an interim summary", {"ai_summary": SUMMARY, "channel_data": INTERIM}, SUMMARY, final=False
    ),
    summarised(
        "a final summary",
        {"ai_summary": SUMMARY, "channel_data": FINAL},
        SUMMARY,
        final=True,
        call_end_date=AT,
    ),
    summarised(
        "a final summary in channel_data",
        {"channel_data": {"ai_summary": {"text": SUMMARY}, "call_end_date": SECONDS}},
        SUMMARY,
        final=True,
        call_end_date=AT,
    ),
    summarised(
        "the summaries of a translation",
        {"ai_summary": {"en": SUMMARY, "es": {"text": "Pidió ayuda."}}},
        ("en", SUMMARY),
        ("es", "Pidió ayuda."),
    ),
    summarised("an unknown layout", {"ai_summary": {"paragraphs": 3}}, None),
    enveloped(
        "a named summary",
        events.ConversationSummary,
        "calling.ai.transcribe.conversation_log",
        {"conversation_log": {"summary": SUMMARY}, "channel_data": INTERIM},
        text=SUMMARY,
        final=False,
    ),
    enveloped(
        "a named summary without one",
        events.ConversationSummary,
        "calling.ai.transcribe.conversation_log",
        {},
    ),
]

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

UNKNOWN = [
    Sample("nothing", {}, [(events.UnknownEvent, {})]),
    enveloped(
        "a type that nobody knows",
        events.UnknownEvent,
        "calling.call.juggle",
        {"state": "finished", "control_id": CONTROL, "summary": "of what?"},
        control_id=CONTROL,
    ),
    bare("no state", events.UnknownEvent, {"control_id": CONTROL}, control_id=CONTROL),
    bare("an unknown state", events.UnknownEvent, {"state": "juggling"}, "operations"),
    bare("the end of nothing", events.UnknownEvent, {"state": "finished"}, "operations"),
    bare(
        "an end that is no call's",
        events.UnknownEvent,
        {"state": "finished", "control_id": CONTROL},
        "calls",
        control_id=CONTROL,
    ),
]

CORPUS = [*CALLS, *OPERATIONS, *SPEECH, *SUMMARIES, *SIDECAR, *UNKNOWN]
