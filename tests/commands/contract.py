"""The contract once more, as predicates copied from its own words: what a value must be.

It shares no code with the schemas, so that a generated payload has two judges; where they disagree,
one of them is wrong. The lines marked *ours* are where the package is stricter than the contract
(see ``flask_signalwire.commands.schemas``).
"""

from __future__ import annotations

import re
from typing import Any

from .predicates import (
    Rule,
    an_object,
    any_object,
    boolean,
    either,
    integer,
    list_of,
    number,
    one_key,
    one_of,
    public_ipv4,
    tagged,
    text,
    url,
)

LEGS = ("local-caller", "remote-caller")
CODECS = str.split(
    "OPUS OPUS@48000H@20I OPUS@24000H@20I OPUS@16000H@20I OPUS@8000H@20I "
    "G722 PCMU PCMA G729 VP8 H264"
)
RINGTONES = str.split(
    "au be ca cn cy cz de dk dz eg es fi fr hu il in jp ko pk pl ro rs ru sa tr uk us at bg br ch "
    "cl ee gr it lt mx my nl no nz ph pt se sg th za tw ve bong"
)


def _method(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, dict) and len(value) == 1)


def _swml(value: Any) -> bool:
    sections = value.get("sections") if any_object(value) else None
    return (
        isinstance(sections, dict)
        and value.keys() <= {"version", "sections"}
        and value.get("version", "1.0.0") == "1.0.0"
        and "main" in sections
        and all(list_of(_method)(body) for body in sections.values())
    )


def _variables(value: Any) -> bool:
    return (
        any_object(value)
        and len(value) <= 20
        and all(
            re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name)
            and not re.match(r"(signalwire|sw|rtc|internal)_", name, re.IGNORECASE)
            and isinstance(inner, str)
            and 0 < len(inner.encode()) <= 1024
            for name, inner in value.items()
        )
    )


def _codec_text(value: Any) -> bool:
    return isinstance(value, str) and all(codec in CODECS for codec in value.split(","))


def _both_legs(value: Any) -> bool:
    return isinstance(value, list) and value in ([*LEGS], [*reversed(LEGS)])


