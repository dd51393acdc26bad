"""Payloads of events: what the service would post so that an app gets a given event.

The shapes are :mod:`flask_signalwire.simulator.payloads`'; the event's own fields say where the
rest stands. What was made is parsed again, so that no field gets lost on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..commands.fields import suggest
from ..events import (
    KINDS,
    CallState,
    Collect,
    Connect,
    ConversationSummary,
    Detect,
    Dial,
    Event,
    Playback,
    Recording,
    Refer,
    RelayOperation,
    Sidecar,
    Stream,
    Tap,
    Transcription,
    Translation,
    Utterance,
)
from ..events.fields import Source
from ..events.values import milliseconds
from ..simulator import payloads
from ..simulator.payloads import Json, Origin
from ..webhooks.parsing import parse
from ..webhooks.swml import SwmlRequest

if TYPE_CHECKING:
    from ..simulator import SimulatedCall

Fields = dict[str, Any]

_ENVELOPE = ("event_type", "timestamp", "project_id", "space_id")
_OVER = ("ended", "completed", "failed", "canceled")
_PURPOSES: Mapping[type[Event], str] = {
    **dict.fromkeys((CallState, Connect, Dial), "calls"),
    **dict.fromkeys((Utterance, Translation, ConversationSummary), "live"),
    Sidecar: "sidecar",
}


@dataclass(frozen=True)
class Setting:
    """What an event happens in.

    :param call: the simulated call, or None where the simulator does not have it.
    :param control_id: of the operation that an event of one is about.
    :param at: when, in seconds since 1970-01-01 UTC.
    """

    origin: Origin
    call: SimulatedCall | None
    control_id: str
    at: float


def kind_of(kind: type[Event] | str) -> type[Event]:
    """A kind of event by its class or its name; :class:`Event` is all of them.

    :raises LookupError: where there is none, with the nearest.
    """
    by_name: dict[str, type[Event]] = {Event.kind: Event, **{known.kind: known for known in KINDS}}
    if isinstance(kind, str):
        if kind in by_name:
            return by_name[kind]
        raise LookupError(f"no kind of event {kind!r}{suggest(kind, by_name)}")
    if kind not in by_name.values():
        raise LookupError(f"{kind!r} is no kind of event; expected one of flask_signalwire.events")
    return kind


def purpose_of(kind: type[Event]) -> str:
    """The endpoint that such an event comes to."""
    return _PURPOSES.get(kind, "operations")


def check_fields(kind: type[Event | SwmlRequest], names: Mapping[str, Any]) -> None:
    """Raise where a kind of event, or a request for SWML, has no such field.

    :raises TypeError: with the nearest.
    """
    known = [item.name for item in fields(kind) if item.name not in ("raw", "body")]
    for name in names:
        if name not in known:
            raise TypeError(f"{kind.__name__} has no field `{name}`{suggest(name, known)}")


def compose(kind: type[Event], setting: Setting, given: Mapping[str, Any]) -> Json:
    """The payload that becomes an event with these fields.

    :raises TypeError: for a field that it does not have, or that no payload can hold.
    :raises ValueError: for a value that would not come out as it was given.
    """
    if kind is Event:
        raise LookupError("an Event of no kind is not posted; expected one of its subclasses")
    check_fields(kind, given)
    rest = dict(given)
    builder = _BUILDERS.get(kind)
    payload = builder(setting, rest) if builder else _enveloped(kind, setting)
    sources: dict[str, Source] = {
        item.name: item.metadata["source"] for item in fields(kind) if "source" in item.metadata
    }
    for name, value in rest.items():
        source = sources.get(name)
        if source is None or not source.paths:
            raise TypeError(f"{kind.__name__}.{name} is not posted; the receiver sets it")
        _put(payload, source, value)
    _check(kind, payload, sources, given)
    return payload


def compose_swml(setting: Setting, given: Mapping[str, Any]) -> Json:
    """What the service says when it fetches SWML.

    :param given: fields of :class:`~flask_signalwire.webhooks.swml.SwmlRequest`.
    :raises TypeError: for a field that it does not have.
    """
    check_fields(SwmlRequest, given)
    call, origin = setting.call, setting.origin
    from_ = given.get("from_", call.from_ if call else None)
    to = given.get("to", call.to if call else None)
    said = {
        "call_id": origin.call_id,
        "node_id": origin.node_id,
        "project_id": origin.project_id,
        "space_id": origin.space_id,
        "call_state": "created",
        "direction": "inbound" if call is not None and call.direction == "inbound" else "outbound",
        "type": "phone",
        "from_": from_,
        "to": to,
        "from_number": from_,
        "to_number": to,
        **given,
    }
    outer = {name: said.pop(name, {}) for name in ("vars", "envs", "params")}
    if "headers" in said:
        said["headers"] = [{"name": name, "value": value} for name, value in said["headers"]]
    if "dial_winner" in said:  # text, as the service writes it
        said["dial_winner"] = str(said["dial_winner"]).lower()
    said["from"] = said.pop("from_")
    return {"call": said, **outer}


def _put(payload: Json, source: Source, value: Any) -> None:
    # Where the shape has one of the places already, that one; otherwise the first.
    way = next(
        (path for path in source.paths if _holder(payload, path) is not None), source.paths[0]
    )
    *keys, last = way.split(".")
    inner = payload
    if "params" in payload and keys[:1] != ["params"] and way not in _ENVELOPE:
        inner = payload["params"]
    for key in keys:
        inner = inner.setdefault(key, {})
    inner[last] = _wire(source, value, inner.get(last))


def _holder(payload: Json, path: str) -> Json | None:
    """The object that has the last key of a path, or None."""
    for scope in (payload.get("params"), payload):
        inner: Any = scope
        *keys, last = path.split(".")
        for key in keys:
            inner = inner.get(key) if isinstance(inner, dict) else None
        if isinstance(inner, dict) and last in inner:
            return inner
    return None


def _wire(source: Source, value: Any, there: Any) -> Any:
    """A field's value as the payload has it."""
    if isinstance(value, datetime):
        seconds = value.timestamp()
        # Times in live sessions are counted in microseconds, in the envelope in seconds.
        return round(seconds * 1_000_000) if isinstance(there, int) else seconds
    if source.read is milliseconds and isinstance(value, (int, float)):
        return value * 1000
    return value


