"""What a browser is told of a call: numbered messages, and where in their order it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

Kind = Literal["utterance", "state", "summary"]

_ID = re.compile(r"([0-9]{1,15})-([0-9]{1,15})")


class Cursor(NamedTuple):
    """The last message that a browser has.

    :ivar base: when this call's numbering began, in milliseconds since 1970: it begins anew where
        what was kept is lost.
    :ivar seq: the message's number, from 1.
    """

    base: int
    seq: int

    @classmethod
    def parse(cls, text: str | None) -> Cursor | None:
        """Read an id of Server-Sent Events; None for one that is none of ours."""
        found = _ID.fullmatch(text or "")
        return None if found is None else cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.base}-{self.seq}"


@dataclass(frozen=True)
class Message:
    """One message of one call.

    :param data: what the browser gets, a JSON object.
    :param at: when it was made, in seconds since 1970.
    :param durable: False for a partial, which the next message of its line makes worthless.
    :param after: the number of the durable message before it: who does not have that one has
        missed something.
    :param line: the line that it is about, or None.
    """

    base: int
    seq: int
    kind: Kind
    data: Mapping[str, Any]
    at: float
    durable: bool
    after: int
    line: str | None = None

    @property
    def cursor(self) -> Cursor:
        """Where a browser stands that has it."""
        return Cursor(self.base, self.seq)

    @property
    def over(self) -> bool:
        """Whether it says that the call has ended."""
        return self.kind == "state" and bool(self.data["over"])

    def missed_by(self, cursor: Cursor | None) -> bool:
        """Whether something durable stands between a browser and this message."""
        if cursor is None:
            return self.after > 0
        return cursor.base != self.base or self.after > cursor.seq

    @cached_property
    def frame(self) -> bytes:
        """It as a Server-Sent Event: made once, sent to many."""
        return frame(self.kind, self.data, str(self.cursor))

    def to_json(self) -> str:
        """It for a Redis."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes) -> Message:
        """Read what :meth:`to_json` wrote.

        :raises ValueError: for something else.
        """
        try:
            return cls(**json.loads(text))
        except TypeError as error:
            raise ValueError("no message of ours") from error


def frame(event: str, data: Mapping[str, Any], id: str | None = None) -> bytes:
    """A Server-Sent Event. JSON has no line break, so one ``data:`` is enough."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    head = f"event: {event}\n" if id is None else f"id: {id}\nevent: {event}\n"
    return f"{head}data: {text}\n\n".encode()