WEB = url("http", "https")
UUID = text(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
TEXT = text()
TONES = text(r"[0-9A-Da-d*#]*")
TAG = text(blank=False)  # ours
WHO = one_of("listen", "speak", "both")
GENDER = one_of("male", "female")
HTTP = one_of("GET", "POST")
TAP_CODEC = one_of("PCMA", "PCMU", "pcma", "pcmu", "OPUS", "opus")
LEG = one_of(*LEGS)
FILTER = either(one_of("polite", "rude", "professional", "shakespeare", "gen-z"), text("prompt:.+"))
POSITIVE = number(above=0)
NOTHING = an_object()
ID = {"control_id": TEXT}
CONTROL = an_object(ID)
STATUS = {"status_url": WEB}

LIVE = {
    "webhook": TEXT,
    "live_events": boolean,
    "ai_summary": boolean,
    "ai_summary_prompt": TEXT,
    "speech_engine": one_of("deepgram", "google"),
    "speech_timeout": integer(1500),
    "vad_silence_ms": integer(1),
    "vad_thresh": integer(0, 1800),
    "debug_level": integer(0, 2),
    "deepgram_key_override": TEXT,
    "deepgram_url_override": TEXT,
}
DIRECTIONS = list_of(LEG, empty=False)  # ours
SUMMARIZE = an_object({}, dict.fromkeys(("webhook", "prompt", "summary_prompt", "ai_model"), TEXT))

PLAY_ITEM = tagged(
    {
        "audio": an_object({"url": WEB}),
        "tts": an_object({"text": TEXT}, {"language": TEXT, "gender": GENDER, "voice": TEXT}),
        "silence": an_object({"duration": POSITIVE}),
        "ringtone": an_object({"name": one_of(*RINGTONES)}, {"duration": POSITIVE}),
    }
)
MACHINE = {
    **dict.fromkeys(("initial_timeout", "end_silence_timeout", "machine_ready_timeout"), number()),
    "machine_voice_threshold": number(),
    "machine_words_threshold": integer(),
    "detect_interruptions": boolean,
    "detect_message_end": boolean,
}
SIDECAR_PARAMS = {
    "idle_timeout_ms": integer(50, 5000),
    "min_interval_ms": integer(0, 60000),
    "max_iters_per_tick": integer(1, 20),
    "max_history_tokens": integer(1000, 200000),
    **dict.fromkeys(("act_on_channel", "final_summary", "ai_summary", "live_events"), boolean),
    **dict.fromkeys(("verbose_utterances", "debug"), boolean),
    **dict.fromkeys(("ai_summary_prompt", "summary_model", "transcribe_prompt"), TEXT),
    "speech_engine": TEXT,
    "speech_timeout": integer(0, 600000),
    "vad_silence_ms": integer(0, 60000),
    "vad_thresh": integer(0, 10000),
    "debug_level": integer(0, 100),
}

CONTRACT: dict[str, Rule] = {
    "dial": an_object(
        {"from": text(blank=False)},  # ours
        {
            "to": text(blank=False),  # ours
            **dict.fromkeys(("url", "caller_id", "fallback_url", "username", "password"), TEXT),
            "swml": _swml,
            "to_script": either(TEXT, _swml),
            "send_digits": text(r"[0-9A-D*#w,]*"),
            "status_url": WEB,
            "status_events": list_of(one_of("created", "ringing", "answered", "ended")),
            "url_method": HTTP,
            "codecs": either(_codec_text, list_of(one_of(*CODECS))),
            "timeout": integer(1, 600),
            "max_price_per_minute": number(0),
            "region": either(TEXT, list_of(TEXT)),
            "custom_variables": _variables,
            "headers": list_of(any_object),
        },
        lambda value: (
            ("to" in value or "to_script" in value) and ("url" in value) != ("swml" in value)
        ),
    ),
    "update": an_object(
        {"id": UUID},
        {
            "url": TEXT,
            "swml": _swml,
            "status": one_of("canceled", "completed"),
            "fallback_url": TEXT,
            "status_url": WEB,
        },
        lambda value: bool(value.keys() & {"url", "swml", "status"}),
    ),
    "calling.end": an_object(
        {}, {"reason": one_of("hangup", "cancel", "busy", "noAnswer", "decline", "error")}
    ),
    "calling.disconnect": NOTHING,
    "calling.transfer": an_object({"dest": either(TEXT, _swml)}),
    "calling.play": an_object(
        {**ID, "play": list_of(PLAY_ITEM)},
        {
            "volume": number(-40, 40),
            "direction": WHO,
            "loop": integer(0),
            "language": TEXT,
            "voice": TEXT,
            "gender": GENDER,
            **STATUS,
        },
    ),
    "calling.play.pause": CONTROL,
    "calling.play.resume": CONTROL,
    "calling.play.stop": CONTROL,
    "calling.play.volume": an_object({**ID, "volume": number(-40, 40)}),
    "calling.record": an_object(
        {
            **ID,
            "record": an_object(
                {
                    "audio": an_object(
                        {},
                        {
                            "beep": boolean,
                            "format": one_of("mp3", "wav", "mp4"),
                            "stereo": boolean,
                            "direction": WHO,
                            "initial_timeout": number(0),
                            "end_silence_timeout": number(0),
                            "max_length": integer(0),
                            "terminators": TONES,
                            "input_sensitivity": number(0, 100),
                        },
                    )
                }
            ),
        },
        STATUS,
    ),
    "calling.record.pause": an_object(ID, {"behavior": one_of("skip", "silence")}),
    "calling.record.resume": CONTROL,
    "calling.record.stop": CONTROL,
    "calling.collect": an_object(
        ID,
        {
            "digits": an_object(
                {"max": integer(1)}, {"terminators": TONES, "digit_timeout": POSITIVE}
            ),
            "speech": an_object(
                {},
                {
                    "end_silence_timeout": POSITIVE,
                    "speech_timeout": POSITIVE,
                    "language": TEXT,
                    "hints": list_of(TEXT),
                    "model": TEXT,
                    "engine": one_of("Google", "Google.V2", "Deepgram"),
                },
            ),
            "initial_timeout": POSITIVE,
            **dict.fromkeys(("continuous", "partial_results", "send_start_of_input"), boolean),
            **dict.fromkeys(("start_input_timers", "continue"), boolean),
            **STATUS,
        },
        lambda value: bool(value.keys() & {"digits", "speech"}),
    ),
    "calling.collect.stop": CONTROL,
    "calling.collect.start_input_timers": CONTROL,
    "calling.detect": an_object(
        {
            **ID,
            "detect": tagged(
                {
                    "machine": an_object({}, MACHINE),
                    "fax": an_object({}, {"tone": one_of("CNG", "CED", "cng", "ced")}),
                    "digit": an_object({}, {"digits": TONES}),
                },
                bare=True,
            ),
        },
        {"timeout": number(0), **STATUS},
    ),
    "calling.detect.stop": CONTROL,
    "calling.tap": an_object(
        {
            **ID,
            "tap": tagged({"audio": an_object({"direction": WHO})}),
            "device": tagged(
                {
                    "rtp": an_object(
                        {"addr": public_ipv4, "port": integer(1, 65535)},
                        {
                            "codec": TAP_CODEC,
                            "ptime": lambda value: (
                                type(value) is int and value in range(10, 121, 10)
                            ),
                        },
                    ),
                    "ws": an_object({"uri": url("ws", "wss")}, {"codec": TAP_CODEC}),
                }
            ),
        },
        STATUS,
    ),
    "calling.tap.stop": CONTROL,
    "calling.stream": an_object(
        {**ID, "url": url("wss")},
        {
            "name": TEXT,
            "codec": TEXT,
            "track": one_of("inbound_track", "outbound_track", "both_tracks"),
            "authorization_bearer_token": TEXT,
            "custom_parameters": any_object,
            **STATUS,
            "status_url_method": HTTP,
        },
    ),
    "calling.stream.stop": CONTROL,
    "calling.denoise": NOTHING,
    "calling.denoise.stop": NOTHING,
    "calling.transcribe": an_object(ID, STATUS),
    "calling.transcribe.stop": CONTROL,
    "calling.live_transcribe": an_object(
        {
            "action": one_key(
                {
                    "start": an_object(
                        {"lang": TAG, "direction": DIRECTIONS},
                        {**LIVE, "hints": list_of(TEXT), "verbose_utterances": boolean},
                    ),
                    "summarize": SUMMARIZE,
                },
                "stop",
            )
        }
    ),
    "calling.live_translate": an_object(
        {
            "action": one_key(
                {
                    "start": an_object(
                        {"from_lang": TAG, "to_lang": TAG, "direction": DIRECTIONS},
                        {
                            **LIVE,
                            **dict.fromkeys(("from_voice", "to_voice"), TEXT),
                            **dict.fromkeys(("filter_from", "filter_to"), FILTER),
                            **dict.fromkeys(("mode", "translation_model"), TEXT),
                            "translation_model_params": any_object,
                            "from_voice_params": any_object,
                            "to_voice_params": any_object,
                        },
                    ),
                    "summarize": SUMMARIZE,
                    "inject": an_object({"message": text(blank=False), "direction": LEG}),  # ours
                },
                "stop",
            )
        },
        STATUS,
    ),
    "calling.ai_hold": an_object({}, {"timeout": text("[0-9]+"), "prompt": TEXT}),
    "calling.ai_unhold": an_object({}, {"prompt": TEXT}),
    "calling.ai_message": an_object(
        {},
        {
            "role": one_of("system", "user", "assistant"),
            "message_text": TEXT,
            "reset": an_object(
                {}, {"full_reset": boolean, "user_prompt": TEXT, "system_prompt": TEXT}
            ),
            "global_data": any_object,
        },
    ),
    "calling.ai.stop": an_object({}, ID),
    "calling.ai_sidecar": either(
        an_object(
            {"action": one_key({"summarize": an_object({}, {"webhook": TEXT, "prompt": TEXT})})}
        ),
        an_object(
            {"lang": TAG},
            {
                "prompt": either(TEXT, any_object),
                "model": TEXT,
                "direction": _both_legs,
                "customer_role": LEG,
                "url": WEB,
                "SWAIG": any_object,
                "permissions": an_object(
                    {},
                    dict.fromkeys(
                        ("swaig_allow_swml", "swaig_allow_settings", "swaig_set_global_data"),
                        boolean,
                    ),
                ),
                "global_data": any_object,
                "hints": list_of(TEXT, empty=False),
                "params": an_object({}, SIDECAR_PARAMS),
            },
        ),
    ),
    "calling.ai_sidecar.poke": an_object({"text": TEXT}),
    "calling.ai_sidecar.ask": an_object({"text": TEXT}),
    "calling.ai_sidecar.stop": NOTHING,
    "calling.ai_sidecar.status": NOTHING,
    "calling.send_fax.stop": CONTROL,
    "calling.receive_fax.stop": CONTROL,
    "calling.refer": an_object(
        {
            "device": tagged(
                {
                    "sip": an_object(
                        {"to": text("sip:.+")},
                        {"from": text("sip:.+"), "username": TEXT, "password": TEXT},
                    )
                }
            )
        },
        STATUS,
    ),
    "calling.user_event": an_object({"event": any_object}),
}
