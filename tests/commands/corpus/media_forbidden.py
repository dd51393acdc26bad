"""Sound in a call: what is forbidden, and where the error points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .base import NO, Mistake
from .media import (
    COLLECT,
    DETECT,
    DIGITS,
    PLAY,
    RECORD,
    RTP,
    SILENCE,
    STREAM,
    TAP,
    TRANSCRIBE,
    collect,
    detect,
    item,
    play,
    record,
    rtp,
    speech,
    stream,
    tap,
)


def _each(
    name: str, make: Callable[..., dict[str, Any]], path: str, wrong: dict[str, tuple[Any, ...]]
) -> list[Mistake]:
    return [
        (name, make(**{key: value}), f"{path}{key.rstrip('_')}")
        for key, values in wrong.items()
        for value in values
    ]


NAN, INFINITY = float("nan"), float("inf")
NOT_TEXT = (5, None, True, ["a"], {"a": "b"})
NOT_BOOLEAN = (0, 1, "true", "", None, [])
NOT_ABOVE_ZERO = (0, -0.5, "1", None, True, NAN, INFINITY)
NOT_WEB = ("", "e.org", "ftp://e.org", "wss://e.org", "https://", "https://e.org/ a", 5, None)

FORBIDDEN: list[Mistake] = [
    # every new operation
    (PLAY, {"play": [SILENCE]}, "control_id"),
    (RECORD, {"record": {"audio": {}}}, "control_id"),
    (COLLECT, {"digits": DIGITS}, "control_id"),
    (DETECT, {"detect": {"type": "fax"}}, "control_id"),
    (TAP, tap(control_id=NO), "control_id"),
    (STREAM, {"url": "wss://e.org"}, "control_id"),
    (TRANSCRIBE, {}, "control_id"),
    *_each(PLAY, play, "", {"control_id": NOT_TEXT, "status_url": NOT_WEB}),
    *_each(COLLECT, collect, "", {"control_id": NOT_TEXT, "status_url": NOT_WEB}),
    *_each(TAP, tap, "", {"control_id": NOT_TEXT, "status_url": NOT_WEB}),
    *_each(STREAM, stream, "", {"control_id": NOT_TEXT, "status_url": NOT_WEB}),
    *((RECORD, {**record(), "status_url": wrong}, "status_url") for wrong in NOT_WEB),
    *((DETECT, {**detect(), "status_url": wrong}, "status_url") for wrong in NOT_WEB),
    *((TRANSCRIBE, {"control_id": wrong}, "control_id") for wrong in NOT_TEXT),
    *((TRANSCRIBE, {"control_id": "t", "status_url": wrong}, "status_url") for wrong in NOT_WEB),
    (TRANSCRIBE, {"control_id": "t", "lang": "en"}, "lang"),
    # play
    (PLAY, {"control_id": "p"}, "play"),
    *((PLAY, {"control_id": "p", "play": wrong}, "play") for wrong in (None, SILENCE, "a.mp3")),
    *((PLAY, play(wrong), "play.0") for wrong in (None, "a.mp3", [], 5)),
    (PLAY, play({}), "play.0.type"),
    (PLAY, play({"params": {"duration": 1}}), "play.0.type"),
    (PLAY, play({"type": "silence"}), "play.0.params"),
    (PLAY, play({"type": "silence", "params": None}), "play.0.params"),
    (PLAY, play({"type": "silence", "params": [1]}), "play.0.params"),
    (PLAY, play({**SILENCE, "duration": 1}), "play.0.duration"),
    (PLAY, play({**SILENCE, "volume": 3}), "play.0.volume"),
    (PLAY, play(item("file", url="https://e.org")), "play.0.type"),
    (PLAY, play({"type": None, "params": {}}), "play.0.type"),
    (PLAY, play(SILENCE, item("audio")), "play.1.params.url"),
    *((PLAY, play(item("audio", url=wrong)), "play.0.params.url") for wrong in NOT_WEB),
    (PLAY, play(item("audio", url="https://e.org", loop=1)), "play.0.params.loop"),
    (PLAY, play(item("tts")), "play.0.params.text"),
    *(
        (PLAY, play(item("tts", **{"text": "a", key: wrong})), f"play.0.params.{key}")
        for key in ("text", "language", "voice", "gender")
        for wrong in NOT_TEXT
    ),
    (PLAY, play(item("tts", text="a", gender="Male")), "play.0.params.gender"),
    (PLAY, play(item("tts", text="a", lang="es")), "play.0.params.lang"),
    (PLAY, play(item("silence")), "play.0.params.duration"),
    *(
        (PLAY, play(item("silence", duration=wrong)), "play.0.params.duration")
        for wrong in NOT_ABOVE_ZERO
    ),
    (PLAY, play(item("silence", duration=1, url="https://e.org")), "play.0.params.url"),
    (PLAY, play(item("ringtone", duration=1)), "play.0.params.name"),
    *(
        (PLAY, play(item("ringtone", name=wrong)), "play.0.params.name")
        for wrong in ("ES", "xx", "", "gb", None, 5)
    ),
    *(
        (PLAY, play(item("ringtone", name="es", duration=wrong)), "play.0.params.duration")
        for wrong in NOT_ABOVE_ZERO
    ),
    (PLAY, play(item("ringtone", name="es", loop=1)), "play.0.params.loop"),
    *_each(
        PLAY,
        play,
        "",
        {
            "volume": (-40.1, -41, 40.1, 41, "0", None, True),
            "direction": ("both_tracks", "Listen", None, ["both"]),
            "loop": (-1, 0.5, 1.0, "1", None, True),
            "language": NOT_TEXT,
            "voice": NOT_TEXT,
            "gender": ("neutral", "Male", None),
            "lopo": (1,),
        },
    ),
    # record
    (RECORD, {"control_id": "r"}, "record"),
    (RECORD, {**record(), "audio": {}}, "audio"),
    (RECORD, {"control_id": "r", "record": None}, "record"),
    (RECORD, {"control_id": "r", "record": "audio"}, "record"),
    (RECORD, {"control_id": "r", "record": {}}, "record.audio"),
    (RECORD, {"control_id": "r", "record": {"audio": None}}, "record.audio"),
    (RECORD, {"control_id": "r", "record": {"audio": True}}, "record.audio"),
    (RECORD, {"control_id": "r", "record": {"audio": {}, "video": {}}}, "record.video"),
    *_each(
        RECORD,
        record,
        "record.audio.",
        {
            "beep": NOT_BOOLEAN,
            "stereo": NOT_BOOLEAN,
            "format": ("MP3", "ogg", None),
            "direction": ("none", "inbound", None),
            "initial_timeout": (-0.1, -1, "1", None, True, NAN),
            "end_silence_timeout": (-0.1, -1, "1", None, True, INFINITY),
            "max_length": (-1, 1.5, "60", None, True),
            "terminators": ("E", "1 2", "w", 5, None),
            "input_sensitivity": (-1, -0.1, 100.1, 101, "44", None, True),
            "max_lenght": (60,),
        },
    ),
    # collect
    (COLLECT, {"control_id": "c"}, ""),
    (COLLECT, {"control_id": "c", "initial_timeout": 5}, ""),
    (COLLECT, collect(digits={}), "digits.max"),
    (COLLECT, collect(digits=None), "digits"),
    (COLLECT, collect(digits=4), "digits"),
    *(
        (COLLECT, collect(digits={**DIGITS, key: wrong}), f"digits.{key}")
        for key, values in {
            "max": (0, -1, 1.0, "4", None, True),
            "terminators": ("E", "ww", 5, None),
            "digit_timeout": NOT_ABOVE_ZERO,
            "min": (1,),
        }.items()
        for wrong in values
    ),
    (COLLECT, {"control_id": "c", "speech": None}, "speech"),
    (COLLECT, {"control_id": "c", "speech": True}, "speech"),
    *_each(
        COLLECT,
        speech,
        "speech.",
        {
            "end_silence_timeout": NOT_ABOVE_ZERO,
            "speech_timeout": NOT_ABOVE_ZERO,
            "language": NOT_TEXT,
            "hints": ("sí", None, {"a": "b"}),
            "model": NOT_TEXT,
            "engine": ("google", "deepgram", "Google.V1", None),
            "lang": ("es",),
        },
    ),
    (COLLECT, speech(hints=["a", 5]), "speech.hints.1"),
    *_each(
        COLLECT,
        collect,
        "",
        {
            "initial_timeout": NOT_ABOVE_ZERO,
            "continuous": NOT_BOOLEAN,
            "partial_results": NOT_BOOLEAN,
            "send_start_of_input": NOT_BOOLEAN,
            "start_input_timers": NOT_BOOLEAN,
            "continue_": NOT_BOOLEAN,
            "timeout": (5,),
        },
    ),
    # detect
    (DETECT, {"control_id": "d"}, "detect"),
    (DETECT, {"control_id": "d", "detect": None}, "detect"),
    (DETECT, {"control_id": "d", "detect": "machine"}, "detect"),
    (DETECT, {"control_id": "d", "detect": [{"type": "fax"}]}, "detect"),
    (DETECT, {"control_id": "d", "detect": {}}, "detect.type"),
    (DETECT, {"control_id": "d", "detect": {"params": {}}}, "detect.type"),
    (DETECT, {"control_id": "d", "detect": {"type": "human"}}, "detect.type"),
    (DETECT, {"control_id": "d", "detect": {"type": "fax", "params": None}}, "detect.params"),
    (DETECT, {"control_id": "d", "detect": {"type": "fax", "tone": "CNG"}}, "detect.tone"),
    *_each(
        DETECT,
        detect,
        "detect.params.",
        {
            "initial_timeout": ("4", None, True, NAN),
            "end_silence_timeout": ("4", None, True, INFINITY),
            "machine_ready_timeout": ("4", None, True),
            "machine_voice_threshold": ("4", None, True),
            "machine_words_threshold": (1.5, 6.0, "6", None, True),
            "detect_interruptions": NOT_BOOLEAN,
            "detect_message_end": NOT_BOOLEAN,
            "tone": ("CNG",),
            "digits": ("1",),
        },
    ),
    (DETECT, detect("fax", tone="Cng"), "detect.params.tone"),
    (DETECT, detect("fax", tone=None), "detect.params.tone"),
    (DETECT, detect("fax", digits="1"), "detect.params.digits"),
    *((DETECT, detect("digit", digits=wrong), "detect.params.digits") for wrong in ("E", 5, None)),
    (DETECT, detect("digit", tone="CNG"), "detect.params.tone"),
    *((DETECT, {**detect(), "timeout": wrong}, "timeout") for wrong in (-1, -0.1, "5", None, True)),
    (DETECT, {**detect(), "control_id": None}, "control_id"),
    (DETECT, {**detect(), "wait": 5}, "wait"),
    # tap
    (TAP, tap(tap=NO), "tap"),
    (TAP, tap(device=NO), "device"),
    (TAP, tap(tap={"type": "audio"}), "tap.params"),
    (TAP, tap(tap={"params": {"direction": "both"}}), "tap.type"),
    (TAP, tap(tap=item("video", direction="both")), "tap.type"),
    (TAP, tap(tap=item("audio")), "tap.params.direction"),
    (TAP, tap(tap=item("audio", direction="all")), "tap.params.direction"),
    (TAP, tap(tap=item("audio", direction="both", codec="PCMU")), "tap.params.codec"),
    (TAP, tap(tap={"type": "audio", "params": {"direction": "both"}, "rate": 1}), "tap.rate"),
    (TAP, tap(device={}), "device.type"),
    (TAP, tap(device={"type": "rtp"}), "device.params"),
    (TAP, tap(device=item("udp", **RTP)), "device.type"),
    (TAP, tap(device={**item("rtp", **RTP), "codec": "PCMU"}), "device.codec"),
    (TAP, rtp(addr=NO), "device.params.addr"),
    (TAP, rtp(port=NO), "device.params.port"),
    *_each(
        TAP,
        rtp,
        "device.params.",
        {
            "addr": (
                *("10.0.0.1", "192.168.1.1", "172.16.0.1", "127.0.0.1", "169.254.0.1", "0.0.0.0"),
                *("2001:4860:4860::8888", "e.org", "8.8.8", "8.8.8.8:53", " 8.8.8.8", "", None, 5),
            ),
            "port": (0, 65536, -1, 4000.0, "4000", None, True),
            "codec": ("G722", "Opus", None),
            "ptime": (0, 5, 15, 20.0, 130, -10, "20", None, True),
            "uri": ("wss://e.org",),
        },
    ),
    (TAP, tap(device=item("ws")), "device.params.uri"),
    *(
        (TAP, tap(device=item("ws", uri=wrong)), "device.params.uri")
        for wrong in ("https://e.org", "e.org", "ws://", "wss:// e.org", "", None, 5)
    ),
    (TAP, tap(device=item("ws", uri="wss://e.org", codec="Pcmu")), "device.params.codec"),
    (TAP, tap(device=item("ws", uri="wss://e.org", ptime=20)), "device.params.ptime"),
    (TAP, tap(direction="both"), "direction"),
    # stream
    (STREAM, stream(url=NO), "url"),
    *_each(
        STREAM,
        stream,
        "",
        {
            "url": ("ws://e.org", "https://e.org", "e.org", "wss://", "", None, 5),
            "name": NOT_TEXT,
            "codec": NOT_TEXT,
            "track": ("inbound", "both", "Both_tracks", None),
            "authorization_bearer_token": NOT_TEXT,
            "custom_parameters": ("a", [], None, True),
            "status_url_method": ("post", "PUT", None),
            "status_method": ("POST",),
        },
    ),
]
