"""Events: what the service tells of calls, as frozen, typed objects.

:class:`Event` has what they share; :data:`KINDS` lists the kinds.
"""

from __future__ import annotations

from .base import Event
from .calls import CallState, Conference, Connect, Dial, Queue, ServiceError, UnknownEvent
from .kinds import EVENT_TYPES, KINDS
from .operations import (
    Collect,
    Detect,
    Fax,
    Playback,
    Recording,
    Refer,
    RelayOperation,
    Stream,
    Tap,
    Transcription,
)
from .speech import ConversationSummary, Sidecar, Translation, Utterance

__all__ = [
    "EVENT_TYPES",
    "KINDS",
    "CallState",
    "Collect",
    "Conference",
    "Connect",
    "ConversationSummary",
    "Detect",
    "Dial",
    "Event",
    "Fax",
    "Playback",
    "Queue",
    "Recording",
    "Refer",
    "RelayOperation",
    "ServiceError",
    "Sidecar",
    "Stream",
    "Tap",
    "Transcription",
    "Translation",
    "UnknownEvent",
    "Utterance",
]
