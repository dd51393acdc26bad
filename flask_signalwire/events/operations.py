"""Events of what runs on a call: playbacks, recordings, and so on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from . import fields
from .base import Event


@dataclass(frozen=True, kw_only=True, repr=False)
class Playback(Event):
    """A playback's state. Documented."""

    kind: ClassVar[str] = "playback"
    event_types: ClassVar[tuple[str, ...]] = ("calling.call.play",)

    state: str | None = fields.text(
        "state", help="``playing``, ``paused``, ``finished``, ``error``"
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class Recording(Event):
    """A recording's state. Documented, with what is known of the file in one of two places."""

    kind: ClassVar[str] = "recording"
    event_types: ClassVar[tuple[str, ...]] = ("calling.call.record",)

    state: str | None = fields.text(
        "state", help="``recording``, ``paused``, ``finished``, ``no_input``, ``error``"
    )
    url: str | None = fields.text("record.url", "url", help="the file", sensitivity="url")
    duration: float | None = fields.number("record.duration", "duration", help="length, in seconds")
    size: int | None = fields.integer("record.size", "size", help="size, in bytes")
    recording_id: str | None = fields.name(
        "recording_id", "record.recording_id", help="the file's id"
    )
    start_time: datetime | None = fields.moment(
        "start_time", "record.start_time", help="when it began"
    )
    end_time: datetime | None = fields.moment("end_time", "record.end_time", help="when it ended")
    pause_behavior: str | None = fields.text("pause_behavior", help="``silence`` or ``skip``")
    format: str | None = fields.text(
        "record.audio.format", "record.format", "format", help="the file's format"
    )
    direction: str | None = fields.text(
        "record.audio.direction", "record.direction", help="whose voice is recorded"
    )
    stereo: bool | None = fields.flag(
        "record.audio.stereo", "record.stereo", help="whether each side has a channel"
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class Collect(Event):
    """Digits or speech that were collected. Documented."""

    kind: ClassVar[str] = "collect"
    event_types: ClassVar[tuple[str, ...]] = ("calling.call.collect",)

    state: str | None = fields.text(
        "state", help="``collecting``, ``finished``, ``error``; only if continuous"
    )
    type: str | None = fields.text(
        "result.type",
        help="``digit``, ``speech``, ``no_input``, ``no_match``, ``start_of_input``, "
        "``finished``, ``error``",
    )
    digits: str | None = fields.text(
        "result.params.digits", help="what was pressed", sensitivity="secret"
    )
    terminator: str | None = fields.text("result.params.terminator", help="the key that ended it")
    text: str | None = fields.text("result.params.text", help="what was said")
    confidence: float | None = fields.number(
        "result.params.confidence", help="how sure of the text"
    )
    final: bool = fields.true_unless_said("final", help="False for a partial result")


@dataclass(frozen=True, kw_only=True, repr=False)
class Detect(Event):
    """What a detector heard. Documented for machines; inferred for faxes and digits."""

    kind: ClassVar[str] = "detect"
    event_types: ClassVar[tuple[str, ...]] = ("calling.call.detect",)

    type: str | None = fields.text("detect.type", help="``machine``, ``fax`` or ``digit``")
    event: str | None = fields.text(
        "detect.params.event",
        help="``HUMAN``, ``MACHINE``, ``UNKNOWN``, ``READY``, ``NOT_READY``, ``finished``; "
        "``CED``, ``CNG``; digits",
    )
    beep: bool = fields.false_unless_said("detect.params.beep", help="whether a beep was heard")


@dataclass(frozen=True, kw_only=True, repr=False)
class Tap(Event):
    """A tap's state, and where its media goes. Documented."""

    kind: ClassVar[str] = "tap"
    event_types: ClassVar[tuple[str, ...]] = ("calling.call.tap",)

    state: str | None = fields.text("state", help="``tapping`` or ``finished``")
    type: str | None = fields.text("tap.type", help="what is tapped: ``audio``")
    direction: str | None = fields.text("tap.params.direction", help="whose voice")
    device_type: str | None = fields.text("device.type", help="``rtp`` or ``ws``")
    addr: str | None = fields.text("device.params.addr", help="an IP address")
    port: int | None = fields.integer("device.params.port", help="its port")
    codec: str | None = fields.text("device.params.codec", help="how it is encoded")
    ptime: float | None = fields.number(
        "device.params.ptime", help="the codec's ptime, in milliseconds"
    )
    uri: str | None = fields.text("device.params.uri", help="a WebSocket", sensitivity="url")


@dataclass(frozen=True, kw_only=True, repr=False)
class Stream(Event):
    """A media stream's state. Documented."""

    kind: ClassVar[str] = "stream"
    event_types: ClassVar[tuple[str, ...]] = ("calling.call.stream",)

    state: str | None = fields.text("state", help="``streaming`` or ``finished``")
    url: str | None = fields.text("url", help="where the media goes", sensitivity="url")
    name: str | None = fields.text("name", help="the stream's name")


@dataclass(frozen=True, kw_only=True, repr=False)
class Transcription(Event):
    """A transcription came to its end. Documented; RELAY's own names states and a file."""

    kind: ClassVar[str] = "transcription"
    event_types: ClassVar[tuple[str, ...]] = (
        "calling.transcript.completed",
        "calling.transcript.failed",
        "calling.call.transcribe",
    )

    state: str | None = fields.text(
        "state", help="``completed`` or ``failed``; over RELAY ``transcribing`` or ``finished``"
    )
    id: str | None = fields.name("id", help="the transcript's id")
    text: str | None = fields.text("text", help="what was said")
    url: str | None = fields.text("url", help="the recording it was made of", sensitivity="url")
    recording_id: str | None = fields.name("recording_id", help="the recording's id")
    duration: float | None = fields.number("duration", help="the recording's length, in seconds")
    size: int | None = fields.integer("size", help="the recording's size, in bytes")
    start_time: datetime | None = fields.moment("start_time", help="when it began")
    end_time: datetime | None = fields.moment("end_time", help="when it ended")
    status_url: str | None = fields.text(
        "status_url", help="where it is told to", sensitivity="url"
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class Refer(Event):
    """What became of a SIP REFER. Documented; the failed states are not listed anywhere."""

    kind: ClassVar[str] = "refer"
    event_types: ClassVar[tuple[str, ...]] = ("calling.call.refer",)

    state: str | None = fields.text("state", help="``success``, or a failure")
    sip_refer_to: str | None = fields.text(
        "sip_refer_to", help="whom it was referred to", sensitivity="number"
    )
    sip_refer_response_code: str | None = fields.code(
        "sip_refer_response_code", help="the answer to the REFER: ``202``"
    )
    sip_notify_response_code: str | None = fields.code(
        "sip_notify_response_code", help="what the NOTIFY said: ``200``"
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class Fax(Event):
    """A page of a fax, or its end. Documented."""

    kind: ClassVar[str] = "fax"
    event_types: ClassVar[tuple[str, ...]] = ("calling.call.fax",)

    type: str | None = fields.text("fax.type", help="``page``, ``finished`` or ``error``")
    direction: str | None = fields.text("fax.params.direction", help="``send`` or ``receive``")
    number: int | None = fields.integer("fax.params.number", help="the page's number")
    identity: str | None = fields.text(
        "fax.params.identity", help="our station's identity", sensitivity="number"
    )
    remote_identity: str | None = fields.text(
        "fax.params.remote_identity", help="the other station's", sensitivity="number"
    )
    document: str | None = fields.text("fax.params.document", help="the file", sensitivity="url")
    pages: int | None = fields.integer("fax.params.pages", help="how many pages")
    success: bool | None = fields.flag("fax.params.success", help="whether it arrived")
    result: str | None = fields.code("fax.params.result", help="the result's code")
    result_text: str | None = fields.text("fax.params.result_text", help="the result in words")
    format: str | None = fields.text("fax.params.format", help="the file's format")


@dataclass(frozen=True, kw_only=True, repr=False)
class RelayOperation(Event):
    """An operation that callbacks don't tell of, but RELAY does: a hold, an echo, a payment, tones
    that are sent, noise that is reduced. Documented, the states in part.
    """

    kind: ClassVar[str] = "relay_operation"
    event_types: ClassVar[tuple[str, ...]] = (
        "calling.call.hold",
        "calling.call.echo",
        "calling.call.pay",
        "calling.call.send_digits",
        "calling.call.denoise",
    )

    operation: str | None = fields.text(
        help="``hold``, ``echo``, ``pay``, ``send_digits`` or ``denoise``"
    )
    state: str | None = fields.text("state", help="where it stands")
    denoised: bool | None = fields.flag("denoised", help="whether noise is reduced")
