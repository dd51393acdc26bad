"""A call of each method of the vendor's SDK, and what the contract says of what it sends.

Written by hand from the calling API contract (2026-08) and the SDK's signatures (3.7.5).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

URL = "https://e.org/s"
SWML = {"version": "1.0.0", "sections": {"main": ["answer", {"play": {"url": URL}}]}}
PLAY = [{"type": "tts", "params": {"text": "Un momento", "language": "es-ES"}}]
TAP = {"type": "audio", "params": {"direction": "both"}}
DEVICE = {"type": "rtp", "params": {"addr": "203.0.114.7", "port": 4000}}
MACHINE = {"type": "machine", "params": {"initial_timeout": 4.5}}
START = {"from_lang": "en-US", "to_lang": "es-ES", "direction": ["local-caller", "remote-caller"]}
TRANSCRIBE = {"start": {"lang": "en-US", "direction": ["remote-caller"]}}
DIAL = {"from_": "+12025550100", "to": "+34911234567"}


@dataclass(frozen=True)
class Case:
    """What is called, with which keywords, and what comes of it.

    :param refused: the path that the service's 422 names where the SDK sends what the contract does
        not allow; empty where it is valid.
    :param corrected: the params that our client sends instead, as far as they differ; a control id
        of None stands for any fresh one.
    :param without: the params of the SDK that our client does not send.
    :param before: what has to run on the call: methods and their keywords.
    """

    method: str
    keywords: dict[str, Any] = field(default_factory=dict)
    refused: str = ""
    corrected: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    before: tuple[tuple[str, dict[str, Any]], ...] = ()

    def __str__(self) -> str:
        return f"{self.method}({', '.join(self.keywords)})"


_MADE = {"refused": "control_id", "corrected": {"control_id": None}}
_PLAYS = (("play", {"play": PLAY, "control_id": "a"}),)
_RECORDS = (("record", {"extras": {"control_id": "a", "record": {"audio": {}}}}),)
_COLLECTS = (("collect", {"digits": {"max": 1}, "control_id": "a"}),)
_TRANSLATES = (("live_translate", {"action": {"start": START}}),)
_TRANSCRIBES = (("live_transcribe", {"action": TRANSCRIBE}),)
_A = {"control_id": "a"}

CASES = [
    Case("dial", {**DIAL, "url": URL}),
    Case(
        "dial",
        {
            **DIAL,
            "caller_id": "+12025550111",
            "fallback_url": URL,
            "status_url": URL,
            "status_events": ["answered", "ended"],
            "url_method": "POST",
            "codecs": ["PCMU", "OPUS"],
            "swml": SWML,
        },
    ),
    Case("dial", {**DIAL, "url": URL, "codecs": "PCMU,PCMA", "extras": {"timeout": 30}}),
    Case("dial", {**DIAL, "url": URL, "status_events": ["ringing"]}),
    # The SDK's types allow states that the contract does not report, and a call that runs nothing.
    Case("dial", {**DIAL, "url": URL, "status_events": ["initiated"]}, refused="status_events.0"),
    Case("dial", DIAL, refused="url"),
    Case("update", {"status": "completed"}),
    Case("update", {"url": URL, "fallback_url": URL, "status_url": URL}),
    Case("update", {"swml": SWML}),
    Case("end"),
    Case("end", {"reason": "busy"}),
    Case("ai_hold", {"timeout": 300}, refused="timeout", corrected={"timeout": "300"}),
    Case("ai_hold", {"prompt": "One moment"}),
    Case("ai_unhold"),
    Case("ai_unhold", {"prompt": "I am back"}),
    Case("ai_message", {"role": "user", "message_text": "a", "global_data": {"a": 1}}),
    Case("ai_message", {"reset": {"full_reset": True, "user_prompt": "u", "system_prompt": "s"}}),
    Case("live_transcribe", {"action": TRANSCRIBE}),
    Case("live_transcribe", {"action": "stop"}, before=_TRANSCRIBES),
    Case(
        "live_transcribe",
        {"action": {"summarize": {"webhook": URL, "prompt": "p"}}},
        before=_TRANSCRIBES,
    ),
    Case("live_translate", {"action": {"start": START}, "status_url": URL}),
    Case("live_translate", {"action": "stop"}, before=_TRANSLATES),
    Case("live_translate", {"action": {"summarize": {}}}, before=_TRANSLATES),
    Case(
        "live_translate",
        {"action": {"inject": {"message": "Hola", "direction": "remote-caller"}}},
        before=_TRANSLATES,
    ),
    Case("live_translate", {"action": "start"}, refused="action"),
    Case("transfer", {"dest": "sip:ana@e.org"}),
    Case("transfer", {"dest": SWML}),
    Case("user_event", {"event": {"name": "paid", "lines": [1, None]}}),
    Case("disconnect"),
    Case("play", {"play": PLAY}, **_MADE),
    Case(
        "play",
        {
            **_A,
            "play": PLAY,
            "volume": -3.5,
            "direction": "both",
            "loop": 0,
            "status_url": URL,
        },
    ),
    Case("play_pause", _A, before=_PLAYS),
    Case("play_resume", _A, before=(*_PLAYS, ("play_pause", _A))),
    Case("play_stop", _A, before=_PLAYS),
    Case("play_volume", {**_A, "volume": 40}, before=_PLAYS),
    Case(
        "record",
        {"audio": {"format": "mp3"}},
        refused="control_id",
        corrected={"control_id": None, "record": {"audio": {"format": "mp3"}}},
        without=("audio",),
    ),
    Case(
        "record",
        {**_A, "audio": {"beep": True}, "status_url": URL},
        refused="audio",
        corrected={"record": {"audio": {"beep": True}}},
        without=("audio",),
    ),
    Case("record", {"extras": {**_A, "record": {"audio": {}}}}),
    Case("record_pause", _A, before=_RECORDS),
    Case("record_resume", _A, before=(*_RECORDS, ("record_pause", _A))),
    Case("record_stop", _A, before=_RECORDS),
    Case("collect", {"digits": {"max": 4, "terminators": "#"}}, **_MADE),
    Case(
        "collect",
        {
            **_A,
            "digits": {"max": 4},
            "speech": {"language": "es-ES"},
            "initial_timeout": 5.5,
            "continuous": False,
            "partial_results": True,
        },
    ),
    Case("collect_stop", _A, before=_COLLECTS),
    Case("collect_start_input_timers", _A, before=_COLLECTS),
    Case("detect", {"detect": MACHINE}, **_MADE),
    Case("detect", {**_A, "detect": MACHINE, "timeout": 30}),
    Case("detect_stop", _A, before=(("detect", {**_A, "detect": MACHINE}),)),
    Case("tap", {"tap": TAP, "device": DEVICE}, **_MADE),
    Case("tap", {**_A, "tap": TAP, "device": {"type": "ws", "params": {"uri": "wss://e.org"}}}),
    Case("tap_stop", _A, before=(("tap", {**_A, "tap": TAP, "device": DEVICE}),)),
    Case("stream", {"url": "wss://e.org"}, **_MADE),
    Case(
        "stream",
        {
            **_A,
            "url": "wss://e.org",
            "codec": "PCMU",
            "track": "both_tracks",
            "authorization_bearer_token": "t",
            "custom_parameters": {"a": "b"},
        },
    ),
    Case("stream_stop", _A, before=(("stream", {**_A, "url": "wss://e.org"}),)),
    Case("denoise"),
    Case("denoise_stop", before=(("denoise", {}),)),
    Case("transcribe", **_MADE),
    Case("transcribe", {**_A, "status_url": URL}),
    Case("transcribe_stop", _A, before=(("transcribe", _A),)),
    Case("ai_stop", _A),
    Case("send_fax_stop", _A),
    Case("receive_fax_stop", _A),
    Case(
        "refer",
        {"device": {"type": "sip", "params": {"to": "sip:ana@e.org"}}, "status_url": URL},
    ),
]
