"""Operations on the sound of a call, by control id.

Nobody speaks and nothing is heard in a simulated call, so an operation ends by the lengths and
timeouts that do not depend on sound, by a command, with the call, or by hand
(:meth:`SimulatedOperation.finish`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..call import SimulatedCall
from ..operations import Kind, SimulatedOperation
from ..refusals import Refusal
from .common import Behaviour

AUDIO_SECONDS = 10.0
"""How long a sound file plays, and a ringtone without a duration."""

CHARACTERS_PER_SECOND = 15.0
"""How fast text is spoken."""


def _start(
    call: SimulatedCall,
    kind: Kind,
    params: Mapping[str, Any],
    *,
    length: float = math.inf,
    waits: bool = False,
) -> None:
    """Start it; 409 where an operation runs under its control id, of whatever kind."""
    control_id = params["control_id"]
    former = call.operations.get(control_id)
    if former is not None and former.running:
        raise Refusal(409)
    call.start_operation(kind, control_id, params, length=length, waits=waits)


def _running(call: SimulatedCall, kind: Kind, params: Mapping[str, Any]) -> SimulatedOperation:
    """The operation to act on; 404 where none of that kind runs under its control id."""
    operation = call.operations.get(params["control_id"])
    if operation is None or operation.kind != kind or not operation.running:
        raise Refusal(404)
    return operation


def _pause(kind: Kind) -> Behaviour:
    def pause(call: SimulatedCall, params: Mapping[str, Any]) -> None:
        _running(call, kind, params).pause()

    return pause


def _resume(kind: Kind) -> Behaviour:
    def resume(call: SimulatedCall, params: Mapping[str, Any]) -> None:
        _running(call, kind, params).resume()

    return resume


def _stop(kind: Kind) -> Behaviour:
    def stop(call: SimulatedCall, params: Mapping[str, Any]) -> None:
        _running(call, kind, params).finish("stopped")

    return stop


def play(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Play the items in turn, as often as `loop` says."""
    loop = float(params.get("loop", 1))
    length = sum(map(_seconds, params["play"])) * loop if loop else math.inf
    _start(call, "play", params, length=length)


def _seconds(item: Mapping[str, Any]) -> float:
    """How long a play item plays: as it says, else as the constants above have it."""
    if item["type"] == "tts":
        return len(item["params"]["text"]) / CHARACTERS_PER_SECOND
    return float(item["params"].get("duration", AUDIO_SECONDS))


def play_volume(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Set the volume of a playback."""
    _running(call, "play", params).volume = params["volume"]


def record(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Record up to `max_length`, without its pauses; 0 is without limit."""
    length = float(params["record"]["audio"].get("max_length", 0)) or math.inf
    _start(call, "record", params, length=length)


def collect(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Wait for the first input up to `initial_timeout`.

    That passes from the start, or where `start_input_timers` is false, from the command of that
    name.
    """
    _start(
        call,
        "collect",
        params,
        length=float(params.get("initial_timeout", math.inf)),
        waits=not params.get("start_input_timers", True),
    )


def start_input_timers(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Let the `initial_timeout` pass; where it does already, nothing happens."""
    _running(call, "collect", params).start_timers()


def detect(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Try up to `timeout`; without one until it is stopped."""
    _start(call, "detect", params, length=float(params.get("timeout", math.inf)))


def tap(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Tap until it is stopped."""
    _start(call, "tap", params)


def stream(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Stream until it is stopped."""
    _start(call, "stream", params)


def transcribe(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Transcribe until it is stopped; one at a time (contract, 2026-08)."""
    if any(known.kind == "transcribe" and known.running for known in call.operations.values()):
        raise Refusal(409)
    _start(call, "transcribe", params)


def denoise(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Take noise out, from now on."""
    call.denoise = True


def denoise_stop(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Leave it in again."""
    call.denoise = False


BEHAVIOURS: Mapping[str, Behaviour] = {
    "calling.play": play,
    "calling.play.pause": _pause("play"),
    "calling.play.resume": _resume("play"),
    "calling.play.stop": _stop("play"),
    "calling.play.volume": play_volume,
    "calling.record": record,
    "calling.record.pause": _pause("record"),
    "calling.record.resume": _resume("record"),
    "calling.record.stop": _stop("record"),
    "calling.collect": collect,
    "calling.collect.stop": _stop("collect"),
    "calling.collect.start_input_timers": start_input_timers,
    "calling.detect": detect,
    "calling.detect.stop": _stop("detect"),
    "calling.tap": tap,
    "calling.tap.stop": _stop("tap"),
    "calling.stream": stream,
    "calling.stream.stop": _stop("stream"),
    "calling.transcribe": transcribe,
    "calling.transcribe.stop": _stop("transcribe"),
    "calling.send_fax.stop": _stop("send_fax"),
    "calling.receive_fax.stop": _stop("receive_fax"),
    "calling.denoise": denoise,
    "calling.denoise.stop": denoise_stop,
}
