"""Live transcription and live translation: one of the two at a time (contract, 2026-08)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..call import SimulatedCall
from ..sessions import TranscriptionSession, TranslationSession
from .common import Behaviour, there


def live_transcribe(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Start, stop or summarise. Where either session runs, a start does nothing."""
    action = params["action"]
    if action == "stop":
        there(call.transcription)
        call.stop_live()
    elif "start" in action:
        call.start_live(TranscriptionSession(action["start"]))
    else:
        call.summarize(there(call.transcription), action["summarize"])


def live_translate(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Start, stop, summarise or inject. Where either session runs, a start does nothing."""
    action = params["action"]
    if action == "stop":
        there(call.translation)
        call.stop_live()
    elif "start" in action:
        session = TranslationSession(action["start"], status_url=params.get("status_url"))
        call.start_live(session)
    elif "summarize" in action:
        call.summarize(there(call.translation), action["summarize"])
    else:
        there(call.translation).injected.append(action["inject"])


BEHAVIOURS: Mapping[str, Behaviour] = {
    "calling.live_transcribe": live_transcribe,
    "calling.live_translate": live_translate,
}
