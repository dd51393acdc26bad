"""Live transcription and translation."""

from __future__ import annotations

from typing import Any

from .base import NO, START, Case, Mistake, changed, start

TRANSLATE = "calling.live_translate"
TRANSCRIBE = "calling.live_transcribe"


def transcribe(**changes: Any) -> dict[str, Any]:
    return {
        "action": {"start": changed({"lang": "en-US", "direction": ["local-caller"]}, **changes)}
    }


# What both take, and what both refuse, beside what is their own.
SHARED: list[dict[str, Any]] = [
    {"webhook": "https://e.org/w", "live_events": True, "ai_summary": False},
    {"live_events": False, "ai_summary": True, "ai_summary_prompt": "In one line"},
    {"speech_engine": "deepgram", "speech_timeout": 1500},
    {"speech_engine": "google", "speech_timeout": 10**6},
    {"vad_silence_ms": 1, "vad_thresh": 0, "debug_level": 0},
    {"vad_silence_ms": 10**6, "vad_thresh": 1800, "debug_level": 2},
    {"debug_level": 1, "direction": ["remote-caller"]},
    {"direction": ["remote-caller", "local-caller"]},
    {"deepgram_key_override": "k", "deepgram_url_override": "wss://e.org"},
]
SHARED_WRONG: list[tuple[str, Any]] = [
    ("webhook", 5),
    ("webhook", ["https://e.org"]),
    ("live_events", "true"),
    ("live_events", 1),
    ("live_events", None),
    ("ai_summary", "no"),
    ("ai_summary_prompt", {"text": "p"}),
    ("speech_engine", "whisper"),
    ("speech_engine", "Google"),
    ("speech_timeout", 1499),
    ("speech_timeout", 1500.0),
    ("speech_timeout", "1500"),
    ("vad_silence_ms", 0),
    ("vad_silence_ms", 0.5),
    ("vad_thresh", -1),
    ("vad_thresh", 1801),
    ("debug_level", -1),
    ("debug_level", 3),
    ("debug_level", "1"),
    ("debug_level", True),
    ("deepgram_key_override", 1),
    ("deepgram_url_override", None),
    ("direction", "both"),
    ("direction", []),
    ("direction", None),
    ("speech_timeot", 1500),
]

ALLOWED: list[Case] = [
    (TRANSCRIBE, {"action": "stop"}),
    (TRANSCRIBE, {"action": {"summarize": {}}}),
    (TRANSCRIBE, {"action": {"summarize": {"webhook": "https://e.org", "prompt": "p"}}}),
    (TRANSCRIBE, {"action": {"summarize": {"summary_prompt": "p", "ai_model": "m"}}}),
    (TRANSCRIBE, transcribe(lang="es", hints=[], verbose_utterances=True)),
    (TRANSCRIBE, transcribe(hints=["SignalWire", ""], verbose_utterances=False)),
    *((TRANSCRIBE, transcribe(**more)) for more in SHARED),
    *((TRANSLATE, start(**more)) for more in SHARED),
    (TRANSLATE, {"action": {"inject": {"message": "One moment", "direction": "local-caller"}}}),
    (TRANSLATE, {"action": "stop"}),
    (TRANSLATE, {"action": "stop", "status_url": "https://e.org/s?x=1"}),
    (TRANSLATE, start()),
    (TRANSLATE, start(direction=["remote-caller"])),
    (TRANSLATE, start(from_lang="en", to_lang="multi")),
    (TRANSLATE, start(from_voice="elevenlabs.josh", to_voice="")),
    *(
        (TRANSLATE, start(filter_from=tone, filter_to=tone))
        for tone in ("polite", "rude", "professional", "shakespeare", "gen-z", "prompt:Be brief")
    ),
    (
        TRANSLATE,
        start(webhook="https://e.org/w", live_events=True, ai_summary=False),
    ),
    (TRANSLATE, start(ai_summary_prompt="In one line", speech_engine="deepgram")),
    (TRANSLATE, start(speech_engine="google", speech_timeout=1500)),
    (TRANSLATE, start(vad_silence_ms=1, vad_thresh=0, debug_level=0)),
    (TRANSLATE, start(vad_thresh=1800, debug_level=2, speech_timeout=10**6)),
    (
        TRANSLATE,
        start(deepgram_key_override="k", deepgram_url_override="wss://e.org"),
    ),
    (TRANSLATE, start(mode="x", translation_model="m")),
    (TRANSLATE, start(translation_model_params={"a": [1, None, {"b": 0.5}]})),
    (TRANSLATE, start(from_voice_params={}, to_voice_params={"speed": 1.1})),
    (TRANSLATE, {"action": {"summarize": {}}}),
    (
        TRANSLATE,
        {"action": {"summarize": {"webhook": "https://e.org", "prompt": "p"}}},
    ),
    (TRANSLATE, {"action": {"summarize": {"summary_prompt": "p", "ai_model": "m"}}}),
    (
        TRANSLATE,
        {"action": {"inject": {"message": "Un momento", "direction": "remote-caller"}}},
    ),
]

