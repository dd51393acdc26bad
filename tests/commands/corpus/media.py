"""Sound in a call: what is allowed. What is not stands in ``media_forbidden``."""

from __future__ import annotations

from typing import Any

from .base import Case, changed

PLAY, RECORD, COLLECT = "calling.play", "calling.record", "calling.collect"
DETECT, TAP, STREAM = "calling.detect", "calling.tap", "calling.stream"
TRANSCRIBE = "calling.transcribe"

RINGTONES = str.split(
    "au be ca cn cy cz de dk dz eg es fi fr hu il in jp ko pk pl ro rs ru sa tr uk us at bg br ch "
    "cl ee gr it lt mx my nl no nz ph pt se sg th za tw ve bong"
)
WHO = ("listen", "speak", "both")
TAP_CODECS = ("PCMA", "PCMU", "pcma", "pcmu", "OPUS", "opus")
URL = "https://e.org/s"


def item(kind: str, **params: Any) -> dict[str, Any]:
    return {"type": kind, "params": params}


SILENCE = item("silence", duration=1)
DIGITS = {"max": 1}
RTP = {"addr": "203.0.114.7", "port": 4000}


def play(*items: Any, **more: Any) -> dict[str, Any]:
    return changed({"control_id": "p", "play": list(items) or [SILENCE]}, **more)


def record(**audio: Any) -> dict[str, Any]:
    return {"control_id": "r", "record": {"audio": audio}}


def collect(**more: Any) -> dict[str, Any]:
    return changed({"control_id": "c", "digits": DIGITS}, **more)


def speech(**more: Any) -> dict[str, Any]:
    return {"control_id": "c", "speech": more}


def detect(kind: str = "machine", /, **params: Any) -> dict[str, Any]:
    return {"control_id": "d", "detect": item(kind, **params)}


def tap(**more: Any) -> dict[str, Any]:
    base = {"control_id": "t", "tap": item("audio", direction="both"), "device": item("rtp", **RTP)}
    return changed(base, **more)


def rtp(**more: Any) -> dict[str, Any]:
    return tap(device=item("rtp", **changed(RTP, **more)))


def stream(**more: Any) -> dict[str, Any]:
    return changed({"control_id": "s", "url": "wss://e.org/sound"}, **more)


ALLOWED: list[Case] = [
    (PLAY, play(item("audio", url="https://e.org/a.mp3"))),
    (PLAY, play(item("audio", url="http://media:8000/a.mp3"), item("tts", text="Hola"))),
    (PLAY, play(item("tts", text="", language="es-ES", gender="male", voice="elevenlabs.josh"))),
    (PLAY, play(item("tts", text="Hello", gender="female"))),
    (PLAY, play(item("silence", duration=0.001), item("silence", duration=86400))),
    *((PLAY, play(item("ringtone", name=name))) for name in RINGTONES),
    (PLAY, play(item("ringtone", name="es", duration=0.5))),
    (PLAY, {"control_id": "p", "play": []}),
    (PLAY, play({"params": {"duration": 1}, "type": "silence"})),
    *((PLAY, play(volume=volume)) for volume in (-40, 0, 3.5, 40)),
    *((PLAY, play(direction=who)) for who in WHO),
    *((PLAY, play(loop=loop)) for loop in (0, 1, 10**6)),
    (PLAY, play(language="es-ES", voice="v", gender="male", status_url=URL)),
    (PLAY, play(gender="female", control_id="8f14e45f-ceea-467f-a0e6-3c1a2b4d5e6f")),
    (RECORD, record()),
    (RECORD, record(beep=True, stereo=False)),
    (RECORD, record(beep=False, stereo=True)),
    *((RECORD, record(format=name)) for name in ("mp3", "wav", "mp4")),
    *((RECORD, record(direction=who)) for who in WHO),
    (RECORD, record(initial_timeout=0, end_silence_timeout=0, max_length=0)),
    (RECORD, record(initial_timeout=4.5, end_silence_timeout=0.5, max_length=3600)),
    (RECORD, record(terminators="0123456789ABCDabcd*#")),
    (RECORD, record(terminators="", input_sensitivity=0)),
    (RECORD, record(input_sensitivity=44.5)),
    (RECORD, record(input_sensitivity=100)),
    (RECORD, {**record(), "status_url": URL}),
    (COLLECT, collect()),
    (COLLECT, collect(digits={"max": 20, "terminators": "#*Dd", "digit_timeout": 0.5})),
    (COLLECT, collect(digits={"max": 1, "digit_timeout": 5, "terminators": ""})),
    (COLLECT, speech()),
    (COLLECT, speech(end_silence_timeout=0.1, speech_timeout=60)),
    (COLLECT, speech(language="es-ES", hints=["sí", "no"], model="phone_call")),
    (COLLECT, speech(hints=[])),
    *((COLLECT, speech(engine=name)) for name in ("Google", "Google.V2", "Deepgram")),
    (COLLECT, collect(speech={}, initial_timeout=0.1)),
    (COLLECT, collect(initial_timeout=4, status_url=URL)),
    *(
        (COLLECT, collect(continuous=on, partial_results=on, send_start_of_input=on))
        for on in (True, False)
    ),
    *((COLLECT, collect(start_input_timers=on, continue_=on)) for on in (True, False)),
    (DETECT, {"control_id": "d", "detect": {"type": "machine"}}),
    (DETECT, {"control_id": "d", "detect": {"type": "fax"}}),
    (DETECT, {"control_id": "d", "detect": {"type": "digit"}}),
    (DETECT, detect()),
    (DETECT, detect(initial_timeout=4.5, end_silence_timeout=1, machine_ready_timeout=0)),
    (DETECT, detect(machine_voice_threshold=1.25, machine_words_threshold=6)),
    (DETECT, detect(detect_interruptions=True, detect_message_end=False)),
    (DETECT, detect(detect_interruptions=False, detect_message_end=True)),
    *((DETECT, detect("fax", tone=tone)) for tone in ("CNG", "CED", "cng", "ced")),
    (DETECT, detect("digit", digits="0123456789ABCDabcd*#")),
    (DETECT, {**detect("digit"), "timeout": 0, "status_url": URL}),
    (DETECT, {**detect("fax"), "timeout": 30.5}),
    *((TAP, tap(tap=item("audio", direction=who))) for who in WHO),
    (TAP, rtp(port=1)),
    (TAP, rtp(port=65535)),
    *((TAP, rtp(codec=codec)) for codec in TAP_CODECS),
    *((TAP, rtp(ptime=ptime)) for ptime in (10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120)),
    (TAP, rtp(addr="8.8.8.8")),
    (TAP, tap(device=item("ws", uri="ws://e.org/tap"), status_url=URL)),
    *((TAP, tap(device=item("ws", uri="wss://e.org", codec=codec))) for codec in TAP_CODECS),
    (STREAM, stream()),
    (STREAM, stream(name="n", codec="OPUS@48000h", authorization_bearer_token="secret")),
    *((STREAM, stream(track=f"{track}_track")) for track in ("inbound", "outbound")),
    (STREAM, stream(track="both_tracks", custom_parameters={})),
    (STREAM, stream(custom_parameters={"a": "b", "c": {"d": [1]}})),
    *((STREAM, stream(status_url=URL, status_url_method=verb)) for verb in ("GET", "POST")),
    (TRANSCRIBE, {"control_id": "t"}),
    (TRANSCRIBE, {"control_id": "t", "status_url": URL}),
]
