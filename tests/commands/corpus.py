"""Payloads that the contract allows, and payloads that it forbids.

Written by hand from the calling API contract (2026-08), not from our schemas: where the two
disagree, the schemas are wrong. Each forbidden one names the path that the error must point at.
"""

from __future__ import annotations

from typing import Any

CALL = "9d2f0c1e-5c58-4c0c-8d9c-6a8f3b0f2a11"
SWML = {"version": "1.0.0", "sections": {"main": ["answer", {"play": {"url": "https://e.org/a"}}]}}
START = {"from_lang": "en-US", "to_lang": "es-ES", "direction": ["local-caller", "remote-caller"]}
DIAL = {"from": "+12025550100", "to": "+34911234567", "url": "https://e.org/swml"}
NO = object()
"""Takes a key away."""


def _with(base: dict[str, Any], **changes: Any) -> dict[str, Any]:
    merged = {**base, **{key.rstrip("_"): value for key, value in changes.items()}}
    return {key: value for key, value in merged.items() if value is not NO}


def start(**changes: Any) -> dict[str, Any]:
    return {"action": {"start": _with(START, **changes)}}


def dial(**changes: Any) -> dict[str, Any]:
    return _with(DIAL, **changes)


ALLOWED: list[tuple[str, dict[str, Any]]] = [
    ("calling.live_translate", {"action": "stop"}),
    ("calling.live_translate", {"action": "stop", "status_url": "https://e.org/s?x=1"}),
    ("calling.live_translate", start()),
    ("calling.live_translate", start(direction=["remote-caller"])),
    ("calling.live_translate", start(from_lang="en", to_lang="multi")),
    ("calling.live_translate", start(from_voice="elevenlabs.josh", to_voice="")),
    *(
        ("calling.live_translate", start(filter_from=tone, filter_to=tone))
        for tone in ("polite", "rude", "professional", "shakespeare", "gen-z", "prompt:Be brief")
    ),
    (
        "calling.live_translate",
        start(webhook="https://e.org/w", live_events=True, ai_summary=False),
    ),
    ("calling.live_translate", start(ai_summary_prompt="In one line", speech_engine="deepgram")),
    ("calling.live_translate", start(speech_engine="google", speech_timeout=1500)),
    ("calling.live_translate", start(vad_silence_ms=1, vad_thresh=0, debug_level=0)),
    ("calling.live_translate", start(vad_thresh=1800, debug_level=2, speech_timeout=10**6)),
    (
        "calling.live_translate",
        start(deepgram_key_override="k", deepgram_url_override="wss://e.org"),
    ),
    ("calling.live_translate", start(mode="x", translation_model="m")),
    ("calling.live_translate", start(translation_model_params={"a": [1, None, {"b": 0.5}]})),
    ("calling.live_translate", start(from_voice_params={}, to_voice_params={"speed": 1.1})),
    ("calling.live_translate", {"action": {"summarize": {}}}),
    (
        "calling.live_translate",
        {"action": {"summarize": {"webhook": "https://e.org", "prompt": "p"}}},
    ),
    ("calling.live_translate", {"action": {"summarize": {"summary_prompt": "p", "ai_model": "m"}}}),
    (
        "calling.live_translate",
        {"action": {"inject": {"message": "Un momento", "direction": "remote-caller"}}},
    ),
    ("calling.end", {}),
    *(
        ("calling.end", {"reason": reason})
        for reason in ("hangup", "cancel", "busy", "noAnswer", "decline", "error")
    ),
    ("dial", dial()),
    ("dial", dial(to="sip:ana@example.org")),
    ("dial", dial(url=NO, swml=SWML)),
    ("dial", dial(url=NO, swml={"sections": {"main": []}})),
    ("dial", dial(to=NO, to_script=SWML)),
    ("dial", dial(to=NO, to_script="https://e.org/script")),
    ("dial", dial(to_script="https://e.org/script")),
    (
        "dial",
        dial(caller_id="+12025550111", fallback_url="https://e.org/f", username="u", password="p"),
    ),
    ("dial", dial(send_digits="ww12,34#*ABCD")),
    ("dial", dial(status_url="http://web:8000/s", status_events=["created", "ringing"])),
    ("dial", dial(status_events=["answered", "ended"], url_method="GET")),
    ("dial", dial(url_method="POST", timeout=1)),
    ("dial", dial(timeout=600, max_price_per_minute=0)),
    ("dial", dial(max_price_per_minute=0.05, region="eu")),
    ("dial", dial(region=["eu", "us"])),
    ("dial", dial(codecs="PCMU")),
    ("dial", dial(codecs="OPUS@48000H@20I,PCMA")),
    ("dial", dial(codecs=["OPUS", "G722", "PCMU", "PCMA", "G729", "VP8", "H264"])),
    ("dial", dial(custom_variables={"customer_id": "42", "_x": "é" * 512})),
    ("dial", dial(custom_variables={f"v{i}": "x" for i in range(20)})),
    ("dial", dial(headers=[{"name": "X-Id", "value": "1"}])),
    ("update", {"id": CALL, "status": "completed"}),
    ("update", {"id": CALL, "status": "canceled", "status_url": "https://e.org/s"}),
    ("update", {"id": CALL.upper(), "url": "https://e.org/s", "fallback_url": "https://e.org/f"}),
    ("update", {"id": CALL, "swml": SWML}),
]

