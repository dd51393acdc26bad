"""Event: what all callbacks have in common."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timezone
from functools import cached_property
from typing import Any, ClassVar

from ..readonly import MAX_DEPTH, ReadOnlyDict, ReadOnlyList
from ..redaction import mask
from .fields import moment, name, text

TOO_DEEP = "[nested too deeply]"
"""Stands in :attr:`Event.raw` for what is nested more than 64 levels deep."""

_LONGEST = 80
_DIGITS = 10**18


def _now() -> datetime:
    return datetime.now(timezone.utc)


@dataclass(frozen=True, kw_only=True, repr=False)
class Event:
    """Something that the service told of a call. Frozen; ``raw`` is read-only.

    A field that the payload does not have, or has with another type than the documented one, is
    None. Times are aware, in UTC; spans are in seconds, sizes in bytes.

    :ivar kind: what the kind is called in signals and logs: ``playback``.
    :ivar raw: the whole payload as it came, with all its keys, those that no field knows, too.
    :ivar body: the bytes that it came in; empty where an event was made of a dict.
    :ivar account: the account whose token was in the callback's URL.
    :ivar purpose: the endpoint that it came to: ``calls``, ``operations``, ``live``, ``sidecar``.
    :ivar command_id: the id of the ``dial`` that it follows, if the URL's token names one.
    :ivar received_at: when it arrived here.
    :ivar known: whether its call is one that our commands, or our token, spoke of.
    :ivar late: whether it is a state of a call that has reached a later one.
    """

    kind: ClassVar[str] = "event"
    event_types: ClassVar[tuple[str, ...]] = ()
    """The values of ``event_type`` that say it is this kind."""

    event_type: str | None = name("event_type", help="the service's name of what happened")
    event_channel: str | None = name(
        "event_channel", help="``swml:`` and a uuid, for what a SWML document started"
    )
    call_id: str | None = name(
        "call_id",
        "call.call_id",
        "call_info.call_id",
        "channel_data.call_id",
        "sidecar_event.channel_data.call_id",
        "CallSid",
        "call_sid",
        help="the uuid of the call",
    )
    node_id: str | None = name(
        "node_id", "call.node_id", help="where the call runs, perhaps with ``@`` and a region"
    )
    segment_id: str | None = name("segment_id", "call.segment_id", help="the call's segment")
    tag: str | None = text("tag", "call.tag", help="the tag that the call was given")
    control_id: str | None = name("control_id", help="the name of the operation")
    project_id: str | None = name(
        "project_id", "call_info.project_id", "call.project_id", help="the project that owns it"
    )
    space_id: str | None = name(
        "space_id", "call_info.space_id", "call.space_id", help="the space that owns it"
    )
    timestamp: datetime | None = moment("timestamp", help="when it happened")

    raw: Mapping[str, Any] = field(default_factory=ReadOnlyDict, hash=False)
    body: bytes = b""
    account: str = "default"
    purpose: str | None = None
    command_id: str | None = None
    received_at: datetime = field(default_factory=_now)
    known: bool = False
    late: bool = False

    def __post_init__(self) -> None:
        if type(self.raw) is not ReadOnlyDict:
            object.__setattr__(self, "raw", read_only(self.raw))

    @property
    def stamped(self) -> bool:
        """Whether :attr:`timestamp` is there, so that :attr:`key` tells an event that happens
        again from one that is delivered again.
        """
        return self.timestamp is not None

    @cached_property
    def key(self) -> str:
        """The same for two deliveries of one event, and another one for another event.

        The service sends no id of a delivery, so this is made of what an event says: its kind, its
        call, and the whole payload, in whatever order and encoding. Without a timestamp
        (:attr:`stamped`) something that happens twice may have one key. The account takes no part.
        """
        own = (self.kind, self.call_id, self.control_id, self._part())
        content = json.dumps([own, _plain(self.raw)], sort_keys=True, separators=(",", ":"))
        return f"{self.kind}:{hashlib.sha256(content.encode()).hexdigest()}"

    def _part(self) -> object:
        """What tells it from another event of its kind in the same payload."""
        return None

    def masked(self) -> dict[str, Any]:
        """The fields that are set, with secrets left out and telephone numbers masked: for logs.

        Long texts are cut, and of objects and lists there is the size only.
        """
        shown: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if value is None or item.name in ("raw", "body"):
                continue
            source = item.metadata.get("source")
            shown[item.name] = _shown(value, source.sensitivity if source else None, item.name)
        return shown

    def __repr__(self) -> str:
        inner = " ".join(f"{key}={value!s}" for key, value in self.masked().items())
        return f"<{type(self).__name__} {inner}>"


def _shown(value: Any, sensitivity: Any, key: str) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (dict, list)):
        return f"<{len(value)} {'keys' if isinstance(value, dict) else 'items'}>"
    masked = mask(value, sensitivity, key)
    if isinstance(masked, str):
        return repr(masked if len(masked) <= _LONGEST else f"{masked[:_LONGEST]}…")
    return masked


def read_only(payload: Mapping[str, Any]) -> ReadOnlyDict:
    """A deep, read-only copy of JSON, however deep; what is below 64 levels is left out of it.

    So whoever copies, pickles, encodes or walks it runs into no limit of Python.
    """
    root = ReadOnlyDict(payload)
    level: list[Any] = [root]
    for depth in range(1, MAX_DEPTH + 2):
        below: list[Any] = []
        for node in level:
            put: Any = (dict if isinstance(node, dict) else list).__setitem__
            for key, inner in node.items() if isinstance(node, dict) else enumerate(node):
                if not isinstance(inner, (dict, list)):
                    continue
                copied: Any = TOO_DEEP
                if depth <= MAX_DEPTH:
                    copied = (ReadOnlyDict if isinstance(inner, dict) else ReadOnlyList)(inner)
                    below.append(copied)
                put(node, key, copied)
        if not below:
            break
        level = below
    return root


def _plain(value: Any) -> Any:
    """Content without its encoding: what a form and JSON say of the same is the same."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items() if inner not in (None, "")}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):  # Python refuses to write the longest ones in decimals
        return str(value) if abs(value) < _DIGITS else hex(value)
    return repr(value)