FORBIDDEN: list[Mistake] = [
    *(
        (TRANSCRIBE, transcribe(**{key: value}), f"action.start.{key}")
        for key, value in SHARED_WRONG
    ),
    *((TRANSLATE, start(**{key: value}), f"action.start.{key}") for key, value in SHARED_WRONG),
    *(
        (name, {"action": {"summarize": {key: 5}}}, f"action.summarize.{key}")
        for name in (TRANSCRIBE, TRANSLATE)
        for key in ("webhook", "prompt", "summary_prompt", "ai_model")
    ),
    *(
        (TRANSCRIBE, transcribe(direction=["local-caller", leg]), "action.start.direction.1")
        for leg in ("both", "remote", None, 5)
    ),
    (TRANSCRIBE, {}, "action"),
    (TRANSCRIBE, {"action": None}, "action"),
    (TRANSCRIBE, {"action": "start"}, "action"),
    (TRANSCRIBE, {"action": "summarize"}, "action"),
    (TRANSCRIBE, {"action": {}}, "action"),
    (TRANSCRIBE, {"action": {"stop": {}}}, "action.stop"),
    (TRANSCRIBE, {"action": {"summarize": {}, "start": {}}}, "action"),
    (
        TRANSCRIBE,
        {"action": {"inject": {"message": "a", "direction": "local-caller"}}},
        "action.inject",
    ),
    (TRANSCRIBE, {"action": {"start": None}}, "action.start"),
    (TRANSCRIBE, {"action": {"summarize": None}}, "action.summarize"),
    (TRANSCRIBE, {"action": "stop", "status_url": "https://e.org"}, "status_url"),
    (TRANSCRIBE, {"action": "stop", "control_id": "a"}, "control_id"),
    (TRANSCRIBE, transcribe(lang=NO), "action.start.lang"),
    (TRANSCRIBE, transcribe(lang=""), "action.start.lang"),
    (TRANSCRIBE, transcribe(direction=NO), "action.start.direction"),
    (TRANSCRIBE, transcribe(from_lang="en"), "action.start.from_lang"),
    (TRANSCRIBE, transcribe(to_lang="en"), "action.start.to_lang"),
    (TRANSCRIBE, transcribe(mode="m"), "action.start.mode"),
    (TRANSCRIBE, transcribe(hints="SignalWire"), "action.start.hints"),
    (TRANSCRIBE, transcribe(hints=[1]), "action.start.hints.0"),
    (TRANSCRIBE, transcribe(verbose_utterances=0), "action.start.verbose_utterances"),
    (TRANSLATE, start(verbose_utterances=True), "action.start.verbose_utterances"),
    (TRANSLATE, start(lang="en"), "action.start.lang"),
    (TRANSLATE, start(from_voice=1), "action.start.from_voice"),
    (TRANSLATE, start(to_voice=None), "action.start.to_voice"),
    (TRANSLATE, start(filter_from="Polite"), "action.start.filter_from"),
    (TRANSLATE, start(mode=1), "action.start.mode"),
    (TRANSLATE, start(translation_model={}), "action.start.translation_model"),
    (TRANSLATE, start(translation_model_params="m"), "action.start.translation_model_params"),
    (TRANSLATE, start(from_voice_params="v"), "action.start.from_voice_params"),
    (TRANSLATE, {"action": {"inject": {"direction": "local-caller"}}}, "action.inject.message"),
    (
        TRANSLATE,
        {"action": {"inject": {"message": "", "direction": "local-caller"}}},
        "action.inject.message",
    ),
    (
        TRANSLATE,
        {"action": {"inject": {"message": "a", "direction": "both"}}},
        "action.inject.direction",
    ),
    (
        TRANSLATE,
        {"action": {"inject": {"message": "a", "direction": "local-caller", "lang": "es"}}},
        "action.inject.lang",
    ),
    (TRANSLATE, {"action": {"inject": "hola"}}, "action.inject"),
    (TRANSLATE, {"action": "stop", "webhook": "https://e.org"}, "webhook"),
    (TRANSLATE, {}, "action"),
    (TRANSLATE, {"action": None}, "action"),
    (TRANSLATE, {"action": "start"}, "action"),
    (TRANSLATE, {"action": {}}, "action"),
    (TRANSLATE, {"action": ["stop"]}, "action"),
    (TRANSLATE, {"action": {"stop": {}}}, "action.stop"),
    (TRANSLATE, {"action": {"start": START, "summarize": {}}}, "action"),
    (TRANSLATE, {"action": {"start": "now"}}, "action.start"),
    (TRANSLATE, {"action": "stop", "actoin": "stop"}, "actoin"),
    (TRANSLATE, {"action": "stop", "status_url": "e.org"}, "status_url"),
    (TRANSLATE, {"action": "stop", "status_url": "ftp://e.org"}, "status_url"),
    (TRANSLATE, {"action": "stop", "status_url": "https://e.org:0x/"}, "status_url"),
    (TRANSLATE, {"action": "stop", "status_url": "https://e.org/a b"}, "status_url"),
    (TRANSLATE, start(from_lang=NO), "action.start.from_lang"),
    (TRANSLATE, start(to_lang=NO), "action.start.to_lang"),
    (TRANSLATE, start(direction=NO), "action.start.direction"),
    (TRANSLATE, start(to_lang=None), "action.start.to_lang"),
    (TRANSLATE, start(to_lang=b"es"), "action.start.to_lang"),
    (TRANSLATE, start(to_lang=" "), "action.start.to_lang"),
    (TRANSLATE, start(direction="local-caller"), "action.start.direction"),
    (TRANSLATE, start(direction={"local-caller"}), "action.start.direction"),
    (TRANSLATE, start(direction=[]), "action.start.direction"),
    (TRANSLATE, start(direction=["both"]), "action.start.direction.0"),
    (TRANSLATE, start(live_events="yes"), "action.start.live_events"),
    (TRANSLATE, start(live_events=1), "action.start.live_events"),
    (TRANSLATE, start(speech_engine="Deepgram"), "action.start.speech_engine"),
    (TRANSLATE, start(speech_timeout=1499), "action.start.speech_timeout"),
    (TRANSLATE, start(speech_timeout="1500"), "action.start.speech_timeout"),
    (TRANSLATE, start(speech_timeout=1500.0), "action.start.speech_timeout"),
    (TRANSLATE, start(vad_silence_ms=0), "action.start.vad_silence_ms"),
    (TRANSLATE, start(vad_thresh=-1), "action.start.vad_thresh"),
    (TRANSLATE, start(vad_thresh=1801), "action.start.vad_thresh"),
    (TRANSLATE, start(vad_thresh=True), "action.start.vad_thresh"),
    (TRANSLATE, start(vad_thresh=10**400), "action.start.vad_thresh"),
    (TRANSLATE, start(speech_timeout=10**5000), "action.start.speech_timeout"),
    (
        TRANSLATE,
        start(to_voice_params={"a": [10**5000]}),
        "action.start.to_voice_params",
    ),
    (TRANSLATE, start(debug_level=3), "action.start.debug_level"),
    (TRANSLATE, start(filter_to="prompt:"), "action.start.filter_to"),
    (TRANSLATE, start(filter_to="kind"), "action.start.filter_to"),
    (TRANSLATE, start(to_voice_params=[]), "action.start.to_voice_params"),
    (
        TRANSLATE,
        start(to_voice_params={"a": float("nan")}),
        "action.start.to_voice_params",
    ),
    (TRANSLATE, start(to_voice_params={1: "a"}), "action.start.to_voice_params"),
    (TRANSLATE, start(message="hola"), "action.start.message"),
    (TRANSLATE, start(hints=["a"]), "action.start.hints"),
    (
        TRANSLATE,
        {"action": {"inject": {"message": "hola"}}},
        "action.inject.direction",
    ),
    (
        TRANSLATE,
        {"action": {"inject": {"message": "hola", "direction": ["local-caller"]}}},
        "action.inject.direction",
    ),
    (
        TRANSLATE,
        {"action": {"inject": {"message": 5, "direction": "local-caller"}}},
        "action.inject.message",
    ),
    (TRANSLATE, {"action": {"summarize": {"promt": "p"}}}, "action.summarize.promt"),
    (TRANSLATE, {"action": {"summarize": "now"}}, "action.summarize"),
]
