"""Sound in a call: play, record, collect, detect, tap, stream, transcribe, denoise, and faxes."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from ..fields import (
    Boolean,
    Choice,
    FreeObject,
    Integer,
    ListOf,
    Number,
    Object,
    PayloadSchema,
    Tagged,
    Text,
    Url,
)
from .shared import control_id, new_control_id, status_url

# The countries whose ringing, busy and other tones are known, and `bong`.
RINGTONES = (
    *("au", "be", "ca", "cn", "cy", "cz", "de", "dk", "dz", "eg", "es", "fi", "fr", "hu", "il"),
    *("in", "jp", "ko", "pk", "pl", "ro", "rs", "ru", "sa", "tr", "uk", "us", "at", "bg", "br"),
    *("ch", "cl", "ee", "gr", "it", "lt", "mx", "my", "nl", "no", "nz", "ph", "pt", "se", "sg"),
    *("th", "tw", "ve", "za", "bong"),
)
DIGITS = r"[0-9A-Da-d*#]*"
TAP_CODECS = ("PCMA", "PCMU", "pcma", "pcmu", "OPUS", "opus")


def _direction(**options: Any) -> Choice:
    return Choice("listen", "speak", "both", **options)


def _tones(help: str, example: str = "#") -> Text:
    return Text(pattern=DIGITS, expected="the tones 0-9, A-D, * and #", example=example, help=help)


class Above(Number):
    """A number above its bound, which is not allowed itself."""

    def __init__(self, bound: float = 0, **options: Any) -> None:
        self.bound = bound
        super().__init__(**options)
        self.expected = f"{self.kind} above {bound}"

    quick = Number.quick

    def fits(self, value: Any) -> bool:
        return super().fits(value) and value > self.bound


class ControlOnly(PayloadSchema):
    """What pausing, resuming and stopping take."""

    control_id = control_id()


# -- play ---------------------------------------------------------------------------------------


class PlayAudio(PayloadSchema):
    url = Url(required=True, example="https://example.com/hello.mp3", help="A sound file.")


class PlayTts(PayloadSchema):
    text = Text(sensitivity="words", required=True, example="Hello", help="What to say.")
    language = Text(example="en-US", help="Its language.")
    gender = Choice("male", "female", help="Of the voice.")
    voice = Text(example="elevenlabs.josh", help="The voice, such as `elevenlabs.josh`.")


class PlaySilence(PayloadSchema):
    duration = Above(required=True, help="Seconds.")


class PlayRingtone(PayloadSchema):
    name = Choice(*RINGTONES, required=True, help="A country's ringing tone, or `bong`.")
    duration = Above(help="Seconds.")


class Play(PayloadSchema):
    control_id = new_control_id()
    play = ListOf(
        Tagged(
            {
                "audio": PlayAudio,
                "tts": PlayTts,
                "silence": PlaySilence,
                "ringtone": PlayRingtone,
            }
        ),
        required=True,
        help="What to play, in this order.",
    )
    volume = Number(-40, 40, example=-6, help="In dB, above or below what it is.")
    direction = _direction(help="Who hears it.")
    loop = Integer(0, help="How often; 0 for ever.")
    language = Text(example="en-US", help="Of the text, where an item does not say.")
    voice = Text(example="elevenlabs.josh", help="For the text, where an item does not say.")
    gender = Choice("male", "female", help="Of the voice, where an item does not say.")
    status_url = status_url()


class PlayVolume(ControlOnly):
    volume = Number(-40, 40, required=True, example=-6, help="In dB, above or below what it is.")


# -- record -------------------------------------------------------------------------------------


class RecordAudio(PayloadSchema):
    beep = Boolean(help="Beep when it starts.")
    format = Choice("mp3", "wav", "mp4", help="Of the file.")
    stereo = Boolean(help="A channel for each party.")
    direction = _direction(help="Whose sound.")
    initial_timeout = Number(0, example=5, help="Seconds to wait for a first word; 0 for ever.")
    end_silence_timeout = Number(0, example=3, help="Seconds of silence that end it; 0 for never.")
    max_length = Integer(0, example=3600, help="Seconds that it may take; 0 without limit.")
    terminators = _tones("Tones that end it.")
    input_sensitivity = Number(0, 100, example=44, help="How quiet is silence.")


class RecordWhat(PayloadSchema):
    audio = Object(RecordAudio, required=True, help="How to record the sound.")


class Record(PayloadSchema):
    control_id = new_control_id()
    record = Object(RecordWhat, required=True, help='What to record: `{"audio": {…}}`.')
    status_url = status_url()

    # The vendor's SDK sends `audio` beside `record`; the contract wants it inside.
    also_accepts = {"audio": "Mapping[str, Any]"}  # noqa: RUF012  # never changed

    @classmethod
    def accept(cls, params: dict[str, Any]) -> dict[str, Any]:
        """Wrap `audio`, as code for the vendor's SDK passes it."""
        params = super().accept(params)
        if "audio" in params and "record" not in params:
            params["record"] = {"audio": params.pop("audio")}
        return params


class RecordPause(ControlOnly):
    behavior = Choice("skip", "silence", help="What the file has in place of the pause.")


# -- collect ------------------------------------------------------------------------------------


class CollectDigits(PayloadSchema):
    max = Integer(1, required=True, example=4, help="How many.")
    terminators = _tones("Tones that end it.")
    digit_timeout = Above(help="Seconds between two digits.")


