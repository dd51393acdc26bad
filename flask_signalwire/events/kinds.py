"""All kinds of events."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .base import Event
from .calls import CallState, Conference, Connect, Dial, Queue, ServiceError, UnknownEvent
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

KINDS: tuple[type[Event], ...] = (
    CallState,
    Dial,
    Connect,
    Queue,
    Conference,
    Playback,
    Recording,
    Collect,
    Detect,
    Tap,
    Stream,
    Transcription,
    Refer,
    Fax,
    RelayOperation,
    Utterance,
    Translation,
    ConversationSummary,
    Sidecar,
    ServiceError,
    UnknownEvent,
)

EVENT_TYPES: Mapping[str, type[Event]] = MappingProxyType(
    {event_type: kind for kind in KINDS for event_type in kind.event_types}
)
"""The kind that each ``event_type`` of the service is."""
