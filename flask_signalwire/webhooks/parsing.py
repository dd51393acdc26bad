"""Payloads become events.

Documented callbacks name what happened in ``event_type``. What has none (live transcription, a
sidecar, bodies without the documented envelope) is known by the keys that it has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..events import (
    EVENT_TYPES,
    CallState,
    Collect,
    Conference,
    Connect,
    ConversationSummary,
    Detect,
    Dial,
    Event,
    Fax,
    Playback,
    Queue,
    Recording,
    Refer,
    RelayOperation,
    ServiceError,
    Sidecar,
    Stream,
    Tap,
    Transcription,
    Translation,
    UnknownEvent,
    Utterance,
)
from ..events.base import read_only
from ..events.calls import RANKS
from ..events.fields import read
from ..events.values import folded, name, number

MOST = 32
"""Events that are made of one payload at most: it comes from outside."""

Payload = Mapping[str, Any]

_TRANSLATIONS = ("translation", "translated", "translated_text", "translations")
_SUMMARIES = ("conversation_summary", "ai_summary", "summary")
_TEXTS = ("content", "text", "summary")
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:[-_][a-zA-Z0-9]{2,8})*")

# Bodies without an `event_type`: what each is known by. First objects, then keys, then words.
_OBJECTS: tuple[tuple[str, type[Event]], ...] = (
    ("detect", Detect),
    ("fax", Fax),
    ("tap", Tap),
    ("record", Recording),
    ("result", Collect),
)
_KEYS: tuple[tuple[str, type[Event]], ...] = (
    ("call_state", CallState),
    ("connect_state", Connect),
    ("dial_state", Dial),
    ("CallSid", CallState),
    ("call_sid", CallState),
    ("CallStatus", CallState),
    ("CallState", CallState),
    ("sip_refer_to", Refer),
    ("conference_id", Conference),
    ("queue_result", Queue),
    ("denoised", RelayOperation),
)
_STATES: Mapping[str, type[Event]] = {
    "playing": Playback,
    "recording": Recording,
    "no_input": Recording,
    "collecting": Collect,
    "tapping": Tap,
    "streaming": Stream,
    "transcribing": Transcription,
    **dict.fromkeys(RANKS, CallState),
}
_STATUSES: Mapping[str, type[Event]] = {
    **dict.fromkeys(RANKS, CallState),
    **dict.fromkeys(("enqueue", "leave", "dequeue"), Queue),
}
_OF_A_FILE = ("duration", "size", "recording_id", "pause_behavior")


def parse(raw: Payload, *, body: bytes = b"", purpose: str | None = None) -> tuple[Event, ...]:
    """The events in a payload: one nearly always; an utterance with its translation is two.

    Whatever a JSON object holds, nothing is raised, and there is at least one event: what is not
    recognised is an :class:`~flask_signalwire.events.UnknownEvent`.

    :param raw: the payload: a JSON object, or the fields of a form. It is copied.
    :param body: the bytes that it was read from, if there are any.
    :param purpose: the endpoint that it came to: ``calls``, ``operations``, ``live``, ``sidecar``.
    """
    payload = read_only(raw)
    params = payload.get("params")
    scopes: tuple[Payload, ...] = (params, payload) if isinstance(params, dict) else (payload,)
    event_type = name(payload.get("event_type"))
    kind = EVENT_TYPES.get(event_type.strip().lower()) if event_type else None
    if kind is None or kind is ConversationSummary:
        made = list(_live(scopes, event_type, kind))[:MOST]
        if not made:
            made = [_one(kind or _kind_of(scopes[0], event_type, purpose), scopes)]
    else:
        made = [_one(kind, scopes)]
    return tuple(
        of_kind(**fields, raw=payload, body=body, purpose=purpose) for of_kind, fields in made
    )


_Made = tuple[type[Event], dict[str, Any]]


def _one(kind: type[Event], scopes: tuple[Payload, ...], **own: Any) -> _Made:
    """A kind of event, with its fields as far as they are found."""
    fields = read(kind, scopes)
    last = (fields.get("event_type") or "").strip().lower().rpartition(".")[2]
    if kind is Transcription and last in ("completed", "failed"):
        fields["state"] = last
    elif kind is RelayOperation:
        fields["operation"] = last or "denoise"
    elif kind is ConversationSummary:
        fields["final"] = _ended(scopes) if fields.get("call_end_date") is None else True
    fields.update(own)
    return kind, fields


# -- what names no event: speech, summaries, sidecars ---------------------------------------------


def _live(
    scopes: tuple[Payload, ...], event_type: str | None, kind: type[Event] | None
) -> Iterator[_Made]:
    if any(isinstance(scope.get("sidecar_event"), dict) for scope in scopes):
        yield _one(Sidecar, scopes)
    utterances = [u for scope in scopes if isinstance(u := scope.get("utterance"), (dict, str))]
    if utterances:
        yield _one(Utterance, scopes)
    spoken = [utterance for utterance in utterances if isinstance(utterance, dict)]
    for lang, content in _translated((*spoken, *scopes)):
        yield _one(Translation, scopes, lang=lang, content=content)
    # A key of so common a name tells nothing in an event of a type that is not known.
    keys = _SUMMARIES if kind or not event_type else _SUMMARIES[:-1]
    for language, summary in _summarised(scopes, keys):
        yield _one(ConversationSummary, scopes, lang=language, text=summary)


def _translated(holders: tuple[Payload, ...]) -> list[tuple[str | None, str]]:
    found: dict[tuple[str | None, str], None] = {}
    for holder in holders:
        for key in _TRANSLATIONS:
            if key in holder:
                found.update(dict.fromkeys(_texts(holder[key])))
    return list(found)


def _summarised(
    scopes: tuple[Payload, ...], keys: tuple[str, ...]
) -> list[tuple[str | None, str | None]]:
    """The summary in the first of the places where there is one."""
    unread = False
    for scope in scopes:
        for holder in (scope, scope.get("channel_data"), scope.get("conversation_log")):
            if not isinstance(holder, dict):
                continue
            for key in keys:
                if key not in holder:
                    continue
                value = holder[key]
                found: list[tuple[str | None, str | None]] = list(dict.fromkeys(_texts(value)))
                if found:
                    return found
                unread = unread or bool(isinstance(value, (dict, list)) and value)
    return [(None, None)] if unread else []


def _texts(value: Any) -> Iterator[tuple[str | None, str]]:
    """Texts with their languages, in whichever of the likely layouts."""
    if isinstance(value, str):
        if value:
            yield None, value
    elif isinstance(value, list):
        for inner in value[:MOST]:
            yield from _texts(inner)
    elif isinstance(value, dict):
        own = next((t for key in _TEXTS if isinstance(t := value.get(key), str) and t), None)
        if own is not None:
            yield name(value.get("lang")) or name(value.get("language")), own
        for key in _TRANSLATIONS:
            yield from _texts(value.get(key))
        if own is None:
            for key, inner in list(value.items())[:MOST]:
                if isinstance(key, str) and _LANGUAGE.fullmatch(key):
                    yield from ((lang or key, content) for lang, content in _texts(inner))


def _ended(scopes: tuple[Payload, ...]) -> bool | None:
    """Whether the call is over, by a date that is 0 before."""
    for scope in scopes:
        data = scope.get("channel_data")
        ended = number(data.get("call_end_date")) if isinstance(data, dict) else None
        if ended is not None:
            return ended != 0
    return None


# -- bodies without the envelope ------------------------------------------------------------------


def _kind_of(body: Payload, event_type: str | None, purpose: str | None) -> type[Event]:
    if event_type:  # a type that nobody told us of: its states may mean anything
        return UnknownEvent
    for key, kind in _OBJECTS:
        if isinstance(body.get(key), dict):
            return kind
    for key, kind in _KEYS:
        if body.get(key) is not None:
            return kind
    call = body.get("call")
    if isinstance(call, dict) and ("call_state" in call or "call_id" in call):
        return CallState
    return _kind_by_words(body, purpose)


def _kind_by_words(body: Payload, purpose: str | None) -> type[Event]:
    state, status = folded(body.get("state")) or "", folded(body.get("status")) or ""
    if state in _STATES:
        return _STATES[state]
    if state in ("paused", "finished", "error") and purpose in (None, "operations"):
        return _kind_of_ended(body)
    if status in _STATUSES:
        return _STATUSES[status]
    if status.startswith(("conference_", "participant_", "record_")):
        return Conference
    if body.get("code") is not None and isinstance(body.get("message"), str):
        return ServiceError
    if purpose == "operations" and name(body.get("id")) and isinstance(body.get("text"), str):
        return Transcription
    return UnknownEvent


def _kind_of_ended(body: Payload) -> type[Event]:
    """Which operation ended, where the body does not name it: a playback says nothing but that."""
    url = body.get("url")
    if isinstance(url, str) and url.lower().startswith(("ws://", "wss://")):
        return Stream
    if isinstance(url, str) or any(body.get(key) is not None for key in _OF_A_FILE):
        return Recording
    return Playback if name(body.get("control_id")) else UnknownEvent
