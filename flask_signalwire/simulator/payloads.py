"""What the service posts, by kind: the bodies of callbacks, as JSON objects.

Shapes are those of the documentation of 2026-08 where it gives one; what is our assumption says so.
The simulator fills them from its calls, a test from whatever it needs:

.. code-block:: python

    payloads.playback(Origin(call_id), "finished", control_id="op-1")
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PROJECT_ID = "3a1f0c52-8c0e-4b0f-9d0c-5a7e51ab0001"
SPACE_ID = "3a1f0c52-8c0e-4b0f-9d0c-5a7e51ab0002"
NODE_ID = "3a1f0c52-8c0e-4b0f-9d0c-5a7e51ab0003@simulator"

Json = dict[str, Any]


@dataclass(frozen=True)
class Origin:
    """Whose call it is.

    :param call_id: the call.
    :param segment_id: which it is a segment of; left out of the payload where it is None.
    :param tag: as it was set, likewise.
    """

    call_id: str
    segment_id: str | None = None
    tag: str | None = None
    node_id: str = NODE_ID
    project_id: str = PROJECT_ID
    space_id: str = SPACE_ID


def envelope(origin: Origin, event_type: str, params: Mapping[str, Any], at: float | None) -> Json:
    """What surrounds every status callback.

    :param event_type: such as ``calling.call.play``.
    :param at: in seconds since 1970-01-01 UTC; None: now.
    """
    optional = {"segment_id": origin.segment_id, "tag": origin.tag}
    return {
        "event_type": event_type,
        "timestamp": _now(at),
        "project_id": origin.project_id,
        "space_id": origin.space_id,
        "params": {
            "call_id": origin.call_id,
            "node_id": origin.node_id,
            **{key: value for key, value in optional.items() if value is not None},
            **params,
        },
    }


def call_state(
    origin: Origin,
    state: str,
    *,
    from_: str | None,
    to: str | None,
    direction: str = "outbound",
    end_reason: str | None = None,
    at: float | None = None,
) -> Json:
    """A call enters a state.

    :param state: ``created``, ``ringing``, ``answered`` or ``ended``.
    :param direction: ``inbound`` or ``outbound``.
    :param end_reason: null before the end.
    """
    sip = (to or "").lower().startswith(("sip:", "sips:"))
    params = {
        "call_state": state,
        "direction": direction,
        "device": {
            "type": "sip" if sip else "phone",
            "params": {"from_number": from_, "to_number": to},
        },
        "end_reason": end_reason,
    }
    return envelope(origin, "calling.call.state", params, at)


def playback(origin: Origin, state: str, *, control_id: str, at: float | None = None) -> Json:
    """A playback is ``playing``, ``paused``, ``finished``, or in ``error``."""
    params = {"control_id": control_id, "state": state}
    return envelope(origin, "calling.call.play", params, at)


def recording(
    origin: Origin,
    state: str,
    *,
    control_id: str,
    url: str | None = None,
    duration: float | None = None,
    size: int | None = None,
    format: str = "mp3",  # the field's name
    at: float | None = None,
) -> Json:
    """A recording is ``recording``, ``paused``, ``finished``, ``no_input`` or in ``error``.

    :param url: of the file; with its duration in seconds and its size in bytes.
    """
    params: Json = {"control_id": control_id, "state": state}
    if url is not None:
        params["record"] = {"url": url, "duration": duration, "size": size, "format": format}
    return envelope(origin, "calling.call.record", params, at)


def collect(
    origin: Origin,
    result: Mapping[str, Any],
    *,
    control_id: str,
    state: str | None = None,
    final: bool | None = None,
    at: float | None = None,
) -> Json:
    """Something was collected, or nothing.

    :param result: see :func:`digits`, :func:`speech`; or ``{"type": "no_input"}``, ``no_match``,
        ``start_of_input``, ``finished``, ``error``.
    :param state: of a continuous collection only: ``collecting``, ``finished``, ``error``.
    :param final: where partial results were asked for.
    """
    optional = {"state": state, "final": final}
    params = {
        "control_id": control_id,
        "result": dict(result),
        **{key: value for key, value in optional.items() if value is not None},
    }
    return envelope(origin, "calling.call.collect", params, at)


def digits(typed: str, terminator: str = "") -> Json:
    """The result of a collection that digits ended."""
    return {"type": "digit", "params": {"digits": typed, "terminator": terminator}}


def speech(text: str, confidence: float = 0.9) -> Json:
    """The result of a collection that speech ended.

    :param confidence: as in utterances, 0 to 1.
    """
    return {"type": "speech", "params": {"text": text, "confidence": confidence}}


def detection(
    origin: Origin,
    event: str,
    *,
    control_id: str,
    type: str = "machine",  # the field's name
    beep: bool = False,
    at: float | None = None,
) -> Json:
    """Something was detected.

    :param event: ``HUMAN``, ``MACHINE``, ``UNKNOWN``, ``READY``, ``NOT_READY``, ``finished``; of
        the other types a tone, or digits.
    :param type: ``machine``, ``fax`` or ``digit``.
    """
    params: Json = {"event": event, **({"beep": True} if beep else {})}
    body = {"control_id": control_id, "detect": {"type": type, "params": params}}
    return envelope(origin, "calling.call.detect", body, at)


def tap(
    origin: Origin,
    state: str,
    *,
    control_id: str,
    tap: Mapping[str, Any],
    device: Mapping[str, Any],
    at: float | None = None,
) -> Json:
    """A tap is ``tapping`` or ``finished``; with what the command said of it."""
    params = {"control_id": control_id, "state": state, "tap": tap, "device": device}
    return envelope(origin, "calling.call.tap", params, at)


def stream(
    origin: Origin,
    state: str,
    *,
    control_id: str,
    url: str,
    name: str | None = None,
    at: float | None = None,
) -> Json:
    """A stream is ``streaming`` or ``finished``."""
    params = {"control_id": control_id, "state": state, "url": url}
    if name is not None:
        params["name"] = name
    return envelope(origin, "calling.call.stream", params, at)


def transcription(
    origin: Origin,
    *,
    id: str,
    text: str | None = None,
    at: float | None = None,
) -> Json:
    """A transcription is completed.

    :param id: of the transcript; not the control id, which this event lacks.
    """
    params = {"id": id} if text is None else {"id": id, "text": text}
    return envelope(origin, "calling.transcript.completed", params, at)


def refer(origin: Origin, *, to: str, state: str = "success", at: float | None = None) -> Json:
    """A call was referred. The codes are texts; those of failures are unlisted."""
    params = {
        "sip_refer_to": to,
        "state": state,
        "sip_refer_response_code": "202",
        "sip_notify_response_code": "200",
    }
    return envelope(origin, "calling.call.refer", params, at)


def utterance(
    origin: Origin,
    content: str,
    *,
    role: str,
    lang: str,
    confidence: float = 0.9,
    final: bool = True,
    translation: str | None = None,
    to_lang: str | None = None,
    ended_at: float | None = None,
    at: float | None = None,
) -> Json:
    """Somebody said something in a live session.

    There is no published schema. Keys of the utterance itself are those seen in production, its
    timestamp is taken to be in microseconds. Where the translation stands is our assumption:
    ``utterance.translation`` with ``lang`` and ``content``.

    :param role: ``remote-caller`` or ``local-caller``.
    :param final: False while the sentence goes on.
    :param translation: into ``to_lang``.
    :param ended_at: when the call ended, if it did.
    """
    said: Json = {
        "role": role,
        "content": content,
        "lang": lang,
        "confidence": confidence,
        "timestamp": _microseconds(at),
        "final": final,
    }
    if translation is not None:
        said["translation"] = {"lang": to_lang, "content": translation}
    return {**_live(origin, ended_at), "utterance": said}


def summary(
    origin: Origin, texts: Mapping[str, str], *, final: bool, ended_at: float | None = None
) -> Json:
    """A conversation is summarised: on request, or (`final`) at the session's end.

    A summary is text under ``conversation_summary``, the final one under ``ai_summary`` (seen in
    production). Translated sessions are promised one in both languages, in no published layout; our
    assumption is ``text`` and ``lang``, and the other language's under ``translation``.

    :param texts: by language; the session's own first.
    :param ended_at: when the call ended; 0 is sent while it goes on.
    """
    (lang, text), *others = texts.items()
    body: Json = {"text": text, "lang": lang}
    if others:
        body["translation"] = {"lang": others[0][0], "content": others[0][1]}
    key = "ai_summary" if final else "conversation_summary"
    return {**_live(origin, ended_at), key: body}


def sidecar(
    origin: Origin,
    type: str,  # the field's name
    *,
    tick_id: int = 0,
    at: float | None = None,
    **fields: Any,
) -> Json:
    """A sidecar starts, listens, advises or ends.

    :param type: ``start``, ``turn``, ``insight``, ``ask_request``, ``ask_answer``, ``stop``,
        ``final``, ….
    :param tick_id: the turn that it belongs to.
    :param fields: what this type carries besides.
    """
    return {
        "call_info": _call_info(origin),
        "sidecar_event": {
            "type": type,
            "ts": _microseconds(at),
            "tick_id": tick_id,
            "channel_data": {"call_id": origin.call_id},
            **fields,
        },
    }


def derived_partials(text: str, count: int = 2) -> tuple[str, ...]:
    """What is recognised of a sentence before its end: growing beginnings of it.

    Cut between words where there are spaces, and between characters where a script has none.
    """
    words: Sequence[str] = text.split()
    joint = " "
    if len(words) <= count:
        words, joint = text.strip(), ""
    steps = [len(words) * step // (count + 1) for step in range(1, count + 1)]
    return tuple(dict.fromkeys(joint.join(words[:step]) for step in steps if step))


def _live(origin: Origin, ended_at: float | None) -> Json:
    end = 0 if ended_at is None else _microseconds(ended_at)
    return {
        "call_info": _call_info(origin),
        "channel_data": {"call_id": origin.call_id, "call_end_date": end, "SWMLVars": {}},
    }


def _call_info(origin: Origin) -> Json:
    return {
        "call_id": origin.call_id,
        "project_id": origin.project_id,
        "space_id": origin.space_id,
        "content_type": "text/json",
        "content_disposition": "post_data",
        "conversation_type": "voice",
    }


def _now(at: float | None) -> float:
    return time.time() if at is None else at


def _microseconds(at: float | None) -> int:
    return int(_now(at) * 1_000_000)
