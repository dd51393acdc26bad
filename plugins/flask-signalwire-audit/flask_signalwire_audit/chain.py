"""The chain: each entry's MAC covers its content and the MAC of the entry before it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from .keys import Key
from .table import entries

GENESIS = "0" * 64
"""What stands in the place of a MAC before the first entry."""

_SEALED = tuple(column.name for column in entries.columns if column.name not in ("personal", "mac"))


@dataclass
class Entry:
    """What is to be appended.

    :param kind: ``intent``, ``outcome``, ``event``, ``gap``, ``purged`` or ``erased``.
    :param values: columns; those that are left out are null.
    :param details: facts about the journal itself, kept for ever.
    :param personal: what can be erased: params, messages.
    :param numbers: telephone numbers that it is found and erased by, normalised.
    """

    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)
    details: Mapping[str, Any] | None = None
    personal: Mapping[str, Any] | None = None
    numbers: frozenset[str] = frozenset()
    at: datetime = field(default_factory=lambda: datetime.now(timezone.utc))

    def row(self, key: Key) -> dict[str, Any]:
        """Its columns, all but the place in the chain."""
        row: dict[str, Any] = dict.fromkeys(column.name for column in entries.columns)
        row.update(self.values, kind=self.kind, at=moment(self.at), key_id=key.id)
        if self.details is not None:
            row["details"] = dump(self.details)
        if self.personal is not None:
            # The nonce keeps the digest from being guessed at when the rest is gone.
            found = {"nonce": secrets.token_hex(16), **self.personal}
            if self.numbers:
                found["numbers"] = sorted(self.digests(key))
            row["personal"] = dump(found)
            row["digest"] = key.digest(row["personal"])
        return row

    def digests(self, key: Key) -> set[str]:
        """What its numbers are stored as."""
        return {key.number(number) for number in self.numbers}


def dump(value: Any) -> str:
    """JSON in one spelling, the same in every version of Python."""
    # What was tampered with can be of any type that a database has.
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=repr)


def seal(key: Key, previous: str, row: Mapping[str, Any]) -> str:
    """The MAC of a row that follows one with the MAC `previous`."""
    return key.seal(dump([previous, *(row[name] for name in _SEALED)]).encode())


def moment(at: datetime) -> str:
    """A time as it is stored: UTC, to the microsecond, so that texts sort as times do."""
    return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_moment(text: str) -> datetime:
    """A stored time.

    :raises ValueError: where it was tampered with.
    """
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