class CollectSpeech(PayloadSchema):
    end_silence_timeout = Above(help="Seconds of silence that end it.")
    speech_timeout = Above(help="Seconds that it may take.")
    language = Text(example="en-US", help="What is spoken.")
    hints = ListOf(Text(sensitivity="words", example="invoice"), help="Words to expect.")
    model = Text(example="nova-3", help="Of the engine.")
    engine = Choice("Google", "Google.V2", "Deepgram", help="Who recognises it.")


class Collect(PayloadSchema):
    control_id = new_control_id()
    digits = Object(CollectDigits, help="Tones to collect.")
    speech = Object(CollectSpeech, help="Words to collect.")
    initial_timeout = Above(help="Seconds to wait for the first input.")
    continuous = Boolean(help="Go on after a result.")
    partial_results = Boolean(help="Report what is not final yet.")
    send_start_of_input = Boolean(help="Report the first input.")
    start_input_timers = Boolean(help="Start the timers at once.")
    status_url = status_url()
    continue_ = Boolean(data_key="continue", documented=False)

    def between(self, payload: Mapping[str, Any]) -> dict[str, list[str]]:
        """Something has to be collected."""
        if "digits" in payload or "speech" in payload:
            return {}
        return {"_schema": ["nothing to collect; expected `digits` or `speech`, or both"]}


# -- detect -------------------------------------------------------------------------------------


class DetectMachine(PayloadSchema):
    initial_timeout = Number(help="Seconds to wait for a voice.")
    end_silence_timeout = Number(help="Seconds of silence that end a voice.")
    machine_ready_timeout = Number(help="Seconds to wait for a machine's beep.")
    machine_voice_threshold = Number(help="Seconds of voice that make it a machine.")
    machine_words_threshold = Integer(help="Words that make it a machine.")
    detect_interruptions = Boolean(help="Listen on after the first voice.")
    detect_message_end = Boolean(help="Wait for a machine's message to end.")


class DetectFax(PayloadSchema):
    tone = Choice("CNG", "CED", "cng", "ced", help="Of the caller, or of the called machine.")


class DetectDigit(PayloadSchema):
    digits = _tones("Which ones.", "0123456789*#")


class Detect(PayloadSchema):
    control_id = new_control_id()
    detect = Tagged(
        {"machine": DetectMachine, "fax": DetectFax, "digit": DetectDigit},
        params_required=False,
        required=True,
        help="What to detect.",
    )
    timeout = Number(0, example=30, help="Seconds to try.")
    status_url = status_url()


# -- tap and stream -----------------------------------------------------------------------------


class PublicIpv4(Text):
    """An IPv4 address that the internet knows: the service sends to no private one."""

    expected = "a public IPv4 address"

    def check(self, value: Any) -> str:
        text = super().check(value)
        try:
            public = ipaddress.IPv4Address(text).is_global
        except ValueError:
            public = False
        if not public:
            raise self.refuse(value)
        return text


class PacketTime(Integer):
    """Milliseconds of sound in a packet."""

    def __init__(self, **options: Any) -> None:
        super().__init__(10, 120, **options)
        self.expected = "10, 20, 30 and so on up to 120"

    def check(self, value: Any) -> int | float:
        number = super().check(value)
        if number % 10:
            raise self.refuse(value)
        return number


class WebSocketUrl(Url):
    """A ``ws://`` or ``wss://`` URL."""

    expected = "a ws or wss URL"
    schemes = ("ws", "wss")


class SecureWebSocketUrl(Url):
    """A ``wss://`` URL."""

    expected = "a wss URL"
    schemes = ("wss",)


class TapAudio(PayloadSchema):
    direction = _direction(required=True, help="Whose sound.")


class TapRtp(PayloadSchema):
    addr = PublicIpv4(required=True, example="203.0.114.7", help="Where the packets go.")
    port = Integer(1, 65535, required=True, example=10000, help="Where the packets go.")
    codec = Choice(*TAP_CODECS, help="Of the sound.")
    ptime = PacketTime(example=20, help="Milliseconds in a packet.")


class TapWebSocket(PayloadSchema):
    uri = WebSocketUrl(
        required=True, example="wss://example.com/sound", help="Where the sound goes."
    )
    codec = Choice(*TAP_CODECS, help="Of the sound.")


class Tap(PayloadSchema):
    control_id = new_control_id()
    tap = Tagged({"audio": TapAudio}, required=True, help="What to tap.")
    device = Tagged({"rtp": TapRtp, "ws": TapWebSocket}, required=True, help="Where it goes.")
    status_url = status_url()


class Stream(PayloadSchema):
    control_id = new_control_id()
    url = SecureWebSocketUrl(
        required=True, example="wss://example.com/sound", help="Where the sound goes."
    )
    name = Text(example="assistant", help="Of the stream.")
    codec = Text(example="PCMU", help="Of the sound.")
    track = Choice("inbound_track", "outbound_track", "both_tracks", help="Whose sound.")
    authorization_bearer_token = Text(sensitivity="secret", help="Sent to your server.")
    custom_parameters = FreeObject(help="Sent to your server when it starts.")
    status_url = status_url()
    status_url_method = Choice("GET", "POST", help="How `status_url` is called.")


# -- the rest -----------------------------------------------------------------------------------


class Transcribe(PayloadSchema):
    control_id = new_control_id()
    status_url = status_url("Where the text is sent, at the end.")