def _check(
    kind: type[Event], payload: Json, sources: Mapping[str, Source], given: Mapping[str, Any]
) -> None:
    found = next((event for event in parse(payload) if type(event) is kind), None)
    if found is None:
        raise ValueError(
            f"no {kind.__name__} comes out of {payload}; use post_raw for odd payloads"
        )
    for name, value in given.items():
        if value is None:
            continue
        # As the service may spell it: `noAnswer` is read as `no_answer`.
        wanted = value
        if isinstance(value, str) and name in sources:
            wanted = sources[name].read(value)
        if wanted is None or getattr(found, name) != wanted:
            raise ValueError(
                f"{kind.__name__}.{name}={value!r} would be read as {getattr(found, name)!r}; "
                f"expected {_help(sources.get(name))}"
            )


def _help(source: Source | None) -> str:
    return source.help.replace("``", "`") if source else "what the service could send"


# -- shapes ---------------------------------------------------------------------------------------


def _enveloped(kind: type[Event], setting: Setting) -> Json:
    event_type = kind.event_types[0] if kind.event_types else "calling.call.unheard_of"
    return payloads.envelope(setting.origin, event_type, {}, setting.at)


def _call_state(setting: Setting, given: Fields) -> Json:
    call = setting.call
    state = given.pop("state", "answered")
    inbound = call is not None and call.direction == "inbound"
    return payloads.call_state(
        setting.origin,
        state,
        from_=given.pop("from_", call.from_ if call else None),
        to=given.pop("to", call.to if call else None),
        direction=given.pop("direction", "inbound" if inbound else "outbound"),
        end_reason=given.pop("end_reason", "hangup" if state in _OVER else None),
        at=setting.at,
    )


