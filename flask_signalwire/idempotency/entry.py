"""What is remembered under an idempotency key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Literal

from .store import StoreError

PREFIX = "signalwire:idempotency:"

State = Literal["in_progress", "answered", "unknown_outcome"]


def _digest(*parts: Any) -> str:
    # As JSON: two parts can't run into each other, and any text can be encoded.
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def name_of(account: str, key: str) -> str:
    """The name that a key of an account has in the store. The key itself is not in it."""
    return f"{PREFIX}{_digest(account, key)}"


def fingerprint(account: str, command: str, params: Mapping[str, Any]) -> str:
    """What tells one dial from another, without saying whom they call."""
    return _digest(account, command, params)


@dataclass(frozen=True)
class Entry:
    """The first attempt under a key.

    :param command_id: the id of its command.
    :param fingerprint: of what it sent.
    :param started_at: when, in seconds since the epoch.
    :param state: where it stands.
    :param leg: the service's answer, whole: it must be returned as it came. It holds telephone
        numbers.
    :param request_id: the service's id of the request.
    """

    command_id: str
    fingerprint: str
    started_at: float
    state: State = "in_progress"
    leg: Mapping[str, Any] | None = None
    request_id: str | None = None

    def encode(self) -> str:
        """As text for the store.

        :raises TypeError: for a leg that a plugin made of something else than JSON.
        """
        return json.dumps(vars(self), separators=(",", ":"))

    @classmethod
    def decode(cls, text: str) -> Entry:
        """From the store.

        :raises StoreError: for a text that is none of ours.
        """
        try:
            entry = cls(**json.loads(text))
            # An answer without a leg can't be returned: it is as damaged as half a text.
            if (entry.state == "answered") is not isinstance(entry.leg, dict):
                raise ValueError(entry.state)
            entry.started  # noqa: B018  # raises where it is no time
        except (ValueError, TypeError, OverflowError, OSError) as error:
            raise StoreError(
                "what is stored under the key can't be read; was it written by something else, or "
                "by another release?"
            ) from error
        return entry

    @property
    def started(self) -> str:
        """When it was started, for a message."""
        started = datetime.fromtimestamp(self.started_at, timezone.utc)
        return f"{started:%Y-%m-%d %H:%M:%S} UTC"