FORBIDDEN: list[tuple[str, dict[str, Any], str]] = [
    ("calling.live_translate", {}, "action"),
    ("calling.live_translate", {"action": None}, "action"),
    ("calling.live_translate", {"action": "start"}, "action"),
    ("calling.live_translate", {"action": {}}, "action"),
    ("calling.live_translate", {"action": ["stop"]}, "action"),
    ("calling.live_translate", {"action": {"stop": {}}}, "action.stop"),
    ("calling.live_translate", {"action": {"start": START, "summarize": {}}}, "action"),
    ("calling.live_translate", {"action": {"start": "now"}}, "action.start"),
    ("calling.live_translate", {"action": "stop", "actoin": "stop"}, "actoin"),
    ("calling.live_translate", {"action": "stop", "status_url": "e.org"}, "status_url"),
    ("calling.live_translate", {"action": "stop", "status_url": "ftp://e.org"}, "status_url"),
    ("calling.live_translate", {"action": "stop", "status_url": "https://e.org:0x/"}, "status_url"),
    ("calling.live_translate", {"action": "stop", "status_url": "https://e.org/a b"}, "status_url"),
    ("calling.live_translate", start(from_lang=NO), "action.start.from_lang"),
    ("calling.live_translate", start(to_lang=NO), "action.start.to_lang"),
    ("calling.live_translate", start(direction=NO), "action.start.direction"),
    ("calling.live_translate", start(to_lang=None), "action.start.to_lang"),
    ("calling.live_translate", start(to_lang=b"es"), "action.start.to_lang"),
    ("calling.live_translate", start(to_lang=" "), "action.start.to_lang"),
    ("calling.live_translate", start(direction="local-caller"), "action.start.direction"),
    ("calling.live_translate", start(direction={"local-caller"}), "action.start.direction"),
    ("calling.live_translate", start(direction=[]), "action.start.direction"),
    ("calling.live_translate", start(direction=["both"]), "action.start.direction.0"),
    ("calling.live_translate", start(live_events="yes"), "action.start.live_events"),
    ("calling.live_translate", start(live_events=1), "action.start.live_events"),
    ("calling.live_translate", start(speech_engine="Deepgram"), "action.start.speech_engine"),
    ("calling.live_translate", start(speech_timeout=1499), "action.start.speech_timeout"),
    ("calling.live_translate", start(speech_timeout="1500"), "action.start.speech_timeout"),
    ("calling.live_translate", start(speech_timeout=1500.0), "action.start.speech_timeout"),
    ("calling.live_translate", start(vad_silence_ms=0), "action.start.vad_silence_ms"),
    ("calling.live_translate", start(vad_thresh=-1), "action.start.vad_thresh"),
    ("calling.live_translate", start(vad_thresh=1801), "action.start.vad_thresh"),
    ("calling.live_translate", start(vad_thresh=True), "action.start.vad_thresh"),
    ("calling.live_translate", start(vad_thresh=10**400), "action.start.vad_thresh"),
    ("calling.live_translate", start(speech_timeout=10**5000), "action.start.speech_timeout"),
    (
        "calling.live_translate",
        start(to_voice_params={"a": [10**5000]}),
        "action.start.to_voice_params",
    ),
    ("calling.live_translate", start(debug_level=3), "action.start.debug_level"),
    ("calling.live_translate", start(filter_to="prompt:"), "action.start.filter_to"),
    ("calling.live_translate", start(filter_to="kind"), "action.start.filter_to"),
    ("calling.live_translate", start(to_voice_params=[]), "action.start.to_voice_params"),
    (
        "calling.live_translate",
        start(to_voice_params={"a": float("nan")}),
        "action.start.to_voice_params",
    ),
    ("calling.live_translate", start(to_voice_params={1: "a"}), "action.start.to_voice_params"),
    ("calling.live_translate", start(message="hola"), "action.start.message"),
    ("calling.live_translate", start(hints=["a"]), "action.start.hints"),
    (
        "calling.live_translate",
        {"action": {"inject": {"message": "hola"}}},
        "action.inject.direction",
    ),
    (
        "calling.live_translate",
        {"action": {"inject": {"message": "hola", "direction": ["local-caller"]}}},
        "action.inject.direction",
    ),
    (
        "calling.live_translate",
        {"action": {"inject": {"message": 5, "direction": "local-caller"}}},
        "action.inject.message",
    ),
    ("calling.live_translate", {"action": {"summarize": {"promt": "p"}}}, "action.summarize.promt"),
    ("calling.live_translate", {"action": {"summarize": "now"}}, "action.summarize"),
    ("calling.end", {"reason": "no_answer"}, "reason"),
    ("calling.end", {"reason": None}, "reason"),
    ("calling.end", {"resaon": "busy"}, "resaon"),
    ("dial", dial(from_=NO), "from"),
    ("dial", dial(to=NO), "to"),
    ("dial", dial(url=NO), "url"),
    ("dial", dial(swml=SWML), "url"),
    ("dial", dial(from_=12025550100), "from"),
    ("dial", dial(from_=""), "from"),
    ("dial", dial(to=["+34911234567"]), "to"),
    ("dial", dial(timeout=0), "timeout"),
    ("dial", dial(timeout=601), "timeout"),
    ("dial", dial(timeout="30"), "timeout"),
    ("dial", dial(max_price_per_minute=-0.01), "max_price_per_minute"),
    ("dial", dial(max_price_per_minute="0.05"), "max_price_per_minute"),
    ("dial", dial(max_price_per_minute=float("inf")), "max_price_per_minute"),
    ("dial", dial(url_method="get"), "url_method"),
    ("dial", dial(status_events="ended"), "status_events"),
    ("dial", dial(status_events=["queued"]), "status_events.0"),
    ("dial", dial(codecs="PCMU, PCMA"), "codecs"),
    ("dial", dial(codecs=""), "codecs"),
    ("dial", dial(codecs=["pcmu"]), "codecs.0"),
    ("dial", dial(region=["eu", 5]), "region.1"),
    ("dial", dial(region=5), "region"),
    ("dial", dial(send_digits="12 34"), "send_digits"),
    ("dial", dial(send_digits="E"), "send_digits"),
    ("dial", dial(custom_variables={"1st": "x"}), "custom_variables.1st"),
    ("dial", dial(custom_variables={"SW_a": "x"}), "custom_variables.SW_a"),
    ("dial", dial(custom_variables={"signalwire_a": "x"}), "custom_variables.signalwire_a"),
    ("dial", dial(custom_variables={"rtc_a": "x"}), "custom_variables.rtc_a"),
    ("dial", dial(custom_variables={"Internal_a": "x"}), "custom_variables.Internal_a"),
    ("dial", dial(custom_variables={"a": ""}), "custom_variables.a"),
    ("dial", dial(custom_variables={"a": 5}), "custom_variables.a"),
    ("dial", dial(custom_variables={"a": "é" * 513}), "custom_variables.a"),
    ("dial", dial(custom_variables={f"v{i}": "x" for i in range(21)}), "custom_variables"),
    ("dial", dial(url=NO, swml={}), "swml.sections"),
    ("dial", dial(url=NO, swml={"sections": {}}), "swml.sections"),
    ("dial", dial(url=NO, swml={"sections": {"main": {}}}), "swml.sections.main"),
    ("dial", dial(url=NO, swml={**SWML, "version": "1.0"}), "swml.version"),
    ("dial", dial(url=NO, swml={**SWML, "extra": 1}), "swml.extra"),
    (
        "dial",
        dial(url=NO, swml={"sections": {"main": [{"play": {}, "hangup": {}}]}}),
        "swml.sections.main.0",
    ),
    ("dial", dial(headers={"X-Id": "1"}), "headers"),
    ("dial", dial(frmo="+12025550100"), "frmo"),
    ("dial", dial(id=CALL), "id"),
    ("update", {"status": "completed"}, "id"),
    ("update", {"id": CALL}, ""),
    ("update", {"id": CALL, "fallback_url": "https://e.org"}, ""),
    ("update", {"id": "{" + CALL + "}", "status": "completed"}, "id"),
    ("update", {"id": CALL.replace("-", ""), "status": "completed"}, "id"),
    ("update", {"id": CALL, "status": "ended"}, "status"),
]