def _operation(
    shape: Callable[..., Json], key: str, default: str, **fixed: Any
) -> Callable[[Setting, Fields], Json]:
    def build(setting: Setting, given: Fields) -> Json:
        control_id = given.pop("control_id", setting.control_id)
        return shape(
            setting.origin,
            given.pop(key, default),
            control_id=control_id,
            at=setting.at,
            **fixed,
        )

    return build


def _recording(setting: Setting, given: Fields) -> Json:
    file = {key: given.pop(key) for key in ("duration", "size") if key in given}
    url = given.pop("url", "https://files.example.com/recording.mp3" if file else None)
    return payloads.recording(
        setting.origin,
        given.pop("state", "finished"),
        control_id=given.pop("control_id", setting.control_id),
        url=url,
        at=setting.at,
        **file,
    )


def _collect(setting: Setting, given: Fields) -> Json:
    result: Json = {"type": given.pop("type", "digit")}
    if "text" in given:
        result = payloads.speech(given.pop("text"), given.pop("confidence", 0.9))
    elif result["type"] == "digit":
        result = payloads.digits(given.pop("digits", "1"), given.pop("terminator", ""))
    control_id = given.pop("control_id", setting.control_id)
    return payloads.collect(setting.origin, result, control_id=control_id, at=setting.at)


def _transcription(setting: Setting, given: Fields) -> Json:
    payload = payloads.transcription(
        setting.origin,
        id=given.pop("id", "transcript-1"),
        text=given.pop("text", "Hello"),
        at=setting.at,
    )
    if "state" in given:
        payload["event_type"] = f"calling.transcript.{given.pop('state')}"
    return payload


def _refer(setting: Setting, given: Fields) -> Json:
    to = given.pop("sip_refer_to", "sip:somebody@example.com")
    return payloads.refer(setting.origin, to=to, at=setting.at)


def _relay_operation(setting: Setting, given: Fields) -> Json:
    event_type = f"calling.call.{given.pop('operation', 'hold')}"
    return payloads.envelope(setting.origin, event_type, {}, setting.at)


def _utterance(setting: Setting, given: Fields) -> Json:
    return payloads.utterance(
        setting.origin,
        given.pop("content", "Hello"),
        role=given.pop("role", "remote-caller"),
        lang=given.pop("lang", "en-US"),
        at=setting.at,
    )


def _translation(setting: Setting, given: Fields) -> Json:
    return payloads.utterance(
        setting.origin,
        given.pop("original", "Hello"),
        role=given.pop("role", "remote-caller"),
        lang=given.pop("original_lang", "en-US"),
        translation=given.pop("content", "Hola"),
        to_lang=given.pop("lang", "es-ES"),
        at=setting.at,
    )


def _summary(setting: Setting, given: Fields) -> Json:
    final = bool(given.pop("final", False))
    return payloads.summary(
        setting.origin,
        {given.pop("lang", "en-US"): given.pop("text", "They said hello.")},
        final=final,
        ended_at=setting.at if final else None,
    )


def _sidecar(setting: Setting, given: Fields) -> Json:
    return payloads.sidecar(setting.origin, given.pop("type", "turn"), at=setting.at)


_BUILDERS: Mapping[type[Event], Callable[[Setting, Fields], Json]] = {
    CallState: _call_state,
    Playback: _operation(payloads.playback, "state", "finished"),
    Recording: _recording,
    Collect: _collect,
    Detect: _operation(payloads.detection, "event", "HUMAN"),
    Tap: _operation(payloads.tap, "state", "tapping", tap={}, device={}),
    Stream: _operation(payloads.stream, "state", "streaming", url="wss://example.com/stream"),
    Transcription: _transcription,
    Refer: _refer,
    RelayOperation: _relay_operation,
    Utterance: _utterance,
    Translation: _translation,
    ConversationSummary: _summary,
    Sidecar: _sidecar,
}
